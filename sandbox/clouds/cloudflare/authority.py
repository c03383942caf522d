"""The authority that signs origin certificates, like Cloudflare's own: trusted where the edge checks an origin, by nobody else.

Its key follows from a word that everybody knows, so that it is the same in every sandbox and needs no place to be kept: an edge of the
drill can check what an origin shows. Nothing outside a sandbox may ever trust it.
Source: https://developers.cloudflare.com/ssl/origin-configuration/origin-ca/
"""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .. import pki

_BACKDATED = timedelta(minutes=5)
"""A clock may be slow."""


def _name(**parts: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(getattr(NameOID, kind), text) for kind, text in parts.items()])


_ISSUER = _name(ORGANIZATION_NAME="Sandbox", ORGANIZATIONAL_UNIT_NAME="Origin CA of the sandbox, trusted by nobody")
_HOLDER = _name(ORGANIZATION_NAME="Sandbox", ORGANIZATIONAL_UNIT_NAME="Origin CA", COMMON_NAME="Origin Certificate")
"""Whatever a request says, every certificate has the one subject, as with Cloudflare."""


@cache
def _key() -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(hashlib.sha256(b"the origin authority of the sandbox").digest())
    return ec.derive_private_key(number % (2**255), ec.SECP256R1())


def _identifier() -> bytes:
    return x509.SubjectKeyIdentifier.from_public_key(_key().public_key()).digest


@cache
def root() -> str:
    """The authority's own certificate as PEM: what an edge that checks origins has to trust."""
    authority = pki.Authority(subject=_ISSUER, key=_key())
    return pki.issue(
        authority,
        _key().public_key(),
        pki.Names(subject=_ISSUER),
        serial=1,
        start=datetime(2020, 1, 1, tzinfo=UTC),
        end=datetime(2099, 1, 1, tzinfo=UTC),
        uses=("cert_signing", "crl_signing"),
        is_ca=True,
    )


def sign(csr: str, hostnames: list[str], serial: int, now: datetime, days: int) -> tuple[str, datetime]:
    """A certificate for the key of a request, and when it runs out.

    Args:
        csr: The request as PEM. Only its key counts.
        hostnames: Whom it is for.
        serial: Its number.
        now: The time. It is valid since the full minute some minutes ago, as with Cloudflare.
        days: For how long.

    Raises:
        Unreadable: The request is none, or a hostname cannot stand in a certificate.
    """
    start = (now - _BACKDATED).replace(second=0, microsecond=0)
    end = start + timedelta(days=days)
    signed = pki.issue(
        pki.Authority(subject=_ISSUER, key=_key(), identifier=_identifier()),
        pki.public_key(pki.request(csr)),
        pki.Names(subject=_HOLDER, hosts=hostnames),
        serial=serial,
        start=start,
        end=end,
        uses=("digital_signature", "key_encipherment", "client_auth", "server_auth"),
        identified=True,
    )
    return signed, end
