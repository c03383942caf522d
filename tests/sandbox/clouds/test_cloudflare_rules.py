"""The stand-in Cloudflare: rulesets, settings and certificates of a zone."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.clouds import pki
from sandbox.clouds.cloudflare import authority
from sandbox.clouds.cloudflare.common import ACCOUNT, zone_id
from sandbox.rules import Refused
from tests.sandbox.clouds.cloudflare import CSR, KEY, ZONE, Cloudflare

BLOCK = {"action": "block", "expression": "true"}
MANAGED, DDOS = "efb7b8c949ac4650a09736fc376e9aee", "4d21379b4f9f4bb088e0729962c8b3cf"
FREE_MANAGED = "77454fe2d30c4220b5701f6fdfb893ba"


def limited(action: str = "block", **changes: Any) -> dict[str, Any]:
    """A rate limit as every plan has it, changed."""
    usual = {"characteristics": ["cf.colo.id", "ip.src"], "period": 10, "requestsPerPeriod": 5, "mitigationTimeout": 10}
    limit = {key: value for key, value in {**usual, **changes}.items() if value is not None}
    return {"action": action, "expression": 'starts_with(http.request.uri.path, "/login")', "ratelimit": limit}


def rate_limits(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"phase": "http_ratelimit", "rules": list(rules)}


def kept(seconds: int | None) -> dict[str, Any]:
    """A cache rule."""
    ttl = {"mode": "override_origin", **({} if seconds is None else {"default": seconds})}
    return {"action": "set_cache_settings", "expression": "true", "actionParameters": {"cache": True, "edgeTtl": ttl}}


def caches(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"phase": "http_request_cache_settings", "rules": list(rules)}


def skipped(**parameters: Any) -> dict[str, Any]:
    return {"action": "skip", "expression": "true", "actionParameters": parameters}


def executed(ruleset: str, **overrides: Any) -> dict[str, Any]:
    parameters = {"id": ruleset, **({"overrides": overrides} if overrides else {})}
    return {"action": "execute", "expression": "true", "actionParameters": parameters}


def test_a_ruleset_counts_its_versions_and_keeps_its_rules_ids(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("ruleset")
    changed = cloudflare.change(
        "ruleset", made, rules=[*made.inputs["rules"], {"action": "skip", "expression": "true", "actionParameters": {"ruleset": "current"}}]
    )
    assert (made.outputs["version"], changed.outputs["version"]) == ("1", "2")
    assert changed.outputs["rules"][0]["id"] == made.outputs["rules"][0]["id"] != changed.outputs["rules"][1]["id"]
    assert cloudflare.replaced("ruleset", made, phase="http_ratelimit", rules=[])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"accountId": ACCOUNT}, "only one of 'zoneId', 'accountId' may be given"),
        ({"zoneId": None}, "one of 'zoneId', 'accountId' must be given"),
        ({"kind": "root"}, "accountId: a ruleset of kind root needs accountId"),
        ({"kind": "local"}, "kind: expected one of"),
        ({"phase": "http_request"}, "phase: expected one of"),
        ({"rules": [{"action": "ban", "expression": "true"}]}, "rules[0].action: expected one of"),
        ({"rules": [{"action": "block", "expression": '(http.host eq "x"'}]}, "rules[0].expression: filter parsing error"),
        ({"rules": [{"action": "block", "expression": ""}]}, "rules[0].expression: filter parsing error"),
        ({"rules": [{"action": "block"}]}, "rules[0].expression: missing required property"),
        ({"phase": "http_ratelimit"}, "rules[0].ratelimit: a rule of the phase http_ratelimit needs ratelimit"),
        ({"rules": [limited()]}, "ratelimit is not for the phase http_request_firewall_custom"),
        (rate_limits(limited(characteristics=["ip.src"])), "characteristics field is missing 'cf.colo.id', this is required"),
        (rate_limits(limited(characteristics=["cf.colo.id", "ip.src", "cf.unique_visitor_id"])), "exclude each other"),
        (rate_limits(limited(requestsPerPeriod=None)), "exactly one of requestsPerPeriod and scorePerPeriod is needed"),
        (rate_limits(limited(requestsPerPeriod=0)), "rules[0].ratelimit.requestsPerPeriod"),
        ({"rules": [{**BLOCK, "logging": {"enabled": True}}]}, "logging is only allowed for the action skip (20018)"),
        ({"rules": [{**BLOCK, "ref": "a"}, {**BLOCK, "ref": "a"}]}, "ref a is not unique within the ruleset"),
        ({"rules": [{"action": "skip", "expression": "true"}]}, "action parameters are required for the action skip"),
        ({"rules": [skipped(phases=["ddos_l7"])]}, "phase ddos_l7 cannot be skipped"),
        ({"rules": [skipped(ruleset="all")]}, "rules[0].actionParameters.ruleset: expected one of"),
        ({"rules": [kept(7200)]}, "'set_cache_settings' is not a valid value for action because it is not supported in phase"),
        ({"phase": "http_request_cache_settings"}, "'block' is not a valid value for action because it is not supported in phase"),
        ({"phase": "http_request_firewall_managed"}, "'block' is not a valid value for action because it is not supported in phase"),
        ({"phase": "ddos_l7"}, "'block' is not a valid value for action because it is not supported in phase ddos_l7"),
        ({"phase": "ddos_l7", "rules": [executed(DDOS, sensitivityLevel="high")]}, "sensitivityLevel: expected one of"),
        (caches(kept(None)), "default is for the mode override_origin, which needs it"),
        (caches({**kept(7200), "actionParameters": {"edgeTtl": {"mode": "keep"}}}), "edgeTtl.mode: expected one of"),
        ({"rules": [{"action": "block", "expression": "a" * 4097}]}, "rules[0].expression"),
    ],
)
def test_a_wrong_ruleset_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("ruleset", **changes)


def test_a_zone_has_one_ruleset_a_phase(cloudflare: Cloudflare) -> None:
    cloudflare.make("ruleset")
    assert "exceeded maximum number of zone rulesets for phase http_request_firewall_custom" in cloudflare.refuses("ruleset", name="other")
    cloudflare.make("ruleset", zoneId=zone_id("example.net"))
    cloudflare.make("ruleset", phase="http_request_cache_settings", rules=[kept(7200)])


def test_an_account_has_one_ruleset_a_phase_to_begin_with_and_any_number_of_others(cloudflare: Cloudflare) -> None:
    account = {"zoneId": None, "accountId": ACCOUNT}
    cloudflare.make("ruleset", kind="root", **account)
    assert "'root' is not a valid value for kind because exceeded" in cloudflare.refuses("ruleset", kind="root", **account)
    for _ in range(2):
        cloudflare.make("ruleset", kind="custom", **account)


FREE, PRO, BUSINESS, ENTERPRISE = "free", "pro", "business", "enterprise"


@pytest.mark.parametrize(
    ("plan", "changes", "message"),
    [
        (
            FREE,
            {"rules": [BLOCK] * 6},
            "exceeded the maximum number of rules in the phase http_request_firewall_custom: 6 out of 5 (50001)",
        ),
        (PRO, {"rules": [BLOCK] * 21}, "21 out of 20"),
        (FREE, rate_limits(limited(), limited()), "exceeded the maximum number of rules in the phase http_ratelimit: 2 out of 1 (50001)"),
        (BUSINESS, rate_limits(*[limited()] * 6), "6 out of 5"),
        (FREE, caches(*[kept(7200)] * 11), "11 out of 10"),
        (FREE, {"phase": "ddos_l7", "rules": [executed(DDOS)] * 2}, "2 out of 1"),
        (FREE, rate_limits(limited(period=60)), "not entitled to use the period 60, can only use a period among [10]"),
        (PRO, rate_limits(limited(period=120)), "can only use a period among [10, 15, 20, 30, 40, 45, 60]"),
        (ENTERPRISE, rate_limits(limited(period=61)), "not entitled to use the period 61"),
        (FREE, rate_limits(limited(mitigationTimeout=60)), "not entitled to use a mitigation timeout different from 10"),
        (PRO, rate_limits(limited(mitigationTimeout=86400)), "not entitled to use a mitigation timeout different from [10, 15"),
        (BUSINESS, rate_limits(limited("managed_challenge")), "different from 0 with a challenge"),
        (ENTERPRISE, rate_limits(limited(mitigationTimeout=86401)), "mitigation timeout 86401 is not in range 0 to 86400"),
        (FREE, caches(kept(7199)), "not entitled to use the edge TTL 7199, the minimum is 7200"),
        (PRO, caches(kept(3599)), "the minimum is 3600"),
        (BUSINESS, {"rules": [{**BLOCK, "action": "log"}]}, "not entitled: the use of action log is not allowed"),
        (PRO, {"rules": [{**BLOCK, "expression": 'http.host matches "a"'}]}, "not entitled: the use of operator Matches is not allowed"),
        (FREE, {"phase": "http_request_firewall_managed", "rules": [executed(MANAGED)]}, "Cloudflare Managed Ruleset is not allowed"),
        (FREE, {"phase": "ddos_l7", "rules": [{**executed(DDOS), "expression": "ssl"}]}, "the expression has to be true"),
    ],
)
def test_a_plan_has_its_limits(cloudflare: Cloudflare, plan: str, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("ruleset", zoneId=cloudflare.add_zone("example.dev", plan=plan), **changes)


@pytest.mark.parametrize(
    ("plan", "changes"),
    [
        (FREE, {"rules": [{**BLOCK, "expression": 'http.user_agent contains "matches ~"'}] * 5}),
        (FREE, {"phase": "http_request_firewall_managed", "rules": [executed(FREE_MANAGED)]}),
        (FREE, {"phase": "ddos_l7", "rules": [executed(DDOS, sensitivityLevel="low")]}),
        (FREE, rate_limits(limited("managed_challenge", mitigationTimeout=0))),
        (PRO, rate_limits(limited(period=60, mitigationTimeout=3600))),
        (PRO, {"phase": "http_request_firewall_managed", "rules": [executed(MANAGED)]}),
        (BUSINESS, rate_limits(limited(period=600, mitigationTimeout=86400))),
        (BUSINESS, caches(kept(1))),
        (BUSINESS, {"rules": [{**BLOCK, "expression": 'http.host matches "a"'}]}),
        (ENTERPRISE, rate_limits(limited("managed_challenge", period=3600, mitigationTimeout=7))),
        (ENTERPRISE, {"rules": [{**BLOCK, "action": "log"}] * 1000}),
    ],
)
def test_what_a_plan_has_is_taken(cloudflare: Cloudflare, plan: str, changes: dict[str, Any]) -> None:
    cloudflare.make("ruleset", zoneId=cloudflare.add_zone("example.dev", plan=plan), **changes)


def test_a_change_beyond_the_plan_is_refused_as_a_new_ruleset_is(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("ruleset")
    with pytest.raises(Refused, match="6 out of 5"):
        cloudflare.change("ruleset", made, rules=[BLOCK] * 6)


@pytest.mark.parametrize(
    ("plan", "changes", "message"),
    [
        (FREE, {"sbfmDefinitelyAutomated": "block"}, "not entitled: sbfmDefinitelyAutomated needs a Pro plan"),
        (PRO, {"sbfmLikelyAutomated": "block"}, "not entitled: sbfmLikelyAutomated needs a Business plan"),
        (PRO, {"fightMode": True}, "not entitled: fightMode is the Free plan's"),
    ],
)
def test_each_plan_has_a_bot_fight_of_its_own(cloudflare: Cloudflare, plan: str, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("botManagement", zoneId=cloudflare.add_zone("example.dev", plan=plan), **changes)


def test_bot_management_is_there_once_in_a_zone_and_its_id_is_the_zones(cloudflare: Cloudflare) -> None:
    assert cloudflare.make("botManagement", zoneId=ZONE, fightMode=True).id == ZONE


def header(strict: Any) -> dict[str, Any]:
    return {"settingId": "security_header", "value": {"strict_transport_security": strict}}


def test_a_setting_may_be_set_twice_and_in_every_zone(cloudflare: Cloudflare) -> None:
    first, second = cloudflare.make("zoneSetting"), cloudflare.make("zoneSetting", value="full")
    cloudflare.make("zoneSetting", zoneId=zone_id("example.net"))
    assert first.id == f"{ZONE}/ssl" != second.id
    assert cloudflare.replaced("zoneSetting", first, settingId="min_tls_version", value="1.2")
    assert not cloudflare.replaced("zoneSetting", first, value="full")
    cloudflare.remove("zoneSetting", first)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"settingId": "tls"}, "settingId: unrecognized zone setting name: tls"),
        ({"value": "on"}, "value: invalid value for zone setting ssl: 'on', which takes off, flexible, full, strict, origin_pull"),
        ({"settingId": "always_use_https", "value": True}, "invalid value for zone setting always_use_https"),
        ({"settingId": "min_tls_version", "value": "1.4"}, "invalid value for zone setting min_tls_version"),
        ({"settingId": "ssl", "value": "origin_pull"}, "not allowed to edit setting for ssl (1015)"),
        ({"settingId": "polish", "value": "lossy"}, "not allowed to edit setting for polish (1015)"),
        ({"settingId": "true_client_ip_header", "value": "on"}, "not allowed to edit setting for true_client_ip_header (1015)"),
        ({"settingId": "browser_cache_ttl", "value": "4h"}, "invalid value for zone setting browser_cache_ttl: '4h', which takes 0 to"),
        ({"settingId": "challenge_ttl", "value": 10}, "invalid value for zone setting challenge_ttl: 10, which takes 300 to"),
        (header("on"), "security_header: it takes strict_transport_security"),
        ({"settingId": "security_header", "value": {"hsts": {}}}, "security_header: it takes strict_transport_security"),
        (header({"enabled": "true"}), "enabled cannot be 'true'"),
        (header({"max_age": -1}), "max_age cannot be -1"),
        (header({"max_age": True}), "max_age cannot be True"),
        (header({"maxAge": 1}), "maxAge cannot be 1"),
    ],
)
def test_a_wrong_setting_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("zoneSetting", **changes)


def test_a_setting_of_many_parts_is_taken_as_it_is(cloudflare: Cloudflare) -> None:
    value = {"strict_transport_security": {"enabled": True, "max_age": 31536000}}
    assert cloudflare.make("zoneSetting", settingId="security_header", value=value).outputs["value"] == value


def test_an_origin_certificate_is_signed_by_the_sandboxs_authority_for_the_requests_key(cloudflare: Cloudflare, tmp_path: Path) -> None:
    """As OpenSSL sees it, under the name of any of its hosts, and as the sandbox's own root says, which is the same everywhere."""
    made = cloudflare.make("originCaCertificate", hostnames=["example.com", "*.example.com"], requestedValidity=90)
    (tmp_path / "root.pem").write_text(authority.root())
    (tmp_path / "origin.pem").write_text(made.outputs["certificate"])
    for name in ("example.com", "www.example.com"):
        command = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", name, "-CAfile"]
        subprocess.run([*command, tmp_path / "root.pem", tmp_path / "origin.pem"], check=True, capture_output=True)
    found = pki.certificate(made.outputs["certificate"])
    assert pki.belongs(KEY, found) and str(found.serial_number) == made.id
    assert found.not_valid_after_utc - found.not_valid_before_utc == timedelta(days=90)
    assert made.outputs["expiresOn"] == f"{found.not_valid_after_utc:%Y-%m-%d %H:%M:%S} +0000 UTC"
    assert made.outputs["hostnames"] == ["*.example.com", "example.com"]


