"""Databases of RDS."""

import re

from sandbox.clouds.shared import kept
from sandbox.rules import Autoname, Making, Record, Reference, Refused, Unique, Values, World

from .addresses import gateway_of
from .database_checks import CHECKS
from .engines import DEFAULT_PORTS, family_of, newest
from .facts import resource
from .places import REGIONS, database_hosted_zone, digest
from .words import (
    DATABASE,
    PARAMETER_GROUP,
    SUBNET,
    SUBNET_GROUP,
    VPC,
    arn,
    capital_id,
    listed,
    moment,
    names,
    security_group,
    tags_fit,
    words,
)

# Checks of what there is


def _network_of(making: Making) -> str | None:
    group = making.world.one(SUBNET_GROUP, making.get("dbSubnetGroupName"))
    return str(group.outputs["vpcId"]) if group else None


def _fits(making: Making) -> None:
    engine, group = str(making.get("engine", "")), making.world.one(PARAMETER_GROUP, making.get("parameterGroupName"))
    wanted = family_of(engine, str(making.get("engineVersion", "")))
    if group is not None and wanted is not None and group.inputs.get("family") != wanted:
        raise Refused(
            f"InvalidParameterCombination: The Parameter Group {group.id} with DBParameterGroupFamily "
            f"{group.inputs.get('family')} can't be "
            f"used for this instance. Please use a Parameter Group with DBParameterGroupFamily {wanted}",
            property="parameterGroupName",
        )
    network = _network_of(making)
    if network is None:
        return
    for index, id in enumerate(listed(making, "vpcSecurityGroupIds")):
        found = making.world.one("aws:ec2/securityGroup:SecurityGroup", id)
        if found is not None and found.outputs.get("vpcId") != network:
            raise Refused(
                "InvalidParameterCombination: The DB instance and EC2 security group are in different VPCs. The DB instance "
                f"is in {network} "
                f"and the EC2 security group is in {found.outputs.get('vpcId')}",
                property=f"vpcSecurityGroupIds[{index}]",
            )
    if making.get("publiclyAccessible"):
        vpc = making.world.one(VPC, network)
        if gateway_of(making.world, network) is None or (vpc is not None and not vpc.outputs.get("enableDnsHostnames")):
            raise Refused(
                "InvalidVPCNetworkStateFault: Cannot create a publicly accessible DBInstance. The specified VPC has no internet gateway "
                "attached, or does not support DNS resolution, DNS hostnames, or both. Update the VPC and then try again.",
                property="publiclyAccessible",
            )
    zone = making.get("availabilityZone")
    if zone is not None and zone not in REGIONS.get(making.scope.region, ()):
        raise Refused(f"InvalidVPCNetworkStateFault: DB instance and its subnet group have no zone {zone}", property="availabilityZone")


def _changes(making: Making) -> None:
    """What a running server cannot become."""
    if making.old is None:
        return
    before, after = making.old.outputs.get("allocatedStorage"), making.get("allocatedStorage")
    if isinstance(before, int | float) and after is not None and after < before:
        raise Refused(
            f"InvalidParameterCombination: Invalid storage size for engine name {making.get('engine')}: {after:g} is less than "
            f"{before:g}, and "
            "storage is never made smaller",
            property="allocatedStorage",
        )
    old, new = (
        family_of(str(making.get("engine", "")), str(version))
        for version in (making.old.outputs.get("engineVersionActual"), making.get("engineVersion"))
    )
    if old and new and making.get("engineVersion") is not None and old != new:
        if _number(new) < _number(old):
            raise Refused(f"InvalidParameterCombination: Cannot downgrade from {old} to {new}", property="engineVersion")
        if not making.get("allowMajorVersionUpgrade"):
            raise Refused(
                "InvalidParameterCombination: The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
                property="engineVersion",
            )


