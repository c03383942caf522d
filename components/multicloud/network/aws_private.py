"""The private part of a network on AWS: what stands there reaches out, and nobody reaches it from the internet."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from .addresses import zone_subnet


@dataclass(frozen=True, kw_only=True)
class PrivateZoneResources:
    """A private subnet in one zone, with a way out of its own: a zone that fails takes no other one along."""

    address: aws.ec2.Eip
    """Where the subnet's machines seem to come from."""
    gateway: aws.ec2.NatGateway
    subnet: aws.ec2.Subnet
    route_table: aws.ec2.RouteTable
    route: aws.ec2.Route
    association: aws.ec2.RouteTableAssociation


def private_zone(
    children: Children,
    index: int,
    *,
    vpc: aws.ec2.Vpc,
    network: str,
    zones: pulumi.Output[list[str]],
    public: aws.ec2.Subnet,
    way_out: aws.ec2.Route,
) -> PrivateZoneResources:
    """The private subnet of a zone, its NAT gateway standing in the public one.

    Where the public one is replaced, as in another network or zone, the address that it reaches out from is, too: a NAT gateway beside
    the old one cannot have the old one's address.

    Args:
        children: The network's.
        index: The zone's place among the zones.
        vpc: The network.
        network: Its range.
        zones: The network's zones.
        public: The public subnet of the zone.
        way_out: The route of the public subnets to the internet.
    """
    name = children.name
    address = aws.ec2.Eip(
        f"{name}-nat-address-{index}",
        domain="vpc",
        tags=children.tags(f"nat-address-{index}"),
        opts=pulumi.ResourceOptions(parent=children.options.parent, replacement_trigger=public.id),
    )
    gateway = aws.ec2.NatGateway(
        f"{name}-nat-gateway-{index}",
        allocation_id=address.id,
        subnet_id=public.id,
        tags=children.tags(f"nat-gateway-{index}"),
        # It fails to come up in a network without a way to the internet.
        opts=pulumi.ResourceOptions(parent=children.options.parent, depends_on=[way_out]),
    )
    subnet = aws.ec2.Subnet(
        f"{name}-private-subnet-{index}",
        vpc_id=vpc.id,
        cidr_block=zones.apply(lambda known: zone_subnet(network, known[index], private=True)),
        availability_zone=zones.apply(lambda known: known[index]),
        tags=children.tags(f"private-subnet-{index}"),
        opts=children.options,
    )
    route_table = aws.ec2.RouteTable(
        f"{name}-private-route-table-{index}", vpc_id=vpc.id, tags=children.tags(f"private-route-table-{index}"), opts=children.options
    )
    route = aws.ec2.Route(
        f"{name}-private-route-{index}",
        route_table_id=route_table.id,
        destination_cidr_block="0.0.0.0/0",
        nat_gateway_id=gateway.id,
        opts=children.options,
    )
    association = aws.ec2.RouteTableAssociation(
        f"{name}-private-route-table-association-{index}", route_table_id=route_table.id, subnet_id=subnet.id, opts=children.options
    )
    return PrivateZoneResources(
        address=address, gateway=gateway, subnet=subnet, route_table=route_table, route=route, association=association
    )


def bucket_endpoint(children: Children, region: str, vpc: aws.ec2.Vpc, zones: Sequence[PrivateZoneResources]) -> aws.ec2.VpcEndpoint:
    """The way from private subnets to S3 past the NAT gateways, free of charge.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html

    Args:
        children: The network's.
        region: The network's.
        vpc: The network.
        zones: Where the private subnets are.
    """
    return aws.ec2.VpcEndpoint(
        f"{children.name}-bucket-endpoint",
        vpc_id=vpc.id,
        vpc_endpoint_type="Gateway",
        service_name=f"com.amazonaws.{region}.s3",
        route_table_ids=[zone.route_table.id for zone in zones],
        tags=children.tags("bucket-endpoint"),
        opts=children.options,
    )
