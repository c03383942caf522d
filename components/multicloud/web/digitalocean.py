"""The web tier on DigitalOcean: droplets of a fixed number, or a pool that scales, behind a regional load balancer.

One tag holds the tier together: the load balancer sends traffic to whatever carries it, and the firewall protects that.
So a replaced droplet, or one that the pool adds, is in both from its first moment, and neither lists droplets.

Deliberately left out: SSH, whose port the firewall does not open; backups of machines that hold no data.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import ipaddress
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_digitalocean as digitalocean

from ..arguments import arguments, planned
from ..errors import ArgumentError
from ..naming import check_dns_label
from ..network import addresses
from ..network.digitalocean import DigitalOceanNetwork, DigitalOceanNetworkArgs
from ..outputs import outputs
from ..tags import digitalocean_tags, standard
from .contract import Origin, Size, WebTierArgs

MACHINE_TYPES = {Size.SMALL: "s-1vcpu-1gb", Size.MEDIUM: "s-2vcpu-4gb", Size.LARGE: "g-4vcpu-16gb"}
"""DigitalOcean's slug of a droplet size for each size: https://slugs.do-api.dev/."""

NAME_LIMIT = 40
"""Droplets' names are their hostnames, labels of 63 characters; the longest suffix is `-load-balancer`, and auto-naming adds 8."""

POOL_LIMITS = (500, 1000)
"""The most that a pool takes as its minimum and as its maximum.

Source: https://docs.digitalocean.com/reference/api/digitalocean/#operation/autoscalepools_create
"""

EVERYWHERE = ["0.0.0.0/0", "::/0"]


@dataclass(kw_only=True, frozen=True)
class DigitalOceanWebTierArgs(WebTierArgs):
    """Arguments of `DigitalOceanWebTier`: the portable ones and DigitalOcean's own."""

    region: str
    """Slug of the region, for example `fra1`."""
    image: Optional[str] = None
    """Slug or id of the machines' image, which must be a Debian 12. Defaults to `debian-12-x64`. A change replaces the machines."""
    ssh_keys: Optional[pulumi.Input[list[pulumi.Input[str]]]] = None
    """Ids or fingerprints of SSH keys in the DigitalOcean account, for its own recovery console: the firewall does not open
    port 22. A pool that scales must have one. Without any, DigitalOcean mails a root password for each droplet. A change
    replaces droplets. Defaults to none."""

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on DigitalOcean."""
        super().check()
        self.network_args.check()
        if self.machine_type is not None and not re.fullmatch(r"[a-z][a-z0-9_]*(-[a-z0-9_]+)+", self.machine_type):
            raise ArgumentError("machine_type", f"{self.machine_type!r} is no size of a droplet", "write one like s-2vcpu-4gb")
        if self.image is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.image):
            raise ArgumentError("image", f"{self.image!r} is no slug or id of an image", "write one like debian-12-x64")
        self._check_ssh_keys()
        self._check_pool()
        self.user_data("any")  # only the default page says the name, and that is far below the limit

    def _check_ssh_keys(self) -> None:
        for index, key in enumerate(self.ssh_keys if isinstance(self.ssh_keys, list) else []):
            if isinstance(key, str) and not re.fullmatch(r"[0-9]+|[0-9a-f]{2}(:[0-9a-f]{2})+", key):
                # What it is is not said: it may be a key, and not the public one.
                wrong = "is neither the id nor the fingerprint of a key"
                raise ArgumentError(f"ssh_keys[{index}]", wrong, "give one that `doctl compute ssh-key list` shows")

    def _check_pool(self) -> None:
        servers = self.servers
        if not servers.scales:
            return
        for path, count, most in (("servers.min", servers.min, POOL_LIMITS[0]), ("servers.max", servers.most, POOL_LIMITS[1])):
            if count > most:
                wrong = f"{count} is above {most}, the most that a DigitalOcean autoscale pool takes"
                raise ArgumentError(path, wrong, f"give at most {most}")
        if self.ssh_keys is None or self.ssh_keys == []:
            raise ArgumentError(
                "ssh_keys",
                "is empty, and DigitalOcean makes no autoscale pool without an SSH key",
                "give the id or fingerprint of a key in the account, or a fixed number of servers: leave out servers.max",
            )

    @property
    def network_args(self) -> DigitalOceanNetworkArgs:
        """The arguments of the tier's own network."""
        return DigitalOceanNetworkArgs(region=self.region, network=self.network)

    @property
    def effective_machine_type(self) -> str:
        """DigitalOcean's slug of the droplet size, the default filled in."""
        return self.machine_type or MACHINE_TYPES[self.effective_size]

    def user_data(self, component: str) -> str:
        """What a machine is told at its first boot.

        Args:
            component: The tier's name.

        Raises:
            ArgumentError: Below `site` or `health_check`, if it cannot be rendered or does not fit.
        """
        return self.render_user_data("digitalocean", self.region, component)


