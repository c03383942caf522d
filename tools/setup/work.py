"""Long commands in the background, side by side, with a sign of life from each."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.console import Stop, say

LOOK_SECONDS = 0.2
SAY_SECONDS = 15
"""How often a running command shows where it is; on a terminal the line changes every second."""
SILENCE_SECONDS = 600
"""A command that writes nothing for so long hangs. The longest known silence, a link on a slow machine, is one minute."""


class Work:
    """A command that runs in the background and writes a log.

    Args:
        title: What it does, as the user reads it: `packages (pip)`.
        about: How long it takes, or what else the user wants to know while waiting.
        command: The program and its arguments.
        log: The file for everything that it prints.
        cwd: Folder in which it runs.
        env: Its whole environment.
        mend: What the user can do where it fails.
        input: What it reads from its standard input.
        silence: After how many seconds without a new line in the log it counts as hanging.
    """

    def __init__(
        self,
        title: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        cwd: Path,
        env: Mapping[str, str],
        mend: str,
        about: str = "",
        input: bytes = b"",
        silence: int = SILENCE_SECONDS,
    ) -> None:
        self.title, self.log, self.mend, self.silence = title, log, mend, silence
        self.started = time.monotonic()
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output, tempfile.TemporaryFile() as given:
            given.write(input)
            given.seek(0)
            self.process = subprocess.Popen(
                command, cwd=cwd, env=dict(env), stdin=given, stdout=output, stderr=output, start_new_session=True
            )
        say(f"  {title}: started{about and f', {about}'}; its log is {log}")

    @property
    def seconds(self) -> int:
        return int(time.monotonic() - self.started)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def last_line(self, width: int) -> str:
        """The newest line of the log, cut to `width` columns."""
        lines = self._tail().strip().splitlines()
        return lines[-1].strip()[:width] if lines else ""

    def check(self) -> None:
        """Raises Stop where the command has failed or hangs; returns where it runs or has succeeded."""
        if self.running and time.time() - self.log.stat().st_mtime > self.silence:
            self.end()
            raise Stop(f"{self.title} has said nothing for {self.silence} s and was ended (log: {self.log})", self.mend)
        if not self.running and self.process.returncode != 0:
            tail = "\n".join(f"    {line}" for line in self._tail().strip().splitlines()[-8:])
            if "no space left on device" in tail.lower():
                raise Stop(f"{self.title}: the disk is full", "free some space (`make clean` helps a little) and run this again")
            raise Stop(f"{self.title} failed after {self.seconds} s; the end of {self.log}:\n{tail}", self.mend)

    def end(self) -> None:
        """Ends the command, if it still runs, and all that it has started."""
        if self.running:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def _tail(self) -> str:
        with self.log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - 4000))
            return file.read().decode(errors="replace")


def wait(works: Sequence[Work]) -> None:
    """Waits until all have succeeded, and shows meanwhile what is waited for.

    Raises:
        Stop: As soon as one of them has failed; the others are ended.
    """
    terminal = sys.stdout.isatty()
    said, waiting = time.monotonic(), list(works)
    try:
        while waiting:
            time.sleep(LOOK_SECONDS)
            for work in list(waiting):
                work.check()
                if not work.running:
                    waiting.remove(work)
                    _clear(terminal)
                    say(f"  {work.title}: done in {work.seconds} s")
            if waiting and time.monotonic() - said >= (1 if terminal else SAY_SECONDS):
                said = time.monotonic()
                width = max(20, 140 // len(waiting) - 30)
                status = " | ".join(f"{w.title} {w.seconds} s: {w.last_line(width)}" for w in waiting)
                print(f"\r\033[K  ... {status}" if terminal else f"  ... {status}", end="" if terminal else "\n", flush=True)
    finally:
        for work in works:
            work.end()


def _clear(terminal: bool) -> None:
    if terminal:
        print("\r\033[K", end="", flush=True)
