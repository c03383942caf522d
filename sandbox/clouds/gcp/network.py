"""Networks, subnetworks, routers, firewalls and addresses."""

import ipaddress
import re

from sandbox.rules import UNKNOWN, Limit, Making, Refused, Values

from ..shared import known
from .public_addresses import not_in_use
from .tokens import ACCOUNT, ADDRESS, GLOBAL_ADDRESS, NETWORK, ROUTER, SUBNETWORK
from .words import NAME, below, compute, find, invalid, names, project, public_address, uses


def _parsed(making: Making, path: str) -> None:
    """Refuses values at a path that are no ranges."""
    for where, value in known(making, path):
        try:
            ipaddress.ip_network(value)
        except ValueError:
            raise invalid(where, value, "Must be an IP address range in CIDR form with no bits set beyond its prefix.") from None


def _ranges(making: Making) -> None:
    _parsed(making, "secondaryIpRanges[*].ipCidrRange")
    _parsed(making, "ipCidrRange")
    wanted = making.get("ipCidrRange")
    if wanted and ipaddress.ip_network(wanted).prefixlen > 29:
        raise invalid("ipCidrRange", wanted, "Subnetwork ranges have a prefix of /29 or shorter.")


def _disjoint(making: Making) -> None:
    """Refuses a range that overlaps another subnetwork's of the same network."""
    network = find(making.world, NETWORK, making.get("network"))
    wanted = ipaddress.ip_network(making.get("ipCidrRange"))
    for other in making.world.all(SUBNETWORK):
        theirs = find(making.world, NETWORK, other.inputs["network"])
        if other.id == making.id or not network or not theirs or theirs.id != network.id:
            continue
        if wanted.overlaps(ipaddress.ip_network(other.outputs["ipCidrRange"])):
            raise invalid(
                "ipCidrRange",
                wanted,
                f"Invalid IPCidrRange: {wanted} conflicts with existing subnetwork '{other.outputs['name']}' "
                f"in region '{other.outputs['region']}'.",
            )


def _shrinks(old: Values, new: Values) -> bool:
    if UNKNOWN in (old.get("ipCidrRange"), new.get("ipCidrRange")) or not new.get("ipCidrRange"):
        return True
    before, after = (ipaddress.ip_network(values["ipCidrRange"]) for values in (old, new))
    return not before.subnet_of(after)  # type: ignore[arg-type]  # both IPv4: the range of a subnetwork


def _subnetwork_outputs(making: Making) -> Values:
    wanted = making.get("ipCidrRange")
    return {"gatewayAddress": str(ipaddress.ip_network(wanted)[1]), "purpose": making.get("purpose", "PRIVATE")} if wanted else {}


def _a_private_number(making: Making) -> None:
    asn = making.get("bgp.asn")
    if asn is not None and not (64512 <= asn <= 65534 or 4200000000 <= asn <= 4294967294 or asn == 16550):
        raise Refused(f'expected "bgp.asn" to be a RFC6996 or RFC7300 private ASN or 16550, got {asn}', property="bgp.asn", by="provider")


def _has_a_source(making: Making) -> None:
    given = ("sourceRanges", "sourceTags", "sourceServiceAccounts")
    if making.inputs.get("direction", "INGRESS") == "INGRESS" and not any(
        making.inputs.get(name) or making.inputs.get(name) is UNKNOWN for name in given
    ):
        raise Refused("one of source_tags, source_ranges, or source_service_accounts must be defined", by="provider")


def _ports(making: Making) -> None:
    for block in ("allows", "denies"):
        for where, protocol in known(making, f"{block}[*].protocol"):
            if not re.fullmatch(r"tcp|udp|icmp|esp|ah|ipip|sctp|all|\d{1,3}", str(protocol).lower()):
                raise invalid(where, protocol, "Must be a well-known protocol name or an IP protocol number.")
        for where, ports in known(making, f"{block}[*].ports"):
            for port in ports:
                matched = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", str(port)) if port is not UNKNOWN else None
                if port is not UNKNOWN and not (matched and int(matched[1]) <= int(matched[2] or matched[1]) <= 65535):
                    raise invalid(where, port, "Must be a port number, or a range like 8000-8080.")


