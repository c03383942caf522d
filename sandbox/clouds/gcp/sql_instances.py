"""Cloud SQL instances."""

import hashlib
import ipaddress
import re
from typing import Any

from sandbox.rules import UNKNOWN, Limit, Making, Record, Refused, Type, Values, World

from ..shared import known
from .sql_facts import POSTGRES_FLAGS, VERSIONS
from .tokens import NETWORK, SQL_INSTANCE
from .words import AUTONAME, below, in_a_region, invalid, labels_fit, names, project, project_number, public_address, region, uses


def _path(making: Making) -> str:
    return f"projects/{project(making)}/instances/{making.get('name')}"


def _postgres(making: Making) -> bool:
    return str(making.get("databaseVersion", "")).startswith("POSTGRES")


def _tier(making: Making) -> None:
    """https://cloud.google.com/sql/docs/postgres/create-instance#machine-types"""
    tier, edition = making.get("settings.tier"), making.get("settings.edition")
    if tier is None or making.inputs.get("databaseVersion") is UNKNOWN:
        return
    custom = re.fullmatch(r"db-custom-(\d+)-(\d+)", str(tier))
    if custom:
        cpus, memory = int(custom[1]), int(custom[2])
        if cpus > 96 or (cpus != 1 and cpus % 2) or cpus == 0:
            raise invalid("settings.tier", tier, "Invalid custom tier: the number of CPUs is 1, or an even one up to 96.")
        if memory % 256 or not max(3840, cpus * 922) <= memory <= cpus * 6656:
            raise invalid(
                "settings.tier",
                tier,
                "Invalid custom tier: memory is a multiple of 256 MB, 0.9 to 6.5 GB for each CPU, and at least 3.75 GB.",
            )
    elif not re.fullmatch(r"db-(f1-micro|g1-small|(n1|n2|perf-optimized|c4a|memory-optimized)-[A-Za-z0-9-]+)", str(tier)):
        raise invalid("settings.tier", tier, "Invalid Tier for (ENTERPRISE or ENTERPRISE_PLUS) Edition.")
    plus = str(tier).startswith(("db-perf-optimized", "db-c4a", "db-memory-optimized"))
    newest = _postgres(making) and int(str(making.get("databaseVersion")).split("_")[1]) >= 16
    effective = edition or ("ENTERPRISE_PLUS" if newest else "ENTERPRISE")
    other = "db-perf-optimized-N-2" if effective == "ENTERPRISE_PLUS" else "db-custom-1-3840"
    if (effective == "ENTERPRISE_PLUS") != plus and making.inputs.get("settings", {}).get("edition") is not UNKNOWN:
        raise invalid(
            "settings.tier",
            tier,
            f"Invalid Tier ({tier}) for ({effective}) Edition. Use a predefined Tier like {other} instead.",
        )


def _flags(making: Making) -> None:
    seen = set()
    for index, flag in enumerate(making.get("settings.databaseFlags") or []):
        name = flag.get("name") if flag is not UNKNOWN else UNKNOWN
        if name is UNKNOWN:
            continue
        if _postgres(making) and name not in POSTGRES_FLAGS:
            raise invalid(f"settings.databaseFlags[{index}].name", name, "The flag does not exist or is not supported.")
        if name in seen:
            raise invalid(f"settings.databaseFlags[{index}].name", name, "The flag is specified more than once.")
        seen.add(name)
        if (
            str(name).startswith(("cloudsql.", "log_lock"))
            and flag.get("value") not in ("on", "off", UNKNOWN)
            and not str(name).endswith("_user")
        ):
            raise invalid(f"settings.databaseFlags[{index}].value", flag.get("value"), f"The flag {name} is on or off.")


_PRIVATE = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def _networks(making: Making) -> None:
    for where, value in known(making, "settings.ipConfiguration.authorizedNetworks[*].value"):
        try:
            network = ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise invalid(where, value, "Must be an IP address range in CIDR form.") from None
        if network.version != 4:
            raise invalid(where, value, "Authorized networks are IPv4 ranges.")
        if any(network.subnet_of(block) for block in _PRIVATE):  # type: ignore[arg-type]  # all IPv4
            raise invalid(where, value, "Non-routable or private authorized network: clients of private addresses use the private network.")


def _reachable(making: Making) -> None:
    configuration = making.get("settings.ipConfiguration") or {}
    ways = [configuration.get("ipv4Enabled", True), configuration.get("privateNetwork"), configuration.get("pscConfigs")]
    if not any(way is UNKNOWN or way for way in ways):
        raise invalid("settings.ipConfiguration", "", "At least one of public IP, private IP or Private Service Connect must be enabled.")


