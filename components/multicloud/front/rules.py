"""Rules about requests: which Cloudflare stops, how many it lets through, which answers it keeps. The words, checked. Pure."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Optional

from ..errors import ArgumentError
from .health import Plan


class Action(StrEnum):
    """What happens to a request that a rule catches.

    Source: https://developers.cloudflare.com/ruleset-engine/rules-language/actions/
    """

    BLOCK = "block"
    CHALLENGE = "managed_challenge"
    """Cloudflare finds out whether it is a person, mostly without asking."""
    LOG = "log"
    """Nothing, but it is seen in the log. On the Enterprise plan."""
    SKIP = "skip"
    """The firewall's later rules, the rate limits, the managed rules and, on Pro and above, the bot rules are left out: for monitors
    and partners."""


@dataclass(kw_only=True, frozen=True)
class FirewallRule:
    """A rule of your own about requests. The first that blocks or challenges decides."""

    name: str
    """What it is about, for people; unique among the firewall's. It is the rule's identity: with another name it is another rule."""
    expression: str
    """The condition in Cloudflare's rules language, 4096 characters at most: `ip.src.country eq "T1"`. Regular expressions (`matches`)
    are on Business and above. Source: https://developers.cloudflare.com/ruleset-engine/rules-language/"""
    action: Action
    """What happens to such a request."""

    def check(self, plan: Plan) -> None:
        """Raises ArgumentError, its path below the rule, if Cloudflare would refuse it on this plan."""
        if not self.expression.strip():
            raise ArgumentError("expression", "is empty", 'write one like ip.src.country eq "T1"')
        if len(self.expression) > 4096:
            raise ArgumentError("expression", f"has {len(self.expression)} characters, and Cloudflare takes 4096", "make two rules of it")
        if plan in (Plan.FREE, Plan.PRO) and re.search(r"\bmatches\b|~", re.sub(r'"(\\.|[^"\\])*"', "", self.expression)):
            mend = "take contains, starts_with() or wildcard, or say another plan"
            raise ArgumentError("expression", f"has a regular expression, and the {plan} plan has none", mend)
        if self.action is Action.LOG and plan is not Plan.ENTERPRISE:
            raise ArgumentError("action", "log needs the Enterprise plan", "take managed_challenge")


@dataclass(kw_only=True, frozen=True)
class RateLimit:
    """How many requests of a kind an address may send. Excess requests may get through for some seconds.

    Source: https://developers.cloudflare.com/waf/rate-limiting-rules/
    """

    name: str
    """What it is about, for people; unique among the rate limits. With another name it is another rule, whose counters begin anew."""
    requests: int
    """The most in `seconds`, from one address, at one data centre of Cloudflare's."""
    seconds: int
    """Over how long: 10 on the Free plan, up to 60 on Pro, 600 on Business and 65535 on Enterprise; see `SECONDS`."""
    path: Optional[str] = None
    """How the requests' path begins: `/login`. Defaults to all."""
    action: Optional[Action] = None
    """What happens to more: `block`, `managed_challenge` or, on Enterprise, `log`. Defaults to block."""
    block_seconds: Optional[int] = None
    """For how long: 10 on the Free plan, up to 3600 on Pro and 86400 on Business; 0 to 86400 on Enterprise, where 0 stops just what is
    too many. Defaults to `seconds`. Below Enterprise a challenge has no duration: whoever passes it starts counting anew."""

    def timeout(self, plan: Plan) -> int:
        """For how many seconds it acts, the default filled in."""
        if self.action is Action.CHALLENGE and plan is not Plan.ENTERPRISE:
            return 0
        return self.seconds if self.block_seconds is None else self.block_seconds

    def check(self, plan: Plan) -> None:
        """Raises ArgumentError, its path below the limit, if Cloudflare would refuse it on this plan."""
        if self.requests < 1:
            raise ArgumentError("requests", f"{self.requests} is below 1", "give at least 1")
        _check_seconds("seconds", self.seconds, _up_to(LONGEST_PERIOD[plan]), plan)
        if self.path is not None:
            _check_path(self.path)
        if self.action is Action.SKIP:
            raise ArgumentError("action", "skip is not for rate limits", "take block or managed_challenge")
        if self.action is Action.LOG and plan is not Plan.ENTERPRISE:
            raise ArgumentError("action", "log needs the Enterprise plan", "take managed_challenge")
        if self.block_seconds is None:
            return
        if plan is Plan.ENTERPRISE:
            if not 0 <= self.block_seconds <= 86400:
                raise ArgumentError("block_seconds", f"{self.block_seconds} is outside 0 to 86400", "give up to 86400, a day")
        elif self.action is Action.CHALLENGE:
            raise ArgumentError("block_seconds", f"is given, and on the {plan} plan a challenge has no duration", "leave it out")
        else:
            _check_seconds("block_seconds", self.block_seconds, _up_to(LONGEST_BLOCK[plan]), plan)


