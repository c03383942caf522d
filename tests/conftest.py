"""What every test may use. `from tests.recording import Recording` works from any test file, too."""

from collections.abc import Iterator

import hypothesis
import pytest

from tests.recording import Recording

# The same examples every time, and no verdict on a slow machine.
hypothesis.settings.register_profile("deterministic", derandomize=True, deadline=None)
hypothesis.settings.load_profile("deterministic")


@pytest.fixture
def recording() -> Iterator[Recording]:
    """A Pulumi engine that records what a program registers: see `tests/recording.py`."""
    engine = Recording()
    yield engine
    engine.close()
