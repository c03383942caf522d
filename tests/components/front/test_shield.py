"""The pure half of the shield: what it says to wrong words, and which rules it makes of right ones."""

import re
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.arguments import arguments
from multicloud.errors import ArgumentError
from multicloud.front.contract import CloudflareFrontArgs, Pool
from multicloud.front.health import Plan
from multicloud.front.rules import LONGEST_PERIOD, MOST, SECONDS, Action, CacheRule, FirewallRule, RateLimit
from multicloud.front.rulesets import CLOUDFLARE_RULES, OWASP_RULES, bot_management, rulesets
from multicloud.front.shield import DdosSensitivity, Hsts, MinimumTls, Shield, Ssl
from multicloud.web.contract import Origin

FREE, PRO, BUSINESS, ENTERPRISE = Plan.FREE, Plan.PRO, Plan.BUSINESS, Plan.ENTERPRISE
PLANS = st.sampled_from(Plan)


def rule(**changes: Any) -> FirewallRule:
    return FirewallRule(**{"name": "Tor", "expression": 'ip.src.country eq "T1"', "action": Action.CHALLENGE, **changes})


def limit(**changes: Any) -> RateLimit:
    return RateLimit(**{"name": "Logins", "requests": 5, "seconds": 10, **changes})


def kept(**changes: Any) -> CacheRule:
    return CacheRule(**{"path": "/static/", "seconds": 86400, **changes})


