"""Where the engine comes from."""

import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tools.console import Stop
from tools.project import Project
from tools.setup import build, checks, engine, installer


def executable(file: Path, script: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def path(*folders: Path) -> dict[str, str]:
    return {"PATH": os.pathsep.join([*map(str, folders), "/usr/bin", "/bin"])}


@pytest.fixture
def site() -> Iterator[HTTPServer]:
    """A server that answers every request with `site.script`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.server.script)  # type: ignore[attr-defined]

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def url(site: HTTPServer) -> str:
    return f"http://127.0.0.1:{site.server_port}"


def test_the_users_own_engine_is_taken_with_its_own_language_host(checkout: Project, tmp_path: Path) -> None:
    """Both are linked to: the engine finds its host beside its real file, and the one on PATH is the same."""
    executable(tmp_path / "own" / "pulumi", "echo v3.260.1")
    executable(tmp_path / "own" / "pulumi-language-python", "")
    found = engine.find(checkout, path(tmp_path / "own"))
    assert found is not None and found.official and found.version == "3.260.1"
    engine.put_in_place(checkout, found)
    assert (checkout.bin / "pulumi").resolve() == tmp_path / "own" / "pulumi"
    linked = {f.name: f.resolve().parent for f in checkout.bin.iterdir()}
    assert linked == dict.fromkeys(("pulumi", "pulumi-language-python"), tmp_path / "own")
    assert engine.present(checkout)


@pytest.mark.parametrize(
    ("version", "host", "reason"),
    [
        ("v3.249.9", True, "is version 3.249.9"),
        ("v4.0.0", True, "is version 4.0.0"),
        ("nonsense", True, "does not say its version"),
        ("v3.260.1", False, "has no pulumi-language-python beside it"),
    ],
)
def test_an_unfit_engine_on_path_is_left_alone(
    checkout: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str, host: bool, reason: str
) -> None:
    """Too old, too new, broken, or without a language host: a line says why, and the search goes on."""
    executable(tmp_path / "own" / "pulumi", f"echo {version}")
    if host:
        executable(tmp_path / "own" / "pulumi-language-python", "")
    assert engine.find(checkout, path(tmp_path / "own")) is None
    assert reason in capsys.readouterr().out


def test_asking_an_engine_for_its_version_leaves_the_users_home_alone(checkout: Project, tmp_path: Path) -> None:
    """Even `pulumi version` writes a log into its home: it gets ours."""
    executable(tmp_path / "own" / "pulumi", f'echo "$PULUMI_HOME" > {tmp_path}/home; echo v3.260.1')
    engine.find(checkout, {**path(tmp_path / "own"), "PULUMI_HOME": "/home/user/.pulumi"})
    assert (tmp_path / "home").read_text().strip() == str(checkout.home)


def test_the_engine_of_the_checkout_is_not_taken_for_the_users(checkout: Project) -> None:
    """Inside `make shell` our own `pulumi` is on PATH, and must not be found there."""
    executable(checkout.bin / "pulumi", "echo v3.260.1")
    executable(checkout.bin / "pulumi-language-python", "")
    assert engine.find(checkout, path(checkout.bin)) is None


def test_a_built_engine_gets_our_language_host(checkout: Project) -> None:
    """The engine is a real file, since it looks for its host beside the file that it really is."""
    folder = build.folder(checkout)
    executable(folder / "pulumi", "echo v3.250.0")
    executable(folder / "pulumi-language-python-exec", "")
    found = engine.find(checkout, path())
    assert found is not None and not found.official and found.version == "3.250.0"
    engine.put_in_place(checkout, found)
    assert not (checkout.bin / "pulumi").is_symlink()
    assert str(checkout.root / "tools" / "language_host") in (checkout.bin / "pulumi-language-python").read_text()
    assert engine.present(checkout)


def test_other_modules_make_another_engine(checkout: Project) -> None:
    """With a changed go.sum the engine in place is not the wanted one any more, nor is the cached one."""
    test_a_built_engine_gets_our_language_host(checkout)
    with (checkout.engine_module / "go.sum").open("a") as file:
        file.write("another line\n")
    assert not engine.present(checkout)
    assert engine.find(checkout, path()) is None


def test_the_official_installer_installs_into_the_cache(checkout: Project, site: HTTPServer) -> None:
    """It is told the version and the folder, is told not to edit profiles, and gets a HOME of its own."""
    site.script = b"""#!/bin/sh
    [ "$1 $2 $3 $5" = "--version 3.272.0 --install-root --no-edit-path" ] || exit 1
    [ "$HOME" = "$4" ] || exit 2
    mkdir "$4/bin" && touch "$4/bin/pulumi" "$4/bin/pulumi-language-python"
    """  # type: ignore[attr-defined]
    assert installer.install(checkout, path(), url(site))
    found = engine.find(checkout, path())
    assert found is not None and found.official and found.version == "3.272.0"
    assert found.folder.is_relative_to(checkout.cache)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (b"<html>Sign in to the network</html>", "answers, but not with the installer"),
        (b"#!/bin/sh\necho no such release; exit 22", "no such release"),
        (b"#!/bin/sh\ntrue", "has ended without an engine"),
    ],
)
def test_an_installer_that_does_not_work_is_passed_over(
    checkout: Project, site: HTTPServer, capsys: pytest.CaptureFixture[str], script: bytes, reason: str
) -> None:
    """A line says why, nothing is taken for an engine, and the build gets its turn."""
    site.script = script  # type: ignore[attr-defined]
    assert not installer.install(checkout, path(), url(site))
    assert reason in capsys.readouterr().out
    assert engine.find(checkout, path()) is None


def test_a_site_that_does_not_answer_is_given_up_soon(
    checkout: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server that accepts and says nothing, as behind some firewalls."""
    monkeypatch.setattr(installer, "REACH_SECONDS", 0.2)
    silent = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    assert not installer.install(checkout, path(), url(silent))
    silent.server_close()
    assert "cannot be reached" in (said := capsys.readouterr().out) or "has not answered" in said


def test_without_go_one_message_names_both_ways_out(checkout: Project, tmp_path: Path) -> None:
    """No `pulumi`, no installer, no Go."""
    with pytest.raises(Stop) as stopped:
        build.start(checkout, {"PATH": str(tmp_path)})
    assert "`pulumi` is not on PATH, its installer cannot be reached, and Go, to build it, is not installed" in stopped.value.problem
    assert "https://www.pulumi.com/docs/install" in stopped.value.mend and "Go 1.21 or newer" in stopped.value.mend


def test_an_old_go_is_named_with_its_version(checkout: Project, tmp_path: Path) -> None:
    """Debian 12's Go, for one, cannot read a go.mod of today."""
    executable(tmp_path / "go", "echo go version go1.19.8 linux/amd64")
    with pytest.raises(Stop, match=r"too old to build the Pulumi engine \(go version go1.19.8 linux/amd64\)"):
        build.start(checkout, path(tmp_path))


def test_a_disk_that_is_too_small_is_found_before_the_build(checkout: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how much there is and how much is needed."""
    executable(tmp_path / "go", "echo go version go1.26.0 linux/amd64")
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 900_000_000}))
    with pytest.raises(Stop, match=r"has 0.9 GB left, and building the Pulumi engine needs 3.5 GB; free some space"):
        build.start(checkout, path(tmp_path))


def test_a_build_appears_complete_or_not_at_all(checkout: Project, tmp_path: Path) -> None:
    """A Go that fails half-way leaves nothing that a later command would take for an engine; the next build succeeds."""
    sdk = tmp_path / "sdk"
    executable(sdk / "python" / "cmd" / "pulumi-language-python-exec", "")
    fake = """case "$1" in
        version) echo go version go1.26.0 linux/amd64 ;;
        list) echo %s ;;
        build) for last; do [ "$previous" = -o ] && echo engine > "$last"; previous=$last; done; %s ;;
    esac"""
    executable(tmp_path / "go", fake % (sdk, "exit 1"))
    work = build.start(checkout, path(tmp_path))
    assert work.process.wait() == 1
    assert engine.find(checkout, path()) is None
    executable(tmp_path / "go", fake % (sdk, "exit 0"))
    work = build.start(checkout, path(tmp_path))
    assert work.process.wait() == 0, work.log.read_text()
    assert engine.find(checkout, path()) is not None


def test_the_engine_in_place_says_the_version_of_its_modules(real: Project) -> None:
    """What is built from go.mod carries go.mod's version, which plugins and the backend compare."""
    said = subprocess.run([real.bin / "pulumi", "version"], env=real.environment(os.environ), capture_output=True, text=True).stdout
    if (real.bin / "pulumi").is_symlink():
        pytest.skip("an official engine is in place")
    assert said.strip().lstrip("v") == build.version(real)
