"""Whatever a component takes can be written in a stack file, and arrives at the component."""

import dataclasses
import json
from typing import Any

import pytest

import multicloud
from multicloud.front.contract import Notifications
from multicloud.web.contract import Servers
from stacks.model import Secrets, inputs
from stacks.model.base import Part
from stacks.model.front import ITS_OWN, Front
from stacks.model.mapping import front_args, tier_args
from stacks.model.records import origin_count
from stacks.model.web import IN_THE_FRONT, AwsTier, CloudTier, DigitalOceanTier, ExternalTier, GcpTier, Tier
from tests.components.web.clouds import CERTIFICATE, TOKEN, ZONE

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
    "release": "13",
    "health_check": {"path": "/live", "port": 8080},
    "schedule": {"time_zone": "Europe/Berlin", "periods": [{"days": ["monday"], "start": "08:00", "end": "21:00", "servers": 3}]},
    "replacement": {"surge_percent": 100, "unavailable_percent": 10},
    "network": "10.50.0.0/16",
    "network_id": "an existing one",
    "subnet_ids": ["one", "two"],
    "exposure": "registered",
    "tags": {"team": "shop"},
}
CONTAINER = {
    "image": "ghcr.io/example/shop:1.4",
    "port": 8080,
    "environment": {"MODE": "shop"},
    "secrets": {"KEY": "shop-key"},
    "command": ["serve"],
    "registry": {"user": "robot", "password_secret": "registry"},
}
OWN: dict[str, dict[str, Any]] = {
    "aws": {
        "image": "ami-0123456789abcdef0",
        "zones": ["eu-central-1a", "eu-central-1b"],
        "private": True,
        "machine_subnet_ids": ["three", "four"],
        "certificate_arn": "arn",
    },
    "gcp": {"image": "debian", "zones": ["europe-west3-a", "europe-west3-b"]},
    "digitalocean": {"image": "debian", "ssh_keys": ["1"], "pool": True},
    "external": {"addresses": ["203.0.113.1", "web.example.net"], "weights": [1.0, 0.5], "latitude": 50.1, "longitude": 8.7},
}


def fields(cls: Any) -> set[str]:
    return {field.name for field in dataclasses.fields(cls)}


@pytest.mark.parametrize("cloud", TIERS)
def test_every_argument_of_a_tier_can_be_written(cloud: str) -> None:
    model, args = TIERS[cloud]
    from_the_front = {"admitted_ranges", "tunnel"}
    assert fields(args) - from_the_front == set(model.model_fields) - {"cloud", *IN_THE_FRONT}


def test_every_argument_of_a_pool_can_be_written_in_its_tier() -> None:
    known_anyway = {"name", "origins", "origin_count"}
    assert fields(multicloud.Pool) - known_anyway == {*IN_THE_FRONT, "cloud", "region", "latitude", "longitude"}


def test_every_argument_of_the_front_can_be_written() -> None:
    from_tiers = {"pools", "health_path", "expected_status", "origin_port"}
    assert fields(multicloud.CloudflareFrontArgs) - from_tiers == set(Front.model_fields) - set(ITS_OWN)


@pytest.mark.parametrize("cloud", TIERS)
def test_what_is_written_of_a_tier_arrives(cloud: str) -> None:
    model, _ = TIERS[cloud]
    store = cloud in ("aws", "gcp")
    registration = {"hostname": "origins.example.com", "ttl": 120, **({"token_secret": "dns-token"} if store else {})}
    written = {
        "cloud": cloud,
        "region": REGIONS[cloud],
        **FULL,
        **OWN[cloud],
        "container": CONTAINER,
        "registration": registration,
        "certificate": True,
    }
    tier, tags = model.model_validate_json(json.dumps(written)), {"cost-center": "web", "team": "other"}
    args = tier_args(tier, tags, ["192.0.2.0/24"], Secrets(certificate=CERTIFICATE, token=TOKEN), ZONE)
    arrived = dataclasses.asdict(args)
    assert args.certificate is CERTIFICATE
    del arrived["certificate"]
    given = {**registration, "zone_id": ZONE, **({} if store else {"token": TOKEN})}
    assert arrived.pop("registration") == {"token": None, "token_secret": None, "proxied": None, **given}
    assert arrived.pop("tags") == {"cost-center": "web", "team": "shop"}
    assert arrived.pop("admitted_ranges") == (["192.0.2.0/24"] if issubclass(model, CloudTier) else None)
    for name, value in arrived.items():
        expected = written.get(name)
        assert (
            {key: inner for key, inner in value.items() if inner is not None} == expected if isinstance(value, dict) else value == expected
        )


