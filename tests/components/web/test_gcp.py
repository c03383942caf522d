"""GcpWebTier: machines that heal and scale, reached through the load balancer alone, and by the admitted ranges alone."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.web.cloud_armor import admission_rules
from multicloud.web.contract import HealthCheck, Servers
from multicloud.web.gcp import GcpWebTier, GcpWebTierArgs
from multicloud.web.gcp_access import account_id
from tests.components.web import gcp_tier
from tests.components.web.gcp_tier import (
    ACCOUNT,
    AUTOSCALER,
    BACKEND,
    CHECK,
    FIREWALL,
    GLOBAL_ADDRESS,
    GOOGLE,
    GRANT,
    GROUP,
    IDENTITY,
    LABELS,
    NAT,
    NETWORK,
    POLICY,
    PROXY,
    RULE,
    TEMPLATE,
    URL_MAP,
    made,
)
from tests.recording import Recording


def build(recording: Recording, **args: Any) -> GcpWebTier:
    """A tier that scales, unless the arguments say otherwise."""
    return gcp_tier.build(recording, **({"servers": Servers(min=2, max=6)} | args))


def test_makes_exactly_these_children_below_itself(recording: Recording) -> None:
    build(recording)
    assert made(recording) == {
        ("multicloud:index:GcpNetwork", "web-network"),
        (ACCOUNT, "web-machines"),
        (GRANT, "web-log-writer"),
        (GRANT, "web-metric-writer"),
        (FIREWALL, "web-firewall"),
        (TEMPLATE, "web-template"),
        (CHECK, "web-group-check"),
        (GROUP, "web-group"),
        (AUTOSCALER, "web-autoscaler"),
        (CHECK, "web-backend-check"),
        (POLICY, "web-admission"),
        (BACKEND, "web-backend"),
        (URL_MAP, "web-url-map"),
        (PROXY, "web-proxy"),
        (GLOBAL_ADDRESS, "web-address"),
        (RULE, "web-forwarding"),
    }


def test_all_that_can_carry_labels_carries_them_and_the_rest_a_description(recording: Recording) -> None:
    """A child of a type that is in neither list fails here."""
    labelled = {TEMPLATE, POLICY, RULE, GLOBAL_ADDRESS}
    bare = {GRANT, NAT}
    build(recording)
    for child in recording.descendants("web"):
        if not child.custom or child.type in bare:
            continue
        if child.type in labelled:
            assert child.inputs["labels"] == LABELS, child.name
        else:
            assert child.inputs["description"].startswith("project=project stack=stack component=web"), child.name


def test_the_machines_may_write_logs_and_metrics_and_nothing_else(recording: Recording) -> None:
    build(recording)
    grants = [grant.inputs for grant in recording.all(GRANT)]
    assert {grant["role"] for grant in grants} == {"roles/logging.logWriter", "roles/monitoring.metricWriter"}
    assert {(grant["project"], grant["member"]) for grant in grants} == {(IDENTITY["project"], IDENTITY["member"])}


def test_only_googles_proxies_reach_the_machines_and_only_their_port(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(port=8080))
    firewall = recording.one(FIREWALL).inputs
    assert firewall["allows"] == [{"protocol": "tcp", "ports": ["8080"]}]
    assert firewall["sourceRanges"] == GOOGLE
    assert firewall["targetServiceAccounts"] == [IDENTITY["email"]]


def test_the_first_machine_waits_for_its_way_out_and_its_firewall(recording: Recording) -> None:
    build(recording)
    needed = {recording.one(NAT).urn, recording.one(FIREWALL).urn}
    assert needed <= recording.one(GROUP).depends_on


def test_visitors_come_through_a_load_balancer_that_admits_only_the_given_ranges(recording: Recording) -> None:
    build(recording, admitted_ranges=["203.0.113.0/24"])
    backend = recording.one(BACKEND).inputs
    assert backend["securityPolicy"] == recording.one(POLICY).id
    assert backend["healthChecks"] == recording.one(CHECK, "web-backend-check").id
    assert backend["loadBalancingScheme"] == recording.one(RULE).inputs["loadBalancingScheme"] == "EXTERNAL_MANAGED"
    assert backend["portName"] == recording.one(GROUP).inputs["namedPorts"][0]["name"]
    assert [(rule["action"], rule["match"]["config"]["srcIpRanges"]) for rule in recording.one(POLICY).inputs["rules"]] == [
        ("allow", ["203.0.113.0/24"]),
        ("deny(403)", ["*"]),
    ]


def test_ranges_may_be_an_output(recording: Recording) -> None:
    def program() -> GcpWebTier:
        ranges: list[pulumi.Input[str]] = ["203.0.113.0/24", pulumi.Output.from_input("2001:db8::/32")]
        return GcpWebTier("web", GcpWebTierArgs(servers=Servers(min=1), region="europe-west3", admitted_ranges=ranges))

    recording.run(program)
    assert recording.one(POLICY).inputs["rules"][0]["match"]["config"]["srcIpRanges"] == ["203.0.113.0/24", "2001:db8::/32"]


def test_nobody_is_admitted_by_default(recording: Recording) -> None:
    build(recording)
    assert [rule["action"] for rule in recording.one(POLICY).inputs["rules"]] == ["deny(403)"]


def plain(rule: Any) -> dict[str, Any]:
    """A rule's arguments as the SDK holds them."""
    return {name: plain(value) if hasattr(value, "__dict__") else value for name, value in vars(rule).items()}


