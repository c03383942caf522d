"""Machines that somebody else runs, as a tier: what the conformance of all tiers does not already say."""

import ipaddress
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from multicloud import CloudflareFront, CloudflareFrontArgs, ExternalWebTier, ExternalWebTierArgs, Servers, StaticSite, Steering, pool_of
from multicloud.errors import ArgumentError
from multicloud.machine.container import Container, Registry
from multicloud.reachable import UNREACHABLE
from multicloud.web.contract import Debian, HealthCheck
from multicloud.web.exposure import Certificate, Exposure, Registration, Replacement
from multicloud.web.external import planned_addresses
from multicloud.web.schedule import Day, Period, Schedule
from tests.recording import Recording

ADDRESSES: list[pulumi.Input[str]] = ["203.0.113.10", "2001:db8::10", "web.example.net"]


REGISTERED: dict[str, Any] = {
    "addresses": None,
    "exposure": Exposure.REGISTERED,
    "registration": Registration(hostname="web.example.com", zone_id="0" * 32, token="a-token-of-thirty-characters-0"),
}


def args(**given: Any) -> ExternalWebTierArgs:
    return ExternalWebTierArgs(**{"addresses": ADDRESSES, **given})


def test_every_machine_is_an_origin_with_its_weight(recording: Recording) -> None:
    tier = recording.run(lambda: ExternalWebTier("office", args(weights=[1, 0.5, 0])))
    assert recording.value(tier.origins) == [
        {"name": "203.0.113.10", "address": "203.0.113.10", "weight": 1},
        {"name": "2001-db8--10", "address": "2001:db8::10", "weight": 0.5},
        {"name": "web.example.net", "address": "web.example.net", "weight": 0},
    ]


def test_an_origins_name_does_not_depend_on_its_place(recording: Recording) -> None:
    """So that a machine that goes takes no other one's name with it."""
    tier = recording.run(lambda: ExternalWebTier("office", args(addresses=ADDRESSES[::-1])))
    assert [origin["name"] for origin in recording.value(tier.origins)] == ["web.example.net", "2001-db8--10", "203.0.113.10"]


def test_addresses_that_are_known_later_are_checked_then(recording: Recording) -> None:
    tier = recording.run(lambda: ExternalWebTier("office", args(addresses=[pulumi.Output.from_input("203.0.113.7")])))
    assert [origin["address"] for origin in recording.value(tier.origins)] == ["203.0.113.7"]


def test_the_machines_user_data_is_an_output(recording: Recording) -> None:
    tier = recording.run(lambda: ExternalWebTier("office", args(region="basement", site=StaticSite(files={"index.html": "Hello"}))))
    files = {file["path"]: file["content"] for file in yaml.safe_load(recording.value(tier.user_data))["write_files"]}
    assert files["/var/www/site/index.html"] == "Hello"
    assert 'X-Cloud "external"' in files["/etc/nginx/sites-available/default"]
    assert 'X-Region "basement"' in files["/etc/nginx/sites-available/default"]
    registered = recording.one("multicloud:index:ExternalWebTier").registered or {}
    assert "userData" in registered


def test_a_front_leads_to_it_and_knows_where_it_is(recording: Recording) -> None:
    def program() -> None:
        edge = cloudflare.Provider("edge", api_token="t")
        tier = ExternalWebTier("office", args(latitude=52.5, longitude=13.4))
        pools = [pool_of("office", tier)]
        CloudflareFront(
            "front",
            CloudflareFrontArgs(zone="example.com", hostname="www.example.com", pools=pools, steering=Steering.PROXIMITY),
            pulumi.ResourceOptions(providers=[edge]),
        )

    recording.run(program)
    pool = recording.one("cloudflare:index/loadBalancerPool:LoadBalancerPool").inputs
    assert (pool["latitude"], pool["longitude"]) == (52.5, 13.4)
    assert [origin["address"] for origin in pool["origins"]] == ["2001:db8::10", "203.0.113.10", "web.example.net"]


def test_machines_that_register_themselves_are_one_origin_by_their_name(recording: Recording) -> None:
    """The token that they do it with is in the user data, which so is a secret."""
    tier = recording.run(lambda: ExternalWebTier("office", args(**REGISTERED)))
    assert recording.value(tier.origins) == [{"name": "office", "address": "web.example.com", "weight": 1.0}]
    assert recording.value(tier.port) == 80
    assert "a-token-of-thirty-characters-0" in recording.value(tier.user_data)
    assert recording.is_secret(tier.user_data)
    assert "userData" in recording.one("multicloud:index:ExternalWebTier").registered_secrets


@pytest.mark.parametrize("port", [80, 8080])
def test_machines_serve_on_the_port_of_the_health_check(recording: Recording, port: int) -> None:
    tier = recording.run(lambda: ExternalWebTier("office", args(health_check=HealthCheck(port=port))))
    assert recording.value(tier.port) == port
    assert f"listen {port} " in recording.value(tier.user_data)


def test_machines_that_serve_https_are_set_up_elsewhere(recording: Recording) -> None:
    """Nothing here has their certificate, so there is no user data that could make them do it."""
    tier = recording.run(lambda: ExternalWebTier("office", args(health_check=HealthCheck(port=443))))
    assert recording.value(tier.port) == 443
    assert recording.value(tier.user_data) == ""


