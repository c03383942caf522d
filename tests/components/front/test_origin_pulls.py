"""What a zone's origin pulls register, when what is renewed, and that origins never meet a certificate that they do not trust."""

from datetime import date, timedelta
from typing import Any

import pulumi
import pulumi_cloudflare as cloudflare
import pulumi_tls as tls
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.front.origin_pulls import AUTHORITY_HOURS, OriginPulls, OriginPullsArgs, generation, generations
from multicloud.front.renewal import Turn, default_margin, turns
from tests.recording import Recording

KEY = "tls:index/privateKey:PrivateKey"
REQUEST = "tls:index/certRequest:CertRequest"
AUTHORITY = "tls:index/selfSignedCert:SelfSignedCert"
SIGNED = "tls:index/locallySignedCert:LocallySignedCert"
UPLOAD = "cloudflare:index/authenticatedOriginPullsCertificate:AuthenticatedOriginPullsCertificate"
SETTINGS = "cloudflare:index/authenticatedOriginPullsSettings:AuthenticatedOriginPullsSettings"
TODAY = "2026-11-21"


def made(recording: Recording, **changes: Any) -> OriginPulls:
    """Those of an ordinary day, with changed arguments."""

    def program() -> OriginPulls:
        providers = [cloudflare.Provider("cloudflare", api_token="t"), tls.Provider("tls")]
        arguments = OriginPullsArgs(**{"zone": "example.com", "as_of": TODAY, **changes})
        return OriginPulls("pulls", arguments, pulumi.ResourceOptions(providers=providers))

    return recording.run(program)


@pytest.fixture
def signed(recording: Recording) -> Recording:
    """Certificates that say who they are."""
    recording.outputs[AUTHORITY] = lambda record: {"certPem": f"{record.name}\n"}
    recording.outputs[SIGNED] = lambda record: {"certPem": f"{record.name}\n"}
    recording.outputs[KEY] = lambda record: {"privateKeyPem": f"key of {record.name}"}
    return recording


def test_it_is_an_authority_and_two_certificates_that_cloudflare_shows(recording: Recording) -> None:
    made(recording)
    assert {(child.type, child.name, child.provider) for child in recording.children("pulls")} == {
        (KEY, "pulls-authority-2024-key", "tls"),
        (AUTHORITY, "pulls-authority-2024", "tls"),
        (SETTINGS, "pulls-settings", "cloudflare"),
        *(
            (type_, f"pulls-{turn}-{part}", provider)
            for turn in ("first", "second")
            for type_, part, provider in (
                (KEY, "key", "tls"),
                (REQUEST, "request", "tls"),
                (SIGNED, "certificate", "tls"),
                (UPLOAD, "upload", "cloudflare"),
            )
        ),
    }


def test_the_authority_signs_certificates_and_they_show_who_comes(signed: Recording) -> None:
    made(signed)
    authority = signed.one(AUTHORITY).inputs
    assert authority["isCaCertificate"] is True and authority["allowedUses"] == ["cert_signing"]
    assert authority["subject"] == {"commonName": "origin pulls of example.com 2024"}
    for turn in ("first", "second"):
        own = signed.one(SIGNED, f"pulls-{turn}-certificate").inputs
        assert own["caPrivateKeyPem"] == "key of pulls-authority-2024-key" and own["caCertPem"] == "pulls-authority-2024\n"
        assert own["allowedUses"] == ["digital_signature", "client_auth"] and own["validityPeriodHours"] == 365 * 24
        upload = signed.one(UPLOAD, f"pulls-{turn}-upload").inputs
        assert (upload["certificate"], upload["privateKey"]) == (f"pulls-{turn}-certificate\n", f"key of pulls-{turn}-key")
        assert "privateKey" in signed.one(UPLOAD, f"pulls-{turn}-upload").secrets


def test_origins_learn_whom_to_trust_when_cloudflare_shows_it(signed: Recording) -> None:
    pulls = made(signed)
    assert signed.value(pulls.ca_certificate) == "pulls-authority-2024\n"
    assert not signed.is_secret(pulls.ca_certificate)
    settings = signed.one(SETTINGS)
    assert settings.inputs["enabled"] is True
    assert {record.urn for record in signed.all(UPLOAD)} <= settings.depends_on


