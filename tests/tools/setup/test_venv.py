"""When pip has something to do."""

import dataclasses
import os
import shutil
import subprocess
import sys

import pytest

from tools.console import Stop
from tools.project import Project
from tools.setup import venv


@pytest.fixture
def project(checkout: Project) -> Project:
    """A checkout whose `.venv` works, made without pip and so in no time."""
    for name in (venv.PROGRAM, venv.DEVELOPMENT):
        (checkout.root / name).write_text("# nothing\n")
    (checkout.root / "components").mkdir()
    (checkout.root / "components" / "pyproject.toml").write_text("")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout.venv], check=True)
    return checkout


def pip(project: Project, source: str) -> None:
    """Puts a stand-in for pip into the environment."""
    folder = next(project.venv.glob("lib/python3*/site-packages")) / "pip"
    (folder / "_internal" / "cli").mkdir(parents=True, exist_ok=True)
    (folder / "_internal" / "cli" / "main.py").touch()
    (folder / "__main__.py").write_text(source)


def installed(project: Project, requirements: str) -> bool:
    """Runs a pip that succeeds, if one is run at all; says whether it was."""
    pip(project, "")
    work = venv.start(project, os.environ, requirements)
    if work is None:
        return False
    assert work.process.wait() == 0, work.log.read_text()
    return True


def test_what_is_installed_is_not_installed_again(project: Project) -> None:
    """Once for the program, once more for development, which then covers both."""
    assert installed(project, venv.PROGRAM)
    assert not installed(project, venv.PROGRAM)
    assert installed(project, venv.DEVELOPMENT)
    assert not installed(project, venv.PROGRAM)


@pytest.mark.parametrize("changed", ["requirements.txt", "requirements-dev.txt", "components/pyproject.toml"])
def test_a_changed_file_is_a_reason_to_install(project: Project, changed: str) -> None:
    """A pull that changes what is required must not need a `make clean`."""
    assert installed(project, venv.DEVELOPMENT)
    (project.root / changed).write_text("# another line\n")
    assert installed(project, venv.DEVELOPMENT)


def test_a_pip_that_failed_is_run_again(project: Project) -> None:
    """The mark of success is not there when pip has failed half-way."""
    pip(project, "raise SystemExit(1)")
    work = venv.start(project, os.environ, venv.PROGRAM)
    assert work is not None and work.process.wait() == 1
    assert installed(project, venv.PROGRAM)


def test_a_copied_checkout_gets_a_library_of_its_own(project: Project) -> None:
    """The copied environment would import the components of the original."""
    assert installed(project, venv.PROGRAM)
    copy = dataclasses.replace(project, root=project.root.parent / "copy")
    shutil.copytree(project.root, copy.root, symlinks=True)
    assert installed(copy, venv.PROGRAM)


def test_an_environment_whose_python_is_gone_is_made_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an upgrade of the system's Python."""

    def create(project: Project) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--clear", project.venv], check=True)
        pip(project, "")

    monkeypatch.setattr(venv, "_create", create)
    project.python.unlink()
    project.python.symlink_to("/nowhere/python3")
    assert installed(project, venv.PROGRAM)


def test_an_environment_without_pip_is_made_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Ctrl-C leaves it while it is being made: its Python runs, and pip is not there or not complete."""
    made = []

    def create(project: Project) -> None:
        made.append(project.venv)
        pip(project, "")

    monkeypatch.setattr(venv, "_create", create)
    next(project.venv.glob("lib/python3*/site-packages")).joinpath("pip").mkdir()
    work = venv.start(project, os.environ, venv.PROGRAM)
    assert made and work is not None and work.process.wait() == 0


@pytest.mark.parametrize("name", ["a:b", "a$b"])
def test_a_path_that_pip_does_not_understand_is_refused(project: Project, name: str) -> None:
    """A `:` ends an entry of PATH, and setuptools takes `$b` for a variable."""
    with pytest.raises(Stop, match="move the checkout to another folder"):
        venv.start(dataclasses.replace(project, root=project.root / name), os.environ, venv.PROGRAM)
