"""Machines with a container: what is told arrives without a change of a letter, and nothing that is secret is told."""

import json
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.machine.bootstrap import Bootstrap, TlsCertificate
from multicloud.machine.compression import compressed
from multicloud.machine.container import Container, Registry
from multicloud.machine.steps import FACTS
from multicloud.machine.user_data import LIMITS, render
from multicloud.web.contract import LONGEST_NAME
from multicloud.web.exposure import Registration
from tests.noise import noise

SHOP = Container(image="ghcr.io/example/shop:1.4", port=8000)
MACHINE = Bootstrap(cloud="aws", region="eu-central-1", component="shop", port=8080, container=SHOP)
CERTIFICATE = TlsCertificate(certificate="the certificate\n\n", chain="\nthe chain", private_key_secret="it's the key")
NOISE = noise(20_000)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
AWKWARD = st.text(st.sampled_from("\t\n\r\x7f\x85\u2028\ufeff😀 a-:#|>'\"%@`$!{}[]&*?,\\~"))
NAME = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)


def config(machine: Bootstrap, limit: int = 2**20) -> dict[str, Any]:
    return dict(yaml.safe_load(render(machine, limit)))


def files(machine: Bootstrap) -> dict[str, str]:
    """What the machine writes, as cloud-init's own parser (PyYAML) reads it."""
    return {file["path"]: file["content"] for file in config(machine)["write_files"]}


def settings(container: Container, **facts: Any) -> dict[str, Any]:
    """What the program that starts the container reads."""
    return dict(json.loads(files(replace(MACHINE, container=container, **facts))["/etc/multicloud/container.json"]))


@given(st.dictionaries(NAME, TEXT | AWKWARD), st.lists(TEXT | AWKWARD, min_size=1))
def test_any_environment_and_any_command_arrive_as_they_are(environment: dict[str, str], command: list[str]) -> None:
    """And whatever they are, they stand in no unit, no shell program and nowhere else."""
    told = replace(SHOP, environment=dict(environment), command=command)
    found = settings(told)
    assert (found["environment"], found["command"]) == (environment, command)
    other = {path: text for path, text in files(replace(MACHINE, container=told)).items() if path != "/etc/multicloud/container.json"}
    assert other == {path: text for path, text in files(MACHINE).items() if path != "/etc/multicloud/container.json"}


def test_root_alone_reads_what_the_container_is_told() -> None:
    modes = {file["path"]: file["permissions"] for file in config(MACHINE)["write_files"]}
    assert modes["/etc/multicloud/container.json"] == "0600"
    assert modes["/usr/local/lib/multicloud/container"] == "0755"
    assert modes[FACTS] == "0644"


@pytest.mark.parametrize(
    ("image", "pulled"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        (f"nginx:1.27@sha256:{'0' * 64}", f"docker.io/library/nginx@sha256:{'0' * 64}"),
        (f"registry:5000/a/b:2@sha256:{'0' * 64}", f"registry:5000/a/b@sha256:{'0' * 64}"),
        ("registry:5000/a/b:2", "registry:5000/a/b:2"),
    ],
)
def test_the_image_is_named_in_full_by_its_digest_where_it_has_one(image: str, pulled: str) -> None:
    assert settings(replace(SHOP, image=image))["image"] == pulled


def test_it_is_published_on_the_machines_port_or_on_loopback_behind_nginx() -> None:
    assert settings(SHOP)["publish"] == "8080:8000"
    assert settings(SHOP, certificate=CERTIFICATE, port=443)["publish"] == "127.0.0.1:8080:8000"
    assert "nginx" not in config(MACHINE)["packages"]
    server = files(replace(MACHINE, certificate=CERTIFICATE, port=443))["/etc/nginx/sites-available/default"]
    assert "proxy_pass http://127.0.0.1:8080;" in server
    assert [line.strip() for line in server.splitlines() if "listen" in line] == [
        "listen 443 ssl default_server;",
        "listen [::]:443 ssl default_server;",
    ]


def test_the_port_is_closed_before_the_container_runs() -> None:
    commands = [" ".join(command) for command in config(MACHINE)["runcmd"]]
    assert any("enable --now multicloud-gate && systemctl enable --now --no-block multicloud-workload" in command for command in commands)
    assert "tcp dport 8080 reject" in files(MACHINE)["/usr/local/lib/multicloud/gate.nft"]