def test_a_certificate_for_pulls_is_read_and_belongs_to_its_key(cloudflare: Cloudflare) -> None:
    pem = KEY.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    own, _ = authority.sign(CSR, ["example.com"], 7, datetime.now(UTC), 30)
    past, _ = authority.sign(CSR, ["example.com"], 7, datetime.now(UTC) - timedelta(days=60), 30)
    other = pki.sign_request(ec.generate_private_key(ec.SECP256R1()), pki.Names())
    others, _ = authority.sign(other, ["example.com"], 8, datetime.now(UTC), 30)
    given = {"zoneId": ZONE, "certificate": own, "privateKey": pem}
    made = cloudflare.make("authenticatedOriginPullsCertificate", **given)
    assert (made.outputs["serialNumber"], made.outputs["signature"]) == ("7", "ECDSAWithSHA256")
    assert ("privateKey",) in made.secrets
    name = "authenticatedOriginPullsCertificate"
    assert "not that of the certificate" in cloudflare.refuses(name, **{**given, "certificate": others})
    assert "has expired" in cloudflare.refuses(name, **{**given, "certificate": past})
    assert "no certificate in PEM form" in cloudflare.refuses(name, **{**given, "certificate": "x"})
    assert "no private key in PEM form" in cloudflare.refuses(name, **{**given, "privateKey": "hush"})
    assert cloudflare.replaced(name, made, certificate=others)


