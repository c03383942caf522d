"""The regions of each cloud that the library knows. Pure.

A region that opens later is one line here, or in the table of places that AWS's and Google Cloud's are taken from.
"""

from .errors import ArgumentError, closest
from .front.locations import AWS, GCP

REGIONS = {
    "aws": tuple(AWS),
    "gcp": tuple(GCP),
    "digitalocean": (
        *("nyc1", "nyc2", "nyc3", "ams2", "ams3", "sfo1", "sfo2", "sfo3", "sgp1", "lon1", "fra1", "tor1", "blr1", "syd1", "atl1"),
        "ric1",
    ),
}
"""DigitalOcean's from https://docs.digitalocean.com/platform/regional-availability/"""


def check_region(cloud: str, region: str, path: str = "region") -> None:
    """Raises ArgumentError at `path` if the cloud has no such region.

    Args:
        cloud: aws, gcp or digitalocean.
        region: The region, in the cloud's own name.
        path: Where it stands, for the error.
    """
    if region in REGIONS[cloud]:
        return
    elsewhere = next((other for other, known in REGIONS.items() if region in known), None)
    if elsewhere:
        raise ArgumentError(path, f"{region!r} is a region of {elsewhere}, not of {cloud}", f"take one of {cloud}'s, like {_usual(cloud)}")
    raise ArgumentError(path, f"{region!r} is no region of {cloud}", closest(region, REGIONS[cloud]))


def _usual(cloud: str) -> str:
    return {"aws": "eu-central-1", "gcp": "europe-west3", "digitalocean": "fra1"}[cloud]
