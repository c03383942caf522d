"""Times two commands in turn, so that a noisy machine disturbs both alike."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """How long one thing took relative to another."""

    what: str
    ratios: list[float]
    limit: float

    @property
    def median(self) -> float:
        """The middle of the ratios, pair by pair."""
        return statistics.median(self.ratios)

    def row(self) -> str:
        """A line of a table in Markdown."""
        verdict = "yes" if self.median <= self.limit else "NO"
        return f"| {self.what} | {self.median:.2f} | {min(self.ratios):.2f} to {max(self.ratios):.2f} | {self.limit:.2f} | {verdict} |"


HEAD = "| what | median ratio | range | at most | kept |\n|---|---|---|---|---|"


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(what: str, ours: Callable[[], object], theirs: Callable[[], object], *, limit: float, pairs: int) -> Ratio:
    """Times two works in turn, in changing order, after one uncounted turn of each.

    Args:
        what: What is compared, for the table.
        ours: The work whose time is above the line.
        theirs: The work whose time is below it.
        limit: The largest ratio that is good enough.
        pairs: How often both are timed.
    """
    ours(), theirs()
    ratios = []
    for turn in range(pairs):
        if turn % 2:
            below, above = seconds(theirs), seconds(ours)
        else:
            above, below = seconds(ours), seconds(theirs)
        ratios.append(above / below)
    return Ratio(what, ratios, limit)
