"""The unmodified engine runs a program on the sandbox: what it plans, makes, keeps secret, finds and repairs."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import faults, paths
from sandbox.lifecycle import Lifecycle
from sandbox.store import Store
from tests.sandbox.engine import ROOT, start_process
from tests.sandbox.stand_in import CLOUD, VPC
from tools import project

PROGRAM = """
import pulumi, pulumi_digitalocean as do
config = pulumi.Config()
net = do.Vpc("net", region="fra1")
web = do.Droplet("web", name=config.get("name"), region="fra1", size="s", image=config.get("image") or "one", vpc_uuid=net.id,
                 user_data=pulumi.Output.secret("hush-hush"))
pulumi.export("address", web.ipv4_address)
pulumi.export("data", web.user_data)
pulumi.export("region", do.get_region(slug="fra1").name)
"""

pytestmark = pytest.mark.skipif(
    not (project.find(ROOT, os.environ).bin / "pulumi").exists(), reason="the engine is not set up: `make setup`"
)


class Stack:
    """A project of its own with one stack, on a store of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "state").mkdir()
        (folder / "Pulumi.yaml").write_text(
            "name: trial\nruntime: {name: python, options: {toolchain: pip, virtualenv: %s}}\n" % (ROOT / ".venv")
        )
        self.program(PROGRAM)
        self.store = Store(folder / "sandbox.db")
        self.provider, port = start_process(self.store.path)
        environment = project.find(ROOT, {**os.environ, "MULTICLOUD_STATE": str(folder)}).environment(os.environ)
        self.environment = {**environment, "PULUMI_DEBUG_PROVIDERS": f"digitalocean:{port}"}
        self.run("stack", "init", "dev")

    def program(self, text: str) -> None:
        (self.folder / "__main__.py").write_text(text)

    def run(self, *arguments: str, fails: bool = False) -> str:
        command = ["pulumi", *arguments, "--non-interactive"]
        done = subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=120)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def up(self, *arguments: str, fails: bool = False) -> str:
        return self.run("up", "--yes", "--skip-preview", *arguments, fails=fails)

    def done(self, kind: str) -> list[str]:
        """What was done to the resources of a type, in order."""
        with self.store.reading() as reading:
            return [entry.operation for entry in reading.journal() if entry.token.endswith(f":{kind}") and entry.operation != "read"]

    def names(self) -> list[str]:
        with self.store.reading() as reading:
            return sorted(held.name for held in reading.select())

    def close(self) -> None:
        self.provider.kill()
        self.provider.wait(10)
        assert self.provider.stdout is not None
        self.provider.stdout.close()
        self.store.close()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path)
    yield made
    made.close()


def test_what_is_made_is_in_step_until_it_is_destroyed_and_its_secrets_are_nowhere(stack: Stack) -> None:
    assert "3 to create" in stack.run("preview") and stack.names() == []
    stack.up()
    assert stack.names() == ["net", "web"]
    outputs = json.loads(stack.run("stack", "output", "--json"))
    assert outputs == {"address": "203.0.113.0", "data": "[secret]", "region": "Frankfurt 1"}
    stack.run("preview", "--expect-no-changes")
    stack.run("refresh", "--yes", "--expect-no-changes")
    state = stack.run("stack", "export")
    assert "hush-hush" not in state and "203.0.113.0" in state
    stack.run("destroy", "--yes", "--skip-preview")
    assert stack.names() == []


def test_a_made_up_name_is_replaced_by_making_first_and_a_given_one_by_deleting_first(stack: Stack) -> None:
    stack.up()
    stack.run("config", "set", "image", "two")
    stack.up()
    assert stack.done("Droplet") == ["create", "create", "delete"]
    stack.run("config", "set", "name", "given")
    stack.up()
    stack.run("config", "set", "image", "three")
    stack.up()
    assert stack.done("Droplet") == ["create", "create", "delete", "update", "delete", "create"]


def test_a_wrong_input_stops_the_preview_with_its_path_and_who_refuses_it(stack: Stack) -> None:
    stack.program(PROGRAM.replace('do.Vpc("net", region="fra1")', 'do.Vpc("net", region="fra1", ip_range="ten")'))
    said = stack.run("preview", fails=True)
    assert "property ipRange value" in said and "expected a range such as 10.0.0.0/16" in said and "[refused by the cloud's API]" in said
    assert stack.names() == []


def test_drift_is_found_and_repaired(stack: Stack) -> None:
    stack.up()
    with stack.store.transaction() as transaction:
        (web,) = transaction.select(token="*:Droplet")
        for values in (web.inputs, web.outputs):
            paths.put(values, ("size",), "by hand")
        transaction.change(web.number, web.inputs, web.outputs, web.secrets)
    assert "~ 1 updated" in stack.run("refresh", "--yes", "--skip-preview").replace("  ", " ")
    stack.up()
    stack.run("refresh", "--yes", "--expect-no-changes")
    with stack.store.transaction() as transaction:
        (web,) = transaction.select(token="*:Droplet")
        assert web.outputs["size"] == "s"
        transaction.remove(web.number)
    assert "- 1 deleted" in stack.run("refresh", "--yes", "--skip-preview").replace("  ", " ")
    stack.up()
    assert stack.names() == ["net", "web"]


def test_a_refusal_of_the_cloud_stops_the_update_and_the_next_one_goes_on(stack: Stack) -> None:
    with stack.store.transaction() as transaction:
        faults.add(transaction, faults.Fault(kind="refused", token="*:Droplet", message="no capacity"))
    assert "no capacity [refused by the cloud's API]" in stack.up(fails=True)
    stack.up()
    assert stack.names() == ["net", "web"]


def test_a_create_that_timed_out_is_in_the_state_and_is_finished_by_the_next_update(stack: Stack) -> None:
    with stack.store.transaction() as transaction:
        faults.add(transaction, faults.Fault(kind="timeout", token="*:Droplet", operation="create"))
    assert "timeout while waiting for create of web" in stack.up(fails=True)
    assert "hush-hush" not in stack.run("stack", "export")
    stack.up()
    assert stack.names() == ["net", "web"] and stack.done("Droplet") == ["create", "update"]


def test_what_is_there_can_be_imported(stack: Stack) -> None:
    made = Lifecycle(CLOUD, stack.store).create(VPC, "by hand", {"region": "fra1", "name": "by-hand"}, set())
    options = f'opts=pulumi.ResourceOptions(import_="{made.id}")'
    stack.program(f'import pulumi, pulumi_digitalocean as do\ndo.Vpc("net", region="fra1", name="by-hand", {options})')
    assert "1 imported" in stack.up()
    stack.run("preview", "--expect-no-changes")
    stack.program(f'import pulumi, pulumi_digitalocean as do\ndo.Vpc("other", region="fra1", {options.replace(made.id, "vpc-99")})')
    assert "does not exist" in stack.run("preview", fails=True)


def test_the_engines_own_naming_is_followed(stack: Stack) -> None:
    stack.run("config", "set", "--path", "pulumi:autonaming.pattern", "x-${name}")
    stack.up()
    with stack.store.reading() as reading:
        assert [held.outputs["name"] for held in reading.select(token="*:Vpc")] == ["x-net"]


def test_changes_that_the_program_ignores_are_none(stack: Stack) -> None:
    stack.up()
    ignoring = PROGRAM.replace('secret("hush-hush"))', 'secret("hush-hush"), opts=pulumi.ResourceOptions(ignore_changes=["image"]))')
    stack.program(ignoring)
    stack.run("config", "set", "image", "two")
    stack.run("preview", "--expect-no-changes")
