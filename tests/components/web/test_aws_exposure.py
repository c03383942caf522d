"""AwsWebTier without a load balancer: machines with addresses of their own, and machines that register themselves."""

import base64
from typing import Any

import pytest

from multicloud.web.contract import HealthCheck, Servers, Size
from multicloud.web.exposure import Exposure, Registration
from tests.components.web.aws_tier import BALANCER, EGRESS, GROUP, INGRESS, PREFIX_LIST, SCALING, SECURITY_GROUP, TARGETS, TEMPLATE, build
from tests.recording import Recording
from tests.unpacked import unpacked

INSTANCE = "aws:ec2/instance:Instance"
ADDRESS = "aws:ec2/eip:Eip"
ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"
MACHINES: dict[str, Any] = {"exposure": Exposure.MACHINES, "servers": Servers(min=3)}
REGISTERED: dict[str, Any] = {
    "exposure": Exposure.REGISTERED,
    "registration": Registration(hostname="origins.example.com", zone_id="0" * 32, token_secret="cloudflare/dns"),
}
EITHER = pytest.mark.parametrize("args", [MACHINES, REGISTERED], ids=["machines", "registered"])
COMMON = {
    ("multicloud:index:AwsNetwork", "web-network"),
    (PREFIX_LIST, "web-admitted"),
    (SECURITY_GROUP, "web-machines"),
    (INGRESS, "web-machines-ingress"),
    (EGRESS, "web-machines-egress"),
    ("aws:iam/role:Role", "web-role"),
    ("aws:iam/policy:Policy", "web-session-manager-policy"),
    ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "web-session-manager"),
    ("aws:iam/instanceProfile:InstanceProfile", "web-instance-profile"),
    (TEMPLATE, "web-template-eu-central-1-amd64"),
}


@pytest.fixture
def addresses(recording: Recording) -> Recording:
    """Addresses that differ from each other."""
    recording.outputs[ADDRESS] = lambda record: {"publicIp": f"198.51.100.1{record.name[-1]}"}
    return recording


# either of the two


@EITHER
def test_only_the_admitted_ranges_reach_the_machines_and_only_their_port(recording: Recording, args: dict[str, Any]) -> None:
    build(recording, admitted_ranges=["203.0.113.0/24"], health_check=HealthCheck(port=8080), **args)
    [rule] = recording.all(INGRESS)
    assert rule.inputs["securityGroupId"] == recording.one(SECURITY_GROUP).id
    assert rule.inputs["prefixListId"] == recording.one(PREFIX_LIST).id
    assert (rule.inputs["ipProtocol"], rule.inputs["fromPort"], rule.inputs["toPort"]) == ("tcp", 8080, 8080)
    assert not {"cidrIpv4", "cidrIpv6", "referencedSecurityGroupId"} & set(rule.inputs)
    assert recording.one(PREFIX_LIST).inputs["entries"] == [{"cidr": "203.0.113.0/24"}]


@EITHER
def test_nobody_is_admitted_by_default(recording: Recording, args: dict[str, Any]) -> None:
    build(recording, **args)
    assert recording.one(PREFIX_LIST).inputs["entries"] == []


@EITHER
def test_the_port_is_that_of_the_machines(recording: Recording, args: dict[str, Any]) -> None:
    tier = build(recording, health_check=HealthCheck(port=8080), **args)
    assert recording.value(tier.port) == 8080


@EITHER
def test_a_preview_shows_the_same_children(recording: Recording, args: dict[str, Any]) -> None:
    build(recording, **args)
    preview = Recording(preview=True)
    build(preview, **args)
    assert preview.urns() == recording.urns()
    preview.close()


@EITHER
def test_machines_boot_once_they_reach_out_and_may_read_what_they_have_to(recording: Recording, args: dict[str, Any]) -> None:
    build(recording, **args)
    for machine in recording.all(INSTANCE) or recording.all(GROUP):
        waits_for = {recording.records[urn].name for urn in machine.depends_on}
        assert {"web-network-route", "web-machines-ingress", "web-machines-egress", "web-session-manager"} <= waits_for
        assert ("web-secrets" in waits_for) == (args is REGISTERED)


# machines


def test_machines_are_exactly_these_children(recording: Recording) -> None:
    build(recording, **MACHINES)
    assert {(child.type, child.name) for child in recording.children("web")} == COMMON | {
        (type_, f"web-{name}-{index}")
        for type_, name in ((ADDRESS, "address"), (INSTANCE, "machine"), (ASSOCIATION, "address-association"))
        for index in range(3)
    }


