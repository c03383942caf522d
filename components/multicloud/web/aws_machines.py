"""The machines of a web tier on AWS: their image, identity, template and group."""

import base64
import json
import math
import re
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from ..network.aws import AwsNetwork
from .contract import HealthCheck, Servers, Size

MACHINE_TYPES = {Size.SMALL: "t3.small", Size.MEDIUM: "t3.medium", Size.LARGE: "m6i.xlarge"}
"""AWS's instance type for each size: https://aws.amazon.com/ec2/instance-types/."""

DEBIAN = "136693071363"
"""Debian's own account: https://wiki.debian.org/Cloud/AmazonEC2Image."""

ROOT_DEVICE = "/dev/xvda"
"""What Debian's images boot from."""

DISK_GB = 10
"""The image takes 8."""

SESSION_MANAGER = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
"""What the agent of Systems Manager needs, and nothing else."""

_AGENT = """\
set -eu
# The agent of Session Manager, the only way in. Debian's images come without it.
command -v amazon-ssm-agent >/dev/null && exit 0
deb=/run/amazon-ssm-agent.deb
tries=0
url=https://s3.{region}.amazonaws.com/amazon-ssm-{region}/latest/debian_{architecture}/amazon-ssm-agent.deb
until /usr/lib/apt/apt-helper download-file $url $deb; do
  tries=$((tries + 1))
  [ "$tries" -lt 5 ] || exit 1
  sleep 5
done
dpkg -i $deb
systemctl enable --now amazon-ssm-agent
"""

METRICS: list[pulumi.Input[aws.autoscaling.Metric]] = [
    aws.autoscaling.Metric.GROUP_DESIRED_CAPACITY,
    aws.autoscaling.Metric.GROUP_IN_SERVICE_INSTANCES,
    aws.autoscaling.Metric.GROUP_PENDING_INSTANCES,
    aws.autoscaling.Metric.GROUP_TERMINATING_INSTANCES,
]
"""What CloudWatch shows of the group, free of charge."""

MOST_DURING_UPDATE = 150
"""Percent of the machines that may run while they are replaced: new ones serve before old ones go."""


def architecture(machine_type: str) -> str:
    """The processor of a machine type, in Debian's words: `arm64` for Graviton, whose generation's number is followed by a `g`.

    Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
    """
    return "arm64" if re.match(r"(a1|[a-z]+\d+g[a-z]*)[.-]", machine_type) else "amd64"


def session_manager_agent(region: str, machine_type: str) -> str:
    """A shell script that installs the agent of Session Manager.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/agent-install-deb.html
    """
    return _AGENT.format(region=region, architecture=architecture(machine_type))


def newest_debian(machine_type: str, options: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """Id of the newest image of Debian 12 for a machine type."""
    found = aws.ec2.get_ami_output(
        owners=[DEBIAN],
        most_recent=True,
        filters=[
            aws.ec2.GetAmiFilterArgs(name="name", values=[f"debian-12-{architecture(machine_type)}-*"]),
            aws.ec2.GetAmiFilterArgs(name="virtualization-type", values=["hvm"]),
        ],
        opts=options,
    )
    return found.id


def identity(children: Children) -> tuple[aws.iam.Role, aws.iam.RolePolicyAttachment, aws.iam.InstanceProfile]:
    """The role of the machines, which lets Session Manager in."""
    role = aws.iam.Role(
        f"{children.name}-role",
        description=f"Machines of {children.name}",
        assume_role_policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
            }
        ),
        tags=children.tags("role"),
        opts=children.options,
    )
    attachment = aws.iam.RolePolicyAttachment(
        f"{children.name}-session-manager", role=role.name, policy_arn=SESSION_MANAGER, opts=children.options
    )
    profile = aws.iam.InstanceProfile(
        f"{children.name}-instance-profile", role=role.name, tags=children.tags("instance-profile"), opts=children.options
    )
    return role, attachment, profile


