"""Machines of a web tier on Google Cloud that are each an origin of their own, at a reserved address.

Each is a managed group of one, and not a machine of its own or a place in one group, for what happens when it has to be replaced:

- Its address cannot be given to another machine while it is in use, so it has to go before its successor comes. That is what a group
  does that recreates its machines and has none more meanwhile; the template says the address, which only a group of one allows.
- The next group waits until this one's new machine is healthy. A machine of its own would count as made while it still boots, and a
  regional group takes down as many machines at a time as it has zones, at least: with both, all origins could be away at once. So a
  site that does not come up stops at the first machine, too.
- Google makes a silent machine anew, at the same address.

Sources: https://cloud.google.com/compute/docs/instance-groups/updating-migs,
https://cloud.google.com/compute/docs/ip-addresses/configure-static-external-ip-address
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from ..google import Children
from .contract import HealthCheck
from .gcp_machines import ZONES, timeouts

AccessConfig = gcp.compute.RegionInstanceTemplateNetworkInterfaceAccessConfigArgs

Template = Callable[[str, AccessConfig], gcp.compute.RegionInstanceTemplate]
"""Makes what a machine is made from, of what follows the tier's name and of its public address."""


@dataclass(kw_only=True, frozen=True)
class GcpMachineResources:
    """One machine with a reserved address."""

    address: gcp.compute.Address
    template: gcp.compute.RegionInstanceTemplate
    group: gcp.compute.InstanceGroupManager
    """A group of this machine alone."""

    @property
    def reached_at(self) -> pulumi.Output[str]:
        """Its address, once it answers there."""
        return pulumi.Output.all(self.address.address, self.group.id).apply(lambda known: str(known[0]))


def zone(region: str, zones: list[str] | None, index: int, options: pulumi.InvokeOptions) -> pulumi.Input[str]:
    """The zone of a machine: one after the other, over again.

    Args:
        region: Where the machines are.
        zones: The zones to use; None for the first three of the region, so that one that opens later moves no machine.
        index: The machine's number, from 0.
        options: For the look-up.
    """
    if zones is not None:
        return zones[index % len(zones)]
    found = gcp.compute.get_zones_output(region=region, opts=options)
    return found.names.apply(lambda names: sorted(names)[: min(ZONES, len(names))][index % min(ZONES, len(names))])


def machine(
    children: Children,
    index: int,
    *,
    region: str,
    zone: pulumi.Input[str],
    subnet: pulumi.Input[str],
    health: HealthCheck,
    template: Template,
    check: gcp.compute.HealthCheck,
    after: Sequence[pulumi.Resource],
) -> GcpMachineResources:
    """One machine, its address and its group.

    Args:
        children: The tier's.
        index: Its number, from 0.
        region: Where its address is.
        zone: Where it is.
        subnet: The subnetwork that it is in.
        health: How long it may take to boot.
        template: Makes what it is made from.
        check: How it is found out whether it answers.
        after: What has to exist before it boots: the machine before it, too.
    """
    # In another region it is another machine, and this one goes only once visitors are led to that.
    place = f"{region}-{index}"
    address = gcp.compute.Address(
        children.named(f"address-{place}"),
        region=region,
        address_type="EXTERNAL",
        network_tier="PREMIUM",
        labels=children.labels,
        description=children.description,
        opts=children.described_once,
    )
    own_template = template(f"template-{place}", AccessConfig(nat_ip=address.address, network_tier="PREMIUM"))
    group = gcp.compute.InstanceGroupManager(
        children.named(f"group-{place}"),
        zone=zone,
        base_instance_name=f"{children.name}-{index}",
        versions=[gcp.compute.InstanceGroupManagerVersionArgs(instance_template=own_template.self_link)],
        target_size=1,
        auto_healing_policies=gcp.compute.InstanceGroupManagerAutoHealingPoliciesArgs(
            health_check=check.id, initial_delay_sec=health.effective_grace
        ),
        update_policy=gcp.compute.InstanceGroupManagerUpdatePolicyArgs(
            type="PROACTIVE", minimal_action="REPLACE", replacement_method="RECREATE", max_surge_fixed=0, max_unavailable_fixed=1
        ),
        wait_for_instances=True,
        wait_for_instances_status="UPDATED",
        description=children.description,
        opts=pulumi.ResourceOptions(
            parent=children.options.parent,
            depends_on=after,
            ignore_changes=["description"],
            # In another zone or subnetwork, too, the address is free only once the old machine is gone.
            delete_before_replace=True,
            replacement_trigger=subnet,
            custom_timeouts=timeouts(health, 1),
        ),
    )
    return GcpMachineResources(address=address, template=own_template, group=group)
