"""Wrong inputs are refused before anything is made, each with its path, the reason and who would refuse it."""

from typing import Any

import pytest

from sandbox.conform import scalar
from sandbox.lifecycle import Lifecycle
from sandbox.rules import UNKNOWN, Autoname, Cloud, Scope, Type, Values
from sandbox.values import ASSET, SIGNATURE
from tests.sandbox.stand_in import BALANCER, CERTIFICATE, CLOUD, DROPLET, FIREWALL, TAG, VPC

GOOD: dict[str, Values] = {
    VPC: {"region": "fra1", "name": "net"},
    DROPLET: {"image": "debian-12-x64", "size": "s-1vcpu-1gb", "region": "fra1", "name": "web"},
    BALANCER: {"region": "fra1", "name": "lb", "dropletIds": [1]},
    FIREWALL: {"name": "wall", "inboundRules": [{"protocol": "tcp", "portRange": "80"}]},
    TAG: {"name": "blue"},
}
RULE = {"entryPort": 80, "entryProtocol": "http", "targetPort": 80, "targetProtocol": "http"}
PROVIDER, API = "[refused by the provider]", "[refused by the cloud's API]"


def failures(life: Lifecycle, token: str, change: Values, secrets: Any = ()) -> list[tuple[str, str]]:
    """What is wrong with good inputs after a change; None takes an input away."""
    inputs = {name: value for name, value in {**GOOD[token], **change}.items() if value is not None}
    return [(f.property, f.reason) for f in life.check(token, "x", inputs, set(secrets)).failures]


@pytest.mark.parametrize("token", GOOD)
def test_good_inputs_pass(life: Lifecycle, token: str) -> None:
    assert failures(life, token, {}) == []


@pytest.mark.parametrize(
    ("token", "change", "path", "says", "by"),
    [
        (VPC, {"region": None}, "region", "missing required property", PROVIDER),
        (DROPLET, {"region": None}, "region", "missing required property", PROVIDER),
        (VPC, {"regoin": "fra1"}, "regoin", "unknown property; did you mean 'region'?", PROVIDER),
        (VPC, {"ip_range": "10.0.0.0/16"}, "ip_range", "unknown property; did you mean 'ipRange'?", PROVIDER),
        (VPC, {"zzz": 1}, "zzz", "unknown property", PROVIDER),
        (VPC, {"region": ["fra1"]}, "region", "expected a string, got a list", PROVIDER),
        (BALANCER, {"dropletIds": ["one"]}, "dropletIds[0]", 'expected a whole number, got "one"', PROVIDER),
        (BALANCER, {"dropletIds": [1.5]}, "dropletIds[0]", "expected a whole number, got 1.5", PROVIDER),
        (BALANCER, {"dropletIds": 1}, "dropletIds", "expected a list of integer, got 1", PROVIDER),
        (BALANCER, {"dropletIds": {"a": 1}}, "dropletIds", "expected a list of integer, got an object", PROVIDER),
        (BALANCER, {"enableProxyProtocol": "yes"}, "enableProxyProtocol", 'expected a boolean, got "yes"', PROVIDER),
        (
            BALANCER,
            {"forwardingRules": [{**RULE, "entryPort": None}]},
            "forwardingRules[0].entryPort",
            "missing required property",
            PROVIDER,
        ),
        (BALANCER, {"forwardingRules": [{**RULE, "entryprot": 1}]}, "forwardingRules[0].entryprot", "did you mean 'entryPort'?", PROVIDER),
        (BALANCER, {"healthcheck": [{}, {}]}, "healthcheck", "expected an object, got a list", PROVIDER),
        (DROPLET, {"userData": {SIGNATURE: ASSET, "text": "x"}}, "userData", "expected a string, got an asset or archive", PROVIDER),
        (DROPLET, {"region": "moon1"}, "region", 'expected one of "fra1", "nyc3", got "moon1"', PROVIDER),
        (VPC, {"ipRange": "ten"}, "ipRange", 'expected a range such as 10.0.0.0/16, got "ten"', API),
        (VPC, {"description": "d" * 21}, "description", "expected at most 20 characters, got 21 characters", PROVIDER),
        (BALANCER, {"forwardingRules": []}, "forwardingRules", "expected at least 1 items, got 0", PROVIDER),
        (BALANCER, {"forwardingRules": [RULE] * 3}, "forwardingRules", "expected at most 2 items, got 3", PROVIDER),
        (
            BALANCER,
            {"forwardingRules": [RULE, {**RULE, "entryPort": 70000}]},
            "forwardingRules[1].entryPort",
            "from 1 to 65535, got 70000",
            API,
        ),
        (BALANCER, {"dropletIds": None}, "dropletIds", "one of 'dropletIds', 'dropletTag' must be given", PROVIDER),
        (BALANCER, {"dropletTag": "web"}, "dropletIds", "only one of 'dropletIds', 'dropletTag' may be given", PROVIDER),
        (
            BALANCER,
            {"forwardingRules": [RULE, {**RULE, "certificateName": "c", "tlsPassthrough": True}]},
            "forwardingRules[1].certificateName",
            "conflicts with 'forwardingRules[1].tlsPassthrough'",
            PROVIDER,
        ),
        (
            BALANCER,
            {"healthcheck": {"port": 80, "protocol": "http", "path": "/"}},
            "healthcheck.path",
            "must be given together with 'healthcheck.checkIntervalSeconds'",
            PROVIDER,
        ),
        (FIREWALL, {"inboundRules": None}, "inboundRules", "at least one of 'inboundRules', 'outboundRules' must be given", PROVIDER),
        (FIREWALL, {"inboundRules": [{"protocol": "tcp"}]}, "inboundRules[0].portRange", "missing required property", PROVIDER),
        (VPC, {"name": "my net"}, "name", "no spaces please", API),
    ],
)
def test_one_wrong_input_is_one_refusal(life: Lifecycle, token: str, change: Values, path: str, says: str, by: str) -> None:
    ((found, reason),) = failures(life, token, change)
    assert found == path
    assert says in reason
    assert reason.endswith(by)


