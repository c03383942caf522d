"""What the rules of each phase may do, and what of it each plan has.

Sources: https://developers.cloudflare.com/ruleset-engine/reference/phases-list/, https://developers.cloudflare.com/waf/,
https://developers.cloudflare.com/cache/how-to/cache-rules/, https://developers.cloudflare.com/ddos-protection/managed-rulesets/http/;
words and codes as people met them.
"""

import re
from collections.abc import Iterator

from ...rules import Making, Refused, Values
from .common import known_items, plan_of, twice

PLANS = ("free", "pro", "business", "enterprise")

CHALLENGES = ("challenge", "js_challenge", "managed_challenge")
SECURITY = ("block", *CHALLENGES, "execute", "log", "skip")
ACTIONS = {
    "ddos_l4": ("execute",),
    "ddos_l7": ("execute",),
    "http_config_settings": ("set_config",),
    "http_custom_errors": ("serve_error",),
    "http_log_custom_fields": ("log_custom_field",),
    "http_ratelimit": SECURITY,
    "http_request_cache_settings": ("set_cache_settings",),
    "http_request_dynamic_redirect": ("redirect",),
    "http_request_firewall_custom": SECURITY,
    "http_request_firewall_managed": ("execute", "skip"),
    "http_request_late_transform": ("rewrite",),
    "http_request_origin": ("route",),
    "http_request_redirect": ("redirect",),
    "http_request_transform": ("rewrite",),
    "http_response_compression": ("compress_response",),
    "http_response_headers_transform": ("rewrite",),
}
"""The actions of the rules of a zone's or an account's own ruleset of a phase, where they are known."""

NEEDED = {"execute": "id", "set_cache_settings": None, "skip": None, "redirect": None, "rewrite": None, "route": None}
"""Actions that mean nothing without parameters, and which one of them."""

SKIPPED = ("http_ratelimit", "http_request_firewall_managed", "http_request_sbfm")
"""The phases that a custom rule may skip."""

MOST = {
    "http_request_firewall_custom": (5, 20, 100, 1000),
    "http_ratelimit": (1, 2, 5, 100),
    "http_request_cache_settings": (10, 25, 50, 300),
    "ddos_l7": (1, 1, 1, 10),
}
"""How many rules a zone has in a phase, by plan."""

SECONDS = (10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 900, 1200, 1800, 2400, 3600, 65535, 86400)
LONGEST_PERIOD = (10, 60, 600, 65535)
LONGEST_TIMEOUT = (10, 3600, 86400, 86400)
SHORTEST_CACHE = (7200, 3600, 1, 1)

PAID_RULESETS = {
    "efb7b8c949ac4650a09736fc376e9aee": "Cloudflare Managed Ruleset",
    "4814384a9e5d4991b9815dcfc25d2f1f": "Cloudflare OWASP Core Ruleset",
    "c2e184081120413c86c3ab7e14069605": "Cloudflare Exposed Credentials Check",
}
"""Managed rulesets that need the Pro plan."""


def check_rules(making: Making) -> None:
    """Refuses what no plan has."""
    phase, kind = making.get("phase"), making.get("kind")
    for path, rule in _rules(making):
        action, parameters = rule.get("action"), rule.get("actionParameters") or {}
        if kind in ("zone", "root") and isinstance(action, str) and action not in ACTIONS.get(phase, (action,)):
            _refuse(f"'{action}' is not a valid value for action because it is not supported in phase {phase}", f"{path}.action")
        if action in NEEDED and not (parameters.get(NEEDED[action]) if NEEDED[action] else parameters):
            _refuse(f"action parameters are required for the action {action}", f"{path}.actionParameters")
        if "logging" in rule and action != "skip":
            _refuse("logging is only allowed for the action skip (20018)", f"{path}.logging")
        if action == "skip":
            for skipped in parameters.get("phases") or ():
                if isinstance(skipped, str) and skipped not in SKIPPED:
                    _refuse(f"phase {skipped} cannot be skipped", f"{path}.actionParameters.phases")
        for ttl in ("edgeTtl", "browserTtl"):
            given = parameters.get(ttl) or {}
            if (given.get("mode") == "override_origin") != ("default" in given):
                _refuse("default is for the mode override_origin, which needs it", f"{path}.actionParameters.{ttl}.default")
        _limit(rule.get("ratelimit"), f"{path}.ratelimit")
    again = twice(rule["ref"] for _, rule in _rules(making) if isinstance(rule.get("ref"), str))
    if again is not None:
        _refuse(f"ref {again} is not unique within the ruleset", "rules")


