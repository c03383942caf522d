"""What every test may use. `from tests.recording import Recording` works from any test file, too."""

from collections.abc import Iterator

import pytest

from tests.recording import Recording


@pytest.fixture
def recording() -> Iterator[Recording]:
    """A Pulumi engine that records what a program registers: see `tests/recording.py`."""
    engine = Recording()
    yield engine
    engine.close()
