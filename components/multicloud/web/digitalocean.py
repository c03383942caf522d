"""The web tier on DigitalOcean: droplets of a fixed number, or a pool that makes them, behind a load balancer or origins themselves.

One tag holds the tier together: the load balancer sends traffic to whatever carries it, and the firewall protects that.
So a replaced droplet, or one that a pool adds, is in both from its first moment, and neither lists droplets.

Deliberately left out: SSH, whose port the firewall does not open; backups of machines that hold no data.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_digitalocean as digitalocean

from ..arguments import arguments, planned
from ..errors import ArgumentError
from ..naming import check_dns_label
from ..network.digitalocean import DigitalOceanNetwork, DigitalOceanNetworkArgs
from ..outputs import outputs
from ..tags import digitalocean_tags, standard
from . import digitalocean_load_balancer, digitalocean_machines
from .contract import LONGEST_NAME, Origin, Size, WebTierArgs
from .digitalocean_admission import firewall, visitors
from .exposure import Exposure
from .no_secret_store import check_no_secrets

MACHINE_TYPES = {Size.SMALL: "s-1vcpu-1gb", Size.MEDIUM: "s-2vcpu-4gb", Size.LARGE: "g-4vcpu-16gb"}
"""DigitalOcean's slug of a droplet size for each size: https://slugs.do-api.dev/."""

NAME_LIMIT = 40
"""Droplets' names are their hostnames, labels of 63 characters; the longest suffix is `-load-balancer`, and auto-naming adds 8."""

POOL_LIMITS = (500, 1000)
"""The most that a pool takes as its minimum, and as its maximum or its fixed number.

Source: https://docs.digitalocean.com/reference/api/digitalocean/#operation/autoscalepools_create
"""


@dataclass(kw_only=True, frozen=True)
class DigitalOceanWebTierArgs(WebTierArgs):
    """Arguments of `DigitalOceanWebTier`: the portable ones and DigitalOcean's own.

    What DigitalOcean cannot do is refused with the nearest alternative: `schedule` and `replacement`, `subnet_ids`, secrets out of a
    store (`container.secrets`, `container.registry`, `registration.token_secret`), and a `certificate` without a load balancer.
    `registration.token` and `tunnel.token` are taken: they are in the user data, which so is a secret of Pulumi's.
    """

    region: str
    """Slug of the region, for example `fra1`."""
    image: Optional[str] = None
    """Slug or id of the machines' image, which must be a Debian 12 or 13. Defaults to that of `release`: `debian-12-x64`. A change
    replaces the machines."""
    ssh_keys: Optional[pulumi.Input[list[pulumi.Input[str]]]] = None
    """Ids or fingerprints of SSH keys in the DigitalOcean account, for its own recovery console: the firewall does not open
    port 22. A pool must have one. Without any, DigitalOcean mails a root password for each droplet. A change
    replaces droplets. Defaults to none."""
    pool: Optional[bool] = None
    """Whether a fixed number of machines is an autoscale pool of a fixed size, instead of droplets that Pulumi knows one by one. A pool
    replaces a droplet that is gone and, where its machines are to change, gives new ones 10 minutes to boot before old ones go
    (https://docs.digitalocean.com/products/droplets/concepts/autoscale-pools/). It needs `ssh_keys`, and cannot have reserved
    addresses. Defaults to false; a number that scales always is a pool. A change replaces all machines at once."""

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on DigitalOcean."""
        super().check()
        self.network_args.check()
        if self.machine_type is not None and not re.fullmatch(r"[a-z][a-z0-9_]*(-[a-z0-9_]+)+", self.machine_type):
            raise ArgumentError("machine_type", f"{self.machine_type!r} is no size of a droplet", "write one like s-2vcpu-4gb")
        if self.image is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", self.image):
            raise ArgumentError("image", f"{self.image!r} is no slug or id of an image", "write one like debian-12-x64")
        if isinstance(self.network_id, str) and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", self.network_id):
            raise ArgumentError("network_id", f"{self.network_id!r} is no id of a VPC", "write the UUID that `doctl vpcs list` shows")
        self._check_what_digitalocean_cannot_do()
        self._check_ssh_keys()
        self._check_pool()
        self.user_data(LONGEST_NAME)

    def _check_what_digitalocean_cannot_do(self) -> None:
        if self.schedule is not None:
            numbers = [self.servers.min, self.servers.most, *(period.servers for period in self.schedule.periods)]
            instead = f"leave it out, and let the load decide: servers.min {min(numbers)}, servers.max {max(numbers)}"
            raise ArgumentError("schedule", "on DigitalOcean no clock changes the number of machines", f"{instead}; or take aws or gcp")
        if self.replacement is not None:
            mend = "leave it out; with pool: true, new machines get 10 minutes to boot before old ones go"
            raise ArgumentError("replacement", "DigitalOcean has no steps that could be chosen", mend)
        if self.subnet_ids is not None:
            raise ArgumentError("subnet_ids", "a VPC on DigitalOcean has no subnets", "leave it out: network_id is enough")
        if self.certificate is not None and self.effective_exposure is not Exposure.LOAD_BALANCER:
            wrong = "DigitalOcean has no secret store from which machines could read its key"
            raise ArgumentError("certificate", wrong, "write exposure: load_balancer, which keeps it")
        if self.certificate is not None and self.certificate.client_ca is not None:
            wrong = "a load balancer on DigitalOcean asks nobody for a certificate"
            raise ArgumentError("certificate.client_ca", wrong, "leave it out, or take aws or gcp")
        check_no_secrets(self, "DigitalOcean has no secret store that machines could read")

    def _check_ssh_keys(self) -> None:
        for index, key in enumerate(self.ssh_keys if isinstance(self.ssh_keys, list) else []):
            if isinstance(key, str) and not re.fullmatch(r"[0-9]+|[0-9a-f]{2}(:[0-9a-f]{2})+", key):
                # What it is is not said: it may be a key, and not the public one.
                wrong = "is neither the id nor the fingerprint of a key"
                raise ArgumentError(f"ssh_keys[{index}]", wrong, "give one that `doctl compute ssh-key list` shows")

    def _check_pool(self) -> None:
        servers = self.servers
        if servers.scales and self.pool is False:
            raise ArgumentError("pool", "is false, and a number that scales is a pool on DigitalOcean", "leave pool or servers.max out")
        if not self.is_pool:
            return
        if self.effective_exposure is Exposure.MACHINES:
            wrong = "is true, and a reserved address belongs to a droplet, not to a pool"
            raise ArgumentError("pool", wrong, "leave it out, or write exposure: registered or load_balancer")
        least, most = POOL_LIMITS if servers.scales else (POOL_LIMITS[1], POOL_LIMITS[1])
        for path, count, limit in (("servers.min", servers.min, least), ("servers.max", servers.most, most)):
            if count > limit:
                wrong = f"{count} is above {limit}, the most that a DigitalOcean autoscale pool takes"
                raise ArgumentError(path, wrong, f"give at most {limit}")
        if self.ssh_keys is None or self.ssh_keys == []:
            raise ArgumentError(
                "ssh_keys",
                "is empty, and DigitalOcean makes no autoscale pool without an SSH key",
                "give the id or fingerprint of a key in the account, or a fixed number of servers: leave out "
                + ("servers.max" if servers.scales else "pool"),
            )

    @property
    def is_pool(self) -> bool:
        """Whether an autoscale pool makes the machines."""
        return self.servers.scales or bool(self.pool)

    @property
    def network_args(self) -> DigitalOceanNetworkArgs:
        """The arguments of the tier's own network."""
        return DigitalOceanNetworkArgs(region=self.region, network=self.network)

    @property
    def effective_machine_type(self) -> str:
        """DigitalOcean's slug of the droplet size, the default filled in."""
        return self.machine_type or MACHINE_TYPES[self.effective_size]

    @property
    def effective_image(self) -> str:
        """Slug or id of the image, the default filled in."""
        return self.image or f"debian-{self.effective_release}-x64"

    def user_data(self, component: str) -> pulumi.Input[str]:
        """What a machine is told at its first boot.

        Args:
            component: The tier's name.

        Raises:
            ArgumentError: Below `site` or `health_check`, if it cannot be rendered or does not fit.
        """
        return self.render_user_data("digitalocean", self.region, component)


