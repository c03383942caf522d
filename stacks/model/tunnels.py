"""What tiers are as connectors of a tunnel. Pure.

With the front's mode tunnel, the machines of all tiers share one tunnel, within which nothing steers; with the mode load_balancer, a
tier has one of its own.
"""

from collections.abc import Mapping

from multicloud.errors import ArgumentError
from multicloud.machine.tunnel import MOST_REPLICAS

from .base import joined
from .front import Front
from .web import IN_THE_FRONT, Tier


def check_exposure(front: Front, tier: Tier, path: str) -> None:
    """Raises ArgumentError, its path below `path`, if the front leads to a tunnel and the tier opens none, or the other way round.

    Args:
        front: The front.
        tier: The tier.
        path: Where the tier stands.
    """
    if front.is_tunnel and not tier.is_tunnelled:
        wrong = f"is {tier.exposure or 'missing'}, and front.mode tunnel leads to machines that open the tunnel, and nowhere else"
        raise ArgumentError(f"{path}.exposure", wrong, "say exposure: tunnel, or another front.mode")
    if front.is_records and tier.is_tunnelled:
        wrong = "is tunnel, and front.mode dns leads to addresses"
        raise ArgumentError(f"{path}.exposure", wrong, "say front.mode: tunnel, or load_balancer")
    if front.is_open and tier.is_tunnelled and not front.is_tunnel:
        wrong = "is tunnel, which only Cloudflare reaches, and dns.proxied is false"
        raise ArgumentError(f"{path}.exposure", wrong, "leave one of the two out")
    for field in IN_THE_FRONT if front.is_tunnel else ():
        if getattr(tier, field) is not None:
            wrong = "is given, and front.mode tunnel steers nobody: the nearest machine answers"
            raise ArgumentError(f"{path}.{field}", wrong, "leave it out, or say front.mode: load_balancer")


def check_shared(tiers: Mapping[str, Tier]) -> None:
    """Raises ArgumentError at the tier that cannot share a tunnel with those before it.

    Args:
        tiers: Those of the environment, by name.
    """
    count, first = 0, next(iter(tiers), "")
    for name, tier in tiers.items():
        ours, theirs = tier.health.effective_port, tiers[first].health.effective_port
        if ours != theirs:
            wrong = f"{ours} differs from that of {first}, {theirs}, and the tunnel leads to the same port of all machines"
            raise ArgumentError(f"{joined('web', name)}.health_check.port", wrong, "give all tiers the same")
        count += _most(tier)
        if count > MOST_REPLICAS:
            wrong = f"makes up to {count} machines of all tiers, and a tunnel takes {MOST_REPLICAS}"
            mend = "give fewer, or say front.mode: load_balancer, with which each tier has a tunnel of its own"
            raise ArgumentError(f"{joined('web', name)}.servers", wrong, mend)


def _most(tier: Tier) -> int:
    """The most machines that a tier may run."""
    scheduled = [period.servers for period in tier.schedule.periods] if tier.schedule else []
    return max([tier.servers.most if tier.servers else 1, *scheduled])
