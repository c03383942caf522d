"""What an origin certificate registers, and what it refuses."""

from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare
import pulumi_tls as tls
import pytest

from multicloud.errors import ArgumentError
from multicloud.front.origin_certificate import OriginCertificate, OriginCertificateArgs
from tests.recording import Recording

KEY = "tls:index/privateKey:PrivateKey"
REQUEST = "tls:index/certRequest:CertRequest"
CERTIFICATE = "cloudflare:index/originCaCertificate:OriginCaCertificate"
BOTH = ("first", "second")
NAMES = ["www.example.com", "example.com", "*.example.com"]


def made(recording: Recording, **changes: Any) -> OriginCertificate:
    """A certificate of an ordinary day, with changed arguments."""

    def program() -> OriginCertificate:
        given = {"hostnames": NAMES, "as_of": "2026-11-21", **changes}
        providers = [cloudflare.Provider("cloudflare", api_token="t"), tls.Provider("tls")]
        return OriginCertificate("origin", OriginCertificateArgs(**given), pulumi.ResourceOptions(providers=providers))

    return recording.run(program)


def test_it_is_two_keys_each_with_a_request_and_a_certificate(recording: Recording) -> None:
    made(recording)
    assert {(child.type, child.name, child.provider) for child in recording.children("origin")} == {
        (type_, f"origin-{which}-{part}", provider)
        for which in BOTH
        for type_, part, provider in ((KEY, "key", "tls"), (REQUEST, "request", "tls"), (CERTIFICATE, "certificate", "cloudflare"))
    }
    for which in BOTH:
        key, request = recording.one(KEY, f"origin-{which}-key"), recording.one(REQUEST, f"origin-{which}-request")
        assert key.inputs == {"algorithm": "ECDSA", "ecdsaCurve": "P256"}
        assert request.inputs["privateKeyPem"] == key.outputs["privateKeyPem"]["value"]
        assert recording.one(CERTIFICATE, f"origin-{which}-certificate").inputs["csr"] == request.outputs["certRequestPem"]


def test_the_names_are_sorted_as_cloudflare_gives_them_back(recording: Recording) -> None:
    made(recording)
    for which in BOTH:
        certificate = recording.one(CERTIFICATE, f"origin-{which}-certificate").inputs
        asked = recording.one(REQUEST, f"origin-{which}-request").inputs["dnsNames"]
        assert certificate["hostnames"] == asked == ["*.example.com", "example.com", "www.example.com"]
        assert (certificate["requestType"], certificate["requestedValidity"]) == ("origin-ecc", 365)


def test_only_keys_are_bound_to_their_turns_and_the_rest_follows_from_them(recording: Recording) -> None:
    made(recording)
    bound = [child.name for child in recording.children("origin") if child.replacement_trigger is not None]
    assert bound == ["origin-first-key", "origin-second-key"]


@pytest.mark.parametrize(
    ("as_of", "shown", "renews_on"),
    [
        ("2026-11-09", "second", "2026-11-10"),
        ("2026-11-10", "first", "2027-04-12"),
        ("2027-04-11", "first", "2027-04-12"),
        ("2027-04-12", "second", "2027-09-11"),
        ("2027-09-11", "first", "2028-02-11"),
    ],
)
def test_the_one_is_shown_whose_turn_began_last(recording: Recording, as_of: str, shown: str, renews_on: str) -> None:
    recording.outputs[CERTIFICATE] = lambda record: {"certificate": record.name, "expiresOn": f"the end of {record.name}"}
    recording.outputs[KEY] = lambda record: {"privateKeyPem": "PEM", "privateKeyPemPkcs8": record.name}
    result = made(recording, as_of=as_of)
    given = [recording.value(output) for output in (result.certificate, result.private_key, result.expires_on, result.renews_on)]
    of = f"origin-{shown}-certificate"
    assert given == [of, f"origin-{shown}-key", f"the end of {of}", renews_on]


def test_the_private_key_is_a_secret(recording: Recording) -> None:
    assert recording.is_secret(made(recording).private_key)


@pytest.mark.parametrize(("revoke", "retained"), [(None, False), (True, False), (False, True)])
def test_a_certificate_that_is_not_revoked_is_left_to_run_out(recording: Recording, revoke: bool | None, retained: bool) -> None:
    made(recording, revoke=revoke)
    kept = [child.name for child in recording.children("origin") if child.retain_on_delete]
    assert kept == (["origin-first-certificate", "origin-second-certificate"] if retained else [])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hostnames": []}, "hostnames: has 0 names, not 1 to 200; take a wildcard for many"),
        ({"hostnames": [f"{n}.example.com" for n in range(201)]}, "hostnames: has 201 names, not 1 to 200; take a wildcard for many"),
        ({"hostnames": ["WWW.example.com"]}, "hostnames[0]: 'WWW.example.com' has capital letters; write www.example.com"),
        (
            {"hostnames": ["example.com", "*.*.example.com"]},
            "hostnames[1]: '*.example.com' is not a hostname; write letters, digits and hyphens between dots, like www.example.com",
        ),
        (
            {"hostnames": ["*.com"]},
            "hostnames[0]: 'com' is not a hostname; write letters, digits and hyphens between dots, like www.example.com",
        ),
        (
            {"hostnames": ["192.0.2.1"]},
            "hostnames[0]: 192.0.2.1 is an address; write the name that visitors know: Cloudflare certifies no addresses",
        ),
        ({"hostnames": ["example.com", "example.com"]}, "hostnames[1]: example.com is there already; leave it out"),
        (
            {"validity_days": 100},
            "validity_days: 100 is none of Cloudflare's; take one of 7, 30, 90, 365, 730, 1095, 5475",
        ),
        (
            {"validity_days": 7, "renew_before_days": 7},
            "renew_before_days: 7 is outside 1 to 6 days, of the 7 that a certificate is valid; leave it out, which is 2",
        ),
        (
            {"validity_days": 7, "renew_before_days": 6},
            "renew_before_days: 6 leaves no time between renewals; leave it out",
        ),
        ({"as_of": "tomorrow"}, "as_of: 'tomorrow' is no day; write it as 2026-12-31, or leave it out, which is today"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_made(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        OriginCertificateArgs(**{"hostnames": NAMES, **changes}).check()
    assert str(refused.value) == message
