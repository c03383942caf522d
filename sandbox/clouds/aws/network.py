"""VPCs, subnets, gateways, routes and addresses."""

import ipaddress
import zlib
from collections.abc import Iterable

from sandbox.rules import Making, Record, Refused, Unique, Values, World

from .facts import resource
from .places import REGIONS, zone_id
from .words import (
    ADDRESS,
    DATABASE,
    GATEWAY,
    INSTANCE,
    LOAD_BALANCER,
    NAT_GATEWAY,
    ROUTE_TABLE,
    SUBNET,
    SUBNET_GROUP,
    VPC,
    arn,
    hex_id,
    kept,
    known,
    names,
    near,
    others,
    route_table,
    subnet,
    tags_fit,
    vpc,
    words,
)

# VPCs


def _vpc_outputs(making: Making) -> Values:
    number = making.id.removeprefix("vpc-0")
    table = f"rtb-0{number[::-1]}"
    return {
        "arn": arn(making, "ec2", f"vpc/{making.id}"),
        "ownerId": making.scope.account,
        "defaultSecurityGroupId": f"sg-0{number[::-1]}",
        "defaultNetworkAclId": f"acl-0{number[::-1]}",
        "defaultRouteTableId": table,
        "mainRouteTableId": table,
        "dhcpOptionsId": "dopt-0" + number[8:] + number[:8],
        "enableDnsHostnames": making.get("enableDnsHostnames", False),
        "enableNetworkAddressUsageMetrics": making.get("enableNetworkAddressUsageMetrics", False),
        "ipv6AssociationId": "",
        "ipv6CidrBlock": kept(making, "ipv6CidrBlock", lambda: _ipv6_range(making) if making.get("assignGeneratedIpv6CidrBlock") else ""),
    }


def _ipv6_range(making: Making) -> str:
    """A /56 of the range that is set aside for documentation."""
    return f"2001:db8:{making.world.number('ipv6 ranges'):x}::/56"


def _vpc_has_a_range(making: Making) -> None:
    if making.inputs.get("cidrBlock") is None and making.inputs.get("ipv4IpamPoolId") is None:
        raise Refused("MissingParameter: Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.", property="cidrBlock")


# Subnets


