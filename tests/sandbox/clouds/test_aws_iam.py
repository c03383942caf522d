"""The stand-in AWS: roles and what is attached to them."""

import pytest

from sandbox.clouds.aws import words
from sandbox.rules import Refused
from sandbox.store import Store
from tests.sandbox.clouds.aws import ATTACHMENT, TRUST, Account


def test_a_role_is_deleted_when_nothing_is_attached(aws: Account) -> None:
    role = aws.make(words.ROLE, {"name": "web", "assumeRolePolicy": TRUST})
    assert role.outputs["arn"] == "arn:aws:iam::123456789012:role/web" and role.outputs["uniqueId"].startswith("AROA")
    attachment = aws.make(ATTACHMENT, {"role": role.id, "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"})
    with pytest.raises(Refused, match="DeleteConflict: Cannot delete entity, must detach all policies first"):
        aws.delete(words.ROLE, role)
    aws.delete(ATTACHMENT, attachment)
    aws.delete(words.ROLE, role)


def test_roles_are_the_accounts_in_every_region(aws: Account, store: Store) -> None:
    aws.make(words.ROLE, {"name": "web", "assumeRolePolicy": TRUST})
    other = Account(store, "us-east-1")
    with pytest.raises(Refused, match="EntityAlreadyExists: Role with name web already exists"):
        other.make(words.ROLE, {"name": "web", "assumeRolePolicy": TRUST})
    profile = other.make(words.PROFILE, {"role": "web"})
    assert profile.outputs["arn"] == f"arn:aws:iam::123456789012:instance-profile/{profile.id}"


def test_what_does_not_exist_is_not_attached(aws: Account) -> None:
    with pytest.raises(Refused, match="NoSuchEntity: The role with name nobody cannot be found"):
        aws.make(ATTACHMENT, {"role": "nobody", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"})
    role = aws.make(words.ROLE, {"assumeRolePolicy": TRUST})
    with pytest.raises(Refused, match="NoSuchEntity: Policy arn:aws:iam::aws:policy/Nothing does not exist"):
        aws.make(ATTACHMENT, {"role": role.id, "policyArn": "arn:aws:iam::aws:policy/Nothing"})


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("not json", "a policy in JSON"),
        ('{"Version": "2012-10-17"}', "a policy needs a Statement"),
        ('{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}', "must contain principals"),
        ('{"Statement": [{"Effect": "Perhaps", "Action": "sts:AssumeRole"}]}', "Allow or Deny"),
    ],
)
def test_a_malformed_trust_policy_is_refused(aws: Account, policy: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        aws.check(words.ROLE, {"assumeRolePolicy": policy})
