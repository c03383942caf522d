"""What all parts of an environment share: strictness, and how the library's own rules refuse a value."""

import re
from collections.abc import Callable
from typing import Protocol, TypeVar

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError

from multicloud.errors import ArgumentError


class _Checks(Protocol):
    def check(self) -> None: ...


Checked = TypeVar("Checked", bound=_Checks)


class Part(BaseModel):
    """A part of an environment: frozen, and strict, because a typing mistake in a stack file must not become something else.

    The library's dataclasses (`Servers`, `HealthCheck` ...) inherit this where they are fields, so that their names, words and
    rules stand once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, use_attribute_docstrings=True)


REFUSED = "refused"
"""The type of the pydantic error that carries the library's own errors."""


def refuse(*checks: Callable[[], object]) -> None:
    """Runs all checks, and raises what they refuse as one pydantic error, so that every mistake is reported at once.

    Args:
        checks: Each raises ArgumentError, its path below the part that is being validated, or does nothing.
    """
    errors = []
    for check in checks:
        try:
            check()
        except ArgumentError as error:
            errors.append(error)
    if errors:
        raise PydanticCustomError(REFUSED, "refused by the library's rules", {"errors": errors})


def checked(value: Checked) -> Checked:
    """For a field that is one of the library's dataclasses: runs its own check, whose paths begin with the field's name."""

    def check() -> None:
        try:
            value.check()
        except ArgumentError as error:
            raise ArgumentError(error.path.partition(".")[2], error.wrong, error.mend) from None

    refuse(check)
    return value


def joined(path: str, step: str | int) -> str:
    """The path one step further: `.name`, or `[...]` for an index or a name that is no plain word."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", step):
        return f"{path}[{step!r}]"
    return f"{path}.{step}" if path else step
