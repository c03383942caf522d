"""DigitalOceanNetwork: a VPC whose range no other region's default overlaps."""

import ipaddress
import itertools

import pytest

from multicloud.errors import ArgumentError
from multicloud.network.addresses import DEFAULT_NETWORKS, default_network
from multicloud.network.digitalocean import (
    RESERVED,
    DigitalOceanNetwork,
    DigitalOceanNetworkArgs,
    check_range,
)
from multicloud.regions import REGIONS
from tests.recording import Recording

VPC = "digitalocean:index/vpc:Vpc"


def build(recording: Recording, name: str = "web", region: str = "fra1", network: str | None = None) -> DigitalOceanNetwork:
    recording.outputs[VPC] = {"id": "0b0a1c1e"}
    return recording.run(lambda: DigitalOceanNetwork(name, DigitalOceanNetworkArgs(region=region, network=network)))


def test_makes_one_vpc_that_says_whose_it_is(recording: Recording) -> None:
    network = build(recording, network="10.99.0.0/20")
    [vpc] = recording.children("web")
    assert (vpc.type, vpc.name) == (VPC, "web-vpc")
    assert vpc.inputs == {
        "region": "fra1",
        "ipRange": "10.99.0.0/20",
        "description": "component:web managed-by:pulumi project:project stack:stack",
    }
    assert recording.value(network.range) == "10.99.0.0/20"
    assert recording.value(network.network_id) == vpc.id
    assert recording.one("multicloud:index:DigitalOceanNetwork").registered == {"networkId": vpc.id, "range": "10.99.0.0/20"}


def test_default_ranges_are_within_the_clouds_network_and_apart() -> None:
    ranges = [ipaddress.IPv4Network(default_network("digitalocean", region)) for region in REGIONS["digitalocean"]]
    assert all(one.subnet_of(ipaddress.IPv4Network(DEFAULT_NETWORKS["digitalocean"])) for one in ranges)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(ranges, 2))


def test_default_ranges_stay_where_they_are() -> None:
    """A moved default would replace every network that relies on it."""
    assert {region: default_network("digitalocean", region) for region in ("nyc1", "nyc3", "ams3", "fra1", "syd1", "atl1", "ric1")} == {
        "nyc1": "10.30.0.0/20",
        "nyc3": "10.30.32.0/20",
        "ams3": "10.30.64.0/20",
        "fra1": "10.30.160.0/20",
        "syd1": "10.30.208.0/20",
        "atl1": "10.30.224.0/20",
        "ric1": "10.30.240.0/20",
    }


@pytest.mark.parametrize("reserved", RESERVED)
def test_refuses_ranges_that_digitalocean_keeps(reserved: str) -> None:
    with pytest.raises(ArgumentError, match=r"^network: .* which DigitalOcean keeps for itself; take another range$"):
        check_range(str(ipaddress.IPv4Network(reserved).supernet(new_prefix=16)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"network": "8.8.0.0/16"}, "network: '8.8.0.0/16' is not a private range; take one within"),
        ({"network": "10.30.0.1/20"}, "network: '10.30.0.1/20' has bits set beyond its prefix; write 10.30.0.0/20"),
        (
            {"region": "eu-central-1"},
            "region: 'eu-central-1' is a region of aws, not of digitalocean; take one of digitalocean's, like fra1",
        ),
        ({"name": "Web_1"}, "name: 'Web_1' cannot begin the name of a resource; take lower-case letters"),
        ({"name": "w" * 51}, "name: .* is 51 characters long; take at most 50"),
    ],
)
def test_refuses_wrong_arguments_before_anything_is_created(recording: Recording, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{message}"):
        build(recording, **arguments)
    assert recording.all(VPC) == []
