"""Tunnels under the real engine: a front's own, those that a front chooses between, and the way from one mode to another."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from multicloud.front.steering import Steering
from tests.engine.one_front import STACK, ZONE, Change, OneFront

RECORD, TUNNEL, CONFIG = "DnsRecord", "ZeroTrustTunnelCloudflared", "ZeroTrustTunnelCloudflaredConfig"
MADE = ["create ZeroTrustTunnelCloudflared tunnel-tunnel", "create ZeroTrustTunnelCloudflaredConfig tunnel-config"]


@pytest.fixture
def front(tmp_path: Path) -> OneFront:
    return OneFront(tmp_path)


def said(changes: list[Change]) -> list[str]:
    """The changes as text, in order."""
    return [str(change) for change in changes]


def through_tunnels(front: OneFront) -> None:
    """Lets every tier of a front be reached through a tunnel of its own."""
    for tier in front.tiers.values():
        tier["addresses"] = []


def address(record: Mapping[str, Any]) -> str:
    """Where a record leads."""
    return str(record["content"])


def secret_outputs(front: OneFront) -> dict[str, Any]:
    """What the program exports, secrets shown."""
    shown: dict[str, Any] = json.loads(front.deployment.pulumi("stack", "output", "--json", "--show-secrets", "--stack", STACK))
    return shown


def test_a_tunnel_and_a_record_for_each_name(front: OneFront) -> None:
    """In an order in which nobody is sent to a tunnel that leads nowhere; previews know what they can, and nothing is left to change."""
    front.write([], mode="tunnel", aliases=[ZONE])
    planned = front.deployment.steps()
    assert {"create"} == {*planned.values()} and not front.deployment.clouds()
    made = said(front.watch("up", "--yes", "--skip-preview", "--stack", STACK))
    assert made[:2] == MADE
    assert {*made[2:]} == {f"create {RECORD} hostname", f"create {RECORD} {ZONE}"}
    front.settled()
    shown = front.outputs()
    assert {address(record) for record in front.held(RECORD).values()} == {shown["tunnel_hostname"]}
    assert {record["name"] for record in front.held(RECORD).values()} == {ZONE, f"www.{ZONE}"}
    assert shown.get("detection_seconds") is None and shown["tunnel_token"] == "[secret]"
    front.destroy()


def test_the_token_is_in_no_file_in_plain(front: OneFront) -> None:
    """It is what a connector needs, the same at every run, and secret in the state, in the component's outputs as in the stack's."""
    front.become([], mode="tunnel")
    token = secret_outputs(front)["tunnel_token"]
    content = json.loads(base64.b64decode(token))
    assert content["t"] == secret_outputs(front)["tunnel_hostname"].removesuffix(".cfargotunnel.com")
    assert not front.become([], mode="tunnel") and secret_outputs(front)["tunnel_token"] == token
    front.deployment.pulumi("preview", "--diff", "--stack", STACK)
    for file in front.deployment.folder.rglob("*"):
        if file.is_file() and not file.is_symlink() and file.name != "sandbox.db":
            assert token.encode() not in file.read_bytes(), file


def test_another_secret_of_the_tunnel_shows_in_the_next_preview(front: OneFront) -> None:
    """So that machines learn of a token that was rotated at Cloudflare."""
    front.become([], mode="tunnel")
    old = secret_outputs(front)["tunnel_token"]
    rotated = base64.b64encode(b"x" * 32).decode()
    front.deployment.sandbox("set", f"{TUNNEL}/front-tunnel-tunnel", f"tunnelSecret={rotated}")
    front.deployment.up()
    new = secret_outputs(front)["tunnel_token"]
    assert new != old and json.loads(base64.b64decode(new))["s"] == rotated


def test_the_machines_port_changes_in_place(front: OneFront) -> None:
    front.become([], mode="tunnel")
    assert said(front.become([], mode="tunnel", origin_port=8080)) == [f"update {CONFIG} tunnel-config"]
    assert front.one(CONFIG)["config"] == {"ingresses": [{"service": "http://localhost:8080"}]}
    front.settled()


def test_the_shield_is_strict(front: OneFront) -> None:
    front.become([], mode="tunnel", shield={})
    assert front.held("ZoneSetting")["ssl"]["value"] == "strict"
    front.settled()
    front.destroy()


def test_load_balancing_and_a_tunnel_take_the_place_of_each_other(front: OneFront) -> None:
    """The new way in is there before the old one goes, both ways, and the aliases stay."""
    balanced: dict[str, Any] = {"aliases": [ZONE]}
    front.become(["fra", "ash"], **balanced)
    there = said(front.become([], mode="tunnel", **balanced))
    assert there.index(f"create {RECORD} hostname") < there.index("delete LoadBalancer load-balancer")
    assert f"update {RECORD} {ZONE}" in there
    assert not [change for change in there if change.startswith("delete") and RECORD in change]
    front.settled()
    back = said(front.become(["fra", "ash"], **balanced))
    assert back.index("create LoadBalancer load-balancer") < back.index(f"delete {RECORD} hostname")
    assert back.index(f"delete {RECORD} hostname") < back.index(f"delete {TUNNEL} tunnel-tunnel")
    front.settled()
    front.destroy()


def test_records_and_a_tunnel_take_the_place_of_each_other_by_way_of_load_balancing(front: OneFront) -> None:
    """A tunnel's record is a CNAME, which stands alone: Cloudflare refuses it beside the old records, which go last. They stay then."""
    front.become(["ash"], mode="dns")
    front.write([], mode="tunnel")
    refused = front.deployment.attempt("up", "--yes", "--skip-preview", "--stack", STACK)
    assert refused.returncode and "already exists" in refused.stdout + refused.stderr
    assert address(front.one(RECORD)) == "203.0.113.20"
    front.become(["ash"])
    front.become([], mode="tunnel")
    assert list(front.held(RECORD)) == ["hostname"]
    front.settled()
    front.become(["ash"])
    front.become(["ash"], mode="dns")
    front.settled()
    front.destroy()


