"""Managed instance groups and autoscalers."""

import re

from sandbox.rules import UNKNOWN, Limit, Making, Refused, Values

from ..shared import known
from .places import REGIONS
from .tokens import GROUP, HEALTH_CHECK, REGION_HEALTH_CHECK, REGION_TEMPLATE, TEMPLATE
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
        if template and template.outputs.get("region") != region(making):
            raise invalid(where, wanted, f"The template's region does not match the group's, {region(making)}.")


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


def _replicas(making: Making) -> None:
    policy = making.get("autoscalingPolicy") or {}
    least, most = policy.get("minReplicas"), policy.get("maxReplicas")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        raise invalid(
            "autoscalingPolicy.maxReplicas",
            most,
            "Autoscaling policy: max number of replicas must not be less than min number of replicas.",
        )
    target = making.get("autoscalingPolicy.cpuUtilization.target")
    if target is not None and not 0 < target <= 1:
        raise invalid("autoscalingPolicy.cpuUtilization.target", target, "CPU utilization target must be above 0 and at most 1.")


def _only_autoscaler(making: Making) -> None:
    group = find(making.world, GROUP, making.get("target"))
    for other in making.world.all(making.token):
        theirs = find(making.world, GROUP, other.inputs["target"])
        if group and theirs and theirs.id == group.id and other.id != making.id:
            raise Refused(
                f"googleapi: Error 409: The resource '{group.id}' already has an autoscaler, '{other.id}', alreadyExists", property="target"
            )


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
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].architecture": names("ARM64 X86_64"),
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].mode": names("READ_WRITE READ_ONLY"),
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].type": names("SCRATCH PERSISTENT"),
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
            "updatePolicy.instanceRedistributionType": (*names("PROACTIVE NONE"), ""),
            "updatePolicy.minimalAction": names("NONE REFRESH RESTART REPLACE"),
            "updatePolicy.mostDisruptiveAllowedAction": names("NONE REFRESH RESTART REPLACE"),
            "updatePolicy.replacementMethod": (*names("RECREATE SUBSTITUTE"), ""),
            "updatePolicy.type": names("OPPORTUNISTIC PROACTIVE"),
            "waitForInstancesStatus": names("STABLE UPDATED"),
        },
        limits={
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
        conflicts=(
            below("updatePolicy", "maxSurgeFixed maxSurgePercent"),
            below("updatePolicy", "maxUnavailableFixed maxUnavailablePercent"),
        ),
        defaults={
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].autoDelete": True,
            "instanceFlexibilityPolicy.instanceSelections[*].disks[*].boot": False,
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
            "distributionPolicyTargetShape": "EVEN",
        },
        keeps=frozenset(
            names(
                "distributionPolicyTargetShape distributionPolicyZones project region targetSize targetStoppedSize targetSuspendedSize "
                "standbyPolicy.initialDelaySec standbyPolicy.mode updatePolicy.maxSurgeFixed updatePolicy.maxUnavailableFixed"
            )
        ),
        sets=frozenset(names("distributionPolicyZones namedPorts targetPools")),
        references=(
            uses("versions[*].instanceTemplate", TEMPLATE, REGION_TEMPLATE, by=("selfLink", "id")),
            uses("autoHealingPolicies.healthCheck", HEALTH_CHECK, REGION_HEALTH_CHECK),
        ),
        checks=(_zones_exist, _surge_fits, _base_name),
        before_create=(_template_near,),
        before_update=(_template_near,),
        outputs=_group_outputs,
    ),
    compute(
        "gcp:compute/regionAutoscaler:RegionAutoscaler",
        "autoscalers",
        "regions",
        name=NAME,
        replaces=frozenset(names("name project region")),
        enums={"autoscalingPolicy.metrics[*].type": names("GAUGE DELTA_PER_SECOND DELTA_PER_MINUTE")},
        limits={"autoscalingPolicy.minReplicas": Limit(minimum=0, by="api"), "autoscalingPolicy.maxReplicas": Limit(minimum=1, by="api")},
        at_least_one_of=(
            below("autoscalingPolicy.scaleDownControl", "maxScaledDownReplicas timeWindowSec"),
            below("autoscalingPolicy.scaleDownControl.maxScaledDownReplicas", "fixed percent"),
            below("autoscalingPolicy.scaleInControl", "maxScaledInReplicas timeWindowSec"),
            below("autoscalingPolicy.scaleInControl.maxScaledInReplicas", "fixed percent"),
        ),
        defaults={
            "autoscalingPolicy.cooldownPeriod": 60,
            "autoscalingPolicy.cpuUtilization.predictiveMethod": "NONE",
            "autoscalingPolicy.mode": "ON",
            "autoscalingPolicy.scalingSchedules[*].disabled": False,
            "autoscalingPolicy.scalingSchedules[*].timeZone": "UTC",
        },
        keeps=frozenset(names("project region")),
        sets=frozenset(names("autoscalingPolicy.scalingSchedules")),
        references=(uses("target", GROUP),),
        checks=(_replicas,),
        before_create=(_only_autoscaler,),
    ),
)
