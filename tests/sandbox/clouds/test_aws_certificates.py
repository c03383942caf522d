"""The stand-in AWS: certificates, and the listeners that show them."""

from typing import Any

import pytest

from sandbox.clouds.aws import words
from sandbox.lifecycle import State
from sandbox.rules import Refused, Values
from sandbox.store import Store
from tests.sandbox.clouds.aws import Account

BODY = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n"
IMPORTED: Values = {"certificateBody": BODY, "privateKey": KEY}


def listener(aws: Account, certificate: State, **changes: Any) -> State:
    vpc, subnets = aws.public()
    balancer = aws.make(words.LOAD_BALANCER, {"subnets": subnets})
    action = {"type": "forward", "targetGroupArn": aws.target(vpc).id}
    inputs = {
        "loadBalancerArn": balancer.id,
        "port": 443,
        "protocol": "HTTPS",
        "certificateArn": certificate.id,
        "defaultActions": [action],
    }
    return aws.make(words.LISTENER, {**inputs, "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", **changes})


def test_an_imported_certificate_is_issued_and_renewed_in_place(aws: Account) -> None:
    made = aws.make(words.CERTIFICATE, IMPORTED)
    assert (made.outputs["status"], made.outputs["type"]) == ("ISSUED", "IMPORTED")
    renewed = {**IMPORTED, "certificateBody": BODY.replace("MIIB", "MIIC")}
    difference = aws.compare(words.CERTIFICATE, IMPORTED, renewed)
    assert difference.changes and not difference.replaces
    assert aws.change(words.CERTIFICATE, made, **renewed).id == made.id


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"certificateBody": "certificate.pem"}, "The certificate body is not in a valid PEM format"),
        ({"certificateBody": BODY * 2}, "The certificate body field contains more than one"),
        ({"privateKey": BODY}, "The private key is not in a valid PEM format"),
        ({"certificateBody": None}, "A certificate must be given beside its private key"),
        ({"certificateChain": "chain"}, "The certificate chain is not in a valid PEM format"),
    ],
)
def test_a_certificate_that_is_none_is_refused(aws: Account, changes: Values, says: str) -> None:
    with pytest.raises(Refused, match=says):
        aws.check(words.CERTIFICATE, {name: value for name, value in {**IMPORTED, **changes}.items() if value is not None})


def test_the_chain_may_be_long(aws: Account) -> None:
    aws.check(words.CERTIFICATE, {**IMPORTED, "certificateChain": BODY * 3})


def test_a_certificate_stays_while_a_listener_shows_it(aws: Account) -> None:
    certificate = aws.make(words.CERTIFICATE, IMPORTED)
    made = listener(aws, certificate)
    with pytest.raises(Refused, match=f"ResourceInUseException: Certificate {certificate.id} in account is in use by {made.id}"):
        aws.delete(words.CERTIFICATE, certificate)
    aws.delete(words.LISTENER, made)
    aws.delete(words.CERTIFICATE, certificate)


def test_a_listener_shows_a_certificate_that_is_issued_in_its_region(aws: Account, store: Store) -> None:
    with pytest.raises(Refused, match=r"UnsupportedCertificate: .* \(it is not issued yet\)"):
        listener(aws, aws.make(words.CERTIFICATE, {"domainName": "www.example.com", "validationMethod": "DNS"}))
    with pytest.raises(Refused, match="CertificateNotFound"):
        listener(aws, Account(store, "us-east-1").make(words.CERTIFICATE, IMPORTED))


def test_a_listener_has_a_policy_that_exists(aws: Account) -> None:
    certificate = aws.make(words.CERTIFICATE, IMPORTED)
    with pytest.raises(Refused, match="SSLPolicyNotFound: SSL policy 'ELBSecurityPolicy-TLS14' not found"):
        listener(aws, certificate, sslPolicy="ELBSecurityPolicy-TLS14")
    assert listener(aws, certificate).outputs["sslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
    assert listener(aws, certificate, sslPolicy="ELBSecurityPolicy-TLS13-1-2-2021-06").outputs["protocol"] == "HTTPS"


def test_a_plain_listener_becomes_a_secure_one_in_place(aws: Account) -> None:
    plain = {
        "loadBalancerArn": "arn:aws:x:::y",
        "port": 80,
        "protocol": "HTTP",
        "defaultActions": [{"type": "forward", "targetGroupArn": "arn:aws:x:::y"}],
    }
    secure = {**plain, "port": 443, "protocol": "HTTPS", "certificateArn": "arn:aws:acm:eu-central-1:123456789012:certificate/1"}
    difference = aws.compare(words.LISTENER, plain, secure)
    assert difference.changes and not difference.replaces
