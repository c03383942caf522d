"""Cloud NAT."""

from sandbox.rules import UNKNOWN, Limit, Making

from .tokens import ADDRESS, ROUTER, SUBNETWORK
from .words import NAME_SAYS, RFC1035, compute, invalid, names, project, region, uses


def _nat_id(making: Making) -> str:
    router = str(making.get("router")).rsplit("/", 1)[-1]
    return f"{project(making)}/{region(making)}/{router}/{making.get('name')}"


def _subnetworks_fit(making: Making) -> None:
    chosen = making.get("sourceSubnetworkIpRangesToNat") == "LIST_OF_SUBNETWORKS"
    if chosen != bool(making.inputs.get("subnetworks")) and making.inputs.get("subnetworks") is not UNKNOWN:
        raise invalid(
            "sourceSubnetworkIpRangesToNat",
            making.get("sourceSubnetworkIpRangesToNat"),
            "Subnetworks have to be specified if and only if LIST_OF_SUBNETWORKS is chosen.",
        )


def _addresses_fit(making: Making) -> None:
    allocation = making.get("natIpAllocateOption")
    if allocation == "MANUAL_ONLY" and not making.inputs.get("natIps") and not making.inputs.get("initialNatIps"):
        raise invalid("natIps", "", "At least one NAT address has to be specified with MANUAL_ONLY.")
    if allocation == "AUTO_ONLY" and making.get("natIps"):
        raise invalid("natIps", making.get("natIps"), "NAT addresses cannot be specified with AUTO_ONLY.")


TYPES = (
    compute(
        "gcp:compute/routerNat:RouterNat",
        "nats",
        "regions",
        name=Limit(min_length=2, max_length=63, pattern=RFC1035, says=NAME_SAYS.replace("1 to", "2 to")),
        replaces=frozenset(names("endpointTypes initialNatIps name project region router type")),
        enums={
            "autoNetworkTier": names("PREMIUM STANDARD"),
            "logConfig.filter": names("ERRORS_ONLY TRANSLATIONS_ONLY ALL"),
            "natIpAllocateOption": names("MANUAL_ONLY AUTO_ONLY"),
            "sourceSubnetworkIpRangesToNat": names(
                "ALL_SUBNETWORKS_ALL_IP_RANGES ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES LIST_OF_SUBNETWORKS"
            ),
            "sourceSubnetworkIpRangesToNat64": names("ALL_IPV6_SUBNETWORKS LIST_OF_IPV6_SUBNETWORKS"),
            "type": names("PUBLIC PRIVATE"),
        },
        limits={
            "endpointTypes": Limit(min_items=1),
            "rules[*].ruleNumber": Limit(minimum=0, maximum=65000),
            "subnetworks[*].sourceIpRangesToNats": Limit(min_items=1),
        },
        conflicts=(names("drainNatIps initialNatIps"), names("initialNatIps natIps")),
        defaults={
            "icmpIdleTimeoutSec": 30,
            "tcpEstablishedIdleTimeoutSec": 1200,
            "tcpTimeWaitTimeoutSec": 120,
            "tcpTransitoryIdleTimeoutSec": 30,
            "type": "PUBLIC",
            "udpIdleTimeoutSec": 30,
        },
        keeps=frozenset(
            names("autoNetworkTier enableDynamicPortAllocation enableEndpointIndependentMapping endpointTypes minPortsPerVm project region")
        ),
        sets=frozenset(names("subnetworks natIps drainNatIps rules")),
        # A router takes its NATs with it, and a subnetwork is not held by the NAT that serves it.
        references=(uses("router", ROUTER, holds=False), uses("subnetworks[*].name", SUBNETWORK, holds=False), uses("natIps", ADDRESS)),
        checks=(_subnetworks_fit, _addresses_fit),
        identity=_nat_id,
    ),
)
