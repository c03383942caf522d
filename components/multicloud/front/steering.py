"""Which pool and which origin a visitor gets: the words, checked. Pure, and without a provider's SDK."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Optional

from ..errors import ArgumentError, closest

REGIONS = {
    "WNAM": "Western North America",
    "ENAM": "Eastern North America",
    "WEU": "Western Europe",
    "EEU": "Eastern Europe",
    "NSAM": "Northern South America",
    "SSAM": "Southern South America",
    "OC": "Oceania",
    "ME": "Middle East",
    "NAF": "Northern Africa",
    "SAF": "Southern Africa",
    "SAS": "Southern Asia",
    "SEAS": "Southeast Asia",
    "NEAS": "Northeast Asia",
}
"""Cloudflare's regions: https://developers.cloudflare.com/load-balancing/reference/region-mapping-api/."""


class Steering(StrEnum):
    """Which of the healthy pools a visitor gets.

    Below Enterprise, all but failover and random need Traffic steering, a part of the load balancing add-on.
    Sources: https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/,
    https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/standard-options/
    """

    FAILOVER = "failover"
    """The first healthy one, in the order of `pools`."""
    RANDOM = "random"
    """A random one, by the pools' weights."""
    GEO = "geo"
    """The first healthy one of those that `geo` lists for where the visitor is."""
    DYNAMIC_LATENCY = "dynamic_latency"
    """The one that answers health checks from the visitor's region fastest; in the order of `pools` for visitors of a region that no
    check comes from, see `Pool.check_regions`."""
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


class OriginSteering(StrEnum):
    """Which of the healthy origins of its pool a visitor gets."""

    RANDOM = "random"
    """A random one, by the origins' weights. Cloudflare's default."""
    HASH = "hash"
    """By the visitor's address, so that the same visitor gets the same origin while the origins stay the same."""
    LEAST_OUTSTANDING_REQUESTS = "least_outstanding_requests"
    """The one with the fewest requests that wait for an answer, scaled by the origins' weights."""
    LEAST_CONNECTIONS = "least_connections"
    """The one with the fewest open connections, scaled by the origins' weights."""


@dataclass(kw_only=True, frozen=True)
class Geo:
    """Pools for where a visitor is, each list in failover order. The most precise that fits is taken: data centre, country, region.

    Where nothing fits, `pools` themselves are gone through in their order. Where no pool of the list is healthy, `fallback_pool` gets the
    visitor: let each list name all pools that may help out.
    Source: https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/geo-steering/
    """

    regions: Optional[dict[str, list[str]]] = None
    """Names of pools by Cloudflare's region: `{WEU: [aws, gcp], ENAM: [gcp, aws]}`."""
    countries: Optional[dict[str, list[str]]] = None
    """Names of pools by country, two capital letters (ISO 3166-1): `{CH: [gcp]}`."""
    pops: Optional[dict[str, list[str]]] = None
    """Names of pools by Cloudflare's data centre, three capital letters: `{FRA: [aws]}`. On the Enterprise plan."""

    @property
    def lists(self) -> Iterator[tuple[str, list[str]]]:
        """Every list with its path below `geo`."""
        for kind in ("regions", "countries", "pops"):
            for place, names in (getattr(self, kind) or {}).items():
                yield f"{kind}[{place!r}]", names

    def check(self, pools: Collection[str], enterprise: bool) -> None:
        """Raises ArgumentError, its path below `geo`, if a place is none, or if a list names no pool, an unknown one or one twice."""
        if not any((self.regions, self.countries, self.pops)):
            raise ArgumentError("geo", "names no place", "give regions, countries or pops, or another steering")
        for region in self.regions or {}:
            if region not in REGIONS:
                raise ArgumentError(f"geo.regions[{region!r}]", "is no region of Cloudflare", closest(region, REGIONS))
        for country in self.countries or {}:
            if not re.fullmatch(r"[A-Z]{2}", country):
                raise ArgumentError(f"geo.countries[{country!r}]", "is no code of a country", "write two capital letters, like DE")
        for pop in self.pops or {}:
            if not re.fullmatch(r"[A-Z]{3}", pop):
                raise ArgumentError(f"geo.pops[{pop!r}]", "is no code of a data centre", "write three capital letters, like FRA")
        if self.pops and not enterprise:
            raise ArgumentError("geo.pops", "needs the Enterprise plan", "use regions or countries, or say plan: enterprise")
        for path, names in self.lists:
            check_names(names, pools, f"geo.{path}")


class LocationMode(StrEnum):
    """How Cloudflare tells where a visitor is, where it is not proxied."""

    POP = "pop"
    """By the data centre that answers."""
    RESOLVER_IP = "resolver_ip"
    """By the address of the visitor's resolver."""


class PreferEcs(StrEnum):
    """When the visitor's own network, which resolvers may pass on, decides instead."""

    ALWAYS = "always"
    NEVER = "never"
    PROXIMITY = "proximity"
    GEO = "geo"


@dataclass(kw_only=True, frozen=True)
class LocationStrategy:
    """Where a visitor is taken to be, where requests are not proxied: for geo and proximity steering."""

    mode: Optional[LocationMode] = None
    """By what. Defaults to the data centre that answers."""
    prefer_ecs: Optional[PreferEcs] = None
    """Whether the visitor's own network decides, where the resolver passes it on. Defaults to proximity, Cloudflare's own."""


def check_names(names: list[str], pools: Collection[str], path: str) -> None:
    """Raises ArgumentError at `path` if a list of pools is empty, names one that is not there, or one twice.

    Args:
        names: Names of pools.
        pools: Those that there are.
        path: Where the list stands.
    """
    if not names:
        raise ArgumentError(path, "names no pool", "name one at least")
    for index, name in enumerate(names):
        if name not in pools:
            raise ArgumentError(f"{path}[{index}]", f"{name!r} is none of the pools", closest(name, pools))
        if name in names[:index]:
            raise ArgumentError(f"{path}[{index}]", f"{name} is there already", "leave it out")
