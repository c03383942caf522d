"""The machines of a tier on DigitalOcean: droplets of a fixed number, or an autoscale pool that makes them, and their addresses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_digitalocean as digitalocean

from .contract import HealthCheck, Servers

COOLDOWN = (5, 20)
"""The fewest and the most minutes that a pool that scales waits between two changes.

Source: https://docs.digitalocean.com/reference/api/digitalocean/#operation/autoscalepools_create
"""


@dataclass(kw_only=True, frozen=True)
class Machine:
    """What every machine of a tier is, made one by one or by a pool."""

    region: str
    """Slug of the region."""
    size: str
    """Slug of the droplet size."""
    image: str
    """Slug or id of the image."""
    vpc: pulumi.Input[str]
    """Id of the VPC."""
    ssh_keys: Optional[pulumi.Input[list[pulumi.Input[str]]]]
    """Ids or fingerprints; None for none."""
    tags: list[pulumi.Input[str]]
    """All that it carries."""
    user_data: pulumi.Input[str]
    """What it is told at its first boot."""


def droplets(name: str, count: int, machine: Machine, opts: pulumi.ResourceOptions) -> list[digitalocean.Droplet]:
    """A fixed number of droplets, named by their place.

    Args:
        name: The tier's name.
        count: How many.
        machine: What each one is.
        opts: Of the resources.
    """
    # Resizing in place would switch off all droplets at once.
    own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(replace_on_changes=["size"]))
    return [
        digitalocean.Droplet(
            f"{name}-{index}",
            region=machine.region,
            size=machine.size,
            image=machine.image,
            vpc_uuid=machine.vpc,
            ipv6=True,
            monitoring=True,
            ssh_keys=machine.ssh_keys,
            tags=machine.tags,
            user_data=machine.user_data,
            opts=own,
        )
        for index in range(count)
    ]


def pool(name: str, servers: Servers, health: HealthCheck, machine: Machine, opts: pulumi.ResourceOptions) -> digitalocean.DropletAutoscale:
    """An autoscale pool, which scales by CPU use or keeps a fixed number of droplets.

    Args:
        name: The resource's name.
        servers: How many droplets.
        health: How long one may take to boot.
        machine: What each one is.
        opts: Of the resource.
    """
    return digitalocean.DropletAutoscale(
        name,
        config=_config(servers, health),
        droplet_template=digitalocean.DropletAutoscaleDropletTemplateArgs(
            region=machine.region,
            size=machine.size,
            image=machine.image,
            vpc_uuid=machine.vpc,
            ipv6=True,
            # The agent that measures the CPU's use.
            with_droplet_agent=True,
            ssh_keys=machine.ssh_keys or [],
            tags=machine.tags,
            user_data=machine.user_data,
        ),
        opts=opts,
    )


def _config(servers: Servers, health: HealthCheck) -> digitalocean.DropletAutoscaleConfigArgs:
    if not servers.scales:
        return digitalocean.DropletAutoscaleConfigArgs(target_number_instances=servers.min)
    least, most = COOLDOWN
    return digitalocean.DropletAutoscaleConfigArgs(
        min_instances=servers.min,
        max_instances=servers.most,
        target_cpu_utilization=servers.target / 100,
        # A booting machine's CPU use says nothing of the load.
        cooldown_minutes=min(most, max(least, math.ceil(health.effective_grace / 60))),
    )


@dataclass(kw_only=True, frozen=True)
class ReservedAddress:
    """An address that outlives its droplet."""

    address: digitalocean.ReservedIp
    """The address."""
    assignment: digitalocean.ReservedIpAssignment
    """Its being the droplet's."""


def reserved_addresses(
    name: str, region: str, machines: Sequence[digitalocean.Droplet], opts: pulumi.ResourceOptions
) -> list[ReservedAddress]:
    """A reserved address for each droplet, which its successor takes over.

    Args:
        name: The tier's name.
        region: Slug of the region.
        machines: The droplets.
        opts: Of the resources.
    """
    made = []
    for index, droplet in enumerate(machines):
        address = digitalocean.ReservedIp(f"{name}-{index}-address", region=region, opts=opts)
        assignment = digitalocean.ReservedIpAssignment(
            f"{name}-{index}-assignment", ip_address=address.ip_address, droplet_id=droplet.id.apply(int), opts=opts
        )
        made.append(ReservedAddress(address=address, assignment=assignment))
    return made
