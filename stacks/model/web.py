"""One web tier of an environment."""

from functools import partial
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from multicloud import tags
from multicloud.front.steering import OriginSteering
from multicloud.machine.workload import StaticSite
from multicloud.network import addresses
from multicloud.regions import REGIONS, check_region
from multicloud.web.contract import Debian, HealthCheck, Servers, Size
from multicloud.web.exposure import Exposure, Replacement
from multicloud.web.schedule import Schedule

from .base import Part, checked, refuse
from .inputs import Container, Registration


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


IN_THE_FRONT = (
    "weight", "minimum_origins", "origin_steering", "shed_percent", "shed_session_percent", "check_regions", "enabled", "routes_only",
    "cost",
)  # fmt: skip
"""What a tier says of its place in the front, where it is a pool."""


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
    container: Container | None = None
    """A container instead of `site`, whose server answers the health check."""
    release: Debian | None = None
    """The machines' release of Debian, in quotes. Defaults to 12."""
    health_check: Annotated[HealthCheck, AfterValidator(checked)] | None = None
    """How health is found out; path and status are the same for all tiers. Defaults to 200 from `/healthz` on port 80."""
    schedule: Annotated[Schedule, AfterValidator(checked)] | None = None
    """Other numbers of machines for times of the week. Defaults to none."""
    replacement: Annotated[Replacement, AfterValidator(checked)] | None = None
    """In what steps machines are replaced. Defaults to half as many new ones at a time, healthy before old ones go."""
    network: Annotated[str, AfterValidator(_network)] | None = None
    """Address range of the tier's own network in CIDR form. Defaults to one a cloud; a second tier on a cloud needs its own."""
    network_id: str | None = None
    """An existing network instead: the id of a VPC on AWS and DigitalOcean, the name or self link of a network on Google Cloud."""
    subnet_ids: list[str] | None = None
    """The subnets of `network_id` to use: two or more on AWS, one on Google Cloud, none on DigitalOcean."""
    exposure: Exposure | None = None
    """What the front sends visitors to: the cloud's load balancer, each machine, a name where machines register themselves, or a tunnel
    that the machines open, so that none has an open port. Defaults to load_balancer."""
    registration: Registration | None = None
    """Where machines register themselves, where `exposure` is registered."""
    certificate: bool = False
    """Whether the front comes over HTTPS alone, and the tier shows the stack's certificate: that of `front.origin_certificate`, or else
    `multicloud:originCertificate` and the secret `multicloud:originPrivateKey` of its configuration. The same for all tiers. Defaults to
    false: plain HTTP."""
    weight: float | None = None
    """Share of the visitors relative to the other tiers, 0 to 1, where `front.steering` weighs them. Defaults to 1. 0 drains the tier."""
    minimum_origins: int | None = None
    """How many of the tier's origins must be healthy for it to get visitors. Defaults to 1, which is all that a load balancer has."""
    origin_steering: OriginSteering | None = None
    """Which origin of the tier a visitor gets, where it has several. Defaults to random, by the origins' weights."""
    shed_percent: float | None = None
    """Share of new visitors that the tier sheds to the next ones, in percent, 0 to 100. Defaults to 0. With the pattern burst, the first
    tier has to have it."""
    shed_session_percent: float | None = None
    """The same for visitors who stay by session affinity. Defaults to 0."""
    check_regions: list[str] | None = None
    """Cloudflare's regions that health is checked from: `[WEU]`. One comes with the load balancing add-on, more are bought, up to eight;
    Enterprise has all, `[ALL_REGIONS]`. Defaults to the one that is nearest to the tier, and, on Enterprise with steering dynamic_latency,
    to all."""
    enabled: bool | None = None
    """Whether the tier gets visitors. Defaults to true; false takes it out, and its machines stay: at once, or, with
    `front.affinity.drain_seconds`, for new visitors at once and that much later for those who stay by session affinity."""
    routes_only: bool | None = None
    """Whether only those visitors get the tier whom `front.routes` or `front.geo` send there. Defaults to false."""
    cost: float | None = None
    """What the same work costs there, in any unit, for the pattern cost_weighted."""
    tags: dict[str, str] | None = None
    """Laid over the environment's tags."""

    @property
    def health(self) -> HealthCheck:
        """The health check, the default filled in."""
        return self.health_check or HealthCheck()

    @property
    def is_tunnelled(self) -> bool:
        """Whether it is reached through a tunnel that its machines open."""
        return self.exposure is Exposure.TUNNEL

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
    """The cloud's own name or id of the machines' image, which must be of `release`. Defaults to Debian's own."""

    @property
    def own_network(self) -> str | None:
        """The address range of the network that the tier makes, the default filled in; None where it uses an existing one."""
        return None if self.network_id else self.network or addresses.default_network(self.cloud, self.region)


class AwsTier(CloudTier):
    """A web tier on AWS."""

    cloud: Literal["aws"]
    """Amazon Web Services."""
    region: AwsRegion
    """Region, for example `eu-central-1`."""
    zones: list[str] | None = None
    """Zones to spread the machines over, for example `eu-central-1a`, two at least. Defaults to the first two of the region."""
    private: bool | None = None
    """Whether the machines are in private subnets, behind a NAT gateway in each zone, which is billed. Defaults to false."""
    machine_subnet_ids: list[str] | None = None
    """Existing private subnets for the machines, beside `subnet_ids` for the load balancer. Defaults to `subnet_ids`."""
    certificate_arn: str | None = None
    """ARN of an existing certificate of ACM, instead of the stack's: then, too, the front comes over HTTPS alone."""


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
    """Ids or fingerprints of SSH keys in the account, which pools of droplets must have. Defaults to none."""
    pool: bool | None = None
    """Whether a fixed number of droplets is an autoscale pool, too, whose droplets DigitalOcean replaces and heals by itself. Defaults to
    false."""


class ExternalTier(Tier):
    """A web tier of machines that somebody else runs. What only a cloud decides is refused."""

    cloud: Literal["external"]
    """No cloud: machines that are there already."""
    region: str | None = None
    """A name of the place, in lower-case letters, digits and hyphens: `basement-2`. Defaults to `external`."""
    servers: Annotated[Servers, AfterValidator(checked)] | None = None
    """How many machines there are, if it is to be said. Defaults to one for each of `addresses`."""
    addresses: list[str] | None = None
    """Where each machine is reached from the internet: IPv4 or IPv6 address, or hostname. Left out where `exposure` is registered, and
    there alone."""
    weights: list[float] | None = None
    """Share of the tier's traffic for each of `addresses`, in their order, 0 to 1. Defaults to the same for all."""
    latitude: float | None = None
    """Where the machines are in degrees north, where `front.steering` is proximity; with `longitude`."""
    longitude: float | None = None
    """Where the machines are in degrees east; with `latitude`."""


AnyTier = Annotated[AwsTier | GcpTier | DigitalOceanTier | ExternalTier, Field(discriminator="cloud")]
