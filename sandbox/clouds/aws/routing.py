"""Route tables, routes, which subnet follows which table, and gateways to services of AWS."""

import zlib

from sandbox.rules import Making, Refused, Unique, Values

from .facts import resource
from .words import (
    ENDPOINT,
    GATEWAY,
    NAT_GATEWAY,
    ROUTE_TABLE,
    SUBNET,
    VPC,
    arn,
    hex_id,
    names,
    route_table,
    security_group,
    subnet,
    tags_fit,
    vpc,
    words,
)

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
    nat = making.world.one(NAT_GATEWAY, making.get("natGatewayId"))
    stands = making.world.one(SUBNET, nat.inputs.get("subnetId")) if nat else None
    if nat is not None and stands is not None and network is not None and stands.inputs.get("vpcId") != network:
        raise Refused(
            f"InvalidParameterValue: route table {making.get('routeTableId')} and network gateway {nat.id} belong to different networks",
            property="natGatewayId",
        )
    if gateway is None or network is None:
        return
    if not gateway.inputs.get("vpcId"):
        raise Refused(f"InvalidParameterValue: internet gateway {gateway.id} is not attached to a network", property="gatewayId")
    if gateway.inputs["vpcId"] != network:
        raise Refused(
            f"InvalidParameterValue: route table {making.get('routeTableId')} and network gateway {gateway.id} belong to "
            "different networks",
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


def _has_a_vpc(making: Making) -> None:
    if making.inputs.get("subnetId") is None and making.inputs.get("gatewayId") is None:
        raise Refused("one of `subnetId,gatewayId` must be specified", property="subnetId", by="provider")


def _endpoint_outputs(making: Making) -> Values:
    service = str(making.get("serviceName")).rsplit(".", 1)[-1]
    return {
        "arn": arn(making, "ec2", f"vpc-endpoint/{making.id}"),
        "state": "available",
        "prefixListId": f"pl-{zlib.crc32(f'{making.scope.region} {service}'.encode()):08x}",
        "ownerId": making.scope.account,
        "requesterManaged": False,
        "policy": making.get(
            "policy", '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}'
        ),
    }


def _service(making: Making) -> None:
    """Gateways lead to two services: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html."""
    name, region = making.get("serviceName"), making.scope.region
    if making.get("vpcEndpointType", "Gateway") != "Gateway" or name is None:
        return
    if name not in (f"com.amazonaws.{region}.s3", f"com.amazonaws.{region}.dynamodb"):
        raise Refused(f"InvalidServiceName: The Vpc Endpoint Service '{name}' does not exist", property="serviceName")
    for refused in ("subnetIds", "securityGroupIds", "privateDnsEnabled"):
        if making.inputs.get(refused):
            raise Refused(f"InvalidParameter: {refused} cannot be given for a gateway endpoint", property=refused)


def _tables_in_network(making: Making) -> None:
    for index, value in enumerate(making.get("routeTableIds") or []):
        table = making.world.one(ROUTE_TABLE, value)
        if table is not None and table.inputs.get("vpcId") != making.get("vpcId"):
            raise Refused(
                f"InvalidParameter: route table {value} does not belong to VPC {making.get('vpcId')}", property=f"routeTableIds[{index}]"
            )


TYPES = (
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
        ENDPOINT,
        id=hex_id("vpce"),
        outputs=_endpoint_outputs,
        replaces=words("vpcId serviceName serviceRegion vpcEndpointType"),
        keeps=words("policy routeTableIds subnetIds securityGroupIds ipAddressType privateDnsEnabled"),
        sets=words("routeTableIds subnetIds securityGroupIds"),
        enums={"vpcEndpointType": ("Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork")},
        defaults={"vpcEndpointType": "Gateway"},
        checks=(_service, tags_fit),
        before_create=(_tables_in_network,),
        before_update=(_tables_in_network,),
        references=(vpc(), route_table("routeTableIds[*]"), subnet("subnetIds[*]"), security_group("securityGroupIds[*]")),
    ),
)
