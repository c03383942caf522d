"""What the shield registers, and that the stand-in Cloudflare takes it on every plan."""

from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare
import pytest

from multicloud.errors import ArgumentError
from multicloud.front.health import Plan
from multicloud.front.protection import ProtectionResources, protect
from multicloud.front.shield import Action, CacheRule, DdosSensitivity, FirewallRule, Hsts, MinimumTls, RateLimit, Shield, Ssl
from sandbox.clouds.cloudflare import CLOUD
from sandbox.store import Store
from tests.recording import UNKNOWN, Recording
from tests.sandbox.clouds.cloudflare import Cloudflare

ZONE = "0123456789abcdef0123456789abcdef"
NOTE = "project=project stack=stack component=front"
SETTING = "cloudflare:index/zoneSetting:ZoneSetting"
RULESET = "cloudflare:index/ruleset:Ruleset"
BOTS = "cloudflare:index/botManagement:BotManagement"
DEFAULTS = {
    "ssl_automatic_mode": "custom",
    "ssl": "flexible",
    "min_tls_version": "1.2",
    "tls_1_3": "on",
    "always_use_https": "on",
    "automatic_https_rewrites": "on",
    "security_header": {
        "strict_transport_security": {
            "enabled": True,
            "max_age": 15552000,
            "include_subdomains": False,
            "preload": False,
            "nosniff": True,
        }
    },
}
EVERYTHING = Shield(
    ssl=Ssl.FULL,
    minimum_tls=MinimumTls.TLS_1_3,
    hsts=Hsts(max_age=31536000, include_subdomains=True, preload=True),
    origin_pulls=True,
    owasp_rules=True,
    firewall=[
        FirewallRule(name="Our monitors", expression="ip.src eq 192.0.2.1", action=Action.SKIP),
        FirewallRule(name="Tor", expression='ip.src.country eq "T1"', action=Action.CHALLENGE),
    ],
    rate_limits=[
        RateLimit(name="Logins", requests=5, seconds=10, path="/login", block_seconds=3600),
        RateLimit(name="All", requests=1000, seconds=60, action=Action.CHALLENGE),
    ],
    cache=[CacheRule(path="/static/", seconds=86400, browser_seconds=3600), CacheRule(path="/media/", seconds=3600)],
    bot_fight=True,
    ddos=DdosSensitivity.LOW,
)


def protected(
    recording: Recording,
    shield: Shield | None = None,
    plan: Plan = Plan.FREE,
    port: pulumi.Input[int] | Callable[[], pulumi.Output[int]] = 80,
) -> ProtectionResources | None:
    """The shield of a front called front; a function that says the port is called in the program."""

    def program() -> ProtectionResources | None:
        parent = pulumi.ComponentResource(
            "test:index:Front", "front", opts=pulumi.ResourceOptions(providers=[cloudflare.Provider("cloudflare", api_token="t")])
        )
        where: pulumi.Input[int] = port() if isinstance(port, FunctionType) else port  # type: ignore[assignment]
        return protect(parent, "front", ZONE, shield or Shield(), plan, where, NOTE)

    return recording.run(program)


def settings(recording: Recording) -> dict[str, Any]:
    """The value of each setting."""
    return {made.inputs["settingId"]: made.inputs.get("value") for made in recording.all(SETTING)}


def rules(recording: Recording, phase: str) -> Any:
    """The rules of a phase."""
    return next(made.inputs["rules"] for made in recording.all(RULESET) if made.inputs["phase"] == phase)


def test_a_shield_with_nothing_said_is_seven_settings(recording: Recording) -> None:
    protected(recording)
    assert settings(recording) == DEFAULTS
    made = recording.children("front")
    assert sorted(child.name for child in made) == [
        "front-always-use-https",
        "front-automatic-https-rewrites",
        "front-min-tls-version",
        "front-security-header",
        "front-ssl",
        "front-ssl-automatic-mode",
        "front-tls-1-3",
    ]
    assert {(child.type, child.inputs["zoneId"], child.provider) for child in made} == {(SETTING, ZONE, "cloudflare")}
    assert made == recording.descendants("front")


