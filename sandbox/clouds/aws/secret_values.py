"""Secrets, parameters and keys."""

import json
import re

from sandbox.clouds.shared import input_id, known
from sandbox.rules import Making, Refused, Unique, Values

from .facts import resource
from .places import letters
from .words import KEY, NAME, SECRET, arn, fresh, names, tags_fit, uuid, words


def _new_uuid(making: Making) -> str:
    return uuid(fresh(making))


def _version_outputs(making: Making) -> Values:
    return {
        "arn": str(making.get("secretId")),
        "secretArn": str(making.get("secretId")),
        "versionId": making.id.rsplit("|", 1)[-1],
        "versionStages": making.get("versionStages") or ["AWSCURRENT"],
        "hasSecretStringWo": making.get("secretStringWo") is not None,
    }


def _secret_changes(old: Values, new: Values) -> bool:
    return old.get("secretString") != new.get("secretString")


def _parameter_outputs(making: Making) -> Values:
    name = str(making.get("name"))
    before = int(making.old.outputs.get("version", 0)) if making.old else 0
    changed = making.old is None or making.old.inputs.get("value") != making.inputs.get("value")
    return {
        "arn": making.get("arn", arn(making, "ssm", f"parameter{'' if name.startswith('/') else '/'}{name}")),
        "version": before + 1 if changed else before,
        "tier": making.get("tier", "Standard"),
        "dataType": making.get("dataType", "text"),
        "keyId": making.get("keyId", "alias/aws/ssm" if making.get("type") == "SecureString" else ""),
        "hasValueWo": making.get("valueWo") is not None,
    }


def _parameter_name(making: Making) -> None:
    for where, name in known(making, "name"):
        if re.match(r"/?(aws|ssm)", str(name), re.IGNORECASE):
            raise Refused(
                f'ValidationException: Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). ({name})', property=where
            )


def _key_policy(making: Making) -> Values:
    root = f"arn:aws:iam::{making.scope.account}:root"
    statement = {"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    return {
        "arn": arn(making, "kms", f"key/{making.id}"),
        "keyId": making.id,
        "policy": making.get("policy", json.dumps({"Id": "key-default-1", "Statement": [statement], "Version": "2012-10-17"})),
        "description": making.get("description", ""),
        "rotationPeriodInDays": making.get("rotationPeriodInDays", 365 if making.get("enableKeyRotation") else 0),
        "multiRegion": making.get("multiRegion", False),
    }


TYPES = (
    resource(
        SECRET,
        id=lambda making: arn(making, "secretsmanager", f"secret:{making.get('name')}-{letters(6, fresh(making))}"),
        autoname=NAME,
        outputs=lambda making: {
            "arn": making.id,
            "namePrefix": making.get("namePrefix", ""),
            "policy": making.get("policy", ""),
            "replicas": making.get("replicas") or [],
        },
        checks=(tags_fit,),
        unique=(
            Unique(paths=("name",), message="ResourceExistsException: The operation failed because the secret {value} already exists."),
        ),
    ),
    resource(
        "aws:secretsmanager/secretVersion:SecretVersion",
        id=lambda making: f"{making.get('secretId')}|terraform-{letters(26, fresh(making))}",
        outputs=_version_outputs,
        replaces_when={
            "secretString": _secret_changes,
            "secretStringWo": lambda old, new: old.get("secretString") is not None and new.get("secretStringWo") is not None,
            "secretStringWoVersion": lambda old, new: True,
        },
        sets=words("versionStages"),
        secrets=words("secretString secretBinary"),
        references=(
            names(
                "secretId",
                SECRET,
                by=("arn", "name"),
                missing="ResourceNotFoundException: Secrets Manager can't find the specified secret. ({value})",
            ),
        ),
    ),
    resource(
        "aws:ssm/parameter:Parameter",
        id=input_id("name"),
        autoname=NAME,
        outputs=_parameter_outputs,
        volatile=words("version"),
        replaces_when={"tier": lambda old, new: old.get("tier") == "Advanced" and new.get("tier") in (None, "Standard")},
        checks=(_parameter_name, tags_fit),
        unique=(Unique(paths=("name",), message="ParameterAlreadyExists: The parameter already exists. ({value})"),),
    ),
    resource(KEY, id=_new_uuid, outputs=_key_policy, checks=(tags_fit,)),
)