@pytest.mark.parametrize(
    ("token", "change"),
    [
        (VPC, {"ipRange": UNKNOWN, "description": UNKNOWN}),
        (DROPLET, {"region": UNKNOWN}),
        (BALANCER, {"dropletIds": [UNKNOWN], "forwardingRules": UNKNOWN}),
        (BALANCER, {"dropletIds": UNKNOWN, "forwardingRules": [{**RULE, "entryPort": UNKNOWN}]}),
        (VPC, {"description": None}),
    ],
)
def test_what_is_not_known_yet_is_not_refused(life: Lifecycle, token: str, change: Values) -> None:
    assert failures(life, token, change) == []


def test_numbers_and_booleans_may_be_written_as_strings_and_become_what_they_mean(life: Lifecycle) -> None:
    inputs = {
        **GOOD[BALANCER],
        "dropletIds": ["7"],
        "enableProxyProtocol": "true",
        "name": 5,
        "healthcheck": [{"port": "80", "protocol": "tcp"}],
    }
    checked = life.check(BALANCER, "x", inputs, set())
    assert checked.failures == []
    assert checked.inputs["dropletIds"] == [7] and checked.inputs["enableProxyProtocol"] is True and checked.inputs["name"] == "5"
    assert checked.inputs["healthcheck"] == {"port": 80, "protocol": "tcp"}


def test_a_secret_stays_secret_where_a_list_of_one_becomes_an_object(life: Lifecycle) -> None:
    secrets = {("healthcheck", 0, "path")}
    inputs = {**GOOD[BALANCER], "healthcheck": [{"port": 80, "protocol": "http", "path": "/hush", "checkIntervalSeconds": 9}]}
    life.check(BALANCER, "x", inputs, secrets)
    assert ("healthcheck", "path") in secrets


def test_a_refusal_never_shows_a_secret(life: Lifecycle) -> None:
    for change in ({"region": "hush"}, {"region": ["hush"]}):
        for path in ({("region",)}, {("region", 0)}):
            assert all("hush" not in reason for _, reason in failures(life, DROPLET, change, path))
    assert "[secret]" in failures(life, DROPLET, {"region": "hush"}, {("region",)})[0][1]


@pytest.mark.parametrize("value", ["1e999", "-1e999", float("inf"), float("nan")])
def test_a_number_that_json_has_not_is_refused(value: Any) -> None:
    assert scalar(value, "number") is None


def test_every_wrong_input_is_told_at_once(life: Lifecycle) -> None:
    assert len(failures(life, DROPLET, {"size": None, "region": "moon1", "tag": "x"})) == 3


def test_nulls_are_as_if_left_out(life: Lifecycle) -> None:
    checked = life.check(VPC, "x", {**GOOD[VPC], "description": None}, set())
    assert "description" not in checked.inputs


# --- names ---------------------------------------------------------------------------------------------------------------


def named(life: Lifecycle, olds: Values | None = None, name: str = "Net", **options: Any) -> Values:
    return life.check(VPC, name, {"region": "fra1"}, set(), olds, **options).inputs


