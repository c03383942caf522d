"""The look-ups that the components and the search for orphans use."""

from collections.abc import Callable
from typing import Any

from ...rules import Asking, Record, Refused, Values
from .account import TUNNEL, tunnel_token
from .balancers import LOAD_BALANCER
from .common import ACCOUNT, ZONE, Zone, how_to_add, zones
from .dns import RECORD
from .monitors import MONITOR
from .pools import POOL

IPV4 = (
    *("173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18", "108.162.192.0/18"),
    *("190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17", "162.158.0.0/15", "104.16.0.0/13"),
    *("104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22"),
)
IPV6 = ("2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32", "2a06:98c0::/29", "2c0f:f248::/32")
"""Cloudflare's ranges, https://www.cloudflare.com/ips/ as of 2026-02."""

_ACCOUNT = {"id": ACCOUNT, "name": "Sandbox", "type": "standard"}


def _zone(asking: Asking, zone: Zone) -> Values:
    record = asking.world.one(ZONE, zone.id)
    return {
        "nameServers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
        "status": "active",
        "type": "full",
        "paused": False,
        "createdOn": "2020-01-01T00:00:00.000000Z",
        "modifiedOn": "2020-01-01T00:00:00.000000Z",
        "activatedOn": "2020-01-01T00:00:00.000000Z",
        "developmentMode": 0,
        "cnameSuffix": "",
        "originalDnshost": "",
        "originalNameServers": [],
        "originalRegistrar": "",
        "permissions": ["#zone:read", "#zone:edit"],
        "vanityNameServers": [],
        "verificationKey": "",
        "meta": {"cdnOnly": False, "dnsOnly": False, "phishingDetected": False, "step": 0},
        "owner": {"id": ACCOUNT, "name": "Sandbox", "type": "organization"},
        "plan": {"id": zone.plan, "name": f"{zone.plan.capitalize()} Website", "legacyId": zone.plan},
        "tenant": {"id": "", "name": ""},
        "tenantUnit": {"id": ""},
        **(record.outputs if record else {}),
        "id": zone.id,
        "name": zone.name,
        "account": {"id": ACCOUNT, "name": "Sandbox"},
    }


def get_zone(asking: Asking) -> Values:
    """One zone by id, or by a filter that fits only one."""
    id, wanted = asking.args.get("zoneId"), asking.args.get("filter") or {}
    if not id and not wanted:
        raise Refused("give zoneId or filter", property="filter", by="provider")
    found = [zone for zone in zones(asking.world) if (zone.id == id if id else _fits(asking, zone, wanted))]
    if not found:
        name = str(id or wanted.get("name", ""))
        raise Refused(f"there is no zone {name} in the account; {how_to_add(name or 'NAME')}")
    if len(found) > 1:
        raise Refused(f"{len(found)} zones fit the filter; give one that fits a single zone", property="filter", by="provider")
    answer = _zone(asking, found[0])
    return {**answer, "zoneId": found[0].id}


def get_zones(asking: Asking) -> Values:
    """All zones that fit."""
    fitting = [_zone(asking, zone) for zone in zones(asking.world) if _fits(asking, zone, asking.args)]
    return {"match": asking.args.get("match", "all"), "results": _first(asking, fitting)}


def _fits(asking: Asking, zone: Zone, wanted: Values) -> bool:
    account = wanted.get("account") or {}
    status = _zone(asking, zone)["status"]
    asked = {"name": (wanted.get("name"), zone.name), "account": (account.get("id"), ACCOUNT), "status": (wanted.get("status"), status)}
    results = [want == have for want, have in asked.values() if want]
    return (any(results) if wanted.get("match") == "any" else all(results)) if results else True


def get_ip_ranges(asking: Asking) -> Values:
    """Cloudflare's own addresses."""
    return {"ipv4Cidrs": list(IPV4), "ipv6Cidrs": list(IPV6), "jdcloudCidrs": [], "etag": "38f79d050aa027e3be3865e495dcc9bc"}


def get_accounts(asking: Asking) -> Values:
    """The one account."""
    name = asking.args.get("name")
    results = (
        [{**_ACCOUNT, "createdOn": "2020-01-01T00:00:00.000000Z", "settings": {}, "managedBy": {}}] if name in (None, "Sandbox") else []
    )
    return {"results": results}


def _listing(token: str, holder: str, fits: Callable[[Record, Values], bool] = lambda record, args: True) -> Callable[[Asking], Values]:
    """A look-up of all resources of a type in a zone or an account."""

    def look_up(asking: Asking) -> Values:
        place = asking.args.get(holder)
        found = [r for r in asking.world.all(token) if r.inputs.get(holder) == place and fits(r, asking.args)]
        results = [{**{k: v for k, v in r.outputs.items() if k != holder}, "id": r.id} for r in found]
        return {"results": _first(asking, results)}

    return look_up


def _first(asking: Asking, results: list[Values]) -> list[Values]:
    return results[: asking.args.get("maxItems") or 1000]


def _pool_fits(record: Record, args: Values) -> bool:
    return args.get("monitor") in (None, record.outputs.get("monitor"))


def _tunnel_fits(record: Record, args: Values) -> bool:
    name = str(record.outputs.get("name", ""))
    fits = args.get("name") in (None, name) and args.get("uuid") in (None, record.id) and name.startswith(args.get("includePrefix") or "")
    # A tunnel that was deleted is forgotten here.
    return fits and not args.get("isDeleted")


def _record_fits(record: Record, args: Values) -> bool:
    plain = all(args.get(key) in (None, record.outputs.get(key)) for key in ("type", "proxied"))
    return plain and all(_text_fits(record.outputs.get(key), args.get(key)) for key in ("name", "content", "comment"))


def _text_fits(text: Any, wanted: Values | None) -> bool:
    """Whether a text fits `exact`, `contains`, `startswith`, `endswith`, `present` and `absent`, as far as they are given."""
    if not wanted:
        return True
    text = text or ""
    tests: dict[str, Callable[[str], bool]] = {
        "exact": lambda want: text == want,
        "contains": lambda want: want in text,
        "startswith": text.startswith,
        "endswith": text.endswith,
        "present": lambda want: bool(text),
        "absent": lambda want: not text,
    }
    return all(tests[key](want) for key, want in wanted.items() if want is not None and key in tests)


LOOKUPS: dict[str, Callable[[Asking], Values]] = {
    "cloudflare:index/getZone:getZone": get_zone,
    "cloudflare:index/getZones:getZones": get_zones,
    "cloudflare:index/getIpRanges:getIpRanges": get_ip_ranges,
    "cloudflare:index/getAccounts:getAccounts": get_accounts,
    "cloudflare:index/getLoadBalancers:getLoadBalancers": _listing(LOAD_BALANCER, "zoneId"),
    "cloudflare:index/getLoadBalancerPools:getLoadBalancerPools": _listing(POOL, "accountId", _pool_fits),
    "cloudflare:index/getLoadBalancerMonitors:getLoadBalancerMonitors": _listing(MONITOR, "accountId"),
    "cloudflare:index/getDnsRecords:getDnsRecords": _listing(RECORD, "zoneId", _record_fits),
    "cloudflare:index/getZeroTrustTunnelCloudflareds:getZeroTrustTunnelCloudflareds": _listing(TUNNEL, "accountId", _tunnel_fits),
    "cloudflare:index/getZeroTrustTunnelCloudflaredToken:getZeroTrustTunnelCloudflaredToken": tunnel_token,
}
