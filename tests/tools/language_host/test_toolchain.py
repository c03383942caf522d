"""Which Python runs a program."""

import json
import sys
from pathlib import Path

import pytest

from tools.language_host.toolchain import Toolchain, Unsupported, resolve


def environment(folder: Path) -> Path:
    """A folder that looks like a virtual environment."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    (folder / "pyvenv.cfg").touch()
    (folder / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    return folder


def distribution(venv: Path, name: str, version: str, *requires: str) -> None:
    folder = venv / "lib" / "python3.11" / "site-packages" / f"{name}-{version}.dist-info"
    folder.mkdir()
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    (folder / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines, ""]))


def test_the_named_environment_is_relative_to_the_project(tmp_path: Path) -> None:
    """`virtualenv: .venv` is the one beside Pulumi.yaml, wherever the host runs; an absolute one is itself."""
    assert resolve(str(tmp_path), {"virtualenv": ".venv"}, {}).python == tmp_path / ".venv" / "bin" / "python"
    assert resolve("/elsewhere", {"virtualenv": str(tmp_path)}, {}).python == tmp_path / "bin" / "python"


def test_without_a_name_the_active_environment_counts_and_then_the_hosts_own(tmp_path: Path) -> None:
    """A project that names no environment runs in the one that the user has activated."""
    active = environment(tmp_path / "active")
    assert resolve("/p", {}, {"VIRTUAL_ENV": str(active)}).python == active / "bin" / "python"
    assert resolve("/p", {}, {"VIRTUAL_ENV": "/gone"}).python == Path(sys.executable)
    assert resolve("/p", {}, {}).virtualenv is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"toolchain": "uv"}, "runtime.options.toolchain: 'uv' needs the official Pulumi CLI; with this engine use `pip`"),
        ({"typechecker": "mypy"}, "runtime.options.typechecker: 'mypy' needs the official Pulumi CLI; leave it out, and run mypy yourself"),
    ],
)
def test_what_only_the_official_host_has_is_refused(options: dict[str, str], message: str) -> None:
    """Not ignored: a project that asks for a type check must not believe that it had one."""
    with pytest.raises(Unsupported) as refused:
        resolve("/p", options, {})
    assert str(refused.value) == message


def test_a_missing_environment_says_how_it_is_made(tmp_path: Path) -> None:
    """`pulumi install` is the command that makes it."""
    with pytest.raises(Unsupported, match="does not exist; run `pulumi install`"):
        resolve(str(tmp_path), {"virtualenv": ".venv"}, {}).require()


def test_programs_that_a_program_starts_find_its_packages(tmp_path: Path) -> None:
    """The environment is activated as `source bin/activate` does it."""
    venv = environment(tmp_path / "venv")
    activated = resolve("/p", {"virtualenv": str(venv)}, {}).environment({"PATH": "/usr/bin", "PYTHONHOME": "/opt", "HOME": "/h"})
    assert activated == {"PATH": f"{venv}/bin:/usr/bin", "VIRTUAL_ENV": str(venv), "HOME": "/h"}


def test_plugins_are_those_of_installed_providers(tmp_path: Path) -> None:
    """By the description inside each SDK; what is no resource provider, and packages without one, do not count."""
    venv = environment(tmp_path / "venv")
    for name, description in {
        "pulumi_aws": {"resource": True, "name": "aws", "version": "7.0.0"},
        "pulumi_policy": {"resource": False, "name": "policy"},
    }.items():
        folder = venv / "lib" / "python3.11" / "site-packages" / name
        folder.mkdir()
        (folder / "pulumi-plugin.json").write_text(json.dumps(description))
    assert [p["name"] for p in resolve("/p", {"virtualenv": str(venv)}, {}).plugins()] == ["aws"]


def test_direct_dependencies_are_those_that_nothing_else_requires(tmp_path: Path) -> None:
    """Names are compared as pip compares them: `pulumi_aws` is what `Pulumi-AWS[extra]>=7` requires."""
    venv = environment(tmp_path / "venv")
    distribution(venv, "pulumi_aws", "7.0.0", "pulumi>=3,<4")
    distribution(venv, "pulumi", "3.0.0")
    distribution(venv, "requests", "2.0")
    distribution(
        venv, "site", "1.0", "Pulumi-AWS[extra]>=7 ; python_version > '3'", "requests ; extra == 'http'", "site[http] ; extra == 'all'"
    )
    toolchain = resolve("/p", {"virtualenv": str(venv)}, {})
    assert toolchain.distributions(transitive=True) == {"pulumi": "3.0.0", "pulumi_aws": "7.0.0", "requests": "2.0", "site": "1.0"}
    assert toolchain.distributions(transitive=False) == {"requests": "2.0", "site": "1.0"}


def test_installation_makes_the_environment_and_installs_what_the_project_lists(tmp_path: Path) -> None:
    """requirements.txt before pyproject.toml; nothing at all where the project names no environment of its own."""
    named = resolve(str(tmp_path), {"virtualenv": "venv"}, {})
    (tmp_path / "pyproject.toml").touch()
    assert [c[1:3] for c in named.installation(tmp_path)] == [["-m", "venv"], ["-m", "pip"]]
    assert list(named.installation(tmp_path))[1][-2:] == ["-e", "."]
    environment(tmp_path / "venv")
    (tmp_path / "requirements.txt").touch()
    (only,) = named.installation(tmp_path)
    assert only[-2:] == ["-r", "requirements.txt"]
    assert list(Toolchain(python=Path(sys.executable), virtualenv=None).installation(tmp_path)) == []
