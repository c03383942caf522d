"""The three environments, composed: what is registered, with which providers, and what is exported."""

import copy
import itertools
import json
import subprocess
import sys
from typing import Any

import pytest

from stacks.model import StackFileError
from tests.recording import Recorded, Recording
from tests.stacks.environments import ROOT, STACKS, URNS, environment, run

PROVIDERS = {
    "dev": {"cloudflare", "aws-eu-central-1", "gcp-europe-west3", "random"},
    "staging": {"cloudflare", "aws-eu-central-1", "gcp-europe-west3", "random"},
    "production": {"cloudflare", "tls", "aws-eu-central-1", "gcp-europe-west3", "digitalocean", "random"},
}
COMPONENTS = {
    "dev": {"AwsWebTier aws", "GcpWebTier gcp", "CloudflareFront front", "PostgresPair database"},
    "staging": {"GcpWebTier gcp", "CloudflareFront front", "PostgresPair database"},
    "production": {
        "AwsWebTier aws",
        "GcpWebTier gcp",
        "DigitalOceanWebTier digitalocean",
        "CloudflareFront front",
        "OriginCertificate origin-certificate",
        "PostgresPair database",
    },
}


@pytest.fixture(scope="module")
def recordings() -> dict[str, Recording]:
    """Each stack's program, run once."""
    return {stack: run(stack) for stack in STACKS}


def is_provider(record: Recorded) -> bool:
    return record.type.startswith("pulumi:providers:")


@pytest.mark.parametrize("stack", STACKS)
def test_the_urns_are_the_committed_ones(stack: str, recordings: dict[str, Recording]) -> None:
    """A name is an identity: what leaves this list is destroyed, unless an alias says otherwise.

    After a change that is meant: `python -m tests.stacks.environments`, and read the difference.
    """
    assert recordings[stack].urns() == (URNS / f"{stack}.txt").read_text().splitlines()


@pytest.mark.parametrize("stack", STACKS)
def test_the_components_are_the_files(stack: str, recordings: dict[str, Recording]) -> None:
    top = [
        record for record in recordings[stack].all() if record.parent.split("::")[2] == "pulumi:pulumi:Stack" and not is_provider(record)
    ]
    assert {f"{record.type.rsplit(':', 1)[-1]} {record.name}" for record in top} == COMPONENTS[stack]


@pytest.mark.parametrize("stack", STACKS)
def test_there_is_one_provider_a_cloud_and_region(stack: str, recordings: dict[str, Recording]) -> None:
    names = [record.name for record in recordings[stack].all() if is_provider(record)]
    assert sorted(names) == sorted(PROVIDERS[stack])


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_left_to_a_default_provider(stack: str, recordings: dict[str, Recording]) -> None:
    recording = recordings[stack]
    assert [record.urn for record in recording.all() if record.custom and not is_provider(record) and not record.provider] == []
    assert [call.token for call in recording.calls if not call.provider] == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_component_registers_its_outputs(stack: str, recordings: dict[str, Recording]) -> None:
    assert [record.urn for record in recordings[stack].all() if not record.custom and record.registered is None] == []


@pytest.mark.parametrize("stack", STACKS)
def test_a_preview_composes_the_same(stack: str, recordings: dict[str, Recording]) -> None:
    """Which resources there are depends on no output."""
    assert run(stack, preview=True).urns() == recordings[stack].urns()


@pytest.mark.parametrize("stack", STACKS)
def test_the_exports_say_where_everything_is(stack: str, recordings: dict[str, Recording]) -> None:
    exports, said = recordings[stack].exports, environment(stack)
    assert set(exports) == {"hostname", "url", "detection_seconds", "pools", "database"}
    assert exports["detection_seconds"] == (21 if stack == "production" else 75)
    assert exports["hostname"] == said["front"]["hostname"]
    assert exports["url"] == f"https://{said['front']['hostname']}"
    assert set(exports["pools"]) == set(said["web"])
    for name, tier in said["web"].items():
        pool = exports["pools"][name]
        assert (pool["cloud"], pool["region"]) == (tier["cloud"], tier["region"])
        assert [set(origin) for origin in pool["origins"]] == [{"name", "address", "weight"}]
    for role in ("primary", "replica"):
        server = exports["database"][role]
        assert (server["cloud"], server["region"]) == (said["database"][role]["cloud"], said["database"][role]["region"])
        assert server["host"]


