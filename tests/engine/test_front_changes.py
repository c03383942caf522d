"""Changes of a front under the real engine: each touches what it is about, replaces nothing, and takes things away in an order that
Cloudflare accepts."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.one_front import ZONE, Change, OneFront

BALANCER = "update LoadBalancer load-balancer"


def said(changes: list[Change]) -> list[str]:
    """The changes as text, in order."""
    return [str(change) for change in changes]


def before(changes: list[Change], first: str, second: str) -> bool:
    """Whether both happened, and the first before the second."""
    return said(changes).index(first) < said(changes).index(second)


@pytest.fixture
def front(tmp_path: Path) -> OneFront:
    return OneFront(tmp_path)


def test_a_tier_comes_and_goes(front: OneFront) -> None:
    """Its pool is there before the load balancer names it, and goes after the load balancer has let it go; the others stay."""
    front.become(["fra", "ash"])
    added = front.become(["fra", "ash", "sin"])
    assert said(added) == ["create LoadBalancerPool sin", BALANCER]
    first = front.become(["ash", "sin"])
    assert said(first) == [BALANCER, "delete LoadBalancerPool fra"]
    last = front.become(["ash"])
    assert said(last) == [BALANCER, "delete LoadBalancerPool sin"]
    front.settled()
    assert list(front.outputs()["pool_ids"]) == ["ash"]
    other = front.become(["fra"])
    assert said(other) == ["create LoadBalancerPool fra", BALANCER, "delete LoadBalancerPool ash"]
    front.destroy()


def test_a_tier_comes_and_goes_where_weights_and_places_name_it(front: OneFront) -> None:
    """No weight, no place, no route and no fallback still names a pool when it goes."""
    route = {"name": "api", "path": "/api/", "pools": ["ash", "fra"], "steering": "random"}
    weighed: list[str | dict[str, Any]] = [{"tier": "fra", "weight": 0.5}, {"tier": "ash", "weight": 1}]
    front.become(weighed, steering="random", fallback_pool="ash", routes=[route])
    gone = front.become(["fra"], steering="random", routes=[{**route, "pools": ["fra"]}])
    assert said(gone) == [BALANCER, "delete LoadBalancerPool ash"]
    places = {"regions": {"WEU": ["fra", "ash"]}, "countries": {"US": ["ash"]}, "pops": {"IAD": ["ash"]}}
    front.become(["fra", "ash"], steering="geo", geo=places)
    gone = front.become(["fra"])
    assert said(gone) == [BALANCER, "delete LoadBalancerPool ash"]
    front.destroy()


def test_a_renamed_pool_is_another_pool(front: OneFront) -> None:
    """The new one gets visitors before the old one goes, and their names in the account do not collide."""
    front.become(["fra", "ash"], fallback_pool="fra")
    renamed = front.become([{"tier": "fra", "name": "europe"}, "ash"], fallback_pool="europe")
    assert said(renamed) == ["create LoadBalancerPool europe", BALANCER, "delete LoadBalancerPool fra"]
    swapped = front.become([{"tier": "fra", "name": "ash"}, {"tier": "ash", "name": "europe"}], fallback_pool="europe")
    assert set(said(swapped)) <= {"update LoadBalancerPool ash", "update LoadBalancerPool europe", BALANCER}
    front.settled()
    front.destroy()


def test_the_order_and_the_fallback_are_the_load_balancers(front: OneFront) -> None:
    """Another order of pools, and another fallback, change the load balancer alone."""
    front.become(["fra", "ash", "sin"])
    ids = front.outputs()["pool_ids"]
    assert said(front.become(["sin", "fra", "ash"])) == [BALANCER]
    balancer = front.one("LoadBalancer")
    assert balancer["defaultPools"] == [ids["sin"], ids["fra"], ids["ash"]]
    assert balancer["fallbackPool"] == ids["ash"]
    assert said(front.become(["sin", "fra", "ash"], fallback_pool="fra")) == [BALANCER]
    assert front.one("LoadBalancer")["fallbackPool"] == ids["fra"]
    front.settled()


def test_affinity_changes_the_load_balancer_alone(front: OneFront) -> None:
    """By cookie, by header and back to none; with failover of requests and across pools."""
    front.become(["fra", "ash"])
    kinds: list[dict[str, Any]] = [
        {"session_affinity": "cookie", "affinity": {"ttl": 3600, "drain_seconds": 60, "same_site": "Lax", "secure": "Always"}},
        {"session_affinity": "ip_cookie", "zero_downtime_failover": "sticky", "failover_across_pools": True},
        {"session_affinity": "header", "affinity": {"headers": ["x-user", "cookie:id"], "require_all_headers": True, "ttl": 60}},
        {"session_affinity": "cookie", "zero_downtime_failover": "temporary"},
    ]
    for kind in kinds:
        assert said(front.become(["fra", "ash"], **kind)) == [BALANCER], kind
        front.settled()
    assert said(front.become(["fra", "ash"])) == [BALANCER]
    assert not {"sessionAffinity", "sessionAffinityAttributes", "adaptiveRouting"} & set(front.one("LoadBalancer"))


def test_a_tier_is_drained_and_comes_back(front: OneFront) -> None:
    """Its origins are disabled in its place, in one change, and no preview after it finds a difference; without draining, it is itself."""
    out: list[str | dict[str, Any]] = ["ash", {"tier": "fra", "enabled": False}]
    staying: dict[str, Any] = {"session_affinity": "cookie", "affinity": {"drain_seconds": 60}}
    front.become(["ash", "fra"], **staying)
    assert set(said(front.become(out, **staying))) == {"update LoadBalancerPool fra", BALANCER}  # the fallback, which was the last one
    pool = front.held("LoadBalancerPool")["fra"]
    assert [origin["enabled"] for origin in pool["origins"]] == [False, False] and "enabled" not in pool
    assert front.one("LoadBalancer")["fallbackPool"] == front.outputs()["pool_ids"]["ash"]
    front.settled()
    assert set(said(front.become(out))) == {"update LoadBalancerPool fra", BALANCER}
    pool = front.held("LoadBalancerPool")["fra"]
    assert pool["enabled"] is False and not [origin for origin in pool["origins"] if "enabled" in origin]
    front.settled()
    front.become(out, **staying)
    front.become(["ash", "fra"], **staying)
    pool = front.held("LoadBalancerPool")["fra"]
    assert "enabled" not in pool and not [origin for origin in pool["origins"] if "enabled" in origin]
    front.settled()
    front.destroy()


def test_routes_change_the_load_balancer_alone(front: OneFront) -> None:
    """Several, in another order, with an answer of Cloudflare's own, with a pool of their own that goes in the right order, none."""
    api: dict[str, Any] = {"name": "api", "path": "/api/", "pools": ["ash"], "steering": "failover", "session_affinity": "cookie"}
    closed: dict[str, Any] = {"name": "closed", "path": "/old/", "respond": {"status": 503, "body": "Back soon."}}
    moved: dict[str, Any] = {"name": "moved", "path": "/new/", "respond": {"status": 301, "location": f"https://shop.{ZONE}/"}}
    front.become(["fra", "ash"])
    for routes in ([api], [api, closed], [closed, api, moved]):
        assert said(front.become(["fra", "ash"], routes=routes)) == [BALANCER]
        assert [rule["name"] for rule in front.one("LoadBalancer")["rules"]] == [route["name"] for route in routes]
        front.settled()
    own = front.become(["fra", "ash", {"tier": "sin", "routes_only": True}], routes=[{**api, "pools": ["sin"]}])
    assert said(own) == ["create LoadBalancerPool sin", BALANCER]
    ids, balancer = front.outputs()["pool_ids"], front.one("LoadBalancer")
    assert ids["sin"] not in balancer["defaultPools"]
    front.settled()
    assert said(front.become(["fra", "ash"])) == [BALANCER, "delete LoadBalancerPool sin"]
    assert "rules" not in front.one("LoadBalancer")


