"""Instances, perhaps made from a launch template."""

from typing import Any

from sandbox.clouds.shared import kept
from sandbox.rules import Making, Record, Refused, Values

from .addresses import private_ipv4, public_ipv4
from .compute import KEY_OF_INSTANCE, PROFILES, image_form, instance_type, user_data
from .facts import resource
from .images import architecture, image, refuse_missing_image
from .places import REGIONS
from .words import INSTANCE, PROFILE, SUBNET, TEMPLATE, arn, hex_id, names, security_group, subnet, tags_fit, words


def _runs(making: Making) -> None:
    """The image exists, and is one for the machine's processor; there is one at all, perhaps from a template."""
    template = _template(making)
    from_template = template.inputs if template else {}
    ami, kind = making.get("ami") or from_template.get("imageId"), making.get("instanceType") or from_template.get("instanceType")
    if ami is None or kind is None:
        missing = "ami" if ami is None else "instanceType"
        raise Refused(f"MissingParameter: The request must contain the parameter {missing}, here or in a launch template", property=missing)
    if template is not None:
        _version_exists(making, template)
        _one_network_interface(making, from_template)
    found = refuse_missing_image(
        making.world, making.scope.region, ami, f"InvalidAMIID.NotFound: The image id '[{ami}]' does not exist", "ami"
    )
    if found is not None and found.architecture != architecture(kind):
        raise Refused(
            f"InvalidParameterValue: The architecture '{architecture(kind)}' of the specified instance type does not match the "
            "architecture "
            f"'{found.architecture}' of the specified AMI. Specify an instance type and an AMI that have matching "
            "architectures, and try again.",
            property="instanceType",
        )


def _version_exists(making: Making, template: Record) -> None:
    version = str(making.get("launchTemplate.version", "$Default"))
    number = float(version) if version.replace(".", "", 1).isdigit() else None
    if version not in ("$Default", "$Latest") and (number is None or not 1 <= number <= template.outputs["latestVersion"]):
        raise Refused(
            f"InvalidLaunchTemplateId.VersionNotFound: Could not find launch template version {version} for {template.id}",
            property="launchTemplate.version",
        )


def _one_network_interface(making: Making, template: Values) -> None:
    """What the instance says of its network and what its template says do not mix.

    The provider asks for a network interface where a public address is asked for in a subnet.
    Sources: https://github.com/hashicorp/terraform-provider-aws/issues/32614 and issues/33536.
    """
    refused = "may not be specified on the same request"
    asks = making.get("subnetId") is not None and making.inputs.get("associatePublicIpAddress") is not None
    if template.get("networkInterfaces") and making.get("subnetId") is not None:
        raise Refused(f"InvalidParameterCombination: Network interfaces and an instance-level subnet ID {refused}", property="subnetId")
    if (asks and template.get("vpcSecurityGroupIds")) or (template.get("networkInterfaces") and making.get("vpcSecurityGroupIds")):
        words = f"InvalidParameterCombination: Network interfaces and an instance-level security groups {refused}"
        raise Refused(words, property="vpcSecurityGroupIds")


def _template(making: Making) -> Record | None:
    wanted = making.get("launchTemplate.id")
    return making.world.one(TEMPLATE, wanted) if wanted else making.world.one(TEMPLATE, making.get("launchTemplate.name"), "name")


