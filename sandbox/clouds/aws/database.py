"""Databases of RDS, their parameter groups and subnet groups."""

import re

from sandbox.rules import UNKNOWN, Autoname, Making, Record, Reference, Refused, Unique, Values, World

from .engines import DEFAULT_PORTS, FAMILIES, PARAMETERS, PASSWORD_LENGTHS, RESERVED_USERS, STATIC, family_of, newest, storage_minimum
from .facts import resource
from .images import database_class_exists
from .network import gateway_of
from .places import REGIONS, database_hosted_zone, digest
from .words import (
    DATABASE,
    LOWER,
    PARAMETER_GROUP,
    SUBNET,
    SUBNET_GROUP,
    VPC,
    arn,
    capital_id,
    input_id,
    kept,
    known,
    listed,
    moment,
    names,
    security_group,
    subnet,
    tags_fit,
    words,
)

# Checks of the inputs


def _copied(making: Making) -> bool:
    """Whether engine, user and password come from elsewhere."""
    return any(making.inputs.get(name) is not None for name in ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime"))


def _needs(making: Making) -> None:
    if _copied(making):
        return
    for name in ("engine", "allocatedStorage", "username"):
        if making.inputs.get(name) is None:
            raise Refused(f"{name} is required when creating an RDS instance that is no copy of another", property=name, by="provider")
    if all(making.inputs.get(name) is None for name in ("password", "passwordWo", "manageMasterUserPassword")):
        raise Refused(
            "`password` is required unless `manageMasterUserPassword`, `replicateSourceDb`, `restoreToPointInTime` or `snapshotIdentifier` is set",
            property="password",
            by="provider",
        )


def _engine(making: Making) -> None:
    for where, engine in known(making, "engine"):
        if engine not in DEFAULT_PORTS:
            raise Refused(f"InvalidParameterValue: Invalid DB engine: {engine}", property=where)
    engine = making.get("engine")
    for where, version in known(making, "engineVersion"):
        if engine in FAMILIES and newest(engine, str(version)) is None:
            raise Refused(f"InvalidParameterCombination: Cannot find version {version} for {engine}", property=where)
    for where, name in known(making, "instanceClass"):
        if not database_class_exists(str(name)):
            words = f"DBInstanceClass={name}, Engine={engine}, EngineVersion={making.get('engineVersion', 'the default')}"
            raise Refused(
                f"InvalidParameterCombination: RDS does not support creating a DB instance with the following combination: {words}. "
                "For supported combinations of instance class and database engine version, see the documentation.",
                property=where,
            )


def _user(making: Making) -> None:
    engine = str(making.get("engine", ""))
    for where, user in known(making, "username"):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", str(user)):
            raise Refused(
                "InvalidParameterValue: The parameter MasterUsername must begin with a letter and contain only alphanumeric characters.",
                property=where,
            )
        if str(user).lower() in RESERVED_USERS.get(engine, ()):
            raise Refused(
                f"InvalidParameterValue: MasterUsername {user} cannot be used as it is a reserved word used by the engine", property=where
            )
    for name in ("password", "passwordWo"):
        for where, password in known(making, name):
            low, high = PASSWORD_LENGTHS.get(engine, (8, 128))
            wrong = "InvalidParameterValue: The parameter MasterUserPassword is not a valid password"
            if len(password) < low:
                raise Refused(f"{wrong} because it is shorter than {low} characters.", property=where)
            if len(password) > high:
                raise Refused(f"{wrong} because it is longer than {high} characters.", property=where)
            if not re.fullmatch(r"[!-~]+", password) or set(password) & set('/@"'):
                raise Refused(f"{wrong}. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.", property=where)
    for where, database in known(making, "dbName"):
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", str(database)):
            raise Refused(
                "InvalidParameterValue: DBName must begin with a letter and contain only alphanumeric characters.", property=where
            )
        if str(database).lower() in ("rdsadmin", "template0", "template1"):
            raise Refused(
                f"InvalidParameterValue: DBName {database} cannot be used as it is a reserved word used by the engine", property=where
            )


def _storage(making: Making) -> None:
    kind, size = making.get("storageType", "gp2" if making.get("iops") is None else "io1"), making.get("allocatedStorage")
    if kind not in ("standard", "gp2", "gp3", "io1", "io2"):
        raise Refused(f"InvalidParameterValue: Invalid storage type: {kind}", property="storageType")
    engine = making.get("engine")
    if size is not None and not storage_minimum(kind) <= size <= (3072 if kind == "standard" else 65536):
        raise Refused(
            f"InvalidParameterCombination: Invalid storage size for engine name {engine} and storage type {kind}: {size:g}",
            property="allocatedStorage",
        )
    if kind in ("io1", "io2") and making.inputs.get("iops") is None:
        raise Refused(f"InvalidParameterCombination: You must specify IOPS with a storage type of {kind}.", property="iops")
    most = making.get("maxAllocatedStorage")
    if size is not None and most and most <= size:
        raise Refused("InvalidParameterCombination: Max storage size must be greater than storage size", property="maxAllocatedStorage")
    if kind == "gp3" and size is not None and size < 400:
        for name in ("iops", "storageThroughput"):
            if making.get(name) is not None:
                raise Refused(
                    f"InvalidParameterCombination: You can't specify IOPS or storage throughput for engine {engine} and a storage size less "
                    "than 400.",
                    property=name,
                )


def _windows(making: Making) -> None:
    """The windows for backup and maintenance are at least half an hour, and apart."""
    backup, maintenance = making.get("backupWindow"), making.get("maintenanceWindow")
    nightly = _minutes(backup) if backup else None
    if nightly and (nightly[1] - nightly[0]) % 1440 < 30:
        raise Refused("InvalidParameterValue: The backup window must be at least 30 minutes.", property="backupWindow")
    weekly = _minutes(re.sub(r"[a-z]{3}:", "", str(maintenance).lower())) if maintenance else None
    if weekly and (weekly[1] - weekly[0]) % 1440 < 30:
        raise Refused("InvalidParameterValue: The maintenance window must be at least 30 minutes.", property="maintenanceWindow")
    if nightly and weekly and _overlap(nightly, weekly):
        raise Refused("InvalidParameterValue: The backup window and maintenance window must not overlap.", property="backupWindow")


def _minutes(window: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", window)
    return (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else None


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    def minutes(window: tuple[int, int]) -> set[int]:
        return {minute % 1440 for minute in range(window[0], window[1] if window[1] > window[0] else window[1] + 1440)}

    return bool(minutes(one) & minutes(other))


def _insights(making: Making) -> None:
    if making.inputs.get("performanceInsightsRetentionPeriod") is not None and not making.inputs.get("performanceInsightsEnabled"):
        if making.inputs.get("performanceInsightsEnabled") is not UNKNOWN:
            raise Refused(
                "InvalidParameterCombination: Performance Insights retention needs performanceInsightsEnabled",
                property="performanceInsightsRetentionPeriod",
            )
    if making.get("monitoringInterval", 0) and making.inputs.get("monitoringRoleArn") is None:
        raise Refused(
            "InvalidParameterCombination: A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.",
            property="monitoringRoleArn",
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
            f"InvalidParameterCombination: The Parameter Group {group.id} with DBParameterGroupFamily {group.inputs.get('family')} can't be "
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
                f"InvalidParameterCombination: The DB instance and EC2 security group are in different VPCs. The DB instance is in {network} "
                f"and the EC2 security group is in {found.outputs.get('vpcId')}",
                property=f"vpcSecurityGroupIds[{index}]",
            )
    if making.get("publiclyAccessible"):
        vpc = making.world.one(VPC, network)
        if gateway_of(making, network) is None or (vpc is not None and not vpc.outputs.get("enableDnsHostnames")):
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
            f"InvalidParameterCombination: Invalid storage size for engine name {making.get('engine')}: {after:g} is less than {before:g}, and "
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
    if world.number(f"snapshots {record.scope.account} {record.scope.region} {name}"):
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


# Groups


def _family(making: Making) -> None:
    for where, family in known(making, "family"):
        if not any(family in families for families in FAMILIES.values()):
            raise Refused(f"InvalidParameterValue: ParameterGroupFamily {family} is not a valid parameter group family", property=where)


def _parameters(making: Making) -> None:
    family, seen = str(making.get("family", "")), set()
    for index, parameter in enumerate(making.get("parameters") or []):
        name = parameter.get("name") if isinstance(parameter, dict) else UNKNOWN
        if not isinstance(name, str):
            continue
        where = f"parameters[{index}].name"
        if name in seen:
            raise Refused(f"InvalidParameterValue: the parameter {name} is given more than once", property=where)
        seen.add(name)
        if not family.startswith("postgres"):
            continue
        if name not in PARAMETERS:
            raise Refused(f"InvalidParameterValue: Could not find parameter with name: {name}", property=where)
        if name in STATIC and parameter.get("applyMethod", "immediate") == "immediate":
            raise Refused(
                "InvalidParameterCombination: cannot use immediate apply method for static parameter "
                f"({name}: give applyMethod `pending-reboot`)",
                property=f"parameters[{index}].applyMethod",
            )


def _subnet_group_outputs(making: Making) -> Values:
    inside = making.world.one(SUBNET, next(iter(making.get("subnetIds") or []), None))
    return {
        "arn": arn(making, "rds", f"subgrp:{making.id}"),
        "vpcId": str(inside.inputs["vpcId"]) if inside else "",
        "supportedNetworkTypes": ["IPV4"],
        "namePrefix": making.get("namePrefix", ""),
    }


def _two_zones(making: Making) -> None:
    found = [record for id in making.get("subnetIds") or [] if (record := making.world.one(SUBNET, id))]
    if len({record.inputs["vpcId"] for record in found}) > 1:
        raise Refused("InvalidSubnet: The subnets of a DB subnet group must all be in the same VPC", property="subnetIds")
    zones = {str(record.outputs["availabilityZone"]) for record in found}
    if len(zones) < 2:
        raise Refused(
            "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(sorted(zones))}. Add subnets to cover at least 2 AZs.",
            property="subnetIds",
        )


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
        checks=(_needs, _engine, _user, _storage, _windows, _insights, tags_fit),
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
    resource(
        PARAMETER_GROUP,
        id=input_id("name"),
        autoname=LOWER,
        outputs=lambda making: {"arn": arn(making, "rds", f"pg:{making.id}"), "namePrefix": making.get("namePrefix", "")},
        sets=words("parameters"),
        checks=(_family, _parameters, tags_fit),
        unique=(Unique(paths=("name",), message="DBParameterGroupAlreadyExists: Parameter group {value} already exists"),),
    ),
    resource(
        SUBNET_GROUP,
        id=input_id("name"),
        autoname=LOWER,
        outputs=_subnet_group_outputs,
        sets=words("subnetIds"),
        checks=(tags_fit,),
        before_create=(_two_zones,),
        before_update=(_two_zones,),
        references=(subnet("subnetIds[*]", holds=False),),
        unique=(Unique(paths=("name",), message="DBSubnetGroupAlreadyExists: The DB subnet group '{value}' already exists."),),
    ),
)
