"""A network on AWS: a VPC with a public subnet in each of its zones, and a private one where it is asked for.

Deliberately left out: flow logs, which are billed by volume.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from ..arguments import arguments
from ..errors import ArgumentError
from ..naming import check_dns_label
from ..outputs import outputs
from ..regions import check_region
from ..tags import check as check_tags
from .addresses import ZONE_LETTERS, default_network, network, zone_subnet
from .aws_private import PrivateZoneResources, bucket_endpoint, private_zone

DEFAULT_ZONES = 2
"""The fewest that a load balancer or a database's subnet group takes, and the most that every region has for every account."""

NAME_LIMIT = 100
"""Tags hold 256 characters and the names of security groups 255; this leaves room for every suffix and the random characters."""


@dataclass(kw_only=True, frozen=True)
class AwsNetworkArgs:
    """Arguments of `AwsNetwork`."""

    region: str
    """Region of the network, for example `eu-central-1`. It has to be that of the provider."""
    zones: Optional[list[str]] = None
    """Zones with a subnet each, two to eight, for example `eu-central-1a`. Defaults to the first two of the region. A
    subnet's range follows from its zone's letter, so that zones can be added at the end, and one exchanged for another in its place.
    Leave the others in their places: AWS refuses a second subnet for a zone's range while the first is there."""
    network: Optional[str] = None
    """Address range of the network in CIDR form, /16 to /24 and private. Defaults to 10.10.0.0/16. Each subnet takes a
    sixteenth of it: that of its zone's letter, and a private one that of the letter in the second half."""
    private: Optional[bool] = None
    """Whether each zone has a private subnet, too, whose machines reach out through a NAT gateway of that zone and cannot be reached
    from the internet. Defaults to false: NAT gateways are billed by the hour and by volume."""
    tags: Optional[dict[str, str]] = None
    """Laid over the tags that every resource gets: project, stack, component, managed-by."""

    @property
    def effective_network(self) -> str:
        """The range of the network, the default filled in."""
        return default_network("aws", self.region) if self.network is None else self.network

    @property
    def subnet_prefix(self) -> int:
        """The length of the subnets' prefixes: each has a sixteenth of the network."""
        return network(self.effective_network).prefixlen + 4

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on AWS."""
        check_region("aws", self.region)
        check_tags(self.tags or {})
        for index, zone in enumerate(self.zones or []):
            if not re.fullmatch(rf"{self.region}[{ZONE_LETTERS}]", zone):
                raise ArgumentError(f"zones[{index}]", f"{zone!r} is not a zone of {self.region}", f"write one like {self.region}a")
        if self.zones is not None and not 2 <= len(set(self.zones)) == len(self.zones) <= 8:
            raise ArgumentError("zones", "are not two to eight different zones", "name two or three, or leave them out")
        _ = self.subnet_prefix


@dataclass(kw_only=True, frozen=True)
class AwsNetworkResources:
    """The children of `AwsNetwork`."""

    vpc: aws.ec2.Vpc
    default_security_group: aws.ec2.DefaultSecurityGroup
    """The one that a VPC comes with, without its rules, so that what is put there by mistake can reach nothing."""
    internet_gateway: aws.ec2.InternetGateway
    route_table: aws.ec2.RouteTable
    route: aws.ec2.Route
    subnets: list[aws.ec2.Subnet]
    associations: list[aws.ec2.RouteTableAssociation]
    private_zones: list[PrivateZoneResources]
    """In the order of the zones; empty where there are no private subnets."""
    bucket_endpoint: Optional[aws.ec2.VpcEndpoint]
    """The way from the private subnets to S3 that no NAT gateway bills. None where there are none."""


class AwsNetwork(pulumi.ComponentResource):
    """A VPC with a public subnet in each of its zones, and a private one on demand, and names for what has an address.

    Nothing comes in, and nothing gets a public address by default: both are the matter of whoever puts something into it.

    Raises:
        ArgumentError: Where an argument cannot work on AWS, before anything is created.
    """

    network_id: pulumi.Output[str]
    """Id of the VPC."""
    subnet_ids: pulumi.Output[list[str]]
    """Ids of the public subnets, in the order of the zones."""
    private_subnet_ids: pulumi.Output[list[str]]
    """Ids of the private subnets, in the order of the zones; empty where there are none."""
    outgoing_addresses: pulumi.Output[list[str]]
    """Public addresses that the machines of the private subnets come from, in the order of the zones; empty where there are none."""
    zones: pulumi.Output[list[str]]
    """Names of the zones."""
    range: pulumi.Output[str]
    """Address range of the VPC in CIDR form."""

    def __init__(self, name: str, args: AwsNetworkArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:AwsNetwork", name, None, opts)
        args = arguments(AwsNetworkArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        children = Children.of(self, name, args.tags)

        vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args.effective_network,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=children.tags("vpc"),
            opts=children.options,
        )
        default_security_group = aws.ec2.DefaultSecurityGroup(
            f"{name}-default-security-group", vpc_id=vpc.id, tags=children.tags("default-security-group"), opts=children.options
        )
        internet_gateway = aws.ec2.InternetGateway(
            f"{name}-internet-gateway", vpc_id=vpc.id, tags=children.tags("internet-gateway"), opts=children.options
        )
        route_table = aws.ec2.RouteTable(f"{name}-route-table", vpc_id=vpc.id, tags=children.tags("route-table"), opts=children.options)
        route = aws.ec2.Route(
            f"{name}-route",
            route_table_id=route_table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=internet_gateway.id,
            opts=children.options,
        )
        zones = pulumi.Output.from_input(args.zones or self._first_zones(args.region))
        count = len(args.zones or []) or DEFAULT_ZONES
        made = [self._subnet(children, vpc, args.effective_network, index, zones) for index in range(count)]
        associations = [
            aws.ec2.RouteTableAssociation(
                f"{name}-route-table-association-{index}", route_table_id=route_table.id, subnet_id=subnet.id, opts=children.options
            )
            for index, subnet in enumerate(made)
        ]
        private = [
            private_zone(children, index, vpc=vpc, network=args.effective_network, zones=zones, public=made[index], way_out=route)
            for index in range(count if args.private else 0)
        ]
        endpoint = bucket_endpoint(children, args.region, vpc, private) if private else None

        self.resources = AwsNetworkResources(
            vpc=vpc,
            default_security_group=default_security_group,
            internet_gateway=internet_gateway,
            route_table=route_table,
            route=route,
            subnets=made,
            associations=associations,
            private_zones=private,
            bucket_endpoint=endpoint,
        )
        self.network_id = vpc.id
        self.subnet_ids = pulumi.Output.all(*(subnet.id for subnet in made))
        self.private_subnet_ids = pulumi.Output.all(*(zone.subnet.id for zone in private))
        self.outgoing_addresses = pulumi.Output.all(*(zone.address.public_ip for zone in private))
        self.zones = pulumi.Output.all(*(subnet.availability_zone for subnet in made))
        self.range = vpc.cidr_block
        self.register_outputs(outputs(self))

    def _subnet(self, children: Children, vpc: aws.ec2.Vpc, cidr: str, index: int, zones: pulumi.Output[list[str]]) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            f"{children.name}-subnet-{index}",
            vpc_id=vpc.id,
            cidr_block=zones.apply(lambda known: zone_subnet(cidr, known[index])),
            availability_zone=zones.apply(lambda known: known[index]),
            tags=children.tags(f"subnet-{index}"),
            opts=children.options,
        )

    def _first_zones(self, region: str) -> pulumi.Output[list[str]]:
        """The first zones of the region that need no opting in, by name.

        Their present health is left out of it: a zone that is down must not move the subnets that are there.
        """
        found = aws.get_availability_zones_output(
            filters=[aws.GetAvailabilityZonesFilterArgs(name="opt-in-status", values=["opt-in-not-required"])],
            opts=pulumi.InvokeOptions(parent=self),
        )
        return found.names.apply(lambda names: first_zones(names, region))


def first_zones(names: list[str], region: str) -> list[str]:
    """The zones that a network spans by default.

    Args:
        names: The zones of the provider's region.
        region: The region that was asked for.

    Raises:
        ArgumentError: At `region`, if the zones are not its own; at `zones`, if there are too few.
    """
    if any(not name.startswith(region) for name in names):
        raise ArgumentError("region", f"{region} is not the provider's region, whose zones are {', '.join(names)}", "give both the same")
    if len(names) < DEFAULT_ZONES:
        raise ArgumentError("zones", f"{region} has {len(names)} for this account", "take another region")
    return sorted(names)[:DEFAULT_ZONES]
