"""A whole tier moves to another cloud or region, by its cloud's name and region in the stack's file alone."""

from collections.abc import Callable

import pytest

from tests.engine.events import Events, watched
from tests.engine.one_tier import PLACES, POOL, OneTier

COMPONENTS = {"aws": "AwsWebTier", "gcp": "GcpWebTier", "digitalocean": "DigitalOceanWebTier"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> OneTier:
    return OneTier(tmp_path_factory.mktemp("swap"))


@pytest.mark.parametrize(("old", "new"), [("aws", "gcp"), ("gcp", "digitalocean"), ("digitalocean", "aws")])
def test_a_tier_moves_to_another_cloud(site: OneTier, old: str, new: str) -> None:
    """The new tier is made, the front is led to it, and only then the old one goes, wholly."""
    site.become(old)
    before = site.outputs()["origins"]

    site.write({**PLACES[new], "servers": {"min": 2}})
    owners = {
        step: {owner(urn) for urn, does in site.deployment.steps().items() if does == step} for step in ("create", "update", "delete")
    }
    assert owners["create"] - {"provider"} == {COMPONENTS[new]}
    assert owners["update"] <= {"CloudflareFront", "Stack"} and "CloudflareFront" in owners["update"]
    assert owners["delete"] - {"provider"} == {COMPONENTS[old]}

    events = site.become(new)
    moved_in_order(events)
    assert site.outputs()["cloud"] == new and site.outputs()["origins"] != before
    assert {held["type"].partition(":")[0] for held in site.deployment.clouds()} == {new, "cloudflare"}
    assert site.deployment.orphans() == []
    site.settled()


@pytest.mark.parametrize(("cloud", "region"), [("aws", "eu-west-1"), ("gcp", "europe-west1"), ("digitalocean", "ams3")])
def test_a_tier_moves_to_another_region(site: OneTier, cloud: str, region: str) -> None:
    """The same on one cloud, where every resource is replaced by one of the same name.

    On Google Cloud the load balancer is in no region: it keeps its address, and is led to the new machines itself.
    """
    site.become(cloud)
    before = site.outputs()["origins"]
    events = site.become(cloud, region=region)
    assert site.outputs()["region"] == region
    if site.outputs()["origins"] == before:
        assert events.before(events.places("update", "BackendService"), events.places("delete", "RegionInstanceGroupManager")), events
    else:
        moved_in_order(events)
    site.settled()


def test_a_swap_that_fails_on_the_way_leaves_visitors_where_they_were(site: OneTier) -> None:
    """Where the new cloud refuses a part of it, the front still leads to the old tier, which is whole; a second `up` finishes."""
    site.become("aws")
    site.deployment.sandbox("fault", "add", "refused", "--type", "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager")
    site.write({**PLACES["gcp"], "servers": {"min": 2}})
    events = watched(site.deployment, failing(site))
    assert not events.types("delete") and not events.places("update", POOL), events
    site.deployment.sandbox("fault", "clear")
    events = site.become("gcp")
    moved_in_order(events)
    site.settled()


def moved_in_order(events: Events) -> None:
    """Asserts that all is made before the front moves, and that nothing goes before it has moved."""
    everything = {
        operation: [place for place, event in enumerate(events) if event.operation == operation] for operation in ("create", "delete")
    }
    led_on = events.places("update", POOL)
    assert everything["create"] and events.before(led_on, everything["delete"]), events


def failing(site: OneTier) -> Callable[[], object]:
    def up() -> None:
        failed = site.deployment.attempt("up", "--yes", "--skip-preview", "--stack", site.deployment.stack)
        assert failed.returncode != 0 and "Traceback" not in failed.stdout + failed.stderr

    return up


def owner(urn: str) -> str:
    """The component at the top of a URN, or else what it is."""
    type_ = urn.split("::")[2].split("$")[0]
    return "provider" if type_.startswith("pulumi:providers:") else type_.rsplit(":", 1)[1]
