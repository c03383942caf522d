"""AwsWebTier's machines: what they boot, who they are, and how their group heals, scales and renews them."""

import base64
import json

import pytest
import yaml

from multicloud.errors import ArgumentError
from multicloud.machine.container import Container
from multicloud.machine.workload import StaticSite
from multicloud.web.aws_machines import architecture
from multicloud.web.contract import HealthCheck, Servers, Size
from tests.components.web.aws_tier import AMI, BALANCER, GROUP, SCALING, TARGETS, TEMPLATE, build
from tests.noise import noise
from tests.recording import Recording


def user_data(recording: Recording) -> str:
    return base64.b64decode(recording.one(TEMPLATE).inputs["userData"]).decode()


def test_a_machine_is_encrypted_wants_tokens_for_its_metadata_and_has_no_key(recording: Recording) -> None:
    build(recording)
    template = recording.one(TEMPLATE).inputs
    assert template["metadataOptions"] == {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}
    [disk] = template["blockDeviceMappings"]
    assert disk["ebs"] == {"volumeType": "gp3", "volumeSize": 10, "encrypted": "true", "deleteOnTermination": "true"}
    assert "keyName" not in template


def test_a_container_has_room_to_be_unpacked(recording: Recording) -> None:
    build(recording, container=Container(image="ghcr.io/example/shop:1.4", port=8080))
    [disk] = recording.one(TEMPLATE).inputs["blockDeviceMappings"]
    assert disk["ebs"]["volumeSize"] == 20


