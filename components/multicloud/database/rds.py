"""A PostgreSQL server on RDS, as one side of a replica pair.

It stands in public subnets, because the other cloud reaches it over the internet: its name resolves to a public address from
outside, only the peer's addresses get through the security group, and only over TLS. Deliberately left out: export of logs to
CloudWatch, which is billed by volume (RDS keeps them for three days); what SQL sets up (publication, subscription, the
replication login).
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from ..amazon import Children
from ..arguments import arguments, known
from ..errors import ArgumentError
from ..naming import check_dns_label
from ..network.addresses import DEFAULT_DATABASE_NETWORKS
from ..network.aws import AwsNetwork, AwsNetworkArgs
from ..network.aws_ranges import ipv4_networks, prefix_list
from ..outputs import outputs
from .contract import ADMIN_USER, PORT, REPLICATION_USER, DatabaseSize, PostgresArgs
from .passwords import password

MACHINE_TYPES = {
    DatabaseSize.SMALL: "db.t4g.medium",
    DatabaseSize.MEDIUM: "db.m6g.large",
    DatabaseSize.LARGE: "db.m6g.xlarge",
}
"""RDS's instance class for each size: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html."""

NAME_LIMIT = 46
"""RDS's identifiers hold 63 characters; the suffix is `-instance`, and auto-naming adds 8."""

LARGEST_STORAGE_GB = 65536
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html"""


@dataclass(kw_only=True, frozen=True)
class RdsPostgresArgs(PostgresArgs):
    """Arguments of `RdsPostgres`: the portable ones and AWS's own."""

    region: str
    """Region of the server, for example `eu-central-1`. It has to be that of the provider."""
    zones: Optional[list[str]] = None
    """Zones that the server and its standby may stand in, for example `eu-central-1a`, two at least. Defaults to the first two of
    the region."""

    def check(self) -> None:
        """Raises ArgumentError if a value cannot work on RDS."""
        super().check()
        self.network_args.check()
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", self.database):
            mend = "begin with a letter, and use letters, digits and _, 63 at most"
            raise ArgumentError("database", f"{self.database!r} is no name that RDS takes", mend)
        if self.machine_type is not None and not re.fullmatch(r"db\.[a-z0-9-]+\.[a-z0-9-]+", self.machine_type):
            raise ArgumentError("machine_type", f"{self.machine_type!r} is no instance class of RDS", "write one like db.m6g.large")
        ipv4_networks(known(self.peer_addresses), "peer_addresses")

    @property
    def network_args(self) -> AwsNetworkArgs:
        """The arguments of the server's own network."""
        network = DEFAULT_DATABASE_NETWORKS["aws"] if self.network is None else self.network
        return AwsNetworkArgs(region=self.region, zones=self.zones, network=network, tags=self.tags)

    @property
    def effective_machine_type(self) -> str:
        """RDS's name of the instance class, the default filled in."""
        return self.machine_type or MACHINE_TYPES[self.effective_size]


@dataclass(kw_only=True, frozen=True)
class RdsPostgresResources:
    """The children of `RdsPostgres`."""

    network: AwsNetwork
    peers: aws.ec2.ManagedPrefixList
    """The other side's addresses."""
    security_group: aws.ec2.SecurityGroup
    ingress: aws.vpc.SecurityGroupIngressRule
    egress: aws.vpc.SecurityGroupEgressRule
    subnet_group: aws.rds.SubnetGroup
    parameter_group: aws.rds.ParameterGroup
    admin_password: random.RandomPassword
    replication_password: random.RandomPassword
    final_snapshot: random.RandomId
    """The end of the last snapshot's name, which no other server's may have."""
    instance: aws.rds.Instance


