"""The sandbox's providers as plugins."""

import json
import os
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from tools.console import Stop
from tools.project import Project
from tools.setup import plugins
from tools.setup.plugins import Plugin


def sdk(venv: Path, name: str, version: str) -> None:
    folder = venv / "lib" / "python3.11" / "site-packages" / f"pulumi_{name}"
    folder.mkdir(parents=True)
    (folder / "pulumi-plugin.json").write_text(json.dumps({"resource": True, "name": name, "version": version}))


def test_versions_are_those_of_the_installed_sdks(tmp_path: Path) -> None:
    """Each cloud's plugin has its SDK's version; an SDK that the sandbox does not know is no business of it."""
    for number, cloud in enumerate([*plugins.CLOUDS, "kubernetes"]):
        sdk(tmp_path, cloud, f"1.2.{number}")
    assert {p.name: p.version for p in plugins.wanted(tmp_path)} == {c: f"1.2.{n}" for n, c in enumerate(plugins.CLOUDS)}


def test_a_missing_sdk_is_named(tmp_path: Path) -> None:
    """Instead of a provider that is silently not there."""
    for cloud in plugins.CLOUDS[1:]:
        sdk(tmp_path, cloud, "1.0.0")
    with pytest.raises(Stop, match=f"the SDK of {plugins.CLOUDS[0]} is not installed"):
        plugins.wanted(tmp_path)


def test_the_archive_holds_one_executable() -> None:
    """Under the name that the engine starts, with the right to be started."""
    with tarfile.open(fileobj=BytesIO(Plugin("aws", "7.0.0").archive())) as archive:
        (member,) = archive.getmembers()
    assert (member.name, member.mode) == ("pulumi-resource-aws", 0o755)


def test_the_executable_becomes_the_provider_in_the_checkout(tmp_path: Path) -> None:
    """From any folder, with spaces in the path, and with the engine's arguments passed on."""
    root = tmp_path / "a checkout"
    folder = root / ".multicloud" / "pulumi" / "plugins" / "resource-aws-v7.0.0"
    folder.mkdir(parents=True)
    with tarfile.open(fileobj=BytesIO(Plugin("aws", "7.0.0").archive())) as archive:
        archive.extractall(folder, filter="data")
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$PWD: $*"\n')
    python.chmod(0o755)
    done = subprocess.run([folder / "pulumi-resource-aws", "127.0.0.1:1"], cwd="/", capture_output=True, text=True)
    assert done.stdout == f"{root}: -m sandbox.serve aws 127.0.0.1:1\n"


def test_the_engine_takes_them_once(real: Project) -> None:
    """A second set-up installs nothing, and a changed plugin is put right."""
    plugins.install(real, os.environ)
    assert plugins.install(real, os.environ) == []
    listed = subprocess.run(
        ["pulumi", "plugin", "ls", "--json"], env=real.environment(os.environ), cwd=real.state, capture_output=True, text=True
    ).stdout
    assert {(p["name"], p["version"]) for p in json.loads(listed)} >= {(p.name, p.version) for p in plugins.wanted(real.venv)}
