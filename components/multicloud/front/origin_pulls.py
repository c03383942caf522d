"""A certificate that Cloudflare shows the origins, so that they can tell it from everybody else: authenticated origin pulls of a zone.

Deliberately left out: certificates of single hostnames, and a public authority, which would let in whoever else it certifies.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from datetime import date
from typing import Optional

import pulumi
import pulumi_cloudflare as cloudflare
import pulumi_tls as tls

from ..arguments import arguments
from ..errors import ArgumentError
from ..naming import check_hostname, fitted
from ..outputs import outputs
from .renewal import RenewedArgs, Turn, day, next_turn

GENERATION_YEARS = 8
"""For how many years an authority signs. It is trusted a year before, so that every origin knows it when the first certificate of it comes,
and a year after, until the last one is gone."""
AUTHORITY_HOURS = 24 * 366 * (1 + GENERATION_YEARS + 2)
"""For how long an authority is valid: that, and for as long as what it signed last."""
COMMON_NAME = 64
"""The most characters of a certificate's common name. Source: RFC 5280, appendix A.1."""


def generation(year: int) -> int:
    """The first year in which the authority signs that signs in a year. It is the year of a turn's first day that counts, so that it signs
    for as long as the turn lasts."""
    return year - year % GENERATION_YEARS


def generations(as_of: date) -> list[int]:
    """Whom origins trust on a day: who signs now, and who has signed until a year ago or will in a year."""
    return sorted({generation(as_of.year + years) for years in (-1, 0, 1)})


