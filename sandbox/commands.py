"""The commands of the sandbox's command line."""

import argparse
import copy
import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from . import faults, paths
from .clouds import NAMES, cloud
from .conform import Conform
from .refusals import Failures, refused_by
from .rules import Values
from .sdk import ANY, Property, Resource, Sdk
from .secrecy import masked, showing, texts
from .source import UnknownToken
from .store import Store
from .transaction import Held, Transaction
from .world import tie


class Mistake(Exception):
    """What the user asked for cannot be done; the message says why."""


def list_all(store: Store, given: argparse.Namespace) -> None:
    with store.reading() as reading:
        found = reading.select(cloud=given.cloud or "*", token=_pattern(given.type))
    if given.json:
        print(json.dumps([_described(held) for held in found], indent=2))
        return
    _table([(held.token, held.name, held.id, held.scope.region) for held in found], ("TYPE", "NAME", "ID", "REGION"))
    print(f"{len(found)} resource{'' if len(found) == 1 else 's'}")


def show(store: Store, given: argparse.Namespace) -> None:
    with store.reading() as reading:
        held = _one(reading, given.resource)
        user = reading.user(held)
    described = _described(held, secrets=given.secrets)
    if given.json:
        print(json.dumps(described, indent=2))
        return
    for label, value in (
        ("type", held.token),
        ("name", held.name),
        ("id", held.id),
        ("account", held.scope.account),
        ("region", held.scope.region),
    ):
        if value:
            print(f"{label:<8} {value}")
    print(f"{'created':<8} {held.created.isoformat(timespec='seconds')}")
    if user:
        print(f"{'used by':<8} {user[0]}")
    for label in ("inputs", "outputs"):
        print(f"{label}:")
        for name, value in sorted(described[label].items()):
            print(f"  {name}: {json.dumps(value)}")


def change(store: Store, given: argparse.Namespace) -> None:
    with store.transaction() as transaction:
        held = _one(transaction, given.resource)
        inputs, outputs = copy.deepcopy(held.inputs), copy.deepcopy(held.outputs)
        schema, rules = _schema(held), cloud(held.cloud).types.get(held.token)
        assignments = [_assignment(text) for text in given.changes]
        for path, value in assignments:
            name = str(path[0])
            if name not in outputs and name not in schema.inputs:
                raise Mistake(f"{held.token} has no property {name!r}; it has {', '.join(sorted({*outputs, *schema.inputs}))}")
            if len(path) == 1 and rules is not None and name in rules.replaces and str(inputs.get(name)) in re.split("[/:|]", held.id):
                raise Mistake(f"{name}: the id {held.id} is made of it, so that it never changes; delete the resource instead")
            _write(outputs, path, value)
            # What a person sets in the cloud is found by a refresh only where it is among the inputs.
            if name in schema.inputs:
                _write(inputs, path, value)
        failures = Failures()
        conform = Conform(Sdk(cloud(held.cloud).sdk), failures)
        inputs = conform.object(inputs, schema.inputs)
        outputs = {n: conform.value(v, schema.outputs[n].shape, (n,)) if n in schema.outputs else v for n, v in outputs.items()}
        for path, value in assignments:
            # The SDK types what is within an input, not what is within an output.
            if value is not None and (meant := paths.get(inputs, path)) is not None:
                paths.put(outputs, path, meant)
        if failures.found:
            by = f" {refused_by('provider')}"  # nobody was asked
            raise Mistake("; ".join(f"{failure.property}: {failure.reason.removesuffix(by)}" for failure in failures.found))
        hidden = texts(held.inputs, held.secrets) | texts(held.outputs, held.secrets)
        transaction.change(held.number, inputs, outputs, held.secrets | showing(inputs, hidden) | showing(outputs, hidden))
        tie(transaction, rules, held.number, inputs, held.scope)
        transaction.note(held.cloud, "set", held.token, held.id, held.name, "done behind Pulumi's back")
    print(f"changed {held.token} {held.id}; `pulumi refresh` will find it")


def delete(store: Store, given: argparse.Namespace) -> None:
    with store.transaction() as transaction:
        held = _one(transaction, given.resource)
        transaction.remove(held.number)
        transaction.note(held.cloud, "delete", held.token, held.id, held.name, "done behind Pulumi's back")
    print(f"deleted {held.token} {held.id}; `pulumi refresh` will miss it")


def fault_add(store: Store, given: argparse.Namespace) -> None:
    fault = faults.Fault(
        kind=given.kind,
        cloud=given.cloud or "*",
        token=_pattern(given.type),
        name=given.name,
        operation=given.operation or "*",
        remaining=given.times,
        message=given.message,
    )
    with store.transaction() as transaction:
        number = faults.add(transaction, fault)
    print(f"fault {number}: {faults.KINDS[given.kind]}")


def fault_list(store: Store, given: argparse.Namespace) -> None:
    with store.reading() as reading:
        found = faults.declared(reading)
    rows = [(str(f.number), f.kind, f.cloud, f.token, f.name, f.operation, str(f.remaining), f.message) for f in found]
    _table(rows, ("NUMBER", "KIND", "CLOUD", "TYPE", "NAME", "OPERATION", "TIMES LEFT", "MESSAGE"))
    if not found:
        print("no faults")


