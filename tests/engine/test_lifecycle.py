"""A stack's life under the real engine: each test says what it proves."""

from collections.abc import Callable

import pytest

from tests.engine.deployment import Deployment

STACKS = ("dev", "staging", "production")
Running = Callable[[str], Deployment]


@pytest.mark.parametrize("stack", STACKS)
def test_a_second_up_changes_nothing(running: Running, stack: str) -> None:
    """No output, default or order in the program or in the sandbox makes a difference that the engine would act on."""
    running(stack).up("--expect-no-changes")


@pytest.mark.parametrize("stack", STACKS)
def test_refresh_finds_no_drift(running: Running, stack: str) -> None:
    """What a cloud answers to a read is what it answered to the create."""
    running(stack).pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes", "--stack", stack)


@pytest.mark.parametrize("stack", STACKS)
def test_state_and_clouds_agree(running: Running, stack: str) -> None:
    """Everything recorded exists in a cloud, and everything in a cloud is recorded."""
    deployment = running(stack)
    recorded = {(r["type"], r["id"]) for r in deployment.state() if r.get("custom") and not r["type"].startswith("pulumi:")}
    assert recorded == {(held["type"], held["id"]) for held in deployment.clouds()}


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_has_an_explicit_provider(running: Running, stack: str) -> None:
    """No resource lands in the account of a default provider."""
    used = {r["provider"] for r in running(stack).state() if r.get("custom") and not r["type"].startswith("pulumi:")}
    assert used and not [name for name in used if "::default" in name]


def test_passwords_are_secret_in_the_state(running: Running) -> None:
    """No generated password is in plain text in what the engine records or prints."""
    deployment = running("production")
    passwords = [held for held in deployment.clouds() if held["type"] == "random:index/randomPassword:RandomPassword"]
    assert passwords
    recorded = "".join(path.read_text() for path in (deployment.folder / "state").rglob("*") if path.is_file())
    printed = deployment.pulumi("stack", "output", "--json", "--stack", "production") + deployment.pulumi("stack", "--show-urns")
    import json
    import os
    import sqlite3

    with sqlite3.connect(os.path.join(deployment.folder, "sandbox.db")) as database:
        rows = database.execute("SELECT outputs FROM resources WHERE token LIKE 'random:%RandomPassword'").fetchall()
    plain = [json.loads(outputs)["result"] for (outputs,) in rows]
    assert len(plain) == len(passwords) and all(len(word) >= 16 for word in plain)
    assert not [word for word in plain if word in recorded or word in printed]


def test_destroy_leaves_nothing(deploy: Callable[..., Deployment]) -> None:
    """The order of deletion satisfies every cloud's rules about what is in use."""
    deployment = deploy("production")
    deployment.up()
    assert len(deployment.clouds()) > 50
    deployment.pulumi("destroy", "--yes", "--skip-preview", "--stack", "production")
    assert deployment.clouds() == []
