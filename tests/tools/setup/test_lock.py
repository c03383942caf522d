"""One set-up at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.setup.lock import locked

ROOT = Path(__file__).resolve().parents[3]
HOLD = """
import sys
from pathlib import Path
from tools.setup.lock import locked

with locked(Path(sys.argv[1]), "it"):
    print("held", flush=True)
    input()
"""


def hold(file: Path) -> subprocess.Popen[str]:
    """Another process that asks for the lock, and keeps it until it reads a line or dies."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, file], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def test_the_second_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    """Two `make up` at once: one sets up, the other finds all done."""
    file = tmp_path / "folder" / "lock"
    with locked(file, "it"):
        second = hold(file)
        assert line(second) == f"waiting: another process is busy with it ({file})\n"
    assert line(second) == "held\n"
    second.communicate("\n")


def test_a_killed_process_leaves_no_lock(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to remove by hand after `kill -9`."""
    first = hold(tmp_path / "lock")
    assert line(first) == "held\n"
    first.kill()
    first.communicate()
    with locked(tmp_path / "lock", "it"):
        assert "waiting" not in capsys.readouterr().out
