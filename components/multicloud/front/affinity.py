"""Whether a visitor stays with an origin, and what happens when that origin goes. Pure."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Optional

from ..errors import ArgumentError
from .health import Plan


class SessionAffinity(StrEnum):
    """Whether a visitor stays with an origin.

    Source: https://developers.cloudflare.com/load-balancing/understand-basics/session-affinity/
    """

    NONE = "none"
    """Every request is steered anew."""
    COOKIE = "cookie"
    """A cookie of Cloudflare's keeps a visitor with the origin of the first request, while it is healthy."""
    IP_COOKIE = "ip_cookie"
    """The same, and the first origin is chosen by the visitor's address, so that visitors without cookies mostly stay, too."""
    HEADER = "header"
    """Requests with the same values of `affinity.headers` go to the same origin."""


class ZeroDowntimeFailover(StrEnum):
    """What happens to a visitor who stays with an origin that does not answer while it still counts as healthy.

    Cloudflare sends a request to another origin, once, on its errors 521, 522, 523, 525 and 526, and never on a status that the
    application itself sends. Without `session_affinity` it always does so.
    Sources: https://developers.cloudflare.com/load-balancing/understand-basics/adaptive-routing/,
    https://developers.cloudflare.com/load-balancing/understand-basics/session-affinity/#zero-downtime-failover
    """

    NONE = "none"
    """The request fails."""
    TEMPORARY = "temporary"
    """Another origin gets it until its own is back."""
    STICKY = "sticky"
    """Another origin gets it and keeps the visitor."""


class SameSite(StrEnum):
    """The cookie's SameSite attribute."""

    AUTO = "Auto"
    LAX = "Lax"
    NONE = "None"
    STRICT = "Strict"


class Secure(StrEnum):
    """The cookie's Secure attribute."""

    AUTO = "Auto"
    ALWAYS = "Always"
    NEVER = "Never"


@dataclass(kw_only=True, frozen=True)
class Affinity:
    """The details of `session_affinity`."""

    ttl: Optional[int] = None
    """Seconds that a visitor stays: 1800 to 604800 by cookie (default 82800), 30 to 3600 by header (default 1800)."""
    headers: Optional[list[str]] = None
    """Names of the request headers by which visitors stay, for affinity by header: one, and on Enterprise up to five. Cookies
    are `cookie:one,two`, or `cookie` for all of them."""
    require_all_headers: Optional[bool] = None
    """Whether a request must have all `headers` to stay. Defaults to false: any of them is enough."""
    drain_seconds: Optional[int] = None
    """How many seconds visitors may stay with a pool that its `enabled: false` takes out, 0 to 3600. Say it an update before that: origins
    are disabled before the load balancer is changed. Fewer than `ttl` end some visits early. Defaults to none: they go at once.
    Source: https://developers.cloudflare.com/load-balancing/additional-options/planned-maintenance/#gradual-rotation"""
    same_site: Optional[SameSite] = None
    """The cookie's SameSite attribute. Defaults to Auto: Lax, or None where everything is HTTPS."""
    secure: Optional[Secure] = None
    """The cookie's Secure attribute. Defaults to Auto."""

    def check(self, affinity: SessionAffinity, plan: Plan) -> None:
        """Raises ArgumentError, its path below `affinity`, if Cloudflare would refuse it beside `session_affinity`."""
        if affinity is SessionAffinity.NONE:
            raise ArgumentError("affinity", "is given, and session_affinity is none", "say session_affinity: cookie, or leave it out")
        header = affinity is SessionAffinity.HEADER
        least, most = (30, 3600) if header else (1800, 604800)
        if self.ttl is not None and not least <= self.ttl <= most:
            mend = f"give {least if self.ttl < least else most}"
            raise ArgumentError("affinity.ttl", f"{self.ttl} is outside {least} to {most} seconds with affinity by {affinity}", mend)
        most = 5 if plan is Plan.ENTERPRISE else 1
        if header and not self.headers:
            raise ArgumentError("affinity.headers", "is missing, and affinity by header goes by them", "name one, like X-Session")
        if header and len(self.headers or []) > most:
            wrong = f"names {len(self.headers or [])}, and the {plan} plan has {most}"
            raise ArgumentError("affinity.headers", wrong, f"name {most} at most")
        if not header and self.headers is not None:
            raise ArgumentError(
                "affinity.headers", f"means nothing to affinity by {affinity}", "say session_affinity: header, or leave it out"
            )
        for index, name in enumerate(self.headers or []):
            if not re.fullmatch(r"(cookie:[A-Za-z0-9_,-]{1,93}|[A-Za-z0-9_-]{1,100})", name):
                raise ArgumentError(f"affinity.headers[{index}]", "is no name of a header", "take letters, digits, hyphens and underscores")
        if self.require_all_headers is not None and not header:
            raise ArgumentError("affinity.require_all_headers", f"means nothing to affinity by {affinity}", "leave it out")
        if header and (self.same_site is not None or self.secure is not None):
            where = "same_site" if self.same_site is not None else "secure"
            raise ArgumentError(f"affinity.{where}", "is a cookie's, and affinity by header sets none", "leave it out")
        if self.drain_seconds is not None and not 0 <= self.drain_seconds <= 3600:
            raise ArgumentError("affinity.drain_seconds", f"{self.drain_seconds} is outside 0 to 3600 seconds", "300 is a good start")
        if self.same_site is SameSite.NONE and self.secure is Secure.NEVER:
            raise ArgumentError("affinity.secure", "is Never beside same_site None, which browsers refuse", "say Always, or leave it out")
