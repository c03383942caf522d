"""The arguments of a web tier on AWS, and what cannot work there."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional

import pulumi

from ..arguments import STAND_IN, known
from ..errors import ArgumentError
from ..network.aws import AwsNetworkArgs
from ..network.aws_ranges import ipv4_networks
from ..regions import check_region
from . import aws_identity as identity
from . import aws_machines as machines
from .contract import LONGEST_NAME, NEWEST, WebTierArgs
from .exposure import Exposure


@dataclass(kw_only=True, frozen=True)
class AwsWebTierArgs(WebTierArgs):
    """Arguments of `AwsWebTier`: the portable ones and AWS's own."""

    region: str
    """Region of the tier, for example `eu-central-1`. It has to be that of the provider."""
    zones: Optional[list[str]] = None
    """Zones to spread the machines over, for example `eu-central-1a`, two at least. Defaults to the first two of the region."""
    image: Optional[str] = None
    """Id of the machines' image, which must be a Debian of `release` for the machine type's processor: `ami-…`. Defaults to the newest
    of Debian's own when the tier is made; that one is kept, so that a newer image replaces no machines by itself. `newest` follows
    Debian: the first deployment after each new image replaces the machines, one after the other."""
    private: Optional[bool] = None
    """Whether the machines stand in private subnets, without public addresses, and reach out through a NAT gateway in each zone, which
    is billed by the hour and by volume. Defaults to false: they have public addresses and a security group that lets nobody in but the
    load balancer. Only behind the load balancer or a tunnel."""
    machine_subnet_ids: Optional[list[pulumi.Input[str]]] = None
    """The private subnets of `network_id` for the machines, two at least in different zones, each of which has one of `subnet_ids`, too: a
    load balancer sends nothing to machines in other zones, which never become healthy then. They have to reach the internet through NAT.
    Defaults to `subnet_ids`, in which the machines get public addresses. Only behind the load balancer or a tunnel."""
    certificate_arn: Optional[pulumi.Input[str]] = None
    """ARN of a certificate in AWS Certificate Manager, in the tier's region, that the load balancer shows instead of `certificate`.
    AWS renews those that it issued."""

    @property
    def network_args(self) -> AwsNetworkArgs:
        """The arguments of the tier's own network."""
        return AwsNetworkArgs(region=self.region, zones=self.zones, network=self.network, private=self.private, tags=self.tags)

    @property
    def effective_machine_type(self) -> str:
        """AWS's name of the machine type, the default filled in."""
        return self.machine_type or machines.MACHINE_TYPES[self.effective_size]

    @property
    def origin_port(self) -> int:
        """The port that the front comes to: 443 with a certificate of either kind."""
        return super().origin_port if self.certificate_arn is None else 443

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on AWS."""
        super().check()
        if self.network_id is None:
            self._check_own_network()
        else:
            self._check_existing_subnets()
        if self.machine_type is not None and not re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", self.machine_type):
            raise ArgumentError("machine_type", f"{self.machine_type!r} is no instance type of AWS", "write one like t3.small or c7g.large")
        if self.image not in (None, NEWEST) and not re.fullmatch(r"ami-([0-9a-f]{8}|[0-9a-f]{17})", self.image or ""):
            raise ArgumentError("image", f"{self.image!r} is no id of an image", f"write one like ami-0123456789abcdef0, or {NEWEST}")
        self._check_exposed()
        self._check_certificate_arn()
        self._check_replacement()
        if self.registration is not None and self.registration.token is not None:
            mend = "keep it in Secrets Manager, and name that secret as token_secret"
            raise ArgumentError("registration.token", "would be in the user data, where anybody on the machine can read it", mend)
        for path, secret in self.named_secrets.items():
            if isinstance(secret, str):
                identity.check_secret(path, secret)
        ipv4_networks(known(self.admitted_ranges), "admitted_ranges")
        self.user_data(LONGEST_NAME)

    def user_data(
        self,
        component: str,
        private_key_secret: Optional[pulumi.Input[str]] = None,
        tunnel_token_secret: Optional[pulumi.Input[str]] = STAND_IN,
    ) -> pulumi.Input[str]:
        """What a machine is told at its first boot: its workload, and how to install the agent of Session Manager.

        Args:
            component: The tier's name.
            private_key_secret: The secret with the private key of `certificate`, where the machines show it.

        Raises:
            ArgumentError: At the part that cannot be rendered, or that does not fit.
        """
        agent = machines.session_manager_agent(self.region, self.effective_machine_type)
        return self.render_user_data("aws", self.region, component, [agent], private_key_secret, tunnel_token_secret)

    def _check_own_network(self) -> None:
        self.network_args.check()
        if self.network_args.subnet_prefix > 27:
            raise ArgumentError("network", f"{self.network} leaves subnets below /27, the least of a load balancer", "take a /23 or larger")
        if self.machine_subnet_ids is not None:
            mend = "name the network that they belong to, or write private: true"
            raise ArgumentError("machine_subnet_ids", "is given without network_id", mend)

    def _check_existing_subnets(self) -> None:
        check_region("aws", self.region)
        if isinstance(self.network_id, str) and not re.fullmatch(r"vpc-[0-9a-f]+", self.network_id):
            raise ArgumentError("network_id", f"{self.network_id!r} is no id of a VPC", "write one like vpc-0123456789abcdef0")
        if self.zones is not None:
            raise ArgumentError("zones", "are given beside network_id, whose subnets are in zones already", "leave them out")
        if self.private is not None:
            mend = "leave it out, and name the private subnets as machine_subnet_ids"
            raise ArgumentError("private", "is given beside network_id, of which nothing is changed", mend)
        if self.subnet_ids is None:
            raise ArgumentError("subnet_ids", "is missing beside network_id", "name two or more public subnets in different zones")
        for path, ids in (("subnet_ids", self.subnet_ids), ("machine_subnet_ids", self.machine_subnet_ids)):
            if ids is None:
                continue
            if len(ids) < 2:
                raise ArgumentError(path, f"names {len(ids)}, and AWS wants two zones at least", "name two or more in different zones")
            for index, subnet in enumerate(ids):
                if isinstance(subnet, str) and not re.fullmatch(r"subnet-[0-9a-f]+", subnet):
                    raise ArgumentError(f"{path}[{index}]", f"{subnet!r} is no id of a subnet", "write one like subnet-0123456789abcdef0")
                if isinstance(subnet, str) and subnet in ids[:index]:
                    raise ArgumentError(f"{path}[{index}]", f"{subnet} is there already", "name each subnet once")

    def _check_exposed(self) -> None:
        exposure = self.effective_exposure
        if exposure in (Exposure.LOAD_BALANCER, Exposure.TUNNEL):
            return
        for path, given in (("private", self.private), ("machine_subnet_ids", self.machine_subnet_ids)):
            if given:
                wrong = f"machines that the front reaches themselves need public addresses, and exposure is {exposure}"
                raise ArgumentError(path, wrong, "leave it out, or write exposure: load_balancer")
        if exposure is Exposure.MACHINES and self.replacement is not None:
            wrong = "machines with reserved addresses are replaced all at once, each before its old one goes"
            raise ArgumentError("replacement", wrong, "leave it out, or write exposure: registered or load_balancer")

    def _check_certificate_arn(self) -> None:
        if self.certificate_arn is None:
            return
        if self.certificate is not None:
            raise ArgumentError("certificate_arn", "is given beside certificate", "leave one of the two out")
        if self.effective_exposure is not Exposure.LOAD_BALANCER:
            wrong = f"its private key never leaves AWS, and exposure is {self.effective_exposure}"
            mend = "give a certificate with its key, or write exposure: load_balancer"
            if self.effective_exposure is Exposure.TUNNEL:
                wrong, mend = "is given, and through a tunnel, which encrypts by itself, nobody sees it", "leave it out"
            raise ArgumentError("certificate_arn", wrong, mend)
        if isinstance(self.certificate_arn, str) and not re.fullmatch(
            rf"arn:aws[a-z-]*:acm:{self.region}:[0-9]{{12}}:certificate/.+", self.certificate_arn
        ):
            wrong = f"{self.certificate_arn!r} is no certificate in {self.region}"
            raise ArgumentError("certificate_arn", wrong, f"write one like arn:aws:acm:{self.region}:123456789012:certificate/...")

    def _check_replacement(self) -> None:
        """Source: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_InstanceMaintenancePolicy.html."""
        replacement = self.effective_replacement
        if replacement.surge + replacement.unavailable > 100:
            wrong = f"{replacement.surge} and unavailable_percent {replacement.unavailable} are above 100 together"
            raise ArgumentError("replacement.surge_percent", wrong, "AWS takes 100 at most: lower one of the two")
