"""Changes of a tier on AWS that the machines cannot follow: others serve before visitors are led on, and then the old ones go."""

from typing import Any

import pytest

from tests.engine.events import Events
from tests.engine.one_tier import POOL, OneTier


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> OneTier:
    return OneTier(tmp_path_factory.mktemp("aws"))


def places(events: Events, operation: str, *types: str) -> list[int]:
    return [place for type_ in types for place in events.places(operation, type_, "web")]


def others_served_first(events: Events) -> None:
    """A group beside the old one, then the listener, then the front, and the old group last."""
    led_on = places(events, "update", "Listener") or places(events, "create", "Listener")
    made, gone = places(events, "create", "Group"), places(events, "delete", "Group")
    assert events.before(made, [max(led_on)]) and events.before([max(led_on)], gone), events


@pytest.mark.parametrize("change", [{"path": "/alive"}, {"port": 8080}, {"expected_status": 204}], ids=["path", "port", "status"])
def test_machines_are_asked_for_something_else(site: OneTier, change: dict[str, Any]) -> None:
    """The old ones keep their target group, and the rules that lead to their port, until they go."""
    site.become("aws", health_check={})
    before = site.outputs()["origins"]
    events = site.become("aws", health_check=change)
    others_served_first(events)
    made = places(events, "create", "TargetGroup", "SecurityGroupIngressRule", "SecurityGroupEgressRule")
    gone = places(events, "delete", "TargetGroup", "SecurityGroupIngressRule", "SecurityGroupEgressRule")
    assert len(made) == len(gone) == (3 if "port" in change else 1), events
    assert events.before(made, places(events, "create", "Group")) and events.before(places(events, "delete", "Group"), gone), events
    assert site.outputs()["origins"] == before and not places(events, "delete", "LoadBalancer", "Listener"), events
    site.settled()


def test_private_machines_move_to_another_network(site: OneTier) -> None:
    """Each NAT gateway has an address of its own while both are there."""
    site.become("aws", private=True)
    events = site.become("aws", private=True, network="10.77.0.0/16")
    assert len(places(events, "create", "NatGateway")) == len(places(events, "create", "Eip")) == 2, events
    others_served_first(events)
    led_on = events.places("update", POOL)
    assert events.before(places(events, "create", "Group"), led_on) and events.before(led_on, places(events, "delete", "Group")), events
    site.settled()


def test_a_zone_is_exchanged_for_another(site: OneTier) -> None:
    """The new subnets are made while the old ones are there, in ranges of their own."""
    zones = [f"eu-central-1{letter}" for letter in "abc"]
    site.become("aws", private=True, zones=zones[:2])
    events = site.become("aws", private=True, zones=[zones[0], zones[2]])
    assert len(places(events, "create", "Subnet")) == len(places(events, "delete", "Subnet")) == 2, events
    assert len(places(events, "create", "NatGateway")) == len(places(events, "create", "Eip")) == 1, events
    assert not places(events, "delete", "LoadBalancer", "Group"), events
    site.settled()


def test_more_zones_move_no_subnet(site: OneTier) -> None:
    zones = [f"eu-central-1{letter}" for letter in "abc"]
    site.become("aws", zones=zones[:2])
    events = site.become("aws", zones=zones)
    assert len(places(events, "create", "Subnet")) == 1 and not events.types("delete"), events


def test_private_machines_become_public(site: OneTier) -> None:
    """What private ones reach out through stays until the public ones serve."""
    site.become("aws", private=True)
    events = site.become("aws")
    assert events.before(places(events, "create", "Group"), places(events, "delete", "Group")), events
    assert events.before(places(events, "delete", "Group"), places(events, "delete", "NatGateway", "Subnet")), events
    site.settled()
