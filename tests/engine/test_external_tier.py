"""Machines of somebody else under the real engine: nothing of theirs is created, and the front follows their addresses."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.engine.deployment import Deployment

POOL = "cloudflare:index/loadBalancerPool:LoadBalancerPool"
ADDRESSES = ["203.0.113.10", "2001:db8::10"]


@pytest.fixture
def office(deploy: Callable[..., Deployment]) -> Deployment:
    """A stack with no other machines."""
    deployment = deploy("dev")

    def change(environment: dict[str, Any]) -> None:
        del environment["database"], environment["front"]["order"]
        environment["web"] = {"office": {"cloud": "external", "region": "basement", "addresses": [*ADDRESSES]}}

    deployment.configure(change)
    return deployment


def addresses(deployment: Deployment) -> list[str]:
    """Where the front sends visitors."""
    (pool,) = [held for held in deployment.clouds() if held["type"] == POOL]
    return sorted(origin["address"] for origin in pool["inputs"]["origins"])


def outputs(deployment: Deployment) -> dict[str, Any]:
    """What the stack says of the tier."""
    everything = json.loads(deployment.pulumi("stack", "output", "--json", "--stack", deployment.stack))
    tier: dict[str, Any] = everything["pools"]["office"]
    return tier


def test_a_tier_of_machines_that_somebody_else_runs_lives_like_every_other(office: Deployment) -> None:
    """Created, unchanged, another machine added, destroyed; in the clouds there never is anything but the front."""
    office.up()
    assert {held["type"].split(":")[0] for held in office.clouds()} == {"cloudflare"}
    assert addresses(office) == sorted(ADDRESSES)
    tier = outputs(office)
    assert (tier["cloud"], tier["region"], tier["port"]) == ("external", "basement", 80)
    assert yaml.safe_load(tier["user_data"])["packages"], "there is nothing to boot the machines with"
    office.up("--expect-no-changes")

    def another(environment: dict[str, Any]) -> None:
        environment["web"]["office"]["addresses"].append("web.example.net")

    office.configure(another)
    steps = office.steps()
    assert {urn.split("::")[2].rsplit("$", 1)[-1]: op for urn, op in steps.items() if "pulumi:pulumi:Stack" not in urn} == {POOL: "update"}
    office.up()
    assert addresses(office) == sorted([*ADDRESSES, "web.example.net"])

    office.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert office.clouds() == []


def test_what_such_a_tier_cannot_do_is_refused_before_anything_is_created(office: Deployment) -> None:
    """With the path in the stack's file, the reason and what to do instead."""

    def change(environment: dict[str, Any]) -> None:
        environment["web"]["office"]["exposure"] = "load_balancer"

    office.configure(change)
    refused = office.attempt("up", "--yes", "--skip-preview", "--stack", "dev")
    printed = refused.stdout + refused.stderr
    assert refused.returncode != 0
    assert "environment.web.office.exposure: this tier has no load balancer for machines that somebody else runs" in printed
    assert "Traceback" not in printed
    assert office.clouds() == []
