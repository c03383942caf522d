"""What the tests of the sandbox share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.lifecycle import Lifecycle
from sandbox.store import Store
from tests.sandbox.stand_in import CLOUD


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    made = Store(tmp_path / "sandbox.db")
    yield made
    made.close()


@pytest.fixture
def life(store: Store) -> Lifecycle:
    """The tests' small cloud on an empty store."""
    return Lifecycle(CLOUD, store)
