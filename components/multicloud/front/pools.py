"""How a front's pools are told to Cloudflare. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ArgumentError
from ..naming import fitted
from ..regions import coordinates
from .tunnels import is_tunnel

SHARES = "divide all weights by the largest one"


def planned_origins(
    origins: Sequence[Mapping[str, Any]],
    path: str,
    *,
    most: int | None = None,
    minimum: int | None = None,
    port: int | None = None,
    host: str | None = None,
    enabled: bool = True,
) -> list[dict[str, Any]]:
    """Origins as Cloudflare keeps them: sorted by name, and without what is its default.

    Another order, or a weight of 1 said aloud, would differ from what Cloudflare gives back, at every preview.

    Args:
        origins: `name`, `address` and `weight` of each.
        path: Where they stand, for the error.
        most: The most that the plan allows.
        minimum: How many must be healthy for the pool to get visitors.
        port: Where they listen.
        host: The name that a tunnel is asked for: Cloudflare wants it said of each origin that is one.
        enabled: Whether they get visitors.

    Raises:
        ArgumentError: If there is none, if there are too many or too few, if two have the same name or the same address, or
            if a weight is outside 0 to 1.
    """
    if not origins:
        raise ArgumentError(path, "the list is empty", "give at least one origin: Cloudflare takes no empty pool")
    if most is not None and len(origins) > most:
        mend = "put a load balancer before them, or say plan enterprise"
        raise ArgumentError(path, f"{len(origins)} are more than the {most} of this plan", mend)
    if minimum is not None and minimum > len(origins):
        wrong = f"{len(origins)} can never be the {minimum} healthy ones of minimum_origins"
        raise ArgumentError(path, wrong, f"lower that to {len(origins)}")
    for key in ("name", "address"):
        seen: set[str] = set()
        for origin in origins:
            if not origin.get(key):
                raise ArgumentError(path, f"an origin has no {key}", f"give each origin a {key}")
            if origin[key] in seen:
                raise ArgumentError(path, f"two origins have the same {key}, {origin[key]}", "give each origin its own")
            seen.add(origin[key])
    other = unusual_port(port)
    return [
        _planned(origin, path)
        | ({} if other is None else {"port": other})
        | ({"header": {"hosts": [host]}} if host and is_tunnel(origin["address"]) else {})
        | ({} if enabled else {"enabled": False})
        for origin in sorted(origins, key=lambda origin: str(origin["name"]))
    ]


def _planned(origin: Mapping[str, Any], path: str) -> dict[str, Any]:
    weight = 1 if origin.get("weight") is None else origin["weight"]
    if not 0 <= weight <= 1:
        raise ArgumentError(path, f"the weight of {origin['name']}, {weight}, is outside 0 to 1", SHARES)
    # Cloudflare keeps hundredths. Rounded up, so that the smallest share does not become none.
    hundredths = math.ceil(round(weight * 100, 6))
    planned = {"name": origin["name"], "address": origin["address"]}
    return planned if hundredths == 100 else {**planned, "weight": hundredths / 100}


def unusual_port(port: int | None) -> int | None:
    """The port as Cloudflare keeps it: None where it is that of HTTP or HTTPS anyway.

    Source: https://developers.cloudflare.com/api/resources/load_balancers/subresources/monitors/methods/create/
    """
    return None if port in (None, 80, 443) else port


def planned_weights(weights: Sequence[float | None]) -> list[float] | None:
    """The weight of each pool, 1 where it has none; or None where no pool has one, because equal shares are Cloudflare's default.

    Raises:
        ArgumentError: If every weight is 0.
    """
    if all(weight is None for weight in weights):
        return None
    planned = [1.0 if weight is None else float(weight) for weight in weights]
    if not any(planned):
        raise ArgumentError("pools", "every weight is 0, so that no pool would get a visitor", "give at least one pool a weight above 0")
    return planned


def location(cloud: str, region: str, path: str) -> tuple[float, float]:
    """Latitude and longitude of a cloud's region, in degrees.

    Args:
        cloud: aws, gcp or digitalocean.
        region: The region, in the cloud's own name.
        path: Where the pool stands, for the error.

    Raises:
        ArgumentError: If the table does not have it.
    """
    found = coordinates(cloud, region)
    if found is None:
        wrong = f"{region} of {cloud} is not in the table of coordinates"
        raise ArgumentError(f"{path}.region", wrong, "give the pool latitude and longitude")
    return found


def physical_name(project: str, stack: str, component: str, *parts: str) -> str:
    """The name of a pool or tunnel in its Cloudflare account, where it must be unique: other stacks and projects may be there, too.

    A fixed name never stands in the way of its own replacement: a pool is renamed in place, and only moving it to another
    account replaces it.
    """
    return fitted(re.sub(r"[^A-Za-z0-9_-]", "-", "-".join((project, stack, component, *parts))), 63)
