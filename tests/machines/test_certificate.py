"""A real Debian 12 serves a site over HTTPS, with a certificate and its key that it reads from its cloud and keeps in memory."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from multicloud.machine.bootstrap import Bootstrap, TlsCertificate
from multicloud.machine.user_data import LIMITS, render
from tests.machines import authority, cloud
from tests.machines.nspawn import ADDRESSES, Machine, Unreachable, base_tree, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "machines boot here")

NAMES = [*cloud.HOSTS, ADDRESSES["machine"], "127.0.0.1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cloud."""
    folder = tmp_path_factory.mktemp("cloud")
    authority.certificates(folder, NAMES)
    cloud.set_up(folder, secrets={"key": joined(folder)})
    return folder


def joined(folder: Path) -> str:
    """What the cloud's store holds: the certificate, a chain, for which any other certificate is good here, and the private key."""
    return "".join((folder / name).read_text() for name in ("certificate.pem", "ca.pem", "key.pem"))


@pytest.fixture(scope="module")
def machine(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine on AWS, which boots while its cloud answers nothing yet."""
    try:
        base_tree()
    except Unreachable as error:
        pytest.skip(str(error))
    parts = {"certificate": (folder / "certificate.pem").read_text(), "chain": (folder / "ca.pem").read_text()}
    certificate = TlsCertificate(**parts, private_key_secret="key")
    told = render(Bootstrap(cloud="aws", region="eu-central-1", component="web", port=443, certificate=certificate), LIMITS["aws"])
    trusted = (folder / "ca.pem").read_text()
    with Machine("tls", told, tmp_path_factory.mktemp("machine") / "tls", hosts=cloud.HOSTS, authority=trusted) as machine:
        yield machine


def clouded(machine: Machine, folder: Path) -> AbstractContextManager[None]:
    """The cloud, at the machine's neighbour, while it lasts."""
    return machine.beside(sys.executable, str(Path(cloud.__file__)), str(folder), folder=folder)


def test_the_site_is_served_over_https_alone_once_the_certificate_is_there(machine: Machine, folder: Path) -> None:
    """A store that is away during the boot fails neither the installation nor the boot."""
    assert machine.cloud_init(90) == ("done", [])
    assert machine.status_of("nginx") == "install ok installed"
    for port in (80, 443):
        with pytest.raises(ConnectionError):
            machine.get("/healthz", port)
    with clouded(machine, folder):
        machine.wait_for("/healthz", 200, 443, trusting=folder / "ca.pem")
    assert "<dd>web</dd>" in machine.get("/", 443, trusting=folder / "ca.pem").body
    with pytest.raises(ConnectionError):
        machine.get("/healthz", 80)


def shaken(machine: Machine, *options: str) -> str:
    """What OpenSSL says of a handshake with the machine."""
    asked = ["openssl", "s_client", "-connect", f"{ADDRESSES['machine']}:443", *options]
    return subprocess.run(["ip", "netns", "exec", machine.neighbour, *asked], input="", capture_output=True, text=True).stdout


@pytest.mark.parametrize(("version", "spoken"), [("tls1_1", False), ("tls1_2", True), ("tls1_3", True)])
def test_it_speaks_no_old_version_of_tls(machine: Machine, version: str, spoken: bool) -> None:
    assert ("BEGIN CERTIFICATE" in shaken(machine, f"-{version}", "-cipher", "ALL:@SECLEVEL=0")) == spoken


def test_the_certificate_is_shown_with_its_chain_and_in_its_order(machine: Machine, folder: Path) -> None:
    shown = re.findall(r"-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n", shaken(machine, "-showcerts"))
    assert shown[:2] == [(folder / "certificate.pem").read_text(), (folder / "ca.pem").read_text()]
    assert "PRIVATE" not in "".join(shown)


def test_the_key_is_in_memory_where_root_alone_reads_it_and_on_no_disk(machine: Machine, folder: Path) -> None:
    key = (folder / "key.pem").read_text().splitlines()[1]
    assert machine.run("stat", "-c", "%a %U", "/run/multicloud-tls", "/run/multicloud-tls/certificate.pem") == "700 root\n600 root\n"
    assert machine.run("findmnt", "-no", "FSTYPE", "--target", "/run/multicloud-tls").strip() == "tmpfs"
    for file in (machine.folder / "upper").rglob("*"):
        assert not (file.is_file() and not file.is_symlink() and key.encode() in file.read_bytes()), file
    assert key not in machine.run("journalctl", "--output=export", "--all")


def test_a_machine_from_before_a_renewal_shows_the_new_certificate_from_the_next_start_of_nginx_on(
    machine: Machine, folder: Path, tmp_path: Path
) -> None:
    """It goes on with the old one before, and is never left with one certificate and the key of another."""
    authority.certificates(tmp_path, NAMES)
    cloud.set_up(folder, secrets={"key": joined(tmp_path)})
    with clouded(machine, folder):
        machine.run("systemctl", "reload", "nginx")
        assert machine.get("/healthz", 443, trusting=folder / "ca.pem").status == 200
        machine.run("systemctl", "restart", "nginx")
        machine.wait_for("/healthz", 200, 443, trusting=tmp_path / "ca.pem")
    machine.reboot()
    with clouded(machine, folder):
        machine.wait_for("/healthz", 200, 443, trusting=tmp_path / "ca.pem")
