"""Parts of an environment whose classes in the library take outputs, too: here they are plain values of a file."""

from enum import StrEnum

from .base import Part


class Registry(Part):
    """How the machines log in to the registry that the image comes from."""

    user: str
    """Name of the user."""
    password_secret: str
    """Name of the secret in the cloud's own store that holds the password or token, and nothing else."""


class Container(Part):
    """One container a machine, kept running by systemd."""

    image: str
    """The image, at best with its digest: `ghcr.io/example/shop:1.4`, or `...@sha256:...`."""
    port: int
    """The port that the server in the container listens on. The machine's own is `health_check.port`."""
    environment: dict[str, str] | None = None
    """Environment variables, in quotes. None may be a secret: they are in this file and in the user data."""
    secrets: dict[str, str] | None = None
    """Environment variables that are secrets: of each the name of the secret in the cloud's own store, which must exist. On AWS and
    Google Cloud."""
    command: list[str] | None = None
    """What runs in the container. Defaults to what the image says."""
    registry: Registry | None = None
    """How to log in to the registry. Defaults to not at all, for a public image."""


class Registration(Part):
    """The name at Cloudflare under which healthy machines put their own addresses.

    It is not proxied: a front sends visitors to addresses, and takes no name that is.
    """

    hostname: str
    """The name, in the front's zone: `origins.example.com`. Nothing else may keep records there."""
    token_secret: str | None = None
    """Name of the secret in the cloud's own store that holds a token of Cloudflare which may edit the zone's DNS, and nothing else.
    DigitalOcean and machines of somebody else have no such store: there the token is `multicloud:registrationToken`."""
    ttl: int | None = None
    """Seconds that resolvers keep an address, 60 to 86400. Defaults to 60."""


class OriginCertificate(Part):
    """The certificate that tiers show to Cloudflare, from Cloudflare's own authority for origins: for the zone, and for all names beside
    those of the front, `*.example.com`."""

    validity_days: int | None = None
    """For how many days it is valid: 7, 30, 90, 365, 730, 1095 or 5475. Defaults to 365."""
    renew_before_days: int | None = None
    """How many days before its end each of the two that are made in turn is replaced. Tiers show the newer one, which never gets as old.
    Defaults to a third of `validity_days`, 60 at most."""


class OriginPulls(StrEnum):
    """What becomes of the certificate that Cloudflare shows to tiers, for this zone alone."""

    SHOWN = "shown"
    """Cloudflare shows it, and no tier asks for it: the step before and after `required` on a site with visitors."""
    REQUIRED = "required"
    """The tiers that say `certificate: true` refuse everyone who does not show it."""


class Notifications(Part):
    """Who hears of it when a tier becomes healthy or unhealthy."""

    emails: list[str] | None = None
    """Addresses."""
    webhooks: list[str] | None = None
    """Names of webhooks. The URL of each is a secret, and stands beside the environment: `multicloud:notificationWebhooks`."""
    pagerduty: list[str] | None = None
    """Ids of services of PagerDuty that are connected to the account already: 32 hexadecimal digits. On Business and above."""