@dataclass(kw_only=True, frozen=True)
class CacheRule:
    """Answers that Cloudflare keeps, whatever the origin says of them: static files, whose names change when they do.

    Never a path below which people see their own: what one of them got, the next one would get, too.
    Source: https://developers.cloudflare.com/cache/how-to/cache-rules/settings/
    """

    path: str
    """How the requests' path begins: `/static/`. Unique among the rules."""
    seconds: int
    """For how long Cloudflare keeps them: from 7200 on the Free plan, 3600 on Pro and 1 above them, to 31536000, a year."""
    browser_seconds: Optional[int] = None
    """For how long browsers do, 1 to 31536000. Defaults to what the origin says."""

    def check(self, plan: Plan) -> None:
        """Raises ArgumentError, its path below the rule, if Cloudflare would refuse it on this plan."""
        _check_path(self.path)
        least = SHORTEST_CACHE[plan]
        if not least <= self.seconds <= YEAR:
            raise ArgumentError("seconds", f"{self.seconds} is outside {least} to {YEAR} on the {plan} plan", "86400 is a day")
        if self.browser_seconds is not None and not 1 <= self.browser_seconds <= YEAR:
            raise ArgumentError("browser_seconds", f"{self.browser_seconds} is outside 1 to {YEAR}", "86400 is a day")


YEAR = 31536000
"""The seconds of a year, the most that answers are kept and that HSTS lasts."""

SECONDS = (10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 900, 1200, 1800, 2400, 3600, 65535, 86400)
"""Over how many seconds requests can be counted or stopped, as far as the plan goes.

Source, for the plans' limits below, too: https://developers.cloudflare.com/waf/rate-limiting-rules/#availability
"""

LONGEST_PERIOD = {Plan.FREE: 10, Plan.PRO: 60, Plan.BUSINESS: 600, Plan.ENTERPRISE: 65535}
LONGEST_BLOCK = {Plan.FREE: 10, Plan.PRO: 3600, Plan.BUSINESS: 86400}

SHORTEST_CACHE = {Plan.FREE: 7200, Plan.PRO: 3600, Plan.BUSINESS: 1, Plan.ENTERPRISE: 1}
"""The fewest seconds that answers are kept: https://developers.cloudflare.com/cache/how-to/edge-browser-cache-ttl/."""

MOST = {
    "firewall": {Plan.FREE: 5, Plan.PRO: 20, Plan.BUSINESS: 100, Plan.ENTERPRISE: 1000},
    "rate_limits": {Plan.FREE: 1, Plan.PRO: 2, Plan.BUSINESS: 5, Plan.ENTERPRISE: 100},
    "cache": {Plan.FREE: 10, Plan.PRO: 25, Plan.BUSINESS: 50, Plan.ENTERPRISE: 300},
}
"""How many rules of a kind a zone has, by plan; on Enterprise the contract may say less.

Sources: https://developers.cloudflare.com/waf/custom-rules/, https://developers.cloudflare.com/waf/rate-limiting-rules/,
https://developers.cloudflare.com/cache/how-to/cache-rules/
"""


def reference(label: str) -> str:
    """The identity of a rule within its ruleset, by which Cloudflare knows it again when others come and go.

    Source: https://developers.cloudflare.com/terraform/troubleshooting/rule-id-changes/
    """
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_") or "all"


def check_rules(kind: str, rules: Sequence[FirewallRule | RateLimit | CacheRule], plan: Plan) -> None:
    """Raises ArgumentError, its path from `kind`, if Cloudflare would refuse the rules of one kind on this plan.

    Args:
        kind: `firewall`, `rate_limits` or `cache`.
        rules: All of them, in order.
        plan: The zone's plan.
    """
    most, seen = MOST[kind][plan], dict[str, int]()
    if len(rules) > most:
        raise ArgumentError(kind, f"has {len(rules)} rules, and the {plan} plan {most}", "merge some, or say another plan")
    for index, rule in enumerate(rules):
        at = f"{kind}[{index}]"
        field, label = ("path", rule.path) if isinstance(rule, CacheRule) else ("name", rule.name)
        if not label.strip():
            raise ArgumentError(f"{at}.{field}", "is empty", "say what it is about")
        try:
            rule.check(plan)
        except ArgumentError as error:
            raise error.under(at) from None
        other = seen.setdefault(reference(label), index)
        if other != index:
            wrong = f"{label!r} has the letters and digits of {kind}[{other}], too"
            raise ArgumentError(f"{at}.{field}", wrong, f"give each a {field} of its own")


def _up_to(most: int) -> tuple[int, ...]:
    return tuple(seconds for seconds in SECONDS if seconds <= most)


def _check_seconds(field: str, seconds: int, known: tuple[int, ...], plan: Plan) -> None:
    if seconds not in known:
        # The next one that the plan has, or its longest.
        mend = next((value for value in known if value > seconds), known[-1])
        wrong = f"{seconds} is none of {', '.join(map(str, known))}, which the {plan} plan has"
        raise ArgumentError(field, wrong, f"give {mend}" if len(known) > 1 else f"give {mend}, or say another plan")


def _check_path(path: str) -> None:
    if not re.fullmatch(r"/[A-Za-z0-9/._~%-]*", path):
        raise ArgumentError("path", f"{path!r} is no beginning of a path", "write one like /static/")
