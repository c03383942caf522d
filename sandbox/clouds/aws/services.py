"""Certificates, buckets, a content network, alarms, topics, queues, secrets, parameters and keys: what a web application meets beside
its machines. The components do not use them; the rules are the provider's own facts, ids, and taken names."""

import json
import re
from typing import Any

from sandbox.rules import Autoname, Making, Record, Reference, Refused, Type, Unique, Values, World

from .facts import resource
from .places import digest, letters
from .words import (
    BUCKET,
    CERTIFICATE,
    KEY,
    NAME,
    SECRET,
    TOPIC,
    arn,
    capital_id,
    fresh,
    input_id,
    kept,
    known,
    moment,
    names,
    near,
    tags_fit,
    uuid,
    words,
)


def _new_uuid(making: Making) -> str:
    return uuid(fresh(making))


# Certificates


def _certificate_outputs(making: Making) -> Values:
    domains = [making.get("domainName", ""), *(making.get("subjectAlternativeNames") or [])]
    requested = making.get("domainName") is not None and making.get("privateKey") is None
    options = []
    for domain in dict.fromkeys(domains):
        stem = domain.removeprefix("*.")
        token = digest("acm", making.scope.account, stem)
        options.append(
            {
                "domainName": domain,
                "resourceRecordName": f"_{token[:32]}.{stem}.",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": f"_{token[32:]}.{letters(10, token).lower()}.acm-validations.aws.",
            }
        )
    by_dns = making.get("validationMethod", "DNS") == "DNS"
    return {
        "arn": making.id,
        "status": "PENDING_VALIDATION" if requested else "ISSUED",
        "type": "AMAZON_ISSUED" if requested else "IMPORTED",
        "domainName": making.get("domainName", ""),
        "subjectAlternativeNames": list(dict.fromkeys(domains)),
        "domainValidationOptions": options if requested and by_dns else [],
        "validationEmails": [] if by_dns else [f"admin@{making.get('domainName')}"],
        "keyAlgorithm": making.get("keyAlgorithm", "RSA_2048"),
        "renewalEligibility": "INELIGIBLE",
        "renewalSummaries": [],
        "pendingRenewal": False,
        "notAfter": "",
        "notBefore": "",
    }


def _imported(old: Values, new: Values) -> bool:
    return new.get("privateKey") is None


# Buckets


def _bucket_name(making: Making) -> None:
    for where, name in known(making, "bucket"):
        text = str(name)
        wrong = (
            not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", text)
            or ".." in text
            or re.fullmatch(r"\d+\.\d+\.\d+\.\d+", text)
            or text.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
            or text.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3"))
        )
        if wrong:
            raise Refused(f"InvalidBucketName: The specified bucket is not valid. ({name})", property=where)


def _bucket_outputs(making: Making) -> Values:
    region = making.scope.region
    return {
        "arn": f"arn:aws:s3:::{making.id}",
        "bucketDomainName": f"{making.id}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{making.id}.s3.{region}.amazonaws.com",
        "bucketRegion": region,
        "hostedZoneId": "Z" + letters(13, "s3", region),
        "bucketPrefix": making.get("bucketPrefix", ""),
        "requestPayer": making.get("requestPayer", "BucketOwner"),
    }


def _of_bucket(token: str, **rules: Any) -> Type:
    return resource(
        token,
        id=input_id("bucket"),
        references=(
            Reference(
                path="bucket",
                to=(BUCKET,),
                by=("id", "arn"),
                holds=False,
                missing="NoSuchBucket: The specified bucket does not exist ({value})",
            ),
        ),
        unique=(Unique(paths=("bucket",), message="OperationAborted: {value} has one already"),),
        **rules,
    )


def _other_owner(old: Values, new: Values) -> bool:
    return bool(old.get("expectedBucketOwner")) or bool(new.get("expectedBucketOwner"))


# A content network


def _distribution_outputs(making: Making) -> Values:
    return {
        "arn": arn(making, "cloudfront", f"distribution/{making.id}", region=False),
        "domainName": f"d{making.id[1:].lower()}.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
        "status": "Deployed",
        "etag": "E" + letters(13, making.id, making.now.isoformat()),
        "callerReference": kept(making, "callerReference", lambda: moment(making)),
        "lastModifiedTime": moment(making),
        "inProgressValidationBatches": 0,
        "trustedSigners": [{"enabled": False, "items": []}],
        "trustedKeyGroups": [{"enabled": False, "items": []}],
    }


def _disabled(record: Record, world: World) -> None:
    if record.inputs.get("retainOnDelete"):
        return
    for user in near(record, world, "aws:cloudfront/distribution:Distribution"):
        for origin in user.inputs.get("origins") or []:
            if isinstance(origin, dict) and origin.get("originAccessControlId") == record.id:
                raise Refused(f"OriginAccessControlInUse: The origin access control {record.id} is still being used by {user.id}.")


