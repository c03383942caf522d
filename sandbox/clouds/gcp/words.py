"""What Google Cloud's types have in common: names, ids, links, places, labels, and Google's words for saying no."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from sandbox.rules import UNKNOWN, Autoname, Limit, Making, Record, Reference, Refused, Rule, Type, Values, World

from ..shared import known
from .places import REGIONS

COMPUTE = "https://www.googleapis.com/compute/v1/"
Where = Literal["global", "regions", "zones"]

RFC1035 = r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?"
NAME_SAYS = "1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen"
NAME = Limit(pattern=RFC1035, says=NAME_SAYS)
NAME_AT_API = Limit(pattern=RFC1035, says=NAME_SAYS, by="api")
"""The plugin checks few names; the API checks all."""

AUTONAME = Autoname(max_length=63, lowercase=True)
PROVISIONED = {"goog-pulumi-provisioned": "true"}
"""What the provider adds to all labels."""


def names(text: str) -> tuple[str, ...]:
    """Words of a text."""
    return tuple(text.split())


def below(block: str, text: str) -> tuple[str, ...]:
    """Paths of a block's properties."""
    return tuple(f"{block}.{name}" for name in text.split())


def invalid(property: str, value: Any, why: str) -> Refused:
    """Google's refusal of a value."""
    return Refused(f"googleapi: Error 400: Invalid value for field 'resource.{property}': '{value}'. {why}, invalid", property=property)


# Places


def project(making: Making) -> str:
    """The project that a resource is in."""
    return str(making.get("project", making.scope.account))


def project_number(project: str) -> int:
    """The number that Google gives a project besides its id."""
    return 10**11 + int.from_bytes(hashlib.sha256(project.encode()).digest()[:4], "big")


def region(making: Making) -> str:
    """The region that a resource is in; empty if neither the program nor the provider says."""
    return str(making.get("region", making.scope.region))


def place(making: Making, where: Where) -> str:
    """The middle of a resource's id."""
    return "global" if where == "global" else f"regions/{region(making)}" if where == "regions" else f"zones/{making.get('zone', '')}"


def in_a_region(making: Making) -> None:
    """Refuses a region that does not exist, or none at all."""
    if making.inputs.get("region") is UNKNOWN:
        return
    if not region(making):
        raise Refused("Cannot determine region: set in this resource, or set provider-level 'region'", property="region", by="provider")
    if region(making) not in REGIONS:
        raise invalid("region", region(making), "Unknown region.")


def in_a_zone(making: Making) -> None:
    """Refuses a zone that does not exist, or none at all."""
    zone = making.inputs.get("zone")
    if zone is None:
        raise Refused("Cannot determine zone: set in this resource, or set provider-level 'zone'", property="zone", by="provider")
    if zone is not UNKNOWN and not any(zone in zones for zones in REGIONS.values()):
        raise invalid("zone", zone, "Unknown zone.")


# Labels


def labels_fit(making: Making) -> None:
    """Refuses labels that break the rules: https://cloud.google.com/compute/docs/labeling-resources#requirements."""
    for path in ("labels", "settings.userLabels", "disks[*].labels"):
        for where, labels in known(making, path):
            if len(labels) > 64:
                raise invalid(where, f"{len(labels)} labels", "A resource can have up to 64 labels.")
            for key, value in labels.items():
                if not re.fullmatch(r"[a-z][a-z0-9_-]{0,62}", key):
                    raise invalid(f"{where}", key, "Label keys are 1 to 63 lower-case letters, digits, _ and -, and begin with a letter.")
                if value is not UNKNOWN and not re.fullmatch(r"[a-z0-9_-]{0,63}", str(value)):
                    raise invalid(f"{where}.{key}", value, "Label values are at most 63 lower-case letters, digits, _ and -.")


# Outputs


def fingerprint(value: Any) -> str:
    """Google's eight bytes that change with the contents."""
    return base64.b64encode(hashlib.sha256(json.dumps(value, sort_keys=True, default=repr).encode()).digest()[:8]).decode()


def running_id(making: Making) -> int:
    """A number as large as Google's, and small enough for every reader of JSON; another one when the resource is made again."""
    digest = hashlib.sha256(f"{making.id} {making.now.isoformat()}".encode()).digest()
    return 10**15 + int.from_bytes(digest[:6], "big")


def public_address(making: Making) -> str:
    """A public IPv4 address that nothing else has, of the range that is set aside for tests (RFC 2544)."""
    count = making.world.number("gcp address")
    return f"198.19.{128 + count // 254 % 128}.{1 + count % 254}"


# Types

_KINDS = {"RegionInstanceTemplate": "instance_template", "RegionInstanceGroupManager": "instance_group_manager", "GlobalAddress": "address"}
_KINDS |= {"URLMap": "url_map", "SSLPolicy": "ssl_policy", "SSLCertificate": "ssl_certificate", "ManagedSslCertificate": "ssl_certificate"}
_KINDS |= {"GlobalForwardingRule": "forwarding_rule", "RegionHealthCheck": "health_check"}


