"""Who goes where while all clouds are there, and while one of them is gone. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from multicloud.front.check_regions import PLACES
from multicloud.front.contract import CloudflareFrontArgs
from multicloud.front.mode import Mode
from multicloud.front.simulation import Conditions, Visitor, distance, simulate
from multicloud.front.steering import Steering
from multicloud.web.contract import Origin

from .model import Environment, parse
from .model.mapping import front_args
from .model.reading import KEY
from .model.records import origin_count
from .model.secrets import NAMESPACE
from .model.web import ExternalTier, Tier

CLOUDS = {"aws": "AWS", "gcp": "Google Cloud", "digitalocean": "DigitalOcean"}


@dataclass(frozen=True, kw_only=True)
class Group:
    """Visitors who get the same."""

    who: str
    """Which ones, in words."""
    shares: Mapping[str | int, float]
    """The share of each tier by its name, and of each HTTP status that Cloudflare answers with itself."""


def of_file(path: Path) -> Environment:
    """The environment in a stack's file.

    Raises:
        StackFileError: With every mistake in it.
        yaml.YAMLError: If it is no YAML.
    """
    config = (yaml.safe_load(path.read_text()) or {}).get("config") or {}
    return parse(json.dumps(config.get(f"{NAMESPACE}:{KEY}")))


def whose(name: str, tier: Tier) -> str:
    """What a tier goes down with: its cloud; machines of somebody else are each tier's own."""
    return CLOUDS.get(tier.cloud, f"{name}, outside the clouds")


def planned_front(environment: Environment) -> CloudflareFrontArgs:
    """The front's arguments, with as many origins as each tier will have."""
    tiers = {name: environment.web[name] for name in environment.order}
    return front_args(environment.front, tiers, {name: _origins(tier) for name, tier in tiers.items()})


def groups(args: CloudflareFrontArgs, gone: frozenset[str] = frozenset()) -> list[Group]:
    """Who goes where, the visitors of a kind together.

    Args:
        args: The front's.
        gone: Names of the tiers that are gone, as health checks have found.

    Returns:
        No group where nothing steers: within a tunnel, Cloudflare's network chooses.
    """
    if args.effective_mode is Mode.TUNNEL:
        return []
    down = {(pool.name, str(origin["name"])) for pool in args.known_pools if pool.name in gone for origin in _listed(pool.origins)}
    found: list[Group] = []
    for kind, visitor, steering in _kinds(args):
        same: dict[tuple[tuple[str | int, float], ...], list[str]] = {}
        for place, who, latencies in _places(args, visitor, steering):
            shares: dict[str | int, float] = {}
            for destination, share in simulate(args, who, Conditions(down=down, latencies=latencies)).items():
                key = destination.pool if destination.pool is not None else destination.status or 0
                shares[key] = shares.get(key, 0) + share
            same.setdefault(tuple((key, round(share, 6)) for key, share in shares.items()), []).append(place)
        found += [
            Group(who=kind if len(same) == 1 else f"{kind.removeprefix('all ')} in {', '.join(places)}", shares=dict(key))
            for key, places in same.items()
        ]
    return found


def _kinds(args: CloudflareFrontArgs) -> Iterator[tuple[str, Visitor, Steering]]:
    """Each kind of request: those of each route, and the rest."""
    steering = args.effective_steering
    routes = args.effective_routes if args.effective_mode is Mode.LOAD_BALANCER else []
    yield "visitors" if routes else "all visitors", Visitor(path="/"), steering
    for route in routes:
        where = f"{route.hostname or ''}{route.path or ''}" or route.name
        own = route.steering or (Steering.FAILOVER if steering is Steering.GEO else steering)
        yield where, Visitor(hostname=route.hostname, path=route.path or "/", fits=frozenset({route.name})), own


def _places(args: CloudflareFrontArgs, visitor: Visitor, steering: Steering) -> Iterator[tuple[str, Visitor, Mapping[str, float]]]:
    """The visitors of each place, where that makes a difference; speed goes by distance, since nobody has measured it yet."""
    nowhere: Mapping[str, float] = {}
    by_place = (Steering.GEO, Steering.PROXIMITY, Steering.DYNAMIC_LATENCY)
    if args.effective_mode is not Mode.LOAD_BALANCER or steering not in by_place:
        yield "", visitor, nowhere
        return
    for region, place in PLACES.items():
        latencies = {pool.name: distance(pool, place) for pool in args.known_pools}
        yield region, replace(visitor, region=region, latitude=place[0], longitude=place[1]), latencies
    if steering is Steering.GEO and args.geo:
        for country in args.geo.countries or {}:
            yield country, replace(visitor, country=country), nowhere
        for pop in args.geo.pops or {}:
            yield pop, replace(visitor, pop=pop), nowhere


def _origins(tier: Tier) -> list[Origin]:
    weights = tier.weights if isinstance(tier, ExternalTier) and tier.weights else [1.0] * origin_count(tier)
    return [{"name": f"origin-{index}", "address": f"origin-{index}", "weight": weight} for index, weight in enumerate(weights, 1)]


def _listed(origins: object) -> list[Origin]:
    assert isinstance(origins, list), "planned_front gives plain ones"
    return origins
