"""The web tier on Google Cloud: a regional group of machines behind a global external Application Load Balancer.

Deliberately left out: SSH (neither an open port nor project-wide keys), public addresses of machines, Cloud CDN (the front caches).
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_gcp as gcp

from ..arguments import arguments, planned
from ..errors import ArgumentError
from ..google import Children
from ..naming import check_dns_label
from ..network.gcp import GcpNetwork, GcpNetworkArgs
from ..outputs import outputs
from . import gcp_machines as machines
from .cloud_armor import admission_rules
from .contract import Origin, WebTierArgs

NAME_LIMIT = 39
"""Google's names hold 63 characters; the longest suffix here is `-network-router`, and auto-naming adds 8."""


@dataclass(kw_only=True, frozen=True)
class GcpWebTierArgs(WebTierArgs):
    """Arguments of `GcpWebTier`: the portable ones and Google Cloud's own."""

    region: str
    """Region of the machines, for example `europe-west3`."""
    zones: Optional[list[str]] = None
    """Zones to spread the machines over, for example `europe-west3-a`, two at least. Defaults to three of the region, which
    Google chooses. Another list replaces the group with all its machines."""
    image: Optional[str] = None
    """Image or image family of the machines: `project/family` or a self link. Defaults to Debian 12, `debian-cloud/debian-12`,
    for the machine type's processor. Of a family, each machine gets the image that is the newest when it is made, so that machines
    of different age may differ; the self link of one image keeps all alike."""

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on Google Cloud."""
        super().check()
        self.network_args.check()
        if self.machine_type is not None and not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", self.machine_type):
            raise ArgumentError("machine_type", f"{self.machine_type!r} is no machine type of Google Cloud", "write one like n2-standard-4")
        if self.image is not None and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/-]*", self.image):
            raise ArgumentError("image", f"{self.image!r} is no image of Google Cloud", "write one like debian-cloud/debian-12")
        status = self.effective_health_check.effective_status
        if status != 200:
            raise ArgumentError(
                "health_check.expected_status",
                f"{status} is not healthy to Google Cloud's health checks, which take 200 alone",
                "leave it out, and answer 200 at the health check's path",
            )
        for index, zone in enumerate(self.zones or []):
            if zone.rpartition("-")[0] != self.region:
                raise ArgumentError(f"zones[{index}]", f"{zone!r} is not a zone of {self.region}", f"write one like {self.region}-a")
        if self.zones is not None and len(set(self.zones)) != max(2, len(self.zones)):
            raise ArgumentError("zones", "are not two or more different zones", "name two or three, or leave them out")
        self.user_data("any")  # only the default page says the name, and that is far below the limit

    @property
    def network_args(self) -> GcpNetworkArgs:
        """The arguments of the tier's own network."""
        return GcpNetworkArgs(region=self.region, network=self.network)

    @property
    def effective_machine_type(self) -> str:
        """Google's name of the machine type, the default filled in."""
        return self.machine_type or machines.MACHINE_TYPES[self.effective_size]

    def user_data(self, component: str) -> str:
        """What a machine is told at its first boot.

        Args:
            component: The tier's name.

        Raises:
            ArgumentError: Below `site` or `health_check`, if it cannot be rendered or does not fit.
        """
        return self.render_user_data("gcp", self.region, component)


@dataclass(kw_only=True, frozen=True)
class GcpWebTierResources:
    """The children of `GcpWebTier`."""

    network: GcpNetwork
    service_account: gcp.serviceaccount.Account
    grants: list[gcp.projects.IAMMember]
    firewall: gcp.compute.Firewall
    template: gcp.compute.RegionInstanceTemplate
    group_check: gcp.compute.HealthCheck
    """Finds the machines that have to be replaced."""
    group: gcp.compute.RegionInstanceGroupManager
    autoscaler: Optional[gcp.compute.RegionAutoscaler]
    """None where the number of machines is fixed."""
    backend_check: gcp.compute.HealthCheck
    """Finds the machines that get no visitors for now."""
    admission: gcp.compute.SecurityPolicy
    backend: gcp.compute.BackendService
    url_map: gcp.compute.URLMap
    proxy: gcp.compute.TargetHttpProxy
    address: gcp.compute.GlobalAddress
    forwarding: gcp.compute.GlobalForwardingRule