def kind(token: str) -> str:
    """What Google calls a type in its errors."""
    name = token.rsplit(":", 1)[1]
    return _KINDS.get(name) or re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def uses(path: str, *to: str, by: str | tuple[str, ...] = ("id", "selfLink", "name"), holds: bool = True) -> Reference:
    """An input that names another resource, by its id, link or name."""
    return Reference(
        path=path,
        to=to,
        by=by,
        holds=holds,
        missing="googleapi: Error 404: The resource '{value}' was not found, notFound",
        in_use=f"googleapi: Error 400: The {kind(to[0])} resource '{{target}}' is already being used by '{{user}}', "
        "resourceInUseByAnotherResource",
    )


def find(world: World, token: str, value: Any, by: Sequence[str] = ("id", "selfLink", "name")) -> Record | None:
    """The resource that an input names, whichever way it does."""
    return next((record for output in by if (record := world.one(token, value, output)) is not None), None)


def compute(
    token: str,
    collection: str,
    where: Where,
    *,
    identity: Callable[[Making], str] | None = None,
    name: Limit = NAME_AT_API,
    checks: Sequence[Rule] = (),
    limits: Mapping[str, Limit] | None = None,
    before_create: Sequence[Rule] = (),
    **rules: Any,
) -> Type:
    """A type of Compute Engine.

    Args:
        token: The type's token.
        collection: Its place in ids and links: `backendServices`.
        where: Whether it is global, or in a region or a zone.
        identity: Makes the id where it is not the usual one.
        name: Who checks the name.
        checks: Refusals besides those of the place and the labels.
        limits: Limits besides that of the name.
        before_create: Refusals of a create besides that of a taken name.
        rules: The rest of `Type`.
    """

    def usual(making: Making) -> str:
        return f"projects/{project(making)}/{place(making, where)}/{collection}/{making.get('name')}"

    def taken(making: Making) -> None:
        wanted = (identity or usual)(making)
        if making.world.one(token, wanted):
            raise Refused(f"googleapi: Error 409: The resource '{wanted}' already exists, alreadyExists", property="name")

    placed: dict[Where, tuple[Rule, ...]] = {"global": (), "regions": (in_a_region,), "zones": (in_a_zone,)}
    return Type(
        token=token,
        id=identity or usual,
        autoname=AUTONAME,
        checks=(*placed[where], labels_fit, *checks),
        limits={"name": name, **(limits or {})},
        before_create=(taken, *before_create),
        **rules,
    )


def default_id(making: Making) -> str:
    """An id for a type without an entry, as most of Google's newer services write them."""
    _, module, _ = making.token.split(":")
    collection = f"{module.split('/')[-1]}s"
    location = making.get("location", region(making)) or "global"
    return f"projects/{project(making)}/locations/{location}/{collection}/{making.get('name', making.name)}"


_TEXT_IDS = {"networkId", "numericId", "uniqueId", "diskId", "instanceId"}
_NUMBER_IDS = {"addressId", "certificateId", "forwardingRuleId", "generatedId", "healthCheckId", "instanceGroupManagerId"}
_NUMBER_IDS |= {"mapId", "proxyId", "subnetworkId"}
_FINGERPRINTS = {"labelFingerprint": "labels", "metadataFingerprint": "metadata", "tagsFingerprint": "tags"}

DERIVED = frozenset({"effectiveLabels", "pulumiLabels", "fingerprint", "etag", "updateTime", "updated", *_FINGERPRINTS})
"""Outputs that each update makes anew."""


def default_outputs(making: Making, outputs: Sequence[str]) -> Values:
    """Outputs that many types have, by their names."""
    moment = making.now.strftime("%Y-%m-%dT%H:%M:%S.000-00:00")
    values: Values = {}
    for output in outputs:
        if output in ("effectiveLabels", "pulumiLabels"):
            values[output] = {**(making.get("labels") or {}), **PROVISIONED}
        elif output in _TEXT_IDS:
            values[output] = str(running_id(making))
        elif output in _NUMBER_IDS:
            values[output] = running_id(making)
        elif output in ("fingerprint", "etag"):
            values[output] = fingerprint(making.inputs)
        elif output in _FINGERPRINTS:
            values[output] = fingerprint(making.get(_FINGERPRINTS[output]))
        elif output in ("creationTimestamp", "createTime", "timeCreated", "updateTime", "updated"):
            values[output] = moment
        elif output == "project":
            values[output] = project(making)
        elif output == "region" and region(making):
            values[output] = region(making)
        elif output in ("selfLink", "selfLinkUnique"):
            # Google adds `?uniqueId=` to the second; without it, either names the template.
            values[output] = COMPUTE + making.id
        elif output == "name":
            values[output] = making.id
    return values
