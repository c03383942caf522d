"""Where AwsWebTier stands: in public subnets, in private ones, or in a network that exists."""

from typing import Any

import pulumi

from multicloud.web.contract import Debian, Servers
from multicloud.web.exposure import Exposure
from tests.components.web.aws_tier import AMI, BALANCER, EGRESS, GROUP, SECURITY_GROUP, TARGETS, TEMPLATE, build
from tests.recording import Recording

SUBNET = "aws:ec2/subnet:Subnet"
EXISTING: dict[str, Any] = {"network_id": "vpc-0123456789abcdef0", "subnet_ids": ["subnet-0a", "subnet-0b"]}


def named(recording: Recording, kind: str) -> list[str]:
    return sorted(subnet.id for subnet in recording.all(SUBNET) if subnet.name.startswith(f"web-network-{kind}-"))


def test_private_machines_have_no_public_address_and_the_load_balancer_stays_public(recording: Recording) -> None:
    build(recording, private=True)
    assert recording.one(GROUP).inputs["vpcZoneIdentifiers"] == named(recording, "private-subnet")
    assert recording.one(BALANCER).inputs["subnets"] == named(recording, "subnet")
    [interface] = recording.one(TEMPLATE).inputs["networkInterfaces"]
    assert interface["associatePublicIpAddress"] == "false"


def test_private_machines_boot_once_they_can_reach_out(recording: Recording) -> None:
    build(recording, private=True)
    waits_for = {recording.records[urn].name for urn in recording.one(GROUP).depends_on}
    assert {"web-network-private-route-0", "web-network-private-route-1", "web-network-private-route-table-association-1"} <= waits_for


def test_in_an_existing_network_nothing_of_a_network_is_made(recording: Recording) -> None:
    tier = build(recording, **EXISTING)
    assert tier.resources.network is None
    assert not {"multicloud:index:AwsNetwork", "aws:ec2/vpc:Vpc", SUBNET, "aws:ec2/route:Route"} & recording.types()
    assert recording.value(tier.network_id) == EXISTING["network_id"]
    assert {group.inputs["vpcId"] for group in recording.all(SECURITY_GROUP)} == {EXISTING["network_id"]}
    assert recording.one(TARGETS).inputs["vpcId"] == EXISTING["network_id"]
    assert recording.one(BALANCER).inputs["subnets"] == EXISTING["subnet_ids"]
    assert recording.one(GROUP).inputs["vpcZoneIdentifiers"] == EXISTING["subnet_ids"]


def test_machines_stand_in_existing_private_subnets(recording: Recording) -> None:
    build(recording, machine_subnet_ids=["subnet-0c", "subnet-0d"], **EXISTING)
    assert recording.one(BALANCER).inputs["subnets"] == EXISTING["subnet_ids"]
    assert recording.one(GROUP).inputs["vpcZoneIdentifiers"] == ["subnet-0c", "subnet-0d"]
    [interface] = recording.one(TEMPLATE).inputs["networkInterfaces"]
    assert interface["associatePublicIpAddress"] == "false"


def test_the_existing_network_may_be_made_by_the_same_program(recording: Recording) -> None:
    ids = [pulumi.Output.from_input(id) for id in ("subnet-0a", "subnet-0b")]
    build(recording, network_id=pulumi.Output.from_input("vpc-0a"), subnet_ids=ids, exposure=Exposure.MACHINES, servers=Servers(min=2))
    assert [machine.inputs["subnetId"] for machine in recording.all("aws:ec2/instance:Instance")] == ["subnet-0a", "subnet-0b"]


def test_a_tier_that_moves_to_another_network_is_made_anew_there_before_it_goes_here(recording: Recording) -> None:
    """AWS moves no load balancer to another network, and the provider would try."""
    build(recording, **EXISTING)
    assert recording.one(BALANCER).replacement_trigger == EXISTING["network_id"]
    assert EXISTING["network_id"] in recording.one(GROUP).replacement_trigger.split()


def test_machines_that_leave_their_private_subnets_are_others(recording: Recording) -> None:
    """Those that are there keep their NAT gateways and subnets until the new ones answer."""
    build(recording, private=True)
    other = Recording()
    build(other)
    assert recording.one(GROUP).replacement_trigger != other.one(GROUP).replacement_trigger
    other.close()


def test_only_an_existing_network_may_have_ipv6_to_reach_out_with(recording: Recording) -> None:
    build(recording)
    assert [rule.inputs.get("cidrIpv6") for rule in recording.all(EGRESS) if rule.name.startswith("web-machines")] == [None]
    other = Recording()
    build(other, **EXISTING)
    ways = {rule.name: rule.inputs.get("cidrIpv4") or rule.inputs.get("cidrIpv6") for rule in other.all(EGRESS)}
    assert (ways["web-machines-egress"], ways["web-machines-egress-ipv6"]) == ("0.0.0.0/0", "::/0")
    assert other.one(EGRESS, "web-machines-egress-ipv6").urn in other.one(GROUP).depends_on
    other.close()


def test_another_release_is_another_template_so_that_no_image_of_the_old_one_is_kept(recording: Recording) -> None:
    build(recording, release=Debian.TRIXIE)
    assert recording.one(TEMPLATE).name == "web-template-eu-central-1-amd64-debian-13"
    [call] = [call for call in recording.calls if call.token == AMI]
    assert {"name": "name", "values": ["debian-13-amd64-*"]} in call.args["filters"]