# secrets


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_secrets_are_told_by_their_names_and_read_by_the_machine(cloud: str) -> None:
    registry = Registry(user="reader", password_secret="projects/p/secrets/password")
    told = replace(MACHINE, cloud=cloud, container=replace(SHOP, secrets={"TOKEN": "shop/token"}, registry=registry))
    found = json.loads(files(told)["/etc/multicloud/container.json"])
    assert found["secrets"] == {"TOKEN": "shop/token"}
    assert found["registry"] == {"user": "reader", "password_secret": "projects/p/secrets/password"}
    assert "/usr/local/lib/multicloud/secret" in files(told)


def test_only_machines_of_clouds_with_a_store_have_the_program_that_reads_it() -> None:
    assert "/usr/local/lib/multicloud/secret" not in files(replace(MACHINE, cloud="digitalocean"))
    assert "/usr/local/lib/multicloud/secret" not in files(Bootstrap(cloud="aws", region="eu-central-1", component="web"))


def test_root_alone_asks_the_metadata_service_where_there_is_something_to_hide() -> None:
    for machine in (MACHINE, Bootstrap(cloud="gcp", region="europe-west3", component="web", port=443, certificate=CERTIFICATE)):
        guard = files(machine)["/usr/local/lib/multicloud/metadata.nft"]
        assert "meta skuid != @readers ip daddr 169.254.169.254 tcp dport 80 reject" in guard and "elements = { 0 }" in guard
        assert config(machine)["runcmd"][0] == ["systemctl", "enable", "--now", "multicloud-metadata"]


# what is refused


@pytest.mark.parametrize(
    ("container", "message"),
    [
        (replace(SHOP, environment={"A": "hush \ud800"}), "container.environment['A']: is not text that UTF-8 can hold; give text"),
        (replace(SHOP, environment={"A": "ü" * 65_500}), "container.environment['A']: is 131002 bytes, and a program takes 131000 at most"),
        (replace(SHOP, command=["a", "hush \ud800"]), "container.command[1]: is not text that UTF-8 can hold"),
        (replace(SHOP, environment={"A": NOISE}), "container.environment: with it the user data is "),
        (replace(SHOP, command=["hush", NOISE], environment={"A": "hush"}), "container.command: with it the user data is "),
        (
            replace(SHOP, secrets={f"A{at}": "hush" + NOISE[at : at + 200] for at in range(0, 20_000, 200)}),
            "container.secrets: with them the user data ",
        ),
        (replace(SHOP, image=f"example/{NOISE.encode().hex()}"), "container.image: with it the user data is "),
        (replace(SHOP, port=0), "container.port: 0 is not a port"),
    ],
)
def test_what_no_machine_could_pass_on_is_refused_and_not_shown(container: Container, message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        render(replace(MACHINE, container=container), LIMITS["aws"])
    assert str(caught.value).startswith(message)
    assert "hush" not in str(caught.value)


def test_a_container_that_registers_itself_with_a_certificate_fits_every_cloud_with_room_for_more() -> None:
    """With what compresses badly: ids, digests, and certificates as long as public ones are."""
    arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:"
    container = Container(
        image=f"registry.example.com/example/shop:1.4@sha256:{'0123456789abcdef' * 4}",
        port=8000,
        environment={f"SETTING_{index}": noise(30) for index in range(10)},
        secrets={f"SECRET_{index}": arn + noise(20) for index in range(5)},
        command=["serve", "--workers", "4"],
        registry=Registry(user="reader", password_secret=arn + noise(20)),
    )
    certificate = TlsCertificate(certificate=noise(2500), chain=noise(5000), private_key_secret=arn + noise(20))
    registration = Registration(hostname="origins.aws.example.com", zone_id="0123456789abcdef" * 2, token_secret=arn + noise(20))
    told = replace(MACHINE, component=LONGEST_NAME, port=443, container=container, certificate=certificate, registration=registration)
    assert len(compressed(render(told, 2**20))) < min(LIMITS.values()) - 2500
    assert len(render(told, LIMITS["aws"])) < LIMITS["aws"]
