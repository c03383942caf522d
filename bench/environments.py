"""Environments of any size."""

from typing import Any

CLOUDS = (("aws", "eu-central-1"), ("gcp", "europe-west3"), ("digitalocean", "fra1"))


def tiers(count: int) -> dict[str, Any]:
    """An environment with that many web tiers, the three clouds in turn, each with a network of its own.

    Args:
        count: 1 to 200.
    """
    web = {}
    for number in range(count):
        cloud, region = CLOUDS[number % len(CLOUDS)]
        web[f"tier-{number}"] = {"cloud": cloud, "region": region, "servers": {"min": 2}, "network": f"10.{number + 1}.0.0/16"}
    return {
        "front": {"zone": "example.com", "hostname": "www.example.com", "steering": "random", "plan": "enterprise"},
        "web": web,
        "accounts": {"gcp": "multicloud-bench"},
    }
