"""The processes that the host has started, so that none of them outlives it."""

import os
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

CHUNK = 64 * 1024


class Children:
    """Running child processes. Safe to use from several threads."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def started(
        self, command: Sequence[str | Path], *, cwd: str, env: Mapping[str, str], output: int | IO[bytes] | None = None
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Starts a child, and sees to it that it has ended when the block is left.

        Args:
            command: The program and its arguments.
            cwd: Folder in which it runs.
            env: Its whole environment.
            output: Where stdout and stderr go, each on its own: `subprocess.PIPE`, or None for the host's own.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("the language host is going away")
            child = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
            self._running.add(child)
        try:
            yield child
        finally:
            _end(child)
            with self._lock:
                self._running.discard(child)

    def end(self) -> None:
        """Ends the children that are running now."""
        with self._lock:
            running = list(self._running)
        for child in running:
            child.terminate()

    def close(self) -> None:
        """Ends all children and lets none start any more: the host is about to leave."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for child in running:
            child.terminate()
        for child in running:
            _end(child)


def output(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """What a child writes to its two pipes, as it comes, as `{"stdout": ...}` or `{"stderr": ...}`, until both are closed."""
    chunks: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()

    def pump(name: str, file: IO[bytes]) -> None:
        while data := os.read(file.fileno(), CHUNK):
            chunks.put((name, data))
        chunks.put((name, b""))

    assert child.stdout and child.stderr
    streams = {"stdout": child.stdout, "stderr": child.stderr}
    for name, file in streams.items():
        threading.Thread(target=pump, args=(name, file), daemon=True).start()
    still_open = len(streams)
    while still_open:
        name, data = chunks.get()
        if data:
            yield {name: data}
        else:
            still_open -= 1


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends a child, with force when it has not obeyed for two seconds."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(2)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