class RdsPostgres(pulumi.ComponentResource):
    """A PostgreSQL server on RDS that can publish and subscribe: encrypted, backed up, and not deleted by mistake.

    Raises:
        ArgumentError: Where an argument cannot work on RDS, before anything is created.
    """

    cloud: pulumi.Output[str]
    """aws."""
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
    """Empty: RDS does not say which addresses its connections come from."""
    instance_identifier: pulumi.Output[str]
    """The server's name in RDS."""
    network_id: pulumi.Output[str]
    """Id of the VPC."""

    def __init__(self, name: str, args: RdsPostgresArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:RdsPostgres", name, None, opts)
        args = arguments(RdsPostgresArgs, args)
        args.check()
        check_dns_label(name, NAME_LIMIT)
        if "--" in name:
            raise ArgumentError("name", f"{name!r} has two hyphens in a row, which RDS refuses", "take one")
        children = Children.of(self, name, args.tags)

        network = AwsNetwork(f"{name}-network", args.network_args, opts=children.options)
        peers = prefix_list(children, "peers", args.peer_addresses, "peer_addresses")
        security_group = aws.ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=network.network_id,
            description=f"PostgreSQL of {name}",
            tags=children.tags("security-group"),
            opts=children.options,
        )
        ingress = aws.vpc.SecurityGroupIngressRule(
            f"{name}-ingress",
            security_group_id=security_group.id,
            description="PostgreSQL from the peer",
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            prefix_list_id=peers.id,
            tags=children.tags("ingress"),
            opts=children.options,
        )
        # For the day when the roles are changed over, and this side subscribes.
        egress = aws.vpc.SecurityGroupEgressRule(
            f"{name}-egress",
            security_group_id=security_group.id,
            description="PostgreSQL to the peer",
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            prefix_list_id=peers.id,
            tags=children.tags("egress"),
            opts=children.options,
        )
        subnet_group = aws.rds.SubnetGroup(
            f"{name}-subnet-group",
            subnet_ids=network.subnet_ids,
            description=f"Subnets of {name}",
            tags=children.tags("subnet-group"),
            opts=children.options,
        )
        parameter_group = aws.rds.ParameterGroup(
            f"{name}-parameter-group",
            family=f"postgres{args.version}",
            description=f"Parameters of {name}",
            parameters=parameters(args.effective_storage_gb),
            tags=children.tags("parameter-group"),
            opts=children.options,
        )
        admin_password = password(f"{name}-admin-password", children.options)
        replication_password = password(f"{name}-replication-password", children.options)
        final_snapshot = random.RandomId(f"{name}-final-snapshot", byte_length=4, opts=children.options)
        instance = self._instance(children, args, network, security_group, subnet_group, parameter_group, admin_password, final_snapshot)

        self.resources = RdsPostgresResources(
            network=network,
            peers=peers,
            security_group=security_group,
            ingress=ingress,
            egress=egress,
            subnet_group=subnet_group,
            parameter_group=parameter_group,
            admin_password=admin_password,
            replication_password=replication_password,
            final_snapshot=final_snapshot,
            instance=instance,
        )
        self.cloud = pulumi.Output.from_input("aws")
        self.region = pulumi.Output.from_input(args.region)
        self.role = pulumi.Output.from_input(args.role.value)
        self.host = instance.address
        self.port = pulumi.Output.from_input(PORT)
        self.database = pulumi.Output.from_input(args.database)
        self.admin_user = instance.username
        self.admin_password = pulumi.Output.secret(admin_password.result)
        self.replication_user = pulumi.Output.from_input(REPLICATION_USER)
        self.replication_password = pulumi.Output.secret(replication_password.result)
        # RDS keeps its public address to itself, and changes it.
        self.outgoing_addresses = pulumi.Output.from_input([])
        self.instance_identifier = instance.identifier
        self.network_id = network.network_id
        self.register_outputs(outputs(self))

    def _instance(
        self,
        children: Children,
        args: RdsPostgresArgs,
        network: AwsNetwork,
        security_group: aws.ec2.SecurityGroup,
        subnet_group: aws.rds.SubnetGroup,
        parameter_group: aws.rds.ParameterGroup,
        admin_password: random.RandomPassword,
        final_snapshot: random.RandomId,
    ) -> aws.rds.Instance:
        protected = args.effective_protected
        return aws.rds.Instance(
            f"{children.name}-instance",
            engine="postgres",
            # The minor version is RDS's choice, and renewed by it in the maintenance window.
            engine_version=args.version,
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=True,
            instance_class=args.effective_machine_type,
            allocated_storage=args.effective_storage_gb,
            max_allocated_storage=most_storage_gb(args.effective_storage_gb),
            storage_type="gp3",
            storage_encrypted=True,
            multi_az=bool(args.high_availability),
            db_name=args.database,
            username=ADMIN_USER,
            password=admin_password.result,
            port=PORT,
            db_subnet_group_name=subnet_group.name,
            vpc_security_group_ids=[security_group.id],
            publicly_accessible=True,
            parameter_group_name=parameter_group.name,
            # What needs a restart happens while somebody watches, and what Pulumi shows is what runs.
            apply_immediately=True,
            backup_retention_period=14,
            backup_window="02:00-03:00",
            maintenance_window="sun:04:00-sun:05:00",
            copy_tags_to_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_retention_period=7,  # free of charge
            deletion_protection=protected,
            delete_automated_backups=not protected,
            skip_final_snapshot=not protected,
            final_snapshot_identifier=final_snapshot.hex.apply(lambda end: f"{children.name}-final-{end}"),
            tags=children.tags("instance"),
            # RDS refuses a public server while the network has no way to the internet.
            opts=pulumi.ResourceOptions(parent=self, protect=protected or None, depends_on=[network]),
        )


def parameters(storage_gb: int) -> list[aws.rds.ParameterGroupParameterArgs]:
    """The settings of a server that publishes or subscribes, the same on both sides, so that a promoted replica needs no restart.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.LogicalReplication.html

    Args:
        storage_gb: The size of its disk.
    """
    return [
        aws.rds.ParameterGroupParameterArgs(name="log_lock_waits", value="1"),
        # A replica that is away for long loses its place, and not the primary its disk: an unread slot keeps a quarter of it at most.
        aws.rds.ParameterGroupParameterArgs(name="max_slot_wal_keep_size", value=str(storage_gb * 1024 // 4)),
        # Also RDS's own default from version 15 on, which it reports with this method whatever was asked for.
        aws.rds.ParameterGroupParameterArgs(name="rds.force_ssl", value="1", apply_method="pending-reboot"),
        # Read at the start of a server alone.
        aws.rds.ParameterGroupParameterArgs(name="rds.logical_replication", value="1", apply_method="pending-reboot"),
    ]


def most_storage_gb(storage_gb: int) -> int:
    """How far RDS may enlarge a disk of `storage_gb` by itself: four times, within its limit."""
    return min(4 * storage_gb, LARGEST_STORAGE_GB)
