"""The stand-in AWS makes what AWS makes, and says no where AWS says no."""

import base64
import ipaddress
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.clouds.aws import CLOUD, words
from sandbox.diff import Difference
from sandbox.lifecycle import Lifecycle, State
from sandbox.rules import UNKNOWN, Refused, Values
from sandbox.store import Store

REGION = "eu-central-1"
HEX = "0[0-9a-f]{16}"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
PASSWORD = "correcthorsebattery"
POSTGRES: Values = {
    "engine": "postgres",
    "engineVersion": "16",
    "instanceClass": "db.t4g.medium",
    "allocatedStorage": 20,
    "storageType": "gp3",
    "username": "administrator",
    "password": PASSWORD,
    "skipFinalSnapshot": True,
}
GROUP: Values = {"minSize": 2, "maxSize": 4}
POLICY = "aws:autoscaling/policy:Policy"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


class Account:
    """One account in one region, as a program sees it through the provider."""

    def __init__(self, store: Store, region: str = REGION) -> None:
        self.life = Lifecycle(CLOUD, store)
        self.life.configure({"region": region})
        self.made = 0

    def check(self, token: str, inputs: Values, name: str = "web", olds: Values | None = None) -> Values:
        """The checked inputs.

        Raises:
            Refused: The first failure, as a person reads it.
        """
        checked = self.life.check(token, name, inputs, set(), olds, seed=b"seed")
        for failure in checked.failures:
            raise Refused(failure.reason, property=failure.property)
        return checked.inputs

    def make(self, token: str, inputs: Values | None = None, name: str = "") -> State:
        """A new resource, through all stages."""
        self.made += 1
        name = name or f"r{self.made}"
        checked = self.check(token, inputs or {}, name)
        self.life.plan(token, name, checked, set())
        return self.life.create(token, name, checked, set())

    def change(self, token: str, old: State, **changes: Any) -> State:
        given = {key: value for key, value in {**old.inputs, **changes}.items() if value is not None}
        return self.life.update(token, "web", old.id, self.check(token, given), set())

    def compare(self, token: str, old: Values, new: Values, outputs: Values | None = None) -> Difference:
        before = self.check(token, old)
        return self.life.diff(token, before, self.check(token, new, olds=before), outputs or {})

    def delete(self, token: str, state: State) -> None:
        self.life.delete(token, "web", state.id, state.inputs)

    def ask(self, function: str, **arguments: Any) -> Values:
        answer, failures = self.life.invoke(function, arguments, set())
        assert not failures, failures
        return answer

    # What most tests need.

    def network(self, **changes: Any) -> State:
        return self.make(words.VPC, {"cidrBlock": "10.10.0.0/16", "enableDnsHostnames": True, **changes})

    def subnets(self, vpc: State, zones: str = "ab", size: int = 20) -> list[str]:
        ranges = ipaddress.ip_network(vpc.outputs["cidrBlock"]).subnets(new_prefix=size)
        return [
            self.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": str(cidr), "availabilityZone": REGION + zone}).id
            for zone, cidr in zip(zones, ranges, strict=False)
        ]

    def public(self) -> tuple[State, list[str]]:
        """A network with a gateway and two subnets."""
        vpc = self.network()
        self.make(words.GATEWAY, {"vpcId": vpc.id})
        return vpc, self.subnets(vpc)

    def image(self, architecture: str = "amd64") -> str:
        filters = [{"name": "name", "values": [f"debian-12-{architecture}-*"]}]
        return str(self.ask("aws:ec2/getAmi:getAmi", owners=["136693071363"], mostRecent=True, filters=filters)["id"])

    def template(self, **changes: Any) -> State:
        return self.make(words.TEMPLATE, {"imageId": self.image(), "instanceType": "t3.small", **changes})

    def target(self, vpc: State, **changes: Any) -> State:
        return self.make(words.TARGET_GROUP, {"port": 8080, "protocol": "HTTP", "vpcId": vpc.id, **changes})

    def listener(self, balancer: State, target: State, port: int = 80) -> State:
        action = {"type": "forward", "targetGroupArn": target.id}
        return self.make(words.LISTENER, {"loadBalancerArn": balancer.id, "port": port, "protocol": "HTTP", "defaultActions": [action]})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "sandbox.db")
    yield made
    made.close()


