"""Deployments to time: the project with a state of its own, on the sandbox or on providers that accept everything."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import yaml

from bench.homes import home
from tests.engine.deployment import Deployment

SIGNATURE = "4dabf18193072939515e22adb298388d"


def on_sandbox(folder: Path, stack: str) -> Deployment:
    """A deployment on the sandbox, with nothing in it."""
    return Deployment(folder, stack)


def on_accept_everything(folder: Path, stack: str) -> Deployment:
    """A deployment on providers that answer what the sandbox answers, without deciding anything."""
    recorder = Deployment(folder / "recorder", stack)
    lookups = folder / "lookups.jsonl"
    recorder.environment |= {"PULUMI_HOME": str(home(folder / "recording-home", "bench.record")), "MULTICLOUD_RECORD": str(lookups)}
    recorder.up()
    state = json.loads(recorder.pulumi("stack", "export", "--show-secrets", "--stack", stack))["deployment"]["resources"]
    answers = {
        "resources": {r["urn"]: {"id": r["id"], "outputs": _wire(r.get("outputs", {}))} for r in state if r.get("custom")},
        "lookups": {line["key"]: line["answer"] for line in map(json.loads, lookups.read_text().splitlines())},
    }
    (folder / "answers.json").write_text(json.dumps(answers))
    deployment = Deployment(folder / "accepting", stack)
    deployment.environment |= {
        "PULUMI_HOME": str(home(folder / "accepting-home", "bench.accept_everything")),
        "MULTICLOUD_ANSWERS": str(folder / "answers.json"),
    }
    return deployment


def emptied(deployment: Deployment) -> Deployment:
    """The deployment as it was before its first update."""
    shutil.rmtree(deployment.folder / "state")
    (deployment.folder / "state").mkdir()
    for file in deployment.folder.glob("sandbox.db*"):
        os.remove(file)
    deployment.pulumi("stack", "select", "--create", deployment.stack)
    return deployment


def write(deployment: Deployment, environment: dict[str, Any]) -> None:
    """Replaces the environment in the deployment's stack file."""
    content = yaml.safe_load(deployment.config_file.read_text())
    content["config"]["multicloud:environment"] = environment
    deployment.config_file.write_text(yaml.safe_dump(content, sort_keys=False))


def _wire(value: Any) -> Any:
    """Values as they stand in an exported state, as the engine wants them from a provider."""
    if isinstance(value, dict):
        if SIGNATURE in value and "plaintext" in value:
            return {SIGNATURE: value[SIGNATURE], "value": _wire(json.loads(value["plaintext"]))}
        return {key: _wire(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_wire(inner) for inner in value]
    return value
