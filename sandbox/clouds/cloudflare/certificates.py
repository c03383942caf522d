"""Certificates at the edge and at the origin, and pulls that the origin can tell from others.

Source: https://developers.cloudflare.com/ssl/
"""

import base64
import secrets
from datetime import timedelta

from ...rules import Limit, Making, Refused, Values
from .common import hex_id, in_zone, is_hostname, known, known_items, make, moment, once_in_zone, setting, zones

AUTHORITIES = ("google", "lets_encrypt", "ssl_com")
VALIDITIES = (7, 30, 90, 365, 730, 1095, 5475)
"""Days that an origin certificate may be valid."""


def _csr(making: Making) -> None:
    csr = making.get("csr")
    if csr is not None and "-----BEGIN CERTIFICATE REQUEST-----" not in csr:
        raise Refused("failed to parse the certificate signing request: it is not PEM (1003)", property="csr")
    if making.get("hostnames") == []:
        raise Refused("at least one hostname is needed (1010)", property="hostnames")


def _hostnames(making: Making) -> None:
    names = [found.name for found in zones(making.world)]
    for hostname in known(making.get("hostnames", [])):
        bare = str(hostname).removeprefix("*.")
        if not any(bare == name or bare.endswith(f".{name}") for name in names):
            raise Refused(
                f"failed to validate requested hostname {hostname}: this zone is not part of your account (1010)", property="hostnames"
            )


def _certificate(making: Making) -> Values:
    body = base64.encodebytes(secrets.token_bytes(900)).decode()
    days = making.get("requestedValidity", 5475)
    return {
        # Shaped like a certificate, and signed by nobody.
        "certificate": f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n",
        "expiresOn": moment(making.now + timedelta(days=days)),
    }


origin_certificate = make(
    "originCaCertificate",
    id=lambda making: str(secrets.randbits(158)),
    replaces={"csr", "hostnames", "requestType", "requestedValidity"},
    enums={"requestType": ("origin-rsa", "origin-ecc", "keyless-certificate"), "requestedValidity": VALIDITIES},
    defaults={"requestedValidity": 5475},
    outputs=_certificate,
    checks=(_csr,),
    before_create=(_hostnames,),
)


def _pem(making: Making) -> None:
    for name, word in (("certificate", "CERTIFICATE"), ("privateKey", "PRIVATE KEY")):
        text = making.get(name)
        if text is not None and f"{word}-----" not in text:
            raise Refused(f"{name} is not PEM", property=name)


def _pull_certificate_outputs(making: Making) -> Values:
    if making.old:
        return {}
    return {
        "certificateId": making.id,
        "enabled": False,
        "issuer": "CN=unknown",
        "serialNumber": str(secrets.randbits(64)),
        "signature": "SHA256-RSA",
        "status": "active",
        "expiresOn": moment(making.now + timedelta(days=365)),
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
