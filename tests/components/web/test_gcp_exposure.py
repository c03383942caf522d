"""GcpWebTier without a load balancer, with a certificate, and in an existing network: the exact children and who reaches them."""

import itertools
from typing import Any

import pulumi
import pytest

from multicloud.errors import ArgumentError
from multicloud.web.contract import HealthCheck, Servers
from multicloud.web.exposure import Exposure, Registration, Replacement
from multicloud.web.gcp import GcpWebTier, GcpWebTierArgs
from multicloud.web.gcp_access import sources
from multicloud.web.schedule import Day, Period, Schedule
from tests.components.web.gcp_tier import (
    ACCOUNT,
    ADDRESS,
    AUTOSCALER,
    CERTIFICATE,
    CHECK,
    FIREWALL,
    GOOGLE,
    GRANT,
    GROUP,
    GROUP_OF_ONE,
    HTTPS_PROXY,
    IDENTITY,
    NAT,
    PROXY,
    READER,
    REGISTRATION,
    RULE,
    SECRET,
    SECRET_VERSION,
    SHOWN,
    SSL_POLICY,
    TEMPLATE,
    build,
    made,
)
from tests.recording import Recording

MACHINES: dict[str, Any] = {"exposure": Exposure.MACHINES}
REGISTERED: dict[str, Any] = {"exposure": Exposure.REGISTERED, "registration": REGISTRATION}
OWN = {
    ("multicloud:index:GcpNetwork", "web-network"),
    (ACCOUNT, "web-machines"),
    (GRANT, "web-log-writer"),
    (GRANT, "web-metric-writer"),
}


def test_machines_with_reserved_addresses_are_exactly_these_children(recording: Recording) -> None:
    tier = build(recording, **MACHINES)
    assert made(recording) == OWN | {
        (FIREWALL, "web-firewall-port-80"),
        (CHECK, "web-group-check-port-80"),
        *((kind, f"web-{what}-europe-west3-{index}") for index in (0, 1) for kind, what in OF_EACH),
    }
    assert not (tier.resources.load_balancer or tier.resources.group or tier.resources.autoscaler)
    assert len(tier.resources.machines) == 2


OF_EACH = [(ADDRESS, "address"), (TEMPLATE, "template"), (GROUP_OF_ONE, "group")]


def test_each_machine_is_an_origin_at_its_reserved_address(recording: Recording) -> None:
    recording.outputs[ADDRESS] = lambda address: {"address": f"198.51.100.{address.name[-1]}"}
    tier = build(recording, **MACHINES)
    assert recording.value(tier.origins) == [
        {"name": "web-0", "address": "198.51.100.0", "weight": 1.0},
        {"name": "web-1", "address": "198.51.100.1", "weight": 1.0},
    ]
    for index in (0, 1):
        [interface] = recording.one(TEMPLATE, f"web-template-europe-west3-{index}").inputs["networkInterfaces"]
        assert interface["accessConfigs"] == [{"natIp": f"198.51.100.{index}", "networkTier": "PREMIUM"}]
    assert (recording.value(tier.address), recording.value(tier.instance_group)) == ("", "")


def test_a_machine_goes_before_its_successor_and_only_once_the_one_before_is_healthy(recording: Recording) -> None:
    """Its address cannot be given twice; and never are all away at once."""
    build(recording, servers=Servers(min=3), **MACHINES)
    groups = recording.all(GROUP_OF_ONE)
    for group in groups:
        assert group.inputs["targetSize"] == 1
        assert group.inputs["updatePolicy"] == {
            "type": "PROACTIVE",
            "minimalAction": "REPLACE",
            "replacementMethod": "RECREATE",
            "maxSurgeFixed": 0,
            "maxUnavailableFixed": 1,
        }
        assert (group.inputs["waitForInstances"], group.inputs["waitForInstancesStatus"]) == (True, "UPDATED")
        assert group.delete_before_replace is True
        assert group.inputs["autoHealingPolicies"]["healthCheck"] == recording.one(CHECK).id
    for before, group in itertools.pairwise(groups):
        assert before.urn in group.depends_on


