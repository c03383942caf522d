"""Which addresses a front on the internet reaches. Pure."""

import ipaddress

from .errors import ArgumentError
from .naming import check_hostname

UNREACHABLE = [
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::/127",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    )
]
"""Addresses that no front on the internet reaches: private, shared, loopback, link-local, multicast and reserved ones.

Source: https://www.iana.org/assignments/iana-ipv4-special-registry/, https://www.iana.org/assignments/iana-ipv6-special-registry/
"""


def check_address(address: str, path: str) -> None:
    """Raises ArgumentError at `path` if `address` is neither a hostname nor an IPv4 or IPv6 address that the internet reaches."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        if ":" in address or "/" in address or address.rpartition(".")[2].isdigit():
            mend = "write the address alone, without scheme, port and prefix, like 203.0.113.10, 2001:db8::10 or web.example.net"
            raise ArgumentError(path, f"{address!r} is not an address", mend) from None
        check_hostname(address, path)
        return
    if str(parsed) != address:
        raise ArgumentError(path, f"{address!r} is another spelling of an address", f"write {parsed}")
    if any(parsed in block for block in UNREACHABLE):
        mend = "give an address of the machine's that the internet reaches, or that of a load balancer before it"
        raise ArgumentError(path, f"{address} cannot be reached from the internet", mend)
