"""The machines of a web tier on Google Cloud: who they are, what they are made from, and how many of them run."""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from ..google import Children
from ..machine.user_data import GCP_STARTUP_SCRIPT
from ..naming import fitted
from ..network.gcp import GcpNetwork
from .contract import HealthCheck, Servers, Size

MACHINE_TYPES = {Size.SMALL: "e2-small", Size.MEDIUM: "e2-medium", Size.LARGE: "e2-standard-4"}
"""Google's machine type for each size: https://cloud.google.com/compute/docs/general-purpose-machines."""

PROXY_RANGES = ["130.211.0.0/22", "35.191.0.0/16"]
"""Where Google's proxies and health checks come from: https://cloud.google.com/load-balancing/docs/https#firewall-rules."""

PORT_NAME = "http"
"""What the group calls the machines' port, and the backend service asks for."""

_ROLES = {"log-writer": "roles/logging.logWriter", "metric-writer": "roles/monitoring.metricWriter"}
_ARM = ("a4x-", "c4a-", "n4a-", "t2a-")
_HYPERDISK = ("c4-", "c4a-", "c4d-", "m4-", "n4-", "n4a-", "n4d-", "x4-")


def account_id(project: str, stack: str, name: str) -> str:
    """Id of a component's service account, 6 to 30 characters: one for each component of each stack."""
    return fitted(f"{name}-{stack}-{project}".lower().replace("_", "-").replace(".", "-"), 30).rstrip("-").ljust(6, "0")


def default_image(machine_type: str) -> str:
    """Debian 12's image family for the machine type's processor."""
    return "debian-cloud/debian-12-arm64" if machine_type.startswith(_ARM) else "debian-cloud/debian-12"


def boot_disk_type(machine_type: str) -> str:
    """The SSD that a machine type boots from: the newest series take Hyperdisk alone.

    Source: https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support
    """
    return "hyperdisk-balanced" if machine_type.startswith(_HYPERDISK) else "pd-balanced"


def service_account(children: Children) -> gcp.serviceaccount.Account:
    """The machines' identity."""
    return gcp.serviceaccount.Account(
        f"{children.name}-machines",
        # Its 30 characters are too few for auto-naming; and nothing but another id ever replaces an account.
        account_id=account_id(pulumi.get_project(), pulumi.get_stack(), children.name),
        display_name=f"Machines of {children.name}",
        description=children.description,
        opts=children.options,
    )


def grants(children: Children, account: gcp.serviceaccount.Account) -> list[gcp.projects.IAMMember]:
    """All that the machines may do by themselves: write logs and metrics."""
    return [
        gcp.projects.IAMMember(
            f"{children.name}-{suffix}", project=account.project, role=role, member=account.member, opts=children.options
        )
        for suffix, role in _ROLES.items()
    ]


def firewall(children: Children, network: GcpNetwork, account: gcp.serviceaccount.Account, port: int) -> gcp.compute.Firewall:
    """Lets Google's proxies and health checks through to the machines, and nobody else."""
    return gcp.compute.Firewall(
        f"{children.name}-firewall",
        network=network.network_id,
        direction="INGRESS",
        allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=[str(port)])],
        source_ranges=PROXY_RANGES,
        target_service_accounts=[account.email],
        description=children.description,
        opts=children.options,
    )


def template(
    children: Children,
    *,
    region: str,
    network: GcpNetwork,
    account: gcp.serviceaccount.Account,
    machine_type: str,
    image: str,
    user_data: str,
) -> gcp.compute.RegionInstanceTemplate:
    """What each machine is made from. A regional one, so that another region's outage is no matter."""
    return gcp.compute.RegionInstanceTemplate(
        f"{children.name}-template",
        region=region,
        machine_type=machine_type,
        disks=[
            gcp.compute.RegionInstanceTemplateDiskArgs(
                source_image=image, disk_type=boot_disk_type(machine_type), boot=True, auto_delete=True, labels=children.labels
            )
        ],
        # No access configuration: the machines have no public address.
        network_interfaces=[gcp.compute.RegionInstanceTemplateNetworkInterfaceArgs(subnetwork=network.subnet_id)],
        service_account=gcp.compute.RegionInstanceTemplateServiceAccountArgs(
            email=account.email,
            # The roles say what the account may do; narrower scopes would only say it a second time.
            scopes=["https://www.googleapis.com/auth/cloud-platform"],
        ),
        shielded_instance_config=gcp.compute.RegionInstanceTemplateShieldedInstanceConfigArgs(
            enable_secure_boot=True, enable_vtpm=True, enable_integrity_monitoring=True
        ),
        metadata={
            "user-data": user_data,
            "startup-script": GCP_STARTUP_SCRIPT,
            "block-project-ssh-keys": "TRUE",
            "enable-oslogin": "TRUE",
        },
        labels=children.labels,
        description=children.description,
        opts=children.described_once,
    )


