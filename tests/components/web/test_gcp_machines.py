"""GcpWebTier: what its machines are made from, how many there are, and in what steps they are replaced."""

from typing import Any

import pytest

from multicloud.machine.container import Container
from multicloud.web.contract import Debian, HealthCheck, Servers, Size
from multicloud.web.exposure import Replacement
from multicloud.web.gcp import GcpWebTier
from multicloud.web.gcp_machines import boot_disk_type, image_family, steps
from tests.components.web import gcp_tier
from tests.components.web.gcp_tier import (
    AUTOSCALER,
    CHECK,
    FIREWALL,
    GROUP,
    LABELS,
    TEMPLATE,
)
from tests.recording import Recording


def build(recording: Recording, **args: Any) -> GcpWebTier:
    """A tier that scales, unless the arguments say otherwise."""
    return gcp_tier.build(recording, **({"servers": Servers(min=2, max=6)} | args))


def test_a_fixed_number_of_servers_has_no_autoscaler(recording: Recording) -> None:
    tier = build(recording, servers=Servers(min=3))
    assert recording.one(GROUP).inputs["targetSize"] == 3
    assert AUTOSCALER not in recording.types()
    assert tier.resources.autoscaler is None


def test_the_autoscaler_alone_decides_the_number_of_servers(recording: Recording) -> None:
    """It begins with the fewest, so that the tier is there when it serves."""
    build(recording, servers=Servers(min=2, max=6, cpu_target=70), health_check=HealthCheck(grace_seconds=120))
    assert recording.one(GROUP).inputs["targetSize"] == 2
    assert recording.one(GROUP).ignore_changes == ["description", "targetSize"]
    assert recording.one(AUTOSCALER).inputs["autoscalingPolicy"] == {
        "minReplicas": 2,
        "maxReplicas": 6,
        "cooldownPeriod": 120,
        "cpuUtilization": {"target": 0.7},
    }


def test_machines_and_disks_carry_the_callers_tags_as_labels(recording: Recording) -> None:
    build(recording, tags={"Team": "Payments @ Co"})
    template = recording.one(TEMPLATE).inputs
    assert template["labels"] == template["disks"][0]["labels"] == {**LABELS, "team": "payments---co"}


def test_a_machine_has_no_public_address_no_ssh_keys_and_a_shielded_debian(recording: Recording) -> None:
    build(recording, size=Size.LARGE)
    template = recording.one(TEMPLATE).inputs
    assert template["machineType"] == "e2-standard-4"
    assert template["disks"][0] | {"labels": None} == {
        "sourceImage": "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12",
        "diskType": "pd-balanced",
        "boot": True,
        "autoDelete": True,
        "labels": None,
    }
    assert [set(interface) for interface in template["networkInterfaces"]] == [{"subnetwork"}]
    assert template["shieldedInstanceConfig"] == {"enableSecureBoot": True, "enableVtpm": True, "enableIntegrityMonitoring": True}
    assert template["metadata"]["block-project-ssh-keys"] == template["metadata"]["enable-oslogin"] == "TRUE"


def test_a_machine_boots_the_rendered_user_data(recording: Recording) -> None:
    """Google's Debian comes without cloud-init, so the start-up script has to bring it."""
    build(recording, health_check=HealthCheck(path="/alive", port=8080))
    metadata = recording.one(TEMPLATE).inputs["metadata"]
    assert metadata["user-data"].startswith("#cloud-config\n")
    assert "/alive" in metadata["user-data"] and "8080" in metadata["user-data"]
    assert "install --no-install-recommends cloud-init" in metadata["startup-script"]


def test_image_and_machine_type_can_be_named(recording: Recording) -> None:
    build(recording, machine_type="n2-standard-4", image="projects/p/global/images/ours-1")
    template = recording.one(TEMPLATE).inputs
    assert (template["machineType"], template["disks"][0]["sourceImage"]) == ("n2-standard-4", "projects/p/global/images/ours-1")


def test_the_image_is_the_newest_of_the_family_and_then_kept(recording: Recording) -> None:
    """A newer one replaces no machines, and needs no resource to be kept."""
    build(recording)
    [look_up] = [call for call in recording.calls if call.token == "gcp:compute/getImage:getImage"]
    assert look_up.args == {"family": "debian-12", "project": "debian-cloud"}
    assert recording.one(TEMPLATE).ignore_changes == ["description", "disks[0].sourceImage"]


@pytest.mark.parametrize(("image", "asked"), [("newest", True), ("debian-cloud/debian-12", False)])
def test_an_image_that_is_named_or_followed_is_not_kept(recording: Recording, image: str, asked: bool) -> None:
    build(recording, image=image)
    assert recording.one(TEMPLATE).ignore_changes == ["description"]
    assert bool(recording.calls) == asked


