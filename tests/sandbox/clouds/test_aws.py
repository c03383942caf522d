"""The stand-in AWS makes what AWS makes, and says no where AWS says no: the provider, and what goes for every type."""

import base64
import re

import pytest

from sandbox.clouds.aws import CLOUD, words
from sandbox.rules import UNKNOWN, Refused, Values
from sandbox.store import Store
from tests.sandbox.clouds.aws import REGION, Account


@pytest.mark.parametrize(
    ("configuration", "says"),
    [
        ({}, "give the provider a `region`"),
        ({"region": "eu-central-9"}, "invalid AWS Region: eu-central-9; did you mean eu-central-[12]"),
        ({"region": REGION, "allowedAccountIds": ["999999999999"]}, "AWS account ID not allowed: 123456789012"),
        ({"region": REGION, "defaultTags": {"tags": {"a": "b"}}}, "give each resource its tags"),
        ({"region": REGION, "forbiddenAccountIds": ["123456789012"]}, "AWS account ID not allowed: 123456789012"),
    ],
)
def test_a_provider_needs_a_region_and_an_account_that_is_allowed(configuration: Values, says: str) -> None:
    with pytest.raises(Refused, match=says):
        CLOUD.scope(configuration)


def test_a_resource_is_in_the_providers_region_or_in_its_own(aws: Account) -> None:
    assert aws.network().outputs["region"] == REGION
    far = aws.make(words.VPC, {"cidrBlock": "10.0.0.0/16", "region": "us-east-1"})
    assert ":us-east-1:" in far.outputs["arn"]
    assert aws.compare(words.VPC, {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.0.0.0/16", "region": "us-east-1"}).replaces


def test_names_are_free_in_another_region(aws: Account, store: Store) -> None:
    other = Account(store, "us-east-1")
    for account in (aws, other):
        account.make(words.PARAMETER_GROUP, {"name": "p", "family": "postgres16"})
    with pytest.raises(Refused, match="DBParameterGroupAlreadyExists"):
        aws.make(words.PARAMETER_GROUP, {"name": "p", "family": "postgres16"})


@pytest.mark.parametrize(
    ("token", "inputs", "id"),
    [
        (words.BUCKET, {"bucket": "my-bucket"}, "my-bucket"),
        (words.TOPIC, {"name": "t"}, f"arn:aws:sns:{REGION}:123456789012:t"),
        ("aws:sqs/queue:Queue", {"name": "q"}, f"https://sqs.{REGION}.amazonaws.com/123456789012/q"),
        (words.SECRET, {"name": "s"}, rf"arn:aws:secretsmanager:{REGION}:123456789012:secret:s-[A-Z2-7]{{6}}"),
        ("aws:ssm/parameter:Parameter", {"name": "/web/a", "type": "String", "value": "b"}, "/web/a"),
        (words.KEY, {}, r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"),
        (words.CERTIFICATE, {"domainName": "example.com"}, rf"arn:aws:acm:{REGION}:123456789012:certificate/[0-9a-f-]{{36}}"),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "/web"}, "/web"),
        (words.KEY_PAIR, {"keyName": "k", "publicKey": "ssh-ed25519 " + base64.b64encode(b"k" * 51).decode()}, "k"),
    ],
)
def test_ids_are_as_aws_writes_them(aws: Account, token: str, inputs: Values, id: str) -> None:
    made = aws.make(token, inputs)
    assert re.fullmatch(id, made.id)
    aws.delete(token, made)


def test_buckets_names_are_everybodys(aws: Account, store: Store) -> None:
    aws.make(words.BUCKET, {"bucket": "mine"})
    with pytest.raises(Refused, match="BucketAlreadyExists"):
        Account(store, "us-east-1").make(words.BUCKET, {"bucket": "mine"})
    with pytest.raises(Refused, match="InvalidBucketName"):
        aws.check(words.BUCKET, {"bucket": "Mine_"})


@pytest.mark.parametrize("token", sorted(CLOUD.types))
def test_a_preview_with_nothing_known_is_borne(aws: Account, token: str) -> None:
    """No rule trips over a value that is not known yet."""
    schema = aws.life.sdk.resource(token)
    required = {name for name, prop in schema.inputs.items() if prop.required}
    groups = [group[0] for group in CLOUD.types[token].exactly_one_of if "." not in group[0]]
    inputs = {name: UNKNOWN for name in required | {*groups, *CLOUD.types[token].required} if name in schema.inputs}
    for name in ("cidrBlock", "ami", "vpcZoneIdentifiers", "vpcId", "password", "tags", "policyType", "port", "protocol"):
        if name in schema.inputs:
            inputs[name] = UNKNOWN
    checked = aws.life.check(token, "web", inputs, set(), seed=b"seed")
    aws.life.plan(token, "web", checked.inputs, set())
