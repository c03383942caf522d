"""What the web tier on Google Cloud takes."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional

import pulumi

from ..arguments import STAND_IN
from ..errors import ArgumentError
from ..network.gcp import GcpNetworkArgs
from . import gcp_access as access
from . import gcp_machines as machines
from .contract import LONGEST_NAME, NEWEST, WebTierArgs
from .exposure import Exposure
from .gcp_schedule import fewest, raised


@dataclass(kw_only=True, frozen=True)
class GcpWebTierArgs(WebTierArgs):
    """Arguments of `GcpWebTier`: the portable ones and Google Cloud's own."""

    region: str
    """Region of the machines, for example `europe-west3`."""
    zones: Optional[list[str]] = None
    """Zones to spread the machines over, for example `europe-west3-a`, two at least. Defaults to three of the region, which
    Google chooses; for machines with reserved addresses, to its first three. Another list replaces the machines."""
    image: Optional[str] = None
    """Image or image family of the machines, for the machine type's processor: `project/family` or a self link. Of a family, each
    machine gets the image that is the newest when it is made, so that machines of different age may differ. Defaults to the newest of
    Debian's own when the tier is made; that one is kept, so that a newer image replaces no machines by itself. `newest` follows
    Debian: the first deployment after each new image replaces the machines in steps. Left out again, the image stays what it was."""

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on Google Cloud."""
        super().check()
        self.network_args.check()
        if self.machine_type is not None and not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", self.machine_type):
            raise ArgumentError("machine_type", f"{self.machine_type!r} is no machine type of Google Cloud", "write one like n2-standard-4")
        if self.image is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/-]*", self.image):
            wrong = f"{self.image!r} is no image of Google Cloud"
            raise ArgumentError("image", wrong, f"write one like debian-cloud/debian-12, or {NEWEST}")
        status = self.effective_health_check.effective_status
        if status != 200:
            raise ArgumentError(
                "health_check.expected_status",
                f"{status} is not healthy to Google Cloud's health checks, which take 200 alone",
                "leave it out, and answer 200 at the health check's path",
            )
        self._check_zones()
        self._check_subnet()
        self._check_replacement()
        if self.certificate is not None and self.certificate.client_ca is not None and not self.public:
            mend = "write exposure: machines or registered, where the machines do, or leave it out"
            raise ArgumentError("certificate.client_ca", "on Google Cloud the tier's load balancer asks nobody for a certificate", mend)
        if self.registration is not None and self.registration.token is not None:
            mend = "put it into a secret of Secret Manager, and name that as token_secret"
            raise ArgumentError("registration.token", "would stand in the user data, and Google Cloud has a secret store", mend)
        access.check_secrets(self.named_secrets)
        if self.schedule is not None:
            raised(self.schedule, self.servers.min)
        self.user_data(LONGEST_NAME)

    def _check_zones(self) -> None:
        for index, zone in enumerate(self.zones or []):
            if zone.rpartition("-")[0] != self.region:
                raise ArgumentError(f"zones[{index}]", f"{zone!r} is not a zone of {self.region}", f"write one like {self.region}-a")
        if self.zones is not None and len(set(self.zones)) != max(2, len(self.zones)):
            raise ArgumentError("zones", "are not two or more different zones", "name two or three, or leave them out")

    def _check_subnet(self) -> None:
        if self.network_id is None:
            return
        mend = f"name the one subnetwork of the network in {self.region}, which spans all zones"
        if self.subnet_ids is None:
            raise ArgumentError("subnet_ids", "is missing, and network_id is given", mend)
        if len(self.subnet_ids) != 1:
            raise ArgumentError("subnet_ids", f"are {len(self.subnet_ids)}, and a tier on Google Cloud is in one subnetwork", mend)
        [subnet] = self.subnet_ids
        place = re.search(r"\bregions/([^/]+)/", subnet) if isinstance(subnet, str) else None
        if place and place[1] != self.region:
            raise ArgumentError("subnet_ids[0]", f"is in {place[1]}, and the tier is in {self.region}", mend)

    def _check_replacement(self) -> None:
        if self.replacement is None:
            return
        if self.effective_exposure is Exposure.MACHINES:
            wrong = "is given, and machines with reserved addresses are replaced one after the other: an address has one machine at a time"
            raise ArgumentError("replacement", wrong, "leave it out, or write exposure: registered or load_balancer")
        zones, count = self.zone_count, fewest(self.schedule, self.servers.min)
        _, unavailable = machines.steps(self.replacement, count, zones)
        if 0 < self.replacement.unavailable < 100 and unavailable >= count:
            wrong = f"would be all of {count} machines: Google Cloud takes away one in each of {zones} zones at least"
            raise ArgumentError("replacement.unavailable_percent", wrong, f"leave it out, or run more than {zones} machines")

    @property
    def zone_count(self) -> int:
        """How many zones the machines are in."""
        return len(self.zones) if self.zones else machines.ZONES

    @property
    def public(self) -> bool:
        """Whether the machines have public addresses: visitors come to them without a load balancer or a tunnel."""
        return self.effective_exposure in (Exposure.MACHINES, Exposure.REGISTERED)

    @property
    def network_args(self) -> GcpNetworkArgs:
        """The arguments of the tier's own network. Machines with public addresses need no Cloud NAT."""
        return GcpNetworkArgs(region=self.region, network=self.network, nat=not self.public)

    @property
    def effective_machine_type(self) -> str:
        """Google's name of the machine type, the default filled in."""
        return self.machine_type or machines.MACHINE_TYPES[self.effective_size]

    def user_data(
        self,
        component: str,
        private_key_secret: Optional[pulumi.Input[str]] = None,
        tunnel_token_secret: Optional[pulumi.Input[str]] = STAND_IN,
    ) -> pulumi.Input[str]:
        """What a machine is told at its first boot.

        Args:
            component: The tier's name.
            private_key_secret: Name of the secret with the private key of `certificate`, where the machines show it themselves.
            tunnel_token_secret: Name of the secret with the token of `tunnel`.

        Raises:
            ArgumentError: See `WebTierArgs.render_user_data`.
        """
        return self.render_user_data("gcp", self.region, component, (), private_key_secret, tunnel_token_secret)
