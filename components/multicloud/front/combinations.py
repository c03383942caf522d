"""Arguments of a front that are right, and wrong together. Pure.

Each is refused with its reason here, before Cloudflare refuses it without one, or takes it and does something else.
"""

from typing import TYPE_CHECKING

from ..errors import ArgumentError, closest
from .affinity import SessionAffinity, ZeroDowntimeFailover
from .dns import check_records
from .health import Plan, check_failover_within
from .mode import Mode
from .patterns import Pattern
from .pool import Pool
from .pools import location
from .shield import Ssl
from .steering import OriginSteering, Steering
from .tunnels import check_tunnels, service

if TYPE_CHECKING:
    from .contract import CloudflareFrontArgs

BALANCED = (
    "pattern", "preproduction_hostname", "monitor", "failover_within", "steering", "geo", "location_strategy", "fallback_pool",
    "failover_across_pools", "zero_downtime_failover", "session_affinity", "affinity", "routes", "notifications", "notification_email",
)  # fmt: skip
"""What only Cloudflare's load balancing can do."""

A_TUNNEL_EACH = "say mode: load_balancer over tiers with a tunnel each"


def check_combinations(args: "CloudflareFrontArgs") -> None:
    """Raises ArgumentError at the argument that another one contradicts.

    Args:
        args: The front's, each right by itself.
    """
    _check_mode(args)
    if args.effective_mode is Mode.TUNNEL:
        _check_tunnel(args)
    else:
        _check_pools(args)
        if isinstance(args.origin_port, int):
            check_port(args, args.origin_port)
    if args.effective_mode is Mode.LOAD_BALANCER:
        _check_pattern(args)
        _check_proxy(args)
        _check_steering(args)
        _check_affinity(args)
        _check_routes(args)
        worst = args.detection_seconds or 0
        monitor = args.effective_monitor
        check_failover_within(args.failover_within, monitor, args.effective_plan, worst - monitor.detection_seconds)
        _check_weights(args)


def _check_mode(args: "CloudflareFrontArgs") -> None:
    mode = args.effective_mode
    if mode is not Mode.LOAD_BALANCER:
        for name in BALANCED:
            if getattr(args, name) is not None:
                mend = f"leave it out, or {A_TUNNEL_EACH if mode is Mode.TUNNEL else 'say mode: load_balancer'}"
                raise ArgumentError(name, f"is given, and mode {mode} has no load balancing", mend)
    if args.dns is not None and mode is not Mode.TUNNEL:
        args.dns.check(args.effective_plan, mode is Mode.LOAD_BALANCER)
        if args.dns.proxied is False and args.shield is not None and args.shield.is_enabled:
            raise ArgumentError("shield", "shields nothing where dns.proxied is false", "leave one of the two out")


def check_port(args: "CloudflareFrontArgs", port: int) -> None:
    """Raises ArgumentError at `origin_port` if nobody comes to it: a record leads to an address, and whoever follows it to 80 or 443.

    Args:
        args: The front's.
        port: Its `origin_port`, known at last.
    """
    if port in (80, 443):
        return
    if args.effective_mode is Mode.DNS:
        mend = "take 80 or 443, or say mode: load_balancer"
        raise ArgumentError("origin_port", f"{port} is said, and a record says no port", mend)
    if not args.is_proxied:
        wrong = f"{port} is said, and visitors come to the origins by themselves, on 80 and 443"
        raise ArgumentError("origin_port", wrong, "take one of these, or leave dns.proxied out")


def _check_tunnel(args: "CloudflareFrontArgs") -> None:
    """What cannot be where the name leads to one tunnel, of which visitors get the nearest end."""
    if args.known_pools:
        wrong = "are given, and mode tunnel leads to the machines that open its tunnel, the nearest of them, and nowhere else"
        raise ArgumentError("pools", wrong, f"leave them out, or {A_TUNNEL_EACH}")
    if not args.is_proxied:
        raise ArgumentError("dns.proxied", "is false, and only Cloudflare reaches a tunnel", "leave it out")
    if args.dns is not None and args.dns.ttl is not None:
        raise ArgumentError("dns.ttl", "is given, and a tunnel is always proxied, where it is Cloudflare's own", "leave it out")
    if isinstance(args.origin_port, int):
        service(args.origin_port, "origin_port")
    shield = args.effective_shield
    # Source: https://github.com/cloudflare/cloudflared/issues/407
    wrong = "is about connections to origins, and a tunnel has none: its own are encrypted, and both of their ends known to each other"
    if shield.ssl not in (None, Ssl.STRICT):
        raise ArgumentError("shield.ssl", f"{shield.ssl} {wrong}", "leave it out, which is strict")
    if shield.origin_pulls:
        raise ArgumentError("shield.origin_pulls", wrong, "leave it out")