class GcpWebTier(pulumi.ComponentResource):
    """Web machines in several zones of a region, healed, updated without loss and scaled, behind one global address.

    Raises:
        ArgumentError: Where an argument cannot work on Google Cloud, before anything is created.
    """

    cloud: pulumi.Output[str]
    """gcp."""
    region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    origins: pulumi.Output[list[Origin]]
    """Where the front reaches the tier: one origin, the load balancer's address."""
    health_path: pulumi.Output[str]
    """The path of the health check, for the front's monitor."""
    address: pulumi.Output[str]
    """IPv4 address of the load balancer."""
    network_id: pulumi.Output[str]
    """Id of the VPC."""
    instance_group: pulumi.Output[str]
    """Self link of the machines' instance group."""
    service_account_email: pulumi.Output[str]
    """The machines' identity, to grant them more."""

    def __init__(self, name: str, args: GcpWebTierArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:GcpWebTier", name, None, opts)
        args = arguments(GcpWebTierArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        health, machine_type = args.effective_health_check, args.effective_machine_type
        children = Children.of(self, name, args.tags)

        network = GcpNetwork(f"{name}-network", args.network_args, opts=children.options)
        service_account = machines.service_account(children)
        grants = machines.grants(children, service_account)
        firewall = machines.firewall(children, network, service_account, health.effective_port)
        template = machines.template(
            children,
            region=args.region,
            network=network,
            account=service_account,
            machine_type=machine_type,
            image=args.image or machines.default_image(machine_type),
            user_data=args.user_data(name),
        )
        # Two checks, as Google advises: to stop sending visitors is cheap and quick, to replace a machine is neither.
        group_check = machines.http_check(children, "group-check", health, interval=10, healthy=1, unhealthy=6)
        backend_check = machines.http_check(children, "backend-check", health, interval=5, healthy=2, unhealthy=2)
        group = machines.group(
            children,
            region=args.region,
            zones=args.zones,
            servers=args.servers,
            health=health,
            template=template,
            check=group_check,
            # Packages come through Cloud NAT, health checks through the firewall.
            after=[network.resources.nat, firewall, *grants],
        )
        autoscaler = machines.autoscaler(children, region=args.region, servers=args.servers, health=health, group=group)

        admission = gcp.compute.SecurityPolicy(
            f"{name}-admission",
            type="CLOUD_ARMOR",
            rules=planned(admission_rules, args.admitted_ranges),
            labels=children.labels,
            description=children.description,
            opts=children.options,
        )
        backend = gcp.compute.BackendService(
            f"{name}-backend",
            load_balancing_scheme="EXTERNAL_MANAGED",
            protocol="HTTP",
            port_name=machines.PORT_NAME,
            backends=[
                gcp.compute.BackendServiceBackendArgs(
                    group=group.instance_group, balancing_mode="UTILIZATION", max_utilization=0.8, capacity_scaler=1.0
                )
            ],
            health_checks=backend_check.id,
            security_policy=admission.id,
            timeout_sec=30,
            connection_draining_timeout_sec=60,
            log_config=gcp.compute.BackendServiceLogConfigArgs(enable=True, sample_rate=1.0),
            description=children.description,
            opts=children.options,
        )
        url_map = gcp.compute.URLMap(f"{name}-url-map", default_service=backend.id, description=children.description, opts=children.options)
        proxy = gcp.compute.TargetHttpProxy(
            f"{name}-proxy", url_map=url_map.id, description=children.description, opts=children.described_once
        )
        address = gcp.compute.GlobalAddress(
            f"{name}-address",
            address_type="EXTERNAL",
            labels=children.labels,
            description=children.description,
            opts=children.described_once,
        )
        forwarding = gcp.compute.GlobalForwardingRule(
            f"{name}-forwarding",
            load_balancing_scheme="EXTERNAL_MANAGED",
            ip_address=address.address,
            ip_protocol="TCP",
            port_range="80",
            target=proxy.id,
            labels=children.labels,
            description=children.description,
            opts=children.described_once,
        )

        self.resources = GcpWebTierResources(
            network=network,
            service_account=service_account,
            grants=grants,
            firewall=firewall,
            template=template,
            group_check=group_check,
            group=group,
            autoscaler=autoscaler,
            backend_check=backend_check,
            admission=admission,
            backend=backend,
            url_map=url_map,
            proxy=proxy,
            address=address,
            forwarding=forwarding,
        )
        self.cloud = pulumi.Output.from_input("gcp")
        self.region = pulumi.Output.from_input(args.region)
        # The rule's address and not the reserved one: the front learns of it only once something answers there.
        self.address = forwarding.ip_address
        self.origins = self.address.apply(lambda address: [Origin(name=name, address=address, weight=1.0)])
        self.health_path = pulumi.Output.from_input(health.effective_path)
        self.network_id = network.network_id
        self.instance_group = group.instance_group
        self.service_account_email = service_account.email
        self.register_outputs(outputs(self))
