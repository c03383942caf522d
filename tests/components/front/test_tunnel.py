"""Tunnels: one by itself, that of a front, and those that a front chooses between."""

import base64
import json
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare
import pytest

from multicloud.errors import ArgumentError
from multicloud.front.cloudflare import CloudflareFront
from multicloud.front.contract import CloudflareFrontArgs, Mode
from multicloud.front.simulation import NEAREST, Conditions, Visitor, simulate
from multicloud.front.tunnel import Tunnel, TunnelArgs
from multicloud.front.tunnels import is_tunnel
from tests.recording import UNKNOWN, Recording

ZONE, ACCOUNT = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"
CONFIG = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig"
TOKEN = "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
SETTING = "cloudflare:index/zoneSetting:ZoneSetting"
MONITOR = "cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor"
POOL = "cloudflare:index/loadBalancerPool:LoadBalancerPool"
FIRST, SECOND = (f"{digit * 8}-{digit * 4}-4{digit * 3}-8{digit * 3}-{digit * 12}.cfargotunnel.com" for digit in "12")


def tunnel(recording: Recording, **changes: Any) -> Tunnel:
    given: Any = {"zone": "example.com", **changes}
    provider = pulumi.ResourceOptions()

    def program() -> Tunnel:
        nonlocal provider
        provider = pulumi.ResourceOptions(providers=[cloudflare.Provider("cloudflare", api_token="t")])
        return Tunnel("office", given, provider)

    return recording.run(program)


def front(recording: Recording, **changes: Any) -> CloudflareFront:
    given: Any = {"zone": "example.com", "hostname": "www.example.com", "mode": "tunnel", **changes}

    def program() -> CloudflareFront:
        provider = cloudflare.Provider("cloudflare", api_token="t")
        return CloudflareFront("front", given, pulumi.ResourceOptions(providers=[provider]))

    return recording.run(program)


def pool(name: str, address: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "origins": [{"name": name, "address": address, "weight": 1}], **more}


# --- a tunnel ------------------------------------------------------------------------------------------------------------


def test_a_tunnel_leads_every_hostname_to_the_machines_own_port(recording: Recording) -> None:
    made = tunnel(recording)
    id = recording.one(TUNNEL).id
    assert recording.one(TUNNEL, "office-tunnel").inputs == {
        "accountId": ACCOUNT,
        "name": "project-stack-office",
        "configSrc": "cloudflare",
    }
    assert recording.one(CONFIG, "office-config").inputs == {
        "accountId": ACCOUNT,
        "tunnelId": id,
        "config": {"ingresses": [{"service": "http://localhost:80"}]},
    }
    assert (recording.value(made.tunnel_id), recording.value(made.hostname)) == (id, f"{id}.cfargotunnel.com")
    assert {child.provider for child in recording.children("office")} == {"cloudflare"}
    assert [call.provider for call in recording.calls] == ["cloudflare", "cloudflare"]


@pytest.mark.parametrize("output", [False, True])
def test_the_port_may_be_another(recording: Recording, output: bool) -> None:
    tunnel(recording, port=pulumi.Output.from_input(8080) if output else 8080)
    assert recording.one(CONFIG).inputs["config"] == {"ingresses": [{"service": "http://localhost:8080"}]}


def test_the_token_is_secret_although_the_look_up_does_not_say_so(recording: Recording) -> None:
    made = tunnel(recording)
    assert recording.is_secret(made.token) and not recording.is_secret(made.hostname)
    content = json.loads(base64.b64decode(recording.value(made.token)))
    assert (content["a"], content["t"]) == (ACCOUNT, recording.one(TUNNEL).id)
    registered = recording.one("multicloud:index:Tunnel")
    assert registered.registered is not None and set(registered.registered) == {"tunnelId", "hostname", "token"}
    assert registered.registered_secrets == {"token"}


def test_nothing_is_looked_up_of_a_tunnel_that_is_not_there_yet() -> None:
    preview = Recording(preview=True)
    made = tunnel(preview)
    assert preview.value(made.token) is None and preview.value(made.hostname) is None
    assert [call.token for call in preview.calls] == ["cloudflare:index/getZone:getZone"]
    assert preview.one(CONFIG).inputs["config"] == {"ingresses": [{"service": "http://localhost:80"}]}
    assert preview.one(CONFIG).inputs["tunnelId"] == UNKNOWN
    preview.close()


