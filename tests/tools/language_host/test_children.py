"""The processes that the language host starts."""

import os
import subprocess
from pathlib import Path

import pytest

from tools.language_host.children import Children, output


def test_output_comes_by_stream_until_both_are_closed(tmp_path: Path) -> None:
    """Nothing is lost, also from a child that closes one stream early and writes more than a pipe holds."""
    script = "echo err >&2; exec 2>&-; head -c 300000 /dev/zero"
    with Children().started(["sh", "-c", script], cwd=str(tmp_path), env=dict(os.environ), output=subprocess.PIPE) as child:
        chunks = list(output(child))
    assert b"".join(c["stderr"] for c in chunks if "stderr" in c) == b"err\n"
    assert sum(len(c["stdout"]) for c in chunks if "stdout" in c) == 300000


def test_a_child_does_not_outlive_its_block(tmp_path: Path) -> None:
    """Also when the block is left by an exception, as when the engine cancels the call."""
    with pytest.raises(ZeroDivisionError), Children().started(["sleep", "1000"], cwd=str(tmp_path), env=dict(os.environ)) as child:
        raise ZeroDivisionError
    assert child.returncode is not None


def test_after_the_end_nothing_is_started(tmp_path: Path) -> None:
    """A call that comes while the host leaves must not leave an orphan."""
    children = Children()
    with children.started(["sleep", "1000"], cwd=str(tmp_path), env=dict(os.environ)) as child:
        children.close()
        assert child.poll() is not None
    with pytest.raises(RuntimeError), children.started(["true"], cwd=str(tmp_path), env=dict(os.environ)):
        pass
