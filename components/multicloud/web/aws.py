"""The web tier on AWS: an auto scaling group over two zones or more, behind an Application Load Balancer.

Deliberately left out: SSH (Session Manager leads to the machines); access logs, which need a bucket that outlives the tier.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import ipaddress
import re
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from ..arguments import arguments, known
from ..errors import ArgumentError
from ..naming import check_dns_label, fitted
from ..network.aws import AwsNetwork, AwsNetworkArgs
from ..network.aws_ranges import ipv4_networks, prefix_list
from ..outputs import outputs
from . import aws_access as access
from . import aws_machines as machines
from .contract import HealthCheck, Origin, WebTierArgs

NAME_LIMIT = 46
"""Names of roles hold 64 characters; the longest suffix there is `-role`, and this leaves room for more beside the 8 of auto-naming."""

BALANCER_NAME_LIMIT = 24
"""Names of load balancers and target groups hold 32 characters, of which auto-naming takes 8; Pulumi refuses longer ones.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
"""

NEWEST = "newest"


@dataclass(kw_only=True, frozen=True)
class AwsWebTierArgs(WebTierArgs):
    """Arguments of `AwsWebTier`: the portable ones and AWS's own."""

    region: str
    """Region of the tier, for example `eu-central-1`. It has to be that of the provider."""
    zones: Optional[list[str]] = None
    """Zones to spread the machines over, for example `eu-central-1a`, two at least. Defaults to the first two of the region."""
    image: Optional[str] = None
    """Id of the machines' image, which must be a Debian 12 for the machine type's processor: `ami-…`. Defaults to the newest of
    Debian's own when the tier is made; that one is kept, so that a newer image replaces no machines by itself. `newest` follows
    Debian: the first deployment after each new image replaces the machines, one after the other."""

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on AWS."""
        super().check()
        self.network_args.check()
        if any(ipaddress.IPv4Network(cidr).prefixlen > 27 for cidr in self.network_args.ranges):
            raise ArgumentError("network", f"{self.network} leaves subnets below /27, the least of a load balancer", "take a /23 or larger")
        if self.machine_type is not None and not re.fullmatch(r"[a-z][a-z0-9-]*\.[a-z0-9-]+", self.machine_type):
            raise ArgumentError("machine_type", f"{self.machine_type!r} is no instance type of AWS", "write one like t3.small or c7g.large")
        if self.image not in (None, NEWEST) and not re.fullmatch(r"ami-([0-9a-f]{8}|[0-9a-f]{17})", self.image or ""):
            raise ArgumentError("image", f"{self.image!r} is no id of an image", f"write one like ami-0123456789abcdef0, or {NEWEST}")
        ipv4_networks(known(self.admitted_ranges), "admitted_ranges")
        self.user_data("any")  # only the default page says the name, and that is far below the limit

    @property
    def network_args(self) -> AwsNetworkArgs:
        """The arguments of the tier's own network."""
        return AwsNetworkArgs(region=self.region, zones=self.zones, network=self.network, tags=self.tags)

    @property
    def effective_machine_type(self) -> str:
        """AWS's name of the machine type, the default filled in."""
        return self.machine_type or machines.MACHINE_TYPES[self.effective_size]

    def user_data(self, component: str) -> str:
        """What a machine is told at its first boot: the site, and how to install the agent of Session Manager.

        Args:
            component: The tier's name.

        Raises:
            ArgumentError: Below `site` or `health_check`, if it cannot be rendered or does not fit.
        """
        agent = machines.session_manager_agent(self.region, self.effective_machine_type)
        return self.render_user_data("aws", self.region, component, [agent])


@dataclass(kw_only=True, frozen=True)
class AwsWebTierResources:
    """The children of `AwsWebTier`."""

    network: AwsNetwork
    admitted: aws.ec2.ManagedPrefixList
    """Who may reach the load balancer."""
    load_balancer_security_group: aws.ec2.SecurityGroup
    machines_security_group: aws.ec2.SecurityGroup
    rules: list[access.Rule]
    load_balancer: aws.lb.LoadBalancer
    target_group: aws.lb.TargetGroup
    listener: aws.lb.Listener
    role: aws.iam.Role
    role_policy: aws.iam.RolePolicyAttachment
    instance_profile: aws.iam.InstanceProfile
    template: aws.ec2.LaunchTemplate
    group: aws.autoscaling.Group
    scaling: Optional[aws.autoscaling.Policy]
    """None where the number of machines is fixed."""


