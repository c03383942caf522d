"""The types of the TLS provider.

Source: https://www.pulumi.com/registry/packages/tls/api-docs/ and https://github.com/hashicorp/terraform-provider-tls
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from ...rules import Limit, Making, Refused, Type, Values
from .. import pki

CURVES: dict[str, type[ec.EllipticCurve]] = {"P224": ec.SECP224R1, "P256": ec.SECP256R1, "P384": ec.SECP384R1, "P521": ec.SECP521R1}
USES = (*pki.KEY_USES, *pki.EXTENDED_USES)
_SUBJECT = {
    "country": NameOID.COUNTRY_NAME,
    "organization": NameOID.ORGANIZATION_NAME,
    "organizationalUnit": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "locality": NameOID.LOCALITY_NAME,
    "province": NameOID.STATE_OR_PROVINCE_NAME,
    "streetAddresses": NameOID.STREET_ADDRESS,
    "postalCode": NameOID.POSTAL_CODE,
    "commonName": NameOID.COMMON_NAME,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "emailAddress": NameOID.EMAIL_ADDRESS,
}
"""The parts of a subject, in the order in which they stand in it."""


def checksum(making: Making) -> str:
    """An id like the real one's, which is a SHA-1 of what is made."""
    return secrets.token_hex(20)


def _serial(making: Making) -> str:
    return str(secrets.randbits(127) + 1)


@contextmanager
def _read(what: str, property: str) -> Iterator[None]:
    try:
        yield
    except pki.Unreadable as problem:
        raise Refused(f"failed to parse {what}: {problem}", property=property, by="provider") from None


def _make(name: str, inputs: tuple[str, ...], outputs: Callable[[Making], Values], **rules: Any) -> Type:
    """A type whose results stay until a change of one of the inputs replaces it."""
    return Type(
        token=f"tls:index/{name[0].lower()}{name[1:]}:{name}",
        replaces=frozenset(inputs),
        outputs=lambda making: {} if making.old else outputs(making),
        **rules,
    )


# --- keys ----------------------------------------------------------------------------------------------------------------


def _new_key(making: Making) -> pki.PrivateKey:
    match making.get("algorithm"):
        case "RSA":
            return rsa.generate_private_key(65537, making.get("rsaBits", 2048))
        case "ECDSA":
            return ec.generate_private_key(CURVES[making.get("ecdsaCurve", "P224")]())
    return ed25519.Ed25519PrivateKey.generate()


def _key_outputs(making: Making) -> Values:
    key = _new_key(making)
    public = key.public_key()
    classic = isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    return {
        "privateKeyPem": _private(key, serialization.PrivateFormat.TraditionalOpenSSL if classic else serialization.PrivateFormat.PKCS8),
        "privateKeyPemPkcs8": _private(key, serialization.PrivateFormat.PKCS8),
        "publicKeyPem": public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode(),
        **_openssh(key),
    }


def _private(key: pki.PrivateKey, form: serialization.PrivateFormat) -> str:
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def _openssh(key: pki.PrivateKey) -> Values:
    """OpenSSH's forms of a key; they are empty for P224, which OpenSSH does not have."""
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP224R1):
        return dict.fromkeys(("privateKeyOpenssh", "publicKeyOpenssh", "publicKeyFingerprintMd5", "publicKeyFingerprintSha256"), "")
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()
    blob = base64.b64decode(public.split()[1])
    return {
        "privateKeyOpenssh": _private(key, serialization.PrivateFormat.OpenSSH),
        "publicKeyOpenssh": public + "\n",
        "publicKeyFingerprintMd5": hashlib.md5(blob, usedforsecurity=False).digest().hex(":"),
        "publicKeyFingerprintSha256": "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("="),
    }


# --- requests and certificates -------------------------------------------------------------------------------------------


def _names(making: Making) -> pki.Names:
    """Whom the inputs name."""
    given = making.get("subject", {})
    parts = []
    try:
        for name, kind in _SUBJECT.items():
            value = given.get(name)
            for text in value if isinstance(value, list) else [value] if value else []:
                parts.append(x509.NameAttribute(kind, str(text)))
    except ValueError as problem:
        raise Refused(str(problem), property="subject", by="provider") from None
    return pki.Names(
        subject=x509.Name(parts),
        hosts=making.get("dnsNames", []),
        addresses=making.get("ipAddresses", []),
        uris=making.get("uris", []),
    )


def _own_key(making: Making) -> pki.PrivateKey:
    with _read("private key PEM", "privateKeyPem"):
        return pki.private_key(making.get("privateKeyPem", ""))


