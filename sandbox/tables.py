"""Whether inputs are what a type's tables allow: enums, limits, and what goes with what."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from . import paths
from .conform import listed, scalar
from .refusals import Failures
from .rules import UNKNOWN, Limit, Type, Values
from .values import Path, is_asset


def check_tables(rules: Type, inputs: Values, failures: Failures) -> None:
    """Adds what the tables refuse."""
    for path in sorted(rules.required):
        steps = paths.pattern(path)
        for above, holder in paths.find(inputs, steps[:-1]):
            if len(steps) > 1 and isinstance(holder, dict) and holder.get(steps[-1]) is None:
                failures.add((*above, steps[-1]), "missing required property")
    for path, allowed in rules.enums.items():
        for where, value in _scalars(inputs, path):
            if value not in allowed:
                failures.add(where, f"expected one of {listed(allowed)}, got {failures.quote(where, value)}")
    for path, limit in rules.limits.items():
        for where, value in paths.find(inputs, paths.pattern(path)):
            wrong = _outside(value, limit, failures, where)
            if wrong:
                failures.add(where, wrong, limit.by)
    for group in rules.conflicts:
        for above, present in _groups(inputs, group):
            if len(present) > 1:
                failures.add((*above, *present[0]), f"conflicts with {_names(above, present[1:])}")
    for group in rules.exactly_one_of:
        for above, present in _groups(inputs, group):
            if len(present) != 1:
                problem = f"only one of {_group(above, group)} may be given" if present else f"one of {_group(above, group)} must be given"
                failures.add((*above, *(present[0] if present else _below(above, group[0]))), problem)
    for group in rules.at_least_one_of:
        for above, present in _groups(inputs, group):
            if not present:
                failures.add((*above, *_below(above, group[0])), f"at least one of {_group(above, group)} must be given")
    for path, needed in rules.required_with.items():
        for above, present in _groups(inputs, (path, *needed)):
            own = _below(above, path)
            missing = [_below(above, n) for n in needed if _below(above, n) not in present]
            if own in present and missing:
                failures.add((*above, *own), f"must be given together with {_names(above, missing)}")


def _scalars(inputs: Values, path: str) -> Iterator[tuple[Path, Any]]:
    """The known values at a path; those in it where it is a list."""
    for where, value in paths.find(inputs, paths.pattern(path)):
        for at, element in [((*where, i), v) for i, v in enumerate(value)] if isinstance(value, list) else [(where, value)]:
            if element is not UNKNOWN and element is not None:
                yield at, element


def _outside(value: Any, limit: Limit, failures: Failures, path: Path) -> str | None:
    """What is wrong with a value, if it is outside its limit."""
    if value is UNKNOWN or value is None:
        return None
    if isinstance(value, list | dict) and not is_asset(value):
        if limit.min_items is not None and len(value) < limit.min_items:
            return limit.says or f"expected at least {limit.min_items} items, got {len(value)}"
        if limit.max_items is not None and len(value) > limit.max_items:
            return limit.says or f"expected at most {limit.max_items} items, got {len(value)}"
        return None
    shown = failures.quote(path, value)
    if limit.minimum is not None or limit.maximum is not None:
        number = scalar(value, "number")
        low, high = limit.minimum, limit.maximum
        if number is not None and ((low is not None and number < low) or (high is not None and number > high)):
            span = (
                f"from {low:g} to {high:g}"
                if low is not None and high is not None
                else f"of at least {low:g}"
                if low is not None
                else f"of at most {high:g}"
            )
            return f"expected {limit.says or f'a value {span}'}, got {shown}"
    if isinstance(value, str):
        if limit.min_length is not None and len(value) < limit.min_length:
            return f"expected {limit.says or f'at least {limit.min_length} characters'}, got {shown}"
        if limit.max_length is not None and len(value) > limit.max_length:
            return f"expected {limit.says or f'at most {limit.max_length} characters'}, got {len(value)} characters"
        if limit.pattern is not None and not re.fullmatch(limit.pattern, value, re.S):
            return f"expected {limit.says or f'a value that matches {limit.pattern}'}, got {shown}"
    return None


def _groups(inputs: Values, group: Sequence[str]) -> Iterator[tuple[Path, list[paths.Pattern]]]:
    """For each object that the paths share: where it is, and which of the paths below it have a value."""
    steps = [paths.pattern(path) for path in group]
    shared = 0
    while all(len(s) > shared + 1 and s[shared] == steps[0][shared] for s in steps):
        shared += 1
    for above, holder in paths.find(inputs, steps[0][:shared]):
        if isinstance(holder, dict):
            # An empty list of blocks is no block.
            yield above, [s[shared:] for s in steps if any(value != [] for _, value in paths.find(holder, s[shared:]))]


def _below(above: Path, path: str) -> paths.Pattern:
    return paths.pattern(path)[len(above) :]


def _group(above: Path, group: Sequence[str]) -> str:
    return _names(above, [_below(above, path) for path in group])


def _names(above: Path, patterns: Sequence[paths.Pattern]) -> str:
    return ", ".join(repr(re.sub(r"\.\*", "[*]", paths.show((*above, *steps)).replace('["*"]', "[*]"))) for steps in patterns)
