"""What a database server in any cloud takes and gives, and what the pair of them states.

No provider SDK is imported here.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from enum import StrEnum
from typing import Optional, Protocol

import pulumi

from ..errors import ArgumentError

VERSIONS = ("14", "15", "16", "17")
"""PostgreSQL's major versions that RDS and Cloud SQL both offer."""

PORT = 5432

ADMIN_USER = "administrator"
"""The administrator's login, of the same name in every cloud."""

REPLICATION_USER = "replicator"
"""The login that the other side subscribes with."""


class DatabaseSize(StrEnum):
    """Database machine sizes with about the same meaning on every cloud."""

    SMALL = "small"
    """Two vCPUs and 4 GB of memory."""
    MEDIUM = "medium"
    """Two vCPUs and 8 GB of memory."""
    LARGE = "large"
    """Four vCPUs and 16 GB of memory."""


class Role(StrEnum):
    """Which side of the pair a server is."""

    PRIMARY = "primary"
    """Takes the writes and publishes them."""
    REPLICA = "replica"
    """Subscribes to the primary."""


@dataclass(kw_only=True, frozen=True)
class PostgresArgs:
    """The portable arguments of one PostgreSQL server."""

    role: Role
    """Which side of the pair the server is."""
    version: str
    """Major version: 14, 15, 16 or 17. The two sides of a pair have the same."""
    database: str
    """Name of the application's database."""
    size: Optional[DatabaseSize] = None
    """How large the machine is. Defaults to small."""
    machine_type: Optional[str] = None
    """The cloud's own name of a machine type, instead of `size`."""
    storage_gb: Optional[int] = None
    """Disk in GB, 20 to 16384. Defaults to 20, the smallest that both clouds take."""
    high_availability: Optional[bool] = None
    """A standby in another zone of the same region. Defaults to false; refused for a Cloud SQL replica, which cannot subscribe then."""
    network: Optional[str] = None
    """Address range of the server's own network in CIDR form. Each cloud has a default of its own. Choose it once: RDS does not
    let the subnet group of a server move to another network."""
    peer_addresses: Optional[pulumi.Input[list[pulumi.Input[str]]]] = None
    """IPv4 addresses of the other side, admitted to the server's port. Defaults to none."""
    protected: Optional[bool] = None
    """Whether the cloud and Pulumi refuse to delete the server. Defaults to true: a database is the one thing that is not made again."""
    tags: Optional[dict[str, str]] = None
    """Laid over the tags that every resource gets: project, stack, component, managed-by."""

    @property
    def effective_size(self) -> DatabaseSize:
        """The size, the default filled in."""
        return self.size or DatabaseSize.SMALL

    @property
    def effective_storage_gb(self) -> int:
        """The disk in GB, the default filled in."""
        return 20 if self.storage_gb is None else self.storage_gb

    @property
    def effective_protected(self) -> bool:
        """Whether the server is protected, the default filled in."""
        return self.protected is not False

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on any cloud."""
        if self.version not in VERSIONS:
            raise ArgumentError("version", f"{self.version!r} is not offered by both clouds", f"take one of {', '.join(VERSIONS)}")
        if self.storage_gb is not None and not 20 <= self.storage_gb <= 16384:
            raise ArgumentError("storage_gb", f"{self.storage_gb} is outside 20 to 16384", "20 is the smallest disk that both clouds take")


class PostgresServer(Protocol):
    """What a PostgreSQL server gives, whatever cloud runs it."""

    cloud: pulumi.Output[str]
    """aws or gcp."""
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
    """IPv4 addresses that the server's own connections come from, to be admitted by the other side; empty where the cloud does not say."""
