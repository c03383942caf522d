"""Pools: origins, their weights, and where their health is checked from.

Sources: https://developers.cloudflare.com/api/resources/load_balancers/subresources/pools/methods/create/,
https://developers.cloudflare.com/load-balancing/reference/limitations/ and, for the regions of health checks,
https://github.com/cloudflare/cloudflare-docs/pull/31421
"""

import ipaddress

from ...rules import Limit, Making, Reference, Refused, Unique, Values
from .common import (
    IN_USE,
    INTERNAL,
    PORT,
    UNIT,
    best_plan,
    in_account,
    invalid,
    is_enterprise,
    is_hostname,
    known,
    known_items,
    twice,
    within,
    zones,
)
from .monitors import MONITOR

MONITOR_GROUP = "cloudflare:index/loadBalancerMonitorGroup:LoadBalancerMonitorGroup"
POOL = "cloudflare:index/loadBalancerPool:LoadBalancerPool"

REGIONS = ("WNAM", "ENAM", "WEU", "EEU", "NSAM", "SSAM", "OC", "ME", "NAF", "SAF", "SAS", "SEAS", "NEAS")
"""https://developers.cloudflare.com/load-balancing/reference/region-mapping-api/"""

ORIGIN_STEERING = ("random", "hash", "least_outstanding_requests", "least_connections")
MOST = 20
"""Pools in an account, origins in a pool, and origins in an account without Enterprise."""

CHECK_REGIONS = 8
"""How many regions health can be checked from without Enterprise. One comes with load balancing, and more are bought; here, all are."""

PERCENT = Limit(minimum=0, maximum=100, by="api")


def _origins(making: Making) -> None:
    origins = making.get("origins")
    if isinstance(origins, list) and not origins:
        raise invalid("origins", f"the origin list length must be in range [1, {MOST}]")
    listed = known_items(making, "origins")
    for index, origin in enumerate(listed):
        path = f"origins[{index}]"
        for key in ("name", "address"):
            if origin.get(key) in (None, ""):
                raise invalid(f"{path}.{key}", f"an origin needs its {key}")
        _address(origin, f"{path}.address")
    name = twice(known(origin["name"] for origin in listed))
    if name is not None:
        raise invalid("origins", f"two origins have the name {name}: value not unique")
    places = [
        (origin["address"], origin.get("port"), origin.get("virtualNetworkId")) for origin in listed if isinstance(origin["address"], str)
    ]
    place = twice(place for place in places if all(part is None or isinstance(part, (str, int)) for part in place))
    if place is not None:
        raise invalid("origins", f"two origins have the address {place[0]}: value not unique")


def _address(origin: Values, path: str) -> None:
    address = origin["address"]
    if not isinstance(address, str):
        return
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        if not is_hostname(address):
            raise invalid(path, f"{address} is neither an address nor a hostname") from None
        return
    if "virtualNetworkId" not in origin and any(parsed in block for block in INTERNAL if block.version == parsed.version):
        raise invalid(path, f"{address} is internal and needs virtual_network_id")


def _health_sources(making: Making) -> None:
    sources = making.get("healthSources")
    if isinstance(sources, list) and all(isinstance(source, str) for source in sources):
        if sources != ["regional", "global"]:
            raise invalid("healthSources", 'health_sources is null or ["regional", "global"]')
        if not making.inputs.get("checkRegions"):
            raise invalid("healthSources", "regional needs at least one region in check_regions")


def _check_regions(making: Making) -> None:
    regions = making.get("checkRegions", [])
    if isinstance(regions, list) and twice(known(regions)) is not None:
        raise invalid("checkRegions", f"{twice(known(regions))} occurs twice: value not unique")


def _host_headers(making: Making) -> None:
    """An origin may be asked by one other name, and only by one of the account's own."""
    for index, origin in enumerate(known_items(making, "origins")):
        header = origin.get("header")
        hosts = header.get("hosts", []) if isinstance(header, dict) else []
        path = f"origins[{index}].header.hosts"
        if not isinstance(hosts, list):
            continue
        if len(hosts) > 1:
            raise invalid(path, "an origin may override the Host header with one name")
        for host in hosts:
            if isinstance(host, str) and not any(within(host, found.name) for found in zones(making.world)):
                raise invalid(path, f"{host} is not a name of a zone of this account")


def _plan(making: Making) -> None:
    plan = best_plan(making.world)
    regions = making.get("checkRegions", [])
    if plan != "enterprise" and making.get("monitor") and not regions:
        # https://github.com/cloudflare/cloudflare-go/pull/162: nothing said means every data centre.
        wrong = "Probing from every data centre is not allowed with this subscription. Please choose regions to probe from."
        raise invalid("checkRegions", wrong)
    if plan != "enterprise" and "ALL_REGIONS" in regions:
        raise invalid("checkRegions", "ALL_REGIONS is for Enterprise")
    if plan != "enterprise" and len(regions) > CHECK_REGIONS:
        raise invalid("checkRegions", f"check_regions has {len(regions)} regions, and {CHECK_REGIONS} are the most without Enterprise")
    if plan != "enterprise" and len(making.get("origins", [])) > MOST:
        raise invalid("origins", f"the origin list length must be in range [1, {MOST}]")


def _quota(making: Making) -> None:
    if is_enterprise(making.world):
        return
    others = [other for other in making.world.all(POOL) if other.id != making.id]
    if making.old is None and len(others) >= MOST:
        raise Refused(f"exceeded quota: the account has {MOST} pools, the most without Enterprise")
    held = {origin["address"] for other in others for origin in other.inputs["origins"]}
    wanted = {str(origin.get("address")) for origin in known_items(making, "origins")}
    if len(held | wanted) > MOST:
        raise Refused(f"exceeded quota: the account would have {len(held | wanted)} origins, and {MOST} are the most without Enterprise")


pool = in_account(
    "loadBalancerPool",
    enums={
        "checkRegions": (*REGIONS, "ALL_REGIONS"),
        "originSteering.policy": ORIGIN_STEERING,
        "loadShedding.defaultPolicy": ("random", "hash"),
        "loadShedding.sessionPolicy": ("hash",),
    },
    limits={
        "name": Limit(min_length=1, pattern=r"[A-Za-z0-9_-]+", says="letters, digits, hyphens and underscores", by="api"),
        "origins[*].weight": UNIT,
        "origins[*].port": PORT,
        "latitude": Limit(minimum=-90, maximum=90, by="api"),
        "longitude": Limit(minimum=-180, maximum=180, by="api"),
        "minimumOrigins": Limit(minimum=0, by="api"),
        "loadShedding.defaultPercent": PERCENT,
        "loadShedding.sessionPercent": PERCENT,
    },
    required_with={"latitude": ("longitude",), "longitude": ("latitude",)},
    defaults={"enabled": True, "minimumOrigins": 1, "description": "", "notificationEmail": "", "networks": ["cloudflare"]},
    references=(
        Reference(path="monitor", to=(MONITOR,), missing="monitor {value} not found", in_use=IN_USE),
        Reference(path="monitorGroup", to=(MONITOR_GROUP,), missing="monitor group {value} not found", in_use=IN_USE),
    ),
    unique=(
        Unique(paths=("accountId", "name"), within="account", message="a pool with this name exists ({value}): value not unique (1003)"),
    ),
    checks=(_origins, _health_sources, _check_regions),
    before_create=(_plan, _quota, _host_headers),
    before_update=(_plan, _quota, _host_headers),
)

TYPES = (pool,)
