"""The stand-in Cloudflare makes what Cloudflare makes, and says no where Cloudflare says no: zones, look-ups, the provider."""

from typing import Any

import pytest

from sandbox.clouds.cloudflare import CLOUD
from sandbox.clouds.cloudflare.common import ACCOUNT
from sandbox.rules import UNKNOWN, Refused
from tests.sandbox.clouds.cloudflare import HEX, ZONE, Cloudflare


def test_a_zone_is_found_by_name_with_its_account(cloudflare: Cloudflare) -> None:
    found = cloudflare.ask("getZone", filter={"name": "example.com", "match": "all"})
    assert (found["zoneId"], found["id"], found["name"], found["account"]["id"]) == (ZONE, ZONE, "example.com", ACCOUNT)
    assert HEX.fullmatch(ZONE) and found["status"] == "active"
    assert cloudflare.ask("getZone", zoneId=ZONE)["name"] == "example.com"


def test_an_unknown_zone_is_refused_with_how_to_add_it(cloudflare: Cloudflare) -> None:
    with pytest.raises(
        Refused, match=r"there is no zone mine\.dev in the account; add it with `python -m sandbox fixture add cloudflare zones mine\.dev`"
    ):
        cloudflare.ask("getZone", filter={"name": "mine.dev", "match": "all"})
    assert cloudflare.ask("getZone", zoneId=cloudflare.add_zone("mine.dev"))["name"] == "mine.dev"


def test_a_zone_that_a_program_makes_is_known(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("zone")
    assert made.outputs["nameServers"] and made.outputs["status"] == "pending"
    assert cloudflare.ask("getZone", filter={"name": "example.dev", "match": "all"})["zoneId"] == made.id
    assert cloudflare.make("dnsRecord", zoneId=made.id, name="@").outputs["name"] == "example.dev"
    assert "example.dev already exists" in cloudflare.refuses("zone")


def test_zones_can_be_listed(cloudflare: Cloudflare) -> None:
    assert [zone["name"] for zone in cloudflare.ask("getZones")["results"]] == ["example.com", "example.net", "example.org"]
    assert [zone["name"] for zone in cloudflare.ask("getZones", name="example.net")["results"]] == ["example.net"]


def test_what_is_in_a_wrong_zone_or_account_is_refused(cloudflare: Cloudflare) -> None:
    assert f"could not route to /zones/{'0' * 32}" in cloudflare.refuses("dnsRecord", zoneId="0" * 32)
    assert f"could not route to /accounts/{'0' * 32}" in cloudflare.refuses("loadBalancerPool", accountId="0" * 32)


def test_a_provider_takes_one_credential_or_none() -> None:
    assert CLOUD.scope({}).account == CLOUD.scope({"apiToken": "t"}).account == ACCOUNT
    with pytest.raises(Refused, match="only one of apiToken, apiKey"):
        CLOUD.scope({"apiToken": "t", "apiKey": "k"})
    with pytest.raises(Refused, match="apiKey needs email"):
        CLOUD.scope({"apiKey": "k"})


def test_cloudflares_ranges_are_the_published_ones(cloudflare: Cloudflare) -> None:
    found = cloudflare.ask("getIpRanges")
    assert len(found["ipv4Cidrs"]) == 15 and "173.245.48.0/20" in found["ipv4Cidrs"]
    assert len(found["ipv6Cidrs"]) == 7 and "2400:cb00::/32" in found["ipv6Cidrs"]


def test_another_look_up_is_refused(cloudflare: Cloudflare) -> None:
    with pytest.raises(Refused, match="has no answer to the look-up cloudflare:index/getUser:getUser"):
        cloudflare.ask("getUser")


def test_an_unknown_property_is_refused_though_the_plugin_drops_it(cloudflare: Cloudflare) -> None:
    assert "unknown property" in cloudflare.refuses("dnsRecord", contents="x")


def test_checks_bear_what_is_not_known_yet(cloudflare: Cloudflare) -> None:
    """In the first preview most ids are unknown, and a check that reads one must not fall over it."""
    unknown: dict[str, dict[str, Any]] = {
        "loadBalancerPool": {"origins": UNKNOWN},
        "loadBalancer": {
            "defaultPools": [UNKNOWN, UNKNOWN],
            "fallbackPool": UNKNOWN,
            "randomSteering": {"poolWeights": UNKNOWN},
            "zoneId": UNKNOWN,
        },
        "dnsRecord": {"content": UNKNOWN, "proxied": UNKNOWN, "type": "CNAME"},
        "ruleset": {"rules": [{"action": "block", "expression": UNKNOWN}], "zoneId": UNKNOWN},
        "zoneSetting": {"value": UNKNOWN},
        "originCaCertificate": {"csr": UNKNOWN, "hostnames": [UNKNOWN]},
        "notificationPolicy": {"mechanisms": {"webhooks": [{"id": UNKNOWN}]}, "filters": {"poolIds": UNKNOWN}},
        "apiToken": {"policies": [{"effect": "allow", "permissionGroups": [{"id": UNKNOWN}], "resources": UNKNOWN}]},
        "zeroTrustTunnelCloudflared": {"tunnelSecret": UNKNOWN},
        "zeroTrustTunnelCloudflaredConfig": {"tunnelId": UNKNOWN, "config": {"ingresses": UNKNOWN}},
    }
    for name, changes in unknown.items():
        assert not cloudflare.check(cloudflare.token(name), "it", cloudflare.inputs(name, changes), set()).failures, name
    origins = [{"name": UNKNOWN, "address": UNKNOWN}, {"name": UNKNOWN, "address": UNKNOWN, "weight": UNKNOWN}]
    assert not cloudflare.check(
        cloudflare.token("loadBalancerPool"), "it", cloudflare.inputs("loadBalancerPool", {"origins": origins}), set()
    ).failures
