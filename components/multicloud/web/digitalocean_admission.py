"""Who reaches a tier on DigitalOcean: its load balancer's own firewall, and the cloud firewall of its machines."""

import ipaddress
from collections.abc import Sequence

import pulumi
import pulumi_digitalocean as digitalocean

from ..network import addresses

EVERYWHERE = ["0.0.0.0/0", "::/0"]


def firewall(
    name: str, tag: pulumi.Input[str], inbound: pulumi.Input[Sequence[digitalocean.FirewallInboundRuleArgs]], opts: pulumi.ResourceOptions
) -> digitalocean.Firewall:
    """The cloud firewall of the machines that carry a tag. What is not in `inbound` does not come in, on any of their addresses.

    Args:
        name: The resource's name.
        tag: Name of the tag.
        inbound: What comes in.
        opts: Of the resource.
    """
    return digitalocean.Firewall(
        name,
        tags=[tag],
        inbound_rules=inbound,
        # Updates, names and time; nothing else of what a machine asks for is known here.
        outbound_rules=[
            digitalocean.FirewallOutboundRuleArgs(protocol="tcp", port_range="1-65535", destination_addresses=EVERYWHERE),
            digitalocean.FirewallOutboundRuleArgs(protocol="udp", port_range="1-65535", destination_addresses=EVERYWHERE),
            digitalocean.FirewallOutboundRuleArgs(protocol="icmp", destination_addresses=EVERYWHERE),
        ],
        opts=opts,
    )


def visitors(ranges: Sequence[str], port: int) -> list[digitalocean.FirewallInboundRuleArgs]:
    """The rules of machines that are origins of their own: `ranges` come to `port`, and nobody else to anything.

    Args:
        ranges: IPv4 and IPv6 ranges in CIDR form.
        port: Where the machines serve.

    Raises:
        ArgumentError: At `admitted_ranges`, if one of them is no range.
    """
    # A rule needs a source. Without a rule, nobody comes in.
    sources = [str(network) for network in _networks(ranges)]
    return [digitalocean.FirewallInboundRuleArgs(protocol="tcp", port_range=str(port), source_addresses=sources)] if sources else []


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
    return [f"cidr:{network}" for network in _networks(ranges) if network.version == 4]


def _networks(ranges: Sequence[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The ranges, each once, those of IPv4 first."""
    return sorted(
        set(addresses.ranges(ranges, "admitted_ranges")), key=lambda network: (network.version, network.network_address, network.prefixlen)
    )
