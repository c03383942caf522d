"""Whatever a component takes can be written in a stack file, and arrives at the component."""

import dataclasses
import json
from typing import Any

import pytest

import multicloud
from multicloud.web.contract import Servers
from stacks.model import parse
from stacks.model.front import Front
from stacks.model.mapping import front_args, tier_args
from stacks.model.web import AwsTier, CloudTier, DigitalOceanTier, ExternalTier, GcpTier, Tier

TIERS: dict[str, tuple[type[Tier], Any]] = {
    "aws": (AwsTier, multicloud.AwsWebTierArgs),
    "gcp": (GcpTier, multicloud.GcpWebTierArgs),
    "digitalocean": (DigitalOceanTier, multicloud.DigitalOceanWebTierArgs),
    "external": (ExternalTier, multicloud.ExternalWebTierArgs),
}
REGIONS = {"aws": "eu-central-1", "gcp": "europe-west3", "digitalocean": "fra1", "external": "basement"}
FULL: dict[str, Any] = {
    "servers": {"min": 2, "max": 4, "cpu_target": 50},
    "size": "medium",
    "site": {"files": {"index.html": "hello"}},
    "script": "#!/bin/sh",
    "health_check": {"path": "/live", "port": 8080},
    "network": "10.50.0.0/16",
    "tags": {"team": "shop"},
}
OWN: dict[str, dict[str, Any]] = {
    "aws": {"image": "ami-0123456789abcdef0", "zones": ["eu-central-1a", "eu-central-1b"]},
    "gcp": {"image": "debian", "zones": ["europe-west3-a", "europe-west3-b"]},
    "digitalocean": {"image": "debian", "ssh_keys": ["1"]},
    "external": {"addresses": ["203.0.113.1", "web.example.net"], "weights": [1.0, 0.5], "latitude": 50.1, "longitude": 8.7},
}


def fields(cls: Any) -> set[str]:
    return {field.name for field in dataclasses.fields(cls)}


@pytest.mark.parametrize("cloud", TIERS)
def test_every_argument_of_a_tier_can_be_written(cloud: str) -> None:
    model, args = TIERS[cloud]
    assert fields(args) - {"admitted_ranges"} == set(model.model_fields) - {"cloud", "weight"}


def test_every_argument_of_the_front_can_be_written() -> None:
    from_tiers = {"pools", "health_path", "expected_status"}
    assert fields(multicloud.CloudflareFrontArgs) - from_tiers == set(Front.model_fields) - {"order"}


@pytest.mark.parametrize("cloud", TIERS)
def test_what_is_written_of_a_tier_arrives(cloud: str) -> None:
    model, _ = TIERS[cloud]
    written = {"cloud": cloud, "region": REGIONS[cloud], **FULL, **OWN[cloud]}
    args = tier_args(model.model_validate_json(json.dumps(written)), {"cost-center": "web", "team": "other"}, ["192.0.2.0/24"])
    arrived = dataclasses.asdict(args)
    assert arrived.pop("tags") == {"cost-center": "web", "team": "shop"}
    assert arrived.pop("admitted_ranges") == (["192.0.2.0/24"] if issubclass(model, CloudTier) else None)
    for name, value in arrived.items():
        expected = written.get(name)
        assert (
            {key: inner for key, inner in value.items() if inner is not None} == expected if isinstance(value, dict) else value == expected
        )


def test_what_is_written_of_the_front_arrives() -> None:
    front = {
        "zone": "example.com",
        "hostname": "www.example.com",
        "aliases": ["example.com"],
        "steering": "random",
        "order": ["gcp", "aws"],
        "monitor": {"interval": 30, "timeout": 3, "retries": 1},
        "session_affinity": "cookie",
        "notification_email": "ops@example.com",
        "plan": "pro",
    }
    health = {"path": "/live"}
    web = {
        "aws": {"cloud": "aws", "region": "eu-central-1", "servers": {"min": 1}, "health_check": health, "weight": 0.25},
        "gcp": {"cloud": "gcp", "region": "europe-west3", "servers": {"min": 1}, "health_check": health},
    }
    environment = parse(json.dumps({"front": front, "web": web}))
    origins: dict[str, Any] = {name: [{"name": name, "address": "192.0.2.1", "weight": 1}] for name in web}
    args = dataclasses.asdict(front_args(environment.front, {name: environment.web[name] for name in environment.order}, origins))
    pools = args.pop("pools")
    assert (args.pop("health_path"), args.pop("expected_status")) == ("/live", 200)
    assert args == {name: value for name, value in front.items() if name != "order"}
    assert [(pool["name"], pool["weight"], pool["cloud"], pool["region"], pool["origins"]) for pool in pools] == [
        ("gcp", None, "gcp", "europe-west3", origins["gcp"]),
        ("aws", 0.25, "aws", "eu-central-1", origins["aws"]),
    ]


def test_the_librarys_own_dataclasses_are_the_models_fields() -> None:
    """So that names and words stand once."""
    assert CloudTier.model_fields["servers"].annotation is Servers
