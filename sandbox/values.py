"""The engine's property values, and plain ones.

The engine sends properties as a protobuf Struct in which unknown values, secrets, outputs, assets and references to
resources are marked by signatures. Inside the sandbox they are plain JSON values, with `UNKNOWN` for the unknown; which
of them are secret is kept beside them as a set of paths. Assets and archives stay the dicts that they arrive as.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from .rules import UNKNOWN, Values

Path = tuple[str | int, ...]
"""The steps from the top to a value: keys and list indices."""
Secrets = set[Path]
"""The paths of the secret values. What is below a secret is secret with it."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
ASSET = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7"
REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWNS = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


def decode(properties: Struct) -> tuple[Values, Secrets]:
    """The plain values of a Struct, and the paths of the secret ones."""
    secrets: Secrets = set()
    return {name: _plain(value, (name,), secrets) for name, value in properties.fields.items()}, secrets


def encode(values: Values, secrets: Iterable[Path] = ()) -> Struct:
    """A Struct of plain values, in which those at the given paths are marked as secret. Paths without a value are passed over."""
    tree: dict[str | int, Any] = {}
    for path in secrets:
        branch = tree
        for step in path:
            branch = branch.setdefault(step, {})
        branch[SECRET] = {}
    properties = Struct()
    for name, value in values.items():
        _fill(properties.fields[name], value, tree.get(name))
    return properties


def _plain(value: Value, path: Path, secrets: Secrets) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWNS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_plain(element, (*path, index), secrets) for index, element in enumerate(value.list_value.values)]
    if kind != "struct_value":
        return None
    fields = value.struct_value.fields
    signature = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
    if signature == SECRET:
        secrets.add(path)
        return _plain(fields["value"], path, secrets)
    if signature == OUTPUT:
        if "secret" in fields and fields["secret"].bool_value:
            secrets.add(path)
        return _plain(fields["value"], path, secrets) if "value" in fields else UNKNOWN
    if signature == REFERENCE:
        # A resource given as an input means its id; a component has none.
        return _plain(fields["id"], path, secrets) if "id" in fields else fields["urn"].string_value
    return {key: _plain(field, (*path, key), secrets) for key, field in fields.items()}


def _fill(target: Value, value: Any, secrets: Mapping[str | int, Any] | None) -> None:
    if secrets and SECRET in secrets:
        wrapped = target.struct_value.fields
        wrapped[SIGNATURE].string_value = SECRET
        target = wrapped["value"]
        secrets = None  # What is inside a secret is not marked again.
    if value is UNKNOWN:
        target.string_value = UNKNOWN_STRING
    elif value is None:
        target.null_value = NULL_VALUE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, Mapping):
        fields = target.struct_value.fields
        target.struct_value.SetInParent()
        for key, element in value.items():
            _fill(fields[str(key)], element, secrets.get(key) if secrets else None)
    else:
        elements: ListValue = target.list_value
        elements.SetInParent()
        for index, element in enumerate(value):
            _fill(elements.values.add(), element, secrets.get(index) if secrets else None)


def has_unknown(value: Any) -> bool:
    """Whether a value or anything in it is unknown."""
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    if isinstance(value, list | tuple):
        return any(map(has_unknown, value))
    return value is UNKNOWN


def is_asset(value: Any) -> bool:
    """Whether a value is an asset or an archive."""
    return isinstance(value, dict) and value.get(SIGNATURE) in (ASSET, ARCHIVE)
