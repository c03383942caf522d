"""The load balancer of a tier on DigitalOcean, and its certificate."""

from collections.abc import Sequence
from typing import Optional

import pulumi
import pulumi_digitalocean as digitalocean

from ..arguments import planned
from .contract import HealthCheck
from .digitalocean_admission import admission
from .exposure import Certificate


def certificate(name: str, given: Certificate, opts: pulumi.ResourceOptions) -> digitalocean.Certificate:
    """A certificate of one's own. Its name is made up, so that a renewed one is there before the load balancer lets go of the old.

    Args:
        name: The resource's name.
        given: The certificate with its key.
        opts: Of the resource.
    """
    return digitalocean.Certificate(
        name,
        type=digitalocean.CertificateType.CUSTOM,
        leaf_certificate=given.certificate,
        private_key=pulumi.Output.secret(given.private_key),
        certificate_chain=given.chain,
        opts=opts,
    )


def load_balancer(
    name: str,
    *,
    region: str,
    vpc: pulumi.Input[str],
    tag: pulumi.Input[str],
    health: HealthCheck,
    certificate: Optional[digitalocean.Certificate],
    ranges: Optional[pulumi.Input[list[pulumi.Input[str]]]],
    opts: pulumi.ResourceOptions,
) -> digitalocean.LoadBalancer:
    """A regional load balancer, which lets the admitted ranges through and no one else.

    Args:
        name: The resource's name.
        region: Slug of the region.
        vpc: Id of the VPC that it is in, with the machines.
        tag: Name of the tag that its machines carry.
        health: How it finds out which of them answer.
        certificate: What it shows on port 443; None for plain HTTP on port 80.
        ranges: Who may come to it; None for nobody.
        opts: Of the resource.
    """
    return digitalocean.LoadBalancer(
        name,
        region=region,
        vpc_uuid=vpc,
        droplet_tag=tag,
        forwarding_rules=_rules(health.effective_port, certificate),
        healthcheck=digitalocean.LoadBalancerHealthcheckArgs(
            protocol="http",
            port=health.effective_port,
            path=health.effective_path,
            check_interval_seconds=10,
            response_timeout_seconds=5,
            unhealthy_threshold=3,
            healthy_threshold=2,
        ),
        firewall=planned(admission, ranges),
        enable_backend_keepalive=True,
        opts=opts,
    )


def _rules(port: int, certificate: Optional[digitalocean.Certificate]) -> Sequence[digitalocean.LoadBalancerForwardingRuleArgs]:
    """The one way in.

    A port speaks one protocol. That is `https` and not `http2`, since every front and its health checks speak HTTP/1.1; with TLS 1.2
    or 1.3, which are all that a load balancer has.
    Source: https://docs.digitalocean.com/products/networking/load-balancers/details/limits/
    """
    if certificate is None:
        return [digitalocean.LoadBalancerForwardingRuleArgs(entry_protocol="http", entry_port=80, target_protocol="http", target_port=port)]
    return [
        digitalocean.LoadBalancerForwardingRuleArgs(
            entry_protocol="https", entry_port=443, target_protocol="http", target_port=port, certificate_name=certificate.name
        )
    ]
