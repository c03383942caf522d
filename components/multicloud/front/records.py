"""The records of a front: those of the origins or the tunnel, where nothing is balanced, and one for each other name."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare

from .dns import check_count, check_records, record_type
from .scope import Scope

AUTOMATIC = 1
"""The time to live that Cloudflare decides on, the only one that a proxied record may have."""

DEFAULT_TTL = 300
"""Seconds that resolvers keep a record that is not proxied: few enough for a switch within minutes, and enough to spare them work."""


def origin_records(scope: Scope, origins: Sequence[pulumi.Output[Any]]) -> dict[str, cloudflare.DnsRecord]:
    """Makes a record of the hostname for each origin of each pool that is neither drained nor disabled.

    Args:
        scope: The front.
        origins: The planned origins of each pool.

    Returns:
        The records by pool and `Pool.origin_keys`: `aws-1`.
    """
    visible = [index for index, pool in enumerate(scope.args.known_pools) if pool.has_records]
    counts = {index: len(scope.args.known_pools[index].origin_keys) for index in visible}

    def checked(planned: Sequence[Sequence[Mapping[str, Any]]]) -> dict[int, list[str]]:
        addresses = {index: [str(origin["address"]) for origin in given] for index, given in zip(visible, planned, strict=True)}
        for index, known in addresses.items():
            check_count(len(known), counts[index], f"pools[{index}].origin_count")
        check_records([address for known in addresses.values() for address in known], sum(counts.values()))
        return addresses

    addresses = pulumi.Output.all(*[origins[index] for index in visible]).apply(checked)

    def record(index: int, place: int, key: str) -> cloudflare.DnsRecord:
        return _origin_record(scope, key, addresses.apply(lambda known: known[index][place]))

    return {
        f"{pool.name}-{key}": record(index, place, f"{pool.name}-{key}")
        for index, pool in enumerate(scope.args.known_pools)
        if pool.has_records
        for place, key in enumerate(pool.origin_keys)
    }


def _origin_record(scope: Scope, key: str, address: pulumi.Output[str]) -> cloudflare.DnsRecord:
    return cloudflare.DnsRecord(
        scope.name(key),
        zone_id=scope.zone_id,
        name=scope.args.hostname,
        type=address.apply(record_type),
        content=address,
        proxied=scope.args.is_proxied,
        ttl=_ttl(scope),
        comment=scope.note,
        # Only another type replaces a record, and a CNAME is refused while the address that it takes the place of is there.
        opts=pulumi.ResourceOptions(parent=scope.front, delete_before_replace=True),
    )


def tunnel_record(scope: Scope, tunnel: pulumi.Output[str]) -> cloudflare.DnsRecord:
    """Makes the record that leads the hostname to a tunnel.

    Args:
        scope: The front.
        tunnel: The tunnel's name, once it is there.
    """
    return _name_record(scope, "hostname", scope.args.hostname, tunnel)


def alias_records(scope: Scope, leads_to: pulumi.Output[str]) -> dict[str, cloudflare.DnsRecord]:
    """Makes a record for each name but the main one.

    They are the same resources in every mode, so that a change of mode updates them at most.

    Args:
        scope: The front.
        leads_to: The main name, or the tunnel's, once it is there.
    """
    return {alias: _name_record(scope, alias, alias, leads_to) for alias in scope.args.hostnames[1:]}


def _name_record(scope: Scope, suffix: str, name: str, leads_to: pulumi.Output[str]) -> cloudflare.DnsRecord:
    return cloudflare.DnsRecord(
        scope.name(suffix),
        zone_id=scope.zone_id,
        name=name,
        type="CNAME",
        content=leads_to,
        proxied=scope.args.is_proxied,
        ttl=_ttl(scope),
        comment=scope.note,
        opts=pulumi.ResourceOptions(parent=scope.front),
    )


def _ttl(scope: Scope) -> int:
    if scope.args.is_proxied or scope.args.dns is None:
        return AUTOMATIC
    return scope.args.dns.ttl or DEFAULT_TTL
