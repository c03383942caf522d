"""Reads what an SDK says of its resource types and look-ups, from the SDK's source text.

An SDK package takes up to two seconds to import and a provider should start at once, so nothing is imported: the file
of the one type that is asked for is found by its token, the class is sliced out of the text, and only its signature is
parsed. The format is that of Pulumi's code generator, the same for every SDK.
"""

import ast
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from .source import GETTER, UnknownToken, cut, parsed, signature, snake

Kind = Literal["string", "integer", "number", "boolean", "list", "map", "object", "enum", "asset", "archive", "any", "union"]


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of a value."""

    kind: Kind
    of: "Shape | None" = None
    """The element of a list or a map."""
    options: tuple["Shape", ...] = ()
    """The members of a union."""
    ref: str = ""
    """The class of an object or an enum, in `home`."""
    home: Path | None = None
    """The folder whose `_inputs.py` or `_enums.py` holds the class."""

    def __str__(self) -> str:
        if self.kind in ("list", "map"):
            return f"{self.kind} of {self.of}"
        return " or ".join(map(str, self.options)) if self.kind == "union" else self.kind


ANY = Shape("any")
_PRIMITIVES = {
    "_builtins.str": Shape("string"),
    "_builtins.int": Shape("integer"),
    "_builtins.float": Shape("number"),
    "_builtins.bool": Shape("boolean"),
    "str": Shape("string"),
    "int": Shape("integer"),
    "float": Shape("number"),
    "bool": Shape("boolean"),
    "pulumi.Asset": Shape("asset"),
    "pulumi.Archive": Shape("archive"),
    "Any": ANY,
}


@dataclass(frozen=True, slots=True)
class Property:
    """One input, argument or output."""

    name: str
    """Pulumi's camelCase name."""
    shape: Shape
    required: bool
    """Inputs: must be given. Outputs: always has a value."""
    doc: str = ""

    @property
    def replaces(self) -> bool:
        """Whether the SDK's documentation says that a change replaces the resource."""
        return bool(_FORCES_NEW.search(self.doc))


_FORCES_NEW = re.compile(
    r"forces?\b[^.]{0,40}\b(?:new|re-?creat\w+|replace\w*)"
    r"|(?:changing|changes? to|modifying)\b[^.]{0,60}\b(?:creates?|re-?creates?|destroys?)\b",
    re.I,
)

Properties = Mapping[str, Property]


@dataclass(frozen=True)
class Resource:
    """What the SDK says of a resource type."""

    token: str
    inputs: Properties
    outputs: Properties
    secrets: frozenset[str]
    """Outputs that the SDK marks as secret."""


@dataclass(frozen=True)
class Function:
    """What the SDK says of a look-up."""

    token: str
    arguments: Properties


