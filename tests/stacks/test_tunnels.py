"""Tiers that are reached through tunnels, composed: one that all share, and one for each."""

import json
from typing import Any

import pytest

from stacks.model import parse
from tests.recording import Recording
from tests.security import findings
from tests.stacks.environments import environment, run
from tests.stacks.origin_mistakes import TUNNEL, TUNNELS
from tests.stacks.valid import changed

TUNNEL_TYPE = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"
CONFIG = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
POOL = "cloudflare:index/loadBalancerPool:LoadBalancerPool"
RANGES = "cloudflare:index/getIpRanges:getIpRanges"


def one_tunnel(**front: Any) -> dict[str, Any]:
    """Three clouds and machines of somebody else behind one tunnel."""
    said = environment("production")
    del said["database"]
    said["front"] = {"zone": "example.com", "hostname": "www.example.com", "aliases": ["example.com"], "mode": "tunnel", **front}
    keep = ("cloud", "region", "servers")
    said["web"] = {name: {key: tier[key] for key in keep} | {"exposure": "tunnel"} for name, tier in said["web"].items()}
    said["web"]["basement"] = {"cloud": "external", "exposure": "tunnel", "servers": {"min": 2}}
    return said


def tunnel_each() -> dict[str, Any]:
    """dev, with a tunnel for each tier."""
    said = environment("dev")
    del said["database"]
    for tier in said["web"].values():
        tier["exposure"] = "tunnel"
    return said


@pytest.mark.parametrize("changes", [TUNNEL, TUNNELS])
def test_what_the_mistakes_are_made_in_is_right(changes: dict[str, Any]) -> None:
    parse(json.dumps(changed(**changes)))


@pytest.fixture(scope="module")
def shared() -> Recording:
    """One tunnel, made once."""
    return run("production", one_tunnel())


@pytest.fixture(scope="module")
def apart() -> Recording:
    """A tunnel for each tier, made once."""
    return run("dev", tunnel_each())


def test_all_tiers_share_the_fronts_tunnel(shared: Recording) -> None:
    tunnel = shared.one(TUNNEL_TYPE)
    hostname = f"{tunnel.id}.cfargotunnel.com"
    assert {record.inputs["name"] for record in shared.all(RECORD)} == {"www.example.com", "example.com"}
    assert {record.inputs["content"] for record in shared.all(RECORD) if record.inputs["name"] == "www.example.com"} == {hostname}
    for name, pool in shared.exports["pools"].items():
        assert [(origin["name"], origin["address"]) for origin in pool["origins"]] == [(name, hostname)]
    assert [record for record in shared.all() if "loadBalancer" in record.type] == []


def test_nothing_watches_one_tunnel(shared: Recording) -> None:
    assert "detection_seconds" not in shared.exports


def test_the_tunnel_leads_to_the_machines_port() -> None:
    said = one_tunnel()
    for tier in said["web"].values():
        tier["health_check"] = {"port": 8080}
    assert "http://localhost:8080" in json.dumps(run("production", said).one(CONFIG).inputs)


def test_each_tier_has_a_tunnel_that_the_front_chooses(apart: Recording) -> None:
    tunnels = {record.name.removesuffix("-tunnel-tunnel"): record for record in apart.all(TUNNEL_TYPE)}
    assert set(tunnels) == {"aws", "gcp"}
    for pool in apart.all(POOL):
        name = pool.name.removeprefix("front-")
        assert [origin["address"] for origin in pool.inputs["origins"]] == [f"{tunnels[name].id}.cfargotunnel.com"]
    assert apart.exports["detection_seconds"] == 75


def test_each_tunnel_leads_to_the_port_of_its_own_tier() -> None:
    said = tunnel_each()
    said["web"]["gcp"]["health_check"] = {"port": 8080}
    leads = {record.name: json.dumps(record.inputs) for record in run("dev", said).all(CONFIG)}
    assert {name.partition("-")[0]: "http://localhost:8080" in inputs for name, inputs in leads.items()} == {"aws": False, "gcp": True}


@pytest.mark.parametrize("made", ["shared", "apart"])
def test_nobody_is_admitted_and_nothing_secret_is_told(made: str, request: pytest.FixtureRequest) -> None:
    """No address range is asked for, since there is nothing that it could be let in to."""
    recording: Recording = request.getfixturevalue(made)
    assert [call for call in recording.calls if call.token == RANGES] == []
    tokens = sorted({call.token for call in recording.calls if "unnelCloudflaredToken" in call.token})
    assert len(tokens) == 1
    assert findings(recording, ["token-of-"]) == []
    assert "token-of-" not in json.dumps({name: value for name, value in recording.exports.items() if name != "pools"})


def test_user_data_for_somebody_elses_machines_is_a_secret(shared: Recording) -> None:
    """The token is in it."""
    assert "pools.basement.user_data" in shared.secret_exports
    assert "pools.aws.user_data" not in shared.secret_exports


@pytest.mark.parametrize("said", [one_tunnel(), tunnel_each()], ids=["shared", "apart"])
def test_a_preview_composes_the_same(said: dict[str, Any]) -> None:
    """Which resources there are depends on no output."""
    assert run("dev", said, preview=True).urns() == run("dev", said).urns()


def test_tunnels_stand_beside_load_balancers() -> None:
    """One tier moves into a tunnel, and the other's resources stay as they are."""
    said = environment("dev")
    del said["database"]
    for tier in said["web"].values():
        tier["certificate"] = True
    said["front"]["origin_certificate"] = {}
    before = run("dev", said)
    del said["web"]["aws"]["certificate"]
    said["web"]["aws"]["exposure"] = "tunnel"
    after = run("dev", said)
    for record in before.descendants("gcp"):
        assert after.records[record.urn].inputs == record.inputs
    assert len(after.all(TUNNEL_TYPE)) == 1
    assert [call.token for call in after.calls].count(RANGES) == 1
