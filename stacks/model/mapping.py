"""From the parts of an environment to the arguments of components: the one place where both are known.

A cloud's own module is imported where a tier or a server is on it, and not before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pulumi

import multicloud
from multicloud.database.pair import PostgresPairArgs
from multicloud.errors import ArgumentError
from multicloud.front.contract import CloudflareFrontArgs
from multicloud.front.health import Monitor, Plan
from multicloud.front.notifications import Notifications
from multicloud.front.pool import Pool
from multicloud.machine.container import Container, Registry
from multicloud.web.contract import Origin, WebTierArgs
from multicloud.web.exposure import Certificate, Exposure, Registration, TunnelConnection

from . import inputs
from .front import ITS_OWN, Front
from .records import origin_count
from .secrets import CERTIFICATE, EXAMPLES, PRIVATE_KEY, TOKEN, WEBHOOKS, Secrets
from .web import IN_THE_FRONT, AwsTier, CloudTier, DigitalOceanTier, ExternalTier, GcpTier, Tier

Tags = Mapping[str, str] | None

WITHOUT_STORE = ("digitalocean", "external")
"""Where there is no secret store that a machine could ask, so that a token comes from the stack's configuration."""

EXAMPLE_ZONE = "0" * 32

EXAMPLE_TUNNEL = TunnelConnection(hostname="00000000-0000-0000-0000-000000000000.cfargotunnel.com", token="x" * 40)
"""What stands for a tunnel while an environment is checked by itself."""


def checked_args(tier: Tier, secrets: Secrets = EXAMPLES) -> WebTierArgs:
    """The arguments of a web tier as far as they are known before anything is looked up, checked.

    Args:
        tier: The tier.
        secrets: The stack's, in plain.

    Raises:
        ArgumentError: Its path below the tier.
    """
    args = tier_args(tier, secrets=secrets, zone_id=EXAMPLE_ZONE, tunnel=EXAMPLE_TUNNEL)
    args.check()
    return args


def tier_args(
    tier: Tier,
    tags: Tags = None,
    admitted: Any = None,
    secrets: Secrets | None = None,
    zone_id: pulumi.Input[str] = "",
    tunnel: TunnelConnection | None = None,
) -> WebTierArgs:
    """The arguments of a web tier: an instance of its cloud's own class.

    Args:
        tier: The tier.
        tags: The environment's tags.
        admitted: The ranges that may reach it, where it is no tunnel that it is reached through.
        secrets: The stack's.
        zone_id: Cloudflare's id of the front's zone.
        tunnel: The tunnel that its machines open, where it is reached through one.

    Raises:
        ArgumentError: Its path below the tier, if it needs a secret that the stack lacks.
    """
    secrets = secrets or Secrets()
    given: dict[str, Any] = {
        "region": tier.region,
        "servers": tier.servers,
        "size": tier.size,
        "machine_type": tier.machine_type,
        "site": tier.site,
        "script": tier.script,
        "container": _container(tier.container),
        "release": tier.release,
        "health_check": tier.health_check,
        "schedule": tier.schedule,
        "replacement": tier.replacement,
        "network": tier.network,
        "network_id": tier.network_id,
        "subnet_ids": tier.subnet_ids,
        "exposure": tier.exposure,
        "registration": _registration(tier, secrets, zone_id),
        "tunnel": tunnel if tier.is_tunnelled else None,
        "certificate": _certificate(tier, secrets),
        "tags": _laid_over(tags, tier.tags),
    }
    if isinstance(tier, CloudTier):
        given |= {"image": tier.image, "admitted_ranges": None if tier.is_tunnelled else admitted}
    match tier:
        case AwsTier():
            return multicloud.AwsWebTierArgs(
                zones=tier.zones,
                private=tier.private,
                machine_subnet_ids=[*tier.machine_subnet_ids] if tier.machine_subnet_ids else None,
                certificate_arn=tier.certificate_arn,
                **given,
            )
        case GcpTier():
            return multicloud.GcpWebTierArgs(zones=tier.zones, **given)
        case DigitalOceanTier():
            return multicloud.DigitalOceanWebTierArgs(**given, ssh_keys=[*tier.ssh_keys] if tier.ssh_keys else None, pool=tier.pool)
        case ExternalTier():
            return multicloud.ExternalWebTierArgs(
                addresses=None if tier.addresses is None else [*tier.addresses],
                weights=tier.weights,
                latitude=tier.latitude,
                longitude=tier.longitude,
                **given,
            )
    raise NotImplementedError(tier.cloud)


def front_args(
    front: Front,
    tiers: Mapping[str, Tier],
    origins: Mapping[str, pulumi.Input[list[Origin]]],
    health_path: pulumi.Input[str] | None = None,
    port: pulumi.Input[int] | None = None,
    secrets: Secrets = EXAMPLES,
) -> CloudflareFrontArgs:
    """The arguments of the front.

    Args:
        front: The front.
        tiers: The tiers by name, in the order of the pools.
        origins: Where each tier is reached, by its name.
        health_path: What all tiers answer to. Defaults to what the tiers say, whether or not it is there already.
        port: Where all tiers listen. Defaults to the same.
        secrets: The stack's.

    Raises:
        ArgumentError: Its path below the front, if it needs a secret that the stack lacks.
    """
    first = next(iter(tiers.values()))
    health = first.health  # the same for all tiers, as the environment has checked
    same = {name: getattr(front, name) for name in type(front).model_fields if name not in (*ITS_OWN, "notifications")}
    if front.is_tunnel:
        # The machines' own connectors ask for their health, and the tunnel leads to the machines' own port.
        return CloudflareFrontArgs(**same, origin_port=health.effective_port, notifications=_notifications(front, secrets))
    if front.origin_pulls and not front.is_records:
        # A load balancer on AWS refuses everybody else at the path of the health check, too.
        same["monitor"] = replace(front.monitor or Monitor(), shows_certificate=True)
    return CloudflareFrontArgs(
        **same,
        pools=[
            Pool(
                name=name,
                origins=origins[name],
                origin_count=origin_count(tier),
                cloud=tier.cloud,
                region=tier.region,
                **{field: getattr(tier, field) for field in IN_THE_FRONT},
                **_place(tier),
            )
            for name, tier in tiers.items()
        ],
        health_path=health_path or health.effective_path,
        expected_status=health.effective_status,
        origin_port=port or origin_port(first),
        notifications=_notifications(front, secrets),
    )