def fault_clear(store: Store, given: argparse.Namespace) -> None:
    with store.transaction() as transaction:
        count = faults.clear(transaction, given.number)
    if given.number is not None and not count:
        raise Mistake(f"there is no fault {given.number}")
    print(f"{count} fault{'' if count == 1 else 's'} forgotten")


def fixture_add(store: Store, given: argparse.Namespace) -> None:
    content: Values = {}
    for text in given.content:
        path, value = _assignment(text)
        _write(content, path, value)
    with store.transaction() as transaction:
        transaction.fix(given.cloud, given.kind, given.name, content)
    print(f"{given.cloud} has {given.kind} {given.name}")


def fixture_remove(store: Store, given: argparse.Namespace) -> None:
    with store.transaction() as transaction:
        if not transaction.fix(given.cloud, given.kind, given.name, None):
            raise Mistake(f"{given.cloud} has no {given.kind} {given.name}")
    print(f"{given.cloud} has no {given.kind} {given.name} any more")


def fixture_list(store: Store, given: argparse.Namespace) -> None:
    with store.reading() as reading:
        rows = [(name, kind, item, json.dumps(content)) for name in NAMES for (kind, item), content in reading.fixtures(name).items()]
    _table(rows, ("CLOUD", "KIND", "NAME", "CONTENT"))
    if not rows:
        print("no fixtures")


def journal(store: Store, given: argparse.Namespace) -> None:
    with store.reading() as reading:
        entries = reading.journal(given.after)
    if given.json:
        for entry in entries:
            print(json.dumps(vars(entry)))
        return
    rows = [(str(e.seq), e.time[:23], e.operation, e.token, e.name, e.id, e.outcome) for e in entries]
    _table(rows, ("NUMBER", "TIME", "OPERATION", "TYPE", "NAME", "ID", "OUTCOME"))


def reset(store: Store, given: argparse.Namespace) -> None:
    what = given.cloud or "all clouds"
    if not given.yes:
        if not sys.stdin.isatty():
            raise Mistake("nobody is there to be asked; say --yes")
        if input(f"Forget everything in {what}? Pulumi's own state stays as it is. [y/N] ").strip().lower() not in ("y", "yes"):
            raise Mistake("nothing was changed")
    with store.transaction() as transaction:
        count = transaction.clear(given.cloud)
    print(f"{what}: {count} resource{'' if count == 1 else 's'} forgotten")


# --- parts -----------------------------------------------------------------------------------------------------------------


def _pattern(type_: str) -> str:
    """A type as a pattern for tokens: `Vpc` is any token that ends in `:Vpc`."""
    return type_ if ":" in type_ or "*" in type_ else f"*:{type_}"


def _one(transaction: Transaction, named: str) -> Held:
    """The resource that the user means."""
    found = transaction.select(id=_literal(named))
    if not found and "/" in named:
        # A token has a slash of its own, and so have many ids.
        for cut in (at for at, letter in enumerate(named) if letter == "/"):
            type_, rest = named[:cut], named[cut + 1 :]
            if not type_ or not rest:
                continue
            of_type = transaction.select(token=_pattern(type_))
            found = [held for held in of_type if held.id == rest] or [held for held in of_type if held.name == rest]
            if found:
                break
    if not found:
        raise Mistake(f"there is no resource {named!r}; `python -m sandbox list` shows what there is")
    if len(found) > 1:
        several = "".join(f"\n  {held.token}/{held.id}" for held in found)
        raise Mistake(f"{named!r} may mean several resources; say which:{several}")
    return found[0]


def _literal(text: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text)


def _schema(held: Held) -> Resource:
    try:
        return Sdk(cloud(held.cloud).sdk).resource(held.token)
    except UnknownToken:  # made with another version of the SDK
        return Resource(held.token, {n: Property(n, ANY, required=False) for n in held.inputs}, {}, frozenset())


def _assignment(text: str) -> tuple[tuple[str | int, ...], Any]:
    """Path and value of `path=value`; the value None where there is none."""
    path, equals, value = text.partition("=")
    if not equals:
        raise Mistake(f"{text!r}: expected PATH=VALUE, such as size=s-2vcpu-4gb or ingress[0].fromPort=443")
    if value == "":
        return paths.parse(path), None
    try:
        return paths.parse(path), json.loads(value, parse_constant=_no_number)
    except json.JSONDecodeError:
        return paths.parse(path), value


def _no_number(text: str) -> Any:
    """JSON has no NaN and no Infinity."""
    raise json.JSONDecodeError("not a number", text, 0)


def _write(values: Values, path: tuple[str | int, ...], value: Any) -> None:
    if value is not None:
        paths.put(values, path, value)
        return
    holder = paths.get(values, path[:-1])
    if isinstance(holder, dict):
        holder.pop(path[-1], None)
    elif isinstance(holder, list) and isinstance(path[-1], int) and path[-1] < len(holder):
        del holder[path[-1]]


def _described(held: Held, secrets: bool = False) -> dict[str, Any]:
    hidden = [] if secrets else held.secrets
    return {
        "type": held.token,
        "name": held.name,
        "id": held.id,
        "account": held.scope.account,
        "region": held.scope.region,
        "created": held.created.isoformat(),
        "inputs": masked(held.inputs, hidden),
        "outputs": masked(held.outputs, hidden),
    }


def _table(rows: Sequence[tuple[str, ...]], head: tuple[str, ...]) -> None:
    if rows:
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        for row in (head, *rows):
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
