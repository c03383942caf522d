"""The official installer, https://www.pulumi.com/docs/install, run so that it changes nothing outside our cache."""

import queue
import shutil
import threading
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from tools.console import Stop, say
from tools.project import Project
from tools.setup.work import Work, wait

URL = "https://get.pulumi.com"
VERSION = "3.272.0"
"""The release that belongs to the SDK in requirements.txt."""
REACH_SECONDS = 8
"""How long the installer's site may take to answer. Behind a mirror it never does."""
INSTALL_SECONDS = 180


def folder(cache: Path) -> Path:
    """Where the installed engine is, or would be."""
    return cache / f"pulumi-{VERSION}" / "bin"


def install(project: Project, given: Mapping[str, str], url: str = URL) -> bool:
    """Installs the official release into the cache; False where that is not possible, with a line that says why."""
    say(f"  engine: asking {url} for the official installer (for {REACH_SECONDS} s at most)")
    script = _fetch(url)
    if isinstance(script, str):
        say(f"  engine: {url} {script}")
        return False
    target = folder(project.cache).parent
    unfinished = target.with_name(f"{target.name}.unfinished")
    for old in (target, unfinished):
        shutil.rmtree(old, ignore_errors=True)
    unfinished.mkdir(parents=True)
    work = Work(
        f"engine (official installer, {VERSION})",
        ["sh", "-s", "--", "--version", VERSION, "--install-root", unfinished, "--no-edit-path"],
        input=script,
        log=project.logs / "engine.log",
        cwd=unfinished,
        # HOME too, so that even an installer that ignored its options could not touch the user's own ~/.pulumi.
        env={**given, "HOME": str(unfinished)},
        silence=INSTALL_SECONDS,
        mend="",
    )
    try:
        wait([work])
    except Stop as problem:
        say(f"  {problem.problem}")
        return False
    if not (unfinished / "bin" / "pulumi").exists():
        say("  engine: the installer has ended without an engine")
        return False
    unfinished.rename(target)
    return True


def _fetch(url: str) -> bytes | str:
    """The installer's script, or why there is none.

    In a thread, because the time-out of `urlopen` does not cover the look-up of the name, which is what hangs behind a mirror.
    """
    answers: queue.SimpleQueue[bytes | str] = queue.SimpleQueue()

    def ask() -> None:
        try:
            with urllib.request.urlopen(url, timeout=REACH_SECONDS) as answer:
                script: bytes = answer.read(1_000_000)
            answers.put(script if script.startswith(b"#!") else "answers, but not with the installer")
        except OSError as problem:
            answers.put(f"cannot be reached ({getattr(problem, 'reason', problem)})")

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=REACH_SECONDS)
    except queue.Empty:
        return f"has not answered within {REACH_SECONDS} s"
