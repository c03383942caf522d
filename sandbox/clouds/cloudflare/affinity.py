"""Session affinity, of a load balancer and of a rule of one.

Source: https://developers.cloudflare.com/load-balancing/understand-basics/session-affinity/
"""

import re
from collections.abc import Mapping
from typing import Any

from ...rules import Limit, Making
from .common import invalid

AFFINITY = ("none", "cookie", "ip_cookie", "header")
ATTRIBUTES = {
    "samesite": ("Auto", "Lax", "None", "Strict"),
    "secure": ("Auto", "Always", "Never"),
    "zeroDowntimeFailover": ("none", "temporary", "sticky"),
}
DRAIN = Limit(minimum=0, maximum=3600, by="api")
HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+|cookie:[^:;\s]+")
"""A name of a header, or `cookie:` and names of cookies with commas between."""


def check_affinity(making: Making, path: str = "") -> None:
    """Refuses a wrong affinity.

    Args:
        making: The load balancer.
        path: `rules[0].overrides.` for what a rule overrides.
    """
    given = _at(making, path)
    affinity, proxied = given.get("sessionAffinity", "none"), making.inputs.get("proxied", False)
    attributes = given.get("sessionAffinityAttributes")
    attributes = attributes if isinstance(attributes, Mapping) else {}
    if isinstance(affinity, str) and affinity != "none" and proxied is False:
        raise invalid(f"{path}sessionAffinity", "session_affinity needs proxied")
    if attributes.get("drainDuration") and proxied is False:
        raise invalid(f"{path}sessionAffinityAttributes.drainDuration", "drain_duration needs proxied")
    ttl, (least, most) = given.get("sessionAffinityTtl"), (30, 3600) if affinity == "header" else (1800, 604800)
    if isinstance(ttl, (int, float)) and affinity != "none" and not least <= ttl <= most:
        raise invalid(f"{path}sessionAffinityTtl", f"session_affinity_ttl is not in range [{least}, {most}]")
    if affinity == "header":
        _by_header(attributes, f"{path}sessionAffinityAttributes")
    if attributes.get("samesite") == "None" and attributes.get("secure") == "Never":
        raise invalid(f"{path}sessionAffinityAttributes.secure", "secure cannot be Never where samesite is None")


def _by_header(attributes: Mapping[str, Any], path: str) -> None:
    headers = attributes.get("headers")
    if headers is None or headers == []:
        raise invalid(f"{path}.headers", "affinity by header needs at least one header")
    for index, header in enumerate(headers if isinstance(headers, list) else []):
        if isinstance(header, str) and not HEADER.fullmatch(header):
            raise invalid(f"{path}.headers[{index}]", f"{header} is not the name of a header")
    if attributes.get("zeroDowntimeFailover") == "sticky":
        raise invalid(f"{path}.zeroDowntimeFailover", "sticky is not supported with affinity by header")


def check_affinity_plan(making: Making, plan: str, path: str = "") -> None:
    """Refuses more headers than the zone's plan has."""
    attributes = _at(making, path).get("sessionAffinityAttributes")
    headers = attributes.get("headers") if isinstance(attributes, Mapping) else None
    most = 5 if plan == "enterprise" else 1
    if isinstance(headers, list) and len(headers) > most:
        where = f"{path}sessionAffinityAttributes.headers"
        raise invalid(where, f"affinity by {len(headers)} headers, and the {plan} plan has {most}")


def _at(making: Making, path: str) -> Mapping[str, Any]:
    given = making.get(path.rstrip(".").replace("[", ".").replace("]", ""), {}) if path else making.inputs
    return given if isinstance(given, Mapping) else {}
