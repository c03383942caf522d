"""The search for resources by label, name or description: Google's Cloud Asset Inventory."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

from sandbox.rules import Asking, Record, Refused, Values

from . import tokens
from .words import project_number

ASSETS = {
    tokens.NETWORK: "compute.googleapis.com/Network",
    tokens.SUBNETWORK: "compute.googleapis.com/Subnetwork",
    tokens.ROUTER: "compute.googleapis.com/Router",
    tokens.ADDRESS: "compute.googleapis.com/Address",
    tokens.GLOBAL_ADDRESS: "compute.googleapis.com/GlobalAddress",
    "gcp:compute/firewall:Firewall": "compute.googleapis.com/Firewall",
    tokens.TEMPLATE: "compute.googleapis.com/InstanceTemplate",
    tokens.REGION_TEMPLATE: "compute.googleapis.com/InstanceTemplate",
    tokens.GROUP: "compute.googleapis.com/InstanceGroupManager",
    tokens.ZONAL_GROUP: "compute.googleapis.com/InstanceGroupManager",
    "gcp:compute/regionAutoscaler:RegionAutoscaler": "compute.googleapis.com/Autoscaler",
    tokens.INSTANCE: "compute.googleapis.com/Instance",
    tokens.DISK: "compute.googleapis.com/Disk",
    tokens.HEALTH_CHECK: "compute.googleapis.com/HealthCheck",
    tokens.REGION_HEALTH_CHECK: "compute.googleapis.com/HealthCheck",
    tokens.BACKEND: "compute.googleapis.com/BackendService",
    tokens.URL_MAP: "compute.googleapis.com/UrlMap",
    tokens.HTTP_PROXY: "compute.googleapis.com/TargetHttpProxy",
    tokens.HTTPS_PROXY: "compute.googleapis.com/TargetHttpsProxy",
    tokens.CERTIFICATE: "compute.googleapis.com/SslCertificate",
    tokens.MANAGED_CERTIFICATE: "compute.googleapis.com/SslCertificate",
    tokens.SSL_POLICY: "compute.googleapis.com/SslPolicy",
    "gcp:compute/globalForwardingRule:GlobalForwardingRule": "compute.googleapis.com/GlobalForwardingRule",
    "gcp:compute/forwardingRule:ForwardingRule": "compute.googleapis.com/ForwardingRule",
    tokens.POLICY: "compute.googleapis.com/SecurityPolicy",
    tokens.ACCOUNT: "iam.googleapis.com/ServiceAccount",
    tokens.SQL_INSTANCE: "sqladmin.googleapis.com/Instance",
    tokens.BUCKET: "storage.googleapis.com/Bucket",
    tokens.SECRET: "secretmanager.googleapis.com/Secret",
}
"""Asset types by token: https://cloud.google.com/asset-inventory/docs/supported-asset-types."""

_TERM = re.compile(r"(labels\.[a-z0-9_-]+|labels|name|displayName|description|location|project)([:=])(.*)", re.DOTALL)


def search_assets(asking: Asking) -> Values:
    """`gcp.cloudasset.get_search_all_resources`, its query being terms that are all true: `labels.stack:dev description:"stack=dev"`.

    The rest of Google's language is refused: https://cloud.google.com/asset-inventory/docs/query-syntax.
    """
    project = asking.scope.account
    if asking.args.get("scope") not in (f"projects/{project}", f"projects/{project_number(project)}"):
        raise Refused(f"googleapi: Error 403: The caller does not have permission to search {asking.args.get('scope')}, forbidden")
    terms = list(_terms(asking.args.get("query") or ""))
    kinds = asking.args.get("assetTypes") or []
    found = []
    for token, kind in ASSETS.items():
        if not kinds or any(re.fullmatch(wanted, kind) for wanted in kinds):
            assets = [_asset(record, kind) for record in asking.world.all(token) if record.scope.account == project]
            found += [asset for asset in assets if all(_holds(asset, *term) for term in terms)]
    return {"results": found}


def _terms(query: str) -> Iterator[tuple[str, str, str]]:
    try:
        words = [word for word in shlex.split(query) if word != "AND"]
    except ValueError:
        raise Refused(f"googleapi: Error 400: Invalid query: {query!r}, badRequest", property="query") from None
    for word in words:
        matched = _TERM.fullmatch(word)
        if matched is None:
            raise Refused(
                f"the sandbox understands terms like labels.stack:dev, name:web* or description:text, and not {word!r}",
                property="query",
                by="sandbox",
            )
        yield matched[1], matched[2], matched[3]


def _holds(asset: Values, field: str, operator: str, wanted: str) -> bool:
    """Whether a term is true of an asset; `:` matches words, `=` the whole, `*` at the end any rest."""
    head, _, key = field.partition(".")
    value = asset.get(head)
    if head == "labels":
        labels: dict[str, Any] = value or {}
        texts = [str(labels[key])] if key and key in labels else [] if key else [*labels, *map(str, labels.values())]
    else:
        texts = [str(value or "")]
    if wanted == "*":
        return any(texts)
    pattern = re.escape(wanted.rstrip("*")) + (".*" if wanted.endswith("*") else "")
    if operator == "=":
        return any(re.fullmatch(pattern, text, re.DOTALL) for text in texts)
    return any(re.search(rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])", text, re.IGNORECASE) for text in texts)


def _asset(record: Record, kind: str) -> Values:
    outputs, service = record.outputs, kind.split("/")[0]
    path = re.sub(r"^https?://[^/]+/([a-z]+/v[^/]+/)?", "", str(outputs.get("selfLink") or record.id))
    made = record.created.strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = outputs.get("effectiveLabels") or (outputs.get("settings") or {}).get("userLabels") or {}
    return {
        "assetType": kind,
        "name": f"//{service}/{path}",
        "displayName": path.rsplit("/", 1)[-1],
        "description": outputs.get("description") or "",
        "labels": labels,
        "location": outputs.get("zone") or outputs.get("region") or "global",
        "project": f"projects/{project_number(record.scope.account)}",
        "createTime": made,
        "updateTime": made,
        "folders": [],
        "kmsKeys": [],
        "networkTags": [],
        "organization": "",
        "parentAssetType": "cloudresourcemanager.googleapis.com/Project",
        "parentFullResourceName": f"//cloudresourcemanager.googleapis.com/projects/{record.scope.account}",
        "state": "",
    }
