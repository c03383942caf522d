"""What all of Cloudflare's types share: the account, the zones it has, and how things are numbered and dated."""

import hashlib
import ipaddress
import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...rules import Limit, Making, Refused, Type, Values, World

ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353"
"""The one account that every token of the stand-in leads to."""

ZONE = "cloudflare:index/zone:Zone"
ZONES = ("example.com", "example.net", "example.org")
"""Zones that are there without a program or a person having made them, on the free plan."""

PLANS = ("free", "pro", "business", "enterprise")
PAID = ("pro", "business", "enterprise")

IN_USE = "{target}: this object is referenced by other objects, delete them first ({user}) (1005)"
UNIT = Limit(minimum=0, maximum=1, by="api")
PORT = Limit(minimum=0, maximum=65535, by="api")
INTERNAL = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16")]
"""Where nobody comes from the internet."""


def invalid(property: str, wrong: str) -> Refused:
    """What Cloudflare's load balancing says to a value that it does not take."""
    return Refused(f"{wrong}: validation failed (1002)", property=property)


@dataclass(frozen=True, kw_only=True)
class Zone:
    """A zone of the account."""

    id: str
    name: str
    plan: str
    """free, pro, business or enterprise."""


def zones(world: World) -> list[Zone]:
    """All zones: the usual ones, those that a person added, and those that a program made."""
    added: dict[str, Mapping[str, Any]] = {name: {} for name in ZONES}
    added.update(world.fixtures("zones"))
    found = [Zone(id=zone_id(name), name=name, plan=str(content.get("plan", "free"))) for name, content in added.items()]
    return found + [Zone(id=record.id, name=record.outputs["name"], plan="free") for record in world.all(ZONE)]


def zone_id(name: str) -> str:
    """The id of a zone that no program made: always the same."""
    return hashlib.md5(f"zone {name}".encode(), usedforsecurity=False).hexdigest()


def zone(world: World, id: Any) -> Zone | None:
    """The zone with an id."""
    return next((found for found in zones(world) if found.id == id), None)


def how_to_add(name: str) -> str:
    """How a zone becomes known."""
    return f"add it with `python -m sandbox fixture add cloudflare zones {name}`, or make it with a Zone resource"


def is_enterprise(world: World) -> bool:
    """Whether the account has an Enterprise plan: one of its zones has."""
    return any(found.plan == "enterprise" for found in zones(world))


def best_plan(world: World) -> str:
    """The plan that decides for the account: the best of its zones'."""
    return max((found.plan for found in zones(world)), key=PLANS.index)


def plan_of(making: Making) -> str:
    """The plan of the zone that something is made in; free where the zone is not known yet."""
    found = zone(making.world, making.get("zoneId"))
    return found.plan if found else "free"


def make(name: str, **rules: Any) -> Type:
    """A type by the name of its resource, `loadBalancer`, that is refused in a zone or an account that is not there."""
    token = f"cloudflare:index/{name}:{name[0].upper()}{name[1:]}"
    given: dict[str, Any] = {key: frozenset(value) if key in _SETS else value for key, value in rules.items()}
    made = Type(token=token, **given)
    return replace(made, before_create=(_in_account, _in_zone, *made.before_create))


_SETS = ("replaces", "keeps", "required", "secrets", "volatile", "sets")


def in_zone(name: str, **rules: Any) -> Type:
    """A type whose resources live in a zone and cannot move to another."""
    return make(name, **{**rules, "replaces": {"zoneId", *rules.get("replaces", ())}})


def in_account(name: str, **rules: Any) -> Type:
    """A type whose resources live in an account and cannot move to another."""
    return make(name, **{**rules, "replaces": {"accountId", *rules.get("replaces", ())}})


def setting(name: str, **rules: Any) -> Type:
    """A type that there is once in a zone: making it sets it, whatever it was, and its id is the zone's."""
    return in_zone(name, id=once_in_zone, **rules)


def _in_account(making: Making) -> None:
    account = making.get("accountId", making.scope.account)
    if account != making.scope.account:
        raise Refused(f"could not route to /accounts/{account}, perhaps your object identifier is invalid? (7003)", property="accountId")


def _in_zone(making: Making) -> None:
    id = making.get("zoneId")
    if id is not None and zone(making.world, id) is None:
        raise Refused(f"could not route to /zones/{id}, perhaps your object identifier is invalid? (7003)", property="zoneId")


def hex_id(_: Making) -> str:
    """An id as most things have it: 32 hex digits."""
    return secrets.token_hex(16)


def uuid_id(_: Making) -> str:
    """An id as tunnels have it."""
    return str(uuid.uuid4())


def once_in_zone(making: Making) -> str:
    """The zone's id; for a second resource that sets the same thing, which Cloudflare does not refuse, one of its own."""
    id = str(making.get("zoneId", ""))
    return id if id and making.world.one(making.token, id) is None else hex_id(making)


def named_by(path: str) -> Any:
    """An id that is the value of an input."""
    return lambda making: str(making.get(path, "")) or hex_id(making)


def moment(now: datetime) -> str:
    """A time as Cloudflare writes it."""
    return f"{now:%Y-%m-%dT%H:%M:%S.%f}Z"


def known(values: Iterable[Any]) -> list[Any]:
    """The values that are known before the update."""
    return [value for value in values if isinstance(value, (str, int, float, bool, dict, list))]


def known_items(making: Making, path: str) -> list[Values]:
    """The known elements of a list of objects."""
    items = making.get(path, [])
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def twice(values: Iterable[Any]) -> Any:
    """The first value that occurs a second time, or None."""
    seen = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def within(name: str, zone_name: str) -> bool:
    """Whether a hostname is a zone's name or below it."""
    return name == zone_name or name.endswith(f".{zone_name}")


def is_hostname(text: str) -> bool:
    """Whether a text is a hostname of two labels or more; underscores and a leading `*` are allowed, as in DNS."""
    labels = text.rstrip(".").split(".")
    return (
        len(text) <= 255
        and len(labels) > 1
        and all(label and len(label) <= 63 and label.replace("-", "a").replace("_", "a").isalnum() for label in labels[1:])
        and (labels[0] == "*" or (bool(labels[0]) and labels[0].replace("-", "a").replace("_", "a").isalnum()))
    )
