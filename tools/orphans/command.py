"""The command: reads both sides, compares them, prints what is left over."""

import json
import subprocess
from typing import Any

from tools.console import Stop, say
from tools.orphans.matching import Recorded, Thing, orphans
from tools.orphans.report import report
from tools.stack import Stack


def run(stack: Stack, *, lookups: bool) -> int:
    """Prints the orphans of a stack.

    Args:
        stack: The stack that is asked about.
        lookups: Whether to ask the clouds through the providers' look-ups, as for real clouds, and not the sandbox's own state.
    """
    things = _looked_up(stack) if lookups else _sandbox(stack)
    say(report(orphans(things, _recorded(stack), stack.project_name), stack.name, sandboxed=not lookups))
    return 0


def _sandbox(stack: Stack) -> list[Thing]:
    return [
        Thing(type=held["type"], id=held["id"], name=held["name"], inputs=held["inputs"])
        for held in _python(stack, "sandbox", "list", "--json")
    ]


def _looked_up(stack: Stack) -> list[Thing]:
    return [Thing(**found) for found in _python(stack, "stacks.inventory", stack.name)]


def _python(stack: Stack, module: str, *arguments: str) -> list[dict[str, Any]]:
    done = stack.command([str(stack.project.python), "-m", module, *arguments])
    if done.returncode != 0:
        raise Stop(f"{module} did not answer: {done.stderr.strip()}", "see what it says")
    found: list[dict[str, Any]] = json.loads(done.stdout or "[]")
    return found


def _recorded(stack: Stack) -> list[Recorded]:
    """What all stacks of the backend record: a thing of another stack is no orphan."""
    names = [listed["name"] for listed in json.loads(_checked(stack, ["stack", "ls", "--json"]).stdout)]
    return [resource for name in names for resource in _of(stack, name)]


def _of(stack: Stack, name: str) -> list[Recorded]:
    exported = json.loads(_checked(stack, ["stack", "export", "--stack", name]).stdout)
    return [
        Recorded(stack=name, urn=resource["urn"], type=resource["type"], id=resource.get("id", ""), outputs=resource.get("outputs", {}))
        for resource in exported["deployment"].get("resources") or []
    ]


def _checked(stack: Stack, arguments: list[str]) -> "subprocess.CompletedProcess[str]":
    done = stack.command(["pulumi", *arguments])
    if done.returncode != 0:
        raise Stop(f"the state cannot be read: {done.stderr.strip()}", "is the environment that of `make shell`, or are you logged in?")
    return done
