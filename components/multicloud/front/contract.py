"""What a Cloudflare front takes. No provider SDK is imported here."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Optional, TypedDict

import pulumi

from ..errors import ArgumentError
from ..regions import check_coordinates
from ..web.contract import Origin, WebTier
from .health import Monitor, Plan
from .hostnames import check_hostnames
from .pools import SHARES, location, planned_origins, planned_weights

__all__ = ["CloudflareFrontArgs", "Monitor", "Plan", "Pool", "PoolSummary", "SessionAffinity", "Steering", "pool_of"]


class Steering(StrEnum):
    """Which of the healthy pools a visitor gets.

    Source: https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/
    """

    FAILOVER = "failover"
    """The first healthy one, in the order of `pools`."""
    RANDOM = "random"
    """A random one, by the pools' weights."""
    DYNAMIC_LATENCY = "dynamic_latency"
    """The one that answers health checks from the visitor's region fastest."""
    PROXIMITY = "proximity"
    """The one that is nearest to the visitor, by the coordinates of its cloud's region."""
    LEAST_OUTSTANDING_REQUESTS = "least_outstanding_requests"
    """The one with the fewest requests that wait for an answer, scaled by the pools' weights."""
    LEAST_CONNECTIONS = "least_connections"
    """The one with the fewest open connections, scaled by the pools' weights."""

    @property
    def weighs(self) -> bool:
        """Whether the pools' weights mean something."""
        return self in (Steering.RANDOM, Steering.LEAST_OUTSTANDING_REQUESTS, Steering.LEAST_CONNECTIONS)

    @property
    def policy(self) -> str:
        """Cloudflare's word for it."""
        return "off" if self is Steering.FAILOVER else self.value


class SessionAffinity(StrEnum):
    """Whether a visitor stays with an origin."""

    NONE = "none"
    """Every request is steered anew."""
    COOKIE = "cookie"
    """A cookie of Cloudflare's keeps a visitor with the origin of the first request for 23 hours, while it is healthy."""


@dataclass(kw_only=True, frozen=True)
class Pool:
    """The origins of one web tier, on any cloud or on none."""

    name: str
    """Letters, digits, hyphens and underscores, 40 at most; unique within the front. It is the pool's identity: with another
    name it is another pool."""
    origins: pulumi.Input[list[Origin]]
    """Where the tier is reached: its output `origins`, or a list of your own."""
    weight: Optional[float] = None
    """Share of the visitors relative to the other pools, 0 to 1, where `steering` weighs pools. Defaults to 1. 0 drains the pool."""
    minimum_origins: Optional[int] = None
    """How many origins must be healthy for the pool to get visitors. Defaults to 1."""
    cloud: Optional[pulumi.Input[str]] = None
    """aws, gcp, digitalocean or external: with `region`, tells where the origins are. Only proximity needs it."""
    region: Optional[pulumi.Input[str]] = None
    """The region in the cloud's own name."""
    latitude: Optional[float] = None
    """Where the origins are in degrees north, -90 to 90, instead of `cloud` and `region`; with `longitude`."""
    longitude: Optional[float] = None
    """Where the origins are in degrees east, -180 to 180, instead of `cloud` and `region`; with `latitude`."""

    @property
    def is_located(self) -> bool:
        """Whether it is known where the origins are."""
        return self.latitude is not None or (self.cloud is not None and self.region is not None)

    def check(self, plan: Plan) -> None:
        """Raises ArgumentError, its path below the pool, if what is known of it before anything is created cannot work."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", self.name):
            raise ArgumentError("name", f"{self.name!r} is not a pool name", "take 1 to 40 letters, digits, hyphens and underscores")
        if self.weight is not None and not 0 <= self.weight <= 1:
            raise ArgumentError("weight", f"{self.weight} is outside 0 to 1", SHARES)
        if self.minimum_origins is not None and self.minimum_origins < 1:
            raise ArgumentError("minimum_origins", f"{self.minimum_origins} is below 1", "give at least 1, or leave it out")
        check_coordinates(self.latitude, self.longitude)
        if isinstance(self.origins, list) and all(_is_plain(origin) for origin in self.origins):
            planned_origins(self.origins, "origins", most=plan.most, minimum=self.minimum_origins)


def pool_of(name: str, tier: WebTier, weight: Optional[float] = None) -> Pool:
    """The pool of a web tier: its origins, and where they are.

    Args:
        name: The pool's name.
        tier: The web tier.
        weight: Its share of the visitors, 0 to 1; see `Pool.weight`.
    """
    # Only machines that somebody else runs are where no table of regions says.
    latitude, longitude = getattr(tier, "coordinates", None) or (None, None)
    return Pool(
        name=name, origins=tier.origins, weight=weight, cloud=tier.cloud, region=tier.region, latitude=latitude, longitude=longitude
    )


class PoolSummary(TypedDict):
    """What a front says of a pool."""

    name: str
    """The name that the program gave it."""
    origins: list[str]
    """The addresses of its origins, sorted by the origins' names."""


