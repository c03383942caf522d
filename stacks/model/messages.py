"""Says what is wrong with an environment: where, what, and how to mend it.

pydantic knows where and which rule; the JSON Schema of the model knows what may stand there. A value is never shown by this
module, since it may be a secret in the wrong place; the library's own rules show what they have to.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from multicloud.errors import ArgumentError, closest

from .base import REFUSED, joined

Schema = dict[str, Any]


def mistakes(error: ValidationError, schema: Schema) -> list[ArgumentError]:
    """Every mistake in the order of the model, one a path, their paths below the environment's root.

    Args:
        error: What pydantic found.
        schema: The JSON Schema of the model.
    """
    found: dict[str, ArgumentError] = {}
    for item in error.errors(include_url=False):
        for mistake in _mistakes(item, schema):
            found.setdefault(mistake.path, mistake)
    return list(found.values())


def _mistakes(item: Any, schema: Schema) -> list[ArgumentError]:
    path, node, rest = _walk(schema, item["loc"])
    kind, given = item["type"], item["input"]
    if kind == REFUSED:
        return [error.under(path) if path else error for error in item["ctx"]["errors"]]
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        key = str(rest[-1])
        return [ArgumentError(joined(path, key), "is not known here", closest(key, node["properties"]))]
    if kind == "missing":
        return [ArgumentError(path, "is missing", f"give {_described(node)}")]
    if kind == "union_tag_not_found":
        return [ArgumentError(joined(path, node["discriminator"]["propertyName"]), "is missing", f"give one of {', '.join(_tags(node))}")]
    if kind == "union_tag_invalid":
        tag = str(item["ctx"]["tag"])
        return [ArgumentError(joined(path, node["discriminator"]["propertyName"]), "is not known", _choice(tag, _tags(node)))]
    if kind == "json_invalid":
        return [ArgumentError("", "is no map", f"give {_described(node)}")]
    if "enum" in node and isinstance(given, str):
        return [ArgumentError(path, "is not known", _choice(given, node["enum"]))]
    quotes = ", in quotes" if node.get("type") == "string" and _kind(given, node) == "a number" else ""
    return [ArgumentError(path, f"is {_kind(given, node)}", f"give {_described(node)}{quotes}")]


def _walk(schema: Schema, loc: Sequence[str | int]) -> tuple[str, Schema, list[str | int]]:
    """The path that a person would write for a pydantic location, the schema there, and what of the location the schema lacks.

    pydantic's location also names the chosen member of a union, which stands in no file.
    """
    path, node, rest = "", schema, list(loc)
    while rest:
        node = _resolved(schema, node)
        step = rest[0]
        if "discriminator" in node:
            node = {"$ref": node["discriminator"]["mapping"][step]}
        elif step in node.get("properties", {}):
            path, node = joined(path, step), node["properties"][step]
        elif isinstance(step, int) and "items" in node:
            path, node = joined(path, step), node["items"]
        elif isinstance(node.get("additionalProperties"), dict):
            path, node = joined(path, step), node["additionalProperties"]
        else:
            break
        rest.pop(0)
    return path, _resolved(schema, node), rest


def _resolved(schema: Schema, node: Schema) -> Schema:
    """The schema behind a reference or beside a null."""
    while True:
        if "$ref" in node:
            node = {**schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], **{key: value for key, value in node.items() if key != "$ref"}}
        elif "anyOf" in node:
            node = next(one for one in node["anyOf"] if one.get("type") != "null")
        else:
            return node


def _choice(given: str, choices: list[str]) -> str:
    hint = closest(given, choices)
    listed = f"take one of {', '.join(choices)}"
    return f"{listed}; {hint}" if hint.startswith("did you mean") else listed


def _tags(node: Schema) -> list[str]:
    """The words that choose a member of a union, in the order of the model."""
    tags = {reference: tag for tag, reference in node["discriminator"]["mapping"].items()}
    return [tags[member["$ref"]] for member in node["oneOf"]]


_TYPES = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false", "array": "a list"}


def _described(node: Schema) -> str:
    """What a schema admits, in plain words."""
    if 0 < len(node.get("enum", ())) <= 12:
        return f"one of {', '.join(node['enum'])}"
    if "discriminator" in node:
        return f"a map with {node['discriminator']['propertyName']}, one of {', '.join(_tags(node))}"
    if node.get("type") == "object":
        return f"a map with {', '.join(node['properties'])}" if "properties" in node else "a map"
    return _TYPES.get(node.get("type", ""), "a value")


def _kind(given: Any, node: Schema) -> str:
    """What stands there instead, in plain words."""
    if given is None:
        return "empty"
    if isinstance(given, bool):
        return "true or false"
    if isinstance(given, float) and node.get("type") == "integer":
        return "a fraction"
    if isinstance(given, (int, float)):
        return "a number"
    if isinstance(given, str):
        return "text"
    return "a list" if isinstance(given, list) else "a map"
