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


HEALTH_PORT = 8080
"""A port of the load balancer that its security group admits nobody to."""


@dataclass(frozen=True, kw_only=True)
class BalancerResources:
    """A load balancer that asks machines for their health, and has no visitors yet."""

    load_balancer: aws.lb.LoadBalancer
    target_group: aws.lb.TargetGroup
    health_listener: aws.lb.Listener
    """Machines are asked for their health only where a listener leads to their target group. This one, which nobody reaches, lets new
    ones become healthy before visitors are led to them."""


def balancer(
    children: Children, *, place: Place, security_group: aws.ec2.SecurityGroup, health: HealthCheck, asked: str
) -> BalancerResources:
    """The load balancer and the machines behind it, to which `listener` leads visitors.

    Args:
        children: The tier's.
        place: Where it stands.
        security_group: Who reaches it.
        health: How it is found out whether a machine answers.
        asked: What is new where old machines would not answer: then the new ones get a target group of their own.
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
    target_group = _target_group(children, place, health, asked)
    health_listener = aws.lb.Listener(
        f"{children.name}-health-listener",
        load_balancer_arn=load_balancer.arn,
        port=HEALTH_PORT,
        protocol="HTTP",
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=target_group.arn)],
        tags=children.tags("health-listener"),
        opts=children.options,
    )
    return BalancerResources(load_balancer=load_balancer, target_group=target_group, health_listener=health_listener)


def listener(
    children: Children,
    to: BalancerResources,
    *,
    port: int,
    certificate: Certificate | None,
    certificate_arn: pulumi.Input[str] | None,
    trusted: aws.lb.TrustStore | None,
    after: aws.autoscaling.Group,
) -> tuple[aws.lb.Listener, aws.acm.Certificate | None]:
    """What leads visitors to the machines, and the certificate that came with its key.

    On another port there is another listener, and the old one goes when the front has moved.

    Args:
        children: The tier's.
        to: The load balancer.
        port: The port that visitors come to.
        certificate: What is shown, with its private key.
        certificate_arn: What is shown, where that is in AWS's hands already. Without either, it serves plain HTTP.
        trusted: Whose certificates visitors have to show. Without it, nobody is asked for one.
        after: The machines. They answer before visitors are led to them.
    """
    imported = _imported(children, certificate) if certificate is not None else None
    shown = imported.arn if imported is not None else certificate_arn
    made = aws.lb.Listener(
        f"{children.name}-listener",
        load_balancer_arn=to.load_balancer.arn,
        port=port,
        protocol="HTTP" if shown is None else "HTTPS",
        certificate_arn=shown,
        ssl_policy=None if shown is None else TLS_POLICY,
        mutual_authentication=None if shown is None else _mutual(trusted),
        default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=to.target_group.arn)],
        tags=children.tags("listener"),
        opts=pulumi.ResourceOptions(parent=children.options.parent, depends_on=[after], replacement_trigger=port),
    )
    return made, imported


def _mutual(trusted: aws.lb.TrustStore | None) -> aws.lb.ListenerMutualAuthenticationArgs:
    """Off is said aloud: the provider would keep what is no longer there, and AWS the trust store that is in use then.

    With `verify`, whoever shows no certificate of it is let go while TLS is negotiated; health checks of targets do not come this way.
    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html
    """
    if trusted is None:
        return aws.lb.ListenerMutualAuthenticationArgs(mode="off")
    return aws.lb.ListenerMutualAuthenticationArgs(mode="verify", trust_store_arn=trusted.arn)


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


def _target_group(children: Children, place: Place, health: HealthCheck, asked: str) -> aws.lb.TargetGroup:
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
        opts=pulumi.ResourceOptions(parent=children.options.parent, replacement_trigger=asked),
    )
