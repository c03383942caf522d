"""Auto scaling groups and their policies."""

from typing import Any

from sandbox.clouds.shared import input_id, known
from sandbox.rules import UNKNOWN, Limit, Making, Record, Reference, Refused, Unique, Values

from .facts import resource
from .images import architecture, refuse_missing_image
from .places import REGIONS, digest
from .target_groups import balancers_of
from .words import GROUP, NAME, SUBNET, TARGET_GROUP, TEMPLATE, arn, name_fits, names, subnet, tags_fit, uuid, words

# Groups


def _sizes(making: Making) -> None:
    low, high, wanted = making.get("minSize"), making.get("maxSize"), making.get("desiredCapacity")
    if low is not None and high is not None and low > high:
        raise Refused(f"ValidationError: Max bound, {high:g}, must be greater than or equal to min bound, {low:g}", property="maxSize")
    if wanted is None:
        return
    if (low is not None and wanted < low) or (high is not None and wanted > high):
        raise Refused(
            f"ValidationError: Desired capacity:{wanted:g} must be between the specified min size:{low} and max size:{high}",
            property="desiredCapacity",
        )


def _percentages(block: str) -> Any:
    def check(making: Making) -> None:
        low, high = making.get(f"{block}.minHealthyPercentage"), making.get(f"{block}.maxHealthyPercentage")
        if low is None or high is None:
            return
        if (low == -1) != (high == -1):
            raise Refused("ValidationError: MinHealthyPercentage and MaxHealthyPercentage are cleared with -1 together", property=block)
        if high - low > 100:
            raise Refused(
                "ValidationError: The difference between MaxHealthyPercentage and MinHealthyPercentage must not exceed 100", property=block
            )

    return check


def _has_a_place(making: Making) -> None:
    if not making.inputs.get("vpcZoneIdentifiers") and not making.inputs.get("availabilityZones"):
        if UNKNOWN in (making.inputs.get("vpcZoneIdentifiers"), making.inputs.get("availabilityZones")):
            return
        raise Refused("ValidationError: At least one Availability Zone or VPC Subnet is required.", property="vpcZoneIdentifiers")
    for where, zone in known(making, "availabilityZones[*]"):
        if zone not in REGIONS.get(making.scope.region, ()):
            raise Refused(f"ValidationError: Invalid Availability Zone {zone}", property=where)


def _health_check(making: Making) -> None:
    for where, value in known(making, "healthCheckType"):
        for kind in str(value).split(","):
            if kind not in ("EC2", "ELB", "EBS", "VPC_LATTICE"):
                raise Refused(
                    f"ValidationError: {kind} is not a valid health check type. Valid values: EC2, EBS, ELB, VPC_LATTICE", property=where
                )


def _template(making: Making) -> Record | None:
    found = making.world.one(TEMPLATE, making.get("launchTemplate.id"))
    return found or making.world.one(TEMPLATE, making.get("launchTemplate.name"), "name")


def _launches(making: Making) -> None:
    """What would be launched exists: the template's version, its image, and a processor for it."""
    template = _template(making)
    if template is None:
        return
    version = str(making.get("launchTemplate.version", "$Default"))
    number = float(version) if version.replace(".", "", 1).isdigit() else None
    if version not in ("$Default", "$Latest") and (number is None or not 1 <= number <= template.outputs["latestVersion"]):
        raise Refused(
            f"ValidationError: You must use a valid fully-formed launch template. Could not find the specified version {version} for the "
            f"launch template with ID {template.id}.",
            property="launchTemplate.version",
        )
    ami, kind = template.inputs.get("imageId"), template.inputs.get("instanceType")
    wrong = "ValidationError: You must use a valid fully-formed launch template."
    if not ami:
        raise Refused(f"{wrong} The request must contain the parameter ImageId", property="launchTemplate")
    if str(ami).startswith("resolve:"):
        return
    found = refuse_missing_image(making.world, making.scope.region, ami, f"{wrong} The image id '[{ami}]' does not exist", "launchTemplate")
    if kind and found is not None and found.architecture != architecture(kind):
        raise Refused(
            f"{wrong} The architecture '{architecture(kind)}' of the specified instance type does not match the architecture "
            f"'{found.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching "
            "architectures, and try again.",
            property="launchTemplate",
        )


