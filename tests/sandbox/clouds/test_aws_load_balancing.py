"""The stand-in AWS: load balancers, target groups and listeners."""

import re

import pytest

from sandbox.clouds.aws import words
from sandbox.rules import Refused, Values
from tests.sandbox.clouds.aws import REGION, Account


def test_a_load_balancer_has_a_name_in_dns(aws: Account) -> None:
    vpc, subnets = aws.public()
    balancer = aws.make(words.LOAD_BALANCER, {"subnets": subnets}, "web")
    outputs = balancer.outputs
    assert re.fullmatch(
        rf"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/app/web-[0-9a-f]{{7}}/[0-9a-f]{{16}}", balancer.id
    )
    assert re.fullmatch(rf"web-[0-9a-f]{{7}}-\d{{10}}\.{REGION}\.elb\.amazonaws\.com", outputs["dnsName"])
    assert (outputs["zoneId"], outputs["vpcId"], outputs["loadBalancerType"]) == ("Z215JYRZR1TBD5", vpc.id, "application")
    assert outputs["arnSuffix"] == balancer.id.split("loadbalancer/")[1]
    assert aws.change(words.LOAD_BALANCER, balancer, idleTimeout=120).outputs["dnsName"] == outputs["dnsName"]


def test_a_load_balancer_stands_in_two_zones_of_a_public_network(aws: Account) -> None:
    vpc = aws.network()
    subnets = aws.subnets(vpc)
    with pytest.raises(Refused, match="At least two subnets in two different Availability Zones must be specified"):
        aws.check(words.LOAD_BALANCER, {"subnets": subnets[:1]})
    with pytest.raises(Refused, match=f"InvalidSubnet: VPC {vpc.id} has no internet gateway"):
        aws.make(words.LOAD_BALANCER, {"subnets": subnets})
    twin = aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.10.128.0/24", "availabilityZone": "eu-central-1a"})
    with pytest.raises(Refused, match="multiple subnets in the same Availability Zone"):
        aws.make(words.LOAD_BALANCER, {"internal": True, "subnets": [subnets[0], twin.id]})
    small = aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.10.129.0/28", "availabilityZone": "eu-central-1c"})
    with pytest.raises(Refused, match=f"Not enough IP space available in {small.id}"):
        aws.make(words.LOAD_BALANCER, {"internal": True, "subnets": [subnets[0], small.id]})
    aws.make(words.LOAD_BALANCER, {"internal": True, "subnets": subnets})


def test_a_load_balancers_subnets_and_groups_stay(aws: Account) -> None:
    vpc, subnets = aws.public()
    group = aws.make(words.SECURITY_GROUP, {"vpcId": vpc.id})
    aws.make(words.LOAD_BALANCER, {"subnets": subnets, "securityGroups": [group.id]})
    with pytest.raises(Refused, match="DependencyViolation: The subnet"):
        aws.life.delete(words.SUBNET, "web", subnets[1])
    with pytest.raises(Refused, match=f"DependencyViolation: resource {group.id} has a dependent object"):
        aws.delete(words.SECURITY_GROUP, group)


def test_a_load_balancer_moves_to_no_other_network(aws: Account) -> None:
    _, subnets = aws.public()
    balancer = aws.make(words.LOAD_BALANCER, {"subnets": subnets})
    _, elsewhere = aws.public()
    with pytest.raises(Refused, match="InvalidSubnet: The subnets are not in the VPC of the load balancer"):
        aws.change(words.LOAD_BALANCER, balancer, subnets=elsewhere)


def test_a_protected_load_balancer_is_not_deleted(aws: Account) -> None:
    _, subnets = aws.public()
    balancer = aws.make(words.LOAD_BALANCER, {"subnets": subnets, "enableDeletionProtection": True})
    with pytest.raises(Refused, match="OperationNotPermitted"):
        aws.delete(words.LOAD_BALANCER, balancer)
    aws.delete(words.LOAD_BALANCER, aws.change(words.LOAD_BALANCER, balancer, enableDeletionProtection=False))


def test_a_name_too_long_to_make_up_another_from_is_refused(aws: Account) -> None:
    for token, inputs in ((words.LOAD_BALANCER, {"subnets": ["subnet-1", "subnet-2"]}), (words.TARGET_GROUP, {"targetType": "lambda"})):
        aws.check(token, inputs, "a" * 24)
        with pytest.raises(Refused, match="plus 7 random chars is longer than maximum length 32"):
            aws.check(token, inputs, "a" * 25)


def test_a_target_group_is_in_use_by_its_listener(aws: Account) -> None:
    vpc, subnets = aws.public()
    target, balancer = aws.target(vpc, healthCheck={"path": "/healthz"}), aws.make(words.LOAD_BALANCER, {"subnets": subnets})
    check = target.outputs["healthCheck"]
    assert (check["path"], check["matcher"], check["interval"], check["port"]) == ("/healthz", "200", 30, "traffic-port")
    listener = aws.listener(balancer, target)
    assert listener.id.startswith(balancer.id.replace(":loadbalancer/", ":listener/") + "/")
    with pytest.raises(Refused, match=r"ResourceInUse: Target group '.*' is currently in use by a listener or a rule"):
        aws.delete(words.TARGET_GROUP, target)
    with pytest.raises(Refused, match="DuplicateListener"):
        aws.listener(balancer, target)
    aws.delete(words.LISTENER, listener)
    aws.delete(words.TARGET_GROUP, target)


def test_a_target_group_serves_one_load_balancer_of_its_network(aws: Account) -> None:
    vpc, subnets = aws.public()
    target = aws.target(vpc)
    first, second = (aws.make(words.LOAD_BALANCER, {"subnets": subnets}) for _ in range(2))
    aws.listener(first, target)
    with pytest.raises(Refused, match="TargetGroupAssociationLimit"):
        aws.listener(second, target)
    with pytest.raises(Refused, match="are in different VPCs"):
        aws.listener(second, aws.target(aws.network()))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"healthCheck": {"interval": 5, "timeout": 5}}, "must be smaller than the interval"),
        ({"healthCheck": {"matcher": "ok"}}, "matcher HTTP code 'ok' is not valid"),
        ({"healthCheck": {"path": "healthz"}}, 'begins with "/"'),
        ({"healthCheck": {"healthyThreshold": 1}}, "from 2 to 10"),
        ({"vpcId": None}, "`vpcId` should be set when target type is `instance`"),
        ({"protocol": "FTP"}, "expected one of"),
        ({"slowStart": 10}, "0 or a value from 30 to 900"),
    ],
)
def test_a_target_group_that_cannot_be_is_refused(aws: Account, changes: Values, says: str) -> None:
    inputs = {"port": 80, "protocol": "HTTP", "vpcId": "vpc-1", **changes}
    with pytest.raises(Refused, match=says):
        aws.check(words.TARGET_GROUP, {key: value for key, value in inputs.items() if value is not None})


def test_a_secure_listener_needs_a_certificate(aws: Account) -> None:
    inputs = {
        "loadBalancerArn": "arn:aws:x:::y",
        "port": 443,
        "protocol": "HTTPS",
        "defaultActions": [{"type": "forward", "targetGroupArn": "arn:aws:x:::y"}],
    }
    with pytest.raises(Refused, match="A certificate must be specified for HTTPS listeners"):
        aws.check(words.LISTENER, inputs)
