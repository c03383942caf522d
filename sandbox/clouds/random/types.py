"""The types of the random provider.

Source: https://www.pulumi.com/registry/packages/random/api-docs/
"""

import base64
import random
import secrets
import string
import uuid
import warnings
from collections.abc import Callable
from typing import Any

from ...rules import Limit, Making, Refused, Type, Values
from .words import ADJECTIVES, ADVERBS, ANIMALS

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
POSITIVE = Limit(minimum=1)
NOT_NEGATIVE = Limit(minimum=0)


def distinct(making: Making, id: str) -> str:
    """The id, or, where another resource has it, the id with something after `#`."""
    return id if making.world.one(making.token, id) is None else f"{id}#{secrets.token_hex(8)}"


def _original(id: str, length: int | None = None) -> str:
    """An id without what `distinct` put after it."""
    return id[:length] if length is not None else id.rpartition("#")[0] or id


def _make(name: str, inputs: tuple[str, ...], outputs: Callable[[Making], Values], **rules: Any) -> Type:
    """A type all of whose inputs replace, and whose results stay."""
    return Type(
        token=f"random:index/random{name}:Random{name}",
        replaces=frozenset({"keepers", *inputs}),
        outputs=lambda making: {} if making.old else outputs(making),
        **rules,
    )


# --- passwords and strings -----------------------------------------------------------------------------------------------

_CLASSES = {"upper": string.ascii_uppercase, "lower": string.ascii_lowercase, "numeric": string.digits, "special": SPECIAL}
_MINIMA = ("minUpper", "minLower", "minNumeric", "minSpecial")
_TEXT_INPUTS = ("length", "lower", "upper", "number", "numeric", "special", "overrideSpecial", *_MINIMA)


def _alphabets(making: Making) -> dict[str, str]:
    """The characters of each class that may be used."""
    chosen = {}
    for name, characters in _CLASSES.items():
        allowed = making.get(name, making.get("number", True) if name == "numeric" else True)
        if allowed:
            chosen[name] = making.get("overrideSpecial") or characters if name == "special" else characters
    return chosen


def _enough(making: Making) -> None:
    length, least = making.get("length"), sum(making.get(name, 0) for name in _MINIMA)
    if length is not None and length < least:
        raise Refused(f"length {length} is less than the sum of the minima, {least}", property="length", by="provider")
    if not _alphabets(making):
        raise Refused("at least one of upper, lower, numeric and special must be true", property="length", by="provider")


def text(making: Making) -> str:
    """A random text as the inputs ask for it."""
    characters = []
    for minimum, name in zip(_MINIMA, _CLASSES, strict=True):
        own = (making.get("overrideSpecial") or SPECIAL) if name == "special" else _CLASSES[name]
        characters += [secrets.choice(own) for _ in range(making.get(minimum, 0))]
    whole = "".join(_alphabets(making).values())
    characters += [secrets.choice(whole) for _ in range(making.get("length", 1) - len(characters))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


def _bcrypt(password: str) -> str:
    """The password's bcrypt hash where the system's crypt can make one, otherwise nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            import crypt
        # bcrypt reads 72 bytes, and so does the real provider.
        return crypt.crypt(password.encode()[:72].decode(errors="ignore"), crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=1024)) or ""
    except (ImportError, OSError, ValueError):
        return ""


def _password_outputs(making: Making) -> Values:
    result = text(making)
    return {"result": result, "bcryptHash": _bcrypt(result)}


_TEXT: dict[str, Any] = {
    "limits": {"length": POSITIVE, **dict.fromkeys(_MINIMA, NOT_NEGATIVE)},
    "conflicts": (("number", "numeric"),),
    "defaults": {**dict.fromkeys(("lower", "upper", "number", "numeric", "special"), True), **dict.fromkeys(_MINIMA, 0)},
    "checks": (_enough,),
}


# --- ids -----------------------------------------------------------------------------------------------------------------


def _id(making: Making) -> str:
    raw = secrets.token_bytes(making.get("byteLength", 1))
    return distinct(making, making.get("prefix", "") + _urlsafe(raw))


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _id_outputs(making: Making) -> Values:
    prefix, length = making.get("prefix", ""), making.get("byteLength", 1)
    encoded = _original(making.id, len(prefix) + len(_urlsafe(bytes(length))))[len(prefix) :]
    raw = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    return {
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "b64Url": prefix + encoded,
        "dec": prefix + str(int.from_bytes(raw, "big")),
        "hex": prefix + raw.hex(),
    }


def _pet(making: Making) -> str:
    count = making.get("length", 2)
    words = [secrets.choice(ADVERBS) for _ in range(count - 2)] + [secrets.choice(ADJECTIVES)] * (count > 1) + [secrets.choice(ANIMALS)]
    return distinct(making, making.get("separator", "-").join([*([making.get("prefix")] if making.get("prefix") else []), *words]))


def _uuid7(making: Making) -> str:
    milliseconds = int(making.now.timestamp() * 1000)
    value = (milliseconds << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0b10 << 62) | secrets.randbits(62)
    return str(uuid.UUID(int=value))


# --- numbers, orders, bytes ----------------------------------------------------------------------------------------------


def _source(making: Making) -> random.Random:
    seed = making.get("seed")
    return random.Random(seed) if seed else secrets.SystemRandom()


def _ordered(making: Making) -> None:
    least, most = making.get("min"), making.get("max")
    if least is not None and most is not None and least > most:
        raise Refused(f"min {least} is above max {most}", property="min", by="provider")


def _integer(making: Making) -> str:
    return distinct(making, str(_source(making).randint(making.get("min", 0), making.get("max", 0))))


def _shuffled(making: Making) -> Values:
    given, source = list(making.get("inputs", [])), _source(making)
    count = making.get("resultCount", len(given))
    results: list[Any] = []
    while given and len(results) < count:
        source.shuffle(given)
        results += given
    return {"results": results[:count]}


def _bytes(making: Making) -> Values:
    raw = secrets.token_bytes(making.get("length", 1))
    return {"base64": base64.b64encode(raw).decode(), "hex": raw.hex()}


TYPES = (
    _make("Password", _TEXT_INPUTS, _password_outputs, **_TEXT),
    _make(
        "String",
        _TEXT_INPUTS,
        lambda making: {"result": _original(making.id, making.get("length"))},
        id=lambda making: distinct(making, text(making)),
        **_TEXT,
    ),
    _make("Id", ("byteLength", "prefix"), _id_outputs, id=_id, limits={"byteLength": POSITIVE}),
    _make(
        "Pet",
        ("length", "prefix", "separator"),
        lambda making: {},
        id=_pet,
        limits={"length": POSITIVE},
        defaults={"length": 2, "separator": "-"},
    ),
    _make("Uuid", (), lambda making: {"result": making.id}, id=lambda making: str(uuid.uuid4())),
    _make("Uuid4", (), lambda making: {"result": making.id}, id=lambda making: str(uuid.uuid4())),
    _make("Uuid7", (), lambda making: {"result": making.id}, id=_uuid7),
    _make("Integer", ("min", "max", "seed"), lambda making: {"result": int(_original(making.id))}, id=_integer, checks=(_ordered,)),
    _make("Shuffle", ("inputs", "resultCount", "seed"), _shuffled, limits={"resultCount": NOT_NEGATIVE}),
    _make("Bytes", ("length",), _bytes, limits={"length": POSITIVE}),
)
