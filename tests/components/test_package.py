"""The package offers every public name and imports no provider's SDK until one is used."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import multicloud

PACKAGE = Path(multicloud.__file__).parent
SDKS = ("pulumi_aws", "pulumi_gcp", "pulumi_digitalocean", "pulumi_cloudflare", "pulumi_random", "pulumi_tls")


def loaded_sdks(program: str) -> set[str]:
    """The provider SDKs that a fresh interpreter has loaded after `program`."""
    code = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n{program}\nprint([name for name in {SDKS!r} if name in sys.modules])"
    return set(ast.literal_eval(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout))


def test_importing_the_package_imports_no_sdk() -> None:
    assert loaded_sdks("import multicloud") == set()


def test_the_contracts_import_no_sdk() -> None:
    contracts = (
        "Servers, Size, HealthCheck, StaticSite, Archive, Git, PostgresArgs, DatabaseSize, Pool, Steering, CloudflareFrontArgs, "
        "pool_of, ArgumentError"
    )
    assert loaded_sdks(f"from multicloud import {contracts}") == set()


@pytest.mark.parametrize(
    ("name", "sdks"),
    [
        ("AwsWebTier", {"pulumi_aws"}),
        ("GcpWebTier", {"pulumi_gcp"}),
        ("DigitalOceanWebTier", {"pulumi_digitalocean"}),
        ("ExternalWebTier", set()),
        ("CloudflareFront", {"pulumi_cloudflare"}),
        ("cloudflare_ranges", {"pulumi_cloudflare"}),
        ("RdsPostgres", {"pulumi_aws", "pulumi_random"}),
        ("CloudSqlPostgres", {"pulumi_gcp", "pulumi_random"}),
    ],
)
def test_a_component_imports_its_own_sdks_only(name: str, sdks: set[str]) -> None:
    assert loaded_sdks(f"from multicloud import {name}") == sdks


@pytest.mark.parametrize("name", multicloud.__all__)
def test_every_public_name_exists_where_the_table_says(name: str) -> None:
    assert getattr(import_module(f"multicloud.{multicloud._HOMES[name]}"), name) is getattr(multicloud, name)
    assert name in dir(multicloud)


def test_type_checkers_see_the_same_names() -> None:
    """The imports under TYPE_CHECKING and the table of homes say the same."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text())
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.asname: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == multicloud._HOMES


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'AwsWebTeer'"):
        multicloud.AwsWebTeer  # noqa: B018


def test_no_module_of_components_postpones_annotations() -> None:
    """`from __future__ import annotations` breaks Pulumi's analysis of components."""
    assert [path.name for path in PACKAGE.rglob("*.py") if "from __future__ import annotations\n" in path.read_text()] == []


def test_the_version_is_the_distributions() -> None:
    assert f'version = "{multicloud.__version__}"' in (PACKAGE.parent / "pyproject.toml").read_text()
