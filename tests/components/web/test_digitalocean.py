"""DigitalOceanWebTier: droplets or a pool, found by one tag, reached through the load balancer alone."""

from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.machine.bootstrap import Bootstrap
from multicloud.machine.user_data import LIMITS, render
from multicloud.machine.workload import StaticSite
from multicloud.web.contract import HealthCheck, Servers, Size
from multicloud.web.digitalocean_admission import admitted
from tests.components.web.digitalocean_tier import DROPLET, FIREWALL, LOAD_BALANCER, POOL, TAG, TAGS, build, scaling
from tests.noise import noise
from tests.recording import Recording


def test_makes_exactly_these_children_for_a_fixed_number_of_servers(recording: Recording) -> None:
    tier = build(recording, servers=Servers(min=3))
    assert {(child.type, child.name) for child in recording.children("web")} == {
        ("multicloud:index:DigitalOceanNetwork", "web-network"),
        (TAG, "web-machines"),
        (LOAD_BALANCER, "web-load-balancer"),
        (FIREWALL, "web-firewall"),
        (DROPLET, "web-0"),
        (DROPLET, "web-1"),
        (DROPLET, "web-2"),
    }
    assert tier.resources.pool is None
    assert len(tier.resources.droplets) == 3


@pytest.mark.parametrize(("grace", "minutes"), [(30, 5), (301, 6), (3600, 20)])
def test_a_pool_waits_as_long_as_a_machine_boots_within_what_the_api_takes(recording: Recording, grace: int, minutes: int) -> None:
    build(recording, **scaling(), health_check=HealthCheck(grace_seconds=grace))
    assert recording.one(POOL).inputs["config"]["cooldownMinutes"] == minutes


def test_makes_a_pool_instead_of_droplets_where_the_number_scales(recording: Recording) -> None:
    tier = build(recording, **scaling(cpu_target=70), health_check=HealthCheck(grace_seconds=90))
    assert not recording.all(DROPLET) and not tier.resources.droplets
    pool = recording.one(POOL, "web-pool").inputs
    assert pool["config"] == {"minInstances": 2, "maxInstances": 6, "targetCpuUtilization": 0.7, "cooldownMinutes": 5}
    assert pool["dropletTemplate"]["withDropletAgent"] is True, "without its agent the pool does not know the CPU's use"
    assert pool["dropletTemplate"]["sshKeys"] == ["3b:16:e4:bf"]


def test_droplets_and_the_pools_droplets_are_the_same_machines(recording: Recording) -> None:
    build(recording, size=Size.MEDIUM)
    build(recording, "scaled", size=Size.MEDIUM, **scaling())
    droplet, template = recording.one(DROPLET, "web-0").inputs, recording.one(POOL).inputs["dropletTemplate"]
    for key in ("region", "size", "image", "ipv6"):
        assert droplet[key] == template[key], key
    assert droplet["image"] == "debian-12-x64"
    assert droplet["userData"] == template["userData"].replace("scaled", "web")


def test_machines_boot_the_rendered_user_data(recording: Recording) -> None:
    site = StaticSite(files={"index.html": "hello"})
    build(recording, site=site, health_check=HealthCheck(path="/alive", port=8080, expected_status=204))
    machine = Bootstrap(cloud="digitalocean", region="fra1", component="web", site=site, health_path="/alive", port=8080, status=204)
    assert recording.one(DROPLET, "web-0").inputs["userData"] == render(machine, LIMITS["digitalocean"])


@pytest.mark.parametrize("servers", [{}, scaling()])
def test_all_that_can_carry_tags_carries_them(recording: Recording, servers: dict[str, Any]) -> None:
    """A child of a type that is in neither list fails here. A firewall's tags are no labels: they choose what it protects."""
    build(recording, tags={"team": "Payments @ Co"}, **servers)
    bare = {LOAD_BALANCER, FIREWALL, TAG, "digitalocean:index/vpc:Vpc"}
    expected = sorted([*TAGS, "team:Payments---Co", "web-machines-1a2b3c4"])
    for child in recording.descendants("web"):
        if child.custom and child.type not in bare:
            assert sorted(child.inputs.get("dropletTemplate", child.inputs)["tags"]) == expected, child.name


