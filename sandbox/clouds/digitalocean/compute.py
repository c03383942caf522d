"""Droplets and what goes with them: pools, snapshots, images, keys, tags, volumes and reserved addresses."""

import base64
import binascii
import hashlib

from sandbox.rules import Limit, Making, Reference, Refused, Unique, Values

from ..shared import input_id, kept, known
from .addresses import private_ipv4, public_ipv4, public_ipv6
from .catalogue import SIZES
from .words import (
    HOSTNAME,
    NOT_EMPTY,
    TAG,
    all_tags,
    default_vpc,
    image,
    image_exists,
    member,
    numeric_id,
    region,
    resource,
    size,
    ssh_keys,
    timestamp,
    token,
    unprocessable,
    vpc_exists,
)

USER_DATA = Limit(max_length=65536, says="at most 64 KiB of user data", by="api")
SIZE_OUTPUTS = ("vcpus", "memory", "disk")


def _droplet_outputs(making: Making) -> Values:
    slug = str(making.get("region", "nyc3")).lower()
    vpc = str(making.get("vpcUuid") or kept(making, "vpcUuid", lambda: default_vpc(slug)[0]))
    shape = SIZES[str(making.get("size")).lower()]
    grown = making.get("resizeDisk", True)
    public = making.get("publicNetworking", True)
    return {
        "region": slug,
        "vpcUuid": vpc,
        "ipv4Address": kept(making, "ipv4Address", lambda: public_ipv4(making.world) if public else ""),
        "ipv4AddressPrivate": kept(making, "ipv4AddressPrivate", lambda: private_ipv4(making.world, vpc, slug)),
        "ipv6Address": (_ipv6(making) if making.get("ipv6") else ""),
        "privateNetworking": True,
        "volumeIds": making.get("volumeIds", []),
        "vcpus": shape.vcpus,
        "memory": shape.memory,
        "disk": shape.disk if grown else kept(making, "disk", lambda: shape.disk),
        "priceMonthly": shape.price,
        "priceHourly": round(shape.price / 672, 5),
        "dropletUrn": f"do:droplet:{making.id}",
        "createdAt": timestamp(making),
        "status": "active",
        "locked": False,
    }


def _ipv6(making: Making) -> str:
    return (making.old and making.old.outputs.get("ipv6Address")) or public_ipv6(making.world)


def _no_smaller_disk(making: Making) -> None:
    """A disk that has grown cannot shrink."""
    assert making.old is not None
    slug = str(making.get("size")).lower()
    if slug in SIZES and SIZES[slug].disk < making.old.outputs["disk"]:
        raise unprocessable("This size is not available because it has a smaller disk.", "size")


def _backup_policy(making: Making) -> None:
    if making.get("backupPolicy") and making.inputs.get("backups") in (None, False):
        raise Refused("backup_policy can only be set when backups are enabled", property="backupPolicy", by="provider")


