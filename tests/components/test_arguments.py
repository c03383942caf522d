"""Arguments come in as classes, dicts or a mix of both, and leave as classes or with one clear message."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Optional, TypedDict

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.arguments import arguments
from multicloud.errors import ArgumentError
from multicloud.web.contract import Servers


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Point(TypedDict):
    name: pulumi.Input[str]
    weight: pulumi.Input[float]


@dataclass(kw_only=True, frozen=True)
class Part:
    size: int
    note: Optional[str] = None


@dataclass(kw_only=True, frozen=True)
class Whole:
    part: Part
    name: Optional[str] = None
    colour: Optional[Colour] = None
    ratio: Optional[float] = None
    flag: Optional[bool] = None
    tags: Optional[dict[str, str]] = None
    parts: Optional[list[Part]] = None
    points: Optional[pulumi.Input[list[Point]]] = None
    address: Optional[pulumi.Input[str]] = None
    ranges: Optional[pulumi.Input[list[pulumi.Input[str]]]] = None
    anything: Any = None
    factory: list[int] = field(default_factory=list)


@dataclass(kw_only=True, frozen=True)
class Larger(Whole):
    own: Optional[int] = None


PART = {"size": 1}
FIELDS = "part, name, colour, ratio, flag, tags, parts, points, address, ranges, anything, factory"


def test_a_dict_becomes_the_class_with_everything_inside_it() -> None:
    whole = arguments(
        Whole,
        {"part": {"size": 3.0}, "colour": "green", "ratio": 1, "parts": [{"size": 1.0, "note": None}], "tags": {"a": "b"}},
    )
    assert whole == Whole(part=Part(size=3), colour=Colour.GREEN, ratio=1, parts=[Part(size=1)], tags={"a": "b"})
    assert type(whole.part.size) is int
    assert type(whole.colour) is Colour


def test_an_instance_that_is_right_stays_as_it_is() -> None:
    given = Whole(part=Part(size=1), parts=[Part(size=2)], tags={"a": "b"}, points=[{"name": "n", "weight": 1}])
    assert arguments(Whole, given) == given


def test_dicts_and_texts_inside_an_instance_are_converted() -> None:
    given = Whole(part={"size": 2}, colour="red")  # type: ignore[arg-type]
    assert arguments(Whole, given) == Whole(part=Part(size=2), colour=Colour.RED)


def test_a_subclass_stays_one_and_its_own_fields_are_checked() -> None:
    assert type(arguments(Whole, Larger(part=Part(size=1), own=2))) is Larger
    with pytest.raises(ArgumentError, match=r"^own: is text; give a whole number$"):
        arguments(Whole, Larger(part=Part(size=1), own="2"))  # type: ignore[arg-type]


def test_outputs_pass_where_an_input_may_flow_through() -> None:
    address = pulumi.Output.from_input("198.51.100.1")
    whole = arguments(Whole, {"part": PART, "address": address, "ranges": [address], "points": [{"name": address, "weight": 1}]})
    assert whole.address is address
    assert whole.ranges == [address]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "part: is missing; give Part: a map with size, note"),
        ({"part": None}, "part: is missing; give Part: a map with size, note"),
        ({"part": {}}, "part.size: is missing; give a whole number"),
        ({"part": {"size": 1, "nots": "x"}}, "part.nots: Part has no such argument; did you mean note?"),
        (
            {"part": PART, "zzz": 1},
            f"zzz: Whole has no such argument; known are {FIELDS}",
        ),
        ({"part": 7}, "part: is a number; give Part: a map with size, note"),
        ({"part": {"size": "1"}}, "part.size: is text; give a whole number"),
        ({"part": {"size": 1.5}}, "part.size: is a fraction; give a whole number"),
        ({"part": {"size": True}}, "part.size: is true or false; give a whole number"),
        ({"part": PART, "name": 16}, "name: is a number; give text, in quotes"),
        ({"part": PART, "flag": 1}, "flag: is a number; give true or false"),
        ({"part": PART, "flag": "yes"}, "flag: is text; give true or false"),
        ({"part": PART, "ratio": True}, "ratio: is true or false; give a number"),
        ({"part": PART, "colour": "blue"}, "colour: 'blue' is not known; take one of red, green"),
        ({"part": PART, "colour": 1}, "colour: is a number; give one of red, green"),
        ({"part": PART, "tags": ["a"]}, "tags: is a list; give a map"),
        ({"part": PART, "tags": {"a": 1}}, "tags.a: is a number; give text, in quotes"),
        ({"part": PART, "parts": "x"}, "parts: is text; give a list"),
        ({"part": PART, "parts": [PART, {"size": "x"}]}, "parts[1].size: is text; give a whole number"),
        ({"part": PART, "points": [{"name": "n"}]}, "points[0].weight: is missing; give a number"),
        (
            {"part": PART, "points": [{"name": "n", "weight": 1, "wait": 2}]},
            "points[0].wait: Point has no such argument; did you mean weight?",
        ),
        ({"part": PART, "address": 5}, "address: is a number; give text, in quotes"),
        ({"part": PART, "ranges": ["10.0.0.0/8", 5]}, "ranges[1]: is a number; give text, in quotes"),
        (
            5,
            f"Whole: is a number; give Whole: a map with {FIELDS}",
        ),
        (Part(size=1), "Whole: is Part; give Whole"),
    ],
)
def test_a_wrong_argument_is_named_with_its_path_and_its_mend(given: Any, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        arguments(Whole, given)
    assert str(caught.value) == message


def test_an_output_is_refused_where_it_decides_what_exists() -> None:
    with pytest.raises(ArgumentError, match=r"^part\.size: is an output, known only once something is created; give a plain value"):
        arguments(Whole, {"part": {"size": pulumi.Output.from_input(1)}})


def test_camel_case_of_another_language_is_recognised() -> None:
    with pytest.raises(ArgumentError, match=r"^cpuTarget: Servers has no such argument; did you mean cpu_target\?$"):
        arguments(Servers, {"min": 1, "cpuTarget": 50})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["part", "size", "name", "colour", "parts", "tags", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_any_value_is_converted_or_refused_with_a_message(given: Any) -> None:
    """No other exception gets out, and what gets through has the right types."""
    try:
        whole = arguments(Whole, given)
    except ArgumentError as error:
        assert error.path and error.wrong and error.mend
    else:
        assert type(whole.part.size) is int
        assert whole.colour is None or isinstance(whole.colour, Colour)


@given(st.text(min_size=20))
def test_a_value_of_the_wrong_kind_is_never_shown(secret: str) -> None:
    for wrong in ({"part": {"size": secret}}, {"part": secret}, {"part": PART, "tags": secret}, {"part": PART, "ratio": secret}):
        with pytest.raises(ArgumentError) as caught:
            arguments(Whole, wrong)
        assert secret not in str(caught.value)
