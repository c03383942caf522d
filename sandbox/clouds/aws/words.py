"""What AWS's types have in common: ids, ARNs, names, tags, and what refers to what."""

import re
from collections.abc import Callable, Sequence

from sandbox.rules import UNKNOWN, Autoname, Making, Record, Reference, Refused, Rule, Values, World

from .places import digest, letters

NAME = Autoname()
"""How most of the provider's names are made up."""

LOWER = Autoname(lowercase=True)

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_SECURITY_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
ADDRESS = "aws:ec2/eip:Eip"
ADDRESS_ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation"
INSTANCE = "aws:ec2/instance:Instance"
KEY_PAIR = "aws:ec2/keyPair:KeyPair"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
GROUP = "aws:autoscaling/group:Group"
SCHEDULE = "aws:autoscaling/schedule:Schedule"
LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGET_GROUP = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
CERTIFICATE = "aws:acm/certificate:Certificate"
ROLE = "aws:iam/role:Role"
PROFILE = "aws:iam/instanceProfile:InstanceProfile"
POLICY = "aws:iam/policy:Policy"
DATABASE = "aws:rds/instance:Instance"
PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup"
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
TRUST_STORE = "aws:lb/trustStore:TrustStore"
BUCKET = "aws:s3/bucket:Bucket"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
TOPIC = "aws:sns/topic:Topic"
SECRET = "aws:secretsmanager/secret:Secret"
KEY = "aws:kms/key:Key"


# Values


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def listed(making: Making, path: str) -> list[str]:
    """The known elements of a list."""
    return [value for value in making.get(path) or [] if value is not UNKNOWN]


def all_known(making: Making, *names: str) -> bool:
    """Whether the inputs are given and known."""
    return all(making.inputs.get(name) not in (None, UNKNOWN) for name in names)


def moment(making: Making) -> str:
    """The time as AWS writes it."""
    return making.now.strftime("%Y-%m-%dT%H:%M:%SZ")


# Ids and ARNs


def fresh(making: Making) -> str:
    """Sixty-four hex digits that no other thing has."""
    scope = making.scope
    return digest(scope.account, scope.region, making.token, making.world.number(f"ids {making.token}"))


def hex_id(prefix: str) -> Callable[[Making], str]:
    """Makes ids as EC2 has them: a prefix, a zero and sixteen hex digits."""
    return lambda making: f"{prefix}-0{fresh(making)[:16]}"


def capital_id(length: int, prefix: str = "") -> Callable[[Making], str]:
    """Makes ids of capital letters and digits."""
    return lambda making: prefix + letters(length, fresh(making))


def uuid(text: str) -> str:
    """The beginning of hex digits, written as a UUID."""
    return "-".join((text[:8], text[8:12], "4" + text[13:16], "a" + text[17:20], text[20:32]))


def arn(making: Making, service: str, rest: str, *, region: bool = True) -> str:
    """An ARN of the account: of its region, or of all."""
    return f"arn:aws:{service}:{making.scope.region if region else ''}:{making.scope.account}:{rest}"


def default_id(making: Making) -> str:
    """An id for a type without an entry: its name, or one like EC2's."""
    name = making.get("name")
    return str(name) if isinstance(name, str) else hex_id(re.sub(r"[^a-z]", "", making.token.split("/")[-1].split(":")[0].lower()))(making)


DERIVED = frozenset({"tagsAll"})


def default_outputs(making: Making, outputs: Sequence[str]) -> Values:
    """Outputs that many types have, by their names."""
    _, module, name = making.token.split(":")
    service = module.split("/")[0]
    values: Values = {}
    for output in outputs:
        if output == "tagsAll":
            tags = making.get("tags")
            values[output] = dict(tags) if isinstance(tags, dict) else {}
        elif output == "arn":
            kind = re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
            values[output] = (
                making.id if making.id.startswith("arn:") else arn(making, _SERVICES.get(service, service), f"{kind}/{making.id}")
            )
        elif output in ("ownerId", "accountId", "owner", "registryId"):
            values[output] = making.scope.account
        elif output in ("createDate", "creationDate", "createdAt", "createdTime", "creationTime", "createdDate"):
            values[output] = moment(making)
        elif output in ("status", "state"):
            values[output] = "available"
    return values


_SERVICES = {
    "vpc": "ec2",
    "ebs": "ec2",
    "ec2transitgateway": "ec2",
    "lb": "elasticloadbalancing",
    "alb": "elasticloadbalancing",
    "elb": "elasticloadbalancing",
    "cloudwatch": "cloudwatch",
}
"""What the service is called in an ARN, where the SDK calls it otherwise."""


