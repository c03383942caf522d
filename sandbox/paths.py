"""Property paths: `ingress[*].fromPort` in the rules, `("ingress", 0, "fromPort")` in values, `ingress[0].fromPort` for people."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from .values import Path

Pattern = tuple[str, ...]
"""The steps of a rule's path; `*` is any element of a list or a map."""


@cache
def pattern(path: str) -> Pattern:
    """The steps of a path as rules write it. `a[*].b`, `a.*.b` and `a.0.b` are understood."""
    return tuple(re.findall(r"[^.\[\]]+", path))


def show(path: Sequence[str | int]) -> str:
    """A path as the engine and people write it."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[A-Za-z_$][\w$]*", step):
            text += f".{step}" if text else step
        else:
            quoted = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def parse(path: str) -> Path:
    """The steps of a path as people write it: `ingress[0].fromPort`, `tags["a.b"]`, `tags.name`.

    Raises:
        ValueError: It is not such a path.
    """
    steps: list[str | int] = []
    at = 0
    for found in re.finditer(r'\.?([^.\[\]"]+)|\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]', path):
        if found.start() != at:
            break
        at = found.end()
        name, index, quoted = found.groups()
        if index is not None:
            steps.append(int(index) if index != "*" else index)
        else:
            steps.append(name if name is not None else re.sub(r"\\(.)", r"\1", quoted))
    if at != len(path) or not steps:
        raise ValueError(f"{path!r} is not a property path such as tags.name or ingress[0].fromPort")
    return tuple(steps)


def covers(rule: Pattern, path: Sequence[str | int]) -> bool:
    """Whether a rule's path is the path or leads to it: `ingress[*]` covers `ingress[0].fromPort`."""
    return len(rule) <= len(path) and all(step in ("*", str(there)) for step, there in zip(rule, path, strict=False))


def get(values: Any, path: Sequence[str | int], default: Any = None) -> Any:
    """The value at a concrete path, or the default."""
    for step in path:
        if isinstance(values, dict) and step in values:
            values = values[step]
        elif isinstance(values, list) and str(step).isdigit() and int(step) < len(values):
            values = values[int(step)]
        else:
            return default
    return values


def find(values: Any, rule: Pattern, above: Path = ()) -> Iterator[tuple[Path, Any]]:
    """All concrete paths that a rule's path means in the values, with what is there. Nothing is found below unknown values."""
    if not rule:
        yield above, values
        return
    step, rest = rule[0], rule[1:]
    if step == "*":
        elements = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
        for key, element in elements:
            yield from find(element, rest, (*above, key))
    elif isinstance(values, dict):
        if values.get(step) is not None:
            yield from find(values[step], rest, (*above, step))
    elif isinstance(values, list) and step.isdigit() and int(step) < len(values):
        yield from find(values[int(step)], rest, (*above, int(step)))


def put(values: Any, path: Sequence[str | int], value: Any) -> None:
    """Writes a value at a concrete path, making objects and lists on the way; an index may be one past the end of its list.

    Raises:
        ValueError: The path leads through something that is neither an object nor a list, or beyond a list's end.
    """
    for depth, step in enumerate(path):
        here, at = show(path[: depth + 1]), step
        if isinstance(values, list):
            if not str(step).isdigit() or int(step) > len(values):
                raise ValueError(f"{here}: there is no such element")
            at = int(step)
            if at == len(values):
                values.append(None)
            there = values[at]
        elif not isinstance(values, dict):
            raise ValueError(f"{here}: there is nothing below {show(path[:depth])}")
        elif isinstance(step, int):
            raise ValueError(f"{here}: {show(path[:depth])} is not a list")
        else:
            there = values.get(step)
        if depth == len(path) - 1:
            there = value
        elif there is None:
            there = [] if isinstance(path[depth + 1], int) else {}
        values[at] = there
        values = there