@dataclass(kw_only=True, frozen=True)
class DigitalOceanWebTierResources:
    """The children of `DigitalOceanWebTier`."""

    network: DigitalOceanNetwork
    tag: digitalocean.Tag
    """What the load balancer and the firewall find the machines by."""
    load_balancer: digitalocean.LoadBalancer
    firewall: digitalocean.Firewall
    droplets: list[digitalocean.Droplet]
    """Empty where the number of machines scales."""
    pool: Optional[digitalocean.DropletAutoscale]
    """None where the number of machines is fixed."""


class DigitalOceanWebTier(pulumi.ComponentResource):
    """Web machines in a VPC of their own, behind one load balancer, which alone can reach them.

    Raises:
        ArgumentError: Where an argument cannot work on DigitalOcean, before anything is created.
    """

    cloud: pulumi.Output[str]
    """digitalocean."""
    region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    origins: pulumi.Output[list[Origin]]
    """Where the front reaches the tier: one origin, the load balancer's address."""
    health_path: pulumi.Output[str]
    """The path of the health check, for the front's monitor."""
    address: pulumi.Output[str]
    """IPv4 address of the load balancer."""
    droplet_tag: pulumi.Output[str]
    """The tag that all machines of the tier carry, and no others."""
    network_id: pulumi.Output[str]
    """Id of the VPC."""

    def __init__(self, name: str, args: DigitalOceanWebTierArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:DigitalOceanWebTier", name, None, opts)
        args = arguments(DigitalOceanWebTierArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        health, size, user_data = args.effective_health_check, args.effective_machine_type, args.user_data(name)
        image = args.image or "debian-12-x64"
        child = pulumi.ResourceOptions(parent=self)

        network = DigitalOceanNetwork(f"{name}-network", args.network_args, opts=child)
        # Its name is unique in the account, so that no other tier's machines are caught.
        tag = digitalocean.Tag(f"{name}-machines", opts=child)
        tags: list[pulumi.Input[str]] = [tag.name, *digitalocean_tags(standard(name, args.tags))]

        load_balancer = digitalocean.LoadBalancer(
            f"{name}-load-balancer",
            region=args.region,
            vpc_uuid=network.network_id,
            droplet_tag=tag.name,
            forwarding_rules=[
                digitalocean.LoadBalancerForwardingRuleArgs(
                    entry_protocol="http", entry_port=80, target_protocol="http", target_port=health.effective_port
                )
            ],
            healthcheck=digitalocean.LoadBalancerHealthcheckArgs(
                protocol="http",
                port=health.effective_port,
                path=health.effective_path,
                check_interval_seconds=10,
                response_timeout_seconds=5,
                unhealthy_threshold=3,
                healthy_threshold=2,
            ),
            firewall=planned(admission, args.admitted_ranges),
            enable_backend_keepalive=True,
            opts=child,
        )
        firewall = digitalocean.Firewall(
            f"{name}-firewall",
            tags=[tag.name],
            inbound_rules=[
                digitalocean.FirewallInboundRuleArgs(
                    protocol="tcp", port_range=str(health.effective_port), source_load_balancer_uids=[load_balancer.id]
                )
            ],
            # Updates, names and time; nothing else of what a machine asks for is known here.
            outbound_rules=[
                digitalocean.FirewallOutboundRuleArgs(protocol="tcp", port_range="1-65535", destination_addresses=EVERYWHERE),
                digitalocean.FirewallOutboundRuleArgs(protocol="udp", port_range="1-65535", destination_addresses=EVERYWHERE),
                digitalocean.FirewallOutboundRuleArgs(protocol="icmp", destination_addresses=EVERYWHERE),
            ],
            opts=child,
        )

        droplets: list[digitalocean.Droplet] = []
        pool = None
        if args.servers.scales:
            pool = digitalocean.DropletAutoscale(
                f"{name}-pool",
                config=digitalocean.DropletAutoscaleConfigArgs(
                    min_instances=args.servers.min,
                    max_instances=args.servers.most,
                    target_cpu_utilization=args.servers.target / 100,
                    # A booting machine's CPU use says nothing of the load.
                    cooldown_minutes=max(1, math.ceil(health.effective_grace / 60)),
                ),
                droplet_template=digitalocean.DropletAutoscaleDropletTemplateArgs(
                    region=args.region,
                    size=size,
                    image=image,
                    vpc_uuid=network.network_id,
                    ipv6=True,
                    # The agent that measures the CPU's use.
                    with_droplet_agent=True,
                    ssh_keys=args.ssh_keys or [],
                    tags=tags,
                    user_data=user_data,
                ),
                # Protected from the first moment.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[firewall]),
            )
        else:
            droplets = [
                digitalocean.Droplet(
                    f"{name}-{index}",
                    region=args.region,
                    size=size,
                    image=image,
                    vpc_uuid=network.network_id,
                    ipv6=True,
                    monitoring=True,
                    ssh_keys=args.ssh_keys,
                    tags=tags,
                    user_data=user_data,
                    # Protected from the first moment. Resizing in place would switch off all droplets at once.
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[firewall], replace_on_changes=["size"]),
                )
                for index in range(args.servers.min)
            ]

        self.resources = DigitalOceanWebTierResources(
            network=network, tag=tag, load_balancer=load_balancer, firewall=firewall, droplets=droplets, pool=pool
        )
        self.cloud = pulumi.Output.from_input("digitalocean")
        self.region = pulumi.Output.from_input(args.region)
        self.address = load_balancer.ip
        self.origins = self.address.apply(lambda address: [Origin(name=name, address=address, weight=1.0)])
        self.health_path = pulumi.Output.from_input(health.effective_path)
        self.droplet_tag = tag.name
        self.network_id = network.network_id
        self.register_outputs(outputs(self))


def admission(ranges: Sequence[str]) -> digitalocean.LoadBalancerFirewallArgs:
    """The load balancer's own firewall, which lets `ranges` through and no one else; see `admitted`."""
    if allows := admitted(ranges):
        return digitalocean.LoadBalancerFirewallArgs(allows=allows)
    # An empty list of admitted ranges would mean everyone.
    return digitalocean.LoadBalancerFirewallArgs(denies=["cidr:0.0.0.0/0"])


def admitted(ranges: Sequence[str]) -> list[str]:
    """Address ranges in the words of a load balancer's firewall, sorted, so that the same ranges always make the same rules.

    Those of IPv6 are left out: the load balancer has an IPv4 address alone, and nobody comes to it from them.

    Args:
        ranges: IPv4 and IPv6 ranges in CIDR form.

    Raises:
        ArgumentError: At `admitted_ranges`, if one of them is no range.
    """
    networks = set(addresses.ranges(ranges, "admitted_ranges"))
    return [f"cidr:{network}" for network in sorted(network for network in networks if isinstance(network, ipaddress.IPv4Network))]
