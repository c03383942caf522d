"""A real Debian 12, and 13, pulls a container's image from a registry, runs it under systemd with Podman, and serves what it says."""

import base64
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from multicloud.machine.bootstrap import Bootstrap, TlsCertificate
from multicloud.machine.container import Container, Registry
from multicloud.machine.user_data import LIMITS, render
from tests.machines import authority, cloud, image
from tests.machines.nspawn import ADDRESSES, METADATA, Machine, Unreachable, base_tree, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "machines boot here")

SECRET = "first line $HOME `id` %h\n\t'\"\\ ü, never-to-be-seen"
USER, PASSWORD = "reader", "pass word never-to-be-told"
ENVIRONMENT = {
    "AWKWARD": "first line $HOME ${HOME} `id` %h %%\nsecond: '\"\\ # ü😀\u2028 ",
    # Settings of Podman's own, which must not reach it.
    "STORAGE_DRIVER": "s3",
    "CONTAINER_HOST": "tcp://nowhere",
    "_EMPTY": "",
}
NAMES = ["aws", "gcp"]
PAGE = "<h1>Grüße aus dem Container</h1>\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the cloud."""
    try:
        tree = base_tree("bookworm")
        base_tree("trixie")
    except Unreachable as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("cloud")
    authority.certificates(folder, [*cloud.HOSTS, ADDRESSES["machine"]])
    digest = image.lay_down(folder, image.busybox(tree, folder / "busybox"))
    secrets = {"shop-secret": SECRET, "registry": PASSWORD, "certificate-key": (folder / "server.pem").read_text()}
    cloud.set_up(folder, user=USER, password=PASSWORD, tags={"1.4": digest}, secrets=secrets)
    return folder


@pytest.fixture(scope="module")
def machines(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Machine]]:
    """Debian 12 with HTTP on AWS, and Debian 13 with HTTPS on Google Cloud, which boot while their cloud answers nothing yet."""
    digest = cloud.settings(folder)["tags"]["1.4"]
    by_tag = Container(
        image="registry.example.com/example/shop:1.4",
        port=8000,
        environment=dict(ENVIRONMENT),
        secrets={"SECRET": "shop-secret"},
        command=["$HOME two", "--three='4'", ""],
        registry=Registry(user=USER, password_secret="registry"),
    )
    by_digest = replace(by_tag, image=f"{by_tag.image}@{digest}")
    certificate = TlsCertificate(certificate=(folder / "certificate.pem").read_text(), private_key_secret="certificate-key")
    clouds = {
        "aws": Bootstrap(cloud="aws", region="eu-central-1", component="shop", container=by_tag),
        "gcp": Bootstrap(cloud="gcp", region="europe-west3", component="shop", port=443, container=by_digest, certificate=certificate),
    }
    own = tmp_path_factory.mktemp("machines")
    trusted = (folder / "ca.pem").read_text()
    with (
        booting(clouds["aws"], "bookworm", own, trusted) as on_aws,
        booting(clouds["gcp"], "trixie", own, trusted) as on_gcp,
    ):
        yield {"aws": on_aws, "gcp": on_gcp}


def booting(machine: Bootstrap, release: str, folder: Path, trusted: str) -> Machine:
    told = render(machine, LIMITS[machine.cloud])
    own = folder / machine.cloud
    return Machine(f"container-{machine.cloud}", told, own, hosts=cloud.HOSTS, authority=trusted, release=release, containers=True)


def clouded(machine: Machine, folder: Path) -> AbstractContextManager[None]:
    """The cloud, at the machine's neighbour, while it lasts."""
    return machine.beside(sys.executable, str(Path(cloud.__file__)), str(folder), folder=folder)


def where(name: str, folder: Path) -> Any:
    """How the machine is asked."""
    return {"port": 443, "trusting": folder / "ca.pem"} if name == "gcp" else {"port": 80}


def environment(machine: Machine, asked: Any) -> dict[str, str]:
    """The variables that the server in the container has."""
    answer = machine.get("/cgi-bin/environment", **asked)
    if answer.status != 200:
        raise ConnectionError(f"nginx answers {answer.status} itself")
    lines = answer.body.splitlines()
    return {line.partition(" ")[0]: bytes.fromhex(line.partition(" ")[2]).decode() for line in lines}


def journal(machine: Machine, unit: str) -> str:
    return machine.run("journalctl", "-u", unit, "-o", "cat")


