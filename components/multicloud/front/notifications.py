"""Who hears of it when the health of a front's pools changes. No provider SDK is imported here."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional

import pulumi

from ..errors import ArgumentError
from .health import Plan


def check_email(email: str, path: str) -> None:
    """Raises ArgumentError at `path` if a text is no address of e-mail."""
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise ArgumentError(path, "is not an e-mail address", "write one like ops@example.com")


@dataclass(kw_only=True, frozen=True)
class Notifications:
    """Who hears of it when a pool or an origin becomes healthy or unhealthy."""

    emails: Optional[list[str]] = None
    """Addresses."""
    webhooks: Optional[dict[str, pulumi.Input[str]]] = None
    """URLs by a name for people. Cloudflare sends a test to each when it is made, and refuses one that does not answer. Often a URL
    is a secret in itself: give it as one. On Pro and above."""
    pagerduty: Optional[list[str]] = None
    """Ids of services of PagerDuty that are connected to the account already: 32 hexadecimal digits. On Business and above."""

    def check(self, plan: Plan) -> None:
        """Raises ArgumentError, its path below `notifications`, if nobody would hear of it, or not on this plan."""
        if not any((self.emails, self.webhooks, self.pagerduty)):
            raise ArgumentError("notifications", "names nobody", "give emails, webhooks or pagerduty, or leave it out")
        if self.webhooks and plan is Plan.FREE:
            raise ArgumentError("notifications.webhooks", "need the Pro plan", "give emails, or say another plan")
        if self.pagerduty and plan in (Plan.FREE, Plan.PRO):
            raise ArgumentError("notifications.pagerduty", "needs the Business plan", "give emails, or say another plan")
        for index, email in enumerate(self.emails or []):
            check_email(email, f"notifications.emails[{index}]")
        for name, url in (self.webhooks or {}).items():
            if not re.fullmatch(r"[A-Za-z0-9 _-]{1,64}", name):
                mend = "take 1 to 64 letters, digits, blanks, hyphens and underscores"
                raise ArgumentError(f"notifications.webhooks[{name!r}]", "is no name for people", mend)
            if isinstance(url, str) and not re.fullmatch(r"https://[^\s]+", url):
                raise ArgumentError(
                    f"notifications.webhooks[{name!r}]", "is not a URL of https", "write one like https://hooks.example.com/..."
                )
        for index, service in enumerate(self.pagerduty or []):
            if not re.fullmatch(r"[0-9a-f]{32}", service):
                raise ArgumentError(f"notifications.pagerduty[{index}]", "is no id of a service", "write its 32 hexadecimal digits")
