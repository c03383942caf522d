"""Managed instance groups."""

import re
from typing import Any

from sandbox.rules import UNKNOWN, Limit, Making, Values, World

from ..shared import known
from .places import REGIONS
from .public_addresses import free_for_group
from .tokens import GROUP, HEALTH_CHECK, NETWORK, REGION_HEALTH_CHECK, REGION_TEMPLATE, SUBNETWORK, TEMPLATE, ZONAL_GROUP
from .words import COMPUTE, NAME, below, compute, find, invalid, names, region, uses


def _zones(making: Making) -> tuple[str, ...]:
    return tuple(making.get("distributionPolicyZones") or REGIONS.get(region(making), ())[:3])


def _zones_exist(making: Making) -> None:
    for where, zone in known(making, "distributionPolicyZones[*]"):
        if str(zone).rsplit("/", 1)[-1] not in REGIONS.get(region(making), ()):
            raise invalid(where, zone, f"It is not a zone of region {region(making)}.")


def _surge_fits(making: Making) -> None:
    """https://cloud.google.com/compute/docs/instance-groups/updating-migs#max_surge"""
    zones = making.inputs.get("distributionPolicyZones")
    if zones is UNKNOWN or (isinstance(zones, list) and UNKNOWN in zones):
        return
    count = len(_zones(making))
    for setting in ("maxSurgeFixed", "maxUnavailableFixed"):
        fixed = making.get(f"updatePolicy.{setting}")
        if fixed and count and fixed < count:
            field = setting.removesuffix("Fixed")
            raise invalid(
                f"updatePolicy.{setting}",
                fixed,
                f"Fixed updatePolicy.{field} for regional managed instance group has to be either 0 or at least equal to the number "
                "of zones.",
            )
    _steps_fit(making)


def _steps_fit(making: Making) -> None:
    """https://cloud.google.com/compute/docs/instance-groups/updating-migs"""
    if making.get("updatePolicy.maxSurgeFixed") == 0 and making.get("updatePolicy.maxUnavailableFixed") == 0:
        raise invalid("updatePolicy.maxSurgeFixed", 0, "maxSurge and maxUnavailable cannot both be 0.")
    if making.get("updatePolicy.replacementMethod") == "RECREATE" and making.get("updatePolicy.maxSurgeFixed"):
        raise invalid(
            "updatePolicy.maxSurgeFixed",
            making.get("updatePolicy.maxSurgeFixed"),
            "maxSurge must be 0 when the replacement method is RECREATE.",
        )


def _base_name(making: Making) -> None:
    base = making.get("baseInstanceName")
    if base and not re.fullmatch(r"[a-z]([-a-z0-9]{0,56}[a-z0-9])?", str(base)):
        raise invalid("baseInstanceName", base, "Must be 1 to 58 lower-case letters, digits and hyphens, beginning with a letter.")


def _template_near(making: Making) -> None:
    """A regional template serves groups of its own region alone."""
    for where, wanted in known(making, "versions[*].instanceTemplate"):
        template = find(making.world, REGION_TEMPLATE, wanted)
        ours = making.get("zone", "").rpartition("-")[0] or region(making)
        if template and template.outputs.get("region") != ours:
            raise invalid(where, wanted, f"The template's region does not match the group's, {ours}.")


def _network(world: World, inputs: Values) -> str | None:
    """The network of a group's machines; None where they have no template."""
    versions = inputs.get("versions") or [{}]
    wanted = versions[0].get("instanceTemplate")
    template = find(world, REGION_TEMPLATE, wanted) or find(world, TEMPLATE, wanted)
    interface: Values = (template.inputs.get("networkInterfaces") or [{}])[0] if template else {}
    subnet = find(world, SUBNETWORK, interface.get("subnetwork"))
    network = find(world, NETWORK, subnet.inputs.get("network") if subnet else interface.get("network"))
    return network.id if network else None


def _stays_in_its_network(making: Making) -> None:
    """https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroups/addInstances"""
    if making.old and _network(making.world, making.old.inputs) != _network(making.world, making.inputs):
        wanted = making.get("versions.0.instanceTemplate")
        raise invalid("versions[0].instanceTemplate", wanted, "All of the instances in the instance group must be in the same network.")


def _group_outputs(making: Making) -> Values:
    fixed = making.get("targetSize")
    outputs: Values = {
        "instanceGroup": COMPUTE + making.id.replace("/instanceGroupManagers/", "/instanceGroups/"),
        "distributionPolicyZones": list(_zones(making)),
        "statuses": [{"isStable": True, "versionTargets": [{"isReached": True}], "statefuls": [], "allInstancesConfigs": []}],
    }
    if fixed is None and making.old is None:
        outputs["targetSize"] = 0
    return outputs


def _zonal_outputs(making: Making) -> Values:
    return {name: value for name, value in _group_outputs(making).items() if name != "distributionPolicyZones"}


