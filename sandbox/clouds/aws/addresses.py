"""Elastic addresses, NAT gateways, and addresses in general."""

import ipaddress

from sandbox.clouds.shared import kept
from sandbox.rules import Making, Record, Refused, Rule, Unique, Values, World

from .facts import resource
from .words import (
    ADDRESS,
    ADDRESS_ASSOCIATION,
    GATEWAY,
    INSTANCE,
    NAT_GATEWAY,
    SUBNET,
    arn,
    hex_id,
    names,
    near,
    others,
    subnet,
    tags_fit,
    vpc,
)


def ipv4_range(text: str) -> ipaddress.IPv4Network | None:
    """The IPv4 range that a text in CIDR form means; None where it means none."""
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        return None


def public_ipv4(world: World) -> str:
    """A public IPv4 address that nothing else has, of the range that is set aside for tests (RFC 2544)."""
    count = world.number("public addresses")
    return f"198.19.{count // 254 % 128}.{1 + count % 254}"


def _address_outputs(making: Making) -> Values:
    address = kept(making, "publicIp", lambda: public_ipv4(making.world))
    host = f"ec2-{address.replace('.', '-')}.{'compute-1' if making.scope.region == 'us-east-1' else making.scope.region + '.compute'}"
    return {
        "allocationId": making.id,
        "arn": arn(making, "ec2", f"elastic-ip/{making.id}"),
        "publicIp": address,
        "publicDns": f"{host}.amazonaws.com",
        "publicIpv4Pool": making.get("publicIpv4Pool", "amazon"),
        "networkBorderGroup": making.get("networkBorderGroup", making.scope.region),
        "domain": making.get("domain", "vpc"),
        "associationId": f"eipassoc-0{making.id[10:]}" if making.get("instance") else "",
        "instance": making.get("instance", ""),
        "networkInterface": making.get("networkInterface", ""),
        "privateIp": "",
        "ptrRecord": "",
        "carrierIp": "",
        "customerOwnedIp": "",
    }


def _nat_outputs(making: Making) -> Values:
    address = making.world.one(ADDRESS, making.get("allocationId"))
    return {
        "arn": arn(making, "ec2", f"natgateway/{making.id}"),
        "connectivityType": making.get("connectivityType", "public"),
        "networkInterfaceId": f"eni-0{making.id[5:]}",
        "publicIp": str(address.outputs["publicIp"]) if address else "",
        "privateIp": making.get("privateIp") or kept(making, "privateIp", lambda: private_ipv4(making, making.get("subnetId"))),
        "associationId": f"eipassoc-0{making.id[5:]}" if address else "",
    }


def private_ipv4(making: Making, subnet_id: str | None) -> str:
    """A private address of a subnet that nothing else has; the first four are AWS's own."""
    inside = making.world.one(SUBNET, subnet_id)
    network = ipv4_range(str(inside.outputs.get("cidrBlock"))) if inside else None
    network = network or ipaddress.IPv4Network("172.31.0.0/16")
    count = making.world.number(f"addresses {subnet_id}")
    return str(network[4 + count % (network.num_addresses - 5)])


def _nat_address(making: Making) -> None:
    if making.inputs.get("connectivityType") in (None, "public") and making.inputs.get("availabilityMode") in (None, "zonal"):
        if making.inputs.get("subnetId") is None:
            raise Refused("MissingParameter: The request must contain the parameter SubnetId", property="subnetId")
        if making.inputs.get("allocationId") is None:
            raise Refused("MissingParameter: Must specify allocationId for a public NAT gateway", property="allocationId")


def gateway_of(world: World, network: str) -> Record | None:
    """The internet gateway of a VPC."""
    attached = world.one("aws:ec2/internetGatewayAttachment:InternetGatewayAttachment", network, "vpcId")
    return world.one(GATEWAY, network, "vpcId") or attached


def _reaches_the_internet(path: str) -> Rule:
    """A public address leads into a network that has a gateway."""

    def check(making: Making) -> None:
        inside: Record | None = making.world.one(SUBNET, making.get(path))
        if path == "instanceId":
            machine = making.world.one(INSTANCE, making.get(path))
            inside = making.world.one(SUBNET, machine.inputs.get("subnetId")) if machine else None
        public = making.get("connectivityType", "public") == "public"
        if public and inside is not None and gateway_of(making.world, str(inside.inputs.get("vpcId"))) is None:
            raise Refused(
                f"Gateway.NotAttached: Network {inside.inputs.get('vpcId')} is not attached to any internet gateway", property=path
            )

    return check


def _free_address(making: Making) -> None:
    """An address leads to one thing, and moves to another machine unless that is forbidden.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
    """
    address = making.get("allocationId")
    users = [record for record in others(making, NAT_GATEWAY) if record.inputs.get("allocationId") == address]
    if making.token == NAT_GATEWAY or making.inputs.get("allowReassociation") is False:
        users += [record for record in others(making, ADDRESS_ASSOCIATION) if record.inputs.get("allocationId") == address]
    for user in users if address else []:
        raise Refused(f"Resource.AlreadyAssociated: resource {address} is already associated with associate-id {user.id}")


def _unassociated(record: Record, world: World) -> None:
    for user in near(record, world, NAT_GATEWAY):
        if user.inputs.get("allocationId") == record.id:
            raise Refused(f"InvalidIPAddress.InUse: Address {record.outputs.get('publicIp')} is in use. ({user.id})")


TYPES = (
    resource(
        ADDRESS,
        id=hex_id("eipalloc"),
        outputs=_address_outputs,
        checks=(tags_fit,),
        before_delete=(_unassociated,),
        references=(names("instance", INSTANCE, by="id", missing="InvalidInstanceID.NotFound: The instance ID '{value}' does not exist"),),
    ),
    resource(
        ADDRESS_ASSOCIATION,
        id=hex_id("eipassoc"),
        outputs=lambda making: {
            "publicIp": str(getattr(making.world.one(ADDRESS, making.get("allocationId")), "outputs", {}).get("publicIp", "")),
            "privateIpAddress": str(getattr(making.world.one(INSTANCE, making.get("instanceId")), "outputs", {}).get("privateIp", "")),
            "networkInterfaceId": making.get("networkInterfaceId", f"eni-0{making.id[10:]}"),
            "instanceId": making.get("instanceId", ""),
        },
        references=(
            names("allocationId", ADDRESS, by="id", missing="InvalidAllocationID.NotFound: The allocation ID '{value}' does not exist"),
            names("instanceId", INSTANCE, by="id", missing="InvalidInstanceID.NotFound: The instance ID '{value}' does not exist"),
        ),
        before_create=(_reaches_the_internet("instanceId"), _free_address),
    ),
    resource(
        NAT_GATEWAY,
        id=hex_id("nat"),
        outputs=_nat_outputs,
        replaces_when={
            "secondaryPrivateIpAddressCount": lambda old, new: new.get("connectivityType") == "private",
            "availabilityZoneAddresses": lambda old, new: (
                bool(old.get("availabilityZoneAddresses")) != bool(new.get("availabilityZoneAddresses"))
            ),
        },
        checks=(_nat_address, tags_fit),
        before_create=(_reaches_the_internet("subnetId"), _free_address),
        references=(
            subnet(),
            vpc(),
            names("allocationId", ADDRESS, by="id", missing="InvalidAllocationID.NotFound: The allocation ID '{value}' does not exist"),
        ),
        unique=(
            Unique(
                paths=("allocationId",), message="Resource.AlreadyAssociated: elastic IP {value} is already associated with another gateway"
            ),
        ),
    ),
)
