"""Updates that fail on the way, and configurations that are refused at its start."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.deployment import Deployment

Deploy = Callable[..., Deployment]
WANTED = "gcp-network-vpc"


@pytest.fixture
def small(deploy: Deploy) -> Deployment:
    """One tier behind the front, without a database: enough to fail in."""
    deployment = deploy("staging")

    def change(environment: dict[str, Any]) -> None:
        del environment["database"]

    deployment.configure(change)
    return deployment


@pytest.mark.parametrize("kind", ["refused", "throttled", "timeout", "crash"])
def test_a_second_up_finishes_what_a_fault_stopped(small: Deployment, kind: str) -> None:
    """Whatever went wrong at one create: the state stays readable, a second `up` finishes, and what was left behind is seen."""
    times = "100" if kind == "throttled" else "1"
    small.sandbox("fault", "add", kind, "--name", WANTED, "--operation", "create", "--times", times)
    failed = small.attempt("up", "--yes", "--skip-preview", "--stack", "staging")
    assert failed.returncode != 0
    assert WANTED in failed.stdout and "Traceback" not in failed.stdout + failed.stderr
    assert {r["urn"] for r in small.state()}, "what was made before is recorded"

    small.sandbox("fault", "clear")
    small.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", "staging")
    left = small.orphans()
    # Only a provider that dies after the work is done leaves something that nobody was told of.
    assert [orphan["name"] for orphan in left] == ([WANTED] if kind == "crash" else [])
    for orphan in left:
        small.sandbox("delete", f"{orphan['type']}/{orphan['id']}")
    small.up()
    assert small.orphans() == []
    small.up("--expect-no-changes")


def test_a_wrong_stack_file_is_refused_before_anything_is_created(small: Deployment) -> None:
    """All mistakes at once, each with its path, what is wrong and how to mend it; no traceback; nothing in the clouds or the state."""

    def change(environment: dict[str, Any]) -> None:
        environment["web"]["gcp"]["servers"] = {"min": 4, "max": 2}
        environment["web"]["azure"] = {"cloud": "azure", "region": "westeurope", "servers": {"min": 1}}
        environment["front"]["hostnme"] = environment["front"].pop("hostname")

    small.configure(change)
    for command in (("preview",), ("up", "--yes", "--skip-preview")):
        refused = small.attempt(*command, "--stack", "staging")
        printed = refused.stdout + refused.stderr
        assert refused.returncode != 0
        assert "environment.web.gcp.servers.max: 2 is below servers.min, 4; give 4 or more, or leave it out" in printed
        assert "environment.web.azure.cloud: " in printed and "environment.front.hostnme: " in printed
        assert "Traceback" not in printed
    assert small.clouds() == []
    assert not [resource for resource in small.state() if resource.get("custom")]


def test_what_only_the_cloud_knows_to_be_wrong_is_refused_in_the_preview(small: Deployment) -> None:
    """A machine type that does not exist passes the model, and the preview of a pull request still finds it."""

    def change(environment: dict[str, Any]) -> None:
        del environment["web"]["gcp"]["size"]
        environment["web"]["gcp"]["machine_type"] = "n2-standard-3"

    small.configure(change)
    refused = small.attempt("preview", "--stack", "staging")
    assert refused.returncode != 0
    assert "n2-standard-3" in refused.stdout + refused.stderr
    assert small.clouds() == []
