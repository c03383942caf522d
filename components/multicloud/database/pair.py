"""A PostgreSQL primary in one cloud and its replica in another.

The servers stand, can reach each other, and are set up for logical replication. Deliberately left out: what SQL does (the
publication, the subscription and their logins' rights) and the promotion.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Optional, cast

import pulumi

from ..arguments import arguments
from ..errors import ArgumentError, closest
from ..outputs import outputs
from .contract import DatabaseSize, PostgresArgs, PostgresServer, Role

SERVERS = {"aws": (".rds", "RdsPostgres"), "gcp": (".cloud_sql", "CloudSqlPostgres")}
"""The component of each cloud. Imported when it is used: who has one cloud needs its SDK alone."""

PAIRINGS = {("aws", "gcp")}
"""The primary's cloud and the replica's that work together."""

REASONS = {
    ("gcp", "aws"): "RDS does not say which addresses its connections come from, so that Cloud SQL could not admit them alone",
}
"""Why another pairing does not."""

NO_SERVERS = {
    "digitalocean": "DigitalOcean's provider cannot switch on replication to or from its managed PostgreSQL",
}
"""Why a cloud has no server that could be in a pair."""

SHARED = ("version", "database", "size", "storage_gb", "protected", "tags")
"""What both sides have in common."""


@dataclass(kw_only=True, frozen=True)
class PairServer:
    """One side of the pair."""

    cloud: str
    """The cloud that runs it: aws or gcp."""
    region: str
    """The region, in the cloud's own name."""
    machine_type: Optional[str] = None
    """The cloud's own name of a machine type, instead of the pair's `size`."""
    high_availability: Optional[bool] = None
    """A standby in another zone of the same region. Defaults to false. Not for the replica: it could not subscribe then."""
    network: Optional[str] = None
    """Address range of the server's own network in CIDR form, on AWS. Defaults to 10.110.0.0/16. Choose it once: RDS does
    not let the subnet group of a server move to another network."""


@dataclass(kw_only=True, frozen=True)
class PostgresPairArgs:
    """Arguments of `PostgresPair`."""

    version: str
    """PostgreSQL's major version, the same on both sides: 14, 15, 16 or 17."""
    primary: PairServer
    """Takes the writes and publishes them."""
    replica: PairServer
    """Subscribes to the primary, in another cloud."""
    database: Optional[str] = None
    """Name of the application's database. Defaults to app."""
    size: Optional[DatabaseSize] = None
    """How large each machine is. Defaults to small."""
    storage_gb: Optional[int] = None
    """Disk of each side in GB, 20 to 16384. Defaults to 20."""
    protected: Optional[bool] = None
    """Whether the clouds and Pulumi refuse to delete the servers. Defaults to true."""
    tags: Optional[dict[str, str]] = None
    """Laid over the tags that every resource gets: project, stack, component, managed-by."""

    def check(self) -> None:
        """Raises ArgumentError if the two sides cannot be a pair, or if one of them cannot work in its cloud."""
        for path, server in (("primary", self.primary), ("replica", self.replica)):
            if server.cloud in NO_SERVERS:
                raise ArgumentError(f"{path}.cloud", NO_SERVERS[server.cloud], _offer())
            if server.cloud not in SERVERS:
                raise ArgumentError(f"{path}.cloud", f"{server.cloud!r} is no cloud with a database", closest(server.cloud, SERVERS))
        pairing = (self.primary.cloud, self.replica.cloud)
        if self.primary.cloud == self.replica.cloud:
            wrong = f"is {self.replica.cloud}, the primary's own, and would go down with it"
            raise ArgumentError("replica.cloud", wrong, _offer())
        if pairing not in PAIRINGS:
            reason = REASONS.get(pairing, f"{pairing[0]} and {pairing[1]} have not been put together yet")
            raise ArgumentError("replica.cloud", f"cannot be {pairing[1]} with a primary on {pairing[0]}: {reason}", _offer())
        if self.replica.high_availability:
            mend = "leave it out, and turn it on after a promotion"
            raise ArgumentError("replica.high_availability", "a server with a standby cannot subscribe to another one", mend)
        for path, server, role in (("primary", self.primary, Role.PRIMARY), ("replica", self.replica, Role.REPLICA)):
            try:
                self.server_args(server, role).check()
            except ArgumentError as error:
                raise error if error.path.split(".")[0] in SHARED else error.under(path) from None

    def server_args(self, server: PairServer, role: Role, peer_addresses: Optional[pulumi.Output[list[str]]] = None) -> PostgresArgs:
        """The arguments of one side's component.

        Args:
            server: The side.
            role: Which one it is.
            peer_addresses: The other side's addresses, admitted to this one.
        """
        return cast(
            PostgresArgs,
            _component(server.cloud, "Args")(
                role=role,
                region=server.region,
                version=self.version,
                database="app" if self.database is None else self.database,
                size=self.size,
                machine_type=server.machine_type,
                storage_gb=self.storage_gb,
                high_availability=server.high_availability,
                network=server.network,
                peer_addresses=peer_addresses,
                protected=self.protected,
                tags=self.tags,
            ),
        )


