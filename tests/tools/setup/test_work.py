"""Long commands side by side."""

import os
from pathlib import Path

import pytest

from tools.console import Stop
from tools.setup import work
from tools.setup.work import Work, wait


def start(folder: Path, title: str, script: str, **options: int) -> Work:
    return Work(title, ["sh", "-c", script], log=folder / f"{title}.log", cwd=folder, env=dict(os.environ), mend="mend it", **options)


def test_all_are_waited_for(tmp_path: Path) -> None:
    """`wait` returns when the last one has succeeded."""
    wait([start(tmp_path, "quick", "true"), start(tmp_path, "slow", "read x < /dev/null; echo done > result")])
    assert (tmp_path / "result").exists()


def test_a_failure_ends_the_others_and_shows_the_end_of_its_log(tmp_path: Path) -> None:
    """One message: what failed, its last lines, and the mend. Nothing goes on in the background."""
    endless = start(tmp_path, "endless", "sleep 1000 & wait")
    with pytest.raises(Stop) as stopped:
        wait([endless, start(tmp_path, "broken", "echo the reason; exit 7")])
    assert "broken failed" in stopped.value.problem and "the reason" in stopped.value.problem
    assert stopped.value.mend == "mend it"
    assert not endless.running


def test_a_full_disk_is_called_so(tmp_path: Path) -> None:
    """pip and Go both end in a page of text; the user reads one line."""
    with pytest.raises(Stop, match="the disk is full; free some space"):
        wait([start(tmp_path, "packages", "echo 'OSError: [Errno 28] No space left on device'; exit 1")])


def test_a_command_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What writes nothing for too long is ended with all it has started, and the message names the log."""
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.01)
    hanging = start(tmp_path, "hanging", "sleep 1000 & wait", silence=0)
    with pytest.raises(Stop, match="hanging has said nothing for 0 s") as stopped:
        wait([hanging])
    assert str(hanging.log) in stopped.value.problem
    assert not hanging.running


def test_the_input_is_passed_on(tmp_path: Path) -> None:
    """A script on standard input, as the official installer is run."""
    wait([Work("sh", ["sh"], input=b"echo hello > out", log=tmp_path / "log", cwd=tmp_path, env=dict(os.environ), mend="")])
    assert (tmp_path / "out").read_text() == "hello\n"
