"""Load balancers: which pool a visitor gets.

Sources: https://developers.cloudflare.com/api/resources/load_balancers/methods/create/,
https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/,
https://developers.cloudflare.com/load-balancing/additional-options/load-balancing-rules/ and
https://developers.cloudflare.com/load-balancing/reference/limitations/
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...rules import Limit, Making, Reference, Refused, Unique, Values
from .affinity import AFFINITY, ATTRIBUTES, DRAIN, check_affinity, check_affinity_plan
from .common import IN_USE, UNIT, Zone, in_zone, invalid, known, known_items, twice, within, zone
from .pools import POOL, REGIONS
from .rulesets import check_expression

LOAD_BALANCER = "cloudflare:index/loadBalancer:LoadBalancer"
STEERING = ("off", "geo", "random", "dynamic_latency", "proximity", "least_outstanding_requests", "least_connections", "")
MOST = 20
"""In a zone without Enterprise."""

PLACES = {
    "regionPools": (re.compile("|".join(REGIONS)), f"a region: {', '.join(REGIONS)}"),
    "countryPools": (re.compile(r"[A-Z][A-Z0-9]"), "a country code of two capital letters"),
    "popPools": (re.compile(r"[A-Z]{3}"), "a data centre's code of three capital letters"),
}
"""What the keys of each mapping of places look like."""

TTL = Limit(minimum=10, maximum=86400, by="api")


# --- what the inputs alone decide ----------------------------------------------------------------------------------------


def _places(making: Making) -> Iterator[str]:
    """Where something is said of steering: the load balancer itself, and what each rule overrides."""
    yield ""
    for index, rule in enumerate(known_items(making, "rules")):
        if isinstance(rule.get("overrides"), dict):
            yield f"rules[{index}].overrides."


def _at(making: Making, path: str) -> Any:
    return making.get(re.sub(r"\[(\d+)\]", r".\1", path))


def _affinity(making: Making) -> None:
    if making.get("ttl") and making.inputs.get("proxied") is True:
        raise invalid("ttl", "ttl is only for load balancers that are not proxied")
    for path in _places(making):
        check_affinity(making, path)


def _hostname(making: Making) -> None:
    name = making.get("name", "")
    if name and not re.fullmatch(r"(?=.{1,253}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z0-9-]{2,63}", name):
        raise invalid("name", f"{name} is not a hostname")


def _pools(making: Making) -> None:
    for path in _places(making):
        _check_order(f"{path}defaultPools", _at(making, f"{path}defaultPools"), "at least one default pool is needed")
        for name, (form, says) in PLACES.items():
            mapped = _at(making, f"{path}{name}")
            for place, pools in mapped.items() if isinstance(mapped, Mapping) else ():
                if not form.fullmatch(place):
                    raise invalid(f"{path}{name}", f"{place} is not {says}")
                _check_order(f"{path}{name}.{place}", pools, f"{place} names no pool")


def _check_order(path: str, pools: Any, empty: str) -> None:
    """Refuses a list of pools that is empty, or that names one twice."""
    if not isinstance(pools, list):
        return
    if not pools:
        raise invalid(path, empty)
    if twice(known(pools)) is not None:
        raise Refused(f"{twice(known(pools))} occurs twice: value not unique (1003)", property=path)


def _rules(making: Making) -> None:
    rules = known_items(making, "rules")
    for index, rule in enumerate(rules):
        path = f"rules[{index}]"
        if "fixedResponse" in rule and "overrides" in rule:
            raise invalid(path, "a rule has either fixed_response or overrides")
        if all(rule.get(action) in (None, {}, False) for action in ("fixedResponse", "overrides", "terminates")):
            raise invalid(path, "a rule needs fixed_response or overrides")
        if rule.get("condition"):
            check_expression(rule["condition"], f"{path}.condition")
        response = rule.get("fixedResponse")
        body = response.get("messageBody") if isinstance(response, Mapping) else None
        if isinstance(body, str) and len(body.encode()) > 1024:
            raise invalid(f"{path}.fixedResponse.messageBody", f"message_body has {len(body.encode())} bytes, over 1024")
    if twice(known(rule["priority"] for rule in rules if "priority" in rule)) is not None:
        raise Refused("two rules have the same priority: value not unique (1003)", property="rules")


# --- what the zone and its plan decide ------------------------------------------------------------------------------------


def _state(making: Making) -> None:
    found = zone(making.world, making.get("zoneId"))
    if found is None:
        return
    name = str(making.get("name", ""))
    if not within(name, found.name):
        raise invalid("name", f"the hostname {name} is not in the zone {found.name}")
    for path in _places(making):
        check_affinity_plan(making, found.plan, path)
        _check_steering(making, path)
    if found.plan != "enterprise":
        _without_enterprise(making, found)


def _without_enterprise(making: Making, found: Zone) -> None:
    for path in _places(making):
        if _at(making, f"{path}popPools"):
            raise invalid(f"{path}popPools", "pop_pools is for Enterprise")
    if len(making.get("rules", [])) > 1:
        raise invalid("rules", f"{len(making.get('rules', []))} rules, and a load balancer has one without Enterprise")
    if making.old is None and len([one for one in making.world.all(LOAD_BALANCER) if one.inputs.get("zoneId") == found.id]) >= MOST:
        raise Refused(f"exceeded quota: the zone has {MOST} load balancers, the most without Enterprise")


def _check_steering(making: Making, path: str) -> None:
    """Refuses a steering that has nothing to go by, for the pools that it steers among: a rule's own, or the load balancer's."""
    steering = _at(making, f"{path}steeringPolicy") or making.get("steeringPolicy")
    for id in _at(making, f"{path}defaultPools") or making.get("defaultPools", []):
        pool = making.world.one(POOL, id)
        if pool is None:
            continue
        if steering == "proximity" and pool.inputs.get("latitude") is None:
            raise invalid(f"{path}steeringPolicy", f"proximity needs the coordinates of pool {pool.inputs['name']}")
        if steering == "dynamic_latency" and not pool.inputs.get("monitor") and not pool.inputs.get("monitorGroup"):
            raise invalid(f"{path}steeringPolicy", f"dynamic_latency needs a monitor on pool {pool.inputs['name']}")
    weights = _at(making, f"{path}randomSteering.poolWeights")
    for id in weights if isinstance(weights, Mapping) else ():
        if making.world.one(POOL, id) is None:
            raise Refused(f"pool {id} not found", property=f"{path}randomSteering.poolWeights")


def _outputs(making: Making) -> Values:
    found = zone(making.world, making.get("zoneId"))
    made: Values = {"zoneName": found.name if found else ""}
    if making.get("sessionAffinity", "none") != "none":
        made["sessionAffinityTtl"] = making.get("sessionAffinityTtl", 1800 if making.get("sessionAffinity") == "header" else 82800)
    return made if making.get("proxied") else {**made, "ttl": making.get("ttl", 30)}


def _enums(path: str) -> dict[str, tuple[str, ...]]:
    return {
        **{f"{path}sessionAffinityAttributes.{name}": values for name, values in ATTRIBUTES.items()},
        f"{path}locationStrategy.mode": ("pop", "resolver_ip"),
        f"{path}locationStrategy.preferEcs": ("always", "never", "proximity", "geo"),
        f"{path}sessionAffinity": AFFINITY,
        f"{path}steeringPolicy": STEERING,
    }


def _limits(path: str) -> dict[str, Limit]:
    return {
        f"{path}randomSteering.defaultWeight": UNIT,
        f"{path}randomSteering.poolWeights[*]": UNIT,
        f"{path}sessionAffinityAttributes.drainDuration": DRAIN,
        f"{path}ttl": TTL,
    }


def _used(path: str) -> Iterator[Reference]:
    for name in ("defaultPools", "fallbackPool", *(f"{place}[*]" for place in PLACES)):
        yield Reference(path=f"{path}{name}", to=(POOL,), missing="pool {value} not found", in_use=IN_USE)


OVERRIDES = "rules[*].overrides."
load_balancer = in_zone(
    "loadBalancer",
    enums={**_enums(""), **_enums(OVERRIDES)},
    limits={
        **_limits(""),
        **_limits(OVERRIDES),
        "rules[*].name": Limit(max_length=200, by="api"),
        "rules[*].priority": Limit(minimum=0, by="api"),
        "rules[*].fixedResponse.contentType": Limit(max_length=32, by="api"),
        "rules[*].fixedResponse.location": Limit(max_length=2048, by="api"),
        "rules[*].fixedResponse.statusCode": Limit(minimum=100, maximum=599, by="api"),
    },
    defaults={"enabled": True, "proxied": False, "description": "", "steeringPolicy": "", "sessionAffinity": "none"},
    outputs=_outputs,
    references=(*_used(""), *_used(OVERRIDES)),
    unique=(
        Unique(
            paths=("zoneId", "name"),
            within="account",
            message="a load balancer with this hostname exists ({value}): value not unique (1003)",
        ),
    ),
    checks=(_affinity, _hostname, _pools, _rules),
    before_create=(_state,),
    before_update=(_state,),
)

TYPES = (load_balancer,)
