"""Storage, monitoring and private service connections: what a change replaces, and which values exist."""

from sandbox.rules import Limit, Type, Unique

from .iam import MEMBER
from .tokens import BUCKET, GLOBAL_ADDRESS, NETWORK
from .words import AUTONAME, labels_fit, names, project, uses

TYPES = (
    Type(
        token=BUCKET,
        id=lambda making: str(making.get("name")),
        autoname=AUTONAME,
        replaces=frozenset(names("customPlacementConfig.dataLocations enableObjectRetention hierarchicalNamespace location name project")),
        replaces_when={"retentionPolicy.isLocked": lambda old, new: not (new.get("retentionPolicy") or {}).get("isLocked")},
        enums={
            "storageClass": names("STANDARD MULTI_REGIONAL REGIONAL NEARLINE COLDLINE ARCHIVE"),
            "publicAccessPrevention": names("inherited enforced"),
            "lifecycleRules[*].condition.withState": (*names("LIVE ARCHIVED ANY"), ""),
        },
        limits={
            "name": Limit(pattern=r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]", says="3 to 63 lower-case letters, digits, -, _ and .", by="api"),
            "lifecycleRules": Limit(max_items=100),
        },
        defaults={"forceDestroy": False, "storageClass": "STANDARD"},
        keeps=frozenset(names("project")),
        unique=(
            Unique(
                paths=("name",),
                within="global",
                message="googleapi: Error 409: The requested bucket name is not available: '{value}'. The bucket namespace is shared by "
                "all users of the system., conflict",
            ),
        ),
        checks=(labels_fit,),
        outputs=lambda making: {"url": f"gs://{making.id}", "selfLink": f"https://www.googleapis.com/storage/v1/b/{making.id}"},
    ),
    Type(
        token="gcp:storage/bucketIAMMember:BucketIAMMember",
        id=lambda making: f"b/{making.get('bucket')}/{making.get('role')}/{making.get('member')}",
        replaces=frozenset(names("bucket condition member role")),
        limits={"member": Limit(pattern=MEMBER)},
        references=(uses("bucket", BUCKET, by=("name", "id"), holds=False),),
    ),
    Type(
        token="gcp:monitoring/alertPolicy:AlertPolicy",
        id=lambda making: f"projects/{project(making)}/alertPolicies/{10**17 + making.world.number('gcp monitoring')}",
        replaces=frozenset(names("project")),
        enums={"combiner": names("AND OR AND_WITH_MATCHING_RESOURCE"), "severity": names("CRITICAL ERROR WARNING")},
        defaults={"documentation.mimeType": "text/markdown", "enabled": True},
        keeps=frozenset(names("project")),
        references=(uses("notificationChannels", "gcp:monitoring/notificationChannel:NotificationChannel", by=("id", "name")),),
    ),
    Type(
        token="gcp:monitoring/notificationChannel:NotificationChannel",
        id=lambda making: f"projects/{project(making)}/notificationChannels/{10**17 + making.world.number('gcp monitoring')}",
        replaces=frozenset(names("project")),
        defaults={"enabled": True, "forceDelete": False},
        keeps=frozenset(names("project")),
    ),
    Type(
        token="gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig",
        id=lambda making: (
            f"projects/{project(making)}/uptimeCheckConfigs/{making.name.lower()}-{10**9 + making.world.number('gcp monitoring')}"
        ),
        replaces=frozenset(names("checkerType httpCheck.requestMethod monitoredResource project resourceGroup syntheticMonitor")),
        enums={
            "checkerType": names("STATIC_IP_CHECKERS VPC_CHECKERS"),
            "httpCheck.requestMethod": names("METHOD_UNSPECIFIED GET POST"),
        },
        exactly_one_of=(names("monitoredResource resourceGroup syntheticMonitor"),),
        defaults={"httpCheck.path": "/", "httpCheck.requestMethod": "GET", "period": "300s"},
        keeps=frozenset(names("project")),
    ),
    Type(
        token="gcp:servicenetworking/connection:Connection",
        id=lambda making: f"{str(making.get('network')).rsplit('/', 1)[-1]}:{making.get('service')}",
        replaces=frozenset(names("network service")),
        references=(uses("network", NETWORK), uses("reservedPeeringRanges", GLOBAL_ADDRESS, by=("name",))),
        outputs=lambda making: {"peering": str(making.get("service")).replace(".", "-")},
    ),
)
