"""The stand-in AWS: templates, auto scaling groups and instances."""

import base64
import ipaddress
import re
from typing import Any

import pytest

from sandbox.clouds.aws import words
from sandbox.rules import UNKNOWN, Refused, Values
from sandbox.store import Store
from tests.sandbox.clouds.aws import GROUP, HEX, POLICY, Account


def test_a_template_counts_its_versions(aws: Account) -> None:
    template = aws.template(updateDefaultVersion=True)
    assert re.fullmatch(f"lt-{HEX}", template.id)
    assert (template.outputs["latestVersion"], template.outputs["defaultVersion"]) == (1, 1)
    tagged = aws.change(words.TEMPLATE, template, tags={"a": "b"})
    assert tagged.outputs["latestVersion"] == 1
    larger = aws.change(words.TEMPLATE, tagged, instanceType="t3.medium")
    assert (larger.outputs["latestVersion"], larger.outputs["defaultVersion"]) == (2, 2)


def test_a_preview_does_not_know_the_next_version(aws: Account) -> None:
    template = aws.template()
    new = aws.check(words.TEMPLATE, {**template.inputs, "instanceType": "t3.medium"})
    planned = aws.life.plan(words.TEMPLATE, "web", new, set(), template.id, template)
    assert planned.outputs["latestVersion"] is UNKNOWN and planned.outputs["arn"] == template.outputs["arn"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"instanceType": "t3.huge"}, r"InvalidInstanceType: .*\[t3.huge\]"),
        ({"instanceType": "nonsense"}, "InvalidInstanceType"),
        ({"imageId": "debian-12"}, r"InvalidAMIID.Malformed"),
        ({"userData": "#cloud-config"}, "expected Base64|Invalid BASE64"),
        ({"userData": base64.b64encode(b"x" * 16385).decode()}, "User data is limited to 16384 bytes"),
        ({"tags": {"aws:mine": "x"}}, "Tag keys starting with 'aws:' are reserved"),
        ({"networkInterfaces": [{}], "vpcSecurityGroupIds": ["sg-1"]}, "InvalidParameterCombination"),
    ],
)
def test_a_template_that_cannot_work_is_refused(aws: Account, changes: Values, says: str) -> None:
    with pytest.raises(Refused, match=says):
        aws.check(words.TEMPLATE, {"imageId": "ami-0123456789abcdef0", "instanceType": "t3.small", **changes})


@pytest.mark.parametrize("kind", ["t3.small", "t3.medium", "m6i.xlarge", "t4g.small", "c7g.large", "x2iedn.32xlarge"])
def test_common_and_rare_instance_types_exist(aws: Account, kind: str) -> None:
    aws.check(words.TEMPLATE, {"instanceType": kind})


def test_a_group_is_as_large_as_it_must_be(aws: Account) -> None:
    _, subnets = aws.public()
    template = aws.template()
    group = aws.make(words.GROUP, {**GROUP, "vpcZoneIdentifiers": subnets, "launchTemplate": {"id": template.id, "version": "$Latest"}})
    outputs = group.outputs
    assert outputs["desiredCapacity"] == 2 and outputs["availabilityZones"] == ["eu-central-1a", "eu-central-1b"]
    assert outputs["arn"].endswith(f":autoScalingGroupName/{group.id}") and outputs["name"] == group.id
    assert outputs["launchTemplate"] == {"id": template.id, "name": template.outputs["name"], "version": "$Latest"}
    assert (outputs["healthCheckType"], outputs["healthCheckGracePeriod"], outputs["defaultCooldown"]) == ("EC2", 300, 300)
    assert aws.change(words.GROUP, group, minSize=3).outputs["desiredCapacity"] == 3


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"minSize": 5}, "Max bound, 4, must be greater than or equal to min bound, 5"),
        ({"desiredCapacity": 9}, "Desired capacity:9 must be between the specified min size:2 and max size:4"),
        ({"vpcZoneIdentifiers": []}, "At least one Availability Zone or VPC Subnet is required"),
        ({"healthCheckType": "ALB"}, "not a valid health check type"),
        ({"launchConfiguration": "x"}, "only one of"),
    ],
)
def test_a_group_that_cannot_be_is_refused(aws: Account, changes: Values, says: str) -> None:
    with pytest.raises(Refused, match=says):
        aws.check(words.GROUP, {**GROUP, "vpcZoneIdentifiers": ["subnet-1"], "launchTemplate": {"id": "lt-1"}, **changes})


