"""Load balancers, pools and monitors.

Sources: https://developers.cloudflare.com/api/resources/load_balancers/ and
https://developers.cloudflare.com/load-balancing/reference/limitations/
"""

import ipaddress
from collections.abc import Iterator

from ...rules import Limit, Making, Reference, Refused, Unique, Values
from .common import in_account, in_zone, is_enterprise, is_hostname, known, known_items, twice, zone, zones

MONITOR = "cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor"
MONITOR_GROUP = "cloudflare:index/loadBalancerMonitorGroup:LoadBalancerMonitorGroup"
POOL = "cloudflare:index/loadBalancerPool:LoadBalancerPool"
LOAD_BALANCER = "cloudflare:index/loadBalancer:LoadBalancer"

REGIONS = ("WNAM", "ENAM", "WEU", "EEU", "NSAM", "SSAM", "OC", "ME", "NAF", "SAF", "SAS", "SEAS", "NEAS")
STEERING = ("off", "geo", "random", "dynamic_latency", "proximity", "least_outstanding_requests", "least_connections", "")
AFFINITY = ("none", "cookie", "ip_cookie", "header")
ORIGIN_STEERING = ("random", "hash", "least_outstanding_requests", "least_connections")
IN_USE = "{target}: this object is referenced by other objects, delete them first ({user}) (1005)"
MOST = 20
"""Load balancers in a zone, pools in an account and origins in a pool, without Enterprise."""

UNIT = Limit(minimum=0, maximum=1, by="api")
PERCENT = Limit(minimum=0, maximum=100, by="api")
PORT = Limit(minimum=0, maximum=65535, by="api")


def invalid(property: str, wrong: str) -> Refused:
    """What Cloudflare says to a value that it does not take."""
    return Refused(f"{wrong}: validation failed (1002)", property=property)


# --- monitors ------------------------------------------------------------------------------------------------------------


def _interval(making: Making) -> None:
    least, interval = 10 if is_enterprise(making.world) else 15, making.get("interval", 60)
    if not least <= interval <= 3600:
        raise invalid("interval", f"interval is not in range [{least}, 3600]")


def _probe(making: Making) -> None:
    type = making.get("type", "http")
    if type in ("tcp", "udp_icmp", "smtp") and "port" not in making.inputs:
        raise invalid("port", f"port is required for {type}")
    if type not in ("http", "https"):
        for name in ("path", "expectedCodes", "expectedBody", "header", "followRedirects", "allowInsecure", "probeZone"):
            if making.get(name) not in (None, "", False):
                raise invalid(name, f"{name} is only valid for http and https")
    elif not str(making.get("path", "/")).startswith("/"):
        raise invalid("path", "path must begin with a slash")


def _probe_zone(making: Making) -> None:
    name = making.get("probeZone")
    if name and all(name != found.name for found in zones(making.world)):
        raise invalid("probeZone", f"probe_zone {name} is not a zone of this account")


def _monitor_outputs(making: Making) -> Values:
    http = making.get("type", "http") in ("http", "https")
    return {"method": making.get("method", "GET" if http else "connection_established"), "path": making.get("path", "/" if http else "")}


monitor = in_account(
    "loadBalancerMonitor",
    enums={"type": ("http", "https", "tcp", "udp_icmp", "icmp_ping", "smtp")},
    limits={
        "timeout": Limit(minimum=1, maximum=10, by="api"),
        "retries": Limit(minimum=0, maximum=5, by="api"),
        "consecutiveUp": Limit(minimum=0, maximum=5, by="api"),
        "consecutiveDown": Limit(minimum=0, maximum=5, by="api"),
        "port": PORT,
        "expectedCodes": Limit(
            pattern=r"|[1-5](\d\d|xx)(-[1-5]\d\d)?(,[1-5](\d\d|xx)(-[1-5]\d\d)?)*", says="codes such as 200, 2xx or 200,204", by="api"
        ),
    },
    defaults={
        "type": "http",
        "interval": 60,
        "timeout": 5,
        "retries": 2,
        "consecutiveUp": 0,
        "consecutiveDown": 0,
        "description": "",
        "expectedBody": "",
        "expectedCodes": "",
        "followRedirects": False,
        "allowInsecure": False,
        "probeZone": "",
    },
    outputs=_monitor_outputs,
    checks=(_probe,),
    before_create=(_interval, _probe_zone),
    before_update=(_interval, _probe_zone),
)


