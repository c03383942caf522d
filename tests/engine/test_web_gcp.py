"""Changes of a web tier on Google Cloud for which there have to be other machines before anything leads to them."""

from typing import Any

import pytest

from sandbox.store import Store
from tests.engine.one_tier import OneTier
from tests.sandbox.clouds.gcp import Google

GROUP, GROUP_OF_ONE, BACKEND = "RegionInstanceGroupManager", "InstanceGroupManager", "BackendService"
REGISTERED = {"exposure": "registered", "registration": {"hostname": "origins.example.com", "token_secret": "cloudflare-token"}}
SCALING = {"servers": {"min": 2, "max": 5}}
OFFICE = {"time_zone": "Europe/Berlin", "periods": [{"days": ["monday"], "start": "08:00", "end": "21:00", "servers": 3}]}
SMALLER = {"network": "10.20.0.0/20"}
"""Its subnetwork's range is a part of the default one's."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> OneTier:
    made = OneTier(tmp_path_factory.mktemp("gcp"))
    made.deployment.sandbox("fixture", "add", "gcp", "secrets", "cloudflare-token")
    return made


@pytest.fixture(scope="module")
def elsewhere(site: OneTier) -> dict[str, Any]:
    """A network that somebody else made, as a tier names it."""
    store = Store(site.deployment.folder / "sandbox.db")
    google = Google(store, project="multicloud-staging")
    network = google.network()
    subnetwork = google.subnetwork(network)
    store.close()
    return {"network_id": network.id, "subnet_ids": [subnetwork.id]}


@pytest.mark.parametrize("health", [{"path": "/alive"}, {"path": "/alive", "port": 8080}], ids=["path", "port"])
@pytest.mark.parametrize("tier", [{}, SCALING], ids=["fixed", "scaling"])
def test_another_health_check_is_another_group_that_serves_before_anything_leads_to_it(
    site: OneTier, tier: dict[str, Any], health: dict[str, Any]
) -> None:
    """The old machines keep their group, their checks and their firewall until the backend has left them, in one update."""
    site.become("gcp", **tier)
    events = site.become("gcp", **tier, health_check=health)
    [switched] = events.places("update", BACKEND)
    assert events.before(events.places("create", GROUP), [switched]), events
    assert events.types("update") <= {BACKEND, "LoadBalancerMonitor"}, events
    assert min(place for place, event in enumerate(events) if event.operation == "delete") > switched, events
    assert {"HealthCheck", GROUP, *(["Firewall"] if "port" in health else [])} <= events.types("delete")
    assert len(events.places("create", "RegionAutoscaler")) == len(events.places("delete", "RegionAutoscaler")) == ("max" in str(tier))
    site.deployment.up("--expect-no-changes")


def test_another_health_path_is_another_group_where_machines_register_themselves(site: OneTier) -> None:
    site.become("gcp", **REGISTERED)
    events = site.become("gcp", **REGISTERED, health_check={"path": "/alive"})
    assert not events.places("update", "HealthCheck"), events
    assert events.before(events.places("create", GROUP), events.places("delete", GROUP)), events
    site.deployment.up("--expect-no-changes")


def test_machines_with_reserved_addresses_get_another_health_path_one_after_the_other(site: OneTier) -> None:
    """Each comes with the check that it answers; the old check stays for those whose turn has not come."""
    site.become("gcp", exposure="machines")
    events = site.become("gcp", exposure="machines", health_check={"path": "/alive"})
    assert not events.places("update", "HealthCheck"), events
    assert events.before(events.places("create", "HealthCheck"), events.places("update", GROUP_OF_ONE)), events
    assert events.before(events.places("update", GROUP_OF_ONE), events.places("delete", "HealthCheck")), events
    site.deployment.up("--expect-no-changes")


@pytest.mark.parametrize("tier", [{}, REGISTERED], ids=["load_balancer", "registered"])
def test_another_network_is_another_group(site: OneTier, elsewhere: dict[str, Any], tier: dict[str, Any]) -> None:
    """To a smaller range of one's own, to an existing one, and back."""
    site.become("gcp", **tier)
    for wanted in (SMALLER, elsewhere, {}):
        events = site.become("gcp", **tier, **wanted)
        assert not events.places("update", GROUP), events
        assert events.before(events.places("create", GROUP), events.places("delete", GROUP)), events
        if not tier:
            assert events.before(events.places("update", BACKEND), events.places("delete", GROUP)), events
        site.deployment.up("--expect-no-changes")


def test_machines_with_reserved_addresses_move_to_another_network_one_after_the_other(site: OneTier, elsewhere: dict[str, Any]) -> None:
    site.become("gcp", exposure="machines")
    before = site.outputs()["origins"]
    for wanted in (SMALLER, elsewhere, {}):
        events = site.become("gcp", exposure="machines", **wanted)
        steps = [event.operation for event in events if event.type == GROUP_OF_ONE]
        assert steps == ["delete", "create", "delete", "create"], events
        assert site.outputs()["origins"] == before
        site.deployment.up("--expect-no-changes")


def test_a_schedule_that_is_removed_leaves_a_number_that_a_refresh_brings_back(site: OneTier) -> None:
    """While the period lasts, Google has made three of them."""
    site.become("gcp", schedule=OFFICE)
    site.deployment.sandbox("set", f"{GROUP}/web-group", "targetSize=3")
    site.become("gcp")
    assert site.one(GROUP)["targetSize"] == 3
    site.deployment.up("--refresh")
    assert site.one(GROUP)["targetSize"] == 2
