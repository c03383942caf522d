"""Folders for PULUMI_HOME in which the engine finds other providers under the same names and versions."""

import sys
from pathlib import Path

from tools.setup.plugins import wanted

ROOT = Path(__file__).resolve().parents[1]


def home(folder: Path, module: str) -> Path:
    """Makes a home whose provider of each cloud runs `python -m MODULE NAME`.

    Args:
        folder: An empty folder.
        module: The module that serves a provider.
    """
    for plugin in wanted(ROOT / ".venv"):
        script = folder / "plugins" / plugin.folder / f"pulumi-resource-{plugin.name}"
        script.parent.mkdir(parents=True)
        script.write_text(f'#!/bin/sh\ncd "{ROOT}" && exec "{sys.executable}" -m {module} {plugin.name}\n')
        script.chmod(0o755)
    return folder
