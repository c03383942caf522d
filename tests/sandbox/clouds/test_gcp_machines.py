"""The stand-in for Google Cloud: templates, groups and their autoscalers."""

import pytest

from sandbox.rules import Refused, Values
from tests.sandbox.clouds.gcp import AUTOSCALER, GROUP, REGION, TEMPLATE, Google


@pytest.mark.parametrize(
    ("token", "inputs", "message"),
    [
        (
            AUTOSCALER,
            {"target": "g", "autoscalingPolicy": {"minReplicas": 3, "maxReplicas": 2}},
            "autoscalingPolicy.maxReplicas: .*must not be less",
        ),
        (
            AUTOSCALER,
            {"target": "g", "autoscalingPolicy": {"minReplicas": 1, "maxReplicas": 2, "cpuUtilization": {"target": 60}}},
            "autoscalingPolicy.cpuUtilization.target: .*at most 1",
        ),
        ("gcp:compute/instance:Instance", {"machineType": "e2-small"}, "bootDisk: missing required property"),
    ],
)
def test_inputs_that_are_refused_before_anything_is_made(google: Google, token: str, inputs: Values, message: str) -> None:
    google.refuses(token, inputs, message)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"machineType": "e2-huge"}, "machineType: .*does not exist"),
        ({"disks": [{"sourceImage": "debian-cloud/debian-99", "boot": True}]}, r"disks\[0\].sourceImage: .*Could not find image or family"),
        ({"disks": [{"sourceImage": "debian-cloud/debian-12", "diskType": "floppy"}]}, r"disks\[0\].diskType: .*does not exist"),
        (
            {"machineType": "c4a-standard-1", "disks": [{"sourceImage": "debian-cloud/debian-12-arm64", "diskType": "pd-balanced"}]},
            r"disks\[0\].diskType: .*not compatible",
        ),
        ({"metadata": {"user-data": "x" * 262145}}, "metadata.user-data: .*too large"),
        ({"disks": [{"boot": False, "sourceImage": "debian-cloud/debian-12"}]}, r"disks\[0\].boot: .*must be a boot disk"),
        ({"networkInterfaces": []}, "networkInterfaces: .*At least one"),
        ({"shieldedInstanceConfig": {}}, "shieldedInstanceConfig.enableIntegrityMonitoring: at least one of"),
    ],
)
def test_templates_that_are_refused(google: Google, inputs: Values, message: str) -> None:
    given: Values = {
        "region": REGION,
        "machineType": "e2-small",
        "disks": [{"sourceImage": "debian-cloud/debian-12", "boot": True}],
        "networkInterfaces": [{"network": "n"}],
    }
    google.refuses(TEMPLATE, given | inputs, message)


def test_the_machines_of_a_group_stay_in_its_network(google: Google) -> None:
    """Another subnetwork of it will do."""
    here, sibling = google.subnetwork(google.home), google.subnetwork(google.home, "10.30.0.0/20")
    group = google.group(google.template(networkInterfaces=[{"subnetwork": here.id}]))

    def move(subnetwork: str) -> None:
        template = google.template(networkInterfaces=[{"subnetwork": subnetwork}])
        google.update(GROUP, group, versions=[{"instanceTemplate": template.outputs["selfLink"]}])

    move(sibling.id)
    with pytest.raises(Refused, match="must be in the same network"):
        move(google.subnetwork(google.network()).id)


