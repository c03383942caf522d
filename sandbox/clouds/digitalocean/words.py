"""What DigitalOcean's types have in common: tokens, ids, names, places, and its words for saying no."""

import difflib
import ipaddress
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sandbox import paths
from sandbox.rules import UNKNOWN, Autoname, Limit, Making, Record, Reference, Refused, Rule, Type, World

from ..shared import kept, known
from .catalogue import CLOSED_REGIONS, IMAGES, REGIONS, SIZES
from .facts import REPLACES, SECRETS, UNNAMED

AUTONAME = Autoname()

# What the provider's plugin checks of nearly every string: that it is not empty.
NOT_EMPTY = Limit(min_length=1, says="a value that is not empty")
TAG = Limit(pattern=r"[A-Za-z0-9:_-]{1,255}", says="a tag of letters, digits, colons, dashes and underscores, 255 at most", by="provider")
PORT = Limit(minimum=1, maximum=65535)
NAME = Limit(pattern=r"[A-Za-z0-9][A-Za-z0-9.-]*", says="a name of letters, digits, dashes and periods", by="api")
HOSTNAME = Limit(
    pattern=r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?",
    says="a valid hostname (a-z, A-Z, 0-9, . and -)",
    by="api",
)

_NAMESPACE = uuid.UUID("5b1d6a5e-6a0d-4d0e-9a35-d1617a10cea0")


def token(name: str) -> str:
    """The token of a type: `digitalocean:index/droplet:Droplet` for `droplet`."""
    return f"digitalocean:index/{name}:{name[0].upper()}{name[1:]}"


def resource(name: str, **rules: Any) -> Type:
    """A type with the facts of the provider's schema filled in. A name that may be left out is made up."""
    return Type(
        token=token(name),
        replaces=frozenset(REPLACES[name]),
        secrets=frozenset(SECRETS.get(name, ())),
        autoname=None if name in UNNAMED else AUTONAME,
        **rules,
    )


def unprocessable(message: str, property: str | None = None) -> Refused:
    """The API's refusal of a value."""
    return Refused(f"422 {message}", property=property)


def given(values: Mapping[str, Any], key: str) -> bool:
    """Whether a value is there: not empty, and perhaps not known yet."""
    return bool(values.get(key)) or values.get(key) is UNKNOWN


# Ids and times


def made_up_uuid(*parts: object) -> str:
    """A UUID that is the same for the same parts."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))


def uuid_id(making: Making) -> str:
    """A new UUID."""
    return made_up_uuid(making.token, making.world.number("uuid"))


def numeric_id(first: int) -> Callable[[Making], str]:
    """Makes ids that are numbers, as droplets have them."""
    return lambda making: str(first + making.world.number(f"id {making.token}"))


def timestamp(making: Making) -> str:
    """When the resource was made."""
    return str(kept(making, "createdAt", lambda: making.now.strftime("%Y-%m-%dT%H:%M:%SZ")))


# Places and catalogues


def nearest(value: str, among: Iterable[str]) -> str:
    """What was perhaps meant, for the end of a message."""
    found = difflib.get_close_matches(value.lower(), list(among), n=1)
    return f"; did you mean {found[0]!r}?" if found else ""


def region(path: str = "region") -> Rule:
    """Refuses a region that does not exist or takes nothing new. The plugin lets every region pass."""

    def check(making: Making) -> None:
        for where, value in known(making, path):
            slug = str(value).lower()
            if slug not in REGIONS:
                raise unprocessable(f"{value!r} is not a region{nearest(slug, REGIONS)}", where)
            if slug in CLOSED_REGIONS:
                raise unprocessable(f"region {slug} takes no new resources", where)

    return check


def size(path: str = "size") -> Rule:
    """Refuses a droplet size that does not exist. The plugin lets every size pass."""

    def check(making: Making) -> None:
        for where, value in known(making, path):
            if str(value).lower() not in SIZES:
                raise unprocessable(f"You specified an invalid size for Droplet creation: {value!r}{nearest(str(value), SIZES)}", where)

    return check


def image(path: str = "image") -> Rule:
    """Refuses a public image that does not exist; a number may be an image of one's own."""

    def check(making: Making) -> None:
        for where, value in known(making, path):
            if not str(value).isdigit() and value not in IMAGES:
                raise unprocessable(f"You specified an invalid image for Droplet creation: {value!r}{nearest(str(value), IMAGES)}", where)

    return check


