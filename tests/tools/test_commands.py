"""The commands as a user types them, in a checkout where nothing is set up."""

import ast
import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.console import Stop
from tools.project import Project
from tools.stack import Stack

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A copy of the commands without an environment, an engine or a cache."""
    root = tmp_path / "bare"
    root.mkdir()
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", root)
    return root


def run(root: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), **variables}
    return subprocess.run(command, cwd=root, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def test_make_alone_shows_every_target(bare: Path) -> None:
    """`make` explains each target that the Makefile has."""
    shown = run(bare, "make").stdout
    targets = [line.split(":")[0] for line in (bare / "Makefile").read_text().splitlines() if line[:1].isalpha() and ": ##" in line]
    assert targets and all(f"make {target}" in shown for target in targets)


def test_an_old_python_gets_one_message_with_the_mend(bare: Path) -> None:
    """The version is checked before anything is imported that an old Python cannot read."""
    program = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_module('tools', run_name='__main__')"
    done = run(bare, sys.executable, "-c", program, MULTICLOUD_PYTHON="tried")
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr and "mend: install one, or name it" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_old_python_makes_way_for_a_newer_one(bare: Path, tmp_path: Path) -> None:
    """Where python3 is old and python3.11 is installed beside it, the command goes on with that one."""
    newer = tmp_path / "python3.12"
    newer.write_text('#!/bin/sh\necho "went on with: $*"\n')
    newer.chmod(0o755)
    program = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_module('tools', run_name='__main__')"
    done = run(bare, sys.executable, "-c", program, "up", "--stack", "dev", PATH=str(tmp_path))
    assert done.stdout == "went on with: -m tools up --stack dev\n"


def test_any_python_3_can_read_the_entry() -> None:
    """`tools/__main__.py` has no syntax that Python 3.5 would stumble over before it can say what is wrong."""
    ast.parse((ROOT / "tools" / "__main__.py").read_text(), feature_version=(3, 5))


def test_the_shell_says_when_nothing_is_set_up(bare: Path) -> None:
    """No traceback where `.multicloud` is not there yet."""
    done = run(bare, "tools/shell", "pulumi", "version")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == ["error: the engine is not set up yet", "  mend: run `make setup` first"]


def test_the_shell_passes_on_arguments_and_the_exit_code(real: Project) -> None:
    """A command runs in the caller's folder, with its own arguments untouched."""
    done = subprocess.run(
        [ROOT / "tools" / "shell", "--state", real.state, "sh", "-c", 'echo "$1 $PULUMI_BACKEND_URL $PWD"; exit 3', "sh", "a  b"],
        cwd=real.state,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (3, f"a  b file://{real.state}/state?metadata=skip {real.state}\n")


def test_an_unknown_stack_is_refused_with_the_known_ones(checkout: Project) -> None:
    """The name is checked before Pulumi could make an empty stack of it."""
    (checkout.root / "stacks").mkdir()
    (checkout.root / "stacks" / "Pulumi.dev.yaml").touch()
    with pytest.raises(Stop) as refused:
        Stack(checkout, {}, "devv")
    assert str(refused.value) == "there is no stack 'devv' in stacks/; take one of dev, or write stacks/Pulumi.devv.yaml"


def test_a_stack_with_the_encryption_of_a_real_one_is_refused(real: Project, tmp_path: Path) -> None:
    """The sandbox's passphrase does not open it; the message says what to do instead of asking for one."""
    root = tmp_path / "project"
    (root / "stacks").mkdir(parents=True)
    (root / "Pulumi.yaml").write_text("name: p\nruntime: python\nstackConfigDir: stacks\n")
    file = root / "stacks" / "Pulumi.live.yaml"
    file.write_text("")
    theirs = {**real.environment(os.environ), "PULUMI_CONFIG_PASSPHRASE": "a real one"}
    subprocess.run(["pulumi", "stack", "init", "live"], cwd=root, env=theirs, check=True, stdin=subprocess.DEVNULL)
    subprocess.run(["pulumi", "stack", "rm", "live", "--yes", "--preserve-config"], cwd=root, env=theirs, check=True)
    assert "encryptionsalt" in file.read_text()
    project = dataclasses.replace(real, root=root)
    environment = {**os.environ, "PATH": f"{real.bin}{os.pathsep}{os.environ['PATH']}"}
    with pytest.raises(Stop, match="has the encryption of a real stack"):
        Stack(project, environment, "live").select()


def test_a_folder_that_cannot_be_written_is_one_message(bare: Path) -> None:
    """Whatever the system refuses is said in one line, without a traceback."""
    (bare / ".multicloud").write_text("a file where the folder should be")
    done = run(bare, sys.executable, "-m", "tools", "setup")
    assert done.returncode == 1
    assert f"error: {bare}/.multicloud: File exists" in done.stderr and "Traceback" not in done.stderr
