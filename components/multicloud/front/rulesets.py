"""The shield's rules as Cloudflare takes them, by the phase in which they run. Pure."""

from typing import Any

from .health import Plan
from .rules import Action, CacheRule, FirewallRule, RateLimit, reference
from .shield import DdosSensitivity, Shield

Rule = dict[str, Any]

CLOUDFLARE_RULES = "efb7b8c949ac4650a09736fc376e9aee"
OWASP_RULES = "4814384a9e5d4991b9815dcfc25d2f1f"
DDOS_RULES = "4d21379b4f9f4bb088e0729962c8b3cf"
"""Cloudflare's managed rulesets, whose ids are the same for all.

Sources: https://developers.cloudflare.com/waf/managed-rules/,
https://developers.cloudflare.com/terraform/additional-configurations/ddos-managed-rulesets/
"""

ALL = "true"
"""The condition that every request meets."""


def rulesets(shield: Shield, plan: Plan) -> dict[str, list[Rule]]:
    """The rules of each phase that has any, each as the inputs of a rule, what is Cloudflare's own default left out.

    Args:
        shield: The shield, checked.
        plan: The zone's plan.
    """
    managed = [_execute("cloudflare_managed", "Cloudflare's managed rules", CLOUDFLARE_RULES)] if shield.has_managed_rules(plan) else []
    if shield.owasp_rules:
        managed.append(_execute("owasp", "The rules of OWASP", OWASP_RULES))
    phases = {
        "http_request_firewall_custom": [_firewall(rule, plan) for rule in shield.firewall or []],
        "http_request_firewall_managed": managed,
        "http_ratelimit": [_rate_limit(limit, plan) for limit in shield.rate_limits or []],
        "http_request_cache_settings": [_cache(rule) for rule in shield.cache or []],
        "ddos_l7": [] if shield.ddos in (None, DdosSensitivity.HIGH) else [_ddos(shield.ddos)],
    }
    return {phase: rules for phase, rules in phases.items() if rules}


def bot_management(enabled: bool, plan: Plan) -> dict[str, Any]:
    """What of a zone's bot management makes work for bots, or no longer does, on a plan.

    Source: https://developers.cloudflare.com/api/resources/bot_management/methods/update/
    """
    if plan is Plan.FREE:
        # Bot Fight Mode always looks at visitors with JavaScript; said aloud, it is no difference at the next preview.
        return {"fight_mode": True, "enable_js": True} if enabled else {"fight_mode": False}
    action = "managed_challenge" if enabled else "allow"
    return {"sbfm_definitely_automated": action, **({} if plan is Plan.PRO else {"sbfm_likely_automated": action})}


def _begins(path: str | None) -> str:
    # A field that rate limits may name on every plan, as `true` alone is not.
    return f'starts_with(http.request.uri.path, "{path or "/"}")'


def _firewall(rule: FirewallRule, plan: Plan) -> Rule:
    made: Rule = {"ref": reference(rule.name), "description": rule.name, "expression": rule.expression, "action": rule.action.value}
    if rule.action is not Action.SKIP:
        return made
    phases = ["http_ratelimit", "http_request_firewall_managed", *([] if plan is Plan.FREE else ["http_request_sbfm"])]
    # Cloudflare logs what is skipped unless told otherwise, and gives that back; other rules must not say it.
    return {**made, "action_parameters": {"ruleset": "current", "phases": phases}, "logging": {"enabled": True}}


def _rate_limit(limit: RateLimit, plan: Plan) -> Rule:
    return {
        "ref": reference(limit.name),
        "description": limit.name,
        "expression": _begins(limit.path),
        "action": (limit.action or Action.BLOCK).value,
        "ratelimit": {
            # Counted at each data centre by itself, which Cloudflare wants said.
            "characteristics": ["cf.colo.id", "ip.src"],
            "period": limit.seconds,
            "requests_per_period": limit.requests,
            "mitigation_timeout": limit.timeout(plan),
        },
    }


def _cache(rule: CacheRule) -> Rule:
    # Else the zone's own browser cache TTL, four hours at first, would lengthen what the origin says.
    browser: dict[str, Any] = {"mode": "respect_origin"}
    if rule.browser_seconds is not None:
        browser = {"mode": "override_origin", "default": rule.browser_seconds}
    return {
        "ref": reference(rule.path),
        "description": f"Keep {rule.path}",
        "expression": _begins(rule.path),
        "action": "set_cache_settings",
        "action_parameters": {"cache": True, "edge_ttl": {"mode": "override_origin", "default": rule.seconds}, "browser_ttl": browser},
    }


def _ddos(sensitivity: DdosSensitivity) -> Rule:
    rule = _execute("ddos", "How readily traffic is taken for an attack", DDOS_RULES)
    return {**rule, "action_parameters": {"id": DDOS_RULES, "overrides": {"sensitivity_level": sensitivity.value}}}


def _execute(ref: str, description: str, ruleset: str) -> Rule:
    return {"ref": ref, "description": description, "expression": ALL, "action": "execute", "action_parameters": {"id": ruleset}}
