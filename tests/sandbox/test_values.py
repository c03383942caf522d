"""Property values survive the way through the engine's form, with their secrets."""

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from sandbox.rules import UNKNOWN
from sandbox.secrecy import masked
from sandbox.values import ASSET, OUTPUT, REFERENCE, SECRET, SIGNATURE, UNKNOWNS, decode, encode, has_unknown, is_asset

keys = st.text(max_size=8).filter(lambda key: key != SIGNATURE)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text().filter(lambda text: text not in UNKNOWNS)
    | st.just(UNKNOWN)
)
plain = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20)
objects = st.dictionaries(keys, plain, max_size=5)


def every_path(value: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    elements = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [above] if above else []
    for key, element in elements:
        found += every_path(element, (*above, key))
    return found


@given(objects)
def test_plain_values_come_back_as_they_went(values: dict[str, Any]) -> None:
    assert decode(encode(values)) == (values, set())


@given(st.data())
def test_secret_paths_come_back_as_they_went(data: st.DataObject) -> None:
    values = data.draw(objects)
    paths = every_path(values)
    chosen = data.draw(st.sets(st.sampled_from(paths), max_size=3)) if paths else set()
    outermost = {p for p in chosen if not any(p != q and p[: len(q)] == q for q in chosen)}
    assert decode(encode(values, chosen)) == (values, outermost)


@given(st.data())
def test_nothing_secret_is_left_in_the_open(data: st.DataObject) -> None:
    values = data.draw(objects)
    values["password"] = "correct horse"
    properties = encode(values, {("password",)})
    assert properties.fields["password"].struct_value.fields[SIGNATURE].string_value == SECRET
    assert "correct horse" not in str(masked(values, {("password",)}))


@pytest.mark.parametrize("unknown", sorted(UNKNOWNS))
def test_each_of_the_engines_unknowns_is_unknown(unknown: str) -> None:
    properties = Struct()
    properties.update({"a": unknown, "b": [unknown], "c": "known"})
    values, _ = decode(properties)
    assert values == {"a": UNKNOWN, "b": [UNKNOWN], "c": "known"}
    assert has_unknown(values) and not has_unknown({"c": "known"})


def test_an_output_is_its_value_or_unknown_and_may_be_secret() -> None:
    properties = Struct()
    properties.update({"known": {SIGNATURE: OUTPUT, "value": "x", "secret": True, "dependencies": []}, "unknown": {SIGNATURE: OUTPUT}})
    assert decode(properties) == ({"known": "x", "unknown": UNKNOWN}, {("known",)})


def test_a_reference_to_a_resource_is_its_id() -> None:
    properties = Struct()
    properties.update({"custom": {SIGNATURE: REFERENCE, "urn": "u", "id": "i-1"}, "component": {SIGNATURE: REFERENCE, "urn": "u"}})
    assert decode(properties)[0] == {"custom": "i-1", "component": "u"}


def test_an_asset_is_kept_as_it_is() -> None:
    properties = Struct()
    asset = {SIGNATURE: ASSET, "text": "hello", "hash": "abc"}
    properties.update({"source": asset})
    values, _ = decode(properties)
    assert values == {"source": asset} and is_asset(values["source"])
    assert decode(encode(values))[0] == values


def test_whole_numbers_are_integers() -> None:
    properties = Struct()
    properties.update({"port": 443, "ratio": 0.5})
    values, _ = decode(properties)
    assert values == {"port": 443, "ratio": 0.5} and isinstance(values["port"], int)


def test_secret_paths_without_a_value_are_passed_over() -> None:
    assert decode(encode({"a": [1]}, {("b",), ("a", 7)})) == ({"a": [1]}, set())
