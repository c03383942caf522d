"""What the provider's source says of its types, from `facts.json`, as rules.

`facts.json` has an object for each type, read from the source of hashicorp/terraform-provider-aws that the SDK is built from:

- `replaces`: inputs whose change replaces; `replacesBlocks`: blocks whose coming or going replaces, while a change inside need not;
  `replacesConditionally`: inputs for which a function of the module decides.
- `enums`, `limits`, `conflicts`, `exactlyOneOf`, `atLeastOneOf`, `requiredWith`, `defaults`, `secrets`.
- `keeps`: inputs that AWS fills in when they are left out.

A limit is a `Limit`, or one of the forms of `formats.py`, or both.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from sandbox import paths
from sandbox.rules import UNKNOWN, Limit, Making, Refused, Rule, Type, Values

from .formats import pattern, says, wrong

_PLAIN = {
    "min": "minimum",
    "max": "maximum",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
}
_SPECIAL = {"format", "anyOf", "intString", "boolString", "floatString", "nonZero", "divisibleBy", "exclusiveMin"}


@cache
def all_facts() -> Mapping[str, Mapping[str, Any]]:
    """The facts of every type that has some, by token."""
    found: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("facts.json").read_text())
    return found


def resource(token: str, **rules: Any) -> Type:
    """A type with the provider's facts, and what else is known of it.

    Args:
        token: The type's token.
        rules: Fields of `Type`: they are added to the facts, and go before them.
    """
    merged: dict[str, Any] = _rules(token)
    for name, value in rules.items():
        have = merged.get(name)
        if isinstance(have, frozenset):
            merged[name] = have | value
        elif isinstance(have, Mapping):
            merged[name] = {**have, **value}
        elif isinstance(have, tuple):
            merged[name] = (*have, *value)
        else:
            merged[name] = value
    missing = set(all_facts().get(token, {}).get("replacesConditionally", ())) - set(merged["replaces_when"])
    assert not missing, f"{token}: what decides whether a change of {missing} replaces?"
    return Type(token=token, **merged)


def _rules(token: str) -> dict[str, Any]:
    facts = all_facts().get(token, {})
    limits: Mapping[str, Mapping[str, Any]] = facts.get("limits", {})
    special = {path for path, fact in limits.items() if _SPECIAL & fact.keys()}
    loose = {path for path, fact in limits.items() if "enumIgnoresCase" in fact}
    enums: Mapping[str, list[Any]] = facts.get("enums", {})
    return {
        "replaces": frozenset(facts.get("replaces", ())),
        "replaces_when": {path: partial(_number_differs, path) for path in facts.get("replacesBlocks", ())},
        "enums": {path: tuple(values) for path, values in enums.items() if path not in loose},
        "limits": {path: limit for path, fact in limits.items() if path not in special and (limit := _limit(fact)) is not None},
        "conflicts": tuple(tuple(group) for group in facts.get("conflicts", ())),
        "exactly_one_of": tuple(tuple(group) for group in facts.get("exactlyOneOf", ())),
        "at_least_one_of": tuple(tuple(group) for group in facts.get("atLeastOneOf", ())),
        "required_with": {path: tuple(needed) for path, needed in facts.get("requiredWith", {}).items()},
        "defaults": dict(facts.get("defaults", {})),
        "keeps": frozenset(facts.get("keeps", ())),
        "secrets": frozenset(facts.get("secrets", ())),
        "checks": (
            *(_fits(path, limits[path]) for path in sorted(special)),
            *(_one_of(path, enums[path]) for path in sorted(loose & enums.keys())),
        ),
        "before_create": (),
        "before_update": (),
        "unique": (),
        "references": (),
        "sets": frozenset(),
    }


def _limit(fact: Mapping[str, Any]) -> Limit | None:
    fields: dict[str, Any] = {attribute: fact[key] for key, attribute in _PLAIN.items() if key in fact}
    matches = pattern(fact)
    if matches is not None:
        fields |= {"pattern": matches, "says": says(fact)}
    return Limit(**fields) if fields else None


def _fits(path: str, fact: Mapping[str, Any]) -> Rule:
    def check(making: Making) -> None:
        for where, value in paths.find(making.inputs, paths.pattern(path)):
            if value is not UNKNOWN and value is not None and (problem := wrong(value, fact)):
                raise Refused(f"expected {problem}", property=paths.show(where), by="provider")

    return check


def _one_of(path: str, allowed: list[str]) -> Rule:
    def check(making: Making) -> None:
        for where, value in paths.find(making.inputs, paths.pattern(path)):
            if isinstance(value, str) and value.lower() not in [one.lower() for one in allowed]:
                words = ", ".join(f'"{one}"' for one in allowed)
                raise Refused(f'expected one of {words}, in any case, got "{value}"', property=paths.show(where), by="provider")

    return check


def _number_differs(path: str, old: Values, new: Values) -> bool:
    steps = paths.pattern(path)
    return _number(old, steps) != _number(new, steps)


def _number(values: Values, steps: paths.Pattern) -> int:
    return sum(len(found) if isinstance(found, list) else 1 for _, found in paths.find(values, steps))


Decides = Callable[[Values, Values], bool]