@pytest.mark.parametrize(("zones", "used"), [(None, ["a", "b", "c", "a"]), (["europe-west3-c", "europe-west3-a"], ["c", "a", "c", "a"])])
def test_the_machines_are_in_all_zones_in_turn(recording: Recording, zones: list[str] | None, used: list[str]) -> None:
    recording.answers["gcp:compute/getZones:getZones"] = {"names": [f"europe-west3-{letter}" for letter in "dcba"]}
    build(recording, servers=Servers(min=4), zones=zones, **MACHINES)
    assert [group.inputs["zone"][-1] for group in recording.all(GROUP_OF_ONE)] == used


def test_machines_that_register_themselves_are_exactly_these_children(recording: Recording) -> None:
    tier = build(recording, servers=Servers(min=2, max=4), **REGISTERED)
    assert made(recording) == OWN | {
        (READER, "web-secret-dns-token"),
        (FIREWALL, "web-firewall-port-80"),
        (TEMPLATE, "web-template-port-80"),
        (CHECK, "web-group-check-port-80"),
        (GROUP, "web-group-port-80"),
        (AUTOSCALER, "web-autoscaler-port-80"),
    }
    assert recording.value(tier.origins) == [{"name": "web", "address": "origins.example.com", "weight": 1.0}]


def test_machines_that_register_themselves_have_public_addresses_and_are_healed(recording: Recording) -> None:
    build(recording, **REGISTERED)
    [interface] = recording.one(TEMPLATE).inputs["networkInterfaces"]
    assert interface["accessConfigs"] == [{"networkTier": "PREMIUM"}]
    group = recording.one(GROUP).inputs
    assert group["autoHealingPolicies"]["healthCheck"] == recording.one(CHECK).id
    assert "namedPorts" not in group


@pytest.mark.parametrize("exposure", [MACHINES, REGISTERED])
def test_machines_with_public_addresses_need_no_nat(recording: Recording, exposure: dict[str, Any]) -> None:
    build(recording, **exposure)
    assert NAT not in recording.types()


@pytest.mark.parametrize("exposure", [MACHINES, REGISTERED])
def test_only_the_admitted_ranges_and_googles_checks_reach_the_machines(recording: Recording, exposure: dict[str, Any]) -> None:
    """A range of IPv6 is left out: no machine has such an address, and no rule holds both kinds."""
    ranges = ["203.0.113.0/24", "2001:db8::/32", "198.51.100.0/25", "198.51.100.128/25"]
    build(recording, admitted_ranges=ranges, health_check=HealthCheck(port=8080), **exposure)
    firewall = recording.one(FIREWALL)
    assert firewall.inputs["allows"] == [{"protocol": "tcp", "ports": ["8080"]}]
    assert firewall.inputs["sourceRanges"] == [*GOOGLE, "198.51.100.0/24", "203.0.113.0/24"]
    assert firewall.inputs["targetServiceAccounts"] == [IDENTITY["email"]]
    assert firewall.replace_on_changes == ["network", "allows"]


@pytest.mark.parametrize("exposure", [MACHINES, REGISTERED])
def test_nobody_reaches_the_machines_by_default(recording: Recording, exposure: dict[str, Any]) -> None:
    build(recording, **exposure)
    assert recording.one(FIREWALL).inputs["sourceRanges"] == GOOGLE == sources([])


def test_ranges_may_be_an_output(recording: Recording) -> None:
    def program() -> GcpWebTier:
        ranges: list[pulumi.Input[str]] = [pulumi.Output.from_input("2001:db8::/32"), "203.0.113.7"]
        return GcpWebTier("web", GcpWebTierArgs(servers=Servers(min=1), region="europe-west3", admitted_ranges=ranges, **MACHINES))

    recording.run(program)
    assert recording.one(FIREWALL).inputs["sourceRanges"] == [*GOOGLE, "203.0.113.7/32"]


