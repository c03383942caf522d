"""The TLS provider, with real keys, requests and certificates.

Nothing of it exists outside Pulumi's state, so that nothing can be taken or missing. Deliberately left out: that the real provider
replaces a certificate whose `earlyRenewalHours` have begun (`readyForRenewal` stays false here), and look-ups.
"""

from ...rules import Cloud
from ..shared import no_outputs, nowhere
from .types import TYPES, checksum

CLOUD = Cloud(
    name="tls",
    sdk="pulumi_tls",
    scope=nowhere("tls"),
    types={type.token: type for type in TYPES},
    lookups={},
    default_id=checksum,
    default_outputs=no_outputs,
)
