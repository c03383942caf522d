"""Trust stores of load balancers: whose certificates visitors have to show.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/mutual-authentication.html,
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""

import re

from sandbox.clouds import pki
from sandbox.rules import UNKNOWN, Autoname, Making, Record, Refused, Unique, Values

from .facts import resource
from .words import BUCKET, OBJECT, TRUST_STORE, all_known, arn, fresh, name_fits, names, tags_fit

_MOST_AUTHORITIES = 25
_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def _file(making: Making) -> Record | None:
    """The file that is named."""
    for found in making.world.all(OBJECT):
        if (found.inputs.get("bucket"), found.inputs.get("key")) == (
            making.get("caCertificatesBundleS3Bucket"),
            making.get("caCertificatesBundleS3Key"),
        ):
            return found
    return None


def _readable(making: Making) -> None:
    """AWS reads the file when it is named, and never again."""
    if not all_known(making, "caCertificatesBundleS3Bucket", "caCertificatesBundleS3Key"):
        return
    found = _file(making)
    if found is None:
        raise Refused(
            "CaCertificatesBundleNotFound: The specified ca certificate bundle does not exist. "
            f"({making.get('caCertificatesBundleS3Bucket')}/{making.get('caCertificatesBundleS3Key')})",
            property="caCertificatesBundleS3Key",
        )
    text = found.inputs.get("content")
    if text is None or text is UNKNOWN:
        return
    blocks = _BLOCK.findall(str(text))
    try:
        certificates = [pki.certificate(block) for block in blocks]
    except pki.Unreadable:
        certificates = []
    if not certificates or not all(pki.is_authority(one) for one in certificates):
        raise Refused(
            "InvalidCaCertificatesBundle: The specified ca certificate bundle is in an invalid format, or corrupt.",
            property="caCertificatesBundleS3Key",
        )
    if len(certificates) > _MOST_AUTHORITIES:
        raise Refused(f"TooManyCaCertificates: {len(certificates)} is above {_MOST_AUTHORITIES}", property="caCertificatesBundleS3Key")


def _outputs(making: Making) -> Values:
    return {
        "arn": making.id,
        "arnSuffix": "truststore/" + making.id.split(":truststore/")[-1],
        "namePrefix": making.get("namePrefix", ""),
    }


TYPES = (
    resource(
        TRUST_STORE,
        id=lambda making: arn(making, "elasticloadbalancing", f"truststore/{making.get('name')}/{fresh(making)[:16]}"),
        autoname=Autoname(max_length=32),
        outputs=_outputs,
        checks=(name_fits(32), tags_fit),
        before_create=(_readable,),
        before_update=(_readable,),
        references=(
            names(
                "caCertificatesBundleS3Bucket",
                BUCKET,
                by=("id", "arn"),
                missing="NoSuchBucket: The specified bucket does not exist ({value})",
            ),
        ),
        unique=(
            Unique(paths=("name",), message="DuplicateTrustStoreName: A trust store with the specified name already exists. ({value})"),
        ),
    ),
)
