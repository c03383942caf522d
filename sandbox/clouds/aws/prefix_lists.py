"""Lists of address ranges that the rules of security groups name."""

import ipaddress

from sandbox.clouds.shared import kept
from sandbox.rules import UNKNOWN, Limit, Making, Record, Refused, Values

from .facts import resource
from .security import RULES, weight
from .words import EGRESS, INGRESS, NAME, PREFIX_LIST, arn, hex_id, others, tags_fit, words

# Prefix lists


def _entries(making: Making) -> None:
    family, seen = making.get("addressFamily"), set()
    for index, entry in enumerate(making.get("entries") or []):
        cidr = entry.get("cidr") if isinstance(entry, dict) else UNKNOWN
        if not isinstance(cidr, str):
            continue
        where = f"entries[{index}].cidr"
        try:
            network = ipaddress.ip_network(cidr)
        except ValueError:
            raise Refused(f'"{cidr}" is not a valid CIDR block', property=where, by="provider") from None
        if family in ("IPv4", "IPv6") and family != f"IPv{network.version}":
            raise Refused(f"InvalidParameterValue: The CIDR {cidr} does not match the address family {family}.", property=where)
        if network in seen:
            raise Refused(f"InvalidParameterValue: The prefix list has the CIDR {cidr} more than once.", property=where)
        seen.add(network)
    most = making.get("maxEntries")
    if isinstance(most, int | float) and len(making.get("entries") or []) > most:
        raise Refused(
            f"PrefixListMaxEntriesExceeded: You've reached the maximum number of entries for the prefix list. ({most:g})",
            property="entries",
        )


def _list_fits(making: Making) -> None:
    """A larger list counts for more in the groups whose rules name it."""
    for token in (INGRESS, EGRESS):
        for user in others(making, token):
            if user.inputs.get("prefixListId") == making.id:
                _list_room(making, user)


def _list_room(making: Making, user: Record) -> None:
    group, total = user.inputs.get("securityGroupId"), 0
    for other in making.world.all(user.token):
        if other.inputs.get("securityGroupId") == group:
            ours = other.inputs.get("prefixListId") == making.id
            total += int(making.get("maxEntries")) if ours else weight(making, other.inputs)
    if total > RULES:
        raise Refused(
            f"RulesPerSecurityGroupLimitExceeded: The following VPC Security Group resources do not have sufficient capacity: {group} "
            f"({total} of {RULES})",
            property="maxEntries",
        )


def _list_outputs(making: Making) -> Values:
    old = making.old
    number = int(old.outputs.get("version", 1)) if old else 0
    changed = old is None or old.inputs.get("entries") != making.inputs.get("entries")
    return {
        "arn": arn(making, "ec2", f"prefix-list/{making.id}"),
        "ownerId": making.scope.account,
        "version": number + 1 if changed else number,
        "entries": making.get("entries") or [],
        "name": making.get("name") or kept(making, "name", lambda: making.id),
    }


TYPES = (
    resource(
        PREFIX_LIST,
        id=hex_id("pl"),
        autoname=NAME,
        outputs=_list_outputs,
        replaces=words("addressFamily"),
        sets=words("entries"),
        volatile=words("version"),
        enums={"addressFamily": ("IPv4", "IPv6")},
        limits={"name": Limit(min_length=1, max_length=255), "maxEntries": Limit(minimum=1, maximum=1000)},
        checks=(_entries, tags_fit),
        before_update=(_list_fits,),
    ),
)
