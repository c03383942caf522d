"""CloudSqlPostgres: a server that can publish and subscribe, reached by its peer alone, and not deleted by mistake."""

from typing import Any

import pulumi_gcp as gcp
import pytest

from multicloud.database.cloud_sql import CloudSqlPostgres, CloudSqlPostgresArgs, outgoing
from multicloud.database.contract import DatabaseSize, Role
from multicloud.errors import ArgumentError
from tests.recording import Recording

INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
USER = "gcp:sql/user:User"
PASSWORD = "random:index/randomPassword:RandomPassword"


def build(recording: Recording, **args: Any) -> CloudSqlPostgres:
    given: dict[str, Any] = {"role": Role.REPLICA, "version": "16", "database": "shop", "region": "europe-west3"} | args
    return recording.run(lambda: CloudSqlPostgres("db", CloudSqlPostgresArgs(**given)))


def settings(recording: Recording) -> dict[str, Any]:
    found: dict[str, Any] = recording.one(INSTANCE).inputs["settings"]
    return found


def test_makes_exactly_these_children_below_itself(recording: Recording) -> None:
    build(recording)
    assert {(child.type, child.name) for child in recording.children("db")} == {
        (INSTANCE, "db-instance"),
        ("gcp:sql/database:Database", "db-database"),
        (PASSWORD, "db-admin-password"),
        (USER, "db-admin"),
        (PASSWORD, "db-replication-password"),
        (USER, "db-replication"),
    }


def test_the_instances_name_is_left_to_pulumi(recording: Recording) -> None:
    """Cloud SQL keeps the name of a deleted instance taken for a week."""
    build(recording)
    assert "name" not in recording.one(INSTANCE).inputs


def test_carries_labels(recording: Recording) -> None:
    build(recording, tags={"Team": "Shop"})
    assert settings(recording)["userLabels"] == {
        "project": "project",
        "stack": "stack",
        "component": "db",
        "managed-by": "pulumi",
        "team": "shop",
    }


@pytest.mark.parametrize("role", list(Role))
def test_either_side_decodes_logically_so_that_a_promoted_replica_publishes(recording: Recording, role: Role) -> None:
    build(recording, role=role)
    assert {"name": "cloudsql.logical_decoding", "value": "on"} in settings(recording)["databaseFlags"]


def test_size_version_and_disk(recording: Recording) -> None:
    build(recording, size=DatabaseSize.LARGE, version="15", storage_gb=100)
    found = settings(recording)
    assert recording.one(INSTANCE).inputs["databaseVersion"] == "POSTGRES_15"
    assert (found["tier"], found["edition"]) == ("db-custom-4-16384", "ENTERPRISE")
    assert (found["diskSize"], found["diskType"], found["diskAutoresize"]) == (100, "PD_SSD", True)


def test_takes_encrypted_connections_alone_and_from_nobody_by_default(recording: Recording) -> None:
    build(recording)
    assert settings(recording)["ipConfiguration"] == {"ipv4Enabled": True, "sslMode": "ENCRYPTED_ONLY", "authorizedNetworks": []}


def test_admits_its_peer_alone(recording: Recording) -> None:
    build(recording, peer_addresses=["203.0.113.9", "203.0.113.7"])
    assert settings(recording)["ipConfiguration"]["authorizedNetworks"] == [
        {"name": "peer-203-0-113-7", "value": "203.0.113.7/32"},
        {"name": "peer-203-0-113-9", "value": "203.0.113.9/32"},
    ]


def test_is_backed_up_with_point_in_time_recovery(recording: Recording) -> None:
    build(recording)
    backup = settings(recording)["backupConfiguration"]
    assert backup["enabled"] is True and backup["pointInTimeRecoveryEnabled"] is True


@pytest.mark.parametrize("protected", [None, True])
def test_is_protected_by_default_in_pulumi_in_the_provider_and_in_the_cloud(recording: Recording, protected: bool | None) -> None:
    build(recording, protected=protected)
    instance = recording.one(INSTANCE)
    assert instance.protect is True
    assert instance.inputs["deletionProtection"] is True
    assert instance.inputs["settings"]["deletionProtectionEnabled"] is True


