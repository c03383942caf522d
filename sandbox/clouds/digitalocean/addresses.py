"""Addresses that the stand-in gives out, each one once."""

import ipaddress

from sandbox.rules import Refused, World

from .catalogue import REGIONS
from .words import default_vpc, token

_PUBLIC = ipaddress.IPv4Network("198.18.0.0/17")
"""Of the range for benchmarks (RFC 2544), since the ranges for documentation have room for 762 addresses in all."""
_PUBLIC_V6 = ipaddress.IPv6Network("2001:db8:d0::/48")


def public_ipv4(world: World) -> str:
    """A new public address; after 32766 of them, the first again."""
    return str(_PUBLIC[1 + world.number("public addresses") % (_PUBLIC.num_addresses - 2)])


def public_ipv6(world: World) -> str:
    """A new public address."""
    return str(_PUBLIC_V6[(world.number("public IPv6 addresses") + 1) << 64 | 1])


def private_ipv4(world: World, vpc: str, region: str) -> str:
    """A new address in a VPC, or in the region's default one.

    Raises:
        Refused: The range is used up.
    """
    held = world.one(token("vpc"), vpc)
    cidr = held.outputs["ipRange"] if held else default_vpc(region)[1]
    network = ipaddress.IPv4Network(cidr)
    # The network's own address, the gateway and the broadcast address are DigitalOcean's.
    place = 2 + world.number(f"addresses of {vpc}")
    if place >= network.num_addresses - 1:
        raise Refused(f"422 VPC {vpc} has no addresses left in {cidr}")
    return str(network[place])


def free_range(world: World, account: str) -> str:
    """A /20 that no VPC of the account overlaps, as DigitalOcean chooses one where none is given."""
    taken = [ipaddress.IPv4Network(r.outputs["ipRange"]) for r in world.all(token("vpc")) if r.scope.account == account]
    taken += [ipaddress.IPv4Network(default_vpc(slug)[1]) for slug in REGIONS]
    for candidate in ipaddress.IPv4Network("10.116.0.0/14").subnets(new_prefix=20):
        if not any(candidate.overlaps(other) for other in taken):
            return str(candidate)
    raise Refused("422 no range is left for another VPC")