def test_a_machine_may_talk_to_session_manager_and_nothing_else(recording: Recording) -> None:
    build(recording)
    role = recording.one("aws:iam/role:Role")
    [statement] = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement == {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    [attachment] = recording.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    policy = recording.one("aws:iam/policy:Policy")
    assert attachment.inputs["policyArn"] == policy.outputs["arn"]
    [statement] = json.loads(policy.inputs["policy"])["Statement"]
    assert set(statement["Action"]) == {
        "ssm:UpdateInstanceInformation",
        *(f"ssmmessages:{verb}{channel}Channel" for verb in ("Create", "Open") for channel in ("Control", "Data")),
    }
    profile = recording.one("aws:iam/instanceProfile:InstanceProfile")
    assert recording.one(TEMPLATE).inputs["iamInstanceProfile"] == {"arn": profile.outputs["arn"]}


def test_a_machine_boots_the_rendered_user_data_and_installs_the_agent_of_session_manager(recording: Recording) -> None:
    """Debian's images come without the agent, and there is no other way in."""
    build(recording, machine_type="c7g.large", health_check=HealthCheck(path="/alive", port=8080))
    text = user_data(recording)
    assert text.startswith("#cloud-config\n")
    assert "/alive" in text and "8080" in text
    *_, [shell, option, script] = yaml.safe_load(text)["runcmd"]
    assert (shell, option) == ("sh", "-c")
    assert "https://s3.eu-central-1.amazonaws.com/amazon-ssm-eu-central-1/latest/debian_arm64/amazon-ssm-agent.deb" in script


def test_user_data_over_amazons_limit_is_refused(recording: Recording) -> None:
    with pytest.raises(ArgumentError, match=r"site.files: with them the user data is \d+ bytes, and aws takes 16384; make them \d+"):
        build(recording, site=StaticSite(files={"index.html": noise(16000)}))


@pytest.mark.parametrize(
    ("machine_type", "expected"),
    [
        ("t3.small", "amd64"),
        ("t4g.small", "arm64"),
        ("c7gn.xlarge", "arm64"),
        ("im4gn.large", "arm64"),
        ("a1.medium", "arm64"),
        ("g4dn.xlarge", "amd64"),
        ("g5g.xlarge", "arm64"),
        ("m7i-flex.large", "amd64"),
        ("u7i-12tb.224xlarge", "amd64"),
        ("x2gd.medium", "arm64"),
    ],
)
def test_the_processor_follows_the_machine_type(machine_type: str, expected: str) -> None:
    assert architecture(machine_type) == expected


def test_the_newest_debian_is_looked_up_and_then_kept(recording: Recording) -> None:
    """A newer image must not replace machines by itself."""
    build(recording)
    [call] = [call for call in recording.calls if call.token == AMI]
    assert call.args["owners"] == ["136693071363"] and call.args["mostRecent"] is True
    assert {"name": "name", "values": ["debian-12-amd64-*"]} in call.args["filters"]
    template = recording.one(TEMPLATE)
    assert template.inputs["imageId"] == "ami-0debian12"
    assert template.ignore_changes == ["imageId"]


def test_a_kept_image_never_outlives_its_region_or_its_processor(recording: Recording) -> None:
    """`ignore_changes` would carry the old image to a template of the same name."""
    build(recording, region="eu-west-1", zones=["eu-west-1a", "eu-west-1b"], machine_type="t4g.small")
    assert recording.one(TEMPLATE).name == "web-template-eu-west-1-arm64"
    [call] = [call for call in recording.calls if call.token == AMI]
    assert {"name": "name", "values": ["debian-12-arm64-*"]} in call.args["filters"]


def test_a_named_image_is_taken_and_followed(recording: Recording) -> None:
    build(recording, image="ami-0123456789abcdef0")
    template = recording.one(TEMPLATE)
    assert (template.inputs["imageId"], template.ignore_changes) == ("ami-0123456789abcdef0", [])
    assert AMI not in {call.token for call in recording.calls}


def test_newest_follows_debian(recording: Recording) -> None:
    build(recording, image="newest")
    template = recording.one(TEMPLATE)
    assert (template.inputs["imageId"], template.ignore_changes) == ("ami-0debian12", [])


@pytest.mark.parametrize(("size", "machine_type"), [(None, "t3.small"), (Size.MEDIUM, "t3.medium"), (Size.LARGE, "m6i.xlarge")])
def test_a_size_is_a_machine_type(recording: Recording, size: Size | None, machine_type: str) -> None:
    build(recording, size=size)
    assert recording.one(TEMPLATE).inputs["instanceType"] == machine_type


# the group


def test_the_group_heals_by_the_load_balancers_check_and_waits_for_it(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(grace_seconds=120))
    group = recording.one(GROUP).inputs
    assert (group["minSize"], group["maxSize"]) == (2, 6)
    assert (group["healthCheckType"], group["healthCheckGracePeriod"], group["defaultInstanceWarmup"]) == ("ELB", 120, 120)
    assert (group["minElbCapacity"], group["waitForCapacityTimeout"]) == (2, "12m")
    assert group["targetGroupArns"] == [recording.one(TARGETS).outputs["arn"]]
    assert group["vpcZoneIdentifiers"] == [subnet.id for subnet in recording.all("aws:ec2/subnet:Subnet")]


def test_new_machines_serve_before_old_ones_go(recording: Recording) -> None:
    """Nothing rolls back by itself: the provider could only go back to what has just failed."""
    build(recording)
    group = recording.one(GROUP).inputs
    refresh = group["instanceRefresh"]
    assert refresh["strategy"] == "Rolling"
    assert refresh["preferences"] == {
        "minHealthyPercentage": 100,
        "maxHealthyPercentage": 150,
        "skipMatching": True,
    }
    assert group["instanceMaintenancePolicy"] == {"minHealthyPercentage": 100, "maxHealthyPercentage": 150}


def test_a_new_version_of_the_template_is_a_change_of_the_group(recording: Recording) -> None:
    """With `$Latest` the preview would show nothing, and nothing would be replaced."""
    build(recording)
    assert recording.one(GROUP).inputs["launchTemplate"] == {"id": recording.one(TEMPLATE).id, "version": "1"}


def test_machines_come_only_once_they_can_become_healthy(recording: Recording) -> None:
    """That takes the way out, the rules, the agent's rights and a listener that leads to the target group."""
    build(recording)
    waits_for = {recording.records[urn].name for urn in recording.one(GROUP).depends_on}
    assert {
        "web-network-route",
        "web-load-balancer-egress",
        "web-machines-ingress",
        "web-machines-egress",
        "web-health-listener",
        "web-session-manager",
    } <= waits_for


def test_the_load_balancer_comes_only_once_the_network_has_a_way_out(recording: Recording) -> None:
    build(recording)
    assert "web-network-route" in {recording.records[urn].name for urn in recording.one(BALANCER).depends_on}


def test_a_number_that_scales_follows_the_cpu(recording: Recording) -> None:
    build(recording, servers=Servers(min=2, max=6, cpu_target=70))
    policy = recording.one(SCALING).inputs
    assert policy["policyType"] == "TargetTrackingScaling"
    assert policy["targetTrackingConfiguration"] == {
        "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"},
        "targetValue": 70,
    }
    assert "desiredCapacity" not in recording.one(GROUP).inputs
    assert recording.one(TEMPLATE).inputs["monitoring"] == {"enabled": True}


def test_a_fixed_number_has_no_policy(recording: Recording) -> None:
    tier = build(recording, servers=Servers(min=3))
    assert (recording.one(GROUP).inputs["minSize"], recording.one(GROUP).inputs["maxSize"]) == (3, 3)
    assert SCALING not in recording.types() and tier.resources.scaling is None
