"""The machines of a web tier on AWS: their image, and the template that they are made of."""

import base64
import re

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from .contract import Debian, Servers, Size

MACHINE_TYPES = {Size.SMALL: "t3.small", Size.MEDIUM: "t3.medium", Size.LARGE: "m6i.xlarge"}
"""AWS's instance type for each size: https://aws.amazon.com/ec2/instance-types/."""

DEBIAN = "136693071363"
"""Debian's own account: https://wiki.debian.org/Cloud/AmazonEC2Image."""

ROOT_DEVICE = "/dev/xvda"
"""What Debian's images boot from."""

DISK_GB = 10
"""The image takes 8."""

CONTAINER_DISK_GB = 20
"""With a container, whose image is there twice while it is unpacked."""

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


def newest_debian(release: Debian, machine_type: str, options: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """Id of the newest image of a release of Debian for a machine type."""
    found = aws.ec2.get_ami_output(
        owners=[DEBIAN],
        most_recent=True,
        filters=[
            aws.ec2.GetAmiFilterArgs(name="name", values=[f"debian-{release}-{architecture(machine_type)}-*"]),
            aws.ec2.GetAmiFilterArgs(name="virtualization-type", values=["hvm"]),
        ],
        opts=options,
    )
    return found.id


def template(
    children: Children,
    suffix: str,
    *,
    image: pulumi.Input[str],
    pinned: bool,
    machine_type: str,
    security_group: aws.ec2.SecurityGroup | None,
    public: bool,
    profile: aws.iam.InstanceProfile,
    user_data: pulumi.Input[str],
    servers: Servers,
    disk_gb: int,
) -> aws.ec2.LaunchTemplate:
    """What a machine is made of.

    Args:
        children: The tier's.
        suffix: The end of its name.
        image: Id of the image.
        pinned: Whether the image that the template has is kept.
        machine_type: AWS's name of the machine type.
        security_group: Who reaches the machine; None where each machine brings its own network interface.
        public: Whether that interface has a public address, to reach out with.
        profile: Its identity.
        user_data: What it is told at its first boot.
        servers: How many there are.
        disk_gb: The size of its disk in GB.
    """
    return aws.ec2.LaunchTemplate(
        f"{children.name}-{suffix}",
        image_id=image,
        instance_type=machine_type,
        update_default_version=True,
        user_data=encoded(user_data),
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(arn=profile.arn),
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_endpoint="enabled", http_tokens="required", http_put_response_hop_limit=1
        ),
        # Scaling by CPU wants a measurement every minute; they are billed, so only then.
        monitoring=aws.ec2.LaunchTemplateMonitoringArgs(enabled=servers.scales),
        network_interfaces=None
        if security_group is None
        else [
            aws.ec2.LaunchTemplateNetworkInterfaceArgs(
                device_index=0,
                # To reach out with, where there is no NAT gateway; the security group decides who comes in.
                associate_public_ip_address="true" if public else "false",
                delete_on_termination="true",
                security_groups=[security_group.id],
            )
        ],
        block_device_mappings=[
            aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                device_name=ROOT_DEVICE,
                ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                    volume_type="gp3", volume_size=disk_gb, encrypted="true", delete_on_termination="true"
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


def newest_version(template: aws.ec2.LaunchTemplate) -> pulumi.Output[str]:
    """The version of a template that machines are to be made of: named, so that a new one is a change of theirs."""
    return template.latest_version.apply(lambda version: str(int(version)))


def encoded(user_data: pulumi.Input[str]) -> pulumi.Input[str]:
    """User data as EC2 takes it, in Base64."""

    def encode(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    if isinstance(user_data, str):
        return encode(user_data)
    return pulumi.Output.all(user_data).apply(lambda known: encode(known[0]))
