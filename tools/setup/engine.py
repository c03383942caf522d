"""The Pulumi engine: the user's own, the official release, or one that is built here; in this order.

Whichever it is, `.multicloud/bin/pulumi` is it. The engine looks for its language host beside the file that it really is:
an official one, which brings its own, is linked to, and one that is built here gets the project's host beside it.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.console import Stop, say
from tools.project import Project
from tools.setup import build, installer
from tools.setup.work import Work

OLDEST = (3, 250, 0)
"""The version that is tested. Older ones know neither all of Pulumi.yaml's options nor what the newest SDK asks of them."""

HOST = "pulumi-language-python"
EXECUTOR = "pulumi-language-python-exec"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A folder with an engine in it."""

    folder: Path
    version: str
    source: str
    """Where it comes from, as the user reads it."""
    official: bool
    """Whether it brings a language host of its own."""


def present(project: Project) -> bool:
    """Whether `.multicloud/bin` holds a complete engine already."""
    pulumi, host = project.bin / "pulumi", project.bin / HOST
    if not pulumi.exists():
        return False
    return _bundled(pulumi) if pulumi.is_symlink() else host.exists() and host.read_text() == _host_script(project)


def find(project: Project, given: Mapping[str, str]) -> Engine | None:
    """An engine that is on this machine already: on PATH, installed before, or built before."""
    if (on_path := _on_path(project, given)) is not None:
        return on_path
    folder = installer.folder(project.cache)
    if (folder / "pulumi").exists():
        return Engine(folder=folder, version=installer.VERSION, source="the official release", official=True)
    folder = build.folder(project)
    if (folder / "pulumi").exists():
        return Engine(folder=folder, version=build.version(project), source="built from the Go module proxy", official=False)
    return None


def obtain(project: Project, given: Mapping[str, str]) -> Work | None:
    """Installs the official release, or starts a build where the installer cannot be reached.

    Returns the build that runs; None where the engine is there and `find` finds it.

    Raises:
        Stop: Where neither is possible, with what to install.
    """
    if installer.install(project, given):
        return None
    return build.start(project, given)


def put_in_place(project: Project, engine: Engine) -> None:
    """Makes `.multicloud/bin` hold `engine`."""
    project.bin.mkdir(parents=True, exist_ok=True)
    for old in project.bin.iterdir():
        old.unlink()
    say(f"  engine: pulumi {engine.version}, {engine.source}")
    if engine.official:
        # With all that belongs to it, so that no older language host further down on PATH gets in the way.
        for file in engine.folder.glob("pulumi*"):
            (project.bin / file.name).symlink_to(file)
        return
    for name in (EXECUTOR, "pulumi"):
        _hard_link(engine.folder / name, project.bin / name)
    host = project.bin / HOST
    host.write_text(_host_script(project))
    host.chmod(0o755)


def _on_path(project: Project, given: Mapping[str, str]) -> Engine | None:
    """The user's own engine, where it is new enough and complete. The one in `.multicloud/bin` does not count."""
    folders = [p for p in given.get("PATH", os.defpath).split(os.pathsep) if p and Path(p).resolve() != project.bin.resolve()]
    found = shutil.which("pulumi", path=os.pathsep.join(folders))
    if found is None:
        return None
    try:
        # With a home of our own: even asking for its version, the engine writes logs into its home.
        done = subprocess.run(
            [found, "version"], env=project.environment(given), capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.match(r"(\d+)\.(\d+)\.(\d+)", done.stdout.strip().removeprefix("v"))
    if done.returncode != 0 or version is None:
        say(f"  {found} does not say its version, and is left alone")
        return None
    number = tuple(int(n) for n in version.groups())
    if not OLDEST <= number < (OLDEST[0] + 1,):
        say(f"  {found} is version {version.group()}, and is left alone: {'.'.join(map(str, OLDEST))} or a newer 3.x is needed")
        return None
    if not _bundled(Path(found)):
        say(f"  {found} has no {HOST} beside it, and is left alone")
        return None
    return Engine(folder=Path(found).resolve().parent, version=version.group(), source=f"yours ({found})", official=True)


def _bundled(pulumi: Path) -> bool:
    """Whether an engine has its own language host beside it."""
    return pulumi.exists() and (pulumi.resolve().parent / HOST).exists()


def _host_script(project: Project) -> str:
    """The language host's executable. `-I` keeps the folder and the PYTHONPATH of the user's program out of the host."""
    command = [project.python, "-I", project.root / "tools" / "language_host", "--executor", project.bin / EXECUTOR]
    return f'#!/bin/sh\n# for {build.folder(project).name}\nexec {shlex.join(str(c) for c in command)} "$@"\n'


def _hard_link(source: Path, target: Path) -> None:
    """Links `target` to `source`, or copies it where the two are on different disks."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def missing(project: Project) -> Stop:
    """The message for an engine that should be there by now and is not."""
    return Stop("the engine was obtained, but cannot be found", f"remove {project.cache} and run this again")
