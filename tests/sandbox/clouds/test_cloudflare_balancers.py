"""The stand-in Cloudflare: rules, places, affinity and what a plan allows a load balancer."""

from typing import Any

import pytest

from sandbox.rules import UNKNOWN, Refused
from tests.sandbox.clouds.cloudflare import Cloudflare

COOKIE = {"sessionAffinity": "cookie"}
PAGE = {"statusCode": 503, "messageBody": "Back soon.", "contentType": "text/plain"}


def rule(**changes: Any) -> dict[str, Any]:
    """One rule, as an argument of a load balancer."""
    return {"rules": [{"name": "r", "condition": 'starts_with(http.request.uri.path, "/api/")', "fixedResponse": PAGE, **changes}]}


def response(**changes: Any) -> dict[str, Any]:
    """One rule with another answer."""
    return rule(fixedResponse={**PAGE, **changes})


def overrides(**changes: Any) -> dict[str, Any]:
    """One rule that overrides something."""
    return {"rules": [{"name": "r", "condition": "", "overrides": changes}]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (rule(name="r" * 201), "rules[0].name: expected"),
        (rule(priority=-1), "rules[0].priority: expected"),
        (rule(condition='http.host eq "www'), "rules[0].condition: filter parsing error"),
        (rule(condition='(http.host eq "www"'), "rules[0].condition: filter parsing error"),
        (response(messageBody="x" * 1025), "rules[0].fixedResponse.messageBody: message_body has 1025 bytes, over 1024"),
        (response(messageBody="é" * 513), "message_body has 1026 bytes, over 1024"),
        (response(contentType="x" * 33), "rules[0].fixedResponse.contentType: expected"),
        (response(location="x" * 2049), "rules[0].fixedResponse.location: expected"),
        (response(statusCode=42), "rules[0].fixedResponse.statusCode: expected"),
        (response(statusCode=600), "rules[0].fixedResponse.statusCode: expected"),
        ({"rules": [{"name": "r", "condition": ""}]}, "rules[0]: a rule needs fixed_response or overrides"),
        (overrides(defaultPools=[]), "rules[0].overrides.defaultPools: at least one default pool is needed"),
        (overrides(defaultPools=["a", "a"]), "rules[0].overrides.defaultPools: a occurs twice: value not unique (1003)"),
        (overrides(defaultPools=["0" * 32]), f"pool {'0' * 32} not found"),
        (overrides(fallbackPool="0" * 32), f"pool {'0' * 32} not found"),
        (overrides(regionPools={"EU": ["x"]}), "rules[0].overrides.regionPools: EU is not a region"),
        (overrides(popPools={"fra": ["x"]}), "rules[0].overrides.popPools: fra is not a data centre's code"),
        (overrides(sessionAffinity="sticky"), "rules[0].overrides.sessionAffinity: expected one of"),
        (overrides(sessionAffinity="cookie", sessionAffinityTtl=60), "rules[0].overrides.sessionAffinityTtl: session_affinity_ttl"),
        (overrides(sessionAffinity="header"), "affinity by header needs at least one header"),
        (overrides(sessionAffinityAttributes={"drainDuration": 3601}), "sessionAffinityAttributes.drainDuration: expected"),
        (overrides(randomSteering={"poolWeights": {"x": 2}}), "rules[0].overrides.randomSteering.poolWeights.x: expected"),
        (overrides(locationStrategy={"preferEcs": "maybe"}), "rules[0].overrides.locationStrategy.preferEcs: expected one of"),
        (overrides(ttl=9), "rules[0].overrides.ttl: expected"),
        ({"proxied": False, **overrides(sessionAffinity="cookie")}, "rules[0].overrides.sessionAffinity: session_affinity needs proxied"),
    ],
)
def test_a_wrong_rule_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancer", **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "www_.example.com."}, "name: www_.example.com. is not a hostname"),
        ({"name": f"{'a' * 64}.example.com"}, "is not a hostname"),
        ({"regionPools": {"WEU": []}}, "regionPools.WEU: WEU names no pool"),
        ({"regionPools": {"WEU": ["a", "a"]}}, "regionPools.WEU: a occurs twice"),
        ({"countryPools": {"DEU": ["a"]}}, "countryPools: DEU is not a country code"),
        ({"countryPools": {"DE": []}}, "countryPools.DE: DE names no pool"),
        ({"popPools": {"FR": ["a"]}}, "popPools: FR is not a data centre's code of three capital letters"),
        ({"proxied": False, "ttl": 9}, "ttl: expected"),
        ({"proxied": False, "ttl": 86401}, "ttl: expected"),
        ({**COOKIE, "sessionAffinityTtl": 604801}, "session_affinity_ttl is not in range [1800, 604800]"),
        ({**COOKIE, "sessionAffinityAttributes": {"drainDuration": 3601}}, "sessionAffinityAttributes.drainDuration: expected"),
        ({**COOKIE, "sessionAffinityAttributes": {"samesite": "lax"}}, "sessionAffinityAttributes.samesite: expected one of"),
        ({**COOKIE, "sessionAffinityAttributes": {"secure": "always"}}, "sessionAffinityAttributes.secure: expected one of"),
        (
            {"sessionAffinity": "header", "sessionAffinityAttributes": {"headers": ["x y"]}},
            "sessionAffinityAttributes.headers[0]: x y is not the name of a header",
        ),
        (
            {"sessionAffinity": "header", "sessionAffinityAttributes": {"headers": ["a", "b"]}},
            "affinity by 2 headers, and the free plan has 1",
        ),
        ({"locationStrategy": {"preferEcs": "yes"}}, "locationStrategy.preferEcs: expected one of"),
        ({"fallbackPool": "0" * 32, "defaultPools": ["0" * 32]}, f"pool {'0' * 32} not found"),
        ({"zoneId": None}, "zoneId: missing required property"),
    ],
)
def test_wrong_places_affinity_and_times_are_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("loadBalancer", **changes)


