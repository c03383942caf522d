"""The stand-in Cloudflare: notifications and where they go."""

from typing import Any

import pytest

from sandbox.clouds.cloudflare.common import ACCOUNT
from sandbox.rules import Refused
from tests.sandbox.clouds.cloudflare import Cloudflare

SERVICE = "0123456789abcdef0123456789abcdef"
HOOK = {"accountId": ACCOUNT, "name": "chat", "url": "https://hooks.example.com/a"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "name: expected"),
        ({"mechanisms": {"emails": []}}, "mechanisms: a notification policy needs at least one mechanism"),
        ({"mechanisms": {"emails": [{"id": "a@example.com"}] * 2}}, "mechanisms.emails: a@example.com is named twice"),
        ({"mechanisms": {"pagerduties": [{"id": "ops"}]}}, "mechanisms.pagerduties[0].id: ops is not the id of a PagerDuty service"),
        ({"mechanisms": {"pagerduties": [{"id": SERVICE}]}}, "PagerDuty needs the Business plan"),
        ({"filters": {"newHealths": ["Sick"]}}, "filters.newHealths: the filter newHealths takes Healthy, Unhealthy, not Sick"),
        ({"filters": {"eventSources": ["zone"]}}, "filters.eventSources: the filter eventSources takes pool, origin, not zone"),
        ({"filters": {"slos": ["99.9"]}}, "filters.slos: load_balancing_health_alert has no filter slos"),
        ({"alertInterval": "half an hour"}, "alertInterval: expected a duration such as 30m"),
        ({"accountId": None}, "accountId: missing required property"),
    ],
)
def test_a_wrong_policy_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("notificationPolicy", **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"name": ""}, "name: expected"), ({"url": "ftp://example.com"}, "url: expected a URL"), ({}, "webhooks need the Pro plan")],
)
def test_a_wrong_webhook_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("notificationPolicyWebhooks", **{**HOOK, **changes})


def test_a_webhook_in_use_stays(cloudflare: Cloudflare) -> None:
    cloudflare.add_zone("big.example", plan="business")
    hook = cloudflare.make("notificationPolicyWebhooks", **HOOK)
    mechanisms = {"webhooks": [{"id": hook.id}], "pagerduties": [{"id": SERVICE}]}
    filters = {"poolIds": [SERVICE], "newHealths": ["Unhealthy"], "eventSources": ["pool", "origin"]}
    policy = cloudflare.make("notificationPolicy", mechanisms=mechanisms, filters=filters, alertInterval="30m")
    with pytest.raises(Refused, match="is used by notification policy"):
        cloudflare.remove("notificationPolicyWebhooks", hook)
    cloudflare.change("notificationPolicy", policy, mechanisms={"emails": [{"id": "ops@example.com"}]})
    cloudflare.remove("notificationPolicyWebhooks", hook)
