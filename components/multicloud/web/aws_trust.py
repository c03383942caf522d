"""Whose certificates the load balancer of a web tier on AWS asks for: mutual TLS, with a trust store."""

import hashlib
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from ..naming import fitted
from .exposure import authorities_of_clients

NAME_LIMIT = 24
"""Names of trust stores hold 32 characters, of which auto-naming takes 8.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTrustStore.html
"""

BUCKET_LIMIT = 55
"""Names of buckets hold 63 characters.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""


@dataclass(kw_only=True, frozen=True)
class TrustResources:
    """A trust store, and what it is made of."""

    bucket: aws.s3.Bucket
    """Where AWS reads the authorities from. What is in it is public knowledge, but nobody may change it."""
    privacy: aws.s3.BucketPublicAccessBlock
    authorities: aws.s3.BucketObjectv2
    """In a file that is named by its contents: other authorities make another one, and AWS reads them because the name has changed."""
    store: aws.lb.TrustStore


def trust(children: Children, client_ca: pulumi.Input[str]) -> TrustResources:
    """The trust store.

    Args:
        children: The tier's.
        client_ca: The authorities in PEM form.
    """
    text = pulumi.Output.from_input(client_ca).apply(authorities_of_clients)
    bucket = aws.s3.Bucket(
        fitted(f"{children.name}-client-ca", BUCKET_LIMIT),
        tags=children.tags("client-ca"),
        opts=children.options,
    )
    privacy = aws.s3.BucketPublicAccessBlock(
        f"{children.name}-client-ca-privacy",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=children.options,
    )
    authorities = aws.s3.BucketObjectv2(
        f"{children.name}-client-ca-file",
        bucket=bucket.id,
        key=text.apply(lambda known: f"{hashlib.sha256(known.encode()).hexdigest()}.pem"),
        content=text,
        content_type="application/x-pem-file",
        # Without tags: a file takes ten at most, and the tier may have more.
        opts=children.options,
    )
    store = aws.lb.TrustStore(
        fitted(f"{children.name}-clients", NAME_LIMIT),
        ca_certificates_bundle_s3_bucket=bucket.id,
        ca_certificates_bundle_s3_key=authorities.key,
        tags=children.tags("clients"),
        opts=children.options,
    )
    return TrustResources(bucket=bucket, privacy=privacy, authorities=authorities, store=store)