@pytest.mark.parametrize(
    ("release", "machine_type", "family", "name", "disk"),
    [
        ("12", "e2-small", "debian-12", "web-template", "pd-balanced"),
        ("12", "t2a-standard-1", "debian-12-arm64", "web-template-12-arm64", "pd-balanced"),
        ("13", "c4a-standard-1", "debian-13-arm64", "web-template-13-arm64", "hyperdisk-balanced"),
        ("13", "c4-standard-2", "debian-13", "web-template-13", "hyperdisk-balanced"),
    ],
)
def test_image_and_disk_fit_the_release_and_the_machine_type(
    recording: Recording, release: str, machine_type: str, family: str, name: str, disk: str
) -> None:
    """Another family is another template, since a template keeps its image."""
    build(recording, release=Debian(release), machine_type=machine_type)
    assert (image_family(Debian(release), machine_type), boot_disk_type(machine_type)) == (family, disk)
    assert [call.args["family"] for call in recording.calls] == [family]
    assert recording.one(TEMPLATE).name == name


def test_an_update_adds_machines_before_it_takes_any_away(recording: Recording) -> None:
    build(recording)
    assert recording.one(GROUP).inputs["updatePolicy"] == {
        "type": "PROACTIVE",
        "minimalAction": "REPLACE",
        "replacementMethod": "SUBSTITUTE",
        "instanceRedistributionType": "PROACTIVE",
        "maxSurgeFixed": 3,
        "maxUnavailableFixed": 0,
    }


def test_as_many_machines_are_added_as_there_are_zones(recording: Recording) -> None:
    """Google takes no smaller surge of a regional group."""
    build(recording, zones=["europe-west3-a", "europe-west3-c"])
    group = recording.one(GROUP).inputs
    assert group["distributionPolicyZones"] == ["europe-west3-a", "europe-west3-c"]
    assert group["updatePolicy"]["maxSurgeFixed"] == 2


@pytest.mark.parametrize(
    ("replacement", "machines", "zones", "surge", "unavailable"),
    [
        (Replacement(), 2, 3, 3, 0),
        (Replacement(), 20, 3, 10, 0),
        (Replacement(surge_percent=1), 20, 2, 2, 0),
        (Replacement(surge_percent=0, unavailable_percent=40), 20, 3, 0, 8),
        (Replacement(surge_percent=100, unavailable_percent=10), 20, 3, 20, 3),
    ],
)
def test_the_steps_are_none_or_one_a_zone_at_least(
    replacement: Replacement, machines: int, zones: int, surge: int, unavailable: int
) -> None:
    assert steps(replacement, machines, zones) == (surge, unavailable)


def test_a_deployment_waits_for_healthy_machines_as_long_as_the_steps_take(recording: Recording) -> None:
    """What they replace goes only then."""
    build(recording, servers=Servers(min=9), health_check=HealthCheck(grace_seconds=120), replacement=Replacement(surge_percent=34))
    group = recording.one(GROUP)
    assert (group.inputs["waitForInstances"], group.inputs["waitForInstancesStatus"]) == (True, "UPDATED")
    assert group.timeouts == {"create": "16m", "update": "16m"}


@pytest.mark.parametrize(("container", "disk"), [(None, None), (Container(image="ghcr.io/example/shop:1.4", port=8080), 20)])
def test_a_container_has_room_for_its_image(recording: Recording, container: Container | None, disk: int | None) -> None:
    build(recording, container=container)
    assert recording.one(TEMPLATE).inputs["disks"][0].get("diskSizeGb") == disk


def test_what_is_asked_for_health_changes_with_the_machines(recording: Recording) -> None:
    """Another path or port is another check, other checks are another group, and that has an autoscaler of its own."""
    build(recording)
    assert {tuple(check.replace_on_changes) for check in recording.all(CHECK)} == {("httpHealthCheck", "httpsHealthCheck")}
    assert recording.one(GROUP).replace_on_changes == ["autoHealingPolicies.healthCheck"]
    assert recording.one(AUTOSCALER).replace_on_changes == ["target"]
    assert recording.one(FIREWALL).replace_on_changes == ["network", "allows"]


def test_a_silent_machine_is_replaced_after_its_grace(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(path="/alive", grace_seconds=400))
    check = recording.one(CHECK, "web-group-check")
    assert recording.one(GROUP).inputs["autoHealingPolicies"] == {"healthCheck": check.id, "initialDelaySec": 400}
    assert check.inputs["httpHealthCheck"] == {"port": 80, "requestPath": "/alive"}
