"""Autoscalers."""

import re
import zoneinfo

from sandbox.rules import UNKNOWN, Limit, Making, Refused, Values

from ..shared import known
from .tokens import GROUP
from .words import NAME, below, compute, find, invalid, names, uses

_SIGNALS = ("cpuUtilization", "loadBalancingUtilization", "metrics")
_CRON = re.compile(r"(\S+ ){4,5}\S+")


def _schedules(making: Making) -> None:
    """https://cloud.google.com/compute/docs/autoscaler/scaling-schedules"""
    schedules = making.get("autoscalingPolicy.scalingSchedules") or []
    called = [schedule.get("name") for schedule in schedules if schedule is not UNKNOWN]
    if len(called) > 128:
        raise invalid("autoscalingPolicy.scalingSchedules", len(called), "An autoscaler has 128 scaling schedules at most.")
    if twice := {name for name in called if name is not UNKNOWN and called.count(name) > 1}:
        raise invalid("autoscalingPolicy.scalingSchedules", min(twice), "A scaling schedule's name is its own.")
    for where, zone in known(making, "autoscalingPolicy.scalingSchedules[*].timeZone"):
        if zone not in zoneinfo.available_timezones():
            raise invalid(where, zone, "It is no time zone of the tz database.")
    for where, schedule in known(making, "autoscalingPolicy.scalingSchedules[*].schedule"):
        if not _CRON.fullmatch(str(schedule)):
            raise invalid(where, schedule, "It is no cron expression of five fields, or six with the year.")


def _policy_outputs(making: Making) -> Values:
    """Where nothing else scales, CPU use does, schedules or not: the REST reference of regionAutoscalers."""
    policy = making.get("autoscalingPolicy") or {}
    if any(policy.get(signal) for signal in _SIGNALS):
        return {}
    held = (making.old.outputs.get("autoscalingPolicy") or {}) if making.old else {}
    utilization = held.get("cpuUtilization") or {"target": 0.6, "predictiveMethod": "NONE"}
    return {"autoscalingPolicy": {"cooldownPeriod": 60, "mode": "ON", **policy, "cpuUtilization": utilization}}


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
        "gcp:compute/regionAutoscaler:RegionAutoscaler",
        "autoscalers",
        "regions",
        name=NAME,
        replaces=frozenset(names("name project region")),
        enums={"autoscalingPolicy.metrics[*].type": names("GAUGE DELTA_PER_SECOND DELTA_PER_MINUTE")},
        limits={
            "autoscalingPolicy.minReplicas": Limit(minimum=0, by="api"),
            "autoscalingPolicy.maxReplicas": Limit(minimum=1, by="api"),
            "autoscalingPolicy.scalingSchedules[*].durationSec": Limit(minimum=300, by="api"),
            "autoscalingPolicy.scalingSchedules[*].minRequiredReplicas": Limit(minimum=0, by="api"),
        },
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
        keeps=frozenset(names("autoscalingPolicy.cpuUtilization project region")),
        sets=frozenset(names("autoscalingPolicy.scalingSchedules")),
        references=(uses("target", GROUP),),
        checks=(_replicas, _schedules),
        before_create=(_only_autoscaler,),
        outputs=_policy_outputs,
    ),
)