def _range(text: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        return None


def _subnet_size(making: Making) -> None:
    for where, text in known(making, "cidrBlock"):
        found = _range(text)
        if found is not None and not 16 <= found.prefixlen <= 28:
            raise Refused(f"InvalidSubnet.Range: The CIDR '{text}' is invalid. (between /16 and /28)", property=where)


def _zone(making: Making) -> None:
    zones = REGIONS.get(making.scope.region, ())
    listing = ", ".join(zones)
    for where, zone in known(making, "availabilityZone"):
        if zone not in zones:
            raise Refused(
                f"InvalidParameterValue: Value ({zone}) for parameter availabilityZone is invalid. "
                f"Subnets can currently only be created in the following availability zones: {listing}.",
                property=where,
            )
    for where, number in known(making, "availabilityZoneId"):
        if number not in map(zone_id, zones):
            raise Refused(f"InvalidParameterValue: Value ({number}) for parameter availabilityZoneId is invalid.", property=where)


def _subnet_fits(making: Making) -> None:
    """A subnet lies in its VPC and touches no other."""
    network = making.world.one(VPC, making.get("vpcId"))
    for where, text in known(making, "cidrBlock"):
        found, whole = _range(text), _range(str(network.outputs.get("cidrBlock"))) if network else None
        if found is None or whole is None:
            continue
        if not found.subnet_of(whole):
            raise Refused(f"InvalidSubnet.Range: The CIDR '{text}' is invalid. (the VPC's is {whole})", property=where)
        for other in others(making, SUBNET):
            taken = _range(str(other.outputs.get("cidrBlock")))
            if other.inputs.get("vpcId") == making.get("vpcId") and taken is not None and taken.overlaps(found):
                raise Refused(
                    f"InvalidSubnet.Conflict: The CIDR '{text}' conflicts with another subnet ({other.id}, {taken})", property=where
                )


def _subnet_outputs(making: Making) -> Values:
    zones = REGIONS.get(making.scope.region) or (f"{making.scope.region}a",)
    by_id = {zone_id(zone): zone for zone in zones}
    zone = (
        making.get("availabilityZone")
        or by_id.get(making.get("availabilityZoneId", ""))
        or kept(making, "availabilityZone", lambda: zones[0])
    )
    return {
        "arn": arn(making, "ec2", f"subnet/{making.id}"),
        "ownerId": making.scope.account,
        "availabilityZone": zone,
        "availabilityZoneId": zone_id(zone),
        "privateDnsHostnameTypeOnLaunch": making.get("privateDnsHostnameTypeOnLaunch", "ip-name"),
        "ipv6CidrBlock": making.get("ipv6CidrBlock", ""),
        "ipv6CidrBlockAssociationId": f"subnet-cidr-assoc-0{making.id[8:]}" if making.get("ipv6CidrBlock") else "",
    }


def _no_database_in_subnet(record: Record, world: World) -> None:
    for group in near(record, world, SUBNET_GROUP):
        if record.id in (group.inputs.get("subnetIds") or []):
            for database in near(record, world, DATABASE):
                if database.inputs.get("dbSubnetGroupName") == group.id:
                    raise Refused(
                        f"DependencyViolation: The subnet '{record.id}' has dependencies and cannot be deleted. "
                        f"({database.outputs.get('identifier')} is in it)"
                    )


# Gateways


def gateway_of(making: Making, network: str) -> Record | None:
    """The internet gateway of a VPC."""
    attached = making.world.one("aws:ec2/internetGatewayAttachment:InternetGatewayAttachment", network, "vpcId")
    return making.world.one(GATEWAY, network, "vpcId") or attached


def _nothing_public_left(record: Record, world: World) -> None:
    """A gateway stays as long as something in its VPC has a public address."""
    network = record.inputs.get("vpcId")
    if not network:
        return
    public: Iterable[Record] = [
        *(r for r in near(record, world, LOAD_BALANCER) if r.outputs.get("vpcId") == network and not r.outputs.get("internal")),
        *(r for r in near(record, world, INSTANCE) if r.outputs.get("publicIp") and _network_of(r, world) == network),
        *(r for r in near(record, world, DATABASE) if r.outputs.get("publiclyAccessible") and _database_network(r, world) == network),
        *(
            r
            for r in near(record, world, NAT_GATEWAY)
            if r.inputs.get("connectivityType") != "private" and _network_of(r, world) == network
        ),
    ]
    for user in public:
        raise Refused(
            f"DependencyViolation: Network {network} has some mapped public address(es). "
            f"Please unmap those public address(es) before detaching the gateway. ({user.id})"
        )


def _network_of(record: Record, world: World) -> str | None:
    found = world.one(SUBNET, record.inputs.get("subnetId"))
    return str(found.inputs.get("vpcId")) if found else None


def _database_network(record: Record, world: World) -> str | None:
    found = world.one(SUBNET_GROUP, record.inputs.get("dbSubnetGroupName"))
    return str(found.outputs.get("vpcId")) if found else None


# Routes

_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")


def _destination(making: Making) -> str:
    return str(next((making.get(name) for name in _DESTINATIONS if making.get(name)), ""))


def _route_id(making: Making) -> str:
    return f"r-{making.get('routeTableId')}{zlib.crc32(_destination(making).encode())}"


def _route_outputs(making: Making) -> Values:
    return {"origin": "CreateRoute", "state": "active", "instanceId": "", "instanceOwnerId": ""}


def _table_network(making: Making) -> str | None:
    table = making.world.one(ROUTE_TABLE, making.get("routeTableId"))
    if table is not None:
        return str(table.inputs.get("vpcId"))
    main = making.world.one(VPC, making.get("routeTableId"), "mainRouteTableId")
    return main.id if main else None


def _same_network(making: Making) -> None:
    gateway, network = making.world.one(GATEWAY, making.get("gatewayId")), _table_network(making)
    if gateway is None or network is None:
        return
    if not gateway.inputs.get("vpcId"):
        raise Refused(f"InvalidParameterValue: internet gateway {gateway.id} is not attached to a network", property="gatewayId")
    if gateway.inputs["vpcId"] != network:
        raise Refused(
            f"InvalidParameterValue: route table {making.get('routeTableId')} and network gateway {gateway.id} belong to different networks",
            property="gatewayId",
        )


def _association_in_network(making: Making) -> None:
    inside, network = making.world.one(SUBNET, making.get("subnetId")), _table_network(making)
    if inside is not None and network is not None and inside.inputs.get("vpcId") != network:
        raise Refused(
            f"InvalidParameterValue: Route table {making.get('routeTableId')} and subnet {inside.id} belong to different networks",
            property="subnetId",
        )


_TARGETS = (
    names(
        "gatewayId",
        GATEWAY,
        "aws:ec2/vpnGateway:VpnGateway",
        by="id",
        missing="InvalidGatewayID.NotFound: The gateway ID '{value}' does not exist",
    ),
    names("natGatewayId", NAT_GATEWAY, by="id", missing="InvalidNatGatewayID.NotFound: The NatGateway {value} does not exist"),
)

# Addresses


def public_ipv4(world: World) -> str:
    """A public IPv4 address that nothing else has, of the range that is set aside for tests (RFC 2544)."""
    count = world.number("public addresses")
    return f"198.18.{count // 254 % 256}.{1 + count % 254}"


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
        "privateIp": making.get("privateIp") or kept(making, "privateIp", lambda: _free_address(making)),
        "associationId": f"eipassoc-0{making.id[5:]}" if address else "",
    }


