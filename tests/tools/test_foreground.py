"""Commands that have the terminal as their own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tools.foreground import foreground

ROOT = Path(__file__).resolve().parents[2]


def test_an_interrupted_command_ends_in_its_own_time(tmp_path: Path) -> None:
    """Ctrl-C reaches the command, which takes longer than a moment to end in order, and its exit code comes back."""
    slow = "trap 'sleep 1; echo in order; exit 7' INT; echo ready; read line; while :; do sleep 0.1; done"
    program = f"import os, sys; from tools.foreground import foreground; sys.exit(foreground(['sh', '-c', {slow!r}], '.', os.environ))"
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdin and process.stdout
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate("\n")[0] == "in order\n"
    assert process.returncode == 7


def test_afterwards_ctrl_c_is_as_before(tmp_path: Path) -> None:
    """The exit code is the command's, and so is its folder."""
    before = signal.getsignal(signal.SIGINT)
    assert foreground(["sh", "-c", 'test "$PWD" = "$0"', str(tmp_path)], tmp_path, os.environ) == 0
    assert signal.getsignal(signal.SIGINT) is before
