"""The stand-in Cloudflare: monitors, pools and load balancers."""

import re
from typing import Any

import pytest

from sandbox.clouds.cloudflare.common import ACCOUNT, zone_id
from sandbox.rules import Refused
from tests.sandbox.clouds.cloudflare import HEX, ZONE, Cloudflare


def test_a_front_as_cloudflare_gives_it_back(cloudflare: Cloudflare) -> None:
    monitor = cloudflare.make("loadBalancerMonitor")
    pool = cloudflare.make("loadBalancerPool", monitor=monitor.id)
    balancer = cloudflare.make("loadBalancer", defaultPools=[pool.id], fallbackPool=pool.id)
    assert all(HEX.fullmatch(made.id) for made in (monitor, pool, balancer))
    assert monitor.outputs.items() >= {"interval": 60, "timeout": 5, "retries": 2, "method": "GET", "followRedirects": False}.items()
    assert pool.outputs.items() >= {"enabled": True, "minimumOrigins": 1, "monitor": monitor.id, "disabledAt": ""}.items()
    assert balancer.outputs.items() >= {"enabled": True, "zoneName": "example.com", "steeringPolicy": "", "sessionAffinity": "none"}.items()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", balancer.outputs["createdOn"])


def test_an_update_keeps_the_time_of_creation(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("loadBalancerMonitor")
    changed = cloudflare.change("loadBalancerMonitor", made, interval=30)
    assert changed.outputs["createdOn"] == made.outputs["createdOn"] < changed.outputs["modifiedOn"]
    assert changed.outputs["interval"] == 30
    assert cloudflare.change("loadBalancerMonitor", changed, interval=None).outputs["interval"] == 60


def test_only_another_account_or_zone_replaces_the_parts_of_a_front(cloudflare: Cloudflare) -> None:
    pool = cloudflare.make("loadBalancerPool")
    assert not cloudflare.replaced("loadBalancerPool", pool, name="other", origins=[{"name": "b", "address": "192.0.2.2"}])
    assert cloudflare.replaced("loadBalancerPool", pool, accountId="0" * 32)
    balancer = cloudflare.make("loadBalancer")
    assert not cloudflare.replaced("loadBalancer", balancer, name="shop.example.com", steeringPolicy="random")
    assert cloudflare.replaced("loadBalancer", balancer, zoneId=zone_id("example.net"))


def test_a_pool_or_monitor_in_use_stays_until_it_is_let_go(cloudflare: Cloudflare) -> None:
    monitor = cloudflare.make("loadBalancerMonitor")
    pools = [cloudflare.make("loadBalancerPool", name=name, monitor=monitor.id) for name in ("aws", "gcp", "do")]
    first, second, third = (pool.id for pool in pools)
    balancer = cloudflare.make("loadBalancer", defaultPools=[first, second], fallbackPool=second, regionPools={"WEU": [third, first]})
    for name, held in (("loadBalancerMonitor", monitor), *(("loadBalancerPool", pool) for pool in pools)):
        with pytest.raises(Refused, match=r"referenced by other objects, delete them first .*\(1005\)"):
            cloudflare.remove(name, held)
    cloudflare.change("loadBalancer", balancer, defaultPools=[first], fallbackPool=first, regionPools=None)
    cloudflare.remove("loadBalancerPool", pools[1])
    cloudflare.remove("loadBalancerPool", pools[2])
    cloudflare.remove("loadBalancer", balancer)
    cloudflare.remove("loadBalancerPool", pools[0])
    cloudflare.remove("loadBalancerMonitor", monitor)


def test_names_are_taken_once(cloudflare: Cloudflare) -> None:
    cloudflare.make("loadBalancerPool", name="aws")
    assert "a pool with this name exists" in cloudflare.refuses("loadBalancerPool", name="aws")
    cloudflare.make("loadBalancer")
    assert "a load balancer with this hostname exists" in cloudflare.refuses("loadBalancer")
    other = cloudflare.make("loadBalancerPool", name="gcp")
    with pytest.raises(Refused, match="value not unique"):
        cloudflare.change("loadBalancerPool", other, name="aws")


def test_steering_needs_what_it_steers_by(cloudflare: Cloudflare) -> None:
    plain = cloudflare.make("loadBalancerPool", name="plain")
    known = cloudflare.make(
        "loadBalancerPool", name="known", latitude=50.1, longitude=8.7, monitor=cloudflare.make("loadBalancerMonitor").id
    )
    given = {"defaultPools": [plain.id], "fallbackPool": plain.id}
    assert "proximity needs the coordinates of pool plain" in cloudflare.refuses("loadBalancer", steeringPolicy="proximity", **given)
    assert "dynamic_latency needs a monitor on pool plain" in cloudflare.refuses("loadBalancer", steeringPolicy="dynamic_latency", **given)
    balancer = cloudflare.make("loadBalancer", steeringPolicy="proximity", defaultPools=[known.id], fallbackPool=plain.id)
    assert cloudflare.change("loadBalancer", balancer, steeringPolicy="dynamic_latency").outputs["steeringPolicy"] == "dynamic_latency"


def test_limits_without_enterprise_are_twenty(cloudflare: Cloudflare) -> None:
    many = [{"name": f"o{i}", "address": f"192.0.2.{i}"} for i in range(21)]
    assert "the origin list length must be in range [1, 20]" in cloudflare.refuses("loadBalancerPool", origins=many)
    assert "interval is not in range [15, 3600]" in cloudflare.refuses("loadBalancerMonitor", interval=10)
    for number in range(20):
        pool = cloudflare.make("loadBalancerPool", name=f"p{number}").id
        cloudflare.make("loadBalancer", name=f"w{number}.example.com", defaultPools=[pool], fallbackPool=pool)
    assert "the account has 20 pools" in cloudflare.refuses("loadBalancerPool", name="one-more")
    assert "the zone has 20 load balancers" in cloudflare.refuses("loadBalancer", defaultPools=[pool], fallbackPool=pool)
    cloudflare.add_zone("big.example", plan="enterprise")
    cloudflare.make("loadBalancerPool", name="one-more", origins=many)
    cloudflare.make("loadBalancerMonitor", interval=10)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"interval": 14}, "interval is not in range [15, 3600]: validation failed (1002)"),
        ({"interval": 3601}, "interval is not in range [15, 3600]"),
        ({"timeout": 11}, "timeout: expected"),
        ({"retries": 6}, "retries: expected"),
        ({"type": "telnet"}, 'type: expected one of "http", "https"'),
        ({"type": "tcp", "path": None, "expectedCodes": None}, "port: port is required for tcp"),
        ({"type": "tcp", "port": 80, "expectedCodes": None}, "path: path is only valid for http and https"),
        ({"path": "healthz"}, "path: path must begin with a slash"),
        ({"port": 70000}, "port: expected"),
        ({"expectedCodes": "ok"}, "expectedCodes: expected codes such as 200"),
        ({"probeZone": "example.dev"}, "probe_zone example.dev is not a zone of this account"),
        ({"accountId": None}, "accountId: missing required property"),
    ],
)
def test_a_wrong_monitor_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancerMonitor", **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"origins": []}, "origins: the origin list length must be in range [1, 20]: validation failed (1002)"),
        ({"origins": [{"name": "a", "address": "x"}]}, "origins[0].address: x is neither an address nor a hostname"),
        ({"origins": [{"name": "a"}]}, "origins[0].address: an origin needs its address"),
        ({"origins": [{"name": "a", "address": "10.0.0.1"}]}, "origins[0].address: 10.0.0.1 is internal and needs virtual_network_id"),
        ({"origins": [{"name": "a", "address": f"192.0.2.{i}"} for i in (1, 2)]}, "origins: two origins have the name a"),
        ({"origins": [{"name": n, "address": "192.0.2.1"} for n in "ab"]}, "origins: two origins have the address 192.0.2.1"),
        ({"origins": [{"name": "a", "address": "192.0.2.1", "weight": 1.5}]}, "origins[0].weight: expected"),
        ({"origins": [{"name": "a", "address": "192.0.2.1", "port": 65536}]}, "origins[0].port: expected"),
        ({"name": "my pool"}, "name: expected letters, digits, hyphens and underscores"),
        ({"latitude": 50.1}, "latitude: must be given together with 'longitude'"),
        ({"latitude": 91, "longitude": 0}, "latitude: expected"),
        ({"checkRegions": ["MARS"]}, "checkRegions[0]: expected one of"),
        ({"checkRegions": ["ALL_REGIONS"]}, "ALL_REGIONS is for Enterprise"),
        ({"originSteering": {"policy": "nearest"}}, "originSteering.policy: expected one of"),
        ({"loadShedding": {"defaultPercent": 101}}, "loadShedding.defaultPercent: expected"),
        ({"loadShedding": {"sessionPolicy": "random"}}, 'loadShedding.sessionPolicy: expected one of "hash"'),
        ({"monitor": "0" * 32}, f"monitor {'0' * 32} not found"),
    ],
)
def test_a_wrong_pool_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancerPool", **changes)


