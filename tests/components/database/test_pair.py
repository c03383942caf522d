"""PostgresPair: two clouds that fit together, the replica admitted at the primary, and nothing secret in the open."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp
import pulumi_random as random
import pytest

import multicloud
from multicloud.database.contract import DatabaseSize
from multicloud.database.pair import PairServer, PostgresPair, PostgresPairArgs
from multicloud.errors import ArgumentError
from tests.recording import UNKNOWN, Recording

RDS = "aws:rds/instance:Instance"
CLOUD_SQL = "gcp:sql/databaseInstance:DatabaseInstance"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
AWS = PairServer(cloud="aws", region="eu-central-1")
GCP = PairServer(cloud="gcp", region="europe-west3")


def build(recording: Recording, **args: Any) -> PostgresPair:
    given: dict[str, Any] = {"version": "16", "primary": AWS, "replica": GCP} | args

    def program() -> PostgresPair:
        providers = [
            aws.Provider("aws", region="eu-central-1"),
            gcp.Provider("gcp", project="p", region="europe-west3"),
            random.Provider("random"),
        ]
        return PostgresPair("db", PostgresPairArgs(**given), pulumi.ResourceOptions(providers=providers))

    return recording.run(program)


def test_makes_one_server_in_each_cloud(recording: Recording) -> None:
    pair = build(recording)
    assert {(child.type, child.name) for child in recording.children("db")} == {
        ("multicloud:index:RdsPostgres", "db-primary"),
        ("multicloud:index:CloudSqlPostgres", "db-replica"),
    }
    assert type(pair.resources.primary).__name__ == "RdsPostgres"
    assert type(pair.resources.replica).__name__ == "CloudSqlPostgres"
    with pytest.raises(dataclasses.FrozenInstanceError):
        pair.resources.primary = pair.resources.replica  # type: ignore[misc]


def test_every_child_is_on_the_provider_of_its_own_cloud(recording: Recording) -> None:
    build(recording)
    wrong = [r.urn for r in recording.descendants("db") if r.custom and r.provider != r.type.split(":")[0]]
    assert wrong == []


def test_the_replicas_outgoing_addresses_are_admitted_at_the_primary(recording: Recording) -> None:
    build(recording)
    assert recording.one(PREFIX_LIST, "db-primary-peers").inputs["entries"] == [{"cidr": "198.51.100.41/32"}]


def test_a_preview_shows_all_though_the_addresses_are_not_known() -> None:
    preview = Recording(preview=True)
    build(preview)
    assert preview.one(PREFIX_LIST).inputs["entries"] == UNKNOWN
    assert preview.one(RDS).inputs["engineVersion"] == "16"
    preview.close()


def test_both_sides_have_the_version_the_database_and_the_disk_in_common(recording: Recording) -> None:
    build(recording, version="15", database="shop", size=DatabaseSize.LARGE, storage_gb=100)
    primary, replica = recording.one(RDS).inputs, recording.one(CLOUD_SQL).inputs
    assert (primary["engineVersion"], replica["databaseVersion"]) == ("15", "POSTGRES_15")
    assert (primary["dbName"], recording.one("gcp:sql/database:Database").inputs["name"]) == ("shop", "shop")
    assert (primary["allocatedStorage"], replica["settings"]["diskSize"]) == (100, 100)
    assert (primary["instanceClass"], replica["settings"]["tier"]) == ("db.m6g.xlarge", "db-custom-4-16384")


def test_either_side_can_name_its_own_machine_and_the_primary_its_standby(recording: Recording) -> None:
    build(
        recording,
        primary=PairServer(cloud="aws", region="eu-central-1", machine_type="db.r7g.large", high_availability=True, network="10.50.0.0/16"),
        replica=PairServer(cloud="gcp", region="europe-west3", machine_type="db-custom-8-32768"),
    )
    assert (recording.one(RDS).inputs["instanceClass"], recording.one(RDS).inputs["multiAz"]) == ("db.r7g.large", True)
    assert recording.one(CLOUD_SQL).inputs["settings"]["tier"] == "db-custom-8-32768"
    assert recording.one("aws:ec2/vpc:Vpc").inputs["cidrBlock"] == "10.50.0.0/16"


@pytest.mark.parametrize(("protected", "expected"), [(None, True), (True, True), (False, False)])
def test_both_sides_are_protected_unless_it_is_said_otherwise(recording: Recording, protected: bool | None, expected: bool) -> None:
    build(recording, protected=protected)
    assert [recording.one(type_).protect for type_ in (RDS, CLOUD_SQL)] == [expected, expected]


def test_the_outputs_say_where_both_are(recording: Recording) -> None:
    pair = build(recording)
    assert recording.value([pair.primary_cloud, pair.primary_region, pair.replica_cloud, pair.replica_region]) == [
        "aws",
        "eu-central-1",
        "gcp",
        "europe-west3",
    ]
    assert recording.value(pair.primary_host) == "db-primary-instance.rds.amazonaws.com"
    assert recording.value(pair.replica_host) == "198.51.100.40"
    assert recording.value([pair.port, pair.database, pair.admin_user]) == [5432, "app", "administrator"]


def test_passwords_are_secret_and_each_is_its_own(recording: Recording) -> None:
    pair = build(recording)
    passwords = [pair.primary_admin_password, pair.replica_admin_password, pair.replication_password]
    assert all(recording.is_secret(password) for password in passwords)
    assert len(set(recording.value(passwords))) == 3
    assert recording.one("multicloud:index:PostgresPair").registered_secrets == {
        "primaryAdminPassword",
        "replicaAdminPassword",
        "replicationPassword",
    }


def test_arguments_as_the_component_host_brings_them_make_the_same() -> None:
    """Nested dicts, enums as text and integers as floats."""
    written: Any = {
        "version": "16",
        "primary": {"cloud": "aws", "region": "eu-central-1"},
        "replica": {"cloud": "gcp", "region": "europe-west3"},
        "size": "medium",
        "storage_gb": 50.0,
    }
    typed = PostgresPairArgs(version="16", primary=AWS, replica=GCP, size=DatabaseSize.MEDIUM, storage_gb=50)
    made = []
    for given in (written, typed):
        recording = Recording()
        recording.run(lambda given=given: PostgresPair("db", given))  # type: ignore[misc]
        made.append({urn: record.inputs for urn, record in recording.records.items()})
        recording.close()
    assert made[0] == made[1]


OFFER = "take aws for the primary and gcp for the replica"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"replica": AWS}, f"replica.cloud: is aws, the primary's own, and would go down with it; {OFFER}"),
        ({"primary": GCP}, f"replica.cloud: is gcp, the primary's own, and would go down with it; {OFFER}"),
        (
            {"primary": GCP, "replica": AWS},
            "replica.cloud: cannot be aws with a primary on gcp: RDS does not say which addresses its connections come from, "
            f"so that Cloud SQL could not admit them alone; {OFFER}",
        ),
        (
            {"replica": PairServer(cloud="digitalocean", region="fra1")},
            f"replica.cloud: DigitalOcean's provider cannot switch on replication to or from its managed PostgreSQL; {OFFER}",
        ),
        (
            {"primary": PairServer(cloud="digitalocean", region="fra1")},
            f"primary.cloud: DigitalOcean's provider cannot switch on replication to or from its managed PostgreSQL; {OFFER}",
        ),
        ({"primary": PairServer(cloud="awz", region="x")}, "primary.cloud: 'awz' is no cloud with a database; did you mean aws?"),
        (
            {"replica": PairServer(cloud="gcp", region="europe-west3", high_availability=True)},
            "replica.high_availability: a server with a standby cannot subscribe to another one; "
            "leave it out, and turn it on after a promotion",
        ),
        (
            {"primary": PairServer(cloud="aws", region="eu-central1")},
            "primary.region: 'eu-central1' is no region of aws; did you mean eu-central-1?",
        ),
        (
            {"primary": PairServer(cloud="aws", region="eu-central-1", machine_type="large")},
            "primary.machine_type: 'large' is no instance class of RDS; write one like db.m6g.large",
        ),
        ({"version": "12"}, "version: '12' is not offered by both clouds; take one of 14, 15, 16, 17"),
        ({"storage_gb": 5}, "storage_gb: 5 is outside 20 to 16384; 20 is the smallest disk that both clouds take"),
        (
            {"database": "1shop"},
            "database: '1shop' is no name that RDS takes; begin with a letter, and use letters, digits and _, 63 at most",
        ),
    ],
)
def test_what_cannot_be_a_pair_is_refused_before_anything_is_made(recording: Recording, args: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        build(recording, **args)
    assert str(refused.value) == message
    assert [r for r in recording.all() if r.custom and not r.type.startswith("pulumi:providers:")] == []


def test_importing_the_pair_imports_no_clouds_sdk() -> None:
    code = (
        "import sys; import multicloud.database.pair; print([n for n in ('pulumi_aws', 'pulumi_gcp', 'pulumi_random') if n in sys.modules])"
    )
    folder = Path(multicloud.__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True, text=True).stdout.strip() == "[]"
