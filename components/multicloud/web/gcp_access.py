"""Who the machines of a web tier on Google Cloud are, what they may do and read, and who reaches them."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from ..arguments import planned
from ..errors import ArgumentError
from ..google import Children
from ..naming import fitted
from ..network import addresses
from .contract import WebTierArgs
from .exposure import Certificate, Exposure, TunnelConnection

PROXY_RANGES = ["130.211.0.0/22", "35.191.0.0/16"]
"""Where Google's proxies and health checks come from: https://cloud.google.com/load-balancing/docs/https#firewall-rules."""

_ROLES = {"log-writer": "roles/logging.logWriter", "metric-writer": "roles/monitoring.metricWriter"}
_READER = "roles/secretmanager.secretAccessor"
_SECRET = re.compile(r"(projects/[a-z0-9:.-]+/secrets/)?[A-Za-z0-9_-]{1,255}")


def account_id(project: str, stack: str, name: str) -> str:
    """Id of a component's service account, 6 to 30 characters: one for each component of each stack."""
    return fitted(f"{name}-{stack}-{project}".lower().replace("_", "-").replace(".", "-"), 30).rstrip("-").ljust(6, "0")


def service_account(children: Children) -> gcp.serviceaccount.Account:
    """The machines' identity."""
    return gcp.serviceaccount.Account(
        f"{children.name}-machines",
        # Its 30 characters are too few for auto-naming; and nothing but another id ever replaces an account.
        account_id=account_id(pulumi.get_project(), pulumi.get_stack(), children.name),
        display_name=f"Machines of {children.name}",
        description=children.description,
        opts=children.options,
    )


def grants(children: Children, account: gcp.serviceaccount.Account) -> list[gcp.projects.IAMMember]:
    """All that the machines may do in the project by themselves: write logs and metrics."""
    return [
        gcp.projects.IAMMember(
            f"{children.name}-{suffix}", project=account.project, role=role, member=account.member, opts=children.options
        )
        for suffix, role in _ROLES.items()
    ]


def check_secrets(named: Mapping[str, pulumi.Input[str]]) -> None:
    """Refuses what cannot be the name of a secret.

    Args:
        named: See `WebTierArgs.named_secrets`.

    Raises:
        ArgumentError: At the path of the first one.
    """
    for path, secret in named.items():
        if isinstance(secret, str) and not _SECRET.fullmatch(secret):
            mend = "write it like shop-token, or projects/shop-prod/secrets/shop-token"
            raise ArgumentError(path, "is no name of a secret of Secret Manager", mend)


def secret_grants(
    children: Children, account: gcp.serviceaccount.Account, named: Mapping[str, pulumi.Input[str]]
) -> list[gcp.secretmanager.SecretIamMember]:
    """Lets the machines read the named secrets, and no others.

    A grant is called after its secret and not after what it is used for: one that moves to another variable is no new grant, whose
    elder would take it away again with itself.

    Args:
        children: The tier's.
        account: The machines' identity.
        named: See `WebTierArgs.named_secrets`.
    """
    suffixes = {
        f"secret-{secret}" if isinstance(secret, str) else f"secret-of-{re.sub(r'[^A-Za-z0-9_]+', '-', path).strip('-')}": secret
        for path, secret in named.items()
    }
    return [_reader(children, suffix, account, secret) for suffix, secret in suffixes.items()]


@dataclass(kw_only=True, frozen=True)
class GcpPrivateKeyResources:
    """The certificate that the machines show with its private key, where they alone can read it."""

    secret: gcp.secretmanager.Secret
    version: gcp.secretmanager.SecretVersion
    grant: gcp.secretmanager.SecretIamMember


def private_key(children: Children, account: gcp.serviceaccount.Account, certificate: Certificate) -> GcpPrivateKeyResources:
    """Puts a certificate, its chain and its private key into Secret Manager: in this order in one secret, so that a machine never has
    the one with another's key, whichever version it reads."""
    text = joined(certificate.certificate, certificate.chain, certificate.private_key)
    secret, version = _stored(children, "certificate-key", text)
    return GcpPrivateKeyResources(secret=secret, version=version, grant=_reader(children, "certificate-key-reader", account, secret.id))