def _free_address(making: Making) -> str:
    """A private address of the subnet; the first four are AWS's own."""
    return private_ipv4(making, making.get("subnetId"))


def private_ipv4(making: Making, subnet_id: str | None) -> str:
    """A private address of a subnet that nothing else has; the first four are AWS's own."""
    inside = making.world.one(SUBNET, subnet_id)
    network = _range(str(inside.outputs.get("cidrBlock"))) if inside else None
    network = network or ipaddress.IPv4Network("172.31.0.0/16")
    count = making.world.number(f"addresses {subnet_id}")
    return str(network[4 + count % (network.num_addresses - 5)])


def _nat_address(making: Making) -> None:
    if making.inputs.get("connectivityType") in (None, "public") and making.inputs.get("availabilityMode") in (None, "zonal"):
        if making.inputs.get("subnetId") is None:
            raise Refused("MissingParameter: The request must contain the parameter SubnetId", property="subnetId")
        if making.inputs.get("allocationId") is None:
            raise Refused("MissingParameter: Must specify allocationId for a public NAT gateway", property="allocationId")


def _unassociated(record: Record, world: World) -> None:
    for user in near(record, world, NAT_GATEWAY):
        if user.inputs.get("allocationId") == record.id:
            raise Refused(f"InvalidIPAddress.InUse: Address {record.outputs.get('publicIp')} is in use. ({user.id})")


def _has_a_vpc(making: Making) -> None:
    if making.inputs.get("subnetId") is None and making.inputs.get("gatewayId") is None:
        raise Refused("one of `subnetId,gatewayId` must be specified", property="subnetId", by="provider")


def _tenancy_change(old: Values, new: Values) -> bool:
    return not (old.get("instanceTenancy") == "dedicated" and new.get("instanceTenancy") in (None, "default"))


TYPES = (
    resource(
        VPC,
        id=hex_id("vpc"),
        outputs=_vpc_outputs,
        replaces_when={"instanceTenancy": _tenancy_change},
        checks=(_vpc_has_a_range, tags_fit),
    ),
    resource(
        SUBNET,
        id=hex_id("subnet"),
        outputs=_subnet_outputs,
        replaces_when={"ipv6CidrBlock": lambda old, new: old.get("assignIpv6AddressOnCreation") is True},
        checks=(_subnet_size, _zone, tags_fit),
        before_create=(_subnet_fits,),
        before_delete=(_no_database_in_subnet,),
        references=(vpc(),),
    ),
    resource(
        GATEWAY,
        id=hex_id("igw"),
        outputs=lambda making: {"arn": arn(making, "ec2", f"internet-gateway/{making.id}"), "ownerId": making.scope.account},
        checks=(tags_fit,),
        before_delete=(_nothing_public_left,),
        references=(vpc(),),
        unique=(Unique(paths=("vpcId",), message="InvalidParameterValue: Network {value} already has an internet gateway attached"),),
    ),
    resource(
        ROUTE_TABLE,
        id=hex_id("rtb"),
        outputs=lambda making: {"arn": arn(making, "ec2", f"route-table/{making.id}"), "ownerId": making.scope.account},
        sets=words("routes propagatingVgws"),
        checks=(tags_fit,),
        references=(vpc(),),
    ),
    resource(
        "aws:ec2/route:Route",
        id=_route_id,
        outputs=_route_outputs,
        references=(route_table(), *_TARGETS),
        before_create=(_same_network,),
        before_update=(_same_network,),
        unique=tuple(
            Unique(paths=("routeTableId", name), message="RouteAlreadyExists: The route identified by {value} already exists.")
            for name in _DESTINATIONS
        ),
    ),
    resource(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        id=hex_id("rtbassoc"),
        references=(route_table(holds=True), subnet(holds=False), _TARGETS[0]),
        checks=(_has_a_vpc,),
        before_create=(_association_in_network,),
        unique=(
            Unique(
                paths=("subnetId",),
                message="Resource.AlreadyAssociated: the specified association for subnet {value} conflicts with an existing association",
            ),
        ),
    ),
    resource(
        ADDRESS,
        id=hex_id("eipalloc"),
        outputs=_address_outputs,
        checks=(tags_fit,),
        before_delete=(_unassociated,),
        references=(names("instance", INSTANCE, by="id", missing="InvalidInstanceID.NotFound: The instance ID '{value}' does not exist"),),
    ),
    resource(
        "aws:ec2/eipAssociation:EipAssociation",
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
        unique=(
            Unique(paths=("allocationId",), message="Resource.AlreadyAssociated: resource {value} is already associated with an instance"),
        ),
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
