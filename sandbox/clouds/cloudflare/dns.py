"""Zones, their records and DNSSEC.

Sources: https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/ and
https://developers.cloudflare.com/dns/troubleshooting/dns-record-limits/
"""

import hashlib
import ipaddress
import re

from ...rules import UNKNOWN, Limit, Making, Refused, Values
from .common import INTERNAL, PAID, hex_id, in_zone, is_hostname, make, plan_of, setting, zone, zones

RECORD = "cloudflare:index/dnsRecord:DnsRecord"
TYPES_OF_RECORDS = (
    *("A", "AAAA", "CNAME", "MX", "NS", "OPENPGPKEY", "PTR", "TXT", "CAA", "CERT", "DNSKEY", "DS", "HTTPS", "LOC", "NAPTR", "SMIMEA"),
    *("SRV", "SSHFP", "SVCB", "TLSA", "URI"),
)
PROXIABLE = ("A", "AAAA", "CNAME")
WITH_DATA = ("CAA", "CERT", "DNSKEY", "DS", "HTTPS", "LOC", "NAPTR", "SMIMEA", "SRV", "SSHFP", "SVCB", "TLSA", "URI")


MOST = {"free": 200, "pro": 3500, "business": 3500, "enterprise": 3500}
"""Records in a zone, by plan."""


def full_name(name: str, zone_name: str) -> str:
    """A record's name as Cloudflare stores it: `@` and names relative to the zone are completed."""
    name = name.lower().rstrip(".")
    if name == "@":
        return zone_name
    return name if name == zone_name or name.endswith(f".{zone_name}") else f"{name}.{zone_name}"


def _content(making: Making) -> None:
    type, content = making.get("type"), making.inputs.get("content")
    if type == "URI" and "priority" not in making.inputs:
        raise Refused("priority is required for URI records", property="priority")
    if type in WITH_DATA:
        if making.inputs.get("data") is None and content is None:
            raise Refused(f"a {type} record needs data (9101)", property="data")
        return
    if content is None:
        raise Refused(f"a {type} record needs content: DNS validation error (1004)", property="content")
    if content is UNKNOWN:
        return
    if type in ("A", "AAAA"):
        version = 4 if type == "A" else 6
        try:
            right = ipaddress.ip_address(content).version == version
        except ValueError:
            right = False
        if not right:
            raise Refused(f"content for {type} record must be a valid IPv{version} address (9005)", property="content")
    if type in ("CNAME", "MX", "NS", "PTR") and not is_hostname(content):
        raise Refused(f"content for {type} record must be a hostname (9007)", property="content")
    if type == "MX" and "priority" not in making.inputs:
        raise Refused("priority is required for MX records", property="priority")
    if type == "TXT" and len(content) > 2048:
        raise Refused(f"content for TXT record has {len(content)} characters, over 2048", property="content")


def _proxying(making: Making) -> None:
    ttl, proxied = making.get("ttl"), making.get("proxied", False)
    if proxied and making.get("type", "A") not in PROXIABLE:
        raise Refused(f"this record type cannot be proxied: {making.get('type')} (9004)", property="proxied")
    if proxied and making.get("type") in ("A", "AAAA") and _is_internal(making.get("content", "")):
        raise Refused(f"target {making.get('content')} is not allowed for a proxied record (9003)", property="content")
    if proxied and ttl not in (None, 1):
        raise Refused(f"ttl must be 1, automatic, where the record is proxied, not {ttl} (9021)", property="ttl")


def _is_internal(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in block for block in INTERNAL if block.version == parsed.version)


def _name(making: Making) -> None:
    name = str(making.get("name", "@"))
    labels = name.rstrip(".").split(".")
    if len(name) > 253 or not all(1 <= len(label) <= 63 and not re.search(r"\s", label) for label in labels):
        raise Refused(f"{name!r} is not a valid record name: labels of 1 to 63 characters, 253 in all (9000)", property="name")


def _settings(making: Making) -> None:
    settings = making.get("settings", {})
    if settings.get("flattenCname") and making.get("type", "CNAME") != "CNAME":
        raise Refused("flatten_cname is only for CNAME records", property="settings.flattenCname")
    if settings.get("ipv4Only") and settings.get("ipv6Only"):
        raise Refused("ipv4_only and ipv6_only exclude each other", property="settings.ipv6Only")
    for name in ("ipv4Only", "ipv6Only"):
        if settings.get(name) and making.inputs.get("proxied", False) is False:
            raise Refused("ipv4_only and ipv6_only are only for proxied records", property=f"settings.{name}")


def _plan(making: Making) -> None:
    plan, ttl = plan_of(making), making.get("ttl", 1)
    least = 30 if plan == "enterprise" else 60
    if ttl != 1 and not least <= ttl <= 86400:
        raise Refused(f"ttl must be between {least} and 86400 seconds, or 1 for automatic (9021)", property="ttl")
    most = 500 if plan in PAID else 100
    if len(making.get("comment", "")) > most:
        raise Refused(f"a comment may have {most} characters on the {plan} plan", property="comment")
    if making.get("tags") and plan not in PAID:
        raise Refused("tags need a paid plan", property="tags")
    if making.get("settings.flattenCname") and plan not in PAID:
        raise Refused("flatten_cname needs a paid plan", property="settings.flattenCname")