def _instance_outputs(making: Making) -> Values:
    inside = making.world.one(SUBNET, making.get("subnetId"))
    zone = str(inside.outputs["availabilityZone"]) if inside else REGIONS.get(making.scope.region, ("",))[0]
    private = making.get("privateIp") or kept(making, "privateIp", lambda: private_ipv4(making, making.get("subnetId")))
    wants = making.get("associatePublicIpAddress", bool(inside and inside.outputs.get("mapPublicIpOnLaunch")))
    public = kept(making, "publicIp", lambda: public_ipv4(making.world)) if wants else ""
    domain = "ec2.internal" if making.scope.region == "us-east-1" else f"{making.scope.region}.compute.internal"
    template = _template(making)
    own = template.inputs if template else {}
    ami = str(making.get("ami") or own.get("imageId", ""))
    found = image(making.scope.region, ami)
    device = {"deviceName": found.root_device if found else "/dev/xvda", "volumeId": f"vol-0{making.id[3:]}"}
    disk = {"deleteOnTermination": True, "encrypted": False, "volumeSize": found.size if found else 8, "volumeType": "gp3"}
    usual = {"httpEndpoint": "enabled", "httpTokens": "optional", "httpPutResponseHopLimit": 1, "instanceMetadataTags": "disabled"}
    profile = making.world.one(PROFILE, (own.get("iamInstanceProfile") or {}).get("arn"), "arn")
    return {
        "arn": arn(making, "ec2", f"instance/{making.id}"),
        "ami": ami,
        "instanceType": making.get("instanceType") or str(own.get("instanceType", "")),
        "iamInstanceProfile": making.get("iamInstanceProfile")
        or (profile.id if profile else (own.get("iamInstanceProfile") or {}).get("name", "")),
        "metadataOptions": {**usual, **(own.get("metadataOptions") or {}), **(making.get("metadataOptions") or {})},
        "availabilityZone": making.get("availabilityZone", zone),
        "instanceState": "running",
        "privateIp": private,
        "privateDns": f"ip-{private.replace('.', '-')}.{domain}",
        "publicIp": public,
        "publicDns": f"ec2-{public.replace('.', '-')}.{making.scope.region}.compute.amazonaws.com" if public else "",
        "associatePublicIpAddress": wants,
        "primaryNetworkInterfaceId": f"eni-0{making.id[3:]}",
        "rootBlockDevice": {**disk, **_root_disk(own, device["deviceName"]), **(making.get("rootBlockDevice") or {}), **device},
        "tenancy": making.get("tenancy", "default"),
        "monitoring": making.get("monitoring", bool((own.get("monitoring") or {}).get("enabled"))),
        "ebsOptimized": making.get("ebsOptimized", False),
        "sourceDestCheck": making.get("sourceDestCheck", True),
        "outpostArn": "",
        "passwordData": "",
    }


def _root_disk(template: Values, device: str) -> Values:
    """What a template says of the disk that a machine boots from; its booleans are text."""
    for mapping in template.get("blockDeviceMappings") or []:
        if isinstance(mapping, dict) and mapping.get("deviceName") == device:
            return {name: value == "true" if value in ("true", "false") else value for name, value in (mapping.get("ebs") or {}).items()}
    return {}


def _protected(record: Record, world: Any) -> None:
    if record.outputs.get("disableApiTermination"):
        raise Refused(
            f"OperationNotPermitted: The instance '{record.id}' may not be terminated. Modify its 'disableApiTermination' "
            "instance attribute "
            "and try again."
        )


def _other_processor(old: Values, new: Values) -> bool:
    before, after = old.get("instanceType"), new.get("instanceType")
    return isinstance(before, str) and isinstance(after, str) and architecture(before) != architecture(after)


def _wants_replacement(old: Values, new: Values) -> bool:
    return new.get("userDataReplaceOnChange") is True


TYPES = (
    resource(
        INSTANCE,
        id=hex_id("i"),
        outputs=_instance_outputs,
        replaces_when={
            "enablePrimaryIpv6": lambda old, new: bool(old.get("enablePrimaryIpv6")) and not new.get("enablePrimaryIpv6"),
            "instanceType": _other_processor,
            "ipv6Addresses": lambda old, new: old.get("ipv6AddressCount") == new.get("ipv6AddressCount"),
            "launchTemplate.version": lambda old, new: True,
            "userData": _wants_replacement,
            "userDataBase64": _wants_replacement,
        },
        sets=words("vpcSecurityGroupIds securityGroups ebsBlockDevices ephemeralBlockDevices secondaryPrivateIps"),
        checks=(instance_type(), image_form("ami"), user_data("userData", False), user_data("userDataBase64", True), tags_fit),
        before_create=(_runs,),
        before_delete=(_protected,),
        references=(
            subnet(),
            security_group("vpcSecurityGroupIds[*]"),
            KEY_OF_INSTANCE,
            names("iamInstanceProfile", PROFILE, by="id", missing=PROFILES[1].missing),
            names(
                "launchTemplate.id",
                TEMPLATE,
                by="id",
                missing="InvalidLaunchTemplateId.NotFound: The specified launch template, with template ID {value}, does not exist.",
            ),
        ),
    ),
)
