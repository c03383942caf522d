"""Tiers that visitors reach through a tunnel: nothing leads in, and the token is kept where machines alone read it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pytest

from multicloud import (
    AwsWebTier,
    AwsWebTierArgs,
    DigitalOceanWebTier,
    DigitalOceanWebTierArgs,
    Exposure,
    GcpWebTier,
    GcpWebTierArgs,
    HealthCheck,
    Servers,
)
from multicloud.errors import ArgumentError
from tests.components.web import aws_tier, digitalocean_tier, gcp_tier
from tests.components.web.clouds import CLOUDS, TUNNEL, TUNNEL_TOKEN, Cloud
from tests.reach import openings
from tests.recording import Recording
from tests.unpacked import unpacked

TUNNELLED: dict[str, Any] = {"exposure": Exposure.TUNNEL, "tunnel": TUNNEL}
EACH = pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.name)
ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:web-tunnel-token-1a2b3c4-AbCdEf"


def parts(recording: Recording) -> set[tuple[str, str]]:
    return {(child.type, child.name) for child in recording.children("web")}


# all clouds


@EACH
def test_nobody_comes_in(cloud: Cloud) -> None:
    """Not even the cloud's own health checks."""
    assert openings(cloud.recorded(exposure=Exposure.TUNNEL)) == []


@EACH
def test_the_tunnel_is_the_one_origin_at_port_443_wherever_the_machines_serve(cloud: Cloud, recording: Recording) -> None:
    args = cloud.given(exposure=Exposure.TUNNEL, health_check=HealthCheck(port=8080, path="/up"))
    tier = recording.run(lambda: cloud.make(args))
    assert recording.value(tier.origins) == [{"name": "site", "address": TUNNEL.hostname, "weight": 1.0}]
    assert (recording.value(tier.port), recording.value(tier.health_path)) == (443, "/up")


@EACH
def test_a_tunnel_that_is_not_made_yet_is_taken_and_a_preview_shows_the_same_children(cloud: Cloud) -> None:
    def program() -> Any:
        hostname, token = pulumi.Output.from_input(TUNNEL.hostname), pulumi.Output.from_input(TUNNEL_TOKEN)
        return cloud.make(cloud.given(exposure=Exposure.TUNNEL, tunnel=replace(TUNNEL, hostname=hostname, token=token)))

    made, preview = Recording(), Recording(preview=True)
    try:
        made.run(program)
        preview.run(program)
        assert preview.urns() == made.urns()
    finally:
        made.close()
        preview.close()


@EACH
def test_the_token_is_a_secret_whoever_gives_it(cloud: Cloud) -> None:
    """It is given as plain text, and is plain in no input of a resource and no output of the tier."""
    recording = cloud.recorded(exposure=Exposure.TUNNEL)
    for record in recording.records.values():
        for values, secrets in ((record.inputs, record.secrets), (record.registered or {}, record.registered_secrets)):
            plain = {name: value for name, value in values.items() if name not in secrets}
            told = b"\n".join(piece for value in plain.values() if isinstance(value, str) for piece in unpacked(value))
            assert TUNNEL_TOKEN not in str(plain) and TUNNEL_TOKEN.encode() not in told


def test_the_token_is_not_shown() -> None:
    assert TUNNEL_TOKEN not in repr(TUNNEL)
    with pytest.raises(ArgumentError) as refused:
        replace(TUNNEL, token=TUNNEL_TOKEN + " ").check()
    assert TUNNEL_TOKEN not in str(refused.value)


# AWS


@pytest.fixture
def aws(recording: Recording) -> Recording:
    recording.outputs["aws:iam/role:Role"] = {"arn": "arn:aws:iam::123456789012:role/web-role-1a2b3c4"}
    recording.outputs["aws:secretsmanager/secret:Secret"] = {"arn": ARN}
    return recording


