"""Machines and disks, and what templates have in common with them."""

from typing import Any

from sandbox.rules import UNKNOWN, Limit, Making, Refused, Rule, Values

from ..shared import known
from .places import DISK_TYPES, HYPERDISK_ONLY, image, is_machine_type
from .public_addresses import free_for_machine
from .tokens import ACCOUNT, DISK, INSTANCE, NETWORK, SUBNETWORK
from .words import NAME, below, compute, invalid, names, project, uses

USER_DATA_LIMIT = 262144
"""Bytes of one metadata value: https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations."""


def _machine_type(making: Making) -> None:
    wanted = making.get("machineType")
    if wanted and not is_machine_type(str(wanted).rsplit("/", 1)[-1]):
        raise invalid("machineType", wanted, f"Invalid machine type '{wanted}': it does not exist.")


def _images(making: Making) -> None:
    for path in ("disks[*].sourceImage", "bootDisk.initializeParams.image", "image"):
        for where, wanted in known(making, path):
            if image(str(wanted), project(making)) is None:
                raise Refused(f"error retrieving image information: Could not find image or family {wanted}", property=where)


def _disk_types(making: Making) -> None:
    series = str(making.get("machineType", "")).rsplit("/", 1)[-1].partition("-")[0]
    for path in ("disks[*].diskType", "bootDisk.initializeParams.type", "type"):
        for where, wanted in known(making, path):
            if str(wanted).rsplit("/", 1)[-1] not in (*DISK_TYPES, "local-ssd"):
                raise invalid(where, wanted, f"Disk type '{wanted}' does not exist.")
            if series in HYPERDISK_ONLY and str(wanted).startswith("pd-"):
                raise invalid(
                    where, wanted, f"[{wanted}] features are not compatible for creating instance with machine type series {series}."
                )


def _metadata_fits(making: Making) -> None:
    for key, value in (making.get("metadata") or {}).items():
        if isinstance(value, str) and len(value.encode()) > USER_DATA_LIMIT:
            raise invalid(
                f"metadata.{key}",
                f"{len(value.encode())} bytes",
                f"Value for key '{key}' is too large: maximum size {USER_DATA_LIMIT} bytes.",
            )


MACHINE_RULES: tuple[Rule, ...] = (_machine_type, _images, _disk_types, _metadata_fits)


def _block(name: str) -> Any:
    """Whether a block comes or goes, or the number of its elements changes."""

    def changed(old: Values, new: Values) -> bool:
        before, after = old.get(name), new.get(name)
        if isinstance(before, list) and isinstance(after, list):
            return len(before) != len(after)
        return (before is None) != (after is None)

    return changed


def _instance_outputs(making: Making) -> Values:
    interfaces = [dict(interface) for interface in making.get("networkInterfaces") or []]
    held = (making.old.outputs.get("networkInterfaces") or []) if making.old else []
    for index, interface in enumerate(interfaces):
        before = held[index] if index < len(held) else {}
        count = 0 if before else making.world.number("gcp private address")
        interface["name"] = f"nic{index}"
        interface.setdefault("networkIp", before.get("networkIp") or f"10.128.{count // 253 % 256}.{2 + count % 253}")
    zone = making.get("zone", "")
    return {
        "networkInterfaces": interfaces,
        "currentStatus": making.get("desiredStatus", "RUNNING"),
        "cpuPlatform": "Intel Broadwell",
        "zone": zone,
    }


def _shrinks(old: Values, new: Values) -> bool:
    before, after = old.get("size"), new.get("size")
    return after is UNKNOWN or (isinstance(before, int) and isinstance(after, int) and after < before)


def _not_hyperdisk(old: Values, new: Values) -> bool:
    return not str(new.get("type", "pd-standard")).startswith("hyperdisk")


