"""A shell, or one command, in the sandbox's environment."""

import os
from collections.abc import Mapping, Sequence

from tools.console import Stop
from tools.project import Project


def run(project: Project, given: Mapping[str, str], command: Sequence[str]) -> int:
    """Becomes `command`, or the user's shell without one. Returns only in case of an error."""
    if not (project.bin / "pulumi").exists():
        raise Stop("the engine is not set up yet", "run `make setup` first")
    (project.state / "state").mkdir(parents=True, exist_ok=True)
    environment = project.environment(given)
    command = list(command) or [given.get("SHELL") or "/bin/sh"]
    try:
        os.execvpe(command[0], command, environment)
    except FileNotFoundError:
        raise Stop(f"{command[0]}: no such command", "is it spelled right, and installed?") from None
