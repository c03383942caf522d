"""The stand-in DigitalOcean does and refuses what the real provider and its API do and refuse, whatever the type."""

from typing import Any

import pytest

from sandbox.clouds.digitalocean import CLOUD
from sandbox.clouds.digitalocean.words import token
from sandbox.rules import UNKNOWN, Refused, Values
from tests.sandbox.clouds.digitalocean import BALANCER, DROPLET, INBOUND, Account


@pytest.mark.parametrize(
    ("type_", "inputs"), [("vpc", {"region": "fra1"}), ("loadBalancer", BALANCER), ("firewall", {"inboundRules": [INBOUND]})]
)
def test_names_are_unique_in_the_account(account: Account, type_: str, inputs: Values) -> None:
    account.make(type_, {**inputs, "name": "n"})
    with pytest.raises(Refused, match=r"^4\d\d .*already exists"):
        account.make(type_, {**inputs, "name": "n"}, "again")


def test_references_must_exist(account: Account) -> None:
    for type_, inputs, message in (
        ("droplet", {**DROPLET, "vpcUuid": "gone"}, "422 VPC gone does not exist"),
        (
            "droplet",
            {**DROPLET, "image": "999"},
            "422 image 999 does not exist; `python -m sandbox fixture add digitalocean images 999` adds it",
        ),
        ("loadBalancer", {**BALANCER, "dropletTag": "gone"}, "422 tag 'gone' does not exist"),
        ("loadBalancer", {**BALANCER, "dropletIds": [1]}, "422 Droplet 1 does not exist"),
        ("firewall", {"inboundRules": [INBOUND], "tags": ["gone"]}, "422 tag 'gone' does not exist"),
        (
            "firewall",
            {"inboundRules": [{"protocol": "tcp", "portRange": "80", "sourceLoadBalancerUids": ["gone"]}]},
            "422 load balancer gone does not exist",
        ),
        ("reservedIpAssignment", {"ipAddress": "192.0.2.1", "dropletId": 1}, "422 Droplet 1 does not exist"),
        ("databaseDb", {"clusterId": "gone"}, "404 cluster gone does not exist"),
        ("dnsRecord", {"domain": "gone.example", "type": "A", "value": "192.0.2.1"}, "404 domain gone.example does not exist"),
    ):
        with pytest.raises(Refused, match=f"^{message}"):
            account.make(type_, inputs)


@pytest.mark.parametrize(
    ("type_", "inputs", "path", "reason", "by"),
    [
        ("certificate", {"type": "custom"}, "privateKey", "privateKey is required for a certificate of type custom", "api"),
        (
            "dnsRecord",
            {"domain": "example.com", "type": "MX", "value": "a."},
            "priority",
            "`priority` is required for when type is `MX`",
            "provider",
        ),
        ("sshKey", {"publicKey": "mine"}, "publicKey", "Key invalid", "api"),
    ],
)
def test_refuses_wrong_values_and_says_who_would(account: Account, type_: str, inputs: Values, path: str, reason: str, by: str) -> None:
    account.refuses(type_, inputs, path, reason, by)


UNSURE: dict[str, Values] = {
    "droplet": {**dict.fromkeys(DROPLET, UNKNOWN), "vpcUuid": UNKNOWN, "sshKeys": UNKNOWN, "tags": [UNKNOWN]},
    "vpc": {"region": UNKNOWN, "ipRange": UNKNOWN},
    "loadBalancer": {"region": UNKNOWN, "forwardingRules": UNKNOWN, "healthcheck": UNKNOWN, "firewall": UNKNOWN, "dropletTag": UNKNOWN},
    "firewall": {"inboundRules": UNKNOWN, "outboundRules": [{"protocol": UNKNOWN, "portRange": UNKNOWN, "destinationAddresses": UNKNOWN}]},
    "dropletAutoscale": {"config": UNKNOWN, "dropletTemplate": UNKNOWN},
    "databaseCluster": dict.fromkeys(("engine", "version", "nodeCount", "region", "size"), UNKNOWN),
    "certificate": {"type": UNKNOWN, "privateKey": UNKNOWN, "leafCertificate": UNKNOWN},
    "dnsRecord": {"domain": UNKNOWN, "type": UNKNOWN, "value": UNKNOWN},
    "sshKey": {"publicKey": UNKNOWN},
}


@pytest.mark.parametrize("type_", UNSURE)
def test_what_is_not_known_yet_is_not_refused(account: Account, type_: str) -> None:
    account.life.plan(token(type_), "web", account.check(type_, UNSURE[type_]), set())


def test_every_type_can_be_made(account: Account) -> None:
    """With whatever its required inputs are, or it is refused in so many words; nothing breaks."""
    samples: dict[str, Any] = {
        "string": "x",
        "integer": 1,
        "number": 1,
        "boolean": True,
        "list": [],
        "object": {},
        "map": {},
        "any": "x",
        "enum": "x",
    }
    for type_token in CLOUD.types:
        schema = account.life.sdk.resource(type_token)
        inputs = {name: samples.get(prop.shape.kind, "x") for name, prop in schema.inputs.items() if prop.required}
        checked = account.life.check(type_token, "web", inputs, set(), seed=b"seed")
        if not checked.failures:
            try:
                account.life.create(type_token, "web", checked.inputs, set())
            except Refused as refused:
                assert refused.message