def test_notifications_change_nothing_else(front: OneFront) -> None:
    """By e-mail, webhook and PagerDuty; a webhook is there before the policy names it and goes after."""
    policy, hook = "NotificationPolicy notification", "NotificationPolicyWebhooks"
    front.become(["fra"])
    mails = front.become(["fra"], notification_email="ops@example.com")
    assert said(mails) == [f"create {policy}"]
    hooks = front.become(["fra"], notifications={"emails": ["ops@example.com"], "webhooks": {"chat": "https://hooks.example.com/a"}})
    assert [(change.operation, change.type) for change in hooks] == [("create", hook), ("update", "NotificationPolicy")]
    front.settled()
    duty = front.become(["fra"], notifications={"pagerduty": ["0123456789abcdef0123456789abcdef"]})
    assert [(change.operation, change.type) for change in duty] == [("update", "NotificationPolicy"), ("delete", hook)]
    added = front.become(["fra", "ash"], notifications={"pagerduty": ["0123456789abcdef0123456789abcdef"]})
    assert set(said(added)) == {"create LoadBalancerPool ash", BALANCER, f"update {policy}"}
    front.settled()
    assert before(front.become(["fra"]), BALANCER, "delete LoadBalancerPool ash")
    assert front.held("NotificationPolicy") == front.held(hook) == {}


