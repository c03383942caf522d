"""The TLS provider, with real keys, requests and certificates.

Nothing of it exists outside Pulumi's state, so that nothing can be taken or missing. Deliberately left out: that the real provider
replaces a certificate whose `earlyRenewalHours` have begun (`readyForRenewal` stays false here), and look-ups.
"""

from collections.abc import Sequence

from ...rules import Cloud, Making, Scope, Values
from .types import TYPES, checksum


def _scope(configuration: Values) -> Scope:
    return Scope(cloud="tls", account="")


def _no_outputs(making: Making, names: Sequence[str]) -> Values:
    return {}


CLOUD = Cloud(
    name="tls",
    sdk="pulumi_tls",
    scope=_scope,
    types={type.token: type for type in TYPES},
    lookups={},
    default_id=checksum,
    default_outputs=_no_outputs,
)