def image_exists(path: str = "image") -> Rule:
    """Refuses the number of an image that does not exist."""

    def check(making: Making) -> None:
        for where, value in known(making, path):
            if not str(value).isdigit() or any(str(value) == str(number) for number, _, _ in IMAGES.values()):
                continue
            own = making.world.one(token("customImage"), int(value), "imageId") or making.world.one(token("dropletSnapshot"), str(value))
            if own is None and str(value) not in making.world.fixtures("images"):
                raise unprocessable(
                    f"image {value} does not exist; `python -m sandbox fixture add digitalocean images {value}` adds it", where
                )

    return check


def ssh_keys(path: str) -> Rule:
    """Refuses what can be no SSH key's id or fingerprint. Whether the account has the key, the sandbox does not ask."""

    def check(making: Making) -> None:
        for where, value in known(making, f"{path}[*]"):
            if not re.fullmatch(r"\d+|([0-9a-f]{2}:){15}[0-9a-f]{2}|SHA256:[A-Za-z0-9+/]{43}=?", str(value)):
                raise unprocessable(f"{value} are invalid key identifiers for Droplet creation.", where)

    return check


def addresses(path: str, *, prefixed: bool = False) -> Rule:
    """Refuses what is no address and no range; with `prefixed`, what does not say which: `ip:` or `cidr:`."""

    def check(making: Making) -> None:
        for where, value in known(making, f"{path}[*]"):
            kind, _, text = str(value).partition(":") if prefixed else ("cidr" if "/" in str(value) else "ip", "", str(value))
            try:
                if kind == "ip":
                    ipaddress.ip_address(text)
                elif kind == "cidr":
                    ipaddress.ip_network(text, strict=False)
                else:
                    raise ValueError
            except ValueError:
                forms = "'ip:1.2.3.4' or 'cidr:1.2.0.0/16'" if prefixed else "an address or a range in CIDR form"
                raise unprocessable(f"{value!r} is not {forms}", where) from None

    return check


# Things that others hold


def tag_exists(path: str) -> Rule:
    """Refuses a tag that nobody made: neither as a resource nor by tagging something."""

    def check(making: Making) -> None:
        for where, value in known(making, path):
            for name in value if isinstance(value, list) else [value]:
                if name not in all_tags(making.world):
                    raise unprocessable(f"tag {name!r} does not exist", where)

    return check


def all_tags(world: World) -> dict[str, int]:
    """Every tag with the number of droplets that carry it."""
    counts = {record.id: 0 for record in world.all(token("tag"))}
    for record in world.all(token("droplet")):
        for name in record.inputs.get("tags") or []:
            counts[name] = counts.get(name, 0) + 1
    for record in world.all(token("dropletAutoscale")):
        for name in paths.get(record.inputs, ("dropletTemplate", "tags")) or []:
            counts.setdefault(name, 0)
    return counts


def default_vpc(slug: str) -> tuple[str, str]:
    """Id and range of the VPC that every account has in a region from the start."""
    place = list(REGIONS).index(slug) if slug in REGIONS else len(REGIONS)
    return made_up_uuid("default-vpc", slug), f"10.114.{16 * place}.0/20"


def vpc_exists(path: str, region_path: str = "region") -> Rule:
    """Refuses a VPC that does not exist or is in another region."""

    def check(making: Making) -> None:
        slug = str(making.get(region_path, "")).lower()
        for where, value in known(making, path):
            if value == default_vpc(slug)[0]:
                continue
            vpc = making.world.one(token("vpc"), value)
            if vpc is None:
                raise unprocessable(f"VPC {value} does not exist", where)
            if slug and vpc.inputs["region"] != slug:
                raise unprocessable(f"VPC {value} is in {vpc.inputs['region']}, not in {slug}", where)

    return check


def member(path: str) -> Reference:
    """What is in a VPC keeps it from being deleted."""
    return Reference(path=path, to=(token("vpc"),), must_exist=False, in_use="403 Can not delete VPC with members: {user} is in {target}")


def droplet(path: str, holds: bool = False) -> Reference:
    """A droplet that must exist. Droplets are deleted even where something refers to them."""
    return Reference(path=path, to=(token("droplet"),), holds=holds, missing="422 Droplet {value} does not exist")


def others(making: Making, name: str) -> list[Record]:
    """The account's other resources of a type."""
    return [r for r in making.world.all(token(name)) if r.scope.account == making.scope.account and r.id != making.id]