@pytest.fixture
def aws(store: Store) -> Account:
    return Account(store)


# --- the provider --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("configuration", "says"),
    [
        ({}, "give the provider a `region`"),
        ({"region": "eu-central-9"}, "invalid AWS Region: eu-central-9; did you mean eu-central-[12]"),
        ({"region": REGION, "allowedAccountIds": ["999999999999"]}, "AWS account ID not allowed: 123456789012"),
        ({"region": REGION, "defaultTags": {"tags": {"a": "b"}}}, "give each resource its tags"),
        ({"region": REGION, "forbiddenAccountIds": ["123456789012"]}, "AWS account ID not allowed: 123456789012"),
    ],
)
def test_a_provider_needs_a_region_and_an_account_that_is_allowed(configuration: Values, says: str) -> None:
    with pytest.raises(Refused, match=says):
        CLOUD.scope(configuration)


def test_a_resource_is_in_the_providers_region_or_in_its_own(aws: Account) -> None:
    assert aws.network().outputs["region"] == REGION
    far = aws.make(words.VPC, {"cidrBlock": "10.0.0.0/16", "region": "us-east-1"})
    assert ":us-east-1:" in far.outputs["arn"]
    assert aws.compare(words.VPC, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.0.0.0/16", "region": "us-east-1"}).replaces


def test_names_are_free_in_another_region(aws: Account, store: Store) -> None:
    other = Account(store, "us-east-1")
    for account in (aws, other):
        account.make(words.PARAMETER_GROUP, {"name": "p", "family": "postgres16"})
    with pytest.raises(Refused, match="DBParameterGroupAlreadyExists"):
        aws.make(words.PARAMETER_GROUP, {"name": "p", "family": "postgres16"})


# --- networks ------------------------------------------------------------------------------------------------------------------


def test_a_network_has_what_a_network_has(aws: Account) -> None:
    vpc = aws.network(tags={"Name": "web"})
    assert re.fullmatch(f"vpc-{HEX}", vpc.id)
    assert vpc.outputs["arn"] == f"arn:aws:ec2:{REGION}:123456789012:vpc/{vpc.id}"
    assert re.fullmatch(f"sg-{HEX}", vpc.outputs["defaultSecurityGroupId"])
    assert vpc.outputs["mainRouteTableId"] == vpc.outputs["defaultRouteTableId"]
    assert (vpc.outputs["enableDnsSupport"], vpc.outputs["instanceTenancy"]) == (True, "default")
    assert vpc.outputs["tagsAll"] == {"Name": "web"}


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "10.0.0.1/16", "10.0.0.0", "10.0.0.0/29"])
def test_a_networks_range_is_one_from_16_to_28(aws: Account, cidr: str) -> None:
    with pytest.raises(Refused):
        aws.check(words.VPC, {"cidrBlock": cidr})


def test_a_subnet_lies_in_its_network_and_touches_no_other(aws: Account) -> None:
    vpc = aws.network()
    (first,) = aws.subnets(vpc, "a")
    assert re.fullmatch(f"subnet-{HEX}", first)
    with pytest.raises(Refused, match=r"InvalidSubnet.Conflict: The CIDR '10.10.8.0/24' conflicts with another subnet"):
        aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.10.8.0/24"})
    with pytest.raises(Refused, match=r"InvalidSubnet.Range: The CIDR '10.11.0.0/24' is invalid"):
        aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.11.0.0/24"})
    with pytest.raises(Refused, match=r"InvalidVpcID.NotFound: The vpc ID 'vpc-00' does not exist"):
        aws.make(words.SUBNET, {"vpcId": "vpc-00", "cidrBlock": "10.11.0.0/24"})


def test_a_subnets_zone_is_one_of_the_region(aws: Account) -> None:
    vpc = aws.network()
    with pytest.raises(Refused, match="Subnets can currently only be created in the following availability zones: eu-central-1a"):
        aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.10.0.0/24", "availabilityZone": "eu-central-1z"})
    by_id = aws.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": "10.10.0.0/24", "availabilityZoneId": "euc1-az2"})
    assert by_id.outputs["availabilityZone"] == "eu-central-1b"


