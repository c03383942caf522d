"""VPCs, subnets and internet gateways."""

from collections.abc import Iterable

from sandbox.clouds.shared import kept, known
from sandbox.rules import Making, Record, Refused, Unique, Values, World

from .addresses import ipv4_range
from .facts import resource
from .places import REGIONS, zone_id
from .words import (
    DATABASE,
    GATEWAY,
    INSTANCE,
    LOAD_BALANCER,
    NAT_GATEWAY,
    SUBNET,
    SUBNET_GROUP,
    VPC,
    arn,
    hex_id,
    near,
    others,
    tags_fit,
    vpc,
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


def _subnet_size(making: Making) -> None:
    for where, text in known(making, "cidrBlock"):
        found = ipv4_range(text)
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
        found, whole = ipv4_range(text), ipv4_range(str(network.outputs.get("cidrBlock"))) if network else None
        if found is None or whole is None:
            continue
        if not found.subnet_of(whole):
            raise Refused(f"InvalidSubnet.Range: The CIDR '{text}' is invalid. (the VPC's is {whole})", property=where)
        for other in others(making, SUBNET):
            taken = ipv4_range(str(other.outputs.get("cidrBlock")))
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
)