def _quota(making: Making) -> None:
    most = MOST[plan_of(making)]
    if len([other for other in making.world.all(RECORD) if other.inputs.get("zoneId") == making.get("zoneId")]) >= most:
        raise Refused(f"record quota exceeded: the zone has {most} records, the most on its plan (81045)", property="zoneId")


def _others(making: Making) -> None:
    found = zone(making.world, making.get("zoneId"))
    if found is None:
        return
    name, type, content = full_name(str(making.get("name", "")), found.name), making.get("type"), making.get("content")
    if type == "CNAME" and str(content).lower().rstrip(".") == name:
        raise Refused(f"CNAME content cannot reference itself: {name} (9039)", property="content")
    for other in making.world.all(RECORD):
        if other.id == making.id or other.inputs.get("zoneId") != found.id or other.outputs["name"] != name:
            continue
        theirs = other.outputs["type"]
        if (theirs, other.outputs.get("content"), other.inputs.get("data")) == (type, content, making.get("data")):
            raise Refused(f"an identical record already exists: {type} {name} {content} (81058)", property="content")
        if type == "CNAME" and theirs in PROXIABLE:
            raise Refused(f"an A, AAAA, or CNAME record with that host already exists: {name} (81053)", property="name")
        if theirs == "CNAME" and type in PROXIABLE:
            raise Refused(f"a CNAME record with that host already exists: {name} (81054)", property="name")
        if name != found.name and (type, theirs) in [pair for one in PROXIABLE for pair in (("NS", one), (one, "NS"))]:
            raise Refused(f"NS stands beside no A, AAAA or CNAME, and there is {theirs}: {name} (81056)", property="name")


def _record_outputs(making: Making) -> Values:
    found = zone(making.world, making.get("zoneId"))
    return {
        "name": full_name(str(making.get("name", "")), found.name) if found else making.get("name"),
        "proxiable": making.get("type") in PROXIABLE,
        "meta": "{}",
        "settings": making.get("settings", {}),
        "tags": making.get("tags", []),
    }


record = in_zone(
    "dnsRecord",
    replaces={"type"},
    enums={"type": TYPES_OF_RECORDS},
    limits={
        "priority": Limit(minimum=0, maximum=65535),
        "tags[*]": Limit(pattern=r"[A-Za-z0-9_-]{1,32}(:.{0,100})?", says="a name and a value such as team:web", by="api"),
        "data.port": Limit(minimum=0, maximum=65535, by="api"),
        "data.weight": Limit(minimum=0, maximum=65535, by="api"),
        "data.priority": Limit(minimum=0, maximum=65535, by="api"),
    },
    defaults={"proxied": False},
    outputs=_record_outputs,
    checks=(_name, _content, _proxying, _settings),
    before_create=(_plan, _quota, _others),
    before_update=(_plan, _others),
)


def _free(making: Making) -> None:
    name = str(making.get("name", "")).lower()
    if any(found.name == name for found in zones(making.world)):
        raise Refused(f"{name} already exists (1061)", property="name")
    account = making.get("account.id", making.scope.account)
    if account != making.scope.account:
        raise Refused(f"could not route to /accounts/{account}, perhaps your object identifier is invalid? (7003)", property="account.id")


def _zone_outputs(making: Making) -> Values:
    name = str(making.get("name", "")).lower()
    first = hashlib.sha256(name.encode()).digest()[0] % 2
    return {
        "name": name,
        # A zone is pending until its domain's registrar names these servers.
        "status": "pending",
        "nameServers": [f"{server}.ns.cloudflare.com" for server in (("ada", "bob"), ("cora", "duke"))[first]],
        "account": {"id": making.scope.account},
        "developmentMode": 0,
        "cnameSuffix": "",
        "originalDnshost": "",
        "originalNameServers": [],
        "originalRegistrar": "",
        "permissions": ["#zone:read", "#zone:edit"],
        "vanityNameServers": making.get("vanityNameServers", []),
        "verificationKey": "",
        "activatedOn": "",
    }


made_zone = make(
    "zone",
    id=hex_id,
    replaces={"account", "name"},
    enums={"type": ("full", "partial", "secondary", "internal")},
    defaults={"type": "full", "paused": False},
    outputs=_zone_outputs,
    before_create=(_free,),
)


def _dnssec_outputs(making: Making) -> Values:
    digest = hashlib.sha256(str(making.get("zoneId")).encode()).hexdigest().upper()
    found = zone(making.world, making.get("zoneId"))
    return {
        "algorithm": "13",
        "digest": digest,
        "digestAlgorithm": "SHA256",
        "digestType": "2",
        "ds": f"{found.name if found else ''}. 3600 IN DS 2371 13 2 {digest}",
        "flags": 257,
        "keyTag": 2371,
        "keyType": "ECDSAP256SHA256",
        "publicKey": digest,
        # Active as soon as the registrar has the DS record.
        "status": "pending" if making.get("status") == "active" else making.get("status", "disabled"),
    }


dnssec = setting("zoneDnssec", enums={"status": ("active", "disabled")}, outputs=_dnssec_outputs)

TYPES = (record, made_zone, dnssec)