@pytest.mark.parametrize(
    ("plan", "given", "message"),
    [
        (
            FREE,
            {"enabled": False, "hsts": Hsts()},
            "shield.hsts: is given, and the shield is not enabled; leave it out, or enabled",
        ),
        (
            FREE,
            {"enabled": False, "owasp_rules": True},
            "shield.owasp_rules: is given, and the shield is not enabled; leave it out, or enabled",
        ),
        (
            FREE,
            {"managed_rules": True},
            "shield.managed_rules: needs the Pro plan; leave it out: on Free, Cloudflare runs its free set by itself",
        ),
        (
            FREE,
            {"owasp_rules": True},
            "shield.owasp_rules: needs the Pro plan; leave it out: on Free, Cloudflare runs its free set by itself",
        ),
        (
            FREE,
            {"hsts": Hsts(max_age=31536001)},
            "shield.hsts.max_age: 31536001 is outside 0 to 31536000 seconds; 15552000 is half a year",
        ),
        (FREE, {"hsts": Hsts(max_age=-1)}, "shield.hsts.max_age: -1 is outside 0 to 31536000 seconds; 15552000 is half a year"),
        (
            FREE,
            {"hsts": Hsts(preload=True, include_subdomains=True)},
            "shield.hsts.preload: needs include_subdomains and a max_age of 31536000; give both, or leave it out",
        ),
        (
            FREE,
            {"hsts": Hsts(preload=True, max_age=31536000)},
            "shield.hsts.preload: needs include_subdomains and a max_age of 31536000; give both, or leave it out",
        ),
        (
            FREE,
            {"firewall": [rule(name=str(number)) for number in range(6)]},
            "shield.firewall: has 6 rules, and the free plan 5; merge some, or say another plan",
        ),
        (
            PRO,
            {"rate_limits": [limit(name=str(number)) for number in range(3)]},
            "shield.rate_limits: has 3 rules, and the pro plan 2; merge some, or say another plan",
        ),
        (
            BUSINESS,
            {"cache": [kept(path=f"/{number}/") for number in range(51)]},
            "shield.cache: has 51 rules, and the business plan 50; merge some, or say another plan",
        ),
        (FREE, {"firewall": [rule(name=" ")]}, "shield.firewall[0].name: is empty; say what it is about"),
        (
            FREE,
            {"firewall": [rule(), rule(name="tor!")]},
            "shield.firewall[1].name: 'tor!' has the letters and digits of firewall[0], too; give each a name of its own",
        ),
        (
            FREE,
            {"cache": [kept(), kept(path="/static")]},
            "shield.cache[1].path: '/static' has the letters and digits of cache[0], too; give each a path of its own",
        ),
        (
            FREE,
            {"firewall": [rule(expression=" ")]},
            'shield.firewall[0].expression: is empty; write one like ip.src.country eq "T1"',
        ),
        (
            FREE,
            {"firewall": [rule(expression="a" * 4097)]},
            "shield.firewall[0].expression: has 4097 characters, and Cloudflare takes 4096; make two rules of it",
        ),
        (
            PRO,
            {"firewall": [rule(expression='http.host matches "^a"')]},
            "shield.firewall[0].expression: has a regular expression, and the pro plan has none; "
            "take contains, starts_with() or wildcard, or say another plan",
        ),
        (
            BUSINESS,
            {"firewall": [rule(action=Action.LOG)]},
            "shield.firewall[0].action: log needs the Enterprise plan; take managed_challenge",
        ),
        (FREE, {"rate_limits": [limit(requests=0)]}, "shield.rate_limits[0].requests: 0 is below 1; give at least 1"),
        (
            FREE,
            {"rate_limits": [limit(seconds=60)]},
            "shield.rate_limits[0].seconds: 60 is none of 10, which the free plan has; give 10, or say another plan",
        ),
        (
            PRO,
            {"rate_limits": [limit(seconds=50)]},
            "shield.rate_limits[0].seconds: 50 is none of 10, 15, 20, 30, 40, 45, 60, which the pro plan has; give 60",
        ),
        (
            FREE,
            {"rate_limits": [limit(path="login")]},
            "shield.rate_limits[0].path: 'login' is no beginning of a path; write one like /static/",
        ),
        (
            ENTERPRISE,
            {"rate_limits": [limit(action=Action.SKIP)]},
            "shield.rate_limits[0].action: skip is not for rate limits; take block or managed_challenge",
        ),
        (
            BUSINESS,
            {"rate_limits": [limit(action=Action.LOG)]},
            "shield.rate_limits[0].action: log needs the Enterprise plan; take managed_challenge",
        ),
        (
            FREE,
            {"rate_limits": [limit(block_seconds=60)]},
            "shield.rate_limits[0].block_seconds: 60 is none of 10, which the free plan has; give 10, or say another plan",
        ),
        (
            PRO,
            {"rate_limits": [limit(block_seconds=86400)]},
            "shield.rate_limits[0].block_seconds: 86400 is none of 10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 900, "
            "1200, 1800, 2400, 3600, which the pro plan has; give 3600",
        ),
        (
            BUSINESS,
            {"rate_limits": [limit(action=Action.CHALLENGE, block_seconds=60)]},
            "shield.rate_limits[0].block_seconds: is given, and on the business plan a challenge has no duration; leave it out",
        ),
        (
            ENTERPRISE,
            {"rate_limits": [limit(block_seconds=86401)]},
            "shield.rate_limits[0].block_seconds: 86401 is outside 0 to 86400; give up to 86400, a day",
        ),
        (
            FREE,
            {"cache": [kept(seconds=3600)]},
            "shield.cache[0].seconds: 3600 is outside 7200 to 31536000 on the free plan; 86400 is a day",
        ),
        (
            PRO,
            {"cache": [kept(seconds=60)]},
            "shield.cache[0].seconds: 60 is outside 3600 to 31536000 on the pro plan; 86400 is a day",
        ),
        (
            FREE,
            {"cache": [kept(browser_seconds=0)]},
            "shield.cache[0].browser_seconds: 0 is outside 1 to 31536000; 86400 is a day",
        ),
        (FREE, {"cache": [kept(path='/"')]}, "shield.cache[0].path: '/\"' is no beginning of a path; write one like /static/"),
    ],
)
def test_a_wrong_shield_is_refused_with_the_reason(plan: Plan, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        Shield(**given).check(plan)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("given", "port", "message"),
    [
        (
            {"ssl": Ssl.STRICT},
            80,
            "shield.ssl: strict goes to the origins by HTTPS, and they answer plain HTTP on port 80; "
            "leave it out, or give the tiers a certificate and origin_port 443",
        ),
        (
            {"ssl": Ssl.FULL},
            8080,
            "shield.ssl: full goes to the origins by HTTPS, and they answer plain HTTP on port 8080; "
            "leave it out, or give the tiers a certificate and origin_port 443",
        ),
        (
            {"ssl": Ssl.FLEXIBLE},
            443,
            "shield.ssl: flexible goes to the origins by plain HTTP, and they answer HTTPS on port 443; leave it out, which is strict",
        ),
        (
            {"origin_pulls": True},
            80,
            "shield.origin_pulls: shows the origins a certificate by HTTPS, and they answer plain HTTP on port 80; "
            "leave it out, or give the tiers a certificate and origin_port 443",
        ),
    ],
)
def test_a_shield_that_cannot_reach_the_origins_is_refused(given: dict[str, Any], port: int, message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        Shield(**given).effective_ssl(port)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("given", "port", "ssl"),
    [
        ({}, 443, Ssl.STRICT),
        ({}, 80, Ssl.FLEXIBLE),
        ({}, 8080, Ssl.FLEXIBLE),
        ({"ssl": Ssl.FULL}, 443, Ssl.FULL),
        ({"ssl": Ssl.FLEXIBLE}, 80, Ssl.FLEXIBLE),
        ({"origin_pulls": True}, 443, Ssl.STRICT),
        ({"origin_pulls": False}, 80, Ssl.FLEXIBLE),
    ],
)
def test_the_way_to_the_origins_follows_their_port(given: dict[str, Any], port: int, ssl: Ssl) -> None:
    assert Shield(**given).effective_ssl(port) is ssl