def _addresses(making: Making) -> None:
    for path in ("sourceRanges[*]", "destinationRanges[*]"):
        for where, value in known(making, path):
            try:
                ipaddress.ip_network(value)
            except ValueError:
                raise invalid(where, value, "Must be a valid IP address range in CIDR form.") from None


def _one_kind(making: Making) -> None:
    """https://cloud.google.com/firewall/docs/firewalls#ipv6"""
    for path in ("sourceRanges", "destinationRanges"):
        kinds = {":" in str(value) for _, value in known(making, f"{path}[*]")}
        if len(kinds) > 1:
            raise invalid(path, "IPv4 and IPv6", "A firewall rule has ranges of IPv4 or of IPv6, and not of both.")


def _address_outputs(making: Making) -> Values:
    if making.get("address"):
        return {}
    if making.get("addressType", "EXTERNAL") == "EXTERNAL":
        return {"address": making.old.outputs["address"] if making.old else public_address(making)}
    count = making.world.number(f"gcp internal range {project(making)}")
    return {
        "address": making.old.outputs["address"] if making.old else f"172.{16 + count % 16}.0.0",
        "prefixLength": making.get("prefixLength", 16),
    }


TYPES = (
    compute(
        NETWORK,
        "networks",
        "global",
        name=NAME,
        replaces=frozenset(names("autoCreateSubnetworks description internalIpv6Range name networkProfile params project")),
        enums={
            "bgpBestPathSelectionMode": names("LEGACY STANDARD"),
            "bgpInterRegionCost": names("DEFAULT ADD_COST_TO_MED"),
            "networkFirewallPolicyEnforcementOrder": names("BEFORE_CLASSIC_FIREWALL AFTER_CLASSIC_FIREWALL"),
            "routingMode": names("REGIONAL GLOBAL"),
        },
        limits={"mtu": Limit(minimum=1300, maximum=8896, by="api")},
        defaults={
            "autoCreateSubnetworks": True,
            "deleteBgpAlwaysCompareMed": False,
            "deleteDefaultRoutesOnCreate": False,
            "networkFirewallPolicyEnforcementOrder": "AFTER_CLASSIC_FIREWALL",
            "mtu": 1460,
            "routingMode": "REGIONAL",
            "bgpBestPathSelectionMode": "LEGACY",
        },
        keeps=frozenset(names("bgpAlwaysCompareMed bgpBestPathSelectionMode bgpInterRegionCost internalIpv6Range mtu project routingMode")),
    ),
    compute(
        SUBNETWORK,
        "subnetworks",
        "regions",
        name=NAME,
        replaces=frozenset(
            names(
                "description externalIpv6Prefix internalIpv6Prefix name network params project region reservedInternalRange "
                "resolveSubnetMask"
            )
        ),
        replaces_when={"ipCidrRange": _shrinks},
        enums={
            "ipv6AccessType": names("EXTERNAL INTERNAL"),
            "logConfig.aggregationInterval": names(
                "INTERVAL_5_SEC INTERVAL_30_SEC INTERVAL_1_MIN INTERVAL_5_MIN INTERVAL_10_MIN INTERVAL_15_MIN"
            ),
            "logConfig.metadata": names("EXCLUDE_ALL_METADATA INCLUDE_ALL_METADATA CUSTOM_METADATA"),
            "resolveSubnetMask": names(
                "ARP_ALL_RANGES ARP_PRIMARY_RANGE ARP_BROADCAST_PRIMARY_RANGE ARP_BROADCAST_PRIMARY_RANGE_WITH_LEARNING"
            ),
            "role": names("ACTIVE BACKUP"),
            "secondaryIpRanges[*].ipVersion": names("IPV4 IPV6"),
            "stackType": names("IPV4_ONLY IPV4_IPV6 IPV6_ONLY"),
        },
        limits={"secondaryIpRanges[*].rangeName": NAME},
        at_least_one_of=(below("logConfig", "aggregationInterval filterExpr flowSampling metadata"),),
        defaults={
            "logConfig.aggregationInterval": "INTERVAL_5_SEC",
            "logConfig.filterExpr": "true",
            "logConfig.flowSampling": 0.5,
            "logConfig.metadata": "INCLUDE_ALL_METADATA",
            "privateIpGoogleAccess": False,
            "stackType": "IPV4_ONLY",
        },
        keeps=frozenset(
            names(
                "allowSubnetCidrRoutesOverlap externalIpv6Prefix internalIpv6Prefix ipCidrRange privateIpGoogleAccess "
                "privateIpv6GoogleAccess project purpose region stackType"
            )
        ),
        references=(uses("network", NETWORK),),
        checks=(_ranges,),
        before_create=(_disjoint,),
        before_update=(_disjoint,),
        outputs=_subnetwork_outputs,
    ),
    compute(
        ROUTER,
        "routers",
        "regions",
        name=NAME,
        replaces=frozenset(names("encryptedInterconnectRouter name nccGateway network params project region")),
        enums={"bgp.advertiseMode": names("DEFAULT CUSTOM")},
        conflicts=(names("nccGateway network"),),
        defaults={"bgp.advertiseMode": "DEFAULT", "bgp.keepaliveInterval": 20},
        keeps=frozenset(names("bgp.identifierRange project region")),
        references=(uses("network", NETWORK),),
        checks=(_a_private_number,),
    ),
    compute(
        "gcp:compute/firewall:Firewall",
        "firewalls",
        "global",
        name=NAME,
        replaces=frozenset(names("direction name params project")),
        enums={
            "direction": names("INGRESS EGRESS"),
            "logConfig.metadata": names("EXCLUDE_ALL_METADATA INCLUDE_ALL_METADATA"),
        },
        limits={
            "priority": Limit(minimum=0, maximum=65535),
            "sourceServiceAccounts": Limit(max_items=10),
            "targetServiceAccounts": Limit(max_items=10),
        },
        conflicts=(
            names("sourceServiceAccounts sourceTags"),
            names("sourceServiceAccounts targetTags"),
            names("sourceTags targetServiceAccounts"),
            names("targetServiceAccounts targetTags"),
        ),
        exactly_one_of=(names("allows denies"),),
        defaults={"priority": 1000, "direction": "INGRESS"},
        keeps=frozenset(names("destinationRanges direction enableLogging project")),
        sets=frozenset(
            names("allows denies sourceRanges destinationRanges sourceTags targetTags sourceServiceAccounts targetServiceAccounts")
        ),
        references=(
            uses("network", NETWORK),
            uses("targetServiceAccounts", ACCOUNT, by="email", holds=False),
            uses("sourceServiceAccounts", ACCOUNT, by="email", holds=False),
        ),
        checks=(_has_a_source, _ports, _addresses, _one_kind),
    ),
    compute(
        ADDRESS,
        "addresses",
        "regions",
        name=NAME,
        replaces=frozenset(
            names(
                "address addressType description ipCollection ipVersion ipv6EndpointType name network networkTier prefixLength project "
                "purpose region subnetwork"
            )
        ),
        enums={
            "addressType": names("INTERNAL EXTERNAL"),
            "ipVersion": names("IPV4 IPV6"),
            "ipv6EndpointType": names("VM NETLB"),
            "networkTier": names("PREMIUM STANDARD"),
        },
        defaults={"addressType": "EXTERNAL", "networkTier": "PREMIUM"},
        keeps=frozenset(names("address networkTier prefixLength project purpose region subnetwork")),
        references=(uses("network", NETWORK), uses("subnetwork", SUBNETWORK)),
        before_delete=(not_in_use,),
        outputs=_address_outputs,
    ),
    compute(
        GLOBAL_ADDRESS,
        "addresses",
        "global",
        replaces=frozenset(names("address addressType description ipVersion name network prefixLength project purpose")),
        enums={"addressType": names("EXTERNAL INTERNAL"), "ipVersion": names("IPV4 IPV6")},
        defaults={"addressType": "EXTERNAL"},
        keeps=frozenset(names("address prefixLength project")),
        references=(uses("network", NETWORK),),
        outputs=_address_outputs,
    ),
)
