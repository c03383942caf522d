"""Turns what a caller passes as arguments into the arguments class of a component.

A Python program passes the class itself, perhaps with a dict or an enum's text inside. Through the component host (YAML,
TypeScript, Go ...) the same arguments arrive as nested dicts, enums as text and integers as floats. Both become the class
here, once, so that a component never meets anything else.
"""

import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import pulumi

from .errors import ArgumentError, closest

A = TypeVar("A")
T = TypeVar("T")


def arguments(cls: type[A], given: A | Mapping[str, Any]) -> A:
    """`given` as an instance of the dataclass `cls`, everything inside it converted and checked against the annotations.

    Raises:
        ArgumentError: At the path of the first value that is unknown, missing or of the wrong kind. A value of the wrong kind
            is never shown, since it may be a secret in the wrong place.
    """
    return typing.cast(A, _dataclass(cls, given, ""))


def known(texts: pulumi.Input[list[pulumi.Input[str]]] | None) -> list[str]:
    """The plain texts of a list, which can be checked before anything is created; outputs are left out.

    Args:
        texts: A list with outputs in it, an output of a list, or None.
    """
    return [text for text in texts if isinstance(text, str)] if isinstance(texts, list) else []


def planned(plan: Callable[[list[str]], T], texts: pulumi.Input[list[pulumi.Input[str]]] | None) -> pulumi.Input[T]:
    """`plan` of a list: at once where it is plain, so that a wrong value is refused before anything is created, or else as an output.

    Args:
        plan: A pure function.
        texts: What it takes; None for an empty list.
    """
    if texts is None:
        return plan([])
    plain = known(texts)
    if isinstance(texts, list) and len(plain) == len(texts):
        return plan(plain)
    # `from_input` resolves the outputs inside the list, too, which its annotation does not say.
    resolved = typing.cast("pulumi.Output[list[str]]", pulumi.Output.from_input(texts))
    return resolved.apply(plan)


STAND_IN = "0" * 32
"""Text in the place of text that is not known yet: good for an id, a name or a token."""


def applied(function: Callable[[A], T], given: A) -> pulumi.Input[T]:
    """`function` of `given`: at once where no output is in it, or else as an output, which is a secret where one in it is.

    In the second case `function` is tried at once with `STAND_IN` in the place of every output, so that whatever else is wrong is
    refused before anything is created.

    Args:
        function: A pure function.
        given: A dataclass, with outputs of text in it or in the dataclasses, dicts, lists and tuples below it.
    """
    outputs: list[Any] = []

    def stand_in(output: Any) -> str:
        outputs.append(output)
        return STAND_IN

    result = function(_replaced(given, stand_in))
    if not outputs:
        return result

    def resolved(values: Sequence[Any]) -> T:
        left = iter(values)
        return function(_replaced(given, lambda _: next(left)))

    return pulumi.Output.all(*outputs).apply(resolved)


def _replaced(given: Any, change: Callable[[Any], Any]) -> Any:
    """The same with each output changed, always in the same order."""
    if isinstance(given, pulumi.Output) or inspect.isawaitable(given):
        return change(given)
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        fields = [field.name for field in dataclasses.fields(given) if field.init]
        return dataclasses.replace(given, **{name: _replaced(getattr(given, name), change) for name in fields})
    if isinstance(given, Mapping):
        return {key: _replaced(value, change) for key, value in given.items()}
    if isinstance(given, (list, tuple)):
        return type(given)(_replaced(value, change) for value in given)
    return given


def _dataclass(cls: Any, given: Any, path: str) -> Any:
    if isinstance(given, cls):
        own = type(given)  # perhaps a subclass, with fields of its own
        values = {field.name: getattr(given, field.name) for field in dataclasses.fields(own) if field.init}
        return dataclasses.replace(given, **_fields(own, values, path))
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        raise ArgumentError(path or cls.__name__, f"is {type(given).__name__}", f"give {cls.__name__}")
    return cls(**_fields(cls, given, path))


def _fields(cls: type, given: Any, path: str) -> dict[str, Any]:
    """The values of a dataclass or a TypedDict, converted; what is None is left out."""
    if not isinstance(given, Mapping):
        raise _wrong_kind(cls, given, path or cls.__name__)
    hints = _hints(cls)
    for name in given:
        if name not in hints:
            raise ArgumentError(_join(path, str(name)), f"{cls.__name__} has no such argument", closest(str(name), hints))
    values = {name: value for name, value in given.items() if value is not None}
    for name in _required(cls):
        if name not in values:
            raise ArgumentError(_join(path, name), "is missing", f"give {_described(hints[name])}")
    return {name: _value(hints[name], value, _join(path, name)) for name, value in values.items()}


