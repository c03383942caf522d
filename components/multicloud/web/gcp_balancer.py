"""The global external Application Load Balancer before a web tier on Google Cloud.

With a certificate it answers on port 443 alone, and without one on port 80 alone. Between it and the machines is Google's own network,
which encrypts what leaves a building (https://cloud.google.com/docs/security/encryption-in-transit), so they speak plain HTTP.
"""

from dataclasses import dataclass

import pulumi_gcp as gcp

from ..arguments import planned
from ..google import Children
from . import gcp_machines as machines
from .cloud_armor import admission_rules
from .contract import WebTierArgs
from .exposure import Certificate
from .gcp_access import joined


@dataclass(kw_only=True, frozen=True)
class GcpLoadBalancerResources:
    """The load balancer's resources."""

    backend_check: gcp.compute.HealthCheck
    """Finds the machines that get no visitors for now."""
    admission: gcp.compute.SecurityPolicy
    """Who may reach it."""
    backend: gcp.compute.BackendService
    url_map: gcp.compute.URLMap
    certificate: gcp.compute.SSLCertificate | None
    """None for plain HTTP."""
    ssl_policy: gcp.compute.SSLPolicy | None
    """None for plain HTTP."""
    proxy: gcp.compute.TargetHttpProxy | gcp.compute.TargetHttpsProxy
    address: gcp.compute.GlobalAddress
    forwarding: gcp.compute.GlobalForwardingRule


def load_balancer(children: Children, args: WebTierArgs, group: gcp.compute.RegionInstanceGroupManager) -> GcpLoadBalancerResources:
    """The load balancer.

    Args:
        children: The tier's.
        args: The tier's: its health check, certificate and admitted ranges.
        group: The machines.
    """
    name = children.name
    backend_check = machines.check(
        children,
        "backend-check",
        args.effective_health_check.effective_path,
        args.machine_port,
        interval=5,
        healthy=2,
        unhealthy=2,
    )
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
    certificate, ssl_policy, proxy = _proxy(children, url_map, args.certificate)
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
        port_range=str(args.origin_port),
        target=proxy.id,
        labels=children.labels,
        description=children.description,
        opts=children.described_once,
    )
    return GcpLoadBalancerResources(
        backend_check=backend_check,
        admission=admission,
        backend=backend,
        url_map=url_map,
        certificate=certificate,
        ssl_policy=ssl_policy,
        proxy=proxy,
        address=address,
        forwarding=forwarding,
    )


def _proxy(
    children: Children, url_map: gcp.compute.URLMap, given: Certificate | None
) -> tuple[gcp.compute.SSLCertificate | None, gcp.compute.SSLPolicy | None, gcp.compute.TargetHttpProxy | gcp.compute.TargetHttpsProxy]:
    """What ends the visitors' connections."""
    if given is None:
        proxy = gcp.compute.TargetHttpProxy(
            f"{children.name}-proxy", url_map=url_map.id, description=children.description, opts=children.described_once
        )
        return None, None, proxy
    # A certificate never changes: another one comes first, then the proxy shows it, then the old one goes.
    certificate = gcp.compute.SSLCertificate(
        f"{children.name}-certificate",
        # With those that vouch for it, as Google takes them: in one text.
        certificate=given.certificate if given.chain is None else joined(given.certificate, given.chain),
        private_key=given.private_key,
        description=children.description,
        opts=children.described_once,
    )
    ssl_policy = gcp.compute.SSLPolicy(
        f"{children.name}-ssl-policy",
        min_tls_version="TLS_1_2",
        profile="MODERN",
        description=children.description,
        opts=children.described_once,
    )
    https_proxy = gcp.compute.TargetHttpsProxy(
        f"{children.name}-https-proxy",
        url_map=url_map.id,
        ssl_certificates=[certificate.id],
        ssl_policy=ssl_policy.id,
        description=children.description,
        opts=children.described_once,
    )
    return certificate, ssl_policy, https_proxy
