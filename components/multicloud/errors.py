"""How the library says no."""

import difflib
from collections.abc import Iterable

import pulumi


class ArgumentError(pulumi.RunError):
    """An argument that cannot work, found before anything is created.

    A `pulumi.RunError`, so that a program that lets it through ends with the message alone and no traceback.

    Args:
        path: Where the value stands, as the caller wrote it: `servers.max`.
        wrong: What is wrong with it; never the value of a secret.
        mend: How to put it right.
    """

    def __init__(self, path: str, wrong: str, mend: str) -> None:
        self.path, self.wrong, self.mend = path, wrong, mend
        super().__init__(f"{path}: {wrong}; {mend}")

    def under(self, path: str) -> "ArgumentError":
        """The same error with its path below another: `servers.max` under `environment.web.aws`."""
        return ArgumentError(f"{path}.{self.path}" if self.path else path, self.wrong, self.mend)


def closest(word: str, known: Iterable[str]) -> str:
    """How to mend a word that is not among the known ones: the one that was probably meant, or else all of them."""
    words = list(known)
    folded = {candidate.lower().replace("_", "").replace("-", ""): candidate for candidate in words}
    match = difflib.get_close_matches(word.lower().replace("_", "").replace("-", ""), folded, n=1, cutoff=0.6)
    return f"did you mean {folded[match[0]]}?" if match else f"known are {', '.join(words)}"
