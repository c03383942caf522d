"""The virtual environment and what pip installs into it."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.console import Stop, say
from tools.project import Project
from tools.setup import checks
from tools.setup.work import Work

PROGRAM = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"

CURRENT = "import sys; sys.exit(sys.version_info < (3, 11))"
"""Succeeds in a Python that the project supports."""


def start(project: Project, given: Mapping[str, str], requirements: str) -> Work | None:
    """Starts pip where something is to be installed; None where everything is in place.

    Args:
        project: The checkout whose `.venv` it is.
        given: The environment for pip, with the user's index and proxy settings.
        requirements: `PROGRAM` or `DEVELOPMENT`, which contains the program's.
    """
    # What development needs contains what the program needs.
    if _answers(project, CURRENT) and any(_stamp(project, r).exists() for r in {requirements, DEVELOPMENT}):
        return None
    checks.path(project.root)
    checks.virtual_environments()
    checks.space(project.root, checks.PACKAGES_BYTES, "the virtual environment")
    # A making that was interrupted leaves a Python without pip.
    if not (_answers(project, CURRENT) and _answers(project, "import pip._internal.cli.main")):
        _create(project)
    python, stamp = project.python, _stamp(project, requirements)
    for old in project.venv.glob("*.installed"):
        old.unlink()
    # The stamp is written by the same shell that runs pip, so that it is there if, and only if, pip has succeeded.
    script = '"$1" -m pip install --no-input --disable-pip-version-check --progress-bar off -r "$2" && touch "$3"'
    return Work(
        "packages (pip)",
        ["sh", "-c", script, "sh", python, requirements, stamp],
        log=project.logs / "pip.log",
        cwd=project.root,
        env={k: v for k, v in given.items() if k not in ("PYTHONPATH", "PYTHONHOME")},
        about="takes about a minute",
        mend="check the network, or name a mirror (`pip config set global.index-url URL`), and run this again",
    )


def _answers(project: Project, code: str) -> bool:
    """Whether `.venv` has a Python, and runs `code` with success."""
    if not project.python.exists():
        return False
    return subprocess.run([project.python, "-I", "-c", code], capture_output=True).returncode == 0


def _create(project: Project) -> None:
    if project.venv.exists():
        say(f"  {project.venv} has no Python 3.11 with pip that runs here: making it anew")
        shutil.rmtree(project.venv)
    say(f"  virtual environment: {project.venv}, with Python {sys.version.split()[0]}")
    command = [sys.executable, "-m", "venv", str(project.venv)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        shutil.rmtree(project.venv, ignore_errors=True)
        raise Stop(f"the virtual environment could not be made: {done.stdout.strip()[-500:]}", "mend what it says, and run this again")


def _stamp(project: Project, requirements: str) -> Path:
    """The file that exists where just these requirements are installed, by and for this folder.

    By its path, too: a copied checkout brings an environment in which `multicloud` is the original's.
    """
    files = [project.root / PROGRAM, project.root / "components" / "pyproject.toml"]
    if requirements != PROGRAM:
        files.append(project.root / requirements)
    content = b"\0".join(f.read_bytes() for f in files) + os.fsencode(project.root)
    return project.venv / f"{requirements}.{hashlib.sha256(content).hexdigest()[:16]}.installed"
