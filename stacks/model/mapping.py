"""From the parts of an environment to the arguments of components: the one place where both are known.

A cloud's own module is imported where a tier or a server is on it, and not before.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pulumi

import multicloud
from multicloud.database.pair import PostgresPairArgs
from multicloud.front.contract import CloudflareFrontArgs, Pool
from multicloud.web.contract import Origin, WebTierArgs

from .front import Front
from .web import AwsTier, CloudTier, DigitalOceanTier, ExternalTier, GcpTier, Tier

Tags = Mapping[str, str] | None


def tier_args(tier: Tier, tags: Tags = None, admitted: Any = None) -> WebTierArgs:
    """The arguments of a web tier: an instance of its cloud's own class.

    Args:
        tier: The tier.
        tags: The environment's tags.
        admitted: The ranges that may reach it.
    """
    given: dict[str, Any] = {
        "region": tier.region,
        "servers": tier.servers,
        "size": tier.size,
        "machine_type": tier.machine_type,
        "site": tier.site,
        "script": tier.script,
        "health_check": tier.health_check,
        "network": tier.network,
        "tags": _laid_over(tags, tier.tags),
    }
    if isinstance(tier, CloudTier):
        given |= {"image": tier.image, "admitted_ranges": admitted}
    match tier:
        case AwsTier():
            return multicloud.AwsWebTierArgs(zones=tier.zones, **given)
        case GcpTier():
            return multicloud.GcpWebTierArgs(zones=tier.zones, **given)
        case DigitalOceanTier():
            return multicloud.DigitalOceanWebTierArgs(**given, ssh_keys=[*tier.ssh_keys] if tier.ssh_keys else None)
        case ExternalTier():
            return multicloud.ExternalWebTierArgs(
                addresses=[*tier.addresses],
                weights=tier.weights,
                latitude=tier.latitude,
                longitude=tier.longitude,
                **given,
            )
    raise NotImplementedError(tier.cloud)


def front_args(front: Front, tiers: Mapping[str, Tier], origins: Mapping[str, pulumi.Input[list[Origin]]]) -> CloudflareFrontArgs:
    """The arguments of the front.

    Args:
        front: The front.
        tiers: The tiers by name, in the order of the pools.
        origins: Where each tier is reached, by its name.
    """
    health = next(iter(tiers.values())).health  # the same for all tiers, as the environment has checked
    return CloudflareFrontArgs(
        zone=front.zone,
        hostname=front.hostname,
        aliases=front.aliases,
        pools=[
            Pool(name=name, origins=origins[name], weight=tier.weight, cloud=tier.cloud, region=tier.region, **_place(tier))
            for name, tier in tiers.items()
        ],
        health_path=health.effective_path,
        expected_status=health.effective_status,
        steering=front.steering,
        monitor=front.monitor,
        session_affinity=front.session_affinity,
        notification_email=front.notification_email,
        plan=front.plan,
    )


def pair_args(pair: PostgresPairArgs, tags: Tags = None) -> PostgresPairArgs:
    """The arguments of the database pair, which a file writes as they are.

    Args:
        pair: The database.
        tags: The environment's tags.
    """
    return replace(pair, tags=_laid_over(tags, pair.tags))


def _place(tier: Tier) -> dict[str, Any]:
    """Where a tier is that no table of regions has."""
    return {"latitude": tier.latitude, "longitude": tier.longitude} if isinstance(tier, ExternalTier) else {}


def _laid_over(tags: Tags, own: Tags) -> dict[str, str] | None:
    return {**(tags or {}), **(own or {})} or None
