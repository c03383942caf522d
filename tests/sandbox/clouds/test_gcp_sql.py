"""The stand-in for Google Cloud: Cloud SQL's instances, databases and users."""

import pytest

from sandbox.rules import Refused, Values
from tests.sandbox.clouds.gcp import DATABASE, INSTANCE, REGION, SETTINGS, USER, Google


@pytest.mark.parametrize(
    ("token", "inputs", "message"),
    [
        (DATABASE, {}, "instance: missing required property"),
        (USER, {"instance": "i", "name": "u"}, "password: .*needs a password"),
    ],
)
def test_inputs_that_are_refused_before_anything_is_made(google: Google, token: str, inputs: Values, message: str) -> None:
    google.refuses(token, inputs, message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"databaseVersion": "POSTGRES_99"}, "databaseVersion: expected one of"),
        ({"region": "mars-west1"}, "region: .*Unknown region"),
        ({"settings": {"edition": "ENTERPRISE"}}, "settings.tier: missing required property"),
        ({"settings": {"tier": "db-custom-3-4096", "edition": "ENTERPRISE"}}, "settings.tier: .*number of CPUs"),
        ({"settings": {"tier": "db-custom-2-4000", "edition": "ENTERPRISE"}}, "settings.tier: .*multiple of 256"),
        ({"settings": {"tier": "large"}}, "settings.tier: .*Invalid Tier"),
        ({"settings": {"tier": "db-custom-2-4096"}}, r"settings.tier: .*for \(ENTERPRISE_PLUS\) Edition"),
        ({"settings": SETTINGS | {"databaseFlags": [{"name": "wal_level", "value": "logical"}]}}, "databaseFlags.*not supported"),
        ({"settings": SETTINGS | {"databaseFlags": [{"name": "cloudsql.logical_decoding", "value": "yes"}]}}, "is on or off"),
        (
            {"settings": SETTINGS | {"ipConfiguration": {"authorizedNetworks": [{"value": "10.0.0.1"}]}}},
            "Non-routable or private authorized network",
        ),
        ({"settings": SETTINGS | {"ipConfiguration": {"ipv4Enabled": False}}}, "At least one of public IP"),
        ({"settings": SETTINGS | {"availabilityType": "REGIONAL"}}, "highly available instance needs backups"),
        ({"settings": SETTINGS | {"backupConfiguration": {"pointInTimeRecoveryEnabled": True}}}, "needs automated backups"),
        ({"settings": SETTINGS | {"backupConfiguration": {"enabled": True, "startTime": "25:00"}}}, "startTime: expected a time"),
        ({"settings": SETTINGS | {"maintenanceWindow": {"day": 8}}}, "settings.maintenanceWindow.day: "),
        ({"settings": SETTINGS | {"userLabels": {"Stack": "dev"}}}, "settings.userLabels: "),
        (
            {
                "databaseVersion": "MYSQL_8_0",
                "settings": SETTINGS | {"backupConfiguration": {"enabled": True, "pointInTimeRecoveryEnabled": True}},
            },
            "only available for Postgres.*refused by the provider",
        ),
    ],
)
def test_instances_that_are_refused(google: Google, changes: Values, message: str) -> None:
    given: Values = {"databaseVersion": "POSTGRES_16", "region": REGION, "settings": SETTINGS}
    google.refuses(INSTANCE, given | changes, message)


def test_an_instance_has_addresses_to_be_reached_at_and_to_come_from(google: Google) -> None:
    instance = google.sql(name="db")
    kinds = {address["type"]: address["ipAddress"] for address in instance.outputs["ipAddresses"]}
    assert set(kinds) == {"PRIMARY", "OUTGOING"} and len(set(kinds.values())) == 2
    assert instance.outputs["publicIpAddress"] == instance.outputs["firstIpAddress"] == kinds["PRIMARY"]
    assert instance.outputs["connectionName"] == f"shop-prod:{REGION}:db"
    changed = google.update(INSTANCE, instance, settings=SETTINGS | {"tier": "db-custom-4-16384"})
    assert changed.outputs["ipAddresses"] == instance.outputs["ipAddresses"]
    assert changed.outputs["settings"]["version"] == instance.outputs["settings"]["version"] + 1


def test_settings_are_filled_in(google: Google) -> None:
    settings = google.sql().outputs["settings"]
    assert (settings["diskType"], settings["availabilityType"], settings["activationPolicy"]) == ("PD_SSD", "ZONAL", "ALWAYS")
    assert settings["ipConfiguration"]["ipv4Enabled"] is True


def test_a_deleted_instances_name_stays_taken(google: Google) -> None:
    google.delete(INSTANCE, google.sql(name="db"))
    with pytest.raises(Refused, match="can't reuse the name of the deleted instance until one week"):
        google.sql(name="db")


def test_a_protected_instance_is_not_deleted(google: Google) -> None:
    """First the provider says no, then the API."""
    instance = google.sql(deletionProtection=True, settings=SETTINGS | {"deletionProtectionEnabled": True})
    with pytest.raises(Refused, match="deletion_protection is set to true"):
        google.delete(INSTANCE, instance)
    instance = google.update(INSTANCE, instance, deletionProtection=False)
    with pytest.raises(Refused, match="The instance is protected"):
        google.delete(INSTANCE, instance)
    google.delete(INSTANCE, google.update(INSTANCE, instance, settings=SETTINGS))


def test_an_instance_takes_its_databases_and_users_with_it(google: Google) -> None:
    instance = google.sql(name="db")
    database = google.make(DATABASE, instance="db", name="shop")
    user = google.make(USER, instance="db", name="app", password="secret")
    assert database.id == "projects/shop-prod/instances/db/databases/shop"
    assert user.id == "app//db"
    with pytest.raises(Refused, match="already exists"):
        google.make(DATABASE, instance="db", name="shop")
    with pytest.raises(Refused, match="User 'app' already exists"):
        google.make(USER, instance="db", name="app", password="secret")
    google.delete(INSTANCE, instance)


@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({"region": "europe-west1"}, True),
        ({"settings": SETTINGS | {"tier": "db-custom-4-16384"}}, False),
        ({"settings": SETTINGS | {"diskSize": 10}}, False),
        ({"settings": SETTINGS | {"diskSize": 10, "diskAutoresize": False}}, True),
        ({"settings": SETTINGS | {"availabilityType": "REGIONAL"}}, False),
        ({"databaseVersion": "POSTGRES_17"}, False),
    ],
)
def test_only_what_google_says_replaces_a_database(google: Google, change: Values, replaces: bool) -> None:
    old: Values = {"databaseVersion": "POSTGRES_16", "region": REGION, "settings": SETTINGS | {"diskSize": 20}}
    assert google.diff(INSTANCE, old, old | change) == (True, replaces)