@dataclass(kw_only=True, frozen=True)
class OriginPullsArgs(RenewedArgs):
    """The arguments of a zone's origin pulls."""

    zone: str
    """Name of the zone at Cloudflare, which must exist: example.com. All of its proxied names get the certificate."""
    validity_days: Optional[int] = None
    """For how many days a certificate is valid, 30 to 365. Defaults to 365."""

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work."""
        check_hostname(self.zone, "zone")
        if not 30 <= self.effective_validity_days <= 365:
            raise ArgumentError("validity_days", f"{self.validity_days} is outside 30 to 365 days", "leave it out, which is 365")
        super().check()


@dataclass(kw_only=True, frozen=True)
class PullAuthorityResources:
    """Who signs."""

    private_key: tls.PrivateKey
    certificate: tls.SelfSignedCert


@dataclass(kw_only=True, frozen=True)
class PullCertificateResources:
    """What Cloudflare shows."""

    private_key: tls.PrivateKey
    request: tls.CertRequest
    certificate: tls.LocallySignedCert
    upload: cloudflare.AuthenticatedOriginPullsCertificate


@dataclass(kw_only=True, frozen=True)
class OriginPullsResources:
    """The children of `OriginPulls`."""

    authorities: dict[int, PullAuthorityResources]
    """By the first year in which each signs. One, and two around the new year in which another takes over: 2032, 2040 and so on."""
    certificates: dict[str, PullCertificateResources]
    """`first` and `second`."""
    settings: cloudflare.AuthenticatedOriginPullsSettings


class OriginPulls(pulumi.ComponentResource):
    """Lets Cloudflare show all origins of a zone a certificate that nobody else has: neither other customers of Cloudflare's, who share
    that of the shield's `origin_pulls`, nor whoever comes from Cloudflare's addresses by other ways.

    Origins that ask for it, tiers with `certificate.client_ca` of `ca_certificate`, refuse everybody else. Cloudflare shows it where it
    comes by HTTPS, with the shield's `ssl` strict or full, and the front's monitor where `monitor.shows_certificate` says so. Make one
    for a zone: it shows the certificate that came last.

    Two certificates are there at all times, renewed in turn, long before they run out: the first update in a new turn makes a new one,
    and takes the old one away at its end. Cloudflare takes some minutes to spread a certificate, for which it has the other one. So
    somebody has to deploy at least once in the margin. The authority stays for years, and another one is trusted a year before its first
    certificate: renewals change nothing about the origins, but for a second authority in the years before and after 2032, 2040 and so on.

    On a site with visitors, first make this, then, some minutes later, give `client_ca` to the tiers; and the other way round where it
    goes. What is switched on in the zone stays so when this goes, and means nothing without a certificate.

    It needs a token that may edit SSL and Certificates of the zone, and the provider `tls` beside that of Cloudflare. The private keys
    are kept in Pulumi's state, as secrets.
    Sources: https://developers.cloudflare.com/ssl/origin-configuration/authenticated-origin-pull/set-up/zone-level/,
    https://developers.cloudflare.com/ssl/origin-configuration/authenticated-origin-pull/set-up/manage-certificates/
    """

    ca_certificate: pulumi.Output[str]
    """The authorities that origins have to trust, in PEM form: public. Known once Cloudflare has been told to show a certificate."""
    renews_on: pulumi.Output[str]
    """The day from which on an update renews something, like 2027-09-22."""

    def __init__(self, name: str, args: OriginPullsArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:OriginPulls", name, None, opts)
        args = arguments(OriginPullsArgs, args)
        args.check()
        as_of = day(args.as_of)
        planned = args.turns(as_of)

        zone = cloudflare.get_zone_output(filter={"name": args.zone, "match": "all"}, opts=pulumi.InvokeOptions(parent=self))
        zone_id = zone.apply(lambda found: found.zone_id)
        authorities = {year: self._authority(f"{name}-authority-{year}", args.zone, year) for year in generations(as_of)}
        certificates = {
            which: self._certificate(f"{name}-{which}", args, turn, authorities[generation(turn.begins.year)], zone_id)
            for which, turn in planned.items()
        }
        settings = cloudflare.AuthenticatedOriginPullsSettings(
            f"{name}-settings",
            zone_id=zone_id,
            enabled=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[one.upload for one in certificates.values()]),
        )
        self.resources = OriginPullsResources(authorities=authorities, certificates=certificates, settings=settings)

        # Of the settings, so that no origin asks for what Cloudflare does not show yet.
        texts = pulumi.Output.all(settings.id, *(one.certificate.cert_pem for one in authorities.values()))
        self.ca_certificate = texts.apply(lambda known: "".join(f"{text.strip()}\n" for text in known[1:]))
        self.renews_on = pulumi.Output.from_input(next_turn(planned).isoformat())
        self.register_outputs(outputs(self))

    def _authority(self, name: str, zone: str, year: int) -> PullAuthorityResources:
        """Small, since it stands in the user data of machines."""
        key = tls.PrivateKey(f"{name}-key", algorithm="ECDSA", ecdsa_curve="P256", opts=pulumi.ResourceOptions(parent=self))
        certificate = tls.SelfSignedCert(
            name,
            private_key_pem=key.private_key_pem,
            is_ca_certificate=True,
            # Two authorities of different names, so that everybody can tell which one has signed.
            subject={"common_name": f"{fitted(f'origin pulls of {zone}', COMMON_NAME - 5)} {year}"},
            allowed_uses=["cert_signing"],
            validity_period_hours=AUTHORITY_HOURS,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return PullAuthorityResources(private_key=key, certificate=certificate)

    def _certificate(
        self, name: str, args: OriginPullsArgs, turn: Turn, authority: PullAuthorityResources, zone_id: pulumi.Input[str]
    ) -> PullCertificateResources:
        key = tls.PrivateKey(
            f"{name}-key",
            # What Cloudflare's documentation shows; of other kinds it says nothing.
            algorithm="RSA",
            rsa_bits=2048,
            # All else follows from a new key.
            opts=pulumi.ResourceOptions(parent=self, replacement_trigger=turn.number),
        )
        request = tls.CertRequest(
            f"{name}-request",
            private_key_pem=key.private_key_pem,
            subject={"common_name": fitted(f"Cloudflare for {args.zone}", COMMON_NAME)},
            opts=pulumi.ResourceOptions(parent=self),
        )
        certificate = tls.LocallySignedCert(
            f"{name}-certificate",
            cert_request_pem=request.cert_request_pem,
            ca_private_key_pem=authority.private_key.private_key_pem,
            ca_cert_pem=authority.certificate.cert_pem,
            allowed_uses=["digital_signature", "client_auth"],
            validity_period_hours=24 * args.effective_validity_days,
            opts=pulumi.ResourceOptions(parent=self),
        )
        private_key: pulumi.Output[str] = pulumi.Output.secret(key.private_key_pem)
        upload = cloudflare.AuthenticatedOriginPullsCertificate(
            f"{name}-upload",
            zone_id=zone_id,
            certificate=certificate.cert_pem,
            private_key=private_key,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return PullCertificateResources(private_key=key, request=request, certificate=certificate, upload=upload)