@pytest.mark.parametrize("name", NAMES)
def test_a_container_opens_the_machines_port_when_it_is_healthy(machines: dict[str, Machine], folder: Path, name: str) -> None:
    """Its image is pulled with a login, again and again until the registry is there."""
    machine, asked = machines[name], where(name, folder)
    cloud.set_up(folder, registry=False)
    with clouded(machine, folder):
        machine.wait_until("that failed, and is tried again", lambda: journal(machine, "multicloud-image"))
        with pytest.raises(ConnectionError):
            machine.get("/healthz", **asked)
        cloud.set_up(folder, registry=True)
        machine.wait_for("/healthz", 200, **asked)
    assert machine.get("/", **asked).body == PAGE
    assert machine.cloud_init() == ("done", [])
    # What systemd says of the unit itself comes at any place among it.
    said = [line for line in journal(machine, "multicloud-workload").splitlines() if line.startswith(("serving", "argument"))]
    assert said == ["serving, with 3 arguments", "argument: $HOME two.", "argument: --three='4'.", "argument: ."]
    assert "the machine is ready" in journal(machine, "multicloud-ready")


@pytest.mark.parametrize("name", NAMES)
def test_every_byte_of_the_environment_and_of_the_secrets_arrives(machines: dict[str, Machine], folder: Path, name: str) -> None:
    found = environment(machines[name], where(name, folder))
    assert {variable: found[variable] for variable in ENVIRONMENT} == ENVIRONMENT
    assert found["SECRET"] == SECRET


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_on_no_disk_on_no_command_line_and_in_no_log(machines: dict[str, Machine], name: str) -> None:
    """Neither the container's nor the registry's, whether as it is or as Podman encodes it."""
    machine = machines[name]
    shapes = [b"never-to-be-seen", base64.b64encode(SECRET.encode()), PASSWORD.encode(), base64.b64encode(f"{USER}:{PASSWORD}".encode())]
    for disk in (machine.folder / "upper", machine.folder / "containers"):
        for file in disk.rglob("*"):
            if file.is_file() and not file.is_symlink():
                content = file.read_bytes()
                assert not any(shape in content for shape in shapes), file
    said = machine.run("journalctl", "--output=export", "--all") + machine.run("sh", "-c", "cat /proc/[0-9]*/cmdline")
    assert not any(shape.decode() in said for shape in shapes)


@pytest.mark.parametrize("name", NAMES)
def test_neither_the_container_nor_another_user_asks_the_metadata_service(machines: dict[str, Machine], folder: Path, name: str) -> None:
    machine = machines[name]
    asking = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "5", f"http://{METADATA}/latest/api/token"]
    with clouded(machine, folder):
        assert machine.run(*asking) == "401"
        assert machine.run("setpriv", "--reuid=33", "--clear-groups", *asking) == "000"
        inside = f"nsenter --net --target $(podman inspect --format '{{{{.State.Pid}}}}' multicloud) {' '.join(asking)}"
        assert machine.run("sh", "-c", inside) == "000"
        machine.run("systemctl", "stop", "multicloud-metadata")
        assert machine.run("sh", "-c", inside) == "401"  # it is the guard that kept it away
        machine.run("systemctl", "start", "multicloud-metadata")


def test_a_container_behind_a_certificate_is_reached_over_https_alone(machines: dict[str, Machine], folder: Path) -> None:
    found = environment(machines["gcp"], where("gcp", folder))
    assert (found["HTTP_X_FORWARDED_PROTO"], found["HTTP_X_FORWARDED_FOR"]) == ("https", ADDRESSES["neighbour"])
    for port in (80, 8080):
        with pytest.raises(ConnectionError):
            machines["gcp"].get("/", port)


@pytest.mark.parametrize("name", NAMES)
def test_a_container_that_dies_is_started_again_with_the_secrets_of_the_day(machines: dict[str, Machine], folder: Path, name: str) -> None:
    machine = machines[name]
    cloud.set_up(folder, secrets={**cloud.settings(folder)["secrets"], "shop-secret": f"a new one for {name}"})
    with clouded(machine, folder):
        machine.run("sh", "-c", "kill -9 $(podman inspect --format '{{.State.Pid}}' multicloud)")
        machine.wait_until(f"a new one for {name}", lambda: str(environment(machine, where(name, folder))))


@pytest.mark.parametrize("power_cut", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_container_is_back_after_a_reboot_without_its_registry(
    machines: dict[str, Machine], folder: Path, name: str, power_cut: bool
) -> None:
    machine = machines[name]
    cloud.set_up(folder, registry=False)
    machine.reboot(without_a_word=power_cut)
    with clouded(machine, folder):
        machine.wait_for("/healthz", 200, **where(name, folder))
    assert environment(machine, where(name, folder))["SECRET"]
    assert machine.run("findmnt", "-no", "FSTYPE", "/var/lib/containers/storage/overlay-containers").strip() == "tmpfs"