def check_plan(making: Making) -> None:
    """Refuses what the zone's plan has not."""
    phase, plan = making.get("phase"), PLANS.index(plan_of(making))
    if making.get("kind") != "zone":
        return
    rules = list(_rules(making))
    if phase in MOST and len(rules) > MOST[phase][plan]:
        _refuse(f"exceeded the maximum number of rules in the phase {phase}: {len(rules)} out of {MOST[phase][plan]} (50001)", "rules")
    for path, rule in rules:
        action, parameters, expression = rule.get("action"), rule.get("actionParameters") or {}, rule.get("expression")
        if action == "log" and plan < 3:
            _refuse("not entitled: the use of action log is not allowed, an Enterprise plan is required", f"{path}.action")
        if isinstance(expression, str) and plan < 2 and re.search(r"\bmatches\b|~", re.sub(r'"(\\.|[^"\\])*"', "", expression)):
            needed = "a Business plan or a WAF Advanced plan is required"
            _refuse(f"not entitled: the use of operator Matches is not allowed, {needed}", f"{path}.expression")
        if action == "execute" and plan < 1 and parameters.get("id") in PAID_RULESETS:
            wrong = f"not entitled: the use of the {PAID_RULESETS[parameters['id']]} is not allowed, a Pro plan is required"
            _refuse(wrong, f"{path}.actionParameters.id")
        if phase == "ddos_l7" and plan < 3 and isinstance(expression, str) and expression != "true":
            _refuse("not entitled: the expression has to be true without Advanced DDoS Protection", f"{path}.expression")
        kept = (parameters.get("edgeTtl") or {}).get("default")
        if isinstance(kept, (int, float)) and kept < SHORTEST_CACHE[plan]:
            _refuse(
                f"not entitled to use the edge TTL {kept}, the minimum is {SHORTEST_CACHE[plan]}",
                f"{path}.actionParameters.edgeTtl.default",
            )
        if phase == "http_ratelimit":
            _limit_of_plan(rule.get("ratelimit") or {}, str(action), plan, f"{path}.ratelimit")


def _limit(limit: object, path: str) -> None:
    if not isinstance(limit, dict):
        return
    characteristics = limit.get("characteristics")
    if isinstance(characteristics, list) and all(isinstance(each, str) for each in characteristics):
        if characteristics and "cf.colo.id" not in characteristics:
            why = "this is required as ratelimiting counting is processed at colocation level only"
            _refuse(f"characteristics field is missing 'cf.colo.id', {why} (20155)", f"{path}.characteristics")
        if {"ip.src", "cf.unique_visitor_id"} <= set(characteristics):
            _refuse("ip.src and cf.unique_visitor_id exclude each other", f"{path}.characteristics")
    if ("requestsPerPeriod" in limit) == ("scorePerPeriod" in limit):
        _refuse("exactly one of requestsPerPeriod and scorePerPeriod is needed", f"{path}.requestsPerPeriod")


def _limit_of_plan(limit: Values, action: str, plan: int, path: str) -> None:
    period, timeout = limit.get("period"), limit.get("mitigationTimeout")
    periods = [seconds for seconds in SECONDS if seconds <= LONGEST_PERIOD[plan]]
    if isinstance(period, (int, float)) and period not in periods:
        among = ", ".join(map(str, periods))
        _refuse(f"not entitled to use the period {period:g}, can only use a period among [{among}]", f"{path}.period")
    if not isinstance(timeout, (int, float)):
        return
    if plan == 3:
        if not 0 <= timeout <= 86400:
            _refuse(f"mitigation timeout {timeout:g} is not in range 0 to 86400", f"{path}.mitigationTimeout")
    elif action in CHALLENGES:
        if timeout != 0:
            _refuse("not entitled to use a mitigation timeout different from 0 with a challenge", f"{path}.mitigationTimeout")
    elif timeout not in (timeouts := [seconds for seconds in SECONDS if seconds <= LONGEST_TIMEOUT[plan]]):
        among = "10" if timeouts == [10] else f"[{', '.join(map(str, timeouts))}]"
        _refuse(f"not entitled to use a mitigation timeout different from {among}", f"{path}.mitigationTimeout")


def _rules(making: Making) -> Iterator[tuple[str, Values]]:
    for index, rule in enumerate(known_items(making, "rules")):
        yield f"rules[{index}]", rule


def _refuse(message: str, property: str) -> None:
    raise Refused(message, property=property)