def _request_outputs(making: Making) -> Values:
    key = _own_key(making)
    with _read("the names", "dnsNames"):
        return {"certRequestPem": pki.sign_request(key, _names(making)), "keyAlgorithm": pki.algorithm(key)}


def _self_signed_outputs(making: Making) -> Values:
    key, names = _own_key(making), _names(making)
    identifier = None
    if making.get("setAuthorityKeyId"):
        if not (making.get("setSubjectKeyId") or making.get("isCaCertificate")):
            raise Refused(
                "Invalid Certificate Authority: Could not determine Authority Key Identifier", property="setAuthorityKeyId", by="provider"
            )
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest
    signed = _issued(making, pki.Authority(subject=names.subject, key=key, identifier=identifier), key.public_key(), names)
    return {**signed, "keyAlgorithm": pki.algorithm(key)}


def _locally_signed_outputs(making: Making) -> Values:
    with _read("certificate request PEM", "certRequestPem"):
        asked = pki.request(making.get("certRequestPem", ""))
        public = pki.public_key(asked)
    with _read("CA private key PEM", "caPrivateKeyPem"):
        key = pki.private_key(making.get("caPrivateKeyPem", ""))
    with _read("CA certificate PEM", "caCertPem"):
        signer = pki.certificate(making.get("caCertPem", ""))
    if not pki.belongs(key, signer):
        raise Refused(
            "failed to create certificate: x509: provided PrivateKey doesn't match parent's PublicKey",
            property="caPrivateKeyPem",
            by="provider",
        )
    authority = pki.Authority(subject=signer.subject, key=key, identifier=pki.key_identifier(signer))
    return {**_issued(making, authority, public, pki.names_of(asked)), "caKeyAlgorithm": pki.algorithm(key)}


def _issued(making: Making, authority: pki.Authority, key: pki.PublicKey, names: pki.Names) -> Values:
    """The outputs that both kinds of certificates have. An authority needs a name (RFC 5280, 4.1.2.6)."""
    is_ca = bool(making.get("isCaCertificate"))
    if is_ca and not list(names.subject):
        raise Refused(
            "Invalid Certificate Subject: Must contain at least one Distinguished Name when creating Certificate Authority (CA)",
            property="subject",
            by="provider",
        )
    start = making.now
    end = start + timedelta(hours=making.get("validityPeriodHours", 0))
    with _read("the names", "dnsNames"):
        certificate = pki.issue(
            authority,
            key,
            names,
            serial=int(making.id),
            start=start,
            end=end,
            uses=making.get("allowedUses", []),
            is_ca=is_ca,
            identified=bool(making.get("setSubjectKeyId")),
        )
    return {
        "certPem": certificate,
        "readyForRenewal": False,
        "validityStartTime": start.isoformat().replace("+00:00", "Z"),
        "validityEndTime": end.isoformat().replace("+00:00", "Z"),
    }


_NAMES = ("dnsNames", "ipAddresses", "subject", "uris")
_HOURS = Limit(minimum=0)
_CERTIFICATE: dict[str, Any] = {
    "id": _serial,
    "limits": {"validityPeriodHours": _HOURS, "earlyRenewalHours": _HOURS},
    "enums": {"allowedUses": USES},
}

TYPES = (
    _make(
        "PrivateKey",
        ("algorithm", "ecdsaCurve", "rsaBits"),
        _key_outputs,
        enums={"algorithm": ("RSA", "ECDSA", "ED25519"), "ecdsaCurve": tuple(CURVES)},
        limits={"rsaBits": Limit(minimum=1024)},
        defaults={"ecdsaCurve": "P224", "rsaBits": 2048},
    ),
    _make("CertRequest", ("privateKeyPem", *_NAMES), _request_outputs),
    _make(
        "SelfSignedCert",
        ("allowedUses", "isCaCertificate", "privateKeyPem", "setAuthorityKeyId", "setSubjectKeyId", "validityPeriodHours", *_NAMES),
        _self_signed_outputs,
        defaults={
            "earlyRenewalHours": 0,
            "isCaCertificate": False,
            "setAuthorityKeyId": False,
            "setSubjectKeyId": False,
        },
        **_CERTIFICATE,
    ),
    _make(
        "LocallySignedCert",
        ("allowedUses", "caCertPem", "caPrivateKeyPem", "certRequestPem", "isCaCertificate", "setSubjectKeyId", "validityPeriodHours"),
        _locally_signed_outputs,
        defaults={"earlyRenewalHours": 0, "isCaCertificate": False, "setSubjectKeyId": False},
        **_CERTIFICATE,
    ),
)
