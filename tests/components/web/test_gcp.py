"""GcpWebTier: machines that heal and scale, reached through the load balancer alone, and by the admitted ranges alone."""

import dataclasses
import re
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.web.cloud_armor import admission_rules
from multicloud.web.contract import HealthCheck, Servers, Size
from multicloud.web.gcp import GcpWebTier, GcpWebTierArgs
from multicloud.web.gcp_machines import account_id, boot_disk_type, default_image
from tests.recording import Recording

GROUP = "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"
TEMPLATE = "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate"
AUTOSCALER = "gcp:compute/regionAutoscaler:RegionAutoscaler"
BACKEND = "gcp:compute/backendService:BackendService"
CHECK = "gcp:compute/healthCheck:HealthCheck"
POLICY = "gcp:compute/securityPolicy:SecurityPolicy"
RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
LABELS = {"project": "project", "stack": "stack", "component": "web", "managed-by": "pulumi"}


ACCOUNT = {"email": "web@p.iam.gserviceaccount.com", "member": "serviceAccount:web@p.iam.gserviceaccount.com", "project": "p"}


def build(recording: Recording, **args: Any) -> GcpWebTier:
    recording.outputs["gcp:serviceaccount/account:Account"] = ACCOUNT
    given: dict[str, Any] = {"servers": Servers(min=2, max=6), "region": "europe-west3"} | args
    return recording.run(lambda: GcpWebTier("web", GcpWebTierArgs(**given)))


def test_makes_exactly_these_children_below_itself(recording: Recording) -> None:
    build(recording)
    assert {(child.type, child.name) for child in recording.children("web")} == {
        ("multicloud:index:GcpNetwork", "web-network"),
        ("gcp:serviceaccount/account:Account", "web-machines"),
        ("gcp:projects/iAMMember:IAMMember", "web-log-writer"),
        ("gcp:projects/iAMMember:IAMMember", "web-metric-writer"),
        ("gcp:compute/firewall:Firewall", "web-firewall"),
        (TEMPLATE, "web-template"),
        (CHECK, "web-group-check"),
        (GROUP, "web-group"),
        (AUTOSCALER, "web-autoscaler"),
        (CHECK, "web-backend-check"),
        (POLICY, "web-admission"),
        (BACKEND, "web-backend"),
        ("gcp:compute/uRLMap:URLMap", "web-url-map"),
        ("gcp:compute/targetHttpProxy:TargetHttpProxy", "web-proxy"),
        ("gcp:compute/globalAddress:GlobalAddress", "web-address"),
        (RULE, "web-forwarding"),
    }


def test_a_fixed_number_of_servers_has_no_autoscaler(recording: Recording) -> None:
    tier = build(recording, servers=Servers(min=3))
    assert recording.one(GROUP).inputs["targetSize"] == 3
    assert AUTOSCALER not in recording.types()
    assert tier.resources.autoscaler is None


def test_the_autoscaler_alone_decides_the_number_of_servers(recording: Recording) -> None:
    build(recording, servers=Servers(min=2, max=6, cpu_target=70), health_check=HealthCheck(grace_seconds=120))
    assert "targetSize" not in recording.one(GROUP).inputs
    assert recording.one(AUTOSCALER).inputs["autoscalingPolicy"] == {
        "minReplicas": 2,
        "maxReplicas": 6,
        "cooldownPeriod": 120,
        "cpuUtilization": {"target": 0.7},
    }


def test_all_that_can_carry_labels_carries_them_and_the_rest_a_description(recording: Recording) -> None:
    """A child of a type that is in neither list fails here."""
    labelled = {TEMPLATE, POLICY, RULE, "gcp:compute/globalAddress:GlobalAddress"}
    bare = {"gcp:projects/iAMMember:IAMMember", "gcp:compute/routerNat:RouterNat"}
    build(recording)
    for child in recording.descendants("web"):
        if not child.custom or child.type in bare:
            continue
        if child.type in labelled:
            assert child.inputs["labels"] == LABELS, child.name
        else:
            assert child.inputs["description"].startswith("project=project stack=stack component=web"), child.name


def test_machines_and_disks_carry_the_callers_tags_as_labels(recording: Recording) -> None:
    build(recording, tags={"Team": "Payments @ Co"})
    template = recording.one(TEMPLATE).inputs
    assert template["labels"] == template["disks"][0]["labels"] == {**LABELS, "team": "payments---co"}


def test_a_machine_has_no_public_address_no_ssh_keys_and_a_shielded_debian(recording: Recording) -> None:
    build(recording, size=Size.LARGE)
    template = recording.one(TEMPLATE).inputs
    assert template["machineType"] == "e2-standard-4"
    assert template["disks"][0] | {"labels": None} == {
        "sourceImage": "debian-cloud/debian-12",
        "diskType": "pd-balanced",
        "boot": True,
        "autoDelete": True,
        "labels": None,
    }
    assert [set(interface) for interface in template["networkInterfaces"]] == [{"subnetwork"}]
    assert template["shieldedInstanceConfig"] == {"enableSecureBoot": True, "enableVtpm": True, "enableIntegrityMonitoring": True}
    assert template["metadata"]["block-project-ssh-keys"] == template["metadata"]["enable-oslogin"] == "TRUE"


