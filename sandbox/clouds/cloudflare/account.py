"""What belongs to an account: tokens, notifications, tunnels.

Sources: https://developers.cloudflare.com/fundamentals/api/get-started/create-token/,
https://developers.cloudflare.com/notifications/ and https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/
"""

import base64
import binascii
import ipaddress
import json
import re
import secrets
from typing import Any

from ...rules import Limit, Making, Reference, Refused, Unique, Values
from .common import hex_id, in_account, known_items, make, uuid_id

WEBHOOK = "cloudflare:index/notificationPolicyWebhooks:NotificationPolicyWebhooks"
TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"
DEFAULT_NETWORK = "f70ff985-a4ef-4643-bbbc-4a0ed4fc8415"
"""The virtual network that every account has."""

ALERTS = (
    *("abuse_report_alert", "access_custom_certificate_expiration_type", "advanced_ddos_attack_l4_alert", "advanced_ddos_attack_l7_alert"),
    *("advanced_http_alert_error", "bgp_hijack_notification", "billing_usage_alert", "block_notification_block_removed"),
    *("block_notification_new_block", "block_notification_review_rejected", "bot_traffic_basic_alert", "brand_protection_alert"),
    *("brand_protection_digest", "clickhouse_alert_fw_anomaly", "clickhouse_alert_fw_ent_anomaly"),
    *("cloudforce_one_request_notification", "cni_maintenance_notification", "custom_analytics", "custom_bot_detection_alert"),
    *("custom_ssl_certificate_event_type", "dedicated_ssl_certificate_event_type", "device_connectivity_anomaly_alert"),
    *("dos_attack_l4", "dos_attack_l7", "expiring_service_token_alert", "failing_logpush_job_disabled_alert", "fbm_auto_advertisement"),
    *("fbm_dosd_attack", "fbm_volumetric_attack", "health_check_status_notification"),
    *("hostname_aop_custom_certificate_expiration_type", "http_alert_edge_error", "http_alert_origin_error", "image_notification"),
    *("image_resizing_notification", "incident_alert", "load_balancing_health_alert", "load_balancing_pool_enablement_alert"),
    *("logo_match_alert", "magic_tunnel_health_check_event", "magic_wan_tunnel_health", "maintenance_event_notification"),
    *("mtls_certificate_store_certificate_expiration_type", "pages_event_alert", "radar_notification", "real_origin_monitoring"),
    *("scriptmonitor_alert_new_code_change_detections", "scriptmonitor_alert_new_hosts", "scriptmonitor_alert_new_malicious_hosts"),
    *("scriptmonitor_alert_new_malicious_scripts", "scriptmonitor_alert_new_malicious_url"),
    *("scriptmonitor_alert_new_max_length_resource_url", "scriptmonitor_alert_new_resources", "secondary_dns_all_primaries_failing"),
    *("secondary_dns_primaries_failing", "secondary_dns_warning", "secondary_dns_zone_successfully_updated"),
    *("secondary_dns_zone_validation_warning", "security_insights_alert", "sentinel_alert", "stream_live_notifications"),
    *("synthetic_test_latency_alert", "synthetic_test_low_availability_alert", "traffic_anomalies_alert", "tunnel_health_event"),
    *("tunnel_update_event", "universal_ssl_event_type", "web_analytics_metrics_update", "zone_aop_custom_certificate_expiration_type"),
)


# --- tokens --------------------------------------------------------------------------------------------------------------


def _policies(making: Making) -> None:
    policies = making.get("policies")
    if policies == []:
        raise Refused("a token needs at least one policy", property="policies")
    for index, policy in enumerate(known_items(making, "policies")):
        path, resources = f"policies[{index}]", policy.get("resources")
        if policy.get("permissionGroups") == []:
            raise Refused("a policy needs at least one permission group", property=f"{path}.permissionGroups")
        if isinstance(resources, str):
            try:
                right = isinstance(json.loads(resources), dict) and json.loads(resources) != {}
            except ValueError:
                right = False
            if not right:
                raise Refused("resources is not a JSON object of resources", property=f"{path}.resources")


def _token_outputs(making: Making) -> Values:
    value = making.old.outputs["value"] if making.old else secrets.token_urlsafe(30)
    return {"value": value, "lastUsedOn": "", **dict.fromkeys(("creatorEmailAtCreation", "provisionerId", "provisionerType"), "")}


_TOKEN: dict[str, Any] = {
    "enums": {"status": ("active", "disabled", "expired"), "policies[*].effect": ("allow", "deny")},
    "limits": {"name": Limit(min_length=1, max_length=120, by="api")},
    "defaults": {"status": "active"},
    "outputs": _token_outputs,
    "secrets": {"value"},
    "checks": (_policies,),
}


