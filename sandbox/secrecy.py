"""What must not be shown: where secret values are, and words without them.

A secret input comes back under other names (`tagsAll` repeats `tags`), and its place in a list changes when a person
changes the list by hand, so that a secret is looked for by its text besides by its path.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from .rules import Values
from .values import Path, Secrets

MASK = "[secret]"
_EQUAL, _WITHIN = 3, 8
"""From how many characters on a secret is looked for as a whole value, and as a part of one (a password in a URI)."""


def texts(values: Values, secrets: Iterable[Path]) -> set[str]:
    """The secret strings of values, but for those so short that they mean nothing elsewhere."""
    tree = set(secrets)
    return {
        text
        for path, text in _strings(values, ())
        if len(text) >= _EQUAL and text not in ("true", "false") and any(path[: n + 1] in tree for n in range(len(path)))
    }


def showing(values: Values, hidden: Iterable[str]) -> Secrets:
    """The paths of the values in which one of the secret strings shows."""
    hidden = set(hidden)
    parts = [text for text in hidden if len(text) >= _WITHIN]
    return {path for path, text in _strings(values, ()) if text in hidden or any(part in text for part in parts)} if hidden else set()


def veiled(message: str, hidden: Iterable[str]) -> str:
    """A message with the secret strings replaced."""
    for text in sorted(hidden, key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)" if len(text) < _WITHIN else re.escape(text), MASK, message)
    return message


def masked(values: Values, secrets: Iterable[Path]) -> Values:
    """The values with the secret ones replaced, for people to read."""
    tree = set(secrets)

    def hide(value: Any, path: Path) -> Any:
        if path in tree:
            return MASK
        if isinstance(value, dict):
            return {key: hide(element, (*path, key)) for key, element in value.items()}
        if isinstance(value, list):
            return [hide(element, (*path, index)) for index, element in enumerate(value)]
        return value

    return {name: hide(value, (name,)) for name, value in values.items()}


def _strings(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for key, element in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(element, (*path, key))
