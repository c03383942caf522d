"""Secrets beside an environment: from encrypted keys of the stack's configuration to the tiers that need them."""

import base64
import json
import random
from typing import Any

import pytest

from stacks.model import Secrets, StackFileError, parse, read_secrets
from tests.components.web.clouds import CERTIFICATE, PRIVATE_KEY, TOKEN
from tests.recording import Recording
from tests.stacks.environments import environment, run, uncertified
from tests.stacks.valid import CONFIGURED, VALID, Values, changed

CERTIFIED = changed(**{f"web__{name}__certificate": True for name in VALID["web"]})
REGISTERED = changed(web__digitalocean__exposure="registered", web__digitalocean__registration={"hostname": "origins.example.com"})


def secrets_of(given: Values, config: dict[str, str], encrypted: list[str] | None = None) -> Secrets:
    recording = Recording(project="multicloud", stack="dev")
    try:
        return recording.run(lambda: read_secrets(parse(json.dumps(given))), config, list(config) if encrypted is None else encrypted)
    finally:
        recording.close()


def refused(given: Values, config: dict[str, str], encrypted: list[str] | None = None) -> str:
    with pytest.raises(StackFileError) as caught:
        secrets_of(given, config, encrypted)
    return str(caught.value)


def test_a_stack_that_needs_none_has_none() -> None:
    found = secrets_of(VALID, {})
    assert found.certificate is None and found.token is None


def test_a_certificate_is_split_into_its_own_and_those_after_it(recording: Recording) -> None:
    found = secrets_of(CERTIFIED, CONFIGURED)
    assert found.certificate
    assert (found.certificate.certificate, found.certificate.chain) == (CERTIFICATE.certificate, CERTIFICATE.chain)
    assert recording.value(found.certificate.private_key) == PRIVATE_KEY


def test_components_get_them_as_pulumis_secrets(recording: Recording) -> None:
    found = secrets_of(REGISTERED, CONFIGURED)
    assert found.certificate
    for hidden in (found.certificate.private_key, found.token):
        assert recording.is_secret(hidden)  # type: ignore[arg-type]
    assert TOKEN not in repr(found) and PRIVATE_KEY not in repr(found)


NEEDED = "needs multicloud:originCertificate and multicloud:originPrivateKey, which the stack lacks"
SET_BOTH = (
    "write: pulumi config set multicloud:originCertificate < cert.pem, "
    "and: pulumi config set --secret multicloud:originPrivateKey < key.pem"
)


@pytest.mark.parametrize(
    ("given", "change", "message"),
    [
        (
            REGISTERED,
            {"registrationToken": None},
            "environment.web.digitalocean.registration: needs multicloud:registrationToken, which the stack lacks; "
            "write: pulumi config set --secret multicloud:registrationToken",
        ),
        (
            changed(web={"aws": {**VALID["web"]["aws"], "certificate": True}}, front__order=["aws"]),
            {"originPrivateKey": None},
            f"environment.web.aws.certificate: {NEEDED}; {SET_BOTH}",
        ),
        (
            VALID,
            {"originCertificate": "cert.pem"},
            "multicloud:originCertificate: is not in PEM form; give the text from -----BEGIN CERTIFICATE----- to its end",
        ),
        (
            VALID,
            {"originPrivateKey": CERTIFICATE.certificate},
            "multicloud:originPrivateKey: is not in PEM form; give the text from -----BEGIN PRIVATE KEY----- to its end",
        ),
        (
            VALID,
            {"registrationToken": "hunter2"},
            "multicloud:registrationToken: is no API token of Cloudflare; make one with the template Edit zone DNS",
        ),
    ],
)
def test_a_mistake_is_named_with_its_key_and_its_mend(given: Values, change: dict[str, Any], message: str) -> None:
    config = {**CONFIGURED, **{f"multicloud:{key}": value for key, value in change.items()}}
    assert refused(given, {key: value for key, value in config.items() if value is not None}) == message


def test_every_secret_in_plain_is_refused_without_showing_it() -> None:
    message = refused(VALID, CONFIGURED, encrypted=[])
    assert message.splitlines() == [
        f"multicloud:{key}: stands in the stack's file in plain text; "
        f"take it out of there, make a new one, and write: pulumi config set --secret multicloud:{key}"
        for key in ("originPrivateKey", "registrationToken")
    ]
    assert TOKEN not in message and PRIVATE_KEY.splitlines()[1] not in message


def test_a_certificate_with_a_long_chain_fits_since_none_of_it_is_user_data() -> None:
    """Though while an environment is checked by itself, a small example stands for it."""
    name = "web__aws"
    given = changed(**{f"{name}__certificate": True, f"{name}__exposure": "machines", f"{name}__servers": {"min": 2}}, front__order=["aws"])
    given["web"] = {"aws": given["web"]["aws"]}
    body = base64.encodebytes(random.Random(0).randbytes(20_000)).decode()
    long = f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"
    found = secrets_of(given, {**CONFIGURED, "multicloud:originCertificate": f"{CERTIFICATE.certificate}{long}"})
    assert found.certificate and found.certificate.chain == long


def test_the_token_and_the_zone_reach_the_machines_that_register() -> None:
    """The zone's id is looked up once, by the front's zone, and only where somebody needs it."""
    said = uncertified("production")
    said["web"]["digitalocean"] |= {"exposure": "registered", "registration": {"hostname": "origins.example.com", "ttl": 120}}
    recording = run("production", said, secrets=CONFIGURED)
    droplets = recording.all("digitalocean:index/droplet:Droplet")
    assert droplets
    for droplet in droplets:
        assert "userData" in droplet.secrets
        assert TOKEN in droplet.inputs["userData"] and "0123456789abcdef0123456789abcdef" in droplet.inputs["userData"]
    assert recording.exports["pools"]["digitalocean"]["origins"] == [
        {"name": "digitalocean", "address": "origins.example.com", "weight": 1}
    ]
    zones = [call for call in recording.calls if call.token == "cloudflare:index/getZone:getZone"]
    assert {json.dumps(call.args, sort_keys=True) for call in zones} == {'{"filter": {"match": "all", "name": "example.com"}}'}
    assert len(zones) == len([call for call in run("production").calls if call.token == "cloudflare:index/getZone:getZone"]) + 1


def test_with_certificates_the_front_comes_over_https() -> None:
    said = uncertified("production")
    for tier in said["web"].values():
        tier["certificate"] = True
    recording = run("production", said, secrets=CONFIGURED)
    monitor = recording.one("cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor").inputs
    assert monitor["type"] == "https" and "port" not in monitor
    assert {pool["port"] for pool in recording.exports["pools"].values()} == {443}
    assert all(
        "port" not in origin
        for pool in recording.all("cloudflare:index/loadBalancerPool:LoadBalancerPool")
        for origin in pool.inputs["origins"]
    )


def test_machines_on_another_port_are_asked_there() -> None:
    said = environment("staging")
    said["web"]["gcp"] |= {"exposure": "machines", "servers": {"min": 2}, "health_check": {"port": 8080}}
    recording = run("staging", said)
    assert recording.one("cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor").inputs["port"] == 8080
    [pool] = recording.all("cloudflare:index/loadBalancerPool:LoadBalancerPool")
    assert [(origin["name"], origin["port"]) for origin in pool.inputs["origins"]] == [("gcp-0", 8080), ("gcp-1", 8080)]
