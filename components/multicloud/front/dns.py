"""Which records lead to origins. Pure."""

import ipaddress
from collections.abc import Sequence

from ..errors import ArgumentError


def record_type(address: str) -> str:
    """The type of the record that leads to an origin: A, AAAA or, for a hostname, CNAME."""
    try:
        return "A" if ipaddress.ip_address(address).version == 4 else "AAAA"
    except ValueError:
        return "CNAME"


def check_records(addresses: Sequence[str], count: int) -> None:
    """Raises ArgumentError if the addresses cannot stand under one name: a CNAME stands alone, by the rules of DNS (RFC 1034, 3.6.2).

    Args:
        addresses: Those of the origins that have records, as far as they are known.
        count: How many origins have records.
    """
    named = [address for address in addresses if record_type(address) == "CNAME"]
    if named and count > 1:
        wrong = f"{named[0]} is a hostname, whose record (a CNAME) stands alone under a name, and there are {count} origins"
        mend = "give the tiers exposure machines, set the weight of all pools but one to 0, or say mode: load_balancer"
        raise ArgumentError("pools", wrong, mend)


def check_count(known: int, said: int, path: str) -> None:
    """Raises ArgumentError at `path` if there are other than as many origins as were said to be, which decides how many records exist."""
    if known != said:
        raise ArgumentError(path, f"{said} is said, and the origins are {known}", f"say {known}")
