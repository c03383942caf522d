"""What AwsWebTier refuses, before anything is made, with the path and how to mend it."""

from typing import Any

import pytest

from multicloud.errors import ArgumentError
from multicloud.machine.container import Container, Registry
from multicloud.web.contract import Servers
from multicloud.web.exposure import Certificate, Exposure, Registration, Replacement
from tests.components.web.aws_tier import build
from tests.recording import Recording

ARN = "arn:aws:acm:eu-central-1:123456789012:certificate/6f1f4b4e-1111-4111-a111-111111111111"
TLS = Certificate(
    certificate="-----BEGIN CERTIFICATE-----\nbody\n-----END CERTIFICATE-----\n",
    private_key="-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----\n",
)
TOKEN = Registration(hostname="origins.example.com", zone_id="0" * 32, token="planted-token-of-cloudflare")
EXISTING: dict[str, Any] = {"network_id": "vpc-0a", "subnet_ids": ["subnet-0a", "subnet-0b"]}
MACHINES: dict[str, Any] = {"exposure": Exposure.MACHINES, "servers": Servers(min=2)}


def container(**given: Any) -> Container:
    return Container(image="ghcr.io/example/shop:1.4", port=8080, **given)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"network_id": "vpc-0a"}, "subnet_ids: is missing beside network_id; name two or more public subnets in different zones"),
        (
            {**EXISTING, "subnet_ids": ["subnet-0a"]},
            "subnet_ids: names 1, and AWS wants two zones at least; name two or more in different zones",
        ),
        ({**EXISTING, "subnet_ids": ["subnet-0a"] * 2}, "subnet_ids[1]: subnet-0a is there already; name each subnet once"),
        (
            {**EXISTING, "subnet_ids": ["subnet-0a", "public"]},
            "subnet_ids[1]: 'public' is no id of a subnet; write one like subnet-0123456789abcdef0",
        ),
        ({**EXISTING, "network_id": "main"}, "network_id: 'main' is no id of a VPC; write one like vpc-0123456789abcdef0"),
        (
            {**EXISTING, "zones": ["eu-central-1a", "eu-central-1b"]},
            "zones: are given beside network_id, whose subnets are in zones already; leave them out",
        ),
        (
            {**EXISTING, "private": True},
            "private: is given beside network_id, of which nothing is changed; "
            "leave it out, and name the private subnets as machine_subnet_ids",
        ),
        (
            {**EXISTING, "machine_subnet_ids": ["subnet-0c"]},
            "machine_subnet_ids: names 1, and AWS wants two zones at least; name two or more in different zones",
        ),
        (
            {"machine_subnet_ids": ["subnet-0c", "subnet-0d"]},
            "machine_subnet_ids: is given without network_id; name the network that they belong to, or write private: true",
        ),
        ({**EXISTING, "region": "frankfurt"}, "region: 'frankfurt' is no region of aws; "),
        (
            {**MACHINES, "private": True},
            "private: machines that the front reaches themselves need public addresses, and exposure is machines; "
            "leave it out, or write exposure: load_balancer",
        ),
        (
            {**MACHINES, **EXISTING, "machine_subnet_ids": ["subnet-0c", "subnet-0d"]},
            "machine_subnet_ids: machines that the front reaches themselves need public addresses, and exposure is machines; ",
        ),
        ({**MACHINES, "replacement": Replacement(surge_percent=100)}, "replacement: machines with reserved addresses are replaced all at"),
        (
            {"replacement": Replacement(surge_percent=60, unavailable_percent=50)},
            "replacement.surge_percent: 60 and unavailable_percent 50 are above 100 together; AWS takes 100 at most: lower one of the two",
        ),
        ({"certificate": TLS, "certificate_arn": ARN}, "certificate_arn: is given beside certificate; leave one of the two out"),
        (
            {**MACHINES, "certificate_arn": ARN},
            "certificate_arn: its private key never leaves AWS, and exposure is machines; "
            "give a certificate with its key, or write exposure: load_balancer",
        ),
        (
            {"certificate_arn": ARN.replace("eu-central-1", "us-east-1")},
            f"certificate_arn: '{ARN.replace('eu-central-1', 'us-east-1')}' is no certificate in eu-central-1; write one like arn:aws:acm:",
        ),
        (
            {"exposure": Exposure.REGISTERED, "registration": TOKEN},
            "registration.token: would be in the user data, where anybody on the machine can read it; "
            "keep it in Secrets Manager, and name that secret as token_secret",
        ),
        (
            {"container": container(secrets={"KEY": "shop/*"})},
            "container.secrets['KEY']: is no name of a secret of Secrets Manager; write its name, or its ARN like arn:aws:secretsmanager:",
        ),
        (
            {"container": container(registry=Registry(user="robot", password_secret="a*"))},
            "container.registry.password_secret: is no name of a secret of Secrets Manager; ",
        ),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_made(recording: Recording, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        build(recording, **args)
    assert str(refused.value).startswith(message)
    assert "planted" not in str(refused.value)
    assert [record for record in recording.all() if record.custom] == []