TYPES = (
    compute(
        INSTANCE,
        "instances",
        "zones",
        name=Limit(min_length=1, max_length=63, pattern=NAME.pattern, says=NAME.says),
        replaces=frozenset(
            names(
                "advancedMachineFeatures.enableUefiNetworking attachedDisks[*].forceAttach bootDisk.deviceName "
                "bootDisk.diskEncryptionKeyRaw bootDisk.diskEncryptionKeyRsa bootDisk.diskEncryptionServiceAccount bootDisk.forceAttach "
                "bootDisk.guestOsFeatures bootDisk.initializeParams.architecture bootDisk.initializeParams.enableConfidentialCompute "
                "bootDisk.initializeParams.image bootDisk.initializeParams.provisionedIops bootDisk.initializeParams.provisionedThroughput "
                "bootDisk.initializeParams.replicaZones bootDisk.initializeParams.resourceManagerTags "
                "bootDisk.initializeParams.resourcePolicies bootDisk.initializeParams.snapshot "
                "bootDisk.initializeParams.sourceImageEncryptionKey bootDisk.initializeParams.sourceSnapshotEncryptionKey "
                "bootDisk.initializeParams.storagePool bootDisk.initializeParams.type bootDisk.kmsKeySelfLink bootDisk.mode "
                "bootDisk.source "
                "confidentialInstanceConfig eraseWindowsVssSignature guestAccelerators hostname instanceEncryptionKey "
                "keyRevocationActionType name reservationAffinity networkInterfaces[*].ipv6AccessConfigs[*].externalIpv6 "
                "networkInterfaces[*].ipv6AccessConfigs[*].externalIpv6PrefixLength networkInterfaces[*].ipv6AccessConfigs[*].name "
                "networkInterfaces[*].networkAttachment networkInterfaces[*].nicType networkInterfaces[*].queueCount "
                "networkInterfaces[*].vlan networkPerformanceConfig params project scheduling.localSsdRecoveryTimeout "
                "scheduling.maxRunDuration scheduling.onInstanceStopAction scheduling.preemptible scheduling.provisioningModel "
                "scheduling.terminationTime scratchDisks workloadIdentityConfig.identity "
                "workloadIdentityConfig.identityCertificateEnabled zone"
            )
        ),
        replaces_when={
            "bootDisk": _block("bootDisk"),
            "networkInterfaces": _block("networkInterfaces"),
            "metadataStartupScript": lambda old, new: "startup-script" not in (new.get("metadata") or {}),
        },
        enums={
            "attachedDisks[*].mode": names("READ_WRITE READ_ONLY"),
            "bootDisk.initializeParams.architecture": names("X86_64 ARM64"),
            "bootDisk.interface": names("SCSI NVME"),
            "bootDisk.mode": names("READ_WRITE READ_ONLY"),
            "desiredStatus": names("RUNNING TERMINATED SUSPENDED"),
            "keyRevocationActionType": (*names("STOP NONE"), ""),
            "networkInterfaces[*].nicType": names("GVNIC VIRTIO_NET IDPF MRDMA IRDMA"),
            "networkInterfaces[*].stackType": (*names("IPV4_ONLY IPV4_IPV6 IPV6_ONLY"), ""),
            "reservationAffinity.type": names("ANY_RESERVATION SPECIFIC_RESERVATION NO_RESERVATION"),
            "scratchDisks[*].interface": names("SCSI NVME"),
        },
        limits={"bootDisk.initializeParams.size": Limit(minimum=1), "scratchDisks[*].size": Limit(minimum=375)},
        conflicts=(below("bootDisk", "initializeParams source"),),
        defaults={"canIpForward": False, "deletionProtection": False, "bootDisk.autoDelete": True, "bootDisk.mode": "READ_WRITE"},
        keeps=frozenset(names("minCpuPlatform project zone")),
        sets=frozenset(names("tags resourcePolicies")),
        references=(
            uses("networkInterfaces[*].network", NETWORK),
            uses("networkInterfaces[*].subnetwork", SUBNETWORK),
            uses("bootDisk.source", DISK),
            uses("attachedDisks[*].source", DISK),
            uses("serviceAccount.email", ACCOUNT, by="email", holds=False),
        ),
        checks=MACHINE_RULES,
        before_create=(free_for_machine,),
        before_update=(free_for_machine,),
        outputs=_instance_outputs,
    ),
    compute(
        DISK,
        "disks",
        "zones",
        name=NAME,
        replaces=frozenset(
            names(
                "architecture asyncPrimaryDisk description diskEncryptionKey enableConfidentialCompute eraseWindowsVssSignature "
                "guestOsFeatures image interface licenses multiWriter name params physicalBlockSizeBytes project resourcePolicies snapshot "
                "sourceDisk sourceImageEncryptionKey sourceInstantSnapshot sourceSnapshotEncryptionKey sourceStorageObject storagePool "
                "type zone"
            )
        ),
        replaces_when={"size": _shrinks, "provisionedIops": _not_hyperdisk},
        limits={"size": Limit(minimum=1, maximum=65536, by="api")},
        defaults={"createSnapshotBeforeDestroy": False, "eraseWindowsVssSignature": False, "interface": "SCSI", "type": "pd-standard"},
        keeps=frozenset(names("physicalBlockSizeBytes project provisionedIops provisionedThroughput size zone")),
        checks=(_images, _disk_types),
    ),
)
