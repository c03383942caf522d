"""Projects and engines for the tests of the tools."""

import os
import shutil
from pathlib import Path

import pytest

from tools.project import Project, find

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Project:
    """An empty folder as a checkout with nothing set up, and a cache of its own."""
    root = tmp_path / "checkout"
    root.mkdir()
    shutil.copytree(ROOT / "tools" / "engine", root / "tools" / "engine")
    return find(root, {"XDG_CACHE_HOME": str(tmp_path / "cache")})


@pytest.fixture
def real(tmp_path: Path) -> Project:
    """This checkout, set up, with Pulumi's state in a folder of the test's own."""
    project = find(ROOT, {**os.environ, "MULTICLOUD_STATE": str(tmp_path / "state")})
    if not (project.bin / "pulumi").exists():
        pytest.skip("the engine is not set up; `make setup` does it")
    (project.state / "state").mkdir(parents=True)
    return project
