"""A private network on DigitalOcean.

A VPC there is one range in one region, without subnets, routes or gateways to plan. Machines keep public addresses to reach
out with; who reaches them is the matter of a firewall, made by whoever puts machines into the network.

Deliberately left out: NAT gateways, which are billed by the hour; peering, which joins networks and does not make one.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import ipaddress
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_digitalocean as digitalocean

from ..arguments import arguments
from ..errors import ArgumentError
from ..naming import check_dns_label
from ..outputs import outputs
from ..regions import check_region
from ..tags import digitalocean_tags, standard
from .addresses import default_network, network

NAME_LIMIT = 50
"""Room for the longest suffix and the random characters of auto-naming within a label of 63 characters."""

RESERVED = ("10.229.0.0/16", "10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24")
"""Ranges that DigitalOcean keeps for itself: https://docs.digitalocean.com/products/networking/vpc/details/limits/."""


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


@dataclass(kw_only=True, frozen=True)
class DigitalOceanNetworkArgs:
    """Arguments of `DigitalOceanNetwork`."""

    region: str
    """Slug of the region, for example `fra1`."""
    network: Optional[str] = None
    """Address range of the VPC in CIDR form, /16 to /24 and private. It must not overlap any other VPC of the account, and a
    change of it or of the region replaces the VPC and all in it. Defaults to a /20 out of 10.30.0.0/16 that depends on the
    region, so two networks in one region of one account need ranges of their own."""

    @property
    def effective_network(self) -> str:
        """The range of the VPC, the default filled in."""
        return self.network or default_network("digitalocean", self.region)

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on DigitalOcean."""
        check_region("digitalocean", self.region)
        check_range(self.effective_network)


@dataclass(kw_only=True, frozen=True)
class DigitalOceanNetworkResources:
    """The children of `DigitalOceanNetwork`."""

    vpc: digitalocean.Vpc


class DigitalOceanNetwork(pulumi.ComponentResource):
    """A VPC.

    In a region where the account has none, DigitalOcean makes the first one the region's default, and does not delete it while it
    is that. Source: https://github.com/digitalocean/godo/issues/337

    Raises:
        ArgumentError: Where an argument cannot work on DigitalOcean, before anything is created.
    """

    network_id: pulumi.Output[str]
    """Id of the VPC."""
    range: pulumi.Output[str]
    """Address range of the VPC in CIDR form."""

    def __init__(self, name: str, args: DigitalOceanNetworkArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:DigitalOceanNetwork", name, None, opts)
        args = arguments(DigitalOceanNetworkArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)

        vpc = digitalocean.Vpc(
            f"{name}-vpc",
            region=args.region,
            ip_range=args.effective_network,
            # A VPC cannot carry tags.
            description=" ".join(digitalocean_tags(standard(name)))[:255],
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.resources = DigitalOceanNetworkResources(vpc=vpc)
        self.network_id = vpc.id
        self.range = vpc.ip_range
        self.register_outputs(outputs(self))
