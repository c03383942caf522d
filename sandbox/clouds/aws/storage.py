"""Buckets, and the content network before them."""

import hashlib
import re
from typing import Any

from sandbox.clouds.shared import input_id, kept, known
from sandbox.rules import Autoname, Making, Record, Reference, Refused, Type, Unique, Values, World

from .facts import resource
from .places import letters
from .words import BUCKET, OBJECT, arn, capital_id, moment, names, near, tags_fit, words


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


def _empty(record: Record, world: World) -> None:
    if not record.inputs.get("forceDestroy") and any(found.inputs.get("bucket") == record.id for found in world.all(OBJECT)):
        raise Refused(f"BucketNotEmpty: The bucket you tried to delete is not empty ({record.id})")


def _file_outputs(making: Making) -> Values:
    bucket, key = making.get("bucket"), making.get("key")
    return {
        "arn": f"arn:aws:s3:::{bucket}/{key}",
        "etag": hashlib.md5(str(making.get("content", "")).encode(), usedforsecurity=False).hexdigest(),
        "contentType": making.get("contentType", "application/octet-stream"),
        "serverSideEncryption": making.get("serverSideEncryption", "AES256"),
        "storageClass": making.get("storageClass", "STANDARD"),
        "versionId": "",
    }


def _few_tags(making: Making) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html."""
    tags = making.get("tags")
    if isinstance(tags, dict) and len(tags) > 10:
        raise Refused(f"BadRequest: Object tags cannot be greater than 10: {len(tags)}", property="tags")


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


TYPES = (
    resource(
        BUCKET,
        id=input_id("bucket"),
        autoname=Autoname(property="bucket", max_length=63, lowercase=True),
        outputs=_bucket_outputs,
        checks=(_bucket_name, tags_fit),
        before_delete=(_empty,),
        unique=(
            Unique(
                paths=("bucket",),
                within="global",
                message="BucketAlreadyExists: The requested bucket name is not available. Please select a different name and "
                "try again. ({value})",
            ),
        ),
    ),
    resource(
        OBJECT,
        id=lambda making: f"{making.get('bucket')}/{making.get('key')}",
        outputs=_file_outputs,
        checks=(_few_tags, tags_fit),
        references=(names("bucket", BUCKET, by=("id", "arn"), missing="NoSuchBucket: The specified bucket does not exist ({value})"),),
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
)
