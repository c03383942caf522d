"""Composes an environment from the components: tiers, the front over them, and the database.

Nothing of a cloud is decided here: arguments are in `model/mapping.py`, providers in `providers.py`.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

import pulumi

import multicloud
from multicloud.database.pair import PostgresPairArgs

from .model.environment import Accounts, Environment
from .model.mapping import front_args, pair_args, tier_args
from .model.secrets import Secrets
from .model.web import CloudTier
from .providers import Providers

T = TypeVar("T")

TIERS = {"aws": "AwsWebTier", "gcp": "GcpWebTier", "digitalocean": "DigitalOceanWebTier", "external": "ExternalWebTier"}
"""The component of each cloud."""

ANYWHERE = ["0.0.0.0/0"]
"""Who reaches the tiers where Cloudflare does not stand before them. IPv4, as all tiers have."""

EXPORTED = ("cloud", "region", "origins", "port", "user_data")
"""What the stack says of a tier. Only machines of somebody else have `user_data`, to be booted with."""


def compose(environment: Environment, secrets: Secrets) -> dict[str, Any]:
    """Registers everything of an environment, and returns what the stack exports.

    Args:
        environment: The environment, checked.
        secrets: The stack's, hidden.
    """
    providers = Providers(environment.accounts or Accounts())
    cloudflare = providers.other("cloudflare")
    admitted: Any = ANYWHERE if environment.front.is_open else multicloud.cloudflare_ranges(pulumi.InvokeOptions(provider=cloudflare))
    zone_id = _zone_id(environment, cloudflare)

    tiers = {}
    for name, tier in environment.web.items():
        component = getattr(multicloud, TIERS[tier.cloud])
        # Machines of somebody else need no provider.
        options = pulumi.ResourceOptions(providers=[providers.cloud(tier.cloud, tier.region)]) if isinstance(tier, CloudTier) else None
        tiers[name] = component(name, tier_args(tier, environment.tags, admitted, secrets, zone_id), options)

    front = multicloud.CloudflareFront(
        "front",
        front_args(
            environment.front,
            {name: environment.web[name] for name in environment.order},
            {name: tier.origins for name, tier in tiers.items()},
            _agreed(tier.health_path for tier in tiers.values()),
            _agreed(tier.port for tier in tiers.values()),
            secrets,
        ),
        pulumi.ResourceOptions(providers=[cloudflare]),
    )
    exports: dict[str, Any] = {
        "hostname": front.hostname,
        "url": front.url,
        "pools": {
            name: {output: getattr(tiers[name], output) for output in EXPORTED if hasattr(tiers[name], output)}
            for name in environment.order
        },
    }
    if environment.database:
        exports["database"] = _database(pair_args(environment.database, environment.tags), providers)
    return exports


def _agreed(values: Iterable[pulumi.Output[T]]) -> pulumi.Output[T]:
    """What all tiers say alike, once all of them do so: the front asks for something new only when it is there."""
    return pulumi.Output.all(*values).apply(lambda said: said[0])


def _zone_id(environment: Environment, provider: pulumi.ProviderResource) -> pulumi.Input[str]:
    """Cloudflare's id of the front's zone, where machines need it to register."""
    if not any(tier.registration for tier in environment.web.values()):
        return ""
    import pulumi_cloudflare as cloudflare

    zone = cloudflare.get_zone_output(filter={"name": environment.front.zone, "match": "all"}, opts=pulumi.InvokeOptions(provider=provider))
    return zone.apply(lambda found: found.zone_id)


def _database(args: PostgresPairArgs, providers: Providers) -> dict[str, Any]:
    """The database pair, and where its sides are."""
    sides = [providers.cloud(side.cloud, side.region) for side in (args.primary, args.replica)]
    pair = multicloud.PostgresPair("database", args, pulumi.ResourceOptions(providers=[*sides, providers.other("random")]))
    return {
        "primary": {"cloud": pair.primary_cloud, "region": pair.primary_region, "host": pair.primary_host},
        "replica": {"cloud": pair.replica_cloud, "region": pair.replica_region, "host": pair.replica_host},
    }
