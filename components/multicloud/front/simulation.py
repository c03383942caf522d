"""Who goes where: the steering of a front, worked out from its arguments. Pure, and nothing is asked of Cloudflare.

Each rule is Cloudflare's documentation's (https://developers.cloudflare.com/load-balancing/). Where that leaves something open, the
docstring of the function says what is assumed.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from ..regions import coordinates, kilometres
from .contract import CloudflareFrontArgs
from .mode import Mode
from .pool import Pool
from .pools import planned_origins
from .routes import Route
from .steering import OriginSteering, Steering


class Destination(NamedTuple):
    """What a visitor gets: an origin, or an answer of Cloudflare's own."""

    pool: str | None
    """The pool's name."""
    origin: str | None
    """The origin's name."""
    status: int | None = None
    """The HTTP status of an answer that no origin gives."""


NEAREST = Destination(None, "tunnel")
"""The nearest machine that has the front's tunnel open, of whichever tier: nothing steers, and Cloudflare does not say which one gets a
visitor when that is gone.

Source: https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/configure-tunnels/tunnel-availability/
"""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A visitor, as Cloudflare sees one at the data centre that answers."""

    region: str | None = None
    """Cloudflare's region: `WEU`."""
    country: str | None = None
    """ISO 3166-1: `DE`."""
    pop: str | None = None
    """The data centre: `FRA`."""
    latitude: float | None = None
    """Degrees north."""
    longitude: float | None = None
    """Degrees east."""
    hostname: str | None = None
    """What is asked for. Defaults to the front's."""
    path: str = "/"
    """The path that is asked for."""
    fits: frozenset[str] = frozenset()
    """Names of the routes whose `expression` the request fits. It is not evaluated here."""
    session: tuple[str, str] | None = None
    """The pool and the origin that session affinity keeps the visitor with. Defaults to none: a new visitor."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """How the clouds are at the moment. Origins are named as (pool, origin)."""

    down: Collection[tuple[str, str]] = ()
    """Origins that health checks have found dead."""
    latencies: Mapping[str, float] = field(default_factory=dict)
    """Round-trip time to each pool, as measured from the visitor's region, in any unit."""
    in_flight: Mapping[str, int] = field(default_factory=dict)
    """Requests without an answer yet, or open connections, by pool."""
    in_flight_of_origins: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """The same by origin."""


Shares = dict[Destination, float]


def simulate(args: CloudflareFrontArgs, visitor: Visitor | None = None, conditions: Conditions | None = None) -> Shares:
    """Which share of visitors like this one gets what. The shares add up to 1.

    Args:
        args: The front's, checked, with the origins of every pool in plain.
        visitor: Where the visitors are, and what they ask for. Defaults to new visitors of nowhere in particular, for `/`.
        conditions: Defaults to all being well and idle.

    Raises:
        ValueError: If the origins of a pool are an output.
    """
    visitor, conditions = visitor or Visitor(), conditions or Conditions()
    if args.effective_mode is Mode.TUNNEL:
        return {NEAREST: 1.0}
    pools = {pool.name: _Pool(pool, conditions) for pool in args.known_pools}
    if args.effective_mode is Mode.DNS:
        return _records(pools.values())
    route = _route(args, visitor)
    if route and route.respond:
        return {Destination(None, None, route.respond.status): 1.0}
    return _Front(args, pools, visitor, conditions, route).shares()