def test_a_tier_on_aws_is_exactly_these_children(aws: Recording) -> None:
    tier = aws_tier.build(aws, **TUNNELLED)
    assert parts(aws) == {
        ("multicloud:index:AwsNetwork", "web-network"),
        (aws_tier.SECURITY_GROUP, "web-machines"),
        (aws_tier.EGRESS, "web-machines-egress"),
        ("aws:iam/role:Role", "web-role"),
        ("aws:iam/policy:Policy", "web-session-manager-policy"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "web-session-manager"),
        ("aws:iam/instanceProfile:InstanceProfile", "web-instance-profile"),
        ("aws:secretsmanager/secret:Secret", "web-tunnel-token"),
        ("aws:secretsmanager/secretVersion:SecretVersion", "web-tunnel-token-version"),
        ("aws:iam/rolePolicy:RolePolicy", "web-secrets"),
        (aws_tier.TEMPLATE, "web-template-eu-central-1-amd64"),
        (aws_tier.GROUP, "web-group"),
        (aws_tier.SCALING, "web-scaling"),
    }
    assert tier.resources.admitted is None and tier.hostname is not None
    assert aws.value(tier.hostname) == TUNNEL.hostname


def test_machines_on_aws_read_the_token_of_their_tunnel_and_nothing_else(aws: Recording) -> None:
    aws_tier.build(aws, **TUNNELLED)
    version = aws.one("aws:secretsmanager/secretVersion:SecretVersion")
    assert version.inputs["secretString"] == TUNNEL_TOKEN and "secretString" in version.secrets
    assert f'"Resource": ["{ARN}"]' in aws.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"]
    told = b"\n".join(unpacked(aws.one(aws_tier.TEMPLATE).inputs["userData"]))
    assert ARN.encode() in told and str(TUNNEL.hostname).encode() in told
    waits_for = {aws.records[urn].name for urn in aws.one(aws_tier.GROUP).depends_on}
    assert {"web-secrets", "web-tunnel-token-version", "web-machines-egress"} <= waits_for


def test_machines_on_aws_may_be_private(aws: Recording) -> None:
    aws_tier.build(aws, private=True, **TUNNELLED)
    [interface] = aws.one(aws_tier.TEMPLATE).inputs["networkInterfaces"]
    assert interface["associatePublicIpAddress"] == "false"


def test_a_certificate_of_awss_own_is_refused(aws: Recording) -> None:
    arn = "arn:aws:acm:eu-central-1:123456789012:certificate/6f1f4b4e-1111-4111-a111-111111111111"
    with pytest.raises(ArgumentError, match=r"^certificate_arn: is given, and through a tunnel, .*; leave it out$"):
        aws_tier.build(aws, certificate_arn=arn, **TUNNELLED)


# Google Cloud


def test_a_tier_on_google_cloud_is_exactly_these_children(recording: Recording) -> None:
    gcp_tier.build(recording, servers=Servers(min=2, max=4), **TUNNELLED)
    assert parts(recording) == {
        ("multicloud:index:GcpNetwork", "web-network"),
        (gcp_tier.ACCOUNT, "web-machines"),
        (gcp_tier.GRANT, "web-log-writer"),
        (gcp_tier.GRANT, "web-metric-writer"),
        (gcp_tier.SECRET, "web-tunnel-token"),
        (gcp_tier.SECRET_VERSION, "web-tunnel-token-version"),
        (gcp_tier.READER, "web-tunnel-token-reader"),
        (gcp_tier.TEMPLATE, "web-template-tunnel"),
        (gcp_tier.GROUP, "web-group-tunnel"),
        (gcp_tier.AUTOSCALER, "web-autoscaler-tunnel"),
    }


def test_machines_on_google_cloud_have_no_public_address_and_read_the_token(recording: Recording) -> None:
    gcp_tier.build(recording, **TUNNELLED)
    template = recording.one(gcp_tier.TEMPLATE).inputs
    assert "accessConfigs" not in template["networkInterfaces"][0]
    assert gcp_tier.NAT in recording.types()
    version = recording.one(gcp_tier.SECRET_VERSION)
    assert version.inputs["secretData"] == TUNNEL_TOKEN and "secretData" in version.secrets
    assert recording.one(gcp_tier.READER).inputs["secretId"] == recording.one(gcp_tier.SECRET).id
    assert b"web-tunnel-token-1a2b3c4" in b"\n".join(unpacked(template["metadata"]["user-data"]))
    waits_for = {recording.records[urn].name for urn in recording.one(gcp_tier.GROUP).depends_on}
    assert {"web-tunnel-token-version", "web-tunnel-token-reader"} <= waits_for


