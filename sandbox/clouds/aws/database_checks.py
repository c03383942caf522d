"""What RDS refuses of a database by its inputs alone."""

import re

from sandbox.clouds.shared import known
from sandbox.rules import Making, Refused

from .engines import DEFAULT_PORTS, FAMILIES, PASSWORD_LENGTHS, RESERVED_USERS, newest, storage_minimum
from .images import database_class_exists


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
            "`password` is required unless `manageMasterUserPassword`, `replicateSourceDb`, `restoreToPointInTime` or "
            "`snapshotIdentifier` is set",
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
                    f"InvalidParameterCombination: You can't specify IOPS or storage throughput for engine {engine} and a "
                    "storage size less "
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
    enabled = making.inputs.get("performanceInsightsEnabled")
    if making.inputs.get("performanceInsightsRetentionPeriod") is not None and enabled in (None, False):
        raise Refused(
            "InvalidParameterCombination: Performance Insights retention needs performanceInsightsEnabled",
            property="performanceInsightsRetentionPeriod",
        )
    if making.get("monitoringInterval", 0) and making.inputs.get("monitoringRoleArn") is None:
        raise Refused(
            "InvalidParameterCombination: A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0.",
            property="monitoringRoleArn",
        )


CHECKS = (_needs, _engine, _user, _storage, _windows, _insights)