# Messages


def _queue_outputs(making: Making) -> Values:
    return {"arn": arn(making, "sqs", str(making.get("name"))), "url": making.id, "namePrefix": making.get("namePrefix", "")}


def _queue_name(making: Making) -> None:
    name, fifo = making.get("name"), making.get("fifoQueue", False)
    if isinstance(name, str) and not re.fullmatch(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo", name):
        raise Refused(f"invalid queue name: {name}", property="name", by="provider")
    if isinstance(name, str) and fifo and not name.endswith(".fifo"):
        raise Refused(f"invalid queue name: {name}: the name of a FIFO queue ends in .fifo", property="name", by="provider")


# Secrets and parameters


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
        CERTIFICATE,
        id=lambda making: arn(making, "acm", f"certificate/{_new_uuid(making)}"),
        outputs=_certificate_outputs,
        replaces_when={"domainName": _imported, "subjectAlternativeNames": _imported},
        sets=words("subjectAlternativeNames validationOptions"),
        checks=(tags_fit,),
    ),
    resource(
        BUCKET,
        id=input_id("bucket"),
        autoname=Autoname(property="bucket", max_length=63, lowercase=True),
        outputs=_bucket_outputs,
        checks=(_bucket_name, tags_fit),
        unique=(
            Unique(
                paths=("bucket",),
                within="global",
                message="BucketAlreadyExists: The requested bucket name is not available. Please select a different name and try again. ({value})",
            ),
        ),
    ),
    _of_bucket("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"),
    _of_bucket("aws:s3/bucketPolicy:BucketPolicy"),
    _of_bucket("aws:s3/bucketVersioning:BucketVersioning", replaces_when={"expectedBucketOwner": _other_owner}),
    resource(
        "aws:cloudfront/distribution:Distribution",
        id=capital_id(13, "E"),
        outputs=_distribution_outputs,
        sets=words("aliases origins originGroups customErrorResponses"),
        checks=(tags_fit,),
    ),
    resource(
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        id=capital_id(13, "E"),
        autoname=Autoname(max_length=64),
        outputs=lambda making: {
            "arn": arn(making, "cloudfront", f"origin-access-control/{making.id}", region=False),
            "etag": "E" + letters(13, making.id, making.now.isoformat()),
        },
        before_delete=(_disabled,),
        unique=(Unique(paths=("name",), within="account", message="OriginAccessControlAlreadyExists: {value} already exists."),),
    ),
    resource(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        id=input_id("name"),
        autoname=NAME,
        outputs=lambda making: {"arn": arn(making, "cloudwatch", f"alarm:{making.id}")},
        sets=words("alarmActions okActions insufficientDataActions metricQueries"),
        checks=(tags_fit,),
    ),
    resource(
        "aws:cloudwatch/logGroup:LogGroup",
        id=input_id("name"),
        autoname=NAME,
        outputs=lambda making: {"arn": arn(making, "logs", f"log-group:{making.id}"), "namePrefix": making.get("namePrefix", "")},
        checks=(tags_fit,),
        unique=(Unique(paths=("name",), message="ResourceAlreadyExistsException: The specified log group already exists ({value})"),),
    ),
    resource(
        TOPIC,
        id=lambda making: arn(making, "sns", str(making.get("name"))),
        autoname=NAME,
        outputs=lambda making: {
            "arn": making.id,
            "owner": making.scope.account,
            "beginningArchiveTime": "",
            "namePrefix": making.get("namePrefix", ""),
        },
        checks=(tags_fit,),
        unique=(
            Unique(
                paths=("name",), message="InvalidParameter: Invalid parameter: Topic already exists with different attributes ({value})"
            ),
        ),
    ),
    resource(
        "aws:sns/topicSubscription:TopicSubscription",
        id=lambda making: f"{making.get('topic')}:{_new_uuid(making)}",
        outputs=lambda making: {
            "arn": making.id,
            "ownerId": making.scope.account,
            "pendingConfirmation": making.get("protocol") in ("email", "email-json", "http", "https"),
            "confirmationWasAuthenticated": making.get("protocol") not in ("email", "email-json", "http", "https"),
        },
        references=(names("topic", TOPIC, by="arn", missing="NotFound: Topic does not exist ({value})"),),
    ),
    resource(
        "aws:sqs/queue:Queue",
        id=lambda making: f"https://sqs.{making.scope.region}.amazonaws.com/{making.scope.account}/{making.get('name')}",
        autoname=Autoname(max_length=80),
        outputs=_queue_outputs,
        checks=(_queue_name, tags_fit),
        unique=(Unique(paths=("name",), message="QueueAlreadyExists: A queue already exists with the same name ({value})"),),
    ),
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
