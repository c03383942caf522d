"""What a change of inputs means: nothing, an update, or a replacement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from . import paths
from .check import DEFAULTS
from .rules import UNKNOWN, Autoname, Type, Values
from .sdk import Resource
from .values import Path

Kind = Literal["add", "delete", "update"]


@dataclass(frozen=True)
class Change:
    """One changed value."""

    path: Path
    kind: Kind
    replaces: bool


@dataclass(frozen=True)
class Difference:
    """All that changed."""

    changes: list[Change] = field(default_factory=list)
    delete_first: bool = False
    """The name is unique and was given, so that the old resource has to go before the new one can be made."""

    @property
    def replaces(self) -> bool:
        return any(change.replaces for change in self.changes)


def diff(
    schema: Resource,
    rules: Type | None,
    autoname: Autoname | None,
    old: Values,
    new: Values,
    outputs: Values,
    ignored: Sequence[str] = (),
    replacing: frozenset[str] = frozenset(),
) -> Difference:
    """Compares the inputs of the last deployment with the new ones.

    Args:
        schema: The resource type; its documentation tells what replaces where there are no rules.
        rules: What is known of the type.
        autoname: Which input is made up when left out.
        old: The old inputs with `__defaults`.
        new: The new inputs with `__defaults`, unknown values among them.
        outputs: The old outputs: an input that newly says what is already so changes nothing.
        ignored: Paths whose changes do not count.
        replacing: Inputs whose change replaces a resource of any type.
    """
    sets = [paths.pattern(path) for path in rules.sets] if rules else []
    skip = [tuple(map(str, paths.parse(path))) for path in ignored]
    found: list[Change] = []
    for path, before, after in _changes(_inputs(old), _inputs(new), (), sets):
        if any(paths.covers(rule, path) for rule in skip) or _same(rules, path, before, after, outputs, new):
            continue
        kind: Kind = "add" if before is None else "delete" if after is None else "update"
        replaces = path[0] in replacing or any(_replaces(schema, rules, leaf, old, new) for leaf in _leaves(path, before, after))
        found.append(Change(path, kind, replaces))
    replaced = any(change.replaces for change in found)
    given = autoname is not None and autoname.property in new and DEFAULTS in new and autoname.property not in new[DEFAULTS]
    return Difference(found, replaced and given)


def _inputs(values: Values) -> Values:
    return {name: value for name, value in values.items() if name != DEFAULTS}


def _changes(old: Any, new: Any, path: Path, sets: Sequence[paths.Pattern]) -> Iterator[tuple[Path, Any, Any]]:
    """Path, old and new of everything that differs; None stands for absent."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(k for k in new if k not in old)]:
            if key != DEFAULTS:
                yield from _changes(old.get(key), new.get(key), (*path, key), sets)
    elif isinstance(old, list) and isinstance(new, list):
        pairs = _paired(old, new) if any(len(s) == len(path) and paths.covers(s, path) for s in sets) else _zipped(old, new)
        for index, before, after in pairs:
            yield from _changes(before, after, (*path, index), sets)
    elif new is UNKNOWN or old != new or (type(old) is not type(new) and not (_number(old) and _number(new))):
        yield path, old, new


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _zipped(old: list[Any], new: list[Any]) -> Iterator[tuple[int, Any, Any]]:
    for index in range(max(len(old), len(new))):
        yield index, old[index] if index < len(old) else None, new[index] if index < len(new) else None


def _paired(old: list[Any], new: list[Any]) -> Iterator[tuple[int, Any, Any]]:
    """Elements of a set: equal ones are the same wherever they stand; the rest are paired in order."""
    gone, come = list(enumerate(old)), []
    for index, element in enumerate(new):
        same = next((entry for entry in gone if entry[1] == element), None)
        if same is not None:
            gone.remove(same)
        else:
            come.append((index, element))
    for number in range(max(len(gone), len(come))):
        before = gone[number] if number < len(gone) else None
        after = come[number] if number < len(come) else None
        yield (after or before or (0,))[0], before[1] if before else None, after[1] if after else None


def _same(rules: Type | None, path: Path, before: Any, after: Any, outputs: Values, new: Values) -> bool:
    """Whether a difference in the inputs makes none in the cloud."""
    if before is None:
        # Saying what the cloud chose itself.
        return _said(after, paths.get(outputs, path))
    if after is None and rules is not None:
        # An element that goes from a list, or a property from a block, is taken away all the same.
        if any(paths.covers(steps := paths.pattern(kept), path) and len(steps) == len(path) for kept in rules.keeps):
            return True
        return any(
            paths.pattern(p) == tuple("*" if isinstance(s, int) else s for s in path) and v == before for p, v in rules.defaults.items()
        )
    return False


def _said(value: Any, there: Any) -> bool:
    """Whether the cloud has a value already, be it with more beside it."""
    if isinstance(value, dict) and isinstance(there, dict):
        return all(_said(element, there.get(key)) for key, element in value.items())
    if isinstance(value, list) and isinstance(there, list):
        return len(value) == len(there) and all(map(_said, value, there))
    return value is not UNKNOWN and value == there and type(value) is type(there)


def _leaves(path: Path, before: Any, after: Any) -> Iterator[Path]:
    """The paths of all values that come, go or become unknown with a change, the path itself first."""
    yield path
    for value in (before, after):
        elements = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, element in elements:
            yield from _leaves((*path, key), element, None)


def _replaces(schema: Resource, rules: Type | None, path: Path, old: Values, new: Values) -> bool:
    if rules is None:
        prop = schema.inputs.get(str(path[0]))
        return prop is not None and prop.replaces
    if any(paths.covers(paths.pattern(rule), path) for rule in rules.replaces):
        return True
    return any(
        paths.covers(paths.pattern(rule), path) and decides(_inputs(old), _inputs(new)) for rule, decides in rules.replaces_when.items()
    )
