"""GcpWebTier: its machines read the secrets that the arguments name, and no others."""

from typing import Any

import pulumi
import pytest

from multicloud.errors import ArgumentError
from multicloud.machine.container import Container, Registry
from multicloud.web.contract import Servers
from multicloud.web.gcp import GcpWebTier, GcpWebTierArgs
from tests.components.web.gcp_tier import GROUP, IDENTITY, READER, TEMPLATE, build
from tests.recording import Recording

ELSEWHERE = "projects/other-project/secrets/database-url"
SHOP = Container(
    image="ghcr.io/example/shop:1.4",
    port=8080,
    secrets={"TOKEN": "shop-token", "AGAIN": "shop-token", "DATABASE_URL": ELSEWHERE},
    registry=Registry(user="shop", password_secret="registry-password"),
)


def test_the_machines_read_exactly_the_named_secrets(recording: Recording) -> None:
    """Each once, whatever it is used for."""
    build(recording, container=SHOP)
    readers = {reader.name: reader.inputs for reader in recording.all(READER)}
    assert readers == {
        f"web-secret-{secret}": {"secretId": secret, "role": "roles/secretmanager.secretAccessor", "member": IDENTITY["member"]}
        for secret in ("shop-token", ELSEWHERE, "registry-password")
    }


def test_a_secret_that_moves_to_another_variable_keeps_its_grant(recording: Recording) -> None:
    """A second grant on one secret is the same as the first, and would go with it."""
    build(recording, container=Container(image="ghcr.io/example/shop:1.4", port=8080, secrets={"OTHER": "shop-token"}))
    assert [reader.name for reader in recording.all(READER)] == ["web-secret-shop-token"]


def test_a_secrets_name_may_be_an_output(recording: Recording) -> None:
    def program() -> GcpWebTier:
        secrets: dict[str, pulumi.Input[str]] = {"A_TOKEN": pulumi.Output.from_input("made-here")}
        container = Container(image="ghcr.io/example/shop:1.4", port=8080, secrets=secrets)
        return GcpWebTier("web", GcpWebTierArgs(servers=Servers(min=1), region="europe-west3", container=container))

    recording.run(program)
    assert recording.one(READER, "web-secret-of-container-secrets-A_TOKEN").inputs["secretId"] == "made-here"


def test_no_machine_boots_before_it_may_read(recording: Recording) -> None:
    build(recording, container=SHOP)
    assert {reader.urn for reader in recording.all(READER)} <= recording.one(GROUP).depends_on


def test_the_account_may_use_its_grants_by_its_scopes(recording: Recording) -> None:
    """The scope of all of Google Cloud leaves it to the roles."""
    build(recording, container=SHOP)
    assert recording.one(TEMPLATE).inputs["serviceAccount"] == {
        "email": IDENTITY["email"],
        "scopes": ["https://www.googleapis.com/auth/cloud-platform"],
    }


@pytest.mark.parametrize("name", ["arn:aws:secretsmanager:eu-central-1:1:secret:x", "projects/p/secrets/x/versions/3", "a" * 256])
def test_refuses_what_is_no_secret_of_secret_manager(recording: Recording, name: str) -> None:
    given: dict[str, Any] = {"container": Container(image="ghcr.io/example/shop:1.4", port=8080, secrets={"TOKEN": name})}
    with pytest.raises(ArgumentError) as refused:
        build(recording, **given)
    assert str(refused.value) == (
        "container.secrets['TOKEN']: is no name of a secret of Secret Manager; "
        "write it like shop-token, or projects/shop-prod/secrets/shop-token"
    )