def _hints(cls: Any) -> dict[str, Any]:
    """The annotations of a class; `pulumi.Input` refers to `Output` and `T` by name."""
    return typing.get_type_hints(cls, localns={"Output": pulumi.Output, "T": Any})


def _required(cls: type) -> list[str]:
    if typing.is_typeddict(cls):
        return [name for name in cls.__annotations__ if name in cls.__required_keys__]  # type: ignore[attr-defined]
    return [
        field.name
        for field in dataclasses.fields(cls)
        if field.init and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]


def _value(hint: Any, value: Any, path: str) -> Any:
    if value is None:
        return None
    hints = _alternatives(hint)
    if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        if any(typing.get_origin(one) is pulumi.Output for one in hints) or hint is Any:
            return value
        raise ArgumentError(path, "is an output, known only once something is created", "give a plain value: it decides what is created")
    plain = _plain_alternatives(hint)
    return _plain_value(plain[0], value, path) if len(plain) == 1 else value


def _plain_value(hint: Any, value: Any, path: str) -> Any:
    origin, inner = typing.get_origin(hint) or hint, typing.get_args(hint)
    if origin in (list, Sequence):
        if not isinstance(value, (list, tuple)):
            raise _wrong_kind(hint, value, path)
        return [_value(inner[0], element, f"{path}[{index}]") for index, element in enumerate(value)] if inner else value
    if origin in (dict, Mapping):
        if not isinstance(value, Mapping):
            raise _wrong_kind(hint, value, path)
        return {key: _value(inner[1], element, _join(path, str(key))) for key, element in value.items()} if inner else value
    if typing.is_typeddict(origin):
        return _fields(origin, value, path)
    if dataclasses.is_dataclass(origin):
        return _dataclass(origin, value, path)
    if isinstance(origin, type) and issubclass(origin, enum.Enum):
        return _member(origin, value, path)
    if origin is int and isinstance(value, float) and value.is_integer():
        return int(value)  # the component host knows only floats
    if origin in (str, int, float, bool):
        accepted = (int, float) if origin is float else (origin,)
        if not isinstance(value, accepted) or (isinstance(value, bool) and origin is not bool):
            raise _wrong_kind(hint, value, path)
    return value


def _member(cls: type[enum.Enum], value: Any, path: str) -> enum.Enum:
    if isinstance(value, cls):
        return value
    words = [str(member.value) for member in cls]
    if not isinstance(value, str):
        raise _wrong_kind(cls, value, path)
    if value not in words:
        raise ArgumentError(path, f"{value!r} is not known", f"take one of {', '.join(words)}")
    return cls(value)


def _alternatives(hint: Any) -> list[Any]:
    """The members of a union, nested ones too, or the one type."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return [one for member in typing.get_args(hint) for one in _alternatives(member)]
    return [hint]


def _plain_alternatives(hint: Any) -> list[Any]:
    """The same without None and what is only known later."""
    return [one for one in _alternatives(hint) if one is not type(None) and typing.get_origin(one) not in (pulumi.Output, Awaitable)]


_WORDS = {
    str: "text",
    bool: "true or false",  # before int, whose subclass it is
    int: "a whole number",
    float: "a number",
    list: "a list",
    Sequence: "a list",
    dict: "a map",
    Mapping: "a map",
}


def _described(hint: Any) -> str:
    """A type in plain words."""
    plain = _plain_alternatives(hint)
    one = (typing.get_origin(plain[0]) or plain[0]) if plain else Any
    if isinstance(one, type) and issubclass(one, enum.Enum):
        return f"one of {', '.join(str(member.value) for member in one)}"
    if typing.is_typeddict(one) or dataclasses.is_dataclass(one):
        return f"{one.__name__}: a map with {', '.join(_hints(one))}"
    return _WORDS.get(one, "a value")


def _wrong_kind(hint: Any, value: Any, path: str) -> ArgumentError:
    wanted = _plain_alternatives(hint)
    if int in wanted and isinstance(value, float):
        kind = "a fraction"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        kind = "a number"
    else:
        kind = next((word for type_, word in _WORDS.items() if isinstance(value, type_)), type(value).__name__)
    quotes = ", in quotes" if str in wanted and isinstance(value, (int, float)) else ""
    return ArgumentError(path, f"is {kind}", f"give {_described(hint)}{quotes}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
