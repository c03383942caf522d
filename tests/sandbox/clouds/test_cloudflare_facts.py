"""The tables of the stand-in Cloudflare say what is known of the real provider."""

from typing import Any

import pytest

from sandbox.clouds.cloudflare import CLOUD
from sandbox.sdk import Sdk
from tests.sandbox.clouds import facts

FACTS = facts.read("cloudflare")
pytestmark = facts.needed(FACTS)
SDK = Sdk("pulumi_cloudflare")

NO_LONGER_REQUIRED = {"cloudflare:index/managedTransforms:ManagedTransforms": {"managedRequestHeaders", "managedResponseHeaders"}}
"""What the SDK, which is newer than the facts, does not require any more."""


def test_every_type_of_the_facts_has_a_table() -> None:
    assert set(FACTS) <= set(CLOUD.types)


@pytest.mark.parametrize("token", FACTS)
def test_required_inputs(token: str) -> None:
    required = {name for name, prop in SDK.resource(token).inputs.items() if prop.required} | CLOUD.types[token].required
    assert set(FACTS[token]["required"]) - NO_LONGER_REQUIRED.get(token, set()) <= required


@pytest.mark.parametrize("token", FACTS)
def test_replacing_changes(token: str) -> None:
    assert CLOUD.types[token].replaces == set(FACTS[token]["replaces"])


@pytest.mark.parametrize("token", FACTS)
def test_enums(token: str) -> None:
    ours = CLOUD.types[token].enums
    assert {path: list(ours.get(path, ())) for path in FACTS[token].get("enums", {})} == FACTS[token].get("enums", {})


@pytest.mark.parametrize("token", FACTS)
def test_limits(token: str) -> None:
    ours = CLOUD.types[token].limits
    for path, limit in FACTS[token].get("limits", {}).items():
        assert (ours[path].minimum, ours[path].maximum, ours[path].by) == (limit["min"], limit["max"], "provider"), path


@pytest.mark.parametrize("token", FACTS)
def test_secrets(token: str) -> None:
    known = SDK.resource(token).secrets | CLOUD.types[token].secrets
    assert set(FACTS[token]["secret"]) <= known


def test_every_path_of_the_tables_is_a_property_of_the_sdk() -> None:
    """A typing mistake in a table would switch the rule off in silence."""
    wrong = []
    for token, rules in CLOUD.types.items():
        inputs = SDK.resource(token).inputs
        groups = [*rules.conflicts, *rules.exactly_one_of, *rules.at_least_one_of, *rules.required_with.values()]
        paths = {*rules.replaces, *rules.keeps, *rules.sets, *rules.enums, *rules.limits, *rules.required, *rules.required_with}
        paths |= {path for group in groups for path in group} | {reference.path for reference in rules.references}
        paths |= {path for unique in rules.unique for path in unique.paths}
        wrong += [f"{token} {path}" for path in paths if not _exists(path, inputs)]
        outputs = SDK.resource(token).outputs
        wrong += [f"{token} {name}" for name in {*rules.defaults, *rules.secrets, *rules.volatile} if name.split(".")[0] not in outputs]
    assert not wrong


def _exists(path: str, properties: Any) -> bool:
    shape = None
    for step in path.replace("[*]", ".*").split("."):
        if step == "*":
            assert shape is not None
            shape = shape.of
        else:
            if shape is not None:
                properties = SDK.fields(shape)
            if step not in properties:
                return False
            shape = properties[step].shape
        if shape is None:
            return False
    return True


def test_every_look_up_is_one_of_the_sdk() -> None:
    assert all(SDK.function(token).token == token for token in CLOUD.lookups)
