"""One web tier of an environment."""

from functools import partial
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from multicloud import tags
from multicloud.machine.workload import StaticSite
from multicloud.network import addresses
from multicloud.regions import REGIONS, check_region
from multicloud.web.contract import HealthCheck, Servers, Size

from .base import Part, checked, refuse


def _network(cidr: str) -> str:
    refuse(lambda: addresses.network(cidr, ""))
    return cidr


def _region(cloud: str, region: str) -> str:
    refuse(lambda: check_region(cloud, region, ""))
    return region


# Checked, and listed for editors.
AwsRegion = Annotated[str, AfterValidator(partial(_region, "aws")), Field(json_schema_extra={"enum": [*REGIONS["aws"]]})]
GcpRegion = Annotated[str, AfterValidator(partial(_region, "gcp")), Field(json_schema_extra={"enum": [*REGIONS["gcp"]]})]
DigitalOceanRegion = Annotated[
    str, AfterValidator(partial(_region, "digitalocean")), Field(json_schema_extra={"enum": [*REGIONS["digitalocean"]]})
]


class Tier(Part):
    """What a tier may state anywhere."""

    cloud: str
    region: str | None = None
    servers: Annotated[Servers, AfterValidator(checked)] | None = None
    """How many machines."""
    size: Size | None = None
    """How large each machine is. Defaults to small."""
    machine_type: str | None = None
    """The cloud's own name of a machine type, instead of `size`."""
    site: StaticSite | None = None
    """Static files that the machines serve. Defaults to a page that says which cloud, region and machine answered."""
    script: str | None = None
    """A script of your own instead of `site`, run once at each machine's first boot: `#!/bin/sh` and so on. It must hold no secret."""
    health_check: Annotated[HealthCheck, AfterValidator(checked)] | None = None
    """How health is found out; path and status are the same for all tiers. Defaults to 200 from `/healthz` on port 80."""
    network: Annotated[str, AfterValidator(_network)] | None = None
    """Address range of the tier's own network in CIDR form. Defaults to one a cloud; a second tier on a cloud needs its own."""
    weight: float | None = None
    """Share of the visitors relative to the other tiers, 0 to 1, where `front.steering` weighs them. Defaults to 1. 0 drains the tier."""
    tags: dict[str, str] | None = None
    """Laid over the environment's tags."""

    @property
    def health(self) -> HealthCheck:
        """The health check, the default filled in."""
        return self.health_check or HealthCheck()

    @model_validator(mode="after")
    def _follows_the_rules(self) -> Self:
        refuse(lambda: tags.check(self.tags or {}))
        return self


class CloudTier(Tier):
    """What a tier states on every cloud."""

    region: str
    servers: Annotated[Servers, AfterValidator(checked)]
    """How many machines."""
    image: str | None = None
    """The cloud's own name or id of the machines' image, which must be a Debian 12. Defaults to Debian's own."""

    @property
    def effective_network(self) -> str:
        """The address range, the default filled in."""
        return self.network or addresses.default_network(self.cloud, self.region)


class AwsTier(CloudTier):
    """A web tier on AWS."""

    cloud: Literal["aws"]
    """Amazon Web Services."""
    region: AwsRegion
    """Region, for example `eu-central-1`."""
    zones: list[str] | None = None
    """Zones to spread the machines over, for example `eu-central-1a`, two at least. Defaults to the first two of the region."""


class GcpTier(CloudTier):
    """A web tier on Google Cloud."""

    cloud: Literal["gcp"]
    """Google Cloud."""
    region: GcpRegion
    """Region, for example `europe-west3`."""
    zones: list[str] | None = None
    """Zones to spread the machines over, for example `europe-west3-a`. Defaults to three of the region, which Google chooses."""


class DigitalOceanTier(CloudTier):
    """A web tier on DigitalOcean."""

    cloud: Literal["digitalocean"]
    """DigitalOcean."""
    region: DigitalOceanRegion
    """Slug of the region, for example `fra1`."""
    ssh_keys: list[str] | None = None
    """Ids or fingerprints of SSH keys in the account, which droplets that scale must have. Defaults to none."""


class ExternalTier(Tier):
    """A web tier of machines that somebody else runs. What only a cloud decides is refused."""

    cloud: Literal["external"]
    """No cloud: machines that are there already."""
    region: str | None = None
    """A name of the place, in lower-case letters, digits and hyphens: `basement-2`. Defaults to `external`."""
    servers: Annotated[Servers, AfterValidator(checked)] | None = None
    """How many machines there are, if it is to be said. Defaults to one for each of `addresses`."""
    addresses: list[str]
    """Where each machine is reached from the internet: IPv4 or IPv6 address, or hostname."""
    weights: list[float] | None = None
    """Share of the tier's traffic for each of `addresses`, in their order, 0 to 1. Defaults to the same for all."""
    latitude: float | None = None
    """Where the machines are in degrees north, where `front.steering` is proximity; with `longitude`."""
    longitude: float | None = None
    """Where the machines are in degrees east; with `latitude`."""


AnyTier = Annotated[AwsTier | GcpTier | DigitalOceanTier | ExternalTier, Field(discriminator="cloud")]
