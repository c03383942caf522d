"""What the real providers' source says, for the tests that compare the sandbox's tables with it.

The facts lie beside the repository, or in the folder that MULTICLOUD_SCHEMAS names; without them those tests are skipped.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from sandbox.sdk import Shape

ROOT = Path(__file__).resolve().parents[3]
FOLDER = (ROOT / os.environ.get("MULTICLOUD_SCHEMAS", "../shared/schemas")).resolve()

Facts = dict[str, dict[str, Any]]


def read(cloud: str) -> Facts:
    """The facts of a cloud's types by token; none where the folder is absent."""
    file = FOLDER / f"{cloud}.json"
    found: Facts = json.loads(file.read_text())["resources"] if file.exists() else {}
    return found


def needed(facts: Facts) -> pytest.MarkDecorator:
    """Skips a module's tests where there are no facts to compare with."""
    return pytest.mark.skipif(not facts, reason="the facts of the real providers are not there: set MULTICLOUD_SCHEMAS to their folder")


def inner(shape: Shape) -> Shape:
    """The shape of the elements, however deep in lists and maps."""
    while shape.of is not None:
        shape = shape.of
    return shape


def covered(path: str, by: Iterable[str]) -> bool:
    """Whether a path is one of the given ones or below it."""
    return any(path == rule or path.startswith((f"{rule}.", f"{rule}[*]")) for rule in by)
