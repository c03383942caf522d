"""The regions of each cloud that the library knows, and where they are. Pure.

A region that opens later is one line here.
"""

import math
from collections.abc import Mapping

from .errors import ArgumentError, closest

EARTH_KM = 6371.0
"""The earth's mean radius."""

REGIONS: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "aws": {
        "af-south-1": (-33.92, 18.42),  # Cape Town
        "ap-east-1": (22.32, 114.17),  # Hong Kong
        "ap-east-2": (25.03, 121.57),  # Taipei
        "ap-northeast-1": (35.68, 139.69),  # Tokyo
        "ap-northeast-2": (37.57, 126.98),  # Seoul
        "ap-northeast-3": (34.69, 135.50),  # Osaka
        "ap-south-1": (19.08, 72.88),  # Mumbai
        "ap-south-2": (17.39, 78.49),  # Hyderabad
        "ap-southeast-1": (1.35, 103.82),  # Singapore
        "ap-southeast-2": (-33.87, 151.21),  # Sydney
        "ap-southeast-3": (-6.21, 106.85),  # Jakarta
        "ap-southeast-4": (-37.81, 144.96),  # Melbourne
        "ap-southeast-5": (3.14, 101.69),  # Kuala Lumpur
        "ap-southeast-6": (-36.85, 174.76),  # Auckland
        "ap-southeast-7": (13.76, 100.50),  # Bangkok
        "ca-central-1": (45.50, -73.57),  # Montreal
        "ca-west-1": (51.05, -114.07),  # Calgary
        "eu-central-1": (50.11, 8.68),  # Frankfurt
        "eu-central-2": (47.38, 8.54),  # Zurich
        "eu-north-1": (59.33, 18.07),  # Stockholm
        "eu-south-1": (45.46, 9.19),  # Milan
        "eu-south-2": (41.65, -0.89),  # Zaragoza
        "eu-west-1": (53.35, -6.26),  # Dublin
        "eu-west-2": (51.51, -0.13),  # London
        "eu-west-3": (48.86, 2.35),  # Paris
        "il-central-1": (32.09, 34.78),  # Tel Aviv
        "me-central-1": (25.20, 55.27),  # Dubai
        "me-south-1": (26.23, 50.59),  # Bahrain
        "mx-central-1": (20.59, -100.39),  # Queretaro
        "sa-east-1": (-23.55, -46.63),  # Sao Paulo
        "us-east-1": (39.04, -77.49),  # Ashburn, Virginia
        "us-east-2": (39.96, -83.00),  # Columbus, Ohio
        "us-west-1": (37.35, -121.96),  # Santa Clara, California
        "us-west-2": (45.84, -119.70),  # Boardman, Oregon
    },
    "gcp": {
        "africa-south1": (-26.20, 28.05),  # Johannesburg
        "asia-east1": (24.05, 120.52),  # Changhua County, Taiwan
        "asia-east2": (22.32, 114.17),  # Hong Kong
        "asia-northeast1": (35.68, 139.69),  # Tokyo
        "asia-northeast2": (34.69, 135.50),  # Osaka
        "asia-northeast3": (37.57, 126.98),  # Seoul
        "asia-south1": (19.08, 72.88),  # Mumbai
        "asia-south2": (28.61, 77.21),  # Delhi
        "asia-southeast1": (1.35, 103.82),  # Singapore
        "asia-southeast2": (-6.21, 106.85),  # Jakarta
        "australia-southeast1": (-33.87, 151.21),  # Sydney
        "australia-southeast2": (-37.81, 144.96),  # Melbourne
        "europe-central2": (52.23, 21.01),  # Warsaw
        "europe-north1": (60.57, 27.19),  # Hamina
        "europe-north2": (59.33, 18.07),  # Stockholm
        "europe-southwest1": (40.42, -3.70),  # Madrid
        "europe-west1": (50.45, 3.82),  # Saint-Ghislain
        "europe-west2": (51.51, -0.13),  # London
        "europe-west3": (50.11, 8.68),  # Frankfurt
        "europe-west4": (53.44, 6.83),  # Eemshaven
        "europe-west6": (47.38, 8.54),  # Zurich
        "europe-west8": (45.46, 9.19),  # Milan
        "europe-west9": (48.86, 2.35),  # Paris
        "europe-west10": (52.52, 13.41),  # Berlin
        "europe-west12": (45.07, 7.69),  # Turin
        "me-central1": (25.29, 51.53),  # Doha
        "me-central2": (26.42, 50.09),  # Dammam
        "me-west1": (32.09, 34.78),  # Tel Aviv
        "northamerica-northeast1": (45.50, -73.57),  # Montreal
        "northamerica-northeast2": (43.65, -79.38),  # Toronto
        "northamerica-south1": (20.59, -100.39),  # Queretaro
        "southamerica-east1": (-23.55, -46.63),  # Sao Paulo
        "southamerica-west1": (-33.45, -70.67),  # Santiago
        "us-central1": (41.26, -95.86),  # Council Bluffs, Iowa
        "us-east1": (33.20, -80.01),  # Moncks Corner, South Carolina
        "us-east4": (39.04, -77.49),  # Ashburn, Virginia
        "us-east5": (39.96, -83.00),  # Columbus, Ohio
        "us-south1": (32.78, -96.80),  # Dallas
        "us-west1": (45.59, -121.18),  # The Dalles, Oregon
        "us-west2": (34.05, -118.24),  # Los Angeles
        "us-west3": (40.76, -111.89),  # Salt Lake City
        "us-west4": (36.17, -115.14),  # Las Vegas
    },
    # The place of a region here decides the default range of its networks: only ever add at the end.
    "digitalocean": {
        "nyc1": (40.71, -74.01),  # New York
        "nyc2": (40.71, -74.01),  # New York
        "nyc3": (40.71, -74.01),  # New York
        "ams2": (52.37, 4.90),  # Amsterdam
        "ams3": (52.37, 4.90),  # Amsterdam
        "sfo1": (37.77, -122.42),  # San Francisco
        "sfo2": (37.77, -122.42),  # San Francisco
        "sfo3": (37.77, -122.42),  # San Francisco
        "sgp1": (1.35, 103.82),  # Singapore
        "lon1": (51.51, -0.13),  # London
        "fra1": (50.11, 8.68),  # Frankfurt
        "tor1": (43.65, -79.38),  # Toronto
        "blr1": (12.97, 77.59),  # Bangalore
        "syd1": (-33.87, 151.21),  # Sydney
        "atl1": (33.75, -84.39),  # Atlanta
        "ric1": (37.54, -77.44),  # Richmond
    },
}
"""Latitude and longitude of each region's city in degrees, by cloud and region, in the cloud's own names.

Sources: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html,
https://cloud.google.com/compute/docs/regions-zones, https://docs.digitalocean.com/platform/regional-availability/
"""


