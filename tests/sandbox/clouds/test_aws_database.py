"""The stand-in AWS: RDS."""

import re

import pytest

from sandbox.clouds.aws import words
from sandbox.rules import Refused, Values
from tests.sandbox.clouds.aws import POSTGRES, REGION, Account


def test_a_database_has_an_endpoint_and_keeps_it(aws: Account) -> None:
    made = aws.database()
    outputs = made.outputs
    assert re.fullmatch(r"db-[A-Z2-7]{26}", made.id) and re.fullmatch(r"main-[0-9a-f]{7}", outputs["identifier"])
    assert re.fullmatch(rf"{outputs['identifier']}\.c[a-z0-9]{{11}}\.{REGION}\.rds\.amazonaws\.com", outputs["address"])
    assert outputs["endpoint"] == f"{outputs['address']}:5432" and outputs["hostedZoneId"] == "Z1RLNUO7B9Q6NB"
    assert outputs["engineVersion"] == "16" and outputs["engineVersionActual"].startswith("16.")
    assert outputs["arn"] == f"arn:aws:rds:{REGION}:123456789012:db:{outputs['identifier']}"
    larger = aws.change(words.DATABASE, made, allocatedStorage=50)
    for key in ("address", "resourceId", "availabilityZone", "engineVersionActual"):
        assert larger.outputs[key] == outputs[key], key