def _one_network(making: Making) -> None:
    """All subnets, and the target groups, are of one VPC."""
    subnets = [making.world.one(SUBNET, id) for id in making.get("vpcZoneIdentifiers") or []]
    networks = {record.inputs.get("vpcId") for record in subnets if record}
    if len(networks) > 1:
        raise Refused("ValidationError: The subnets must all be in the same VPC", property="vpcZoneIdentifiers")
    for value in making.get("targetGroupArns") or []:
        target = making.world.one(TARGET_GROUP, value)
        if target is not None and networks and target.inputs.get("vpcId") not in networks:
            raise Refused(
                "ValidationError: Provided Target Groups may not be valid. Please ensure they exist and are in the VPC of the group "
                f"({value})",
                property="targetGroupArns",
            )


def _becomes_healthy(making: Making) -> None:
    """A load balancer asks targets for their health only where a listener leads to them; the provider waits for it in vain else.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """
    wanted = making.get("minElbCapacity") or 0
    if wanted and not any(balancers_of(making.world, str(value)) for value in making.get("targetGroupArns") or []):
        raise Refused(
            f"waiting for Auto Scaling Group ({making.get('name')}) capacity satisfied: timeout while waiting for state to become 'ok' "
            f"(last state: 'want at least {wanted:g} healthy instance(s) registered to Load Balancer, have 0')",
            property="minElbCapacity",
            by="provider",
        )


def _group_outputs(making: Making) -> Values:
    zones = sorted(
        {str(r.outputs["availabilityZone"]) for id in making.get("vpcZoneIdentifiers") or [] if (r := making.world.one(SUBNET, id))}
    )
    old = making.old.outputs.get("desiredCapacity") if making.old else None
    low, high = making.get("minSize", 0), making.get("maxSize", 0)
    role = f"arn:aws:iam::{making.scope.account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    outputs: Values = {
        "arn": arn(making, "autoscaling", f"autoScalingGroup:{uuid(digest(making.scope, making.id))}:autoScalingGroupName/{making.id}"),
        "availabilityZones": making.get("availabilityZones") or zones,
        "vpcZoneIdentifiers": making.get("vpcZoneIdentifiers") or [],
        # What nobody asks for is as much as before, as far as the bounds let it be.
        "desiredCapacity": making.get("desiredCapacity", min(max(old if old is not None else low, low), high)),
        "defaultCooldown": making.get("defaultCooldown", 300),
        "healthCheckType": making.get("healthCheckType", "EC2"),
        "serviceLinkedRoleArn": making.get("serviceLinkedRoleArn", role),
        "targetGroupArns": making.get("targetGroupArns") or [],
        "loadBalancers": making.get("loadBalancers") or [],
        "trafficSources": making.get("trafficSources")
        or [{"identifier": value, "type": "elbv2"} for value in making.get("targetGroupArns") or []],
        "namePrefix": making.get("namePrefix", ""),
        "predictedCapacity": 0,
        "warmPoolSize": 0,
    }
    template = _template(making)
    if template is not None:
        own = making.get("launchTemplate.version", "$Default")
        outputs["launchTemplate"] = {"id": template.id, "name": template.outputs["name"], "version": own}
    return outputs


# Policies


def _policy_fits(making: Making) -> None:
    kind = making.inputs.get("policyType") or "SimpleScaling"
    if kind is UNKNOWN:
        return
    blocks = {"TargetTrackingScaling": "targetTrackingConfiguration", "PredictiveScaling": "predictiveScalingConfiguration"}
    needed = blocks.get(kind)
    if needed and making.inputs.get(needed) is None:
        raise Refused(f"ValidationError: {needed} is required for policy type {kind}", property=needed)
    for other in blocks.values():
        if other != needed and making.inputs.get(other) is not None:
            raise Refused(f"{other} is only supported for another policy type than {kind}", property=other, by="provider")
    if kind == "SimpleScaling" and making.inputs.get("scalingAdjustment") is None:
        raise Refused("ValidationError: The scalingAdjustment is required for policy type SimpleScaling", property="scalingAdjustment")
    if kind == "StepScaling" and not making.inputs.get("stepAdjustments"):
        raise Refused("ValidationError: At least one step adjustment is required for policy type StepScaling", property="stepAdjustments")
    if kind in ("SimpleScaling", "StepScaling") and making.inputs.get("adjustmentType") is None:
        raise Refused(f"ValidationError: The adjustmentType is required for policy type {kind}", property="adjustmentType")
    _metric(making)


