"""What the tests of all web tiers have to know of each cloud. A new cloud joins by one entry of `CLOUDS`."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_digitalocean as digitalocean
import pulumi_gcp as gcp

import multicloud
from multicloud import Certificate, Exposure, Registration, Servers, TunnelConnection
from tests.recording import Recording

RANGES = ["173.245.48.0/20", "2400:cb00::/32"]
"""Two of Cloudflare's."""

TOKEN = "planted-token-of-cloudflare_0123456789ab"
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nUExBTlRFRC1wcml2YXRlLWtleS1vZi10aGUtb3JpZ2lu\n-----END PRIVATE KEY-----\n"
TUNNEL_TOKEN = "eyJhIjoicGxhbnRlZCIsInQiOiJ0b2tlbiIsInMiOiJvZi1hLXR1bm5lbCJ9"
PLANTED = (TOKEN, PRIVATE_KEY, TUNNEL_TOKEN)
"""Secrets that the tests give to tiers. Neither opens anything."""

CERTIFICATE = Certificate(
    certificate="-----BEGIN CERTIFICATE-----\nY2VydGlmaWNhdGUgb2YgdGhlIG9yaWdpbg==\n-----END CERTIFICATE-----\n",
    private_key=PRIVATE_KEY,
    chain="-----BEGIN CERTIFICATE-----\naW50ZXJtZWRpYXRlIGNlcnRpZmljYXRl\n-----END CERTIFICATE-----\n",
)

ASKING = replace(CERTIFICATE, client_ca=CERTIFICATE.chain)
"""Whoever comes has to show a certificate, too."""

ZONE = "0123456789abcdef0123456789abcdef"
BY_SECRET = Registration(hostname="origins.example.com", zone_id=ZONE, token_secret="dns-token")
BY_TOKEN = Registration(hostname="origins.example.com", zone_id=ZONE, token=TOKEN)
TUNNEL = TunnelConnection(hostname="01234567-89ab-cdef-0123-456789abcdef.cfargotunnel.com", token=TUNNEL_TOKEN)


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """What the tests have to know of a cloud."""

    name: str
    region: str
    provider: Callable[[], pulumi.ProviderResource] | None
    """None where nothing is created."""
    machine_type: str
    """A machine type in the cloud's own words."""
    network: dict[str, Any] = field(default_factory=dict)
    """An existing network, in the cloud's own words."""
    own: dict[str, Any] = field(default_factory=dict)
    """What the cloud needs on top."""
    scaling: dict[str, Any] = field(default_factory=dict)
    """What it needs on top where the number of machines scales."""
    registration: Registration = BY_SECRET
    """How machines come to their token there."""
    refused: dict[str, str] = field(default_factory=dict)
    """What it cannot do: the cases of `PORTABLE`, each with the path of its refusal."""

    @property
    def prefix(self) -> str:
        return {"aws": "Aws", "gcp": "Gcp", "digitalocean": "DigitalOcean", "external": "External"}[self.name]

    @property
    def tier(self) -> Any:
        return getattr(multicloud, f"{self.prefix}WebTier")

    @property
    def args(self) -> Any:
        return getattr(multicloud, f"{self.prefix}WebTierArgs")

    def given(self, **portable: Any) -> Any:
        """The cloud's own arguments class with the portable arguments, and with what the cloud needs beside them."""
        servers = portable.get("servers", Servers(min=2))
        own = {**self.own, **(self.scaling if isinstance(servers, Servers) and servers.scales else {})}
        if portable.get("exposure") == Exposure.REGISTERED:
            portable = {"registration": self.registration, **portable}
            own.pop("addresses", None)  # the machines say where they are
        if portable.get("exposure") == Exposure.TUNNEL:
            portable = {"tunnel": TUNNEL, **portable}
            portable.pop("admitted_ranges", None)  # nobody is admitted
            own.pop("addresses", None)
        return self.args(region=self.region, **{"servers": servers, **own, **portable})

    def make(self, args: Any) -> Any:
        """A tier named `site` with its provider."""
        return self.tier("site", args, pulumi.ResourceOptions(providers=[self.provider()]) if self.provider else None)

    def recorded(self, **portable: Any) -> Recording:
        """A program with one such tier, run."""
        recording = Recording()
        try:
            recording.run(lambda: self.make(self.given(**portable)))
        finally:
            recording.close()
        return recording


CLOUDS = [
    Cloud(
        name="aws",
        region="eu-central-1",
        provider=lambda: aws.Provider("explicit", region="eu-central-1"),
        machine_type="m7i.large",
        network={
            "network_id": "vpc-0123456789abcdef0",
            "subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        },
    ),
    Cloud(
        name="gcp",
        region="europe-west3",
        provider=lambda: gcp.Provider("explicit", project="p", region="europe-west3"),
        machine_type="n2-standard-4",
        network={"network_id": "projects/p/global/networks/shared", "subnet_ids": ["projects/p/regions/europe-west3/subnetworks/shared"]},
        refused={"a certificate that asks for another": "certificate.client_ca"},
    ),
    Cloud(
        name="digitalocean",
        region="fra1",
        provider=lambda: digitalocean.Provider("explicit", token="t"),
        machine_type="c-4",
        network={"network_id": "5a4981aa-9653-4bd1-bef5-d6bff52042e4"},
        scaling={"ssh_keys": ["1"]},
        registration=BY_TOKEN,
        refused={
            "a certificate that asks for another": "certificate.client_ca",
            "a schedule": "schedule",
            "a schedule that raises the fewest": "schedule",
            "replacement at once": "replacement",
            "replacement in place": "replacement",
            "a container with secrets": "container.secrets",
            "a container of a private registry": "container.registry",
            "a certificate on machines": "certificate",
            "a certificate on machines that asks for another": "certificate",
            "a certificate on registered machines": "certificate",
        },
    ),
    Cloud(
        name="external",
        region="basement",
        provider=None,
        machine_type="rack-2",
        network={"network_id": "rack-2"},
        own={"addresses": ["203.0.113.1", "2001:db8::2"]},
        registration=BY_TOKEN,
        refused={
            "a certificate that asks for another": "certificate",
            "a fixed number": "servers.min",  # another one than that of the addresses
            "a number that scales": "servers.max",
            "small": "size",
            "medium": "size",
            "large": "size",
            "a machine type": "machine_type",
            "Debian 12": "release",
            "Debian 13": "release",
            "a network": "network",
            "an existing network": "network_id",
            "a schedule": "schedule",
            "a schedule that raises the fewest": "schedule",
            "replacement at once": "replacement",
            "replacement in place": "replacement",
            "a container with secrets": "container.secrets",
            "a container of a private registry": "container.registry",
            "a load balancer": "exposure",
            "a certificate": "certificate",
            "a certificate on machines": "certificate",
            "a certificate on machines that asks for another": "certificate",
            "a certificate on registered machines": "certificate",
            "ranges": "admitted_ranges",
        },
    ),
]
