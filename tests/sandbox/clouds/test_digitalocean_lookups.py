"""The stand-in DigitalOcean: what look-ups find."""

import pytest

from sandbox.clouds.digitalocean.catalogue import IMAGES, REGIONS
from sandbox.rules import Refused
from tests.sandbox.clouds.digitalocean import BALANCER, DROPLET, INBOUND, SCALING, TEMPLATE, Account


def test_droplets_are_found_by_tag(account: Account) -> None:
    """What `make orphans` looks for."""
    droplet = account.make("droplet", {**DROPLET, "tags": ["stack:dev", "web"]})
    account.make("droplet", {**DROPLET, "tags": ["stack:prod"]}, "other")
    found = account.ask("getDroplets", filters=[{"key": "tags", "values": ["stack:dev"]}])["droplets"]
    assert [(item["id"], item["name"], item["urn"]) for item in found] == [
        (int(droplet.id), droplet.outputs["name"], f"do:droplet:{droplet.id}")
    ]
    assert account.ask("getDroplet", tag="stack:prod")["tags"] == ["stack:prod"]
    assert {item["name"]: item["dropletsCount"] for item in account.ask("getTags")["tags"]} == {"stack:dev": 1, "web": 1, "stack:prod": 1}


def test_what_the_account_holds_is_found_by_name(account: Account) -> None:
    vpc = account.make("vpc", {"region": "fra1", "name": "n"})
    balancer = account.make("loadBalancer", {**BALANCER, "name": "n"})
    firewall = account.make("firewall", {"inboundRules": [INBOUND]})
    pool = account.make("dropletAutoscale", {"config": SCALING, "dropletTemplate": TEMPLATE, "name": "n"})
    assert account.ask("getVpc", name="n")["id"] == vpc.id
    assert account.ask("getLoadBalancer", name="n")["ip"] == balancer.outputs["ip"]
    assert account.ask("getFirewall", firewallId=firewall.id)["inboundRules"] == [INBOUND]
    assert account.ask("getDropletAutoscale", name="n")["id"] == pool.id
    with pytest.raises(Refused, match="404 no VPC with name m"):
        account.ask("getVpc", name="m")


def test_catalogues_are_filtered_and_sorted(account: Account) -> None:
    cheap = account.ask(
        "getSizes",
        filters=[{"key": "vcpus", "values": ["2"]}, {"key": "slug", "values": ["^s-"], "matchBy": "re"}],
        sorts=[{"key": "price_monthly", "direction": "asc"}],
    )["sizes"]
    assert [size["slug"] for size in cheap][:2] == ["s-2vcpu-2gb", "s-2vcpu-2gb-amd"]
    assert {region["slug"] for region in account.ask("getRegions", filters=[{"key": "available", "values": ["true"]}])["regions"]} == set(
        REGIONS
    ) - {
        "nyc2",
        "ams2",
        "sfo1",
    }
    assert account.ask("getRegion", slug="fra1")["name"] == "Frankfurt 1"
    assert account.ask("getImage", slug="debian-12-x64")["id"] == IMAGES["debian-12-x64"][0]
    with pytest.raises(Refused, match="'colour' is not a key that can be filtered by"):
        account.ask("getSizes", filters=[{"key": "colour", "values": ["red"]}])


def test_other_look_ups_are_refused(account: Account) -> None:
    with pytest.raises(Refused, match="the sandbox has no answer to the look-up digitalocean:index/getSpacesBucket:getSpacesBucket"):
        account.ask("getSpacesBucket", name="n", region="fra1")
