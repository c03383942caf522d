"""What a change of inputs means: nothing, an update or a replacement, and in which order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.diff import Difference
from sandbox.lifecycle import Lifecycle
from sandbox.paths import show
from sandbox.rules import UNKNOWN, Cloud, Type, Values
from sandbox.store import Store
from tests.sandbox.stand_in import BALANCER, CLOUD, DROPLET, TAG, VPC

DROP: Values = {"image": "i", "size": "s", "region": "fra1", "name": "web-1234567", "tags": ["a", "b"], "__defaults": ["name"]}
RULE = {"entryPort": 80, "entryProtocol": "http", "targetPort": 80, "targetProtocol": "http"}


def compare(life: Lifecycle, token: str, old: Values, new: Values, outputs: Values | None = None, ignored: Any = ()) -> Difference:
    return life.diff(token, old, new, outputs if outputs is not None else old, ignored)


def told(difference: Difference) -> list[tuple[str, str, bool]]:
    return [(show(change.path), change.kind, change.replaces) for change in difference.changes]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"size": "m"}, [("size", "update", False)]),
        ({"image": "j"}, [("image", "update", True)]),
        ({"size": "m", "resizeDisk": False}, [("size", "update", True), ("resizeDisk", "add", False)]),
        ({"userData": "#!"}, [("userData", "add", True)]),
        ({"ipv6": True}, [("ipv6", "add", False)]),
        ({"tags": ["b", "a"]}, []),
        ({"tags": ["b", "c"]}, [("tags[1]", "update", False)]),
        ({"tags": ["a", "b", "c"]}, [("tags[2]", "add", False)]),
        ({"tags": ["a"]}, [("tags[1]", "delete", False)]),
        ({"image": UNKNOWN}, [("image", "update", True)]),
        ({"size": UNKNOWN}, [("size", "update", False)]),
        ({"__defaults": []}, []),
    ],
)
def test_a_change_is_told_by_path_and_kind(life: Lifecycle, change: Values, expected: list[tuple[str, str, bool]]) -> None:
    assert told(compare(life, DROPLET, DROP, {**DROP, **change})) == expected


def test_saying_what_the_cloud_chose_itself_changes_nothing(life: Lifecycle) -> None:
    assert told(compare(life, DROPLET, DROP, {**DROP, "monitoring": False}, {**DROP, "monitoring": False})) == []
    assert told(compare(life, DROPLET, DROP, {**DROP, "monitoring": True}, {**DROP, "monitoring": False})) == [("monitoring", "add", False)]
    policy, chosen = {"plan": "daily"}, {**DROP, "backupPolicy": {"plan": "daily", "hour": 4}}
    assert told(compare(life, DROPLET, DROP, {**DROP, "backupPolicy": policy}, chosen)) == []
    assert told(compare(life, DROPLET, DROP, {**DROP, "backupPolicy": {"plan": "weekly"}}, chosen)) == [("backupPolicy", "add", False)]
    assert told(compare(life, DROPLET, DROP, {**DROP, "backupPolicy": {"plan": UNKNOWN}}, chosen)) == [("backupPolicy", "add", False)]


def test_leaving_out_what_is_the_default_changes_nothing(life: Lifecycle) -> None:
    assert told(compare(life, DROPLET, {**DROP, "monitoring": False}, DROP)) == []
    assert told(compare(life, DROPLET, {**DROP, "monitoring": True}, DROP)) == [("monitoring", "delete", False)]


def test_leaving_out_what_the_cloud_keeps_changes_nothing(life: Lifecycle) -> None:
    old = {"region": "fra1", "ipRange": "10.1.0.0/16"}
    assert told(compare(life, VPC, old, {"region": "fra1"})) == []
    assert told(compare(life, VPC, old, {"region": "fra1", "ipRange": "10.2.0.0/16"})) == [("ipRange", "update", True)]


def test_a_block_that_comes_or_goes_replaces_where_something_in_it_does(life: Lifecycle) -> None:
    old = {"forwardingRules": [RULE]}
    assert told(compare(life, BALANCER, old, {"forwardingRules": [RULE, {**RULE, "entryPort": 81}]})) == [
        ("forwardingRules[1]", "add", True)
    ]
    assert told(compare(life, BALANCER, old, {})) == [("forwardingRules", "delete", True)]
    assert told(compare(life, BALANCER, old, {"forwardingRules": UNKNOWN})) == [("forwardingRules", "update", True)]
    assert told(compare(life, BALANCER, old, {"forwardingRules": [{**RULE, "entryPort": 81}]})) == [
        ("forwardingRules[0].entryPort", "update", False)
    ]


def test_changes_that_are_ignored_do_not_count(life: Lifecycle) -> None:
    new = {**DROP, "image": "j", "tags": ["x"]}
    assert told(compare(life, DROPLET, DROP, new, ignored=["image", "tags[0]"])) == [("tags[1]", "delete", False)]


def test_an_ignored_path_may_be_quoted_as_the_engine_writes_it(life: Lifecycle) -> None:
    old, new = {"tags": {"a.b": "1", "c": "1"}}, {"tags": {"a.b": "2", "c": "2"}}
    assert told(compare(life, TAG, old, new, ignored=['tags["a.b"]'])) == [("tags.c", "update", False)]


def test_a_whole_number_and_its_float_are_the_same(life: Lifecycle) -> None:
    assert told(compare(life, BALANCER, {"sizeUnit": 1}, {"sizeUnit": 1.0})) == []
    assert told(compare(life, BALANCER, {"enableProxyProtocol": True}, {"enableProxyProtocol": 1})) != []


def test_a_given_name_makes_a_replacement_delete_first_and_a_made_up_one_does_not(life: Lifecycle) -> None:
    given_name = {**DROP, "name": "web", "__defaults": []}
    assert compare(life, DROPLET, given_name, {**given_name, "image": "j"}).delete_first
    assert not compare(life, DROPLET, given_name, {**given_name, "size": "m"}).delete_first
    assert not compare(life, DROPLET, DROP, {**DROP, "image": "j"}).delete_first


def test_a_provider_without_automatic_names_never_asks_to_delete_first(store: Store) -> None:
    plain = Lifecycle(Cloud(**{**vars(CLOUD), "types": {DROPLET: Type(token=DROPLET, replaces=frozenset({"image"}))}}), store)
    given_name = {**DROP, "__defaults": []}
    difference = compare(plain, DROPLET, given_name, {**given_name, "image": "j"})
    assert difference.replaces and not difference.delete_first


def test_what_the_provider_fills_in_replaces_where_its_configuration_changed(store: Store) -> None:
    filled = Lifecycle(Cloud(**{**vars(CLOUD), "fills": lambda scope: {"region": "nyc3"}}), store)
    assert told(compare(filled, DROPLET, DROP, {**DROP, "region": "nyc3"})) == [("region", "update", True)]


def test_without_rules_the_sdks_documentation_decides(life: Lifecycle) -> None:
    prefix = "digitalocean:index/"
    schema = life.sdk.resource(f"{prefix}kubernetesNodePool:KubernetesNodePool")
    forcing = [name for name, prop in schema.inputs.items() if prop.replaces]
    for name in forcing:
        assert compare(life, schema.token, {name: "a"}, {name: "b"}).replaces
    assert not compare(life, TAG, {"name": "a"}, {"name": "b"}).replaces


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=3), x, max_size=3),
)
objects = st.dictionaries(st.sampled_from(["tags", "size", "image", "ipv6"]), values)


@given(objects)
def test_nothing_changes_where_nothing_changed(inputs: Values) -> None:
    assert compare(Lifecycle(CLOUD, Store()), DROPLET, inputs, inputs).changes == []


@given(objects, objects)
def test_a_change_there_is_a_change_back(old: Values, new: Values) -> None:
    life = Lifecycle(CLOUD, Store())
    assert bool(compare(life, TAG, old, new, {}).changes) == bool(compare(life, TAG, new, old, {}).changes)
