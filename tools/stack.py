"""Pulumi's commands on one of the stacks, against the sandbox."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from tools.console import Stop
from tools.project import Project


class Stack:
    """A stack of the project in the sandbox's environment.

    Args:
        project: The checkout, which is set up.
        given: The user's environment.
        name: The stack's name, which `stacks/Pulumi.NAME.yaml` describes.
        real: Whether to work in the user's own environment, on real clouds, and not in the sandbox's.
    """

    def __init__(self, project: Project, given: Mapping[str, str], name: str, *, real: bool = False) -> None:
        self.project, self.name = project, name
        self._environment = dict(given) if real else project.environment(given)
        known = sorted(f.name.split(".")[1] for f in (project.root / "stacks").glob("Pulumi.*.yaml"))
        if name not in known:
            raise Stop(f"there is no stack {name!r} in stacks/", f"take one of {', '.join(known)}, or write stacks/Pulumi.{name}.yaml")

    @property
    def project_name(self) -> str:
        """The project's name in Pulumi.yaml, the first part of what Pulumi calls the stack."""
        found = re.search(r"^name:\s*(\S+)", (self.project.root / "Pulumi.yaml").read_text(), re.MULTILINE)
        assert found, "Pulumi.yaml has no name"
        return found.group(1)

    def select(self) -> None:
        """Makes this the stack that plain `pulumi` commands work on; creates it the first time."""
        done = self._pulumi(["stack", "select", "--create"], capture=True)
        if done.returncode == 0:
            return
        mend = "see what it says, or start anew with `make clean`"
        if "passphrase" in done.stderr:
            mend = (
                f"stacks/Pulumi.{self.name}.yaml has the encryption of a real stack: for the sandbox copy it to another name,"
                " without the lines encryptionsalt, secretsprovider and encryptedkey"
            )
        raise Stop(f"the stack {self.name} cannot be selected: {done.stderr.strip()}", mend)

    def run(self, command: str, arguments: Sequence[str] = ()) -> int:
        """Runs a Pulumi command with the terminal as its own, and returns its exit code."""
        return self._pulumi([command, *arguments]).returncode

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, with `[secret]` where they are secret."""
        done = self._pulumi(["stack", "output", "--json"], capture=True)
        outputs: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return outputs

    def ask(self, command: Sequence[str]) -> str:
        """What a command prints in the stack's environment.

        Raises:
            Stop: Where it fails, with what it says.
        """
        done = subprocess.run(
            command, cwd=self.project.root, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise Stop(f"`{' '.join(command[:3])}` failed: {done.stderr.strip() or done.stdout.strip()}", "see what it says")
        return done.stdout

    def _pulumi(self, arguments: Sequence[str], *, capture: bool = False) -> subprocess.CompletedProcess[str]:
        command = ["pulumi", *arguments, "--stack", self.name]
        return subprocess.run(command, cwd=self.project.root, env=self._environment, capture_output=capture, text=True)
