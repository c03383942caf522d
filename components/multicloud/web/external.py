"""A web tier of machines that somebody else runs: on-premises, on OpenStack, at any host.

Nothing is created: the tier says where the machines are, in the words of every other tier, and what to boot them with.

Deliberately left out: load balancers, firewalls and certificates of the place where the machines are.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Optional

import pulumi

from ..arguments import arguments, known, planned
from ..errors import ArgumentError
from ..outputs import outputs
from ..reachable import check_address
from ..regions import check_coordinates
from .contract import LONGEST_NAME, Origin, Servers, WebTierArgs
from .exposure import Exposure
from .no_secret_store import check_no_secrets

CLOUD = "external"

UNKNOWN_REGION = "external"
"""The region of machines of which nobody says where they are."""


@dataclass(kw_only=True, frozen=True)
class ExternalWebTierArgs(WebTierArgs):
    """Arguments of `ExternalWebTier`: where the machines are, and those of the portable ones that need no cloud.

    `exposure` defaults to `machines`, each of `addresses` an origin; with `registered` the machines put themselves under a name, with
    `tunnel` they open a tunnel, and there are no `addresses`. `registration.token` and `tunnel.token` are in the user data, which then is
    a secret. `health_check.port` 443 says that the
    machines serve HTTPS, by means of whoever runs them.

    Refused is what whoever runs the machines decides: how many, how large and of what release they are, when and how they are replaced,
    their network, their load balancer, their certificate and who reaches them. `tags` and `health_check.grace_seconds` are taken and
    change nothing: nothing here carries tags or replaces machines.
    """

    addresses: Optional[list[pulumi.Input[str]]] = None
    """Where each machine is reached from the internet: IPv4 or IPv6 address, or hostname; that of a load balancer of your own, too.
    Left out where `exposure` is `registered` or `tunnel`, and there alone."""
    weights: Optional[list[float]] = None
    """Share of the tier's traffic for each of `addresses`, in their order, 0 to 1. Defaults to the same for all. 0 drains a machine."""
    region: Optional[str] = None
    """A name of the place, in lower-case letters, digits and hyphens: `basement-2`. Defaults to `external`."""
    latitude: Optional[float] = None
    """Where the machines are in degrees north, -90 to 90, for a front that steers by proximity; with `longitude`."""
    longitude: Optional[float] = None
    """Where the machines are in degrees east, -180 to 180; with `latitude`."""
    servers: Optional[Servers] = None  # type: ignore[assignment]  # the addresses already say how many
    """How many machines there are, if it is to be said: as many as `addresses`, where those are given. Defaults to that."""

    @property
    def effective_exposure(self) -> Exposure:
        """The exposure, the default filled in."""
        return self.exposure or Exposure.MACHINES

    @property
    def serves_https(self) -> bool:
        """Whether the machines serve HTTPS with a certificate that nothing here knows."""
        return self.effective_health_check.effective_port == 443

    @property
    def effective_region(self) -> str:
        """The region, the default filled in."""
        return UNKNOWN_REGION if self.region is None else self.region

    @property
    def coordinates(self) -> Optional[tuple[float, float]]:
        """Latitude and longitude in degrees, where they are given."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work for machines that somebody else runs."""
        self._check_what_is_decided_elsewhere()
        self._check_count()
        # The portable rules, with a number of servers filled in.
        WebTierArgs.check(replace(self, servers=self.servers or Servers(min=len(self.addresses or [""]))))
        check_no_secrets(self, "no secret store is known that machines of somebody else could read")
        self._check_https()
        planned_addresses(known(self.addresses))
        self._check_weights()
        check_coordinates(self.latitude, self.longitude)
        self.user_data(LONGEST_NAME)

    def user_data(self, component: str) -> pulumi.Input[str]:
        """What a machine is told at its first boot. Nothing where the machines serve HTTPS: they are set up elsewhere.

        Args:
            component: The tier's name.

        Raises:
            ArgumentError: Below `site` or `health_check`, or at `script` or `region`, if it cannot be rendered or does not fit.
        """
        return "" if self.serves_https else self.render_user_data(CLOUD, self.effective_region, component)

    def _check_what_is_decided_elsewhere(self) -> None:
        network, size = "their network", "how large a machine is"
        decided = {
            "size": size,
            "machine_type": size,
            "release": "what they boot: the user data fits every release",
            "schedule": "how many there are and when: this tier makes none",
            "replacement": "when they are replaced",
            "network": network,
            "network_id": network,
            "subnet_ids": network,
        }
        for path, what in decided.items():
            if getattr(self, path) is not None:
                raise ArgumentError(path, f"whoever runs the machines decides {what}", "leave it out")
        if self.exposure is Exposure.LOAD_BALANCER:
            mend = "leave it out, and give the address of a load balancer of your own in addresses"
            raise ArgumentError("exposure", "this tier has no load balancer for machines that somebody else runs", mend)
        if self.certificate is not None:
            mend = "leave it out, let whoever runs the machines install it, and write health_check.port: 443"
            raise ArgumentError("certificate", "no secret store is known that machines of somebody else could read its key from", mend)
        if self.admitted_ranges is not None:
            mend = "leave it out, and let their own firewall admit the front's ranges alone"
            raise ArgumentError("admitted_ranges", "this tier has no firewall before machines that somebody else runs", mend)

    def _check_count(self) -> None:
        if self.effective_exposure is Exposure.REGISTERED and self.addresses is not None:
            raise ArgumentError("addresses", "is given, and exposure is registered: the machines say where they are", "leave it out")
        if self.effective_exposure is Exposure.TUNNEL and self.addresses is not None:
            raise ArgumentError("addresses", "is given, and exposure is tunnel: nobody comes to the machines", "leave it out")
        if self.effective_exposure is Exposure.MACHINES and not self.addresses:
            wrong = "is missing" if self.addresses is None else "the list is empty"
            raise ArgumentError("addresses", wrong, "give the address of at least one machine")
        if self.servers is None:
            return
        self.servers.check()
        if self.servers.scales:
            wrong = "this tier cannot scale: it makes no machines"
            raise ArgumentError("servers.max", wrong, "leave servers out, or take a cloud that scales, like aws")
        if self.addresses is not None and self.servers.min != len(self.addresses):
            wrong = f"{self.servers.min} is not the number of addresses, {len(self.addresses)}"
            raise ArgumentError("servers.min", wrong, "leave servers out: the addresses say how many machines there are")

    def _check_https(self) -> None:
        for workload in ("site", "script", "container", "registration", "tunnel"):
            if self.serves_https and getattr(self, workload) is not None:
                wrong = f"443 is given beside {workload}, and nothing here has a certificate for HTTPS"
                raise ArgumentError(
                    "health_check.port", wrong, f"leave {workload} out: whoever runs the machines sets up HTTPS and all else"
                )

    def _check_weights(self) -> None:
        if self.weights is None:
            return
        if self.addresses is None:
            raise ArgumentError("weights", "is given without addresses", "leave it out: Cloudflare chooses among the machines itself")
        if len(self.weights) != len(self.addresses):
            wrong = f"{len(self.weights)} weights are not one for each of {len(self.addresses)} addresses"
            raise ArgumentError("weights", wrong, "give as many, or leave them out")
        for index, weight in enumerate(self.weights):
            if not 0 <= weight <= 1:
                raise ArgumentError(f"weights[{index}]", f"{weight} is outside 0 to 1", "divide all weights by the largest one")
        if not any(self.weights):
            raise ArgumentError("weights", "every weight is 0, so that no machine would get a visitor", "give one machine a weight above 0")


