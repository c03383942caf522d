"""The text of generated SDK modules, and how to find one's way in it."""

import ast
import re
from collections.abc import Iterator


class UnknownToken(Exception):
    """The SDK has no such resource type or look-up."""


GETTER = re.compile(
    r'    @pulumi\.getter(?:\(name="([^"]+)"\))?\n'
    r"(?:    @_utilities\.deprecated\(.*\n(?:(?!    def ).*\n)*?)?"
    r"    def (\w+)\(self\) -> (.+):\n"
    r'(?:        """\n((?:.*\n)*?)        """\n)?'
)


def cut(text: bytes, opening: bytes) -> str:
    """The top-level definition that starts with `opening`, up to the next one."""
    start = text.find(opening)
    if start < 0:
        raise UnknownToken(f"the SDK lacks {opening.decode().strip()!r}")
    end = _NEXT.search(text, start + len(opening))
    return text[start : end.start() if end else len(text)].decode()


_NEXT = re.compile(rb"\n(?=@|class |def |if |[A-Z_a-z]\w* = )")


def signature(piece: str) -> Iterator[tuple[str, ast.expr, bool]]:
    """Name, annotation and has-a-default of the parameters of the first function in a piece of source."""
    found = re.search(r"def (?:__init__|\w+)\((?P<parameters>.*?)\)(?: ->[^\n]*)?:\n", piece, re.S)
    if found is None:
        return
    function = parsed(f"def f({found['parameters']}): pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    arguments = function.args
    positional = list(zip(arguments.args, [None] * (len(arguments.args) - len(arguments.defaults)) + list(arguments.defaults), strict=True))
    for argument, default in positional + list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)):
        if argument.annotation is not None:
            yield argument.arg, argument.annotation, default is not None


def parsed(text: str) -> ast.Module:
    """The syntax tree of some source.

    CPython 3.11 sometimes refuses with a SystemError where other code is parsed in the middle of it, by a finaliser that prints a
    traceback, say; the second time it does not. Source: https://github.com/python/cpython/issues/106905
    """
    try:
        return ast.parse(text)
    except SystemError:
        return ast.parse(text)


def snake(name: str) -> str:
    """The code generator's file name for a camelCase name."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
