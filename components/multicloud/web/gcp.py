"""The web tier on Google Cloud: machines in several zones of a region, behind a global external Application Load Balancer, or reached
by visitors themselves.

Deliberately left out: SSH (neither an open port nor project-wide keys), Cloud CDN (the front caches).
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Optional, TypeVar

import pulumi
import pulumi_gcp as gcp

from ..arguments import arguments
from ..google import Children
from ..naming import check_dns_label
from ..network.gcp import GcpNetwork
from ..outputs import outputs
from . import gcp_access as access
from . import gcp_machines as machines
from . import gcp_reserved as reserved
from .contract import NEWEST, Origin
from .exposure import Exposure
from .gcp_args import GcpWebTierArgs
from .gcp_balancer import GcpLoadBalancerResources, load_balancer

__all__ = ["GcpWebTier", "GcpWebTierArgs", "GcpWebTierResources"]

T = TypeVar("T")

NAME_LIMIT = 39
"""Google's names hold 63 characters; the longest suffix that is not shortened is `-network-router`, and auto-naming adds 8."""


@dataclass(kw_only=True, frozen=True)
class GcpWebTierResources:
    """The children of `GcpWebTier`."""

    network: Optional[GcpNetwork]
    """None where `network_id` names another."""
    service_account: gcp.serviceaccount.Account
    grants: list[gcp.projects.IAMMember]
    secret_grants: list[gcp.secretmanager.SecretIamMember]
    """One for each secret that the arguments name."""
    private_key: Optional[access.GcpPrivateKeyResources]
    """None where the machines show no certificate."""
    tunnel_token: Optional[access.GcpTunnelTokenResources]
    """None unless `exposure` is `tunnel`."""
    firewall: Optional[gcp.compute.Firewall]
    """None where `exposure` is `tunnel`: nothing is let in."""
    group_check: Optional[gcp.compute.HealthCheck]
    """Finds the machines that have to be replaced. None where `exposure` is `tunnel`: Google's checks do not come in either."""
    template: Optional[gcp.compute.RegionInstanceTemplate]
    """None where each machine has a reserved address."""
    group: Optional[gcp.compute.RegionInstanceGroupManager]
    """None where each machine has a reserved address."""
    autoscaler: Optional[gcp.compute.RegionAutoscaler]
    """None where the number of machines is fixed at all times."""
    machines: list[reserved.GcpMachineResources]
    """Those with a reserved address each."""
    load_balancer: Optional[GcpLoadBalancerResources]
    """None where visitors come to the machines themselves."""


