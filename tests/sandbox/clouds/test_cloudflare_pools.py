"""The stand-in Cloudflare: what a plan allows pools and monitors, and the finer points of both."""

from typing import Any

import pytest

from sandbox.rules import UNKNOWN, Refused
from tests.sandbox.clouds.cloudflare import Cloudflare


def origins(*addresses: str, **more: Any) -> list[dict[str, Any]]:
    """An origin for each address."""
    return [{"name": address, "address": address, **more} for address in addresses]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"origins": origins("192.0.2.1", header={"hosts": ["a.example.com", "b.example.com"]})}, "override the Host header with one name"),
        (
            {"origins": origins("192.0.2.1", header={"hosts": ["www.example.dev"]})},
            "is not a name of a zone of this account",
        ),
        ({"origins": origins("192.0.2.1", weight=-0.1)}, "origins[0].weight: expected"),
        ({"origins": origins("127.0.0.1")}, "127.0.0.1 is internal and needs virtual_network_id"),
        ({"healthSources": ["global"]}, 'health_sources is null or ["regional", "global"]'),
        ({"healthSources": ["regional", "global"], "checkRegions": []}, "regional needs at least one region in check_regions"),
        ({"checkRegions": ["WEU", "WEU"]}, "checkRegions: WEU occurs twice"),
        ({"loadShedding": {"defaultPercent": -1}}, "loadShedding.defaultPercent: expected"),
        ({"loadShedding": {"sessionPercent": 101}}, "loadShedding.sessionPercent: expected"),
        ({"loadShedding": {"defaultPolicy": "half"}}, 'loadShedding.defaultPolicy: expected one of "random", "hash"'),
        ({"minimumOrigins": -1}, "minimumOrigins: expected"),
        ({"longitude": 181, "latitude": 0}, "longitude: expected"),
        ({"longitude": 1}, "longitude: must be given together with 'latitude'"),
        ({"name": ""}, "name: expected"),
        ({"monitorGroup": "0" * 32}, f"monitor group {'0' * 32} not found"),
    ],
)
def test_a_wrong_pool_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancerPool", **changes)


@pytest.mark.parametrize(("plan", "most"), [("free", 8), ("pro", 8), ("business", 8), ("enterprise", 13)])
def test_health_is_checked_from_as_many_regions_as_the_plan_can_have(cloudflare: Cloudflare, plan: str, most: int) -> None:
    regions = ["WNAM", "ENAM", "WEU", "EEU", "NSAM", "SSAM", "OC", "ME", "NAF", "SAF", "SAS", "SEAS", "NEAS"]
    cloudflare.add_zone("big.example", plan=plan)
    made = cloudflare.make("loadBalancerPool", checkRegions=regions[:most])
    if most < len(regions):
        with pytest.raises(Refused, match=f"check_regions has {most + 1} regions, and {most} are the most without Enterprise"):
            cloudflare.change("loadBalancerPool", made, checkRegions=regions[: most + 1])
    else:
        cloudflare.change("loadBalancerPool", made, checkRegions=["ALL_REGIONS"])


def test_health_is_not_checked_from_everywhere_without_enterprise(cloudflare: Cloudflare) -> None:
    """Which a pool with a monitor and no regions asks for."""
    monitor = cloudflare.make("loadBalancerMonitor").id
    refused = cloudflare.refuses("loadBalancerPool", monitor=monitor, checkRegions=[])
    assert "Probing from every data centre is not allowed with this subscription" in refused
    cloudflare.make("loadBalancerPool", monitor=monitor, checkRegions=["WEU"])


def test_origins_are_disabled_one_by_one(cloudflare: Cloudflare) -> None:
    """All of them, too, while their pool is not; and back."""
    both = origins("192.0.2.1", "192.0.2.2", enabled=False)
    made = cloudflare.make("loadBalancerPool", origins=both)
    assert made.outputs["enabled"] is True
    assert [origin["enabled"] for origin in made.outputs["origins"]] == [False, False]
    cloudflare.change("loadBalancerPool", made, origins=origins("192.0.2.1", "192.0.2.2"))


