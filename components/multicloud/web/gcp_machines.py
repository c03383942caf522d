"""The machines of a web tier on Google Cloud: what they are made from, and how many of them run."""

import math
from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from ..google import Children
from ..machine.user_data import GCP_STARTUP_SCRIPT
from .contract import Debian, HealthCheck, Size, WebTierArgs
from .exposure import Exposure, Replacement
from .gcp_schedule import fewest, raised

MACHINE_TYPES = {Size.SMALL: "e2-small", Size.MEDIUM: "e2-medium", Size.LARGE: "e2-standard-4"}
"""Google's machine type for each size: https://cloud.google.com/compute/docs/general-purpose-machines."""

PORT_NAME = "http"
"""What the group calls the machines' port, and the backend service asks for."""

ZONES = 3
"""The zones that Google spreads a regional group over: https://cloud.google.com/compute/docs/instance-groups/regional-migs."""

CONTAINER_DISK_GB = 20
"""With a container, whose image is there twice while it is unpacked. Without one the disk is as large as the machine's image, 10 GB."""

_ARM = ("a4x-", "c4a-", "n4a-", "t2a-")
_HYPERDISK = ("c4-", "c4a-", "c4d-", "m4-", "n4-", "n4a-", "n4d-", "x4-")


def image_family(release: Debian, machine_type: str) -> str:
    """Debian's image family for a machine type's processor: https://cloud.google.com/compute/docs/images/os-details#debian."""
    return f"debian-{release}-arm64" if machine_type.startswith(_ARM) else f"debian-{release}"


def newest_debian(family: str, options: pulumi.InvokeOptions) -> pulumi.Output[str]:
    """Self link of the newest image of a family of Debian's."""
    return gcp.compute.get_image_output(family=family, project="debian-cloud", opts=options).self_link


def template_suffix(suffix: str, family: str) -> str:
    """The end of a template's name: another one for each image family, since an image is kept as long as its template.

    Args:
        suffix: The end without it.
        family: The image family. The first that there was, `debian-12`, goes unsaid.
    """
    kind = family.removeprefix("debian-")
    return suffix if kind == "12" else f"{suffix}-{kind}"


def boot_disk_type(machine_type: str) -> str:
    """The SSD that a machine type boots from: the newest series take Hyperdisk alone.

    Source: https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support
    """
    return "hyperdisk-balanced" if machine_type.startswith(_HYPERDISK) else "pd-balanced"


def template(
    children: Children,
    suffix: str,
    *,
    region: str,
    subnet: pulumi.Input[str],
    account: gcp.serviceaccount.Account,
    machine_type: str,
    image: pulumi.Input[str],
    pinned: bool,
    disk_gb: int | None,
    user_data: pulumi.Input[str],
    public: gcp.compute.RegionInstanceTemplateNetworkInterfaceAccessConfigArgs | None,
) -> gcp.compute.RegionInstanceTemplate:
    """What each machine is made from. A regional one, so that another region's outage is no matter.

    Args:
        children: The tier's.
        suffix: The end of its name; see `template_suffix`.
        region: Where it is.
        subnet: The subnetwork that its machines are in.
        account: Their identity.
        machine_type: Google's name of the machine type.
        image: Self link, or `project/family`.
        pinned: Whether the image that the template has is kept.
        disk_gb: The size of the disk in GB; None for that of the image.
        user_data: What a machine is told at its first boot.
        public: Its public address; None for none.
    """
    return gcp.compute.RegionInstanceTemplate(
        children.named(suffix),
        region=region,
        machine_type=machine_type,
        disks=[
            gcp.compute.RegionInstanceTemplateDiskArgs(
                source_image=image,
                disk_type=boot_disk_type(machine_type),
                disk_size_gb=disk_gb,
                boot=True,
                auto_delete=True,
                labels=children.labels,
            )
        ],
        network_interfaces=[
            gcp.compute.RegionInstanceTemplateNetworkInterfaceArgs(subnetwork=subnet, access_configs=[public] if public else None)
        ],
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
        opts=pulumi.ResourceOptions(
            parent=children.options.parent, ignore_changes=["description", *(["disks[0].sourceImage"] if pinned else [])]
        ),
    )