def _check_pools(args: "CloudflareFrontArgs") -> None:
    plan = args.effective_plan
    pools = args.known_pools
    if not pools:
        raise ArgumentError("pools", "the list is empty", "give at least one pool, the first choice first")
    if plan.most is not None and len(pools) > plan.most:
        raise ArgumentError("pools", f"{len(pools)} are more than the {plan.most} of this plan", "give fewer, or say plan enterprise")
    seen: dict[str, int] = {}
    for index, pool in enumerate(pools):
        path = f"pools[{index}]"
        try:
            pool.check(plan)
        except ArgumentError as error:
            raise error.under(path) from None
        if pool.name.lower() in seen:
            other = seen[pool.name.lower()]
            raise ArgumentError(f"{path}.name", f"{pool.name!r} is the name of pools[{other}], too", "give each pool a name of its own")
        seen[pool.name.lower()] = index
        own = next((name for name in args.hostnames if name in [origin["address"] for origin in pool.plain_origins or []]), None)
        if own is not None:
            raise ArgumentError(f"{path}.origins", f"{own} is the front itself", "give the address of what is behind it")
        if args.effective_mode is Mode.DNS:
            _check_record(pool, path)
        if pool.plain_origins is not None and isinstance(args.shielded_port, int):
            addresses = [str(origin["address"]) for origin in pool.plain_origins]
            check_tunnels(addresses, f"{path}.origins", port=args.shielded_port, proxied=args.is_proxied)
    if not args.default_pools:
        raise ArgumentError("pools", "all are routes_only, so that nobody else would get an answer", "leave that out at one at least")
    if not any(pool.is_enabled for pool in args.default_pools):
        raise ArgumentError("pools", "none is enabled, so that nobody would get an answer", "enable one at least")
    if args.effective_mode is Mode.DNS:
        _check_records(args)


def _check_records(args: "CloudflareFrontArgs") -> None:
    """In mode dns a front is a set of records, as many as there are origins."""
    visible = [pool for pool in args.known_pools if pool.has_records]
    if not visible:
        raise ArgumentError("pools", "every weight is 0, so that no pool would get a visitor", "give at least one pool a weight above 0")
    plain = [str(origin["address"]) for pool in visible for origin in pool.plain_origins or []]
    check_records(plain, sum(len(pool.origin_keys) for pool in visible))


def _check_record(pool: Pool, path: str) -> None:
    """In mode dns a pool is a set of records: there, or not there."""
    for name in (
        "minimum_origins",
        "origin_steering",
        "shed_percent",
        "shed_session_percent",
        "check_regions",
        "routes_only",
        "cost",
        "latitude",
    ):
        if getattr(pool, name) is not None:
            raise ArgumentError(
                f"{path}.{name}", "is given, and mode dns has no load balancing", "leave it out, or say mode: load_balancer"
            )
    if pool.weight not in (None, 0, 1):
        raise ArgumentError(
            f"{path}.weight", f"{pool.weight} is neither 0 nor 1, and records have no weights", "say 0 to drain it, or leave it out"
        )


def _check_pattern(args: "CloudflareFrontArgs") -> None:
    pattern, pools = args.pattern, args.known_pools
    if (pattern is Pattern.PREPRODUCTION) != (args.preproduction_hostname is not None):
        wrong = "is missing" if args.preproduction_hostname is None else f"is given, and pattern is {pattern or 'none'}"
        raise ArgumentError("preproduction_hostname", wrong, "it goes with pattern: preproduction")
    if pattern is not None and len(pools) < 2:
        raise ArgumentError("pattern", f"{pattern} is about several pools, and there is one", "add a pool, or leave it out")
    if pattern is Pattern.BURST and not pools[0].shed_percent:
        raise ArgumentError(
            "pools[0].shed_percent", "is missing, and pattern burst is about what the first pool sheds", "say how much, like 20"
        )
    if pattern is not Pattern.COST_WEIGHTED:
        for index, pool in enumerate(pools):
            if pool.cost is not None:
                raise ArgumentError(f"pools[{index}].cost", f"means nothing to pattern {pattern or 'none'}", "say pattern: cost_weighted")
    elif args.effective_steering is not Steering.RANDOM and not args.effective_steering.weighs:
        raise ArgumentError(
            "steering", f"{args.effective_steering} has no weights, and pattern cost_weighted is about them", "leave it out"
        )
    elif all(pool.weight is None for pool in args.default_pools):
        for index, pool in enumerate(pools):
            if pool.cost is None and pool in args.default_pools:
                raise ArgumentError(f"pools[{index}].cost", "is missing", "say what the same work costs in each pool, in any unit")


def _check_proxy(args: "CloudflareFrontArgs") -> None:
    """What needs Cloudflare between visitors and origins, and what means something only without it."""
    if args.is_proxied:
        if args.location_strategy is not None:
            wrong = "means nothing where Cloudflare stands between: a visitor is where the data centre is that answers"
            raise ArgumentError("location_strategy", wrong, "leave it out, or say dns: {proxied: false}")
        return
    for name in ("session_affinity", "affinity", "zero_downtime_failover", "failover_across_pools", "routes", "preproduction_hostname"):
        if getattr(args, name):
            wrong = "needs Cloudflare between visitors and origins, and dns.proxied is false"
            raise ArgumentError(name, wrong, "leave one of the two out")
    if args.effective_steering in (Steering.LEAST_OUTSTANDING_REQUESTS, Steering.LEAST_CONNECTIONS):
        wrong = f"{args.effective_steering} counts what goes through Cloudflare: nothing, since dns.proxied is false"
        raise ArgumentError("steering", wrong, "take random")
    for index, pool in enumerate(args.known_pools):
        if pool.origin_steering in (OriginSteering.LEAST_OUTSTANDING_REQUESTS, OriginSteering.LEAST_CONNECTIONS):
            wrong = f"{pool.origin_steering} counts what goes through Cloudflare: nothing, since dns.proxied is false"
            raise ArgumentError(f"pools[{index}].origin_steering", wrong, "take random")