PATTERNS: dict[str, tuple[list[str | dict[str, Any]], dict[str, Any]]] = {
    "active_active": (["fra", "ash"], {}),
    "active_passive": (["fra", "ash"], {}),
    "burst": ([{"tier": "fra", "shed_percent": 20}, "ash"], {}),
    "preproduction": (["fra", "ash"], {"preproduction_hostname": f"next.{ZONE}"}),
    "cost_weighted": ([{"tier": "fra", "cost": 2}, {"tier": "ash", "cost": 3}], {}),
}


def test_every_pattern_changes_into_the_next(front: OneFront) -> None:
    """From one word to the next nothing is replaced, no pool goes, and each is settled."""
    front.become(["fra", "ash"])
    for pattern, (pools, more) in PATTERNS.items():
        changes = front.become(pools, pattern=pattern, **more)
        changed = [change for change in changes if change.type != "DnsRecord"]
        assert {change.operation for change in changed} == {"update"}, pattern
        assert {change.type for change in changed} <= {"LoadBalancer", "LoadBalancerPool"}, pattern
        assert {(change.operation, change.name) for change in changes if change.type == "DnsRecord"} <= {
            ("create", f"next.{ZONE}"),
            ("delete", f"next.{ZONE}"),
        }
        front.settled()
    front.destroy()


def test_health_and_pools_change_in_place(front: OneFront) -> None:
    """The monitor alone, and a pool alone: how often, from where, which origin, how much is shed, another address, taken out."""
    front.become(["fra", "ash"])
    watched: dict[str, Any] = {"monitor": {"interval": 15, "timeout": 2, "retries": 2, "consecutive_down": 2}, "health_path": "/up"}
    assert said(front.become(["fra", "ash"], **watched)) == ["update LoadBalancerMonitor monitor"]
    assert front.outputs()["detection_seconds"] == 36
    pools: list[dict[str, Any]] = [
        {"check_regions": ["WEU", "ENAM"]},
        {"origin_steering": "hash", "minimum_origins": 2},
        {"shed_percent": 10, "shed_session_percent": 5},
        {"enabled": False},
    ]
    for pool in pools:
        assert said(front.become([{"tier": "fra", **pool}, "ash"], **watched)) == ["update LoadBalancerPool fra"], pool
        front.settled()
    front.become(["fra", "ash"], **watched)
    front.tiers["fra"]["addresses"] = ["203.0.113.12", "203.0.113.11", "2001:db8::12"]
    assert said(front.become(["fra", "ash"], **watched)) == ["update LoadBalancerPool fra"]
    origins = front.held("LoadBalancerPool")["fra"]["origins"]
    assert [origin["name"] for origin in origins] == sorted(origin["name"] for origin in origins)
    front.settled()


def test_another_hostname_and_other_aliases_replace_nothing(front: OneFront) -> None:
    """The load balancer is renamed in place, health checks ask for the new name, and records of names come and go alone."""
    front.become(["fra"], aliases=[f"shop.{ZONE}"])
    renamed = front.become(["fra"], hostname=ZONE, aliases=[f"www.{ZONE}", f"shop.{ZONE}"])
    assert {str(change) for change in renamed if change.type != "DnsRecord"} == {BALANCER, "update LoadBalancerMonitor monitor"}
    assert {str(change) for change in renamed} >= {f"create DnsRecord www.{ZONE}", f"update DnsRecord shop.{ZONE}"}
    front.settled()
    gone = front.become(["fra"], hostname=ZONE)
    assert {*said(gone)} == {f"delete DnsRecord {name}.{ZONE}" for name in ("www", "shop")}
    front.destroy()


def test_a_front_on_the_free_plan(tmp_path: Path) -> None:
    """What the defaults ask for is allowed on every plan, and two fronts' pools do not collide."""
    front = OneFront(tmp_path, plan="free")
    front.become(["fra", "ash"], shield={}, monitor={"interval": 15}, routes=[{"name": "api", "path": "/api/", "pools": ["ash"]}])
    front.settled()
    front.destroy()