class _Pool:
    """A pool and how it is."""

    def __init__(self, pool: Pool, conditions: Conditions) -> None:
        if not isinstance(pool.origins, list):
            raise ValueError(f"the origins of pool {pool.name} are an output")
        self.args, self.name, self._conditions = pool, pool.name, conditions
        self.origins = {str(origin["name"]): float(origin.get("weight", 1)) for origin in planned_origins(pool.origins, "origins")}
        self.healthy = {name: weight for name, weight in self.origins.items() if (self.name, name) not in conditions.down}

    @property
    def available(self) -> bool:
        """Whether it gets visitors: below its threshold of healthy origins, or disabled, it gets none.

        Whether the pool is disabled or, to drain it, its origins, makes no difference: drains are taken to be over.

        Source: https://developers.cloudflare.com/load-balancing/understand-basics/health-details/
        """
        return self.args.is_enabled and len(self.healthy) >= (self.args.minimum_origins or 1)

    @property
    def kept(self) -> float:
        """Share of the visitors who come that it does not shed."""
        return 1 - (self.args.shed_percent or 0) / 100

    def split(self, share: float, *, last_resort: bool = False) -> Shares:
        """A share of the visitors over its origins, which hash, too, gives in proportion to the weights, if not each single visitor.

        Source: https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/origin-level-steering/

        Args:
            share: The pool's.
            last_resort: Whether it is the fallback pool's turn, whose health is not looked at.
        """
        weights = dict(self.origins if last_resort else self.healthy)
        if self.args.origin_steering in (OriginSteering.LEAST_OUTSTANDING_REQUESTS, OriginSteering.LEAST_CONNECTIONS):
            busy = self._conditions.in_flight_of_origins
            weights = {name: _scaled(weight, busy.get((self.name, name), 0)) for name, weight in weights.items()}
        total = sum(weights.values())
        # Assumed: where all that is left weighs nothing, each gets the same.
        return {
            Destination(self.name, name): share * (weight / total if total else 1 / len(weights))
            for name, weight in weights.items()
            if weight or not total
        }


def _scaled(weight: float, in_flight: int) -> float:
    """A weight in proportion to how idle it is.

    Cloudflare says "weighted proportionately less", and not how. With nothing in flight, it says, the weights alone decide.
    Source: https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/least-outstanding-requests/
    """
    return weight / (1 + in_flight)


def _records(pools: Collection[_Pool]) -> Shares:
    """Records are answered in turn, dead or alive: nobody checks their health.

    Left out: where they are proxied, a request whose connection fails is tried once more at another record's address.
    Source: https://developers.cloudflare.com/dns/manage-dns-records/how-to/round-robin-dns/
    """
    found = [Destination(pool.name, name) for pool in pools if pool.args.has_records for name in pool.origins]
    return {destination: 1 / len(found) for destination in found}


def _route(args: CloudflareFrontArgs, visitor: Visitor) -> Route | None:
    """The first route that the request fits."""
    hostname = visitor.hostname or args.hostname
    for route in args.effective_routes:
        if route.expression is not None:
            fits = route.name in visitor.fits
        else:
            fits = route.hostname in (None, hostname) and visitor.path.startswith(route.path or "/")
        if fits:
            return route
    return None