def _recoverable(making: Making) -> None:
    backup = making.get("settings.backupConfiguration") or {}
    if backup.get("pointInTimeRecoveryEnabled") is True:
        if not _postgres(making) and str(making.get("databaseVersion", "")).startswith("MYSQL"):
            raise Refused(
                "point_in_time_recovery_enabled is only available for Postgres and SQL Server; MySQL has binaryLogEnabled",
                property="settings.backupConfiguration.pointInTimeRecoveryEnabled",
                by="provider",
            )
        if backup.get("enabled") is not True and backup.get("enabled") is not UNKNOWN:
            raise invalid("settings.backupConfiguration", "", "Point in time recovery needs automated backups.")
    days = backup.get("transactionLogRetentionDays")
    if isinstance(days, int):
        most = 35 if making.get("settings.edition") == "ENTERPRISE_PLUS" else 7
        if not 1 <= days <= most:
            raise invalid(
                "settings.backupConfiguration.transactionLogRetentionDays", days, f"Must be between 1 and {most} for the edition."
            )
    if making.get("settings.availabilityType") == "REGIONAL" and backup.get("enabled") is not True and backup.get("enabled") is not UNKNOWN:
        raise invalid("settings.availabilityType", "REGIONAL", "A highly available instance needs backups and point in time recovery.")


def _free_name(making: Making) -> None:
    """Refuses a name that another instance has or had: https://cloud.google.com/sql/docs/postgres/delete-instance.

    A counter, which outlives the instance, knows the names that were ever given; the sandbox has no weeks.
    """
    if making.world.one(SQL_INSTANCE, making.get("name"), "name") or making.world.number(f"reserved sql instance {_path(making)}"):
        raise Refused(
            f"googleapi: Error 409: The Cloud SQL instance '{making.get('name')}' already exists. When you delete an instance, "
            "you can't reuse the name of the deleted instance until one week from the deletion date., instanceAlreadyExists",
            property="name",
        )


def _unprotected(record: Record, world: World) -> None:
    if record.outputs.get("deletionProtection", True):
        raise Refused(
            "Error, failed to delete instance because deletion_protection is set to true. "
            "Set it to false to proceed with instance deletion",
            by="provider",
        )
    if (record.outputs.get("settings") or {}).get("deletionProtectionEnabled"):
        raise Refused(
            "googleapi: Error 400: The instance is protected. Please disable the deletion protection and try again., instanceProtected"
        )


def _instance_outputs(making: Making) -> Values:
    old: Values = making.old.outputs if making.old else {}
    name, configuration = making.get("name"), making.get("settings.ipConfiguration") or {}
    held = {address["type"]: address["ipAddress"] for address in old.get("ipAddresses") or []}
    wanted = []
    if configuration.get("ipv4Enabled", True):
        wanted += ["PRIMARY", "OUTGOING"]
    if configuration.get("privateNetwork"):
        wanted.append("PRIVATE")
    addresses = [{"type": kind, "ipAddress": held.get(kind) or _address(making, kind), "timeToRetire": ""} for kind in wanted]
    suffix = hashlib.sha256(str(name).encode()).hexdigest()[:6]
    by_kind = {address["type"]: address["ipAddress"] for address in addresses}
    return {
        "project": project(making),
        "region": region(making),
        "selfLink": f"https://sqladmin.googleapis.com/sql/v1beta4/{_path(making)}",
        "connectionName": f"{project(making)}:{region(making)}:{name}",
        "ipAddresses": addresses,
        "publicIpAddress": by_kind.get("PRIMARY", ""),
        "privateIpAddress": by_kind.get("PRIVATE", ""),
        "firstIpAddress": addresses[0]["ipAddress"] if addresses else "",
        "instanceType": making.get("instanceType", "READ_REPLICA_INSTANCE" if making.get("masterInstanceName") else "CLOUD_SQL_INSTANCE"),
        "serviceAccountEmailAddress": f"p{project_number(project(making))}-{suffix}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
        "settings": _settings(making),
    }


def _address(making: Making, kind: str) -> str:
    count = making.world.number("gcp sql private address") if kind == "PRIVATE" else 0
    return f"10.120.{count // 253}.{2 + count % 253}" if kind == "PRIVATE" else public_address(making)


