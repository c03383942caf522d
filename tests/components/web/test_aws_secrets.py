"""AwsWebTier's certificates and secrets: shown by the load balancer or by the machines, readable by nobody else."""

import json
from typing import Any

import pulumi
import pytest

from multicloud.errors import ArgumentError
from multicloud.machine.container import Container, Registry
from multicloud.web.aws_identity import reading
from multicloud.web.contract import Servers
from multicloud.web.exposure import Certificate, Exposure, Registration
from tests.components.web.aws_tier import INGRESS, LISTENER, TEMPLATE, build
from tests.recording import Recording
from tests.unpacked import unpacked

CERTIFICATE = "aws:acm/certificate:Certificate"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
POLICY = "aws:iam/rolePolicy:RolePolicy"
KEY = "-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----\n"
BODY = "-----BEGIN CERTIFICATE-----\nbody\n-----END CERTIFICATE-----\n"
CHAIN = "-----BEGIN CERTIFICATE-----\nchain\n-----END CERTIFICATE-----\n"
TLS = Certificate(certificate=BODY, private_key=KEY, chain=CHAIN)
ARN = "arn:aws:acm:eu-central-1:123456789012:certificate/6f1f4b4e-1111-4111-a111-111111111111"
ROLE = "arn:aws:iam::123456789012:role/web-role-1a2b3c4"
PARTIAL = "arn:aws:secretsmanager:eu-west-1:210987654321:secret:registry"
MACHINES: dict[str, Any] = {"exposure": Exposure.MACHINES, "servers": Servers(min=2)}


@pytest.fixture
def aws(recording: Recording) -> Recording:
    recording.outputs["aws:iam/role:Role"] = {"arn": ROLE}
    return recording