def test_a_network_with_something_in_it_is_not_deleted(aws: Account) -> None:
    vpc = aws.network()
    for token, inputs in [
        (words.SUBNET, {"cidrBlock": "10.10.0.0/24"}),
        (words.GATEWAY, {}),
        (words.ROUTE_TABLE, {}),
        (words.SECURITY_GROUP, {}),
    ]:
        inside = aws.make(token, {"vpcId": vpc.id, **inputs})
        with pytest.raises(Refused, match=f"DependencyViolation: The vpc '{vpc.id}' has dependencies and cannot be deleted."):
            aws.delete(words.VPC, vpc)
        aws.delete(token, inside)
    aws.delete(words.VPC, vpc)


def test_a_network_has_one_gateway_and_a_route_leads_to_its_own(aws: Account) -> None:
    vpc, other = aws.network(), aws.network()
    gateway, table = aws.make(words.GATEWAY, {"vpcId": vpc.id}), aws.make(words.ROUTE_TABLE, {"vpcId": other.id})
    with pytest.raises(Refused, match="already has an internet gateway attached"):
        aws.make(words.GATEWAY, {"vpcId": vpc.id})
    with pytest.raises(Refused, match="belong to different networks"):
        aws.make(ROUTE, {"routeTableId": table.id, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id})


def test_a_route_is_known_by_its_table_and_destination_and_is_there_once(aws: Account) -> None:
    vpc = aws.network()
    gateway = aws.make(words.GATEWAY, {"vpcId": vpc.id})
    route = {"routeTableId": vpc.outputs["mainRouteTableId"], "destinationCidrBlock": "0.0.0.0/0", "gatewayId": gateway.id}
    assert aws.make(ROUTE, route).id == f"r-{vpc.outputs['mainRouteTableId']}1080289494"
    with pytest.raises(Refused, match="RouteAlreadyExists"):
        aws.make(ROUTE, route)


def test_a_subnet_follows_one_table_which_stays_as_long(aws: Account) -> None:
    vpc = aws.network()
    (inside,) = aws.subnets(vpc, "a")
    table = aws.make(words.ROUTE_TABLE, {"vpcId": vpc.id})
    association = aws.make(ASSOCIATION, {"routeTableId": table.id, "subnetId": inside})
    with pytest.raises(Refused, match=r"Resource.AlreadyAssociated"):
        aws.make(ASSOCIATION, {"routeTableId": table.id, "subnetId": inside})
    with pytest.raises(Refused, match=f"DependencyViolation: The routeTable '{table.id}' has dependencies"):
        aws.delete(words.ROUTE_TABLE, table)
    aws.delete(ASSOCIATION, association)
    aws.delete(words.ROUTE_TABLE, table)


def test_a_gateway_stays_while_something_has_a_public_address(aws: Account) -> None:
    vpc = aws.network()
    gateway, subnets = aws.make(words.GATEWAY, {"vpcId": vpc.id}), aws.subnets(vpc)
    balancer = aws.make(words.LOAD_BALANCER, {"subnets": subnets})
    with pytest.raises(Refused, match=r"has some mapped public address\(es\)"):
        aws.delete(words.GATEWAY, gateway)
    aws.delete(words.LOAD_BALANCER, balancer)
    aws.delete(words.GATEWAY, gateway)


def test_addresses_are_given_once(aws: Account) -> None:
    seen = [aws.make(words.ADDRESS, {"domain": "vpc"}).outputs["publicIp"] for _ in range(10)]
    assert len(set(seen)) == 10


# --- security groups -----------------------------------------------------------------------------------------------------------


def test_a_groups_name_is_unique_in_its_network(aws: Account) -> None:
    first, second = aws.network(), aws.network()
    for vpc in (first, second):
        aws.make(words.SECURITY_GROUP, {"name": "web", "vpcId": vpc.id})
    with pytest.raises(Refused, match=r"InvalidGroup.Duplicate"):
        aws.make(words.SECURITY_GROUP, {"name": "web", "vpcId": first.id})


