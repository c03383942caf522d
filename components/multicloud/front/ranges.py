"""Cloudflare's own addresses, the only ones that origins behind a front have to admit."""

import ipaddress

import pulumi
import pulumi_cloudflare as cloudflare


def cloudflare_ranges(opts: pulumi.InvokeOptions) -> pulumi.Output[list[str]]:
    """The ranges that Cloudflare connects to origins from, IPv4 before IPv6, in order.

    Looked up at every run, so that a range that Cloudflare adds shows in the next preview.
    Source: https://www.cloudflare.com/ips/

    Args:
        opts: The options of the look-up: the Cloudflare provider.
    """
    return cloudflare.get_ip_ranges_output(opts=opts).apply(lambda found: in_order([*found.ipv4_cidrs, *found.ipv6_cidrs]))


def in_order(ranges: list[str]) -> list[str]:
    """Ranges without doubles, IPv4 before IPv6, by address: the same list however Cloudflare orders its answer."""
    networks = {ipaddress.ip_network(one) for one in ranges}
    return [str(one) for one in sorted(networks, key=lambda network: (network.version, int(network.network_address), network.prefixlen))]
