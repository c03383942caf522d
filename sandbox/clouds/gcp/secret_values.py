"""Secret Manager: secrets, their versions, and who may read them."""

from sandbox.rules import Autoname, Limit, Making, Record, Refused, Type, Unique, Values

from .iam import MEMBER, member_exists, member_is_one, role_is_one
from .tokens import SECRET
from .words import find, labels_fit, names, project, uses


def _secret_id(making: Making) -> str:
    return f"projects/{project(making)}/secrets/{making.get('secretId')}"


def _version_outputs(making: Making) -> Values:
    if making.old:
        return {}
    return {"version": making.id.rsplit("/", 1)[-1], "name": making.id}


def _secret_version_id(making: Making) -> str:
    secret = making.get("secret")
    return f"{secret}/versions/{1 + making.world.number(f'gcp secret version {secret}')}"


def _named(making: Making) -> Record | None:
    return find(making.world, SECRET, making.get("secretId"), ("id", "name", "secretId"))


def _there(making: Making) -> None:
    """Refuses a grant on what is not there, neither made here nor said to be there by a person."""
    wanted = str(making.get("secretId"))
    if _named(making) is None and not {wanted, wanted.rsplit("/", 1)[-1]} & set(making.world.fixtures("secrets")):
        raise Refused(
            f"googleapi: Error 404: Secret [{_full(making)}] not found., notFound; where a person made it, say so: "
            f"python -m sandbox fixture add gcp secrets {wanted.rsplit('/', 1)[-1]}",
            property="secretId",
        )


def _full(making: Making) -> str:
    wanted = str(making.get("secretId"))
    return wanted if wanted.startswith("projects/") else f"projects/{project(making)}/secrets/{wanted}"


TYPES = (
    Type(
        token=SECRET,
        id=_secret_id,
        autoname=Autoname(property="secretId", max_length=255),
        replaces=frozenset(names("project replication.auto replication.userManaged.replicas[*].location secretId tags")),
        limits={
            "secretId": Limit(pattern=r"[A-Za-z0-9_-]{1,255}", says="1 to 255 letters, digits, _ and -", by="api"),
            "replication.userManaged.replicas": Limit(min_items=1),
        },
        exactly_one_of=(names("replication.auto replication.userManaged"),),
        required_with={"rotation": ("topics",), "rotation.nextRotationTime": ("rotation.rotationPeriod",)},
        defaults={"deletionProtection": False},
        keeps=frozenset(names("project")),
        unique=(
            Unique(
                paths=("secretId",),
                within="account",
                message="googleapi: Error 409: Secret [{value}] already exists., alreadyExists",
            ),
        ),
        checks=(labels_fit,),
        outputs=lambda making: {"name": _secret_id(making)},
    ),
    Type(
        token="gcp:secretmanager/secretVersion:SecretVersion",
        id=_secret_version_id,
        replaces=frozenset(names("isSecretDataBase64 project secret secretData secretDataWoVersion")),
        exactly_one_of=(names("secretData secretDataWo"),),
        required_with={"secretDataWo": ("secretDataWoVersion",), "secretDataWoVersion": ("secretDataWo",)},
        defaults={"enabled": True},
        references=(uses("secret", SECRET, by=("id", "name"), holds=False),),
        outputs=_version_outputs,
    ),
    Type(
        token="gcp:secretmanager/secretIamMember:SecretIamMember",
        id=lambda making: f"{_full(making)}/{making.get('role')}/{making.get('member')}",
        replaces=frozenset(names("condition member project role secretId")),
        limits={"member": Limit(pattern=MEMBER, says="allUsers, allAuthenticatedUsers, or a kind and a name: serviceAccount:a@b")},
        keeps=frozenset(names("project")),
        unique=(Unique(paths=("secretId", "role", "member"), within="account", message="the grant {value} already exists"),),
        checks=(role_is_one, member_is_one),
        before_create=(_there, member_exists),
    ),
)