class _Front:
    """One kind of visitor at a load balancer."""

    def __init__(
        self, args: CloudflareFrontArgs, pools: Mapping[str, _Pool], visitor: Visitor, conditions: Conditions, route: Route | None
    ) -> None:
        self._pools, self._visitor, self._conditions = pools, visitor, conditions
        self._weights = dict.fromkeys(pools, 1.0) | (args.pool_weights or {})
        self._fallback = pools[args.effective_fallback_pool]
        self._steering = args.effective_steering
        self._names = [pool.name for pool in args.default_pools]
        if route is not None:
            self._names = route.pools or []
            self._fallback = pools[route.fallback_pool(args.enabled_pools)]
            self._steering = route.steering or (Steering.FAILOVER if self._steering is Steering.GEO else self._steering)
        elif self._steering is Steering.GEO:
            self._names = self._listed(args) or self._names

    def _listed(self, args: CloudflareFrontArgs) -> list[str] | None:
        """The list for the visitor's place: of the data centre, else the country, else the region.

        Source: https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/geo-steering/
        """
        geo, visitor = args.geo, self._visitor
        if geo is None:
            return None
        for lists, place in ((geo.pops, visitor.pop), (geo.countries, visitor.country), (geo.regions, visitor.region)):
            if place is not None and place in (lists or {}):
                return (lists or {})[place]
        return None

    def shares(self) -> Shares:
        """Who gets what."""
        found: dict[str, float] = {}
        staying, leaving = self._session()
        reachable = frozenset(name for name in self._names if self._pools[name].available)
        last_resort = 0.0
        for name, share in self._steer(reachable - {leaving}).items():
            if name is None:
                last_resort += share
            else:
                found[name] = share
        shares: Shares = {}
        for name, share in found.items():
            _add(shares, self._pools[name].split(share * (1 - staying)))
        if last_resort:
            _add(shares, self._fallback.split(last_resort * (1 - staying), last_resort=True))
        if staying and self._visitor.session:
            _add(shares, {Destination(*self._visitor.session): staying})
        return {destination: share for destination, share in shares.items() if share > 0}

    def _session(self) -> tuple[float, str | None]:
        """Which share of those who have a session stays, and the pool that sheds the others."""
        if self._visitor.session is None:
            return 0.0, None
        name, origin = self._visitor.session
        pool = self._pools[name]
        if not pool.available or origin not in pool.healthy:
            return 0.0, None
        return 1 - (pool.args.shed_session_percent or 0) / 100, name

    def _steer(self, reachable: frozenset[str]) -> Mapping[str | None, float]:
        """The share of each pool; of None, what is left to the fallback pool.

        What a pool sheds is steered once more, without it; if all shed, some of it is left.
        Source: https://developers.cloudflare.com/load-balancing/additional-options/load-shedding/
        """

        @cache
        def steered(among: frozenset[str]) -> Mapping[str | None, float]:
            shares: dict[str | None, float] = {}
            for name, share in self._choice([name for name in self._names if name in among]).items():
                if name is None:
                    shares[None] = shares.get(None, 0) + share
                    continue
                kept = self._pools[name].kept
                shares[name] = shares.get(name, 0) + share * kept
                if kept < 1:
                    for other, shed in steered(among - {name}).items():
                        shares[other] = shares.get(other, 0) + share * (1 - kept) * shed
            return shares

        return steered(reachable)

    def _choice(self, names: Sequence[str]) -> Mapping[str | None, float]:
        """The share of each of some pools, all of them available, in the order of failover.

        Assumed: a pool whose weight is 0 gets nobody, even where it is the only one.
        Source: https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/
        """
        if self._steering.weighs:
            weights = {name: self._weights[name] for name in names}
            if self._steering is not Steering.RANDOM:
                weights = {name: _scaled(weight, self._conditions.in_flight.get(name, 0)) for name, weight in weights.items()}
            total = sum(weights.values())
            return {name: weight / total for name, weight in weights.items() if weight} if total else {None: 1.0}
        if not names:
            return {None: 1.0}
        order: dict[Steering, Callable[[str], float]] = {
            Steering.DYNAMIC_LATENCY: self._latency(names),
            Steering.PROXIMITY: self._distance,
        }
        return {min(names, key=order.get(self._steering, lambda name: 0)): 1.0}

    def _latency(self, names: Sequence[str]) -> Callable[[str], float]:
        """Round-trip time; the same for all, so that they go by order, where it is not known of one.

        Source: https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/dynamic-steering/
        """
        known = self._conditions.latencies
        return (lambda name: known[name]) if all(name in known for name in names) else (lambda name: 0)

    def _distance(self, name: str) -> float:
        """Kilometres from the visitor. Assumed: who is nowhere is equally far from all, and a pool that is nowhere is farthest."""
        visitor = self._visitor
        if visitor.latitude is None or visitor.longitude is None:
            return 0
        return distance(self._pools[name].args, (visitor.latitude, visitor.longitude))


def distance(pool: Pool, place: tuple[float, float]) -> float:
    """Kilometres along the earth's surface from a place to a pool; infinite where nobody knows where the pool is.

    Args:
        pool: The pool.
        place: Degrees north and east.
    """
    found: tuple[float, float] | None = None
    if pool.latitude is not None and pool.longitude is not None:
        found = pool.latitude, pool.longitude
    elif isinstance(pool.cloud, str) and isinstance(pool.region, str):
        found = coordinates(pool.cloud, pool.region)
    return math.inf if found is None else kilometres(place, found)


def _add(shares: Shares, more: Shares) -> None:
    for destination, share in more.items():
        shares[destination] = shares.get(destination, 0) + share
