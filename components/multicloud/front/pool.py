"""A pool: the origins of one web tier. No provider's SDK is imported here."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

import pulumi

from ..errors import ArgumentError
from ..reachable import check_address
from ..regions import check_coordinates
from ..web.contract import Origin, WebTier
from .check_regions import check_check_regions
from .dns import check_count
from .health import Plan
from .pools import SHARES, planned_origins
from .steering import OriginSteering


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
    origin_steering: Optional[OriginSteering] = None
    """Which origin of the pool a visitor gets. Defaults to random, by the origins' weights."""
    shed_percent: Optional[float] = None
    """Share of new visitors that the pool sheds to the next ones, in percent, 0 to 100. Defaults to 0. Raise it before a pool is too
    full: Cloudflare does not measure that. With the pattern burst, the first pool has to have it."""
    shed_session_percent: Optional[float] = None
    """The same for visitors who stay by session affinity. Defaults to 0."""
    check_regions: Optional[list[str]] = None
    """Cloudflare's regions that health is checked from, three data centres in each: `[WEU]`. One comes with the load balancing add-on, more
    are bought, up to eight; Enterprise has all, `[ALL_REGIONS]`. Defaults to the one that is nearest to the pool, and, on Enterprise with
    steering dynamic_latency, which goes by these checks, to all."""
    enabled: Optional[bool] = None
    """Whether the pool gets visitors. Defaults to true; false takes it out at once, and health checks stop. Where the front says
    `affinity.drain_seconds`, it is the pool's origins that are disabled: new visitors go elsewhere, and those who stay by session affinity
    may do so that long."""
    routes_only: Optional[bool] = None
    """Whether only those visitors get the pool whom `routes` or `geo` send there. Defaults to false."""
    cost: Optional[float] = None
    """What the same work costs there, in any unit, for the pattern cost-weighted."""
    origin_count: Optional[int] = None
    """How many origins there are, where `origins` is an output, for a record each where `mode` is `dns`. Defaults to 1."""
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

    @property
    def is_enabled(self) -> bool:
        """Whether it may get visitors at all, the default filled in."""
        return self.enabled is not False

    @property
    def has_records(self) -> bool:
        """Whether its origins have records where `mode` is `dns`: unless it is drained or disabled."""
        return self.weight != 0 and self.is_enabled

    @property
    def plain_origins(self) -> Optional[list[Origin]]:
        """The origins where all of them are known before anything is created, or else None."""
        if isinstance(self.origins, list) and all(_is_plain(origin) for origin in self.origins):
            return self.origins
        return None

    @property
    def origin_keys(self) -> list[str]:
        """What tells the origins from each other, in the order of their names: the names where they are known, or numbers from 1."""
        if self.plain_origins is not None:
            return sorted(str(origin["name"]) for origin in self.plain_origins)
        count = len(self.origins) if isinstance(self.origins, list) else self.origin_count or 1
        return [str(number) for number in range(1, count + 1)]

    def check(self, plan: Plan) -> None:
        """Raises ArgumentError, its path below the pool, if what is known of it before anything is created cannot work."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", self.name):
            raise ArgumentError("name", f"{self.name!r} is not a pool name", "take 1 to 40 letters, digits, hyphens and underscores")
        if self.weight is not None and not 0 <= self.weight <= 1:
            raise ArgumentError("weight", f"{self.weight} is outside 0 to 1", SHARES)
        if self.minimum_origins is not None and self.minimum_origins < 1:
            raise ArgumentError("minimum_origins", f"{self.minimum_origins} is below 1", "give at least 1, or leave it out")
        check_coordinates(self.latitude, self.longitude)
        for field in ("shed_percent", "shed_session_percent"):
            percent = getattr(self, field)
            if percent is not None and not 0 <= percent <= 100:
                raise ArgumentError(field, f"{percent} is outside 0 to 100 percent", "leave it out to shed nobody")
        if self.cost is not None and not self.cost > 0:
            raise ArgumentError("cost", f"{self.cost} is not above 0", "say what the same work costs in each pool, in any unit")
        if self.origin_count is not None and self.origin_count < 1:
            raise ArgumentError("origin_count", f"{self.origin_count} is below 1", "say how many there are")
        if isinstance(self.origins, list) and self.origin_count is not None:
            check_count(len(self.origins), self.origin_count, "origin_count")
        check_check_regions(self.check_regions or [], plan)
        if self.plain_origins is not None:
            planned_origins(self.plain_origins, "origins", most=plan.most, minimum=self.minimum_origins)
            for index, origin in enumerate(self.plain_origins):
                check_address(str(origin["address"]), f"origins[{index}].address")


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


def _is_plain(origin: Any) -> bool:
    """Whether no value of an origin is still to come."""
    return isinstance(origin, Mapping) and all(isinstance(value, (str, int, float)) for value in origin.values())
