"""What the clouds did, as the sandbox's journal says."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.engine.deployment import Deployment


@dataclass(frozen=True)
class Event:
    """One thing that a cloud did."""

    operation: str
    """create, update or delete."""
    type: str
    """The last part of the type token: `Droplet`."""
    name: str
    """The logical name from the program."""
    id: str


class Events(list[Event]):
    """What the clouds did, in order."""

    def places(self, operation: str, type: str, name: str = "") -> list[int]:
        """Where in the order something was done to resources of a type, or to those of them whose name has a part."""
        return [place for place, event in enumerate(self) if (event.operation, event.type) == (operation, type) and name in event.name]

    def names(self, operation: str) -> set[str]:
        """The names of everything that an operation was done to."""
        return {event.name for event in self if event.operation == operation}

    def types(self, operation: str) -> set[str]:
        """The types of everything that an operation was done to."""
        return {event.type for event in self if event.operation == operation}

    def before(self, first: list[int], second: list[int]) -> bool:
        """Whether both happened, and all of the first before any of the second."""
        return bool(first) and bool(second) and max(first) < min(second)

    def __str__(self) -> str:
        return "\n".join(f"{event.operation} {event.type} {event.name} {event.id}" for event in self)


def watched(deployment: Deployment, work: Callable[[], object]) -> Events:
    """What the clouds did during some work.

    Args:
        deployment: Whose clouds.
        work: What is done meanwhile.
    """
    seen = _journal(deployment, 0)
    last = seen[-1]["seq"] if seen else 0
    work()
    return Events(
        Event(line["operation"], line["token"].rsplit(":", 1)[1], line["name"], line["id"])
        for line in _journal(deployment, last)
        if line["operation"] in ("create", "update", "delete") and line["outcome"] == "done"
    )


def _journal(deployment: Deployment, after: int) -> list[dict[str, Any]]:
    return [json.loads(line) for line in deployment.sandbox("journal", "--json", "--after", str(after)).splitlines()]