_METRICS = ("ASGAverageCPUUtilization", "ASGAverageNetworkIn", "ASGAverageNetworkOut", "ALBRequestCountPerTarget")


def _metric(making: Making) -> None:
    tracking = "targetTrackingConfiguration"
    specification = f"{tracking}.predefinedMetricSpecification"
    if (
        isinstance(making.get(tracking), dict)
        and not {"predefinedMetricSpecification", "customizedMetricSpecification"} & making.get(tracking).keys()
    ):
        raise Refused("ValidationError: A metric specification is required for target tracking", property=tracking)
    metric = making.get(f"{specification}.predefinedMetricType")
    if metric is not None and metric not in _METRICS:
        raise Refused(
            f"ValidationError: 1 validation error detected: Value '{metric}' at '{specification}.predefinedMetricType' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{', '.join(_METRICS)}]",
            property=f"{specification}.predefinedMetricType",
        )
    if metric == "ALBRequestCountPerTarget" and making.get(specification, {}).get("resourceLabel") is None:
        raise Refused(
            "ValidationError: A resource label is required for ALBRequestCountPerTarget", property=f"{specification}.resourceLabel"
        )


def _policy_outputs(making: Making) -> Values:
    number, group = uuid(digest("scalingPolicy", making.scope, making.id)), making.get("autoscalingGroupName")
    return {"arn": arn(making, "autoscaling", f"scalingPolicy:{number}:autoScalingGroupName/{group}:policyName/{making.id}")}


_IN_GROUP = Reference(
    path="autoscalingGroupName",
    to=(GROUP,),
    holds=False,
    missing="ValidationError: Group {value} not found",
)

TYPES = (
    resource(
        GROUP,
        id=input_id("name"),
        autoname=NAME,
        outputs=_group_outputs,
        sets=words(
            "vpcZoneIdentifiers availabilityZones targetGroupArns loadBalancers enabledMetrics suspendedProcesses tags trafficSources "
            "instanceRefresh.triggers initialLifecycleHooks"
        ),
        limits={
            "minSize": Limit(minimum=0, by="api"),
            "maxSize": Limit(minimum=0, by="api"),
            "desiredCapacity": Limit(minimum=0, by="api"),
        },
        checks=(
            _sizes,
            _percentages("instanceMaintenancePolicy"),
            _percentages("instanceRefresh.preferences"),
            _has_a_place,
            _health_check,
            name_fits(255),
            tags_fit,
        ),
        before_create=(_launches, _one_network, _becomes_healthy),
        before_update=(_launches, _one_network),
        references=(
            subnet("vpcZoneIdentifiers[*]"),
            names(
                "launchTemplate.id",
                TEMPLATE,
                by="id",
                missing="ValidationError: You must use a valid fully-formed launch template. The specified launch template, "
                "with template ID "
                "{value}, does not exist.",
            ),
            names(
                "launchTemplate.name",
                TEMPLATE,
                by="name",
                missing="ValidationError: You must use a valid fully-formed launch template. The specified launch template, "
                "with template name "
                "{value}, does not exist.",
            ),
            names(
                "targetGroupArns[*]",
                TARGET_GROUP,
                by="arn",
                missing="ValidationError: Provided Target Groups may not be valid. Please ensure they exist and try again. ({value})",
            ),
        ),
        unique=(
            Unique(
                paths=("name",),
                message="AlreadyExists: AutoScalingGroup by this name already exists - A group with the name {value} already exists",
            ),
        ),
    ),
    resource(
        "aws:autoscaling/policy:Policy",
        id=input_id("name"),
        autoname=NAME,
        outputs=_policy_outputs,
        sets=words("stepAdjustments"),
        checks=(_policy_fits,),
        references=(_IN_GROUP,),
        unique=(Unique(paths=("name", "autoscalingGroupName"), message="AlreadyExists: A policy already exists with this name: {value}"),),
    ),
)