@dataclass(kw_only=True, frozen=True)
class PostgresPairResources:
    """The children of `PostgresPair`: the components of two clouds, each with its own `resources`."""

    primary: PostgresServer
    replica: PostgresServer


class PostgresPair(pulumi.ComponentResource):
    """A PostgreSQL primary in one cloud and a server in another that can replicate it, and that it admits.

    Raises:
        ArgumentError: Where the two cannot be a pair, or an argument cannot work in one of the clouds, before anything is created.
    """

    primary_cloud: pulumi.Output[str]
    """aws or gcp."""
    primary_region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    primary_host: pulumi.Output[str]
    """Hostname or address of the server that takes the writes."""
    replica_cloud: pulumi.Output[str]
    """aws or gcp."""
    replica_region: pulumi.Output[str]
    """The region, in the cloud's own name."""
    replica_host: pulumi.Output[str]
    """Hostname or address of the server that follows."""
    port: pulumi.Output[int]
    """Port to connect to, the same on both sides."""
    database: pulumi.Output[str]
    """Name of the application's database, the same on both sides."""
    admin_user: pulumi.Output[str]
    """The administrator's login, of the same name on both sides."""
    primary_admin_password: pulumi.Output[str]
    """Secret."""
    replica_admin_password: pulumi.Output[str]
    """Secret."""
    replication_user: pulumi.Output[str]
    """The login that the replica subscribes with."""
    replication_password: pulumi.Output[str]
    """Secret. The primary's."""

    def __init__(self, name: str, args: PostgresPairArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:PostgresPair", name, None, opts)
        args = arguments(PostgresPairArgs, args)
        args.check()

        # The replica comes first: its addresses are what the primary admits.
        replica = self._server(f"{name}-replica", args.replica.cloud, args.server_args(args.replica, Role.REPLICA))
        primary = self._server(
            f"{name}-primary", args.primary.cloud, args.server_args(args.primary, Role.PRIMARY, replica.outgoing_addresses)
        )

        self.resources = PostgresPairResources(primary=primary, replica=replica)
        self.primary_cloud = primary.cloud
        self.primary_region = primary.region
        self.primary_host = primary.host
        self.replica_cloud = replica.cloud
        self.replica_region = replica.region
        self.replica_host = replica.host
        self.port = primary.port
        self.database = primary.database
        self.admin_user = primary.admin_user
        self.primary_admin_password = primary.admin_password
        self.replica_admin_password = replica.admin_password
        self.replication_user = primary.replication_user
        self.replication_password = primary.replication_password
        self.register_outputs(outputs(self))

    def _server(self, name: str, cloud: str, args: PostgresArgs) -> PostgresServer:
        return cast(PostgresServer, _component(cloud)(name, args, pulumi.ResourceOptions(parent=self)))


def _component(cloud: str, suffix: str = "") -> Any:
    """A cloud's component, or with `Args` the class of its arguments."""
    module, component = SERVERS[cloud]
    return getattr(import_module(module, __package__), component + suffix)


def _offer() -> str:
    return "take " + ", or ".join(f"{primary} for the primary and {replica} for the replica" for primary, replica in sorted(PAIRINGS))
