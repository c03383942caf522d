"""Domains, their records, and the CDN."""

import ipaddress

from sandbox.rules import Limit, Making, Reference, Refused

from ..shared import input_id
from .words import NOT_EMPTY, PORT, numeric_id, resource, timestamp, token, unprocessable

# A domain takes its records with it when it goes, so they do not hold it.
DOMAIN = resource(
    "domain",
    id=input_id("name"),
    outputs=lambda making: {"domainUrn": f"do:domain:{making.id}", "ttl": 1800},
    limits={
        "name": Limit(pattern=r"(?=.{4,253}\Z)([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}", says="a domain's name", by="api")
    },
)
_NEEDS = {"MX": ("priority",), "SRV": ("port", "priority", "weight"), "CAA": ("flags", "tag")}


def _record_fields(making: Making) -> None:
    kind = str(making.get("type", ""))
    for key in _NEEDS.get(kind, ()):
        if making.inputs.get(key) is None:
            raise Refused(f"`{key}` is required for when type is `{kind}`", property=key, by="provider")
    value = making.get("value")
    if value is not None and kind in ("A", "AAAA"):
        try:
            fits = ipaddress.ip_address(value).version == (4 if kind == "A" else 6)
        except ValueError:
            fits = False
        if not fits:
            raise unprocessable(f"{value!r} is not an IPv{4 if kind == 'A' else 6} address", "value")


DNS_RECORD = resource(
    "dnsRecord",
    id=numeric_id(1800000000),
    outputs=lambda making: {
        "fqdn": making.get("domain") if making.get("name") == "@" else f"{making.get('name')}.{making.get('domain')}",
        "ttl": making.get("ttl", 1800),
    },
    keeps=frozenset({"ttl"}),
    enums={"type": ("A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA")},
    limits={
        "domain": NOT_EMPTY,
        "name": NOT_EMPTY,
        "port": PORT,
        "priority": Limit(minimum=0, maximum=65535),
        "weight": Limit(minimum=0, maximum=65535),
        "flags": Limit(minimum=0, maximum=255),
        "ttl": Limit(minimum=30, by="api"),
    },
    references=(Reference(path="domain", to=(token("domain"),), by="name", holds=False, missing="404 domain {value} does not exist"),),
    checks=(_record_fields,),
)
CDN = resource(
    "cdn",
    outputs=lambda making: {
        "createdAt": timestamp(making),
        "endpoint": str(making.get("origin", "")).replace(".digitaloceanspaces.com", ".cdn.digitaloceanspaces.com"),
    },
    keeps=frozenset({"ttl", "certificateId", "certificateName"}),
    defaults={"ttl": 3600},
    limits={"origin": NOT_EMPTY, "ttl": Limit(minimum=0)},
)

TYPES = (DOMAIN, DNS_RECORD, CDN)
