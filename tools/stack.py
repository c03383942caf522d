"""Pulumi's commands on one of the stacks, against the sandbox."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

from tools.console import Stop
from tools.foreground import foreground
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
        known = sorted(f.name.removeprefix("Pulumi.").removesuffix(".yaml") for f in (project.root / "stacks").glob("Pulumi.*.yaml"))
        if name not in known:
            own = f", or write stacks/Pulumi.{name}.yaml" if re.fullmatch(r"\w[\w.-]*", name, re.ASCII) else ""
            raise Stop(f"there is no stack {name!r} in stacks/", f"take one of {', '.join(known)}{own}")

    @property
    def project_name(self) -> str:
        """The project's name in Pulumi.yaml, the first part of what Pulumi calls the stack."""
        found = re.search(r"^name:\s*(\S+)", (self.project.root / "Pulumi.yaml").read_text(), re.MULTILINE)
        assert found, "Pulumi.yaml has no name"
        return found.group(1)

    def select(self) -> None:
        """Makes this the stack that plain `pulumi` commands work on; creates it the first time."""
        done = self._captured(["pulumi", "stack", "select", "--create", "--stack", self.name])
        if done.returncode != 0:
            raise self._unreadable(done.stderr)

    def run(self, command: str, arguments: Sequence[str] = ()) -> int:
        """Runs a Pulumi command with the terminal as its own, and returns its exit code.

        Raises:
            Stop: Where it fails because the stack's file cannot be read.
        """
        code = foreground(["pulumi", command, "--stack", self.name, *arguments], self.project.root, self._environment)
        if code != 0:
            # The cheapest command that reads the file as an update does, with its encryption.
            done = self._captured(["pulumi", "logs", "--stack", self.name])
            if "getting stack configuration" in done.stderr:
                raise self._unreadable(done.stderr)
        return code

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, with `[secret]` where they are secret."""
        outputs: dict[str, Any] = json.loads(self.ask(["pulumi", "stack", "output", "--json", "--stack", self.name]))
        return outputs

    def ask(self, command: Sequence[str]) -> str:
        """What a command prints in the stack's environment.

        Raises:
            Stop: Where it fails, with what it says.
        """
        done = self._captured(command)
        if done.returncode != 0:
            raise Stop(f"`{' '.join(command[:3])}` failed: {done.stderr.strip() or done.stdout.strip()}", "see what it says")
        return done.stdout

    def _captured(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.project.root, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )

    def _unreadable(self, said: str) -> Stop:
        """What to do where Pulumi has not taken the stack, by what it `said`."""
        file = f"stacks/Pulumi.{self.name}.yaml"
        mend = "see what it says, or start anew with `make clean`"
        if "yaml:" in said or "to be an object" in said:
            mend = f"mend the YAML of {file}"
        elif "passphrase" in said or "secrets manager" in said:
            mend = (
                f"bring back the line encryptionsalt that {file} had; where the file has the encryption of a real stack, copy it for"
                " the sandbox to another name, without the lines encryptionsalt, secretsprovider and encryptedkey"
            )
        return Stop(f"the stack {self.name} cannot be used: {said.strip().removeprefix('error: ')}", mend)