class GcpWebTier(pulumi.ComponentResource):
    """Web machines in several zones of a region, healed, updated without loss and scaled, behind one global address or without it.

    Another path or port of the health check, or another network or subnetwork, is another group of machines: both run until the new one
    serves. Machines with reserved addresses are replaced one after the other. Nobody can ask machines behind a tunnel for their health:
    Google sees only whether they run, so that a new one counts once it has run for `health_check.grace_seconds`. Give them more than a
    boot takes. One that runs and does not answer leaves the tunnel, and is not replaced. They have no public addresses.

    Where a schedule, or numbers that scale, give way to a fixed number, Google keeps as many machines as there are then. If they differ
    from `servers.min`, a `pulumi up --refresh` after that deployment, when nothing scales them any more, brings them to it.

    Raises:
        ArgumentError: Where an argument cannot work on Google Cloud, before anything is created.
    """

    cloud: pulumi.Output[str]
    """gcp."""
    region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    origins: pulumi.Output[list[Origin]]
    """Where the front reaches the tier: the load balancer's address, that of each machine, the name that they register at, or the
    tunnel's."""
    health_path: pulumi.Output[str]
    """The path of the health check, for the front's monitor."""
    port: pulumi.Output[int]
    """Where the origins listen: 443 for HTTPS alone, or a tunnel wherever it leads to, and any other for plain HTTP."""
    address: pulumi.Output[str]
    """IPv4 address of the load balancer; empty without one."""
    network_id: pulumi.Output[str]
    """Id of the VPC."""
    instance_group: pulumi.Output[str]
    """Self link of the machines' instance group; empty where each machine has a reserved address, and a group of its own."""
    service_account_email: pulumi.Output[str]
    """The machines' identity, to grant them more."""

    def __init__(self, name: str, args: GcpWebTierArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:GcpWebTier", name, None, opts)
        args = arguments(GcpWebTierArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        children, health = Children.of(self, name, args.tags), args.effective_health_check

        network = GcpNetwork(f"{name}-network", args.network_args, opts=children.options) if args.network_id is None else None
        network_id = network.network_id if network else pulumi.Output.from_input(args.network_id or "")
        subnet = network.subnet_id if network else (args.subnet_ids or [""])[0]
        account = access.service_account(children)
        grants = access.grants(children, account)
        secret_grants = access.secret_grants(children, account, args.named_secrets)
        shown = args.certificate if args.machines_show_certificate else None
        private_key = access.private_key(children, account, shown) if shown else None
        tunnel_token = access.tunnel_token(children, account, args.tunnel) if args.tunnel else None
        # What visitors reach without a load balancer is another resource for another port, so that the old one goes only when what
        # answers at the new one is healthy.
        ending = f"-port-{args.machine_port}" if args.public else "-tunnel" if args.tunnel else ""
        firewall, group_check = None, None
        if args.tunnel is None:
            firewall = access.firewall(children, f"firewall{ending}", network_id, account, args)
            # Two checks, as Google advises: to stop sending visitors is cheap and quick, to replace a machine is neither.
            group_check = machines.check(
                children,
                f"group-check{ending}",
                health.effective_path,
                args.machine_port,
                https=args.machines_show_certificate,
                interval=10,
                healthy=1,
                unhealthy=6,
            )
        # Packages come through Cloud NAT, health checks through the firewall; and a grant takes its time.
        after: list[pulumi.Resource] = [*([firewall] if firewall else []), *grants, *secret_grants]
        after += [network.resources.nat] if network and network.resources.nat else []
        after += [private_key.version, private_key.grant] if private_key else []
        after += [tunnel_token.version, tunnel_token.grant] if tunnel_token else []

        template = partial(
            self._template,
            args,
            children,
            subnet=subnet,
            account=account,
            user_data=args.user_data(
                name,
                private_key.secret.secret_id if private_key else None,
                tunnel_token.secret.secret_id if tunnel_token else None,
            ),
        )
        own_template, group, autoscaler, each = None, None, None, []
        if group_check is not None and args.effective_exposure is Exposure.MACHINES:
            each = self._machines(args, children, subnet, template, group_check, after)
        else:
            public = reserved.AccessConfig(network_tier="PREMIUM") if args.public else None
            own_template = template(f"template{ending}", public)
            group = machines.group(
                children,
                f"group{ending}",
                args,
                region=args.region,
                zones=args.zones,
                subnet=subnet,
                template=own_template,
                check=group_check,
                after=after,
            )
            autoscaler = machines.autoscaler(children, f"autoscaler{ending}", args, region=args.region, group=group)
        balancer = load_balancer(children, args, group) if group and args.effective_exposure is Exposure.LOAD_BALANCER else None

        self.resources = GcpWebTierResources(
            network=network,
            service_account=account,
            grants=grants,
            secret_grants=secret_grants,
            private_key=private_key,
            tunnel_token=tunnel_token,
            firewall=firewall,
            group_check=group_check,
            template=own_template,
            group=group,
            autoscaler=autoscaler,
            machines=each,
            load_balancer=balancer,
        )
        self.cloud = pulumi.Output.from_input("gcp")
        self.region = pulumi.Output.from_input(args.region)
        # The rule's address and not the reserved one: the front learns of it only once something answers there.
        self.address = balancer.forwarding.ip_address if balancer else pulumi.Output.from_input("")
        self.origins = self._origins(name, args)
        self.health_path = self._served(health.effective_path)
        self.port = self._served(args.origin_port)
        self.network_id = network_id
        self.instance_group = group.instance_group if group else pulumi.Output.from_input("")
        self.service_account_email = account.email
        self.register_outputs(outputs(self))

    def _template(
        self,
        args: GcpWebTierArgs,
        children: Children,
        suffix: str,
        public: reserved.AccessConfig | None,
        *,
        subnet: pulumi.Input[str],
        account: gcp.serviceaccount.Account,
        user_data: pulumi.Input[str],
    ) -> gcp.compute.RegionInstanceTemplate:
        family = machines.image_family(args.effective_release, args.effective_machine_type)
        looked_up = args.image in (None, NEWEST)
        return machines.template(
            children,
            machines.template_suffix(suffix, family),
            region=args.region,
            subnet=subnet,
            account=account,
            machine_type=args.effective_machine_type,
            image=machines.newest_debian(family, pulumi.InvokeOptions(parent=self)) if looked_up else args.image or "",
            pinned=args.image is None,
            disk_gb=machines.CONTAINER_DISK_GB if args.container is not None else None,
            user_data=user_data,
            public=public,
        )

    def _machines(
        self,
        args: GcpWebTierArgs,
        children: Children,
        subnet: pulumi.Input[str],
        template: reserved.Template,
        check: gcp.compute.HealthCheck,
        after: Sequence[pulumi.Resource],
    ) -> list[reserved.GcpMachineResources]:
        """The machines with reserved addresses, each made and replaced only once the one before it is healthy."""
        made: list[reserved.GcpMachineResources] = []
        for index in range(args.servers.min):
            machine = reserved.machine(
                children,
                index,
                region=args.region,
                zone=reserved.zone(args.region, args.zones, index, pulumi.InvokeOptions(parent=self)),
                subnet=subnet,
                health=args.effective_health_check,
                template=template,
                check=check,
                after=[*after, *(one.group for one in made[-1:])],
            )
            made.append(machine)
        return made

    def _served(self, value: T) -> pulumi.Output[T]:
        """What the front may know only once it is so: when the machines answer, and behind the load balancer when that leads to them."""
        resources = self.resources
        last: list[pulumi.CustomResource] = [machine.group for machine in resources.machines]
        last += [resources.load_balancer.forwarding] if resources.load_balancer else [resources.group] if resources.group else []
        return pulumi.Output.all(*(resource.id for resource in last)).apply(lambda _: value)

    def _origins(self, name: str, args: GcpWebTierArgs) -> pulumi.Output[list[Origin]]:
        if args.registration is not None:
            return self._served([Origin(name=name, address=args.registration.hostname, weight=1.0)])
        if args.tunnel is not None:
            known = pulumi.Output.all(args.tunnel.hostname, self._served(""))
            return known.apply(lambda known: [Origin(name=name, address=known[0], weight=1.0)])
        if args.effective_exposure is Exposure.MACHINES:
            addresses = pulumi.Output.all(*(machine.reached_at for machine in self.resources.machines))
            return addresses.apply(
                lambda known: [Origin(name=f"{name}-{index}", address=address, weight=1.0) for index, address in enumerate(known)]
            )
        return self.address.apply(lambda address: [Origin(name=name, address=address, weight=1.0)])