def test_each_machine_is_an_origin_at_its_reserved_address(addresses: Recording) -> None:
    tier = build(addresses, **MACHINES)
    assert addresses.value(tier.origins) == [
        {"name": f"web-{index}", "address": f"198.51.100.1{index}", "weight": 1.0} for index in range(3)
    ]
    assert (tier.hostname, tier.group_name) == (None, None)
    for index in range(3):
        association = addresses.one(ASSOCIATION, f"web-address-association-{index}").inputs
        assert association == {
            "allocationId": addresses.one(ADDRESS, f"web-address-{index}").id,
            "instanceId": addresses.one(INSTANCE, f"web-machine-{index}").id,
            "allowReassociation": True,
        }


def test_machines_stand_in_the_zones_in_turn(recording: Recording) -> None:
    build(recording, **MACHINES)
    first, second = (subnet.id for subnet in recording.all("aws:ec2/subnet:Subnet"))
    assert [machine.inputs["subnetId"] for machine in recording.all(INSTANCE)] == [first, second, first]


def test_a_machine_is_made_of_the_template_and_brings_its_own_network_interface(recording: Recording) -> None:
    """EC2 refuses an interface, or a security group, in both."""
    build(recording, **MACHINES)
    template = recording.one(TEMPLATE)
    assert not {"networkInterfaces", "vpcSecurityGroupIds"} & set(template.inputs)
    assert template.inputs["metadataOptions"]["httpTokens"] == "required"
    assert template.inputs["blockDeviceMappings"][0]["ebs"]["encrypted"] == "true"
    for machine in recording.all(INSTANCE):
        assert machine.inputs["launchTemplate"] == {"id": template.id, "version": "1"}
        assert machine.inputs["vpcSecurityGroupIds"] == [recording.one(SECURITY_GROUP).id]
        assert machine.inputs["associatePublicIpAddress"] is True
        assert not {"ami", "instanceType", "keyName", "rootBlockDevice", "metadataOptions"} & set(machine.inputs)


def test_new_user_data_makes_a_new_machine(recording: Recording) -> None:
    """It is in the template and in the machine: the provider would take what is in the template alone for a change."""
    build(recording, **MACHINES)
    machine = recording.all(INSTANCE)[0].inputs
    assert machine["userDataBase64"] == recording.one(TEMPLATE).inputs["userData"]
    assert machine["userDataReplaceOnChange"] is True
    assert base64.b64decode(machine["userDataBase64"]).startswith((b"#cloud-config\n", b"Content-Type: "))


def test_machines_carry_tags(recording: Recording) -> None:
    build(recording, tags={"team": "shop"}, **MACHINES)
    for type_ in (INSTANCE, ADDRESS):
        for record in recording.all(type_):
            assert record.inputs["tags"] == {
                "Name": record.name,
                "project": "project",
                "stack": "stack",
                "component": "web",
                "managed-by": "pulumi",
                "team": "shop",
            }


def test_the_size_is_that_of_the_template(recording: Recording) -> None:
    build(recording, size=Size.MEDIUM, **MACHINES)
    assert recording.one(TEMPLATE).inputs["instanceType"] == "t3.medium"


# registered


def test_registered_machines_are_exactly_these_children(recording: Recording) -> None:
    build(recording, **REGISTERED)
    assert {(child.type, child.name) for child in recording.children("web")} == COMMON | {
        ("aws:iam/rolePolicy:RolePolicy", "web-secrets"),
        (GROUP, "web-group"),
        (SCALING, "web-scaling"),
    }


def test_the_name_that_machines_register_under_is_the_origin(recording: Recording) -> None:
    tier = build(recording, **REGISTERED)
    assert recording.value(tier.origins) == [{"name": "web", "address": "origins.example.com", "weight": 1.0}]
    assert tier.hostname is not None and recording.value(tier.hostname) == "origins.example.com"
    assert not {BALANCER, TARGETS} & recording.types()


def test_registered_machines_have_public_addresses_and_are_healed_by_whether_they_run(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(grace_seconds=120), **REGISTERED)
    [interface] = recording.one(TEMPLATE).inputs["networkInterfaces"]
    assert interface["associatePublicIpAddress"] == "true"
    group = recording.one(GROUP).inputs
    assert (group["healthCheckType"], group["targetGroupArns"]) == ("EC2", [])
    assert "minElbCapacity" not in group
    assert group["defaultInstanceWarmup"] == 120


def test_the_user_data_names_the_secret_that_holds_the_token(recording: Recording) -> None:
    build(recording, **REGISTERED)
    text = b"\n".join(unpacked(recording.one(TEMPLATE).inputs["userData"]))
    assert b"origins.example.com" in text and b"cloudflare/dns" in text
