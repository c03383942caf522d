"""The pure half of a front: names, origins, weights, places and detection time."""

import ipaddress
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.front import check_regions, steering
from multicloud.front.health import Monitor, Plan
from multicloud.front.hostnames import check_hostnames
from multicloud.front.pools import location, physical_name, planned_origins, planned_weights
from multicloud.front.ranges import in_order
from multicloud.regions import REGIONS, coordinates

WEIGHTS = st.floats(0, 1)
ORIGINS = st.lists(
    st.fixed_dictionaries(
        {"name": st.text("abc-019", min_size=1, max_size=8), "address": st.ip_addresses(v=4).map(str), "weight": WEIGHTS}
    ),
    min_size=1,
    max_size=20,
    unique_by=(lambda origin: origin["name"], lambda origin: origin["address"]),
)


@given(ORIGINS, st.randoms())
def test_origins_are_sorted_unique_and_the_same_in_whatever_order_they_come(origins: list[Any], random: Random) -> None:
    planned = planned_origins(origins, "origins", most=20)
    shuffled = random.sample(origins, len(origins))
    assert planned == planned_origins(shuffled, "origins", most=20)
    names = [origin["name"] for origin in planned]
    assert names == sorted(set(names)) == sorted(origin["name"] for origin in origins)


@given(ORIGINS)
def test_origins_keep_a_legal_weight_and_never_say_a_default(origins: list[Any]) -> None:
    given = {origin["name"]: origin["weight"] for origin in origins}
    for planned in planned_origins(origins, "origins"):
        assert set(planned) - {"weight"} == {"name", "address"}
        weight = planned.get("weight", 1)
        assert 0 <= weight <= 1 and round(weight, 2) == weight
        assert "weight" not in planned or weight != 1
        assert weight >= given[planned["name"]] - 1e-6, "a share is never rounded away"
        assert abs(weight - given[planned["name"]]) < 0.0101


@given(ORIGINS)
def test_planning_what_is_planned_changes_nothing(origins: list[Any]) -> None:
    planned = planned_origins(origins, "origins")
    assert planned_origins(planned, "origins") == planned


@given(st.lists(st.none() | WEIGHTS, min_size=1, max_size=20))
def test_pool_weights_are_one_a_pool_and_legal_or_left_out(weights: list[float | None]) -> None:
    try:
        planned = planned_weights(weights)
    except ArgumentError:
        assert all(weight == 0 for weight in weights)
        return
    if planned is None:
        assert set(weights) == {None}
    else:
        assert len(planned) == len(weights) and all(0 <= weight <= 1 for weight in planned) and any(planned)
        assert all(was is None or was == now for was, now in zip(weights, planned, strict=True))


def origin(name: str = "a", address: str = "192.0.2.1", weight: float = 1.0) -> dict[str, Any]:
    return {"name": name, "address": address, "weight": weight}


@pytest.mark.parametrize(
    ("origins", "limits", "message"),
    [
        ([], {}, "origins: the list is empty; give at least one origin: Cloudflare takes no empty pool"),
        ([origin(), origin(address="192.0.2.2")], {}, "origins: two origins have the same name, a; give each origin its own"),
        ([origin(), origin("b")], {}, "origins: two origins have the same address, 192.0.2.1; give each origin its own"),
        ([origin(weight=2)], {}, "origins: the weight of a, 2, is outside 0 to 1; divide all weights by the largest one"),
        ([origin(name="")], {}, "origins: an origin has no name; give each origin a name"),
        ([origin()], {"minimum": 2}, "origins: 1 can never be the 2 healthy ones of minimum_origins; lower that to 1"),
        (
            [origin(str(i), f"192.0.2.{i}") for i in range(21)],
            {"most": 20},
            "origins: 21 are more than the 20 of this plan; put a load balancer before them, or say plan enterprise",
        ),
    ],
)
def test_origins_that_cloudflare_would_refuse_are_refused_with_the_mend(origins: list[Any], limits: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        planned_origins(origins, "origins", **limits)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("monitor", "seconds"),
    [
        (Monitor(), 75),
        (Monitor(interval=15, timeout=2, retries=2), 21),
        (Monitor(interval=15, timeout=5, retries=0), 20),
        (Monitor(retries=0), 65),
    ],
)
def test_detection_takes_an_interval_and_every_try_at_worst(monitor: Monitor, seconds: int) -> None:
    assert monitor.detection_seconds == seconds