def test_a_group_that_a_rule_names_is_not_deleted(aws: Account) -> None:
    vpc = aws.network()
    front, back = (aws.make(words.SECURITY_GROUP, {"vpcId": vpc.id}) for _ in range(2))
    rule = {"securityGroupId": back.id, "referencedSecurityGroupId": front.id, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    made = aws.make(words.INGRESS, rule)
    assert re.fullmatch(f"sgr-{HEX}", made.id) and made.outputs["securityGroupRuleId"] == made.id
    with pytest.raises(Refused, match=f"DependencyViolation: resource {front.id} has a dependent object"):
        aws.delete(words.SECURITY_GROUP, front)
    with pytest.raises(Refused, match=r"InvalidPermission.Duplicate"):
        aws.make(words.INGRESS, rule)
    aws.delete(words.INGRESS, made)
    aws.delete(words.SECURITY_GROUP, front)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fromPort": 443, "toPort": 80}, "Invalid TCP port range from 443 to 80"),
        ({"fromPort": None}, "Must specify both from and to ports with TCP"),
        ({"ipProtocol": "tpc"}, "Invalid value 'tpc' for IP protocol"),
        ({"cidrIpv4": "10.0.0.1/8"}, "an IPv4 range in CIDR form without host bits"),
        ({"cidrIpv6": "::/0"}, "only one of"),
    ],
)
def test_a_rule_has_ports_and_one_peer(aws: Account, changes: Values, says: str) -> None:
    rule = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv4": "0.0.0.0/0", **changes}
    with pytest.raises(Refused, match=says):
        aws.check(words.INGRESS, {key: value for key, value in rule.items() if value is not None})


def test_a_rule_changes_its_range_in_place_and_its_kind_of_peer_by_replacement(aws: Account) -> None:
    rule: Values = {"securityGroupId": "sg-1", "ipProtocol": "-1"}
    one, other, group = {**rule, "cidrIpv4": "10.0.0.0/8"}, {**rule, "cidrIpv4": "0.0.0.0/0"}, {**rule, "prefixListId": "pl-1"}
    assert aws.compare(words.EGRESS, one, other).changes and not aws.compare(words.EGRESS, one, other).replaces
    assert aws.compare(words.EGRESS, one, group).replaces


def test_a_prefix_list_counts_in_a_group_for_as_many_rules_as_it_has_room(aws: Account) -> None:
    group = aws.make(words.SECURITY_GROUP, {"vpcId": aws.network().id})
    long = aws.make(words.PREFIX_LIST, {"addressFamily": "IPv4", "maxEntries": 50, "entries": [{"cidr": "192.0.2.0/24"}]})
    rule = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "prefixListId": long.id}
    aws.make(words.INGRESS, rule)
    with pytest.raises(Refused, match="RulesPerSecurityGroupLimitExceeded"):
        aws.make(words.INGRESS, {**rule, "fromPort": 443, "toPort": 443})
    with pytest.raises(Refused, match="do not have sufficient capacity"):
        aws.change(words.PREFIX_LIST, long, maxEntries=61)
    with pytest.raises(Refused, match=f"The prefix list '{long.id}' is referenced"):
        aws.delete(words.PREFIX_LIST, long)


def test_a_prefix_list_counts_its_versions_and_takes_no_more_than_it_has_room_for(aws: Account) -> None:
    made = aws.make(words.PREFIX_LIST, {"addressFamily": "IPv4", "maxEntries": 1, "entries": [{"cidr": "192.0.2.0/24"}]})
    assert (made.outputs["version"], made.outputs["ownerId"]) == (1, "123456789012")
    assert aws.change(words.PREFIX_LIST, made, tags={"a": "b"}).outputs["version"] == 1
    assert aws.change(words.PREFIX_LIST, made, entries=[{"cidr": "198.51.100.0/24"}]).outputs["version"] == 2
    with pytest.raises(Refused, match="PrefixListMaxEntriesExceeded"):
        aws.change(words.PREFIX_LIST, made, entries=[{"cidr": "192.0.2.0/24"}, {"cidr": "198.51.100.0/24"}])
    with pytest.raises(Refused, match="does not match the address family IPv4"):
        aws.change(words.PREFIX_LIST, made, entries=[{"cidr": "2001:db8::/32"}])


def test_the_default_group_is_the_networks_own(aws: Account) -> None:
    vpc = aws.network()
    group = aws.make(words.DEFAULT_SECURITY_GROUP, {"vpcId": vpc.id})
    assert (group.id, group.outputs["name"]) == (vpc.outputs["defaultSecurityGroupId"], "default")
    aws.delete(words.VPC, vpc)


# --- machines ------------------------------------------------------------------------------------------------------------------


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


# --- load balancing ------------------------------------------------------------------------------------------------------------


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


# --- identities ----------------------------------------------------------------------------------------------------------------


