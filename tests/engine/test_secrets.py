"""Certificates and tokens under the real engine: from encrypted keys of the stack's file to the clouds, and nowhere in plain."""

import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.components.web.clouds import CERTIFICATE, PRIVATE_KEY, TOKEN
from tests.engine.deployment import Deployment

MONITOR = "cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor"


@pytest.fixture
def shop(deploy: Callable[..., Deployment]) -> Deployment:
    """Tiers on AWS and Google Cloud, without a database."""
    deployment = deploy("dev")
    deployment.configure(lambda said: said.pop("database"))
    return deployment


def set_secret(deployment: Deployment, key: str, value: str, *options: str) -> None:
    """As the README says: by standard input, so that it is in no list of processes."""
    command = ["pulumi", "config", "set", "--stack", deployment.stack, *options, f"multicloud:{key}", "--non-interactive"]
    subprocess.run(command, cwd=deployment.project, env=deployment.environment, input=value, text=True, check=True, timeout=60)


def everywhere(deployment: Deployment) -> str:
    """All that Pulumi keeps of a stack: its file, its state and the history of both."""
    kept = [*deployment.project.glob("stacks/*"), *(deployment.folder / "state").rglob("*")]
    files = [path.read_bytes().decode(errors="replace") for path in kept if path.is_file()]
    return "".join(files).replace("\\n", "\n")


def with_certificate(said: dict[str, Any]) -> None:
    for tier in said["web"].values():
        tier["certificate"] = True


def test_a_certificate_reaches_the_load_balancers_and_its_key_is_nowhere_in_plain(shop: Deployment) -> None:
    """The front asks over HTTPS from then on, and a second deployment changes nothing."""
    shop.configure(with_certificate)
    set_secret(shop, "originCertificate", f"{CERTIFICATE.certificate}{CERTIFICATE.chain}")
    set_secret(shop, "originPrivateKey", PRIVATE_KEY, "--secret")
    shop.up()
    assert PRIVATE_KEY.splitlines()[1] not in everywhere(shop)
    [monitor] = [held for held in shop.state() if held["type"] == MONITOR]
    assert monitor["inputs"]["type"] == "https" and "port" not in monitor["inputs"]
    assert shop.steps() == {}


def test_a_token_of_machines_without_a_store_is_nowhere_in_plain(shop: Deployment) -> None:
    """On DigitalOcean it is in the user data, which the state has encrypted."""

    def registered(said: dict[str, Any]) -> None:
        said["front"]["order"] = ["office"]
        registration = {"hostname": "origins.example.com"}
        place = {"cloud": "digitalocean", "region": "fra1", "servers": {"min": 2}}
        said["web"] = {"office": {**place, "exposure": "registered", "registration": registration}}

    shop.configure(registered)
    refused = shop.attempt("preview", "--stack", shop.stack)
    assert "environment.web.office.registration: needs multicloud:registrationToken, which the stack lacks" in refused.stdout

    set_secret(shop, "registrationToken", TOKEN, "--secret")
    shop.up()
    assert TOKEN not in everywhere(shop)
    assert shop.steps() == {}


def test_a_secret_in_plain_is_refused_without_showing_it(shop: Deployment) -> None:
    set_secret(shop, "registrationToken", TOKEN, "--plaintext")
    refused = shop.attempt("preview", "--stack", shop.stack)
    assert refused.returncode
    assert "multicloud:registrationToken: stands in the stack's file in plain text; take it out of there" in refused.stdout
    assert TOKEN not in refused.stdout + refused.stderr