@dataclass
class Sdk:
    """One installed SDK package.

    Args:
        package: Its import name, such as `pulumi_aws`.

    Raises:
        UnknownToken: Where the package is not installed.
    """

    package: str
    _resources: dict[str, Resource] = field(default_factory=dict, repr=False)
    _functions: dict[str, Function] = field(default_factory=dict, repr=False)
    _fields: dict[tuple[Path, str], Properties] = field(default_factory=dict, repr=False)
    _enums: dict[tuple[Path, str], tuple[str | int | float, ...]] = field(default_factory=dict, repr=False)
    _texts: dict[Path, bytes] = field(default_factory=dict, repr=False)

    @cached_property
    def root(self) -> Path:
        """The folder of the package."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise UnknownToken(f"the SDK {self.package} is not installed")
        return Path(spec.origin).parent

    @cached_property
    def version(self) -> str:
        """The version that the SDK asks of its provider plugin."""
        return str(json.loads((self.root / "pulumi-plugin.json").read_text())["version"])

    def resource(self, token: str) -> Resource:
        """What the SDK says of a resource type.

        Raises:
            UnknownToken: It has no such type.
        """
        if token not in self._resources:
            self._resources[token] = self._read_resource(token)
        return self._resources[token]

    def function(self, token: str) -> Function:
        """What the SDK says of a look-up.

        Raises:
            UnknownToken: It has no such look-up.
        """
        if token not in self._functions:
            self._functions[token] = self._read_function(token)
        return self._functions[token]

    def configuration(self) -> Properties:
        """The provider's own configuration."""
        path = self.root / "provider.py"
        text = path.read_bytes()
        return self._inputs(cut(text, b"\nclass ProviderArgs:"), path.parent, text) if b"\nclass ProviderArgs:" in text else {}

    def fields(self, shape: Shape) -> Properties:
        """The properties of an object shape."""
        assert shape.home is not None
        key = (shape.home, shape.ref)
        if key not in self._fields:
            text = self._text(shape.home / "_inputs.py")
            piece = cut(text, b"\nclass " + shape.ref.encode() + b":")
            self._fields[key] = self._inputs(piece, shape.home, text)
        return self._fields[key]

    def values(self, shape: Shape) -> tuple[str | int | float, ...]:
        """The values of an enum shape."""
        assert shape.home is not None
        key = (shape.home, shape.ref)
        if key not in self._enums:
            piece = cut(self._text(shape.home / "_enums.py"), b"\nclass " + shape.ref.encode() + b"(")
            self._enums[key] = tuple(ast.literal_eval(value) for value in re.findall(r"^    \w+ = (.+)$", piece, re.M))
        return self._enums[key]

    def tokens(self) -> Iterator[str]:
        """The tokens of all resource types."""
        text = (self.root / "__init__.py").read_text()
        for token, _ in re.findall(r'^   "([^"]+:[^"]*:[^"]+)": "(\w+)"', text, re.M):
            yield token

    def function_tokens(self) -> Iterator[str]:
        """The tokens of all look-ups."""
        for path in sorted(self.root.rglob("*.py")):
            if not path.name.startswith("_"):
                yield from sorted({t.decode() for t in re.findall(rb"pulumi\.runtime\.invoke\('([^']+)'", path.read_bytes())})

    def _read_resource(self, token: str) -> Resource:
        path = self._file(token, f"'{token}',".encode())
        text = path.read_bytes()
        named = re.search(rb"super\((\w+), __self__\)\.__init__\(\s+'" + re.escape(token.encode()) + b"'", text)
        if named is None:
            raise UnknownToken(f"{self.package} {self.version} has no resource type {token}")
        body = cut(text, b"\nclass " + named[1] + b"(pulumi.CustomResource):")
        arguments = re.search(r"def __init__\(__self__,\s+resource_name: str,\s+args: (?:Optional\[)?(\w+)", body)
        inputs = self._inputs(cut(text, b"\nclass " + arguments[1].encode() + b":"), path.parent, text) if arguments else {}
        outputs = {p.name: p for p in self._outputs(body, path.parent, text)}
        marked = re.search(r"additional_secret_outputs=(\[[^\]]*\])", body)
        return Resource(token, inputs, outputs, frozenset(ast.literal_eval(marked[1]) if marked else ()))

    def _read_function(self, token: str) -> Function:
        invoke = f"pulumi.runtime.invoke('{token}'".encode()
        path = self._file(token, invoke)
        text = path.read_bytes()
        start = text.rindex(b"\ndef ", 0, text.index(invoke))
        name = text[start + len(b"\ndef ") : text.index(b"(", start)]
        piece = cut(text, b"\ndef " + name + b"(")
        names = {python: camel for camel, python in re.findall(r"__args__\['([^']+)'\] = (\w+)", piece)}
        # The plain form makes every argument optional; the `_output` form nests `Optional` twice where it really is.
        awaited = b"\ndef " + name + b"_output("
        source = cut(text, awaited) if awaited in text else piece
        arguments: dict[str, Property] = {}
        for python, annotation, _ in signature(source):
            if python in names:
                shape, optional = self._shape(annotation, path.parent, text)
                required = optional and "Optional[Optional[" not in ast.unparse(annotation) and source is not piece
                arguments[names[python]] = Property(names[python], shape, required)
        return Function(token, arguments)

    def _file(self, token: str, *marks: bytes) -> Path:
        """The file that defines the token: the one named after it, or else the one in its folder that has all the marks."""
        try:
            _, module, name = token.split(":")
        except ValueError:
            raise UnknownToken(f"{token!r} is not a token of the form package:module/file:Name") from None
        folder, _, file = module.rpartition("/")
        folder, file = (folder, file) if folder else (module, name)
        home = self.root if folder == "index" else self.root / folder
        candidates = [h for h in (home, home.with_name(home.name + "_"), home.with_name(snake(home.name))) if h.is_dir()]
        for folder_path in candidates:
            named = folder_path / f"{snake(file)}.py"
            if named.is_file() and all(mark in named.read_bytes() for mark in marks):
                return named
        for folder_path in candidates:
            for path in sorted(folder_path.glob("*.py")):
                text = path.read_bytes()
                if all(mark in text for mark in marks):
                    return path
        raise UnknownToken(f"{self.package} {self.version} has no {token}")

    def _text(self, path: Path) -> bytes:
        # A few megabytes each; at most one a module of the SDK that is really used.
        if path not in self._texts:
            self._texts[path] = path.read_bytes()
        return self._texts[path]

    def _inputs(self, piece: str, home: Path, text: bytes) -> dict[str, Property]:
        """The properties of an input class, in the order of its signature."""
        getters = {python: (camel or python, doc) for camel, python, _, doc in GETTER.findall(piece)}
        found: dict[str, Property] = {}
        for python, annotation, default in signature(piece):
            shape, optional = self._shape(annotation, home, text)
            name, doc = getters.get(python, (python, ""))
            found[name] = Property(name, shape, not (optional or default), doc)
        return found

    def _outputs(self, body: str, home: Path, text: bytes) -> Iterator[Property]:
        for camel, python, annotation, doc in GETTER.findall(body):
            expression = parsed(annotation).body[0]
            assert isinstance(expression, ast.Expr)
            shape, optional = self._shape(expression.value, home, text, outputs=True)
            yield Property(camel or python, shape, not optional, doc)

    def _shape(self, node: ast.expr, home: Path, text: bytes, outputs: bool = False) -> tuple[Shape, bool]:
        """The shape that an annotation means, and whether it is optional."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._named(node.value, home, text, outputs), False
        if isinstance(node, (ast.Name, ast.Attribute)):
            return _PRIMITIVES.get(ast.unparse(node), ANY), False
        if isinstance(node, ast.Subscript):
            outer = ast.unparse(node.value)
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            if outer in ("pulumi.Input", "pulumi.Output"):
                return self._shape(inner[0], home, text, outputs)
            if outer == "Optional":
                return self._shape(inner[0], home, text, outputs)[0], True
            if outer in ("Sequence", "List"):
                return Shape("list", self._shape(inner[0], home, text, outputs)[0]), False
            if outer in ("Mapping", "Dict"):
                return Shape("map", self._shape(inner[1], home, text, outputs)[0]), False
            if outer == "Union":
                return self._union([self._shape(i, home, text, outputs)[0] for i in inner]), False
        return ANY, False

    @staticmethod
    def _union(options: list[Shape]) -> Shape:
        # `Union['XArgs', 'XArgsDict', 'outputs.X']` is one object, `Union[str, 'X']` an enum that admits any string.
        distinct = list(dict.fromkeys(o for o in options if o is not ANY))
        plain = {o.kind for o in distinct if o.kind in ("string", "integer", "number", "boolean")}
        distinct = [o for o in distinct if not (o.kind == "enum" and plain)]
        if not distinct:
            return ANY
        return distinct[0] if len(distinct) == 1 else Shape("union", options=tuple(distinct))

    def _named(self, name: str, home: Path, text: bytes, outputs: bool) -> Shape:
        """The shape of a quoted annotation: an input class, an enum, or (`_ec2.X`, `outputs.X`) one of another module."""
        module, _, ref = name.rpartition(".")
        if outputs:
            # In outputs, what is not one of the module `outputs` is an enum, whose values are the cloud's to choose.
            return Shape("object") if module.endswith("outputs") else ANY
        if module == "outputs":
            return ANY
        if module == "pulumi":
            return _PRIMITIVES.get(name, ANY)
        if module and not module.startswith("_enums") and not module.startswith("_inputs"):
            found = re.search(rb"from (\.+)(\w*) import (\w+) as " + re.escape(module.split(".")[0].encode()) + rb"\b", text)
            if found is None:
                return ANY
            base = home
            for _ in found[1][1:]:
                base = base.parent
            if found[3] in (b"_enums", b"_inputs"):
                home = base / found[2].decode() if found[2] else base
            else:
                home = (base / found[2].decode() if found[2] else base) / found[3].decode()
        if ref.endswith("ArgsDict"):
            return ANY
        file = home / ("_inputs.py" if ref.endswith("Args") else "_enums.py")
        if not file.is_file():
            return ANY
        return Shape("object" if ref.endswith("Args") else "enum", ref=ref, home=home)
