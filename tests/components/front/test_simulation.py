"""Who goes where, by Cloudflare's documentation: each example names the page below `DOCS` that it is from, or whose rule it shows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.front.affinity import Affinity, SessionAffinity
from multicloud.front.contract import CloudflareFrontArgs, Dns, Mode, Plan, Pool, Steering
from multicloud.front.patterns import Pattern, weights_by_cost
from multicloud.front.pools import planned_origins
from multicloud.front.routes import FixedResponse, Route
from multicloud.front.simulation import Conditions, Destination, Shares, Visitor, simulate
from multicloud.front.steering import Geo, OriginSteering
from multicloud.web.contract import Origin

DOCS = "https://developers.cloudflare.com/load-balancing/"


def pool(name: str, *weights: float, **changes: Any) -> Pool:
    """A pool whose origins are a, b, c ... with these weights, or a alone."""
    origins = [
        {"name": letter, "address": f"{name}-{letter}.example.net", "weight": weight}
        for letter, weight in zip("abcdefgh", weights or (1,), strict=False)
    ]
    return Pool(name=name, origins=origins, **changes)  # type: ignore[arg-type]


def front(*pools: Pool, **changes: Any) -> CloudflareFrontArgs:
    args = CloudflareFrontArgs(zone="example.com", hostname="www.example.com", pools=[*pools], **changes)
    args.check()
    return args


def dead(*names: str) -> Conditions:
    """Pools of one origin each that are dead."""
    return Conditions(down={(name, "a") for name in names})


def by_pool(shares: Shares) -> dict[str | None, float]:
    found: dict[str | None, float] = {}
    for destination, share in shares.items():
        found[destination.pool] = found.get(destination.pool, 0) + share
    return {name: round(share, 9) for name, share in found.items()}


def pools_of(args: CloudflareFrontArgs, visitor: Visitor | None = None, conditions: Conditions | None = None) -> dict[str | None, float]:
    return by_pool(simulate(args, visitor, conditions))


def test_off_goes_to_the_first_healthy_pool() -> None:
    """understand-basics/traffic-steering/steering-policies/standard-options/#off---failover, and load-balancers/common-configurations/."""
    args = front(pool("primary"), pool("secondary"), pool("third"))
    assert pools_of(args) == {"primary": 1}
    assert pools_of(args, None, dead("primary")) == {"secondary": 1}
    assert pools_of(args, None, dead("primary", "secondary")) == {"third": 1}


def test_an_inactive_pool_that_dies_is_skipped() -> None:
    """understand-basics/health-details/#traffic-distribution: traffic stays with the active pool, and skips the dead one later."""
    args = front(pool("primary"), pool("secondary"), pool("third"))
    assert pools_of(args, None, dead("secondary")) == {"primary": 1}
    assert pools_of(args, None, dead("primary", "secondary")) == {"third": 1}


def test_the_fallback_pool_gets_everybody_when_all_are_dead_and_its_health_does_not_count() -> None:
    """understand-basics/health-details/#fallback-pools; the default is the last pool, says standard-options/."""
    pools = pool("primary"), pool("secondary")
    assert pools_of(front(*pools), None, dead("primary", "secondary")) == {"secondary": 1}
    assert pools_of(front(*pools, fallback_pool="primary"), None, dead("primary", "secondary")) == {"primary": 1}


def test_a_disabled_pool_is_no_last_resort() -> None:
    """understand-basics/health-details/#how-a-load-balancer-becomes-unhealthy: visitors would get an error 530."""
    args = front(pool("primary"), pool("secondary", enabled=False))
    assert pools_of(args, None, dead("primary")) == {"primary": 1}
    args = front(pool("primary"), pool("next"), pool("last", enabled=False), routes=[Route(name="r", path="/a", pools=["next", "last"])])
    assert pools_of(args, Visitor(path="/a"), dead("next", "last")) == {"next": 1}


def test_a_disabled_pool_gets_nobody() -> None:
    """load-balancers/common-configurations/ and understand-basics/health-details/: unreachable is disabled or unhealthy."""
    assert pools_of(front(pool("primary", enabled=False), pool("secondary"))) == {"secondary": 1}


