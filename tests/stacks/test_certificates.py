"""Certificates that are made beside the front, composed: what tiers show to Cloudflare, and what Cloudflare shows to them."""

import json
from typing import Any

import pytest

from stacks.model import StackFileError, parse, read_secrets
from tests.recording import Recording
from tests.security import findings
from tests.stacks.environments import environment, run
from tests.stacks.valid import CONFIGURED, changed

MADE = "cloudflare:index/originCaCertificate:OriginCaCertificate"
ON_AWS = "aws:acm/certificate:Certificate"
KEY = "tls:index/privateKey:PrivateKey"


def certified(stack: str = "dev", **front: Any) -> dict[str, Any]:
    """A stack without a database, its tiers with a certificate that is made."""
    said = environment(stack)
    said.pop("database", None)
    said["front"] |= {"origin_certificate": {}, **front}
    for tier in said["web"].values():
        tier["certificate"] = True
    return said


def pulled(pulls: str = "required") -> dict[str, Any]:
    """AWS alone, to which Cloudflare shows its certificate."""
    said = certified(origin_pulls=pulls, order=["aws"])
    del said["web"]["gcp"]
    return said


def test_all_tiers_show_the_certificate_that_is_made() -> None:
    recording = run("dev", certified())
    made = recording.all(MADE)
    assert [record.name for record in made] == ["origin-certificate-first-certificate", "origin-certificate-second-certificate"]
    shown = recording.one(ON_AWS)
    assert shown.inputs["certificateBody"] in [record.outputs["certificate"] for record in made]
    assert "privateKey" in shown.secrets
    monitor = recording.one("cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor").inputs
    assert monitor["type"] == "https"
    assert {pool["port"] for pool in recording.exports["pools"].values()} == {443}


@pytest.mark.parametrize(
    ("names", "covered"),
    [
        ({}, []),
        ({"aliases": ["example.com", "shop.example.com"]}, []),
        ({"hostname": "example.com"}, []),
        ({"aliases": ["a.shop.example.com", "b.shop.example.com"]}, ["*.shop.example.com"]),
        ({"hostname": "www.eu.example.com", "aliases": ["a.b.eu.example.com"]}, ["*.b.eu.example.com", "*.eu.example.com"]),
    ],
)
def test_it_is_for_every_name_of_the_front_and_those_beside_them(names: dict[str, Any], covered: list[str]) -> None:
    """So that another alias beside them makes no other certificate."""
    for record in run("dev", certified(**names)).all(MADE):
        assert sorted(record.inputs["hostnames"]) == sorted(["example.com", "*.example.com", *covered])


def test_the_details_reach_it() -> None:
    said = certified(origin_certificate={"validity_days": 90, "renew_before_days": 10})
    assert {record.inputs["requestedValidity"] for record in run("dev", said).all(MADE)} == {90}


@pytest.mark.parametrize(("exposure", "kept"), [(None, False), ("machines", True)])
def test_none_is_revoked_where_machines_show_it(exposure: str | None, kept: bool) -> None:
    """They may be replaced after the update."""
    said = certified()
    for tier in said["web"].values():
        tier |= {"exposure": exposure} if exposure else {}
    assert {record.retain_on_delete for record in run("dev", said).all(MADE)} == {kept}


def test_production_is_encrypted_all_the_way() -> None:
    """Strict: Cloudflare comes over HTTPS, and to nobody without the certificate."""
    recording = run("production")
    assert len(recording.all(MADE)) == 2
    settings = {record.inputs["settingId"]: record.inputs["value"] for record in recording.all("cloudflare:index/zoneSetting:ZoneSetting")}
    assert settings["ssl"] == "strict"


@pytest.mark.parametrize("said", [certified(), pulled()], ids=["certificate", "pulls"])
def test_a_preview_composes_the_same(said: dict[str, Any]) -> None:
    """Which resources there are depends on no output."""
    assert run("dev", said, preview=True).urns() == run("dev", said).urns()


@pytest.mark.parametrize("said", [certified(), pulled()], ids=["certificate", "pulls"])
def test_nothing_secret_is_told(said: dict[str, Any]) -> None:
    recording = run("dev", said)
    keys = [record.outputs["privateKeyPemPkcs8"]["value"] for record in recording.all(KEY)]
    assert keys
    assert findings(recording, keys) == []


@pytest.mark.parametrize(("pulls", "asked"), [("shown", 0), ("required", 1)])
def test_pulls_reach_the_monitor_before_the_tiers(pulls: str, asked: int) -> None:
    """So that there is a step in which Cloudflare shows its certificate everywhere, and nobody asks for it yet."""
    recording = run("dev", pulled(pulls))
    assert len(recording.all("aws:lb/trustStore:TrustStore")) == asked
    monitor = recording.one("cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor").inputs
    assert monitor["probeZone"] == "example.com"


@pytest.mark.parametrize("key", ["multicloud:originCertificate", "multicloud:originPrivateKey"])
def test_a_certificate_that_is_given_too_is_refused(key: str) -> None:
    given = changed(**{f"web__{name}__certificate": True for name in ("aws", "gcp", "digitalocean")}, front__origin_certificate={})
    recording = Recording(project="multicloud", stack="dev")
    try:
        with pytest.raises(StackFileError) as caught:
            recording.run(lambda: read_secrets(parse(json.dumps(given))), {key: CONFIGURED[key]}, [key])
    finally:
        recording.close()
    assert str(caught.value) == (
        f"{key}: is given beside front.origin_certificate, which makes a certificate and its key; leave one of the two out"
    )


def test_the_stacks_own_certificate_is_not_needed() -> None:
    run("dev", certified(), secrets={})
