"""Cloud Armor policies."""

import ipaddress
import re

from sandbox.rules import UNKNOWN, Limit, Making, Refused, Values

from ..shared import known
from .tokens import POLICY
from .words import NAME, compute, invalid, names


def _rules_fit(making: Making) -> None:
    """https://cloud.google.com/armor/docs/security-policy-overview#default-rule"""
    rules = making.get("rules")
    if rules is None or any(rule is UNKNOWN or rule.get("priority") is UNKNOWN for rule in rules):
        return
    priorities = [rule.get("priority") for rule in rules]
    if len(set(priorities)) != len(priorities):
        twice = next(priority for priority in priorities if priorities.count(priority) > 1)
        raise Refused(f"Two or more rules have the same priority: {twice}", property="rules", by="provider")
    if making.get("type", "CLOUD_ARMOR") in ("CLOUD_ARMOR", "CLOUD_ARMOR_EDGE") and 2147483647 not in priorities:
        raise invalid("rules", "", "A default rule, with priority 2147483647 and match '*', is required.")


def _rule_actions(making: Making) -> None:
    for where, action in known(making, "rules[*].action"):
        if not re.fullmatch(r"allow|deny(\((403|404|502)\))?|rate_based_ban|redirect|throttle|fairshare", str(action)):
            raise invalid(where, action, "Must be allow, deny(403), deny(404), deny(502), rate_based_ban, redirect or throttle.")


def _rule_ranges(making: Making) -> None:
    for where, value in known(making, "rules[*].match.config.srcIpRanges[*]"):
        try:
            if value != "*":
                ipaddress.ip_network(value)
        except ValueError:
            raise invalid(where, value, "Must be an IP address range in CIDR form, or '*'.") from None


def _default_rule(making: Making) -> Values:
    if making.inputs.get("rules"):
        return {}
    match = {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["*"]}}
    return {"rules": [{"priority": 2147483647, "action": "allow", "match": match, "description": "default rule", "preview": False}]}


TYPES = (
    compute(
        POLICY,
        "securityPolicies",
        "global",
        name=NAME,
        # https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/compute_security_policy
        replaces=frozenset(names("name project")),
        enums={
            "type": names("CLOUD_ARMOR CLOUD_ARMOR_EDGE CLOUD_ARMOR_INTERNAL_SERVICE"),
            "rules[*].match.versionedExpr": ("SRC_IPS_V1",),
            "rules[*].rateLimitOptions.conformAction": ("allow",),
            "rules[*].rateLimitOptions.exceedAction": names("redirect deny(403) deny(404) deny(429) deny(502)"),
            "rules[*].redirectOptions.type": names("EXTERNAL_302 GOOGLE_RECAPTCHA"),
        },
        limits={
            "rules": Limit(max_items=200, by="api"),
            "rules[*].priority": Limit(minimum=0, maximum=2147483647, by="api"),
            "rules[*].description": Limit(max_length=64, by="api"),
            "rules[*].match.config.srcIpRanges": Limit(min_items=1, max_items=10),
            "description": Limit(max_length=2048, by="api"),
        },
        defaults={"type": "CLOUD_ARMOR", "rules[*].preview": False},
        keeps=frozenset(names("project type")),
        sets=frozenset(("rules", "rules[*].match.config.srcIpRanges")),
        checks=(_rules_fit, _rule_actions, _rule_ranges),
        outputs=_default_rule,
    ),
)