_ENUMS = {
    "instanceLifecyclePolicy.defaultActionOnFailure": names("REPAIR DO_NOTHING"),
    "instanceLifecyclePolicy.forceUpdateOnRepair": names("YES NO"),
    "instanceLifecyclePolicy.onFailedHealthCheck": names("DEFAULT_ACTION REPAIR DO_NOTHING"),
    "instanceLifecyclePolicy.onRepair.allowChangingZone": names("YES NO"),
    "listManagedInstancesResults": names("PAGELESS PAGINATED"),
    "standbyPolicy.mode": names("MANUAL SCALE_OUT_POOL"),
    "statefulDisks[*].deleteRule": names("NEVER ON_PERMANENT_INSTANCE_DELETION"),
    "statefulExternalIps[*].deleteRule": names("NEVER ON_PERMANENT_INSTANCE_DELETION"),
    "statefulInternalIps[*].deleteRule": names("NEVER ON_PERMANENT_INSTANCE_DELETION"),
    "targetSizePolicies[*].mode": names("BULK INDIVIDUAL"),
    "updatePolicy.minimalAction": names("NONE REFRESH RESTART REPLACE"),
    "updatePolicy.mostDisruptiveAllowedAction": names("NONE REFRESH RESTART REPLACE"),
    "updatePolicy.replacementMethod": (*names("RECREATE SUBSTITUTE"), ""),
    "updatePolicy.type": names("OPPORTUNISTIC PROACTIVE"),
    "waitForInstancesStatus": names("STABLE UPDATED"),
}
_DEFAULTS = {
    "instanceLifecyclePolicy.defaultActionOnFailure": "REPAIR",
    "instanceLifecyclePolicy.forceUpdateOnRepair": "NO",
    "instanceLifecyclePolicy.onFailedHealthCheck": "DEFAULT_ACTION",
    "instanceLifecyclePolicy.onRepair.allowChangingZone": "NO",
    "listManagedInstancesResults": "PAGELESS",
    "statefulDisks[*].deleteRule": "NEVER",
    "statefulExternalIps[*].deleteRule": "NEVER",
    "statefulInternalIps[*].deleteRule": "NEVER",
    "waitForInstances": False,
    "waitForInstancesStatus": "STABLE",
}
_KEEPS = (
    "project targetSize targetStoppedSize targetSuspendedSize standbyPolicy.initialDelaySec standbyPolicy.mode "
    "updatePolicy.maxSurgeFixed updatePolicy.maxUnavailableFixed"
)
_BOTH: dict[str, Any] = {
    "limits": {
        "autoHealingPolicies.initialDelaySec": Limit(minimum=0, maximum=3600),
        "standbyPolicy.initialDelaySec": Limit(minimum=0, maximum=3600),
        "updatePolicy.maxSurgePercent": Limit(minimum=0, maximum=100),
        "updatePolicy.maxUnavailablePercent": Limit(minimum=0, maximum=100),
        "updatePolicy.minReadySec": Limit(minimum=0, maximum=3600),
        "versions[*].targetSize.percent": Limit(minimum=0, maximum=100),
        "targetSize": Limit(minimum=0, maximum=2000, by="api"),
        "namedPorts[*].name": NAME,
        "namedPorts[*].port": Limit(minimum=1, maximum=65535, by="api"),
    },
    "conflicts": (
        below("updatePolicy", "maxSurgeFixed maxSurgePercent"),
        below("updatePolicy", "maxUnavailableFixed maxUnavailablePercent"),
    ),
    "references": (
        uses("versions[*].instanceTemplate", TEMPLATE, REGION_TEMPLATE, by=("selfLink", "id")),
        uses("autoHealingPolicies.healthCheck", HEALTH_CHECK, REGION_HEALTH_CHECK),
    ),
    "before_create": (_template_near, free_for_group),
    "before_update": (_template_near, _stays_in_its_network, free_for_group),
}

TYPES = (
    compute(
        GROUP,
        "instanceGroupManagers",
        "regions",
        replaces=frozenset(
            names("baseInstanceName description distributionPolicyZones name params project region targetSizePolicies[*].mode")
        ),
        replaces_when={"resourcePolicies.workloadPolicy": lambda old, new: not (new.get("resourcePolicies") or {}).get("workloadPolicy")},
        enums={
            **_ENUMS,
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].architecture": names("ARM64 X86_64"),
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].mode": names("READ_WRITE READ_ONLY"),
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].type": names("SCRATCH PERSISTENT"),
            "updatePolicy.instanceRedistributionType": (*names("PROACTIVE NONE"), ""),
        },
        defaults={
            **_DEFAULTS,
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].autoDelete": True,
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].boot": False,
            "distributionPolicyTargetShape": "EVEN",
        },
        keeps=frozenset(names(f"{_KEEPS} distributionPolicyTargetShape distributionPolicyZones region")),
        sets=frozenset(names("distributionPolicyZones namedPorts targetPools")),
        checks=(_zones_exist, _surge_fits, _base_name),
        outputs=_group_outputs,
        **_BOTH,
    ),
    compute(
        ZONAL_GROUP,
        "instanceGroupManagers",
        "zones",
        replaces=frozenset(names("baseInstanceName description name params project targetSizePolicies[*].mode zone")),
        enums=_ENUMS,
        defaults=_DEFAULTS,
        keeps=frozenset(names(f"{_KEEPS} zone")),
        sets=frozenset(names("namedPorts targetPools")),
        checks=(_steps_fit, _base_name),
        outputs=_zonal_outputs,
        **_BOTH,
    ),
)