def test_a_rule_is_for_every_plan_and_several_for_enterprise(cloudflare: Cloudflare) -> None:
    pool = cloudflare.make("loadBalancerPool").id
    two = {"defaultPools": [pool], "fallbackPool": pool, "rules": [*rule(name="a")["rules"], *rule(name="b")["rules"]]}
    cloudflare.make("loadBalancer", name="one.example.com", **rule())
    assert "2 rules, and a load balancer has one without Enterprise" in cloudflare.refuses("loadBalancer", **two)
    big = cloudflare.add_zone("big.example", plan="enterprise")
    cloudflare.make("loadBalancer", zoneId=big, name="www.big.example", **two)
    same = {**two, "rules": [{**one, "priority": 1} for one in two["rules"]]}
    assert "two rules have the same priority" in cloudflare.refuses("loadBalancer", zoneId=big, name="w.big.example", **same)


def test_five_headers_are_for_enterprise(cloudflare: Cloudflare) -> None:
    big = cloudflare.add_zone("big.example", plan="enterprise")
    given: dict[str, Any] = {"zoneId": big, "name": "www.big.example", "sessionAffinity": "header"}
    headers = ["a", "b", "c", "cookie:id,name", "cookie"]
    made = cloudflare.make("loadBalancer", **given, sessionAffinityAttributes={"headers": headers})
    assert made.outputs["sessionAffinityTtl"] == 1800
    with pytest.raises(Refused, match="affinity by 6 headers, and the enterprise plan has 5"):
        cloudflare.change("loadBalancer", made, sessionAffinityAttributes={"headers": [*headers, "f"]})


def test_data_centres_are_for_enterprise_in_rules_too(cloudflare: Cloudflare) -> None:
    pool = cloudflare.make("loadBalancerPool").id
    given = {"defaultPools": [pool], "fallbackPool": pool, **overrides(popPools={"FRA": [pool]})}
    assert "pop_pools is for Enterprise" in cloudflare.refuses("loadBalancer", **given)


def test_a_rules_steering_needs_what_it_steers_by(cloudflare: Cloudflare) -> None:
    """Its own pools are asked for, or the load balancer's where it has none."""
    plain = cloudflare.make("loadBalancerPool", name="plain").id
    known = cloudflare.make("loadBalancerPool", name="known", latitude=1, longitude=2).id
    given: dict[str, Any] = {"defaultPools": [known], "fallbackPool": plain}
    wrong = "proximity needs the coordinates of pool plain"
    assert wrong in cloudflare.refuses("loadBalancer", **given, **overrides(steeringPolicy="proximity", defaultPools=[plain]))
    wrong = "dynamic_latency needs a monitor on pool known"
    assert wrong in cloudflare.refuses("loadBalancer", **given, **overrides(steeringPolicy="dynamic_latency"))
    cloudflare.make("loadBalancer", **given, **overrides(steeringPolicy="proximity"))


@pytest.mark.parametrize("where", ["regionPools", "countryPools", "popPools", "overrides"])
def test_a_pool_stays_in_use_by_places_and_rules_after_the_steering_changed(cloudflare: Cloudflare, where: str) -> None:
    """Cloudflare keeps them when another steering is taken, and refuses to delete the pool until they are gone."""
    big = cloudflare.add_zone("big.example", plan="enterprise")
    first, other = (cloudflare.make("loadBalancerPool", name=name) for name in ("first", "other"))
    place = {"regionPools": "WEU", "countryPools": "DE", "popPools": "FRA"}.get(where)
    more = {where: {place: [other.id]}} if place else overrides(defaultPools=[other.id])
    balancer = cloudflare.make(
        "loadBalancer", zoneId=big, name="www.big.example", defaultPools=[first.id], fallbackPool=first.id, steeringPolicy="geo", **more
    )
    balancer = cloudflare.change("loadBalancer", balancer, steeringPolicy="off")
    with pytest.raises(Refused, match=r"referenced by other objects, delete them first .*\(1005\)"):
        cloudflare.remove("loadBalancerPool", other)
    cloudflare.change("loadBalancer", balancer, **dict.fromkeys(more))
    cloudflare.remove("loadBalancerPool", other)


def test_checks_bear_what_is_not_known_yet(cloudflare: Cloudflare) -> None:
    """A first preview knows neither ids nor what depends on them."""
    unknown: list[dict[str, Any]] = [
        {"rules": UNKNOWN},
        {"rules": [UNKNOWN]},
        rule(condition=UNKNOWN, priority=UNKNOWN, name=UNKNOWN),
        rule(fixedResponse=UNKNOWN),
        response(messageBody=UNKNOWN),
        overrides(defaultPools=[UNKNOWN, UNKNOWN], fallbackPool=UNKNOWN, regionPools={"WEU": [UNKNOWN, UNKNOWN]}),
        overrides(sessionAffinity=UNKNOWN, sessionAffinityAttributes=UNKNOWN),
        {"regionPools": UNKNOWN, "countryPools": {"DE": UNKNOWN}, "name": UNKNOWN},
        {"sessionAffinity": "header", "sessionAffinityAttributes": {"headers": [UNKNOWN]}, "proxied": UNKNOWN},
        {"sessionAffinity": UNKNOWN, "sessionAffinityTtl": UNKNOWN},
    ]
    for changes in unknown:
        given = cloudflare.inputs("loadBalancer", {"defaultPools": [UNKNOWN], "fallbackPool": UNKNOWN, **changes})
        assert not cloudflare.check(cloudflare.token("loadBalancer"), "it", given, set()).failures, changes
