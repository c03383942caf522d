"""The stand-in Cloudflare: rulesets, settings and certificates of a zone."""

from typing import Any

import pytest

from sandbox.clouds.cloudflare.common import ACCOUNT, zone_id
from tests.sandbox.clouds.cloudflare import ZONE, Cloudflare


def test_a_ruleset_counts_its_versions_and_keeps_its_rules_ids(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("ruleset")
    changed = cloudflare.change("ruleset", made, rules=[*made.inputs["rules"], {"action": "log", "expression": "true"}])
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
        (
            {"rules": [{"action": "block", "expression": "true", "ratelimit": {"characteristics": ["ip.src"], "period": 60}}]},
            "ratelimit is not for the phase http_request_firewall_custom",
        ),
        (
            {
                "phase": "http_ratelimit",
                "rules": [{"action": "block", "expression": "true", "ratelimit": {"characteristics": ["ip.src"], "period": 61}}],
            },
            "rules[0].ratelimit.period: expected one of 10, 60",
        ),
    ],
)
def test_a_wrong_ruleset_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("ruleset", **changes)


def test_a_zone_has_one_ruleset_a_phase(cloudflare: Cloudflare) -> None:
    cloudflare.make("ruleset")
    assert "exceeded maximum number of zone rulesets for phase http_request_firewall_custom" in cloudflare.refuses("ruleset", name="other")
    cloudflare.make("ruleset", zoneId=zone_id("example.net"))
    cloudflare.make("ruleset", phase="http_request_cache_settings", rules=[{"action": "set_cache_settings", "expression": "true"}])


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
    ],
)
def test_a_wrong_setting_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("zoneSetting", **changes)


def test_a_setting_of_many_parts_is_taken_as_it_is(cloudflare: Cloudflare) -> None:
    value = {"strict_transport_security": {"enabled": True, "max_age": 31536000}}
    assert cloudflare.make("zoneSetting", settingId="security_header", value=value).outputs["value"] == value


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
        ({"requestType": "rsa"}, "requestType: expected one of"),
        ({"requestedValidity": 100}, "requestedValidity: expected one of 7, 30"),
    ],
)
def test_a_wrong_origin_certificate_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("originCaCertificate", **changes)
