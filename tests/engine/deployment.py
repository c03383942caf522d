"""A deployment of its own for a test: the project, a state, a stand-in cloud, driven by the real engine.

Nothing is shared between two deployments but the engine and the installed plugins, so that tests can break things.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tools.project import find

ROOT = Path(__file__).resolve().parents[2]


class Failed(AssertionError):
    """A command that should have succeeded did not; shows what it printed."""


class Deployment:
    """One copy of the project in a folder of its own.

    Args:
        folder: An empty folder.
        stack: The stack whose file is used.
    """

    def __init__(self, folder: Path, stack: str = "dev") -> None:
        self.folder, self.stack = folder, stack
        self.project = folder / "project"
        self.project.mkdir(parents=True)
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, self.project)
        shutil.copytree(ROOT / "stacks", self.project / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
        (self.project / ".venv").symlink_to(ROOT / ".venv")
        (folder / "state").mkdir()
        checkout = find(ROOT, {**os.environ, "MULTICLOUD_STATE": str(folder)})
        self.environment = checkout.environment(os.environ)
        self.pulumi("stack", "select", "--create", stack)

    @property
    def config_file(self) -> Path:
        """The stack's file in this deployment."""
        return self.project / "stacks" / f"Pulumi.{self.stack}.yaml"

    def configure(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Changes the environment in the stack's file.

        Args:
            change: Gets the environment's mapping and changes it in place.
        """
        content = yaml.safe_load(self.config_file.read_text())
        change(content["config"]["multicloud:environment"])
        self.config_file.write_text(yaml.safe_dump(content, sort_keys=False))

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Starts a pulumi command in a process group of its own, its output in `last.log`, and does not wait for it."""
        log = (self.folder / "last.log").open("w")
        return subprocess.Popen(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def attempt(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Runs a pulumi command to its end, whatever that is."""
        return subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
        )

    def pulumi(self, *arguments: str) -> str:
        """Runs a pulumi command that has to succeed and returns what it printed."""
        done = self.attempt(*arguments)
        if done.returncode:
            raise Failed(f"pulumi {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def up(self, *arguments: str) -> str:
        """Brings the stack up."""
        return self.pulumi("up", "--yes", "--skip-preview", "--stack", self.stack, *arguments)

    def steps(self, *arguments: str) -> dict[str, str]:
        """What a preview would do: the operation by URN, without those that stay the same."""
        plan = json.loads(self.pulumi("preview", "--json", "--stack", self.stack, *arguments))
        found: dict[str, str] = {}
        for step in plan.get("steps", []):
            if step["op"] not in ("same", "read", "refresh"):
                # A replacement is three steps of one URN; `replace` says it best.
                found[step["urn"]] = "replace" if "replace" in step["op"] else step["op"]
        return found

    def drift(self) -> dict[str, str]:
        """What a refresh would find: `delete` or `update` by logical name."""
        plan = json.loads(self.pulumi("refresh", "--preview-only", "--json", "--stack", self.stack))
        found: dict[str, str] = {}
        for step in plan["steps"]:
            old, new = step["oldState"], step.get("newState")
            if new is None:
                found[step["urn"].rsplit("::", 1)[1]] = "delete"
            elif any(old.get(side) != new.get(side) for side in ("inputs", "outputs")):
                found[step["urn"].rsplit("::", 1)[1]] = "update"
        return found

    def state(self) -> list[dict[str, Any]]:
        """The resources that the stack's state records."""
        exported = json.loads(self.pulumi("stack", "export", "--stack", self.stack))
        resources: list[dict[str, Any]] = exported["deployment"].get("resources", [])
        return resources

    def sandbox(self, *arguments: str) -> str:
        """Runs a `python -m sandbox` command on this deployment's clouds."""
        done = subprocess.run(
            [str(ROOT / ".venv" / "bin" / "python"), "-m", "sandbox", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode:
            raise Failed(f"sandbox {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def tool(self, *arguments: str) -> str:
        """Runs one of the commands behind the Makefile on this deployment's state."""
        done = subprocess.run(
            [sys.executable, "-m", "tools", *arguments],
            cwd=ROOT,
            env={**self.environment, "MULTICLOUD_STATE": str(self.folder)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise Failed(f"tools {' '.join(arguments)} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def orphans(self) -> list[dict[str, Any]]:
        """What the clouds hold without a record."""
        found: list[dict[str, Any]] = json.loads(self.tool("orphans", "--stack", self.stack, "--json"))
        return found

    def clouds(self) -> list[dict[str, Any]]:
        """What the stand-in clouds hold."""
        held: list[dict[str, Any]] = json.loads(self.sandbox("list", "--json"))
        return held
