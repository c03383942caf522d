"""AwsWebTier: machines that heal and scale, reached through the load balancer alone, and by the admitted ranges alone."""

from typing import Any

import pulumi
import pytest

from multicloud.errors import ArgumentError
from multicloud.web.contract import HealthCheck
from tests.components.web.aws_tier import (
    BALANCER,
    EGRESS,
    GROUP,
    INGRESS,
    LISTENER,
    PREFIX_LIST,
    SCALING,
    SECURITY_GROUP,
    TAGS,
    TARGETS,
    TEMPLATE,
    build,
)
from tests.recording import Recording


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
        (LISTENER, "web-health-listener"),
        ("aws:iam/role:Role", "web-role"),
        ("aws:iam/policy:Policy", "web-session-manager-policy"),
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
    listener = recording.one(LISTENER, "web-listener").inputs
    assert (listener["port"], listener["protocol"], listener["loadBalancerArn"]) == (80, "HTTP", balancer.outputs["arn"])
    assert listener["defaultActions"] == [{"type": "forward", "targetGroupArn": recording.one(TARGETS).outputs["arn"]}]
    assert recording.value(tier.origins) == [{"name": "web", "address": "web-balancer.elb.amazonaws.com", "weight": 1.0}]


def test_new_machines_are_asked_for_their_health_before_visitors_are_led_to_them(recording: Recording) -> None:
    """On a port that nobody reaches; the group waits for it, and the listener for the group."""
    build(recording, admitted_ranges=["203.0.113.0/24"])
    asking, listener, group = recording.one(LISTENER, "web-health-listener"), recording.one(LISTENER, "web-listener"), recording.one(GROUP)
    assert asking.inputs["defaultActions"] == listener.inputs["defaultActions"]
    balancer = recording.one(SECURITY_GROUP, "web-load-balancer").id
    admitted = [rule.inputs for rule in recording.all(INGRESS) if rule.inputs["securityGroupId"] == balancer]
    assert not any(rule["fromPort"] <= asking.inputs["port"] <= rule["toPort"] for rule in admitted)
    assert asking.urn in group.depends_on and listener.urn not in group.depends_on
    assert group.urn in listener.depends_on


@pytest.mark.parametrize("change", [{"port": 8080}, {"path": "/alive"}, {"expected_status": 204}])
def test_machines_that_are_asked_for_something_else_are_others(recording: Recording, change: dict[str, Any]) -> None:
    """Those that are there would not answer: they keep their target group and their rules until visitors are led on."""
    build(recording)
    other = Recording()
    build(other, health_check=HealthCheck(**change))
    for type_ in (TARGETS, GROUP):
        assert recording.one(type_).replacement_trigger != other.one(type_).replacement_trigger, type_
    assert recording.one(LISTENER, "web-listener").replacement_trigger == other.one(LISTENER, "web-listener").replacement_trigger
    for name in ("web-machines-ingress", "web-load-balancer-egress"):
        [before, after] = [rule for run in (recording, other) for rule in run.all() if rule.name == name]
        assert (before.replacement_trigger != after.replacement_trigger) == ("port" in change), name
    other.close()


def test_what_the_front_goes_by_comes_after_what_visitors_are_led_through() -> None:
    """In a preview of a new tier, none of it is known before the listener is there."""
    preview = Recording(preview=True)
    tier = build(preview)
    for output in (tier.port, tier.health_path, tier.origins, tier.hostname):
        assert output is not None and preview.value(output) is None
    preview.close()


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
    assert len(preview.children("web")) == 19
    preview.close()
