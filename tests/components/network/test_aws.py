"""AwsNetwork: subnets planned over zones that stay, a way out, and nothing open by default."""

import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.network.addresses import zone_subnet
from multicloud.network.aws import AwsNetwork, AwsNetworkArgs, first_zones
from multicloud.network.aws_ranges import RULES, STEP, capacity, entries, ipv4_networks
from tests.recording import Recording

SUBNET = "aws:ec2/subnet:Subnet"
ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"


def build(recording: Recording, **args: Any) -> AwsNetwork:
    given: dict[str, Any] = {"region": "eu-central-1"} | args
    return recording.run(lambda: AwsNetwork("net", AwsNetworkArgs(**given)))


def test_makes_exactly_these_children_below_itself(recording: Recording) -> None:
    build(recording)
    assert {(child.type, child.name) for child in recording.children("net")} == {
        ("aws:ec2/vpc:Vpc", "net-vpc"),
        ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "net-default-security-group"),
        ("aws:ec2/internetGateway:InternetGateway", "net-internet-gateway"),
        ("aws:ec2/routeTable:RouteTable", "net-route-table"),
        ("aws:ec2/route:Route", "net-route"),
        (SUBNET, "net-subnet-0"),
        (SUBNET, "net-subnet-1"),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", "net-route-table-association-0"),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", "net-route-table-association-1"),
    }


def test_what_carries_tags_has_the_standard_ones_the_callers_and_a_name(recording: Recording) -> None:
    build(recording, tags={"team": "shop"})
    untagged = {"aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"}
    for child in recording.children("net"):
        if child.type not in untagged:
            expected = {"project": "project", "stack": "stack", "component": "net", "managed-by": "pulumi", "team": "shop"}
            assert child.inputs["tags"] == {"Name": child.name, **expected}, child.name


def test_the_default_security_group_has_no_rules(recording: Recording) -> None:
    """A VPC's own lets its members reach each other and the world."""
    build(recording)
    assert set(recording.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs) == {"vpcId", "tags"}


def test_nothing_gets_a_public_address_by_itself(recording: Recording) -> None:
    build(recording)
    assert not any(subnet.inputs.get("mapPublicIpOnLaunch") for subnet in recording.all(SUBNET))


def test_every_subnet_reaches_the_internet_and_has_names(recording: Recording) -> None:
    network = build(recording)
    table = recording.one("aws:ec2/routeTable:RouteTable").id
    route = recording.one("aws:ec2/route:Route").inputs
    assert (route["routeTableId"], route["destinationCidrBlock"]) == (table, "0.0.0.0/0")
    assert route["gatewayId"] == recording.one("aws:ec2/internetGateway:InternetGateway").id
    routed = {a.inputs["subnetId"] for a in recording.all("aws:ec2/routeTableAssociation:RouteTableAssociation")}
    assert routed == set(recording.value(network.subnet_ids)) == {subnet.id for subnet in recording.all(SUBNET)}
    vpc = recording.one("aws:ec2/vpc:Vpc").inputs
    assert vpc["enableDnsSupport"] is vpc["enableDnsHostnames"] is True


def test_the_first_zones_of_the_region_are_taken_by_name_whatever_their_health(recording: Recording) -> None:
    """A zone that is down must not move the subnets that are there, so its state is no filter; local zones are left out."""
    recording.answers[ZONES] = {"names": ["eu-central-1c", "eu-central-1a", "eu-central-1b"]}
    network = build(recording)
    assert recording.value(network.zones) == ["eu-central-1a", "eu-central-1b"]
    [call] = recording.calls
    assert call.args == {"filters": [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]}


def test_zones_can_be_named_and_then_nothing_is_looked_up(recording: Recording) -> None:
    build(recording, zones=["eu-central-1c", "eu-central-1a", "eu-central-1b"])
    zones = {subnet.name: subnet.inputs["availabilityZone"] for subnet in recording.all(SUBNET)}
    assert zones == {"net-subnet-0": "eu-central-1c", "net-subnet-1": "eu-central-1a", "net-subnet-2": "eu-central-1b"}
    assert recording.calls == []


def ranges(zones: list[str] | None) -> dict[str, str]:
    """The ranges of the subnets in these zones of eu-central-1, by their names."""
    recording = Recording()
    build(recording, private=True, zones=zones and [f"eu-central-1{zone}" for zone in zones])
    found = {subnet.name: subnet.inputs["cidrBlock"] for subnet in recording.all(SUBNET)}
    recording.close()
    return found


@pytest.mark.parametrize("more", ["abc", "abcd", "abcde", "abcdefgh"])
def test_more_zones_leave_the_subnets_that_are_there_as_they_are(more: str) -> None:
    assert ranges(None).items() <= ranges(list(more)).items()