WHOLE_FRONT: dict[str, Any] = {
    "zone": "example.com",
    "hostname": "www.example.com",
    "aliases": ["example.com"],
    "mode": "load_balancer",
    "pattern": "preproduction",
    "preproduction_hostname": "next.example.com",
    "steering": "geo",
    "order": ["gcp", "aws"],
    "geo": {"regions": {"WEU": ["gcp", "aws"]}, "countries": {"CH": ["aws"]}},
    "location_strategy": {"mode": "resolver_ip", "prefer_ecs": "geo"},
    "fallback_pool": "gcp",
    "failover_across_pools": False,
    "zero_downtime_failover": "temporary",
    "session_affinity": "cookie",
    "affinity": {"ttl": 3600, "drain_seconds": 60, "same_site": "Lax", "secure": "Always"},
    "routes": [
        {"name": "api", "path": "/api/", "pools": ["aws"], "steering": "random", "session_affinity": "none"},
        {"name": "old", "path": "/old/", "respond": {"status": 301, "location": "https://www.example.com/"}},
    ],
    "monitor": {"interval": 30, "timeout": 3, "retries": 1, "consecutive_up": 2, "expected_body": "ok", "follow_redirects": True},
    "failover_within": 60,
    "dns": {"proxied": False, "ttl": 60},
    "shield": {"enabled": True, "minimum_tls": "1.3", "hsts": {"max_age": 86400}, "rate_limits": []},
    "notification_email": "ops@example.com",
    "plan": "pro",
}
WHOLE_POOL = {
    "weight": 0.25,
    "minimum_origins": 2,
    "origin_steering": "hash",
    "shed_percent": 10.0,
    "shed_session_percent": 5.0,
    "check_regions": ["WEU"],
    "enabled": True,
    "routes_only": False,
    "cost": 1.5,
}


def without_defaults(value: Any) -> Any:
    """The same without what is None."""
    if isinstance(value, dict):
        return {key: without_defaults(inner) for key, inner in value.items() if inner is not None}
    return [without_defaults(inner) for inner in value] if isinstance(value, list) else value


def tiers_of(web: dict[str, Any]) -> dict[str, Tier]:
    return {name: TIERS[tier["cloud"]][0].model_validate_json(json.dumps(tier)) for name, tier in web.items()}


def test_what_is_written_of_the_front_arrives() -> None:
    """Each argument, whether or not they would do together."""
    health = {"path": "/live"}
    web = {
        "gcp": {"cloud": "gcp", "region": "europe-west3", "servers": {"min": 1}, "health_check": health},
        "aws": {
            "cloud": "aws",
            "region": "eu-central-1",
            "servers": {"min": 3},
            "exposure": "machines",
            "health_check": health,
            **WHOLE_POOL,
        },
    }
    front = Front.model_validate_json(json.dumps(WHOLE_FRONT))
    assert front.model_fields_set | {"notifications", *ITS_OWN} == set(Front.model_fields)
    origins: dict[str, Any] = {name: [{"name": name, "address": "192.0.2.1", "weight": 1}] for name in web}
    args = without_defaults(dataclasses.asdict(front_args(front, tiers_of(web), origins)))
    [gcp, aws] = args.pop("pools")
    assert (args.pop("health_path"), args.pop("expected_status"), args.pop("origin_port")) == ("/live", 200, 80)
    assert args == {name: value for name, value in WHOLE_FRONT.items() if name != "order"}
    assert gcp == {"name": "gcp", "origins": origins["gcp"], "origin_count": 1, "cloud": "gcp", "region": "europe-west3"}
    assert aws == {"name": "aws", "origins": origins["aws"], "origin_count": 3, "cloud": "aws", "region": "eu-central-1", **WHOLE_POOL}


@pytest.mark.parametrize(
    ("tier", "count"),
    [
        ({"cloud": "aws", "region": "eu-central-1", "servers": {"min": 3}}, 1),
        ({"cloud": "aws", "region": "eu-central-1", "servers": {"min": 3}, "exposure": "machines"}, 3),
        ({"cloud": "aws", "region": "eu-central-1", "servers": {"min": 3}, "exposure": "registered"}, 1),
        ({"cloud": "external", "addresses": ["203.0.113.1", "203.0.113.2"]}, 2),
        ({"cloud": "external", "exposure": "registered", "servers": {"min": 4}}, 1),
        ({"cloud": "gcp", "region": "europe-west3", "servers": {"min": 3}, "exposure": "tunnel"}, 1),
        ({"cloud": "external", "exposure": "tunnel", "servers": {"min": 4}}, 1),
    ],
)
def test_the_number_of_origins_is_known_before_anything_is_there(tier: dict[str, Any], count: int) -> None:
    """It decides how many records there are, where the front is records."""
    assert origin_count(tiers_of({"tier": tier})["tier"]) == count


@pytest.mark.parametrize(
    ("part", "library", "elsewhere"),
    [
        (inputs.Container, multicloud.Container, set()),
        (inputs.Registry, multicloud.Registry, set()),
        (inputs.Notifications, Notifications, set()),
        # The names are the front's, the day that of the update, and the tiers say who goes on with the old one.
        (inputs.OriginCertificate, multicloud.OriginCertificateArgs, {"hostnames", "as_of", "revoke"}),
        # The zone is the front's, the token the stack's configuration's; and a front takes no proxied name.
        (inputs.Registration, multicloud.Registration, {"zone_id", "token", "proxied"}),
    ],
)
def test_every_argument_that_takes_outputs_can_be_written_in_plain(part: type[Part], library: Any, elsewhere: set[str]) -> None:
    assert fields(library) - elsewhere == set(part.model_fields)


def test_the_librarys_own_dataclasses_are_the_models_fields() -> None:
    """So that names and words stand once."""
    assert CloudTier.model_fields["servers"].annotation is Servers