@pytest.mark.parametrize("plan", [Plan.PRO, Plan.BUSINESS, Plan.ENTERPRISE])
def test_on_a_paid_plan_cloudflares_managed_rules_run_too(recording: Recording, plan: Plan) -> None:
    protected(recording, plan=plan)
    assert [(made.name, made.inputs) for made in recording.all(RULESET)] == [
        (
            "front-request-firewall-managed",
            {
                "zoneId": ZONE,
                "kind": "zone",
                "name": "default",
                "phase": "http_request_firewall_managed",
                "description": NOTE,
                "rules": [
                    {
                        "ref": "cloudflare_managed",
                        "description": "Cloudflare's managed rules",
                        "expression": "true",
                        "action": "execute",
                        "actionParameters": {"id": "efb7b8c949ac4650a09736fc376e9aee"},
                    }
                ],
            },
        )
    ]


def test_a_shield_with_all_there_is_has_a_ruleset_a_phase(recording: Recording) -> None:
    made = protected(recording, EVERYTHING, Plan.PRO, 443)
    assert made is not None
    assert settings(recording) == {
        **DEFAULTS,
        "ssl": "full",
        "min_tls_version": "1.3",
        "tls_client_auth": "on",
        "security_header": {
            "strict_transport_security": {
                "enabled": True,
                "max_age": 31536000,
                "include_subdomains": True,
                "preload": True,
                "nosniff": True,
            }
        },
    }
    assert list(made.rulesets) == [
        "http_request_firewall_custom",
        "http_request_firewall_managed",
        "http_ratelimit",
        "http_request_cache_settings",
        "ddos_l7",
    ]
    assert rules(recording, "http_request_firewall_custom") == [
        {
            "ref": "our_monitors",
            "description": "Our monitors",
            "expression": "ip.src eq 192.0.2.1",
            "action": "skip",
            "actionParameters": {
                "ruleset": "current",
                "phases": ["http_ratelimit", "http_request_firewall_managed", "http_request_sbfm"],
            },
            "logging": {"enabled": True},
        },
        {"ref": "tor", "description": "Tor", "expression": 'ip.src.country eq "T1"', "action": "managed_challenge"},
    ]
    assert [rule["ref"] for rule in rules(recording, "http_request_firewall_managed")] == ["cloudflare_managed", "owasp"]
    assert rules(recording, "http_ratelimit") == [
        {
            "ref": "logins",
            "description": "Logins",
            "expression": 'starts_with(http.request.uri.path, "/login")',
            "action": "block",
            "ratelimit": {
                "characteristics": ["cf.colo.id", "ip.src"],
                "period": 10,
                "requestsPerPeriod": 5,
                "mitigationTimeout": 3600,
            },
        },
        {
            "ref": "all",
            "description": "All",
            "expression": 'starts_with(http.request.uri.path, "/")',
            "action": "managed_challenge",
            "ratelimit": {
                "characteristics": ["cf.colo.id", "ip.src"],
                "period": 60,
                "requestsPerPeriod": 1000,
                "mitigationTimeout": 0,
            },
        },
    ]
    assert rules(recording, "http_request_cache_settings") == [
        {
            "ref": "static",
            "description": "Keep /static/",
            "expression": 'starts_with(http.request.uri.path, "/static/")',
            "action": "set_cache_settings",
            "actionParameters": {
                "cache": True,
                "edgeTtl": {"mode": "override_origin", "default": 86400},
                "browserTtl": {"mode": "override_origin", "default": 3600},
            },
        },
        {
            "ref": "media",
            "description": "Keep /media/",
            "expression": 'starts_with(http.request.uri.path, "/media/")',
            "action": "set_cache_settings",
            "actionParameters": {
                "cache": True,
                "edgeTtl": {"mode": "override_origin", "default": 3600},
                "browserTtl": {"mode": "respect_origin"},
            },
        },
    ]
    assert rules(recording, "ddos_l7") == [
        {
            "ref": "ddos",
            "description": "How readily traffic is taken for an attack",
            "expression": "true",
            "action": "execute",
            "actionParameters": {"id": "4d21379b4f9f4bb088e0729962c8b3cf", "overrides": {"sensitivityLevel": "low"}},
        }
    ]
    assert recording.one(BOTS).inputs == {"zoneId": ZONE, "sbfmDefinitelyAutomated": "managed_challenge"}


