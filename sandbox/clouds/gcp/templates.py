"""Instance templates."""

from typing import Any

from sandbox.rules import UNKNOWN, Limit, Making, Refused, Type

from .machines import MACHINE_RULES
from .tokens import ACCOUNT, NETWORK, REGION_TEMPLATE, SUBNETWORK, TEMPLATE
from .words import NAME, Where, below, compute, invalid, names, uses


def _boots(making: Making) -> None:
    """Refuses what the plugin refuses only at the plan: rules of boot and scratch disks."""
    disks = making.get("disks") or []
    if any(disk is UNKNOWN for disk in disks):
        return
    for index, disk in enumerate(disks):
        if disk.get("boot") is False and index == 0:
            raise Refused("the first disk specified must be a boot disk", property="disks[0].boot", by="provider")
        if disk.get("boot") is True and index > 0:
            raise Refused("only the first disk may be a boot disk", property=f"disks[{index}].boot", by="provider")
        if disk.get("type") == "SCRATCH" and disk.get("sourceImage"):
            raise Refused("disks of type SCRATCH take no source image", property=f"disks[{index}].sourceImage", by="provider")


def _has_a_network(making: Making) -> None:
    if making.inputs.get("networkInterfaces") in (None, []):
        raise invalid("networkInterfaces", "", "At least one network interface is required.")


_TEMPLATE: dict[str, Any] = {
    "name": NAME,
    # A template cannot change at all. The provider replaces it for its labels, too, through their computed `effectiveLabels`.
    "replaces": frozenset(
        names(
            "advancedMachineFeatures canIpForward confidentialInstanceConfig description disks enableDisplay guestAccelerators "
            "instanceDescription keyRevocationActionType labels machineType metadata metadataStartupScript minCpuPlatform name namePrefix "
            "networkInterfaces networkPerformanceConfig project region reservationAffinity resourceManagerTags resourcePolicies "
            "scheduling serviceAccount shieldedInstanceConfig tags workloadIdentityConfig"
        )
    ),
    "enums": {
        "advancedMachineFeatures.performanceMonitoringUnit": names("STANDARD ENHANCED ARCHITECTURAL"),
        "advancedMachineFeatures.turboMode": names("ALL_CORE_MAX"),
        "keyRevocationActionType": (*names("NONE STOP"), ""),
        "networkInterfaces[*].igmpQuery": names("IGMP_QUERY_V2 IGMP_QUERY_DISABLED"),
        "networkInterfaces[*].nicType": names("GVNIC VIRTIO_NET MRDMA IRDMA IDPF"),
        "networkInterfaces[*].stackType": (*names("IPV4_ONLY IPV4_IPV6 IPV6_ONLY"), ""),
        "networkPerformanceConfig.totalEgressBandwidthTier": names("TIER_1 DEFAULT"),
        "reservationAffinity.type": names("ANY_RESERVATION SPECIFIC_RESERVATION NO_RESERVATION"),
        "scheduling.nodeAffinities[*].operator": names("IN NOT_IN"),
    },
    "limits": {"namePrefix": Limit(max_length=54), "networkInterfaces[*].vlan": Limit(minimum=2, maximum=255)},
    "conflicts": (names("name namePrefix"),),
    "at_least_one_of": (
        below("confidentialInstanceConfig", "confidentialInstanceType enableConfidentialCompute"),
        below(
            "scheduling",
            "automaticRestart availabilityDomain gracefulShutdown hostErrorTimeoutSeconds instanceTerminationAction "
            "localSsdRecoveryTimeouts maintenanceInterval maxRunDuration minNodeCpus nodeAffinities onHostMaintenance "
            "onInstanceStopAction preemptible preemptionNoticeDuration provisioningModel skipGuestOsShutdown terminationTime",
        ),
        below("shieldedInstanceConfig", "enableIntegrityMonitoring enableSecureBoot enableVtpm"),
    ),
    "defaults": {
        "advancedMachineFeatures.enableNestedVirtualization": False,
        "canIpForward": False,
        "disks[*].autoDelete": True,
        "scheduling.automaticRestart": True,
        "scheduling.onInstanceStopAction.discardLocalSsd": False,
        "scheduling.preemptible": False,
        "scheduling.skipGuestOsShutdown": False,
        "shieldedInstanceConfig.enableIntegrityMonitoring": True,
        "shieldedInstanceConfig.enableSecureBoot": False,
        "shieldedInstanceConfig.enableVtpm": True,
    },
    "keeps": frozenset(
        names("name namePrefix project region scheduling.onHostMaintenance scheduling.provisioningModel serviceAccount.email")
    ),
    "sets": frozenset(names("tags")),
    "references": (
        uses("networkInterfaces[*].network", NETWORK),
        uses("networkInterfaces[*].subnetwork", SUBNETWORK),
        uses("serviceAccount.email", ACCOUNT, by="email", holds=False),
    ),
    "checks": (*MACHINE_RULES, _boots, _has_a_network),
}


def _template(token: str, where: Where) -> Type:
    return compute(token, "instanceTemplates", where, **_TEMPLATE)


TYPES = (_template(TEMPLATE, "global"), _template(REGION_TEMPLATE, "regions"))
