"""What Cloud SQL's instances hold, and servers elsewhere that they copy from."""

from sandbox.rules import Limit, Making, Refused, Type

from .tokens import SQL_DATABASE, SQL_INSTANCE, SQL_USER
from .words import AUTONAME, in_a_region, invalid, names, project, uses


def _user_id(making: Making) -> str:
    return f"{making.get('name')}//{str(making.get('instance')).rsplit('/', 1)[-1]}"


def _database_id(making: Making) -> str:
    return f"projects/{project(making)}/instances/{str(making.get('instance')).rsplit('/', 1)[-1]}/databases/{making.get('name')}"


def _new_database(making: Making) -> None:
    if making.world.one(SQL_DATABASE, _database_id(making)) or making.get("name") in (
        "postgres",
        "template0",
        "template1",
        "cloudsqladmin",
    ):
        raise Refused(f'googleapi: Error 400: Invalid request: database "{making.get("name")}" already exists., invalid', property="name")


def _new_user(making: Making) -> None:
    # Making the built-in administrator again sets its password.
    if making.world.one(SQL_USER, _user_id(making)):
        raise Refused(f"googleapi: Error 409: User '{making.get('name')}' already exists., alreadyExists", property="name")
    if str(making.get("name")).startswith(("cloudsql", "pg_")):
        raise Refused(f'googleapi: Error 400: Invalid request: user name "{making.get("name")}" is reserved., invalid', property="name")


def _has_a_password(making: Making) -> None:
    kind = making.inputs.get("type") or "BUILT_IN"
    if kind == "BUILT_IN" and not any(name in making.inputs for name in ("password", "passwordWo")):
        raise invalid("password", "", "A built-in user needs a password.")


TYPES = (
    Type(
        token=SQL_DATABASE,
        id=_database_id,
        autoname=AUTONAME,
        replaces=frozenset(names("instance name project")),
        enums={"deletionPolicy": names("ABANDON DELETE PREVENT")},
        defaults={"charset": "UTF8", "collation": "en_US.UTF8"},
        keeps=frozenset(names("charset collation project")),
        # An instance takes its databases and users with it.
        references=(uses("instance", SQL_INSTANCE, by=("name", "selfLink"), holds=False),),
        before_create=(_new_database,),
        outputs=lambda making: {
            "selfLink": f"https://sqladmin.googleapis.com/sql/v1beta4/{_database_id(making)}",
            "project": project(making),
        },
    ),
    Type(
        token=SQL_USER,
        id=_user_id,
        autoname=AUTONAME,
        replaces=frozenset(names("host instance name project type")),
        enums={
            "deletionPolicy": names("ABANDON DELETE PREVENT"),
            "type": (
                *names("BUILT_IN CLOUD_IAM_USER CLOUD_IAM_SERVICE_ACCOUNT CLOUD_IAM_GROUP CLOUD_IAM_GROUP_USER"),
                *names("CLOUD_IAM_GROUP_SERVICE_ACCOUNT ENTRAID_USER"),
                "",
            ),
        },
        limits={"name": Limit(max_length=63, by="api")},
        conflicts=(names("password passwordWo"),),
        required_with={"passwordWo": ("passwordWoVersion",), "passwordWoVersion": ("passwordWo",)},
        keeps=frozenset(names("host project")),
        references=(uses("instance", SQL_INSTANCE, by=("name", "selfLink"), holds=False),),
        checks=(_has_a_password,),
        before_create=(_new_user,),
        outputs=lambda making: {"project": project(making), "host": making.get("host", "")},
    ),
    Type(
        token="gcp:sql/sourceRepresentationInstance:SourceRepresentationInstance",
        id=lambda making: f"projects/{project(making)}/instances/{making.get('name')}",
        autoname=AUTONAME,
        replaces=frozenset(
            names("caCertificate clientCertificate clientKey databaseVersion dumpFilePath host name password port project region username")
        ),
        limits={"port": Limit(minimum=0, maximum=65535)},
        defaults={"port": 3306},
        keeps=frozenset(names("project region")),
        checks=(in_a_region,),
    ),
)
