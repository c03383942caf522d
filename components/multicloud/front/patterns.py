"""What the clouds of a front are to each other, in one word: sets of its arguments. Pure.

A pattern fills in what is not given, so every argument of it can be seen here and overridden.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ..errors import ArgumentError
from .affinity import ZeroDowntimeFailover
from .steering import Steering


class Pattern(StrEnum):
    """What the clouds are to each other."""

    ACTIVE_ACTIVE = "active_active"
    """All clouds serve at once, and each visitor gets the one that answers soonest: steering dynamic latency."""
    ACTIVE_PASSIVE = "active_passive"
    """The first cloud serves, and the next one when it is gone (disaster recovery): steering failover."""
    BURST = "burst"
    """The first cloud serves, and sheds a share of its new visitors, `shed_percent` of its pool, to the next: steering failover."""
    PREPRODUCTION = "preproduction"
    """The last cloud is for those alone who ask by `preproduction_hostname`; the others serve in order: steering failover."""
    COST_WEIGHTED = "cost_weighted"
    """All clouds serve, the cheaper ones more: steering random, by weights that are inverse to each pool's `cost`."""


@dataclass(frozen=True)
class Defaults:
    """The arguments that a pattern stands for. In all of them a request whose origin is gone goes to another cloud at once."""

    steering: Steering
    """Which healthy pool a visitor gets."""
    failover_across_pools: bool = True
    """Whether a request whose origin is gone may go to another pool."""
    zero_downtime_failover: ZeroDowntimeFailover = ZeroDowntimeFailover.TEMPORARY
    """What happens to a visitor who stays with an origin that is gone, where there is session affinity."""


DEFAULTS = {
    Pattern.ACTIVE_ACTIVE: Defaults(Steering.DYNAMIC_LATENCY),
    Pattern.ACTIVE_PASSIVE: Defaults(Steering.FAILOVER),
    Pattern.BURST: Defaults(Steering.FAILOVER),
    Pattern.PREPRODUCTION: Defaults(Steering.FAILOVER),
    Pattern.COST_WEIGHTED: Defaults(Steering.RANDOM),
}


def weights_by_cost(costs: Sequence[float | None]) -> list[float]:
    """Weights that are inverse to what the pools cost, the cheapest having 1, in hundredths, none of them 0.

    Args:
        costs: What the same work costs in each pool, in any unit.

    Raises:
        ArgumentError: At `pools[i].cost`, if one is missing or not above 0.
    """
    for index, cost in enumerate(costs):
        if cost is None or not cost > 0:
            wrong = "is missing" if cost is None else f"{cost} is not above 0"
            raise ArgumentError(f"pools[{index}].cost", wrong, "say what the same work costs in each pool, in any unit")
    known = [cost for cost in costs if cost is not None]
    return [max(round(min(known) / cost, 2), 0.01) for cost in known]