def test_a_pool_below_its_threshold_gets_nobody_even_if_an_origin_lives() -> None:
    """understand-basics/health-details/#how-a-pool-becomes-unhealthy: degraded still serves, critical does not."""
    args = front(pool("primary", 1, 1, 1, minimum_origins=2), pool("secondary"))
    assert pools_of(args, None, Conditions(down={("primary", "a")})) == {"primary": 1}
    assert pools_of(args, None, Conditions(down={("primary", "a"), ("primary", "b")})) == {"secondary": 1}


def test_random_splits_equally_and_over_what_is_left() -> None:
    """standard-options/#random-steering, and health-details/#traffic-distribution: over all remaining pools by the policy."""
    args = front(pool("a"), pool("b"), pool("c"), pool("d"), steering=Steering.RANDOM)
    assert pools_of(args) == {"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.25}
    assert pools_of(args, None, dead("a", "b")) == {"c": 0.5, "d": 0.5}


def test_random_goes_by_the_weights_of_pools() -> None:
    """standard-options/#random-steering: weights determine the percentage of each pool; here pool-sets/'s 0.5 to 0.5, and 0.3."""
    args = front(pool("a", weight=0.5), pool("b", weight=0.5), steering=Steering.RANDOM)
    assert pools_of(args) == {"a": 0.5, "b": 0.5}
    args = front(pool("a", weight=0.5), pool("b", weight=0.3), pool("c", weight=0.2), steering=Steering.RANDOM)
    assert pools_of(args) == {"a": 0.5, "b": 0.3, "c": 0.2}
    assert pools_of(args, None, dead("a")) == {"b": 0.6, "c": 0.4}


def test_a_pool_of_weight_0_gets_nobody() -> None:
    args = front(pool("a", weight=1), pool("b", weight=0), steering=Steering.RANDOM)
    assert pools_of(args) == {"a": 1}


GEO = Geo(
    regions={"WNAM": ["one", "two"], "ENAM": ["one", "two"], "EEU": ["two", "one"]},
    countries={"US": ["three"]},
    pops={"LAX": ["two"]},
)


def geo(*pools: Pool, **changes: Any) -> CloudflareFrontArgs:
    return front(
        *(pools or (pool("one"), pool("two"), pool("three"))), steering=Steering.GEO, plan=Plan.ENTERPRISE, **{"geo": GEO, **changes}
    )


@pytest.mark.parametrize(("region", "expected"), [("WNAM", "one"), ("ENAM", "one"), ("EEU", "two")])
def test_geo_goes_by_the_list_of_the_region(region: str, expected: str) -> None:
    """steering-policies/geo-steering/#region-steering, its request's region_pools."""
    assert pools_of(geo(), Visitor(region=region)) == {expected: 1}


def test_geo_elsewhere_goes_to_the_default_pools() -> None:
    """geo-steering/: "If you only define WNAM, then traffic from the East Coast will be routed to the default_pools"."""
    args = geo(pool("one"), pool("two"), geo=Geo(regions={"WNAM": ["two"]}))
    assert pools_of(args, Visitor(region="WNAM")) == {"two": 1}
    assert pools_of(args, Visitor(region="ENAM")) == {"one": 1}
    assert pools_of(args) == {"one": 1}
    assert pools_of(args, Visitor(region="ENAM"), dead("one")) == {"two": 1}


def test_geo_takes_the_data_centre_before_the_country_before_the_region() -> None:
    """geo-steering/#country-steering and #pop-steering: what is not defined falls back to country, region, default pools."""
    assert pools_of(geo(), Visitor(region="WNAM", country="US", pop="LAX")) == {"two": 1}
    assert pools_of(geo(), Visitor(region="WNAM", country="US", pop="SEA")) == {"three": 1}
    assert pools_of(geo(), Visitor(region="WNAM", country="CA", pop="YVR")) == {"one": 1}


def test_geo_fails_over_within_the_list_and_then_to_the_fallback_pool() -> None:
    """geo-steering/#failover-behavior: the order within the region; one pool that is dead leaves its visitors to the fallback pool."""
    assert pools_of(geo(), Visitor(region="EEU"), dead("two")) == {"one": 1}
    args = geo(pool("one"), pool("two"), pool("three"), fallback_pool="two", geo=Geo(regions={"OC": ["three"]}))
    assert pools_of(args, Visitor(region="OC"), dead("three")) == {"two": 1}


def test_dynamic_goes_to_the_fastest_pool_of_the_region() -> None:
    """steering-policies/dynamic-steering/, the picture: the pool in Eastern North America has the lowest time, and is selected."""
    args = front(pool("australia"), pool("europe"), pool("enam"), steering=Steering.DYNAMIC_LATENCY)
    times = {"enam": 20.0, "europe": 90.0, "australia": 200.0}
    assert pools_of(args, None, Conditions(latencies=times)) == {"enam": 1}
    assert pools_of(args, None, Conditions(latencies=times, down={("enam", "a")})) == {"europe": 1}


def test_dynamic_without_times_goes_in_failover_order() -> None:
    """dynamic-steering/: "If there is no current RTT data for your pool", pools are taken in failover order."""
    args = front(pool("one"), pool("two"), steering=Steering.DYNAMIC_LATENCY)
    assert pools_of(args) == pools_of(args, None, Conditions(latencies={"two": 5})) == {"one": 1}


def test_proximity_goes_to_the_nearest_pool() -> None:
    """steering-policies/proximity-steering/: the closest one; here from Paris and from Boston, by clouds' regions and by coordinates."""
    args = front(
        pool("aws", cloud="aws", region="us-east-1"),
        pool("gcp", cloud="gcp", region="europe-west3"),
        pool("own", latitude=51.5, longitude=-0.1),
        steering=Steering.PROXIMITY,
    )
    paris, boston = Visitor(latitude=48.9, longitude=2.4), Visitor(latitude=42.4, longitude=-71.1)
    assert pools_of(args, paris) == {"own": 1}
    assert pools_of(args, paris, dead("own")) == {"gcp": 1}
    assert pools_of(args, boston) == {"aws": 1}
    assert pools_of(args, boston, dead("aws")) == {"own": 1}


def test_proximity_crosses_the_date_line() -> None:
    args = front(pool("greenwich", latitude=0, longitude=0), pool("fiji", latitude=-18, longitude=178), steering=Steering.PROXIMITY)
    assert pools_of(args, Visitor(latitude=-14, longitude=-171)) == {"fiji": 1}


@pytest.mark.parametrize("steering", [Steering.LEAST_OUTSTANDING_REQUESTS, Steering.LEAST_CONNECTIONS])
def test_least_goes_by_weights_when_idle_and_less_to_the_busy(steering: Steering) -> None:
    """steering-policies/least-outstanding-requests/: counts of zero leave the weights alone; more pending requests weigh less."""
    args = front(pool("a", weight=0.75), pool("b", weight=0.25), steering=steering)
    assert pools_of(args) == {"a": 0.75, "b": 0.25}
    assert pools_of(args, None, Conditions(in_flight={"a": 5, "b": 1})) == {"a": 0.5, "b": 0.5}
    assert pools_of(args, None, dead("a")) == {"b": 1}


def test_origins_share_by_weight_and_over_what_is_left() -> None:
    """traffic-steering/origin-level-steering/#customize-weights, its example: 25, 25, 50 percent, and 50, 50 without C."""
    args = front(pool("one", 0.25, 0.25, 0.5))
    assert simulate(args) == {Destination("one", "a"): 0.25, Destination("one", "b"): 0.25, Destination("one", "c"): 0.5}
    assert simulate(args, None, Conditions(down={("one", "c")})) == {Destination("one", "a"): 0.5, Destination("one", "b"): 0.5}


def test_an_origin_of_weight_0_gets_nobody() -> None:
    """origin-level-steering/#customize-weights: "An endpoint with a weight of 0 should not receive any traffic"."""
    assert simulate(front(pool("one", 0, 1))) == {Destination("one", "b"): 1}


def test_hash_shares_as_random_does() -> None:
    """origin-level-steering/hash-origin-steering/: by weights and the visitor's address; the same share over many addresses."""
    args = front(pool("one", 0.25, 0.75, origin_steering=OriginSteering.HASH))
    assert simulate(args) == {Destination("one", "a"): 0.25, Destination("one", "b"): 0.75}


def test_origins_with_fewer_requests_get_more() -> None:
    """origin-level-steering/least-outstanding-requests-pools/."""
    args = front(pool("one", 1, 1, origin_steering=OriginSteering.LEAST_OUTSTANDING_REQUESTS))
    shares = simulate(args, None, Conditions(in_flight_of_origins={("one", "a"): 3}))
    assert shares == {Destination("one", "a"): pytest.approx(0.2), Destination("one", "b"): pytest.approx(0.8)}


def test_shed_visitors_go_where_the_policy_sends_them() -> None:
    """additional-options/load-shedding/, its request's `default_percent` of 20."""
    assert pools_of(front(pool("one", shed_percent=20), pool("two"))) == {"one": 0.8, "two": 0.2}
    args = front(pool("one", shed_percent=20), pool("two"), pool("three"), steering=Steering.RANDOM)
    third = 1 / 3
    assert pools_of(args) == pytest.approx({"one": third * 0.8, "two": third * 1.1, "three": third * 1.1})


def test_where_all_shed_some_go_to_the_fallback_pool() -> None:
    """load-shedding/#fallback-pools."""
    args = front(pool("one", shed_percent=50), pool("two", shed_percent=50), pool("last", routes_only=True), fallback_pool="last")
    assert pools_of(args) == {"one": 0.5, "two": 0.25, "last": 0.25}


def test_shedding_does_not_touch_sessions_and_shedding_sessions_does() -> None:
    """load-shedding/#step-2--shed-default-traffic-from-a-pool: default traffic has no session; `session_percent` is for those."""
    visitor = Visitor(session=("one", "a"))
    assert pools_of(front(pool("one", shed_percent=20), pool("two")), visitor) == {"one": 1}
    assert pools_of(front(pool("one", shed_session_percent=10), pool("two")), visitor) == {"one": 0.9, "two": 0.1}


def test_a_session_with_a_dead_origin_is_a_new_visitor() -> None:
    """understand-basics/session-affinity/: a new origin is chosen when the one that the cookie names is unhealthy."""
    assert pools_of(front(pool("one"), pool("two")), Visitor(session=("one", "a")), dead("one")) == {"two": 1}
    assert pools_of(front(pool("one"), pool("two")), Visitor(session=("two", "a"))) == {"two": 1}


def routed(**changes: Any) -> CloudflareFrontArgs:
    routes = [
        Route(name="down", path="/old/", respond=FixedResponse(status=410)),
        Route(name="api", hostname="api.example.com", path="/v1/", pools=["three", "two"], steering=Steering.FAILOVER),
        Route(name="preview", expression='http.cookie contains "preview"', pools=["three"]),
    ]
    pools = pool("one"), pool("two"), pool("three", routes_only=True)
    return front(*pools, aliases=["api.example.com"], routes=routes, plan=Plan.ENTERPRISE, **changes)


def test_routes_send_what_they_fit_elsewhere() -> None:
    """additional-options/load-balancing-rules/actions/: a rule overrides pools and steering, or answers itself."""
    assert simulate(routed(), Visitor(path="/old/page")) == {Destination(None, None, 410): 1}
    assert pools_of(routed(), Visitor(hostname="api.example.com", path="/v1/x")) == {"three": 1}
    assert pools_of(routed(), Visitor(hostname="api.example.com", path="/v1/x"), dead("three")) == {"two": 1}
    assert pools_of(routed(fallback_pool="one"), Visitor(hostname="api.example.com", path="/v1/x"), dead("three", "two")) == {"two": 1}
    assert pools_of(routed(), Visitor(hostname="api.example.com", path="/")) == {"one": 1}
    assert pools_of(routed(), Visitor(path="/v1/x")) == {"one": 1}
    assert pools_of(routed(), Visitor(fits=frozenset({"preview"}))) == {"three": 1}


def test_a_pool_for_routes_alone_gets_nobody_else_even_when_all_others_are_dead() -> None:
    args = routed(fallback_pool="one")
    assert pools_of(args, None, dead("one", "two")) == {"one": 1}


def test_routes_without_steering_keep_the_fronts() -> None:
    args = front(
        pool("one"),
        pool("two", weight=0.5),
        pool("three"),
        steering=Steering.RANDOM,
        routes=[Route(name="api", path="/api/", pools=["two", "three"])],
    )
    assert pools_of(args, Visitor(path="/api/x")) == pytest.approx({"two": 1 / 3, "three": 2 / 3})


def test_burst_is_what_the_first_pool_sheds() -> None:
    assert pools_of(front(pool("own", shed_percent=30), pool("cloud"), pattern=Pattern.BURST)) == {"own": 0.7, "cloud": 0.3}


def test_cost_weighted_is_inverse_to_cost() -> None:
    assert pools_of(front(pool("dear", cost=3), pool("cheap", cost=1), pattern=Pattern.COST_WEIGHTED)) == {
        "dear": pytest.approx(0.33 / 1.33),
        "cheap": pytest.approx(1 / 1.33),
    }


def test_preproduction_is_for_its_own_name_alone() -> None:
    """Nobody else gets the last pool, not even as the last resort."""
    args = front(pool("live"), pool("next"), pattern=Pattern.PREPRODUCTION, preproduction_hostname="next.example.com")
    assert pools_of(args) == {"live": 1}
    assert pools_of(args, None, dead("live")) == {"live": 1}
    assert pools_of(args, Visitor(hostname="next.example.com")) == {"next": 1}


def test_records_are_answered_in_turn_dead_or_alive() -> None:
    """Mode dns: every record the same, drained and disabled pools without one."""
    a, b, c, d = ([Origin(name="a", address=f"192.0.2.{last}", weight=1)] for last in range(4))
    args = front(
        Pool(name="a", origins=a),
        Pool(name="b", origins=b),
        Pool(name="c", origins=c, weight=0),
        Pool(name="d", origins=d, enabled=False),
        mode=Mode.DNS,
        dns=Dns(proxied=False),
    )
    assert pools_of(args) == pools_of(args, None, dead("a")) == {"a": 0.5, "b": 0.5}


def test_a_pool_that_is_drained_is_out_as_one_that_is_disabled() -> None:
    """additional-options/planned-maintenance/: for new visitors at once, for the others when the drain is over."""
    for affinity in (None, Affinity(drain_seconds=60)):
        given = {"session_affinity": SessionAffinity.COOKIE, "affinity": affinity}
        args = front(pool("a"), pool("b", enabled=False), **given)
        assert args.effective_fallback_pool == "a"
        assert pools_of(args) == pools_of(args, None, dead("a")) == pools_of(args, Visitor(session=("b", "a"))) == {"a": 1}


names = st.integers(1, 4).map(lambda count: [f"pool{index}" for index in range(count)])
weights = st.integers(0, 100).map(lambda hundredths: hundredths / 100)
PLAIN = [steering for steering in Steering if steering is not Steering.GEO]


@st.composite
def situations(draw: st.DrawFn) -> tuple[CloudflareFrontArgs, Visitor, Conditions]:
    """Any front, any visitor, anything dead."""
    steering = draw(st.sampled_from(list(Steering)))
    pools = []
    for index, name in enumerate(draw(names)):
        origins = draw(st.lists(weights, min_size=1, max_size=3))
        changes: dict[str, Any] = {
            "minimum_origins": draw(st.none() | st.integers(1, len(origins))),
            "shed_percent": draw(st.none() | st.integers(0, 100)),
            "shed_session_percent": draw(st.none() | st.integers(0, 100)),
            "enabled": draw(st.none() | st.booleans()) if index else None,
            "origin_steering": draw(st.none() | st.sampled_from(list(OriginSteering))),
            "latitude": draw(st.floats(-90, 90)),
            "longitude": draw(st.floats(-180, 180)),
        }
        if steering.weighs:
            changes["weight"] = draw(weights) if index else 1
        pools.append(pool(name, *origins, **changes))
    known = [one.name for one in pools]
    some = st.lists(st.sampled_from(known), min_size=1, unique=True)
    changes = {
        "steering": steering,
        "fallback_pool": draw(st.none() | st.sampled_from([one.name for one in pools if one.enabled is not False])),
    }
    if steering is Steering.GEO:
        changes["geo"] = Geo(regions={"WEU": draw(some), "OC": draw(some)}, countries={"DE": draw(some)})
    everything = [(one.name, str(origin["name"])) for one in pools for origin in one.origins]  # type: ignore[union-attr]
    visitor = Visitor(
        region=draw(st.sampled_from(["WEU", "OC", "ME"])),
        country=draw(st.sampled_from(["DE", "FR", None])),
        latitude=draw(st.floats(-90, 90)),
        longitude=draw(st.floats(-180, 180)),
        session=draw(st.none() | st.sampled_from(everything)),
    )
    conditions = Conditions(
        down=draw(st.sets(st.sampled_from(everything))),
        latencies=draw(st.dictionaries(st.sampled_from(known), st.floats(1, 500))),
        in_flight=draw(st.dictionaries(st.sampled_from(known), st.integers(0, 99))),
        in_flight_of_origins=draw(st.dictionaries(st.sampled_from(everything), st.integers(0, 99))),
    )
    return front(*pools, **changes), visitor, conditions


@given(situations())
def test_shares_add_up_to_1(situation: tuple[CloudflareFrontArgs, Visitor, Conditions]) -> None:
    shares = simulate(*situation)
    assert sum(shares.values()) == pytest.approx(1)
    assert all(share > 0 for share in shares.values())


@given(situations())
def test_only_the_last_resort_leads_to_what_is_dead(situation: tuple[CloudflareFrontArgs, Visitor, Conditions]) -> None:
    """A dead origin, a disabled pool or one below its threshold gets nobody, but as the fallback pool."""
    args, visitor, conditions = situation
    by_name = {one.name: one for one in args.known_pools}
    for destination in simulate(args, visitor, conditions):
        if destination.pool is None or destination.pool == args.effective_fallback_pool:
            continue
        one = by_name[destination.pool]
        alive = [origin for origin in one.origins if (one.name, origin["name"]) not in conditions.down]  # type: ignore[union-attr]
        assert (destination.pool, destination.origin) not in conditions.down
        assert one.enabled is not False and len(alive) >= (one.minimum_origins or 1)


@given(situations())
def test_nobody_needs_the_last_resort_while_a_healthy_pool_that_sheds_nothing_is_in_reach(
    situation: tuple[CloudflareFrontArgs, Visitor, Conditions],
) -> None:
    args, visitor, conditions = situation
    if args.effective_steering is Steering.GEO:
        return  # which reaches no further than its lists
    reach = [
        one
        for one in args.default_pools
        if one.enabled is not False
        and not one.shed_percent
        and not one.shed_session_percent
        and one.weight != 0
        and sum((one.name, origin["name"]) not in conditions.down for origin in one.origins) >= (one.minimum_origins or 1)  # type: ignore[union-attr]
    ]
    if not reach:
        return
    for destination in simulate(args, visitor, conditions):
        assert (destination.pool, destination.origin) not in conditions.down


@given(st.lists(st.integers(1, 100), min_size=1, max_size=20), st.data())
def test_shares_are_in_proportion_to_weights_whatever_dies(hundredths: list[int], data: st.DataObject) -> None:
    """Of any two pools that live, the shares are as the weights."""
    pools = [pool(f"p{index}", weight=weight / 100) for index, weight in enumerate(hundredths)]
    gone = data.draw(st.sets(st.sampled_from([one.name for one in pools]), max_size=len(pools) - 1))
    shares = pools_of(front(*pools, steering=Steering.RANDOM), None, dead(*gone))
    left = {one.name: one.weight or 0 for one in pools if one.name not in gone}
    assert shares == pytest.approx({name: weight / sum(left.values()) for name, weight in left.items()})


origin_lists = st.lists(st.tuples(st.integers(0, 10**6), st.floats(0, 1)), min_size=1, max_size=20, unique_by=lambda item: item[0])


@given(origin_lists)
def test_origins_are_sorted_and_unique_and_their_weights_legal(given_origins: list[tuple[int, float]]) -> None:
    """For any tiers: names and addresses once each, in order, and each weight a number of hundredths from 0 to 1, never 0 for a share."""
    planned = planned_origins([{"name": f"n{i}", "address": f"{i}.example", "weight": weight} for i, weight in given_origins], "origins")
    found = [origin["name"] for origin in planned]
    assert found == sorted(set(found)) and len({origin["address"] for origin in planned}) == len(planned) == len(given_origins)
    for origin, weight in zip(planned, [{f"n{i}": w for i, w in given_origins}[name] for name in found], strict=True):
        legal = origin.get("weight", 1)
        assert 0 <= legal <= 1 and round(legal * 100) / 100 == legal
        assert (legal == 0) == (round(weight * 100, 6) == 0)
        assert "weight" not in origin or origin["weight"] != 1


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=20))
def test_weights_by_cost_are_legal_and_the_cheapest_has_1(costs: list[float]) -> None:
    found = weights_by_cost(costs)
    assert max(found) == 1 and found[costs.index(min(costs))] == 1
    assert all(0 < weight <= 1 and round(weight * 100) / 100 == weight for weight in found)
