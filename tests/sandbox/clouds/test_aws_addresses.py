"""The stand-in AWS: elastic addresses, NAT gateways, and gateways to services."""

import pytest

from sandbox.clouds.aws import words
from sandbox.lifecycle import State
from sandbox.rules import Refused
from tests.sandbox.clouds.aws import REGION, ROUTE, Account


def machine(aws: Account, subnet: str) -> State:
    return aws.make(words.INSTANCE, {"ami": aws.image(), "instanceType": "t3.small", "subnetId": subnet})


def test_an_address_moves_to_another_machine_unless_that_is_forbidden(aws: Account) -> None:
    _, subnets = aws.public()
    first, second, address = machine(aws, subnets[0]), machine(aws, subnets[1]), aws.make(words.ADDRESS, {"domain": "vpc"})
    old = aws.make(words.ADDRESS_ASSOCIATION, {"allocationId": address.id, "instanceId": first.id})
    assert old.outputs["publicIp"] == address.outputs["publicIp"]
    with pytest.raises(Refused, match=f"resource {address.id} is already associated with associate-id {old.id}"):
        aws.make(words.ADDRESS_ASSOCIATION, {"allocationId": address.id, "instanceId": second.id, "allowReassociation": False})
    new = aws.make(words.ADDRESS_ASSOCIATION, {"allocationId": address.id, "instanceId": second.id})
    assert (new.outputs["instanceId"], new.outputs["privateIpAddress"]) == (second.id, second.outputs["privateIp"])


def test_a_move_is_made_before_the_old_association_goes(aws: Account) -> None:
    """So that the address never leads nowhere."""
    old = {"allocationId": "eipalloc-1", "instanceId": "i-1", "allowReassociation": True}
    difference = aws.compare(words.ADDRESS_ASSOCIATION, old, {**old, "instanceId": "i-2"})
    assert difference.replaces and not difference.delete_first


def test_an_address_needs_a_network_with_a_gateway(aws: Account) -> None:
    vpc = aws.network()
    inside, address = machine(aws, aws.subnets(vpc)[0]), aws.make(words.ADDRESS)
    with pytest.raises(Refused, match=f"Gateway.NotAttached: Network {vpc.id} is not attached to any internet gateway"):
        aws.make(words.ADDRESS_ASSOCIATION, {"allocationId": address.id, "instanceId": inside.id})


def test_a_nat_gateway_stands_in_a_public_network_with_an_address_of_its_own(aws: Account) -> None:
    closed = aws.network()
    with pytest.raises(Refused, match="Must specify allocationId for a public NAT gateway"):
        aws.check(words.NAT_GATEWAY, {"subnetId": "subnet-1"})
    with pytest.raises(Refused, match=f"Gateway.NotAttached: Network {closed.id} is not attached to any internet gateway"):
        aws.make(words.NAT_GATEWAY, {"subnetId": aws.subnets(closed)[0], "allocationId": aws.make(words.ADDRESS).id})
    _, subnets = aws.public()
    address = aws.make(words.ADDRESS)
    gateway = aws.make(words.NAT_GATEWAY, {"subnetId": subnets[0], "allocationId": address.id})
    assert gateway.outputs["publicIp"] == address.outputs["publicIp"]
    with pytest.raises(Refused, match=r"Resource\.AlreadyAssociated"):
        aws.make(words.NAT_GATEWAY, {"subnetId": subnets[1], "allocationId": address.id})
    with pytest.raises(Refused, match=f"is already associated with associate-id {gateway.id}"):
        aws.make(words.ADDRESS_ASSOCIATION, {"allocationId": address.id, "instanceId": machine(aws, subnets[0]).id})
    with pytest.raises(Refused, match=r"InvalidIPAddress\.InUse"):
        aws.delete(words.ADDRESS, address)
    aws.make(words.NAT_GATEWAY, {"subnetId": aws.subnets(aws.network())[0], "connectivityType": "private"})


def test_a_route_leads_to_a_nat_gateway_of_its_network(aws: Account) -> None:
    vpc, subnets = aws.public()
    gateway = aws.make(words.NAT_GATEWAY, {"subnetId": subnets[0], "allocationId": aws.make(words.ADDRESS).id})
    other = aws.make(words.ROUTE_TABLE, {"vpcId": aws.network().id})
    with pytest.raises(Refused, match=f"route table {other.id} and network gateway {gateway.id} belong to different networks"):
        aws.make(ROUTE, {"routeTableId": other.id, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": gateway.id})
    own = aws.make(words.ROUTE_TABLE, {"vpcId": vpc.id})
    aws.make(ROUTE, {"routeTableId": own.id, "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": gateway.id})


def test_a_gateway_leads_to_buckets_of_its_region(aws: Account) -> None:
    vpc = aws.network()
    table, other = (aws.make(words.ROUTE_TABLE, {"vpcId": network.id}) for network in (vpc, aws.network()))
    service = f"com.amazonaws.{REGION}.s3"
    endpoint = aws.make(words.ENDPOINT, {"vpcId": vpc.id, "serviceName": service, "routeTableIds": [table.id]})
    assert endpoint.outputs["state"] == "available" and endpoint.outputs["prefixListId"].startswith("pl-")
    with pytest.raises(Refused, match=r"InvalidServiceName: The Vpc Endpoint Service 'com\.amazonaws\.us-east-1\.s3' does not exist"):
        aws.make(words.ENDPOINT, {"vpcId": vpc.id, "serviceName": "com.amazonaws.us-east-1.s3"})
    with pytest.raises(Refused, match=f"route table {other.id} does not belong to VPC {vpc.id}"):
        aws.make(words.ENDPOINT, {"vpcId": vpc.id, "serviceName": service, "routeTableIds": [other.id]})
    with pytest.raises(Refused, match=f"The vpc '{vpc.id}' has dependencies"):
        aws.delete(words.VPC, vpc)
