"""GcpNetwork: a custom-mode VPC whose machines get out and let nobody in."""

import pytest

from multicloud.errors import ArgumentError
from multicloud.network.gcp import GcpNetwork, GcpNetworkArgs
from tests.recording import Recording


def build(recording: Recording, network: str | None = None) -> GcpNetwork:
    return recording.run(lambda: GcpNetwork("net", GcpNetworkArgs(region="europe-west3", network=network)))


def test_makes_exactly_these_children_below_itself(recording: Recording) -> None:
    build(recording)
    assert {(child.type, child.name) for child in recording.children("net")} == {
        ("gcp:compute/network:Network", "net-vpc"),
        ("gcp:compute/subnetwork:Subnetwork", "net-subnet"),
        ("gcp:compute/router:Router", "net-router"),
        ("gcp:compute/routerNat:RouterNat", "net-nat"),
    }


def test_the_vpc_has_no_subnetworks_but_ours(recording: Recording) -> None:
    build(recording)
    assert recording.one("gcp:compute/network:Network").inputs["autoCreateSubnetworks"] is False


def test_the_subnetwork_is_a_sixteenth_of_the_network_and_reaches_google_privately(recording: Recording) -> None:
    net = build(recording, network="10.99.0.0/16")
    subnet = recording.one("gcp:compute/subnetwork:Subnetwork").inputs
    assert subnet["ipCidrRange"] == "10.99.0.0/20" == recording.value(net.range)
    assert subnet["privateIpGoogleAccess"] is True
    assert subnet["region"] == "europe-west3"


def test_the_default_range_is_google_clouds_own(recording: Recording) -> None:
    build(recording)
    assert recording.one("gcp:compute/subnetwork:Subnetwork").inputs["ipCidrRange"] == "10.20.0.0/20"


def test_nat_serves_the_subnetwork_alone_and_logs_errors(recording: Recording) -> None:
    build(recording)
    nat, subnet = recording.one("gcp:compute/routerNat:RouterNat"), recording.one("gcp:compute/subnetwork:Subnetwork")
    assert nat.inputs["natIpAllocateOption"] == "AUTO_ONLY"
    assert nat.inputs["sourceSubnetworkIpRangesToNat"] == "LIST_OF_SUBNETWORKS"
    assert nat.inputs["subnetworks"] == [{"name": subnet.id, "sourceIpRangesToNats": ["ALL_IP_RANGES"]}]
    assert nat.inputs["logConfig"] == {"enable": True, "filter": "ERRORS_ONLY"}


def test_names_are_left_to_pulumi(recording: Recording) -> None:
    """A replacement then is made before the old one goes."""
    build(recording)
    assert not [child.name for child in recording.children("net") if "name" in child.inputs]


def test_what_carries_no_labels_says_in_its_description_whose_it_is(recording: Recording) -> None:
    build(recording)
    described = [child for child in recording.children("net") if child.type != "gcp:compute/routerNat:RouterNat"]
    assert {child.inputs["description"] for child in described} == {"project=project stack=stack component=net managed-by=pulumi"}


def test_a_renamed_stack_costs_no_network(recording: Recording) -> None:
    """Google replaces a network and a subnetwork whose description changes."""
    build(recording)
    assert recording.one("gcp:compute/network:Network").ignore_changes == ["description"]
    assert recording.one("gcp:compute/subnetwork:Subnetwork").ignore_changes == ["description"]


@pytest.mark.parametrize(
    ("name", "network", "message"),
    [
        ("net", "10.99.1.0/16", "network: '10.99.1.0/16' has bits set beyond its prefix; write 10.99.0.0/16"),
        ("net", "8.8.0.0/16", "network: '8.8.0.0/16' is not a private range; take one within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"),
        (
            "Net_1",
            None,
            "name: 'Net_1' cannot begin the name of a resource; take lower-case letters, digits and hyphens, beginning with a letter",
        ),
        ("n" * 48, None, f"name: '{'n' * 48}' is 48 characters long; take at most 47, so that every resource's name fits"),
    ],
)
def test_refuses(recording: Recording, name: str, network: str | None, message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        recording.run(lambda: GcpNetwork(name, GcpNetworkArgs(region="europe-west3", network=network)))
    assert str(refused.value) == message
    assert not [record for record in recording.all() if record.custom]


def test_without_nat_there_is_no_router(recording: Recording) -> None:
    """Machines with public addresses need neither."""
    net = recording.run(lambda: GcpNetwork("net", GcpNetworkArgs(region="europe-west3", nat=False)))
    assert {child.name for child in recording.children("net")} == {"net-vpc", "net-subnet"}
    assert net.resources.router is None and net.resources.nat is None


def test_another_region_is_another_network(recording: Recording) -> None:
    """The subnetwork's range is taken in this one until the old subnetwork goes, which is last."""
    build(recording)
    assert recording.one("gcp:compute/network:Network").replacement_trigger == "europe-west3"


@pytest.mark.parametrize(("network", "place"), [("10.20.0.0/16", "europe-west3"), ("10.20.0.0/20", "europe-west3 10.20.0.0/24")])
def test_another_range_is_another_network(recording: Recording, network: str, place: str) -> None:
    """In one network, a smaller range would overlap the old subnetwork's. The default said aloud is no other one."""
    build(recording, network=network)
    assert recording.one("gcp:compute/network:Network").replacement_trigger == place
