"""Tiers that nobody reaches who does not show a certificate of an authority: `Certificate.client_ca`."""

import base64
import hashlib
import random
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_random
import pytest

from multicloud import AwsWebTier, AwsWebTierArgs, Exposure, Servers
from multicloud.errors import ArgumentError
from tests.components.web.aws_tier import LISTENER, TEMPLATE, build
from tests.components.web.clouds import CERTIFICATE, CLOUDS, Cloud
from tests.recording import Recording
from tests.security import findings
from tests.unpacked import unpacked

CA = "-----BEGIN CERTIFICATE-----\nYXV0aG9yaXR5IG9mIGNsaWVudHM=\n-----END CERTIFICATE-----\n"
ASKING = replace(CERTIFICATE, client_ca=CA)
STORE = "aws:lb/trustStore:TrustStore"
BUCKET = "aws:s3/bucket:Bucket"
FILE = "aws:s3/bucketObjectv2:BucketObjectv2"
PRIVACY = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
BY_NAME = {cloud.name: cloud for cloud in CLOUDS}
MACHINES: dict[str, Any] = {"exposure": Exposure.MACHINES, "servers": Servers(min=1)}
REGISTERED: dict[str, Any] = {"exposure": Exposure.REGISTERED}


def refused(cloud: Cloud, **given: Any) -> str:
    with pytest.raises(ArgumentError) as error:
        cloud.given(**given).check()
    return str(error.value)


# on AWS's load balancer


def test_the_load_balancer_verifies_against_a_trust_store(recording: Recording) -> None:
    tier = build(recording, certificate=ASKING)
    store = recording.one(STORE)
    asked = recording.one(LISTENER, "web-listener").inputs["mutualAuthentication"]
    assert asked == {"mode": "verify", "trustStoreArn": store.outputs["arn"]}
    file, bucket = recording.one(FILE), recording.one(BUCKET)
    assert store.inputs["caCertificatesBundleS3Bucket"] == file.inputs["bucket"] == bucket.id
    assert store.inputs["caCertificatesBundleS3Key"] == file.inputs["key"] == f"{hashlib.sha256(CA.encode()).hexdigest()}.pem"
    assert file.inputs["content"] == CA
    assert tier.resources.trust is not None
    assert recording.all(TEMPLATE) and not any(
        b"ssl_verify_client" in part for part in unpacked(recording.one(TEMPLATE).inputs["userData"])
    )


def test_machines_are_asked_for_their_health_without_it(recording: Recording) -> None:
    build(recording, certificate=ASKING)
    assert "mutualAuthentication" not in recording.one(LISTENER, "web-health-listener").inputs


def test_nobody_changes_the_authorities_who_is_not_of_the_account(recording: Recording) -> None:
    build(recording, certificate=ASKING)
    privacy = recording.one(PRIVACY).inputs
    assert privacy.pop("bucket") == recording.one(BUCKET).id
    assert privacy == dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)
    assert not {"acl", "policy", "grants", "forceDestroy"} & set(recording.one(BUCKET).inputs)
    assert not findings(recording)


def test_what_of_it_has_a_name_has_none_of_its_own_and_carries_tags(recording: Recording) -> None:
    """The longest name of a tier leaves room for what is added to it: 32 characters for a trust store, 63 for a bucket."""
    name = "web" * 15
    build(recording, name, certificate=ASKING, tags={"team": "shop"})
    for type_, limit in ((STORE, 32), (BUCKET, 63)):
        record = recording.one(type_)
        assert not {"name", "bucket"} & set(record.inputs)
        assert len(record.name) + 8 <= limit
        assert record.inputs["tags"]["team"] == "shop"


def test_that_nobody_is_asked_any_more_is_said_aloud(recording: Recording) -> None:
    """The provider keeps what is left out, and AWS a trust store that is in use."""
    build(recording, certificate=CERTIFICATE)
    assert recording.one(LISTENER, "web-listener").inputs["mutualAuthentication"] == {"mode": "off"}
    assert not {STORE, BUCKET, FILE, PRIVACY} & recording.types()


def test_plain_http_asks_nobody(recording: Recording) -> None:
    build(recording)
    assert "mutualAuthentication" not in recording.one(LISTENER, "web-listener").inputs