# --- notifications -------------------------------------------------------------------------------------------------------


def _mechanisms(making: Making) -> None:
    mechanisms = making.get("mechanisms")
    if isinstance(mechanisms, dict) and not any(mechanisms.get(kind) for kind in ("emails", "pagerduties", "webhooks")):
        raise Refused("a notification policy needs at least one mechanism", property="mechanisms")
    for index, email in enumerate(known_items(making, "mechanisms.emails")):
        if isinstance(email.get("id"), str) and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email["id"]):
            raise Refused(f"{email['id']} is not an e-mail address", property=f"mechanisms.emails[{index}].id")


notification_policy = in_account(
    "notificationPolicy",
    enums={"alertType": ALERTS},
    defaults={"enabled": True, "description": ""},
    references=(
        Reference(
            path="mechanisms.webhooks[*].id",
            to=(WEBHOOK,),
            missing="webhook {value} not found",
            in_use="webhook {target} is used by notification policy {user}",
        ),
    ),
    checks=(_mechanisms,),
)

webhook = in_account(
    "notificationPolicyWebhooks",
    limits={"url": Limit(pattern=r"https?://.+", says="a URL", by="api")},
    outputs=lambda making: {"type": "generic", "lastFailure": "", "lastSuccess": ""},
    secrets={"secret"},
)


# --- tunnels -------------------------------------------------------------------------------------------------------------


def _secret(making: Making) -> None:
    given = making.get("tunnelSecret")
    if given is None:
        return
    try:
        right = len(base64.b64decode(given, validate=True)) >= 32
    except (binascii.Error, ValueError):
        right = False
    if not right:
        raise Refused("tunnel_secret must be at least 32 bytes in base64", property="tunnelSecret")


def _tunnel_outputs(making: Making) -> Values:
    source = making.get("configSrc", "local")
    return {
        "accountTag": making.scope.account,
        "configSrc": source,
        "remoteConfig": source == "cloudflare",
        "connections": [],
        "status": "inactive",
        "tunType": "cfd_tunnel",
        "metadata": "{}",
    }


tunnel = in_account(
    "zeroTrustTunnelCloudflared",
    id=uuid_id,
    replaces={"configSrc"},
    enums={"configSrc": ("local", "cloudflare")},
    limits={"name": Limit(min_length=1, by="api")},
    outputs=_tunnel_outputs,
    secrets={"tunnelSecret"},
    unique=(Unique(paths=("accountId", "name"), within="account", message="you already have a tunnel with this name: {value} (1013)"),),
    checks=(_secret,),
)


def _ingress(making: Making) -> None:
    rules = known_items(making, "config.ingresses")
    if rules and len(rules) == len(making.get("config.ingresses", [])) and (rules[-1].get("hostname") or rules[-1].get("path")):
        raise Refused(
            "the last ingress rule must match all requests, without hostname and path (1056)",
            property=f"config.ingresses[{len(rules) - 1}]",
        )


tunnel_config = in_account(
    "zeroTrustTunnelCloudflaredConfig",
    replaces={"tunnelId"},
    enums={"source": ("local", "cloudflare")},
    defaults={"source": "cloudflare"},
    outputs=lambda making: {"version": making.old.outputs["version"] + 1 if making.old else 1},
    volatile={"version"},
    references=(Reference(path="tunnelId", to=(TUNNEL,), holds=False, missing="tunnel {value} not found"),),
    checks=(_ingress,),
)


def _network(making: Making) -> None:
    network = making.get("network")
    try:
        ipaddress.ip_network(network or "10.0.0.0/8")
    except ValueError:
        raise Refused(f"{network} is not a network in CIDR form", property="network") from None


tunnel_route = in_account(
    "zeroTrustTunnelCloudflaredRoute",
    id=uuid_id,
    defaults={"comment": ""},
    references=(
        Reference(path="tunnelId", to=(TUNNEL,), missing="tunnel {value} not found", in_use="tunnel {target} has a route, {user} (1023)"),
    ),
    unique=(Unique(paths=("network", "virtualNetworkId"), within="account", message="you already have a route for {value}"),),
    outputs=lambda making: {"virtualNetworkId": making.get("virtualNetworkId", DEFAULT_NETWORK)},
    checks=(_network,),
)

TYPES = (
    make("apiToken", id=hex_id, **_TOKEN),
    in_account("accountToken", **_TOKEN),
    notification_policy,
    webhook,
    tunnel,
    tunnel_config,
    tunnel_route,
)
