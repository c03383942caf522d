"""Who hears of it when a pool or an origin becomes healthy or unhealthy."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_cloudflare as cloudflare

from .notifications import Notifications
from .scope import Scope


@dataclass(kw_only=True, frozen=True)
class Notices:
    """Notifications, made."""

    policy: cloudflare.NotificationPolicy
    """What is notified, and to whom."""
    webhooks: dict[str, cloudflare.NotificationPolicyWebhooks]
    """By the name for people."""


def notices(scope: Scope, wanted: Notifications, pools: Sequence[cloudflare.LoadBalancerPool]) -> Notices:
    """Makes the notifications of a front.

    Args:
        scope: The front.
        wanted: Who hears of it.
        pools: Of what.
    """
    webhooks = {
        name: cloudflare.NotificationPolicyWebhooks(
            scope.name(f"webhook-{name}"),
            account_id=scope.account_id,
            name=name,
            url=url,
            opts=pulumi.ResourceOptions(parent=scope.front),
        )
        for name, url in sorted((wanted.webhooks or {}).items())
    }
    mechanisms: cloudflare.NotificationPolicyMechanismsArgsDict = {}
    if wanted.emails:
        mechanisms["emails"] = [{"id": email} for email in sorted(wanted.emails)]
    if webhooks:
        mechanisms["webhooks"] = [{"id": webhook.id} for webhook in webhooks.values()]
    if wanted.pagerduty:
        mechanisms["pagerduties"] = [{"id": service} for service in sorted(wanted.pagerduty)]
    policy = cloudflare.NotificationPolicy(
        scope.name("notification"),
        account_id=scope.account_id,
        name=f"Health of {scope.args.hostname}",
        description=scope.note,
        alert_type="load_balancing_health_alert",
        filters={"pool_ids": [pool.id for pool in pools]},
        mechanisms=mechanisms,
        opts=pulumi.ResourceOptions(parent=scope.front),
    )
    return Notices(policy=policy, webhooks=webhooks)
