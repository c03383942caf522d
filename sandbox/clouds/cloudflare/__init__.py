"""Cloudflare: what its provider and its API do, as far as a program can see.

Zones are there by default (`common.ZONES`, on the free plan); others, or another plan, are added as fixtures
(`python -m sandbox fixture add cloudflare zones example.dev plan=enterprise`) or made by a program. Enums are compared as they
are written, although the real provider ignores the case of most: what is written otherwise differs from what Cloudflare gives
back. Deliberately left out: the state of a setting after its resource is gone, and traffic.
"""

from collections.abc import Sequence

from ...rules import Cloud, Making, Refused, Scope, Values
from . import account, balancers, certificates, dns, monitors, notifications, platform, pools, rulesets, settings
from .common import ACCOUNT, hex_id, moment
from .lookups import LOOKUPS

_TIMES = frozenset(
    {"created", "createdAt", "createdOn", "creationDate", "issuedOn", "lastUpdated", "modified", "modifiedOn", "updatedAt", "uploadedOn"}
)
_EMPTY = frozenset(
    {"commentModifiedOn", "connsActiveAt", "connsInactiveAt", "deletedAt", "description", "disabledAt", "lastDeployedFrom", "migrationTag"}
    | {"nextEventPrequeueStartTime", "nextEventStartTime", "notes", "ref", "tagsModifiedOn"}
)
"""Texts that are empty until something happens, or until they are given."""
_CHANGE = frozenset({"lastUpdated", "modified", "modifiedOn", "updatedAt"})


def _scope(configuration: Values) -> Scope:
    """Any one credential leads to the one account."""
    given = [name for name in ("apiToken", "apiKey", "apiUserServiceKey") if configuration.get(name)]
    if len(given) > 1:
        raise Refused(f"give only one of {', '.join(given)}", property=given[1], by="provider")
    if given == ["apiKey"] and not configuration.get("email"):
        raise Refused("apiKey needs email", property="email", by="provider")
    return Scope(cloud="cloudflare", account=ACCOUNT)


def _default_outputs(making: Making, names: Sequence[str]) -> Values:
    """Times, and what is empty at first, wherever a type has them."""
    return {name: moment(making.now) if name in _TIMES else "" for name in names if name in _TIMES or name in _EMPTY}


_TYPES = (
    *account.TYPES,
    *balancers.TYPES,
    *certificates.TYPES,
    *dns.TYPES,
    *monitors.TYPES,
    *notifications.TYPES,
    *platform.TYPES,
    *pools.TYPES,
    *rulesets.TYPES,
    *settings.TYPES,
)

CLOUD = Cloud(
    name="cloudflare",
    sdk="pulumi_cloudflare",
    scope=_scope,
    types={type.token: type for type in _TYPES},
    lookups=LOOKUPS,
    default_id=hex_id,
    default_outputs=_default_outputs,
    derived=_CHANGE,
    drops_unknown=True,
)
