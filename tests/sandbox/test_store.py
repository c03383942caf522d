"""The store is right under threads, processes and kills."""

import signal
import sqlite3
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import grpc
import pytest

from sandbox.lifecycle import Lifecycle
from sandbox.rules import Record, Refused, Scope
from sandbox.store import Store, default_path
from sandbox.world import StoredWorld
from tests.sandbox.engine import Engine, plain, start_process
from tests.sandbox.stand_in import CLOUD, DROPLET, TAG, VPC

HERE = Scope(cloud="digitalocean", account="team", region="r1")


def record(id: str, scope: Scope = HERE, **outputs: object) -> Record:
    return Record(cloud="digitalocean", token=VPC, id=id, inputs={}, outputs=outputs, scope=scope, created=datetime.now(UTC))


def test_a_transaction_is_kept_whole_or_not_at_all(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as transaction:
        transaction.insert(record("a"), name="a", place="", secrets=set())
        transaction.number("n")
        raise RuntimeError
    with store.transaction() as transaction:
        assert transaction.select() == [] and transaction.number("n") == 0


def test_numbers_are_never_given_twice(tmp_path: Path) -> None:
    stores = [Store(tmp_path / "s.db") for _ in range(4)]

    def take(number: int) -> int:
        with stores[number % 4].transaction() as transaction:
            return transaction.number("n")

    with ThreadPoolExecutor(16) as threads:
        assert sorted(threads.map(take, range(400))) == list(range(400))


def test_a_thing_is_found_by_any_of_its_outputs(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.insert(record("a", arn="arn:1", block={"port": 80}, zones=["x"]), name="a", place="", secrets=set())
        world = StoredWorld(transaction, HERE)
        for by, value in (("id", "a"), ("arn", "arn:1"), ("block.port", 80), ("block.port", "80"), ("zones.0", "x")):
            found = world.one(VPC, value, by)
            assert found is not None and found.id == "a"
        assert world.one(VPC, "b") is None and world.one(DROPLET, "a") is None and world.one(VPC, None, "arn") is None
        with pytest.raises(ValueError, match="not the path of an output"):
            world.one(VPC, "x", "a')--")


def test_a_search_by_an_output_uses_an_index(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.where(VPC, "arn", "x")
        column = "CAST(json_extract(outputs, '$.arn') AS TEXT)"
        plan = transaction.connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM resources WHERE token = ? AND {column} = ?", ("t", "x"))
        assert "USING INDEX resources_arn" in str([tuple(row) for row in plan])


def test_the_nearest_of_several_is_found(store: Store) -> None:
    places = {
        "here": HERE,
        "region": Scope(cloud="digitalocean", account="team", region="r2"),
        "account": Scope(cloud="digitalocean", account="b"),
    }
    with store.transaction() as transaction:
        for id, scope in reversed(places.items()):
            transaction.insert(record(id, scope, name="same", arn=f"arn:{id}"), name="x", place=scope.region, secrets=set())
        for name, scope in places.items():
            found = StoredWorld(transaction, scope).one(VPC, "same", "name")
            assert found is not None and found.id == name
        stranger = StoredWorld(transaction, Scope(cloud="digitalocean", account="c"))
        assert stranger.one(VPC, "same", "name") is None
        far = stranger.one(VPC, "arn:here", "arn")
        assert far is not None and far.id == "here"


def test_fixtures_are_there_until_they_are_taken_away(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.fix("digitalocean", "zones", "a.example", {"plan": "free"})
        transaction.fix("aws", "zones", "b.example", {})
        assert StoredWorld(transaction, HERE).fixtures("zones") == {"a.example": {"plan": "free"}}
        assert transaction.fix("digitalocean", "zones", "a.example", None)
        assert not transaction.fix("digitalocean", "zones", "a.example", None)


def test_the_file_is_for_its_owner_alone(store: Store) -> None:
    with store.transaction():
        pass
    assert store.path.stat().st_mode & 0o077 == 0


def test_a_store_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(RuntimeError, match="another version"), Store(path).transaction():
        pass


def test_the_file_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MULTICLOUD_SANDBOX", str(tmp_path / "x.db"))
    assert default_path() == tmp_path / "x.db"
    monkeypatch.delenv("MULTICLOUD_SANDBOX")
    assert default_path().parts[-2:] == (".multicloud", "sandbox.db")


def test_opening_a_new_store_from_many_sides_at_once_works(tmp_path: Path) -> None:
    def first(number: int) -> int:
        store = Store(tmp_path / "s.db")
        with store.transaction() as transaction:
            return transaction.number("n")

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(first, range(8))) == list(range(8))


def test_of_many_that_claim_one_name_one_gets_it(tmp_path: Path) -> None:
    lives = [Lifecycle(CLOUD, Store(tmp_path / "s.db")) for _ in range(8)]
    gate = threading.Barrier(8)

    def claim(life: Lifecycle) -> bool:
        gate.wait()
        try:
            life.create(VPC, "x", {"region": "fra1", "name": "same"}, set())
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(claim, lives)) == [False] * 7 + [True]


# --- processes -------------------------------------------------------------------------------------------------------------------


def test_two_provider_processes_share_one_cloud(tmp_path: Path) -> None:
    database = tmp_path / "s.db"
    sides = [start_process(database) for _ in range(2)]
    engines = [Engine(port) for _, port in sides]

    def make(number: int) -> str:
        return str(engines[number % 2].create(TAG, f"t{number}", {"name": f"t{number}"}).id)

    with ThreadPoolExecutor(16) as threads:
        ids = list(threads.map(make, range(200)))
    assert len(set(ids)) == 200
    net = engines[0].create(VPC, "net", {"region": "fra1", "name": "net"})
    engines[1].create(DROPLET, "web", {"image": "i", "size": "s", "region": "fra1", "vpcUuid": net.id})
    with pytest.raises(grpc.RpcError, match="members such as droplet"):
        engines[0].delete(VPC, "net", net.id)
    stop(engines, sides)


def test_a_kill_in_the_middle_of_writes_leaves_every_answered_create_and_nothing_half_done(tmp_path: Path) -> None:
    database = tmp_path / "s.db"
    for round in range(3):
        process, port = start_process(database)
        engine = Engine(port)
        answered: list[str] = []
        enough = threading.Event()

        def write(
            number: int, engine: Engine = engine, answered: list[str] = answered, enough: threading.Event = enough, round: int = round
        ) -> None:
            try:
                for count in range(1000):
                    name = f"r{round}-{number}-{count}"
                    answered.append(engine.create(VPC, name, {"region": "fra1", "name": name}).id)
                    if len(answered) > 40:
                        enough.set()
            except grpc.RpcError:
                pass

        with ThreadPoolExecutor(8) as threads:
            for number in range(8):
                threads.submit(write, number)
            assert enough.wait(30)
            process.send_signal(signal.SIGKILL)
        stop([engine], [(process, port)])

        store = Store(database)
        with store.transaction() as transaction:
            held = transaction.select()
            assert transaction.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            assert set(answered) <= {one.id for one in held}
            names = transaction.connection.execute("SELECT count(*) FROM uniques").fetchone()[0]
            done = sum(entry.operation == "create" and entry.outcome == "done" for entry in transaction.journal())
            assert names == len(held) == done
        store.close()


def test_after_a_kill_the_next_provider_goes_on(tmp_path: Path) -> None:
    process, port = start_process(tmp_path / "s.db")
    engine = Engine(port)
    made = engine.create(VPC, "net", {"region": "fra1", "name": "net"})
    process.send_signal(signal.SIGKILL)
    stop([engine], [(process, port)])
    process, port = start_process(tmp_path / "s.db")
    engine = Engine(port)
    assert plain(engine.read(VPC, "net", made.id).properties)["name"] == "net"
    stop([engine], [(process, port)])


def stop(engines: list[Engine], sides: list[tuple["subprocess.Popen[str]", int]]) -> None:
    for engine in engines:
        engine.close()
    for process, _ in sides:
        process.kill()
        process.wait(10)
        assert process.stdout is not None
        process.stdout.close()


def test_a_search_stays_fast_among_many(store: Store) -> None:
    with store.transaction() as transaction:
        for number in range(3000):
            transaction.insert(record(f"v{number}", arn=f"arn:{number}", text="x" * 2000), name="x", place="", secrets=set())
    with store.transaction() as transaction:
        transaction.where(VPC, "arn", "arn:0")  # makes the index
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        transaction.connection.set_progress_handler(count, 10)
        assert [held.id for held in transaction.where(VPC, "arn", "arn:2999")] == ["v2999"]
        transaction.connection.set_progress_handler(None, 0)
        # Virtual machine steps in tens: a scan of 3000 rows takes thousands of them, on any machine.
        assert steps < 100
