"""Rulesets, and the older rules that they took the place of.

Sources: https://developers.cloudflare.com/ruleset-engine/ and the provider's schema
"""

from ...rules import Limit, Making, Reference, Refused, Values
from .common import hex_id, in_account, in_zone, known_items, make, moment, once_in_zone, plan_of, uuid_id
from .phases import check_plan, check_rules

RULESET = "cloudflare:index/ruleset:Ruleset"
LIST = "cloudflare:index/list:List"

PHASES = (
    *("ddos_l4", "ddos_l7", "http_config_settings", "http_custom_errors", "http_log_custom_fields", "http_ratelimit"),
    *("http_request_cache_settings", "http_request_dynamic_redirect", "http_request_firewall_custom", "http_request_firewall_managed"),
    *("http_request_late_transform", "http_request_origin", "http_request_redirect", "http_request_sanitize", "http_request_sbfm"),
    *("http_request_transform", "http_response_cache_settings", "http_response_compression", "http_response_firewall_managed"),
    *("http_response_headers_transform", "magic_transit", "magic_transit_ids_managed", "magic_transit_managed", "magic_transit_ratelimit"),
)
ACTIONS = (
    *("block", "challenge", "compress_response", "ddos_dynamic", "execute", "force_connection_close", "js_challenge", "log"),
    *("log_custom_field", "managed_challenge", "redirect", "rewrite", "route", "score", "serve_error", "set_cache_control"),
    *("set_cache_settings", "set_cache_tags", "set_config", "skip"),
)
SENSITIVITIES = ("default", "medium", "low", "eoff")
EDGE_MODES = ("respect_origin", "bypass_by_default", "override_origin")
BROWSER_MODES = ("respect_origin", "bypass", "override_origin")


def check_expression(expression: object, path: str) -> None:
    """Refuses an expression of the rules language that cannot be parsed: empty, or with open quotes or parentheses."""
    if not isinstance(expression, str):
        return
    depth, quoted, escaped = 0, False, False
    for character in expression:
        if quoted:
            quoted, escaped = escaped or character != '"', character == "\\" and not escaped
        elif character == '"':
            quoted = True
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    if not expression.strip() or depth or quoted:
        raise Refused(f"filter parsing error: {expression!r} is empty or has open quotes or parentheses", property=path)


def _level(making: Making) -> None:
    kind = making.get("kind")
    wanted = "zoneId" if kind == "zone" else "accountId"
    if wanted not in making.inputs:
        raise Refused(f"a ruleset of kind {kind} needs {wanted}", property=wanted)


def _rules(making: Making) -> None:
    phase = making.get("phase")
    for index, rule in enumerate(known_items(making, "rules")):
        path = f"rules[{index}]"
        check_expression(rule.get("expression"), f"{path}.expression")
        if phase == "http_ratelimit" and "ratelimit" not in rule and rule.get("action") not in ("skip", "log"):
            raise Refused("a rule of the phase http_ratelimit needs ratelimit", property=f"{path}.ratelimit")
        if phase != "http_ratelimit" and "ratelimit" in rule:
            raise Refused(f"ratelimit is not for the phase {phase}", property=f"{path}.ratelimit")


def _entry_point(making: Making) -> None:
    """Of the rulesets that a zone or an account begins a phase with, there is one a phase."""
    kind = making.get("kind")
    if kind not in ("zone", "root"):
        return
    for other in making.world.all(RULESET):
        same = all(other.inputs.get(key) == making.get(key) for key in ("kind", "phase", "zoneId", "accountId"))
        if same and other.id != making.id:
            many = f"exceeded maximum number of {kind} rulesets for phase {making.get('phase')}"
            raise Refused(f"'{kind}' is not a valid value for kind because {many} (20217)", property="phase")


def _ruleset_outputs(making: Making) -> Values:
    version = int(making.old.outputs.get("version", "0")) + 1 if making.old else 1
    # A rule keeps its id for as long as it is the same in its place.
    old = making.old.outputs.get("rules", []) if making.old else []
    rules: list[Values] = []
    for index, rule in enumerate(making.get("rules", [])):
        before = old[index] if index < len(old) else {}
        id = before.get("id") or hex_id(making)
        rules.append({"enabled": True, "ref": id, **rule, "id": id})
    return {"version": str(version), "lastUpdated": moment(making.now), "rules": rules}


ruleset = make(
    "ruleset",
    replaces={"accountId", "kind", "name", "phase", "zoneId"},
    enums={
        "kind": ("managed", "custom", "root", "zone"),
        "phase": PHASES,
        "rules[*].action": ACTIONS,
        "rules[*].actionParameters.overrides.sensitivityLevel": SENSITIVITIES,
        "rules[*].actionParameters.edgeTtl.mode": EDGE_MODES,
        "rules[*].actionParameters.browserTtl.mode": BROWSER_MODES,
        "rules[*].actionParameters.ruleset": ("current",),
    },
    limits={
        "name": Limit(min_length=1, by="api"),
        "rules[*].expression": Limit(max_length=4096, by="api"),
        "rules[*].ref": Limit(min_length=1, by="api"),
        "rules[*].ratelimit.characteristics": Limit(min_items=1, by="api"),
        "rules[*].ratelimit.requestsPerPeriod": Limit(minimum=1, by="api"),
    },
    exactly_one_of=(("zoneId", "accountId"),),
    defaults={"description": ""},
    outputs=_ruleset_outputs,
    volatile={"version", "lastUpdated"},
    checks=(_level, _rules, check_rules),
    before_create=(_entry_point, check_plan),
    before_update=(_entry_point, check_plan),
)


