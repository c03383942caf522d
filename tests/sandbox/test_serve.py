"""The provider process starts lean, and never outlives the engine that started it."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.engine import ROOT, Engine, start_process
from tests.sandbox.stand_in import TAG


def gone(process_id: int, within: float = 10.0) -> bool:
    """Whether a process that need not be a child ends in time."""
    try:
        handle = os.pidfd_open(process_id)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within)[0])
    finally:
        os.close(handle)


def test_a_provider_dies_with_the_engine_however_that_ends(tmp_path: Path) -> None:
    # The engine: starts a provider, hands on its port and process id, and waits.
    engine = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-m', 'tests.sandbox.stand_in'], stdout=subprocess.PIPE, text=True);"
        "print(p.pid, p.stdout.readline(), flush=True); p.wait()"
    )
    environment = {**os.environ, "MULTICLOUD_SANDBOX": str(tmp_path / "s.db")}
    started = subprocess.Popen([sys.executable, "-c", engine], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    provider, port = map(int, started.stdout.readline().split())
    client = Engine(port)
    client.create(TAG, "t", {"name": "t"})
    started.send_signal(signal.SIGKILL)
    started.wait(10)
    started.stdout.close()
    assert gone(provider)
    client.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_provider_in_silence(tmp_path: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "MULTICLOUD_SANDBOX": str(tmp_path / "s.db")}
    command = [sys.executable, "-m", "tests.sandbox.stand_in"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")


def test_an_unknown_cloud_is_refused_with_those_there_are() -> None:
    done = subprocess.run([sys.executable, "-m", "sandbox.serve", "moon"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "aws,cloudflare,digitalocean,gcp" in done.stderr


def test_a_provider_imports_neither_pulumi_nor_an_sdk() -> None:
    code = "import sys; import sandbox.serve; print([m for m in sys.modules if m.split('.')[0].startswith(('pulumi', 'opentelemetry'))])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_provider_writes_its_port_and_nothing_else(tmp_path: Path) -> None:
    process, port = start_process(tmp_path / "s.db")
    engine = Engine(port)
    engine.create(TAG, "t", {"name": "t"})
    engine.close()
    process.terminate()
    output, _ = process.communicate(timeout=10)
    assert output == ""