def test_a_role_is_deleted_when_nothing_is_attached(aws: Account) -> None:
    role = aws.make(words.ROLE, {"name": "web", "assumeRolePolicy": TRUST})
    assert role.outputs["arn"] == "arn:aws:iam::123456789012:role/web" and role.outputs["uniqueId"].startswith("AROA")
    attachment = aws.make(ATTACHMENT, {"role": role.id, "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"})
    with pytest.raises(Refused, match="DeleteConflict: Cannot delete entity, must detach all policies first"):
        aws.delete(words.ROLE, role)
    aws.delete(ATTACHMENT, attachment)
    aws.delete(words.ROLE, role)


def test_roles_are_the_accounts_in_every_region(aws: Account, store: Store) -> None:
    aws.make(words.ROLE, {"name": "web", "assumeRolePolicy": TRUST})
    other = Account(store, "us-east-1")
    with pytest.raises(Refused, match="EntityAlreadyExists: Role with name web already exists"):
        other.make(words.ROLE, {"name": "web", "assumeRolePolicy": TRUST})
    profile = other.make(words.PROFILE, {"role": "web"})
    assert profile.outputs["arn"] == f"arn:aws:iam::123456789012:instance-profile/{profile.id}"


def test_what_does_not_exist_is_not_attached(aws: Account) -> None:
    with pytest.raises(Refused, match="NoSuchEntity: The role with name nobody cannot be found"):
        aws.make(ATTACHMENT, {"role": "nobody", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})
    role = aws.make(words.ROLE, {"assumeRolePolicy": TRUST})
    with pytest.raises(Refused, match="NoSuchEntity: Policy arn:aws:iam::aws:policy/Nothing does not exist"):
        aws.make(ATTACHMENT, {"role": role.id, "policyArn": "arn:aws:iam::aws:policy/Nothing"})


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("not json", "a policy in JSON"),
        ('{"Version": "2012-10-17"}', "a policy needs a Statement"),
        ('{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}', "must contain principals"),
        ('{"Statement": [{"Effect": "Perhaps", "Action": "sts:AssumeRole"}]}', "Allow or Deny"),
    ],
)
def test_a_malformed_trust_policy_is_refused(aws: Account, policy: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        aws.check(words.ROLE, {"assumeRolePolicy": policy})


# --- databases -----------------------------------------------------------------------------------------------------------------


def database(aws: Account, **changes: Any) -> State:
    given = {key: value for key, value in {**POSTGRES, **changes}.items() if value is not None}
    return aws.make(words.DATABASE, given, "main")


def test_a_database_has_an_endpoint_and_keeps_it(aws: Account) -> None:
    made = database(aws)
    outputs = made.outputs
    assert re.fullmatch(r"db-[A-Z2-7]{26}", made.id) and re.fullmatch(r"main-[0-9a-f]{7}", outputs["identifier"])
    assert re.fullmatch(rf"{outputs['identifier']}\.c[a-z0-9]{{11}}\.{REGION}\.rds\.amazonaws\.com", outputs["address"])
    assert outputs["endpoint"] == f"{outputs['address']}:5432" and outputs["hostedZoneId"] == "Z1RLNUO7B9Q6NB"
    assert outputs["engineVersion"] == "16" and outputs["engineVersionActual"].startswith("16.")
    assert outputs["arn"] == f"arn:aws:rds:{REGION}:123456789012:db:{outputs['identifier']}"
    larger = aws.change(words.DATABASE, made, allocatedStorage=50)
    for key in ("address", "resourceId", "availabilityZone", "engineVersionActual"):
        assert larger.outputs[key] == outputs[key], key


def test_a_password_is_secret_in_the_state(aws: Account) -> None:
    assert ("password",) in database(aws).secrets


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"password": "kurz"}, "shorter than 8 characters"),
        ({"password": "with a space or / or @"}, "Only printable ASCII characters besides"),
        ({"password": None}, "`password` is required"),
        ({"username": "admin"}, "MasterUsername admin cannot be used as it is a reserved word used by the engine"),
        ({"username": "1st"}, "must begin with a letter"),
        ({"allocatedStorage": 10}, "Invalid storage size for engine name postgres and storage type gp3: 10"),
        ({"maxAllocatedStorage": 20}, "Max storage size must be greater than storage size"),
        ({"iops": 4000}, "storage size less than 400"),
        ({"engine": "postgresql"}, "Invalid DB engine: postgresql"),
        ({"engineVersion": "16.99"}, r"Cannot find version 16.99 for postgres"),
        ({"instanceClass": "db.t3.huge"}, "RDS does not support creating a DB instance with the following combination"),
        ({"backupRetentionPeriod": 36}, "from 0 to 35"),
        ({"backupWindow": "02:00-02:10"}, "at least 30 minutes"),
        ({"backupWindow": "04:00-05:00", "maintenanceWindow": "sun:04:30-sun:05:30"}, "must not overlap"),
        ({"backupWindow": "2-3"}, "a window such as"),
        ({"identifier": "Main"}, "matches"),
        ({"identifier": "a--b"}, "does not match --"),
        ({"manageMasterUserPassword": True}, "conflicts with"),
    ],
)
def test_a_database_that_cannot_be_is_refused(aws: Account, changes: Values, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        aws.check(words.DATABASE, {key: value for key, value in {**POSTGRES, **changes}.items() if value is not None})
    assert not changes.get("password") or changes["password"] not in refused.value.message


def test_a_protected_database_is_not_deleted(aws: Account) -> None:
    made = database(aws, deletionProtection=True)
    with pytest.raises(Refused, match="Cannot delete protected DB Instance"):
        aws.delete(words.DATABASE, made)
    aws.delete(words.DATABASE, aws.change(words.DATABASE, made, deletionProtection=False))


def test_a_database_is_deleted_with_a_last_snapshot_or_explicitly_without(aws: Account) -> None:
    made = database(aws, skipFinalSnapshot=None)
    with pytest.raises(Refused, match="final_snapshot_identifier is required when skip_final_snapshot is false"):
        aws.delete(words.DATABASE, made)
    aws.delete(words.DATABASE, aws.change(words.DATABASE, made, finalSnapshotIdentifier="last"))
    again = database(aws, skipFinalSnapshot=False, finalSnapshotIdentifier="last")
    with pytest.raises(Refused, match="DBSnapshotAlreadyExists"):
        aws.delete(words.DATABASE, again)


def test_parameters_are_of_the_databases_version(aws: Account) -> None:
    wrong = aws.make(words.PARAMETER_GROUP, {"family": "postgres15"})
    with pytest.raises(Refused, match="Please use a Parameter Group with DBParameterGroupFamily postgres16"):
        database(aws, parameterGroupName=wrong.id)
    right = aws.make(words.PARAMETER_GROUP, {"family": "postgres16"})
    database(aws, parameterGroupName=right.id)
    with pytest.raises(Refused, match="InvalidDBParameterGroupState"):
        aws.delete(words.PARAMETER_GROUP, right)


@pytest.mark.parametrize(
    ("parameter", "says"),
    [
        ({"name": "rds.logical_replication", "value": "1"}, "cannot use immediate apply method for static parameter"),
        ({"name": "wal_levle", "value": "logical"}, "Could not find parameter with name: wal_levle"),
        ({"name": "rds.force_ssl", "value": "1", "applyMethod": "soon"}, "in any case"),
    ],
)
def test_parameters_exist_and_static_ones_wait_for_a_restart(aws: Account, parameter: Values, says: str) -> None:
    with pytest.raises(Refused, match=says):
        aws.check(words.PARAMETER_GROUP, {"family": "postgres16", "parameters": [parameter]})


def test_a_subnet_group_covers_two_zones_and_stays_while_used(aws: Account) -> None:
    vpc, subnets = aws.public()
    with pytest.raises(Refused, match="DBSubnetGroupDoesNotCoverEnoughAZs"):
        aws.make(words.SUBNET_GROUP, {"subnetIds": subnets[:1]})
    group = aws.make(words.SUBNET_GROUP, {"subnetIds": subnets})
    assert group.outputs["vpcId"] == vpc.id
    made = database(aws, dbSubnetGroupName=group.id)
    assert made.outputs["vpcSecurityGroupIds"] == [vpc.outputs["defaultSecurityGroupId"]]
    with pytest.raises(Refused, match="InvalidDBSubnetGroupStateFault: Cannot delete the subnet group"):
        aws.delete(words.SUBNET_GROUP, group)
    with pytest.raises(Refused, match="DependencyViolation: The subnet"):
        aws.life.delete(words.SUBNET, "web", subnets[0])


def test_a_public_database_needs_a_public_network(aws: Account) -> None:
    vpc = aws.network()
    group = aws.make(words.SUBNET_GROUP, {"subnetIds": aws.subnets(vpc)})
    with pytest.raises(Refused, match="InvalidVPCNetworkStateFault: Cannot create a publicly accessible DBInstance"):
        database(aws, dbSubnetGroupName=group.id, publiclyAccessible=True)
    gateway = aws.make(words.GATEWAY, {"vpcId": vpc.id})
    database(aws, dbSubnetGroupName=group.id, publiclyAccessible=True)
    with pytest.raises(Refused, match="mapped public address"):
        aws.delete(words.GATEWAY, gateway)


def test_a_database_grows_only(aws: Account) -> None:
    made = database(aws, allocatedStorage=50)
    with pytest.raises(Refused, match="storage is never made smaller"):
        aws.change(words.DATABASE, made, allocatedStorage=20)
    with pytest.raises(Refused, match="AllowMajorVersionUpgrade flag must be present"):
        aws.change(words.DATABASE, made, engineVersion="17")
    assert aws.change(words.DATABASE, made, engineVersion="17", allowMajorVersionUpgrade=True).outputs["engineVersionActual"][:3] == "17."
    assert not aws.compare(words.DATABASE, POSTGRES, {**POSTGRES, "instanceClass": "db.m6g.large"}).replaces
    assert aws.compare(words.DATABASE, POSTGRES, {**POSTGRES, "username": "other"}).replaces


# --- look-ups ------------------------------------------------------------------------------------------------------------------


def test_images_differ_between_regions_and_not_between_questions(aws: Account, store: Store) -> None:
    other = Account(store, "us-east-1")
    assert aws.image() == aws.image() != other.image()
    assert re.fullmatch(f"ami-{HEX}", aws.image()) and aws.image() != aws.image("arm64")


def test_the_newest_image_is_found_and_its_rivals_have_to_be_told_apart(aws: Account) -> None:
    ask = {"owners": ["136693071363"], "filters": [{"name": "name", "values": ["debian-12-amd64-*"]}]}
    found = aws.ask("aws:ec2/getAmi:getAmi", mostRecent=True, **ask)
    assert (found["architecture"], found["rootDeviceName"], found["ownerId"]) == ("x86_64", "/dev/xvda", "136693071363")
    assert found["name"] == max(name for name in [found["name"], "debian-12-amd64-20250101-1"])
    with pytest.raises(Refused, match="Your query returned more than one result"):
        aws.ask("aws:ec2/getAmi:getAmi", **ask)
    with pytest.raises(Refused, match="Your query returned no results"):
        aws.ask("aws:ec2/getAmi:getAmi", owners=["amazon"], mostRecent=True, filters=ask["filters"])


def test_zones_are_the_regions_own(aws: Account) -> None:
    zones = aws.ask(
        "aws:index/getAvailabilityZones:getAvailabilityZones", filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
    )
    assert zones["names"] == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    assert zones["zoneIds"] == ["euc1-az1", "euc1-az2", "euc1-az3"]


def test_who_and_where_one_is(aws: Account) -> None:
    assert aws.ask("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "123456789012"
    assert aws.ask("aws:index/getRegion:getRegion")["region"] == REGION
    assert aws.ask("aws:index/getPartition:getPartition")["dnsSuffix"] == "amazonaws.com"


def test_a_policy_document_is_written_as_iam_reads_it(aws: Account) -> None:
    statements = [
        {"actions": ["sts:AssumeRole"], "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}]},
        {
            "sid": "Read",
            "actions": ["s3:GetObject", "s3:ListBucket"],
            "resources": ["arn:aws:s3:::b/&{aws:username}"],
            "conditions": [{"test": "StringEquals", "variable": "aws:SourceVpc", "values": ["vpc-1"]}],
        },
    ]
    answer = aws.ask("aws:iam/getPolicyDocument:getPolicyDocument", statements=statements)
    assert (
        json.loads(answer["json"])
        == json.loads(answer["minifiedJson"])
        == {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}},
                {
                    "Sid": "Read",
                    "Effect": "Allow",
                    "Action": ["s3:ListBucket", "s3:GetObject"],
                    "Resource": "arn:aws:s3:::b/${aws:username}",
                    "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
                },
            ],
        }
    )