@pytest.mark.parametrize("servers", [{}, scaling()])
def test_the_load_balancer_and_the_firewall_find_machines_by_the_tiers_own_tag(recording: Recording, servers: dict[str, Any]) -> None:
    tier = build(recording, **servers)
    tag = recording.one(TAG)
    assert "name" not in tag.inputs, "only a name that Pulumi makes up is no other tier's"
    assert recording.value(tier.droplet_tag) == tag.outputs["name"]
    assert recording.one(LOAD_BALANCER).inputs["dropletTag"] == tag.outputs["name"]
    assert recording.one(FIREWALL).inputs["tags"] == [tag.outputs["name"]]


def test_only_the_load_balancer_reaches_the_machines_and_only_on_their_port(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(port=8080))
    [rule] = recording.one(FIREWALL).inputs["inboundRules"]
    assert rule == {"protocol": "tcp", "portRange": "8080", "sourceLoadBalancerUids": [recording.one(LOAD_BALANCER).id]}


def test_a_new_size_replaces_droplets_one_for_one(recording: Recording) -> None:
    """DigitalOcean would switch them off to resize them, all at once."""
    build(recording)
    assert [droplet.replace_on_changes for droplet in recording.all(DROPLET)] == [["size"], ["size"]]


@pytest.mark.parametrize("servers", [{}, scaling()])
def test_machines_come_after_their_firewall(recording: Recording, servers: dict[str, Any]) -> None:
    build(recording, **servers)
    for machine in [*recording.all(DROPLET), *recording.all(POOL)]:
        assert recording.one(FIREWALL).urn in machine.depends_on


def test_the_load_balancer_checks_health_and_forwards_to_the_machines_port(recording: Recording) -> None:
    build(recording, health_check=HealthCheck(path="/alive", port=8080))
    inputs = recording.one(LOAD_BALANCER).inputs
    assert inputs["forwardingRules"] == [{"entryProtocol": "http", "entryPort": 80, "targetProtocol": "http", "targetPort": 8080}]
    assert inputs["healthcheck"] == {
        "protocol": "http",
        "port": 8080,
        "path": "/alive",
        "checkIntervalSeconds": 10,
        "responseTimeoutSeconds": 5,
        "unhealthyThreshold": 3,
        "healthyThreshold": 2,
    }


def test_the_load_balancer_admits_the_given_ranges_alone(recording: Recording) -> None:
    build(recording, admitted_ranges=pulumi.Output.from_input(["203.0.113.0/24", "198.51.100.0/24", "2001:db8::/32"]))
    assert recording.one(LOAD_BALANCER).inputs["firewall"] == {"allows": ["cidr:198.51.100.0/24", "cidr:203.0.113.0/24"]}


@pytest.mark.parametrize("ranges", [None, [], ["2001:db8::/32"]])
def test_the_load_balancer_admits_no_one_where_no_range_is_given(recording: Recording, ranges: list[str] | None) -> None:
    """An empty list of admitted ranges would mean everyone."""
    build(recording, admitted_ranges=ranges)
    assert recording.one(LOAD_BALANCER).inputs["firewall"] == {"denies": ["cidr:0.0.0.0/0"]}


def test_nothing_has_a_name_of_its_own_choice(recording: Recording) -> None:
    """Without given names, replacements are made before the old ones go."""
    build(recording)
    build(recording, "scaled", **scaling())
    assert [record.name for record in recording.all() if "name" in record.inputs] == []


def test_outputs_are_those_of_every_tier(recording: Recording) -> None:
    tier = build(recording)
    assert recording.value(tier.cloud) == "digitalocean"
    assert recording.value(tier.region) == "fra1"
    assert recording.value(tier.health_path) == "/healthz"
    assert recording.value(tier.port) == 80
    assert recording.value(tier.origins) == [{"name": "web", "address": "198.51.100.7", "weight": 1.0}]
    assert recording.value(tier.address) == "198.51.100.7"
    assert recording.value(tier.droplet_tag) == "web-machines-1a2b3c4"
    assert recording.value(tier.network_id) == recording.one("digitalocean:index/vpc:Vpc").id


