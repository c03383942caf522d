"""The random provider, with real randomness.

Every input replaces, so that a result stays until it is asked for anew. The real provider gives many resources the same id
(`none`); the stand-in tells them apart by what follows `#`. A seed gives the same result each time, but not the real provider's.
"""

from ...rules import Cloud
from ..shared import no_outputs, nowhere
from .types import TYPES, distinct

CLOUD = Cloud(
    name="random",
    sdk="pulumi_random",
    scope=nowhere("random"),
    types={type.token: type for type in TYPES},
    lookups={},
    default_id=lambda making: distinct(making, "none"),
    default_outputs=no_outputs,
)