def front(**given: Any) -> CloudflareFrontArgs:
    """A front of one pool, with changed arguments."""
    pools = [Pool(name="a", origins=[Origin(name="a", address="192.0.2.1", weight=1)])]
    return CloudflareFrontArgs(**{"zone": "example.com", "hostname": "www.example.com", "pools": pools, **given})


def test_a_front_refuses_what_cannot_reach_its_origins_before_anything_is_made() -> None:
    with pytest.raises(ArgumentError, match=r"^shield\.ssl: strict goes to the origins by HTTPS, and they answer plain HTTP on port 80;"):
        front(shield=Shield(ssl=Ssl.STRICT)).check()
    with pytest.raises(ArgumentError, match=r"^shield\.origin_pulls: shows the origins"):
        front(shield=Shield(origin_pulls=True), origin_port=8080).check()
    front(shield=Shield(ssl=Ssl.STRICT, origin_pulls=True), origin_port=443).check()
    front(shield=Shield(ssl=Ssl.STRICT), origin_port=pulumi.Output.from_input(80)).check()


@pytest.mark.parametrize("plan", Plan)
def test_a_shield_with_nothing_said_is_right_on_every_plan(plan: Plan) -> None:
    Shield().check(plan)
    assert list(rulesets(Shield(), plan)) == ([] if plan is FREE else ["http_request_firewall_managed"])


def test_a_shield_comes_from_nested_dicts_as_from_yaml() -> None:
    given = {
        "minimum_tls": "1.3",
        "ddos": "eoff",
        "firewall": [{"name": "Monitors", "expression": "ip.src eq 192.0.2.1", "action": "skip"}],
        "rate_limits": [{"name": "Logins", "requests": 5.0, "seconds": 10.0, "action": "managed_challenge"}],
    }
    assert arguments(Shield, given) == Shield(
        minimum_tls=MinimumTls.TLS_1_3,
        ddos=DdosSensitivity.ESSENTIALLY_OFF,
        firewall=[FirewallRule(name="Monitors", expression="ip.src eq 192.0.2.1", action=Action.SKIP)],
        rate_limits=[RateLimit(name="Logins", requests=5, seconds=10, action=Action.CHALLENGE)],
    )


@pytest.mark.parametrize("expression", ['http.user_agent contains "matches ~"', r'http.host eq "a\" matches"', "http.host wildcard r"])
def test_a_word_within_quotes_is_no_regular_expression(expression: str) -> None:
    Shield(firewall=[rule(expression=expression)]).check(FREE)


