"""The stand-in's tables agree with the facts of the real provider's schema, for every type of it."""

import pytest

from sandbox.clouds.digitalocean import CLOUD
from sandbox.sdk import Sdk
from tests.sandbox.clouds import facts

SDK = Sdk("pulumi_digitalocean")
ALL = facts.read("digitalocean")
pytestmark = facts.needed(ALL)
FACTS = {token: found for token, found in ALL.items() if token in set(SDK.tokens())}
"""Without the types that the SDK has no more."""
each_type = pytest.mark.parametrize("token", sorted(FACTS))


def test_every_type_has_an_entry() -> None:
    assert set(CLOUD.types) == set(FACTS)


@each_type
def test_the_same_changes_replace(token: str) -> None:
    assert CLOUD.types[token].replaces == set(FACTS[token]["replaces"])


@each_type
def test_the_same_inputs_are_required(token: str) -> None:
    """The SDK says it itself."""
    required = {name for name, prop in SDK.resource(token).inputs.items() if prop.required} | CLOUD.types[token].required
    assert required == set(FACTS[token]["required"])


@each_type
def test_the_same_properties_are_secret(token: str) -> None:
    schema = SDK.resource(token)
    secret = (schema.secrets | CLOUD.types[token].secrets) & set(schema.outputs)
    assert secret >= set(FACTS[token]["secret"]) & set(schema.outputs)