def test_a_name_that_is_left_out_is_made_up_and_noted_as_such(life: Lifecycle) -> None:
    inputs = named(life)
    assert inputs["name"].startswith("net-") and len(inputs["name"]) == len("net-") + 7
    assert inputs["__defaults"] == ["name"]
    assert named(life)["name"] != inputs["name"]


def test_the_engines_seed_decides_the_name(life: Lifecycle) -> None:
    assert named(life, seed=b"1")["name"] == named(life, seed=b"1")["name"] != named(life, seed=b"2")["name"]


def test_a_name_once_made_up_is_kept(life: Lifecycle) -> None:
    first = named(life)
    assert named(life, first) == first


def test_a_name_that_is_not_given_any_more_is_made_up_anew(life: Lifecycle) -> None:
    old = life.check(VPC, "Net", {"region": "fra1", "name": "mine"}, set()).inputs
    assert old["__defaults"] == []
    assert named(life, old)["name"] != "mine"


def test_a_long_name_is_cut_to_the_clouds_limit(life: Lifecycle) -> None:
    assert len(named(life, name="n" * 100)["name"]) == 40


def test_the_engines_own_naming_is_followed(life: Lifecycle) -> None:
    assert named(life, proposed="Proposed")["name"] == "proposed"
    assert named(life, proposed="Exactly", naming="enforce")["name"] == "Exactly"
    assert "name" not in named(life, naming="disable")


def test_a_type_without_rules_is_named_where_its_name_is_optional(life: Lifecycle) -> None:
    volume = life.check("digitalocean:index/reservedIp:ReservedIp", "ip", {"region": "fra1"}, set())
    assert volume.failures == [] and "name" not in volume.inputs
    tag = life.check(TAG, "Blue", {}, set())
    assert tag.failures == [] and tag.inputs["name"].startswith("Blue-")


# --- what only some providers do -------------------------------------------------------------------------------------------


def test_the_provider_fills_in_what_its_configuration_says(store: Any) -> None:
    filled = Cloud(**{**vars(CLOUD), "fills": lambda scope: {"region": "nyc3", "nowhere": 1}})
    checked = Lifecycle(filled, store).check(DROPLET, "x", {"image": "i", "size": "s", "name": "n"}, set())
    assert checked.failures == []
    assert checked.inputs["region"] == "nyc3" and checked.inputs["__defaults"] == ["region"]
    assert "nowhere" not in checked.inputs


def test_an_unknown_property_that_the_provider_would_drop_is_refused_and_that_is_said(store: Any) -> None:
    silent = Cloud(**{**vars(CLOUD), "drops_unknown": True})
    ((_, reason),) = failures(Lifecycle(silent, store), VPC, {"zzz": 1})
    assert "the provider drops it in silence" in reason


def test_a_rule_that_asks_the_cloud_at_check_time_is_a_mistake(store: Any) -> None:
    asking = Type(token=VPC, checks=(lambda making: print(making.world.all(VPC)),))
    life = Lifecycle(Cloud(**{**vars(CLOUD), "types": {VPC: asking}}), store)
    with pytest.raises(AssertionError, match="belongs in before_create"):
        failures(life, VPC, {})


# --- configuration and look-ups ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("configuration", "path"),
    [({"tokn": "x"}, "tokn"), ({"token": ["x"]}, "token"), ({"token": "wrong"}, "token"), ({"httpRetryMax": "many"}, "httpRetryMax")],
)
def test_a_wrong_configuration_is_refused(life: Lifecycle, configuration: Values, path: str) -> None:
    ((failure),) = life.check_configuration(configuration, set())
    assert failure.property == path


def test_a_right_configuration_passes_with_the_engines_own_settings(life: Lifecycle) -> None:
    assert life.check_configuration({"token": "t", "httpRetryMax": "3", "version": "4.84.1", "pluginDownloadURL": "x"}, set()) == []
    assert life.check_configuration({"token": UNKNOWN}, set()) == []


def test_the_secret_of_a_certificate_is_never_in_a_message(life: Lifecycle) -> None:
    inputs = {"name": "c", "privateKey": ["hush"], "type": "custom"}
    ((failure),) = life.check(CERTIFICATE, "c", inputs, {("privateKey",)}).failures
    assert "hush" not in failure.reason


def test_the_scope_of_an_instance_comes_from_its_configuration(life: Lifecycle) -> None:
    life.configure({})
    assert life.scope == Scope(cloud="digitalocean", account="team")


def test_automatic_names_may_have_another_separator(store: Any) -> None:
    dotted = Type(token=VPC, autoname=Autoname(separator="."))
    life = Lifecycle(Cloud(**{**vars(CLOUD), "types": {VPC: dotted}}), store)
    assert life.check(VPC, "Net", {"region": "fra1"}, set()).inputs["name"].startswith("Net.")
