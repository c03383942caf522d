"""Whether inputs are what the SDK says: known, complete and of the right types."""

import difflib
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from .refusals import Failures
from .rules import UNKNOWN, Values
from .sdk import Properties, Sdk, Shape
from .values import Path, is_asset


@dataclass(frozen=True)
class Conform:
    """Checks values against the SDK's types, and gives them back as those types.

    Args:
        sdk: Whose types they are.
        failures: Gets what is wrong.
        drops_unknown: The real provider drops unknown properties in silence; they are refused all the same.
    """

    sdk: Sdk
    failures: Failures
    drops_unknown: bool = False

    def object(self, given: Values, known: Properties, path: Path = (), also: Collection[str] = ()) -> Values:
        """An object's values. `also` are properties that must be given besides those of which the SDK says so."""
        for name, prop in known.items():
            if (prop.required or name in also) and name not in given:
                self.failures.add((*path, name), "missing required property")
        values: Values = {}
        for name, value in given.items():
            if name in known:
                values[name] = self.value(value, known[name].shape, (*path, name))
            elif not name.startswith("__"):
                silence = "; the provider drops it in silence" if self.drops_unknown else ""
                self.failures.add((*path, name), f"unknown property{_suggestion(name, known)}{silence}")
        return values

    def value(self, value: Any, shape: Shape, path: Path) -> Any:
        """A value as its type."""
        if value is UNKNOWN or value is None or shape.kind == "any":
            return value
        if shape.kind == "object" and isinstance(value, list) and len(value) == 1:
            # A block that may occur once is accepted as a list of one; what is secret in it stays so.
            self.failures.secrets.update([(*path, *s[len(path) + 1 :]) for s in self.failures.secrets if s[: len(path) + 1] == (*path, 0)])
            value = value[0]
        match shape.kind:
            case "object" if _is_object(value):
                return self.object(value, self.sdk.fields(shape), path) if shape.ref else value
            case "list" if isinstance(value, list) and shape.of:
                return [self.value(element, shape.of, (*path, index)) for index, element in enumerate(value)]
            case "map" if _is_object(value) and shape.of:
                return {key: self.value(element, shape.of, (*path, key)) for key, element in value.items()}
            case "asset" | "archive" if is_asset(value):
                return value
            case "union":
                for option in shape.options:
                    trial = Conform(self.sdk, Failures(self.failures.secrets), self.drops_unknown)
                    chosen = trial.value(value, option, path)
                    if not trial.failures.found:
                        return chosen
            case "enum":
                allowed = self.sdk.values(shape)
                if value not in allowed:
                    self.failures.add(path, f"expected one of {listed(allowed)}, got {self.failures.quote(path, value)}")
                return value
            case "string" | "boolean" | "integer" | "number":
                coerced = scalar(value, shape.kind)
                if coerced is not None:
                    return coerced
        self.failures.add(path, f"expected {_article(shape)}, got {self._described(value, path)}")
        return value

    def _described(self, value: Any, path: Path) -> str:
        if is_asset(value):
            return "an asset or archive"
        if isinstance(value, dict):
            return "an object"
        return "a list" if isinstance(value, list) else self.failures.quote(path, value)


def scalar(value: Any, kind: str) -> Any:
    """A scalar as its type, None where it is not of it. As in the providers, `"80"` passes for a number and 80 for a string."""
    if isinstance(value, dict | list):
        return None
    if kind == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if re.fullmatch(r"[+-]?\d+", value):
            return int(value)
        if kind != "number" or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value):
            return None
        value = float(value)
    return value if isinstance(value, int) or (kind == "number" and math.isfinite(value)) else None


def listed(values: Sequence[Any]) -> str:
    """Values for a person to choose from."""
    shown = [f'"{v}"' if isinstance(v, str) else str(v).lower() if isinstance(v, bool) else str(v) for v in values]
    return ", ".join(shown[:30]) + (f" and {len(shown) - 30} more" if len(shown) > 30 else "")


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and not is_asset(value)


def _suggestion(name: str, known: Collection[str]) -> str:
    # Snake case is the commonest slip: the SDK's Python name where the engine's camelCase is meant.
    camel = re.sub(r"_(\w)", lambda found: found[1].upper(), name)
    close = [camel] if camel in known else difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _article(shape: Shape) -> str:
    text = {"integer": "whole number"}.get(shape.kind, str(shape))
    return f"{'an' if text[0] in 'aeio' else 'a'} {text}"
