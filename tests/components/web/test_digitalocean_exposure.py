"""DigitalOceanWebTier: what its machines are exposed by, in which network they are, and who reaches them."""

import itertools
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.machine.container import Container, Registry
from multicloud.web.contract import Debian, HealthCheck, Servers
from multicloud.web.digitalocean_admission import visitors
from multicloud.web.exposure import Certificate, Exposure, Registration, Replacement
from multicloud.web.schedule import Day, Period, Schedule
from tests.components.web.digitalocean_tier import (
    ADDRESS,
    ASSIGNMENT,
    CERTIFICATE,
    DROPLET,
    FIREWALL,
    LOAD_BALANCER,
    NETWORK,
    POOL,
    TAG,
    VPC,
    build,
)
from tests.recording import Recording

RANGES = ["2400:cb00::/32", "203.0.113.0/24", "198.51.100.0/24"]
TOKEN = "a-token-of-thirty-characters-0"
REGISTERED: dict[str, Any] = {
    "exposure": Exposure.REGISTERED,
    "registration": Registration(hostname="web.example.com", zone_id="0" * 32, token=TOKEN),
}
MACHINES: dict[str, Any] = {"exposure": Exposure.MACHINES}
PEM = "-----BEGIN {0}-----\nMIIB\n-----END {0}-----\n"
TLS = Certificate(certificate=PEM.format("CERTIFICATE"), private_key=PEM.format("PRIVATE KEY"))
POOLED: dict[str, Any] = {"pool": True, "ssh_keys": ["12"]}


def parts(recording: Recording) -> set[tuple[str, str]]:
    return {(child.type, child.name) for child in recording.children("web")}


@pytest.mark.parametrize(
    ("arguments", "children"),
    [
        ({}, {(LOAD_BALANCER, "web-load-balancer"), (FIREWALL, "web-firewall"), (DROPLET, "web-0"), (DROPLET, "web-1")}),
        (
            {"certificate": TLS},
            {
                (CERTIFICATE, "web-certificate"),
                (LOAD_BALANCER, "web-load-balancer"),
                (FIREWALL, "web-firewall"),
                (DROPLET, "web-0"),
                (DROPLET, "web-1"),
            },
        ),
        (POOLED, {(LOAD_BALANCER, "web-load-balancer"), (FIREWALL, "web-firewall"), (POOL, "web-pool")}),
        (
            MACHINES,
            {
                (FIREWALL, "web-origin-firewall"),
                *((DROPLET, f"web-{index}") for index in range(2)),
                *((ADDRESS, f"web-{index}-address") for index in range(2)),
                *((ASSIGNMENT, f"web-{index}-assignment") for index in range(2)),
            },
        ),
        (REGISTERED, {(FIREWALL, "web-origin-firewall"), (DROPLET, "web-0"), (DROPLET, "web-1")}),
        (REGISTERED | POOLED, {(FIREWALL, "web-origin-firewall"), (POOL, "web-pool")}),
        (
            REGISTERED | {"servers": Servers(min=2, max=4), "ssh_keys": ["12"]},
            {(FIREWALL, "web-origin-firewall"), (POOL, "web-pool")},
        ),
    ],
    ids=["load balancer", "certificate", "pool", "machines", "registered", "registered pool", "registered and scaling"],
)
def test_each_exposure_has_exactly_these_children(recording: Recording, arguments: dict[str, Any], children: set[tuple[str, str]]) -> None:
    build(recording, **arguments)
    assert parts(recording) == children | {(NETWORK, "web-network"), (TAG, "web-machines")}
    assert [record.name for record in recording.all() if "name" in record.inputs] == [], "a name of its own would be deleted first"


def test_each_machine_is_an_origin_at_the_reserved_address_that_is_assigned_to_it(recording: Recording) -> None:
    tier = build(recording, servers=Servers(min=3), **MACHINES)
    addresses = [recording.one(ADDRESS, f"web-{index}-address") for index in range(3)]
    assert recording.value(tier.origins) == [
        {"name": f"web-{index}", "address": address.outputs["ipAddress"], "weight": 1.0} for index, address in enumerate(addresses)
    ]
    for index, address in enumerate(addresses):
        assert address.inputs == {"region": "fra1"}, "assigned by itself, the address would go with its droplet"
        assert recording.one(ASSIGNMENT, f"web-{index}-assignment").inputs == {
            "ipAddress": address.outputs["ipAddress"],
            "dropletId": int(recording.one(DROPLET, f"web-{index}").id),
        }
    assert tier.address is None and tier.resources.load_balancer is None
    assert len(tier.resources.addresses) == 3


def test_registered_machines_are_one_origin_by_their_name(recording: Recording) -> None:
    tier = build(recording, **REGISTERED)
    assert recording.value(tier.origins) == [{"name": "web", "address": "web.example.com", "weight": 1.0}]


