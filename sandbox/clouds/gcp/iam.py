"""Service accounts, grants and enabled services."""

import re

from sandbox.rules import Autoname, Limit, Making, Refused, Type, Unique, Values

from .tokens import ACCOUNT
from .words import names, project

MEMBER = "(.+:.+|projectOwners|projectReaders|projectWriters|allUsers|allAuthenticatedUsers)"


def _email(making: Making) -> str:
    return f"{making.get('accountId')}@{project(making)}.iam.gserviceaccount.com"


def _account_outputs(making: Making) -> Values:
    email = _email(making)
    return {"email": email, "member": f"serviceAccount:{email}", "name": f"projects/{project(making)}/serviceAccounts/{email}"}


def _one_account(making: Making) -> None:
    wanted = f"projects/{project(making)}/serviceAccounts/{_email(making)}"
    if making.world.one(ACCOUNT, wanted) and not making.get("createIgnoreAlreadyExists"):
        raise Refused(
            f"googleapi: Error 409: Service account {making.get('accountId')} already exists within project projects/{project(making)}, "
            "alreadyExists",
            property="accountId",
        )


def role_is_one(making: Making) -> None:
    role = making.get("role")
    if role and not re.fullmatch(r"(projects/[^/]+/|organizations/[^/]+/)?roles/[A-Za-z0-9_.]+", str(role)):
        raise Refused(f"googleapi: Error 400: Role {role} is not supported for this resource., badRequest", property="role")


def member_is_one(making: Making) -> None:
    member = str(making.get("member", ""))
    if member.startswith("deleted"):
        raise Refused("Terraform does not support IAM members for deleted principals", property="member", by="provider")


def member_exists(making: Making) -> None:
    """Refuses a service account of our own project that does not exist; others cannot be known."""
    kind, _, email = str(making.get("member", "")).partition(":")
    if (
        kind == "serviceAccount"
        and email.endswith(f"@{making.scope.account}.iam.gserviceaccount.com")
        and not making.world.one(ACCOUNT, email, "email")
    ):
        raise Refused(f"googleapi: Error 400: Service account {email} does not exist., badRequest", property="member")


TYPES = (
    Type(
        token=ACCOUNT,
        id=lambda making: f"projects/{project(making)}/serviceAccounts/{_email(making)}",
        autoname=Autoname(property="accountId", max_length=30, lowercase=True),
        replaces=frozenset(names("accountId project")),
        limits={
            "accountId": Limit(
                min_length=6,
                max_length=30,
                pattern=r"[a-z]([-a-z0-9]*[a-z0-9])?",
                says="6 to 30 lower-case letters, digits and hyphens, beginning with a letter",
            ),
            "description": Limit(min_length=0, max_length=256),
            "displayName": Limit(max_length=100, by="api"),
        },
        defaults={"disabled": False},
        keeps=frozenset(names("project")),
        before_create=(_one_account,),
        outputs=_account_outputs,
    ),
    Type(
        token="gcp:projects/iAMMember:IAMMember",
        id=lambda making: f"{making.get('project')}/{making.get('role')}/{making.get('member')}",
        replaces=frozenset(names("condition member project role")),
        limits={"member": Limit(pattern=MEMBER, says="allUsers, allAuthenticatedUsers, or a kind and a name: serviceAccount:a@b")},
        unique=(Unique(paths=("project", "role", "member"), within="account", message="the grant {value} already exists"),),
        checks=(role_is_one, member_is_one),
        before_create=(member_exists,),
    ),
    Type(
        token="gcp:projects/service:Service",
        id=lambda making: f"{project(making)}/{making.get('service')}",
        replaces=frozenset(names("project service")),
        limits={"service": Limit(pattern=r".*\..*", says="a service's name, like compute.googleapis.com")},
        keeps=frozenset(names("project")),
    ),
)