def test_two_origins_may_share_an_address_on_two_ports(cloudflare: Cloudflare) -> None:
    cloudflare.make("loadBalancerPool", origins=[{"name": f"p{port}", "address": "192.0.2.1", "port": port} for port in (80, 81)])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "www.example.net"}, "the hostname www.example.net is not in the zone example.com"),
        ({"defaultPools": [], "fallbackPool": "x"}, "defaultPools: at least one default pool is needed"),
        ({"defaultPools": ["a", "a"], "fallbackPool": "a"}, "defaultPools: a occurs twice: value not unique (1003)"),
        ({"defaultPools": ["0" * 32], "fallbackPool": "0" * 32}, f"pool {'0' * 32} not found"),
        ({"steeringPolicy": "nearest"}, "steeringPolicy: expected one of"),
        ({"sessionAffinity": "cookie", "proxied": False}, "sessionAffinity: session_affinity needs proxied"),
        ({"sessionAffinity": "cookie", "proxied": None}, "sessionAffinity: session_affinity needs proxied"),
        ({"sessionAffinityAttributes": {"drainDuration": 60}, "proxied": False}, "drain_duration needs proxied"),
        ({"sessionAffinity": "cookie", "sessionAffinityTtl": 60}, "session_affinity_ttl is not in range [1800, 604800]"),
        (
            {"sessionAffinity": "header", "sessionAffinityTtl": 7200, "sessionAffinityAttributes": {"headers": ["x"]}},
            "session_affinity_ttl is not in range [30, 3600]",
        ),
        ({"sessionAffinity": "header"}, "affinity by header needs at least one header"),
        (
            {"sessionAffinity": "header", "sessionAffinityAttributes": {"headers": ["x"], "zeroDowntimeFailover": "sticky"}},
            "sticky is not supported with affinity by header",
        ),
        (
            {"sessionAffinity": "cookie", "sessionAffinityAttributes": {"samesite": "None", "secure": "Never"}},
            "secure cannot be Never where samesite is None",
        ),
        ({"sessionAffinityAttributes": {"zeroDowntimeFailover": "always"}}, "zeroDowntimeFailover: expected one of"),
        ({"ttl": 60}, "ttl: ttl is only for load balancers that are not proxied"),
        ({"randomSteering": {"defaultWeight": 2}}, "randomSteering.defaultWeight: expected"),
        ({"randomSteering": {"poolWeights": {"x": 1.5}}}, "randomSteering.poolWeights.x: expected"),
        ({"randomSteering": {"poolWeights": {"0" * 32: 1}}}, f"pool {'0' * 32} not found"),
        ({"regionPools": {"EU": ["x"]}}, "regionPools: EU is not a region: WNAM"),
        ({"countryPools": {"de": ["x"]}}, "countryPools: de is not a country code"),
        ({"locationStrategy": {"mode": "gps"}}, "locationStrategy.mode: expected one of"),
        ({"rules": [{"name": "r", "fixedResponse": {}, "overrides": {}}]}, "a rule has either fixed_response or overrides"),
        ({"rules": [{"overrides": {"steeringPolicy": "nearest"}}]}, "rules[0].overrides.steeringPolicy: expected one of"),
    ],
)
def test_a_wrong_load_balancer_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancer", **changes)