def test_new_machines_on_google_cloud_get_the_time_to_boot_since_nobody_can_ask_them(recording: Recording) -> None:
    gcp_tier.build(recording, health_check=HealthCheck(grace_seconds=120), **TUNNELLED)
    group = recording.one(gcp_tier.GROUP).inputs
    assert group["updatePolicy"]["minReadySec"] == 120
    assert not {"autoHealingPolicies", "namedPorts"} & set(group)


# DigitalOcean


@pytest.mark.parametrize(
    ("given", "machines"),
    [
        ({}, {(digitalocean_tier.DROPLET, "web-0"), (digitalocean_tier.DROPLET, "web-1")}),
        ({"pool": True, "ssh_keys": ["12"]}, {(digitalocean_tier.POOL, "web-pool")}),
        ({"servers": Servers(min=2, max=4), "ssh_keys": ["12"]}, {(digitalocean_tier.POOL, "web-pool")}),
    ],
)
def test_a_tier_on_digitalocean_is_exactly_these_children(
    recording: Recording, given: dict[str, Any], machines: set[tuple[str, str]]
) -> None:
    digitalocean_tier.build(recording, **given, **TUNNELLED)
    assert parts(recording) == machines | {
        (digitalocean_tier.NETWORK, "web-network"),
        (digitalocean_tier.TAG, "web-machines"),
        (digitalocean_tier.FIREWALL, "web-tunnel-firewall"),
    }
    assert recording.one(digitalocean_tier.FIREWALL).inputs["inboundRules"] == []


def test_the_token_is_in_the_user_data_of_droplets_which_is_secret(recording: Recording) -> None:
    digitalocean_tier.build(recording, **TUNNELLED)
    for droplet in recording.all(digitalocean_tier.DROPLET):
        assert TUNNEL_TOKEN in droplet.inputs["userData"] and "userData" in droplet.secrets


# another tunnel


@pytest.mark.parametrize(
    "make",
    [
        lambda tunnel: AwsWebTier("web", AwsWebTierArgs(region="eu-central-1", servers=Servers(min=2), **tunnel)),
        lambda tunnel: GcpWebTier("web", GcpWebTierArgs(region="europe-west3", servers=Servers(min=2), **tunnel)),
        lambda tunnel: DigitalOceanWebTier("web", DigitalOceanWebTierArgs(region="fra1", servers=Servers(min=2), **tunnel)),
    ],
    ids=["aws", "gcp", "digitalocean"],
)
def test_another_tunnel_is_another_machine(make: Callable[[dict[str, Any]], Any]) -> None:
    """Otherwise machines would go on with the tunnel that they have."""
    told = []
    for digit in "01":
        recording = Recording()
        recording.outputs["aws:iam/role:Role"] = {"arn": "arn:aws:iam::123456789012:role/web-role-1a2b3c4"}
        recording.outputs["aws:secretsmanager/secret:Secret"] = {"arn": ARN}
        recording.outputs[gcp_tier.SECRET] = {"secretId": "web-tunnel-token-1a2b3c4"}
        other = replace(TUNNEL, hostname=digit + str(TUNNEL.hostname)[1:])
        recording.run(lambda other=other: make({**TUNNELLED, "tunnel": other}))  # type: ignore[misc]
        told.append(
            [
                str(record.inputs.get("userData") or record.inputs["metadata"]["user-data"])
                for kind in (aws_tier.TEMPLATE, gcp_tier.TEMPLATE, digitalocean_tier.DROPLET)
                for record in recording.all(kind)
            ]
        )
        recording.close()
    assert told[0] and not set(told[0]) & set(told[1])
