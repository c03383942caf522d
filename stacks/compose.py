"""Composes an environment from the components: tiers, the front over them, and the database.

Nothing of a cloud is decided here: arguments are in `model/mapping.py`, providers in `providers.py`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import pulumi

import multicloud
from multicloud.database.pair import PostgresPairArgs
from multicloud.web.exposure import Certificate, TunnelConnection

from .model.environment import Accounts, Environment
from .model.front import Front
from .model.mapping import certificate_args, front_args, pair_args, tier_args
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
    secrets = secrets.shown(_certificate(environment, providers), _client_ca(environment.front, providers))
    if environment.front.is_tunnel:
        # The front first: its tunnel is what the machines open.
        front = _front(environment, {}, secrets, cloudflare)
        assert front.tunnel_hostname is not None and front.tunnel_token is not None, "mode tunnel"
        shared = TunnelConnection(hostname=front.tunnel_hostname, token=front.tunnel_token)
        tiers = _tiers(environment, dict.fromkeys(environment.web, shared), secrets, providers)
    else:
        tiers = _tiers(environment, _tunnels(environment, cloudflare), secrets, providers)
        front = _front(environment, tiers, secrets, cloudflare)

    exports: dict[str, Any] = {
        "hostname": front.hostname,
        "url": front.url,
        **({} if front.detection_seconds is None else {"detection_seconds": front.detection_seconds}),
        "pools": {
            name: {output: getattr(tiers[name], output) for output in EXPORTED if hasattr(tiers[name], output)}
            for name in environment.order
        },
    }
    if environment.database:
        exports["database"] = _database(pair_args(environment.database, environment.tags), providers)
    return exports


def _front(
    environment: Environment, tiers: Mapping[str, Any], secrets: Secrets, cloudflare: pulumi.ProviderResource
) -> multicloud.CloudflareFront:
    """The one name; over tiers that are there, unless it is a tunnel."""
    args = front_args(
        environment.front,
        {name: environment.web[name] for name in environment.order},
        {name: tier.origins for name, tier in tiers.items()},
        _agreed(tier.health_path for tier in tiers.values()) if tiers else None,
        _agreed(tier.port for tier in tiers.values()) if tiers else None,
        secrets,
    )
    return multicloud.CloudflareFront("front", args, pulumi.ResourceOptions(providers=[cloudflare]))


def _tiers(environment: Environment, tunnels: Mapping[str, TunnelConnection], secrets: Secrets, providers: Providers) -> dict[str, Any]:
    """The web tiers by name. Who is reached through a tunnel admits nobody; the others admit Cloudflare, or visitors."""
    cloudflare = providers.other("cloudflare")
    admitted: Any = None
    if environment.front.is_open:
        admitted = ANYWHERE
    elif not all(tier.is_tunnelled for tier in environment.web.values()):
        admitted = multicloud.cloudflare_ranges(pulumi.InvokeOptions(provider=cloudflare))
    zone_id = _zone_id(environment, cloudflare)
    tiers = {}
    for name, tier in environment.web.items():
        component = getattr(multicloud, TIERS[tier.cloud])
        # Machines of somebody else need no provider.
        options = pulumi.ResourceOptions(providers=[providers.cloud(tier.cloud, tier.region)]) if isinstance(tier, CloudTier) else None
        tiers[name] = component(name, tier_args(tier, environment.tags, admitted, secrets, zone_id, tunnels.get(name)), options)
    return tiers


def _tunnels(environment: Environment, cloudflare: pulumi.ProviderResource) -> dict[str, TunnelConnection]:
    """A tunnel for each tier that is reached through one, so that the front can choose between them."""
    made = {}
    for name, tier in environment.web.items():
        if tier.is_tunnelled:
            args = multicloud.TunnelArgs(zone=environment.front.zone, port=tier.health.port)
            tunnel = multicloud.Tunnel(f"{name}-tunnel", args, pulumi.ResourceOptions(providers=[cloudflare]))
            made[name] = TunnelConnection(hostname=tunnel.hostname, token=tunnel.token)
    return made


def _certificate(environment: Environment, providers: Providers) -> Certificate | None:
    """What tiers show to Cloudflare, where it is made here."""
    if environment.front.origin_certificate is None:
        return None
    args = certificate_args(environment.front, environment.web.values())
    made = multicloud.OriginCertificate("origin-certificate", args, _by(providers, "cloudflare", "tls"))
    return Certificate(certificate=made.certificate, private_key=made.private_key)


def _client_ca(front: Front, providers: Providers) -> pulumi.Output[str] | None:
    """Whose certificate Cloudflare shows to tiers, where they are to ask for it."""
    if front.origin_pulls is None:
        return None
    made = multicloud.OriginPulls("origin-pulls", multicloud.OriginPullsArgs(zone=front.zone), _by(providers, "cloudflare", "tls"))
    return made.ca_certificate if front.requires_pulls else None


def _by(providers: Providers, *packages: str) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(providers=[providers.other(package) for package in packages])


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
