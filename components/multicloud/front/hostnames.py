"""Which names a front may answer to. Pure."""

from collections.abc import Sequence

from ..errors import ArgumentError
from ..naming import check_hostname


def check_within(hostname: str, zone: str, path: str) -> None:
    """Raises ArgumentError at `path` if `hostname` is neither the zone itself nor a name below it."""
    check_hostname(hostname, path)
    if hostname != zone and not hostname.endswith(f".{zone}"):
        raise ArgumentError(path, f"{hostname} is outside the zone {zone}", f"write {zone} itself or a name that ends with .{zone}")


def check_hostnames(zone: str, hostname: str, aliases: Sequence[str]) -> None:
    """Raises ArgumentError if the front's names are not distinct names of its zone."""
    check_hostname(zone, "zone")
    check_within(hostname, zone, "hostname")
    seen = {hostname}
    for index, alias in enumerate(aliases):
        check_within(alias, zone, f"aliases[{index}]")
        if alias in seen:
            raise ArgumentError(f"aliases[{index}]", f"{alias} is there already", "leave it out")
        seen.add(alias)