def test_every_steering_between_tunnels(front: OneFront) -> None:
    """From each to the next without a replacement or a difference after; the tunnels are left alone."""
    through_tunnels(front)
    more: dict[Steering, dict[str, Any]] = {Steering.GEO: {"geo": {"regions": {"WEU": ["fra", "ash"]}}}}
    made = said(front.become(["fra", "ash"], origin_port=443))
    first = {change: made.index(change) for change in made}
    for tier in ("fra", "ash"):
        ways = f"create {CONFIG} {tier}-tunnel-config", f"create LoadBalancerPool {tier}", "create LoadBalancer load-balancer"
        assert sorted(ways, key=first.__getitem__) == list(ways)
    for steering in [*Steering, Steering.FAILOVER]:
        changes = front.become(["fra", "ash"], origin_port=443, steering=steering.value, **more.get(steering, {}))
        assert {change.operation for change in changes} <= {"update"}, steering
        assert not [change for change in changes if "Tunnel" in change.type], steering
        assert front.deployment.steps() == {}, steering
    monitor = front.one("LoadBalancerMonitor")
    assert (monitor["type"], monitor["header"], monitor.get("port")) == ("https", {"Host": [f"www.{ZONE}"]}, None)
    for name, pool in front.held("LoadBalancerPool").items():
        (origin,) = pool["origins"]
        assert origin["address"].endswith(".cfargotunnel.com") and origin["header"] == {"hosts": [f"www.{ZONE}"]}, name
    assert {tunnel["name"] for tunnel in front.held(TUNNEL).values()} == {
        f"multicloud-{STACK}-fra-tunnel",
        f"multicloud-{STACK}-ash-tunnel",
    }
    front.settled()
    front.destroy()


def test_a_tier_moves_into_a_tunnel_and_out_again(front: OneFront) -> None:
    """Its pool is updated in place: to a tunnel that is there already, and from one that goes after."""
    front.become(["fra", "ash"], origin_port=443)
    addresses, front.tiers["ash"]["addresses"] = front.tiers["ash"]["addresses"], []
    there = said(front.become(["fra", "ash"], origin_port=443))
    assert there == [f"create {TUNNEL} ash-tunnel-tunnel", f"create {CONFIG} ash-tunnel-config", "update LoadBalancerPool ash"]
    front.settled()
    front.tiers["ash"]["addresses"] = addresses
    back = said(front.become(["fra", "ash"], origin_port=443))
    assert back[0] == "update LoadBalancerPool ash" and back[-1] == f"delete {TUNNEL} ash-tunnel-tunnel"
    front.settled()


def test_a_tier_in_a_tunnel_comes_and_goes(front: OneFront) -> None:
    through_tunnels(front)
    front.become(["fra"], origin_port=443)
    assert said(front.become(["fra", "ash"], origin_port=443))[-2:] == ["create LoadBalancerPool ash", "update LoadBalancer load-balancer"]
    gone = said(front.become(["ash"], origin_port=443))
    assert gone.index("update LoadBalancer load-balancer") < gone.index("delete LoadBalancerPool fra")
    assert gone.index("delete LoadBalancerPool fra") < gone.index(f"delete {TUNNEL} fra-tunnel-tunnel")
    front.destroy()


def test_a_tunnel_stays_while_machines_have_it_open(front: OneFront) -> None:
    """Cloudflare deletes it no sooner; what is left is done by the next update, and nothing is lost meanwhile."""
    front.become([], mode="tunnel")
    tunnel = f"{TUNNEL}/front-tunnel-tunnel"
    front.deployment.sandbox("set", tunnel, 'connections=[{"coloName": "fra01"}]')
    front.write(["ash"])
    refused = front.deployment.attempt("up", "--yes", "--skip-preview", "--stack", STACK)
    assert refused.returncode and "it has active connections" in refused.stdout + refused.stderr
    assert list(front.held("LoadBalancer")) == ["load-balancer"] and not front.held(RECORD)
    front.deployment.sandbox("set", tunnel, "connections=[]")
    assert said(front.become(["ash"])) == [f"delete {TUNNEL} tunnel-tunnel"]
    front.settled()
