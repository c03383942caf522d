"""The sandbox's rules of Google Cloud agree with what the real provider's source says."""

import functools
import re

import pytest

from sandbox.clouds.gcp import CLOUD
from sandbox.rules import Limit
from sandbox.sdk import Sdk
from tests.sandbox.clouds import facts
from tests.sandbox.clouds.facts import covered, inner

FACTS = facts.read("gcp")
pytestmark = facts.needed(FACTS)

USED = [
    "gcp:compute/network:Network",
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:compute/router:Router",
    "gcp:compute/routerNat:RouterNat",
    "gcp:compute/firewall:Firewall",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
    "gcp:compute/regionAutoscaler:RegionAutoscaler",
    "gcp:compute/healthCheck:HealthCheck",
    "gcp:compute/backendService:BackendService",
    "gcp:compute/uRLMap:URLMap",
    "gcp:compute/targetHttpProxy:TargetHttpProxy",
    "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
    "gcp:compute/sSLCertificate:SSLCertificate",
    "gcp:compute/address:Address",
    "gcp:compute/globalAddress:GlobalAddress",
    "gcp:compute/globalForwardingRule:GlobalForwardingRule",
    "gcp:serviceaccount/account:Account",
    "gcp:projects/iAMMember:IAMMember",
    "gcp:secretmanager/secret:Secret",
    "gcp:secretmanager/secretVersion:SecretVersion",
    "gcp:sql/databaseInstance:DatabaseInstance",
    "gcp:sql/database:Database",
    "gcp:sql/user:User",
]
"""The types that the components use: they are compared in everything. Of the facts there is none of SecurityPolicy, SSLPolicy,
InstanceGroupManager and SecretIamMember."""

REPLACES_MORE = {
    # The provider replaces a template by its computed `effectiveLabels`, which the facts count among the outputs.
    "gcp:compute/instanceTemplate:InstanceTemplate": {"labels"},
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate": {"labels"},
}
BLOCKS = {
    # A block that comes or goes replaces, a change inside need not: a rule of `replaces_when`, or a block that is always given.
    "gcp:compute/instance:Instance": {"bootDisk", "networkInterfaces", "reservationAffinity", "bootDisk.initializeParams"},
    "gcp:secretmanager/secret:Secret": {"replication", "replication.userManaged", "replication.userManaged.replicas"},
}
BY_RULE = {
    # Checked by a function instead of a limit.
    "gcp:compute/subnetwork:Subnetwork": {"internalIpv6Prefix", "ipCidrRange", "secondaryIpRanges[*].ipCidrRange"},
    "gcp:compute/router:Router": {"bgp.asn"},
}
LEFT_OUT = {
    # Blocks that must not be empty, of features far from the components.
    "gcp:compute/uRLMap:URLMap": {"defaultRouteAction", "headerAction", "pathMatchers"},
    "gcp:sql/databaseInstance:DatabaseInstance": {
        "settings.performanceCaptureConfig",
        "settings.readPoolAutoScaleConfig",
        "settings.sqlServerAuditConfig",
    },
}


def left_out(token: str, path: str) -> bool:
    return covered(path, LEFT_OUT.get(token, ()))


@functools.cache
def sdk() -> Sdk:
    return Sdk(CLOUD.sdk)


@pytest.mark.parametrize("token", FACTS)
def test_the_types_are_in_the_table(token: str) -> None:
    assert token in CLOUD.types


@pytest.mark.parametrize("token", USED)
def test_required_inputs_are_those_of_the_sdk(token: str) -> None:
    """The sandbox takes them from the SDK itself; so the SDK has to say what the provider says."""
    for path in FACTS[token]["required"]:
        fields, prop = sdk().resource(token).inputs, None
        for step in path.replace("[*]", "").split("."):
            prop = fields[step]
            shape = inner(prop.shape)
            fields = sdk().fields(shape) if shape.kind == "object" else {}
        assert prop is not None and prop.required, path


