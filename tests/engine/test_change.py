"""What a change in a stack's file does, and to whom, by the engine's own preview."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.deployment import Deployment

Running = Callable[[str], Deployment]


@pytest.mark.parametrize("tier", ["aws", "gcp", "digitalocean"])
@pytest.mark.parametrize(("argument", "value"), [("size", "large"), ("image", None)])
def test_a_changed_machine_touches_its_tier_alone(running: Running, tier: str, argument: str, value: str | None) -> None:
    """Another size or image is an update or a replacement of things of that tier, of nothing else, and deletes no address."""
    deployment = running("production")
    images = {"aws": "ami-0fedcba9876543210", "gcp": "debian-cloud/debian-11", "digitalocean": "debian-11-x64"}
    before = deployment.config_file.read_text()

    def change(environment: dict[str, Any]) -> None:
        environment["web"][tier][argument] = value or images[tier]

    try:
        deployment.configure(change)
        steps = deployment.steps()
    finally:
        deployment.config_file.write_text(before)
    component = f"{tier[0].upper()}"
    assert steps, "the preview shows no change"
    assert set(steps.values()) <= {"update", "replace"}, steps
    owners = {urn.split("::")[2].split("$")[0] for urn in steps} - {"pulumi:pulumi:Stack"}
    assert owners == {
        {
            "aws": "multicloud:index:AwsWebTier",
            "gcp": "multicloud:index:GcpWebTier",
            "digitalocean": "multicloud:index:DigitalOceanWebTier",
        }[tier]
    }, component


def test_drift_is_found_and_repaired(deploy: Callable[..., Deployment]) -> None:
    """What was changed and what was deleted behind Pulumi's back is found by a refresh, nothing else is, and `up` repairs both."""
    deployment = deploy("dev")
    deployment.up()
    groups = [held for held in deployment.clouds() if held["type"] == "aws:autoscaling/group:Group"]
    records = [held for held in deployment.clouds() if held["type"] == "cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor"]
    assert len(groups) == 1 and records
    wanted = groups[0]["inputs"]["maxSize"]
    deployment.sandbox("set", groups[0]["id"], f"maxSize={wanted + 3}")
    rules = [held for held in deployment.clouds() if held["type"] == "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"]
    deployment.sandbox("delete", rules[0]["id"])

    found = deployment.drift()
    assert found == {groups[0]["name"]: "update", rules[0]["name"]: "delete"}

    deployment.pulumi("refresh", "--yes", "--skip-preview", "--stack", "dev")
    assert {urn.rsplit("::", 1)[1]: op for urn, op in deployment.steps().items()} == {
        groups[0]["name"]: "update",
        rules[0]["name"]: "create",
    }
    deployment.up()
    repaired = {held["name"]: held for held in deployment.clouds()}
    assert repaired[groups[0]["name"]]["inputs"]["maxSize"] == wanted
    assert rules[0]["name"] in repaired
    deployment.up("--expect-no-changes")