def test_the_token_of_registered_machines_is_a_secret_wherever_it_is(recording: Recording) -> None:
    build(recording, **REGISTERED)
    droplet = recording.one(DROPLET, "web-0")
    assert TOKEN in droplet.inputs["userData"]
    assert "userData" in droplet.secrets
    build(recording, "pool", **REGISTERED, **POOLED)
    pool = recording.one(POOL)
    assert TOKEN in pool.inputs["dropletTemplate"]["userData"]
    assert any("dropletTemplate".startswith(path.split(".")[0]) for path in pool.secrets)
    for record in recording.all():
        if TOKEN in str(record.inputs):
            assert record.secrets, record.name


@pytest.mark.parametrize("exposed", [MACHINES, REGISTERED], ids=["machines", "registered"])
@pytest.mark.parametrize("later", [False, True], ids=["plain", "output"])
def test_the_firewall_of_origins_admits_the_given_ranges_to_their_port_and_nothing_else(
    recording: Recording, exposed: dict[str, Any], later: bool
) -> None:
    ranges: Any = pulumi.Output.from_input(RANGES) if later else RANGES
    tier = build(recording, admitted_ranges=ranges, health_check=HealthCheck(port=8080), **exposed)
    firewall = recording.one(FIREWALL).inputs
    assert firewall["inboundRules"] == [
        {"protocol": "tcp", "portRange": "8080", "sourceAddresses": ["198.51.100.0/24", "203.0.113.0/24", "2400:cb00::/32"]}
    ]
    assert firewall["tags"] == [recording.one(TAG).outputs["name"]]
    assert recording.value(tier.port) == 8080


@pytest.mark.parametrize("exposed", [MACHINES, REGISTERED], ids=["machines", "registered"])
@pytest.mark.parametrize("ranges", [None, []])
def test_without_ranges_nobody_reaches_the_machines(recording: Recording, exposed: dict[str, Any], ranges: list[str] | None) -> None:
    build(recording, admitted_ranges=ranges, **exposed)
    assert not recording.one(FIREWALL).inputs.get("inboundRules")


@pytest.mark.parametrize("exposed", [MACHINES, REGISTERED, REGISTERED | POOLED], ids=["machines", "registered", "registered pool"])
def test_machines_that_are_origins_come_after_their_firewall_and_carry_its_tag(recording: Recording, exposed: dict[str, Any]) -> None:
    build(recording, **exposed)
    machines = [*recording.all(DROPLET), *recording.all(POOL)]
    assert machines
    for machine in machines:
        assert recording.one(FIREWALL).urn in machine.depends_on
        assert recording.one(TAG).outputs["name"] in machine.inputs.get("dropletTemplate", machine.inputs)["tags"]


def test_a_certificate_is_the_only_way_in(recording: Recording) -> None:
    tier = build(recording, certificate=TLS, health_check=HealthCheck(port=8080))
    certificate = recording.one(CERTIFICATE)
    assert certificate.inputs == {"type": "custom", "leafCertificate": TLS.certificate, "privateKey": TLS.private_key}
    assert "privateKey" in certificate.secrets
    assert recording.one(LOAD_BALANCER).inputs["forwardingRules"] == [
        {
            "entryProtocol": "https",
            "entryPort": 443,
            "targetProtocol": "http",
            "targetPort": 8080,
            "certificateName": certificate.outputs["name"],
        }
    ]
    assert recording.value(tier.port) == 443
    assert tier.resources.certificate is not None


def test_a_chain_goes_with_its_certificate(recording: Recording) -> None:
    chain = PEM.format("CERTIFICATE")
    build(recording, certificate=Certificate(certificate=TLS.certificate, private_key=TLS.private_key, chain=chain))
    assert recording.one(CERTIFICATE).inputs["certificateChain"] == chain


def test_a_pool_of_a_fixed_size_has_nothing_to_scale_by(recording: Recording) -> None:
    tier = build(recording, servers=Servers(min=3), **POOLED)
    assert recording.one(POOL, "web-pool").inputs["config"] == {"targetNumberInstances": 3}
    assert tier.resources.pool is not None and tier.resources.droplets == []


@pytest.mark.parametrize("later", [False, True], ids=["plain", "output"])
def test_an_existing_network_is_used_instead_of_one_of_its_own(recording: Recording, later: bool) -> None:
    vpc = "5a4981aa-9653-4bd1-bef5-d6bff52042e4"
    tier = build(recording, network_id=pulumi.Output.from_input(vpc) if later else vpc)
    assert recording.all(VPC) == recording.all(NETWORK) == []
    assert tier.resources.network is None
    assert recording.value(tier.network_id) == vpc
    for record in [recording.one(LOAD_BALANCER), *recording.all(DROPLET)]:
        assert record.inputs["vpcUuid"] == vpc