@pytest.mark.parametrize(
    "image",
    [
        "debian-cloud/debian-12",
        "debian-12",
        "projects/debian-cloud/global/images/family/debian-12",
        "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/family/debian-12",
        "debian-cloud/debian-12-bookworm-v20240110",
        "projects/ours/global/images/golden-7",
    ],
)
def test_images_may_be_written_in_every_way(google: Google, image: str) -> None:
    given = {"machineType": "e2-small", "networkInterfaces": [{"network": "n"}]}
    assert google.check(TEMPLATE, disks=[{"sourceImage": image, "boot": True}], **given) == []


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"updatePolicy": {"type": "PROACTIVE", "minimalAction": "REPLACE", "maxSurgeFixed": 1}}, "at least equal to the number of zones"),
        ({"distributionPolicyZones": ["europe-west1-b"]}, "It is not a zone of region europe-west3"),
        ({"baseInstanceName": "Web"}, "baseInstanceName: .*lower-case"),
        ({"targetSize": -1}, "targetSize: "),
        ({"updatePolicy": {"type": "SLOW", "minimalAction": "REPLACE"}}, "updatePolicy.type: expected one of"),
        ({"autoHealingPolicies": {"healthCheck": "c", "initialDelaySec": 4000}}, "autoHealingPolicies.initialDelaySec: "),
    ],
)
def test_groups_that_are_refused(google: Google, inputs: Values, message: str) -> None:
    google.refuses(GROUP, {"baseInstanceName": "web", "versions": [{"instanceTemplate": "t"}]} | inputs, message)


def test_a_surge_of_as_many_machines_as_zones_is_taken(google: Google) -> None:
    policy = {"type": "PROACTIVE", "minimalAction": "REPLACE", "maxSurgeFixed": 2, "maxUnavailableFixed": 0}
    zones = ["europe-west3-a", "europe-west3-b"]
    assert (
        google.check(
            GROUP, baseInstanceName="web", versions=[{"instanceTemplate": "t"}], distributionPolicyZones=zones, updatePolicy=policy
        )
        == []
    )


def test_a_template_never_changes_in_place(google: Google) -> None:
    inputs = google.template(labels={"stack": "dev"}).inputs
    for change in ({"machineType": "e2-medium"}, {"metadata": {"user-data": "x"}}, {"labels": {"stack": "prod"}}, {"description": "x"}):
        assert google.diff(TEMPLATE, inputs, inputs | change) == (True, True)


def test_a_groups_new_template_is_an_update_and_its_zones_a_replacement(google: Google) -> None:
    inputs: Values = {"baseInstanceName": "web", "versions": [{"instanceTemplate": "a"}], "distributionPolicyZones": ["europe-west3-a"]}
    assert google.diff(GROUP, inputs, inputs | {"versions": [{"instanceTemplate": "b"}]}) == (True, False)
    assert google.diff(GROUP, inputs, inputs | {"distributionPolicyZones": ["europe-west3-b"]}) == (True, True)


def test_a_group_takes_three_zones_by_itself(google: Google) -> None:
    group = google.group(google.template())
    assert group.outputs["distributionPolicyZones"] == ["europe-west3-a", "europe-west3-b", "europe-west3-c"]
    assert group.outputs["instanceGroup"].endswith(f"/projects/shop-prod/regions/{REGION}/instanceGroups/{group.outputs['name']}")


def test_a_group_takes_templates_of_its_own_region_alone(google: Google) -> None:
    template = google.template(region="europe-west1", networkInterfaces=[{"network": google.network().id}])
    with pytest.raises(Refused, match="template's region does not match"):
        google.group(template)


def test_a_group_that_an_autoscaler_took_over_keeps_its_size(google: Google) -> None:
    """Leaving out the fixed size is no change: Google keeps the machines, the autoscaler decides."""
    old = {"baseInstanceName": "web", "versions": [{"instanceTemplate": "a"}], "targetSize": 3}
    assert google.diff(GROUP, old, {name: value for name, value in old.items() if name != "targetSize"}) == (False, False)


def test_a_group_has_one_autoscaler(google: Google) -> None:
    group = google.group(google.template())
    policy = {"minReplicas": 1, "maxReplicas": 3, "cpuUtilization": {"target": 0.6}}
    google.make(AUTOSCALER, target=group.outputs["selfLink"], autoscalingPolicy=policy, region=REGION)
    with pytest.raises(Refused, match="already has an autoscaler"):
        google.make(AUTOSCALER, target=group.id, autoscalingPolicy=policy, region=REGION)
