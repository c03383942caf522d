"""How the names of a front resolve, and which records lead to origins. Pure."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from ..errors import ArgumentError
from .health import Plan


@dataclass(kw_only=True, frozen=True)
class Dns:
    """How the names resolve."""

    proxied: Optional[bool] = None
    """Whether Cloudflare stands between visitors and origins. Defaults to true: without it, visitors get the origins' addresses, the
    shield shields nothing, and a failover waits for resolvers.
    Source: https://developers.cloudflare.com/load-balancing/understand-basics/proxy-modes/"""
    ttl: Optional[int] = None
    """Seconds that resolvers keep an answer, 60 (30 on Enterprise and for load balancers) to 86400, where it is not proxied. Defaults to
    300 where `mode` is `dns`, and to Cloudflare's 30 for a load balancer. Lower it a whole old TTL before a switch, raise it after."""

    def check(self, plan: Plan, balanced: bool) -> None:
        """Raises ArgumentError, its path below `dns`, if Cloudflare would refuse it.

        Args:
            plan: The zone's plan.
            balanced: Whether `mode` is `load_balancer`.
        """
        least = 30 if balanced or plan is Plan.ENTERPRISE else 60
        if self.ttl is not None and self.proxied is not False:
            raise ArgumentError("dns.ttl", "is given, and a proxied record's is Cloudflare's own", "say proxied: false, or leave it out")
        if self.ttl is not None and not least <= self.ttl <= 86400:
            raise ArgumentError("dns.ttl", f"{self.ttl} is outside {least} to 86400 seconds on the {plan} plan", "300 is a good start")


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