def test_what_has_a_tag_is_found_by_it_in_its_region(aws: Account, store: Store) -> None:
    mine = aws.network(tags={"stack": "dev", "project": "p"})
    aws.network(tags={"stack": "production", "project": "p"})
    aws.network()
    Account(store, "us-east-1").network(tags={"stack": "dev"})
    aws.make(words.ROLE, {"assumeRolePolicy": TRUST, "tags": {"stack": "dev"}})
    database(aws, tags={"stack": "dev"})

    def found(**arguments: Any) -> list[str]:
        answer = aws.ask("aws:resourcegroupstaggingapi/getResources:getResources", **arguments)
        return [one["resourceArn"] for one in answer["resourceTagMappingLists"]]

    of_stack = found(tagFilters=[{"key": "stack", "values": ["dev"]}])
    assert [arn.split(":")[2] for arn in of_stack] == ["ec2", "rds"] and of_stack[0] == mine.outputs["arn"]
    assert found(tagFilters=[{"key": "stack", "values": ["dev"]}, {"key": "project"}]) == [mine.outputs["arn"]]
    assert len(found(tagFilters=[{"key": "stack"}], resourceTypeFilters=["ec2:vpc"])) == 2
    assert found(resourceTypeFilters=["rds:db"]) == [of_stack[1]]


