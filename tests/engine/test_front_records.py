"""A front of mode `dns` under the real engine: records of the origins that come, change and go."""

from pathlib import Path

import pytest

from tests.engine.one_front import ZONE, Change, OneFront

RECORD = "DnsRecord"


@pytest.fixture
def front(tmp_path: Path) -> OneFront:
    return OneFront(tmp_path)


def operations(changes: list[Change]) -> list[tuple[str, str]]:
    """What was done to what; there is nothing but records."""
    assert {change.type for change in changes} <= {RECORD}
    return [(change.operation, change.name) for change in changes]


def contents(front: OneFront) -> list[str]:
    """Where the hostname leads."""
    return sorted(record["content"] for record in front.held(RECORD).values() if record["name"] == f"www.{ZONE}")


def test_a_record_for_each_origin(front: OneFront) -> None:
    """Proxied with the automatic TTL; nothing else, and nothing to change after."""
    made = front.become(["fra", "ash"], mode="dns")
    assert operations(made) and {operation for operation, _ in operations(made)} == {"create"}
    assert contents(front) == ["203.0.113.10", "203.0.113.11", "203.0.113.20"]
    assert all((record["proxied"], record["ttl"], record["type"]) == (True, 1, "A") for record in front.held(RECORD).values())
    front.settled()
    assert "detection_seconds" not in front.outputs() or front.outputs()["detection_seconds"] is None
    front.destroy()


def test_tiers_come_go_and_drain(front: OneFront) -> None:
    """Only their own records are touched, whatever the others' order."""
    front.become(["fra", "ash"], mode="dns")
    assert operations(front.become(["sin", "fra", "ash"], mode="dns")) == [("create", "sin-1")]
    drained = front.become(["sin", {"tier": "fra", "weight": 0}, "ash"], mode="dns")
    assert {*operations(drained)} == {("delete", "fra-1"), ("delete", "fra-2")}
    assert contents(front) == ["203.0.113.20", "203.0.113.30"]
    assert {*operations(front.become(["sin", "fra"], mode="dns"))} == {("create", "fra-1"), ("create", "fra-2"), ("delete", "ash-1")}
    front.settled()
    front.destroy()


def test_a_ttl_is_lowered_and_raised_in_place(front: OneFront) -> None:
    """Proxied or not, and for how long, are updates of every record and of the aliases."""
    shop = f"shop.{ZONE}"
    front.become(["ash"], mode="dns", aliases=[shop])
    for dns in ({"proxied": False, "ttl": 300}, {"proxied": False, "ttl": 60}, {"proxied": False, "ttl": 86400}, {}):
        changes = front.become(["ash"], mode="dns", aliases=[shop], **({"dns": dns} if dns else {}))
        assert {*operations(changes)} == {("update", "ash-1"), ("update", shop)}, dns
        assert {record["ttl"] for record in front.held(RECORD).values()} == {dns.get("ttl", 1)}
    front.settled()


def test_another_address_of_an_origin(front: OneFront) -> None:
    """Of the same kind it is an update. Of another kind it is another record, and one that stands alone takes the place of the old one."""
    front.become(["ash"], mode="dns")
    front.tiers["ash"]["addresses"] = ["203.0.113.21"]
    assert operations(front.become(["ash"], mode="dns")) == [("update", "ash-1")]
    for address, type in (("2001:db8::21", "AAAA"), ("lb.example.net", "CNAME"), ("203.0.113.22", "A")):
        front.tiers["ash"]["addresses"] = [address]
        changes = front.become(["ash"], mode="dns")
        assert {*operations(changes)} == {("create", "ash-1"), ("delete", "ash-1")}, type
        assert (contents(front), front.one(RECORD)["type"]) == ([address], type)
        front.settled()
    front.destroy()


def test_more_machines_in_a_tier(front: OneFront) -> None:
    """A new machine is a new record, and the old ones stay."""
    front.become(["fra"], mode="dns")
    front.tiers["fra"]["addresses"] = ["203.0.113.10", "203.0.113.11", "203.0.113.12"]
    assert operations(front.become(["fra"], mode="dns")) == [("create", "fra-3")]
    front.tiers["fra"]["addresses"] = ["203.0.113.10", "203.0.113.11"]
    assert operations(front.become(["fra"], mode="dns")) == [("delete", "fra-3")]


def test_no_shield_where_visitors_come_past_cloudflare(front: OneFront) -> None:
    """The zone's protection comes and goes with proxying, and is settled in between."""
    front.become(["ash"], mode="dns", shield={})
    assert front.held("ZoneSetting")
    front.settled()
    gone = front.become(["ash"], mode="dns", dns={"proxied": False}, shield={"enabled": False})
    assert {change.operation for change in gone if change.type != RECORD} == {"delete"}
    assert not front.held("ZoneSetting") and not front.held("Ruleset")
    front.settled()