def test_an_account_has_twenty_origins_without_enterprise(cloudflare: Cloudflare) -> None:
    """One that several pools share counts once."""
    addresses = [f"192.0.2.{number}" for number in range(21)]
    cloudflare.make("loadBalancerPool", name="a", origins=origins(*addresses[:15]))
    cloudflare.make("loadBalancerPool", name="b", origins=origins(*addresses[10:19]))
    made = cloudflare.make("loadBalancerPool", name="c", origins=origins(addresses[19]))
    assert "exceeded quota: the account would have 21 origins" in cloudflare.refuses(
        "loadBalancerPool", name="d", origins=origins(addresses[20])
    )
    with pytest.raises(Refused, match="exceeded quota"):
        cloudflare.change("loadBalancerPool", made, origins=origins(*addresses[19:]))
    cloudflare.change("loadBalancerPool", made, origins=origins(addresses[20]))
    cloudflare.add_zone("big.example", plan="enterprise")
    cloudflare.make("loadBalancerPool", name="d", origins=origins(*addresses[19:]))


def test_an_origin_may_be_asked_by_another_name_of_the_account(cloudflare: Cloudflare) -> None:
    cloudflare.make("loadBalancerPool", origins=origins("192.0.2.1", header={"hosts": ["origin.example.net"]}))


def test_health_by_region_with_regions(cloudflare: Cloudflare) -> None:
    cloudflare.make("loadBalancerPool", healthSources=["regional", "global"], checkRegions=["WEU"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"interval": 0}, "interval is not in range [15, 3600]"),
        ({"timeout": 0}, "timeout: expected"),
        ({"retries": -1}, "retries: expected"),
        ({"consecutiveUp": 6}, "consecutiveUp: expected"),
        ({"consecutiveDown": -1}, "consecutiveDown: expected"),
        ({"header": {"user-agent": ["x"]}}, "header: the User-Agent header cannot be overridden"),
        ({"header": {"Host": []}}, "header.Host: the header Host has no value"),
        ({"type": "icmp_ping"}, "path is only valid for http and https"),
        ({"type": "smtp", "path": None, "expectedCodes": None}, "port: port is required for smtp"),
        (
            {"type": "tcp", "port": 80, "path": None, "expectedCodes": None, "method": "GET"},
            "method: method must be connection_established for tcp",
        ),
        ({"expectedCodes": "200, 204"}, "expectedCodes: expected codes such as 200"),
    ],
)
def test_a_wrong_monitor_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancerMonitor", **changes)


@pytest.mark.parametrize(("plan", "least"), [("free", 15), ("pro", 15), ("business", 15), ("enterprise", 10)])
def test_the_smallest_interval_is_the_plans(cloudflare: Cloudflare, plan: str, least: int) -> None:
    cloudflare.add_zone("big.example", plan=plan)
    cloudflare.make("loadBalancerMonitor", interval=least)
    assert f"interval is not in range [{least}, 3600]" in cloudflare.refuses("loadBalancerMonitor", interval=least - 1)


def test_an_account_has_thirty_monitors_without_enterprise(cloudflare: Cloudflare) -> None:
    for _ in range(30):
        made = cloudflare.make("loadBalancerMonitor")
    assert "exceeded quota: the account has 30 monitors" in cloudflare.refuses("loadBalancerMonitor")
    cloudflare.change("loadBalancerMonitor", made, interval=30)
    cloudflare.add_zone("big.example", plan="enterprise")
    cloudflare.make("loadBalancerMonitor")


def test_checks_bear_what_is_not_known_yet(cloudflare: Cloudflare) -> None:
    unknown: list[dict[str, Any]] = [
        {"origins": [{"name": "a", "address": UNKNOWN, "header": UNKNOWN}]},
        {"origins": [{"name": "a", "address": "192.0.2.1", "header": {"hosts": [UNKNOWN]}}]},
        {"checkRegions": [UNKNOWN, UNKNOWN], "healthSources": UNKNOWN},
    ]
    for changes in unknown:
        given = cloudflare.inputs("loadBalancerPool", changes)
        assert not cloudflare.check(cloudflare.token("loadBalancerPool"), "it", given, set()).failures, changes
    for changes in ({"header": UNKNOWN}, {"header": {"Host": UNKNOWN}}, {"type": UNKNOWN}, {"method": UNKNOWN}):
        given = cloudflare.inputs("loadBalancerMonitor", changes)
        assert not cloudflare.check(cloudflare.token("loadBalancerMonitor"), "it", given, set()).failures, changes
