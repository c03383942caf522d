"""AwsWebTier: machines that heal and scale, reached through the load balancer alone, and by the admitted ranges alone."""

import base64
import json
from typing import Any

import pulumi
import pytest
import yaml

from multicloud.errors import ArgumentError
from multicloud.machine.workload import StaticSite
from multicloud.web.aws import AwsWebTier, AwsWebTierArgs
from multicloud.web.aws_machines import architecture
from multicloud.web.contract import HealthCheck, Servers, Size
from tests.recording import Recording

GROUP = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SCALING = "aws:autoscaling/policy:Policy"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
AMI = "aws:ec2/getAmi:getAmi"
TAGS = {"project": "project", "stack": "stack", "component": "web", "managed-by": "pulumi"}


def build(recording: Recording, name: str = "web", **args: Any) -> AwsWebTier:
    given: dict[str, Any] = {"servers": Servers(min=2, max=6), "region": "eu-central-1"} | args
    return recording.run(lambda: AwsWebTier(name, AwsWebTierArgs(**given)))


def user_data(recording: Recording) -> str:
    return base64.b64decode(recording.one(TEMPLATE).inputs["userData"]).decode()


def test_makes_exactly_these_children_below_itself(recording: Recording) -> None:
    build(recording)
    assert {(child.type, child.name) for child in recording.children("web")} == {
        ("multicloud:index:AwsNetwork", "web-network"),
        (PREFIX_LIST, "web-admitted"),
        (SECURITY_GROUP, "web-load-balancer"),
        (SECURITY_GROUP, "web-machines"),
        (INGRESS, "web-load-balancer-ingress"),
        (EGRESS, "web-load-balancer-egress"),
        (INGRESS, "web-machines-ingress"),
        (EGRESS, "web-machines-egress"),
        (BALANCER, "web-balancer"),
        (TARGETS, "web-targets"),
        (LISTENER, "web-listener"),
        ("aws:iam/role:Role", "web-role"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "web-session-manager"),
        ("aws:iam/instanceProfile:InstanceProfile", "web-instance-profile"),
        (TEMPLATE, "web-template-eu-central-1-amd64"),
        (GROUP, "web-group"),
        (SCALING, "web-scaling"),
    }


def test_no_child_has_a_name_of_its_own_so_that_a_new_one_is_made_before_the_old_goes(recording: Recording) -> None:
    build(recording)
    assert [child.name for child in recording.descendants("web") if {"name", "namePrefix"} & set(child.inputs)] == []


def test_a_long_name_still_fits_load_balancers_and_target_groups(recording: Recording) -> None:
    """They take 32 characters, of which auto-naming needs 8, and Pulumi refuses more."""
    build(recording, name="production-eu-central-1-of-shop")
    for type_ in (BALANCER, TARGETS):
        assert len(recording.one(type_).name) <= 24
        assert recording.one(type_).name.startswith("production-eu-c")


# who reaches whom


def test_only_the_admitted_ranges_reach_the_load_balancer_and_only_on_port_80(recording: Recording) -> None:
    build(recording, admitted_ranges=["173.245.48.0/20", "103.21.244.0/22", "2400:cb00::/32"])
    admitted = recording.one(PREFIX_LIST)
    assert admitted.inputs["entries"] == [{"cidr": "103.21.244.0/22"}, {"cidr": "173.245.48.0/20"}]
    rule = recording.one(INGRESS, "web-load-balancer-ingress").inputs
    assert rule["securityGroupId"] == recording.one(SECURITY_GROUP, "web-load-balancer").id
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"], rule["prefixListId"]) == ("tcp", 80, 80, admitted.id)
    assert recording.one(BALANCER).inputs["securityGroups"] == [rule["securityGroupId"]]


def test_nobody_is_admitted_by_default(recording: Recording) -> None:
    build(recording)
    assert recording.one(PREFIX_LIST).inputs["entries"] == []


def test_ranges_that_are_known_later_are_admitted(recording: Recording) -> None:
    build(recording, admitted_ranges=pulumi.Output.from_input(["203.0.113.0/24"]))
    assert recording.one(PREFIX_LIST).inputs["entries"] == [{"cidr": "203.0.113.0/24"}]


def test_only_the_load_balancer_reaches_the_machines_and_only_their_port(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(port=8080))
    balancer, machines = (recording.one(SECURITY_GROUP, f"web-{name}").id for name in ("load-balancer", "machines"))
    into = recording.one(INGRESS, "web-machines-ingress").inputs
    out_of = recording.one(EGRESS, "web-load-balancer-egress").inputs
    for rule, own, other in ((into, machines, balancer), (out_of, balancer, machines)):
        assert (rule["securityGroupId"], rule["referencedSecurityGroupId"]) == (own, other)
        assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 8080, 8080)
    [interface] = recording.one(TEMPLATE).inputs["networkInterfaces"]
    assert interface["securityGroups"] == [machines]


def test_no_rule_lets_the_world_in(recording: Recording) -> None:
    build(recording, admitted_ranges=["203.0.113.0/24"])
    assert len(recording.all(INGRESS)) == 2
    assert all("cidrIpv4" not in rule.inputs and "cidrIpv6" not in rule.inputs for rule in recording.all(INGRESS))