def _check_steering(args: "CloudflareFrontArgs") -> None:
    steering, pools = args.effective_steering, args.known_pools
    names = [pool.name for pool in pools]
    for index, pool in enumerate(pools):
        path = f"pools[{index}]"
        if pool.weight is not None and not steering.weighs:
            raise ArgumentError(f"{path}.weight", f"means nothing to steering {steering}", "leave it out, or take steering random")
        if steering is Steering.PROXIMITY:
            if not pool.is_located:
                raise ArgumentError(path, "proximity has to know where the pool is", "give it cloud and region, or latitude and longitude")
            if pool.latitude is None and isinstance(pool.cloud, str) and isinstance(pool.region, str):
                location(pool.cloud, pool.region, path)
    if (steering is Steering.GEO) != (args.geo is not None):
        wrong = "is missing, and steering geo goes by it" if args.geo is None else f"means nothing to steering {steering}"
        raise ArgumentError("geo", wrong, "say steering: geo and, in geo, which pools for which place")
    if args.geo is not None:
        args.geo.check(names, args.effective_plan is Plan.ENTERPRISE)
    if args.location_strategy is not None and steering not in (Steering.GEO, Steering.PROXIMITY):
        raise ArgumentError("location_strategy", f"means nothing to steering {steering}", "it is for geo and proximity; leave it out")
    if args.fallback_pool is not None and args.fallback_pool not in names:
        raise ArgumentError("fallback_pool", f"{args.fallback_pool!r} is none of the pools", closest(args.fallback_pool, names))
    if args.fallback_pool is not None and args.fallback_pool not in args.enabled_pools:
        raise ArgumentError("fallback_pool", f"{args.fallback_pool} is not enabled", "enable it, or name another")


def _check_weights(args: "CloudflareFrontArgs") -> None:
    weights = args.effective_weights
    if weights and not any(weight for pool, weight in zip(args.default_pools, weights, strict=True) if pool.name in args.enabled_pools):
        wrong = "the weight of every one that is enabled is 0, so that none would get a visitor"
        raise ArgumentError("pools", wrong, "give at least one of them a weight above 0")


def _check_affinity(args: "CloudflareFrontArgs") -> None:
    affinity = args.effective_session_affinity
    if args.affinity is not None:
        args.affinity.check(affinity, args.effective_plan)
    if affinity is SessionAffinity.HEADER and args.affinity is None:
        raise ArgumentError(
            "affinity", "is missing, and session_affinity header goes by its headers", "say affinity: {headers: [X-Session]}"
        )
    given = args.zero_downtime_failover or ZeroDowntimeFailover.NONE
    if given is not ZeroDowntimeFailover.NONE and affinity is SessionAffinity.NONE:
        wrong = f"{given} is about visitors who stay, and session_affinity is none: the others go to another origin anyway"
        raise ArgumentError("zero_downtime_failover", wrong, "leave it out, or say session_affinity: cookie")
    if given is ZeroDowntimeFailover.STICKY and affinity is SessionAffinity.HEADER:
        wrong = "sticky keeps a visitor elsewhere by a cookie, and session_affinity is header"
        raise ArgumentError("zero_downtime_failover", wrong, "take temporary, or session_affinity: cookie")


def _check_routes(args: "CloudflareFrontArgs") -> None:
    routes, most = args.effective_routes, args.effective_plan.most_routes
    if routes and args.effective_steering is Steering.GEO:
        path, what = ("routes", "are given") if args.routes else ("pattern", "is preproduction, a rule about requests")
        raise ArgumentError(path, f"{what}, and with steering geo Cloudflare follows no rules", "take another steering, or leave one out")
    if most is not None and len(routes) > most:
        own = ", that of the pattern among them," if args.pattern is Pattern.PREPRODUCTION else ""
        raise ArgumentError("routes", f"{len(routes)}{own} are more than the {most} of this plan", "give fewer, or say plan enterprise")
    names, seen = [pool.name for pool in args.known_pools], set()
    for index, route in enumerate(args.effective_routes):
        path = f"routes[{index - len(args.effective_routes) + len(args.routes or [])}]"
        try:
            route.check(names, args.enabled_pools, args.hostnames)
        except ArgumentError as error:
            raise error.under(path) from None
        if route.name in seen:
            raise ArgumentError(f"{path}.name", f"{route.name} is another route's, too", "give each a name of its own")
        seen.add(route.name)