def test_plans_with_nothing_known_yet() -> None:
    preview = Recording(preview=True)
    tier = build(preview)
    assert preview.value(tier.origins) is None
    assert len(preview.all(DROPLET)) == 2
    preview.close()


@pytest.mark.parametrize(("size", "slug"), [(None, "s-1vcpu-1gb"), (Size.MEDIUM, "s-2vcpu-4gb"), (Size.LARGE, "g-4vcpu-16gb")])
def test_sizes(recording: Recording, size: Size | None, slug: str) -> None:
    build(recording, size=size)
    assert recording.one(DROPLET, "web-0").inputs["size"] == slug


def test_the_clouds_own_size_and_image_come_first(recording: Recording) -> None:
    build(recording, machine_type="c-4", image="12345678")
    droplet = recording.one(DROPLET, "web-0").inputs
    assert (droplet["size"], droplet["image"]) == ("c-4", "12345678")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"servers": Servers(min=0)}, "servers.min: 0 is below 1; give at least 1 machine"),
        ({"servers": Servers(min=3, max=2)}, "servers.max: 2 is below servers.min, 3; give 3 or more, or leave it out"),
        (scaling(min=501, max=502), "servers.min: 501 is above 500, the most that a DigitalOcean autoscale pool takes; give at most 500"),
        (scaling(max=1001), "servers.max: 1001 is above 1000, the most that a DigitalOcean autoscale pool takes; give at most 1000"),
        (
            {"servers": Servers(min=1, max=2)},
            "ssh_keys: is empty, and DigitalOcean makes no autoscale pool without an SSH key; give the id",
        ),
        (scaling() | {"ssh_keys": []}, "ssh_keys: is empty"),
        ({"ssh_keys": ["12", "ssh-ed25519 AAAA"]}, r"ssh_keys\[1\]: is neither the id nor the fingerprint of a key; give one that"),
        ({"machine_type": "t3.small"}, "machine_type: 't3.small' is no size of a droplet; write one like s-2vcpu-4gb"),
        ({"image": ""}, "image: '' is no slug or id of an image; write one like debian-12-x64"),
        (
            {"region": "europe-west3"},
            "region: 'europe-west3' is a region of gcp, not of digitalocean; take one of digitalocean's, like fra1",
        ),
        (
            {"network": "10.244.0.0/16"},
            "network: 10.244.0.0/16 overlaps 10.244.0.0/16, which DigitalOcean keeps for itself; take another range",
        ),
        ({"health_check": HealthCheck(path="up")}, "health_check.path: 'up' does not begin with a slash; write /up"),
        ({"health_check": HealthCheck(path="/up;")}, "health_check.path: '/up;' has characters other than letters"),
        ({"site": StaticSite(files={"../x": ""})}, r"site.files\['../x'\]: is not the path of a file below the document root"),
        (
            {"site": StaticSite(files={"x": noise(65536)})},
            r"site.files: with them the user data is \d+ bytes, and digitalocean takes 65536; make them",
        ),
        ({"tags": {"stack": "x"}}, "tags.stack: is set on every resource"),
        ({"admitted_ranges": ["10.0.0.1/8"]}, "admitted_ranges: '10.0.0.1/8' is not a range in CIDR form; write one like 203.0.113.0/24"),
        ({"name": "Web"}, "name: 'Web' cannot begin the name of a resource"),
        ({"name": "w" * 41}, "name: .* is 41 characters long; take at most 40"),
    ],
)
def test_refuses_wrong_arguments_before_a_machine_is_created(recording: Recording, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{message}"):
        build(recording, **arguments)
    assert recording.all(DROPLET) == recording.all(POOL) == recording.all(LOAD_BALANCER) == []


@given(st.lists(st.ip_addresses(v=4).map(lambda address: f"{address}/32") | st.ip_addresses(v=6).map(lambda address: f"{address}/128")))
def test_admission_does_not_depend_on_the_order_of_the_ranges(ranges: list[str]) -> None:
    rules = admitted(ranges)
    assert rules == admitted(sorted(ranges)) == admitted(ranges[::-1] * 2)
    assert {rule.removeprefix("cidr:") for rule in rules} == {one for one in ranges if ":" not in one}