class AwsWebTier(pulumi.ComponentResource):
    """Web machines in several zones, healed, updated without loss and scaled, behind one load balancer, which alone can reach them.

    Raises:
        ArgumentError: Where an argument cannot work on AWS, before anything is created.
    """

    cloud: pulumi.Output[str]
    """aws."""
    region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    origins: pulumi.Output[list[Origin]]
    """Where the front reaches the tier: one origin, the load balancer's name in DNS."""
    health_path: pulumi.Output[str]
    """The path of the health check, for the front's monitor."""
    hostname: pulumi.Output[str]
    """Name of the load balancer in DNS; its addresses change."""
    network_id: pulumi.Output[str]
    """Id of the VPC."""
    group_name: pulumi.Output[str]
    """Name of the auto scaling group."""
    role_name: pulumi.Output[str]
    """Name of the machines' role, to grant them more."""

    def __init__(self, name: str, args: AwsWebTierArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:AwsWebTier", name, None, opts)
        args = arguments(AwsWebTierArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        health, machine_type = args.effective_health_check, args.effective_machine_type
        children = Children.of(self, name, args.tags)

        network = AwsNetwork(f"{name}-network", args.network_args, opts=children.options)
        admitted = prefix_list(children, "admitted", args.admitted_ranges, "admitted_ranges")
        balancer_group = access.security_group(children, "load-balancer", network)
        machines_group = access.security_group(children, "machines", network)
        rules = access.rules(children, balancer_group, machines_group, admitted, health.effective_port)

        load_balancer = self._load_balancer(children, network, balancer_group)
        target_group = self._target_group(children, network, health)
        listener = aws.lb.Listener(
            f"{name}-listener",
            load_balancer_arn=load_balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target_group.arn)],
            tags=children.tags("listener"),
            opts=children.options,
        )
        role, role_policy, profile = machines.identity(children)
        template = machines.template(
            children,
            # An image is kept as long as its template, and is one of a region and a processor.
            f"template-{args.region}-{machines.architecture(machine_type)}",
            image=machines.newest_debian(machine_type, pulumi.InvokeOptions(parent=self)) if args.image in (None, NEWEST) else args.image,
            pinned=args.image is None,
            machine_type=machine_type,
            security_group=machines_group,
            profile=profile,
            user_data=args.user_data(name),
            servers=args.servers,
        )
        group = machines.group(
            children,
            servers=args.servers,
            health=health,
            network=network,
            template=template,
            target_group=target_group,
            # A target is asked for its health only once a listener leads to it.
            after=[*rules, listener, role_policy],
        )
        scaling = machines.scaling(children, args.servers, group)

        self.resources = AwsWebTierResources(
            network=network,
            admitted=admitted,
            load_balancer_security_group=balancer_group,
            machines_security_group=machines_group,
            rules=rules,
            load_balancer=load_balancer,
            target_group=target_group,
            listener=listener,
            role=role,
            role_policy=role_policy,
            instance_profile=profile,
            template=template,
            group=group,
            scaling=scaling,
        )
        self.cloud = pulumi.Output.from_input("aws")
        self.region = pulumi.Output.from_input(args.region)
        self.hostname = load_balancer.dns_name
        self.origins = self.hostname.apply(lambda hostname: [Origin(name=name, address=hostname, weight=1.0)])
        self.health_path = pulumi.Output.from_input(health.effective_path)
        self.network_id = network.network_id
        self.group_name = group.name
        self.role_name = role.name
        self.register_outputs(outputs(self))

    def _load_balancer(self, children: Children, network: AwsNetwork, group: aws.ec2.SecurityGroup) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            fitted(f"{children.name}-balancer", BALANCER_NAME_LIMIT),
            load_balancer_type="application",
            internal=False,
            security_groups=[group.id],
            subnets=network.subnet_ids,
            drop_invalid_header_fields=True,
            tags=children.tags("balancer"),
            # AWS refuses it while the network has no way to the internet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[network]),
        )

    def _target_group(self, children: Children, network: AwsNetwork, health: HealthCheck) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            fitted(f"{children.name}-targets", BALANCER_NAME_LIMIT),
            port=health.effective_port,
            protocol="HTTP",
            vpc_id=network.network_id,
            target_type="instance",
            deregistration_delay=60,
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                protocol="HTTP",
                port="traffic-port",
                path=health.effective_path,
                matcher=str(health.effective_status),
                interval=10,
                timeout=5,
                healthy_threshold=2,
                unhealthy_threshold=3,
            ),
            tags=children.tags("targets"),
            opts=children.options,
        )