@pytest.mark.parametrize("token", FACTS)
def test_the_same_changes_replace(token: str) -> None:
    facts, rules = FACTS[token], CLOUD.types[token]
    named = set(facts["replaces"])
    missing = {path for path in named - BLOCKS.get(token, set()) if not covered(path, rules.replaces)}
    assert not missing
    assert {path for path in rules.replaces if path not in named} <= REPLACES_MORE.get(token, set()) | {
        # A block whose every property replaces is written as the block.
        path
        for path in rules.replaces
        if any(covered(name, [path]) for name in named)
    }
    assert set(facts.get("replacesConditionally", {})) - set(rules.replaces_when) <= {"networkInterfaces[*].networkIp"}


@pytest.mark.parametrize("token", USED)
def test_the_same_values_exist(token: str) -> None:
    rules = CLOUD.types[token]
    for path, values in FACTS[token]["enums"].items():
        if not left_out(token, path) or path in rules.enums:
            assert set(rules.enums[path]) == set(values), path


@pytest.mark.parametrize("token", USED)
def test_the_same_limits_hold(token: str) -> None:
    rules = CLOUD.types[token]
    for path, fact in FACTS[token]["limits"].items():
        if fact.keys() == {"enumIgnoresCase"} or path in BY_RULE.get(token, ()):
            continue
        limit = rules.limits[path]
        for key, attribute in {
            "min": "minimum",
            "max": "maximum",
            "minLength": "min_length",
            "maxLength": "max_length",
            "minItems": "min_items",
            "maxItems": "max_items",
        }.items():
            if key in fact:
                assert getattr(limit, attribute) == fact[key], path
        if "pattern" in fact:
            assert_same_pattern(limit, fact["pattern"])


def assert_same_pattern(limit: Limit, pattern: str) -> None:
    """Two patterns cannot be compared; what they say of some names can. A limit on the length speaks beside its pattern."""
    assert limit.pattern is not None
    for text in ("a", "web", "web-1", "Web", "1web", "web-", "-web", "web_1", "", "a" * 30, "a" * 63, "a" * 64, "user:a@b", "allUsers"):
        fits = len(text) <= (limit.max_length or 10**6)
        assert not fits or bool(re.search(pattern, text)) == bool(re.fullmatch(limit.pattern, text)), text


@pytest.mark.parametrize("token", USED)
def test_the_same_inputs_exclude_and_need_each_other(token: str) -> None:
    facts, rules = FACTS[token], CLOUD.types[token]
    for key, groups in (
        ("conflicts", rules.conflicts),
        ("exactlyOneOf", rules.exactly_one_of),
        ("atLeastOneOf", rules.at_least_one_of),
    ):
        ours = [set(group) for group in groups]
        for group in facts.get(key, []):
            # `optionalMode` is newer than one of two rules of the same block, which the wider one includes.
            if key == "atLeastOneOf" and (left_out(token, group[0]) or set(group) > {"logConfig.enable", "logConfig.sampleRate"}):
                continue
            assert set(group) in ours, group
    for rule in facts.get("requiredWith", []):
        assert list(rules.required_with[rule["if"]]) == rule["then"]


@pytest.mark.parametrize("token", USED)
def test_the_same_defaults_are_filled_in(token: str) -> None:
    rules = CLOUD.types[token]
    for path, value in FACTS[token].get("defaults", {}).items():
        if not left_out(token, path):
            assert rules.defaults[path] == value, path


@pytest.mark.parametrize("token", FACTS)
def test_what_the_cloud_keeps_is_optional_and_computed(token: str) -> None:
    facts = FACTS[token]
    assert CLOUD.types[token].keeps <= set(facts.get("optionalComputed", [])) | {"name", "namePrefix"}


@pytest.mark.parametrize("token", CLOUD.types)
def test_every_path_of_a_rule_is_an_input_of_the_sdk(token: str) -> None:
    """A misspelt path would never match anything."""
    rules, resource = CLOUD.types[token], sdk().resource(token)
    groups = [*rules.conflicts, *rules.exactly_one_of, *rules.at_least_one_of, *rules.required_with.values()]
    named = [*rules.replaces, *rules.replaces_when, *rules.enums, *rules.limits, *rules.required_with, *rules.sets, *rules.keeps]
    named += [path for group in groups for path in group] + [reference.path for reference in rules.references]
    for path in named:
        fields = resource.inputs
        for step in path.replace("[*]", "").split("."):
            assert step in fields, path
            shape = inner(fields[step].shape)
            fields = sdk().fields(shape) if shape.kind == "object" else {}
