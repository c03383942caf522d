"""What a machine must have before anything is started on it."""

import importlib.util
import shutil
import sys
from pathlib import Path

from tools.console import Stop

GIGABYTE = 1000**3
PACKAGES_BYTES = int(1.2 * GIGABYTE)
"""The SDKs of four clouds with their compiled files."""
BUILD_BYTES = int(3.5 * GIGABYTE)
"""Go's caches of modules and objects, and the engine: seen with v3.250.0, rounded up."""


def path(root: Path) -> None:
    """Raises Stop where pip or PATH cannot cope with the path of the checkout."""
    for character in ":$":
        if character in str(root):
            raise Stop(f"{root} has a {character!r} in it, which Python's tools do not understand", "move the checkout to another folder")


def virtual_environments() -> None:
    """Raises Stop where this Python cannot make virtual environments, as on Debian without python3-venv."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Stop(
            f"{sys.executable} cannot make virtual environments (no venv or ensurepip module)",
            f"install it, on Debian and Ubuntu with `apt-get install python{version}-venv`",
        )


def space(folder: Path, needed: int, purpose: str) -> None:
    """Raises Stop where the disk of `folder`, which need not exist yet, has fewer than `needed` bytes left."""
    existing = next(f for f in [folder, *folder.parents] if f.exists())
    if (free := shutil.disk_usage(existing).free) < needed:
        raise Stop(
            f"{existing} has {free / GIGABYTE:.1f} GB left, and {purpose} needs {needed / GIGABYTE:.1f} GB",
            "free some space and run this again",
        )