def test_other_lookups_are_refused_with_those_that_there_are(aws: Account) -> None:
    with pytest.raises(Refused, match="no answer to the look-up aws:route53/getZone:getZone; it answers aws:ec2/getAmi:getAmi"):
        aws.ask("aws:route53/getZone:getZone", name="example.com")


# --- everything else -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "inputs", "id"),
    [
        (words.BUCKET, {"bucket": "my-bucket"}, "my-bucket"),
        (words.TOPIC, {"name": "t"}, f"arn:aws:sns:{REGION}:123456789012:t"),
        ("aws:sqs/queue:Queue", {"name": "q"}, f"https://sqs.{REGION}.amazonaws.com/123456789012/q"),
        (words.SECRET, {"name": "s"}, rf"arn:aws:secretsmanager:{REGION}:123456789012:secret:s-[A-Z2-7]{{6}}"),
        ("aws:ssm/parameter:Parameter", {"name": "/web/a", "type": "String", "value": "b"}, "/web/a"),
        (words.KEY, {}, r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"),
        (words.CERTIFICATE, {"domainName": "example.com"}, rf"arn:aws:acm:{REGION}:123456789012:certificate/[0-9a-f-]{{36}}"),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "/web"}, "/web"),
        (words.KEY_PAIR, {"keyName": "k", "publicKey": "ssh-ed25519 " + base64.b64encode(b"k" * 51).decode()}, "k"),
    ],
)
def test_ids_are_as_aws_writes_them(aws: Account, token: str, inputs: Values, id: str) -> None:
    made = aws.make(token, inputs)
    assert re.fullmatch(id, made.id)
    aws.delete(token, made)


