"""Whether what the front makes for tiers with a certificate is for anybody. Pure."""

from collections.abc import Mapping

from multicloud.errors import ArgumentError

from .base import joined
from .front import Front
from .web import AwsTier, Tier


def check_certificate(front: Front, tiers: Mapping[str, Tier]) -> None:
    """Raises ArgumentError at `front.origin_certificate` if no tier would show it, or to visitors, who do not trust it."""
    if front.origin_certificate is None:
        return
    if front.is_open:
        wrong = "is trusted by Cloudflare alone, and dns.proxied is false: visitors come to the tiers by themselves"
        raise ArgumentError("front.origin_certificate", wrong, "give multicloud:originCertificate one that browsers trust")
    _check_somebody_shows_one("origin_certificate", tiers)


def check_pulls(front: Front, tiers: Mapping[str, Tier]) -> None:
    """Raises ArgumentError if a tier would let somebody in without Cloudflare's certificate, or if visitors would have to have it."""
    if front.origin_pulls is None:
        return
    if front.is_open:
        wrong = "is about what Cloudflare shows to tiers, and dns.proxied is false: visitors come to the tiers by themselves"
        raise ArgumentError("front.origin_pulls", wrong, "leave one of the two out")
    if front.shield is not None and front.shield.origin_pulls:
        wrong = "shows the certificate of all zones at Cloudflare, and front.origin_pulls one of this zone alone"
        raise ArgumentError("front.shield.origin_pulls", wrong, "leave it out")
    _check_somebody_shows_one("origin_pulls", tiers)
    for name, tier in tiers.items():
        if front.requires_pulls and isinstance(tier, AwsTier) and tier.certificate_arn is not None:
            wrong = "is given, and front.origin_pulls asks at the tiers that say certificate: true"
            raise ArgumentError(f"{joined('web', name)}.certificate_arn", wrong, "say certificate: true instead, or leave origin_pulls out")


def asked_by_pulls(error: ArgumentError) -> ArgumentError:
    """The error of a tier, in the file's words where it cannot ask Cloudflare for a certificate."""
    if error.path != "certificate.client_ca":
        return error
    mend = error.mend.replace("leave it out", "leave front.origin_pulls out")
    return ArgumentError("certificate", f"is where front.origin_pulls asks for Cloudflare's, and {error.wrong}", mend)


def _check_somebody_shows_one(field: str, tiers: Mapping[str, Tier]) -> None:
    if not any(tier.certificate for tier in tiers.values()):
        wrong = "is for tiers that say certificate: true, and there is none"
        raise ArgumentError(f"front.{field}", wrong, "say certificate: true in every tier, or leave it out")
