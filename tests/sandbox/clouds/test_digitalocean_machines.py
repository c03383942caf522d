"""The stand-in DigitalOcean: droplets and their pools."""

import ipaddress

import pytest

from sandbox.clouds.digitalocean.catalogue import SIZES
from sandbox.rules import Refused, Values
from tests.sandbox.clouds.digitalocean import DROPLET, SCALING, TEMPLATE, Account


def test_a_droplet_has_what_a_droplet_has(account: Account) -> None:
    vpc = account.make("vpc", {"region": "fra1", "ipRange": "10.30.160.0/20"})
    droplet = account.make("droplet", {**DROPLET, "vpcUuid": vpc.id, "ipv6": True, "userData": "#cloud-config\n"}, "web-0")
    outputs = droplet.outputs
    assert droplet.id.isdigit() and outputs["dropletUrn"] == f"do:droplet:{droplet.id}"
    assert outputs["name"].startswith("web-0-")
    assert (outputs["vcpus"], outputs["memory"], outputs["disk"], outputs["priceMonthly"]) == (1, 1024, 25, 6)
    assert (outputs["status"], outputs["locked"], outputs["backups"], outputs["monitoring"]) == ("active", False, False, False)
    assert ipaddress.ip_address(outputs["ipv4AddressPrivate"]) in ipaddress.ip_network("10.30.160.0/20")
    assert ipaddress.ip_address(outputs["ipv6Address"]).version == 6
    assert outputs["vpcUuid"] == vpc.id


def test_addresses_are_given_once_even_after_their_droplet_is_gone(account: Account) -> None:
    seen: list[str] = []
    for _ in range(20):
        droplet = account.make("droplet", {**DROPLET, "ipv6": True})
        seen += [droplet.outputs[key] for key in ("ipv4Address", "ipv4AddressPrivate", "ipv6Address")]
        account.delete("droplet", droplet)
    assert len(set(seen)) == 60


def test_a_droplet_without_a_network_is_in_the_regions_default_one(account: Account) -> None:
    droplet, vpc = account.make("droplet", DROPLET), account.ask("getVpc", region="fra1")
    assert droplet.outputs["vpcUuid"] == vpc["id"] and vpc["default"] is True
    assert ipaddress.ip_address(droplet.outputs["ipv4AddressPrivate"]) in ipaddress.ip_network(vpc["ipRange"])


def test_an_update_keeps_a_droplets_addresses(account: Account) -> None:
    droplet = account.make("droplet", {**DROPLET, "ipv6": True})
    grown = account.change("droplet", droplet, {**DROPLET, "ipv6": True, "size": "s-2vcpu-4gb", "tags": ["a"]})
    assert (grown.outputs["vcpus"], grown.outputs["disk"], grown.outputs["tags"]) == (2, 80, ["a"])
    for key in ("ipv4Address", "ipv4AddressPrivate", "ipv6Address", "createdAt", "vpcUuid"):
        assert grown.outputs[key] == droplet.outputs[key], key


def test_ipv6_is_added_in_place_and_taken_away_by_replacement(account: Account) -> None:
    assert not account.compare("droplet", DROPLET, {**DROPLET, "ipv6": True}).replaces
    assert account.compare("droplet", {**DROPLET, "ipv6": True}, DROPLET).replaces


def test_an_explicit_name_makes_replacement_delete_first(account: Account) -> None:
    other = {"image": "debian-13-x64"}
    named = account.compare("droplet", {**DROPLET, "name": "n"}, {**DROPLET, **other, "name": "n"})
    assert named.replaces and named.delete_first
    made_up = account.compare("droplet", DROPLET, {**DROPLET, **other})
    assert made_up.replaces and not made_up.delete_first


def test_the_order_of_tags_is_no_change(account: Account) -> None:
    assert account.compare("droplet", {**DROPLET, "tags": ["a", "b"]}, {**DROPLET, "tags": ["b", "a"]}).changes == []


def test_a_disk_never_shrinks(account: Account) -> None:
    droplet = account.make("droplet", {**DROPLET, "size": "s-2vcpu-4gb"})
    with pytest.raises(Refused, match="smaller disk"):
        account.change("droplet", droplet, DROPLET)


def test_a_pool_keeps_its_name_and_counts_its_updates(account: Account) -> None:
    pool = account.make("dropletAutoscale", {"config": SCALING, "dropletTemplate": TEMPLATE})
    assert pool.outputs["status"] == "active"
    bigger = {"config": {**SCALING, "maxInstances": 9}, "dropletTemplate": TEMPLATE, "name": pool.outputs["name"]}
    assert account.change("dropletAutoscale", pool, bigger).outputs["config"]["maxInstances"] == 9
    with pytest.raises(Refused, match="422 the name of an autoscale pool cannot be updated"):
        account.change("dropletAutoscale", pool, {**bigger, "name": "other"})


