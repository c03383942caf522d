"""DigitalOcean, stood in for.

The types of the modules here behave; of the others it is known what replaces them and which of their
properties are secret, and the outputs are plausible. Not stood in for: quotas, prices of anything but droplets, and the
droplets that an autoscale pool makes by itself.
"""

from collections.abc import Sequence

from sandbox.rules import Cloud, Making, Scope, Type, Values

from . import compute, databases, domains, load_balancing, networking, storage
from .facts import REPLACES
from .lookups import LOOKUPS
from .words import AUTONAME, made_up_uuid, resource, timestamp, token, uuid_id

_MODULES = (compute, storage, networking, load_balancing, domains, databases)

ACCOUNT = made_up_uuid("team")

_URNS = {
    "appUrn": "app",
    "bucketUrn": "space",
    "clusterUrn": "kubernetes",
    "volumeUrn": "volume",
}


def scope(configuration: Values) -> Scope:
    """DigitalOcean has no setting that says where one works: a token belongs to a team, and a region is named by each resource."""
    return Scope(cloud="digitalocean", account=ACCOUNT)


def outputs(making: Making, names: Sequence[str]) -> Values:
    """Plausible outputs of any type."""
    made: Values = {}
    for name in names:
        if name in _URNS:
            made[name] = f"do:{_URNS[name]}:{making.id}"
        elif name == "uuid":
            made[name] = making.id
        elif name == "createdAt":
            made[name] = timestamp(making)
        elif name in ("updatedAt", "startedAt"):
            made[name] = making.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif name in ("status", "state"):
            made[name] = "active"
        elif name in ("endpoint", "bucketDomainName") and making.token == token("spacesBucket"):
            bucket = "" if name == "endpoint" else f"{making.get('name')}."
            made[name] = f"{bucket}{making.get('region', 'nyc3')}.digitaloceanspaces.com"
    return made


def types() -> dict[str, Type]:
    """Every type of the provider's schema: those that behave, and the rest with the facts alone."""
    known = {type_.token: type_ for module in _MODULES for type_ in module.TYPES}
    return {token(name): known.get(token(name)) or resource(name) for name in REPLACES}


CLOUD = Cloud(
    name="digitalocean",
    sdk="pulumi_digitalocean",
    scope=scope,
    types=types(),
    lookups=LOOKUPS,
    default_id=uuid_id,
    default_outputs=outputs,
    autoname=AUTONAME,
)
