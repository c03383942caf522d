"""Notifications: who hears of what.

Sources: https://developers.cloudflare.com/notifications/ and
https://developers.cloudflare.com/load-balancing/reference/migration-guides/health-monitor-notifications/
"""

import re

from ...rules import Limit, Making, Reference, Refused
from .common import PAID, best_plan, in_account, known, known_items, twice, uuid_id

WEBHOOK = "cloudflare:index/notificationPolicyWebhooks:NotificationPolicyWebhooks"
HEALTH = "load_balancing_health_alert"

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

FILTERS_OF_HEALTH: dict[str, tuple[str, ...]] = {"poolIds": (), "newHealths": ("Healthy", "Unhealthy"), "eventSources": ("pool", "origin")}
"""What alerts of pools' health can be narrowed by, with the values where they are words."""


def _mechanisms(making: Making) -> None:
    mechanisms = making.get("mechanisms")
    if isinstance(mechanisms, dict) and not any(mechanisms.get(kind) for kind in ("emails", "pagerduties", "webhooks")):
        raise Refused("a notification policy needs at least one mechanism", property="mechanisms")
    for index, email in enumerate(known_items(making, "mechanisms.emails")):
        if isinstance(email.get("id"), str) and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email["id"]):
            raise Refused(f"{email['id']} is not an e-mail address", property=f"mechanisms.emails[{index}].id")
    for index, service in enumerate(known_items(making, "mechanisms.pagerduties")):
        if isinstance(service.get("id"), str) and not re.fullmatch(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", service["id"]):
            raise Refused(f"{service['id']} is not the id of a PagerDuty service", property=f"mechanisms.pagerduties[{index}].id")
    for kind in ("emails", "pagerduties", "webhooks"):
        name = twice(known(one.get("id") for one in known_items(making, f"mechanisms.{kind}")))
        if name is not None:
            raise Refused(f"{name} is named twice", property=f"mechanisms.{kind}")


def _filters(making: Making) -> None:
    filters = making.get("filters")
    if making.get("alertType") != HEALTH or not isinstance(filters, dict):
        return
    for name, given in filters.items():
        if name not in FILTERS_OF_HEALTH:
            raise Refused(f"{HEALTH} has no filter {name}", property=f"filters.{name}")
        words = FILTERS_OF_HEALTH[name]
        for value in known(given) if words and isinstance(given, list) else ():
            if value not in words:
                raise Refused(f"the filter {name} takes {', '.join(words)}, not {value}", property=f"filters.{name}")


def _plan(making: Making) -> None:
    if making.get("mechanisms.pagerduties") and best_plan(making.world) not in ("business", "enterprise"):
        raise Refused("PagerDuty needs the Business plan", property="mechanisms.pagerduties")


notification_policy = in_account(
    "notificationPolicy",
    id=uuid_id,
    enums={"alertType": ALERTS},
    limits={
        "name": Limit(min_length=1, by="api"),
        "alertInterval": Limit(pattern=r"[1-9]\d*[smh]", says="a duration such as 30m", by="api"),
    },
    defaults={"enabled": True, "description": ""},
    references=(
        Reference(
            path="mechanisms.webhooks[*].id",
            to=(WEBHOOK,),
            missing="webhook {value} not found",
            in_use="webhook {target} is used by notification policy {user}",
        ),
    ),
    checks=(_mechanisms, _filters),
    before_create=(_plan,),
    before_update=(_plan,),
)


def _webhooks_plan(making: Making) -> None:
    if best_plan(making.world) not in PAID:
        raise Refused("webhooks need the Pro plan", property="url")


webhook = in_account(
    "notificationPolicyWebhooks",
    limits={
        "name": Limit(min_length=1, by="api"),
        "url": Limit(pattern=r"https?://[^\s/]+(/\S*)?", says="a URL", by="api"),
    },
    outputs=lambda making: {"type": "generic", "lastFailure": "", "lastSuccess": ""},
    secrets={"secret"},
    before_create=(_webhooks_plan,),
)

TYPES = (notification_policy, webhook)