# --- pools ---------------------------------------------------------------------------------------------------------------

_INTERNAL = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16")]


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
    if "virtualNetworkId" not in origin and any(parsed in block for block in _INTERNAL if block.version == parsed.version):
        raise invalid(path, f"{address} is internal and needs virtual_network_id")


def _pool_plan(making: Making) -> None:
    if is_enterprise(making.world):
        return
    if len(making.get("origins", [])) > MOST:
        raise invalid("origins", f"the origin list length must be in range [1, {MOST}]")
    if "ALL_REGIONS" in making.get("checkRegions", []):
        raise invalid("checkRegions", "ALL_REGIONS is for Enterprise")


def _pool_quota(making: Making) -> None:
    if not is_enterprise(making.world) and len(making.world.all(POOL)) >= MOST:
        raise Refused(f"the account has {MOST} pools, the most without Enterprise")


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
    checks=(_origins,),
    before_create=(_pool_plan, _pool_quota),
    before_update=(_pool_plan,),
)


# --- load balancers ------------------------------------------------------------------------------------------------------


def _affinity(making: Making) -> None:
    affinity, proxied = making.get("sessionAffinity", "none"), making.inputs.get("proxied", False)
    if affinity != "none" and proxied is False:
        raise invalid("sessionAffinity", "session_affinity needs proxied")
    if making.get("sessionAffinityAttributes.drainDuration") and proxied is False:
        raise invalid("sessionAffinityAttributes.drainDuration", "drain_duration needs proxied")
    if making.get("ttl") and proxied is True:
        raise invalid("ttl", "ttl is only for load balancers that are not proxied")
    ttl, (least, most) = making.get("sessionAffinityTtl"), (30, 3600) if affinity == "header" else (1800, 604800)
    if ttl is not None and affinity != "none" and not least <= ttl <= most:
        raise invalid("sessionAffinityTtl", f"session_affinity_ttl is not in range [{least}, {most}]")
    if affinity == "header":
        if not making.get("sessionAffinityAttributes.headers"):
            raise invalid("sessionAffinityAttributes.headers", "affinity by header needs at least one header")
        if making.get("sessionAffinityAttributes.zeroDowntimeFailover") == "sticky":
            raise invalid("sessionAffinityAttributes.zeroDowntimeFailover", "sticky is not supported with affinity by header")
    same, secure = making.get("sessionAffinityAttributes.samesite"), making.get("sessionAffinityAttributes.secure")
    if same == "None" and secure == "Never":
        raise invalid("sessionAffinityAttributes.secure", "secure cannot be Never where samesite is None")


def _pools(making: Making) -> None:
    pools = making.get("defaultPools")
    if isinstance(pools, list):
        if not pools:
            raise invalid("defaultPools", "at least one default pool is needed")
        if twice(known(pools)) is not None:
            raise Refused(f"{twice(known(pools))} occurs twice: value not unique (1003)", property="defaultPools")
    for key in _keys(making, "regionPools"):
        if key not in REGIONS:
            raise invalid("regionPools", f"{key} is not a region: {', '.join(REGIONS)}")
    for key in _keys(making, "countryPools"):
        if not (len(key) == 2 and key.isalpha() and key.isupper()):
            raise invalid("countryPools", f"{key} is not a country code of two capital letters")
    for index, rule in enumerate(known_items(making, "rules")):
        if "fixedResponse" in rule and "overrides" in rule:
            raise invalid(f"rules[{index}]", "a rule has either fixed_response or overrides")


def _keys(making: Making, path: str) -> Iterator[str]:
    mapped = making.get(path, {})
    return iter(mapped) if isinstance(mapped, dict) else iter(())


