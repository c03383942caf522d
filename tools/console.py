"""What the commands print: steps with their time, and one message when something is missing."""

import sys


class Stop(Exception):
    """The command cannot go on.

    Args:
        problem: What is wrong, in one line.
        mend: What to do about it.
    """

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(f"{problem}; {mend}")
        self.problem, self.mend = problem, mend


def say(line: str = "") -> None:
    """Prints a line at once, in order with what child processes print."""
    print(line, flush=True)


def complain(problem: Stop) -> None:
    """Prints why a command stopped and how to mend it."""
    print(f"\nerror: {problem.problem}\n  mend: {problem.mend}", file=sys.stderr, flush=True)
