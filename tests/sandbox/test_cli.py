"""`python -m sandbox` shows, changes and breaks what the clouds hold, and says clearly what it cannot do."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.cli import main
from sandbox.lifecycle import Lifecycle
from sandbox.rules import Refused
from sandbox.store import Store
from tests.sandbox.engine import ROOT
from tests.sandbox.stand_in import CERTIFICATE, DROPLET, VPC

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(store: Store, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["--state", str(store.path), *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.fixture
def web(life: Lifecycle) -> Lifecycle:
    """A VPC, two droplets in it, and a certificate with a secret."""
    net = life.create(VPC, "net", {"region": "fra1", "name": "net"}, set())
    for name in ("web-0", "web-1"):
        inputs = {"image": "i", "size": "s", "region": "fra1", "name": name, "vpcUuid": net.id, "tags": ["a"]}
        life.create(DROPLET, name, inputs, set())
    life.create(CERTIFICATE, "cert", {"name": "c", "privateKey": "hush"}, {("privateKey",)})
    return life


def test_everything_is_listed(web: Lifecycle, run: Run) -> None:
    code, output, _ = run("list")
    assert code == 0
    assert output.splitlines()[0].split() == ["TYPE", "NAME", "ID", "REGION"]
    assert "4 resources" in output and "web-1" in output


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["--type", "Droplet"], 2),
        (["--type", DROPLET], 2),
        (["--type", "*vpc*"], 1),
        (["--cloud", "aws"], 0),
        (["--cloud", "digitalocean"], 4),
    ],
)
def test_a_list_may_be_narrowed(web: Lifecycle, run: Run, arguments: list[str], count: int) -> None:
    assert f"{count} resource" in run("list", *arguments)[1]
    assert len(json.loads(run("list", "--json", *arguments)[1])) == count


@pytest.mark.parametrize("named", ["droplet-0", "Droplet/droplet-0", "Droplet/web-0", f"{DROPLET}/web-0", "*Droplet/web-0"])
def test_a_resource_may_be_named_in_several_ways(web: Lifecycle, run: Run, named: str) -> None:
    code, output, _ = run("show", named)
    assert code == 0 and "droplet-0" in output and '"203.0.113.0"' in output


def test_a_resource_in_use_says_by_what(web: Lifecycle, run: Run) -> None:
    assert "used by  droplet-0" in run("show", "Vpc/net")[1]


def test_secrets_are_masked_unless_they_are_asked_for(web: Lifecycle, run: Run) -> None:
    for arguments in (["show", "Certificate/cert"], ["show", "Certificate/cert", "--json"], ["list", "--json"]):
        output = run(*arguments)[1]
        assert "hush" not in output and "[secret]" in output
    assert "hush" in run("show", "Certificate/cert", "--secrets")[1]


def test_what_is_not_there_or_not_clear_is_an_error(web: Lifecycle, run: Run) -> None:
    code, _, errors = run("show", "nothing")
    assert code == 1 and "there is no resource 'nothing'" in errors
    web.create(DROPLET, "web-0", {"image": "i", "size": "s", "region": "fra1"}, set())
    code, _, errors = run("show", "Droplet/web-0")
    assert code == 1 and "say which" in errors and f"{DROPLET}/droplet-2" in errors


def test_a_change_is_drift_that_a_read_sees(web: Lifecycle, run: Run) -> None:
    code, output, _ = run("set", "Droplet/web-0", "size=huge", "tags[1]=by-hand", "ipv6=true", "vpcUuid=")
    assert code == 0 and "refresh" in output
    found = web.read(DROPLET, "web-0", "droplet-0")
    assert found is not None
    for values in (found.inputs, found.outputs):
        assert values["size"] == "huge" and values["tags"] == ["a", "by-hand"] and values["ipv6"] is True and "vpcUuid" not in values


def test_a_change_of_an_output_alone_leaves_the_inputs(web: Lifecycle, run: Run) -> None:
    run("set", "Droplet/web-0", "ipv4Address=198.51.100.1")
    found = web.read(DROPLET, "web-0", "droplet-0")
    assert found is not None and found.outputs["ipv4Address"] == "198.51.100.1" and "ipv4Address" not in found.inputs


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("size", "expected PATH=VALUE"),
        ("nope=1", "no property 'nope'"),
        ("tags[9]=x", "no such element"),
        ("size.a=1", "nothing below size"),
        ("tags=7", "tags: expected a list of string, got 7"),
        ("monitoring=NaN", 'monitoring: expected a boolean, got "NaN"'),
        ("tags[3]=x", "tags[3]: there is no such element"),
        ("size=", "size: missing required property"),
        ("backupPolicy[0]=x", "backupPolicy: "),
        ("a..b=1", "not a property path"),
    ],
)
def test_a_wrong_change_is_refused_and_changes_nothing(web: Lifecycle, run: Run, change: str, says: str) -> None:
    before = web.read(DROPLET, "web-0", "droplet-0")
    code, _, errors = run("set", "Droplet/web-0", "region=nyc3", change)
    assert code == 1 and says in errors and errors.startswith("error: ")
    assert web.read(DROPLET, "web-0", "droplet-0") == before


def test_a_change_is_of_the_propertys_type_and_makes_lists_where_there_were_none(web: Lifecycle, run: Run) -> None:
    assert run("set", "Droplet/web-0", "size=5", "sshKeys[0]=key", 'backupPolicy={"plan":"daily","hour":"4"}')[0] == 0
    found = web.read(DROPLET, "web-0", "droplet-0")
    assert found and found.inputs["size"] == found.outputs["size"] == "5" and found.inputs["sshKeys"] == ["key"]
    assert found.inputs["backupPolicy"] == found.outputs["backupPolicy"] == {"plan": "daily", "hour": 4}


def test_names_and_references_follow_a_change_by_hand(web: Lifecycle, run: Run) -> None:
    assert run("set", "Vpc/net", "name=other")[0] == 0
    assert web.create(VPC, "again", {"region": "fra1", "name": "net"}, set())
    code, _, errors = run("set", "Vpc/again", "name=other")
    assert code == 1 and "name other already exists" in errors
    run("set", "Droplet/web-0", "vpcUuid=vpc-1")
    with pytest.raises(Refused, match="members"):
        web.delete(VPC, "again", "vpc-1")


def test_a_secret_stays_secret_where_a_change_by_hand_moves_it(life: Lifecycle, run: Run) -> None:
    inputs = {"image": "i", "size": "s", "region": "fra1", "name": "web", "tags": ["plain", "hushhush"]}
    life.create(DROPLET, "web", inputs, {("tags", 1)})
    assert run("set", "Droplet/web", "tags[0]=")[0] == 0
    assert "hushhush" not in run("show", "Droplet/web")[1] + run("list", "--json")[1]


@pytest.mark.parametrize("command", [["list"], ["fault", "list"], ["set", "x", "a=1"], ["reset", "--yes"]])
def test_a_file_that_is_no_sandbox_is_refused_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("not a database, but long enough to have been one")
    newer = tmp_path / "newer.db"
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version = 99")
    for path, says in ((tmp_path, "unable to open"), (other, "not a database"), (newer, "of another version")):
        assert main(["--state", str(path), *command]) == 1
        errors = capsys.readouterr().err
        assert errors.startswith("error: ") and says in errors and str(path) in errors


def test_a_reset_that_is_interrupted_says_so(web: Lifecycle, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", interrupted)
    code, _, errors = run("reset")
    assert code == 130 and "nothing was changed" in errors and web.read(VPC, "net", "vpc-0")


def test_a_deletion_behind_pulumis_back_is_not_stopped_by_use(web: Lifecycle, run: Run) -> None:
    assert run("delete", "Vpc/net")[0] == 0
    assert web.read(VPC, "net", "vpc-0") is None


def test_faults_are_declared_listed_and_forgotten(web: Lifecycle, run: Run) -> None:
    code, output, _ = run(
        "fault", "add", "refused", "--type", "Droplet", "--operation", "create", "--times", "2", "--message", "no capacity"
    )
    assert code == 0 and "fault 1" in output
    assert "no capacity" in run("fault", "list")[1] and "*:Droplet" in run("fault", "list")[1]
    assert run("fault", "clear", "7")[0] == 1
    assert "1 fault forgotten" in run("fault", "clear")[1]
    assert "no faults" in run("fault", "list")[1]


def test_fixtures_are_added_listed_and_removed(run: Run) -> None:
    assert run("fixture", "add", "cloudflare", "zones", "example.dev", "plan=free")[0] == 0
    assert 'example.dev  {"plan": "free"}' in run("fixture", "list")[1]
    assert run("fixture", "remove", "cloudflare", "zones", "example.dev")[0] == 0
    code, _, errors = run("fixture", "remove", "cloudflare", "zones", "example.dev")
    assert code == 1 and "cloudflare has no zones example.dev" in errors


def test_the_journal_tells_what_was_done_in_order(web: Lifecycle, run: Run) -> None:
    run("delete", "Droplet/web-1")
    lines = [json.loads(line) for line in run("journal", "--json")[1].splitlines()]
    assert [line["operation"] for line in lines] == ["create"] * 4 + ["delete"]
    assert "behind Pulumi's back" in lines[-1]["outcome"]
    assert len(run("journal", "--after", "4", "--json")[1].splitlines()) == 1


def test_a_reset_forgets_everything_but_asks_first(web: Lifecycle, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", open(os.devnull))  # noqa: SIM115
    code, _, errors = run("reset")
    assert code == 1 and "--yes" in errors and web.read(VPC, "net", "vpc-0")
    assert "digitalocean: 4 resources forgotten" in run("reset", "--yes", "--cloud", "digitalocean")[1]
    assert "0 resources" in run("list")[1]
    web.create(VPC, "net", {"region": "fra1", "name": "net"}, set())
    assert "1 resource forgotten" in run("reset", "--yes")[1]


def test_after_a_reset_no_id_that_a_state_still_knows_is_given_again(web: Lifecycle, run: Run) -> None:
    """Else the next `up` of a stack from before would change or delete what another one made."""
    given = ["vpc-0"]
    for which in ([], ["--cloud", "digitalocean"]):
        run("reset", "--yes", *which)
        given.append(web.create(VPC, "net", {"region": "fra1", "name": "net"}, set()).id)
    assert len(set(given)) == 3


def test_an_empty_sandbox_says_so_and_is_not_made_by_looking(run: Run, store: Store) -> None:
    code, _, errors = run("list")
    assert code == 0 and "The sandbox is empty" in errors and not store.path.exists()
    assert run("show", "x")[0] == 1


def test_the_help_names_every_command_with_examples(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "sandbox", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    for command in ("list", "show", "set", "delete", "fault", "fixture", "journal", "reset", "examples:"):
        assert command in done.stdout


def test_a_reader_who_has_seen_enough_causes_no_traceback(web: Lifecycle, store: Store) -> None:
    command = f"{sys.executable} -m sandbox --state {store.path} list | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == "" and done.stdout.startswith("TYPE")
