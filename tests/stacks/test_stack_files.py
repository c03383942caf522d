"""The committed stack files, their JSON Schema, and how configuration is read."""

import json
import re
import textwrap
from typing import Any

import jsonschema
import pytest
import yaml

from stacks.model import StackFileError, parse, read
from stacks.schema import FILE, rendered
from stacks.schema import stack_file as schema
from tests.recording import Recording
from tests.stacks.environments import KEY, ROOT, STACKS, environment, stack_file
from tests.stacks.mistakes import WRONG
from tests.stacks.valid import VALID


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_is_right(stack: str) -> None:
    parse(json.dumps(environment(stack)))


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_agrees_with_the_schema(stack: str) -> None:
    jsonschema.validate(stack_file(stack), schema())


@pytest.mark.parametrize("stack", STACKS)
def test_editors_find_the_schema_from_the_first_line(stack: str) -> None:
    first = (ROOT / "stacks" / f"Pulumi.{stack}.yaml").read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema={FILE.name}"


def test_the_committed_schema_is_the_models() -> None:
    """After a change of the models: `python -m stacks.schema`."""
    assert FILE.read_text() == rendered()


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_what_the_readme_shows_is_right() -> None:
    """A whole file, a tier by itself, fronts over it, and what is added to a tier."""
    [whole, tier, *fronts, more] = re.findall(r"```yaml\n(.*?)```", (ROOT / "stacks" / "README.md").read_text(), re.DOTALL)
    parse(json.dumps(yaml.safe_load(whole)["config"][KEY]))
    [(name, shown)] = yaml.safe_load(textwrap.dedent(tier)).items()
    for given in (shown, shown | yaml.safe_load(textwrap.dedent(more))):
        parse(json.dumps({**VALID, "web": {name: given}, "front": {**VALID["front"], "order": [name]}}))
    environment = yaml.safe_load(whole)["config"][KEY]
    balanced, records, tunnel, certified = (yaml.safe_load(textwrap.dedent(front))["front"] for front in fronts)
    parse(json.dumps({**environment, "front": balanced}))
    for front, more in ((tunnel, {"exposure": "tunnel"}), (certified, {"certificate": True})):
        web = {name: {**tier, **more} for name, tier in environment["web"].items()}
        parse(json.dumps({**environment, "front": front, "web": web}))
    environment["web"]["frankfurt"] |= {"exposure": "machines", "servers": {"min": 2}}
    parse(json.dumps({**environment, "front": records}))


STRUCTURAL = [
    name
    for name, (_, message) in WRONG.items()
    if any(
        word in message
        for word in ("is not known", "is missing; give a", "is missing; give one", "; give text", "; give a map", "; give a whole")
    )
]


@pytest.mark.parametrize("name", STRUCTURAL)
def test_an_editor_marks_what_the_models_refuse(name: str) -> None:
    """Unknown keys, missing ones, wrong types and unknown words."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"config": {KEY: WRONG[name][0]}}, schema())


def test_every_field_is_described() -> None:
    """What an editor shows beside a key."""
    bare = [
        f"{name}.{field}"
        for name, model in schema()["$defs"].items()
        for field, said in model.get("properties", {}).items()
        if "description" not in said and "description" not in schema()["$defs"].get(str(said.get("$ref")).rsplit("/", 1)[-1], {})
    ]
    assert bare == []


def refused(config: dict[str, str], secret: list[str] | None = None) -> str:
    """What the user reads when the configuration is wrong."""
    recording = Recording(project="multicloud", stack="dev")
    with pytest.raises(StackFileError) as caught:
        recording.run(read, config, secret or [])
    recording.close()
    return str(caught.value)


def test_a_right_configuration_is_read(recording: Recording) -> None:
    config = {KEY: json.dumps(VALID), "other:key": "1"}
    assert recording.run(read, config).front.hostname == "www.example.com"


def test_a_stack_without_an_environment_is_told_where_to_write_it() -> None:
    assert refused({}) == (
        "multicloud:environment: is missing in stacks/Pulumi.dev.yaml; "
        "write it as stacks/README.md shows, or copy one of the examples there"
    )


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("multicloud:enviroment", "multicloud:enviroment: is not known here; everything but secrets stands in multicloud:environment"),
        ("multicloud:web", "multicloud:web: is not known here; everything but secrets stands in multicloud:environment"),
    ],
)
def test_an_unknown_key_beside_it_is_refused(key: str, message: str) -> None:
    assert refused({KEY: json.dumps(VALID), key: "{}"}) == message


def test_an_encrypted_environment_is_refused_without_showing_it() -> None:
    environment: dict[str, Any] = {**VALID, "web": {"aws": {"network": "hunter2"}}}
    message = refused({KEY: json.dumps(environment)}, [KEY])
    assert (
        message
        == "multicloud:environment: holds an encrypted value; write it in plain: nothing in it is secret, and what is has a key of its own"
    )
