"""Address ranges in AWS's security groups.

They are held in a managed prefix list and not in a rule each: the list can grow with ranges that are known only once something
is created, such as the addresses of a database in another cloud, and a rule that names it stays what it is.
"""

import ipaddress
import math
from functools import partial

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from ..arguments import planned
from ..errors import ArgumentError
from . import addresses

RULES = 60
"""The rules that a security group takes, each possible entry of a prefix list being one.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
"""

STEP = 10
"""Lists grow by so many places, so that a range more is no change of the list's size."""


def prefix_list(
    children: Children, suffix: str, ranges: pulumi.Input[list[pulumi.Input[str]]] | None, path: str
) -> aws.ec2.ManagedPrefixList:
    """A prefix list with the IPv4 ranges among `ranges`; those of IPv6 are left out, as nothing here has an IPv6 address.

    Args:
        children: The owner's.
        suffix: The end of its name.
        ranges: Addresses or ranges in CIDR form; None for none.
        path: Where they stand, for the error.

    Raises:
        ArgumentError: At `path`, if one of them is no range, or if they are too many; later, where they are known only later.
    """
    return aws.ec2.ManagedPrefixList(
        f"{children.name}-{suffix}",
        address_family="IPv4",
        entries=planned(partial(entries, path=path), ranges),
        max_entries=planned(partial(capacity, path=path), ranges),
        tags=children.tags(suffix),
        opts=children.options,
    )


def ipv4_networks(ranges: list[str], path: str) -> list[ipaddress.IPv4Network]:
    """The IPv4 ranges in order, those merged that overlap or touch: the same list however they were given.

    Args:
        ranges: Addresses or ranges in CIDR form.
        path: Where they stand, for the error.

    Raises:
        ArgumentError: At `path`, if one of them is no range, or if they are too many for a security group.
    """
    networks = addresses.ranges(ranges, path)
    merged = list(ipaddress.collapse_addresses(one for one in networks if isinstance(one, ipaddress.IPv4Network)))
    if len(merged) > RULES:
        raise ArgumentError(path, f"are {len(merged)} ranges, and a security group takes {RULES}", "merge some into larger ones")
    return merged


def entries(ranges: list[str], path: str) -> list[aws.ec2.ManagedPrefixListEntryArgs]:
    """The entries of a prefix list; see `ipv4_networks`."""
    return [aws.ec2.ManagedPrefixListEntryArgs(cidr=str(network)) for network in ipv4_networks(ranges, path)]


def capacity(ranges: list[str], path: str) -> int:
    """How many entries a prefix list has room for; see `ipv4_networks`."""
    return max(1, math.ceil(len(ipv4_networks(ranges, path)) / STEP)) * STEP
