"""Load balancers."""

import ipaddress

from sandbox.rules import Autoname, Limit, Making, Record, Refused, Unique, Values, World

from .addresses import gateway_of
from .facts import resource
from .places import balancer_hosted_zone
from .words import (
    LOAD_BALANCER,
    SECURITY_GROUP,
    SUBNET,
    arn,
    fresh,
    name_fits,
    security_group,
    subnet,
    tags_fit,
    words,
)

NAME = Autoname(max_length=32)
_PREFIX = {"application": "app", "network": "net", "gateway": "gwy"}


def _kind(making: Making) -> str:
    return str(making.get("loadBalancerType", "application"))


def _balancer_id(making: Making) -> str:
    return arn(making, "elasticloadbalancing", f"loadbalancer/{_PREFIX[_kind(making)]}/{making.get('name')}/{fresh(making)[:16]}")


def _subnets(making: Making) -> list[tuple[str, str]]:
    """The subnets with their paths, however they are given."""
    plain = [(f"subnets[{i}]", value) for i, value in enumerate(making.get("subnets") or [])]
    mapped = [
        (f"subnetMappings[{i}].subnetId", m.get("subnetId"))
        for i, m in enumerate(making.get("subnetMappings") or [])
        if isinstance(m, dict)
    ]
    return [(path, value) for path, value in (*plain, *mapped) if isinstance(value, str)]


def _two_subnets(making: Making) -> None:
    given = making.get("subnets") or making.get("subnetMappings")
    if _kind(making) == "application" and isinstance(given, list) and len(given) < 2:
        raise Refused(
            "ValidationError: At least two subnets in two different Availability Zones must be specified",
            property="subnets" if making.get("subnets") else "subnetMappings",
        )


def _balancer_fits(making: Making) -> None:
    """The subnets are of one VPC, a zone each, large enough, and with a way to the internet where visitors come from there."""
    zones: dict[str, str] = {}
    networks = set()
    for path, id in _subnets(making):
        found = making.world.one(SUBNET, id)
        if found is None:
            continue
        zone, network = str(found.outputs["availabilityZone"]), str(found.inputs["vpcId"])
        networks.add(network)
        if zone in zones:
            raise Refused(
                "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone "
                f"({zones[zone]} and {id} are in {zone})",
                property=path,
            )
        zones[zone] = id
        cidr = ipaddress.ip_network(str(found.outputs["cidrBlock"]))
        if cidr.prefixlen > 27:
            raise Refused(
                f"InvalidSubnet: Not enough IP space available in {id}. ELB requires at least 8 free IP addresses in each subnet.",
                property=path,
            )
    if len(networks) > 1:
        raise Refused(
            "InvalidConfigurationRequest: All subnets must belong to the same VPC: " + ", ".join(sorted(networks)), property="subnets"
        )
    if len(zones) < 2 and _kind(making) == "application":
        raise Refused("ValidationError: At least two subnets in two different Availability Zones must be specified", property="subnets")
    if making.old is not None and networks - {making.old.outputs.get("vpcId")}:
        raise Refused(
            f"InvalidSubnet: The subnets are not in the VPC of the load balancer, {making.old.outputs.get('vpcId')}", property="subnets"
        )
    for network in networks:
        if not making.get("internal", False) and _kind(making) != "gateway" and gateway_of(making.world, network) is None:
            raise Refused(f"InvalidSubnet: VPC {network} has no internet gateway", property="subnets")
        for index, id in enumerate(making.get("securityGroups") or []):
            group = making.world.one(SECURITY_GROUP, id)
            if group is not None and group.outputs.get("vpcId") != network:
                raise Refused(
                    f"InvalidConfigurationRequest: One or more security groups are invalid ({id} is not in {network})",
                    property=f"securityGroups[{index}]",
                )


def _balancer_outputs(making: Making) -> Values:
    subnets = [id for _, id in _subnets(making)]
    found = making.world.one(SUBNET, subnets[0]) if subnets else None
    name, number, region = str(making.get("name")), making.id.rsplit("/", 1)[-1], making.scope.region
    scheme = "internal-" if making.get("internal", False) else ""
    application = f"{scheme}{name}-{int(number, 16) % 10**10:010d}.{region}.elb.amazonaws.com"
    groups = making.get("securityGroups") or []
    return {
        "arn": making.id,
        "arnSuffix": making.id.split(":loadbalancer/")[-1],
        "dnsName": application if _kind(making) == "application" else f"{name}-{number}.elb.{region}.amazonaws.com",
        "zoneId": balancer_hosted_zone(region),
        "vpcId": str(found.inputs["vpcId"]) if found else "",
        "internal": making.get("internal", False),
        "ipAddressType": making.get("ipAddressType", "ipv4"),
        "subnets": subnets,
        "subnetMappings": making.get("subnetMappings")
        or [{"subnetId": id, "allocationId": "", "ipv6Address": "", "outpostId": "", "privateIpv4Address": ""} for id in subnets],
        "securityGroups": groups,
        "namePrefix": making.get("namePrefix", ""),
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": making.get("enforceSecurityGroupInboundRulesOnPrivateLinkTraffic", ""),
    }


def _deletable(record: Record, world: World) -> None:
    if record.outputs.get("enableDeletionProtection"):
        raise Refused(
            f"OperationNotPermitted: Load balancer '{record.id}' cannot be deleted because deletion protection is enabled. "
            "Set enableDeletionProtection to false first."
        )


def _subnets_shrink(old: Values, new: Values) -> bool:
    before, after = old.get("subnets"), new.get("subnets")
    return old.get("loadBalancerType") == "network" and isinstance(before, list) and isinstance(after, list) and len(after) <= len(before)


def _mappings_change(old: Values, new: Values) -> bool:
    before, after = old.get("subnetMappings"), new.get("subnetMappings")
    if not isinstance(before, list) or not isinstance(after, list):
        return False
    if old.get("loadBalancerType") == "network":
        return any(mapping not in after for mapping in before)
    kept = {m.get("subnetId"): m for m in after if isinstance(m, dict)}
    return any(m.get("subnetId") in kept and kept[m["subnetId"]] != m for m in before if isinstance(m, dict))


def _addresses_shrink(old: Values, new: Values) -> bool:
    name = "secondaryIpsAutoAssignedPerSubnet"
    return (new.get(name) or 0) < (old.get(name) or 0)


def _groups_come_or_go(old: Values, new: Values) -> bool:
    return old.get("loadBalancerType") == "network" and bool(old.get("securityGroups")) != bool(new.get("securityGroups"))


TYPES = (
    resource(
        LOAD_BALANCER,
        id=_balancer_id,
        autoname=NAME,
        outputs=_balancer_outputs,
        replaces_when={
            "secondaryIpsAutoAssignedPerSubnet": _addresses_shrink,
            "securityGroups": _groups_come_or_go,
            "subnetMappings": _mappings_change,
            "subnets": _subnets_shrink,
        },
        sets=words("subnets securityGroups subnetMappings"),
        limits={"idleTimeout": Limit(minimum=1, maximum=4000, by="api"), "clientKeepAlive": Limit(minimum=60, maximum=604800, by="api")},
        checks=(_two_subnets, name_fits(32), tags_fit),
        before_create=(_balancer_fits,),
        before_update=(_balancer_fits,),
        before_delete=(_deletable,),
        references=(subnet("subnets[*]"), subnet("subnetMappings[*].subnetId"), security_group("securityGroups[*]")),
        unique=(
            Unique(
                paths=("name",),
                message="DuplicateLoadBalancerName: A load balancer with the same name '{value}' exists, but with different settings",
            ),
        ),
    ),
)
