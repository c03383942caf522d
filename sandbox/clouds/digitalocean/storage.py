"""Images, snapshots and volumes."""

from sandbox.rules import Limit, Making, Reference, Refused, Unique, Values

from .words import NOT_EMPTY, TAG, droplet, numeric_id, region, resource, timestamp, token, unprocessable

# Images and snapshots


def _image_outputs(making: Making) -> Values:
    return {
        "imageId": int(making.id),
        "createdAt": timestamp(making),
        "status": "available",
        "type": "custom",
        "slug": "",
        "public": False,
        "minDiskSize": 10,
        "sizeGigabytes": 2.0,
    }


def _snapshot_outputs(making: Making) -> Values:
    source = making.world.one(token("droplet"), str(making.get("dropletId")))
    return {
        "createdAt": timestamp(making),
        "minDiskSize": source.outputs["disk"] if source else 25,
        "regions": [source.outputs["region"]] if source else [],
        "size": 1.5,
    }


CUSTOM_IMAGE = resource(
    "customImage",
    id=numeric_id(160000000),
    outputs=_image_outputs,
    sets=frozenset({"tags"}),
    limits={"tags[*]": TAG},
    checks=(region("regions[*]"),),
)
DROPLET_SNAPSHOT = resource("dropletSnapshot", id=numeric_id(170000000), outputs=_snapshot_outputs, references=(droplet("dropletId"),))

# Volumes


def _volume_outputs(making: Making) -> Values:
    return {
        "volumeUrn": f"do:volume:{making.id}",
        "dropletIds": [
            int(r.inputs["dropletId"]) for r in making.world.all(token("volumeAttachment")) if r.inputs.get("volumeId") == making.id
        ],
        "filesystemType": making.get("initialFilesystemType", ""),
        "filesystemLabel": making.get("initialFilesystemLabel", ""),
    }


def _no_smaller_volume(making: Making) -> None:
    assert making.old is not None
    if making.get("size", 0) < making.old.inputs.get("size", 0):
        raise Refused("volumes `size` can only be expanded and not shrunk", property="size", by="provider")


def _same_region(making: Making) -> None:
    volume, machine = (
        making.world.one(token("volume"), making.get("volumeId")),
        making.world.one(token("droplet"), str(making.get("dropletId"))),
    )
    if volume and machine and volume.inputs.get("region") != machine.outputs["region"]:
        raise unprocessable("Droplet and volume must be in the same region", "volumeId")


VOLUME = resource(
    "volume",
    outputs=_volume_outputs,
    sets=frozenset({"tags"}),
    limits={"name": NOT_EMPTY, "region": NOT_EMPTY, "size": Limit(minimum=1, maximum=16384), "tags[*]": TAG},
    enums={"initialFilesystemType": ("ext4", "xfs")},
    checks=(region(),),
    before_update=(_no_smaller_volume,),
    unique=(
        Unique(paths=("name", "region"), within="account", message="409 a volume with that name already exists in the region: {value}"),
    ),
)
VOLUME_ATTACHMENT = resource(
    "volumeAttachment",
    references=(
        droplet("dropletId"),
        Reference(
            path="volumeId",
            to=(token("volume"),),
            missing="422 volume {value} does not exist",
            in_use="409 Cannot delete a volume that's attached to a Droplet: {user}",
        ),
    ),
    before_create=(_same_region,),
    unique=(Unique(paths=("volumeId",), within="account", message="422 volume {value} is attached already"),),
)
VOLUME_SNAPSHOT = resource(
    "volumeSnapshot",
    references=(Reference(path="volumeId", to=(token("volume"),), holds=False, missing="422 volume {value} does not exist"),),
)

TYPES = (CUSTOM_IMAGE, DROPLET_SNAPSHOT, VOLUME, VOLUME_ATTACHMENT, VOLUME_SNAPSHOT)
