"""RdsPostgres: a server that can publish and subscribe, reached by its peer alone, and not deleted by mistake."""

from typing import Any

import pulumi
import pytest

from multicloud.database.contract import VERSIONS, DatabaseSize, Role
from multicloud.database.rds import RdsPostgres, RdsPostgresArgs, most_storage_gb
from multicloud.errors import ArgumentError
from tests.recording import Recording

INSTANCE = "aws:rds/instance:Instance"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
PASSWORD = "random:index/randomPassword:RandomPassword"


def build(recording: Recording, name: str = "db", **args: Any) -> RdsPostgres:
    given: dict[str, Any] = {"role": Role.PRIMARY, "version": "16", "database": "shop", "region": "eu-central-1"} | args
    return recording.run(lambda: RdsPostgres(name, RdsPostgresArgs(**given)))


def instance(recording: Recording) -> dict[str, Any]:
    return recording.one(INSTANCE).inputs


def test_makes_exactly_these_children_below_itself(recording: Recording) -> None:
    build(recording)
    assert {(child.type, child.name) for child in recording.children("db")} == {
        ("multicloud:index:AwsNetwork", "db-network"),
        (PREFIX_LIST, "db-peers"),
        ("aws:ec2/securityGroup:SecurityGroup", "db-security-group"),
        (INGRESS, "db-ingress"),
        (EGRESS, "db-egress"),
        ("aws:rds/subnetGroup:SubnetGroup", "db-subnet-group"),
        (PARAMETERS, "db-parameter-group"),
        (PASSWORD, "db-admin-password"),
        (PASSWORD, "db-replication-password"),
        ("random:index/randomId:RandomId", "db-final-snapshot"),
        (INSTANCE, "db-instance"),
    }


def test_names_are_left_to_pulumi(recording: Recording) -> None:
    build(recording)
    assert [child.name for child in recording.descendants("db") if {"name", "namePrefix", "identifier"} & set(child.inputs)] == []


def test_all_that_can_carry_tags_carries_them(recording: Recording) -> None:
    build(recording, tags={"team": "shop"})
    untagged = {"aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"}
    for child in recording.descendants("db"):
        if child.type.startswith("aws:") and child.type not in untagged:
            assert child.inputs["tags"]["team"] == "shop" and child.inputs["tags"]["stack"] == "stack", child.name
    assert instance(recording)["copyTagsToSnapshot"] is True


# replication


