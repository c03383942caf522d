"""Private networks, firewalls and reserved addresses."""

import ipaddress
import re
from collections.abc import Iterator

from sandbox.rules import UNKNOWN, Limit, Making, Reference, Refused, Type, Unique, Values

from ..shared import kept, known
from .addresses import free_range, public_ipv4, public_ipv6
from .words import (
    NAME,
    NOT_EMPTY,
    TAG,
    addresses,
    droplet,
    given,
    member,
    others,
    region,
    resource,
    tag_exists,
    timestamp,
    token,
    unprocessable,
    vpc_exists,
)

# VPCs


def _vpc_range(making: Making) -> None:
    """The plugin wants a range in CIDR form; the API a private one, from /28 to /16, that is not its own."""
    for where, value in known(making, "ipRange"):
        try:
            network = ipaddress.IPv4Network(value, strict=False)
        except ValueError:
            raise Refused(f"expected {where} to be a valid IPv4 Value, got {value}", property=where, by="provider") from None
        if str(network) != value:
            raise unprocessable(f"{value} has host bits set; the range is {network}", where)
        if not any(network.subnet_of(ipaddress.IPv4Network(block)) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")):
            raise unprocessable(f"{value} is not in the private ranges of RFC 1918", where)
        if not 16 <= network.prefixlen <= 28:
            raise unprocessable(f"{value} is not between /28 and /16", where)
        if any(
            network.overlaps(ipaddress.IPv4Network(own)) for own in ("10.229.0.0/16", "10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24")
        ):
            raise unprocessable(f"{value} is reserved by DigitalOcean", where)


def _vpc_apart(making: Making) -> None:
    for where, value in known(making, "ipRange"):
        for other in others(making, "vpc"):
            if ipaddress.IPv4Network(value).overlaps(ipaddress.IPv4Network(other.outputs["ipRange"])):
                known_as = f"{other.inputs['name']} ({other.outputs['ipRange']})"
                raise unprocessable(f"This range/size overlaps with another VPC network in your account: {known_as}", where)


def _vpc_outputs(making: Making) -> Values:
    return {
        "ipRange": making.get("ipRange") or kept(making, "ipRange", lambda: free_range(making.world, making.scope.account)),
        "vpcUrn": f"do:vpc:{making.id}",
        "default": False,
        "createdAt": timestamp(making),
    }


VPC = resource(
    "vpc",
    outputs=_vpc_outputs,
    keeps=frozenset({"ipRange"}),
    limits={"name": NAME, "region": NOT_EMPTY, "description": Limit(max_length=255)},
    checks=(region(), _vpc_range),
    before_create=(_vpc_apart,),
    unique=(Unique(paths=("name",), within="account", message="409 a VPC with the name {value} already exists in your account"),),
)


def _two_networks(making: Making) -> None:
    vpcs = [making.world.one(token("vpc"), value) for value in making.get("vpcIds", [])]
    if any(vpc is None for vpc in vpcs):
        raise unprocessable("both VPCs of a peering must exist", "vpcIds")


PEERING = resource(
    "vpcPeering",
    outputs=lambda making: {"createdAt": timestamp(making), "status": "ACTIVE"},
    sets=frozenset({"vpcIds"}),
    limits={"name": NOT_EMPTY, "vpcIds": Limit(min_items=2, max_items=2)},
    references=(member("vpcIds[*]"),),
    before_create=(_two_networks,),
)
NAT_GATEWAY = resource(
    "vpcNatGateway",
    outputs=lambda making: {
        "createdAt": timestamp(making),
        "updatedAt": making.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "state": "ACTIVE",
        "egresses": kept(making, "egresses", lambda: [{"publicGateways": [{"ipv4": public_ipv4(making.world)}]}]),
    },
    references=(member("vpcs[*].vpcUuid"),),
    checks=(region(),),
    before_create=(vpc_exists("vpcs[*].vpcUuid"),),
)

# Firewalls


def _firewall_rules(making: Making) -> Iterator[tuple[str, str, Values]]:
    for name, side in (("inboundRules", "source"), ("outboundRules", "destination")):
        for index, rule in enumerate(making.get(name, [])):
            if isinstance(rule, dict):
                yield f"{name}[{index}]", side, rule


def _ports(making: Making) -> None:
    """The plugin asks that tcp and udp have ports; the API, that they are ports."""
    if not given(making.inputs, "inboundRules") and not given(making.inputs, "outboundRules"):
        raise Refused("At least one rule must be specified", property="inboundRules", by="provider")
    for where, side, rule in _firewall_rules(making):
        ports, protocol = rule.get("portRange"), rule.get("protocol")
        if ports is UNKNOWN or protocol is UNKNOWN:
            continue
        if not ports:
            if protocol != "icmp":
                way = "inbound" if side == "source" else "outbound"
                words = f"`port_range` of {way} rules is required if protocol is `tcp` or `udp`"
                raise Refused(words, property=f"{where}.portRange", by="provider")
            continue
        if ports in ("all", "0"):
            continue
        matched = re.fullmatch(r"(\d+)(?:-(\d+))?", str(ports))
        low, high = (int(matched[1]), int(matched[2] or matched[1])) if matched else (0, 0)
        if not 1 <= low <= high <= 65535:
            raise unprocessable(f"{ports!r} is not a port, a range of ports from 1 to 65535, or all", f"{where}.portRange")


def _sources(making: Making) -> None:
    for where, side, rule in _firewall_rules(making):
        if not any(given(rule, f"{side}{kind}") for kind in ("Addresses", "DropletIds", "KubernetesIds", "LoadBalancerUids", "Tags")):
            raise unprocessable(f"a rule must have at least one {side}", where)


FIREWALL = resource(
    "firewall",
    outputs=lambda making: {"createdAt": timestamp(making), "status": "succeeded", "pendingChanges": []},
    sets=frozenset(
        {"dropletIds", "tags", "inboundRules", "outboundRules"}
        | {f"inboundRules[*].source{kind}" for kind in ("Addresses", "DropletIds", "KubernetesIds", "LoadBalancerUids", "Tags")}
        | {f"outboundRules[*].destination{kind}" for kind in ("Addresses", "DropletIds", "KubernetesIds", "LoadBalancerUids", "Tags")}
    ),
    limits={
        "name": NAME,
        "tags[*]": TAG,
        "tags": Limit(max_items=5, by="api"),
        "dropletIds": Limit(max_items=10, by="api"),
        "inboundRules": Limit(max_items=50, by="api"),
        "outboundRules": Limit(max_items=50, by="api"),
        "inboundRules[*].sourceTags[*]": TAG,
        "outboundRules[*].destinationTags[*]": TAG,
    },
    enums={"inboundRules[*].protocol": ("tcp", "udp", "icmp"), "outboundRules[*].protocol": ("tcp", "udp", "icmp")},
    references=(
        droplet("dropletIds[*]"),
        # A load balancer may be deleted while a firewall names it.
        Reference(
            path="inboundRules[*].sourceLoadBalancerUids[*]",
            to=(token("loadBalancer"),),
            holds=False,
            missing="422 load balancer {value} does not exist",
        ),
    ),
    checks=(_ports, _sources, addresses("inboundRules[*].sourceAddresses"), addresses("outboundRules[*].destinationAddresses")),
    before_create=(tag_exists("tags"),),
    before_update=(tag_exists("tags"),),
    unique=(Unique(paths=("name",), within="account", message="409 duplicate name: a firewall {value} already exists"),),
)

# Reserved addresses


def _reserved(name: str, urn: str) -> Type:
    """A reserved address, which is its own id, and may be assigned to a droplet of its region."""

    def outputs(making: Making) -> Values:
        return {"ipAddress": making.id, urn: f"do:{name.lower()}:{making.id}"}

    def address(making: Making) -> str:
        return public_ipv4(making.world)

    return resource(
        name, id=address, outputs=outputs, keeps=frozenset({"ipAddress"}), checks=(region(),), references=(droplet("dropletId"),)
    )


def _assignment(name: str, to: str) -> Type:
    """An address's being a droplet's. Another one for the same address moves it, and takes nothing from whoever deletes this one later.

    Source: https://github.com/digitalocean/terraform-provider-digitalocean/pull/149
    """

    def unique_id(making: Making) -> str:
        return f"{making.get('dropletId')}-{making.get('ipAddress')}-{making.world.number(name):026x}"

    def one_address(making: Making) -> None:
        """A droplet has one reserved address: https://docs.digitalocean.com/products/networking/reserved-ips/details/limits/."""
        now = {record.inputs.get("ipAddress"): str(record.inputs.get("dropletId")) for record in others(making, name)}
        for address, holder in now.items():
            if holder == str(making.get("dropletId")) and address != making.get("ipAddress"):
                raise unprocessable(f"Droplet {holder} has a reserved IP already, {address}", "dropletId")

    return resource(
        name,
        id=unique_id,
        references=(
            droplet("dropletId"),
            Reference(path="ipAddress", to=(token(to),), holds=False, missing="404 reserved IP {value} does not exist"),
        ),
        before_create=(one_address,),
    )


def _ipv6_reserved(making: Making) -> Values:
    return {"ip": making.id, "reservedIpv6Urn": f"do:reservedipv6:{making.id}"}


RESERVED = (
    _reserved("reservedIp", "reservedIpUrn"),
    _reserved("floatingIp", "floatingIpUrn"),
    _assignment("reservedIpAssignment", "reservedIp"),
    _assignment("floatingIpAssignment", "floatingIp"),
    resource(
        "reservedIpv6",
        id=lambda making: public_ipv6(making.world),
        outputs=_ipv6_reserved,
        keeps=frozenset({"ip"}),
        checks=(region("regionSlug"),),
        references=(droplet("dropletId"),),
    ),
    resource(
        "reservedIpv6Assignment",
        references=(
            droplet("dropletId"),
            Reference(path="ip", to=(token("reservedIpv6"),), holds=False, missing="404 reserved IPv6 {value} does not exist"),
        ),
        unique=(Unique(paths=("ip",), within="account", message="422 {value} is assigned already"),),
    ),
)

TYPES = (VPC, PEERING, NAT_GATEWAY, FIREWALL, *RESERVED)
