"""The clouds' tables name only what the SDKs have."""

from collections.abc import Iterator

import pytest

from sandbox import paths
from sandbox.clouds import NAMES, cloud
from sandbox.rules import Type
from sandbox.sdk import Properties, Sdk, Shape
from sandbox.source import UnknownToken


def reaches(sdk: Sdk, properties: Properties, path: str) -> bool:
    """Whether a rule's path leads to something of the SDK's types."""
    first, *rest = paths.pattern(path)
    if first not in properties:
        return False
    shape: Shape | None = properties[first].shape
    for step in rest:
        if shape is None or shape.kind in ("any", "union"):
            return True
        if shape.kind in ("list", "map"):
            if shape.kind == "list" and step != "*" and not step.isdigit():
                return False
            shape = shape.of
        elif shape.kind == "object" and shape.ref:
            fields = sdk.fields(shape)
            if step not in fields:
                return False
            shape = fields[step].shape
        else:
            return shape.kind == "object"
    return True


def wrong(sdk: Sdk, rules: Type) -> Iterator[str]:
    """What in a type's tables is not in the SDK."""
    try:
        schema = sdk.resource(rules.token)
    except UnknownToken as unknown:
        yield str(unknown)
        return
    groups = [*rules.conflicts, *rules.exactly_one_of, *rules.at_least_one_of, *[(p, *n) for p, n in rules.required_with.items()]]
    inputs = {
        *(
            p
            for table in (rules.replaces, rules.replaces_when, rules.sets, rules.keeps, rules.enums, rules.limits, rules.required)
            for p in table
        ),
        *(p for group in groups for p in group),
        *(p for unique in rules.unique for p in unique.paths),
        *(reference.path for reference in rules.references),
        *([rules.autoname.property] if rules.autoname else ()),
    }
    yield from (f"{path} is not an input" for path in sorted(inputs) if not reaches(sdk, schema.inputs, path))
    outputs = {*rules.secrets, *rules.volatile, *rules.defaults}
    yield from (f"{path} is not an output" for path in sorted(outputs) if not reaches(sdk, {**schema.inputs, **schema.outputs}, path))
    for reference in rules.references:
        by = [one for one in ((reference.by,) if isinstance(reference.by, str) else reference.by) if one != "id"]
        try:
            has = [{one for one in by if reaches(sdk, sdk.resource(token).outputs, one)} for token in reference.to]
        except UnknownToken as unknown:
            yield f"{reference.path}: {unknown}"
            continue
        # Of several outputs each is one of some target, and each target has one of them.
        yield from (
            f"{reference.path}: none of {', '.join(reference.to)} has an output {one}" for one in by if not any(one in h for h in has)
        )
        if reference.by != "id" and "id" not in reference.by:
            yield from (f"{reference.path}: {token} has none of {by}" for token, h in zip(reference.to, has, strict=True) if not h)


@pytest.mark.parametrize("name", NAMES)
def test_every_path_and_token_in_the_tables_is_one_of_the_sdk(name: str) -> None:
    stand_in = cloud(name)
    sdk = Sdk(stand_in.sdk)
    problems = [f"{token}: {problem}" for token, rules in stand_in.types.items() for problem in wrong(sdk, rules)]
    problems += [f"{token} stands under {key}" for key, rules in stand_in.types.items() if (token := rules.token) != key]
    for token in stand_in.lookups:
        sdk.function(token)
    assert problems == []