@pytest.mark.parametrize(
    ("release", "image"), [(None, "debian-12-x64"), (Debian.BOOKWORM, "debian-12-x64"), (Debian.TRIXIE, "debian-13-x64")]
)
def test_releases(recording: Recording, release: Debian | None, image: str) -> None:
    build(recording, release=release)
    assert recording.one(DROPLET, "web-0").inputs["image"] == image


def test_an_image_of_ones_own_comes_before_the_release(recording: Recording) -> None:
    build(recording, release=Debian.TRIXIE, image="12345678")
    assert recording.one(DROPLET, "web-0").inputs["image"] == "12345678"


@pytest.mark.parametrize("arguments", [{}, MACHINES, REGISTERED, POOLED, {"certificate": TLS}], ids=str)
def test_every_exposure_plans_with_nothing_known_yet(arguments: dict[str, Any]) -> None:
    preview = Recording(preview=True)
    build(preview, admitted_ranges=pulumi.Output.from_input(RANGES), **arguments)
    assert preview.one("multicloud:index:DigitalOceanWebTier").registered is not None
    preview.close()


WEEKDAYS = Schedule(
    time_zone="Europe/Berlin",
    periods=[Period(days=[Day.MONDAY], start="08:00", end="21:00", servers=3)],
)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"schedule": WEEKDAYS},
            "schedule: on DigitalOcean no clock changes the number of machines; leave it out, and let the load decide: "
            "servers.min 2, servers.max 3; or take aws or gcp",
        ),
        (
            {"replacement": Replacement(surge_percent=100)},
            "replacement: DigitalOcean has no steps that could be chosen; leave it out; with pool: true, new machines get 10 minutes",
        ),
        (
            {"network_id": "5a4981aa-9653-4bd1-bef5-d6bff52042e4", "subnet_ids": ["a"]},
            "subnet_ids: a VPC on DigitalOcean has no subnets; leave it out: network_id is enough",
        ),
        ({"network_id": "vpc-1"}, "network_id: 'vpc-1' is no id of a VPC; write the UUID that `doctl vpcs list` shows"),
        (
            {"container": Container(image="nginx", port=80, secrets={"KEY": "name"})},
            "container.secrets: DigitalOcean has no secret store that machines could read; let a script fetch them",
        ),
        (
            {"container": Container(image="nginx", port=80, registry=Registry(user="me", password_secret="name"))},
            "container.registry: DigitalOcean has no secret store that machines could read; take a public image",
        ),
        (
            {
                "exposure": Exposure.REGISTERED,
                "registration": Registration(hostname="web.example.com", zone_id="0" * 32, token_secret="name"),
            },
            "registration.token_secret: DigitalOcean has no secret store that machines could read; give the token itself as",
        ),
        (
            {"certificate": TLS, **MACHINES},
            "certificate: DigitalOcean has no secret store from which machines could read its key; write exposure: load_balancer",
        ),
        ({"certificate": TLS, **REGISTERED}, "certificate: DigitalOcean has no secret store"),
        (POOLED | MACHINES, "pool: is true, and a reserved address belongs to a droplet, not to a pool; leave it out, or write exposure"),
        (
            {"pool": False, "servers": Servers(min=1, max=2), "ssh_keys": ["1"]},
            "pool: is false, and a number that scales is a pool on DigitalOcean; leave pool or servers.max out",
        ),
        ({"pool": True}, "ssh_keys: is empty, and DigitalOcean makes no autoscale pool without an SSH key; give the id"),
        (POOLED | {"servers": Servers(min=1001)}, "servers.min: 1001 is above 1000, the most that a DigitalOcean autoscale pool takes"),
    ],
)
def test_refuses_what_digitalocean_cannot_do_with_the_nearest_alternative(
    recording: Recording, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(ArgumentError) as caught:
        build(recording, **arguments)
    assert str(caught.value).startswith(message)
    assert [record for record in recording.all() if record.custom] == []


networks = st.ip_addresses(v=4).map(lambda address: f"{address}/32") | st.ip_addresses(v=6).map(lambda address: f"{address}/128")


@given(st.lists(networks, max_size=8), st.integers(1, 65535))
def test_the_rules_do_not_depend_on_the_order_of_the_ranges(ranges: list[str], port: int) -> None:
    def sources(given: list[str]) -> Any:
        return [rule.source_addresses for rule in visitors(given, port)]

    rules = visitors(ranges, port)
    for order in itertools.islice(itertools.permutations(ranges), 4):
        assert sources([*order, *order]) == sources(ranges)
    assert [(rule.protocol, rule.port_range) for rule in rules] == ([("tcp", str(port))] if ranges else [])
    assert {source for one in sources(ranges) for source in one} == set(ranges)
