"""Security groups and their rules."""

from typing import Any

from sandbox.rules import UNKNOWN, Limit, Making, Record, Reference, Refused, Unique, Values, World

from .facts import resource
from .places import default_vpc
from .words import (
    DEFAULT_SECURITY_GROUP,
    EGRESS,
    GROUP,
    INGRESS,
    NAME,
    PREFIX_LIST,
    SECURITY_GROUP,
    TEMPLATE,
    VPC,
    arn,
    hex_id,
    names,
    near,
    others,
    security_group,
    tags_fit,
    vpc,
    words,
)

RULES = 60
"""Rules of a group in one direction, each possible entry of a prefix list being one: the quota of a new account.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
"""

PEERS = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}

# Groups


def _group_outputs(making: Making) -> Values:
    return {
        "arn": arn(making, "ec2", f"security-group/{making.id}"),
        "ownerId": making.scope.account,
        "vpcId": making.get("vpcId") or default_vpc(making.scope),
        "namePrefix": making.get("namePrefix", ""),
        # A group made in this way has not even the rule for going out that the console gives it.
        "ingress": making.get("ingress") or [],
        "egress": making.get("egress") or [],
    }


def _no_machine_has_it(record: Record, world: World) -> None:
    """The machines of an auto scaling group have the security groups of its template."""
    for group in near(record, world, GROUP):
        wanted = group.outputs.get("launchTemplate") or {}
        template = world.one(TEMPLATE, wanted.get("id")) if group.outputs.get("desiredCapacity") else None
        own = template.inputs if template else {}
        interfaces = [one for one in own.get("networkInterfaces") or [] if isinstance(one, dict)]
        if record.id in [*(own.get("vpcSecurityGroupIds") or []), *(id for one in interfaces for id in one.get("securityGroups") or [])]:
            raise Refused(f"DependencyViolation: resource {record.id} has a dependent object (a machine of {group.id})")


def _default_group(making: Making) -> str:
    network = making.world.one(VPC, making.get("vpcId"))
    return str(network.outputs["defaultSecurityGroupId"]) if network else f"sg-0{default_vpc(making.scope)[:4:-1]}"


def _default_outputs(making: Making) -> Values:
    return {**_group_outputs(making), "name": "default", "description": "default VPC security group"}


def _ports(block: str) -> Any:
    """Refuses ports that cannot be: of a rule, or of the rules in a block of a group."""

    def check(making: Making) -> None:
        rules: list[tuple[str, Values]] = (
            [(f"{block}[{index}].", rule) for index, rule in enumerate(making.get(block) or []) if isinstance(rule, dict)]
            if block
            else [("", making.inputs)]
        )
        for where, rule in rules:
            protocol, low, high = rule.get("protocol", rule.get("ipProtocol")), rule.get("fromPort"), rule.get("toPort")
            if UNKNOWN in (protocol, low, high):
                continue
            number = _NUMBERS.get(str(protocol).lower(), str(protocol))
            if not number.lstrip("-").isdigit() or not -1 <= int(number) <= 255:
                raise Refused(
                    f"InvalidParameterValue: Invalid value '{protocol}' for IP protocol. Unknown protocol.",
                    property=f"{where}{'protocol' if block else 'ipProtocol'}",
                )
            if number in ("6", "17"):
                if low is None or high is None:
                    raise Refused(
                        f"InvalidParameterValue: Invalid value 'Must specify both from and to ports with {str(protocol).upper()}.' "
                        "for portRange.",
                        property=f"{where}{'fromPort' if low is None else 'toPort'}",
                    )
                if not 0 <= low <= high <= 65535:
                    raise Refused(
                        f"InvalidParameterValue: Invalid {str(protocol).upper()} port range from {low} to {high}.",
                        property=f"{where}fromPort",
                    )
            elif number == "-1" and block and (low, high) != (0, 0):
                raise Refused(
                    f"from_port ({low}) and to_port ({high}) must both be 0 to use the 'ALL' \"-1\" protocol!",
                    property=f"{where}fromPort",
                    by="provider",
                )

    return check


# Rules of their own


def _kind_changes(old: Values, new: Values) -> bool:
    return [name for name in PEERS if old.get(name) is not None] != [name for name in PEERS if new.get(name) is not None]


def _same_rule(one: Values, other: Values) -> bool:
    def key(rule: Values) -> list[Any]:
        protocol = str(rule.get("ipProtocol")).lower()
        number = _NUMBERS.get(protocol, protocol)
        ports = [] if number == "-1" else [rule.get("fromPort"), rule.get("toPort")]
        return [rule.get("securityGroupId"), number, *ports, *(rule.get(name) for name in PEERS)]

    return key(one) == key(other)


