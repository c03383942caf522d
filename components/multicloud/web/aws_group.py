"""The auto scaling group of a web tier on AWS: how it heals, scales, follows a schedule, and renews its machines."""

import math
from collections import Counter
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from .aws_machines import newest_version
from .aws_place import Place
from .contract import HealthCheck, Servers
from .exposure import Replacement
from .schedule import Schedule, changes

METRICS: list[pulumi.Input[aws.autoscaling.Metric]] = [
    aws.autoscaling.Metric.GROUP_DESIRED_CAPACITY,
    aws.autoscaling.Metric.GROUP_IN_SERVICE_INSTANCES,
    aws.autoscaling.Metric.GROUP_PENDING_INSTANCES,
    aws.autoscaling.Metric.GROUP_TERMINATING_INSTANCES,
]
"""What CloudWatch shows of the group, free of charge."""

UNCHANGED = -1
"""What the provider wants for a size that a scheduled action leaves as it is; a size left out would become 0.

Source: https://www.pulumi.com/registry/packages/aws/api-docs/autoscaling/schedule/
"""


def group(
    children: Children,
    *,
    servers: Servers,
    schedule: Schedule | None,
    replacement: Replacement,
    health: HealthCheck,
    place: Place,
    template: aws.ec2.LaunchTemplate,
    target_group: aws.lb.TargetGroup | None,
    asked: str,
    after: Sequence[pulumi.Resource],
) -> aws.autoscaling.Group:
    """The machines, made and healed by AWS.

    Args:
        children: The tier's.
        servers: How many.
        schedule: When another number.
        replacement: In what steps they are replaced.
        health: How it is found out whether one answers.
        place: Where they stand.
        template: What they are made of.
        target_group: Where they get visitors from; None for machines that register themselves, of whose health AWS knows only
            whether they run.
        asked: What is new where old machines would not answer: behind a load balancer there is another group then.
        after: What a machine needs to become healthy.
    """
    tags = children.tags("machine")
    fewest, most = 100 - replacement.unavailable, 100 + replacement.surge
    served = None if target_group is None else min([servers.min, *([schedule.least] if schedule else [])])
    return aws.autoscaling.Group(
        f"{children.name}-group",
        min_size=servers.min,
        max_size=servers.most,
        vpc_zone_identifiers=place.machine_subnet_ids,
        # Its version, and not $Latest: so a new one is a change of the group, which replaces the machines.
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id=template.id, version=newest_version(template)),
        target_group_arns=[] if target_group is None else [target_group.arn],
        health_check_type="EC2" if target_group is None else "ELB",
        health_check_grace_period=health.effective_grace,
        # Until then a machine counts as healthy without being asked, so replacing does not go on before.
        default_instance_warmup=health.effective_grace,
        instance_refresh=aws.autoscaling.GroupInstanceRefreshArgs(
            strategy="Rolling",
            preferences=aws.autoscaling.GroupInstanceRefreshPreferencesArgs(
                # Without auto_rollback: the provider gives the group its new template first, so it would go back to that, and refuse
                # the next change: https://github.com/hashicorp/terraform-provider-aws/issues/34189.
                min_healthy_percentage=fewest,
                max_healthy_percentage=most,
                skip_matching=True,
            ),
        ),
        # The same when a machine is replaced for its health or the balance of zones.
        instance_maintenance_policy=aws.autoscaling.GroupInstanceMaintenancePolicyArgs(
            min_healthy_percentage=fewest, max_healthy_percentage=most
        ),
        # The tier is there when it serves: the front gets no origin that does not answer yet.
        min_elb_capacity=served,
        wait_for_capacity_timeout=f"{10 + math.ceil(health.effective_grace / 60)}m",
        enabled_metrics=METRICS,
        tags=[aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True) for key, value in sorted(tags.items())],
        opts=pulumi.ResourceOptions(
            parent=children.options.parent,
            depends_on=[*place.before, *after],
            # In another network, behind NAT or not, and asked for something else, new machines serve before the old ones go.
            replacement_trigger=pulumi.Output.all(place.network_id, place.public, asked if target_group else "").apply(
                lambda parts: " ".join(str(part) for part in parts)
            ),
            ignore_changes=scheduled_sizes(servers) if schedule else None,
        ),
    )


def scheduled_sizes(servers: Servers) -> list[str]:
    """The sizes of the group that its schedule moves, so that no deployment moves them back."""
    return ["minSize"] if servers.scales else ["minSize", "maxSize", "desiredCapacity"]


def scaling(children: Children, servers: Servers, group: aws.autoscaling.Group) -> aws.autoscaling.Policy | None:
    """What changes the number of machines by their load; None where it is fixed."""
    if not servers.scales:
        return None
    return aws.autoscaling.Policy(
        f"{children.name}-scaling",
        autoscaling_group_name=group.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration=aws.autoscaling.PolicyTargetTrackingConfigurationArgs(
            predefined_metric_specification=aws.autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecificationArgs(
                predefined_metric_type="ASGAverageCPUUtilization"
            ),
            target_value=servers.target,
        ),
        opts=children.options,
    )


def scheduled(
    children: Children, servers: Servers, schedule: Schedule | None, group: aws.autoscaling.Group
) -> list[aws.autoscaling.Schedule]:
    """What changes the number of machines by the time of the week.

    Args:
        children: The tier's.
        servers: How many there are outside the schedule's periods.
        schedule: The periods; None for none.
        group: The machines.
    """
    made, times = [], Counter[str]()
    for change in changes(schedule) if schedule else []:
        # Named by the time, which two actions of a group must not share: another number at a time changes the action that is there.
        time = f"{change.hour:02}{change.minute:02}"
        suffix = f"schedule-{time}" if not times[time] else f"schedule-{time}-{times[time]}"
        times[time] += 1
        wanted = servers.min if change.servers is None else change.servers
        made.append(
            aws.autoscaling.Schedule(
                f"{children.name}-{suffix}",
                scheduled_action_name=suffix,
                autoscaling_group_name=group.name,
                recurrence=change.cron,
                time_zone=schedule.time_zone if schedule else None,
                min_size=wanted,
                max_size=UNCHANGED if servers.scales else wanted,
                desired_capacity=UNCHANGED if servers.scales else wanted,
                opts=children.options,
            )
        )
    return made
