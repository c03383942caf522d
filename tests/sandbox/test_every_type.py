"""Resource types without rules of their own live a whole life all the same: those of the SDKs, down to the last switch."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.clouds import cloud
from sandbox.lifecycle import Lifecycle
from sandbox.rules import Values
from sandbox.sdk import Properties, Sdk, Shape
from sandbox.store import Store
from sandbox.values import ARCHIVE, ASSET, SIGNATURE, decode, encode


def least(sdk: Sdk, properties: Properties) -> Values:
    """The least inputs that the SDK's types admit."""
    return {name: value_of(sdk, prop.shape) for name, prop in properties.items() if prop.required}


def value_of(sdk: Sdk, shape: Shape) -> Any:
    match shape.kind:
        case "object":
            return least(sdk, sdk.fields(shape))
        case "list":
            return [value_of(sdk, shape.of)] if shape.of else []
        case "map":
            return {"key": value_of(sdk, shape.of)} if shape.of else {}
        case "union":
            return value_of(sdk, shape.options[0])
        case "enum":
            return sdk.values(shape)[0]
        case "asset" | "archive":
            return {SIGNATURE: ASSET if shape.kind == "asset" else ARCHIVE, "text": "x"}
    return {"integer": 1, "number": 0.5, "boolean": True}.get(shape.kind, "x")


@pytest.mark.parametrize("name", ["aws", "cloudflare", "digitalocean", "gcp"])
def test_a_type_without_rules_is_checked_made_read_changed_and_deleted(name: str, tmp_path: Path) -> None:
    stand_in = cloud(name)
    life = Lifecycle(stand_in, Store(tmp_path / "s.db"))
    life.configure({"gcp": {"project": "project-1"}, "aws": {"region": "eu-central-1"}}.get(name, {}))
    tokens = [token for token in life.sdk.tokens() if token not in stand_in.types]
    assert tokens
    for token in tokens:
        schema = life.sdk.resource(token)
        given = least(life.sdk, schema.inputs)
        checked = life.check(token, "it", given, set(), seed=b"seed")
        assert checked.failures == [], token
        planned = life.plan(token, "it", checked.inputs, set())
        assert set(planned.outputs) >= set(schema.outputs), token
        made = life.create(token, "it", checked.inputs, set())
        assert made.id, token
        always = {output for output, prop in schema.outputs.items() if prop.required and not output.endswith("Wo")}
        assert always <= set(made.outputs), token
        assert decode(encode(made.outputs, made.secrets))[0] == made.outputs, token
        again = life.check(token, "it", given, set(), checked.inputs, seed=b"other")
        assert life.diff(token, checked.inputs, again.inputs, made.outputs).changes == [], token
        assert life.read(token, "it", made.id) == made, token
        changed = life.update(token, "it", made.id, again.inputs, set())
        assert {o: v for o, v in changed.outputs.items() if o in again.inputs} == {
            o: v for o, v in made.outputs.items() if o in again.inputs
        }, token
        life.delete(token, "it", made.id)
        assert life.read(token, "it", made.id) is None, token
        wrong = life.check(token, "it", {**given, "surelyUnknown": 1}, set()).failures
        assert [failure.property for failure in wrong] == ["surelyUnknown"], token
