"""A tier's user data: text where all of it is known, and else an output that is as secret as what is in it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pulumi
import pytest
import yaml

from multicloud.arguments import STAND_IN, applied
from multicloud.errors import ArgumentError
from multicloud.machine.container import Container
from multicloud.machine.workload import StaticSite
from multicloud.web.contract import HealthCheck, Servers, WebTierArgs
from multicloud.web.exposure import Certificate, Exposure, Registration
from tests.noise import noise
from tests.recording import Recording

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
KEY = "-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----"
TOKEN = "hush-0123456789-0123456789"
SERVERS = Servers(min=2)
REGISTERED = WebTierArgs(
    servers=SERVERS, exposure=Exposure.REGISTERED, registration=Registration(hostname="a.example.com", zone_id="0" * 32, token=TOKEN)
)
CONTAINER = WebTierArgs(servers=SERVERS, container=Container(image="example/shop", port=80, environment={"A": "b"}))
CERTIFICATE = Certificate(certificate=PEM, private_key=KEY)
TLS = WebTierArgs(servers=SERVERS, exposure=Exposure.MACHINES, certificate=CERTIFICATE)


@pytest.fixture
def recording() -> Iterator[Recording]:
    recording = Recording()
    yield recording
    recording.close()


def rendered(recording: Recording, args: WebTierArgs, cloud: str = "aws", **options: Any) -> tuple[str, bool]:
    """What a program's user data comes to, and whether it is secret."""

    def program() -> pulumi.Output[str]:
        return pulumi.Output.from_input(args.render_user_data(cloud, "eu-central-1", "web", **options))

    output = recording.run(program)
    return recording.value(output), recording.is_secret(output)


def files(user_data: str) -> dict[str, str]:
    return {file["path"]: file["content"] for file in yaml.safe_load(user_data)["write_files"]}


@pytest.mark.parametrize("args", [WebTierArgs(servers=SERVERS), CONTAINER, TLS])
def test_what_is_known_is_text_at_once(args: WebTierArgs) -> None:
    told = args.render_user_data("aws", "eu-central-1", "web", private_key_secret="key")
    assert isinstance(told, str)
    assert "hush" not in told


def test_a_token_makes_it_a_secret_though_it_is_known(recording: Recording) -> None:
    told, secret = rendered(recording, REGISTERED, "digitalocean")
    assert secret
    assert TOKEN in told


def test_what_is_known_later_is_told_then_and_is_no_secret_unless_it_was_one(recording: Recording) -> None:
    for value, secret in ((pulumi.Output.from_input("late"), False), (pulumi.Output.secret("late"), True)):
        container = Container(image="example/shop", port=80, environment={"A": value, "B": "soon"}, secrets={"C": value})
        told = rendered(recording, replace(CONTAINER, container=container))
        settings = json.loads(files(told[0])["/etc/multicloud/container.json"])
        assert (settings["environment"], settings["secrets"], told[1]) == ({"A": "late", "B": "soon"}, {"C": "late"}, secret)


def test_a_certificate_is_told_by_the_name_of_its_secret_and_a_checksum_alone(recording: Recording) -> None:
    args = replace(TLS, certificate=replace(CERTIFICATE, certificate=pulumi.Output.from_input(PEM), private_key=pulumi.Output.secret(KEY)))
    told, secret = rendered(recording, args, private_key_secret=pulumi.Output.from_input("arn:of:the:key"))
    assert not secret
    assert "hush" not in told
    assert "arn:of:the:key" in files(told)["/usr/local/lib/multicloud/certificate"]
    assert hashlib.sha256(f"{PEM}\n".encode()).hexdigest() in told and "MIIB" not in told


def test_nothing_is_shown_by_the_machines_where_the_load_balancer_does() -> None:
    behind = replace(TLS, exposure=Exposure.LOAD_BALANCER)
    assert behind.render_user_data("aws", "r", "web") == replace(behind, certificate=None).render_user_data("aws", "r", "web")
    assert (TLS.machine_port, behind.machine_port) == (443, 80)


@pytest.mark.parametrize(
    ("args", "path"),
    [
        (replace(CONTAINER, container=Container(image="a", port=80, environment={"A": noise(20_000)})), "container.environment"),
        (replace(REGISTERED, health_check=HealthCheck(path="//")), "health_check.path"),
        (replace(REGISTERED, site=StaticSite(files={"a": noise(20_000)})), "site.files"),
    ],
)
def test_what_is_wrong_already_is_refused_before_the_rest_is_known(recording: Recording, args: WebTierArgs, path: str) -> None:
    late = pulumi.Output.from_input("late")
    if args.container is not None:
        args = replace(args, container=replace(args.container, secrets={"C": late}))
    with pytest.raises(ArgumentError) as caught:
        args.render_user_data("aws", "eu-central-1", "web")
    assert caught.value.path == path
    assert "hush" not in str(caught.value)


def test_what_is_found_wrong_later_ends_the_deployment(recording: Recording) -> None:
    container = Container(image="example/shop", port=80, environment={"A": pulumi.Output.from_input(noise(20_000))})
    with pytest.raises(ArgumentError, match=r"^container\.environment: with it the user data is "):
        rendered(recording, replace(CONTAINER, container=container))


def test_a_function_sees_stand_ins_first_and_values_in_their_places_then(recording: Recording) -> None:
    seen: list[Container] = []

    def function(container: Container) -> str:
        seen.append(container)
        return container.image

    given = Container(
        image="a", port=1, environment={"A": pulumi.Output.from_input("1"), "B": "2"}, secrets={"C": pulumi.Output.from_input("3")}
    )
    assert recording.value(recording.run(lambda: pulumi.Output.from_input(applied(function, given)))) == "a"
    assert seen == [
        Container(image="a", port=1, environment={"A": STAND_IN, "B": "2"}, secrets={"C": STAND_IN}),
        Container(image="a", port=1, environment={"A": "1", "B": "2"}, secrets={"C": "3"}),
    ]


def test_a_port_for_http_beside_https_at_the_machines_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"^health_check.port: 8080 is given beside certificate, with which the machines serve on 443"):
        replace(TLS, health_check=HealthCheck(port=8080)).check()
