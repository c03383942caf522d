"""An engine that is killed in the middle of an update: what Pulumi's documentation says to do then ends in the same environment.

Source: https://www.pulumi.com/docs/support/troubleshooting/#interrupted-update-recovery
"""

import json
import re
import shlex
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.deployment import Deployment

MOMENTS = 10
PATIENCE = 120.0
"""Seconds until a resource has to have been created; far more than it takes."""


def made(deployment: Deployment) -> list[tuple[str, str]]:
    """Type and logical name of what was created, in order."""
    lines = map(json.loads, deployment.sandbox("journal", "--json").splitlines())
    return [(line["token"], line["name"]) for line in lines if line["operation"] == "create"]


def wait_for(deployment: Deployment, wanted: tuple[str, str]) -> None:
    """Returns as soon as the cloud has made a resource whose answer hangs."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if wanted in made(deployment):
            return
        time.sleep(0.05)
    raise AssertionError(f"{wanted} was never made; the engine said:\n{(deployment.folder / 'last.log').read_text()}")


def environment(deployment: Deployment) -> Counter[tuple[str, str]]:
    """What exists in the clouds, by type and logical name, with how often."""
    return Counter((held["type"], held["name"]) for held in deployment.clouds())


@pytest.fixture(scope="module")
def reference(running: Callable[[str], Deployment]) -> Deployment:
    """The environment as an update that nothing disturbs makes it."""
    return running("dev")


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_killed_update_is_finished_by_a_second_one(reference: Deployment, deploy: Callable[..., Deployment], moment: int) -> None:
    """Killed while an answer is on its way: cancel, refresh, remove the orphans, and `up` end in the same environment."""
    order = made(reference)
    wanted = order[moment * (len(order) - 1) // (MOMENTS - 1)]
    deployment = deploy("dev")
    deployment.sandbox("fault", "add", "hang", "--type", wanted[0], "--name", wanted[1], "--operation", "create")
    engine = deployment.start("up", "--yes", "--skip-preview", "--stack", "dev")
    wait_for(deployment, wanted)
    engine.kill()
    engine.wait()

    deployment.pulumi("cancel", "--yes", "--stack", "dev")
    deployment.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", "dev")
    found = deployment.orphans()
    assert wanted in {(orphan["type"], orphan["name"]) for orphan in found}
    for orphan in found:
        deployment.sandbox("delete", f"{orphan['type']}/{orphan['id']}")
    deployment.up()

    assert environment(deployment) == environment(reference)
    assert deployment.orphans() == []
    deployment.up("--expect-no-changes")


def test_an_orphan_can_be_imported_by_the_command_that_is_proposed(deploy: Callable[..., Deployment]) -> None:
    """What is printed as the way to keep an orphan does keep it: nothing is made a second time."""
    wanted = ("aws:ec2/vpc:Vpc", "aws-network-vpc")
    deployment = deploy("dev")
    deployment.sandbox("fault", "add", "hang", "--type", wanted[0], "--name", wanted[1], "--operation", "create")
    engine = deployment.start("up", "--yes", "--skip-preview", "--stack", "dev")
    wait_for(deployment, wanted)
    engine.kill()
    engine.wait()
    deployment.pulumi("cancel", "--yes", "--stack", "dev")
    deployment.pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", "dev")
    (orphan,) = [found for found in deployment.orphans() if found["name"] == wanted[1]]
    assert f"vpc/{orphan['id']}\n" in deployment.tool("orphans", "--stack", "dev", "--lookups"), "the tagging look-up finds it, too"

    printed = deployment.tool("orphans", "--stack", "dev")
    (command,) = re.findall(rf"to keep it: +pulumi (import {re.escape(wanted[0])} .*)", printed)
    deployment.pulumi(*shlex.split(command), "--yes", "--skip-preview")
    for other in deployment.orphans():
        deployment.sandbox("delete", f"{other['type']}/{other['id']}")
    deployment.up()

    vpcs: list[dict[str, Any]] = [held for held in deployment.clouds() if (held["type"], held["name"]) == wanted]
    assert [held["id"] for held in vpcs] == [orphan["id"]]
    assert deployment.orphans() == []