def test_space_around_the_authority_is_no_change(recording: Recording) -> None:
    build(recording, certificate=replace(ASKING, client_ca=f"\n{CA.strip()}"))
    assert recording.one(FILE).inputs["content"] == CA


@pytest.mark.parametrize("exposure", [{}, MACHINES], ids=["load balancer", "machines"])
def test_an_authority_that_is_known_later_plans_the_same(exposure: dict[str, Any]) -> None:
    preview, deployment = Recording(preview=True), Recording()
    for run in (preview, deployment):

        def program() -> AwsWebTier:
            ca = pulumi_random.RandomId("later", byte_length=1).hex.apply(lambda _: CA)
            given = {"servers": Servers(min=2), "certificate": replace(ASKING, client_ca=ca), **exposure}
            return AwsWebTier("web", AwsWebTierArgs(region="eu-central-1", **given))

        run.run(program)
    assert preview.urns() == deployment.urns()
    preview.close()
    deployment.close()


# on machines


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
@pytest.mark.parametrize("exposure", [MACHINES, REGISTERED], ids=["machines", "registered"])
def test_machines_ask_themselves(cloud: str, exposure: dict[str, Any]) -> None:
    recording = BY_NAME[cloud].recorded(certificate=ASKING, **exposure)
    template = recording.one(
        "aws:ec2/launchTemplate:LaunchTemplate" if cloud == "aws" else "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate"
    )
    told = template.inputs["userData"] if cloud == "aws" else template.inputs["metadata"]["user-data"]
    text = b"\n".join(unpacked(told))
    assert b"ssl_verify_client optional;" in text and CA.splitlines()[1].encode() in text
    assert not {STORE, BUCKET} & recording.types()


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_machines_without_it_are_told_nothing_of_it(cloud: str) -> None:
    plain, asking = (BY_NAME[cloud].recorded(certificate=one, **MACHINES) for one in (CERTIFICATE, ASKING))
    assert plain.urns() == asking.urns()


# what is refused


@pytest.mark.parametrize("ca", ["ca.pem", "", CERTIFICATE.private_key, CA + str(CERTIFICATE.private_key)])
def test_what_is_no_certificate_is_refused_and_not_shown(ca: str) -> None:
    message = refused(BY_NAME["aws"], certificate=replace(CERTIFICATE, client_ca=ca))
    assert message == ("certificate.client_ca: is not in PEM form; give the text from -----BEGIN CERTIFICATE----- to its end")


def test_several_authorities_are_taken() -> None:
    for exposure in ({}, MACHINES):
        BY_NAME["aws"].given(certificate=replace(CERTIFICATE, client_ca=CA * 2), **exposure).check()


def test_a_private_key_that_is_known_later_gets_nowhere(recording: Recording) -> None:
    for exposure in ({}, MACHINES):
        with pytest.raises(Exception, match=r"certificate\.client_ca: is not certificates in PEM form"):
            build(recording, certificate=replace(CERTIFICATE, client_ca=pulumi.Output.from_input(CERTIFICATE.private_key)), **exposure)


def test_load_balancers_that_cannot_ask_are_refused_with_what_can() -> None:
    assert refused(BY_NAME["gcp"], certificate=ASKING) == (
        "certificate.client_ca: on Google Cloud the tier's load balancer asks nobody for a certificate; "
        "write exposure: machines or registered, where the machines do, or leave it out"
    )
    assert refused(BY_NAME["digitalocean"], certificate=ASKING) == (
        "certificate.client_ca: a load balancer on DigitalOcean asks nobody for a certificate; leave it out, or take aws or gcp"
    )


def test_more_authorities_than_user_data_holds_are_refused() -> None:
    """On machines alone: a trust store has room."""
    body = base64.b64encode(random.Random(0).randbytes(20_000)).decode()
    many = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    asking = replace(CERTIFICATE, client_ca=many)
    message = refused(BY_NAME["aws"], certificate=asking, **MACHINES)
    assert message.startswith("certificate.client_ca: with it the user data is ") and message.endswith("or name fewer authorities")
    BY_NAME["aws"].given(certificate=asking).check()
