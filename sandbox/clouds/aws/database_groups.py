"""Parameter groups and subnet groups of databases."""

from sandbox.clouds.shared import input_id, known
from sandbox.rules import UNKNOWN, Making, Refused, Unique, Values

from .engines import FAMILIES, PARAMETERS, STATIC
from .facts import resource
from .words import LOWER, PARAMETER_GROUP, SUBNET, SUBNET_GROUP, arn, subnet, tags_fit, words


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


TYPES = (
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