def _number(family: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", family)))


def _deletable(record: Record, world: World) -> None:
    if record.outputs.get("deletionProtection"):
        raise Refused("InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again.")
    if record.inputs.get("skipFinalSnapshot"):
        return
    name = record.inputs.get("finalSnapshotIdentifier")
    if not name:
        raise Refused(
            "final_snapshot_identifier is required when skip_final_snapshot is false", property="finalSnapshotIdentifier", by="provider"
        )
    if world.number(f"reserved snapshot {record.scope.account} {record.scope.region} {name}"):
        raise Refused(f"DBSnapshotAlreadyExists: Cannot create the snapshot because a snapshot with the identifier {name} already exists.")


# Outputs


def _instance_outputs(making: Making) -> Values:
    engine, identifier, region = str(making.get("engine", "")), str(making.get("identifier")), making.scope.region
    port = making.get("port", DEFAULT_PORTS.get(engine, 5432))
    address = f"{identifier}.c{_letters(digest(making.scope.account, region))}.{region}.rds.amazonaws.com"
    wanted = str(making.get("engineVersion", ""))
    # The service renews minor versions by itself; the sandbox keeps the one that was newest when the server was made.
    before = str(making.old.outputs.get("engineVersionActual")) if making.old else ""
    actual = before if before and (wanted == before or before.startswith(f"{wanted}.") or not wanted) else newest(engine, wanted) or wanted
    network = _network_of(making)
    group = making.world.one(VPC, network)
    encrypted = bool(making.get("storageEncrypted"))
    outputs: Values = {
        "arn": arn(making, "rds", f"db:{identifier}"),
        "resourceId": making.id,
        "address": address,
        "endpoint": f"{address}:{port:g}",
        "port": port,
        "hostedZoneId": database_hosted_zone(region),
        "status": "available",
        "engineVersion": wanted or actual,
        "engineVersionActual": actual,
        "availabilityZone": making.get("availabilityZone") or kept(making, "availabilityZone", lambda: _zone(making)),
        "backupRetentionPeriod": making.get("backupRetentionPeriod", 0),
        "backupWindow": making.get("backupWindow", "03:12-03:42"),
        "maintenanceWindow": str(making.get("maintenanceWindow", "sun:04:34-sun:05:04")).lower(),
        "backupTarget": making.get("backupTarget", "region"),
        "caCertIdentifier": making.get("caCertIdentifier", "rds-ca-rsa2048-g1"),
        "databaseInsightsMode": making.get("databaseInsightsMode", "standard"),
        "dbName": making.get("dbName", ""),
        "dbSubnetGroupName": making.get("dbSubnetGroupName", "default"),
        "engineLifecycleSupport": making.get("engineLifecycleSupport", "open-source-rds-extended-support"),
        "kmsKeyId": making.get("kmsKeyId", arn(making, "kms", f"key/{_uuid_of('rds key', region)}") if encrypted else ""),
        "licenseModel": making.get("licenseModel", "postgresql-license" if engine == "postgres" else "general-public-license"),
        "multiAz": making.get("multiAz", False),
        "networkType": making.get("networkType", "IPV4"),
        "optionGroupName": making.get("optionGroupName", f"default:{(family_of(engine, actual) or engine).replace('.', '-')}"),
        "parameterGroupName": making.get("parameterGroupName", f"default.{family_of(engine, actual) or engine}"),
        "storageType": making.get("storageType", "gp2" if making.get("iops") is None else "io1"),
        "iops": making.get("iops", 3000 if making.get("storageType") == "gp3" else 0),
        "storageThroughput": making.get("storageThroughput", 125 if making.get("storageType") == "gp3" else 0),
        "vpcSecurityGroupIds": making.get("vpcSecurityGroupIds") or ([str(group.outputs["defaultSecurityGroupId"])] if group else []),
        "latestRestorableTime": moment(making) if making.get("backupRetentionPeriod") else "",
        "identifierPrefix": making.get("identifierPrefix", ""),
        "performanceInsightsRetentionPeriod": making.get(
            "performanceInsightsRetentionPeriod", 7 if making.get("performanceInsightsEnabled") else 0
        ),
        "performanceInsightsKmsKeyId": making.get("performanceInsightsKmsKeyId", ""),
        "monitoringRoleArn": making.get("monitoringRoleArn", ""),
        "listenerEndpoints": [],
        "replicas": [],
        "masterUserSecrets": [],
    }
    if making.get("manageMasterUserPassword"):
        secret = arn(making, "secretsmanager", f"secret:rds!{making.id.lower()}-{making.id[-6:]}")
        outputs["masterUserSecrets"] = [{"kmsKeyId": "", "secretArn": secret, "secretStatus": "active"}]
    return outputs


def _zone(making: Making) -> str:
    group = making.world.one(SUBNET_GROUP, making.get("dbSubnetGroupName"))
    inside = making.world.one(SUBNET, (group.inputs.get("subnetIds") or [None])[0]) if group else None
    return str(inside.outputs["availabilityZone"]) if inside else REGIONS.get(making.scope.region, ("",))[0]


def _letters(hexadecimal: str) -> str:
    return "".join("abcdefghijklmnopqrstuvwxyz0123456789"[int(hexadecimal[i : i + 2], 16) % 36] for i in range(0, 22, 2))


def _uuid_of(*parts: str) -> str:
    text = digest(*parts)
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))


_PARAMETER_REFERENCE = Reference(
    path="parameterGroupName",
    to=(PARAMETER_GROUP,),
    missing="DBParameterGroupNotFound: DBParameterGroup not found: {value}",
    in_use="InvalidDBParameterGroupState: One or more database instances are still members of this parameter group {target}, so the group "
    "cannot be deleted ({user})",
)


TYPES = (
    resource(
        DATABASE,
        id=capital_id(26, "db-"),
        autoname=Autoname(property="identifier", max_length=63, lowercase=True),
        outputs=_instance_outputs,
        sets=words("vpcSecurityGroupIds enabledCloudwatchLogsExports domainDnsIps"),
        checks=(*CHECKS, tags_fit),
        before_create=(_fits,),
        before_update=(_fits, _changes),
        before_delete=(_deletable,),
        references=(
            names(
                "dbSubnetGroupName",
                SUBNET_GROUP,
                by="id",
                missing="DBSubnetGroupNotFoundFault: DB subnet group '{value}' does not exist.",
                in_use="InvalidDBSubnetGroupStateFault: Cannot delete the subnet group '{target}' because at least one database instance: "
                "{user} is still using it.",
                holds=True,
            ),
            _PARAMETER_REFERENCE,
            security_group("vpcSecurityGroupIds[*]"),
        ),
        unique=(Unique(paths=("identifier",), message="DBInstanceAlreadyExists: DB instance already exists ({value})"),),
    ),
)