def certificate_args(front: Front, tiers: Iterable[Tier]) -> "multicloud.OriginCertificateArgs":
    """The arguments of the certificate that tiers show to Cloudflare: for every name of the front, and its neighbours.

    Args:
        front: A front with `origin_certificate`.
        tiers: Those that show it, and others.
    """
    said = front.origin_certificate or inputs.OriginCertificate()
    on_machines = any(tier.certificate and tier.exposure not in (None, Exposure.LOAD_BALANCER) for tier in tiers)
    return multicloud.OriginCertificateArgs(
        hostnames=_covering(front),
        validity_days=said.validity_days,
        renew_before_days=said.renew_before_days,
        # Machines may be replaced after the update, and show the old one till then, which goes at once where the names are others.
        revoke=False if on_machines else None,
    )


def _covering(front: Front) -> list[str]:
    """What a certificate has to be for, so that most new aliases need no other: the zone, and all names beside each of the front's."""
    parents = {name.partition(".")[2] for name in front.names if name != front.zone}
    return [front.zone, *(f"*.{parent}" for parent in sorted({front.zone, *parents}))]


def checked_certificate(front: Front, tiers: Iterable[Tier]) -> None:
    """Raises ArgumentError, its path below the front, if Cloudflare would not make the certificate, or not renew it in time."""
    if front.origin_certificate is not None:
        try:
            certificate_args(front, tiers).check()
        except ArgumentError as error:
            path = error.path if error.path in inputs.OriginCertificate.model_fields else ""
            raise ArgumentError(path, error.wrong, error.mend).under("origin_certificate") from None


def origin_port(tier: Tier) -> int:
    """Where the front comes to."""
    # Where machines register does not change it, and may be refused.
    return tier_args(tier.model_copy(update={"registration": None}), secrets=EXAMPLES, tunnel=EXAMPLE_TUNNEL).origin_port


def checked_notifications(front: Front, secrets: Secrets) -> None:
    """Raises ArgumentError, its path below the front, if who hears of changes needs a secret that the stack lacks."""
    if notifications := _notifications(front, secrets):
        notifications.check(front.plan or Plan.FREE)


def pair_args(pair: PostgresPairArgs, tags: Tags = None) -> PostgresPairArgs:
    """The arguments of the database pair, which a file writes as they are.

    Args:
        pair: The database.
        tags: The environment's tags.
    """
    return replace(pair, tags=_laid_over(tags, pair.tags))


def _container(container: inputs.Container | None) -> Container | None:
    if container is None:
        return None
    given = {name: getattr(container, name) for name in type(container).model_fields}
    registry = container.registry
    return Container(
        **{**given, "registry": registry and Registry(user=registry.user, password_secret=registry.password_secret)},
    )


def _registration(tier: Tier, secrets: Secrets, zone_id: pulumi.Input[str]) -> Registration | None:
    if tier.registration is None:
        return None
    hostname, name, ttl = tier.registration.hostname, tier.registration.token_secret, tier.registration.ttl
    by_token, mend = tier.cloud in WITHOUT_STORE, f"write: pulumi config set --secret {TOKEN}"
    if by_token and name is not None:
        wrong = f"machines of {tier.cloud} have no secret store that they could read"
        raise ArgumentError("registration.token_secret", wrong, f"leave it out, and {mend}")
    if by_token and secrets.token is None:
        raise ArgumentError("registration", f"needs {TOKEN}, which the stack lacks", mend)
    return Registration(hostname=hostname, zone_id=zone_id, token_secret=name, token=secrets.token if by_token else None, ttl=ttl)


def _notifications(front: Front, secrets: Secrets) -> Notifications | None:
    said = front.notifications
    if said is None:
        return None
    urls = {}
    for index, name in enumerate(said.webhooks or []):
        if (url := secrets.webhook(name)) is None:
            mend = f"write: pulumi config set --secret --path '{WEBHOOKS}.{name}'"
            raise ArgumentError(f"notifications.webhooks[{index}]", f"needs {WEBHOOKS}.{name}, which the stack lacks", mend)
        urls[name] = url
    return Notifications(emails=said.emails, webhooks=urls or None, pagerduty=said.pagerduty)


def _certificate(tier: Tier, secrets: Secrets) -> Certificate | None:
    if not tier.certificate:
        return None
    if secrets.certificate is None:
        mend = f"write: pulumi config set {CERTIFICATE} < cert.pem, and: pulumi config set --secret {PRIVATE_KEY} < key.pem"
        raise ArgumentError("certificate", f"needs {CERTIFICATE} and {PRIVATE_KEY}, which the stack lacks", mend)
    return secrets.certificate


def _place(tier: Tier) -> dict[str, Any]:
    """Where a tier is that no table of regions has."""
    return {"latitude": tier.latitude, "longitude": tier.longitude} if isinstance(tier, ExternalTier) else {}


def _laid_over(tags: Tags, own: Tags) -> dict[str, str] | None:
    return {**(tags or {}), **(own or {})} or None
