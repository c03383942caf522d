"""Cloudflare's load balancing: the monitor, a pool a tier, and the load balancer that steers between them.

Whatever is Cloudflare's own default is left out: said aloud, it would be a difference at the next preview.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

import pulumi
import pulumi_cloudflare as cloudflare

from .affinity import SessionAffinity, ZeroDowntimeFailover
from .check_regions import ALL, nearest, nearest_to
from .health import Plan
from .pool import Pool
from .pools import location, physical_name, unusual_port
from .routes import Route
from .scope import Scope
from .steering import OriginSteering, Steering


@dataclass(kw_only=True, frozen=True)
class Balancer:
    """Load balancing, made."""

    monitor: cloudflare.LoadBalancerMonitor
    """What asks the origins for their health."""
    pools: dict[str, cloudflare.LoadBalancerPool]
    """By the pool's name, in failover order."""
    load_balancer: cloudflare.LoadBalancer
    """What visitors come to."""


def balancer(scope: Scope, origins: Sequence[pulumi.Output[Any]]) -> Balancer:
    """Makes the load balancing of a front.

    Args:
        scope: The front.
        origins: The planned origins of each pool.
    """
    monitor = _monitor(scope)
    pools = {pool.name: _pool(scope, index, pool, monitor, origins[index]) for index, pool in enumerate(scope.args.known_pools)}
    ids = {name: pool.id for name, pool in pools.items()}
    return Balancer(monitor=monitor, pools=pools, load_balancer=_load_balancer(scope, ids))


def _monitor(scope: Scope) -> cloudflare.LoadBalancerMonitor:
    args, monitor = scope.args, scope.args.effective_monitor
    port = pulumi.Output.from_input(args.origin_port)
    return cloudflare.LoadBalancerMonitor(
        scope.name("monitor"),
        account_id=scope.account_id,
        description=scope.note,
        type=port.apply(lambda known: "https" if known == 443 else "http"),
        port=port.apply(unusual_port),
        path=args.health_path or "/healthz",
        expected_codes=str(args.expected_status or 200),
        expected_body=monitor.expected_body,
        follow_redirects=monitor.follow_redirects or None,
        # The origins' web servers may serve more than one site.
        header={"Host": [args.hostname]},
        interval=monitor.interval,
        timeout=monitor.timeout,
        retries=monitor.retries,
        consecutive_down=monitor.consecutive_down,
        consecutive_up=monitor.consecutive_up,
        allow_insecure=args.allows_insecure or None,
        # Only then does the monitor show the certificate that origins ask Cloudflare for.
        probe_zone=args.zone if args.shows_certificate else None,
        opts=pulumi.ResourceOptions(parent=scope.front),
    )


def _pool(
    scope: Scope, index: int, pool: Pool, monitor: cloudflare.LoadBalancerMonitor, origins: pulumi.Output[Any]
) -> cloudflare.LoadBalancerPool:
    latitude, longitude = _location(scope, index, pool)
    steering = pool.origin_steering or OriginSteering.RANDOM
    return cloudflare.LoadBalancerPool(
        scope.name(pool.name),
        account_id=scope.account_id,
        name=physical_name(pulumi.get_project(), pulumi.get_stack(), scope.front.pulumi_resource_name, pool.name),
        description=scope.note,
        origins=origins,
        monitor=monitor.id,
        minimum_origins=pool.minimum_origins,
        origin_steering=None if steering is OriginSteering.RANDOM else {"policy": steering.value},
        load_shedding=_said({"default_percent": pool.shed_percent or None, "session_percent": pool.shed_session_percent or None}),
        check_regions=_check_regions(scope, pool),
        enabled=False if pool.enabled is False and not scope.args.drains(pool) else None,
        latitude=latitude,
        longitude=longitude,
        opts=pulumi.ResourceOptions(parent=scope.front),
    )


def _check_regions(scope: Scope, pool: Pool) -> pulumi.Input[list[str]]:
    if pool.check_regions:
        return sorted(pool.check_regions)
    # It goes by what the checks measure, and is of no use where no check comes from the visitor's region.
    # Source: https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/dynamic-steering/
    if scope.args.effective_steering is Steering.DYNAMIC_LATENCY and scope.args.effective_plan is Plan.ENTERPRISE:
        return [ALL]
    if pool.latitude is not None and pool.longitude is not None:
        return [nearest((pool.latitude, pool.longitude))]
    of: list[Any] = [pool.cloud, pool.region]
    known: pulumi.Output[Any] = pulumi.Output.from_input(of)
    return known.apply(lambda of: [nearest_to(of[0], of[1])])


