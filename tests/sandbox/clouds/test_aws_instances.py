"""The stand-in AWS: instances made from a launch template."""

from typing import Any

import pytest

from sandbox.clouds.aws import words
from sandbox.rules import Refused, Values
from tests.sandbox.clouds.aws import TRUST, Account

TEMPLATE: Values = {
    "metadataOptions": {"httpEndpoint": "enabled", "httpTokens": "required"},
    "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeType": "gp3", "volumeSize": 10, "encrypted": "true"}}],
    "monitoring": {"enabled": True},
}


def test_an_instance_is_what_its_template_says(aws: Account) -> None:
    _, subnets = aws.public()
    role = aws.make(words.ROLE, {"assumeRolePolicy": TRUST})
    profile = aws.make(words.PROFILE, {"role": role.id})
    template = aws.template(iamInstanceProfile={"arn": profile.outputs["arn"]}, **TEMPLATE)
    made = aws.make(words.INSTANCE, {"launchTemplate": {"id": template.id, "version": "1"}, "subnetId": subnets[1]})
    assert (made.outputs["ami"], made.outputs["instanceType"]) == (template.inputs["imageId"], "t3.small")
    assert made.outputs["metadataOptions"]["httpTokens"] == "required"
    disk = made.outputs["rootBlockDevice"]
    assert (disk["encrypted"], disk["volumeSize"], disk["volumeType"]) == (True, 10, "gp3")
    assert (made.outputs["iamInstanceProfile"], made.outputs["monitoring"]) == (profile.id, True)
    assert made.outputs["availabilityZone"] == "eu-central-1b"
    with pytest.raises(Refused, match=f"the instance {made.id} still has this profile"):
        aws.delete(words.PROFILE, profile)


@pytest.mark.parametrize(
    ("template", "instance", "says"),
    [
        ({"networkInterfaces": [{"deviceIndex": 0}]}, {}, "Network interfaces and an instance-level subnet ID may not be specified"),
        (
            {"vpcSecurityGroupIds": True},
            {"associatePublicIpAddress": True},
            "Network interfaces and an instance-level security groups may not be specified",
        ),
    ],
)
def test_the_network_is_the_instances_or_the_templates(aws: Account, template: Values, instance: Values, says: str) -> None:
    """The provider asks for a network interface where a public address in a subnet is asked for."""
    vpc, subnets = aws.public()
    group = aws.make(words.SECURITY_GROUP, {"vpcId": vpc.id})
    given: dict[str, Any] = {"vpcSecurityGroupIds": [group.id]} if "vpcSecurityGroupIds" in template else template
    launch = {"id": aws.template(**given).id, "version": "1"}
    with pytest.raises(Refused, match=f"InvalidParameterCombination: {says}"):
        aws.make(words.INSTANCE, {"launchTemplate": launch, "subnetId": subnets[0], **instance})
    free = {"id": aws.template().id, "version": "1"}
    aws.make(words.INSTANCE, {"launchTemplate": free, "subnetId": subnets[0], "vpcSecurityGroupIds": [group.id], **instance})


def test_another_version_makes_another_instance(aws: Account) -> None:
    _, subnets = aws.public()
    launch = {"id": aws.template().id, "version": "1"}
    inputs = {"launchTemplate": launch, "subnetId": subnets[0], "userDataBase64": "eA==", "userDataReplaceOnChange": True}
    assert aws.compare(words.INSTANCE, inputs, {**inputs, "launchTemplate": {**launch, "version": "2"}}).replaces
    assert aws.compare(words.INSTANCE, inputs, {**inputs, "userDataBase64": "eQ=="}).replaces
    with pytest.raises(Refused, match="Could not find launch template version 2"):
        aws.make(words.INSTANCE, {**inputs, "launchTemplate": {**launch, "version": "2"}})
