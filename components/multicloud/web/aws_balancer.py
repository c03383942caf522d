"""The load balancer of a web tier on AWS: an Application Load Balancer, with TLS where there is a certificate."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from ..naming import fitted
from .aws_place import Place
from .contract import HealthCheck
from .exposure import Certificate

NAME_LIMIT = 24
"""Names of load balancers and target groups hold 32 characters, of which auto-naming takes 8; Pulumi refuses longer ones.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
"""

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""TLS 1.2 and 1.3 with forward secrecy alone, and post-quantum key exchange with whoever can: what AWS recommends.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""


@dataclass(frozen=True, kw_only=True)
class BalancerResources:
    """A load balancer and what leads through it."""

    load_balancer: aws.lb.LoadBalancer
    target_group: aws.lb.TargetGroup
    listener: aws.lb.Listener
    certificate: aws.acm.Certificate | None
    """The certificate that came with its key; None without one, and where it is AWS's own."""


def balancer(
    children: Children,
    *,
    place: Place,
    security_group: aws.ec2.SecurityGroup,
    health: HealthCheck,
    certificate: Certificate | None,
    certificate_arn: pulumi.Input[str] | None,
) -> BalancerResources:
    """The load balancer, which sends visitors on to healthy machines.

    Args:
        children: The tier's.
        place: Where it stands.
        security_group: Who reaches it.
        health: How it is found out whether a machine answers.
        certificate: What it shows, with its private key.
        certificate_arn: What it shows, where that is in AWS's hands already. Without either, it serves plain HTTP.
    """
    load_balancer = aws.lb.LoadBalancer(
        fitted(f"{children.name}-balancer", NAME_LIMIT),
        load_balancer_type="application",
        internal=False,
        security_groups=[security_group.id],
        subnets=place.subnet_ids,
        drop_invalid_header_fields=True,
        tags=children.tags("balancer"),
        opts=pulumi.ResourceOptions(
            parent=children.options.parent,
            # AWS refuses it while the network has no way to the internet.
            depends_on=place.before,
            # It cannot move to another network; the provider would try.
            replacement_trigger=place.network_id,
        ),
    )
    target_group = _target_group(children, place, health)
    imported = _imported(children, certificate) if certificate is not None else None
    shown = imported.arn if imported is not None else certificate_arn
    listener = aws.lb.Listener(
        f"{children.name}-listener",
        load_balancer_arn=load_balancer.arn,
        port=80 if shown is None else 443,
        protocol="HTTP" if shown is None else "HTTPS",
        certificate_arn=shown,
        ssl_policy=None if shown is None else TLS_POLICY,
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target_group.arn)],
        tags=children.tags("listener"),
        opts=children.options,
    )
    return BalancerResources(load_balancer=load_balancer, target_group=target_group, listener=listener, certificate=imported)


def _imported(children: Children, certificate: Certificate) -> aws.acm.Certificate:
    """A renewed certificate is imported in place of the old one, without a moment without any."""
    return aws.acm.Certificate(
        f"{children.name}-certificate",
        certificate_body=certificate.certificate,
        certificate_chain=certificate.chain,
        private_key=pulumi.Output.secret(certificate.private_key),
        tags=children.tags("certificate"),
        opts=children.options,
    )


def _target_group(children: Children, place: Place, health: HealthCheck) -> aws.lb.TargetGroup:
    return aws.lb.TargetGroup(
        fitted(f"{children.name}-targets", NAME_LIMIT),
        port=health.effective_port,
        protocol="HTTP",
        vpc_id=place.network_id,
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
