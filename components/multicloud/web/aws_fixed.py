"""Machines that are origins of their own: a fixed number, each at an address that outlives it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from .aws_machines import encoded, newest_version
from .aws_place import Place


@dataclass(frozen=True, kw_only=True)
class FixedMachineResources:
    """A machine and its address."""

    address: aws.ec2.Eip
    instance: aws.ec2.Instance
    association: aws.ec2.EipAssociation


def fixed_machine(
    children: Children,
    index: int,
    *,
    place: Place,
    template: aws.ec2.LaunchTemplate,
    security_group: aws.ec2.SecurityGroup,
    user_data: pulumi.Input[str],
    after: Sequence[pulumi.Resource],
) -> FixedMachineResources:
    """A machine of the template, in the zone that its number is for.

    A change of the template makes a new machine. Its address is moved to it as soon as it runs, and then the old one goes.

    Args:
        children: The tier's.
        index: Its number.
        place: Where the tier stands.
        template: What it is made of.
        security_group: Who reaches it.
        user_data: What it is told at its first boot.
        after: What it needs for that.
    """
    address = aws.ec2.Eip(f"{children.name}-address-{index}", domain="vpc", tags=children.tags(f"address-{index}"), opts=children.options)
    instance = aws.ec2.Instance(
        f"{children.name}-machine-{index}",
        # With a version and not $Latest, a new one is a change, which makes a new machine.
        launch_template=aws.ec2.InstanceLaunchTemplateArgs(id=template.id, version=newest_version(template)),
        # EC2 refuses a network interface here beside one or a security group in the template:
        # https://github.com/hashicorp/terraform-provider-aws/issues/32614.
        subnet_id=place.machine_subnet_ids.apply(lambda ids: ids[index % len(ids)]),
        vpc_security_group_ids=[security_group.id],
        # It boots before it has its own address, and has to reach out from the beginning.
        associate_public_ip_address=True,
        # The template says the same; the provider takes what is only there for a change at each preview:
        # https://github.com/hashicorp/terraform-provider-aws/issues/30825.
        user_data_base64=encoded(user_data),
        user_data_replace_on_change=True,
        tags=children.tags(f"machine-{index}"),
        opts=pulumi.ResourceOptions(parent=children.options.parent, depends_on=[*place.before, *after]),
    )
    association = aws.ec2.EipAssociation(
        f"{children.name}-address-association-{index}",
        allocation_id=address.id,
        instance_id=instance.id,
        # The new machine takes the address over from the old one, without a moment in between.
        allow_reassociation=True,
        opts=children.options,
    )
    return FixedMachineResources(address=address, instance=instance, association=association)