@dataclass(kw_only=True, frozen=True)
class DigitalOceanWebTierResources:
    """The children of `DigitalOceanWebTier`."""

    network: Optional[DigitalOceanNetwork]
    """None where `network_id` names one."""
    tag: digitalocean.Tag
    """What the load balancer and the firewall find the machines by."""
    certificate: Optional[digitalocean.Certificate]
    load_balancer: Optional[digitalocean.LoadBalancer]
    """None where the machines are origins themselves."""
    firewall: digitalocean.Firewall
    droplets: list[digitalocean.Droplet]
    """Empty where a pool makes them."""
    pool: Optional[digitalocean.DropletAutoscale]
    addresses: list[digitalocean_machines.ReservedAddress]
    """One a droplet with exposure `machines`, and otherwise none."""


class DigitalOceanWebTier(pulumi.ComponentResource):
    """Web machines in a VPC, behind one load balancer, which alone can reach them, or reached by the front themselves.

    Where droplets have to be replaced, all new ones are made before the old ones go. DigitalOcean calls a droplet active once it runs,
    and its API tells only in a metric which droplets a load balancer finds healthy, for which no deployment waits
    (https://docs.digitalocean.com/reference/pydo/reference/monitoring/get_lb_droplets_health_checks/). So the old ones are
    gone some minutes before the new ones answer, and with reserved addresses those point to the new ones at once. Machines of a `pool`
    get the time to boot; another tier beside this one in the front bridges it, too.

    Another path or port of the health check reaches the load balancer and the firewall in one step, as soon as the deployment begins:
    what leads to the old machines then asks for, and lets through, what only the new ones serve. A pool bridges nothing here. Lead
    visitors to another tier first, with weight 0 for this one in the front, and back once the new machines answer.

    DigitalOcean gives an account three reserved addresses, and more on demand
    (https://docs.digitalocean.com/products/networking/reserved-ips/details/limits/).

    Raises:
        ArgumentError: Where an argument cannot work on DigitalOcean, before anything is created.
    """

    cloud: pulumi.Output[str]
    """digitalocean."""
    region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    origins: pulumi.Output[list[Origin]]
    """Where the front reaches the tier: the load balancer's address, each droplet's reserved address, the machines' own name, or the
    tunnel's."""
    health_path: pulumi.Output[str]
    """The path of the health check, for the front's monitor."""
    port: pulumi.Output[int]
    """Where the origins listen: 443 for HTTPS alone, or a tunnel wherever it leads to, and any other for plain HTTP."""
    address: Optional[pulumi.Output[str]]
    """IPv4 address of the load balancer, where there is one."""
    droplet_tag: pulumi.Output[str]
    """The tag that all machines of the tier carry, and no others."""
    network_id: pulumi.Output[str]
    """Id of the VPC."""

    def __init__(self, name: str, args: DigitalOceanWebTierArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:DigitalOceanWebTier", name, None, opts)
        args = arguments(DigitalOceanWebTierArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        health = args.effective_health_check
        child = pulumi.ResourceOptions(parent=self)

        network: Optional[DigitalOceanNetwork] = None
        if args.network_id is None:
            network = DigitalOceanNetwork(f"{name}-network", args.network_args, opts=child)
            vpc = network.network_id
        else:
            vpc = pulumi.Output.from_input(args.network_id)
        # Its name is unique in the account, so that no other tier's machines are caught.
        tag = digitalocean.Tag(f"{name}-machines", opts=child)

        certificate = load_balancer = None
        if args.tunnel is not None:
            # Another one again, for the same reason. Nobody comes in.
            protection = firewall(f"{name}-tunnel-firewall", tag.name, [], child)
        elif args.effective_exposure is Exposure.LOAD_BALANCER:
            if args.certificate is not None:
                certificate = digitalocean_load_balancer.certificate(f"{name}-certificate", args.certificate, child)
            load_balancer = digitalocean_load_balancer.load_balancer(
                f"{name}-load-balancer",
                region=args.region,
                vpc=vpc,
                tag=tag.name,
                health=health,
                certificate=certificate,
                ranges=args.admitted_ranges,
                opts=child,
            )
            inbound = digitalocean.FirewallInboundRuleArgs(
                protocol="tcp", port_range=str(health.effective_port), source_load_balancer_uids=[load_balancer.id]
            )
            protection = firewall(f"{name}-firewall", tag.name, [inbound], child)
        else:
            rules = planned(lambda ranges: visitors(ranges, args.origin_port), args.admitted_ranges)
            # Another firewall, so that a change of the exposure has both until the load balancer is gone.
            protection = firewall(f"{name}-origin-firewall", tag.name, rules, child)

        machine = digitalocean_machines.Machine(
            region=args.region,
            size=args.effective_machine_type,
            image=args.effective_image,
            vpc=vpc,
            ssh_keys=args.ssh_keys,
            tags=[tag.name, *digitalocean_tags(standard(name, args.tags))],
            user_data=args.user_data(name),
        )
        # Protected from the first moment.
        protected = pulumi.ResourceOptions(parent=self, depends_on=[protection])
        pool = digitalocean_machines.pool(f"{name}-pool", args.servers, health, machine, protected) if args.is_pool else None
        droplets = [] if pool else digitalocean_machines.droplets(name, args.servers.min, machine, protected)
        reserved = args.effective_exposure is Exposure.MACHINES
        addresses = digitalocean_machines.reserved_addresses(name, args.region, droplets, child) if reserved else []

        self.resources = DigitalOceanWebTierResources(
            network=network,
            tag=tag,
            certificate=certificate,
            load_balancer=load_balancer,
            firewall=protection,
            droplets=droplets,
            pool=pool,
            addresses=addresses,
        )
        self.cloud = pulumi.Output.from_input("digitalocean")
        self.region = pulumi.Output.from_input(args.region)
        self.address = load_balancer.ip if load_balancer else None
        self.origins = self._origins(name, args)
        self.health_path = pulumi.Output.from_input(health.effective_path)
        self.port = pulumi.Output.from_input(args.origin_port)
        self.droplet_tag = tag.name
        self.network_id = vpc
        self.register_outputs(outputs(self))

    def _origins(self, name: str, args: DigitalOceanWebTierArgs) -> pulumi.Output[list[Origin]]:
        if args.registration is not None:
            return pulumi.Output.from_input([Origin(name=name, address=args.registration.hostname, weight=1.0)])
        if args.tunnel is not None:
            return pulumi.Output.from_input(args.tunnel.hostname).apply(lambda known: [Origin(name=name, address=known, weight=1.0)])
        if self.address is not None:
            return self.address.apply(lambda address: [Origin(name=name, address=address, weight=1.0)])
        # An address is an origin once it is a droplet's.
        return pulumi.Output.all(*(one.assignment.ip_address for one in self.resources.addresses)).apply(
            lambda known: [Origin(name=f"{name}-{index}", address=address, weight=1.0) for index, address in enumerate(known)]
        )
