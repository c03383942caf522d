"""Real keys, requests and certificates, for the stand-ins that make or sign them.

What comes out is what OpenSSL, nginx and a browser read; only the authorities behind it are the sandbox's own.
"""

import ipaddress
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

KEY_USES = {
    "digital_signature": "digital_signature",
    "content_commitment": "content_commitment",
    "key_encipherment": "key_encipherment",
    "data_encipherment": "data_encipherment",
    "key_agreement": "key_agreement",
    "cert_signing": "key_cert_sign",
    "crl_signing": "crl_sign",
    "encipher_only": "encipher_only",
    "decipher_only": "decipher_only",
}
"""What a key may do (RFC 5280, 4.2.1.3), by the TLS provider's names, as `x509.KeyUsage` calls it."""
EXTENDED_USES = {
    "any_extended": "2.5.29.37.0",
    "server_auth": "1.3.6.1.5.5.7.3.1",
    "client_auth": "1.3.6.1.5.5.7.3.2",
    "code_signing": "1.3.6.1.5.5.7.3.3",
    "email_protection": "1.3.6.1.5.5.7.3.4",
    "ipsec_end_system": "1.3.6.1.5.5.7.3.5",
    "ipsec_tunnel": "1.3.6.1.5.5.7.3.6",
    "ipsec_user": "1.3.6.1.5.5.7.3.7",
    "timestamping": "1.3.6.1.5.5.7.3.8",
    "ocsp_signing": "1.3.6.1.5.5.7.3.9",
    "microsoft_server_gated_crypto": "1.3.6.1.4.1.311.10.3.3",
    "netscape_server_gated_crypto": "2.16.840.1.113730.4.1",
    "microsoft_commercial_code_signing": "1.3.6.1.4.1.311.2.1.22",
    "microsoft_kernel_code_signing": "1.3.6.1.4.1.311.61.1.1",
}
"""What a certificate is for (RFC 5280, 4.2.1.12), by the TLS provider's names."""


class Unreadable(ValueError):
    """A text is not what it should be; the message says why and shows nothing of the text."""


# --- reading -------------------------------------------------------------------------------------------------------------


def private_key(pem: str) -> PrivateKey:
    """The private key of a PEM text, in PKCS #1, SEC 1 or PKCS #8 form.

    Raises:
        Unreadable: It is none, is encrypted, or is of another algorithm than RSA, ECDSA and Ed25519.
    """
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Unreadable("it is no private key in PEM form, or an encrypted one") from None
    if not isinstance(key, PrivateKey):
        raise Unreadable("its algorithm is none of RSA, ECDSA and ED25519")
    return key


def request(pem: str) -> x509.CertificateSigningRequest:
    """The certificate signing request of a PEM text, its signature verified.

    Raises:
        Unreadable: It is none, or was not signed by its own key.
    """
    try:
        found = x509.load_pem_x509_csr(pem.encode())
        signed = found.is_signature_valid
    except (ValueError, InvalidSignature, UnsupportedAlgorithm):
        raise Unreadable("it is no certificate signing request in PEM form") from None
    if not signed:
        raise Unreadable("its signature is not its key's")
    return found


def certificate(pem: str) -> x509.Certificate:
    """The one certificate of a PEM text.

    Raises:
        Unreadable: It is none, or several.
    """
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise Unreadable("it is no certificate in PEM form") from None
    if len(found) != 1:
        raise Unreadable(f"it holds {len(found)} certificates, not one")
    return found[0]


def leaf(pem: str) -> x509.Certificate:
    """The first certificate of a PEM text; those that lead to its authority may follow.

    Raises:
        Unreadable: There is none.
    """
    try:
        return x509.load_pem_x509_certificates(pem.encode())[0]
    except ValueError:
        raise Unreadable("it is no certificate in PEM form") from None


def algorithm(key: PrivateKey | PublicKey) -> str:
    """A key's algorithm as the TLS provider calls it."""
    if isinstance(key, rsa.RSAPrivateKey | rsa.RSAPublicKey):
        return "RSA"
    return "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) else "ED25519"


def public_key(holder: x509.CertificateSigningRequest | x509.Certificate) -> PublicKey:
    """The key of a request or a certificate.

    Raises:
        Unreadable: It is of another algorithm than RSA, ECDSA and Ed25519.
    """
    try:
        key = holder.public_key()
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, PublicKey):
        raise Unreadable("its key's algorithm is none of RSA, ECDSA and ED25519")
    return key


