"""What tiers are as DNS records, where the front's mode is dns. Pure.

A name has any number of addresses, or one other name, which a CNAME record says and which stands alone (RFC 1034, 3.6.2).
"""

from collections.abc import Mapping

from multicloud.errors import ArgumentError
from multicloud.front.dns import record_type
from multicloud.web.exposure import Exposure

from .base import joined
from .web import AwsTier, ExternalTier, Tier


def origin_count(tier: Tier) -> int:
    """How many addresses or names the tier will have."""
    if tier.exposure in (Exposure.REGISTERED, Exposure.TUNNEL):
        return 1
    if isinstance(tier, ExternalTier):
        return len(tier.addresses or [""])
    return tier.servers.min if tier.exposure is Exposure.MACHINES and tier.servers else 1


def check_records(tiers: Mapping[str, Tier]) -> None:
    """Raises ArgumentError at the tier that cannot stand beside the others under one name.

    Args:
        tiers: Those of the environment, by name.
    """
    shown = {name: tier for name, tier in tiers.items() if tier.enabled is not False and tier.weight != 0}
    count, seen = sum(origin_count(tier) for tier in shown.values()), dict[str, str]()
    for name, tier in shown.items():
        path = joined("web", name)
        if count > 1 and (alone := _alone(tier)):
            where, wrong, mend = alone
            raise ArgumentError(f"{path}.{where}", f"{wrong}, which as a record stands alone, and there are {count} under mode dns", mend)
        for index, address in enumerate((tier.addresses or []) if isinstance(tier, ExternalTier) else []):
            if (other := seen.setdefault(address, name)) != name:
                wrong = f"{address} is there already, in {other}, and a name has each record once"
                raise ArgumentError(f"{path}.addresses[{index}]", wrong, "leave it out")


def _alone(tier: Tier) -> tuple[str, str, str] | None:
    """What makes the tier a name and no address, where that is said, and how to mend it."""
    if tier.exposure is Exposure.REGISTERED:
        return "exposure", "registered machines stand under a name of their own", "say exposure: machines, or front.mode: load_balancer"
    if isinstance(tier, AwsTier) and tier.exposure is not Exposure.MACHINES:
        return (
            "exposure",
            "AWS's load balancer has a name and no addresses that stay",
            "say exposure: machines, or front.mode: load_balancer",
        )
    for index, address in enumerate((tier.addresses or []) if isinstance(tier, ExternalTier) else []):
        if record_type(address) == "CNAME":
            return f"addresses[{index}]", f"{address} is a name", "give the machine's address, or say front.mode: load_balancer"
    return None
