"""All that a machine's user data is made of."""

from dataclasses import dataclass, field
from enum import StrEnum

import pulumi

from ..web.exposure import Registration
from .container import Container
from .workload import StaticSite


class Role(StrEnum):
    """What a machine is there for."""

    WEB = "web"
    """It answers visitors over HTTP."""


@dataclass(kw_only=True, frozen=True)
class TlsCertificate:
    """The certificate that nginx on the machine shows, read from the cloud's store at each start of nginx.

    So a machine that is still there when it is renewed shows the new one after its next restart. Of the certificate itself the user
    data holds a checksum alone, with which a renewal replaces the machines.
    """

    certificate: pulumi.Input[str]
    """The certificate in PEM form."""
    chain: pulumi.Input[str] | None = None
    """The intermediate certificates in PEM form."""
    private_key_secret: pulumi.Input[str]
    """Name of the secret in the cloud's store that holds all of it in PEM form: the certificate, its chain and its private key, in this
    order. One secret, so that no machine ever gets one certificate and the key of another."""
    client_ca: pulumi.Input[str] | None = None
    """Authorities in PEM form, of one of which whoever comes has to show a certificate, but to the health path. Public, so that it stands
    in the user data."""


@dataclass(kw_only=True, frozen=True)
class Connector:
    """The tunnel that the machine opens, with a token from the cloud's store, or from the user data where there is none.

    Another tunnel replaces the machines; another token of the same one does not where it is in a store, which is read at each start.
    """

    hostname: pulumi.Input[str]
    """The tunnel's name."""
    token_secret: pulumi.Input[str] | None = None
    """Name of the secret in the cloud's store that holds the token."""
    token: pulumi.Input[str] | None = field(default=None, repr=False)
    """The token itself, where there is no such store."""


@dataclass(kw_only=True, frozen=True)
class Bootstrap:
    """A machine, as its user data tells it.

    What may be an output in it is plain text when it is rendered; see `arguments.applied`.
    """

    cloud: str
    """Name of the cloud."""
    region: str
    """Name of the region, in the cloud's own terms."""
    component: str
    """Name of the tier."""
    role: Role = Role.WEB
    """What the machine is there for."""
    health_path: str = "/healthz"
    """Path that the machine answers itself, unless the site has a page there. Of a fetched site, only a path that ends with a slash is
    taken for a page. A script's or a container's own server answers it."""
    port: int = 80
    """Port that the machine serves on: for visitors, and for the health check."""
    status: int = 200
    """What is answered at `health_path`: 200 to 299, or up to 399 where a script's or a container's server does it."""
    site: StaticSite | None = None
    """What nginx serves. Without any workload, a page that says which cloud, region and machine answered."""
    script: str | None = None
    """A script of the user's own, run once as root. The machine is healthy when it has ended with 0 and its server answers
    `health_path` on `port`: the script finds them in HEALTH_PATH and PORT, beside CLOUD and REGION."""
    container: Container | None = None
    """A container, published on `port`."""
    registration: Registration | None = None
    """Where the machine registers itself once it is healthy."""
    tunnel: Connector | None = None
    """The tunnel that visitors come through. Nothing on the machine is reached in another way: what serves them listens on loopback, or
    is closed off."""
    certificate: TlsCertificate | None = None
    """For HTTPS on `port` instead of HTTP."""
    commands: tuple[str, ...] = ()
    """Shell scripts that the cloud needs, run last: one that fails stops nothing else."""

    @property
    def gated(self) -> bool:
        """Whether the machine is not healthy before its workload has been put in place."""
        return self.script is not None or self.container is not None or bool(self.site and self.site.fetched)

    @property
    def scheme(self) -> str:
        """What the machine speaks on `port`."""
        return "http" if self.certificate is None else "https"

    @property
    def health_url(self) -> str:
        """Where the machine asks itself for its health."""
        return f"{self.scheme}://127.0.0.1:{self.port}{self.health_path}"

    @property
    def curl(self) -> str:
        """The command that does. Whom the certificate is for is not asked: the machine talks to itself."""
        return "curl -s" if self.certificate is None else "curl -sk"
