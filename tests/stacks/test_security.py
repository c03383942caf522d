"""The three environments, searched as a whole: tiers, front and database."""

from typing import Any

import pytest

from tests.components.web.clouds import PRIVATE_KEY, TOKEN
from tests.recording import Recording
from tests.security import findings
from tests.stacks.environments import STACKS, run, uncertified
from tests.stacks.valid import CONFIGURED


def planted(recording: Recording) -> list[str]:
    """The passwords that were generated, and the secrets that the stack was given."""
    passwords = recording.all("random:index/randomPassword:RandomPassword")
    assert passwords
    return [*(f"password-of-{password.name}" for password in passwords), TOKEN, PRIVATE_KEY]


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_found_in_a_stack(stack: str) -> None:
    recording = run(stack)
    assert findings(recording, planted(recording)) == []


@pytest.mark.parametrize("exposure", ["load_balancer", "machines", "registered"])
def test_nothing_is_found_with_certificates_and_tokens(exposure: str) -> None:
    """The key and the token come from the stack's configuration, and reach a secret store or a hidden value and nothing else."""
    recording = run("production", exposed(exposure), secrets=CONFIGURED)
    assert findings(recording, planted(recording)) == []


def exposed(exposure: str) -> dict[str, Any]:
    """Production, each tier with that exposure; with a certificate where every cloud can show one."""
    said = uncertified("production")
    for name, tier in said["web"].items():
        tier["exposure"] = exposure
        tier["servers"] = {"min": 2}
        if exposure == "load_balancer":
            tier["certificate"] = True
        if exposure == "registered":
            token = {} if name == "digitalocean" else {"token_secret": "dns-token"}
            tier["registration"] = {"hostname": f"origins-{name}.example.com", **token}
    return said


@pytest.mark.parametrize(
    ("type_", "field", "value", "rule"),
    [
        ("aws:rds/instance:Instance", "storageEncrypted", False, "unencrypted disk"),
        ("aws:rds/parameterGroup:ParameterGroup", "parameters", [], "public database"),
        ("aws:ec2/managedPrefixList:ManagedPrefixList", "entries", [{"cidr": "198.51.100.0/24"}], "public database"),
        ("gcp:sql/databaseInstance:DatabaseInstance", "settings", {"ipConfiguration": {"ipv4Enabled": True}}, "public database"),
    ],
)
def test_a_database_that_was_broken_is_found(type_: str, field: str, value: Any, rule: str) -> None:
    recording = run("production")
    for record in recording.all(type_):
        record.inputs[field] = value
    assert rule in {finding.rule for finding in findings(recording, planted(recording))}


def test_a_password_that_is_told_in_plain_is_found() -> None:
    recording = run("dev")
    [told, *_] = [record for record in recording.all("aws:rds/instance:Instance") if "password" in record.inputs]
    told.secrets = frozenset()
    assert {finding.rule for finding in findings(recording, planted(recording))} == {"secret in plain inputs"}
