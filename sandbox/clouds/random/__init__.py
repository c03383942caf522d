"""The random provider, with real randomness.

Every input replaces, so that a result stays until it is asked for anew. The real provider gives many resources the same id
(`none`); the stand-in tells them apart by what follows `#`. A seed gives the same result each time, but not the real provider's.
"""

from collections.abc import Sequence

from ...rules import Cloud, Making, Scope, Values
from .types import TYPES, distinct


def _scope(configuration: Values) -> Scope:
    return Scope(cloud="random", account="")


def _no_outputs(making: Making, names: Sequence[str]) -> Values:
    return {}


CLOUD = Cloud(
    name="random",
    sdk="pulumi_random",
    scope=_scope,
    types={type.token: type for type in TYPES},
    lookups={},
    default_id=lambda making: distinct(making, "none"),
    default_outputs=_no_outputs,
)