_SETTINGS: Values = {
    "activationPolicy": "ALWAYS",
    "availabilityType": "ZONAL",
    "connectorEnforcement": "NOT_REQUIRED",
    "diskAutoresize": True,
    "diskAutoresizeLimit": 0,
    "diskSize": 10,
    "diskType": "PD_SSD",
    "edition": "ENTERPRISE",
    "pricingPlan": "PER_USE",
}


def _settings(making: Making) -> Values:
    """The settings with what Google fills in; a disk that has grown stays as large as it is."""
    given: dict[str, Any] = {name: value for name, value in (making.get("settings") or {}).items() if value is not None}
    settings = {**_SETTINGS, **given}
    settings["ipConfiguration"] = {
        "ipv4Enabled": True,
        "sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
        **(given.get("ipConfiguration") or {}),
    }
    settings["effectiveAvailabilityType"] = settings["availabilityType"]
    settings["version"] = (((making.old.outputs if making.old else {}).get("settings") or {}).get("version") or 0) + 1
    settings["userLabels"] = {**(given.get("userLabels") or {})}
    return settings


def _grew(old: Values, new: Values) -> bool:
    """Whether a disk shrinks that does not grow by itself."""
    before, after = ((values.get("settings") or {}) for values in (old, new))
    sizes = before.get("diskSize"), after.get("diskSize")
    return after.get("diskAutoresize", True) is False and all(isinstance(size, int) for size in sizes) and sizes[1] < sizes[0]  # type: ignore[operator]


def _private_no_more(old: Values, new: Values) -> bool:
    return not ((new.get("settings") or {}).get("ipConfiguration") or {}).get("privateNetwork")


