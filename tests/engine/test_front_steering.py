"""Every steering policy under the real engine: made, changed to every other one and back, to records and back, and gone."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.one_front import ZONE, Change, OneFront

SHOP = f"shop.{ZONE}"
GEO = {"regions": {"WEU": ["fra", "ash"], "ENAM": ["ash"]}, "countries": {"CH": ["fra"]}, "pops": {"IAD": ["ash", "fra"]}}
POLICIES = ("failover", "random", "geo", "dynamic_latency", "proximity", "least_outstanding_requests", "least_connections")
WEIGHED = ("random", "least_outstanding_requests", "least_connections")
CLOUDFLARES = {"failover": "off"}
"""Cloudflare's word for a policy, where it is another one."""


def steer(front: OneFront, policy: str) -> list[Change]:
    """Makes the front steer by a policy, with what belongs to that."""
    more: dict[str, Any] = {"geo": GEO} if policy == "geo" else {}
    weights = [{"weight": 0.75}, {"weight": 0.25}] if policy in WEIGHED else [{}, {}]
    return front.become([{"tier": "fra", **weights[0]}, {"tier": "ash", **weights[1]}], steering=policy, aliases=[SHOP], **more)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_lives_and_changes(tmp_path: Path, policy: str) -> None:
    """Made, it is settled; to half of the others and back, which over all policies is each to each, only what steers is updated; to
    records and back, no name is ever without an answer; destroyed, nothing is left."""
    front = OneFront(tmp_path)
    made = steer(front, policy)
    assert {change.operation for change in made} == {"create"}
    assert front.one("LoadBalancer")["steeringPolicy"] == CLOUDFLARES.get(policy, policy)
    front.settled()

    place = POLICIES.index(policy)
    for distance in (1, 2, 3):
        other = POLICIES[(place + distance) % len(POLICIES)]
        for wanted in (other, policy):
            changes = steer(front, wanted)
            allowed = {"LoadBalancer load-balancer"}
            # Which alone goes by where the pools are, and which alone by what health checks measure everywhere.
            if {"proximity", "dynamic_latency"} & {policy, other}:
                allowed |= {"LoadBalancerPool fra", "LoadBalancerPool ash"}
            assert {str(change) for change in changes} == {f"update {thing}" for thing in allowed}, (policy, other)

    to_records = front.become(["fra", "ash"], mode="dns", aliases=[SHOP])
    assert order(to_records) == ["create DnsRecord", "delete LoadBalancer", "delete LoadBalancerPool", "delete LoadBalancerMonitor"]
    assert SHOP not in {change.name for change in to_records}
    back = order(steer(front, policy))
    assert back == ["create LoadBalancerMonitor", "create LoadBalancerPool", "create LoadBalancer", "delete DnsRecord"]
    front.settled()
    front.destroy()


def order(changes: list[Change]) -> list[str]:
    """What was done to which type, in order, each once, however often in a row."""
    done = [f"{change.operation} {change.type}" for change in changes]
    return [one for place, one in enumerate(done) if place == 0 or done[place - 1] != one]