def test_a_machine_boots_the_rendered_user_data(recording: Recording) -> None:
    """Google's Debian comes without cloud-init, so the start-up script has to bring it."""
    build(recording, health_check=HealthCheck(path="/alive", port=8080))
    metadata = recording.one(TEMPLATE).inputs["metadata"]
    assert metadata["user-data"].startswith("#cloud-config\n")
    assert "/alive" in metadata["user-data"] and "8080" in metadata["user-data"]
    assert "install --no-install-recommends cloud-init" in metadata["startup-script"]


def test_image_and_machine_type_can_be_named(recording: Recording) -> None:
    build(recording, machine_type="n2-standard-4", image="projects/p/global/images/ours-1")
    template = recording.one(TEMPLATE).inputs
    assert (template["machineType"], template["disks"][0]["sourceImage"]) == ("n2-standard-4", "projects/p/global/images/ours-1")


@pytest.mark.parametrize(
    ("machine_type", "image", "disk"),
    [
        ("e2-small", "debian-cloud/debian-12", "pd-balanced"),
        ("t2a-standard-1", "debian-cloud/debian-12-arm64", "pd-balanced"),
        ("c4a-standard-1", "debian-cloud/debian-12-arm64", "hyperdisk-balanced"),
        ("c4-standard-2", "debian-cloud/debian-12", "hyperdisk-balanced"),
    ],
)
def test_image_and_disk_fit_the_machine_type(machine_type: str, image: str, disk: str) -> None:
    assert (default_image(machine_type), boot_disk_type(machine_type)) == (image, disk)


def test_the_machines_may_write_logs_and_metrics_and_nothing_else(recording: Recording) -> None:
    build(recording)
    grants = [grant.inputs for grant in recording.all("gcp:projects/iAMMember:IAMMember")]
    assert {grant["role"] for grant in grants} == {"roles/logging.logWriter", "roles/monitoring.metricWriter"}
    assert {(grant["project"], grant["member"]) for grant in grants} == {(ACCOUNT["project"], ACCOUNT["member"])}


def test_only_googles_proxies_reach_the_machines_and_only_their_port(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(port=8080))
    firewall = recording.one("gcp:compute/firewall:Firewall").inputs
    assert firewall["allows"] == [{"protocol": "tcp", "ports": ["8080"]}]
    assert firewall["sourceRanges"] == ["130.211.0.0/22", "35.191.0.0/16"]
    assert firewall["targetServiceAccounts"] == [ACCOUNT["email"]]


def test_an_update_adds_machines_before_it_takes_any_away(recording: Recording) -> None:
    build(recording)
    assert recording.one(GROUP).inputs["updatePolicy"] == {
        "type": "PROACTIVE",
        "minimalAction": "REPLACE",
        "replacementMethod": "SUBSTITUTE",
        "instanceRedistributionType": "PROACTIVE",
        "maxSurgeFixed": 3,
        "maxUnavailableFixed": 0,
    }


def test_as_many_machines_are_added_as_there_are_zones(recording: Recording) -> None:
    """Google takes no smaller surge of a regional group."""
    build(recording, zones=["europe-west3-a", "europe-west3-c"])
    group = recording.one(GROUP).inputs
    assert group["distributionPolicyZones"] == ["europe-west3-a", "europe-west3-c"]
    assert group["updatePolicy"]["maxSurgeFixed"] == 2


def test_a_silent_machine_is_replaced_after_its_grace(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(path="/alive", grace_seconds=400))
    check = recording.one(CHECK, "web-group-check")
    assert recording.one(GROUP).inputs["autoHealingPolicies"] == {"healthCheck": check.id, "initialDelaySec": 400}
    assert check.inputs["httpHealthCheck"] == {"port": 80, "requestPath": "/alive"}


def test_the_first_machine_waits_for_its_way_out_and_its_firewall(recording: Recording) -> None:
    build(recording)
    needed = {recording.one("gcp:compute/routerNat:RouterNat").urn, recording.one("gcp:compute/firewall:Firewall").urn}
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
    assert recording.value(tier.origins) == [{"name": "web", "address": "198.51.100.21", "weight": 1.0}]
    assert recording.value(tier.network_id) == recording.one("gcp:compute/network:Network").id


def test_every_child_is_a_resource(recording: Recording) -> None:
    tier = build(recording)
    held = [value for value in vars(tier.resources).values() for value in (value if isinstance(value, list) else [value])]
    assert len(held) == len(recording.children("web"))
    assert dataclasses.is_dataclass(tier.resources)


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
        ({"image": "debian 12"}, "image: 'debian 12' is no image of Google Cloud; write one like debian-cloud/debian-12"),
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
