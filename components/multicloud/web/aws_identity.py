"""Who the machines of a web tier on AWS are, and which secrets they may read."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from ..amazon import Children
from ..errors import ArgumentError
from .exposure import Certificate, TunnelConnection

SESSION_MANAGER = {
    "Effect": "Allow",
    "Action": [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ],
    "Resource": "*",
}
"""What Session Manager needs and nothing else. AWS's own AmazonSSMManagedInstanceCore would let the machines read all of Parameter Store.

Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
"""

_NAME = r"[A-Za-z0-9/_+=.@-]{1,512}"


@dataclass(frozen=True, kw_only=True)
class PrivateKeyResources:
    """The certificate that machines show with its private key, where they alone can read it.

    Both in one secret: a machine that starts while it is renewed gets a certificate and the key of that certificate.
    """

    # In quotes: the SDK loads a service when it is named, and most tiers need no secret.
    secret: "aws.secretsmanager.Secret"
    version: "aws.secretsmanager.SecretVersion"


@dataclass(frozen=True, kw_only=True)
class TunnelTokenResources:
    """The token of the tunnel, where the machines alone can read it."""

    # In quotes as above.
    secret: "aws.secretsmanager.Secret"
    version: "aws.secretsmanager.SecretVersion"


@dataclass(frozen=True, kw_only=True)
class RoleResources:
    """The machines' role, which lets Session Manager in."""

    role: aws.iam.Role
    policy: aws.iam.Policy
    attachment: aws.iam.RolePolicyAttachment
    profile: aws.iam.InstanceProfile


def role(children: Children) -> RoleResources:
    """The role of the machines, which lets Session Manager in."""
    made = aws.iam.Role(
        f"{children.name}-role",
        description=f"Machines of {children.name}",
        assume_role_policy=document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}),
        tags=children.tags("role"),
        opts=children.options,
    )
    policy = aws.iam.Policy(
        f"{children.name}-session-manager-policy",
        policy=document(SESSION_MANAGER),
        tags=children.tags("session-manager-policy"),
        opts=children.options,
    )
    attachment = aws.iam.RolePolicyAttachment(
        f"{children.name}-session-manager", role=made.name, policy_arn=policy.arn, opts=children.options
    )
    profile = aws.iam.InstanceProfile(
        f"{children.name}-instance-profile", role=made.name, tags=children.tags("instance-profile"), opts=children.options
    )
    return RoleResources(role=made, policy=policy, attachment=attachment, profile=profile)


def private_key(children: Children, certificate: Certificate) -> PrivateKeyResources:
    """A certificate, its chain and its private key, in this order in one secret of Secrets Manager."""
    texts = pulumi.Output.all(certificate.certificate, certificate.chain or "", pulumi.Output.secret(certificate.private_key))
    secret, version = _stored(children, "private-key", f"Certificate of {children.name} with its private key", texts.apply(joined))
    return PrivateKeyResources(secret=secret, version=version)


def tunnel_token(children: Children, tunnel: TunnelConnection) -> TunnelTokenResources:
    """The token of a tunnel in a secret of Secrets Manager."""
    token = pulumi.Output.secret(tunnel.token)
    secret, version = _stored(children, "tunnel-token", f"Token of the tunnel of {children.name}", token)
    return TunnelTokenResources(secret=secret, version=version)


def _stored(
    children: Children, suffix: str, description: str, text: pulumi.Output[str]
) -> "tuple[aws.secretsmanager.Secret, aws.secretsmanager.SecretVersion]":
    """A secret, and what is in it."""
    secret = aws.secretsmanager.Secret(
        f"{children.name}-{suffix}",
        description=description,
        # Pulumi's state has it; what nobody needs any more should not wait for thirty days.
        recovery_window_in_days=0,
        tags=children.tags(suffix),
        opts=children.options,
    )
    version = aws.secretsmanager.SecretVersion(
        f"{children.name}-{suffix}-version", secret_id=secret.id, secret_string=text, opts=children.options
    )
    return secret, version


def joined(parts: Sequence[str]) -> str:
    """Texts in PEM form one after the other, each on lines of its own; empty ones are left out."""
    return "".join(f"{part.strip()}\n" for part in parts if part)


def document(statement: dict[str, Any]) -> str:
    """A policy of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def secrets_policy(
    children: Children, role: aws.iam.Role, region: str, secrets: Mapping[str, pulumi.Input[str]]
) -> aws.iam.RolePolicy | None:
    """Lets the machines read the named secrets and no others; None where there are none.

    Args:
        children: The tier's.
        role: The machines' role.
        region: The tier's.
        secrets: Names or ARNs by their paths.
    """
    if not secrets:
        return None
    paths = list(secrets)
    return aws.iam.RolePolicy(
        f"{children.name}-secrets",
        role=role.name,
        policy=pulumi.Output.all(role.arn, *secrets.values()).apply(
            lambda known: reading(str(known[0]), region, dict(zip(paths, known[1:], strict=True)))
        ),
        opts=children.options,
    )


def reading(role_arn: str, region: str, secrets: Mapping[str, str]) -> str:
    """The policy that allows to read secrets.

    A name stands for the one ARN that it has: six random characters come after it.
    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html

    Args:
        role_arn: ARN of a role in the secrets' account.
        region: Their region.
        secrets: Names or ARNs by their paths.

    Raises:
        ArgumentError: At the first that is neither.
    """
    _, partition, _, _, account, _ = role_arn.split(":", 5)
    for path, secret in secrets.items():
        check_secret(path, secret)
    arns = {
        secret if secret.startswith("arn:") else f"arn:{partition}:secretsmanager:{region}:{account}:secret:{secret}-??????"
        for secret in secrets.values()
    }
    return document({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": sorted(arns)})


def check_secret(path: str, secret: str) -> None:
    """Raises ArgumentError at `path` if `secret` names no secret of Secrets Manager, or could stand for several.

    An ARN has to be whole: one without the six random characters at its end would be allowed in vain.
    """
    if not re.fullmatch(rf"{_NAME}|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{{12}}:secret:{_NAME}-[A-Za-z0-9]{{6}}", secret):
        mend = "write its name, or its ARN like arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf"
        raise ArgumentError(path, "is no name of a secret of Secrets Manager", mend)
