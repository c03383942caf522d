"""The stand-in AWS: what look-ups find."""

import json
import re
from typing import Any

import pytest

from sandbox.clouds.aws import words
from sandbox.rules import Refused
from sandbox.store import Store
from tests.sandbox.clouds.aws import HEX, REGION, TRUST, Account


def test_images_differ_between_regions_and_not_between_questions(aws: Account, store: Store) -> None:
    other = Account(store, "us-east-1")
    assert aws.image() == aws.image() != other.image()
    assert re.fullmatch(f"ami-{HEX}", aws.image()) and aws.image() != aws.image("arm64")


def test_the_newest_image_is_found_and_its_rivals_have_to_be_told_apart(aws: Account) -> None:
    ask = {"owners": ["136693071363"], "filters": [{"name": "name", "values": ["debian-12-amd64-*"]}]}
    found = aws.ask("aws:ec2/getAmi:getAmi", mostRecent=True, **ask)
    assert (found["architecture"], found["rootDeviceName"], found["ownerId"]) == ("x86_64", "/dev/xvda", "136693071363")
    assert found["name"] == max(name for name in [found["name"], "debian-12-amd64-20250101-1"])
    with pytest.raises(Refused, match="Your query returned more than one result"):
        aws.ask("aws:ec2/getAmi:getAmi", **ask)
    with pytest.raises(Refused, match="Your query returned no results"):
        aws.ask("aws:ec2/getAmi:getAmi", owners=["amazon"], mostRecent=True, filters=ask["filters"])


def test_zones_are_the_regions_own(aws: Account) -> None:
    zones = aws.ask(
        "aws:index/getAvailabilityZones:getAvailabilityZones", filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
    )
    assert zones["names"] == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    assert zones["zoneIds"] == ["euc1-az1", "euc1-az2", "euc1-az3"]


def test_who_and_where_one_is(aws: Account) -> None:
    assert aws.ask("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == "123456789012"
    assert aws.ask("aws:index/getRegion:getRegion")["region"] == REGION
    assert aws.ask("aws:index/getPartition:getPartition")["dnsSuffix"] == "amazonaws.com"


def test_a_policy_document_is_written_as_iam_reads_it(aws: Account) -> None:
    statements = [
        {"actions": ["sts:AssumeRole"], "principals": [{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}]},
        {
            "sid": "Read",
            "actions": ["s3:GetObject", "s3:ListBucket"],
            "resources": ["arn:aws:s3:::b/&{aws:username}"],
            "conditions": [{"test": "StringEquals", "variable": "aws:SourceVpc", "values": ["vpc-1"]}],
        },
    ]
    answer = aws.ask("aws:iam/getPolicyDocument:getPolicyDocument", statements=statements)
    assert (
        json.loads(answer["json"])
        == json.loads(answer["minifiedJson"])
        == {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}},
                {
                    "Sid": "Read",
                    "Effect": "Allow",
                    "Action": ["s3:ListBucket", "s3:GetObject"],
                    "Resource": "arn:aws:s3:::b/${aws:username}",
                    "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
                },
            ],
        }
    )


def test_what_has_a_tag_is_found_by_it_in_its_region(aws: Account, store: Store) -> None:
    mine = aws.network(tags={"stack": "dev", "project": "p"})
    aws.network(tags={"stack": "production", "project": "p"})
    aws.network()
    Account(store, "us-east-1").network(tags={"stack": "dev"})
    aws.make(words.ROLE, {"assumeRolePolicy": TRUST, "tags": {"stack": "dev"}})
    aws.database(tags={"stack": "dev"})

    def found(**arguments: Any) -> list[str]:
        answer = aws.ask("aws:resourcegroupstaggingapi/getResources:getResources", **arguments)
        return [one["resourceArn"] for one in answer["resourceTagMappingLists"]]

    of_stack = found(tagFilters=[{"key": "stack", "values": ["dev"]}])
    assert [arn.split(":")[2] for arn in of_stack] == ["ec2", "rds"] and of_stack[0] == mine.outputs["arn"]
    assert found(tagFilters=[{"key": "stack", "values": ["dev"]}, {"key": "project"}]) == [mine.outputs["arn"]]
    assert len(found(tagFilters=[{"key": "stack"}], resourceTypeFilters=["ec2:vpc"])) == 2
    assert found(resourceTypeFilters=["rds:db"]) == [of_stack[1]]


def test_other_lookups_are_refused_with_those_that_there_are(aws: Account) -> None:
    with pytest.raises(Refused, match="no answer to the look-up aws:route53/getZone:getZone; it answers aws:ec2/getAmi:getAmi"):
        aws.ask("aws:route53/getZone:getZone", name="example.com")