def test_a_password_is_secret_in_the_state(aws: Account) -> None:
    assert ("password",) in aws.database().secrets


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"password": "kurz"}, "shorter than 8 characters"),
        ({"password": "with a space or / or @"}, "Only printable ASCII characters besides"),
        ({"password": None}, "`password` is required"),
        ({"username": "admin"}, "MasterUsername admin cannot be used as it is a reserved word used by the engine"),
        ({"username": "1st"}, "must begin with a letter"),
        ({"allocatedStorage": 10}, "Invalid storage size for engine name postgres and storage type gp3: 10"),
        ({"maxAllocatedStorage": 20}, "Max storage size must be greater than storage size"),
        ({"iops": 4000}, "storage size less than 400"),
        ({"engine": "postgresql"}, "Invalid DB engine: postgresql"),
        ({"engineVersion": "16.99"}, r"Cannot find version 16.99 for postgres"),
        ({"instanceClass": "db.t3.huge"}, "RDS does not support creating a DB instance with the following combination"),
        ({"backupRetentionPeriod": 36}, "from 0 to 35"),
        ({"backupWindow": "02:00-02:10"}, "at least 30 minutes"),
        ({"backupWindow": "04:00-05:00", "maintenanceWindow": "sun:04:30-sun:05:30"}, "must not overlap"),
        ({"backupWindow": "2-3"}, "a window such as"),
        ({"identifier": "Main"}, "matches"),
        ({"identifier": "a--b"}, "does not match --"),
        ({"manageMasterUserPassword": True}, "conflicts with"),
    ],
)
def test_a_database_that_cannot_be_is_refused(aws: Account, changes: Values, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        aws.check(words.DATABASE, {key: value for key, value in {**POSTGRES, **changes}.items() if value is not None})
    assert not changes.get("password") or changes["password"] not in refused.value.message


def test_a_protected_database_is_not_deleted(aws: Account) -> None:
    made = aws.database(deletionProtection=True)
    with pytest.raises(Refused, match="Cannot delete protected DB Instance"):
        aws.delete(words.DATABASE, made)
    aws.delete(words.DATABASE, aws.change(words.DATABASE, made, deletionProtection=False))


def test_a_database_is_deleted_with_a_last_snapshot_or_explicitly_without(aws: Account) -> None:
    made = aws.database(skipFinalSnapshot=None)
    with pytest.raises(Refused, match="final_snapshot_identifier is required when skip_final_snapshot is false"):
        aws.delete(words.DATABASE, made)
    aws.delete(words.DATABASE, aws.change(words.DATABASE, made, finalSnapshotIdentifier="last"))
    again = aws.database(skipFinalSnapshot=False, finalSnapshotIdentifier="last")
    with pytest.raises(Refused, match="DBSnapshotAlreadyExists"):
        aws.delete(words.DATABASE, again)


def test_parameters_are_of_the_databases_version(aws: Account) -> None:
    wrong = aws.make(words.PARAMETER_GROUP, {"family": "postgres15"})
    with pytest.raises(Refused, match="Please use a Parameter Group with DBParameterGroupFamily postgres16"):
        aws.database(parameterGroupName=wrong.id)
    right = aws.make(words.PARAMETER_GROUP, {"family": "postgres16"})
    aws.database(parameterGroupName=right.id)
    with pytest.raises(Refused, match="InvalidDBParameterGroupState"):
        aws.delete(words.PARAMETER_GROUP, right)


@pytest.mark.parametrize(
    ("parameter", "says"),
    [
        ({"name": "rds.logical_replication", "value": "1"}, "cannot use immediate apply method for static parameter"),
        ({"name": "wal_levle", "value": "logical"}, "Could not find parameter with name: wal_levle"),
        ({"name": "rds.force_ssl", "value": "1", "applyMethod": "soon"}, "in any case"),
    ],
)
def test_parameters_exist_and_static_ones_wait_for_a_restart(aws: Account, parameter: Values, says: str) -> None:
    with pytest.raises(Refused, match=says):
        aws.check(words.PARAMETER_GROUP, {"family": "postgres16", "parameters": [parameter]})


def test_a_subnet_group_covers_two_zones_and_stays_while_used(aws: Account) -> None:
    vpc, subnets = aws.public()
    with pytest.raises(Refused, match="DBSubnetGroupDoesNotCoverEnoughAZs"):
        aws.make(words.SUBNET_GROUP, {"subnetIds": subnets[:1]})
    group = aws.make(words.SUBNET_GROUP, {"subnetIds": subnets})
    assert group.outputs["vpcId"] == vpc.id
    made = aws.database(dbSubnetGroupName=group.id)
    assert made.outputs["vpcSecurityGroupIds"] == [vpc.outputs["defaultSecurityGroupId"]]
    with pytest.raises(Refused, match="InvalidDBSubnetGroupStateFault: Cannot delete the subnet group"):
        aws.delete(words.SUBNET_GROUP, group)
    with pytest.raises(Refused, match="DependencyViolation: The subnet"):
        aws.life.delete(words.SUBNET, "web", subnets[0])


def test_a_public_database_needs_a_public_network(aws: Account) -> None:
    vpc = aws.network()
    group = aws.make(words.SUBNET_GROUP, {"subnetIds": aws.subnets(vpc)})
    with pytest.raises(Refused, match="InvalidVPCNetworkStateFault: Cannot create a publicly accessible DBInstance"):
        aws.database(dbSubnetGroupName=group.id, publiclyAccessible=True)
    gateway = aws.make(words.GATEWAY, {"vpcId": vpc.id})
    aws.database(dbSubnetGroupName=group.id, publiclyAccessible=True)
    with pytest.raises(Refused, match="mapped public address"):
        aws.delete(words.GATEWAY, gateway)


def test_a_database_grows_only(aws: Account) -> None:
    made = aws.database(allocatedStorage=50)
    with pytest.raises(Refused, match="storage is never made smaller"):
        aws.change(words.DATABASE, made, allocatedStorage=20)
    with pytest.raises(Refused, match="AllowMajorVersionUpgrade flag must be present"):
        aws.change(words.DATABASE, made, engineVersion="17")
    assert aws.change(words.DATABASE, made, engineVersion="17", allowMajorVersionUpgrade=True).outputs["engineVersionActual"][:3] == "17."
    assert not aws.compare(words.DATABASE, POSTGRES, {**POSTGRES, "instanceClass": "db.m6g.large"}).replaces
    assert aws.compare(words.DATABASE, POSTGRES, {**POSTGRES, "username": "other"}).replaces
