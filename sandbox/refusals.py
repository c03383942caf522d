"""Refusals of single inputs: where, why, and who would refuse for real."""

from dataclasses import dataclass, field
from typing import Any

from . import paths
from .values import Path, Secrets


@dataclass(frozen=True)
class Failure:
    """One refusal."""

    property: str
    reason: str


@dataclass
class Failures:
    """Collects refusals, each with its path and with who would refuse it for real."""

    secrets: Secrets = field(default_factory=set)
    found: list[Failure] = field(default_factory=list)

    def add(self, path: Path | str, reason: str, by: str = "provider") -> None:
        shown = path if isinstance(path, str) else paths.show(path)
        failure = Failure(shown, f"{reason} {refused_by(by)}")
        if failure not in self.found:
            self.found.append(failure)

    def quote(self, path: Path, value: Any) -> str:
        """A value as a message may show it: never a secret, never a long one."""
        if any(path[: n + 1] in self.secrets for n in range(len(path))) or any(s[: len(path)] == path for s in self.secrets):
            return "[secret]"
        text = f'"{value}"' if isinstance(value, str) else "true" if value is True else "false" if value is False else str(value)
        return text if len(text) <= 80 else f"{text[:77]}..."


def refused_by(by: str) -> str:
    """How every refusal ends: who would say it for real."""
    return {"provider": "[refused by the provider]", "api": "[refused by the cloud's API]"}.get(by, f"[refused by the {by}]")