@pytest.mark.parametrize("role", list(Role))
def test_either_side_replicates_logically_so_that_a_promoted_replica_publishes(recording: Recording, role: Role) -> None:
    build(recording, role=role)
    group = recording.one(PARAMETERS)
    found = {parameter["name"]: parameter for parameter in group.inputs["parameters"]}
    assert found["rds.logical_replication"] == {"name": "rds.logical_replication", "value": "1", "applyMethod": "pending-reboot"}
    # RDS echoes a parameter that equals its own default, as this one does from version 15 on, with this method alone.
    assert found["rds.force_ssl"] == {"name": "rds.force_ssl", "value": "1", "applyMethod": "pending-reboot"}
    assert instance(recording)["parameterGroupName"] == group.outputs["name"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_parameters_are_of_the_servers_version(recording: Recording, version: str) -> None:
    build(recording, version=version)
    assert recording.one(PARAMETERS).inputs["family"] == f"postgres{version}"
    assert (instance(recording)["engine"], instance(recording)["engineVersion"]) == ("postgres", version)


def test_a_replica_that_is_away_cannot_fill_the_disk(recording: Recording) -> None:
    """An unread slot keeps what the replica has not read yet, in MB: a quarter of the disk at most."""
    build(recording, storage_gb=100)
    found = {parameter["name"]: parameter["value"] for parameter in recording.one(PARAMETERS).inputs["parameters"]}
    assert found["max_slot_wal_keep_size"] == str(25 * 1024)


# who reaches it


def test_its_peer_alone_reaches_it_and_is_reached(recording: Recording) -> None:
    build(recording, peer_addresses=["203.0.113.9", "203.0.113.7"])
    peers = recording.one(PREFIX_LIST)
    assert peers.inputs["entries"] == [{"cidr": "203.0.113.7/32"}, {"cidr": "203.0.113.9/32"}]
    for type_ in (INGRESS, EGRESS):
        rule = recording.one(type_).inputs
        assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"], rule["prefixListId"]) == ("tcp", 5432, 5432, peers.id)
    assert instance(recording)["vpcSecurityGroupIds"] == [recording.one("aws:ec2/securityGroup:SecurityGroup").id]


def test_nobody_is_admitted_by_default(recording: Recording) -> None:
    build(recording)
    assert recording.one(PREFIX_LIST).inputs["entries"] == []


def test_a_peer_that_is_known_later_shows_in_the_preview_and_is_admitted(recording: Recording) -> None:
    address = pulumi.Output.from_input("203.0.113.7")
    build(recording, peer_addresses=[address])
    assert recording.one(PREFIX_LIST).inputs["entries"] == [{"cidr": "203.0.113.7/32"}]
    preview = Recording(preview=True)
    build(preview, peer_addresses=[address])
    assert len(preview.children("db")) == 11
    preview.close()


def test_it_is_reached_from_the_other_cloud_but_only_once_the_network_leads_there(recording: Recording) -> None:
    build(recording)
    assert instance(recording)["publiclyAccessible"] is True
    assert "db-network-route" in {recording.records[urn].name for urn in recording.one(INSTANCE).depends_on}


def test_it_has_a_network_of_its_own_over_two_zones(recording: Recording) -> None:
    build(recording)
    assert recording.one("aws:ec2/vpc:Vpc").inputs["cidrBlock"] == "10.110.0.0/16"
    assert recording.one("aws:rds/subnetGroup:SubnetGroup").inputs["subnetIds"] == [
        subnet.id for subnet in recording.all("aws:ec2/subnet:Subnet")
    ]
    assert len({subnet.inputs["availabilityZone"] for subnet in recording.all("aws:ec2/subnet:Subnet")}) == 2


# the server


def test_it_is_encrypted_backed_up_and_watched(recording: Recording) -> None:
    build(recording)
    found = instance(recording)
    assert found["storageEncrypted"] is True and found["storageType"] == "gp3"
    assert found["backupRetentionPeriod"] == 14
    assert found["performanceInsightsEnabled"] is True
    assert found["multiAz"] is False


def test_a_standby_in_another_zone(recording: Recording) -> None:
    build(recording, high_availability=True)
    assert instance(recording)["multiAz"] is True


@pytest.mark.parametrize(
    ("size", "machine_type", "expected"),
    [
        (None, None, "db.t4g.medium"),
        (DatabaseSize.MEDIUM, None, "db.m6g.large"),
        (DatabaseSize.LARGE, None, "db.m6g.xlarge"),
        (None, "db.r7g.large", "db.r7g.large"),
    ],
)
def test_a_size_is_an_instance_class(recording: Recording, size: DatabaseSize | None, machine_type: str | None, expected: str) -> None:
    build(recording, size=size, machine_type=machine_type)
    assert instance(recording)["instanceClass"] == expected


@pytest.mark.parametrize(("storage_gb", "most"), [(20, 80), (100, 400), (16384, 65536)])
def test_the_disk_grows_by_itself_within_limits(recording: Recording, storage_gb: int, most: int) -> None:
    build(recording, storage_gb=storage_gb)
    assert (instance(recording)["allocatedStorage"], instance(recording)["maxAllocatedStorage"]) == (storage_gb, most)
    assert most_storage_gb(storage_gb) <= 65536


@pytest.mark.parametrize("protected", [None, True])
def test_a_server_is_not_deleted_by_mistake_and_leaves_a_last_snapshot(recording: Recording, protected: bool | None) -> None:
    build(recording, protected=protected)
    found = instance(recording)
    assert recording.one(INSTANCE).protect and found["deletionProtection"] is True
    assert found["skipFinalSnapshot"] is False and found["finalSnapshotIdentifier"] == "db-final-1a2b3c4d"
    assert found["deleteAutomatedBackups"] is False


def test_an_unprotected_server_goes_with_all_it_had(recording: Recording) -> None:
    build(recording, protected=False)
    found = instance(recording)
    assert not recording.one(INSTANCE).protect and found["deletionProtection"] is False
    assert found["skipFinalSnapshot"] is True and found["deleteAutomatedBackups"] is True


# secrets


def test_passwords_are_secret_wherever_they_go(recording: Recording) -> None:
    server = build(recording)
    assert "password" in recording.one(INSTANCE).secrets
    assert recording.is_secret(server.admin_password) and recording.is_secret(server.replication_password)
    assert recording.value(server.admin_password) != recording.value(server.replication_password)
    component = recording.one("multicloud:index:RdsPostgres")
    assert component.registered_secrets == {"adminPassword", "replicationPassword"}


def test_a_password_fits_into_a_connection_string(recording: Recording) -> None:
    build(recording)
    for password in recording.all(PASSWORD):
        assert (password.inputs["length"], password.inputs["special"]) == (32, False)


def test_the_outputs_are_the_contracts(recording: Recording) -> None:
    server = build(recording)
    values = {
        name: recording.value(getattr(server, name))
        for name in ("cloud", "region", "role", "host", "port", "database", "admin_user", "replication_user", "outgoing_addresses")
    }
    assert values == {
        "cloud": "aws",
        "region": "eu-central-1",
        "role": "primary",
        "host": "db-instance.rds.amazonaws.com",
        "port": 5432,
        "database": "shop",
        "admin_user": "administrator",
        "replication_user": "replicator",
        "outgoing_addresses": [],
    }


# bad input


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"version": "13"}, "version: '13' is not offered by both clouds; take one of 14, 15, 16, 17"),
        ({"storage_gb": 10}, "storage_gb: 10 is outside 20 to 16384; 20 is the smallest disk that both clouds take"),
        ({"region": "eu-central1"}, "region: 'eu-central1' is no region of aws; did you mean eu-central-1?"),
        ({"database": "my-shop"}, "database: 'my-shop' is no name that RDS takes; begin with a letter, and use letters, digits and _, 63 "),
        ({"machine_type": "m6g.large"}, "machine_type: 'm6g.large' is no instance class of RDS; write one like db.m6g.large"),
        ({"peer_addresses": ["replica"]}, "peer_addresses: 'replica' is not a range in CIDR form; write one like 203.0.113.0/24"),
        ({"name": "a--b"}, "name: 'a--b' has two hyphens in a row, which RDS refuses; take one"),
        ({"name": "Db"}, "name: 'Db' cannot begin the name of a resource; "),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_made(recording: Recording, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        build(recording, **args)
    assert str(refused.value).startswith(message)
    assert [record for record in recording.all() if record.custom] == []