@dataclass(kw_only=True, frozen=True)
class ExternalWebTierResources:
    """The children of `ExternalWebTier`: there are none."""


class ExternalWebTier(pulumi.ComponentResource):
    """Web machines that somebody else runs, as a tier like every other. It needs no provider.

    Boot the machines, Debian 12 or 13 with cloud-init, with the output `user_data`, and a front sends visitors to them; or let them
    serve whatever they do, as long as `health_path` answers as the health check expects.

    Raises:
        ArgumentError: Where an argument cannot work for such machines.
    """

    cloud: pulumi.Output[str]
    """external."""
    region: pulumi.Output[str]
    """The place, as the caller named it."""
    origins: pulumi.Output[list[Origin]]
    """Where the front reaches the tier: one origin a machine, the name where they register themselves, or the tunnel's."""
    health_path: pulumi.Output[str]
    """The path of the health check, for the front's monitor."""
    port: pulumi.Output[int]
    """Where the origins listen: 443 for HTTPS alone, or a tunnel wherever it leads to, and any other for plain HTTP."""
    user_data: pulumi.Output[str]
    """What the machines are to be booted with: cloud-init's user data. A secret where it holds `registration.token` or `tunnel.token`;
    empty where the machines serve HTTPS, which is set up elsewhere."""

    def __init__(self, name: str, args: ExternalWebTierArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:ExternalWebTier", name, None, opts)
        args = arguments(ExternalWebTierArgs, args)
        args.check()

        self.resources = ExternalWebTierResources()
        self.coordinates = args.coordinates
        self.cloud = pulumi.Output.from_input(CLOUD)
        self.region = pulumi.Output.from_input(args.effective_region)
        self.origins = _origins(name, args)
        self.health_path = pulumi.Output.from_input(args.effective_health_check.effective_path)
        self.port = pulumi.Output.from_input(args.origin_port)
        self.user_data = pulumi.Output.from_input(args.user_data(name))
        self.register_outputs(outputs(self))


def _origins(name: str, args: ExternalWebTierArgs) -> pulumi.Output[list[Origin]]:
    if args.registration is not None:
        return pulumi.Output.from_input([Origin(name=name, address=args.registration.hostname, weight=1.0)])
    if args.tunnel is not None:
        return pulumi.Output.from_input(args.tunnel.hostname).apply(lambda known: [Origin(name=name, address=known, weight=1.0)])
    given = args.addresses or []
    weights = args.weights or [1.0] * len(given)
    return pulumi.Output.from_input(planned(planned_addresses, given)).apply(
        lambda addresses: [
            # An address is what stays the same about a machine, whatever its place in the list.
            Origin(name=address.replace(":", "-"), address=address, weight=weight)
            for address, weight in zip(addresses, weights, strict=True)
        ]
    )


def planned_addresses(addresses: Sequence[str]) -> list[str]:
    """The addresses, checked.

    Args:
        addresses: IPv4 and IPv6 addresses and hostnames.

    Raises:
        ArgumentError: At the first one that is no address, that the internet does not reach, or that is there already.
    """
    for index, address in enumerate(addresses):
        path = f"addresses[{index}]"
        if address in addresses[:index]:
            raise ArgumentError(path, f"{address} is there already", "leave it out")
        check_address(address, path)
    return list(addresses)