def _location(scope: Scope, index: int, pool: Pool) -> tuple[Optional[pulumi.Input[float]], Optional[pulumi.Input[float]]]:
    if scope.args.effective_steering is not Steering.PROXIMITY or pool.latitude is not None:
        return pool.latitude, pool.longitude
    of: list[Any] = [pool.cloud, pool.region]
    known: pulumi.Output[Any] = pulumi.Output.from_input(of)
    place = known.apply(lambda of: location(of[0], of[1], f"pools[{index}]"))
    return place.apply(lambda degrees: degrees[0]), place.apply(lambda degrees: degrees[1])


def _load_balancer(scope: Scope, ids: Mapping[str, pulumi.Output[str]]) -> cloudflare.LoadBalancer:
    args, geo, strategy = scope.args, scope.args.geo, scope.args.location_strategy
    default = [pool.name for pool in args.default_pools]
    weights = args.pool_weights
    rules: list[Any] = [_rule(priority, route, ids, args.enabled_pools) for priority, route in enumerate(args.effective_routes)]
    by_id: Any = pulumi.Output.all(**ids).apply(lambda known: {known[name]: weight for name, weight in (weights or {}).items()})
    return cloudflare.LoadBalancer(
        scope.name("load-balancer"),
        zone_id=scope.zone_id,
        name=args.hostname,
        description=scope.note,
        default_pools=[ids[name] for name in default],
        fallback_pool=ids[args.effective_fallback_pool],
        proxied=args.is_proxied,
        ttl=args.dns.ttl if args.dns else None,
        steering_policy=args.effective_steering.policy,
        random_steering={"pool_weights": by_id} if weights else None,
        region_pools=_by_place(geo.regions if geo else None, ids),
        country_pools=_by_place(geo.countries if geo else None, ids),
        pop_pools=_by_place(geo.pops if geo else None, ids),
        location_strategy=_said({"mode": _word(strategy.mode), "prefer_ecs": _word(strategy.prefer_ecs)}) if strategy else None,
        adaptive_routing={"failover_across_pools": True} if args.effective_failover_across_pools else None,
        **_affinity(scope),
        rules=rules or None,
        opts=pulumi.ResourceOptions(parent=scope.front),
    )


def _by_place(places: Optional[Mapping[str, list[str]]], ids: Mapping[str, pulumi.Output[str]]) -> Optional[dict[str, Any]]:
    return {place: [ids[name] for name in names] for place, names in places.items()} if places else None


def _affinity(scope: Scope) -> dict[str, Any]:
    """What is said of session affinity: nothing where there is none, since all its details are about visitors who stay."""
    args, details = scope.args, scope.args.affinity
    affinity, failover = args.effective_session_affinity, args.effective_zero_downtime_failover
    if affinity is SessionAffinity.NONE:
        return {}
    attributes: dict[str, Any] = {"zero_downtime_failover": None if failover is ZeroDowntimeFailover.NONE else failover.value}
    if details is not None:
        attributes |= {
            "samesite": _word(details.same_site),
            "secure": _word(details.secure),
            "drain_duration": details.drain_seconds or None,
            "headers": details.headers,
            "require_all_headers": details.require_all_headers or None,
        }
    return {
        "session_affinity": affinity.value,
        "session_affinity_ttl": details.ttl if details else None,
        "session_affinity_attributes": _said(attributes),
    }


def _rule(priority: int, route: Route, ids: Mapping[str, pulumi.Output[str]], enabled: Collection[str]) -> dict[str, Any]:
    # The provider takes a missing priority for 0, and rules of the same priority have no order.
    rule: dict[str, Any] = {"name": route.name, "condition": route.condition, "priority": priority, "terminates": True}
    if route.respond is not None:
        response = route.respond
        rule["fixed_response"] = _said(
            {
                "status_code": response.status,
                "message_body": response.body,
                "content_type": response.content_type or ("text/plain" if response.body else None),
                "location": response.location,
            }
        )
        return rule
    pools = route.pools or []
    rule["overrides"] = _said(
        {
            "default_pools": [ids[name] for name in pools],
            "fallback_pool": ids[route.fallback_pool(enabled)],
            "steering_policy": route.steering.policy if route.steering else None,
            "session_affinity": _word(route.session_affinity),
        }
    )
    return rule


def _word(given: Optional[Any]) -> Optional[str]:
    """Cloudflare's word, which an enum's value is."""
    return None if given is None else str(given.value)


def _said(given: Mapping[str, Any]) -> Any:
    """What is not None of it; None where nothing is, since an empty object would differ from what Cloudflare gives back."""
    return {key: value for key, value in given.items() if value is not None} or None
