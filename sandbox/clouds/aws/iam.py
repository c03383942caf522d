"""Roles, what they may do, and instance profiles."""

import json
from typing import Any

from sandbox.clouds.shared import input_id, kept, known
from sandbox.rules import Autoname, Making, Record, Refused, Unique, Values, World

from .facts import resource
from .words import POLICY, PROFILE, ROLE, arn, capital_id, moment, name_fits, names, near, tags_fit, words

MANAGED = words(
    """
    AdministratorAccess PowerUserAccess ReadOnlyAccess ViewOnlyAccess SecurityAudit AmazonSSMManagedInstanceCore
    AmazonSSMPatchAssociation AmazonEC2ReadOnlyAccess AmazonEC2FullAccess AmazonEC2ContainerRegistryReadOnly AmazonS3ReadOnlyAccess
    AmazonS3FullAccess AmazonRDSReadOnlyAccess AmazonRDSFullAccess CloudWatchAgentServerPolicy CloudWatchAgentAdminPolicy
    CloudWatchReadOnlyAccess CloudWatchLogsFullAccess AmazonVPCReadOnlyAccess AmazonVPCFullAccess AWSXRayDaemonWriteAccess
    SecretsManagerReadWrite service-role/AmazonEC2RoleforSSM service-role/AmazonRDSEnhancedMonitoringRole
    service-role/AWSLambdaBasicExecutionRole service-role/AWSLambdaVPCAccessExecutionRole service-role/AmazonECSTaskExecutionRolePolicy
    """
)
"""The commoner of the policies that AWS manages: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html."""


def _document(path: str, trust: bool) -> Any:
    """Refuses a policy that IAM would call malformed."""

    def check(making: Making) -> None:
        for where, text in known(making, path):
            code = "MalformedPolicyDocument"
            try:
                policy = json.loads(text)
            except ValueError:
                raise Refused(f"{code}: This policy contains invalid Json", property=where) from None
            statements = policy.get("Statement") if isinstance(policy, dict) else None
            statements = [statements] if isinstance(statements, dict) else statements
            if not isinstance(statements, list) or not statements:
                raise Refused(f"{code}: Syntax errors in policy: a policy needs a Statement", property=where)
            if policy.get("Version", "2008-10-17") not in ("2012-10-17", "2008-10-17"):
                raise Refused(f"{code}: Syntax errors in policy: the Version must be 2012-10-17 or 2008-10-17", property=where)
            for statement in statements:
                _statement(statement, trust, where)

    return check


def _statement(statement: Any, trust: bool, where: str) -> None:
    code = "MalformedPolicyDocument"
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        raise Refused(f"{code}: Syntax errors in policy: each statement needs an Effect, Allow or Deny", property=where)
    if not {"Action", "NotAction"} & statement.keys():
        raise Refused(f"{code}: Policy statement must contain actions.", property=where)
    if trust:
        if not {"Principal", "NotPrincipal"} & statement.keys():
            raise Refused(f"{code}: AssumeRole policy must contain principals", property=where)
        if {"Resource", "NotResource"} & statement.keys():
            raise Refused(f"{code}: Has prohibited field Resource", property=where)
    else:
        if {"Principal", "NotPrincipal"} & statement.keys():
            raise Refused(f"{code}: Policy document should not specify a principal.", property=where)
        if not {"Resource", "NotResource"} & statement.keys():
            raise Refused(f"{code}: Policy statement must contain resources.", property=where)


def _path(making: Making) -> str:
    return str(making.get("path", "/"))


def _unique(prefix: str) -> Any:
    return lambda making: kept(making, "uniqueId", lambda: capital_id(17, prefix)(making))


def _outputs(kind: str, prefix: str) -> Any:
    def outputs(making: Making) -> Values:
        return {
            "arn": arn(making, "iam", f"{kind}{_path(making)}{making.id}", region=False),
            "uniqueId": _unique(prefix)(making),
            "createDate": kept(making, "createDate", lambda: moment(making)),
            "namePrefix": making.get("namePrefix", ""),
        }

    return outputs


def _role_outputs(making: Making) -> Values:
    attached = [str(r.inputs["policyArn"]) for r in making.world.all(_ATTACHMENT) if r.inputs.get("role") == making.id]
    return {
        **_outputs("role", "AROA")(making),
        "managedPolicyArns": making.get("managedPolicyArns") or attached,
        "inlinePolicies": making.get("inlinePolicies") or [],
    }