@pytest.mark.parametrize("plan", [BUSINESS, ENTERPRISE])
def test_regular_expressions_are_taken_from_business_on(plan: Plan) -> None:
    Shield(firewall=[rule(expression='http.host matches "^a"')]).check(plan)


def test_owasp_runs_after_cloudflares_rules_or_alone() -> None:
    def ids(**given: Any) -> list[str]:
        return [made["action_parameters"]["id"] for made in rulesets(Shield(**given), PRO).get("http_request_firewall_managed", [])]

    assert ids(owasp_rules=True) == [CLOUDFLARE_RULES, OWASP_RULES]
    assert ids(owasp_rules=True, managed_rules=False) == [OWASP_RULES]
    assert ids(managed_rules=False) == []


@pytest.mark.parametrize(
    ("given", "plan", "timeout"),
    [
        ({}, FREE, 10),
        ({"seconds": 60}, PRO, 60),
        ({"block_seconds": 3600}, PRO, 3600),
        ({"action": Action.CHALLENGE}, BUSINESS, 0),
        ({"action": Action.CHALLENGE}, ENTERPRISE, 10),
        ({"block_seconds": 0}, ENTERPRISE, 0),
    ],
)
def test_a_limit_acts_as_long_as_it_counts_unless_said_or_a_challenge(given: dict[str, Any], plan: Plan, timeout: int) -> None:
    limited = limit(**given)
    Shield(rate_limits=[limited]).check(plan)
    assert limited.timeout(plan) == timeout


def test_what_is_the_most_ready_against_attacks_is_cloudflares_own_and_left_out() -> None:
    assert rulesets(Shield(ddos=DdosSensitivity.HIGH), FREE) == rulesets(Shield(), FREE) == {}


@pytest.mark.parametrize("plan", Plan)
def test_what_makes_work_for_bots_is_undone_on_the_same_plan(plan: Plan) -> None:
    on, off = bot_management(True, plan), bot_management(False, plan)
    assert set(off) <= set(on) and not any(off[name] == on[name] for name in off)


LABELS = st.lists(st.text("ab12 -", min_size=1).filter(lambda text: bool(re.search("[a-z0-9]", text))), max_size=6)


@given(PLANS, LABELS, st.sampled_from(SECONDS), st.sampled_from([None, *Action]))
def test_rules_that_pass_are_within_the_plan_and_known_by_names_of_their_own(
    plan: Plan, labels: list[str], seconds: int, action: Action | None
) -> None:
    """Whatever passes the check makes rules that Cloudflare takes: few enough, each with a reference of its own, of legal periods."""
    shield = Shield(
        firewall=[rule(name=label, action=action or Action.BLOCK) for label in labels],
        rate_limits=[limit(name=label, seconds=seconds, action=action) for label in labels],
        cache=[kept(path=f"/{label.strip().replace(' ', '-')}/") for label in labels],
    )
    try:
        shield.check(plan)
    except ArgumentError:
        return
    made = rulesets(shield, plan)
    for kind, phase in (
        ("firewall", "http_request_firewall_custom"),
        ("rate_limits", "http_ratelimit"),
        ("cache", "http_request_cache_settings"),
    ):
        rules = made.get(phase, [])
        assert len(rules) == len(labels) <= MOST[kind][plan]
        assert len({each["ref"] for each in rules}) == len(rules)
        assert all(re.fullmatch(r"[a-z0-9_]+", each["ref"]) for each in rules)
    for each in made.get("http_ratelimit", []):
        assert each["ratelimit"]["period"] <= LONGEST_PERIOD[plan]
        assert each["action"] != "managed_challenge" or plan is ENTERPRISE or each["ratelimit"]["mitigation_timeout"] == 0


@given(st.permutations(["one", "two", "three"]), PLANS)
def test_a_rule_keeps_its_reference_wherever_it_stands(names: list[str], plan: Plan) -> None:
    made = rulesets(Shield(firewall=[rule(name=name) for name in names]), plan)["http_request_firewall_custom"]
    assert {each["description"]: each["ref"] for each in made} == {"one": "one", "two": "two", "three": "three"}