# Rules


def tags_fit(making: Making) -> None:
    """Refuses tags that AWS refuses: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html."""
    tags = making.get("tags")
    if isinstance(tags, list):
        tags = {tag["key"]: tag.get("value") for tag in tags if isinstance(tag, dict) and isinstance(tag.get("key"), str)}
    if not isinstance(tags, dict):
        return
    if len(tags) > 50:
        raise Refused(f"TagLimitExceeded: The maximum number of tags, 50, has been exceeded: {len(tags)}", property="tags")
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            raise Refused(f"InvalidParameterValue: Tag keys starting with 'aws:' are reserved for system use: {key}", property="tags")
        if not 1 <= len(key) <= 128:
            raise Refused(f"InvalidParameterValue: Tag key exceeds the maximum length of 128 characters: {key}", property="tags")
        if value is not UNKNOWN and len(str(value)) > 256:
            raise Refused(f"InvalidParameterValue: Tag value exceeds the maximum length of 256 characters: {key}", property=f"tags.{key}")


def name_fits(length: int, property: str = "name") -> Rule:
    """Refuses a logical name that is too long to make up a name of: the provider never cuts it."""

    def check(making: Making) -> None:
        name, room = making.get(property), length - 8
        if (
            len(making.name) > room
            and isinstance(name, str)
            and re.fullmatch(re.escape(making.name[:room].lower()) + "-[0-9a-f]{7}", name.lower())
        ):
            words = f"failed to auto-name: name '{making.name}' plus 7 random chars is longer than maximum length {length}"
            raise Refused(f"{words}; shorten the resource's name, or give a `{property}`", property=property, by="provider")

    return check


def same_account(record: Record, making: Making) -> bool:
    """Whether a record is of the account and region where something is made."""
    return record.scope.account == making.scope.account and record.scope.region == making.scope.region


def others(making: Making, token: str) -> list[Record]:
    """The region's other resources of a type."""
    return [record for record in making.world.all(token) if same_account(record, making) and record.id != making.id]


def near(record: Record, world: World, token: str) -> list[Record]:
    """The resources of a type in the account and region of another one."""
    return [r for r in world.all(token) if r.scope.account == record.scope.account and r.scope.region == record.scope.region]


# References


def vpc(path: str = "vpcId", holds: bool = True) -> Reference:
    """An input that names a VPC."""
    return Reference(
        path=path,
        to=(VPC,),
        holds=holds,
        missing="InvalidVpcID.NotFound: The vpc ID '{value}' does not exist",
        in_use="DependencyViolation: The vpc '{target}' has dependencies and cannot be deleted. ({user} is in it)",
    )


def subnet(path: str = "subnetId", holds: bool = True) -> Reference:
    """An input that names a subnet."""
    return Reference(
        path=path,
        to=(SUBNET,),
        holds=holds,
        missing="InvalidSubnetID.NotFound: The subnet ID '{value}' does not exist",
        in_use="DependencyViolation: The subnet '{target}' has dependencies and cannot be deleted. ({user} is in it)",
    )


def security_group(path: str, holds: bool = True) -> Reference:
    """An input that names a security group, perhaps the one that a VPC comes with."""
    return Reference(
        path=path,
        to=(SECURITY_GROUP, VPC),
        by=("id", "defaultSecurityGroupId"),
        holds=holds,
        missing="InvalidGroup.NotFound: The security group '{value}' does not exist",
        in_use="DependencyViolation: resource {target} has a dependent object ({user})",
    )


def route_table(path: str = "routeTableId", holds: bool = False) -> Reference:
    """An input that names a route table, perhaps the main one of a VPC."""
    return Reference(
        path=path,
        to=(ROUTE_TABLE, VPC),
        by=("id", "mainRouteTableId"),
        holds=holds,
        missing="InvalidRouteTableID.NotFound: The routeTable ID '{value}' does not exist",
        in_use="DependencyViolation: The routeTable '{target}' has dependencies and cannot be deleted. ({user})",
    )


def names(path: str, *to: str, by: str | tuple[str, ...], missing: str, in_use: str = "", holds: bool = False) -> Reference:
    """Any other input that names something."""
    return Reference(path=path, to=to, by=by, missing=missing, in_use=in_use or "{target} is in use by {user}", holds=holds)
