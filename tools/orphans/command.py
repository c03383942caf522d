"""The command: reads both sides, compares them, prints what is left over."""

import json
from typing import Any

from tools.console import Stop, complain, say
from tools.orphans.matching import Orphan, Recorded, Thing, orphans
from tools.orphans.report import report
from tools.stack import Stack


def run(stack: Stack, *, lookups: bool, as_json: bool) -> int:
    """Prints the orphans of a stack.

    Args:
        stack: The stack that is asked about.
        lookups: Whether to ask the clouds through the providers' look-ups, as for real clouds, and not the sandbox's own state.
        as_json: Whether to print what a program can read.
    """
    things = _looked_up(stack) if lookups else _in_sandbox(stack)
    recorded = _recorded(stack)
    found = orphans(things, recorded, stack.project_name)
    say(json.dumps([_described(orphan) for orphan in found], indent=2) if as_json else report(found, stack.name, sandboxed=not lookups))
    return 0


def _in_sandbox(stack: Stack) -> list[Thing]:
    return [
        Thing(type=held["type"], id=held["id"], name=held["name"], inputs=held["inputs"])
        for held in _python(stack, "sandbox", "list", "--json")
    ]


def _looked_up(stack: Stack) -> list[Thing]:
    answer = _python(stack, "stacks.inventory", stack.name)
    for cloud, reason in answer["silent"].items():
        complain(Stop(f"{cloud} did not answer, so its orphans are not listed: {reason}", "do the credentials allow the look-up?"))
    return [Thing(**found) for found in answer["found"]]


def _python(stack: Stack, module: str, *arguments: str) -> Any:
    return json.loads(stack.ask([str(stack.project.python), "-m", module, *arguments]) or "[]")


def _recorded(stack: Stack) -> list[Recorded]:
    """What all stacks of the backend record: a thing of another stack is no orphan."""
    names = [listed["name"] for listed in json.loads(stack.ask(["pulumi", "stack", "ls", "--json"]))]
    return [resource for name in names for resource in _of(stack, name)]


def _of(stack: Stack, name: str) -> list[Recorded]:
    exported = json.loads(stack.ask(["pulumi", "stack", "export", "--stack", name]))
    return [
        Recorded(stack=name, urn=resource["urn"], type=resource["type"], id=resource.get("id", ""), outputs=resource.get("outputs", {}))
        for resource in exported["deployment"].get("resources") or []
    ]


def _described(orphan: Orphan) -> dict[str, Any]:
    return {
        "type": orphan.thing.type,
        "id": orphan.thing.id,
        "name": orphan.thing.name,
        "stack": orphan.stack,
        "why": orphan.why,
        "replaced_by": orphan.twin and orphan.twin.urn,
    }