DROPLET = resource(
    "droplet",
    id=numeric_id(400000000),
    outputs=_droplet_outputs,
    # Addresses are not taken away from a droplet that has them.
    replaces_when={"ipv6": lambda old, new: bool(old.get("ipv6")) and not new.get("ipv6")},
    keeps=frozenset({"region", "ipv6Address", "privateNetworking", "vpcUuid", "volumeIds"}),
    sets=frozenset({"sshKeys", "tags", "volumeIds"}),
    defaults={"backups": False, "gracefulShutdown": False, "ipv6": False, "monitoring": False, "resizeDisk": True},
    limits={
        "image": NOT_EMPTY,
        "size": NOT_EMPTY,
        "region": NOT_EMPTY,
        "vpcUuid": NOT_EMPTY,
        "sshKeys[*]": NOT_EMPTY,
        "tags[*]": TAG,
        "name": HOSTNAME,
        "userData": USER_DATA,
        "backupPolicy.hour": Limit(minimum=0, maximum=20),
    },
    enums={"backupPolicy.plan": ("daily", "weekly"), "backupPolicy.weekday": ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")},
    required_with={"backupPolicy": ("backups",)},
    references=(
        member("vpcUuid"),
        Reference(
            path="volumeIds[*]",
            to=(token("volume"),),
            missing="422 volume {value} does not exist",
            in_use="409 Cannot delete a volume that's attached to a Droplet: {user}",
        ),
    ),
    checks=(region(), size(), image(), ssh_keys("sshKeys"), _backup_policy),
    before_create=(image_exists(), vpc_exists("vpcUuid")),
    before_update=(_no_smaller_disk,),
)


def _pool_config(making: Making) -> None:
    """A pool either has a fixed number or a minimum, a maximum and what to aim at."""
    config = making.inputs.get("config")
    if not isinstance(config, dict):
        return
    if config.get("targetNumberInstances") is not None:
        if dynamic := [key for key in ("minInstances", "maxInstances") if config.get(key) is not None]:
            raise unprocessable("a pool of a fixed number of instances has no minimum and no maximum", f"config.{dynamic[0]}")
        return
    for key in ("minInstances", "maxInstances"):
        if config.get(key) is None:
            raise unprocessable(f"{key} is required for a pool that scales", f"config.{key}")
    if config.get("targetCpuUtilization") is None and config.get("targetMemoryUtilization") is None:
        raise unprocessable("a pool that scales needs a target of CPU or memory utilization", "config")
    least, most = making.get("config.minInstances"), making.get("config.maxInstances")
    if least is not None and most is not None and least > most:
        raise unprocessable("max_instances must not be below min_instances", "config.maxInstances")


def _pool_keys(making: Making) -> None:
    if making.inputs.get("dropletTemplate") and making.get("dropletTemplate.sshKeys") == []:
        raise unprocessable("droplet_template.ssh_keys must have at least one key", "dropletTemplate.sshKeys")


def _pool_keeps_its_name(making: Making) -> None:
    assert making.old is not None
    if making.get("name") != making.old.inputs.get("name"):
        raise unprocessable("the name of an autoscale pool cannot be updated", "name")


def _pool_outputs(making: Making) -> Values:
    return {
        "status": "active",
        "createdAt": timestamp(making),
        "updatedAt": making.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "currentUtilizations": [{"cpu": 0.0, "memory": 0.0}],
    }


def _not_zero(highest: int) -> Limit:
    return Limit(minimum=1, maximum=highest, by="api")


# The plugin takes any share from 0 to 1, the API none below 0.05.
SHARE = Limit(minimum=0.05, maximum=1, by="api")

POOL = resource(
    "dropletAutoscale",
    outputs=_pool_outputs,
    volatile=frozenset({"updatedAt", "currentUtilizations"}),
    sets=frozenset({"dropletTemplate.sshKeys", "dropletTemplate.tags"}),
    limits={
        "config.minInstances": _not_zero(500),
        "config.maxInstances": _not_zero(1000),
        "config.targetNumberInstances": _not_zero(1000),
        "config.cooldownMinutes": Limit(minimum=5, maximum=20, by="api"),
        "config.targetCpuUtilization": SHARE,
        "config.targetMemoryUtilization": SHARE,
        "dropletTemplate.tags[*]": TAG,
        "dropletTemplate.userData": USER_DATA,
    },
    references=(member("dropletTemplate.vpcUuid"),),
    checks=(
        region("dropletTemplate.region"),
        size("dropletTemplate.size"),
        image("dropletTemplate.image"),
        ssh_keys("dropletTemplate.sshKeys"),
        _pool_keys,
        _pool_config,
    ),
    before_create=(image_exists("dropletTemplate.image"), vpc_exists("dropletTemplate.vpcUuid", "dropletTemplate.region")),
    before_update=(
        image_exists("dropletTemplate.image"),
        vpc_exists("dropletTemplate.vpcUuid", "dropletTemplate.region"),
        _pool_keeps_its_name,
    ),
)

# Tags and keys


def _tag_outputs(making: Making) -> Values:
    counts = {"databasesCount": 0, "imagesCount": 0, "volumesCount": 0, "volumeSnapshotsCount": 0}
    droplets = all_tags(making.world).get(making.id, 0)
    return {**counts, "dropletsCount": droplets, "totalResourceCount": droplets}


TAG_TYPE = resource("tag", id=input_id("name"), outputs=_tag_outputs, limits={"name": TAG})


def _public_key(making: Making) -> None:
    for where, value in known(making, "publicKey"):
        words = str(value).split()
        try:
            ok = len(words) >= 2 and words[0].startswith(("ssh-", "ecdsa-", "sk-")) and bool(base64.b64decode(words[1], validate=True))
        except binascii.Error:
            ok = False
        if not ok:
            raise unprocessable("Key invalid, key should be of the format `type key [comment]`", where)


def _fingerprint(making: Making) -> Values:
    digest = hashlib.md5(base64.b64decode(str(making.get("publicKey")).split()[1]), usedforsecurity=False).hexdigest()
    return {"fingerprint": ":".join(digest[i : i + 2] for i in range(0, 32, 2))}


SSH_KEY = resource(
    "sshKey",
    id=numeric_id(40000000),
    outputs=_fingerprint,
    limits={"name": NOT_EMPTY, "publicKey": NOT_EMPTY},
    checks=(_public_key,),
    unique=(Unique(paths=("publicKey",), within="account", message="422 SSH Key is already in use on your account"),),
)

TYPES = (DROPLET, POOL, TAG_TYPE, SSH_KEY)