def _no_duplicate(making: Making) -> None:
    for other in others(making, making.token):
        if _same_rule(making.inputs, other.inputs):
            peer = next((making.get(name) for name in PEERS if making.get(name)), "")
            ports = "" if making.get("fromPort") is None else f", from port: {making.get('fromPort')}, to port: {making.get('toPort')}"
            raise Refused(
                f'InvalidPermission.Duplicate: the specified rule "peer: {peer}, {str(making.get("ipProtocol")).upper()}{ports}, ALLOW" '
                f"already exists ({other.id})"
            )


def _room(making: Making) -> None:
    """A group holds so many rules; one that names a prefix list counts as often as the list has room."""
    group = making.get("securityGroupId")
    total = weight(making, making.inputs) + sum(
        weight(making, other.inputs) for other in others(making, making.token) if other.inputs.get("securityGroupId") == group
    )
    if total > RULES:
        raise Refused(
            f"RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached. ({group}: "
            f"{total} of {RULES})"
        )


def weight(making: Making, rule: Values) -> int:
    found = making.world.one(PREFIX_LIST, rule.get("prefixListId")) if rule.get("prefixListId") else None
    return int(found.outputs.get("maxEntries", 1)) if found else 1


def _same_network(making: Making) -> None:
    ours, theirs = (_network_of(making, making.get(name)) for name in ("securityGroupId", "referencedSecurityGroupId"))
    if ours and theirs and ours != theirs:
        group, other = making.get("securityGroupId"), making.get("referencedSecurityGroupId")
        raise Refused(
            f"InvalidGroup.NotFound: You have specified two resources that belong to different networks. ({group}, {other})",
            property="referencedSecurityGroupId",
        )


def _network_of(making: Making, group: Any) -> str | None:
    found = making.world.one(SECURITY_GROUP, group) if group else None
    return str(found.outputs.get("vpcId")) if found else None


def _rule_outputs(making: Making) -> Values:
    return {"arn": arn(making, "ec2", f"security-group-rule/{making.id}"), "securityGroupRuleId": making.id}


def _list_reference(path: str) -> Reference:
    return names(
        path,
        PREFIX_LIST,
        by="id",
        missing="InvalidPrefixListID.NotFound: The prefix list ID '{value}' does not exist",
        in_use="DependencyViolation: The prefix list '{target}' is referenced by {user} and cannot be deleted.",
        holds=True,
    )


def _rule(token: str) -> Any:
    return resource(
        token,
        id=hex_id("sgr"),
        outputs=_rule_outputs,
        replaces_when=dict.fromkeys(PEERS, _kind_changes),
        checks=(_ports(""), tags_fit),
        before_create=(_no_duplicate, _room, _same_network),
        before_update=(_no_duplicate, _room, _same_network),
        references=(
            # The rules of a group go with it.
            security_group("securityGroupId", holds=False),
            security_group("referencedSecurityGroupId"),
            _list_reference("prefixListId"),
        ),
    )


_PLAIN = words("cidrBlocks ipv6CidrBlocks prefixListIds securityGroups")
_SETS = words("ingress egress") | {f"{block}[*].{name}" for block in ("ingress", "egress") for name in _PLAIN}
_PEER_GROUPS = (security_group("ingress[*].securityGroups[*]"), security_group("egress[*].securityGroups[*]"))
_PEER_LISTS = (_list_reference("ingress[*].prefixListIds[*]"), _list_reference("egress[*].prefixListIds[*]"))


TYPES = (
    resource(
        SECURITY_GROUP,
        id=hex_id("sg"),
        autoname=NAME,
        outputs=_group_outputs,
        sets=_SETS,
        limits={
            "description": Limit(
                min_length=0,
                max_length=255,
                pattern=r"[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]*",
                says="at most 255 of the characters a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
                by="api",
            )
        },
        checks=(_ports("ingress"), _ports("egress"), tags_fit),
        before_delete=(_no_machine_has_it,),
        references=(vpc(), *_PEER_GROUPS, *_PEER_LISTS),
        unique=(Unique(paths=("name", "vpcId"), message="InvalidGroup.Duplicate: The security group already exists for VPC: {value}"),),
    ),
    resource(
        DEFAULT_SECURITY_GROUP,
        id=_default_group,
        outputs=_default_outputs,
        sets=_SETS,
        replaces=words("vpcId"),
        keeps=words("vpcId"),
        checks=(_ports("ingress"), _ports("egress"), tags_fit),
        # It is the VPC's own, and goes with it.
        references=(vpc(holds=False), *_PEER_GROUPS, *_PEER_LISTS),
    ),
    _rule(INGRESS),
    _rule(EGRESS),
    resource(
        "aws:ec2/securityGroupRule:SecurityGroupRule",
        id=lambda making: f"sgrule-{int(hex_id('x')(making)[3:11], 16)}",
        outputs=lambda making: {"securityGroupRuleId": f"sgr-0{making.id.removeprefix('sgrule-'):0>16}"},
        checks=(_ports(""),),
        references=(
            security_group("securityGroupId", holds=False),
            security_group("sourceSecurityGroupId"),
            _list_reference("prefixListIds[*]"),
        ),
    ),
)
