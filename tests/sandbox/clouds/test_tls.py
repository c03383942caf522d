"""The stand-in of the TLS provider makes keys, requests and certificates that OpenSSL takes for real ones."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.clouds import pki
from sandbox.clouds.tls import CLOUD
from sandbox.lifecycle import Lifecycle, State
from sandbox.rules import Refused
from sandbox.sdk import Sdk
from sandbox.store import Store

SDK = Sdk("pulumi_tls")
CA = {"subject": {"commonName": "an authority"}, "validityPeriodHours": 48, "allowedUses": ["cert_signing"], "isCaCertificate": True}


@pytest.fixture
def life(store: Store) -> Lifecycle:
    return Lifecycle(CLOUD, store)


def token(name: str) -> str:
    return f"tls:index/{name[0].lower()}{name[1:]}:{name}"


def make(life: Lifecycle, name: str, **inputs: Any) -> State:
    checked = life.check(token(name), "it", inputs, set())
    assert not checked.failures, checked.failures
    return life.create(token(name), "it", checked.inputs, set())


def refusal(life: Lifecycle, name: str, **inputs: Any) -> str:
    with pytest.raises(Refused) as refused:
        make(life, name, **inputs)
    return refused.value.message


def key(life: Lifecycle, **inputs: Any) -> str:
    return str(make(life, "PrivateKey", **{"algorithm": "ECDSA", "ecdsaCurve": "P256", **inputs}).outputs["privateKeyPem"])


def openssl(*arguments: str | Path, given: str = "") -> str:
    done = subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_resource_type_of_the_sdk_is_there() -> None:
    assert {t for t in SDK.tokens() if not t.startswith("pulumi:")} == set(CLOUD.types)


def test_every_input_but_the_time_of_an_early_renewal_replaces() -> None:
    for name, rules in CLOUD.types.items():
        assert rules.replaces == set(SDK.resource(name).inputs) - {"earlyRenewalHours"}, name


@pytest.mark.parametrize(
    ("inputs", "opening", "kind"),
    [
        ({"algorithm": "RSA"}, "RSA PRIVATE KEY", "2048 bit"),
        ({"algorithm": "ECDSA"}, "EC PRIVATE KEY", "secp224r1"),
        ({"algorithm": "ECDSA", "ecdsaCurve": "P256"}, "EC PRIVATE KEY", "prime256v1"),
        ({"algorithm": "ED25519"}, "PRIVATE KEY", "ED25519"),
    ],
)
def test_a_key_is_one_in_all_its_forms(life: Lifecycle, inputs: dict[str, Any], opening: str, kind: str) -> None:
    outputs = make(life, "PrivateKey", **inputs).outputs
    assert outputs["privateKeyPem"].startswith(f"-----BEGIN {opening}-----\n")
    assert outputs["privateKeyPemPkcs8"].startswith("-----BEGIN PRIVATE KEY-----\n")
    assert kind in openssl("pkey", "-text", "-noout", given=outputs["privateKeyPem"])
    for form in ("privateKeyPem", "privateKeyPemPkcs8"):
        assert openssl("pkey", "-pubout", given=outputs[form]) == outputs["publicKeyPem"]
    if kind == "secp224r1":
        assert outputs["publicKeyOpenssh"] == outputs["privateKeyOpenssh"] == ""
    else:
        opened = serialization.load_ssh_private_key(outputs["privateKeyOpenssh"].encode(), None)
        public = opened.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
        assert outputs["publicKeyOpenssh"] == public + "\n"
        assert outputs["publicKeyFingerprintSha256"].startswith("SHA256:")


def test_private_keys_are_secret_and_no_two_are_the_same(life: Lifecycle) -> None:
    one, other = (make(life, "PrivateKey", algorithm="ECDSA", ecdsaCurve="P256") for _ in range(2))
    assert one.secrets >= {("privateKeyPem",), ("privateKeyPemPkcs8",), ("privateKeyOpenssh",)}
    assert one.outputs["privateKeyPem"] != other.outputs["privateKeyPem"] and one.id != other.id


def test_a_request_holds_its_names_and_is_signed_by_its_key(life: Lifecycle) -> None:
    pem = key(life)
    names = {"dnsNames": ["example.com", "*.example.com"], "ipAddresses": ["192.0.2.1"], "uris": ["spiffe://example.com/web"]}
    made = make(life, "CertRequest", privateKeyPem=pem, subject={"commonName": "example.com", "organization": "Example"}, **names)
    text = openssl("req", "-verify", "-noout", "-text", given=made.outputs["certRequestPem"])
    assert "DNS:example.com, DNS:*.example.com, IP Address:192.0.2.1, URI:spiffe://example.com/web" in text
    assert "Subject: O = Example, CN = example.com" in text
    assert made.outputs["keyAlgorithm"] == "ECDSA"
    assert ("privateKeyPem",) in made.secrets


def test_a_client_certificate_of_an_own_authority_is_verified_by_openssl(life: Lifecycle, tmp_path: Path) -> None:
    authority = key(life)
    ca = make(life, "SelfSignedCert", privateKeyPem=authority, setAuthorityKeyId=True, **CA)
    request = make(life, "CertRequest", privateKeyPem=key(life), subject={"commonName": "a client"}, dnsNames=["client.example.com"])
    signed = make(
        life,
        "LocallySignedCert",
        caCertPem=ca.outputs["certPem"],
        caPrivateKeyPem=authority,
        certRequestPem=request.outputs["certRequestPem"],
        validityPeriodHours=24,
        allowedUses=["digital_signature", "client_auth"],
    )
    (tmp_path / "ca.pem").write_text(ca.outputs["certPem"])
    (tmp_path / "client.pem").write_text(signed.outputs["certPem"])
    openssl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", tmp_path / "ca.pem", tmp_path / "client.pem")
    found = pki.certificate(signed.outputs["certPem"])
    assert str(found.serial_number) == signed.id
    assert found.not_valid_after_utc - found.not_valid_before_utc == timedelta(hours=24)
    assert found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "a client"
    assert found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName) == [
        "client.example.com"
    ]
    assert list(found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not pki.is_authority(found) and pki.is_authority(pki.certificate(ca.outputs["certPem"]))
    assert signed.outputs["caKeyAlgorithm"] == "ECDSA"
    assert signed.outputs["validityEndTime"].endswith("Z")


def test_an_early_renewal_that_changes_leaves_the_certificate_alone(life: Lifecycle) -> None:
    made = make(life, "SelfSignedCert", privateKeyPem=key(life), **CA)
    checked = life.check(token("SelfSignedCert"), "it", {**made.inputs, "earlyRenewalHours": 5}, set(), made.inputs)
    assert not life.diff(token("SelfSignedCert"), made.inputs, checked.inputs, made.outputs).replaces
    assert life.update(token("SelfSignedCert"), "it", made.id, checked.inputs, set()).outputs == {**made.outputs, "earlyRenewalHours": 5}


def test_what_is_no_key_request_or_certificate_is_refused_without_showing_it(life: Lifecycle) -> None:
    pem = key(life)
    ca = make(life, "SelfSignedCert", privateKeyPem=pem, **CA).outputs["certPem"]
    request = make(life, "CertRequest", privateKeyPem=pem).outputs["certRequestPem"]
    local = {"validityPeriodHours": 1, "allowedUses": [], "caCertPem": ca, "caPrivateKeyPem": pem, "certRequestPem": request}
    assert "failed to parse private key PEM" in refusal(life, "CertRequest", privateKeyPem="hush-hush")
    assert "hush" not in refusal(life, "SelfSignedCert", **{**CA, "privateKeyPem": "hush-hush"})
    assert "failed to parse certificate request PEM" in refusal(life, "LocallySignedCert", **{**local, "certRequestPem": ca})
    assert "failed to parse CA certificate PEM" in refusal(life, "LocallySignedCert", **{**local, "caCertPem": request})
    assert "doesn't match parent's PublicKey" in refusal(life, "LocallySignedCert", **{**local, "caPrivateKeyPem": key(life)})
    assert "Distinguished Name" in refusal(life, "SelfSignedCert", **{**CA, "privateKeyPem": pem, "subject": None})
    assert "Authority Key Identifier" in refusal(
        life, "SelfSignedCert", privateKeyPem=pem, validityPeriodHours=1, allowedUses=[], setAuthorityKeyId=True
    )
    assert "punycode" in refusal(life, "CertRequest", privateKeyPem=pem, dnsNames=["bücher.example.com"])


def test_values_that_the_provider_does_not_know_are_refused_at_check_time(life: Lifecycle) -> None:
    def said(name: str, **inputs: Any) -> str:
        return "; ".join(f"{f.property}: {f.reason}" for f in life.check(token(name), "it", inputs, set()).failures)

    assert 'expected one of "RSA", "ECDSA", "ED25519"' in said("PrivateKey", algorithm="DSA")
    assert "ecdsaCurve: expected one of" in said("PrivateKey", algorithm="ECDSA", ecdsaCurve="P-256")
    assert "rsaBits" in said("PrivateKey", algorithm="RSA", rsaBits=512)
    assert "allowedUses[0]" in said("SelfSignedCert", privateKeyPem="", validityPeriodHours=1, allowedUses=["everything"])
    assert "validityPeriodHours" in said("SelfSignedCert", privateKeyPem="", validityPeriodHours=-1, allowedUses=[])