def test_security_groups_hold_no_rules_of_their_own(recording: Recording) -> None:
    """Rules inside a group and rules as resources undo each other."""
    build(recording)
    assert all({"ingress", "egress"}.isdisjoint(group.inputs) for group in recording.all(SECURITY_GROUP))


# the machines


def test_a_machine_is_encrypted_wants_tokens_for_its_metadata_and_has_no_key(recording: Recording) -> None:
    build(recording)
    template = recording.one(TEMPLATE).inputs
    assert template["metadataOptions"] == {"httpEndpoint": "enabled", "httpTokens": "required", "httpPutResponseHopLimit": 1}
    [disk] = template["blockDeviceMappings"]
    assert disk["ebs"] == {"volumeType": "gp3", "volumeSize": 10, "encrypted": "true", "deleteOnTermination": "true"}
    assert "keyName" not in template


def test_a_machine_may_talk_to_session_manager_and_nothing_else(recording: Recording) -> None:
    build(recording)
    role = recording.one("aws:iam/role:Role")
    [statement] = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement == {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    [attachment] = recording.all("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert attachment.inputs["policyArn"] == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
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
        build(recording, site=StaticSite(files={"index.html": "x" * 16000}))


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
    build(recording)
    group = recording.one(GROUP).inputs
    refresh = group["instanceRefresh"]
    assert refresh["strategy"] == "Rolling"
    assert refresh["preferences"] == {
        "minHealthyPercentage": 100,
        "maxHealthyPercentage": 150,
        "autoRollback": True,
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
        "web-listener",
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


# the load balancer


def test_health_is_asked_as_stated(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(path="/alive", port=8080, expected_status=204))
    targets = recording.one(TARGETS).inputs
    assert (targets["port"], targets["protocol"], targets["targetType"]) == (8080, "HTTP", "instance")
    check = targets["healthCheck"]
    assert (check["path"], check["port"], check["matcher"]) == ("/alive", "traffic-port", "204")
    assert check["timeout"] < check["interval"]


def test_the_load_balancer_serves_http_to_the_machines(recording: Recording) -> None:
    tier = build(recording)
    balancer = recording.one(BALANCER)
    assert (balancer.inputs["internal"], balancer.inputs["loadBalancerType"]) == (False, "application")
    assert balancer.inputs["dropInvalidHeaderFields"] is True
    listener = recording.one(LISTENER).inputs
    assert (listener["port"], listener["protocol"], listener["loadBalancerArn"]) == (80, "HTTP", balancer.outputs["arn"])
    assert listener["defaultActions"] == [{"type": "forward", "targetGroupArn": recording.one(TARGETS).outputs["arn"]}]
    assert recording.value(tier.origins) == [{"name": "web", "address": "web-balancer.elb.amazonaws.com", "weight": 1.0}]


# tags


def test_all_that_can_carry_tags_carries_them(recording: Recording) -> None:
    """A child of a type that is not in the list of those without tags fails here."""
    untagged = {
        "aws:ec2/route:Route",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        SCALING,
        GROUP,
    }
    build(recording, tags={"team": "shop"})
    for child in recording.descendants("web"):
        if child.custom and child.type not in untagged:
            component = "web-network" if child.name.startswith("web-network-") else "web"
            assert {**TAGS, "component": component, "team": "shop"}.items() <= child.inputs["tags"].items(), child.name


def test_machines_and_what_belongs_to_them_carry_tags(recording: Recording) -> None:
    build(recording, tags={"team": "shop"})
    expected = {"Name": "web-machine", **TAGS, "team": "shop"}
    tags = recording.one(GROUP).inputs["tags"]
    assert {tag["key"]: tag["value"] for tag in tags} == expected
    assert all(tag["propagateAtLaunch"] for tag in tags)
    specifications = recording.one(TEMPLATE).inputs["tagSpecifications"]
    assert {one["resourceType"]: one["tags"] for one in specifications} == {"volume": expected, "network-interface": expected}


# bad input


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"region": "frankfurt"}, "region: 'frankfurt' is no region of aws; "),
        ({"zones": ["eu-central-1a"]}, "zones: are not two to eight different zones; name two or three, or leave them out"),
        ({"network": "10.9.0.0/24"}, "network: 10.9.0.0/24 leaves subnets below /27, the least of a load balancer; take a /23 or larger"),
        ({"machine_type": "small"}, "machine_type: 'small' is no instance type of AWS; write one like t3.small or c7g.large"),
        ({"image": "debian-12"}, "image: 'debian-12' is no id of an image; write one like ami-0123456789abcdef0, or newest"),
        ({"admitted_ranges": ["everyone"]}, "admitted_ranges: 'everyone' is not a range in CIDR form; write one like 203.0.113.0/24"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_made(recording: Recording, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        build(recording, **args)
    assert str(refused.value).startswith(message)
    assert [record for record in recording.all() if record.custom] == []


def test_a_preview_with_ranges_that_are_not_known_yet_shows_every_child() -> None:
    """The ranges are in a list and not in a rule each, so their number decides nothing."""
    preview = Recording(preview=True)
    unknown: pulumi.Output[Any] = pulumi.Output.from_input(["203.0.113.0/24"])
    build(preview, admitted_ranges=unknown)
    assert len(preview.children("web")) == 17
    preview.close()