@pytest.mark.parametrize("stack", STACKS)
def test_no_secret_is_exported_or_given_in_plain(stack: str, recordings: dict[str, Recording]) -> None:
    recording = recordings[stack]
    assert "password-of-" not in json.dumps(recording.exports)
    for record in recording.all():
        for path, value in leaves(record.inputs):
            if "password-of-" in str(value):
                assert any(path == secret or path.startswith(f"{secret}.") for secret in record.secrets), f"{record.urn}: {path}"


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every plain value inside with its dotted path."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        return [(path, value)]
    return [leaf for key, inner in pairs for leaf in leaves(inner, f"{path}.{key}" if path else str(key))]


def test_the_pools_follow_the_order_of_the_file(recordings: dict[str, Recording]) -> None:
    """The engine sorts a stack file's keys, so the order of `web` says nothing."""
    said = environment("dev")
    said["front"]["order"] = ["gcp", "aws"]
    for recording, order in ((recordings["dev"], ["aws", "gcp"]), (run("dev", said), ["gcp", "aws"])):
        ids = {record.name: record.id for record in recording.all("cloudflare:index/loadBalancerPool:LoadBalancerPool")}
        balancer = recording.one("cloudflare:index/loadBalancer:LoadBalancer")
        assert balancer.inputs["defaultPools"] == [ids[f"front-{name}"] for name in order]


def test_only_cloudflare_reaches_the_tiers(recordings: dict[str, Recording]) -> None:
    """Cloudflare's ranges, as looked up, are in every tier's own resources."""
    for name in environment("production")["web"]:
        inputs = str([record.inputs for record in recordings["production"].descendants(name)])
        assert "173.245.48.0/20" in inputs, name
        assert "103.21.244.0/22" in inputs, name


def test_every_tag_of_the_environment_is_on_the_tiers(recordings: dict[str, Recording]) -> None:
    for name in environment("production")["web"]:
        assert "website" in str([record.inputs for record in recordings["production"].descendants(name)]), name


def changed_urns(before: Recording, after: Recording) -> set[str]:
    """What is there in one only, or has other inputs."""
    return {
        urn
        for urn in before.records.keys() | after.records.keys()
        if urn not in before.records or urn not in after.records or before.records[urn].inputs != after.records[urn].inputs
    }


@pytest.mark.parametrize("tier", ["aws", "gcp", "digitalocean"])
def test_another_size_changes_that_tier_alone(tier: str) -> None:
    said = environment("production")
    before = run("production", said)
    said["web"][tier]["size"] = "large"
    after = run("production", said)
    changed = changed_urns(before, after)
    assert changed
    assert changed <= {record.urn for record in after.descendants(tier)}


PLACES = {"aws": "eu-central-1", "gcp": "europe-west3", "digitalocean": "fra1"}
PORTABLE = {
    "size": "large",
    "servers": {"min": 2},
    "release": "13",
    "container": {"image": "ghcr.io/example/shop:1.4", "port": 8080, "environment": {"MODE": "shop"}},
    "health_check": {"path": "/live", "grace_seconds": 120},
    "tags": {"team": "shop"},
}


