"""What stands in user data, however it is packed: base64, gzip, MIME parts, and any of them inside another."""

import base64
import binascii
import contextlib
import gzip
import re
import zlib
from collections.abc import Iterator

_LINE = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")
_LINES = re.compile(rb"(?:[A-Za-z0-9+/]{4,}={0,2}[ \t]*\r?\n[ \t]*)+[A-Za-z0-9+/]*={0,2}")
_DEEPEST = 6


def unpacked(data: bytes | str, depth: int = 0) -> Iterator[bytes]:
    """The data itself, and all that is packed in it.

    Args:
        data: Anything, text or not.
        depth: How often it has been unpacked already.
    """
    raw = data.encode() if isinstance(data, str) else data
    yield raw
    if depth == _DEEPEST:
        return
    if raw[:2] == b"\x1f\x8b":
        with contextlib.suppress(OSError, EOFError, zlib.error):  # what only looks like gzip
            yield from unpacked(gzip.decompress(raw), depth + 1)
    for candidate in _candidates(raw):
        try:
            inner = base64.b64decode(candidate, validate=True)
        except (binascii.Error, ValueError):
            continue
        if inner[:2] == b"\x1f\x8b" or _is_text(inner):
            yield from unpacked(inner, depth + 1)


def _candidates(raw: bytes) -> Iterator[bytes]:
    """Every stretch that may be base64: lines by themselves, and those that follow each other as one."""
    seen = set()
    for stretch in [*_LINES.findall(raw), *_LINE.findall(raw)]:
        compact = re.sub(rb"\s", b"", stretch)
        if len(compact) % 4 == 0 and compact not in seen:
            seen.add(compact)
            yield compact


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in "\n\r\t" for character in text)