def is_authority(found: x509.Certificate) -> bool:
    """Whether a certificate may sign others."""
    try:
        return bool(found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def belongs(key: PrivateKey, found: x509.Certificate) -> bool:
    """Whether a private key is that of a certificate."""
    return key.public_key() == found.public_key()


def key_identifier(found: x509.Certificate) -> bytes | None:
    """A certificate's subject key identifier, if it has one."""
    try:
        return found.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except x509.ExtensionNotFound:
        return None


# --- making --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Names:
    """Whom a request or a certificate is for."""

    subject: x509.Name = field(default_factory=lambda: x509.Name([]))
    hosts: Sequence[str] = ()
    """DNS names, `*.` in front of some."""
    addresses: Sequence[str] = ()
    uris: Sequence[str] = ()

    def alternatives(self) -> x509.SubjectAlternativeName | None:
        """The extension that holds all but the subject.

        Raises:
            Unreadable: A name cannot stand in a certificate.
        """
        try:
            found = [
                *(x509.DNSName(_ascii(host)) for host in self.hosts),
                *(x509.IPAddress(ipaddress.ip_address(address)) for address in self.addresses),
                *(x509.UniformResourceIdentifier(_ascii(uri)) for uri in self.uris),
            ]
        except ValueError as problem:
            raise Unreadable(str(problem)) from None
        return x509.SubjectAlternativeName(found) if found else None


def _ascii(name: str) -> str:
    if not re.fullmatch(r"[!-~]+", name):
        raise ValueError(f"{name!r} has characters that a certificate cannot hold; write it in punycode")
    return name


def names_of(found: x509.CertificateSigningRequest) -> Names:
    """Whom a request asks a certificate for."""
    try:
        asked = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return Names(subject=found.subject)
    return Names(
        subject=found.subject,
        hosts=asked.get_values_for_type(x509.DNSName),
        addresses=[str(address) for address in asked.get_values_for_type(x509.IPAddress)],
        uris=asked.get_values_for_type(x509.UniformResourceIdentifier),
    )


def sign_request(key: PrivateKey, names: Names) -> str:
    """A certificate signing request as PEM.

    Raises:
        Unreadable: A name cannot stand in a certificate.
    """
    builder = x509.CertificateSigningRequestBuilder().subject_name(names.subject)
    if (others := names.alternatives()) is not None:
        builder = builder.add_extension(others, critical=not list(names.subject))
    return builder.sign(key, _hash(key)).public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Who signs a certificate."""

    subject: x509.Name
    key: PrivateKey
    identifier: bytes | None = None
    """The authority key identifier that its certificates bear."""


def issue(
    authority: Authority,
    key: PublicKey,
    names: Names,
    *,
    serial: int,
    start: datetime,
    end: datetime,
    uses: Collection[str] = (),
    is_ca: bool = False,
    identified: bool = False,
) -> str:
    """A signed certificate as PEM.

    Args:
        authority: Who signs.
        key: Whose certificate it is.
        names: Whom it is for.
        serial: Its serial number, above zero.
        start: From when it is valid; the second counts.
        end: Until when.
        uses: Keys of `KEY_USES` and `EXTENDED_USES`.
        is_ca: Whether it may sign others.
        identified: Whether it bears its key's identifier; one that may sign always does.

    Raises:
        Unreadable: A name cannot stand in a certificate.
    """
    try:
        builder = (
            x509.CertificateBuilder()
            .subject_name(names.subject)
            .issuer_name(authority.subject)
            .public_key(key)
            .serial_number(serial)
            .not_valid_before(start)
            .not_valid_after(end)
        )
    except ValueError as problem:
        raise Unreadable(str(problem)) from None
    if allowed := {KEY_USES[use] for use in uses if use in KEY_USES}:
        # Only with key agreement do the last two mean anything, and may they be said.
        flags = {name: name in allowed for name in KEY_USES.values()}
        if not flags["key_agreement"]:
            flags["encipher_only"] = flags["decipher_only"] = False
        builder = builder.add_extension(x509.KeyUsage(**flags), critical=True)
    if extended := [x509.ObjectIdentifier(EXTENDED_USES[use]) for use in uses if use in EXTENDED_USES]:
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    if is_ca or identified:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    if authority.identifier is not None:
        builder = builder.add_extension(x509.AuthorityKeyIdentifier(authority.identifier, None, None), critical=False)
    if (others := names.alternatives()) is not None:
        builder = builder.add_extension(others, critical=not list(names.subject))
    return builder.sign(authority.key, _hash(authority.key)).public_bytes(serialization.Encoding.PEM).decode()


def _hash(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    """The digest that goes with a key: Ed25519 has its own, and a longer curve a longer one."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.key_size > 256:
        return hashes.SHA384() if key.curve.key_size <= 384 else hashes.SHA512()
    return hashes.SHA256()
