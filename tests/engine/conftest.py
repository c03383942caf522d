"""Deployments of their own for the tests under the real engine."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.deployment import Deployment


@pytest.fixture
def deploy(tmp_path: Path) -> Callable[..., Deployment]:
    """Makes a deployment of a stack in a folder of its own."""

    def make(stack: str = "dev") -> Deployment:
        return Deployment(tmp_path / stack, stack)

    return make


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Deployment]:
    """A stack that is up, made once for all tests of a module, which leave it as they found it."""
    made: dict[str, Deployment] = {}

    def get(stack: str) -> Deployment:
        if stack not in made:
            made[stack] = Deployment(tmp_path_factory.mktemp(stack), stack)
            made[stack].up()
        return made[stack]

    return get


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Says once why these tests cannot run where nothing is set up."""
    if shutil.which("pulumi") is None:
        for item in items:
            if "tests/engine" in str(item.path):
                item.add_marker(pytest.mark.skip(reason="no Pulumi engine on PATH: run them with `make test`"))
