"""Certificates at the edge and at the origin, and pulls that the origin can tell from others.

Source: https://developers.cloudflare.com/ssl/
"""

import ipaddress
import secrets

from ...rules import Limit, Making, Refused, Values
from .. import pki
from . import authority
from .common import hex_id, in_zone, is_hostname, known, known_items, make, moment, once_in_zone, setting, zones

AUTHORITIES = ("google", "lets_encrypt", "ssl_com")
VALIDITIES = (7, 30, 90, 365, 730, 1095, 5475)
"""Days that an origin certificate may be valid."""
HOSTNAMES = 200
"""How many an origin certificate may have. Source: https://developers.cloudflare.com/ssl/origin-configuration/origin-ca/"""


def _csr(making: Making) -> None:
    csr = making.get("csr")
    if csr is not None:
        try:
            pki.public_key(pki.request(csr))
        except pki.Unreadable as problem:
            raise Refused(f"failed to parse the certificate signing request: {problem} (1003)", property="csr") from None
    if making.get("hostnames") == []:
        raise Refused("at least one hostname is needed (1010)", property="hostnames")


def _certifiable(making: Making) -> None:
    """Names alone, with a wildcard for one level at their beginning."""
    names = [str(name) for name in known(making.get("hostnames", []))]
    if len(names) > HOSTNAMES:
        raise Refused(f"at most {HOSTNAMES} hostnames may be given, got {len(names)} (1010)", property="hostnames")
    for name in names:
        bare = name.removeprefix("*.")
        if "*" in bare or _is_address(bare) or not is_hostname(bare):
            wrong = "it is neither a hostname nor a wildcard for one level below one"
            raise Refused(f"failed to validate requested hostname {name}: {wrong} (1010)", property="hostnames")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _hostnames(making: Making) -> None:
    names = [found.name for found in zones(making.world)]
    for hostname in known(making.get("hostnames", [])):
        bare = str(hostname).removeprefix("*.")
        if not any(bare == name or bare.endswith(f".{name}") for name in names):
            raise Refused(
                f"failed to validate requested hostname {hostname}: this zone is not part of your account (1010)", property="hostnames"
            )


def _certificate(making: Making) -> Values:
    """Whatever the request's type, the authority of the sandbox signs with the same key, an ECDSA one."""
    if making.old:
        return {}
    hostnames = sorted(making.get("hostnames", []))
    signed, end = authority.sign(making.get("csr"), hostnames, int(making.id), making.now, making.get("requestedValidity", 5475))
    # In this order, and so written, they come back from Cloudflare.
    return {"certificate": signed, "expiresOn": f"{end:%Y-%m-%d %H:%M:%S} +0000 UTC", "hostnames": hostnames}


origin_certificate = make(
    "originCaCertificate",
    id=lambda making: str(secrets.randbits(158) + 1),
    replaces={"csr", "hostnames", "requestType", "requestedValidity"},
    enums={"requestType": ("origin-rsa", "origin-ecc", "keyless-certificate"), "requestedValidity": VALIDITIES},
    defaults={"requestedValidity": 5475},
    outputs=_certificate,
    checks=(_csr, _certifiable),
    before_create=(_hostnames,),
)


def _pem(making: Making) -> None:
    certificate, key = making.get("certificate"), making.get("privateKey")
    try:
        found = None if certificate is None else pki.leaf(certificate)
    except pki.Unreadable as problem:
        raise Refused(f"the certificate cannot be read: {problem} (1406)", property="certificate") from None
    try:
        own = None if key is None else pki.private_key(key)
    except pki.Unreadable as problem:
        raise Refused(f"the private key cannot be read: {problem} (1407)", property="privateKey") from None
    if found and own and not pki.belongs(own, found):
        raise Refused("the private key is not that of the certificate (1408)", property="privateKey")


def _still_valid(making: Making) -> None:
    if pki.leaf(making.get("certificate")).not_valid_after_utc <= making.now:
        raise Refused("the certificate has expired (1409)", property="certificate")


def _pull_certificate_outputs(making: Making) -> Values:
    if making.old:
        return {}
    found = pki.leaf(making.get("certificate"))
    digest = found.signature_hash_algorithm.name.upper() if found.signature_hash_algorithm else ""
    kind = pki.algorithm(pki.public_key(found))
    return {
        "certificateId": making.id,
        "enabled": False,
        "issuer": found.issuer.rfc4514_string(),
        "serialNumber": str(found.serial_number),
        "signature": f"{digest}WithRSA" if kind == "RSA" else f"{kind}With{digest}" if digest else kind,
        "status": "active",
        "expiresOn": moment(found.not_valid_after_utc),
    }


def _pulls_outputs(making: Making) -> Values:
    first = known_items(making, "configs")[0]
    absent = (
        "certStatus",
        "certUpdatedAt",
        "certUploadedOn",
        "certificate",
        "expiresOn",
        "issuer",
        "privateKey",
        "serialNumber",
        "signature",
    )
    return {
        **dict.fromkeys(absent, ""),
        "certId": first.get("certId", ""),
        "enabled": first.get("enabled", True),
        "hostname": first.get("hostname", ""),
        "status": "active",
    }


def _hosts(making: Making) -> None:
    for hostname in known(making.get("hosts", [])):
        if not is_hostname(str(hostname)):
            raise Refused(f"{hostname} is not a hostname", property="hosts")


TYPES = (
    origin_certificate,
    in_zone(
        "authenticatedOriginPulls",
        id=hex_id,
        limits={"configs": Limit(min_items=1, by="api")},
        outputs=_pulls_outputs,
        secrets={"privateKey"},
    ),
    in_zone(
        "authenticatedOriginPullsCertificate",
        replaces={"certificate"},
        outputs=_pull_certificate_outputs,
        secrets={"privateKey"},
        checks=(_pem,),
        before_create=(_still_valid,),
    ),
    setting("authenticatedOriginPullsSettings"),
    in_zone(
        "certificatePack",
        replaces={"certificateAuthority", "cloudflareBranding", "hosts", "type", "validationMethod", "validityDays"},
        enums={
            "certificateAuthority": AUTHORITIES,
            "type": ("advanced",),
            "validationMethod": ("txt", "http", "email"),
            "validityDays": (14, 30, 90, 365),
        },
        outputs=lambda making: {
            "status": "active",
            "primaryCertificate": "0",
            "validationRecords": [],
            "validationErrors": [],
            "certificates": [],
        },
        checks=(_hosts,),
    ),
    in_zone(
        "customHostname",
        replaces={"hostname"},
        outputs=lambda making: {"status": "pending", "verificationErrors": []},
    ),
    in_zone(
        "hostnameTlsSetting",
        replaces={"hostname", "settingId"},
        enums={"settingId": ("ciphers", "min_tls_version", "http2")},
        outputs=lambda making: {"status": "active"},
    ),
    in_zone(
        "totalTls",
        id=once_in_zone,
        enums={"certificateAuthority": AUTHORITIES},
        defaults={"certificateAuthority": "google"},
        outputs=lambda making: {"validityPeriod": 90},
    ),
    setting("universalSslSetting"),
)
