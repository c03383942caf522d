"""What every web tier takes and gives, whatever cloud it stands on.

A cloud's own class (`AwsWebTierArgs` …) extends `WebTierArgs` with what only that cloud has. What is plain here decides
which resources exist; what is a `pulumi.Input` only flows through. No provider SDK is imported here.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Optional, Protocol, TypedDict

import pulumi

from ..arguments import STAND_IN, applied, known
from ..errors import ArgumentError
from ..machine import user_data
from ..machine.bootstrap import Bootstrap, Connector, TlsCertificate
from ..machine.container import Container
from ..machine.registration import check_count
from ..machine.tunnel import check_replicas
from ..machine.workload import StaticSite
from ..network import addresses
from ..tags import check as check_tags
from .exposure import Certificate, Exposure, Registration, Replacement, TunnelConnection
from .schedule import Schedule

MOST_MACHINES = 2000
"""The most in one regional group on Google Cloud, and a number that no other cloud gives without being asked.

Source: https://cloud.google.com/compute/docs/instance-groups/regional-migs
"""

LONGEST_NAME = "tier-0q9w1e8r2t7y3u6i4o5p-z0x9c1v8b2n7m3k6l4j5"
"""A name as long as any cloud lets a tier have, which no compression shortens: user data that fits with it fits with every name."""

NEWEST = "newest"
"""The `image` that follows Debian, where a cloud keeps the one that a tier was made with by default."""


class Debian(StrEnum):
    """A release of Debian, the same on every cloud."""

    BOOKWORM = "12"
    """Debian 12, until June 2028 with long-term support."""
    TRIXIE = "13"
    """Debian 13, until June 2030 with long-term support."""


class Size(StrEnum):
    """Machine sizes with about the same meaning on every cloud."""

    SMALL = "small"
    """Two shared vCPUs, or one where that is the smallest, and 1 to 2 GB of memory."""
    MEDIUM = "medium"
    """Two vCPUs and 4 GB of memory."""
    LARGE = "large"
    """Four vCPUs and 16 GB of memory."""


@dataclass(kw_only=True, frozen=True)
class Servers:
    """How many machines a tier runs."""

    min: int
    """The fewest machines, 1 to 2000. The number itself where `max` is left out."""
    max: Optional[int] = None
    """The most machines, 2000 at most. Above `min` the cloud scales between the two by `cpu_target`. Defaults to `min`: a fixed number."""
    cpu_target: Optional[int] = None
    """Average CPU use that scaling aims at, in percent, 10 to 90. Defaults to 60: room for the load of a lost machine."""

    @property
    def most(self) -> int:
        """The largest number of machines that may run."""
        return self.min if self.max is None else self.max

    @property
    def scales(self) -> bool:
        """Whether the number of machines may change by itself."""
        return self.most > self.min

    @property
    def target(self) -> int:
        """The CPU target in percent, the default filled in."""
        return 60 if self.cpu_target is None else self.cpu_target

    def check(self) -> None:
        """Raises ArgumentError, its path below `servers`, if the numbers cannot work."""
        if self.min < 1:
            raise ArgumentError("servers.min", f"{self.min} is below 1", "give at least 1 machine")
        for path, count in (("servers.min", self.min), ("servers.max", self.most)):
            if count > MOST_MACHINES:
                raise ArgumentError(path, f"{count} is above {MOST_MACHINES}", f"give {MOST_MACHINES} at most, or make a second tier")
        if self.max is not None and self.max < self.min:
            raise ArgumentError("servers.max", f"{self.max} is below servers.min, {self.min}", f"give {self.min} or more, or leave it out")
        if self.cpu_target is not None and not 10 <= self.cpu_target <= 90:
            raise ArgumentError("servers.cpu_target", f"{self.cpu_target} is outside 10 to 90 percent", "60 is a good start")


@dataclass(kw_only=True, frozen=True)
class HealthCheck:
    """How the cloud and the front find out whether a machine answers."""

    path: Optional[str] = None
    """Path that is asked for, from the slash. Defaults to `/healthz`, which the machines answer themselves."""
    port: Optional[int] = None
    """Port that the machines serve on. Defaults to 80."""
    expected_status: Optional[int] = None
    """The status that counts as healthy. Defaults to 200."""
    grace_seconds: Optional[int] = None
    """Seconds that a new machine gets to boot before a failed check replaces it. Defaults to 300: packages are installed at boot."""

    @property
    def effective_path(self) -> str:
        """The path, the default filled in."""
        return self.path or "/healthz"

    @property
    def effective_port(self) -> int:
        """The port, the default filled in."""
        return self.port or 80

    @property
    def effective_status(self) -> int:
        """The expected status, the default filled in."""
        return self.expected_status or 200

    @property
    def effective_grace(self) -> int:
        """The grace period in seconds, the default filled in."""
        return 300 if self.grace_seconds is None else self.grace_seconds

    def check(self) -> None:
        """Raises ArgumentError, its path below `health_check`, if a value cannot work."""
        if self.path is not None and not self.path.startswith("/"):
            mend = f"write /{self.path}" if self.path.isprintable() else "write one like /healthz"
            raise ArgumentError("health_check.path", f"{self.path!r} does not begin with a slash", mend)
        if self.port is not None and not 1 <= self.port <= 65535:
            raise ArgumentError("health_check.port", f"{self.port} is not a port", "give a number from 1 to 65535")
        if self.expected_status is not None and not 200 <= self.expected_status <= 399:
            raise ArgumentError(
                "health_check.expected_status",
                f"{self.expected_status} does not say that a machine is healthy",
                "give a status from 200 to 399",
            )
        if self.grace_seconds is not None and not 30 <= self.grace_seconds <= 3600:
            raise ArgumentError("health_check.grace_seconds", f"{self.grace_seconds} is outside 30 to 3600 seconds", "300 is a good start")


@dataclass(kw_only=True, frozen=True)
class WebTierArgs:
    """The portable arguments of a web tier."""

    servers: Servers
    """How many machines."""
    size: Optional[Size] = None
    """How large each machine is. Defaults to small."""
    machine_type: Optional[str] = None
    """The cloud's own name of a machine type, instead of `size`: `c7g.large`, `n2-standard-4`, `c-4`."""
    site: Optional[StaticSite] = None
    """Static files that the machines serve. Defaults to a page that says which cloud, region and machine answered."""
    script: Optional[str] = None
    """A script of your own instead of `site`, `#!/bin/sh` and so on: run once, as root, at each machine's first boot. The machine is
    healthy when it has ended with 0 and its server answers the health check, whose PORT and HEALTH_PATH it finds in its environment,
    beside CLOUD and REGION. It stands in the user data, so it must hold no secret."""
    container: Optional[Container] = None
    """A container instead of `site`: its server answers the health check, on the container's own port."""
    release: Optional[Debian] = None
    """The machines' release of Debian. Defaults to 12."""
    health_check: Optional[HealthCheck] = None
    """How health is found out. Defaults to `/healthz` on port 80."""
    schedule: Optional[Schedule] = None
    """Other numbers of machines for times of the week. Defaults to none: `servers` at all times."""
    replacement: Optional[Replacement] = None
    """In what steps machines are replaced. Defaults to half as many new ones at a time, healthy before old ones go."""
    network: Optional[str] = None
    """Address range of the tier's own network in CIDR form. Each cloud has a default of its own, so that they can be linked."""
    network_id: Optional[pulumi.Input[str]] = None
    """An existing network instead of one of the tier's own, by its id: a VPC's on AWS (`vpc-...`) and DigitalOcean (a UUID), a network's
    name or self link on Google Cloud. It has to give the machines a way out to the internet."""
    subnet_ids: Optional[list[pulumi.Input[str]]] = None
    """The subnets of `network_id` to use: two or more in different zones on AWS, one in the region on Google Cloud, none on
    DigitalOcean."""
    exposure: Optional[Exposure] = None
    """What the front sends visitors to. Defaults to `load_balancer`."""
    registration: Optional[Registration] = None
    """Where machines put themselves, where `exposure` is `registered`."""
    tunnel: Optional[TunnelConnection] = None
    """The tunnel that machines open, where `exposure` is `tunnel`. They serve plain HTTP to themselves then, on the health check's port,
    which the tunnel has to lead to."""
    certificate: Optional[Certificate] = None
    """What the tier shows over HTTPS, on port 443 and no other. Defaults to none: plain HTTP on port 80."""
    admitted_ranges: Optional[pulumi.Input[list[pulumi.Input[str]]]] = None
    """CIDR ranges that may reach the origins, be it the load balancer or the machines: those of the front. Defaults to none: nobody
    but the cloud's own health checks."""
    tags: Optional[dict[str, str]] = None
    """Laid over the tags that every resource gets: project, stack, component, managed-by."""

    @property
    def effective_size(self) -> Size:
        """The size, the default filled in."""
        return self.size or Size.SMALL

    @property
    def effective_health_check(self) -> HealthCheck:
        """The health check, the default filled in."""
        return self.health_check or HealthCheck()

    @property
    def effective_release(self) -> Debian:
        """The release of Debian, the default filled in."""
        return self.release or Debian.BOOKWORM

    @property
    def effective_exposure(self) -> Exposure:
        """The exposure, the default filled in."""
        return self.exposure or Exposure.LOAD_BALANCER

    @property
    def effective_replacement(self) -> Replacement:
        """How machines are replaced, the default filled in."""
        return self.replacement or Replacement()

    @property
    def origin_port(self) -> int:
        """The port that the front comes to: that of the load balancer, of the tunnel, or of the machines themselves."""
        if self.certificate is not None or self.effective_exposure is Exposure.TUNNEL:
            return 443
        own = self.effective_exposure in (Exposure.MACHINES, Exposure.REGISTERED)
        return self.effective_health_check.effective_port if own else 80

    @property
    def machines_show_certificate(self) -> bool:
        """Whether HTTPS ends at the machines themselves."""
        return self.certificate is not None and self.effective_exposure is not Exposure.LOAD_BALANCER

    @property
    def machine_port(self) -> int:
        """The port that the machines serve on, for visitors and for health checks: over HTTPS where they show the certificate."""
        return 443 if self.machines_show_certificate else self.effective_health_check.effective_port

    @property
    def named_secrets(self) -> dict[str, pulumi.Input[str]]:
        """The secrets of the cloud's own store that the arguments name, by the path where each one stands."""
        named: dict[str, pulumi.Input[str]] = {}
        if self.container is not None:
            named |= {f"container.secrets[{variable!r}]": secret for variable, secret in (self.container.secrets or {}).items()}
            if self.container.registry is not None:
                named["container.registry.password_secret"] = self.container.registry.password_secret
        if self.registration is not None and self.registration.token_secret is not None:
            named["registration.token_secret"] = self.registration.token_secret
        return named

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on any cloud. A cloud's own class adds what cannot work there."""
        self.servers.check()
        self.effective_health_check.check()
        self.effective_replacement.check()
        self._check_schedule()
        self._check_exposure()
        self._check_existing_network()
        if self.size is not None and self.machine_type is not None:
            raise ArgumentError("machine_type", "is given beside size, which it would overrule", "leave one of the two out")
        if self.site is not None:
            self.site.check()
        workloads = [name for name in ("site", "script", "container") if getattr(self, name) is not None]
        if len(workloads) > 1:
            wrong = f"is given beside {workloads[0]}, and a machine has one workload"
            raise ArgumentError(workloads[1], wrong, "leave one of the two out")
        if self.container is not None:
            self.container.check()
        if self.certificate is not None:
            self.certificate.check()
        if self.network is not None:
            addresses.network(self.network)
        addresses.ranges(known(self.admitted_ranges), "admitted_ranges")
        check_tags(self.tags or {})

    def _check_schedule(self) -> None:
        if self.schedule is None:
            return
        self.schedule.check()
        for index, period in enumerate(self.schedule.periods):
            path = f"schedule.periods[{index}].servers"
            if period.servers > MOST_MACHINES:
                raise ArgumentError(path, f"{period.servers} is above {MOST_MACHINES}", f"give {MOST_MACHINES} at most")
            if self.servers.scales and period.servers > self.servers.most:
                raise ArgumentError(path, f"{period.servers} is above servers.max, {self.servers.most}", "raise servers.max")

    def _check_exposure(self) -> None:
        exposure = self.effective_exposure
        if exposure is Exposure.REGISTERED and self.registration is None:
            raise ArgumentError("registration", "is missing, and exposure is registered", "say where machines put themselves")
        if exposure is not Exposure.REGISTERED and self.registration is not None:
            raise ArgumentError("registration", f"is given, and exposure is {exposure}", "write exposure: registered, or leave it out")
        if self.registration is not None:
            self.registration.check()
            if self.registration.proxied and self.origin_port not in (80, 443):
                wrong = f"is given beside port {self.origin_port}, and visitors would have to come to Cloudflare on that port, too"
                raise ArgumentError("registration.proxied", wrong, "leave it out, or serve on port 80 or 443")
            check_count(self.servers.most, "servers.min" if self.servers.max is None else "servers.max")
            for index, period in enumerate(self.schedule.periods if self.schedule else []):
                check_count(period.servers, f"schedule.periods[{index}].servers")
        self._check_tunnel()
        if exposure is Exposure.MACHINES and self.servers.scales:
            wrong = f"{self.servers.most} is above servers.min, and machines with reserved addresses are a fixed number"
            raise ArgumentError("servers.max", wrong, "leave it out, or write exposure: registered or load_balancer")
        if exposure is Exposure.MACHINES and self.schedule is not None:
            mend = "leave it out, or write exposure: registered or load_balancer"
            raise ArgumentError("schedule", "is given, and machines with reserved addresses are a fixed number", mend)
        if self.machines_show_certificate and self.effective_health_check.effective_port not in (80, 443):
            wrong = f"{self.effective_health_check.port} is given beside certificate, with which the machines serve on 443 alone"
            raise ArgumentError("health_check.port", wrong, "leave it out")
        if self.machines_show_certificate and self.script is not None:
            mend = "let the script set up HTTPS by itself, or write exposure: load_balancer"
            raise ArgumentError("certificate", "is given beside script, whose own server answers visitors", mend)

    def _check_tunnel(self) -> None:
        exposure = self.effective_exposure
        if exposure is not Exposure.TUNNEL:
            if self.tunnel is not None:
                raise ArgumentError("tunnel", f"is given, and exposure is {exposure}", "write exposure: tunnel, or leave it out")
            return
        if self.tunnel is None:
            raise ArgumentError("tunnel", "is missing, and exposure is tunnel", "give the hostname and the token of a Tunnel")
        self.tunnel.check()
        if self.certificate is not None:
            wrong = "is given, and through a tunnel, which encrypts by itself, nobody sees it"
            raise ArgumentError("certificate", wrong, "leave it out, or take another exposure")
        if self.admitted_ranges is not None and self.admitted_ranges != []:
            wrong = "is given, and nobody reaches a machine but through its tunnel"
            raise ArgumentError("admitted_ranges", wrong, "leave it out, or take another exposure")
        if self.effective_health_check.effective_port == 443:
            mend = "leave it out: the tunnel encrypts by itself"
            raise ArgumentError("health_check.port", "443 is for HTTPS, and machines behind a tunnel serve plain HTTP", mend)
        check_replicas(self.servers.most, "servers.min" if self.servers.max is None else "servers.max")
        for index, period in enumerate(self.schedule.periods if self.schedule else []):
            check_replicas(period.servers, f"schedule.periods[{index}].servers")

    def _check_existing_network(self) -> None:
        if self.network_id is not None and self.network is not None:
            raise ArgumentError("network", "is given beside network_id, whose range is what it is", "leave one of the two out")
        if self.subnet_ids is not None and self.network_id is None:
            raise ArgumentError("subnet_ids", "is given without network_id", "name the network that they belong to, or leave it out")

    def render_user_data(
        self,
        cloud: str,
        region: str,
        component: str,
        commands: Sequence[str] = (),
        private_key_secret: pulumi.Input[str] | None = None,
        tunnel_token_secret: pulumi.Input[str] | None = None,
    ) -> pulumi.Input[str]:
        """The user data of the tier's machines. A cloud's own class gives it as `user_data`, and renders it in its `check`, too.

        Args:
            cloud: The cloud, which decides the limit of its size.
            region: The region.
            component: The tier's name, which the default page shows.
            commands: Shell scripts that the cloud needs.
            private_key_secret: Name of the secret in the cloud's store that holds `certificate`, its chain and its private key, in this
                order, where the machines show it themselves. May be left out in `check`, before there is one.
            tunnel_token_secret: Name of the secret in the cloud's store that holds the token of `tunnel`. Left out where there is no such
                store, and in `check`, before there is one: then the token stands in the user data.

        Returns:
            Plain text where everything in it is plain, or else an output, which is a secret where a part of it is.

        Raises:
            ArgumentError: Below `site`, `container` or `health_check`, or at `script`; see `user_data.render`. What is known only later
                is checked with a stand-in first, and again, below the resource that it goes to, when it is known.
        """
        certificate = None
        if self.certificate is not None and self.machines_show_certificate:
            given, secret = self.certificate, private_key_secret or STAND_IN
            certificate = TlsCertificate(
                certificate=given.certificate, chain=given.chain, private_key_secret=secret, client_ca=given.client_ca
            )
        registration = self.registration
        if registration is not None and registration.token is not None:
            registration = replace(registration, token=pulumi.Output.secret(registration.token))
        tunnel = None
        if self.tunnel is not None:
            token = pulumi.Output.secret(self.tunnel.token) if tunnel_token_secret is None else None
            tunnel = Connector(hostname=self.tunnel.hostname, token_secret=tunnel_token_secret, token=token)
        machine = Bootstrap(
            cloud=cloud,
            region=region,
            component=component,
            health_path=self.effective_health_check.effective_path,
            port=self.machine_port,
            status=self.effective_health_check.effective_status,
            site=self.site,
            script=self.script,
            container=self.container,
            registration=registration,
            tunnel=tunnel,
            certificate=certificate,
            commands=tuple(commands),
        )
        return applied(lambda resolved: user_data.render(resolved, user_data.LIMITS[cloud]), machine)


class Origin(TypedDict):
    """One address that the front sends visitors to."""

    name: pulumi.Input[str]
    """Unique within the pool, and stable: it is what health is reported by."""
    address: pulumi.Input[str]
    """IP address or hostname."""
    weight: pulumi.Input[float]
    """Share of the pool's traffic, 0 to 1."""


class WebTier(Protocol):
    """What every tier gives: all that a front needs to know of it."""

    cloud: pulumi.Output[str]
    """aws, gcp or digitalocean."""
    region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    origins: pulumi.Output[list[Origin]]
    """Where the tier is reached: one origin for a load balancer or a tunnel."""
    health_path: pulumi.Output[str]
    """The path of the health check, for the front's monitor."""
    port: pulumi.Output[int]
    """Where the origins listen: 443 for HTTPS alone, and any other for plain HTTP. 443 for a tunnel, whatever the machines serve."""