def test_around_a_change_of_the_authority_origins_trust_both(signed: Recording) -> None:
    pulls = made(signed, as_of="2031-01-01")
    assert signed.value(pulls.ca_certificate) == "pulls-authority-2024\npulls-authority-2032\n"
    assert {signed.one(SIGNED, f"pulls-{turn}-certificate").inputs["caCertPem"] for turn in ("first", "second")} == {
        "pulls-authority-2024\n"
    }


def test_only_keys_are_bound_to_their_turns_and_the_rest_follows(recording: Recording) -> None:
    pulls = made(recording)
    bound = {child.name for child in recording.children("pulls") if child.replacement_trigger is not None}
    assert bound == {"pulls-first-key", "pulls-second-key"}
    assert TODAY < (recording.value(pulls.renews_on) or "") < "2027-11-21"


def test_a_long_zone_still_fits_a_certificate(recording: Recording) -> None:
    made(recording, zone="a-very-long-name-of-a-zone-that-somebody-has-taken.and-a-label-below-it.example.com")
    for type_ in (AUTHORITY, REQUEST):
        for record in recording.all(type_):
            assert len(record.inputs["subject"]["commonName"]) <= 64


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"zone": "EXAMPLE.com"}, "zone: 'EXAMPLE.com' has capital letters; write example.com"),
        ({"validity_days": 7}, "validity_days: 7 is outside 30 to 365 days; leave it out, which is 365"),
        ({"validity_days": 730}, "validity_days: 730 is outside 30 to 365 days; leave it out, which is 365"),
        (
            {"validity_days": 30, "renew_before_days": 30},
            "renew_before_days: 30 is outside 1 to 29 days, of the 30 that a certificate is valid; leave it out, which is 10",
        ),
        ({"renew_before_days": 364}, "renew_before_days: 364 leaves no time between renewals; leave it out"),
        ({"as_of": "tomorrow"}, "as_of: 'tomorrow' is no day; write it as 2026-12-31, or leave it out, which is today"),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_made(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        OriginPullsArgs(**{"zone": "example.com", **changes}).check()
    assert str(refused.value) == message


DAYS = st.dates(date(2024, 1, 1), date(2060, 1, 1))


@st.composite
def validities(draw: st.DrawFn) -> tuple[int, int]:
    """A validity, and a margin that leaves some time."""
    validity = draw(st.integers(30, 365))
    return validity, draw(st.one_of(st.just(default_margin(validity)), st.integers(1, validity - 2)))


def signs(turn: Turn) -> int:
    """The authority of a turn's certificate."""
    return generation(turn.begins.year)


@given(DAYS, validities())
def test_who_signs_stays_while_a_certificate_does(day: date, when: tuple[int, int]) -> None:
    """Another authority would make both certificates anew at once."""
    for name, turn in turns(day, *when).items():
        last = turns(turn.ends - timedelta(days=1), *when)[name]
        assert (last.number, signs(last)) == (turn.number, signs(turn))


@given(DAYS, validities())
def test_origins_trust_whoever_signs_before_he_does_and_after(day: date, when: tuple[int, int]) -> None:
    """Whoever has deployed in the year before trusts what Cloudflare shows then, and nothing that it still shows is dropped."""
    for turn in turns(day, *when).values():
        assert signs(turn) in generations(day)
    for earlier in (day - timedelta(days=ago) for ago in (1, 30, 300)):
        # What Cloudflare may still show of an earlier deployment, while its turn lasts.
        for turn in turns(earlier, *when).values():
            assert day > turn.ends or signs(turn) in generations(day)
        # What an earlier deployment has told the origins to trust.
        for turn in turns(day, *when).values():
            assert signs(turn) in generations(earlier)


@given(st.integers(2024, 2060), validities())
def test_an_authority_outlives_what_it_signs(year: int, when: tuple[int, int]) -> None:
    """However early it was made, and however late it signs."""
    earliest = date(generation(year) - 1, 1, 1)
    last_day = date(generation(year) + 7, 12, 31)
    signs_until = max(turn.ends for turn in turns(last_day, *when).values())
    assert earliest + timedelta(hours=AUTHORITY_HOURS) > signs_until + timedelta(days=when[0])