def allowed(recording: Recording) -> list[str]:
    """What the machines may read; nothing else is in the policy."""
    [statement] = json.loads(recording.one(POLICY).inputs["policy"])["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "secretsmanager:GetSecretValue")
    return list(statement["Resource"])


# behind a load balancer


def test_the_load_balancer_shows_the_certificate_on_443_and_nothing_else(aws: Recording) -> None:
    tier = build(aws, certificate=TLS)
    made = aws.one(CERTIFICATE)
    assert {name: made.inputs[name] for name in ("certificateBody", "privateKey", "certificateChain")} == {
        "certificateBody": BODY,
        "privateKey": KEY,
        "certificateChain": CHAIN,
    }
    assert "privateKey" in made.secrets
    listener = aws.one(LISTENER, "web-listener").inputs
    assert (listener["port"], listener["protocol"], listener["certificateArn"]) == (443, "HTTPS", made.outputs["arn"])
    assert listener["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    visitors = aws.one(INGRESS, "web-load-balancer-ingress").inputs
    assert (visitors["fromPort"], visitors["toPort"]) == (443, 443)
    machines = aws.one(INGRESS, "web-machines-ingress").inputs
    assert (machines["fromPort"], machines["toPort"]) == (80, 80)
    assert aws.value(tier.port) == 443
    assert not {SECRET, VERSION, POLICY} & aws.types()


def test_a_certificate_of_awss_own_is_shown_as_it_is(aws: Recording) -> None:
    tier = build(aws, certificate_arn=ARN)
    listener = aws.one(LISTENER, "web-listener").inputs
    assert (listener["port"], listener["protocol"], listener["certificateArn"]) == (443, "HTTPS", ARN)
    assert CERTIFICATE not in aws.types() and tier.resources.certificate is None
    assert aws.value(tier.port) == 443


def test_without_a_certificate_the_listener_has_none(aws: Recording) -> None:
    build(aws)
    assert not {"certificateArn", "sslPolicy"} & set(aws.one(LISTENER, "web-listener").inputs)


# on the machines


def test_the_secret_of_a_certificate_without_a_chain_is_the_two(aws: Recording) -> None:
    """Each on lines of its own, however they were given."""
    build(aws, certificate=Certificate(certificate=BODY.strip(), private_key=f"\n{KEY}\n"), **MACHINES)
    assert aws.one(VERSION).inputs["secretString"] == BODY + KEY


def test_the_machines_key_is_in_secrets_manager_and_not_in_the_user_data(aws: Recording) -> None:
    tier = build(aws, certificate=TLS, **MACHINES)
    secret, version = aws.one(SECRET), aws.one(VERSION)
    assert (version.inputs["secretId"], version.inputs["secretString"]) == (secret.id, BODY + CHAIN + KEY)
    assert "secretString" in version.secrets
    assert secret.inputs["recoveryWindowInDays"] == 0 and "name" not in secret.inputs
    text = b"\n".join(unpacked(aws.one(TEMPLATE).inputs["userData"])).decode()
    assert "planted" not in text and secret.outputs["arn"] in text
    assert allowed(aws) == [secret.outputs["arn"]]
    assert aws.value(tier.port) == 443
    visitors = aws.one(INGRESS).inputs
    assert (visitors["fromPort"], visitors["toPort"]) == (443, 443)
    assert CERTIFICATE not in aws.types()


def test_machines_boot_once_the_key_is_there_and_they_may_read_it(aws: Recording) -> None:
    build(aws, certificate=TLS, **MACHINES)
    for machine in aws.all("aws:ec2/instance:Instance"):
        assert {"web-private-key-version", "web-secrets"} <= {aws.records[urn].name for urn in machine.depends_on}


def test_no_secret_is_in_anything_plain(aws: Recording) -> None:
    """Wherever the key is, it is marked as a secret, so that Pulumi encrypts it."""
    for exposure in (MACHINES, {}):
        run = Recording()
        build(run, certificate=TLS, **exposure)
        for record in run.all():
            for name, value in record.inputs.items():
                assert "planted" not in str(value) or any(path.split(".")[0] == name for path in record.secrets), (record.name, name)
        run.close()


# secrets of others


def test_the_machines_may_read_exactly_the_named_secrets(aws: Recording) -> None:
    own = "arn:aws:secretsmanager:eu-west-1:210987654321:secret:registry-AbCdEf"
    container = Container(
        image="ghcr.io/example/shop:1.4",
        port=8080,
        secrets={"PASSWORD": "shop/password", "AGAIN": "shop/password", "KEY": pulumi.Output.from_input("shop/key")},
        registry=Registry(user="robot", password_secret=own),
    )
    registration = Registration(hostname="origins.example.com", zone_id="0" * 32, token_secret="dns")
    build(aws, container=container, exposure=Exposure.REGISTERED, registration=registration)
    prefix = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"
    assert allowed(aws) == sorted([f"{prefix}shop/password-??????", f"{prefix}shop/key-??????", f"{prefix}dns-??????", own])
    assert aws.one(POLICY).inputs["role"] == aws.one("aws:iam/role:Role").outputs["name"]


def test_without_secrets_the_machines_may_read_none(aws: Recording) -> None:
    tier = build(aws)
    assert POLICY not in aws.types() and tier.resources.secrets_policy is None


@pytest.mark.parametrize(
    "secret", ["*", "shop/*", "shop?", "a b", "arn:aws:s3:::bucket", "arn:aws:secretsmanager:*:*:secret:*", "", PARTIAL]
)
def test_a_name_that_stands_for_no_secret_or_for_several_secrets_is_refused(aws: Recording, secret: str) -> None:
    """Also where it is known only later. An ARN without its six random characters is that of no secret."""
    with pytest.raises(ArgumentError, match=r"^path: is no name of a secret of Secrets Manager; "):
        reading(ROLE, "eu-central-1", {"path": secret})


def test_other_partitions_have_other_arns() -> None:
    policy = json.loads(reading("arn:aws-cn:iam::123456789012:role/r", "cn-north-1", {"path": "shop"}))
    assert policy["Statement"][0]["Resource"] == ["arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:shop-??????"]
