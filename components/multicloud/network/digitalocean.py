"""A private network on DigitalOcean.

A VPC there is one range in one region, without subnets, routes or gateways to plan. Machines keep public addresses to reach
out with; who reaches them is the matter of a firewall, made by whoever puts machines into the network.

Deliberately left out: NAT gateways, which are billed by the hour; peering, which joins networks and does not make one.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import ipaddress
import re
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_digitalocean as digitalocean

from ..arguments import arguments
from ..errors import ArgumentError
from ..naming import check_dns_label
from ..tags import digitalocean_tags, standard
from .addresses import DEFAULT_NETWORKS, network

NAME_LIMIT = 50
"""Room for the longest suffix and the random characters of auto-naming within a label of 63 characters."""

REGIONS = (
    "nyc1", "nyc2", "nyc3", "ams2", "ams3", "sfo1", "sfo2", "sfo3", "sgp1", "lon1", "fra1", "tor1", "blr1", "syd1", "atl1",
)  # fmt: skip
"""The place of a region here decides its default range: only ever add at the end.

Source: https://docs.digitalocean.com/platform/regional-availability/
"""

RESERVED = ("10.229.0.0/16", "10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24")
"""Ranges that DigitalOcean keeps for itself: https://docs.digitalocean.com/products/networking/vpc/details/limits/."""


def default_range(region: str) -> str:
    """The VPC's range where none is given: a /20, DigitalOcean's usual size, out of 10.30.0.0/16, another one in each region.

    DigitalOcean refuses ranges that overlap within an account. With a range a region, a tier that moves to another region has
    its new network before the old one goes.

    Args:
        region: Slug of the region; those that are not in `REGIONS` share the last range.
    """
    parts = list(ipaddress.IPv4Network(DEFAULT_NETWORKS["digitalocean"]).subnets(new_prefix=20))
    return str(parts[REGIONS.index(region)] if region in REGIONS else parts[-1])


def check_range(cidr: str, path: str = "network") -> None:
    """Refuses a range that a VPC on DigitalOcean cannot have.

    Args:
        cidr: The range.
        path: Where it stands, for the error.

    Raises:
        ArgumentError: At `path`.
    """
    given = network(cidr, path)
    for reserved in map(ipaddress.IPv4Network, RESERVED):
        if given.overlaps(reserved):
            raise ArgumentError(path, f"{cidr} overlaps {reserved}, which DigitalOcean keeps for itself", "take another range")


def check_region(region: str) -> None:
    """Refuses what cannot be a region's slug. Which regions there are, DigitalOcean itself says.

    Raises:
        ArgumentError: At `region`.
    """
    if not re.fullmatch(r"[a-z]{3}[0-9]", region):
        raise ArgumentError("region", f"{region!r} is no region of DigitalOcean", "write its slug, like fra1 or nyc3")


@dataclass(kw_only=True, frozen=True)
class DigitalOceanNetworkArgs:
    """Arguments of `DigitalOceanNetwork`."""

    region: str
    """Slug of the region, for example `fra1`."""
    network: Optional[str] = None
    """Address range of the VPC in CIDR form, /16 to /24 and private. It must not overlap any other VPC of the account, and a
    change of it or of the region replaces the VPC and all in it. Defaults to a /20 out of 10.30.0.0/16 that depends on the
    region, so two networks in one region of one account need ranges of their own."""


@dataclass(kw_only=True, frozen=True)
class DigitalOceanNetworkResources:
    """The children of `DigitalOceanNetwork`."""

    vpc: digitalocean.Vpc


class DigitalOceanNetwork(pulumi.ComponentResource):
    """A VPC.

    Raises:
        ArgumentError: At `name`, `region` or `network`.
    """

    network_id: pulumi.Output[str]
    """Id of the VPC."""
    range: pulumi.Output[str]
    """Address range of the VPC in CIDR form."""

    def __init__(self, name: str, args: DigitalOceanNetworkArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:DigitalOceanNetwork", name, None, opts)
        args = arguments(DigitalOceanNetworkArgs, args)
        check_dns_label(name, NAME_LIMIT)
        check_region(args.region)
        cidr = args.network or default_range(args.region)
        check_range(cidr)

        vpc = digitalocean.Vpc(
            f"{name}-vpc",
            region=args.region,
            ip_range=cidr,
            # A VPC cannot carry tags.
            description=" ".join(digitalocean_tags(standard(name)))[:255],
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.resources = DigitalOceanNetworkResources(vpc=vpc)
        self.network_id = vpc.id
        self.range = vpc.ip_range
        self.register_outputs({"network_id": self.network_id, "range": self.range})