@dataclass(kw_only=True, frozen=True)
class GcpTunnelTokenResources:
    """The token of the tunnel, where the machines alone can read it."""

    secret: gcp.secretmanager.Secret
    version: gcp.secretmanager.SecretVersion
    grant: gcp.secretmanager.SecretIamMember


def tunnel_token(children: Children, account: gcp.serviceaccount.Account, tunnel: TunnelConnection) -> GcpTunnelTokenResources:
    """Puts the token of a tunnel into Secret Manager."""
    secret, version = _stored(children, "tunnel-token", pulumi.Output.secret(tunnel.token))
    return GcpTunnelTokenResources(secret=secret, version=version, grant=_reader(children, "tunnel-token-reader", account, secret.id))


def _stored(children: Children, suffix: str, text: pulumi.Output[str]) -> tuple[gcp.secretmanager.Secret, gcp.secretmanager.SecretVersion]:
    """A secret, and what is in it."""
    secret = gcp.secretmanager.Secret(
        f"{children.name}-{suffix}",
        replication=gcp.secretmanager.SecretReplicationArgs(auto=gcp.secretmanager.SecretReplicationAutoArgs()),
        labels=children.labels,
        opts=children.options,
    )
    version = gcp.secretmanager.SecretVersion(
        f"{children.name}-{suffix}-version", secret=secret.id, secret_data=text, opts=children.options
    )
    return secret, version


def joined(*parts: pulumi.Input[str] | None) -> pulumi.Output[str]:
    """Texts in PEM form in one, each on lines of its own; those that are left out are left out."""
    return pulumi.Output.all(*parts).apply(lambda known: "".join(f"{part.strip()}\n" for part in known if part))


def _reader(
    children: Children, suffix: str, account: gcp.serviceaccount.Account, secret: pulumi.Input[str]
) -> gcp.secretmanager.SecretIamMember:
    return gcp.secretmanager.SecretIamMember(
        f"{children.name}-{suffix}", secret_id=secret, role=_READER, member=account.member, opts=children.options
    )


def sources(ranges: list[str]) -> list[str]:
    """Who reaches machines that visitors come to directly: Google's health checks, and the IPv4 ranges among `ranges`, merged where they
    overlap or touch. Those of IPv6 are left out, as no machine has an IPv6 address, and a rule holds one kind alone.

    Args:
        ranges: Addresses or ranges in CIDR form.

    Raises:
        ArgumentError: At `admitted_ranges`, if one of them is no range.
    """
    networks = addresses.ranges(ranges, "admitted_ranges")
    merged = ipaddress.collapse_addresses(network for network in networks if isinstance(network, ipaddress.IPv4Network))
    return [*PROXY_RANGES, *(str(network) for network in merged)]


def firewall(
    children: Children, suffix: str, network: pulumi.Input[str], account: gcp.serviceaccount.Account, args: WebTierArgs
) -> gcp.compute.Firewall:
    """Lets Google's proxies and health checks through to the machines, and without a load balancer the admitted ranges; nobody else."""
    behind = args.effective_exposure is Exposure.LOAD_BALANCER
    return gcp.compute.Firewall(
        children.named(suffix),
        network=network,
        direction="INGRESS",
        allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=[str(args.machine_port)])],
        source_ranges=PROXY_RANGES if behind else planned(sources, args.admitted_ranges),
        target_service_accounts=[account.email],
        description=children.description,
        # The API cannot move a rule: https://cloud.google.com/sdk/gcloud/reference/compute/firewall-rules/update. And another port is
        # opened beside the old one, which closes once no machine serves on it.
        opts=pulumi.ResourceOptions(parent=children.options.parent, replace_on_changes=["network", "allows"]),
    )