def check(
    children: Children,
    suffix: str,
    path: str,
    port: int,
    *,
    https: bool = False,
    interval: int,
    healthy: int,
    unhealthy: int,
) -> gcp.compute.HealthCheck:
    """A health check that asks each machine for the health path. What it asks for never changes: the old machines would not answer what
    only the new ones do, so those get another check, and the old one stays as long as the old machines.

    Args:
        children: The tier's.
        suffix: The end of its name.
        path: The health path.
        port: The machines' port.
        https: Whether they speak HTTPS there. Google's checks take any certificate.
        interval: Seconds between two questions; 5 is also the longest wait for an answer.
        healthy: Good answers in a row until a machine counts as healthy.
        unhealthy: Bad ones in a row until it does not.
    """
    return gcp.compute.HealthCheck(
        children.named(suffix),
        http_health_check=None if https else gcp.compute.HealthCheckHttpHealthCheckArgs(port=port, request_path=path),
        https_health_check=gcp.compute.HealthCheckHttpsHealthCheckArgs(port=port, request_path=path) if https else None,
        check_interval_sec=interval,
        timeout_sec=5,
        healthy_threshold=healthy,
        unhealthy_threshold=unhealthy,
        description=children.description,
        opts=pulumi.ResourceOptions(parent=children.options.parent, replace_on_changes=["httpHealthCheck", "httpsHealthCheck"]),
    )


def timeouts(health: HealthCheck, rounds: int) -> pulumi.CustomTimeouts:
    """How long to wait until machines are healthy that are made or replaced in so many rounds."""
    patience = f"{10 + math.ceil(health.effective_grace / 60) * rounds}m"
    return pulumi.CustomTimeouts(create=patience, update=patience)


