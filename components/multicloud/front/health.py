"""How fast the front notices that an origin is gone. Pure."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from enum import StrEnum
from typing import Optional

from ..errors import ArgumentError


class Plan(StrEnum):
    """Cloudflare's plan of the zone, which decides the limits.

    Source: https://developers.cloudflare.com/load-balancing/reference/limitations/
    """

    FREE = "free"
    """With the load balancing add-on, as all the plans below Enterprise."""
    PRO = "pro"
    BUSINESS = "business"
    ENTERPRISE = "enterprise"

    @property
    def smallest_interval(self) -> int:
        """The fewest seconds between two health checks."""
        return 10 if self is Plan.ENTERPRISE else 15

    @property
    def most(self) -> Optional[int]:
        """How many pools a front, and how many origins a pool may have; None on Enterprise, where the contract says it."""
        return None if self is Plan.ENTERPRISE else 20

    @property
    def most_routes(self) -> Optional[int]:
        """How many rules about requests a front may have; None on Enterprise, where the contract says it.

        Source: https://developers.cloudflare.com/load-balancing/additional-options/load-balancing-rules/#availability
        """
        return None if self is Plan.ENTERPRISE else 1


@dataclass(kw_only=True, frozen=True)
class Monitor:
    """How often Cloudflare checks each origin, and when it gives one up."""

    interval: Optional[int] = None
    """Seconds from one check to the next, 15 (10 on Enterprise) to 3600. Defaults to 60, Cloudflare's own, which every
    subscription to load balancing includes."""
    timeout: Optional[int] = None
    """Seconds after which a check without an answer has failed, 1 to 10. Defaults to 5, Cloudflare's own: 1 or 2 are often
    too few for an origin on another continent."""
    retries: Optional[int] = None
    """How often a check that timed out is repeated, at once, before the origin is out, 0 to 5. Defaults to 2, Cloudflare's own."""
    consecutive_down: Optional[int] = None
    """How many checks must fail in a row before an origin is out, 1 to 5. Defaults to 1. More delay every failover by as many intervals."""
    consecutive_up: Optional[int] = None
    """How many checks must succeed in a row before an origin is back, 1 to 5. Defaults to 1. More keep one out that comes and goes."""
    expected_body: Optional[str] = None
    """Text that a healthy answer's body contains, 1000 characters at most. Defaults to any."""
    follow_redirects: Optional[bool] = None
    """Whether a redirect is followed before the answer is judged. Defaults to false."""
    shows_certificate: Optional[bool] = None
    """Whether a check shows the origin the certificate that Cloudflare shows for the zone. Needed with `OriginPulls` where an origin
    refuses everybody else even at the path of the health check, as a tier's load balancer on AWS does with `certificate.client_ca`.
    Defaults to whether the shield's `origin_pulls` are on.
    Source: https://developers.cloudflare.com/load-balancing/troubleshooting/load-balancing-faq/"""

    @property
    def detection_seconds(self) -> int:
        """The worst case from an origin's death until it gets no more visitors, in seconds.

        It dies right after a check, so a whole interval passes, and then a check and all its retries time out; with
        `consecutive_down` above 1, in the last of as many intervals: interval * consecutive_down + (retries + 1) * timeout.
        With the defaults that is 75; with 15, 2 and 2 it is 21.
        """
        interval = 60 if self.interval is None else self.interval
        timeout = 5 if self.timeout is None else self.timeout
        retries = 2 if self.retries is None else self.retries
        return interval * (self.consecutive_down or 1) + (retries + 1) * timeout

    def check(self, plan: Plan) -> None:
        """Raises ArgumentError, its path below `monitor`, if Cloudflare would refuse a value on this plan."""
        ranges = {
            "interval": (plan.smallest_interval, 3600),
            "timeout": (1, 10),
            "retries": (0, 5),
            "consecutive_down": (1, 5),
            "consecutive_up": (1, 5),
        }
        for name, (least, most) in ranges.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                where = f" on the {plan} plan" if name == "interval" else ""
                raise ArgumentError(
                    f"monitor.{name}", f"{value} is outside {least} to {most}{where}", f"give {least if value < least else most}"
                )
        if self.expected_body is not None and not 1 <= len(self.expected_body) <= 1000:
            raise ArgumentError("monitor.expected_body", "is not 1 to 1000 characters", "give a short text, or leave it out")


def check_failover_within(limit: Optional[int], monitor: Monitor, plan: Plan, kept: int = 0) -> None:
    """Refuses a monitor that may take longer than the user can wait.

    Args:
        limit: The most seconds from an origin's death until it gets no more visitors; None for any.
        monitor: The monitor.
        plan: The zone's plan.
        kept: How many seconds resolvers keep a dead origin's address; 0 where visitors do not know it.

    Raises:
        ArgumentError: At `failover_within`, with settings that meet it where there are any.
    """
    worst = monitor.detection_seconds + kept
    if limit is None or worst <= limit:
        return
    fastest = Monitor(interval=plan.smallest_interval, timeout=2, retries=2)
    least = fastest.detection_seconds + kept
    mend = f"say monitor: {{interval: {fastest.interval}, timeout: 2, retries: 2}}, which takes {least}"
    if least > limit:
        mend = f"{mend} and is the least that leaves room for a lost packet; allow that"
    raise ArgumentError(
        "failover_within", f"{limit} seconds cannot be met: {'the monitor' if not kept else 'monitor and resolvers'} may take {worst}", mend
    )
