"""A PostgreSQL server on Cloud SQL, as one side of a replica pair.

It has a public address, because the other cloud reaches it or is reached from it there; only the peer's addresses are admitted,
and only over TLS. Deliberately left out: a private address, since Google keeps a deleted server's peering for days and the
network could not be deleted with it; what SQL sets up (publication, subscription, the REPLICATION right of the replication login).
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_gcp as gcp
import pulumi_random as random

from ..arguments import arguments, known, planned
from ..errors import ArgumentError
from ..google import Children
from ..naming import check_dns_label
from ..outputs import outputs
from ..regions import check_region
from .contract import ADMIN_USER, PORT, REPLICATION_USER, DatabaseSize, PostgresArgs, Role
from .passwords import password

MACHINE_TYPES = {
    DatabaseSize.SMALL: "db-custom-2-4096",
    DatabaseSize.MEDIUM: "db-custom-2-8192",
    DatabaseSize.LARGE: "db-custom-4-16384",
}
"""Cloud SQL's machine type for each size: https://cloud.google.com/sql/docs/postgres/machine-series-overview."""

FLAGS = {
    # On both sides, so that a promoted replica publishes without a restart.
    "cloudsql.logical_decoding": "on",
    "log_lock_waits": "on",
}
"""https://cloud.google.com/sql/docs/postgres/flags"""

RESERVED_DATABASES = ("postgres", "template0", "template1", "cloudsqladmin")
"""Databases that every server has."""

NAME_LIMIT = 46
"""Google's names hold 63 characters; the suffix is `-instance`, and auto-naming adds 8."""


@dataclass(kw_only=True, frozen=True)
class CloudSqlPostgresArgs(PostgresArgs):
    """Arguments of `CloudSqlPostgres`: the portable ones and Google Cloud's own."""

    region: str
    """Region of the server, for example `europe-west3`."""

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on Cloud SQL."""
        super().check()
        check_region("gcp", self.region)
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,62}", self.database) or self.database in RESERVED_DATABASES:
            mend = "begin with a letter, and use letters, digits, _ and -, 63 at most"
            raise ArgumentError("database", f"{self.database!r} is no name that Cloud SQL takes", mend)
        if self.machine_type is not None and not re.fullmatch(r"db-[a-z0-9-]+", self.machine_type, re.IGNORECASE):
            raise ArgumentError("machine_type", f"{self.machine_type!r} is no machine type of Cloud SQL", "write one like db-custom-2-8192")
        if self.role is Role.REPLICA and self.high_availability:
            raise ArgumentError(
                "high_availability",
                "a highly available Cloud SQL server cannot subscribe to another one",
                "leave it out for the replica, and turn it on after its promotion",
            )
        authorized_networks(known(self.peer_addresses))
        if self.network is not None:
            raise ArgumentError(
                "network",
                "a Cloud SQL server has no network of its own here: it is reached at its public address by peer_addresses alone",
                "leave it out",
            )

    @property
    def effective_machine_type(self) -> str:
        """Cloud SQL's name of the machine type, the default filled in."""
        return self.machine_type or MACHINE_TYPES[self.effective_size]


@dataclass(kw_only=True, frozen=True)
class CloudSqlPostgresResources:
    """The children of `CloudSqlPostgres`."""

    instance: gcp.sql.DatabaseInstance
    database: gcp.sql.Database
    admin_password: random.RandomPassword
    admin: gcp.sql.User
    replication_password: random.RandomPassword
    replication: gcp.sql.User


