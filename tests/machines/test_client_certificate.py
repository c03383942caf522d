"""A real Debian serves those alone who show a certificate of an authority, and its health to everybody."""

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from multicloud.machine.bootstrap import Bootstrap, TlsCertificate
from multicloud.machine.user_data import LIMITS, render
from multicloud.machine.workload import StaticSite
from tests.machines import authority, cloud
from tests.machines.nspawn import ADDRESSES, Machine, Unreachable, base_tree, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "machines boot here")

RELEASES = pytest.mark.parametrize("machine", ["bookworm", "trixie"], indirect=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cloud, and those of whoever comes: of the one who may, and of one who has another authority."""
    folder = tmp_path_factory.mktemp("cloud")
    authority.certificates(folder, [*cloud.HOSTS, ADDRESSES["machine"], "127.0.0.1"])
    cloud.set_up(folder, secrets={"key": (folder / "certificate.pem").read_text() + (folder / "key.pem").read_text()})
    for visitor in ("known", "next", "stranger"):
        (folder / visitor).mkdir()
        authority.certificates(folder / visitor, ["cloudflare"])
    return folder


@pytest.fixture(scope="module")
def machine(request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a site of several pages and two authorities, whose health is asked for at the page of a folder."""
    try:
        base_tree(request.param)
    except Unreachable as error:
        pytest.skip(str(error))
    certificate = TlsCertificate(
        certificate=(folder / "certificate.pem").read_text(),
        private_key_secret="key",
        client_ca="".join((folder / visitor / "ca.pem").read_text() for visitor in ("known", "next")),
    )
    site = StaticSite(files={"index.html": "home", "health/index.html": "well", "Health/index.html": "another"})
    told = Bootstrap(
        cloud="aws", region="eu-central-1", component="web", port=443, certificate=certificate, site=site, health_path="/health/"
    )
    boots = Machine(
        f"mtls{request.param[0]}",
        render(told, LIMITS["aws"]),
        tmp_path_factory.mktemp("machine") / "mtls",
        hosts=cloud.HOSTS,
        authority=(folder / "ca.pem").read_text(),
        release=request.param,
    )
    with boots as machine, machine.beside(sys.executable, str(Path(cloud.__file__)), str(folder), folder=folder):
        machine.wait_for("/health/", 200, 443, trusting=folder / "ca.pem")
        yield machine


def asked(machine: Machine, folder: Path, path: str, visitor: str = "", *options: str) -> tuple[int, str]:
    """Status and text of an answer to the machine's neighbour, who shows a visitor's certificate, or none."""
    shown = ["--cert", f"{folder}/{visitor}/certificate.pem", "--key", f"{folder}/{visitor}/key.pem"] if visitor else []
    url = f"https://{ADDRESSES['machine']}{path}"
    command = ["curl", "-sS", "--path-as-is", "--cacert", f"{folder}/ca.pem", "-w", "\n%{http_code}", *shown, *options, url]
    done = subprocess.run(["ip", "netns", "exec", machine.neighbour, *command], capture_output=True, text=True)
    assert done.returncode == 0, (shlex.join(command), done.stderr)
    text, _, status = done.stdout.rpartition("\n")
    return int(status), text


@RELEASES
def test_whoever_shows_a_certificate_of_an_authority_is_served(machine: Machine, folder: Path) -> None:
    """Of each of them, so that one can follow another; in both versions of TLS."""
    for visitor in ("known", "next"):
        for version in ("--tlsv1.3", "--tls-max=1.2"):
            options = [version] if "=" not in version else version.split("=")
            assert asked(machine, folder, "/", visitor, *options) == (200, "home")


@RELEASES
def test_whoever_shows_none_is_refused(machine: Machine, folder: Path) -> None:
    for path in ("/", "/index.html", "/absent", "/Health/"):
        status, text = asked(machine, folder, path)
        assert status == 403 and "home" not in text and "another" not in text, path


@RELEASES
def test_whoever_shows_a_strangers_certificate_is_refused(machine: Machine, folder: Path) -> None:
    status, text = asked(machine, folder, "/", "stranger")
    assert status == 400 and "home" not in text


@RELEASES
def test_health_is_told_to_whoever_shows_none(machine: Machine, folder: Path) -> None:
    """Although it is a page, which nginx itself comes to by another path. Clouds' health checks and the machine itself have none."""
    assert asked(machine, folder, "/health/") == (200, "well")
    assert asked(machine, folder, "/health/", "known") == (200, "well")


@RELEASES
def test_the_health_path_is_no_way_around(machine: Machine, folder: Path) -> None:
    """Only that path and nothing else: no other spelling, nothing above or below it, and not with anything behind it."""
    for path in (
        "/health",
        "/health/index.html",
        "/health/..",
        "/health/../",
        "/health/../index.html",
        "/health/%2e%2e/",
        "/health/?page=home",
        "/HEALTH/",
        "//health/",
        "/health//",
    ):
        assert asked(machine, folder, path)[0] in (400, 403), path
    for header in ("X-Original-URL: /health/", "X-Rewrite-URL: /health/", "Host: /health/"):
        assert asked(machine, folder, "/", "", "-H", header)[0] in (400, 403), header


@RELEASES
def test_a_session_of_one_who_may_is_worth_nothing_to_one_who_may_not(machine: Machine, folder: Path) -> None:
    """A connection that is taken up again without a certificate gets what its first one got: nothing."""
    session = folder / "session.pem"
    connect = ["openssl", "s_client", "-quiet", "-tls1_2", "-connect", f"{ADDRESSES['machine']}:443"]
    request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    first = ["ip", "netns", "exec", machine.neighbour, *connect, "-sess_out", str(session)]
    assert " 403 " in subprocess.run(first, input=request, capture_output=True, text=True).stdout
    again = ["ip", "netns", "exec", machine.neighbour, *connect, "-sess_in", str(session)]
    assert " 403 " in subprocess.run(again, input=request, capture_output=True, text=True).stdout
