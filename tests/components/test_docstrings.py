"""What other languages' SDKs say of the components comes from docstrings: every component, argument and output has one."""

import ast
from pathlib import Path

import pytest

import multicloud

PACKAGE = Path(multicloud.__file__).parent
CLASSES = [
    (path.relative_to(PACKAGE), node)
    for path in sorted(PACKAGE.rglob("*.py"))
    for node in ast.parse(path.read_text()).body
    if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not node.name.endswith("Resources")
]


@pytest.mark.parametrize(("path", "node"), CLASSES, ids=lambda value: value.name if isinstance(value, ast.ClassDef) else "")
def test_a_public_class_and_each_of_its_fields_say_what_they_are(path: Path, node: ast.ClassDef) -> None:
    assert ast.get_docstring(node), node.name
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)
            assert said, f"{path}: {node.name}.{field.target.id}"