def test_a_container_without_secrets_is_taken(recording: Recording) -> None:
    tier = recording.run(lambda: ExternalWebTier("office", args(container=Container(image="nginx:1.27", port=8080))))
    assert "nginx:1.27" in recording.value(tier.user_data)


def test_the_number_of_machines_may_be_said_where_it_is_right(recording: Recording) -> None:
    args(servers=Servers(min=3)).check()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"addresses": []}, "addresses: the list is empty; give the address of at least one machine"),
        ({"addresses": None}, "addresses: is missing; give the address of at least one machine"),
        (REGISTERED | {"addresses": ADDRESSES}, "addresses: is given, and exposure is registered: the machines say where they are; leave"),
        (REGISTERED | {"weights": [1]}, "weights: is given without addresses; leave it out"),
        ({"exposure": Exposure.REGISTERED, "addresses": None}, "registration: is missing, and exposure is registered"),
        ({"registration": REGISTERED["registration"]}, "registration: is given, and exposure is machines; write exposure: registered"),
        (
            {"exposure": Exposure.LOAD_BALANCER},
            "exposure: this tier has no load balancer for machines that somebody else runs; leave it out,",
        ),
        (
            {"certificate": Certificate(certificate="", private_key="")},
            "certificate: no secret store is known that machines of somebody else could read its key from; leave it out, let whoever runs",
        ),
        (
            {"schedule": Schedule(time_zone="UTC", periods=[Period(days=[Day.MONDAY], start="08:00", end="21:00", servers=3)])},
            "schedule: whoever runs the machines decides how many there are and when: this tier makes none; leave it out",
        ),
        ({"replacement": Replacement()}, "replacement: whoever runs the machines decides when they are replaced; leave it out"),
        ({"release": Debian.TRIXIE}, "release: whoever runs the machines decides what they boot: the user data fits every release"),
        ({"network_id": "x"}, "network_id: whoever runs the machines decides their network; leave it out"),
        ({"subnet_ids": ["x"]}, "subnet_ids: whoever runs the machines decides their network; leave it out"),
        (
            {"container": Container(image="nginx", port=80, secrets={"KEY": "x"})},
            "container.secrets: no secret store is known that machines of somebody else could read; let a script fetch them",
        ),
        (
            {"container": Container(image="nginx", port=80, registry=Registry(user="me", password_secret="x"))},
            "container.registry: no secret store is known that machines of somebody else could read; take a public image",
        ),
        (
            {
                "addresses": None,
                "exposure": Exposure.REGISTERED,
                "registration": Registration(hostname="web.example.com", zone_id="0" * 32, token_secret="x"),
            },
            "registration.token_secret: no secret store is known that machines of somebody else could read; give the token itself",
        ),
        (
            {"health_check": HealthCheck(port=443), "script": "#!/bin/sh\n"},
            "health_check.port: 443 is given beside script, and nothing here has a certificate for HTTPS; leave script out",
        ),
        ({"addresses": ["203.0.113.1", "203.0.113.1"]}, "addresses[1]: 203.0.113.1 is there already; leave it out"),
        ({"addresses": ["192.168.1.10"]}, "addresses[0]: 192.168.1.10 cannot be reached from the internet; give an address"),
        ({"addresses": ["fd00::1"]}, "addresses[0]: fd00::1 cannot be reached from the internet"),
        ({"addresses": ["2001:DB8::1"]}, "addresses[0]: '2001:DB8::1' is another spelling of an address; write 2001:db8::1"),
        ({"addresses": ["203.0.113.256"]}, "addresses[0]: '203.0.113.256' is not an address; write the address alone"),
        ({"addresses": ["203.0.113.1:80"]}, "addresses[0]: '203.0.113.1:80' is not an address; write the address alone"),
        ({"addresses": ["203.0.113.0/24"]}, "addresses[0]: '203.0.113.0/24' is not an address; write the address alone"),
        ({"addresses": ["Web.example.net"]}, "addresses[0]: 'Web.example.net' has capital letters; write web.example.net"),
        ({"addresses": ["localhost"]}, "addresses[0]: 'localhost' is not a hostname"),
        ({"weights": [1]}, "weights: 1 weights are not one for each of 3 addresses; give as many, or leave them out"),
        ({"weights": [1, 2, 1]}, "weights[1]: 2 is outside 0 to 1; divide all weights by the largest one"),
        ({"weights": [0, 0, 0]}, "weights: every weight is 0, so that no machine would get a visitor; give one machine a weight above 0"),
        ({"latitude": 1}, "latitude: is given without longitude; give both or neither"),
        ({"latitude": 91, "longitude": 0}, "latitude: 91 is outside -90 to 90 degrees; give decimal degrees"),
        ({"region": "The Basement"}, "region: 'The Basement' is no name of a region"),
        ({"servers": Servers(min=3, max=4)}, "servers.max: this tier cannot scale: it makes no machines; leave servers out"),
        ({"servers": Servers(min=0)}, "servers.min: 0 is below 1"),
    ],
)
def test_refuses_what_cannot_work(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        args(**given).check()
    assert str(caught.value).startswith(message)


@given(st.ip_addresses().map(str) | st.text(max_size=30))
def test_an_address_is_one_that_the_internet_reaches_or_refused(text: str) -> None:
    try:
        [address] = planned_addresses([text])
    except ArgumentError as error:
        assert error.path == "addresses[0]"
        return
    assert address == text
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        assert "." in address and address == address.lower()
    else:
        assert not any(parsed in block for block in UNREACHABLE)
