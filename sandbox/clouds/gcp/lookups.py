"""The look-ups that have an answer: images, places, the project, existing networks, and the search for assets."""

from collections.abc import Callable

from sandbox.rules import Asking, Refused, Values

from . import tokens
from .assets import search_assets
from .places import IMAGE_DATE, IMAGE_FAMILIES, REGIONS, image
from .words import COMPUTE, PROVISIONED, find, project_number


def get_image(asking: Asking) -> Values:
    """`gcp.compute.get_image` by family or name."""
    owner = asking.args.get("project") or asking.scope.account
    wanted = asking.args.get("family") or asking.args.get("name")
    if not wanted:
        raise Refused("one of `family`, `filter`, `name` must be specified; the sandbox answers for `family` and `name`", by="provider")
    path = image(f"projects/{owner}/global/images/{wanted}", owner) if owner in IMAGE_FAMILIES else None
    if path is None:
        raise Refused(f"googleapi: Error 404: The resource 'projects/{owner}/global/images/{wanted}' was not found, notFound")
    name = path.rsplit("/", 1)[-1]
    family = next((family for family, stem in IMAGE_FAMILIES[owner].items() if name == f"{stem}-{IMAGE_DATE}"), "")
    return {
        "id": path,
        "selfLink": COMPUTE + path,
        "name": name,
        "family": family,
        "project": owner,
        "status": "READY",
        "diskSizeGb": 10,
        "archiveSizeBytes": 1_000_000_000,
        "creationTimestamp": f"{IMAGE_DATE[1:5]}-{IMAGE_DATE[5:7]}-{IMAGE_DATE[7:]}T00:00:00.000-07:00",
        "description": name,
        "imageId": str(project_number(name)),
        "labels": {},
        "effectiveLabels": {},
        "labelFingerprint": "42WmSpB8rSM=",
        "licenses": [],
        "imageEncryptionKeySha256": "",
        "sourceDisk": "",
        "sourceDiskEncryptionKeySha256": "",
        "sourceDiskId": "",
        "sourceImageId": "",
        "mostRecent": bool(asking.args.get("mostRecent")),
        "filter": "",
    }


def get_zones(asking: Asking) -> Values:
    """`gcp.compute.get_zones` of a region."""
    region = asking.args.get("region") or asking.scope.region
    if region not in REGIONS:
        raise Refused(f"googleapi: Error 404: The resource 'projects/{asking.scope.account}/regions/{region}' was not found, notFound")
    return {"names": [] if asking.args.get("status") == "DOWN" else list(REGIONS[region]), "project": _project(asking), "region": region}


def get_regions(asking: Asking) -> Values:
    """`gcp.compute.get_regions`."""
    return {"names": [] if asking.args.get("status") == "DOWN" else sorted(REGIONS), "project": _project(asking)}


def get_client_config(asking: Asking) -> Values:
    """`gcp.organizations.get_client_config`."""
    return {
        "project": asking.scope.account,
        "region": asking.scope.region,
        "zone": "",
        "accessToken": "sandbox",
        "defaultLabels": dict(PROVISIONED),
    }


def get_project(asking: Asking) -> Values:
    """`gcp.organizations.get_project`."""
    project = asking.args.get("projectId") or asking.scope.account
    return {
        "id": f"projects/{project}",
        "projectId": project,
        "name": project,
        "number": str(project_number(project)),
        "autoCreateNetwork": False,
        "billingAccount": "000000-000000-000000",
        "deletionPolicy": "PREVENT",
        "effectiveLabels": {},
        "folderId": "",
        "labels": {},
        "orgId": "",
        "pulumiLabels": {},
        "tags": {},
    }


def _existing(token: str, *arguments: str) -> Callable[[Asking], Values]:
    """A look-up of a resource that the cloud holds, by link or name."""

    def answer(asking: Asking) -> Values:
        wanted = next((asking.args[argument] for argument in arguments if asking.args.get(argument)), None)
        record = find(asking.world, token, wanted) if wanted else None
        if record is None:
            kind = token.rsplit(":", 1)[-1]
            raise Refused(f"googleapi: Error 404: {kind} {wanted!r} was not found, notFound")
        return {**record.outputs, "id": record.id}

    return answer


def _project(asking: Asking) -> str:
    return str(asking.args.get("project") or asking.scope.account)


LOOKUPS = {
    "gcp:compute/getImage:getImage": get_image,
    "gcp:compute/getZones:getZones": get_zones,
    "gcp:compute/getRegions:getRegions": get_regions,
    "gcp:compute/getNetwork:getNetwork": _existing(tokens.NETWORK, "name"),
    "gcp:compute/getSubnetwork:getSubnetwork": _existing(tokens.SUBNETWORK, "selfLink", "name"),
    "gcp:organizations/getClientConfig:getClientConfig": get_client_config,
    "gcp:organizations/getProject:getProject": get_project,
    "gcp:cloudasset/getSearchAllResources:getSearchAllResources": search_assets,
}
