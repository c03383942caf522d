"""The store as the rules of one cloud see it: what there is, which names are taken, what refers to what."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import paths
from .rules import UNKNOWN, Record, Reference, Scope, Type, Values
from .transaction import Transaction, text


@dataclass(frozen=True)
class StoredWorld:
    """A transaction as the rules of one cloud see it."""

    transaction: Transaction
    scope: Scope

    def one(self, token: str, value: Any, by: str = "id") -> Record | None:
        """The record of a type whose output `by` equals `value`: of the scope's own region first, then of its account.

        Of other accounts only where the value says where the thing is, as an ARN or a self link does.
        """
        full = isinstance(value, str) and (":" in value or "/" in value)
        found = [r for r in self.transaction.where(token, by, value) if full or r.scope.account == self.scope.account]
        near = [r for r in found if r.scope.account == self.scope.account and r.scope.region == self.scope.region]
        return next(iter(near or found), None)

    def all(self, token: str) -> Sequence[Record]:
        """Every record of a type, oldest first."""
        return self.transaction.select(token=token.replace("[", "[[]"))

    def number(self, counter: str) -> int:
        """The next number of a counter of this cloud."""
        return self.transaction.number(f"{self.scope.cloud}:{counter}")

    def fixtures(self, kind: str) -> Mapping[str, Values]:
        """What a person said is there, by name."""
        return {name: content for (_, name), content in self.transaction.fixtures(self.scope.cloud, kind).items()}


def tie(transaction: Transaction, rules: Type | None, number: int, inputs: Values, scope: Scope) -> None:
    """Takes the unique names of a resource's inputs and notes what they refer to, in place of what it had before.

    Raises:
        Refused: A name is taken.
    """
    transaction.claim(number, claims(rules, inputs, scope))
    held = [
        (token, by, value, reference.in_use)
        for reference, _, value in targets(rules.references if rules else (), inputs)
        if reference.holds
        for token in reference.to
        for by in outputs_by(reference)
    ]
    transaction.refer(number, held, scope)


def outputs_by(reference: Reference) -> tuple[str, ...]:
    """The outputs of a target of which a reference may be any one."""
    return (reference.by,) if isinstance(reference.by, str) else reference.by


def claims(rules: Type | None, inputs: Values, scope: Scope) -> list[tuple[str, str]]:
    """The unique names that a resource's inputs claim; one with an absent part claims nothing."""
    made: list[tuple[str, str]] = []
    if rules is None:
        return made
    for unique in rules.unique:
        parts = [paths.get(inputs, paths.pattern(path)) for path in unique.paths]
        if any(part is None or part is UNKNOWN for part in parts):
            continue
        within = {"global": [], "account": [scope.account], "region": [scope.account, scope.region]}[unique.within]
        shown = parts[0] if len(parts) == 1 else ", ".join(map(str, parts))
        made.append((json.dumps([rules.token, unique.paths, within, parts]), unique.message.format(value=shown)))
    return made


def targets(references: Sequence[Reference], inputs: Values) -> Iterator[tuple[Reference, str, str]]:
    """What a resource's inputs refer to: the reference, where the value is, and the value."""
    for reference in references:
        for where, value in paths.find(inputs, paths.pattern(reference.path)):
            for element in value if isinstance(value, list) else [value]:
                if element not in (None, "", UNKNOWN) and not isinstance(element, dict | list):
                    yield reference, paths.show(where), text(element)