@pytest.mark.parametrize(
    ("monitor", "plan", "message"),
    [
        (Monitor(interval=10), Plan.BUSINESS, "monitor.interval: 10 is outside 15 to 3600 on the business plan; give 15"),
        (Monitor(interval=5), Plan.ENTERPRISE, "monitor.interval: 5 is outside 10 to 3600 on the enterprise plan; give 10"),
        (Monitor(interval=4000), Plan.FREE, "monitor.interval: 4000 is outside 15 to 3600 on the free plan; give 3600"),
        (Monitor(timeout=0), Plan.FREE, "monitor.timeout: 0 is outside 1 to 10; give 1"),
        (Monitor(retries=6), Plan.FREE, "monitor.retries: 6 is outside 0 to 5; give 5"),
    ],
)
def test_a_monitor_outside_the_plan_is_refused(monitor: Monitor, plan: Plan, message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        monitor.check(plan)
    assert str(refused.value) == message


def test_an_interval_of_ten_seconds_is_for_enterprise() -> None:
    Monitor(interval=10).check(Plan.ENTERPRISE)


@pytest.mark.parametrize(
    ("zone", "hostname", "aliases"),
    [
        ("example.com", "example.com", ["www.example.com"]),
        ("example.com", "a.b.example.com", []),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", []),
    ],
)
def test_names_of_the_zone_are_taken(zone: str, hostname: str, aliases: list[str]) -> None:
    check_hostnames(zone, hostname, aliases)


@pytest.mark.parametrize(
    ("zone", "hostname", "aliases", "message"),
    [
        (
            "example.com",
            "www.example.org",
            [],
            "hostname: www.example.org is outside the zone example.com; write example.com itself or a name that ends with .example.com",
        ),
        (
            "example.com",
            "notexample.com",
            [],
            "hostname: notexample.com is outside the zone example.com; write example.com itself or a name that ends with .example.com",
        ),
        ("example.com", "WWW.example.com", [], "hostname: 'WWW.example.com' has capital letters; write www.example.com"),
        ("example.com.", "www.example.com", [], "zone: 'example.com.' ends with a dot; write example.com"),
        ("example.com", "bücher.example.com", [], "hostname: 'bücher.example.com' is not ASCII; write it in Punycode, beginning with xn--"),
        (
            "example.com",
            "https://example.com",
            [],
            "hostname: 'https://example.com' is not a hostname; write letters, digits and hyphens between dots, like www.example.com",
        ),
        ("com", "example.com", [], "zone: 'com' is not a hostname; write letters, digits and hyphens between dots, like www.example.com"),
        ("example.com", "example.com", ["example.com"], "aliases[0]: example.com is there already; leave it out"),
        (
            "example.com",
            "example.com",
            ["www.example.com", "www.example.com"],
            "aliases[1]: www.example.com is there already; leave it out",
        ),
    ],
)
def test_other_names_are_refused_with_the_mend(zone: str, hostname: str, aliases: list[str], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        check_hostnames(zone, hostname, aliases)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("cloud", "region", "place"),
    [
        ("aws", "eu-central-1", (50.11, 8.68)),
        ("gcp", "europe-west3", (50.11, 8.68)),
        ("digitalocean", "fra1", (50.11, 8.68)),
        ("digitalocean", "nyc3", (40.71, -74.01)),
    ],
)
def test_a_clouds_region_is_where_its_city_is(cloud: str, region: str, place: tuple[float, float]) -> None:
    assert coordinates(cloud, region) == place == location(cloud, region, "pools[0]")


def test_an_unknown_region_is_refused_with_the_mend() -> None:
    with pytest.raises(ArgumentError) as refused:
        location("external", "attic", "pools[1]")
    assert (
        str(refused.value) == "pools[1].region: attic of external is not in the table of coordinates; give the pool latitude and longitude"
    )


def test_every_region_of_cloudflares_has_a_city() -> None:
    """Of all that steering knows, in their order: it is the picture's, too."""
    assert [*check_regions.PLACES] == [*steering.REGIONS]
    assert all(check_regions.nearest(place) == region for region, place in check_regions.PLACES.items())


def test_every_place_is_on_earth() -> None:
    for table in REGIONS.values():
        assert all(-90 <= latitude <= 90 and -180 <= longitude <= 180 for latitude, longitude in table.values())


@given(*[st.text(min_size=1, max_size=60)] * 4)
def test_a_pools_physical_name_is_one_that_cloudflare_takes(project: str, stack: str, component: str, pool: str) -> None:
    name = physical_name(project, stack, component, pool)
    assert 0 < len(name) <= 63
    assert all(character.isascii() and (character.isalnum() or character in "-_") for character in name)


def test_pools_of_two_stacks_have_two_names() -> None:
    assert physical_name("site", "dev", "front", "aws") == "site-dev-front-aws" != physical_name("site", "production", "front", "aws")


@given(st.lists(st.ip_addresses().map(lambda address: str(ipaddress.ip_network(address))), max_size=10), st.randoms())
def test_ranges_are_the_same_list_in_whatever_order_they_come(ranges: list[str], random: Random) -> None:
    assert in_order(ranges) == in_order(random.sample(ranges, len(ranges)) + ranges[:1])
    assert [":" in one for one in in_order(ranges)] == sorted(":" in one for one in in_order(ranges)), "IPv4 comes first"
