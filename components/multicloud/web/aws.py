"""The web tier on AWS: an auto scaling group over two zones or more, behind an Application Load Balancer, or machines that are
origins of their own.

Deliberately left out: SSH (Session Manager leads to the machines); access logs, which need a bucket that outlives the tier.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from ..arguments import arguments
from ..naming import check_dns_label
from ..network.aws import AwsNetwork
from ..network.aws_ranges import prefix_list
from ..outputs import outputs
from . import aws_access as access
from . import aws_balancer as balancers
from . import aws_group as groups
from . import aws_identity as identity
from . import aws_machines as machines
from .aws_args import AwsWebTierArgs as AwsWebTierArgs
from .aws_fixed import FixedMachineResources, fixed_machine
from .aws_place import Place, place
from .aws_trust import TrustResources, trust
from .contract import NEWEST, Debian, Origin
from .exposure import Exposure

NAME_LIMIT = 46
"""Names of roles hold 64 characters; the longest suffix there is `-role`, and this leaves room for more beside the 8 of auto-naming."""


@dataclass(kw_only=True, frozen=True)
class AwsWebTierResources:
    """The children of `AwsWebTier`."""

    network: Optional[AwsNetwork]
    """None in an existing network."""
    admitted: Optional[aws.ec2.ManagedPrefixList]
    """Who may reach the origins. None where `exposure` is `tunnel`, with which nobody does."""
    load_balancer_security_group: Optional[aws.ec2.SecurityGroup]
    """As all of the load balancer, None where the machines are origins themselves."""
    machines_security_group: aws.ec2.SecurityGroup
    rules: list[access.Rule]
    load_balancer: Optional[aws.lb.LoadBalancer]
    target_group: Optional[aws.lb.TargetGroup]
    health_listener: Optional[aws.lb.Listener]
    """What has new machines asked for their health; nobody reaches it."""
    listener: Optional[aws.lb.Listener]
    certificate: Optional[aws.acm.Certificate]
    """What the load balancer shows, where `certificate` is given."""
    trust: Optional[TrustResources]
    """Whose certificates the load balancer asks for; None where it asks for none."""
    role: aws.iam.Role
    session_manager_policy: aws.iam.Policy
    role_policy: aws.iam.RolePolicyAttachment
    instance_profile: aws.iam.InstanceProfile
    private_key: Optional[identity.PrivateKeyResources]
    """That of the certificate that the machines show; None where they show none."""
    tunnel_token: Optional[identity.TunnelTokenResources]
    """None unless `exposure` is `tunnel`."""
    secrets_policy: Optional[aws.iam.RolePolicy]
    """Which secrets the machines may read; None where there are none."""
    template: aws.ec2.LaunchTemplate
    group: Optional[aws.autoscaling.Group]
    """None where `exposure` is `machines`."""
    scaling: Optional[aws.autoscaling.Policy]
    """None where the number of machines is fixed."""
    scheduled: list[aws.autoscaling.Schedule]
    """In the order of the times of day."""
    machines: list[FixedMachineResources]
    """Empty unless `exposure` is `machines`."""


class AwsWebTier(pulumi.ComponentResource):
    """Web machines in several zones, reached through a load balancer alone, or by the front themselves.

    What happens when something that the machines are made of changes, such as the size, the release or the site, depends on the exposure:

    - `load_balancer`: AWS replaces them in the steps of `replacement`, and old ones go once new ones answer the health check. It goes on
      after the deployment has ended. If new ones do not become healthy, it stops, with the old ones still there; it does not go back by
      itself: deploy what worked before.
    - `registered`: the same, but AWS sees only whether a machine runs, so a new one counts once it has run for
      `health_check.grace_seconds`. Give it more than a boot takes. For the same reason a machine that runs and does not answer is not
      replaced: it only takes itself from the name. Let your monitoring tell you of it, and terminate it.
    - `tunnel`: as `registered`; an unhealthy machine only leaves the tunnel. Another tunnel replaces the machines, and visitors are led
      to it when the group has been changed, not when new machines answer: let a front lead them to another tier meanwhile.
    - `machines`: each machine gets its successor before it goes, but all of them in the same deployment, and each address moves as soon
      as the successor runs, not when it answers. So the tier is away for the minutes of a boot: take it out of the front before, or
      take another exposure where that matters. An account has five such addresses in a region until it asks AWS for more
      (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-eips).

    Behind a load balancer, another `health_check` port, path or status, another `network`, or the move between public and private
    subnets makes a second set of machines: visitors, and after them the front, are led on once all of it answers. The addresses that
    private machines reach out from are new with another `network`, and with another zone in its place. A change of the exposure itself
    does not wait for new machines to answer, and neither does one of the port without a load balancer: take the tier out of the front
    before. Another port needs twice the room in a security group for a moment: with more than 30 `admitted_ranges`, raise AWS's limit
    of 60 rules before.

    With a schedule, AWS changes the number of machines, and deployments no longer do: a change of `servers` counts from the schedule's
    next time on, and so does the number of the period in which the tier is made. Where the schedule goes, take it out with
    `pulumi up --refresh`: without, the number of the period in which that happens stays. Raise `servers.min` of a tier that scales with
    `pulumi up --refresh`, too: without, the deployment waits for the number of machines that it saw last, and fails after the minutes
    of a boot where the load has changed that since, although the machines come.

    Raises:
        ArgumentError: Where an argument cannot work on AWS, before anything is created.
    """

    cloud: pulumi.Output[str]
    """aws."""
    region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    origins: pulumi.Output[list[Origin]]
    """Where the front reaches the tier: the load balancer's name in DNS, the name that machines register under, the tunnel's, or a
    machine each."""
    health_path: pulumi.Output[str]
    """The path of the health check, for the front's monitor."""
    port: pulumi.Output[int]
    """Where the origins listen: 443 for HTTPS alone, or a tunnel wherever it leads to, and any other for plain HTTP."""
    hostname: Optional[pulumi.Output[str]]
    """Name in DNS of the load balancer, whose addresses change, of the tunnel, or that machines register under. None where `exposure` is
    `machines`."""
    network_id: pulumi.Output[str]
    """Id of the VPC."""
    group_name: Optional[pulumi.Output[str]]
    """Name of the auto scaling group. None where `exposure` is `machines`."""
    role_name: pulumi.Output[str]
    """Name of the machines' role, to grant them more: the key of a secret that is encrypted with one of your own, say."""

    def __init__(self, name: str, args: AwsWebTierArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:AwsWebTier", name, None, opts)
        args = arguments(AwsWebTierArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        exposure = args.effective_exposure
        children = Children.of(self, name, args.tags)

        where = place(children, args)
        admitted = None
        if exposure is not Exposure.TUNNEL:
            admitted = prefix_list(children, "admitted", args.admitted_ranges, "admitted_ranges")
        balancer_group = access.security_group(children, "load-balancer", where.network_id) if exposure is Exposure.LOAD_BALANCER else None
        machines_group = access.security_group(children, "machines", where.network_id)
        rules = access.rules(
            children,
            balancer=balancer_group,
            machines=machines_group,
            admitted=admitted,
            origin_port=args.origin_port,
            machine_port=args.machine_port,
            own_network=where.network is not None,
        )
        health = args.effective_health_check
        asked = f"{health.effective_port} {health.effective_path} {health.effective_status}"
        balancer = None
        if balancer_group is not None:
            balancer = balancers.balancer(children, place=where, security_group=balancer_group, health=health, asked=asked)

        role = identity.role(children)
        key = identity.private_key(children, args.certificate) if args.certificate and args.machines_show_certificate else None
        token = identity.tunnel_token(children, args.tunnel) if args.tunnel else None
        secrets = {
            **args.named_secrets,
            **({"certificate.private_key": key.secret.arn} if key else {}),
            **({"tunnel.token": token.secret.arn} if token else {}),
        }
        secrets_policy = identity.secrets_policy(children, role.role, args.region, secrets)
        user_data = args.user_data(name, key.secret.arn if key else None, token.secret.arn if token else None)
        template = self._template(children, args, where, None if exposure is Exposure.MACHINES else machines_group, role.profile, user_data)

        # What a machine needs to become healthy; a target is asked for its health only once a listener leads to it.
        after: list[pulumi.Resource] = [*rules, role.attachment]
        after += [balancer.health_listener] if balancer else []
        after += [secrets_policy] if secrets_policy else []
        after += [key.version] if key else []
        after += [token.version] if token else []
        fixed = [
            fixed_machine(
                children,
                index,
                place=where,
                template=template,
                security_group=machines_group,
                user_data=user_data,
                after=after,
            )
            for index in range(args.servers.min if exposure is Exposure.MACHINES else 0)
        ]
        group = None
        if exposure is not Exposure.MACHINES:
            group = groups.group(
                children,
                servers=args.servers,
                schedule=args.schedule,
                replacement=args.effective_replacement,
                health=health,
                place=where,
                template=template,
                target_group=balancer.target_group if balancer else None,
                asked=asked,
                after=after,
            )
        listener, certificate, trusted = None, None, None
        if balancer is not None and group is not None:
            if args.certificate is not None and args.certificate.client_ca is not None:
                trusted = trust(children, args.certificate.client_ca)
            listener, certificate = balancers.listener(
                children,
                balancer,
                port=args.origin_port,
                certificate=args.certificate,
                certificate_arn=args.certificate_arn,
                trusted=trusted.store if trusted else None,
                after=group,
            )

        self.resources = AwsWebTierResources(
            network=where.network,
            admitted=admitted,
            load_balancer_security_group=balancer_group,
            machines_security_group=machines_group,
            rules=rules,
            load_balancer=balancer.load_balancer if balancer else None,
            target_group=balancer.target_group if balancer else None,
            health_listener=balancer.health_listener if balancer else None,
            listener=listener,
            certificate=certificate,
            trust=trusted,
            role=role.role,
            session_manager_policy=role.policy,
            role_policy=role.attachment,
            instance_profile=role.profile,
            private_key=key,
            tunnel_token=token,
            secrets_policy=secrets_policy,
            template=template,
            group=group,
            scaling=groups.scaling(children, args.servers, group) if group else None,
            scheduled=groups.scheduled(children, args.servers, args.schedule, group) if group else [],
            machines=fixed,
        )
        self.cloud = pulumi.Output.from_input("aws")
        self.region = pulumi.Output.from_input(args.region)
        # All that the front goes by comes after what visitors are led through, so that it moves last.
        last = [listener.arn] if listener else [group.id] if group else [machine.association.id for machine in fixed]
        ready = pulumi.Output.all(*last)
        self.hostname = None
        if balancer is not None:
            self.hostname = pulumi.Output.all(balancer.load_balancer.dns_name, ready).apply(lambda known: str(known[0]))
        if args.registration is not None:
            registered = args.registration.hostname
            self.hostname = ready.apply(lambda _: registered)
        if args.tunnel is not None:
            self.hostname = pulumi.Output.all(args.tunnel.hostname, ready).apply(lambda known: str(known[0]))
        self.origins = self._origins(name)
        self.health_path = ready.apply(lambda _: health.effective_path)
        self.port = ready.apply(lambda _: args.origin_port)
        self.network_id = pulumi.Output.from_input(where.network_id)
        self.group_name = group.name if group else None
        self.role_name = role.role.name
        self.register_outputs(outputs(self))

    def _template(
        self,
        children: Children,
        args: AwsWebTierArgs,
        where: Place,
        security_group: aws.ec2.SecurityGroup | None,
        profile: aws.iam.InstanceProfile,
        user_data: pulumi.Input[str],
    ) -> aws.ec2.LaunchTemplate:
        machine_type, release = args.effective_machine_type, args.effective_release
        suffix = f"template-{args.region}-{machines.architecture(machine_type)}"
        looked_up = args.image in (None, NEWEST)
        return machines.template(
            children,
            # An image is kept as long as its template, and is one of a region, a processor and a release.
            suffix if release is Debian.BOOKWORM else f"{suffix}-debian-{release}",
            image=machines.newest_debian(release, machine_type, pulumi.InvokeOptions(parent=self)) if looked_up else args.image or "",
            pinned=args.image is None,
            machine_type=machine_type,
            security_group=security_group,
            public=where.public,
            profile=profile,
            user_data=user_data,
            servers=args.servers,
            disk_gb=machines.DISK_GB if args.container is None else machines.CONTAINER_DISK_GB,
        )

    def _origins(self, name: str) -> pulumi.Output[list[Origin]]:
        if self.hostname is not None:
            return self.hostname.apply(lambda hostname: [Origin(name=name, address=hostname, weight=1.0)])
        return pulumi.Output.all(*(machine.address.public_ip for machine in self.resources.machines)).apply(
            lambda addresses: [Origin(name=f"{name}-{index}", address=address, weight=1.0) for index, address in enumerate(addresses)]
        )
