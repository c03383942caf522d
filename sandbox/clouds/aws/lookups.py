"""The look-ups that have an answer: images, zones, who and where one is, policies, tags, and what the account holds."""

import fnmatch
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.rules import Asking, Record, Refused, Values

from .images import Image, images
from .places import NAMES, REGIONS, zone_id
from .policy_document import get_policy_document
from .tagging import get_resources
from .words import PREFIX_LIST, SECURITY_GROUP, SUBNET, VPC


def get_caller_identity(asking: Asking) -> Values:
    """`aws.get_caller_identity`."""
    account = asking.scope.account
    return {"accountId": account, "arn": f"arn:aws:iam::{account}:user/sandbox", "userId": "AIDASANDBOXSANDBOX2AB", "id": account}


def get_region(asking: Asking) -> Values:
    """`aws.get_region`: the provider's own, or the one that is asked for."""
    endpoint = asking.args.get("endpoint")
    region = asking.args.get("name") or asking.args.get("region") or asking.scope.region
    if endpoint:
        region = str(endpoint).removeprefix("ec2.").removesuffix(".amazonaws.com")
    if region not in REGIONS:
        raise Refused(f"no matching EC2 Region found: {region}", property="region", by="provider")
    known = {"region": region, "name": region, "id": region}
    return {**known, "endpoint": f"ec2.{region}.amazonaws.com", "description": NAMES.get(region, region)}


def get_partition(asking: Asking) -> Values:
    """`aws.get_partition`."""
    return {"partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws", "id": "aws"}


def get_availability_zones(asking: Asking) -> Values:
    """`aws.get_availability_zones`. Every zone is healthy, and none has to be opted into."""
    zones = []
    for zone in REGIONS[asking.scope.region]:
        facts = {
            "zone-name": zone,
            "zone-id": zone_id(zone),
            "state": "available",
            "opt-in-status": "opt-in-not-required",
            "group-name": f"{asking.scope.region}-zg-1",
            "region-name": asking.scope.region,
            "zone-type": "availability-zone",
        }
        excluded = zone in (asking.args.get("excludeNames") or []) or zone_id(zone) in (asking.args.get("excludeZoneIds") or [])
        if not excluded and asking.args.get("state") in (None, "available") and _passes(asking, facts):
            zones.append(zone)
    return {
        "names": zones,
        "zoneIds": [zone_id(zone) for zone in zones],
        "groupNames": [f"{asking.scope.region}-zg-1"] if zones else [],
        "region": asking.scope.region,
        "id": asking.scope.region,
    }


def _passes(asking: Asking, facts: Mapping[str, Any]) -> bool:
    """Whether something passes all filters; each by any of its values, with `*` and `?`."""
    for index, wanted in enumerate(asking.args.get("filters") or []):
        if wanted["name"] not in facts:
            known = ", ".join(sorted(facts))
            raise Refused(
                f"InvalidParameterValue: The filter '{wanted['name']}' is invalid; the sandbox knows {known}",
                property=f"filters[{index}].name",
            )
        if not any(fnmatch.fnmatchcase(str(facts[wanted["name"]]), _pattern(value)) for value in wanted["values"]):
            return False
    return True


def _pattern(value: str) -> str:
    return value.replace("[", "[[]")


# Images


def get_ami(asking: Asking) -> Values:
    """`aws.ec2.get_ami`: one image by owner, name and so on."""
    found = [image for image in images(asking.scope.region) if _is_wanted(asking, image)]
    if not found:
        raise Refused("Your query returned no results. Please change your search criteria and try again.", by="provider")
    if len(found) > 1 and not asking.args.get("mostRecent"):
        raise Refused(
            "Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.",
            by="provider",
        )
    return _answer(max(found, key=lambda image: image.created), asking.scope.region)


def _is_wanted(asking: Asking, image: Image) -> bool:
    owners, name = asking.args.get("owners") or [], asking.args.get("nameRegex")
    if owners and image.owner not in owners and (not image.alias or image.alias not in owners):
        return False
    if name and not re.search(name, image.name):
        return False
    facts = {
        "name": image.name,
        "image-id": image.id,
        "architecture": image.architecture,
        "owner-id": image.owner,
        "owner-alias": image.alias,
        "description": image.description,
        "creation-date": image.created,
        "root-device-name": image.root_device,
        "root-device-type": "ebs",
        "virtualization-type": "hvm",
        "hypervisor": "xen",
        "image-type": "machine",
        "ena-support": "true",
        "is-public": "true",
        "state": "available",
        "block-device-mapping.volume-type": "gp3",
    }
    return _passes(asking, facts)