def template(
    children: Children,
    suffix: str,
    *,
    image: pulumi.Input[str],
    pinned: bool,
    machine_type: str,
    security_group: aws.ec2.SecurityGroup,
    profile: aws.iam.InstanceProfile,
    user_data: str,
    servers: Servers,
) -> aws.ec2.LaunchTemplate:
    """What a machine is made of.

    Args:
        children: The tier's.
        suffix: The end of its name.
        image: Id of the image.
        pinned: Whether the image that the template has is kept.
        machine_type: AWS's name of the machine type.
        security_group: Who reaches the machine.
        profile: Its identity.
        user_data: What it is told at its first boot.
        servers: How many there are.
    """
    return aws.ec2.LaunchTemplate(
        f"{children.name}-{suffix}",
        image_id=image,
        instance_type=machine_type,
        update_default_version=True,
        user_data=base64.b64encode(user_data.encode()).decode(),
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(arn=profile.arn),
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
        ),
        # Scaling by CPU wants a measurement every minute; they are billed, so only then.
        monitoring=aws.ec2.LaunchTemplateMonitoringArgs(enabled=servers.scales),
        network_interfaces=[
            aws.ec2.LaunchTemplateNetworkInterfaceArgs(
                device_index=0,
                # To reach out with, as there is no NAT gateway; nobody but the load balancer comes in.
                associate_public_ip_address="true",
                delete_on_termination="true",
                security_groups=[security_group.id],
            )
        ],
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name=ROOT_DEVICE,
                ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_type="gp3", volume_size=DISK_GB, encrypted="true", delete_on_termination="true"
                ),
            )
        ],
        # The group tags the machines themselves.
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=children.tags("machine"))
            for kind in ("volume", "network-interface")
        ],
        tags=children.tags(suffix),
        opts=pulumi.ResourceOptions(parent=children.options.parent, ignore_changes=["imageId"] if pinned else None),
    )


def group(
    children: Children,
    *,
    servers: Servers,
    health: HealthCheck,
    network: AwsNetwork,
    template: aws.ec2.LaunchTemplate,
    target_group: aws.lb.TargetGroup,
    after: Sequence[pulumi.Resource],
) -> aws.autoscaling.Group:
    """The machines, made and healed by AWS.

    Args:
        children: The tier's.
        servers: How many.
        health: How it is found out whether one answers.
        network: Where they stand.
        template: What they are made of.
        target_group: Where they get visitors from.
        after: What a machine needs to become healthy.
    """
    tags = children.tags("machine")
    return aws.autoscaling.Group(
        f"{children.name}-group",
        min_size=servers.min,
        max_size=servers.most,
        vpc_zone_identifiers=network.subnet_ids,
        # Its version, and not $Latest: so a new one is a change of the group, which replaces the machines.
        launch_template=aws.autoscaling.GroupLaunchTemplateArgs(
            id=template.id, version=template.latest_version.apply(lambda version: str(int(version)))
        ),
        target_group_arns=[target_group.arn],
        health_check_type="ELB",
        health_check_grace_period=health.effective_grace,
        # Until then a machine counts as healthy without being asked, so replacing does not go on before.
        default_instance_warmup=health.effective_grace,
        instance_refresh=aws.autoscaling.GroupInstanceRefreshArgs(
            strategy="Rolling",
            preferences=aws.autoscaling.GroupInstanceRefreshPreferencesArgs(
                min_healthy_percentage=100, max_healthy_percentage=MOST_DURING_UPDATE, auto_rollback=True, skip_matching=True
            ),
        ),
        # The same when a machine is replaced for its health or the balance of zones.
        instance_maintenance_policy=aws.autoscaling.GroupInstanceMaintenancePolicyArgs(
            min_healthy_percentage=100, max_healthy_percentage=MOST_DURING_UPDATE
        ),
        # The tier is there when it serves: the front gets no origin that does not answer yet.
        min_elb_capacity=servers.min,
        wait_for_capacity_timeout=f"{10 + math.ceil(health.effective_grace / 60)}m",
        enabled_metrics=METRICS,
        tags=[aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True) for key, value in sorted(tags.items())],
        opts=pulumi.ResourceOptions(parent=children.options.parent, depends_on=[network, *after]),
    )


def scaling(children: Children, servers: Servers, group: aws.autoscaling.Group) -> aws.autoscaling.Policy | None:
    """What changes the number of machines; None where it is fixed."""
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
