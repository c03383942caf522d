"""Runs the program with a stack's own file, recorded; and keeps the list of what each stack registers.

python -m tests.stacks.environments     # writes tests/stacks/urns/*.txt
"""

import json
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.recording import Recording

ROOT = Path(__file__).resolve().parent.parent.parent
URNS = Path(__file__).with_name("urns")
STACKS = ("dev", "staging", "production")
KEY = "multicloud:environment"


def stack_file(stack: str) -> dict[str, Any]:
    """What a stack's file says."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "stacks" / f"Pulumi.{stack}.yaml").read_text())
    return content


def environment(stack: str) -> dict[str, Any]:
    """The environment in a stack's file."""
    found: dict[str, Any] = stack_file(stack)["config"][KEY]
    return found


def uncertified(stack: str) -> dict[str, Any]:
    """The same, its tiers over plain HTTP."""
    said = environment(stack)
    said["front"].pop("origin_certificate", None)
    for tier in said["web"].values():
        tier.pop("certificate", None)
    return said


def run(stack: str, given: dict[str, Any] | None = None, *, preview: bool = False, secrets: Mapping[str, str] | None = None) -> Recording:
    """The whole program, `__main__.py`, recorded.

    Args:
        stack: Name of the stack.
        given: Another environment than its file's.
        preview: Whether outputs are unknown.
        secrets: What stands beside the environment, by its full key, encrypted.
    """
    recording = Recording(project="multicloud", stack=stack, preview=preview)
    # As the engine hands it over: one JSON text, its keys sorted.
    config = {KEY: json.dumps(environment(stack) if given is None else given, sort_keys=True), **(secrets or {})}
    try:
        recording.run(lambda: runpy.run_path(str(ROOT / "__main__.py")), config, list(secrets or {}))
    finally:
        recording.close()
    return recording


if __name__ == "__main__":
    URNS.mkdir(exist_ok=True)
    for stack in STACKS:
        (URNS / f"{stack}.txt").write_text("\n".join(run(stack).urns()) + "\n")