@pytest.mark.parametrize("exposure", ["load_balancer", "machines"])
@pytest.mark.parametrize(("old", "new"), [*itertools.permutations(PLACES, 2)])
def test_a_tier_moves_to_another_cloud_by_the_clouds_name_and_region(old: str, new: str, exposure: str) -> None:
    """Nothing of the old tier has the identity of anything of the new one, and the front's pool stays the same resource."""
    said = environment("staging")
    del said["database"]
    made = {}
    for cloud in (old, new):
        said["web"] = {"shop": {**PORTABLE, "exposure": exposure, "cloud": cloud, "region": PLACES[cloud]}}
        made[cloud] = run("staging", said)
        assert {record.type.split(":")[0] for record in made[cloud].descendants("shop") if record.custom} == {cloud}
        assert made[cloud].exports["pools"]["shop"]["cloud"] == cloud
    shared = set(made[old].urns()) & set(made[new].urns())
    assert not shared & {record.urn for record in made[old].descendants("shop")}
    assert {record.urn for record in made[old].all("cloudflare:index/loadBalancerPool:LoadBalancerPool")} <= shared


def test_machines_of_somebody_else_are_a_tier_without_a_provider() -> None:
    """They are behind the front, and the stack says what to boot them with."""
    said = environment("dev")
    said["web"]["aws"] = {"cloud": "external", "addresses": ["203.0.113.1", "web.example.net"], "weights": [1, 0.5]}
    del said["database"]
    recording = run("dev", said)
    assert {record.name for record in recording.all() if is_provider(record)} == {"cloudflare", "gcp-europe-west3"}
    assert recording.descendants("aws") == []
    pool = recording.exports["pools"]["aws"]
    assert (pool["cloud"], pool["region"]) == ("external", "external")
    assert pool["user_data"].startswith("#cloud-config\n")
    assert "user_data" not in recording.exports["pools"]["gcp"]
    [first, second] = next(
        record.inputs["origins"] for record in recording.all("cloudflare:index/loadBalancerPool:LoadBalancerPool") if "aws" in record.name
    )
    assert first == {"name": "203.0.113.1", "address": "203.0.113.1"}
    assert second == {"name": "web.example.net", "address": "web.example.net", "weight": 0.5}


def test_a_database_is_protected_unless_the_file_says_otherwise(recordings: dict[str, Recording]) -> None:
    said = environment("production")
    del said["database"]["protected"]
    servers = ("aws:rds/instance:Instance", "gcp:sql/databaseInstance:DatabaseInstance")
    protected = run("production", said)
    for type_ in servers:
        assert protected.one(type_).protect
        assert not recordings["production"].one(type_).protect
    inside = {record.urn for record in protected.descendants("database")}
    assert {record.urn for record in protected.all() if record.protect} <= inside


def test_an_environment_without_a_database_has_none() -> None:
    said = environment("dev")
    del said["database"]
    recording = run("dev", said)
    assert set(recording.exports) == {"hostname", "url", "detection_seconds", "pools"}
    assert not [record for record in recording.all() if "Postgres" in record.type or record.type.startswith("random:")]


def test_accounts_reach_the_providers() -> None:
    said = environment("production")
    said["accounts"] = {"aws": "123456789012", "gcp": "my-project"}
    recording = run("production", said)
    assert json.loads(recording.one("pulumi:providers:aws").inputs["allowedAccountIds"]) == ["123456789012"]
    assert recording.one("pulumi:providers:gcp").inputs["project"] == "my-project"


def test_a_wrong_file_registers_nothing() -> None:
    said = copy.deepcopy(environment("dev"))
    said["web"]["aws"]["servers"] = {"min": 2, "max": 1}
    recording = Recording(project="multicloud", stack="dev")
    with pytest.raises(
        StackFileError, match=r"^environment\.web\.aws\.servers\.max: 1 is below servers\.min, 2; give 2 or more, or leave it out$"
    ):
        run("dev", said)
    assert recording.all() == []


def test_an_environment_imports_the_sdks_of_its_own_clouds_only() -> None:
    program = """
import sys
from tests.stacks.environments import environment, run
said = environment("staging")
del said["database"]
run("staging", said)
print(sorted(name for name in sys.modules if name.startswith("pulumi_") and "." not in name))
"""
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'components'}", "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert shown.strip().splitlines()[-1] == "['pulumi_cloudflare', 'pulumi_gcp']"