def test_pop_pools_are_for_enterprise(cloudflare: Cloudflare) -> None:
    pool = cloudflare.make("loadBalancerPool").id
    given = {"defaultPools": [pool], "fallbackPool": pool, "popPools": {"FRA": [pool]}}
    assert "pop_pools is for Enterprise" in cloudflare.refuses("loadBalancer", **given)
    big = cloudflare.add_zone("big.example", plan="enterprise")
    cloudflare.make("loadBalancer", zoneId=big, name="www.big.example", **given)


def test_the_parts_of_a_front_can_be_listed_to_find_orphans(cloudflare: Cloudflare) -> None:
    note = "project=p stack=s component=front"
    monitor = cloudflare.make("loadBalancerMonitor", description=note)
    pool = cloudflare.make("loadBalancerPool", monitor=monitor.id, description=note)
    cloudflare.make("loadBalancerPool", name="other")
    balancer = cloudflare.make("loadBalancer", defaultPools=[pool.id], fallbackPool=pool.id, description=note)
    record = cloudflare.make("dnsRecord", comment=note)
    cloudflare.make("dnsRecord", zoneId=zone_id("example.net"))
    found = {
        monitor.id: cloudflare.ask("getLoadBalancerMonitors", accountId=ACCOUNT),
        pool.id: cloudflare.ask("getLoadBalancerPools", accountId=ACCOUNT, monitor=monitor.id),
        balancer.id: cloudflare.ask("getLoadBalancers", zoneId=ZONE),
        record.id: cloudflare.ask("getDnsRecords", zoneId=ZONE, comment={"startswith": "project=p stack=s"}),
    }
    for id, answer in found.items():
        assert [(one["id"], one.get("description", one.get("comment"))) for one in answer["results"]] == [(id, note)]
    assert cloudflare.ask("getDnsRecords", zoneId=ZONE, type="TXT")["results"] == []
    assert cloudflare.ask("getDnsRecords", zoneId=ZONE, name={"exact": "www.example.com"})["results"][0]["id"] == record.id
