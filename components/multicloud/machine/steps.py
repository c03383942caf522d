"""What a part of a machine adds to its user data. Pure."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

READY = "/var/lib/multicloud/ready"
"""The file that exists when the workload is in place; it stays over reboots."""

FACTS = "/etc/multicloud/machine.json"
"""What every machine knows of itself: its role, cloud, region and component."""

LIBRARY = "/usr/local/lib/multicloud"
UNITS = "/etc/systemd/system"


@dataclass(kw_only=True, frozen=True)
class Steps:
    """Files, packages and commands."""

    files: dict[str, str] = field(default_factory=dict)
    """Contents by path."""
    programs: frozenset[str] = frozenset()
    """Paths of those files that are run."""
    private: frozenset[str] = frozenset()
    """Paths of those files that root alone may read."""
    packages: list[str] = field(default_factory=list)
    """Debian packages."""
    commands: list[list[str]] = field(default_factory=list)
    """Run when the packages are installed. None of them waits for the workload."""


def joined(parts: Iterable[Steps]) -> Steps:
    """All of the steps, one part's after the other's; a package that two of them need is named once."""
    parts = list(parts)
    return Steps(
        files={path: content for part in parts for path, content in part.files.items()},
        programs=frozenset().union(*(part.programs for part in parts)),
        private=frozenset().union(*(part.private for part in parts)),
        packages=list(dict.fromkeys(package for part in parts for package in part.packages)),
        commands=[command for part in parts for command in part.commands],
    )


@cache
def program(name: str) -> str:
    """The text of one of the programs that machines run with Debian's own Python, without docstrings: AWS's user data is small.

    Args:
        name: Its file in `programs`, without the ending.
    """
    text = (resources.files(__package__) / "programs" / f"{name}.py").read_text("utf-8")
    left_out: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = (line for number, line in enumerate(text.splitlines(), 1) if line.strip() and number not in left_out)
    return "\n".join(["#!/usr/bin/python3", f"# Documented in multicloud/machine/programs/{name}.py", *lines, ""])
