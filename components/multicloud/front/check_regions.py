"""From where Cloudflare checks the health of a pool's origins. Pure.

Nothing said would mean every data centre of Cloudflare's, which it refuses below Enterprise ("Probing from every data centre is not allowed
with this subscription", code 1002), and which it advises against there: a single data centre that sees a failure would send its visitors
elsewhere. Below Enterprise, one region comes with the load balancing add-on, and more are bought, up to eight: how many have been, only
Cloudflare knows.
Sources: https://developers.cloudflare.com/api/resources/load_balancers/subresources/pools/methods/create/,
https://github.com/cloudflare/cloudflare-docs/pull/31421,
https://github.com/cloudflare/cloudflare-go/pull/162, https://developers.cloudflare.com/load-balancing/troubleshooting/load-balancing-faq/
"""

from collections.abc import Sequence

from ..errors import ArgumentError, closest
from ..regions import coordinates, kilometres
from .health import Plan
from .steering import REGIONS

ALL = "ALL_REGIONS"
"""Cloudflare's word for all of them, on Enterprise."""

DEFAULT = "WEU"
"""The region where nobody knows where the pool is."""

MOST = 8
"""How many can be bought below Enterprise."""

PLACES = {
    "WNAM": (37.8, -122.4),  # San Francisco
    "ENAM": (40.7, -74.0),  # New York
    "WEU": (48.9, 2.4),  # Paris
    "EEU": (52.2, 21.0),  # Warsaw
    "NSAM": (4.7, -74.1),  # Bogota
    "SSAM": (-23.6, -46.6),  # Sao Paulo
    "OC": (-33.9, 151.2),  # Sydney
    "ME": (25.3, 55.3),  # Dubai
    "NAF": (30.0, 31.2),  # Cairo
    "SAF": (-26.2, 28.1),  # Johannesburg
    "SAS": (19.1, 72.9),  # Mumbai
    "SEAS": (1.4, 103.8),  # Singapore
    "NEAS": (35.7, 139.7),  # Tokyo
}
"""A large city of each region of Cloudflare's, in degrees north and east."""


def nearest(place: tuple[float, float] | None) -> str:
    """The region whose city is nearest to a place.

    Args:
        place: Degrees north and east; None where nobody knows.
    """
    return DEFAULT if place is None else min(PLACES, key=lambda region: kilometres(PLACES[region], place))


def nearest_to(cloud: str | None, region: str | None) -> str:
    """The region that is nearest to a cloud's region, in the cloud's own name."""
    return nearest(coordinates(cloud, region) if cloud and region else None)


def check_check_regions(regions: Sequence[str], plan: Plan) -> None:
    """Raises ArgumentError, at `check_regions`, if Cloudflare has no such region, or cannot have so many on this plan.

    Args:
        regions: Those that are given.
        plan: The zone's plan.
    """
    if ALL in regions:
        if plan is not Plan.ENTERPRISE:
            raise ArgumentError("check_regions", f"{ALL} needs the Enterprise plan", "name the regions, or leave it out")
        if len(regions) > 1:
            raise ArgumentError("check_regions", f"names others beside {ALL}", f"write [{ALL}]")
        return
    for index, region in enumerate(regions):
        if region not in REGIONS:
            raise ArgumentError(f"check_regions[{index}]", f"{region!r} is no region of Cloudflare", closest(region, REGIONS))
        if region in regions[:index]:
            raise ArgumentError(f"check_regions[{index}]", f"{region} is there twice", "name it once")
    if plan is not Plan.ENTERPRISE and len(regions) > MOST:
        wrong = f"names {len(regions)} regions, and the {plan} plan can have {MOST}"
        raise ArgumentError("check_regions", wrong, "name fewer, or leave it out")