def _answer(image: Image, region: str) -> Values:
    snapshot = f"snap-{image.id.removeprefix('ami-')}"
    ebs = {
        "delete_on_termination": "true",
        "encrypted": "false",
        "iops": "0",
        "snapshot_id": snapshot,
        "throughput": "0",
        "volume_initialization_rate": "0",
        "volume_size": str(image.size),
        "volume_type": "gp3",
    }
    return {
        "id": image.id,
        "imageId": image.id,
        "arn": f"arn:aws:ec2:{region}::image/{image.id}",
        "name": image.name,
        "description": image.description,
        "architecture": image.architecture,
        "ownerId": image.owner,
        "imageOwnerAlias": image.alias,
        "imageLocation": f"{image.alias or image.owner}/{image.name}",
        "imageType": "machine",
        "creationDate": image.created,
        "deprecationTime": f"{int(image.created[:4]) + 2}{image.created[4:]}",
        "lastLaunchedTime": "",
        "state": "available",
        "public": True,
        "rootDeviceName": image.root_device,
        "rootDeviceType": "ebs",
        "rootSnapshotId": snapshot,
        "virtualizationType": "hvm",
        "hypervisor": "xen",
        "enaSupport": True,
        "sriovNetSupport": "simple",
        "bootMode": "uefi-preferred",
        "imdsSupport": "v2.0",
        "tpmSupport": "",
        "kernelId": "",
        "ramdiskId": "",
        "platform": "",
        "platformDetails": "Linux/UNIX",
        "usageOperation": "RunInstances",
        "productCodes": [],
        "stateReason": {"code": "UNSET", "message": "UNSET"},
        "blockDeviceMappings": [{"deviceName": image.root_device, "ebs": ebs, "noDevice": "", "virtualName": ""}],
        "tags": {},
        "region": region,
    }


# What the account holds


def _mine(asking: Asking, token: str) -> list[Record]:
    scope = asking.scope
    return [r for r in asking.world.all(token) if r.scope.account == scope.account and r.scope.region == scope.region]


def _matching(asking: Asking, token: str, *plain: str) -> list[Record]:
    """The resources of a type that fit the plain arguments, the tags and the filters."""
    found = []
    for record in _mine(asking, token):
        tags: Mapping[str, Any] = record.outputs.get("tags") or {}
        given = {name: asking.args.get(name) for name in plain}
        facts = {re.sub(r"(?<!^)(?=[A-Z])", "-", k).lower(): v for k, v in record.outputs.items() if isinstance(v, str | int | bool)}
        facts |= {f"tag:{key}": value for key, value in tags.items()}
        for wanted in asking.args.get("filters") or []:
            facts.setdefault(wanted["name"], "") if wanted["name"].startswith("tag:") else None
        values = {"id": record.id, **record.outputs}
        plainly = all(value is None or values.get(name) == value for name, value in given.items())
        tagged = all(tags.get(key) == value for key, value in (asking.args.get("tags") or {}).items())
        if plainly and tagged and _passes(asking, {"id": record.id, **facts}):
            found.append(record)
    return found


def _single(found: list[Record], what: str) -> Record:
    if len(found) != 1:
        raise Refused(f"{'no' if not found else 'multiple'} matching {what} found", by="provider")
    return found[0]


def get_vpc(asking: Asking) -> Values:
    """`aws.ec2.get_vpc` of what the sandbox holds; it holds no default VPC."""
    record = _single(_matching(asking, VPC, "id", "cidrBlock"), "EC2 VPC")
    associations = [{"associationId": f"vpc-cidr-assoc-{record.id[4:]}", "cidrBlock": record.outputs["cidrBlock"], "state": "associated"}]
    return {**record.outputs, "id": record.id, "state": "available", "default": False, "cidrBlockAssociations": associations}


def get_subnets(asking: Asking) -> Values:
    """`aws.ec2.get_subnets`."""
    return {"ids": [record.id for record in _matching(asking, SUBNET)]}


def get_subnet(asking: Asking) -> Values:
    """`aws.ec2.get_subnet`."""
    record = _single(_matching(asking, SUBNET, "id", "cidrBlock", "vpcId", "availabilityZone"), "EC2 Subnet")
    return {**record.outputs, "id": record.id, "state": "available", "availableIpAddressCount": 251, "defaultForAz": False}


def get_security_group(asking: Asking) -> Values:
    """`aws.ec2.get_security_group`."""
    record = _single(_matching(asking, SECURITY_GROUP, "id", "name", "vpcId"), "EC2 Security Group")
    return {**record.outputs, "id": record.id}


def get_managed_prefix_list(asking: Asking) -> Values:
    """`aws.ec2.get_managed_prefix_list`, of the account's own."""
    record = _single(_matching(asking, PREFIX_LIST, "id", "name"), "EC2 Managed Prefix List")
    return {**record.outputs, "id": record.id}


LOOKUPS: Mapping[str, Callable[[Asking], Values]] = {
    "aws:ec2/getAmi:getAmi": get_ami,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": get_managed_prefix_list,
    "aws:ec2/getSecurityGroup:getSecurityGroup": get_security_group,
    "aws:ec2/getSubnet:getSubnet": get_subnet,
    "aws:ec2/getSubnets:getSubnets": get_subnets,
    "aws:ec2/getVpc:getVpc": get_vpc,
    "aws:iam/getPolicyDocument:getPolicyDocument": get_policy_document,
    "aws:index/getAvailabilityZones:getAvailabilityZones": get_availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": get_caller_identity,
    "aws:index/getPartition:getPartition": get_partition,
    "aws:index/getRegion:getRegion": get_region,
    "aws:resourcegroupstaggingapi/getResources:getResources": get_resources,
}
