"""Commands that have the terminal as their own."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def foreground(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str]) -> int:
    """Runs a command with the terminal as its own, and returns its exit code.

    Ctrl-C is for the command alone, which may need a while to end in order: the engine finishes what it has begun and writes its
    state. `subprocess.run` would kill it after a quarter of a second.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.Popen(command, cwd=folder, env=dict(environment)).wait()
    finally:
        signal.signal(signal.SIGINT, before)