def steps(replacement: Replacement, machines: int, zones: int) -> tuple[int, int]:
    """How many machines more, and how many fewer, may run while they are replaced. Either is none, or one a zone at least.

    Source: https://cloud.google.com/compute/docs/instance-groups/updating-migs#max_surge

    Args:
        replacement: In percent.
        machines: Of how many: the fewest at any time, so that the percentages hold at all times.
        zones: How many zones they are in.
    """
    surge = max(zones, math.ceil(machines * replacement.surge / 100)) if replacement.surge else 0
    unavailable = max(zones, machines * replacement.unavailable // 100) if replacement.unavailable else 0
    return surge, unavailable


def group(
    children: Children,
    suffix: str,
    args: WebTierArgs,
    *,
    region: str,
    zones: list[str] | None,
    subnet: pulumi.Input[str],
    template: gcp.compute.RegionInstanceTemplate,
    check: gcp.compute.HealthCheck | None,
    after: Sequence[pulumi.Resource],
) -> gcp.compute.RegionInstanceGroupManager:
    """The machines, spread over zones, replaced when they fall silent or the template changes.

    Args:
        children: The tier's.
        suffix: The end of its name.
        args: The tier's: how many machines, when, and in what steps they are replaced.
        region: Where they are.
        zones: In which zones; None for three of Google's choice.
        subnet: The subnetwork that they are in.
        template: What they are made from.
        check: How it is found out whether one answers; None where nobody can ask, so that it counts once it has run for the time that a
            boot may take, and is replaced only when it runs no more.
        after: What has to exist before the first machine boots.
    """
    health, autoscaled = args.effective_health_check, args.servers.scales or args.schedule is not None
    size = fewest(args.schedule, args.servers.min)
    surge, unavailable = steps(args.effective_replacement, size, len(zones) if zones else ZONES)
    behind = args.effective_exposure is Exposure.LOAD_BALANCER
    return gcp.compute.RegionInstanceGroupManager(
        children.named(suffix),
        region=region,
        base_instance_name=children.name,
        versions=[gcp.compute.RegionInstanceGroupManagerVersionArgs(instance_template=template.self_link)],
        # To begin with; then it is the autoscaler's, where there is one.
        target_size=size,
        distribution_policy_zones=zones,
        named_ports=[gcp.compute.RegionInstanceGroupManagerNamedPortArgs(name=PORT_NAME, port=args.machine_port)] if behind else None,
        auto_healing_policies=gcp.compute.RegionInstanceGroupManagerAutoHealingPoliciesArgs(
            health_check=check.id, initial_delay_sec=health.effective_grace
        )
        if check
        else None,
        update_policy=gcp.compute.RegionInstanceGroupManagerUpdatePolicyArgs(
            type="PROACTIVE",
            minimal_action="REPLACE",
            replacement_method="SUBSTITUTE",
            instance_redistribution_type="PROACTIVE",
            max_surge_fixed=surge,
            max_unavailable_fixed=unavailable,
            min_ready_sec=None if check else health.effective_grace,
        ),
        # The tier is there when it serves: the front gets no origin that does not answer yet, and what it replaces goes only then.
        wait_for_instances=True,
        wait_for_instances_status="UPDATED",
        description=children.description,
        opts=pulumi.ResourceOptions(
            parent=children.options.parent,
            depends_on=after,
            ignore_changes=["description", *(["targetSize"] if autoscaled else [])],
            custom_timeouts=timeouts(health, math.ceil(most(args) / (surge + unavailable))),
            # The machines of a group are asked the same for their health and are in one subnetwork, all of them. So where either is
            # another, there is another group, and this one goes once that serves.
            # https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroups/addInstances
            replace_on_changes=["autoHealingPolicies.healthCheck"],
            replacement_trigger=subnet,
        ),
    )


def autoscaler(
    children: Children, suffix: str, args: WebTierArgs, *, region: str, group: gcp.compute.RegionInstanceGroupManager
) -> gcp.compute.RegionAutoscaler | None:
    """Keeps the average CPU use at the target, and the schedule; None where the number of machines is fixed at all times."""
    servers, schedule = args.servers, args.schedule
    if not servers.scales and schedule is None:
        return None
    return gcp.compute.RegionAutoscaler(
        children.named(suffix),
        region=region,
        target=group.self_link,
        autoscaling_policy=gcp.compute.RegionAutoscalerAutoscalingPolicyArgs(
            min_replicas=fewest(schedule, servers.min),
            max_replicas=most(args),
            # A booting machine's CPU use says nothing of the load.
            cooldown_period=args.effective_health_check.effective_grace,
            # Schedules do not keep CPU use out of it: Google aims at 60 percent where nothing else is said. At 100 percent it asks for
            # no more machines than there are, but for shared cores that burst, and never for more than the most of the schedule.
            # https://cloud.google.com/compute/docs/reference/rest/v1/regionAutoscalers
            cpu_utilization=gcp.compute.RegionAutoscalerAutoscalingPolicyCpuUtilizationArgs(
                target=servers.target / 100 if servers.scales else 1.0
            ),
            scaling_schedules=[
                gcp.compute.RegionAutoscalerAutoscalingPolicyScalingScheduleArgs(
                    name=time.name,
                    schedule=time.change.cron,
                    time_zone=schedule.time_zone,
                    duration_sec=time.minutes * 60,
                    min_required_replicas=time.servers,
                )
                for time in raised(schedule, servers.min)
            ]
            if schedule
            else None,
        ),
        description=children.description,
        # Another group has one of its own from the beginning, and the old group keeps its machines until it goes.
        opts=pulumi.ResourceOptions(parent=children.options.parent, replace_on_changes=["target"]),
    )


def most(args: WebTierArgs) -> int:
    """The largest number of machines at any time."""
    return max(args.servers.most, args.schedule.most if args.schedule else 0)
