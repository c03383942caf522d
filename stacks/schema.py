"""The JSON Schema of a stack file, for editors.

python -m stacks.schema            # writes stacks/environment.schema.json
"""

import json
from pathlib import Path
from typing import Any

from .model import schema
from .model.secrets import ENCRYPTED, KEYS, WEBHOOKS

FILE = Path(__file__).with_name("environment.schema.json")


def stack_file() -> dict[str, Any]:
    """The JSON Schema of a whole `Pulumi.<stack>.yaml`."""
    environment = _untitled(schema())
    definitions = environment.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A stack file of multicloud",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {"multicloud:environment": {"$ref": "#/$defs/Environment"}, **_secrets()},
                "patternProperties": {f"^multicloud:(?!({'|'.join(['environment', *(key.partition(':')[2] for key in KEYS)])})$)": False},
                "required": ["multicloud:environment"],
            },
            "secretsprovider": {"type": "string", "description": "Written by `pulumi stack init`."},
            "encryptedkey": {"type": "string", "description": "Written by `pulumi stack init`."},
            "encryptionsalt": {"type": "string", "description": "Written by `pulumi stack init`: of the passphrase, and no secret."},
            "environment": {"description": "Pulumi ESC environments to import."},
        },
        "required": ["config"],
        "additionalProperties": False,
        "$defs": {"Environment": environment, **definitions},
    }


def _secrets() -> dict[str, Any]:
    """The keys beside the environment, as `pulumi config set --secret` writes them: a private key in plain text is marked."""
    encrypted = {"type": "object", "properties": {"secure": {"type": "string"}}, "required": ["secure"]}
    by_name = {"type": "object", "additionalProperties": encrypted}
    shapes = {key: encrypted if key in ENCRYPTED else {"anyOf": [{"type": "string"}, encrypted]} for key in KEYS} | {WEBHOOKS: by_name}
    return {key: {"description": text, **shapes[key]} for key, text in KEYS.items()}


def rendered() -> str:
    """The file's text."""
    return json.dumps(stack_file(), indent=2) + "\n"


def _untitled(node: Any) -> Any:
    """The schema without the titles that pydantic makes up from names: an editor shows the name anyway."""
    if isinstance(node, dict):
        return {
            key: {name: _untitled(inner) for name, inner in value.items()} if key in ("properties", "$defs") else _untitled(value)
            for key, value in node.items()
            if not (key == "title" and isinstance(value, str))
        }
    return [_untitled(inner) for inner in node] if isinstance(node, list) else node


if __name__ == "__main__":
    FILE.write_text(rendered())