def matched(rule: Any) -> list[str]:
    ranges: list[str] = rule.match.config.src_ip_ranges
    return ranges


@given(st.lists(st.ip_addresses(v=4), max_size=45))
def test_every_range_is_admitted_once_in_rules_of_ten_at_most(addresses: list[Any]) -> None:
    """Whatever the order: the same ranges make the same rules."""
    ranges = [f"{address}/32" for address in addresses]
    *admitting, last = admission_rules(ranges)
    admitted = [admitted for rule in admitting for admitted in matched(rule)]
    assert sorted(admitted) == sorted(set(ranges))
    assert all(len(matched(rule)) <= 10 for rule in admitting)
    priorities = [plain(rule)["priority"] for rule in [*admitting, last]]
    assert priorities == sorted(set(priorities)) and priorities[-1] == 2147483647
    assert [plain(rule) for rule in admission_rules(ranges[::-1])] == [plain(rule) for rule in [*admitting, last]]


NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,38}", fullmatch=True)


@given(NAMES, st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}", fullmatch=True), NAMES)
def test_an_account_id_is_one_that_google_takes(name: str, stack: str, project: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", account_id(project, stack, name))


def test_account_ids_of_two_stacks_differ() -> None:
    assert account_id("a-long-project-name", "staging", "web-gcp") != account_id("a-long-project-name", "production", "web-gcp")


def test_gives_what_every_tier_gives(recording: Recording) -> None:
    tier = build(recording)
    assert recording.value(tier.cloud) == "gcp"
    assert recording.value(tier.region) == "europe-west3"
    assert recording.value(tier.health_path) == "/healthz"
    assert recording.value(tier.port) == 80
    assert recording.value(tier.origins) == [{"name": "web", "address": "198.51.100.21", "weight": 1.0}]
    assert recording.value(tier.network_id) == recording.one(NETWORK).id


def test_every_child_is_a_resource(recording: Recording) -> None:
    tier = build(recording)
    held = {recording.value(resource.urn) for resource in resources(tier.resources)}
    assert held == {child.urn for child in recording.children("web")}


def resources(record: Any) -> Iterator[pulumi.Resource]:
    """All resources of a record, those of the records in it, too."""
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, pulumi.Resource):
                yield one
            elif one is not None:
                yield from resources(one)


def test_names_are_left_to_pulumi_but_the_accounts(recording: Recording) -> None:
    """A replacement then is made before the old one goes. An account's 30 characters leave no room for random ones."""
    build(recording)
    assert not [child.name for child in recording.descendants("web") if "name" in child.inputs]


def test_arguments_may_come_as_dicts_from_another_language(recording: Recording) -> None:
    given: Any = {"servers": {"min": 2.0}, "size": "medium", "region": "europe-west3"}
    recording.run(lambda: GcpWebTier("web", given))
    assert recording.one(TEMPLATE).inputs["machineType"] == "e2-medium"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"servers": Servers(min=3, max=2)}, "servers.max: 2 is below servers.min, 3; give 3 or more, or leave it out"),
        (
            {"health_check": HealthCheck(path="healthz")},
            "health_check.path: 'healthz' does not begin with a slash; write /healthz",
        ),
        (
            {"health_check": HealthCheck(expected_status=204)},
            "health_check.expected_status: 204 is not healthy to Google Cloud's health checks, which take 200 alone; "
            "leave it out, and answer 200 at the health check's path",
        ),
        (
            {"zones": ["europe-west3-a", "europe-west1-b"]},
            "zones[1]: 'europe-west1-b' is not a zone of europe-west3; write one like europe-west3-a",
        ),
        (
            {"machine_type": "t3.small"},
            "machine_type: 't3.small' is no machine type of Google Cloud; write one like n2-standard-4",
        ),
        ({"image": "debian 12"}, "image: 'debian 12' is no image of Google Cloud; write one like debian-cloud/debian-12, or newest"),
        ({"region": "europe-west3-a"}, "region: 'europe-west3-a' is no region of gcp; did you mean europe-west3?"),
        (
            {"region": "eu-central-1"},
            "region: 'eu-central-1' is a region of aws, not of gcp; take one of gcp's, like europe-west3",
        ),
        ({"zones": ["europe-west3-a"]}, "zones: are not two or more different zones; name two or three, or leave them out"),
        ({"network": "10.99.1.0/16"}, "network: '10.99.1.0/16' has bits set beyond its prefix; write 10.99.0.0/16"),
        (
            {"admitted_ranges": ["203.0.113.1/24"]},
            "admitted_ranges: '203.0.113.1/24' is not a range in CIDR form; write one like 203.0.113.0/24",
        ),
    ],
)
def test_refuses(recording: Recording, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        build(recording, **args)
    assert str(refused.value) == message
    assert not [record for record in recording.all() if record.custom]


def test_refuses_a_name_that_leaves_no_room(recording: Recording) -> None:
    with pytest.raises(ArgumentError) as refused:
        recording.run(lambda: GcpWebTier("w" * 40, GcpWebTierArgs(servers=Servers(min=1), region="europe-west3")))
    assert str(refused.value) == f"name: '{'w' * 40}' is 40 characters long; take at most 39, so that every resource's name fits"