def test_the_name_fits_and_is_no_other_stacks() -> None:
    names = set()
    for stack in ("dev", "production", "a-stack-with-a-name-that-is-longer-than-anybody-would-like-it-to-be"):
        other = Recording(stack=stack)
        tunnel(other)
        names.add(other.one(TUNNEL).inputs["name"])
        other.close()
    assert len(names) == 3 and all(len(name) <= 63 for name in names)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"zone": "Example.com"}, "zone: 'Example.com' has capital letters; write example.com"),
        ({"port": 0}, "port: 0 is not a port; give a number from 1 to 65535"),
        (
            {"port": 443},
            "port: 443 is HTTPS, and machines serve a tunnel by plain HTTP: what leaves them is encrypted by the tunnel itself; "
            "leave it out, which is 80",
        ),
        ({"port": pulumi.Output.from_input(443)}, "port: 443 is HTTPS, and machines serve a tunnel by plain HTTP: "),
    ],
)
def test_a_tunnel_that_cannot_work_is_refused(recording: Recording, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        tunnel(recording, **changes)
    assert str(refused.value).startswith(message)


# --- mode tunnel ---------------------------------------------------------------------------------------------------------


def test_a_front_of_mode_tunnel_is_a_tunnel_and_a_record_for_each_name(recording: Recording) -> None:
    made = front(recording, aliases=["example.com"], shield={"enabled": False})
    assert sorted(record.name for record in recording.descendants("front")) == [
        "front-example.com",
        "front-hostname",
        "front-tunnel",
        "front-tunnel-config",
        "front-tunnel-tunnel",
    ]
    address = f"{recording.one(TUNNEL).id}.cfargotunnel.com"
    for record, name in (("front-hostname", "www.example.com"), ("front-example.com", "example.com")):
        assert recording.one(RECORD, record).inputs == {
            "zoneId": ZONE,
            "name": name,
            "type": "CNAME",
            "content": address,
            "proxied": True,
            "ttl": 1,
            "comment": "project=project stack=stack component=front",
        }
        assert recording.one(CONFIG).urn in recording.one(RECORD, record).depends_on, "nobody comes before the tunnel leads somewhere"
    assert recording.one(TUNNEL).inputs["name"] == "project-stack-front-tunnel"
    assert made.resources.tunnel is not None and list(made.resources.records) == ["hostname"]
    assert made.resources.load_balancer is None and made.resources.pools == {}


def test_its_outputs_are_what_machines_need(recording: Recording) -> None:
    made = front(recording)
    assert made.tunnel_hostname is not None and made.tunnel_token is not None and made.detection_seconds is None
    assert recording.value(made.tunnel_hostname) == f"{recording.one(TUNNEL).id}.cfargotunnel.com"
    assert recording.is_secret(made.tunnel_token)
    registered = recording.one("multicloud:index:CloudflareFront")
    assert registered.registered is not None and registered.registered_secrets == {"tunnelToken"}
    assert {key: registered.registered[key] for key in ("hostname", "url", "pools", "poolIds")} == {
        "hostname": "www.example.com",
        "url": "https://www.example.com",
        "pools": [],
        "poolIds": {},
    }


def test_other_modes_have_no_tunnel(recording: Recording) -> None:
    made = front(recording, mode="load_balancer", pools=[pool("own", "192.0.2.1")])
    assert made.tunnel_hostname is None and made.tunnel_token is None and made.resources.tunnel is None
    assert not recording.all(TUNNEL) and TOKEN not in [call.token for call in recording.calls]


@pytest.mark.parametrize("port", [None, 80, 8080])
def test_the_zone_is_strict_whatever_the_machines_serve(recording: Recording, port: int | None) -> None:
    """No other mode could make Cloudflare send anything in plain."""
    front(recording, origin_port=port)
    assert recording.one(SETTING, "front-ssl").inputs["value"] == "strict"
    assert recording.one(CONFIG).inputs["config"] == {"ingresses": [{"service": f"http://localhost:{port or 80}"}]}


def test_a_port_that_turns_out_to_be_https_is_refused(recording: Recording) -> None:
    with pytest.raises(ArgumentError, match=r"443 is HTTPS"):
        front(recording, origin_port=pulumi.Output.from_input(443))


def test_the_nearest_machine_answers_everybody() -> None:
    args = CloudflareFrontArgs(zone="example.com", hostname="www.example.com", mode=Mode.TUNNEL)
    assert simulate(args) == {NEAREST: 1.0}
    assert simulate(args, Visitor(region="WEU", path="/api"), Conditions(down=[("aws", "m1")])) == {NEAREST: 1.0}


# --- load balancing between tunnels --------------------------------------------------------------------------------------


def balanced(recording: Recording, *pools: dict[str, Any], **changes: Any) -> CloudflareFront:
    return front(recording, **{"mode": "load_balancer", "origin_port": 443, "pools": list(pools), **changes})


@pytest.mark.parametrize("output", [False, True])
def test_a_tunnel_is_asked_over_https_for_the_fronts_hostname(recording: Recording, output: bool) -> None:
    """As Cloudflare's documentation has it: https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/
    routing-to-tunnel/public-load-balancers/; the port of HTTPS is the default."""
    addresses = [pulumi.Output.from_input(one) if output else one for one in (FIRST, SECOND)]
    balanced(recording, pool("aws", addresses[0]), pool("gcp", addresses[1]), origin_port=pulumi.Output.from_input(443))
    monitor = recording.one(MONITOR).inputs
    assert (monitor["type"], monitor["header"], "port" in monitor) == ("https", {"Host": ["www.example.com"]}, False)
    assert [one.inputs["origins"] for one in recording.all(POOL)] == [
        [{"name": name, "address": address, "header": {"hosts": ["www.example.com"]}}]
        for name, address in (("aws", FIRST), ("gcp", SECOND))
    ]
    assert recording.one(SETTING, "front-ssl").inputs["value"] == "strict"


def test_a_tunnel_stands_beside_a_tier_with_a_certificate(recording: Recording) -> None:
    """Whose visitors keep the name that they asked for."""
    balanced(recording, pool("aws", "lb.aws.example"), pool("office", FIRST, weight=0.2), steering="random")
    assert recording.one(POOL, "front-aws").inputs["origins"] == [{"name": "aws", "address": "lb.aws.example"}]


def test_a_tunnel_made_beside_the_front(recording: Recording) -> None:
    def program() -> CloudflareFront:
        options = pulumi.ResourceOptions(providers=[cloudflare.Provider("cloudflare", api_token="t")])
        own = Tunnel("office", TunnelArgs(zone="example.com", port=8080), options)
        given: Any = {"zone": "example.com", "hostname": "www.example.com", "origin_port": 443, "pools": [pool("office", own.hostname)]}
        return CloudflareFront("front", given, options)

    recording.run(program)
    (origin,) = recording.one(POOL).inputs["origins"]
    assert origin["address"] == f"{recording.one(TUNNEL).id}.cfargotunnel.com"
    assert recording.one(CONFIG).urn in recording.one(POOL).depends_on


HTTPS = (
    "is a tunnel, which Cloudflare asks over HTTPS on port 443, and origin_port is {port}; say origin_port: 443; "
    "tiers beside it that serve plain HTTP need a certificate, or a tunnel, too"
)


@pytest.mark.parametrize("output", [False, True])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"origin_port": None}, f"{FIRST} {HTTPS.format(port=80)}"),
        ({"origin_port": 8080}, f"{FIRST} {HTTPS.format(port=8080)}"),
        ({"dns": {"proxied": False}}, f"{FIRST} is a tunnel, which only Cloudflare reaches, and dns.proxied is false; leave that out"),
        (
            {"mode": "dns", "dns": {"proxied": False}},
            f"{FIRST} is a tunnel, which only Cloudflare reaches, and dns.proxied is false; leave that out",
        ),
    ],
)
def test_a_tunnel_that_cloudflare_would_not_reach_is_refused(
    recording: Recording, output: bool, changes: dict[str, Any], message: str
) -> None:
    """Even where only the first update shows that it is one."""
    with pytest.raises(ArgumentError) as refused:
        balanced(recording, pool("office", pulumi.Output.from_input(FIRST) if output else FIRST), **changes)
    assert str(refused.value) == f"pools[0].origins: {message}"


def test_a_tunnel_of_somebody_elses_making_may_be_the_only_record(recording: Recording) -> None:
    balanced(recording, pool("office", FIRST), mode="dns")
    assert recording.one(RECORD).inputs.items() >= {"type": "CNAME", "content": FIRST, "proxied": True}.items()


@pytest.mark.parametrize(
    ("address", "expected"),
    [(FIRST, True), (f"{FIRST.upper()}.", True), ("cfargotunnel.com", False), ("192.0.2.1", False), (f"{FIRST}.example.com", False)],
)
def test_what_a_tunnels_name_is(address: str, expected: bool) -> None:
    assert is_tunnel(address) is expected