@pytest.mark.parametrize(
    ("plan", "inputs"),
    [
        (Plan.FREE, {"fightMode": True, "enableJs": True}),
        (Plan.PRO, {"sbfmDefinitelyAutomated": "managed_challenge"}),
        (Plan.BUSINESS, {"sbfmDefinitelyAutomated": "managed_challenge", "sbfmLikelyAutomated": "managed_challenge"}),
        (Plan.ENTERPRISE, {"sbfmDefinitelyAutomated": "managed_challenge", "sbfmLikelyAutomated": "managed_challenge"}),
    ],
)
def test_bots_are_fought_with_what_the_plan_has(recording: Recording, plan: Plan, inputs: dict[str, Any]) -> None:
    protected(recording, Shield(bot_fight=True), plan)
    assert recording.one(BOTS).inputs == {"zoneId": ZONE, **inputs}


def test_what_is_switched_off_is_said_since_leaving_it_out_changes_nothing_in_the_zone(recording: Recording) -> None:
    protected(recording, Shield(bot_fight=False, origin_pulls=False))
    assert recording.one(BOTS).inputs == {"zoneId": ZONE, "fightMode": False}
    assert settings(recording)["tls_client_auth"] == "off"


def test_a_shield_that_is_not_enabled_is_nothing(recording: Recording) -> None:
    assert protected(recording, Shield(enabled=False), Plan.PRO, 443) is None
    assert recording.children("front") == []


@pytest.mark.parametrize("output", [False, True])
@pytest.mark.parametrize(("port", "ssl"), [(443, "strict"), (80, "flexible"), (8080, "flexible")])
def test_the_way_to_the_origins_follows_their_port_known_or_not_yet(recording: Recording, port: int, ssl: str, output: bool) -> None:
    protected(recording, port=pulumi.Output.from_input(port) if output else port)
    assert settings(recording) == {**DEFAULTS, "ssl": ssl}


def test_in_a_preview_a_port_to_come_leaves_the_way_open() -> None:
    preview = Recording(preview=True)

    def port() -> pulumi.Output[int]:
        return cloudflare.ZoneSetting("other", zone_id=ZONE, setting_id="ipv6", value="on").time_remaining.apply(int)

    protected(preview, port=port)
    assert settings(preview) == {"ipv6": "on", **DEFAULTS, "ssl": UNKNOWN}
    preview.close()


@pytest.mark.parametrize("output", [False, True])
def test_a_way_that_cannot_reach_the_origins_is_refused_as_soon_as_their_port_is_known(recording: Recording, output: bool) -> None:
    with pytest.raises(ArgumentError, match=r"^shield\.ssl: strict goes to the origins by HTTPS, and they answer plain HTTP on port 80;"):
        protected(recording, Shield(ssl=Ssl.STRICT), port=pulumi.Output.from_input(80) if output else 80)


def test_cloudflare_stops_changing_the_way_by_itself_before_it_is_set(recording: Recording) -> None:
    protected(recording)
    automatic = recording.one(SETTING, "front-ssl-automatic-mode")
    assert automatic.urn in recording.one(SETTING, "front-ssl").depends_on


@pytest.mark.parametrize(
    ("plan", "shield"),
    [
        *[(plan, Shield()) for plan in Plan],
        *[(plan, Shield(bot_fight=fight, origin_pulls=fight)) for plan in Plan for fight in (True, False)],
        *[(plan, EVERYTHING) for plan in Plan if plan is not Plan.FREE],
        (
            Plan.FREE,
            Shield(
                firewall=EVERYTHING.firewall,
                rate_limits=[RateLimit(name="Logins", requests=5, seconds=10, action=Action.CHALLENGE)],
                cache=[CacheRule(path="/static/", seconds=7200)],
                ddos=DdosSensitivity.ESSENTIALLY_OFF,
            ),
        ),
        (
            Plan.ENTERPRISE,
            Shield(
                firewall=[FirewallRule(name="Seen", expression='http.host matches "^a"', action=Action.LOG)],
                rate_limits=[RateLimit(name="Logins", requests=5, seconds=65535, block_seconds=7, action=Action.LOG)],
            ),
        ),
    ],
)
def test_what_passes_the_check_the_stand_in_cloudflare_takes(recording: Recording, tmp_path: Path, plan: Plan, shield: Shield) -> None:
    """What the component refuses and what Cloudflare refuses are written down twice, and agree."""
    shield.check(plan)
    protected(recording, shield, plan, 443)
    store = Store(tmp_path / "sandbox.db")
    account = Cloudflare(CLOUD, store)
    zone = account.add_zone("example.dev", plan=plan.value)
    for made in recording.children("front"):
        account.make(made.type.rpartition("/")[2].partition(":")[0], **{**made.inputs, "zoneId": zone})
    store.close()