def test_an_origin_certificate_is_new_with_every_change(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("originCaCertificate", requestedValidity=365)
    assert made.outputs["certificate"].startswith("-----BEGIN CERTIFICATE-----") and made.id.isdigit()
    assert cloudflare.replaced("originCaCertificate", made, requestedValidity=90)
    assert cloudflare.replaced("originCaCertificate", made, hostnames=["example.com"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"csr": "x"}, "csr: failed to parse the certificate signing request"),
        ({"hostnames": []}, "hostnames: at least one hostname is needed"),
        ({"hostnames": ["example.dev"]}, "failed to validate requested hostname example.dev"),
        ({"hostnames": ["192.0.2.1"]}, "requested hostname 192.0.2.1: it is neither a hostname nor a wildcard"),
        ({"hostnames": ["*.*.example.com"]}, "requested hostname *.*.example.com: it is neither"),
        ({"hostnames": ["*.com"]}, "requested hostname *.com: it is neither"),
        ({"hostnames": [f"{n}.example.com" for n in range(201)]}, "at most 200 hostnames may be given, got 201"),
        ({"requestType": "rsa"}, "requestType: expected one of"),
        ({"requestedValidity": 100}, "requestedValidity: expected one of 7, 30"),
    ],
)
def test_a_wrong_origin_certificate_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("originCaCertificate", **changes)
