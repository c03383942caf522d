"""The commands as a user types them, in a checkout where nothing is set up."""

import ast
import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.cli import _parser
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


def test_a_stacks_name_may_have_a_dot(checkout: Project) -> None:
    """And no file is proposed for a name that cannot be a stack's."""
    (checkout.root / "stacks").mkdir()
    (checkout.root / "stacks" / "Pulumi.team.a.yaml").touch()
    assert Stack(checkout, {}, "team.a").name == "team.a"
    with pytest.raises(Stop) as refused:
        Stack(checkout, {}, "../team")
    assert str(refused.value) == "there is no stack '../team' in stacks/; take one of team.a"


@pytest.mark.parametrize(
    ("content", "mend"),
    [
        ("config: [", "mend the YAML of stacks/Pulumi.broken.yaml"),
        ("- a list", "mend the YAML of stacks/Pulumi.broken.yaml"),
        ("encryptionsalt: v1:AAAAAAAAAAA=:v1:bt0l5HSfr0zmySHm:CIfNjTPfZpxUeKjtWrhqYsXqqmS5Vw==", "bring back the line encryptionsalt"),
        ("encryptionsalt: nonsense", "bring back the line encryptionsalt"),
    ],
)
def test_a_file_that_is_broken_after_its_stack_was_made_is_one_message(real: Project, tmp_path: Path, content: str, mend: str) -> None:
    """Pulumi selects the stack and fails only then; the mend is said all the same, and no command leaves a traceback."""
    root = tmp_path / "project"
    (root / "stacks").mkdir(parents=True)
    (root / "Pulumi.yaml").write_text("name: p\nruntime: python\nstackConfigDir: stacks\n")
    file = root / "stacks" / "Pulumi.broken.yaml"
    file.touch()
    environment = {**os.environ, "PATH": f"{real.bin}{os.pathsep}{os.environ['PATH']}"}
    stack = Stack(dataclasses.replace(real, root=root), environment, "broken")
    stack.select()
    file.write_text(content + "\n")
    with pytest.raises(Stop) as refused:
        stack.select()
        stack.run("preview")
    assert mend in refused.value.mend


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
    with pytest.raises(Stop, match="where the file has the encryption of a real stack, copy it"):
        Stack(project, environment, "live").select()


def test_a_folder_that_cannot_be_written_is_one_message(bare: Path) -> None:
    """Whatever the system refuses is said in one line, without a traceback."""
    (bare / ".multicloud").write_text("a file where the folder should be")
    done = run(bare, sys.executable, "-m", "tools", "setup")
    assert done.returncode == 1
    assert f"error: {bare}/.multicloud: File exists" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def echoing(tmp_path: Path) -> tuple[Path, Path]:
    """The Makefile, and a Python that prints the arguments that it is given, a line each."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    return Path(shutil.copy(ROOT / "Makefile", tmp_path)).parent, python


@pytest.mark.parametrize("target", ["up", "preview", "refresh", "down", "test", "bench"])
def test_options_go_on_as_they_are(echoing: tuple[Path, Path], target: str) -> None:
    """Options first, quotes, and a `$` as in a URN: neither make nor our own parser takes anything for its own."""
    folder, python = echoing
    given = run(folder, "make", target, f"PYTHON={python}", "ARGS=--diff -h --target 'urn:a$b::c d'").stdout.splitlines()
    assert given[:2] == ["-m", "tools"]
    assert _parser().parse_args(given[2:]).arguments == ["--diff", "-h", "--target", "urn:a$b::c d"]
    alone = run(folder, "make", target, f"PYTHON={python}").stdout.splitlines()
    assert _parser().parse_args(alone[2:]).arguments == []


def test_the_shells_command_is_the_shells(echoing: tuple[Path, Path]) -> None:
    """Variables and quotes in CMD are those of the shell that runs it."""
    folder, python = echoing
    given = run(folder, "make", "shell", f"PYTHON={python}", """CMD=echo "$HOME" 'it' $(pwd)""").stdout.splitlines()
    assert given == ["tools/shell", "sh", "-c", """echo "$HOME" 'it' $(pwd)"""]


def test_an_empty_or_odd_stack_is_a_name_that_does_not_exist(echoing: tuple[Path, Path]) -> None:
    """It reaches the check of names in one piece."""
    folder, python = echoing
    for name in ("", "a b"):
        given = run(folder, "make", "up", f"PYTHON={python}", f"STACK={name}").stdout.splitlines()
        assert _parser().parse_args(given[2:]).stack == name