def test_a_pool_becomes_one_of_a_fixed_size_and_scales_again(account: Account) -> None:
    pool = account.make("dropletAutoscale", {"config": SCALING, "dropletTemplate": TEMPLATE})
    name = pool.outputs["name"]
    fixed = account.change("dropletAutoscale", pool, {"config": {"targetNumberInstances": 2}, "dropletTemplate": TEMPLATE, "name": name})
    assert fixed.outputs["config"] == {"targetNumberInstances": 2}
    scaling = account.change("dropletAutoscale", fixed, {"config": SCALING, "dropletTemplate": TEMPLATE, "name": name})
    assert (scaling.id, scaling.outputs["config"]) == (pool.id, SCALING)


@pytest.mark.parametrize(
    ("type_", "inputs", "path", "reason", "by"),
    [
        ("droplet", {**DROPLET, "region": "fra9"}, "region", "'fra9' is not a region; did you mean 'fra1'?", "api"),
        ("droplet", {**DROPLET, "region": "sfo1"}, "region", "region sfo1 takes no new resources", "api"),
        ("droplet", {**DROPLET, "size": "s-1vcpu-3gb"}, "size", "You specified an invalid size for Droplet creation: 's-1vcpu-3gb'", "api"),
        (
            "droplet",
            {**DROPLET, "image": "debian-12"},
            "image",
            "invalid image for Droplet creation: 'debian-12'; did you mean 'debian-12-x64'?",
            "api",
        ),
        ("droplet", {**DROPLET, "image": ""}, "image", "expected a value that is not empty", "provider"),
        ("droplet", {**DROPLET, "name": "a_b"}, "name", "expected a valid hostname", "api"),
        ("droplet", {**DROPLET, "tags": ["a b"]}, "tags[0]", "expected a tag of letters, digits, colons", "provider"),
        ("droplet", {**DROPLET, "sshKeys": ["mine"]}, "sshKeys[0]", "mine are invalid key identifiers for Droplet creation.", "api"),
        ("droplet", {**DROPLET, "userData": "x" * 65537}, "userData", "expected at most 64 KiB of user data", "api"),
        (
            "droplet",
            {**DROPLET, "backupPolicy": {"plan": "daily"}, "backups": False},
            "backupPolicy",
            "can only be set when backups",
            "provider",
        ),
        ("droplet", {**DROPLET, "colour": "red"}, "colour", "unknown property", "provider"),
        ("droplet", {"region": "fra1", "image": "debian-12-x64"}, "size", "missing required property", "provider"),
        (
            "dropletAutoscale",
            {"config": SCALING, "dropletTemplate": {**TEMPLATE, "sshKeys": []}},
            "dropletTemplate.sshKeys",
            "at least one key",
            "api",
        ),
        (
            "dropletAutoscale",
            {"config": {**SCALING, "targetCpuUtilization": 60}, "dropletTemplate": TEMPLATE},
            "config.targetCpuUtilization",
            "from 0.05 to 1",
            "api",
        ),
        (
            "dropletAutoscale",
            {"config": {**SCALING, "cooldownMinutes": 2}, "dropletTemplate": TEMPLATE},
            "config.cooldownMinutes",
            "from 5 to 20",
            "api",
        ),
        (
            "dropletAutoscale",
            {"config": {"targetNumberInstances": 2, "minInstances": 1}, "dropletTemplate": TEMPLATE},
            "config.minInstances",
            "has no minimum and no maximum",
            "api",
        ),
        (
            "dropletAutoscale",
            {"config": {**SCALING, "maxInstances": 1}, "dropletTemplate": TEMPLATE},
            "config.maxInstances",
            "must not be below",
            "api",
        ),
        (
            "dropletAutoscale",
            {"config": {"minInstances": 1}, "dropletTemplate": TEMPLATE},
            "config.maxInstances",
            "is required for a pool",
            "api",
        ),
    ],
)
def test_refuses_wrong_values_and_says_who_would(account: Account, type_: str, inputs: Values, path: str, reason: str, by: str) -> None:
    account.refuses(type_, inputs, path, reason, by)


def test_the_components_sizes_exist() -> None:
    from multicloud.web.digitalocean import MACHINE_TYPES

    assert set(MACHINE_TYPES.values()) <= set(SIZES)
