"""How a stack's front comes to its tiers, under the real engine: certificates, tunnels, and the way from one to another."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.deployment import Deployment

Said = dict[str, Any]

AWS: Said = {"cloud": "aws", "region": "eu-central-1", "servers": {"min": 2}}
OTHER: Said = {"cloud": "digitalocean", "region": "fra1", "servers": {"min": 2}}
NAMES: Said = {"zone": "example.com", "hostname": "dev.example.com", "shield": {"enabled": False}}
ORDER: Said = {"steering": "failover", "order": ["aws", "other"]}
TUNNELLED: Said = {"exposure": "tunnel"}
CERTIFIED: Said = {"certificate": True}


def site(front: Said, aws: Said, other: Said | None = None) -> Said:
    """An environment of two tiers.

    Args:
        front: What its front says beside its names.
        aws: What the tier on AWS says beside its place.
        other: The same of the other tier. Defaults to what that on AWS says.
    """
    return {"front": {**NAMES, **front}, "web": {"aws": {**AWS, **aws}, "other": {**OTHER, **(aws if other is None else other)}}}


ALONE: Said = {"front": {**NAMES, "origin_certificate": {}}, "web": {"aws": {**AWS, **CERTIFIED}}}
WAYS: dict[str, Said] = {
    "plain": site(ORDER, {}),
    "certified": site({**ORDER, "origin_certificate": {}}, CERTIFIED),
    "a tunnel beside a certificate": site({**ORDER, "origin_certificate": {}}, TUNNELLED, CERTIFIED),
    "a tunnel each": site(ORDER, TUNNELLED),
    "one tunnel": site({"mode": "tunnel", "aliases": ["www.dev.example.com"]}, TUNNELLED),
    "shown": {**ALONE, "front": {**ALONE["front"], "origin_pulls": "shown"}},
    "required": {**ALONE, "front": {**ALONE["front"], "origin_pulls": "required"}},
}


def become(deployment: Deployment, way: str) -> None:
    """Lets the stack's file say another way, brings it up, and sees that nothing is left to do."""

    def change(environment: Said) -> None:
        environment.clear()
        environment.update(WAYS[way])

    deployment.configure(change)
    deployment.up()
    deployment.up("--expect-no-changes")


@pytest.mark.parametrize(
    "ways", [["plain", "one tunnel", "a tunnel each"], ["certified", "a tunnel beside a certificate", "plain"], ["shown", "required"]]
)
def test_one_way_becomes_another_and_back(deploy: Callable[..., Deployment], ways: list[str]) -> None:
    """Nothing is in the way of what comes, nothing is left to do after it, and nothing remains of what was."""
    deployment = deploy("dev")
    for way in [*ways, ways[0]]:
        become(deployment, way)
    assert deployment.drift() == {}
    deployment.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert deployment.clouds() == []


def test_tokens_and_keys_are_secret_in_the_state(deploy: Callable[..., Deployment]) -> None:
    """Neither the tunnels' tokens nor the private key are in plain text in what the engine records or prints."""
    deployment = deploy("dev")
    become(deployment, "a tunnel beside a certificate")
    recorded = "".join(path.read_text() for path in (deployment.folder / "state").rglob("*") if path.is_file())
    printed = deployment.pulumi("stack", "output", "--json", "--stack", "dev")
    shown = json.loads(deployment.pulumi("stack", "export", "--show-secrets", "--stack", "dev"))["deployment"]["resources"]
    stored = [resource["inputs"]["secretString"] for resource in shown if resource["type"].endswith(":SecretVersion")]
    tokens = [json.loads(secret["plaintext"]) for secret in stored]
    assert tokens and all(len(token) > 40 for token in tokens)
    for secret in (*tokens, "PRIVATE KEY"):
        assert secret not in recorded and secret not in printed