def test_a_group_finds_out_what_its_template_cannot_launch(aws: Account, store: Store) -> None:
    _, subnets = aws.public()

    def group(version: str = "$Latest", **template: Any) -> None:
        launch = {"id": aws.template(**template).id, "version": version}
        aws.make(words.GROUP, {**GROUP, "vpcZoneIdentifiers": subnets, "launchTemplate": launch})

    with pytest.raises(Refused, match=r"The image id '\[ami-0123456789abcdef0\]' does not exist; .*fixture add aws images"):
        group(imageId="ami-0123456789abcdef0")
    with pytest.raises(Refused, match="The image id"):
        group(imageId=Account(store, "us-east-1").image())
    with pytest.raises(Refused, match="'x86_64' of the specified instance type does not match the architecture 'arm64'"):
        group(imageId=aws.image("arm64"))
    with pytest.raises(Refused, match="Could not find the specified version 2"):
        group("2")
    group("1", imageId=aws.image("arm64"), instanceType="t4g.small")
    with store.transaction() as transaction:
        transaction.fix("aws", "images", "ami-0123456789abcdef0", {})
    group(imageId="ami-0123456789abcdef0")


def test_machines_that_no_listener_leads_to_never_become_healthy(aws: Account) -> None:
    """So a group that is to wait for their health waits in vain."""
    vpc, subnets = aws.public()
    target = aws.make(words.TARGET_GROUP, {"vpcId": vpc.id, "port": 80, "protocol": "HTTP"})
    group = {**GROUP, "vpcZoneIdentifiers": subnets, "launchTemplate": {"id": aws.template().id}, "targetGroupArns": [target.id]}
    with pytest.raises(Refused, match=r"want at least 2 healthy instance.* have 0"):
        aws.make(words.GROUP, {**group, "minElbCapacity": 2})
    aws.make(words.GROUP, group)
    balancer = aws.make(words.LOAD_BALANCER, {"loadBalancerType": "application", "subnets": subnets})
    forward = {"type": "forward", "targetGroupArn": target.id}
    aws.make(words.LISTENER, {"loadBalancerArn": balancer.id, "port": 8080, "protocol": "HTTP", "defaultActions": [forward]})
    aws.make(words.GROUP, {**group, "minElbCapacity": 2})


def test_a_groups_subnets_stay(aws: Account) -> None:
    _, subnets = aws.public()
    group = aws.make(words.GROUP, {**GROUP, "vpcZoneIdentifiers": subnets, "launchTemplate": {"id": aws.template().id}})
    with pytest.raises(Refused, match=f"The subnet '{subnets[0]}' has dependencies"):
        aws.life.delete(words.SUBNET, "web", subnets[0])
    tracking = {"predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"}, "targetValue": 60}
    scaling = {"policyType": "TargetTrackingScaling", "targetTrackingConfiguration": tracking}
    assert aws.make(POLICY, {"autoscalingGroupName": group.id, **scaling}).outputs["arn"].startswith("arn:aws:autoscaling:")
    with pytest.raises(Refused, match="Group nobody not found"):
        aws.make(POLICY, {"autoscalingGroupName": "nobody", **scaling})


def test_a_security_group_stays_while_machines_have_it(aws: Account) -> None:
    vpc, subnets = aws.public()
    security = aws.make(words.SECURITY_GROUP, {"vpcId": vpc.id})
    template = aws.template(networkInterfaces=[{"securityGroups": [security.id]}])
    group = aws.make(words.GROUP, {**GROUP, "vpcZoneIdentifiers": subnets, "launchTemplate": {"id": template.id}})
    with pytest.raises(Refused, match=f"DependencyViolation: resource {security.id} has a dependent object"):
        aws.delete(words.SECURITY_GROUP, security)
    aws.delete(words.GROUP, group)
    aws.delete(words.SECURITY_GROUP, security)


def test_the_order_of_subnets_is_no_change_and_one_less_is_one(aws: Account) -> None:
    old = {**GROUP, "launchTemplate": {"id": "lt-1"}, "vpcZoneIdentifiers": ["subnet-1", "subnet-2"]}
    assert aws.compare(words.GROUP, old, {**old, "vpcZoneIdentifiers": ["subnet-2", "subnet-1"]}).changes == []
    fewer = aws.compare(words.GROUP, old, {**old, "vpcZoneIdentifiers": ["subnet-2"]})
    assert fewer.changes and not fewer.replaces


def test_an_instance_has_addresses_in_its_subnet(aws: Account) -> None:
    _, subnets = aws.public()
    inputs = {"ami": aws.image(), "instanceType": "t3.small", "subnetId": subnets[0], "associatePublicIpAddress": True}
    made = aws.make(words.INSTANCE, inputs)
    assert re.fullmatch(f"i-{HEX}", made.id) and made.outputs["availabilityZone"] == "eu-central-1a"
    assert ipaddress.ip_address(made.outputs["privateIp"]) in ipaddress.ip_network("10.10.0.0/20")
    assert made.outputs["publicIp"] and made.outputs["instanceState"] == "running"
    larger = aws.change(words.INSTANCE, made, instanceType="t3.medium")
    assert larger.outputs["privateIp"] == made.outputs["privateIp"]
    assert not aws.compare(words.INSTANCE, inputs, {**inputs, "instanceType": "t3.medium"}).replaces
    assert aws.compare(words.INSTANCE, inputs, {**inputs, "instanceType": "t4g.medium"}).replaces