class CloudSqlPostgres(pulumi.ComponentResource):
    """A PostgreSQL server on Cloud SQL that can publish and subscribe: encrypted, backed up, and not deleted by mistake.

    Its name is left to Pulumi: Cloud SQL keeps the name of a deleted server taken for a week.

    Raises:
        ArgumentError: Where an argument cannot work on Cloud SQL, before anything is created.
    """

    cloud: pulumi.Output[str]
    """gcp."""
    region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    role: pulumi.Output[str]
    """primary or replica."""
    host: pulumi.Output[str]
    """Hostname or address to connect to, from where it is admitted."""
    port: pulumi.Output[int]
    """Port to connect to."""
    database: pulumi.Output[str]
    """Name of the application's database."""
    admin_user: pulumi.Output[str]
    """The administrator's login."""
    admin_password: pulumi.Output[str]
    """Secret."""
    replication_user: pulumi.Output[str]
    """The login that the other side subscribes with."""
    replication_password: pulumi.Output[str]
    """Secret."""
    outgoing_addresses: pulumi.Output[list[str]]
    """IPv4 addresses that the server's own connections come from, to be admitted by the other side."""
    connection_name: pulumi.Output[str]
    """`project:region:instance`, for Cloud SQL's connectors."""
    instance_name: pulumi.Output[str]
    """The server's name in Cloud SQL."""

    def __init__(self, name: str, args: CloudSqlPostgresArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:CloudSqlPostgres", name, None, opts)
        args = arguments(CloudSqlPostgresArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        children = Children.of(self, name, args.tags)

        instance = gcp.sql.DatabaseInstance(
            f"{name}-instance",
            database_version=f"POSTGRES_{args.version}",
            region=args.region,
            deletion_protection=args.effective_protected,
            settings=_settings(args, children.labels),
            opts=pulumi.ResourceOptions(parent=self, protect=args.effective_protected or None),
        )
        # The server takes its databases and users with it. One by one Cloud SQL would refuse: their objects depend on them.
        database = gcp.sql.Database(
            f"{name}-database", instance=instance.name, name=args.database, deletion_policy="ABANDON", opts=children.options
        )
        admin_password, admin = _user(children, "admin", ADMIN_USER, instance)
        replication_password, replication = _user(children, "replication", REPLICATION_USER, instance)

        self.resources = CloudSqlPostgresResources(
            instance=instance,
            database=database,
            admin_password=admin_password,
            admin=admin,
            replication_password=replication_password,
            replication=replication,
        )
        self.cloud = pulumi.Output.from_input("gcp")
        self.region = pulumi.Output.from_input(args.region)
        self.role = pulumi.Output.from_input(args.role.value)
        self.host = instance.public_ip_address
        self.port = pulumi.Output.from_input(PORT)
        self.database = database.name
        self.admin_user = admin.name
        self.admin_password = pulumi.Output.secret(admin_password.result)
        self.replication_user = replication.name
        self.replication_password = pulumi.Output.secret(replication_password.result)
        self.outgoing_addresses = instance.ip_addresses.apply(outgoing)
        self.connection_name = instance.connection_name
        self.instance_name = instance.name
        self.register_outputs(outputs(self))


def outgoing(addresses: Optional[Sequence[gcp.sql.outputs.DatabaseInstanceIpAddress]]) -> list[str]:
    """The addresses that the server's own connections come from, sorted.

    Args:
        addresses: The instance's `ip_addresses`; None where the server is not made yet, in an update of other resources (`--target`).
    """
    return sorted(address.ip_address for address in addresses or [] if address.type == "OUTGOING" and address.ip_address)


def authorized_networks(addresses: list[str]) -> list[gcp.sql.DatabaseInstanceSettingsIpConfigurationAuthorizedNetworkArgs]:
    """The peer's addresses as Cloud SQL's authorized networks, sorted.

    Args:
        addresses: Public IPv4 addresses, or ranges in CIDR form.

    Raises:
        ArgumentError: At `peer_addresses`, if one of them is neither.
    """
    networks = set()
    for address in addresses:
        try:
            networks.add(ipaddress.IPv4Network(address))
        except ValueError:
            raise ArgumentError("peer_addresses", f"{address!r} is not an IPv4 address", "write one like 203.0.113.7") from None
    return [
        gcp.sql.DatabaseInstanceSettingsIpConfigurationAuthorizedNetworkArgs(
            name=f"peer-{network.network_address}".replace(".", "-"), value=str(network)
        )
        for network in sorted(networks)
    ]


def _settings(args: CloudSqlPostgresArgs, labels: dict[str, str]) -> gcp.sql.DatabaseInstanceSettingsArgs:
    return gcp.sql.DatabaseInstanceSettingsArgs(
        tier=args.effective_machine_type,
        # Named, since its default changes with PostgreSQL's version.
        edition="ENTERPRISE",
        availability_type="REGIONAL" if args.high_availability else "ZONAL",
        disk_type="PD_SSD",
        disk_size=args.effective_storage_gb,
        disk_autoresize=True,
        database_flags=[gcp.sql.DatabaseInstanceSettingsDatabaseFlagArgs(name=flag, value=value) for flag, value in sorted(FLAGS.items())],
        ip_configuration=gcp.sql.DatabaseInstanceSettingsIpConfigurationArgs(
            ipv4_enabled=True, ssl_mode="ENCRYPTED_ONLY", authorized_networks=planned(authorized_networks, args.peer_addresses)
        ),
        backup_configuration=gcp.sql.DatabaseInstanceSettingsBackupConfigurationArgs(
            enabled=True,
            start_time="02:00",
            point_in_time_recovery_enabled=True,
            transaction_log_retention_days=7,
            backup_retention_settings=gcp.sql.DatabaseInstanceSettingsBackupConfigurationBackupRetentionSettingsArgs(
                retained_backups=14, retention_unit="COUNT"
            ),
        ),
        # Sunday, after the night's backup; in UTC.
        maintenance_window=gcp.sql.DatabaseInstanceSettingsMaintenanceWindowArgs(day=7, hour=4, update_track="stable"),
        insights_config=gcp.sql.DatabaseInstanceSettingsInsightsConfigArgs(query_insights_enabled=True),
        deletion_protection_enabled=args.effective_protected,
        user_labels=labels,
    )


def _user(children: Children, suffix: str, user: str, instance: gcp.sql.DatabaseInstance) -> tuple[random.RandomPassword, gcp.sql.User]:
    """A login with a password of its own."""
    made = password(f"{children.name}-{suffix}-password", children.options)
    login = gcp.sql.User(
        f"{children.name}-{suffix}",
        instance=instance.name,
        name=user,
        password=made.result,
        type="BUILT_IN",
        deletion_policy="ABANDON",
        opts=children.options,
    )
    return made, login
