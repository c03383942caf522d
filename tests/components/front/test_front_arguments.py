"""What each argument of a front with load balancing becomes at Cloudflare: exactly that, and nothing where it is Cloudflare's default."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest

from multicloud.front.cloudflare import CloudflareFront
from multicloud.front.steering import REGIONS
from tests.recording import Recording

MONITOR = "cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor"
POOL = "cloudflare:index/loadBalancerPool:LoadBalancerPool"
LOAD_BALANCER = "cloudflare:index/loadBalancer:LoadBalancer"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
POLICY = "cloudflare:index/notificationPolicy:NotificationPolicy"
WEBHOOK = "cloudflare:index/notificationPolicyWebhooks:NotificationPolicyWebhooks"
BALANCING = (MONITOR, POOL, LOAD_BALANCER, RECORD, POLICY, WEBHOOK)


def pool(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "origins": [{"name": name, "address": f"{name}.example", "weight": 1.0}], **more}


def pools(first: dict[str, Any] | None = None, second: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return [pool("aws", **(first or {})), pool("gcp", **(second or {}))]


class Fronts:
    """Makes fronts, and says how their inputs differ from those of a plain one."""

    def __init__(self) -> None:
        self.recordings: list[Recording] = []

    def made(self, **changes: Any) -> Recording:
        """A recording of a front with changed arguments."""
        recording = Recording()
        self.recordings.append(recording)
        given: Any = {"zone": "example.com", "hostname": "www.example.com", "pools": pools(), **changes}
        recording.run(lambda: CloudflareFront("front", given))
        return recording

    def difference(self, **changes: Any) -> dict[str, dict[str, Any]]:
        """The inputs that differ, by resource; None for what is left out, and the names of pools in place of their ids."""
        plain, changed = (self.inputs(self.made(**given)) for given in ({}, changes))
        found = {}
        for resource in sorted({*plain, *changed}):
            before, after = plain.get(resource, {}), changed.get(resource, {})
            differ = {key: after.get(key) for key in sorted({*before, *after}) if before.get(key) != after.get(key)}
            if differ:
                found[resource] = differ
        return found

    @staticmethod
    def inputs(recording: Recording) -> dict[str, Any]:
        ids = {made.id: made.name.removeprefix("front-") for made in recording.all(POOL)}

        def named(value: Any) -> Any:
            if isinstance(value, dict):
                return {ids.get(key, key): named(element) for key, element in value.items()}
            if isinstance(value, list):
                return [named(element) for element in value]
            return ids.get(value, value) if isinstance(value, str) else value

        return {child.name.removeprefix("front-"): named(child.inputs) for child in recording.children("front") if child.type in BALANCING}


@pytest.fixture
def fronts() -> Iterator[Fronts]:
    made = Fronts()
    yield made
    for recording in made.recordings:
        recording.close()


MONITORED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"interval": 30}, {"interval": 30}),
    ({"timeout": 3, "retries": 0}, {"timeout": 3, "retries": 0}),
    ({"consecutive_down": 2, "consecutive_up": 3}, {"consecutiveDown": 2, "consecutiveUp": 3}),
    ({"expected_body": "ok"}, {"expectedBody": "ok"}),
    ({"follow_redirects": True}, {"followRedirects": True}),
    ({"follow_redirects": False}, {}),
]


@pytest.mark.parametrize(("monitor", "inputs"), MONITORED)
def test_the_monitor_says_what_is_given(fronts: Fronts, monitor: dict[str, Any], inputs: dict[str, Any]) -> None:
    assert fronts.difference(monitor=monitor) == ({"monitor": inputs} if inputs else {})


def test_a_monitor_shows_the_certificate_that_origins_ask_for(fronts: Fronts) -> None:
    """Without the zone's name its HTTPS checks fail where origins ask for Cloudflare's certificate."""
    asked = fronts.made(origin_port=443, shield={"origin_pulls": True}).one(MONITOR).inputs
    assert asked.items() >= {"type": "https", "probeZone": "example.com"}.items()
    assert "probeZone" not in fronts.made(origin_port=443).one(MONITOR).inputs


@pytest.mark.parametrize("shield", [None, {"enabled": False}], ids=["with a shield", "with that of another front"])
def test_a_monitor_may_show_a_certificate_that_is_not_the_shields(fronts: Fronts, shield: dict[str, Any] | None) -> None:
    """`OriginPulls` belong to the zone, and the front knows nothing of them."""
    given = {"origin_port": 443, "shield": shield}
    assert fronts.made(**given, monitor={"shows_certificate": True}).one(MONITOR).inputs["probeZone"] == "example.com"
    assert "probeZone" not in fronts.made(**given, monitor={"shows_certificate": False}).one(MONITOR).inputs


def test_a_monitor_takes_the_certificates_that_visitors_requests_take(fronts: Fronts) -> None:
    """`full` is for origins whose certificate nobody trusts, all of which would be down for a monitor that looked at it."""
    assert fronts.made(origin_port=443, shield={"ssl": "full"}).one(MONITOR).inputs["allowInsecure"] is True
    for shield in ({"ssl": "strict"}, {}, {"enabled": False}):
        assert "allowInsecure" not in fronts.made(origin_port=443, shield=shield).one(MONITOR).inputs


def test_a_disabled_pool_is_no_last_resort_unless_it_is_said_to_be(fronts: Fronts) -> None:
    """Cloudflare answers visitors with an error 530 where the fallback pool is disabled."""
    assert fronts.difference(pools=pools({}, {"enabled": False}))["load-balancer"] == {"fallbackPool": "aws"}
    route = {"name": "api", "path": "/api/", "pools": ["aws", "gcp"]}
    made = fronts.inputs(fronts.made(pools=[*pools({}, {"enabled": False}), pool("own")], routes=[route]))
    assert made["load-balancer"]["fallbackPool"] == "own"
    assert made["load-balancer"]["rules"][0]["overrides"]["fallbackPool"] == "aws"


STAYING = {"session_affinity": "cookie", "affinity": {"drain_seconds": 300}}


def test_a_pool_that_is_taken_out_is_drained_by_its_origins(fronts: Fronts) -> None:
    """Cloudflare drains an endpoint that is disabled; the pool then stays as it is, and is no last resort either way."""
    two = [{"name": name, "address": f"{name}.example", "weight": 1.0} for name in ("b", "a")]
    given = [pool("aws"), {**pool("gcp"), "origins": two, "enabled": False}]
    made = fronts.inputs(fronts.made(pools=given, **STAYING))
    assert [(origin["name"], origin["enabled"]) for origin in made["gcp"]["origins"]] == [("a", False), ("b", False)]
    assert "enabled" not in made["gcp"] and "enabled" not in made["aws"]["origins"][0]
    assert made["load-balancer"]["fallbackPool"] == "aws"


@pytest.mark.parametrize("affinity", [{}, {"session_affinity": "cookie"}, {**STAYING, "affinity": {"drain_seconds": 0}}])
def test_a_pool_that_is_taken_out_without_draining_is_disabled(fronts: Fronts, affinity: dict[str, Any]) -> None:
    made = fronts.inputs(fronts.made(pools=pools({}, {"enabled": False}), **affinity))
    assert made["gcp"]["enabled"] is False and "enabled" not in made["gcp"]["origins"][0]


def test_nothing_is_drained_while_it_is_enabled(fronts: Fronts) -> None:
    for said in ({}, {"enabled": True}):
        made = fronts.inputs(fronts.made(pools=pools(said), **STAYING))
        assert "enabled" not in made["aws"] and "enabled" not in made["aws"]["origins"][0]


POOLED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"origin_steering": "hash"}, {"originSteering": {"policy": "hash"}}),
    ({"origin_steering": "least_connections"}, {"originSteering": {"policy": "least_connections"}}),
    ({"origin_steering": "random"}, {}),
    ({"shed_percent": 20}, {"loadShedding": {"defaultPercent": 20}}),
    ({"shed_percent": 20, "shed_session_percent": 5}, {"loadShedding": {"defaultPercent": 20, "sessionPercent": 5}}),
    ({"shed_percent": 0, "shed_session_percent": 0}, {}),
    ({"check_regions": ["OC"]}, {"checkRegions": ["OC"]}),
    ({"check_regions": []}, {}),
    ({"enabled": False}, {"enabled": False}),
    ({"enabled": True}, {}),
    ({"minimum_origins": 1}, {"minimumOrigins": 1}),
    ({"latitude": 48.2, "longitude": 16.37}, {"latitude": 48.2, "longitude": 16.37, "checkRegions": ["EEU"]}),
    ({"cloud": "aws", "region": "us-east-1"}, {"checkRegions": ["ENAM"]}),
    ({"cloud": "aws", "region": "eu-central-1"}, {}),
    ({"origin_count": 1}, {}),
]


@pytest.mark.parametrize(("said", "inputs"), POOLED)
def test_a_pool_says_what_is_given(fronts: Fronts, said: dict[str, Any], inputs: dict[str, Any]) -> None:
    assert fronts.difference(pools=pools(said)) == ({"aws": inputs} if inputs else {})


def test_regions_of_checks_are_in_order(fronts: Fronts) -> None:
    """In whatever order they are given, so that it is never a difference."""
    given = pools({"check_regions": ["WNAM", "EEU", "WEU"]})
    assert fronts.difference(pools=given, plan="business") == {"aws": {"checkRegions": ["EEU", "WEU", "WNAM"]}}


def test_as_many_regions_as_can_be_had_are_taken(fronts: Fronts) -> None:
    """How many of eight have been bought is not ours to know; Enterprise has all."""
    for plan, most in (("free", 8), ("pro", 8), ("business", 8), ("enterprise", 13)):
        made = fronts.made(pools=pools({"check_regions": [*REGIONS][:most]}), plan=plan)
        assert len(made.all(POOL)[0].inputs["checkRegions"]) == most


def test_health_is_always_checked_from_regions_that_are_named(fronts: Fronts) -> None:
    """Nothing said would be every data centre, which Cloudflare refuses below Enterprise."""
    (first, second) = fronts.made().all(POOL)
    assert first.inputs["checkRegions"] == second.inputs["checkRegions"] == ["WEU"]


def test_dynamic_latency_is_measured_from_all_regions_where_the_plan_has_that(fronts: Fronts) -> None:
    for plan, regions in (("enterprise", ["ALL_REGIONS"]), ("business", ["WEU"])):
        assert fronts.made(steering="dynamic_latency", plan=plan).all(POOL)[0].inputs["checkRegions"] == regions


GEO = {"steering": "geo", "geo": {"regions": {"WEU": ["gcp", "aws"]}, "countries": {"CH": ["gcp"]}}}
COOKIE = {"session_affinity": "cookie"}
OPEN = {"dns": {"proxied": False}}
BALANCED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (GEO, {"steeringPolicy": "geo", "regionPools": {"WEU": ["gcp", "aws"]}, "countryPools": {"CH": ["gcp"]}}),
    (
        {"steering": "geo", "geo": {"pops": {"FRA": ["aws"]}}, "plan": "enterprise"},
        {"steeringPolicy": "geo", "popPools": {"FRA": ["aws"]}},
    ),
    ({"fallback_pool": "aws"}, {"fallbackPool": "aws"}),
    ({"fallback_pool": "gcp"}, {}),
    ({"failover_across_pools": True}, {"adaptiveRouting": {"failoverAcrossPools": True}}),
    ({"failover_across_pools": False}, {}),
    ({"zero_downtime_failover": "none"}, {}),
    ({**COOKIE, "zero_downtime_failover": "none"}, {"sessionAffinity": "cookie"}),
    (
        {**COOKIE, "zero_downtime_failover": "sticky"},
        {"sessionAffinity": "cookie", "sessionAffinityAttributes": {"zeroDowntimeFailover": "sticky"}},
    ),
    ({"session_affinity": "ip_cookie", "affinity": {"ttl": 7200}}, {"sessionAffinity": "ip_cookie", "sessionAffinityTtl": 7200}),
    (
        {**COOKIE, "affinity": {"drain_seconds": 300, "same_site": "Strict", "secure": "Always"}},
        {"sessionAffinity": "cookie", "sessionAffinityAttributes": {"drainDuration": 300, "samesite": "Strict", "secure": "Always"}},
    ),
    ({**COOKIE, "affinity": {"drain_seconds": 0}}, {"sessionAffinity": "cookie"}),
    (
        {"session_affinity": "header", "affinity": {"headers": ["X-A", "X-B"], "require_all_headers": True}, "plan": "enterprise"},
        {"sessionAffinity": "header", "sessionAffinityAttributes": {"headers": ["X-A", "X-B"], "requireAllHeaders": True}},
    ),
    (
        {"session_affinity": "header", "affinity": {"headers": ["X-A"], "require_all_headers": False, "ttl": 60}},
        {"sessionAffinity": "header", "sessionAffinityTtl": 60, "sessionAffinityAttributes": {"headers": ["X-A"]}},
    ),
    (OPEN, {"proxied": False}),
    ({"dns": {"proxied": False, "ttl": 60}}, {"proxied": False, "ttl": 60}),
    ({"dns": {"proxied": True}}, {}),
    (
        {**OPEN, **GEO, "location_strategy": {"mode": "resolver_ip", "prefer_ecs": "always"}},
        {
            "proxied": False,
            "steeringPolicy": "geo",
            "regionPools": {"WEU": ["gcp", "aws"]},
            "countryPools": {"CH": ["gcp"]},
            "locationStrategy": {"mode": "resolver_ip", "preferEcs": "always"},
        },
    ),
    ({"mode": "load_balancer"}, {}),
    (
        {"routes": [{"name": "api", "path": "/api/", "pools": ["gcp", "aws"], "steering": "random", "session_affinity": "none"}]},
        {
            "rules": [
                {
                    "name": "api",
                    "condition": 'starts_with(http.request.uri.path, "/api/")',
                    "priority": 0,
                    "terminates": True,
                    "overrides": {
                        "defaultPools": ["gcp", "aws"],
                        "fallbackPool": "aws",
                        "steeringPolicy": "random",
                        "sessionAffinity": "none",
                    },
                }
            ]
        },
    ),
    (
        {
            "plan": "enterprise",
            "routes": [
                {"name": "closed", "hostname": "www.example.com", "path": "/shop/", "respond": {"status": 503, "body": "Back soon."}},
                {"name": "moved", "expression": 'http.host eq "old"', "respond": {"status": 301, "location": "https://www.example.com"}},
            ],
        },
        {
            "rules": [
                {
                    "name": "closed",
                    "condition": 'http.host eq "www.example.com" and starts_with(http.request.uri.path, "/shop/")',
                    "priority": 0,
                    "terminates": True,
                    "fixedResponse": {"statusCode": 503, "messageBody": "Back soon.", "contentType": "text/plain"},
                },
                {
                    "name": "moved",
                    "condition": 'http.host eq "old"',
                    "priority": 1,
                    "terminates": True,
                    "fixedResponse": {"statusCode": 301, "location": "https://www.example.com"},
                },
            ]
        },
    ),
    ({"pattern": "active_active"}, {"steeringPolicy": "dynamic_latency", "adaptiveRouting": {"failoverAcrossPools": True}}),
    ({"pattern": "active_passive"}, {"adaptiveRouting": {"failoverAcrossPools": True}}),
    ({"pattern": "active_passive", "failover_across_pools": False}, {}),
    ({"pattern": "active_passive", **OPEN}, {"proxied": False}),
    (
        {"pattern": "active_active", "steering": "least_connections", **COOKIE},
        {
            "steeringPolicy": "least_connections",
            "adaptiveRouting": {"failoverAcrossPools": True},
            "sessionAffinity": "cookie",
            "sessionAffinityAttributes": {"zeroDowntimeFailover": "temporary"},
        },
    ),
]


@pytest.mark.parametrize(("said", "inputs"), BALANCED)
def test_the_load_balancer_says_what_is_given(fronts: Fronts, said: dict[str, Any], inputs: dict[str, Any]) -> None:
    assert fronts.difference(**said) == ({"load-balancer": inputs} if inputs else {})


def test_burst_is_failover_from_a_pool_that_sheds(fronts: Fronts) -> None:
    assert fronts.difference(pattern="burst", pools=pools({"shed_percent": 20})) == {
        "aws": {"loadShedding": {"defaultPercent": 20}},
        "load-balancer": {"adaptiveRouting": {"failoverAcrossPools": True}},
    }


def test_cost_weighted_sends_more_where_it_is_cheaper(fronts: Fronts) -> None:
    assert fronts.difference(pattern="cost_weighted", pools=pools({"cost": 40}, {"cost": 10}))["load-balancer"] == {
        "steeringPolicy": "random",
        "randomSteering": {"poolWeights": {"aws": 0.25, "gcp": 1}},
        "adaptiveRouting": {"failoverAcrossPools": True},
    }


def test_preproduction_is_the_last_pool_under_a_name_of_its_own(fronts: Fronts) -> None:
    """Nobody else gets it, not even when all the others are gone."""
    found = fronts.difference(pattern="preproduction", preproduction_hostname="next.example.com")
    assert found["load-balancer"] == {
        "adaptiveRouting": {"failoverAcrossPools": True},
        "defaultPools": ["aws"],
        "fallbackPool": "aws",
        "rules": [
            {
                "name": "preproduction",
                "condition": 'http.host eq "next.example.com"',
                "priority": 0,
                "terminates": True,
                "overrides": {"defaultPools": ["gcp"], "fallbackPool": "gcp", "steeringPolicy": "off"},
            }
        ],
    }
    assert found["next.example.com"].items() >= {"type": "CNAME", "content": "www.example.com", "proxied": True}.items()


def test_a_pool_for_routes_alone_is_no_default_and_keeps_its_weight(fronts: Fronts) -> None:
    given = [pool("aws", weight=0.5), pool("gcp"), pool("beta", routes_only=True, weight=0.25)]
    rule = {"name": "beta", "path": "/beta/", "pools": ["beta", "gcp"]}
    found = fronts.difference(pools=given, routes=[rule], steering="random")["load-balancer"]
    assert set(found) == {"steeringPolicy", "randomSteering", "rules"}
    assert found["randomSteering"] == {"poolWeights": {"aws": 0.5, "gcp": 1, "beta": 0.25}}


def test_aliases_of_a_front_that_is_not_proxied_are_not_either(fronts: Fronts) -> None:
    """A name that is proxied before one that is not would hide what the load balancer answers."""
    recording = fronts.made(aliases=["shop.example.com"], dns={"proxied": False, "ttl": 60})
    assert recording.one(RECORD).inputs.items() >= {"type": "CNAME", "proxied": False, "ttl": 60}.items()


def test_a_front_that_is_not_proxied_adds_what_resolvers_keep_to_the_detection_time(fronts: Fronts) -> None:
    for dns, seconds in (({"proxied": False}, 105), ({"proxied": False, "ttl": 60}, 135), ({"proxied": True}, 75)):
        registered = fronts.made(dns=dns).one("multicloud:index:CloudflareFront").registered
        assert registered is not None and registered["detectionSeconds"] == seconds


def test_notifications_go_to_everyone_named_in_order(fronts: Fronts) -> None:
    recording = fronts.made(
        plan="business",
        notifications={
            "emails": ["ops@example.com", "boss@example.com"],
            "webhooks": {"pager": "https://hooks.example.com/2", "chat": pulumi.Output.secret("https://hooks.example.com/1")},
            "pagerduty": ["0123456789abcdef0123456789abcdef"],
        },
    )
    chat, pager = recording.one(WEBHOOK, "front-webhook-chat"), recording.one(WEBHOOK, "front-webhook-pager")
    account = recording.one(MONITOR).inputs["accountId"]
    assert chat.inputs == {"accountId": account, "name": "chat", "url": "https://hooks.example.com/1"}
    assert chat.secrets == {"url"}
    assert recording.one(POLICY).inputs["mechanisms"] == {
        "emails": [{"id": "boss@example.com"}, {"id": "ops@example.com"}],
        "webhooks": [{"id": chat.id}, {"id": pager.id}],
        "pagerduties": [{"id": "0123456789abcdef0123456789abcdef"}],
    }


def test_one_address_beside_webhooks_is_among_them(fronts: Fronts) -> None:
    recording = fronts.made(
        plan="pro", notification_email="ops@example.com", notifications={"webhooks": {"chat": "https://hooks.example.com/1"}}
    )
    assert set(recording.one(POLICY).inputs["mechanisms"]) == {"emails", "webhooks"}
