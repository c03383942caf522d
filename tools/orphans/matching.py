"""Which of the things in the clouds no state records. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

COMPONENT = "multicloud:index:"
PROVIDER = "pulumi:providers:"
_WORDS = re.compile(r"\b(project|stack|component)[=:]([^\s,;]+)")
_HEX = re.compile(r"-[0-9a-f]{7}$")


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that a cloud holds."""

    type: str
    """Its type token, or the cloud's own word where a look-up does not say more."""
    id: str
    name: str = ""
    """The logical name, where it is known."""
    inputs: Mapping[str, Any]
    """What it was made with: tags, labels, descriptions, and the ids of what it belongs to."""

    @property
    def marks(self) -> dict[str, str]:
        """What its tags, its labels or its description say of `project`, `stack` and `component`."""
        found: dict[str, str] = {}
        settings = self.inputs.get("settings")
        # Cloud SQL has its labels among its settings.
        inner = settings.get("userLabels") if isinstance(settings, Mapping) else None
        for given in (self.inputs.get("tags"), self.inputs.get("labels"), inner):
            if isinstance(given, Mapping):
                found |= {key: str(given[key]) for key in ("project", "stack", "component") if key in given}
            elif isinstance(given, list):
                found |= dict(match for tag in given if isinstance(tag, str) for match in _WORDS.findall(tag))
            elif isinstance(given, str):
                found |= dict(_WORDS.findall(given))
        for name in ("description", "comment", "notes"):
            if isinstance(self.inputs.get(name), str):
                found |= dict(_WORDS.findall(self.inputs[name]))
        return found

    @property
    def mentions(self) -> set[str]:
        """Every string that it was made with: the ids of what it belongs to are among them."""
        return set(_strings(self.inputs))


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One resource in the state of a stack."""

    stack: str
    urn: str
    type: str
    id: str
    outputs: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rsplit("::", 1)[1]


@dataclass(frozen=True, kw_only=True)
class Orphan:
    """A thing without a record."""

    thing: Thing
    stack: str | None
    """The stack that it was made for; None where nothing tells."""
    why: str
    """How that is known."""
    twin: Recorded | None
    """The resource of the same type and name that the stack does record, made in its place; None where there is none."""
    parent: Recorded | None
    """The component that it belongs to, where that is known."""
    provider: Recorded | None
    """The provider that manages its like in the stack."""


def orphans(things: Iterable[Thing], recorded: Iterable[Recorded], project: str) -> list[Orphan]:
    """The things that no stack records, in the order given.

    Args:
        things: What the clouds hold.
        recorded: What the stacks of the project record.
        project: The project's name: what is marked as another project's is left out.
    """
    known = list(recorded)
    addresses = {address for resource in known for address in (*_addresses(resource), (resource.type, resource.id))}
    owners = {value: resource.stack for resource in known for _, value in _addresses(resource)}
    lost = [thing for thing in things if (thing.type, thing.id) not in addresses and ("", thing.id) not in addresses]
    ours = [thing for thing in lost if thing.marks.get("project", project) == project]
    found = [_orphan(thing, known, owners) for thing in ours]
    # What was made for an orphan that is itself known to belong to a stack belongs there too.
    stacks = {orphan.thing.id: orphan.stack for orphan in found if orphan.stack}
    return [orphan if orphan.stack else _orphan(orphan.thing, known, {**owners, **stacks}) for orphan in found]


def _orphan(thing: Thing, known: list[Recorded], owners: Mapping[str, str]) -> Orphan:
    stack, why = _owner(thing, known, owners)
    of_stack = [resource for resource in known if resource.stack == stack]
    name = thing.name or _HEX.sub("", str(thing.inputs.get("name", "")))
    twin = next((resource for resource in of_stack if resource.type == thing.type and resource.name == name), None)
    component = thing.marks.get("component")
    parents = [resource for resource in of_stack if resource.type.startswith(COMPONENT)]
    named = [resource for resource in parents if resource.name == component] or [
        resource for resource in sorted(parents, key=lambda r: -len(r.name)) if name.startswith(f"{resource.name}-")
    ]
    package = PROVIDER + thing.type.split(":")[0]
    regions = [resource for resource in of_stack if resource.type == package]
    at = [resource for resource in regions if thing.inputs.get("region") and resource.outputs.get("region") == thing.inputs["region"]]
    return Orphan(thing=thing, stack=stack, why=why, twin=twin, parent=next(iter(named), None), provider=next(iter(at or regions), None))


def _owner(thing: Thing, known: list[Recorded], owners: Mapping[str, str]) -> tuple[str | None, str]:
    marked = thing.marks.get("stack")
    if marked:
        return marked, "by its tags"
    for value in sorted(thing.mentions):
        if value in owners:
            return owners[value], f"since it refers to {value}"
    named = {resource.stack for resource in known if thing.name and resource.name == thing.name}
    if len(named) == 1:
        return named.pop(), "by its name"
    return None, "nothing says which stack it was made for"


def _addresses(resource: Recorded) -> set[tuple[str, str]]:
    """Every name under which a cloud may know a recorded resource, each without its type."""
    words = [resource.id, resource.outputs.get("arn"), resource.outputs.get("selfLink")]
    known = {word for word in words if isinstance(word, str) and word}
    # Google's asset search gives names that begin with the project.
    return {("", word) for word in known | {"projects/" + word.partition("/projects/")[2] for word in known if "/projects/" in word}}


def _strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
