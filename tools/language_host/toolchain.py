"""Which Python runs a program: the one that its `runtime.options` name."""

import importlib.metadata
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Unsupported(Exception):
    """What a project asks of its runtime and this host does not have. The message is for the user."""


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """A Python interpreter with its installed packages."""

    python: Path
    virtualenv: Path | None
    """The virtual environment that the project names, or None where it names none."""

    @property
    def exists(self) -> bool:
        return self.python.exists()

    def require(self) -> None:
        """Raises Unsupported where the named virtual environment is not there yet."""
        if not self.exists:
            raise Unsupported(f"the virtual environment {self.virtualenv} does not exist; run `pulumi install` to make it")

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """`given` with this toolchain activated, so that programs which a program starts find the same packages."""
        home = self.python.parent.parent
        if not (home / "pyvenv.cfg").exists():
            return dict(given)
        path = os.pathsep.join([str(self.python.parent), given.get("PATH", os.defpath)])
        kept = {k: v for k, v in given.items() if k != "PYTHONHOME"}
        return {**kept, "VIRTUAL_ENV": str(home), "PATH": path}

    def site_packages(self) -> list[Path]:
        """The folders where this toolchain's packages are installed."""
        home = self.python.parent.parent
        return sorted(home.glob("lib/python3*/site-packages")) if (home / "pyvenv.cfg").exists() else [Path(p) for p in sys.path if p]

    def distributions(self, *, transitive: bool) -> dict[str, str]:
        """The installed distributions and their versions; without `transitive` only those that none requires.

        What is required for an extra alone does not count: it was asked for, by the extra or by its own name.
        """
        found = {d.name: d for d in importlib.metadata.distributions(path=[str(f) for f in self.site_packages()])}
        required = set() if transitive else {_normal(r) for d in found.values() for r in d.requires or [] if "extra ==" not in r}
        return {name: found[name].version for name in sorted(found, key=str.lower) if _normal(name) not in required}

    def installation(self, folder: Path) -> Iterator[list[str | Path]]:
        """The commands that bring what the project in `folder` requires into its virtual environment.

        None where the project names no virtual environment: what it finds is then not ours to change.
        """
        if self.virtualenv is None:
            return
        if not self.exists:
            yield [getattr(sys, "_base_executable", sys.executable), "-m", "venv", self.virtualenv]
        install: list[str | Path] = [
            self.python,
            "-m",
            "pip",
            "install",
            "--no-input",
            "--disable-pip-version-check",
            "--progress-bar",
            "off",
        ]
        if (folder / "requirements.txt").exists():
            yield [*install, "-r", "requirements.txt"]
        elif (folder / "pyproject.toml").exists():
            yield [*install, "-e", "."]

    def plugins(self) -> Iterator[dict[str, Any]]:
        """The `pulumi-plugin.json` of every installed SDK: which provider belongs to it, in which version."""
        for folder in self.site_packages():
            for description in sorted(folder.glob("*/pulumi-plugin.json")):
                plugin: dict[str, Any] = json.loads(description.read_text())
                if plugin.get("resource") and plugin.get("name"):
                    yield plugin


def resolve(root: str, options: Mapping[str, Any], given: Mapping[str, str]) -> Toolchain:
    """The toolchain for a project.

    Args:
        root: Folder of `Pulumi.yaml` or `PulumiPlugin.yaml`, to which a relative `virtualenv` refers.
        options: `runtime.options` of the project.
        given: The host's environment; an activated virtual environment counts where the project names none.

    Raises:
        Unsupported: For an option that this host does not have.
    """
    toolchain = options.get("toolchain") or "pip"
    if toolchain != "pip":
        raise Unsupported(f"runtime.options.toolchain: {toolchain!r} needs the official Pulumi CLI; with this engine use `pip`")
    if checker := options.get("typechecker"):
        raise Unsupported(
            f"runtime.options.typechecker: {checker!r} needs the official Pulumi CLI; leave it out, and run {checker} yourself"
        )
    if named := options.get("virtualenv"):
        virtualenv = Path(root, named)
        return Toolchain(python=virtualenv / "bin" / "python", virtualenv=virtualenv)
    active = Path(given["VIRTUAL_ENV"], "bin", "python") if given.get("VIRTUAL_ENV") else None
    return Toolchain(python=active if active and active.exists() else Path(sys.executable), virtualenv=None)


def _normal(requirement: str) -> str:
    """The name in a requirement, or of a distribution, as the packaging standard compares names."""
    name = re.match(r"[\w.-]+", requirement.strip())
    return re.sub(r"[-_.]+", "-", name.group()).lower() if name else requirement