def test_with_a_certificate_the_load_balancer_answers_on_443_alone(recording: Recording) -> None:
    tier = build(recording, certificate=SHOWN)
    assert {kind for kind, _ in made(recording)} >= {CERTIFICATE, SSL_POLICY, HTTPS_PROXY}
    assert PROXY not in recording.types() and not recording.all(SECRET)
    assert [rule.inputs["portRange"] for rule in recording.all(RULE)] == ["443"]
    assert recording.one(RULE).inputs["target"] == recording.one(HTTPS_PROXY).id
    proxy = recording.one(HTTPS_PROXY).inputs
    assert (proxy["sslCertificates"], proxy["sslPolicy"]) == ([recording.one(CERTIFICATE).id], recording.one(SSL_POLICY).id)
    policy = recording.one(SSL_POLICY).inputs
    assert (policy["minTlsVersion"], policy["profile"]) == ("TLS_1_2", "MODERN")
    assert recording.value(tier.port) == 443
    # Between the load balancer and the machines it is HTTP, in Google's own network.
    assert recording.one(FIREWALL).inputs["allows"] == [{"protocol": "tcp", "ports": ["80"]}]


def test_the_load_balancers_certificate_is_one_text_and_its_key_a_secret(recording: Recording) -> None:
    """Its name is left to Pulumi: a new one comes before the old one goes."""
    build(recording, certificate=SHOWN)
    certificate = recording.one(CERTIFICATE)
    assert "name" not in certificate.inputs
    assert certificate.inputs["certificate"] == f"{str(SHOWN.certificate).strip()}\n{str(SHOWN.chain).strip()}\n"
    assert certificate.inputs["privateKey"] == SHOWN.private_key
    assert "privateKey" in certificate.secrets


@pytest.mark.parametrize("exposure", [MACHINES, REGISTERED])
def test_machines_show_the_certificate_with_a_key_that_they_alone_can_read(recording: Recording, exposure: dict[str, Any]) -> None:
    tier = build(recording, certificate=SHOWN, **exposure)
    secret, version = recording.one(SECRET), recording.one(SECRET_VERSION)
    assert secret.inputs["replication"] == {"auto": {}} and "secretId" not in secret.inputs
    assert (version.inputs["secret"], version.inputs["secretData"]) == (secret.id, f"{SHOWN.certificate}{SHOWN.chain}\n{SHOWN.private_key}")
    assert "secretData" in version.secrets
    reader = recording.one(READER, "web-certificate-key-reader")
    assert reader.inputs == {"secretId": secret.id, "role": "roles/secretmanager.secretAccessor", "member": IDENTITY["member"]}
    for template in recording.all(TEMPLATE):
        told = template.inputs["metadata"]["user-data"]
        assert "web-certificate-key-1a2b3c4" in told and "a2V5" not in told
    for group in recording.all(GROUP) + recording.all(GROUP_OF_ONE):
        assert {version.urn, reader.urn} <= group.depends_on
    assert recording.value(tier.port) == 443
    assert recording.one(FIREWALL, "web-firewall-port-443").inputs["allows"] == [{"protocol": "tcp", "ports": ["443"]}]
    assert recording.one(CHECK).inputs["httpsHealthCheck"] == {"port": 443, "requestPath": "/healthz"}


def test_an_existing_network_is_used_and_none_is_made(recording: Recording) -> None:
    tier = build(recording, network_id="projects/p/global/networks/ours", subnet_ids=["projects/p/regions/europe-west3/subnetworks/s"])
    assert tier.resources.network is None
    assert not {child.type for child in recording.descendants("web")} & {"multicloud:index:GcpNetwork", "gcp:compute/router:Router", NAT}
    assert recording.one(FIREWALL).inputs["network"] == "projects/p/global/networks/ours" == recording.value(tier.network_id)
    [interface] = recording.one(TEMPLATE).inputs["networkInterfaces"]
    assert interface == {"subnetwork": "projects/p/regions/europe-west3/subnetworks/s"}


def test_the_existing_network_may_be_an_output(recording: Recording) -> None:
    def program() -> GcpWebTier:
        ours, subnet = pulumi.Output.from_input("ours"), pulumi.Output.from_input("subnet")
        return GcpWebTier("web", GcpWebTierArgs(servers=Servers(min=1), region="europe-west3", network_id=ours, subnet_ids=[subnet]))

    recording.run(program)
    assert recording.one(FIREWALL).inputs["network"] == "ours"