def _detached(record: Record, world: World) -> None:
    if record.inputs.get("forceDetachPolicies"):
        return
    for token in (_ATTACHMENT, _INLINE):
        for user in world.all(token):
            if user.scope.account == record.scope.account and user.inputs.get("role") == record.id:
                what = "detach all policies" if token == _ATTACHMENT else "delete policies"
                raise Refused(f"DeleteConflict: Cannot delete entity, must {what} first. ({user.id})")


def _policy_exists(making: Making) -> None:
    value = str(making.get("policyArn", ""))
    if value.startswith("arn:aws:iam::aws:policy/"):
        found = value.removeprefix("arn:aws:iam::aws:policy/") in MANAGED or value in making.world.fixtures("policies")
        hint = f"; if AWS has it, `python -m sandbox fixture add aws policies {value}` adds it"
    else:
        found, hint = making.world.one(POLICY, value, "arn") is not None, ""
    if not found:
        raise Refused(f"NoSuchEntity: Policy {value} does not exist or is not attachable.{hint}", property="policyArn")


def _policy_unused(record: Record, world: World) -> None:
    for user in world.all(_ATTACHMENT):
        if user.inputs.get("policyArn") == record.outputs.get("arn"):
            raise Refused(f"DeleteConflict: Cannot delete a policy attached to entities. ({user.id})")


def _profile_unused(record: Record, world: World) -> None:
    for user in near(record, world, "aws:ec2/instance:Instance"):
        if user.outputs.get("iamInstanceProfile") == record.id:
            raise Refused(f"DeleteConflict: Cannot delete entity, the instance {user.id} still has this profile.")


_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
_INLINE = "aws:iam/rolePolicy:RolePolicy"
_OF_ROLE = names("role", ROLE, by=("id", "arn"), missing="NoSuchEntity: The role with name {value} cannot be found.")

TYPES = (
    resource(
        ROLE,
        id=input_id("name"),
        autoname=Autoname(max_length=64),
        outputs=_role_outputs,
        sets=words("managedPolicyArns inlinePolicies"),
        checks=(_document("assumeRolePolicy", True), _document("inlinePolicies[*].policy", False), name_fits(64), tags_fit),
        before_delete=(_detached,),
        unique=(Unique(paths=("name",), within="account", message="EntityAlreadyExists: Role with name {value} already exists."),),
    ),
    resource(
        _ATTACHMENT,
        id=lambda making: f"{making.get('role')}/{making.get('policyArn')}",
        before_create=(_policy_exists,),
        references=(_OF_ROLE,),
    ),
    resource(
        _INLINE,
        id=lambda making: f"{making.get('role')}:{making.get('name')}",
        autoname=Autoname(max_length=128),
        outputs=lambda making: {"namePrefix": making.get("namePrefix", "")},
        checks=(_document("policy", False),),
        references=(_OF_ROLE,),
    ),
    resource(
        PROFILE,
        id=input_id("name"),
        autoname=Autoname(max_length=128),
        outputs=_outputs("instance-profile", "AIPA"),
        checks=(name_fits(128), tags_fit),
        before_delete=(_profile_unused,),
        references=(_OF_ROLE,),
        unique=(Unique(paths=("name",), within="account", message="EntityAlreadyExists: Instance Profile {value} already exists."),),
    ),
    resource(
        POLICY,
        id=lambda making: arn(making, "iam", f"policy{_path(making)}{making.get('name')}", region=False),
        autoname=Autoname(max_length=128),
        outputs=lambda making: {
            "arn": making.id,
            "policyId": kept(making, "policyId", lambda: capital_id(17, "ANPA")(making)),
            "attachmentCount": 0,
        },
        replaces=words("name namePrefix path description"),
        conflicts=(("name", "namePrefix"),),
        defaults={"path": "/"},
        keeps=words("name namePrefix"),
        checks=(_document("policy", False), tags_fit),
        before_delete=(_policy_unused,),
        unique=(Unique(paths=("name",), within="account", message="EntityAlreadyExists: A policy called {value} already exists."),),
    ),
)
