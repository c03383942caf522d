"""Launch templates and key pairs, and what they have in common with instances."""

import base64
import hashlib
import re
from typing import Any

from sandbox.clouds.shared import input_id, known
from sandbox.rules import Autoname, Limit, Making, Refused, Unique, Values

from .facts import resource
from .images import instance_type_exists
from .words import (
    KEY_PAIR,
    NAME,
    PROFILE,
    TEMPLATE,
    arn,
    hex_id,
    name_fits,
    names,
    security_group,
    subnet,
    tags_fit,
    words,
)

USER_DATA = 16384
"""Bytes of user data before Base64: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html."""


# Checks


def instance_type(path: str = "instanceType") -> Any:
    """Refuses an instance type that does not exist."""

    def check(making: Making) -> None:
        for where, value in known(making, path):
            if not instance_type_exists(str(value)):
                raise Refused(f"InvalidInstanceType: The following supplied instance types do not exist: [{value}]", property=where)

    return check


def image_form(path: str) -> Any:
    def check(making: Making) -> None:
        for where, value in known(making, path):
            if not re.fullmatch(r"ami-([0-9a-f]{8}|[0-9a-f]{17})|resolve:ssm:.+", str(value)):
                raise Refused(f'InvalidAMIID.Malformed: Invalid id: "{value}" (expecting "ami-...")', property=where)

    return check


def user_data(path: str, encoded: bool) -> Any:
    """Refuses user data that is too long; a launch template wants it in Base64."""

    def check(making: Making) -> None:
        for where, value in known(making, path):
            content = str(value).encode()
            if encoded:
                try:
                    content = base64.b64decode(content, validate=True)
                except ValueError:
                    raise Refused("InvalidUserData.Malformed: Invalid BASE64 encoding of user data.", property=where) from None
            if len(content) > USER_DATA:
                raise Refused(
                    f"InvalidUserData.Malformed: User data is limited to {USER_DATA} bytes, and this is {len(content)}", property=where
                )

    return check


def _groups_twice(making: Making) -> None:
    if making.get("networkInterfaces") and making.get("vpcSecurityGroupIds"):
        raise Refused(
            "InvalidParameterCombination: Network interfaces and an instance-level security groups may not be specified on "
            "the same request",
            property="vpcSecurityGroupIds",
        )


# Launch templates


def _template_outputs(making: Making) -> Values:
    old = making.old
    before = int(old.outputs.get("latestVersion", 1)) if old else 0
    changed = old is None or {k: v for k, v in old.inputs.items() if k not in _NOT_OF_A_VERSION} != {
        k: v for k, v in making.inputs.items() if k not in _NOT_OF_A_VERSION
    }
    latest = before + 1 if changed else before
    own = old.outputs.get("defaultVersion", 1) if old else 1
    default = latest if making.get("updateDefaultVersion") else making.get("defaultVersion", own)
    outputs: Values = {"arn": arn(making, "ec2", f"launch-template/{making.id}"), "latestVersion": latest, "defaultVersion": default}
    if making.get("metadataOptions"):
        usual = {"httpEndpoint": "enabled", "httpTokens": "optional", "httpPutResponseHopLimit": 1, "httpProtocolIpv6": "disabled"}
        outputs["metadataOptions"] = {**usual, "instanceMetadataTags": "disabled", **making.get("metadataOptions")}
    return outputs


_NOT_OF_A_VERSION = words("tags name namePrefix defaultVersion updateDefaultVersion region")
"""A change of these makes no new version."""


def _default_version(making: Making) -> None:
    wanted = making.get("defaultVersion")
    latest = int(making.old.outputs.get("latestVersion", 1)) if making.old else 1
    if wanted is not None and not 1 <= int(wanted) <= latest + 1:
        raise Refused(
            f"InvalidLaunchTemplateId.VersionNotFound: Could not find the specified version {wanted} for the launch template.",
            property="defaultVersion",
        )


# Key pairs


def _public_key(making: Making) -> None:
    for where, value in known(making, "publicKey"):
        text = str(value).split()
        try:
            ok = len(text) >= 2 and text[0].startswith(("ssh-rsa", "ssh-ed25519")) and bool(base64.b64decode(text[1], validate=True))
        except ValueError:
            ok = False
        if not ok:
            raise Refused("InvalidKey.Format: Key is not in valid OpenSSH public key format", property=where)


def _key_outputs(making: Making) -> Values:
    text = str(making.get("publicKey")).split()
    body = base64.b64decode(text[1])
    numbers = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return {
        "arn": arn(making, "ec2", f"key-pair/{making.id}"),
        "keyPairId": f"key-0{hashlib.sha256(making.id.encode()).hexdigest()[:16]}",
        "keyType": "ed25519" if "ed25519" in text[0] else "rsa",
        "fingerprint": ":".join(numbers[i : i + 2] for i in range(0, 32, 2)),
    }


PROFILES = (
    names(
        "iamInstanceProfile.arn",
        PROFILE,
        by="arn",
        missing="InvalidIamInstanceProfileArn.Malformed: The ARN '{value}' is not valid, or names no instance profile",
    ),
    names(
        "iamInstanceProfile.name",
        PROFILE,
        by="id",
        missing="InvalidParameterValue: Value ({value}) for parameter iamInstanceProfile.name is invalid. Invalid IAM "
        "Instance Profile name",
    ),
)
KEY_OF_INSTANCE = names("keyName", KEY_PAIR, by="id", missing="InvalidKeyPair.NotFound: The key pair '{value}' does not exist")

TYPES = (
    resource(
        TEMPLATE,
        id=hex_id("lt"),
        autoname=NAME,
        outputs=_template_outputs,
        volatile=words("latestVersion"),
        sets=words("vpcSecurityGroupIds securityGroupNames networkInterfaces[*].securityGroups networkInterfaces[*].ipv4Addresses"),
        limits={
            "blockDeviceMappings[*].ebs.volumeSize": Limit(minimum=1, maximum=65536, by="api"),
            "networkInterfaces[*].deviceIndex": Limit(minimum=0, maximum=15, by="api"),
        },
        checks=(instance_type(), image_form("imageId"), user_data("userData", True), _groups_twice, name_fits(128), tags_fit),
        before_create=(_default_version,),
        before_update=(_default_version,),
        references=(
            # A template may outlive what it names; what is launched from it has to find it.
            *PROFILES,
            KEY_OF_INSTANCE,
            security_group("vpcSecurityGroupIds[*]", holds=False),
            security_group("networkInterfaces[*].securityGroups[*]", holds=False),
            subnet("networkInterfaces[*].subnetId", holds=False),
        ),
        unique=(
            Unique(
                paths=("name",),
                message="InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use. ({value})",
            ),
        ),
    ),
    resource(
        KEY_PAIR,
        id=input_id("keyName"),
        autoname=Autoname(property="keyName"),
        outputs=_key_outputs,
        checks=(_public_key, tags_fit),
        unique=(Unique(paths=("keyName",), message="InvalidKeyPair.Duplicate: The keypair already exists ({value})"),),
    ),
)
