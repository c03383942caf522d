"""Plans address ranges. Pure: no cloud, no Pulumi engine."""

import ipaddress
from collections.abc import Iterable, Mapping

from ..errors import ArgumentError
from ..regions import REGIONS

DEFAULT_NETWORKS = {"aws": "10.10.0.0/16", "gcp": "10.20.0.0/16", "digitalocean": "10.30.0.0/16"}
"""A web tier's network where none is given: fixed for each cloud, so that adding a tier never moves another one."""

DEFAULT_DATABASE_NETWORKS = {"aws": "10.110.0.0/16", "gcp": "10.120.0.0/16"}
"""A database's network where none is given."""

ZONE_LETTERS = "abcdefgh"
"""The ends of the names of zones on AWS, where no region has more than six."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def default_network(cloud: str, region: str) -> str:
    """The range of a web tier's network where none is given.

    On DigitalOcean it is a /20, the usual size there, out of the cloud's /16, another one in each region: DigitalOcean refuses
    ranges that overlap within an account. So a tier that moves to another region has its new network before the old one goes.

    Args:
        cloud: aws, gcp or digitalocean.
        region: The region, one of `REGIONS`.
    """
    if cloud != "digitalocean":
        return DEFAULT_NETWORKS[cloud]
    parts = list(ipaddress.IPv4Network(DEFAULT_NETWORKS[cloud]).subnets(new_prefix=20))
    return str(parts[list(REGIONS[cloud]).index(region)])


def network(cidr: str, path: str = "network") -> ipaddress.IPv4Network:
    """The private IPv4 network that `cidr` states.

    Args:
        cidr: Range in CIDR form, /16 to /24, within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 (RFC 1918).
        path: Where the value stands, for the error.

    Raises:
        ArgumentError: If it is no network, is public, has host bits, or is too small or too large for every cloud.
    """
    try:
        parsed = ipaddress.ip_network(cidr)
    except ValueError:
        try:
            mended = str(ipaddress.ip_network(cidr, strict=False))
        except ValueError:
            raise ArgumentError(path, f"{cidr!r} is not a network in CIDR form", "write one like 10.10.0.0/16") from None
        raise ArgumentError(path, f"{cidr!r} has bits set beyond its prefix", f"write {mended}") from None
    if not isinstance(parsed, ipaddress.IPv4Network):
        raise ArgumentError(path, f"{cidr!r} is not IPv4", "write a private IPv4 range like 10.10.0.0/16")
    private = [ipaddress.IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
    if not any(parsed.subnet_of(block) for block in private):
        raise ArgumentError(path, f"{cidr!r} is not a private range", "take one within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
    if not 16 <= parsed.prefixlen <= 24:
        raise ArgumentError(path, f"/{parsed.prefixlen} does not fit every cloud", "take a prefix from /16 to /24")
    return parsed


def subnets(cidr: str, count: int, path: str = "network") -> list[str]:
    """The first `count` equal parts of a network, one a zone, each as large as leaves room for four times as many.

    The room left lets a tier grow by zones without moving the subnets that exist: the size depends only on `cidr`
    and on `count` rounded up to a power of two, at least 4.

    Args:
        cidr: The network.
        count: How many subnets, 1 to 8.
        path: Where the network stands, for the error.

    Raises:
        ArgumentError: At `path`, if it is no network, or too small for them.
    """
    return _parts(cidr, count, path)[:count]


def zone_subnet(cidr: str, zone: str, *, private: bool = False, path: str = "network") -> str:
    """The sixteenth of a network that is for a zone, whatever other zones there are.

    So zones are added, exchanged and taken away, and no subnet ever gets a range that one before it still has.

    Args:
        cidr: The network.
        zone: The zone, which ends in its letter: `eu-central-1a`.
        private: Whether it is the private subnet, whose ranges are the second half.
        path: Where the network stands, for the error.

    Raises:
        ArgumentError: At `path`, if it is no network.
    """
    parts = list(network(cidr, path).subnets(prefixlen_diff=4))
    return str(parts[ZONE_LETTERS.index(zone[-1]) + (len(ZONE_LETTERS) if private else 0)])


def _parts(cidr: str, count: int, path: str) -> list[str]:
    whole = network(cidr, path)
    bits = max(2, (count - 1).bit_length()) + 2
    if whole.prefixlen + bits > 28:
        raise ArgumentError(path, f"{cidr} is too small for {count} subnets", f"take a prefix of /{28 - bits} or shorter")
    return [str(part) for part in whole.subnets(prefixlen_diff=bits)]


def ranges(texts: Iterable[str], path: str) -> list[Network]:
    """The address ranges that texts state, public or private, in their order.

    Args:
        texts: Addresses, or ranges in CIDR form, of IPv4 or IPv6.
        path: Where they stand, for the error.

    Raises:
        ArgumentError: At `path`, if one of them is neither.
    """
    parsed = []
    for text in texts:
        try:
            parsed.append(ipaddress.ip_network(text))
        except ValueError:
            raise ArgumentError(path, f"{text!r} is not a range in CIDR form", "write one like 203.0.113.0/24") from None
    return parsed


def check_disjoint(networks: Mapping[str, str]) -> None:
    """Refuses networks that overlap, because they could never be linked.

    Args:
        networks: Ranges by the path where each stands.

    Raises:
        ArgumentError: At the later of the two paths.
    """
    seen: dict[str, ipaddress.IPv4Network] = {}
    for path, cidr in networks.items():
        parsed = network(cidr, path)
        for other, taken in seen.items():
            if parsed.overlaps(taken):
                raise ArgumentError(path, f"{cidr} overlaps {other}, {taken}", "give each network a range of its own")
        seen[path] = parsed