def test_can_be_given_up(recording: Recording) -> None:
    build(recording, protected=False)
    instance = recording.one(INSTANCE)
    assert not instance.protect
    assert instance.inputs["deletionProtection"] is False
    assert instance.inputs["settings"]["deletionProtectionEnabled"] is False


def test_databases_and_users_go_with_the_instance(recording: Recording) -> None:
    """One by one Cloud SQL would refuse to drop them, because objects depend on them."""
    build(recording)
    parts = [recording.one("gcp:sql/database:Database"), *recording.all(USER)]
    assert {part.inputs["deletionPolicy"] for part in parts} == {"ABANDON"}


def test_passwords_are_secret_wherever_they_go(recording: Recording) -> None:
    server = build(recording)
    assert all("password" in user.secrets for user in recording.all(USER))
    assert recording.is_secret(server.admin_password) and recording.is_secret(server.replication_password)
    [component] = recording.all("multicloud:index:CloudSqlPostgres")
    assert component.registered_secrets == {"adminPassword", "replicationPassword"}


def test_logins_have_passwords_of_their_own(recording: Recording) -> None:
    server = build(recording)
    assert {user.inputs["name"]: user.inputs["password"] for user in recording.all(USER)} == {
        "administrator": "password-of-db-admin-password",
        "replicator": "password-of-db-replication-password",
    }
    assert recording.value(server.replication_user) == "replicator"


def test_a_primary_may_be_highly_available(recording: Recording) -> None:
    build(recording, role=Role.PRIMARY, high_availability=True)
    assert settings(recording)["availabilityType"] == "REGIONAL"


def test_gives_what_every_server_gives(recording: Recording) -> None:
    server = build(recording)
    values = {
        name: recording.value(getattr(server, name))
        for name in ("cloud", "region", "role", "host", "port", "database", "admin_user", "outgoing_addresses")
    }
    assert values == {
        "cloud": "gcp",
        "region": "europe-west3",
        "role": "replica",
        "host": "198.51.100.40",
        "port": 5432,
        "database": "shop",
        "admin_user": "administrator",
        "outgoing_addresses": ["198.51.100.41"],
    }


def test_outgoing_addresses_are_those_of_that_type_sorted() -> None:
    addresses = [
        gcp.sql.outputs.DatabaseInstanceIpAddress(type=kind, ip_address=address)
        for kind, address in [("OUTGOING", "b"), ("PRIMARY", "c"), ("OUTGOING", "a")]
    ]
    assert outgoing(addresses) == ["a", "b"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"high_availability": True},
            "high_availability: a highly available Cloud SQL server cannot subscribe to another one; "
            "leave it out for the replica, and turn it on after its promotion",
        ),
        ({"version": "9"}, "version: '9' is not offered by both clouds; take one of 14, 15, 16, 17"),
        ({"storage_gb": 10}, "storage_gb: 10 is outside 20 to 16384; 20 is the smallest disk that both clouds take"),
        (
            {"network": "10.120.0.0/16"},
            "network: a Cloud SQL server has no network of its own here: it is reached at its public address by peer_addresses alone; "
            "leave it out",
        ),
        ({"peer_addresses": ["db.example.com"]}, "peer_addresses: 'db.example.com' is not an IPv4 address; write one like 203.0.113.7"),
        ({"region": "europe-west3-a"}, "region: 'europe-west3-a' is no region of gcp; did you mean europe-west3?"),
        (
            {"database": "postgres"},
            "database: 'postgres' is no name that Cloud SQL takes; begin with a letter, and use letters, digits, _ and -, 63 at most",
        ),
        ({"machine_type": "e2-small"}, "machine_type: 'e2-small' is no machine type of Cloud SQL; write one like db-custom-2-8192"),
        ({"size": "huge"}, "size: 'huge' is not known; take one of small, medium, large"),
    ],
)
def test_refuses(recording: Recording, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        build(recording, **args)
    assert str(refused.value) == message