def _load_balancer_state(making: Making) -> None:
    found = zone(making.world, making.get("zoneId"))
    if found is None:
        return
    name = str(making.get("name", ""))
    if name != found.name and not name.endswith(f".{found.name}"):
        raise invalid("name", f"the hostname {name} is not in the zone {found.name}")
    if found.plan != "enterprise":
        if making.get("popPools"):
            raise invalid("popPools", "pop_pools is for Enterprise")
        if making.old is None and len([one for one in making.world.all(LOAD_BALANCER) if one.inputs.get("zoneId") == found.id]) >= MOST:
            raise Refused(f"the zone has {MOST} load balancers, the most without Enterprise")
    steering = making.get("steeringPolicy")
    for id in making.get("defaultPools", []):
        pool = making.world.one(POOL, id)
        if pool is None:
            continue
        if steering == "proximity" and pool.inputs.get("latitude") is None:
            raise invalid("steeringPolicy", f"proximity needs the coordinates of pool {pool.inputs['name']}")
        if steering == "dynamic_latency" and not pool.inputs.get("monitor") and not pool.inputs.get("monitorGroup"):
            raise invalid("steeringPolicy", f"dynamic_latency needs a monitor on pool {pool.inputs['name']}")
    for id in _keys(making, "randomSteering.poolWeights"):
        if making.world.one(POOL, id) is None:
            raise Refused(f"pool {id} not found", property="randomSteering.poolWeights")


def _load_balancer_outputs(making: Making) -> Values:
    found = zone(making.world, making.get("zoneId"))
    made: Values = {"zoneName": found.name if found else ""}
    if making.get("sessionAffinity", "none") != "none":
        made["sessionAffinityTtl"] = making.get("sessionAffinityTtl", 1800 if making.get("sessionAffinity") == "header" else 82800)
    return made if making.get("proxied") else {**made, "ttl": making.get("ttl", 30)}


def _attributes(path: str) -> dict[str, tuple[str, ...]]:
    return {
        f"{path}sessionAffinityAttributes.samesite": ("Auto", "Lax", "None", "Strict"),
        f"{path}sessionAffinityAttributes.secure": ("Auto", "Always", "Never"),
        f"{path}sessionAffinityAttributes.zeroDowntimeFailover": ("none", "temporary", "sticky"),
        f"{path}locationStrategy.mode": ("pop", "resolver_ip"),
        f"{path}locationStrategy.preferEcs": ("always", "never", "proximity", "geo"),
        f"{path}sessionAffinity": AFFINITY,
        f"{path}steeringPolicy": STEERING,
    }


def _used(path: str) -> Iterator[Reference]:
    for name in ("defaultPools", "fallbackPool", "regionPools[*]", "countryPools[*]", "popPools[*]"):
        yield Reference(path=f"{path}{name}", to=(POOL,), missing="pool {value} not found", in_use=IN_USE)


load_balancer = in_zone(
    "loadBalancer",
    enums={**_attributes(""), **_attributes("rules[*].overrides.")},
    limits={
        "randomSteering.defaultWeight": UNIT,
        "randomSteering.poolWeights[*]": UNIT,
        "rules[*].overrides.randomSteering.defaultWeight": UNIT,
        "rules[*].overrides.randomSteering.poolWeights[*]": UNIT,
        "sessionAffinityAttributes.drainDuration": Limit(minimum=0, maximum=3600, by="api"),
        "ttl": Limit(minimum=10, maximum=86400, by="api"),
    },
    defaults={"enabled": True, "proxied": False, "description": "", "steeringPolicy": "", "sessionAffinity": "none"},
    outputs=_load_balancer_outputs,
    references=(*_used(""), *_used("rules[*].overrides.")),
    unique=(
        Unique(
            paths=("zoneId", "name"),
            within="account",
            message="a load balancer with this hostname exists ({value}): value not unique (1003)",
        ),
    ),
    checks=(_affinity, _pools),
    before_create=(_load_balancer_state,),
    before_update=(_load_balancer_state,),
)

TYPES = (monitor, pool, load_balancer)