@dataclass(kw_only=True, frozen=True)
class CloudflareFrontArgs:
    """The arguments of a front on Cloudflare's load balancing."""

    zone: str
    """Name of the zone at Cloudflare, which must exist: example.com."""
    hostname: str
    """The name that visitors know: the zone itself or a name below it."""
    pools: list[Pool]
    """Where visitors are sent, the first choice first. The last pool is also the one that Cloudflare uses when none is healthy."""
    aliases: Optional[list[str]] = None
    """Other names of the zone that lead to the same front, like www.example.com. Defaults to none."""
    health_path: Optional[pulumi.Input[str]] = None
    """Path of the health check, from the slash: the tiers' output `health_path`. Defaults to `/healthz`."""
    expected_status: Optional[int] = None
    """The status that counts as healthy, 200 to 399. Defaults to 200."""
    origin_port: Optional[pulumi.Input[int]] = None
    """Where all origins listen: the tiers' output `port`. 443 is asked for health over HTTPS, and the zone's SSL/TLS encryption mode has
    to be Full (strict) then, or Full; any other is plain HTTP, and the mode Flexible. Defaults to 80."""
    monitor: Optional[Monitor] = None
    """How often health is checked. The defaults take an origin out within 75 seconds."""
    steering: Optional[Steering] = None
    """Which healthy pool a visitor gets. Defaults to failover: the first one."""
    session_affinity: Optional[SessionAffinity] = None
    """Whether a visitor stays with an origin. Defaults to none."""
    notification_email: Optional[str] = None
    """Where Cloudflare writes to when a pool or an origin becomes healthy or unhealthy. Defaults to nowhere."""
    plan: Optional[Plan] = None
    """The zone's plan, for its limits. Defaults to free: what is allowed there is allowed on all."""

    @property
    def effective_plan(self) -> Plan:
        """The plan, the default filled in."""
        return self.plan or Plan.FREE

    @property
    def effective_monitor(self) -> Monitor:
        """The monitor, the default filled in."""
        return self.monitor or Monitor()

    @property
    def effective_steering(self) -> Steering:
        """The steering, the default filled in."""
        return self.steering or Steering.FAILOVER

    def check(self) -> None:
        """Raises ArgumentError if Cloudflare would refuse the arguments, or if they cannot mean what they say."""
        check_hostnames(self.zone, self.hostname, self.aliases or [])
        if isinstance(self.health_path, str) and not self.health_path.startswith("/"):
            raise ArgumentError("health_path", f"{self.health_path!r} does not begin with a slash", f"write /{self.health_path}")
        if self.expected_status is not None and not 200 <= self.expected_status <= 399:
            raise ArgumentError(
                "expected_status", f"{self.expected_status} does not say that an origin is healthy", "give a status from 200 to 399"
            )
        if isinstance(self.origin_port, int) and not 1 <= self.origin_port <= 65535:
            raise ArgumentError("origin_port", f"{self.origin_port} is not a port", "give a number from 1 to 65535")
        if self.notification_email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", self.notification_email):
            raise ArgumentError("notification_email", "is not an e-mail address", "write one like ops@example.com")
        self.effective_monitor.check(self.effective_plan)
        self._check_pools()

    def _check_pools(self) -> None:
        plan, steering = self.effective_plan, self.effective_steering
        if not self.pools:
            raise ArgumentError("pools", "the list is empty", "give at least one pool, the first choice first")
        if plan.most is not None and len(self.pools) > plan.most:
            raise ArgumentError(
                "pools", f"{len(self.pools)} are more than the {plan.most} of this plan", "give fewer, or say plan enterprise"
            )
        seen: dict[str, int] = {}
        for index, pool in enumerate(self.pools):
            path = f"pools[{index}]"
            try:
                pool.check(plan)
            except ArgumentError as error:
                raise error.under(path) from None
            if pool.name.lower() in seen:
                other = seen[pool.name.lower()]
                raise ArgumentError(f"{path}.name", f"{pool.name!r} is the name of pools[{other}], too", "give each pool a name of its own")
            seen[pool.name.lower()] = index
            if pool.weight is not None and not steering.weighs:
                mend = "leave it out, or take steering random"
                raise ArgumentError(f"{path}.weight", f"means nothing to steering {steering}", mend)
            if steering is Steering.PROXIMITY:
                if not pool.is_located:
                    raise ArgumentError(
                        path, "proximity has to know where the pool is", "give it cloud and region, or latitude and longitude"
                    )
                if pool.latitude is None and isinstance(pool.cloud, str) and isinstance(pool.region, str):
                    location(pool.cloud, pool.region, path)
        planned_weights([pool.weight for pool in self.pools])


def _is_plain(origin: Any) -> bool:
    """Whether no value of an origin is still to come."""
    return isinstance(origin, Mapping) and all(isinstance(value, (str, int, float)) for value in origin.values())