TYPES = (
    Type(
        token=SQL_INSTANCE,
        id=lambda making: str(making.get("name")),
        # Pulumi's plugin names an instance as it names everything, and Cloud SQL takes 98 characters with the project's.
        autoname=AUTONAME,
        replaces=frozenset(
            (
                *names("encryptionKeyName name project region settings.collation"),
                *below(
                    "replicaConfiguration",
                    "caCertificate clientCertificate clientKey connectRetryInterval dumpFilePath failoverTarget masterHeartbeatPeriod "
                    "password sslCipher username verifyServerCertificate",
                ),
            )
        ),
        replaces_when={
            "masterInstanceName": lambda old, new: True,
            "replicaConfiguration.cascadableReplica": lambda old, new: True,
            "settings.autoUpgradeEnabled": lambda old, new: not (new.get("settings") or {}).get("autoUpgradeEnabled"),
            "settings.diskSize": _grew,
            "settings.ipConfiguration.privateNetwork": _private_no_more,
        },
        enums={
            "databaseVersion": VERSIONS,
            "settings.activationPolicy": names("ALWAYS NEVER ON_DEMAND"),
            "settings.activeDirectoryConfig.mode": names("MANAGED_ACTIVE_DIRECTORY CUSTOMER_MANAGED_ACTIVE_DIRECTORY"),
            "settings.availabilityType": names("REGIONAL ZONAL"),
            "settings.connectorEnforcement": names("NOT_REQUIRED REQUIRED"),
            "settings.dataApiAccess": names("DISALLOW_DATA_API ALLOW_DATA_API"),
            "settings.edition": names("ENTERPRISE ENTERPRISE_PLUS"),
            "settings.ipConfiguration.serverCaMode": names(
                "CA_MODE_UNSPECIFIED GOOGLE_MANAGED_INTERNAL_CA GOOGLE_MANAGED_CAS_CA CUSTOMER_MANAGED_CAS_CA"
            ),
            "settings.ipConfiguration.serverCertificateRotationMode": names("NO_AUTOMATIC_ROTATION AUTOMATIC_ROTATION_DURING_MAINTENANCE"),
            "settings.ipConfiguration.sslMode": names("ALLOW_UNENCRYPTED_AND_ENCRYPTED ENCRYPTED_ONLY TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
            "settings.maintenanceWindow.updateTrack": names("canary stable week5"),
            "settings.passwordValidationPolicy.complexity": names("COMPLEXITY_DEFAULT COMPLEXITY_UNSPECIFIED"),
            "settings.performanceCaptureConfig.transactionKillType": names(
                "TRANSACTION_KILL_TYPE_UNSPECIFIED READ_ONLY_TRANSACTIONS ALL_TRANSACTIONS"
            ),
        },
        limits={
            "name": Limit(
                pattern=r"[a-z][-a-z0-9]{0,96}[a-z0-9]|[a-z]",
                says="at most 98 lower-case letters, digits and hyphens, beginning with a letter",
                by="api",
            ),
            "settings.backupConfiguration.startTime": Limit(pattern=r"([01]\d|2[0-3]):[0-5]\d", says="a time like 02:00", by="api"),
            "settings.diskSize": Limit(minimum=10, maximum=65536, by="api"),
            "settings.finalBackupConfig.retentionDays": Limit(minimum=1, maximum=36135),
            "settings.insightsConfig.queryPlansPerMinute": Limit(minimum=0, maximum=200),
            "settings.insightsConfig.queryStringLength": Limit(minimum=1, maximum=1048576),
            "settings.ipConfiguration.privateNetwork": Limit(
                pattern=r"((https?://.+/)?projects/[^/]+/global/networks/[a-z]([-a-z0-9]*[a-z0-9])?)?",
                says="the link of a network",
            ),
            "settings.maintenanceWindow.day": Limit(minimum=1, maximum=7),
            "settings.maintenanceWindow.hour": Limit(minimum=0, maximum=23),
            "settings.passwordValidationPolicy.minLength": Limit(minimum=0, maximum=2147483647),
            "settings.passwordValidationPolicy.reuseInterval": Limit(minimum=0, maximum=2147483647),
            "settings.readPoolAutoScaleConfig.maxNodeCount": Limit(minimum=1, maximum=20),
            "settings.readPoolAutoScaleConfig.minNodeCount": Limit(minimum=1, maximum=20),
        },
        conflicts=(names("rootPassword rootPasswordWo"),),
        at_least_one_of=(
            names("clone pointInTimeRestoreContext settings"),
            below(
                "replicaConfiguration",
                "caCertificate cascadableReplica clientCertificate clientKey connectRetryInterval dumpFilePath failoverTarget "
                "masterHeartbeatPeriod password sslCipher username verifyServerCertificate",
            ),
            below(
                "settings.backupConfiguration",
                "backupRetentionSettings backupTier binaryLogEnabled enabled location pointInTimeRecoveryEnabled startTime "
                "transactionLogRetentionDays",
            ),
            below(
                "settings.insightsConfig",
                "enhancedQueryInsightsEnabled queryInsightsEnabled queryPlansPerMinute queryStringLength recordApplicationTags "
                "recordClientAddress",
            ),
            below(
                "settings.ipConfiguration",
                "allocatedIpRange authorizedNetworks customSubjectAlternativeNames enablePrivatePathForGoogleCloudServices ipv4Enabled "
                "privateNetwork pscConfigs serverCaMode serverCaPool serverCertificateRotationMode sslMode",
            ),
            below("settings.locationPreference", "followGaeApplication zone"),
            below("settings.maintenanceWindow", "day hour updateTrack"),
        ),
        required_with={"rootPasswordWo": ("rootPasswordWoVersion",), "rootPasswordWoVersion": ("rootPasswordWo",)},
        defaults={
            "deletionProtection": True,
            "settings.activationPolicy": "ALWAYS",
            "settings.availabilityType": "ZONAL",
            "settings.backupConfiguration.backupRetentionSettings.retentionUnit": "COUNT",
            "settings.dataCacheConfig.dataCacheEnabled": False,
            "settings.diskAutoresize": True,
            "settings.diskAutoresizeLimit": 0,
            "settings.ipConfiguration.ipv4Enabled": True,
            "settings.pricingPlan": "PER_USE",
            "settings.readPoolAutoScaleConfig.enabled": False,
        },
        keeps=frozenset(
            (
                *names("encryptionKeyName instanceType maintenanceVersion masterInstanceName name nodeCount project region"),
                *below("settings", "connectorEnforcement dataApiAccess diskSize diskType edition"),
                *below("settings.backupConfiguration", "startTime transactionLogRetentionDays"),
                *below("settings.ipConfiguration", "serverCaMode sslMode"),
            )
        ),
        sets=frozenset(("settings.ipConfiguration.authorizedNetworks", "settings.databaseFlags", "replicaNames")),
        references=(uses("settings.ipConfiguration.privateNetwork", NETWORK), uses("masterInstanceName", SQL_INSTANCE, by="name")),
        checks=(in_a_region, labels_fit, _tier, _flags, _networks, _reachable, _recoverable),
        before_create=(_free_name,),
        before_delete=(_unprotected,),
        outputs=_instance_outputs,
    ),
)