def test_a_zone_exchanged_for_another_gets_a_range_that_no_subnet_had(recording: Recording) -> None:
    """The new subnet is made while the old one is there."""
    before, after = ranges(["a", "b"]), ranges(["a", "c"])
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"net-subnet-1", "net-private-subnet-1"}
    assert not {after[name] for name in changed} & set(before.values())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"region": "eu-central1"}, "region: 'eu-central1' is no region of aws; did you mean eu-central-1?"),
        ({"region": "fra1"}, "region: 'fra1' is a region of digitalocean, not of aws; take one of aws's, like eu-central-1"),
        ({"zones": ["eu-west-1a", "eu-west-1b"]}, "zones[0]: 'eu-west-1a' is not a zone of eu-central-1; write one like eu-central-1a"),
        ({"zones": ["eu-central-1a"]}, "zones: are not two to eight different zones; name two or three, or leave them out"),
        ({"zones": ["eu-central-1a"] * 2}, "zones: are not two to eight different zones; name two or three, or leave them out"),
        ({"zones": []}, "zones: are not two to eight different zones; name two or three, or leave them out"),
        (
            {"network": "8.8.0.0/16"},
            "network: '8.8.0.0/16' is not a private range; take one within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
        ),
        ({"tags": {"aws:x": "1"}}, "tags.aws:x: keys that begin with aws: are Amazon's own; take another key"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_made(recording: Recording, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        build(recording, **args)
    assert str(refused.value) == message
    assert [record for record in recording.all() if record.custom] == []


def test_a_provider_of_another_region_is_found_out(recording: Recording) -> None:
    recording.answers[ZONES] = {"names": ["us-east-1a", "us-east-1b"]}
    with pytest.raises(ArgumentError, match="region: eu-central-1 is not the provider's region, whose zones are us-east-1a, us-east-1b"):
        build(recording)


def test_a_region_with_a_single_zone_is_refused() -> None:
    with pytest.raises(ArgumentError, match="zones: eu-central-1 has 1 for this account"):
        first_zones(["eu-central-1a"], "eu-central-1")


def test_a_preview_shows_all_children() -> None:
    preview = Recording(preview=True)
    build(preview)
    assert len(preview.children("net")) == 9
    preview.close()


# private subnets

PRIVATE = {
    ("aws:ec2/eip:Eip", "nat-address"),
    ("aws:ec2/natGateway:NatGateway", "nat-gateway"),
    (SUBNET, "private-subnet"),
    ("aws:ec2/routeTable:RouteTable", "private-route-table"),
    ("aws:ec2/route:Route", "private-route"),
    ("aws:ec2/routeTableAssociation:RouteTableAssociation", "private-route-table-association"),
}
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


def test_private_subnets_add_exactly_these_children(recording: Recording) -> None:
    build(recording, private=True)
    public = Recording()
    build(public)
    added = {(child.type, child.name) for child in recording.children("net")} - {
        (child.type, child.name) for child in public.children("net")
    }
    assert added == {(type_, f"net-{name}-{index}") for type_, name in PRIVATE for index in range(2)} | {(ENDPOINT, "net-bucket-endpoint")}
    assert {(child.type, child.name) for child in public.children("net")} <= {
        (child.type, child.name) for child in recording.children("net")
    }
    public.close()


def test_each_private_subnet_reaches_out_through_its_own_zone(recording: Recording) -> None:
    """So that a zone that fails takes no other one along, and no traffic between zones is billed."""
    network = build(recording, private=True)
    for index in range(2):
        gateway = recording.one("aws:ec2/natGateway:NatGateway", f"net-nat-gateway-{index}")
        public, private = (recording.one(SUBNET, f"net-{kind}-{index}") for kind in ("subnet", "private-subnet"))
        assert gateway.inputs["subnetId"] == public.id
        assert gateway.inputs["allocationId"] == recording.one("aws:ec2/eip:Eip", f"net-nat-address-{index}").id
        assert private.inputs["availabilityZone"] == public.inputs["availabilityZone"]
        route = recording.one("aws:ec2/route:Route", f"net-private-route-{index}").inputs
        assert (route["destinationCidrBlock"], route["natGatewayId"]) == ("0.0.0.0/0", gateway.id)
        association = recording.one("aws:ec2/routeTableAssociation:RouteTableAssociation", f"net-private-route-table-association-{index}")
        assert association.inputs == {"subnetId": private.id, "routeTableId": route["routeTableId"]}
        assert "net-route" in {recording.records[urn].name for urn in gateway.depends_on}
    assert recording.value(network.private_subnet_ids) == ["net-private-subnet-0-id", "net-private-subnet-1-id"]
    assert recording.value(network.outgoing_addresses) == [
        recording.one("aws:ec2/eip:Eip", f"net-nat-address-{index}").outputs["publicIp"] for index in range(2)
    ]


def test_no_private_subnet_has_a_way_in_from_the_internet(recording: Recording) -> None:
    build(recording, private=True)
    public = recording.one("aws:ec2/route:Route", "net-route").inputs["routeTableId"]
    for association in recording.all("aws:ec2/routeTableAssociation:RouteTableAssociation"):
        assert (association.inputs["routeTableId"] == public) == (not association.name.startswith("net-private"))


def test_private_subnets_reach_buckets_past_the_nat_gateways(recording: Recording) -> None:
    build(recording, private=True)
    endpoint = recording.one(ENDPOINT).inputs
    assert (endpoint["vpcEndpointType"], endpoint["serviceName"]) == ("Gateway", "com.amazonaws.eu-central-1.s3")
    tables = {table.id for table in recording.all("aws:ec2/routeTable:RouteTable") if table.name.startswith("net-private")}
    assert set(endpoint["routeTableIds"]) == tables


def test_without_private_subnets_their_outputs_are_empty(recording: Recording) -> None:
    network = build(recording)
    assert recording.value(network.private_subnet_ids) == recording.value(network.outgoing_addresses) == []


@given(st.integers(16, 24))
def test_the_subnets_of_all_zones_lie_apart_and_inside(prefix: int) -> None:
    cidr = f"10.32.0.0/{prefix}"
    parts = [
        ipaddress.IPv4Network(zone_subnet(cidr, f"us-east-1{letter}", private=kind)) for letter in "abcdefgh" for kind in (False, True)
    ]
    assert all(part.subnet_of(ipaddress.IPv4Network(cidr)) for part in parts)
    assert sum(part.num_addresses for part in parts) == ipaddress.IPv4Network(cidr).num_addresses == len(parts) * parts[0].num_addresses
    assert len(set(parts)) == 16


def test_a_nat_gateway_in_another_subnet_has_another_address(recording: Recording) -> None:
    """It is made while the old one is there, which keeps its own: AWS refuses the same address for both."""
    build(recording, private=True)
    for index in range(2):
        address = recording.one("aws:ec2/eip:Eip", f"net-nat-address-{index}")
        assert address.replacement_trigger == recording.one(SUBNET, f"net-subnet-{index}").id


# ranges in security groups


networks = st.lists(
    st.builds(
        lambda address, prefix: str(ipaddress.IPv4Network((address, prefix), strict=False)),
        st.integers(0, 2**32 - 1),
        st.integers(8, 32),
    ),
    max_size=RULES,
)


@given(networks, st.randoms())
def test_the_same_ranges_make_the_same_list_however_they_are_given(ranges: list[str], random: Any) -> None:
    shuffled = [*ranges, *ranges[:3]]
    random.shuffle(shuffled)
    assert ipv4_networks(ranges, "x") == ipv4_networks(shuffled, "x")


@given(networks)
def test_a_list_admits_exactly_what_was_given(ranges: list[str]) -> None:
    made = ipv4_networks(ranges, "x")
    assert all(any(ipaddress.IPv4Network(one).subnet_of(whole) for whole in made) for one in ranges)
    assert sum(one.num_addresses for one in made) == sum(
        one.num_addresses for one in ipaddress.collapse_addresses(map(ipaddress.IPv4Network, ranges))
    )


@given(networks)
def test_a_list_has_room_for_its_entries_within_a_security_groups_limit(ranges: list[str]) -> None:
    room = capacity(ranges, "x")
    assert len(entries(ranges, "x")) <= room <= RULES
    assert room % STEP == 0


def test_ranges_of_ipv6_are_left_out_and_addresses_are_ranges_of_one() -> None:
    assert [str(network) for network in ipv4_networks(["2400:cb00::/32", "203.0.113.7"], "x")] == ["203.0.113.7/32"]


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        (["203.0.113.0/33"], "admitted_ranges: '203.0.113.0/33' is not a range in CIDR form; write one like 203.0.113.0/24"),
        (["203.0.113.1/24"], "admitted_ranges: '203.0.113.1/24' is not a range in CIDR form; write one like 203.0.113.0/24"),
        (
            [f"10.{index}.0.0/24" for index in range(61)],
            "admitted_ranges: are 61 ranges, and a security group takes 60; merge some into larger ones",
        ),
    ],
)
def test_wrong_ranges_are_refused(ranges: list[str], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        entries(ranges, "admitted_ranges")
    assert str(refused.value) == message
