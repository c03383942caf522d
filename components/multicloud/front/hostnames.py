"""Which names a front may answer to. Pure."""

import re
from collections.abc import Sequence

from ..errors import ArgumentError

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def check_name(name: str, path: str) -> None:
    """Raises ArgumentError at `path` if `name` is no hostname of two labels or more, as Cloudflare stores it.

    Source: RFC 1123, section 2.1, in lower case and, beyond ASCII, in Punycode: Cloudflare stores it so, and another
    spelling would differ from what is stored at every preview.
    """
    if name != name.lower():
        raise ArgumentError(path, f"{name!r} has capital letters", f"write {name.lower()}")
    if name.endswith("."):
        raise ArgumentError(path, f"{name!r} ends with a dot", f"write {name.rstrip('.')}")
    if not name.isascii():
        raise ArgumentError(path, f"{name!r} is not ASCII", "write it in Punycode, beginning with xn--")
    if len(name) > 253 or "." not in name or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ArgumentError(path, f"{name!r} is not a hostname", "write letters, digits and hyphens between dots, like www.example.com")


def check_within(hostname: str, zone: str, path: str) -> None:
    """Raises ArgumentError at `path` if `hostname` is neither the zone itself nor a name below it."""
    check_name(hostname, path)
    if hostname != zone and not hostname.endswith(f".{zone}"):
        raise ArgumentError(path, f"{hostname} is outside the zone {zone}", f"write {zone} itself or a name that ends with .{zone}")


def check_hostnames(zone: str, hostname: str, aliases: Sequence[str]) -> None:
    """Raises ArgumentError if the front's names are not distinct names of its zone."""
    check_name(zone, "zone")
    check_within(hostname, zone, "hostname")
    seen = {hostname}
    for index, alias in enumerate(aliases):
        check_within(alias, zone, f"aliases[{index}]")
        if alias in seen:
            raise ArgumentError(f"aliases[{index}]", f"{alias} is there already", "leave it out")
        seen.add(alias)
