"""Address ranges are planned so that networks can be linked and tiers can grow."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.network.addresses import DEFAULT_DATABASE_NETWORKS, DEFAULT_NETWORKS, check_disjoint, network, subnets

PRIVATE = st.builds(
    lambda second, prefix: str(ipaddress.ip_network(f"10.{second}.0.0/{prefix}", strict=False)),
    st.integers(0, 255),
    st.integers(16, 20),
)


def test_the_defaults_can_all_be_linked() -> None:
    check_disjoint({**{f"web.{k}": v for k, v in DEFAULT_NETWORKS.items()}, **{f"db.{k}": v for k, v in DEFAULT_DATABASE_NETWORKS.items()}})


@given(PRIVATE, st.integers(1, 8))
def test_subnets_are_disjoint_and_inside(cidr: str, count: int) -> None:
    parts = [ipaddress.IPv4Network(part) for part in subnets(cidr, count)]
    assert len(parts) == count
    assert all(part.subnet_of(ipaddress.IPv4Network(cidr)) for part in parts)
    assert not any(one.overlaps(other) for i, one in enumerate(parts) for other in parts[:i])


@given(PRIVATE, st.integers(1, 4), st.integers(1, 4))
def test_growing_by_zones_moves_no_subnet(cidr: str, few: int, more: int) -> None:
    assert subnets(cidr, few)[: min(few, more)] == subnets(cidr, more)[: min(few, more)]


@pytest.mark.parametrize(
    ("cidr", "message"),
    [
        ("10.0.0.0/40", "network: '10.0.0.0/40' is not a network in CIDR form; write one like 10.10.0.0/16"),
        ("10.10.0.1/16", "network: '10.10.0.1/16' has bits set beyond its prefix; write 10.10.0.0/16"),
        ("fd00::/64", "network: 'fd00::/64' is not IPv4; write a private IPv4 range like 10.10.0.0/16"),
        ("8.8.0.0/16", "network: '8.8.0.0/16' is not a private range; take one within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"),
        ("10.0.0.0/8", "network: /8 does not fit every cloud; take a prefix from /16 to /24"),
        ("10.0.0.0/28", "network: /28 does not fit every cloud; take a prefix from /16 to /24"),
    ],
)
def test_a_range_that_does_not_work_is_refused_with_the_mend(cidr: str, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        network(cidr)
    assert str(caught.value) == message


def test_a_network_too_small_for_its_subnets_is_refused() -> None:
    with pytest.raises(ArgumentError) as caught:
        subnets("10.0.0.0/24", 8)
    assert str(caught.value) == "network: 10.0.0.0/24 is too small for 8 subnets; take a prefix of /23 or shorter"


def test_overlapping_networks_are_refused_at_the_later_path() -> None:
    with pytest.raises(ArgumentError) as caught:
        check_disjoint({"web.a.network": "10.0.0.0/16", "web.b.network": "10.0.128.0/20"})
    assert str(caught.value) == "web.b.network: 10.0.128.0/20 overlaps web.a.network, 10.0.0.0/16; give each network a range of its own"