@pytest.mark.parametrize("exposure", [{}, MACHINES, REGISTERED])
def test_another_network_or_subnetwork_is_another_group(recording: Recording, exposure: dict[str, Any]) -> None:
    """Of the tier's own network and of another: all machines of a group are in one. An address is free only once its machine is gone."""
    build(recording, network_id="ours", subnet_ids=["subnet"], **exposure)
    groups = recording.all(GROUP) + recording.all(GROUP_OF_ONE)
    assert {group.replacement_trigger for group in groups} == {"subnet"}
    assert {bool(group.delete_before_replace) for group in groups} == {exposure is MACHINES}


def test_the_tiers_own_subnetwork_is_a_place_like_another(recording: Recording) -> None:
    build(recording)
    assert recording.one(GROUP).replacement_trigger == recording.one("gcp:compute/subnetwork:Subnetwork").id


@pytest.mark.parametrize("args", [{}, {"certificate": SHOWN}, MACHINES, REGISTERED])
def test_the_front_learns_of_nothing_before_it_is_served(args: dict[str, Any]) -> None:
    """Port and health path, and the name that machines register at, are not known before the machines are."""
    preview = Recording(preview=True)
    tier = build(preview, **args)
    assert [preview.value(output) for output in (tier.port, tier.health_path)] == [None, None]
    assert args is not REGISTERED or preview.value(tier.origins) is None
    preview.close()


OFFICE = Schedule(time_zone="UTC", periods=[Period(days=[Day.MONDAY], start="08:00", end="21:00", servers=2)])
MEND_SUBNET = "name the one subnetwork of the network in europe-west3, which spans all zones"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"network_id": "ours"}, f"subnet_ids: is missing, and network_id is given; {MEND_SUBNET}"),
        (
            {"network_id": "ours", "subnet_ids": ["a", "b"]},
            f"subnet_ids: are 2, and a tier on Google Cloud is in one subnetwork; {MEND_SUBNET}",
        ),
        (
            {"network_id": "ours", "subnet_ids": ["projects/p/regions/us-east1/subnetworks/a"]},
            f"subnet_ids[0]: is in us-east1, and the tier is in europe-west3; {MEND_SUBNET}",
        ),
        (
            {"exposure": Exposure.REGISTERED, "registration": Registration(hostname="o.example.com", zone_id="0" * 32, token="t" * 40)},
            "registration.token: would stand in the user data, and Google Cloud has a secret store; "
            "put it into a secret of Secret Manager, and name that as token_secret",
        ),
        (
            {
                "exposure": Exposure.REGISTERED,
                "registration": Registration(hostname="o.example.com", zone_id="0" * 32, token_secret="arn:aws:secret"),
            },
            "registration.token_secret: is no name of a secret of Secret Manager; "
            "write it like shop-token, or projects/shop-prod/secrets/shop-token",
        ),
        (
            {**MACHINES, "replacement": Replacement(surge_percent=100)},
            "replacement: is given, and machines with reserved addresses are replaced one after the other: an address has one machine "
            "at a time; leave it out, or write exposure: registered or load_balancer",
        ),
        (
            {"servers": Servers(min=3), "replacement": Replacement(unavailable_percent=50)},
            "replacement.unavailable_percent: would be all of 3 machines: Google Cloud takes away one in each of 3 zones at least; "
            "leave it out, or run more than 3 machines",
        ),
        (
            {"servers": Servers(min=5), "schedule": OFFICE, "replacement": Replacement(unavailable_percent=50)},
            "replacement.unavailable_percent: would be all of 2 machines: Google Cloud takes away one in each of 3 zones at least; "
            "leave it out, or run more than 3 machines",
        ),
    ],
)
def test_refuses(recording: Recording, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        build(recording, **args)
    assert str(refused.value) == message
    assert not [record for record in recording.all() if record.custom]
