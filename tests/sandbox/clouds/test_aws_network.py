"""The stand-in AWS: VPCs, subnets, routes and addresses."""

import re

import pytest

from sandbox.clouds.aws import words
from sandbox.rules import Refused
from tests.sandbox.clouds.aws import ASSOCIATION, HEX, REGION, ROUTE, Account


def test_a_network_has_what_a_network_has(aws: Account) -> None:
    vpc = aws.network(tags={"Name": "web"})
    assert re.fullmatch(f"vpc-{HEX}", vpc.id)
    assert vpc.outputs["arn"] == f"arn:aws:ec2:{REGION}:123456789012:vpc/{vpc.id}"
    assert re.fullmatch(f"sg-{HEX}", vpc.outputs["defaultSecurityGroupId"])
    assert vpc.outputs["mainRouteTableId"] == vpc.outputs["defaultRouteTableId"]
    assert (vpc.outputs["enableDnsSupport"], vpc.outputs["instanceTenancy"]) == (True, "default")
    assert vpc.outputs["tagsAll"] == {"Name": "web"}


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "10.0.0.1/16", "10.0.0.0", "10.0.0.0/29"])
def test_a_networks_range_is_one_from_16_to_28(aws: Account, cidr: str) -> None:
    with pytest.raises(Refused):
        aws.check(words.VPC, {"cidrBlock": cidr})


def test_a_subnet_lies_in_its_network_and_touches_no_other(aws: Account) -> None:
    vpc = aws.network()
    (first,) = aws.subnets(vpc, "a")
    assert re.fullmatch(f"subnet-{HEX}", first)
    with pytest.raises(Refused, match=r"InvalidSubnet.Conflict: The CIDR '10.10.8.0/24' conflicts with another subnet"):
        aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.10.8.0/24"})
    with pytest.raises(Refused, match=r"InvalidSubnet.Range: The CIDR '10.11.0.0/24' is invalid"):
        aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.11.0.0/24"})
    with pytest.raises(Refused, match=r"InvalidVpcID.NotFound: The vpc ID 'vpc-00' does not exist"):
        aws.make(words.SUBNET, {"vpcId": "vpc-00", "cidrBlock": "10.11.0.0/24"})


def test_a_subnets_zone_is_one_of_the_region(aws: Account) -> None:
    vpc = aws.network()
    with pytest.raises(Refused, match="Subnets can currently only be created in the following availability zones: eu-central-1a"):
        aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.10.0.0/24", "availabilityZone": "eu-central-1z"})
    by_id = aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.10.0.0/24", "availabilityZoneId": "euc1-az2"})
    assert by_id.outputs["availabilityZone"] == "eu-central-1b"


def test_a_network_with_something_in_it_is_not_deleted(aws: Account) -> None:
    vpc = aws.network()
    for token, inputs in [
        (words.SUBNET, {"cidrBlock": "10.10.0.0/24"}),
        (words.GATEWAY, {}),
        (words.ROUTE_TABLE, {}),
        (words.SECURITY_GROUP, {}),
    ]:
        inside = aws.make(token, {"vpcId": vpc.id, **inputs})
        with pytest.raises(Refused, match=f"DependencyViolation: The vpc '{vpc.id}' has dependencies and cannot be deleted."):
            aws.delete(words.VPC, vpc)
        aws.delete(token, inside)
    aws.delete(words.VPC, vpc)


def test_a_network_has_one_gateway_and_a_route_leads_to_its_own(aws: Account) -> None:
    vpc, other = aws.network(), aws.network()
    gateway, table = aws.make(words.GATEWAY, {"vpcId": vpc.id}), aws.make(words.ROUTE_TABLE, {"vpcId": other.id})
    with pytest.raises(Refused, match="already has an internet gateway attached"):
        aws.make(words.GATEWAY, {"vpcId": vpc.id})
    with pytest.raises(Refused, match="belong to different networks"):
        aws.make(ROUTE, {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id})


def test_a_route_is_known_by_its_table_and_destination_and_is_there_once(aws: Account) -> None:
    vpc = aws.network()
    gateway = aws.make(words.GATEWAY, {"vpcId": vpc.id})
    route = {"routeTableId": vpc.outputs["mainRouteTableId"], "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id}
    assert aws.make(ROUTE, route).id == f"r-{vpc.outputs['mainRouteTableId']}1080289494"
    with pytest.raises(Refused, match="RouteAlreadyExists"):
        aws.make(ROUTE, route)


def test_a_subnet_follows_one_table_which_stays_as_long(aws: Account) -> None:
    vpc = aws.network()
    (inside,) = aws.subnets(vpc, "a")
    table = aws.make(words.ROUTE_TABLE, {"vpcId": vpc.id})
    association = aws.make(ASSOCIATION, {"routeTableId": table.id, "subnetId": inside})
    with pytest.raises(Refused, match=r"Resource.AlreadyAssociated"):
        aws.make(ASSOCIATION, {"routeTableId": table.id, "subnetId": inside})
    with pytest.raises(Refused, match=f"DependencyViolation: The routeTable '{table.id}' has dependencies"):
        aws.delete(words.ROUTE_TABLE, table)
    aws.delete(ASSOCIATION, association)
    aws.delete(words.ROUTE_TABLE, table)


def test_a_gateway_stays_while_something_has_a_public_address(aws: Account) -> None:
    vpc = aws.network()
    gateway, subnets = aws.make(words.GATEWAY, {"vpcId": vpc.id}), aws.subnets(vpc)
    balancer = aws.make(words.LOAD_BALANCER, {"subnets": subnets})
    with pytest.raises(Refused, match=r"has some mapped public address\(es\)"):
        aws.delete(words.GATEWAY, gateway)
    aws.delete(words.LOAD_BALANCER, balancer)
    aws.delete(words.GATEWAY, gateway)


def test_addresses_are_given_once(aws: Account) -> None:
    seen = [aws.make(words.ADDRESS, {"domain": "vpc"}).outputs["publicIp"] for _ in range(10)]
    assert len(set(seen)) == 10