def http_check(
    children: Children, suffix: str, health: HealthCheck, *, interval: int, healthy: int, unhealthy: int
) -> gcp.compute.HealthCheck:
    """A health check that asks each machine for the health path.

    Args:
        children: The component's children.
        suffix: What follows the component's name in the check's.
        health: Path and port.
        interval: Seconds between two questions; 5 is also the longest wait for an answer.
        healthy: Good answers in a row until a machine counts as healthy.
        unhealthy: Bad ones in a row until it does not.
    """
    return gcp.compute.HealthCheck(
        f"{children.name}-{suffix}",
        http_health_check=gcp.compute.HealthCheckHttpHealthCheckArgs(port=health.effective_port, request_path=health.effective_path),
        check_interval_sec=interval,
        timeout_sec=5,
        healthy_threshold=healthy,
        unhealthy_threshold=unhealthy,
        description=children.description,
        opts=children.options,
    )


def group(
    children: Children,
    *,
    region: str,
    zones: list[str] | None,
    servers: Servers,
    health: HealthCheck,
    template: gcp.compute.RegionInstanceTemplate,
    check: gcp.compute.HealthCheck,
    after: Sequence[pulumi.Resource],
) -> gcp.compute.RegionInstanceGroupManager:
    """The machines, spread over zones, replaced when they fall silent or the template changes.

    Args:
        after: What has to exist before the first machine boots.
    """
    return gcp.compute.RegionInstanceGroupManager(
        f"{children.name}-group",
        region=region,
        base_instance_name=children.name,
        versions=[gcp.compute.RegionInstanceGroupManagerVersionArgs(instance_template=template.self_link)],
        target_size=None if servers.scales else servers.min,
        distribution_policy_zones=zones,
        named_ports=[gcp.compute.RegionInstanceGroupManagerNamedPortArgs(name=PORT_NAME, port=health.effective_port)],
        auto_healing_policies=gcp.compute.RegionInstanceGroupManagerAutoHealingPoliciesArgs(
            health_check=check.id, initial_delay_sec=health.effective_grace
        ),
        update_policy=gcp.compute.RegionInstanceGroupManagerUpdatePolicyArgs(
            type="PROACTIVE",
            minimal_action="REPLACE",
            replacement_method="SUBSTITUTE",
            instance_redistribution_type="PROACTIVE",
            # New machines come before old ones go, one a zone: a regional group takes no smaller number.
            max_surge_fixed=len(zones) if zones else 3,
            max_unavailable_fixed=0,
        ),
        description=children.description,
        opts=pulumi.ResourceOptions.merge(children.described_once, pulumi.ResourceOptions(depends_on=after)),
    )


def autoscaler(
    children: Children, *, region: str, servers: Servers, health: HealthCheck, group: gcp.compute.RegionInstanceGroupManager
) -> gcp.compute.RegionAutoscaler | None:
    """Keeps the average CPU use at the target; None where the number of machines is fixed."""
    if not servers.scales:
        return None
    return gcp.compute.RegionAutoscaler(
        f"{children.name}-autoscaler",
        region=region,
        target=group.self_link,
        autoscaling_policy=gcp.compute.RegionAutoscalerAutoscalingPolicyArgs(
            min_replicas=servers.min,
            max_replicas=servers.most,
            # A booting machine's CPU use says nothing of the load.
            cooldown_period=health.effective_grace,
            cpu_utilization=gcp.compute.RegionAutoscalerAutoscalingPolicyCpuUtilizationArgs(target=servers.target / 100),
        ),
        description=children.description,
        opts=children.options,
    )
