"""A certificate of Cloudflare's own authority for the origins, renewed long before it runs out.

Deliberately left out: certificates that browsers trust, which origins behind Cloudflare do not need; keys of RSA.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_cloudflare as cloudflare
import pulumi_tls as tls

from ..arguments import arguments
from ..errors import ArgumentError
from ..naming import check_hostname
from ..outputs import outputs
from .renewal import RenewedArgs, Turn, day, newest, next_turn

VALIDITIES = (7, 30, 90, 365, 730, 1095, 5475)
"""The days that Cloudflare makes certificates for.

Source: https://developers.cloudflare.com/api/resources/origin_ca_certificates/methods/create/
"""
MOST_HOSTNAMES = 200
"""Source: https://developers.cloudflare.com/ssl/origin-configuration/origin-ca/#hostname-and-wildcard-coverage"""


@dataclass(kw_only=True, frozen=True)
class OriginCertificateArgs(RenewedArgs):
    """The arguments of an origin certificate."""

    hostnames: list[str]
    """The names that visitors know, as Cloudflare asks the origins for them, 200 at most: `www.example.com`, or with `*.` in front for
    all names one level below. All of them in zones of one account. With `example.com` and `*.example.com`, a new alias needs no new
    certificate."""
    validity_days: Optional[int] = None
    """For how many days it is valid: 7, 30, 90, 365, 730, 1095 or 5475. Defaults to 365."""
    revoke: Optional[bool] = None
    """Whether a certificate that is replaced or destroyed is revoked, at the end of the update. Defaults to true. A renewal revokes what
    has been out of use for half a period. But other `hostnames`, `validity_days` or `renew_before_days` replace both certificates at
    once, and load balancers show the old one for some minutes more, machines that are replaced in the background for longer: Cloudflare
    refuses a revoked one, so that visitors get an error 526. On a site with visitors say false in an update before such a change, and
    true in one some time after it; where machines show the certificate, say false for good. What is not revoked is valid until it runs
    out; its private key is gone all the same."""

    def check(self) -> None:
        """Raises ArgumentError if Cloudflare would refuse the certificate, or if it could not be renewed in time."""
        if not 1 <= len(self.hostnames) <= MOST_HOSTNAMES:
            raise ArgumentError("hostnames", f"has {len(self.hostnames)} names, not 1 to {MOST_HOSTNAMES}", "take a wildcard for many")
        for index, name in enumerate(self.hostnames):
            path = f"hostnames[{index}]"
            check_hostname(name.removeprefix("*."), path)
            if re.fullmatch(r"[\d.]+", name):
                raise ArgumentError(path, f"{name} is an address", "write the name that visitors know: Cloudflare certifies no addresses")
            if name in self.hostnames[:index]:
                raise ArgumentError(path, f"{name} is there already", "leave it out")
        if self.effective_validity_days not in VALIDITIES:
            known = ", ".join(map(str, VALIDITIES))
            raise ArgumentError("validity_days", f"{self.validity_days} is none of Cloudflare's", f"take one of {known}")
        super().check()


@dataclass(kw_only=True, frozen=True)
class OwnCertificateResources:
    """One of the two."""

    private_key: tls.PrivateKey
    request: tls.CertRequest
    certificate: cloudflare.OriginCaCertificate


@dataclass(kw_only=True, frozen=True)
class OriginCertificateResources:
    """The children of an `OriginCertificate`."""

    certificates: dict[str, OwnCertificateResources]
    """`first` and `second`."""


class OriginCertificate(pulumi.ComponentResource):
    """A certificate, and its private key, with which origins answer Cloudflare by HTTPS. Cloudflare trusts it where the shield's `ssl` is
    strict; nobody else does.

    Two certificates are there at all times, renewed in turn, half a period apart, a period being the validity less the margin; the
    outputs give the newer one. The first update in a new turn makes a new certificate, gives it to whatever uses the outputs, and takes
    away, at its end, the one that has been out of use for half a period. The one that was shown until then stays, and stays valid, for
    load balancers and machines that go on with it: those of AWS and Google Cloud do for minutes after they were told. Within a turn
    nothing changes.

    What is shown has at least half a period more than the margin left on the day that the next one is due: with the defaults 212 of 365
    days, after 152 or 153. Let there be an update at least every half period: then it always has more than the margin left. After a
    longer pause both are made anew at once, and the one that was shown is revoked at the end of that update. A preview every night shows
    what is due. Turns begin on the same days for everybody, so that the first certificates of all may be renewed soon.

    It needs a token that may edit SSL and Certificates of the names' zones, and the provider `tls` beside that of Cloudflare. The private
    keys are kept in Pulumi's state, as secrets.
    Source: https://developers.cloudflare.com/ssl/origin-configuration/origin-ca/
    """

    certificate: pulumi.Output[str]
    """The certificate in PEM form. It needs no chain."""
    private_key: pulumi.Output[str]
    """Its private key, in PEM form (PKCS #8), a secret: ECDSA on the curve P-256.
    Sources: https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html,
    https://cloud.google.com/load-balancing/docs/ssl-certificates"""
    expires_on: pulumi.Output[str]
    """When the one that is shown runs out, as Cloudflare writes it: 2027-11-21 13:08:00 +0000 UTC."""
    renews_on: pulumi.Output[str]
    """The day from which on an update makes another one to show, like 2027-04-12."""

    def __init__(self, name: str, args: OriginCertificateArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:OriginCertificate", name, None, opts)
        args = arguments(OriginCertificateArgs, args)
        args.check()
        planned = args.turns(day(args.as_of))
        certificates = {which: self._certificate(f"{name}-{which}", args, turn) for which, turn in planned.items()}
        self.resources = OriginCertificateResources(certificates=certificates)

        shown = certificates[newest(planned)]
        self.certificate = shown.certificate.certificate
        self.private_key = pulumi.Output.secret(shown.private_key.private_key_pem_pkcs8)
        self.expires_on = shown.certificate.expires_on
        self.renews_on = pulumi.Output.from_input(next_turn(planned).isoformat())
        self.register_outputs(outputs(self))

    def _certificate(self, name: str, args: OriginCertificateArgs, turn: Turn) -> OwnCertificateResources:
        # Cloudflare gives names back in this order, and any other would be a change at each refresh.
        hostnames = sorted(args.hostnames)
        key = tls.PrivateKey(
            f"{name}-key",
            algorithm="ECDSA",
            ecdsa_curve="P256",
            # All else follows from a new key. It belongs to the old one's name, so that names do not depend on the date.
            opts=pulumi.ResourceOptions(parent=self, replacement_trigger=turn.number),
        )
        request = tls.CertRequest(
            f"{name}-request", private_key_pem=key.private_key_pem, dns_names=hostnames, opts=pulumi.ResourceOptions(parent=self)
        )
        certificate = cloudflare.OriginCaCertificate(
            f"{name}-certificate",
            csr=request.cert_request_pem,
            hostnames=hostnames,
            request_type="origin-ecc",
            requested_validity=args.effective_validity_days,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True if args.revoke is False else None),
        )
        return OwnCertificateResources(private_key=key, request=request, certificate=certificate)