def test_buckets_names_are_everybodys(aws: Account, store: Store) -> None:
    aws.make(words.BUCKET, {"bucket": "mine"})
    with pytest.raises(Refused, match="BucketAlreadyExists"):
        Account(store, "us-east-1").make(words.BUCKET, {"bucket": "mine"})
    with pytest.raises(Refused, match="InvalidBucketName"):
        aws.check(words.BUCKET, {"bucket": "Mine_"})


@pytest.mark.parametrize("token", sorted(CLOUD.types))
def test_a_preview_with_nothing_known_is_borne(aws: Account, token: str) -> None:
    """No rule trips over a value that is not known yet."""
    schema = aws.life.sdk.resource(token)
    required = {name for name, prop in schema.inputs.items() if prop.required}
    groups = [group[0] for group in CLOUD.types[token].exactly_one_of if "." not in group[0]]
    inputs = {name: UNKNOWN for name in required | {*groups, *CLOUD.types[token].required} if name in schema.inputs}
    for name in ("cidrBlock", "ami", "vpcZoneIdentifiers", "vpcId", "password", "tags", "policyType", "port", "protocol"):
        if name in schema.inputs:
            inputs[name] = UNKNOWN
    checked = aws.life.check(token, "web", inputs, set(), seed=b"seed")
    aws.life.plan(token, "web", checked.inputs, set())