def check_region(cloud: str, region: str, path: str = "region") -> None:
    """Refuses a region that the cloud does not have.

    Args:
        cloud: aws, gcp or digitalocean.
        region: The region, in the cloud's own name.
        path: Where it stands, for the error.

    Raises:
        ArgumentError: At `path`.
    """
    if region in REGIONS[cloud]:
        return
    elsewhere = next((other for other, known in REGIONS.items() if region in known), None)
    if elsewhere:
        raise ArgumentError(path, f"{region!r} is a region of {elsewhere}, not of {cloud}", f"take one of {cloud}'s, like {_USUAL[cloud]}")
    raise ArgumentError(path, f"{region!r} is no region of {cloud}", closest(region, REGIONS[cloud]))


def coordinates(cloud: str, region: str) -> tuple[float, float] | None:
    """Latitude and longitude of a region's city in degrees, or None where it is not in the table.

    Args:
        cloud: aws, gcp or digitalocean.
        region: The region, in the cloud's own name.
    """
    return REGIONS.get(cloud, {}).get(region)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The way between two places along the earth's surface.

    Args:
        one: Degrees north and east.
        other: The same.
    """
    north, east, other_north, other_east = map(math.radians, (*one, *other))
    half = math.sin((other_north - north) / 2) ** 2 + math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(half, 1)))


def check_coordinates(latitude: float | None, longitude: float | None) -> None:
    """Refuses a place that is given by half, or that is not on the globe.

    Args:
        latitude: Degrees north.
        longitude: Degrees east.

    Raises:
        ArgumentError: At `latitude` or `longitude`.
    """
    if (latitude is None) != (longitude is None):
        given, missing = ("longitude", "latitude") if latitude is None else ("latitude", "longitude")
        raise ArgumentError(given, f"is given without {missing}", "give both or neither")
    for axis, degrees, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if degrees is not None and not -most <= degrees <= most:
            raise ArgumentError(axis, f"{degrees} is outside -{most} to {most} degrees", "give decimal degrees")


_USUAL = {"aws": "eu-central-1", "gcp": "europe-west3", "digitalocean": "fra1"}
