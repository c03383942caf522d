"""The stand-in of the random provider gives real randomness, once, and keeps it."""

import base64
import re
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.clouds.random import CLOUD
from sandbox.lifecycle import Lifecycle, State
from sandbox.sdk import Sdk
from sandbox.store import Store

SDK = Sdk("pulumi_random")


@pytest.fixture
def life(store: Store) -> Lifecycle:
    return Lifecycle(CLOUD, store)


def token(name: str) -> str:
    return f"random:index/random{name}:Random{name}"


def make(life: Lifecycle, name: str, **inputs: Any) -> State:
    checked = life.check(token(name), "it", inputs, set())
    assert not checked.failures
    return life.create(token(name), "it", checked.inputs, set())


def refusals(life: Lifecycle, name: str, **inputs: Any) -> str:
    return "; ".join(f"{f.property}: {f.reason}" for f in life.check(token(name), "it", inputs, set()).failures)


def test_every_type_of_the_sdk_but_the_provider_is_there() -> None:
    assert {t for t in SDK.tokens() if not t.startswith("pulumi:")} == set(CLOUD.types)


def test_every_input_replaces() -> None:
    for name, rules in CLOUD.types.items():
        assert rules.replaces == set(SDK.resource(name).inputs), name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    minima=st.fixed_dictionaries({name: st.integers(0, 4) for name in ("minUpper", "minLower", "minNumeric", "minSpecial")}),
    more=st.integers(1, 20),
    special=st.booleans(),
)
def test_a_string_has_its_length_its_minima_and_only_what_is_allowed(
    life: Lifecycle, minima: dict[str, int], more: int, special: bool
) -> None:
    length = sum(minima.values()) + more
    result = make(life, "String", length=length, special=special, overrideSpecial="!_", **minima).outputs["result"]
    counts = {
        "minUpper": len(re.findall("[A-Z]", result)),
        "minLower": len(re.findall("[a-z]", result)),
        "minNumeric": len(re.findall("[0-9]", result)),
        "minSpecial": len(re.findall("[!_]", result)),
    }
    assert len(result) == length == sum(counts.values())
    assert all(counts[name] >= minimum for name, minimum in minima.items())
    assert special or counts["minSpecial"] == minima["minSpecial"]


def test_passwords_differ_and_are_secret(life: Lifecycle) -> None:
    first, second = make(life, "Password", length=32), make(life, "Password", length=32)
    assert first.outputs["result"] != second.outputs["result"]
    assert {("result",), ("bcryptHash",)} <= first.secrets
    assert first.outputs["result"] not in first.id
    assert first.id == "none" != second.id, "the real id is none for all; the stand-in has to tell them apart"
    assert first.outputs["bcryptHash"].startswith("$2") or first.outputs["bcryptHash"] == ""


def test_a_result_stays_until_it_is_asked_for_anew(life: Lifecycle) -> None:
    made = make(life, "Password", length=16, keepers={"version": "1"})
    assert life.read(token("Password"), "it", made.id) == made
    same = life.check(token("Password"), "it", {"length": 16, "keepers": {"version": "1"}}, set(), made.inputs).inputs
    assert not life.diff(token("Password"), made.inputs, same, made.outputs).changes
    other = life.check(token("Password"), "it", {"length": 16, "keepers": {"version": "2"}}, set(), made.inputs).inputs
    assert life.diff(token("Password"), made.inputs, other, made.outputs).replaces


def test_an_ids_spellings_are_one_number(life: Lifecycle) -> None:
    for _ in range(300):  # a byte has 256 values, so that some of these ids are taken
        outputs = make(life, "Id", byteLength=1).outputs
        raw = bytes.fromhex(outputs["hex"])
        assert len(raw) == 1 and outputs["dec"] == str(raw[0])
        assert base64.b64decode(outputs["b64Std"]) == raw
        assert base64.urlsafe_b64decode(outputs["b64Url"] + "==") == raw
    prefixed = make(life, "Id", byteLength=4, prefix="web-")
    assert prefixed.id == prefixed.outputs["b64Url"] and prefixed.outputs["hex"].startswith("web-") and len(prefixed.outputs["hex"]) == 12


def test_a_string_that_is_taken_as_an_id_is_still_a_string(life: Lifecycle) -> None:
    results = [make(life, "String", length=1, special=False).outputs["result"] for _ in range(100)]
    assert all(len(result) == 1 for result in results)


def test_a_pets_name_is_its_id(life: Lifecycle) -> None:
    assert re.fullmatch(r"[a-z]+-[a-z]+", make(life, "Pet").id)
    assert re.fullmatch(r"web_[a-z]+_[a-z]+_[a-z]+_[a-z]+", make(life, "Pet", length=4, prefix="web", separator="_").id)
    assert re.fullmatch(r"[a-z]+", make(life, "Pet", length=1).id)


@pytest.mark.parametrize(("name", "version"), [("Uuid", 4), ("Uuid4", 4), ("Uuid7", 7)])
def test_uuids_are_of_their_version(life: Lifecycle, name: str, version: int) -> None:
    made = make(life, name)
    parsed = uuid.UUID(made.outputs["result"])
    assert made.id == str(parsed) and parsed.version == version and parsed.variant == uuid.RFC_4122


def test_an_integer_is_within_its_bounds_and_follows_its_seed(life: Lifecycle) -> None:
    assert {make(life, "Integer", min=3, max=5).outputs["result"] for _ in range(60)} == {3, 4, 5}
    assert len({make(life, "Integer", min=0, max=10**6, seed="s").outputs["result"] for _ in range(3)}) == 1
    assert make(life, "Integer", min=-7, max=-7).outputs["result"] == -7


def test_a_shuffle_gives_the_inputs_as_often_as_asked(life: Lifecycle) -> None:
    given = ["a", "b", "c"]
    assert sorted(make(life, "Shuffle", inputs=given).outputs["results"]) == given
    assert len(make(life, "Shuffle", inputs=given, resultCount=2).outputs["results"]) == 2
    assert sorted(make(life, "Shuffle", inputs=given, resultCount=6).outputs["results"]) == sorted(given * 2)
    assert make(life, "Shuffle", inputs=[]).outputs["results"] == []


def test_bytes_are_secret(life: Lifecycle) -> None:
    made = make(life, "Bytes", length=24)
    assert base64.b64decode(made.outputs["base64"]) == bytes.fromhex(made.outputs["hex"]) and len(made.outputs["hex"]) == 48
    assert {("base64",), ("hex",)} <= made.secrets


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("Password", {}, "length: missing required property"),
        ("Password", {"length": 0}, "length: "),
        ("Password", {"length": 3, "minUpper": 2, "minLower": 2}, "length: length 3 is less than the sum of the minima, 4"),
        ("String", {"length": 8, "upper": False, "lower": False, "numeric": False, "special": False}, "at least one of upper"),
        ("Integer", {"min": 5, "max": 1}, "min 5 is above max 1"),
        ("Id", {"byteLength": 0}, "byteLength: "),
        ("Pet", {"lenght": 2}, "lenght: unknown property"),
    ],
)
def test_what_the_provider_refuses_is_refused(life: Lifecycle, name: str, inputs: dict[str, Any], message: str) -> None:
    assert message in refusals(life, name, **inputs)
