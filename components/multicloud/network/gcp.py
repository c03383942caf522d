"""A network on Google Cloud for machines, at best without public addresses.

Deliberately left out: flow logs, which are billed by volume; Shared VPC and peering, which join networks and do not make one.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_gcp as gcp

from ..arguments import arguments
from ..google import Children
from ..naming import check_dns_label
from ..outputs import outputs
from ..regions import check_region
from .addresses import default_network, subnets

NAME_LIMIT = 47
"""Google's names hold 63 characters; the longest suffix here is `-subnet`, and auto-naming adds 8."""


@dataclass(kw_only=True, frozen=True)
class GcpNetworkArgs:
    """Arguments of `GcpNetwork`."""

    region: str
    """Region of the subnetwork, for example `europe-west3`. A subnetwork spans all zones of its region."""
    network: Optional[str] = None
    """Address range of the network in CIDR form, /16 to /24 and private. Defaults to 10.20.0.0/16. The subnetwork takes the
    first sixteenth of it, so that other regions can be added. Another range is another network, beside this one until all that is in it
    has moved: in one network the old subnetwork's range would be taken."""
    nat: Optional[bool] = None
    """Whether machines without public addresses reach the internet, through Cloud NAT. Defaults to true."""

    @property
    def range(self) -> str:
        """The range of the subnetwork."""
        [first] = subnets(self.network or default_network("gcp", self.region), 1)
        return first

    @property
    def place(self) -> str:
        """What makes it another network where it changes: the region and the range, unless that is the default."""
        same = self.range == GcpNetworkArgs(region=self.region).range
        return self.region if same else f"{self.region} {self.range}"

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on Google Cloud."""
        check_region("gcp", self.region)
        _ = self.range


@dataclass(kw_only=True, frozen=True)
class GcpNetworkResources:
    """The children of `GcpNetwork`."""

    vpc: gcp.compute.Network
    subnet: gcp.compute.Subnetwork
    router: Optional[gcp.compute.Router]
    """None without Cloud NAT."""
    nat: Optional[gcp.compute.RouterNat]
    """None without Cloud NAT."""


class GcpNetwork(pulumi.ComponentResource):
    """A custom-mode VPC with one subnetwork, whose machines reach Google's APIs privately and the internet through Cloud NAT, unless
    that is left out.

    Nothing comes in: a firewall rule is the matter of whoever puts machines into the network.

    Raises:
        ArgumentError: Where an argument cannot work on Google Cloud, before anything is created.
    """

    network_id: pulumi.Output[str]
    """Id of the VPC."""
    subnet_id: pulumi.Output[str]
    """Id of the subnetwork."""
    range: pulumi.Output[str]
    """Address range of the subnetwork in CIDR form."""

    def __init__(self, name: str, args: GcpNetworkArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:GcpNetwork", name, None, opts)
        args = arguments(GcpNetworkArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        children = Children.of(self, name)

        vpc = gcp.compute.Network(
            f"{name}-vpc",
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            description=children.description,
            # In this network, the old subnetwork still has the range when the new one comes, which may be the same or a part of it.
            opts=pulumi.ResourceOptions.merge(children.described_once, pulumi.ResourceOptions(replacement_trigger=args.place)),
        )
        subnet = gcp.compute.Subnetwork(
            f"{name}-subnet",
            network=vpc.id,
            region=args.region,
            ip_cidr_range=args.range,
            private_ip_google_access=True,
            description=children.description,
            opts=children.described_once,
        )
        router, nat = (None, None) if args.nat is False else self._nat(children, args, vpc, subnet)

        self.resources = GcpNetworkResources(vpc=vpc, subnet=subnet, router=router, nat=nat)
        self.network_id = vpc.id
        self.subnet_id = subnet.id
        self.range = subnet.ip_cidr_range
        self.register_outputs(outputs(self))

    def _nat(
        self, children: Children, args: GcpNetworkArgs, vpc: gcp.compute.Network, subnet: gcp.compute.Subnetwork
    ) -> tuple[gcp.compute.Router, gcp.compute.RouterNat]:
        router = gcp.compute.Router(
            f"{children.name}-router", network=vpc.id, region=args.region, description=children.description, opts=children.options
        )
        nat = gcp.compute.RouterNat(
            f"{children.name}-nat",
            router=router.name,
            region=args.region,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetworks=[gcp.compute.RouterNatSubnetworkArgs(name=subnet.id, source_ip_ranges_to_nats=["ALL_IP_RANGES"])],
            log_config=gcp.compute.RouterNatLogConfigArgs(enable=True, filter="ERRORS_ONLY"),
            opts=children.options,
        )
        return router, nat
