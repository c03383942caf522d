"""Workers, buckets, queues and snippets: what the components do not use, as far as the provider's schema tells."""

import hashlib
import json

from ...rules import Making, Reference, Unique, Values
from .common import in_account, in_zone, named_by, zone

SCRIPT = "cloudflare:index/workersScript:WorkersScript"
BUCKET = "cloudflare:index/r2Bucket:R2Bucket"
JURISDICTIONS = ("default", "eu", "fedramp")


def _domain_outputs(making: Making) -> Values:
    found = zone(making.world, making.get("zoneId"))
    return {"status": {"ownership": "active", "ssl": "active"}, "zoneName": found.name if found else ""}


def _script_outputs(making: Making) -> Values:
    digest = hashlib.sha256(json.dumps(making.inputs, sort_keys=True).encode()).hexdigest()
    return {"etag": digest, "handlers": ["fetch"], "hasAssets": "assets" in making.inputs, "hasModules": "mainModule" in making.inputs}


TYPES = (
    in_account(
        "queue",
        outputs=lambda making: {"queueId": making.id, "consumers": [], "consumersTotalCount": 0, "producers": [], "producersTotalCount": 0},
        unique=(Unique(paths=("accountId", "queueName"), within="account", message="queue name {value} is already taken"),),
    ),
    in_account(
        "r2Bucket",
        id=named_by("name"),
        replaces={"location", "name"},
        enums={
            "jurisdiction": JURISDICTIONS,
            "location": ("apac", "eeur", "enam", "weur", "wnam", "oc"),
            "storageClass": ("Standard", "InfrequentAccess"),
        },
        defaults={"jurisdiction": "default", "location": "weur", "storageClass": "Standard"},
        unique=(
            Unique(
                paths=("accountId", "name"),
                within="account",
                message="the bucket you tried to create already exists, and you own it: {value} (10004)",
            ),
        ),
    ),
    in_account(
        "r2CustomDomain",
        replaces={"bucketName", "domain", "zoneId"},
        enums={"jurisdiction": JURISDICTIONS, "minTls": ("1.0", "1.1", "1.2", "1.3")},
        references=(Reference(path="bucketName", to=(BUCKET,), missing="the specified bucket does not exist: {value} (10006)"),),
        defaults={"jurisdiction": "default"},
        outputs=_domain_outputs,
    ),
    in_zone("snippet", id=named_by("snippetName"), replaces={"snippetName"}),
    in_zone(
        "workersRoute",
        references=(Reference(path="script", to=(SCRIPT,), by="scriptName", holds=False, missing="workers script {value} not found"),),
        unique=(
            Unique(paths=("zoneId", "pattern"), within="account", message="a route with the same pattern already exists: {value} (10020)"),
        ),
    ),
    in_account(
        "workersScript",
        id=named_by("scriptName"),
        replaces={"scriptName"},
        enums={
            "contentType": (
                "application/javascript+module",
                "application/javascript",
                "text/javascript+module",
                "text/javascript",
                "text/x-python",
            ),
            "usageModel": ("standard", "bundled", "unbound"),
        },
        defaults={"usageModel": "standard", "compatibilityDate": "", "bodyPart": "", "placementMode": "", "placementStatus": ""},
        outputs=_script_outputs,
        volatile={"etag"},
    ),
)
