"""Declared faults happen to the calls they fit, as often as they say."""

import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2

from sandbox import faults
from sandbox.faults import RETRIES, Fault
from sandbox.proto import provider_pb2
from sandbox.serve import start
from sandbox.store import Store
from sandbox.values import encode
from tests.sandbox.engine import Engine, start_process
from tests.sandbox.stand_in import CLOUD, DROPLET, GET_REGION, TAG, VPC

NET = {"region": "fra1", "name": "net"}


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    server, port = start(CLOUD, store)
    made = Engine(port)
    yield made
    made.close()
    server.stop(None).wait()


def declare(store: Store, **fault: object) -> int:
    with store.transaction() as transaction:
        return faults.add(transaction, Fault(**fault))  # type: ignore[arg-type]


def held(store: Store) -> list[str]:
    with store.reading() as reading:
        return [one.name for one in reading.select()]


def test_a_refused_call_does_nothing_and_the_next_goes_well(engine: Engine, store: Store) -> None:
    declare(store, kind="refused", message="InsufficientInstanceCapacity")
    with pytest.raises(grpc.RpcError, match=r"InsufficientInstanceCapacity \[refused by the cloud's API\]"):
        engine.create(VPC, "net", NET)
    assert held(store) == []
    engine.create(VPC, "net", NET)
    assert held(store) == ["net"]


@pytest.mark.parametrize(
    ("fault", "hit"),
    [
        ({}, True),
        ({"cloud": "aws"}, False),
        ({"cloud": "digital*"}, True),
        ({"token": "*:Vpc"}, True),
        ({"token": DROPLET}, False),
        ({"name": "n?t"}, True),
        ({"name": "web*"}, False),
        ({"operation": "create"}, True),
        ({"operation": "delete"}, False),
    ],
)
def test_a_fault_happens_to_what_it_fits(engine: Engine, store: Store, fault: dict[str, str], hit: bool) -> None:
    declare(store, kind="refused", **fault)
    if hit:
        with pytest.raises(grpc.RpcError):
            engine.create(VPC, "net", NET)
    else:
        engine.create(VPC, "net", NET)


def test_a_fault_happens_as_often_as_it_says(engine: Engine, store: Store) -> None:
    declare(store, kind="refused", remaining=3)
    for _ in range(3):
        with pytest.raises(grpc.RpcError):
            engine.create(VPC, "net", NET)
    engine.create(VPC, "net", NET)


def test_previews_are_spared(engine: Engine, store: Store) -> None:
    declare(store, kind="refused")
    engine.create(VPC, "net", NET, preview=True)
    with store.reading() as reading:
        assert len(faults.declared(reading)) == 1


def test_a_throttled_call_is_tried_again_and_goes_well(engine: Engine, store: Store) -> None:
    declare(store, kind="throttled", remaining=RETRIES)
    engine.create(VPC, "net", NET)
    assert held(store) == ["net"]
    with store.reading() as reading:
        assert faults.declared(reading) == []


def test_a_call_that_is_throttled_for_too_long_is_given_up(engine: Engine, store: Store) -> None:
    declare(store, kind="throttled", remaining=RETRIES + 1)
    with pytest.raises(grpc.RpcError, match=f"Rate exceeded .gave up after {RETRIES} retries"):
        engine.create(VPC, "net", NET)
    assert held(store) == []


@pytest.mark.parametrize("operation", ["update", "delete", "read", "invoke"])
def test_other_operations_fail_as_well(engine: Engine, store: Store, operation: str) -> None:
    made = engine.create(VPC, "net", NET)
    declare(store, kind="refused", operation=operation)
    with pytest.raises(grpc.RpcError):
        match operation:
            case "update":
                engine.stub.Update(provider_pb2.UpdateRequest(urn=f"a::b::{VPC}::net", id=made.id, news=encode(NET)))
            case "delete":
                engine.delete(VPC, "net", made.id)
            case "read":
                engine.read(VPC, "net", made.id)
            case _:
                engine.stub.Invoke(provider_pb2.InvokeRequest(tok=GET_REGION, args=encode({"slug": "fra1"})))
    assert held(store) == ["net"]


def test_a_deletion_that_times_out_is_done_all_the_same(engine: Engine, store: Store) -> None:
    made = engine.create(VPC, "net", NET)
    declare(store, kind="timeout")
    with pytest.raises(grpc.RpcError, match="timeout while waiting for delete of net"):
        engine.delete(VPC, "net", made.id)
    assert held(store) == []


def test_what_hangs_has_done_its_work_and_ends_when_the_engine_gives_up(engine: Engine, store: Store) -> None:
    declare(store, kind="hang")
    with ThreadPoolExecutor(1) as threads:
        call = threads.submit(engine.create, VPC, "net", NET)
        waiting = threading.Event()
        while not held(store):
            waiting.wait(0.01)
        assert not call.done()
        engine.stub.Cancel(empty_pb2.Empty())
        with pytest.raises(grpc.RpcError, match="cancelled"):
            call.result(10)


def test_a_crash_comes_after_the_work_and_before_the_answer(tmp_path: Path) -> None:
    store = Store(tmp_path / "s.db")
    declare(store, kind="crash", token="*:Tag")
    process, port = start_process(tmp_path / "s.db")
    engine = Engine(port)
    engine.create(VPC, "net", NET)
    with pytest.raises(grpc.RpcError):
        engine.create(TAG, "blue", {"name": "blue"})
    assert process.wait(10) == 1
    assert held(store) == ["net", "blue"]
    engine.close()
    finish(process)


@pytest.mark.parametrize("fault", [{"kind": "explodes"}, {"kind": "refused", "operation": "dance"}, {"kind": "refused", "remaining": 0}])
def test_a_fault_that_makes_no_sense_is_refused(store: Store, fault: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        declare(store, **fault)


def test_faults_can_be_forgotten(store: Store) -> None:
    first, _ = declare(store, kind="refused"), declare(store, kind="hang")
    with store.transaction() as transaction:
        assert faults.clear(transaction, first) == 1
        assert [fault.kind for fault in faults.declared(transaction)] == ["hang"]
        assert faults.clear(transaction) == 1


def finish(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait(10)
    assert process.stdout is not None
    process.stdout.close()
