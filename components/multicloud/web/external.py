"""A web tier of machines that somebody else runs: on-premises, on OpenStack, at any host.

Nothing is created: the tier says where the machines are, in the words of every other tier, and what to boot them with.

Deliberately left out: load balancers, firewalls and certificates of the place where the machines are.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Optional

import pulumi

from ..arguments import arguments, known, planned
from ..errors import ArgumentError
from ..naming import check_hostname
from ..outputs import outputs
from .contract import Origin, Servers, WebTierArgs

CLOUD = "external"

UNKNOWN_REGION = "external"
"""The region of machines of which nobody says where they are."""

UNREACHABLE = [
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::/127",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    )
]
"""Addresses that no front on the internet reaches: private, shared, loopback, link-local, multicast and reserved ones.

Source: https://www.iana.org/assignments/iana-ipv4-special-registry/, https://www.iana.org/assignments/iana-ipv6-special-registry/
"""


@dataclass(kw_only=True, frozen=True)
class ExternalWebTierArgs(WebTierArgs):
    """Arguments of `ExternalWebTier`: where the machines are, and those of the portable ones that need no cloud.

    `tags` and `health_check.grace_seconds` are taken and change nothing: nothing here carries tags or replaces machines.
    """

    addresses: list[pulumi.Input[str]]
    """Where each machine is reached from the internet: IPv4 or IPv6 address, or hostname."""
    weights: Optional[list[float]] = None
    """Share of the tier's traffic for each of `addresses`, in their order, 0 to 1. Defaults to the same for all. 0 drains a machine."""
    region: Optional[str] = None
    """A name of the place, in lower-case letters, digits and hyphens: `basement-2`. Defaults to `external`."""
    latitude: Optional[float] = None
    """Where the machines are in degrees north, -90 to 90, for a front that steers by proximity; with `longitude`."""
    longitude: Optional[float] = None
    """Where the machines are in degrees east, -180 to 180; with `latitude`."""
    servers: Optional[Servers] = None  # type: ignore[assignment]  # the addresses already say how many
    """How many machines there are, if it is to be said: as many as `addresses`. Defaults to that."""

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
        self._check_count()
        # The portable rules, with a number of servers filled in.
        WebTierArgs.check(replace(self, servers=Servers(min=len(self.addresses))))
        self._check_what_is_decided_elsewhere()
        planned_addresses(known(self.addresses))
        self._check_weights()
        self._check_coordinates()
        self.user_data("any")  # only the default page says the name, and that is far below the limit

    def user_data(self, component: str) -> str:
        """What a machine is told at its first boot.

        Args:
            component: The tier's name.

        Raises:
            ArgumentError: Below `site` or `health_check`, or at `script` or `region`, if it cannot be rendered or does not fit.
        """
        return self.render_user_data(CLOUD, self.effective_region, component)

    def _check_count(self) -> None:
        if not self.addresses:
            raise ArgumentError("addresses", "the list is empty", "give the address of at least one machine")
        if self.servers is None:
            return
        self.servers.check()
        if self.servers.scales:
            wrong = "this tier cannot scale: it makes no machines"
            raise ArgumentError("servers.max", wrong, "leave servers out, or take a cloud that scales, like aws")
        if self.servers.min != len(self.addresses):
            wrong = f"{self.servers.min} is not the number of addresses, {len(self.addresses)}"
            raise ArgumentError("servers.min", wrong, "leave servers out: the addresses say how many machines there are")

    def _check_what_is_decided_elsewhere(self) -> None:
        for path, what in (("size", "how large a machine is"), ("machine_type", "how large a machine is"), ("network", "their network")):
            if getattr(self, path) is not None:
                raise ArgumentError(path, f"whoever runs the machines decides {what}", "leave it out")
        if self.admitted_ranges is not None:
            mend = "leave it out, and let their own firewall admit the front's ranges alone"
            raise ArgumentError("admitted_ranges", "this tier has no firewall before machines that somebody else runs", mend)
        if (port := self.effective_health_check.effective_port) != 80:
            wrong = f"{port} is not where a front asks machines that have no load balancer before them"
            raise ArgumentError("health_check.port", wrong, "leave it out, and serve on port 80")

    def _check_weights(self) -> None:
        if self.weights is None:
            return
        if len(self.weights) != len(self.addresses):
            wrong = f"{len(self.weights)} weights are not one for each of {len(self.addresses)} addresses"
            raise ArgumentError("weights", wrong, "give as many, or leave them out")
        for index, weight in enumerate(self.weights):
            if not 0 <= weight <= 1:
                raise ArgumentError(f"weights[{index}]", f"{weight} is outside 0 to 1", "divide all weights by the largest one")
        if not any(self.weights):
            raise ArgumentError("weights", "every weight is 0, so that no machine would get a visitor", "give one machine a weight above 0")

    def _check_coordinates(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            given, missing = ("longitude", "latitude") if self.latitude is None else ("latitude", "longitude")
            raise ArgumentError(given, f"is given without {missing}", "give both or neither")
        for axis, degrees, most in (("latitude", self.latitude, 90), ("longitude", self.longitude, 180)):
            if degrees is not None and not -most <= degrees <= most:
                raise ArgumentError(axis, f"{degrees} is outside -{most} to {most} degrees", "give decimal degrees")


@dataclass(kw_only=True, frozen=True)
class ExternalWebTierResources:
    """The children of `ExternalWebTier`: there are none."""


class ExternalWebTier(pulumi.ComponentResource):
    """Web machines that somebody else runs, as a tier like every other. It needs no provider.

    Boot the machines, Debian 12 with cloud-init, with the output `user_data`, and a front sends visitors to them; or let them
    serve whatever they do, as long as `health_path` answers as the health check expects.

    Raises:
        ArgumentError: Where an argument cannot work for such machines.
    """

    cloud: pulumi.Output[str]
    """external."""
    region: pulumi.Output[str]
    """The place, as the caller named it."""
    origins: pulumi.Output[list[Origin]]
    """Where the front reaches the tier: one origin a machine."""
    health_path: pulumi.Output[str]
    """The path of the health check, for the front's monitor."""
    user_data: pulumi.Output[str]
    """What the machines are to be booted with: cloud-init's user data."""

    def __init__(self, name: str, args: ExternalWebTierArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:ExternalWebTier", name, None, opts)
        args = arguments(ExternalWebTierArgs, args)
        args.check()

        self.resources = ExternalWebTierResources()
        self.coordinates = args.coordinates
        self.cloud = pulumi.Output.from_input(CLOUD)
        self.region = pulumi.Output.from_input(args.effective_region)
        weights = args.weights or [1.0] * len(args.addresses)
        self.origins = pulumi.Output.from_input(planned(planned_addresses, args.addresses)).apply(
            lambda addresses: [
                # An address is what stays the same about a machine, whatever its place in the list.
                Origin(name=address.replace(":", "-"), address=address, weight=weight)
                for address, weight in zip(addresses, weights, strict=True)
            ]
        )
        self.health_path = pulumi.Output.from_input(args.effective_health_check.effective_path)
        self.user_data = pulumi.Output.from_input(args.user_data(name))
        self.register_outputs(outputs(self))


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
        _check_address(address, path)
    return list(addresses)


def _check_address(address: str, path: str) -> None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        if ":" in address or "/" in address or address.rpartition(".")[2].isdigit():
            mend = "write the address alone, without scheme, port and prefix, like 203.0.113.10, 2001:db8::10 or web.example.net"
            raise ArgumentError(path, f"{address!r} is not an address", mend) from None
        check_hostname(address, path)
        return
    if str(parsed) != address:
        raise ArgumentError(path, f"{address!r} is another spelling of an address", f"write {parsed}")
    if any(parsed in block for block in UNREACHABLE):
        mend = "give an address of the machine's that the internet reaches, or that of a load balancer before it"
        raise ArgumentError(path, f"{address} cannot be reached from the internet", mend)