def _one_of_zone_and_account(making: Making) -> None:
    if ("zoneId" in making.inputs) == ("accountId" in making.inputs):
        raise Refused("exactly one of zoneId and accountId must be given", property="zoneId")


access_rule = make(
    "accessRule",
    replaces={"accountId", "zoneId"},
    enums={
        "mode": ("block", "challenge", "whitelist", "js_challenge", "managed_challenge"),
        "configuration.target": ("ip", "ip6", "ip_range", "asn", "country"),
    },
    checks=(_one_of_zone_and_account,),
)


def _filter(making: Making) -> None:
    for index, body in enumerate(known_items(making, "bodies")):
        check_expression(body.get("expression"), f"bodies[{index}].expression")


filter = in_zone("filter", checks=(_filter,))
firewall_rule = in_zone("firewallRule")
rate_limit = in_zone(
    "rateLimit",
    limits={"period": Limit(minimum=10, maximum=86400), "threshold": Limit(minimum=1, by="api")},
    enums={"action.mode": ("simulate", "ban", "challenge", "js_challenge", "managed_challenge")},
)
page_rule = in_zone("pageRule", enums={"status": ("active", "disabled")}, defaults={"status": "active", "priority": 1})


def _bots(making: Making) -> None:
    """Bot Fight Mode is the Free plan's, and Super Bot Fight Mode that of the others; likely bots are told apart from Business on."""
    plan = plan_of(making)
    super_mode = [name for name in making.inputs if name.startswith("sbfm")]
    if plan == "free" and super_mode:
        raise Refused(f"not entitled: {super_mode[0]} needs a Pro plan", property=super_mode[0])
    if plan == "pro" and "sbfmLikelyAutomated" in making.inputs:
        raise Refused("not entitled: sbfmLikelyAutomated needs a Business plan", property="sbfmLikelyAutomated")
    if plan != "free" and making.get("fightMode"):
        raise Refused("not entitled: fightMode is the Free plan's", property="fightMode")


bot_management = in_zone(
    "botManagement",
    id=once_in_zone,
    enums={
        "aiBotsProtection": ("block", "disabled", "only_on_ad_pages"),
        "cfRobotsVariant": ("off", "policy_only"),
        "contentBotsProtection": ("block", "disabled"),
        "crawlerProtection": ("enabled", "disabled"),
        "sbfmDefinitelyAutomated": ("allow", "block", "managed_challenge"),
        "sbfmLikelyAutomated": ("allow", "block", "managed_challenge"),
        "sbfmVerifiedBots": ("allow", "block"),
    },
    defaults={
        **dict.fromkeys(("aiBotsProtection", "contentBotsProtection", "crawlerProtection"), "disabled"),
        **dict.fromkeys(("sbfmDefinitelyAutomated", "sbfmLikelyAutomated", "sbfmVerifiedBots"), "allow"),
        **dict.fromkeys(("aiTraining", "aiUser", "aisearch"), ""),
        "cfRobotsVariant": "off",
        "enableJs": False,
        "fightMode": False,
    },
    before_create=(_bots,),
    before_update=(_bots,),
)
account_list = in_account(
    "list",
    replaces={"kind", "name"},
    enums={"kind": ("ip", "redirect", "hostname", "asn")},
    limits={"name": Limit(pattern=r"[a-z0-9_]{1,50}", says="1 to 50 lower-case letters, digits and underscores", by="api")},
    outputs=lambda making: {"numItems": len(making.get("items", [])), "numReferencingFilters": 0},
)
list_item = in_account(
    "listItem",
    replaces={"asn", "comment", "ip", "listId"},
    references=(Reference(path="listId", to=(LIST,), holds=False, missing="list {value} not found"),),
    exactly_one_of=(("asn", "hostname", "ip", "redirect"),),
    outputs=lambda making: {"operationId": uuid_id(making)},
)

LANGUAGES = (
    *("en-US", "es-ES", "de-DE", "fr-FR", "it-IT", "ja-JP", "ko-KR", "pt-BR", "zh-CN", "zh-TW", "nl-NL", "pl-PL", "id-ID"),
    *("tr-TR", "ar-EG", "ru-RU", "fa-IR", "bg-BG", "hr-HR", "cs-CZ", "da-DK", "fi-FI", "lt-LT", "ms-MY", "nb-NO", "ro-RO"),
    *("el-GR", "he-IL", "hi-IN", "hu-HU", "sr-BA", "sk-SK", "sl-SI", "sv-SE", "tl-PH", "th-TH", "uk-UA", "vi-VN"),
)
waiting_room = in_zone(
    "waitingRoom",
    enums={
        "defaultTemplateLanguage": LANGUAGES,
        "enabledOriginCommands": ("revoke",),
        "queueingMethod": ("fifo", "random", "passthrough", "reject"),
        "turnstileAction": ("log", "infinite_queue"),
        "turnstileMode": ("off", "invisible", "visible_non_interactive", "visible_managed"),
    },
    limits={
        "newUsersPerMinute": Limit(minimum=200, maximum=2147483647),
        "sessionDuration": Limit(minimum=1, maximum=30),
        "totalActiveUsers": Limit(minimum=200, maximum=2147483647),
    },
    defaults={
        **dict.fromkeys(("cookieSuffix", "customPageHtml"), ""),
        "defaultTemplateLanguage": "en-US",
        "path": "/",
        "queueingMethod": "fifo",
        "queueingStatusCode": 200,
        "sessionDuration": 5,
        "turnstileAction": "log",
        "turnstileMode": "invisible",
    },
)

TYPES = (
    ruleset,
    access_rule,
    filter,
    firewall_rule,
    rate_limit,
    page_rule,
    bot_management,
    account_list,
    list_item,
    waiting_room,
)
