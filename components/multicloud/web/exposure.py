"""How visitors reach a tier: through the cloud's load balancer, machine by machine, or through a tunnel."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Optional

import pulumi

from ..arguments import STAND_IN
from ..errors import ArgumentError
from ..naming import check_hostname

_TUNNEL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.cfargotunnel\.com")
_TUNNEL_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
"""JSON with the account, the tunnel and its secret, in Base64."""


class Exposure(StrEnum):
    """What the front sends visitors to."""

    LOAD_BALANCER = "load_balancer"
    """The cloud's own load balancer, which sends them on to healthy machines. One origin."""
    MACHINES = "machines"
    """Each machine, at a reserved address that outlives it. A fixed number of machines, an origin each."""
    REGISTERED = "registered"
    """The machines that have put themselves under one name at Cloudflare; see `Registration`. One origin: the name."""
    TUNNEL = "tunnel"
    """A tunnel of Cloudflare's, which every healthy machine opens from inside; see `TunnelConnection`. No port of a machine is open to
    anybody. One origin: the tunnel's name."""


def check_token(token: str, path: str) -> None:
    """Raises ArgumentError at `path` if a text, which is not shown, is no API token of Cloudflare."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{20,}", token):
        raise ArgumentError(path, "is no API token of Cloudflare", "make one with the template Edit zone DNS")


@dataclass(kw_only=True, frozen=True)
class Registration:
    """The name at Cloudflare under which healthy machines put their own addresses, and from which they take them away.

    Each machine needs a token that may edit the records of the zone, and nothing else: template "Edit zone DNS", for one zone
    (https://developers.cloudflare.com/fundamentals/api/reference/template/). Let the name be one that nothing else uses. 40 machines at
    most, of all tiers whose tokens are the same user's: they share that user's limit of requests. IPv4 addresses only.
    """

    hostname: str
    """The name, for example `origins.aws.example.com`. Nothing else may keep records there."""
    zone_id: pulumi.Input[str]
    """Id of its zone at Cloudflare: 32 hexadecimal digits."""
    token_secret: Optional[pulumi.Input[str]] = None
    """Name of the secret in the cloud's own store that holds the token, and nothing else: on AWS the name or ARN of a secret of
    Secrets Manager, on Google Cloud that of one of Secret Manager. Machines read it each time, so a new token is picked up."""
    token: Optional[pulumi.Input[str]] = field(default=None, repr=False)
    """The token itself, where there is no such store: on DigitalOcean and on machines of somebody else. It is in the user data then, a
    secret in Pulumi's state, readable on the machine by root alone."""
    proxied: Optional[bool] = None
    """Whether Cloudflare stands between visitors and the machines. Defaults to false: visitors, or a front, get the addresses."""
    ttl: Optional[int] = None
    """Seconds that resolvers keep an address, 60 to 86400. Defaults to 60, so that a dead machine is forgotten soon. Not with `proxied`."""

    def check(self) -> None:
        """Raises ArgumentError, its path below `registration`, if it cannot work."""
        check_hostname(self.hostname, "registration.hostname")
        if isinstance(self.zone_id, str) and not re.fullmatch(r"[0-9a-f]{32}", self.zone_id):
            raise ArgumentError("registration.zone_id", "is no id of a zone", "write the 32 hexadecimal digits of the zone's overview page")
        if self.token_secret is not None and self.token is not None:
            raise ArgumentError("registration.token", "is given beside token_secret", "leave token out")
        if self.token_secret is None and self.token is None:
            raise ArgumentError("registration.token_secret", "is missing", "name the secret that holds the token")
        if isinstance(self.token, str):
            check_token(self.token, "registration.token")
        if self.ttl is not None and self.proxied:
            raise ArgumentError("registration.ttl", "is given beside proxied, where Cloudflare decides it", "leave one of the two out")
        if self.ttl is not None and not 60 <= self.ttl <= 86400:
            raise ArgumentError("registration.ttl", f"{self.ttl} is outside 60 to 86400 seconds", "60 forgets a dead machine soonest")


@dataclass(kw_only=True, frozen=True)
class TunnelConnection:
    """The tunnel of Cloudflare's that the machines connect to: `TunnelConnection(hostname=tunnel.hostname, token=tunnel.token)`.

    All healthy machines of all tiers with the same tunnel are its replicas, of which a visitor gets the nearest. 25 machines at most,
    of all those tiers together: further ones wait until one goes, as new machines may while they replace old ones.
    """

    hostname: pulumi.Input[str]
    """The tunnel's name, `<id>.cfargotunnel.com`: where a front sends visitors to."""
    token: pulumi.Input[str] = field(repr=False)
    """The tunnel's token, with which a machine connects. On AWS and Google Cloud it is kept in the cloud's secret store, elsewhere in
    the user data: a secret in Pulumi's state, readable on the machine by root alone."""

    def check(self) -> None:
        """Raises ArgumentError, its path below `tunnel`, if a part is not what it has to be. The token is not shown."""
        if isinstance(self.hostname, str) and not _TUNNEL.fullmatch(self.hostname):
            mend = "write the tunnel's id and .cfargotunnel.com, or give the hostname of a Tunnel"
            raise ArgumentError("tunnel.hostname", "is no name of a tunnel", mend)
        if isinstance(self.token, str) and not _TUNNEL_TOKEN.fullmatch(self.token):
            raise ArgumentError("tunnel.token", "is no token of a tunnel", "give the token of a Tunnel, or that of the dashboard")


@dataclass(kw_only=True, frozen=True)
class Certificate:
    """The certificate that the tier shows to the front, which then comes over HTTPS alone."""

    certificate: pulumi.Input[str]
    """The certificate in PEM form, the tier's own alone."""
    private_key: pulumi.Input[str] = field(repr=False)
    """Its private key in PEM form, without a passphrase. Kept as a secret in Pulumi's state and by the cloud."""
    chain: Optional[pulumi.Input[str]] = None
    """The intermediate certificates in PEM form. Defaults to none, which is right for Cloudflare's own origin certificates."""
    client_ca: Optional[pulumi.Input[str]] = None
    """The authority, in PEM form, of the certificate that whoever comes has to show, or several of them: that of `OriginPulls`, say,
    whose certificate Cloudflare alone has. Everybody else is refused: by machines with an error 403, or 400 where the certificate is
    another's, everywhere but at the path of the health check; by AWS's load balancer before a word is said, so that the front has to have
    `monitor.shows_certificate`. On Google Cloud it needs an `exposure` without a load balancer. Defaults to none: everybody whom
    `admitted_ranges` lets in."""

    def check(self) -> None:
        """Raises ArgumentError, its path below `certificate`, if a part is not what it has to be. None of it is shown."""
        if isinstance(self.private_key, str) and "ENCRYPTED" in self.private_key:
            raise ArgumentError("certificate.private_key", "is encrypted with a passphrase", "give it without one")
        for name, text, label in (
            ("certificate", self.certificate, "CERTIFICATE"),
            ("private_key", self.private_key, "PRIVATE KEY"),
            ("chain", self.chain, "CERTIFICATE"),
            ("client_ca", self.client_ca, "CERTIFICATE"),
        ):
            if isinstance(text, str) and not _pem(label).fullmatch(text):
                raise ArgumentError(f"certificate.{name}", "is not in PEM form", f"give the text from -----BEGIN {label}----- to its end")
        for name, text in (("certificate", self.certificate), ("private_key", self.private_key)):
            if isinstance(text, str) and text.count("-----BEGIN") > 1:
                mend = "give the others as chain" if name == "certificate" else "give the certificate's own"
                raise ArgumentError(f"certificate.{name}", "holds more than one", mend)


@dataclass(kw_only=True, frozen=True)
class Replacement:
    """How machines are replaced when what they are made of changes: in what steps."""

    surge_percent: Optional[int] = None
    """How many more machines may run meanwhile, in percent of their number, 0 to 100. Defaults to 50; at least one machine a zone on
    Google Cloud. With 0, old machines go before new ones come."""
    unavailable_percent: Optional[int] = None
    """How many machines may be missing meanwhile, in percent of their number, 0 to 100. Defaults to 0: new ones are healthy before
    old ones go."""

    @property
    def surge(self) -> int:
        """The percentage of additional machines, the default filled in."""
        return 50 if self.surge_percent is None else self.surge_percent

    @property
    def unavailable(self) -> int:
        """The percentage of missing machines, the default filled in."""
        return 0 if self.unavailable_percent is None else self.unavailable_percent

    def check(self) -> None:
        """Raises ArgumentError, its path below `replacement`, if the numbers cannot work."""
        for path, percent in (("surge_percent", self.surge), ("unavailable_percent", self.unavailable)):
            if not 0 <= percent <= 100:
                raise ArgumentError(f"replacement.{path}", f"{percent} is outside 0 to 100 percent", "leave it out for the default")
        if self.surge == self.unavailable == 0:
            raise ArgumentError(
                "replacement.surge_percent", "is 0 beside unavailable_percent 0: no machine could be replaced", "let one be above 0"
            )


def authorities_of_clients(client_ca: str) -> str:
    """The text of `Certificate.client_ca`, known at last, without space around it that would make it another one.

    Raises:
        ArgumentError: At `certificate.client_ca`, which it does not show: it may be a private key that went astray.
    """
    if client_ca != STAND_IN and not _pem("CERTIFICATE").fullmatch(client_ca):
        mend = "give the text from -----BEGIN CERTIFICATE----- to its end"
        raise ArgumentError("certificate.client_ca", "is not certificates in PEM form", mend)
    return client_ca.strip() + "\n"


def _pem(label: str) -> re.Pattern[str]:
    """Blocks of one kind and nothing else, so that no private key slips into what everybody may see, and none is cut off."""
    return re.compile(rf"\s*(-----BEGIN (?P<kind>([A-Z]+ )?{label})-----\s[^-]+-----END (?P=kind)-----\s*)+")
