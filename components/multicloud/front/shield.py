"""What the front lets through, and how: TLS, firewall, limits, caching. The words, checked. Pure.

All of it belongs to the zone and not to a hostname, so one front of a zone has it, and the others say `shield: {enabled: false}`.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Optional

from ..errors import ArgumentError
from .health import Plan
from .rules import YEAR, Action, CacheRule, FirewallRule, RateLimit, check_rules

__all__ = ["Action", "CacheRule", "DdosSensitivity", "FirewallRule", "Hsts", "MinimumTls", "RateLimit", "Shield", "Ssl"]


class Ssl(StrEnum):
    """How Cloudflare comes to the origins.

    Source: https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/
    """

    STRICT = "strict"
    """By HTTPS, and the origin's certificate must be valid: by a public authority, or by Cloudflare's own for origins."""
    FULL = "full"
    """By HTTPS, whatever the certificate says: whoever stands between Cloudflare and the origin can read along."""
    FLEXIBLE = "flexible"
    """By plain HTTP: for origins without a certificate alone."""


class MinimumTls(StrEnum):
    """The oldest version of TLS that visitors may use."""

    TLS_1_2 = "1.2"
    """What every browser since 2014 can."""
    TLS_1_3 = "1.3"
    """What browsers since 2018 can."""


@dataclass(kw_only=True, frozen=True)
class Hsts:
    """HTTP Strict Transport Security: browsers come by HTTPS alone, for as long as it says, even when that is regretted."""

    max_age: Optional[int] = None
    """For how many seconds, 0 to 31536000, counted anew at each visit. Defaults to 15552000, half a year, from which on scanners are
    content. 0 makes browsers forget it, at their next visit."""
    include_subdomains: Optional[bool] = None
    """Whether names below the zone's are meant, too. Defaults to false, since other services may be there."""
    preload: Optional[bool] = None
    """Whether browsers may have the zone built in, once you put it on their list at https://hstspreload.org/. Defaults to false: it is
    hard to take back. It needs a year and the subdomains."""

    @property
    def effective_max_age(self) -> int:
        """For how many seconds, the default filled in."""
        return 15552000 if self.max_age is None else self.max_age

    def check(self) -> None:
        """Raises ArgumentError, its path below `hsts`, if it cannot work."""
        if not 0 <= self.effective_max_age <= YEAR:
            raise ArgumentError("hsts.max_age", f"{self.max_age} is outside 0 to {YEAR} seconds", "15552000 is half a year")
        if self.preload and (not self.include_subdomains or self.effective_max_age < YEAR):
            raise ArgumentError("hsts.preload", f"needs include_subdomains and a max_age of {YEAR}", "give both, or leave it out")


class DdosSensitivity(StrEnum):
    """How readily Cloudflare takes traffic for an attack. The words are Cloudflare's.

    Source: https://developers.cloudflare.com/ddos-protection/managed-rulesets/http/override-parameters/
    """

    HIGH = "default"
    MEDIUM = "medium"
    LOW = "low"
    ESSENTIALLY_OFF = "eoff"
    """Only the largest attacks are stopped."""


@dataclass(kw_only=True, frozen=True)
class Shield:
    """What protects the front and its origins. Made with nothing said, it is safe.

    Besides what can be chosen, visitors who come by HTTP are sent to HTTPS, links in pages are rewritten to it, TLS 1.3 is on, and
    browsers are told not to guess what a file is (nosniff). What is set in a zone stays set when the front goes.
    """

    enabled: Optional[bool] = None
    """Whether this front manages the zone's protection. Defaults to true; false where another front of the same zone does."""
    ssl: Optional[Ssl] = None
    """How Cloudflare comes to the origins. Defaults to strict where they listen on 443, and to flexible where they answer plain HTTP.

    With strict, the monitor, too, has to trust the origins' certificate. Cloudflare says of monitors that they trust public authorities,
    and of its own for origins (`OriginCertificate`) nothing; that they trust it is expected. Where origins that answer are down for a
    monitor ("TLS untrusted certificate"), full is the way out: then the monitor, too, takes any (`allow_insecure`).
    Source: https://developers.cloudflare.com/load-balancing/troubleshooting/common-error-codes/#tls-untrusted-certificate-error"""
    minimum_tls: Optional[MinimumTls] = None
    """The oldest TLS of visitors. Defaults to 1.2."""
    hsts: Optional[Hsts] = None
    """Strict transport security. Defaults to half a year for the zone's names themselves."""
    origin_pulls: Optional[bool] = None
    """Whether Cloudflare shows the origins a certificate that it shares among all its customers (global authenticated origin pulls).
    It is worth something where origins ask for it, and free of harm where they do not. Defaults to what the zone has, which is off;
    the origins have to answer HTTPS. `OriginPulls` show one that no other customer has.
    Source: https://developers.cloudflare.com/ssl/origin-configuration/authenticated-origin-pull/set-up/global/"""
    managed_rules: Optional[bool] = None
    """Whether Cloudflare's managed firewall rules run. Defaults to true on plans that have them, Pro and above; on the Free plan
    Cloudflare runs its free set by itself."""
    owasp_rules: Optional[bool] = None
    """Whether the rules of OWASP run, too, on Pro and above. Defaults to false: Cloudflare calls them prone to false positives and of
    marginal benefit beside its own. Source: https://developers.cloudflare.com/waf/managed-rules/reference/owasp-core-ruleset/"""
    firewall: Optional[list[FirewallRule]] = None
    """Rules of your own, in order. Defaults to none. The Free plan has 5, Pro 20, Business 100, Enterprise 1000."""
    rate_limits: Optional[list[RateLimit]] = None
    """How many requests are too many. Defaults to none. The Free plan has 1, Pro 2, Business 5, Enterprise 100."""
    cache: Optional[list[CacheRule]] = None
    """What is kept, a later rule deciding before an earlier one. Defaults to Cloudflare's own: static files by their ending, for as long
    as the origin says. The Free plan has 10, Pro 25, Business 50, Enterprise 300."""
    bot_fight: Optional[bool] = None
    """Whether Cloudflare makes work for bots: Bot Fight Mode on the Free plan; above it Super Bot Fight Mode, which challenges what is
    definitely a bot (on Business, what likely is one, too) and lets verified ones through. It stops programs, too, like those that ask
    an API. Defaults to what the zone has, which is off. Source: https://developers.cloudflare.com/bots/"""
    ddos: Optional[DdosSensitivity] = None
    """How readily traffic is taken for an attack. Defaults to Cloudflare's own, the most ready."""

    @property
    def is_enabled(self) -> bool:
        """Whether this front manages the zone's protection, the default filled in."""
        return self.enabled is not False

    def effective_ssl(self, port: int) -> Ssl:
        """How Cloudflare comes to origins, the default filled in.

        Args:
            port: Where they listen: HTTPS on 443, plain HTTP on any other.

        Raises:
            ArgumentError: At what contradicts that, which would make every answer an error 52x.
        """
        if port == 443:
            if self.ssl is Ssl.FLEXIBLE:
                wrong = "flexible goes to the origins by plain HTTP, and they answer HTTPS on port 443"
                raise ArgumentError("shield.ssl", wrong, "leave it out, which is strict")
            return self.ssl or Ssl.STRICT
        where = f"and they answer plain HTTP on port {port}"
        if self.ssl not in (None, Ssl.FLEXIBLE):
            raise ArgumentError("shield.ssl", f"{self.ssl} goes to the origins by HTTPS, {where}", CERTIFY)
        if self.origin_pulls:
            raise ArgumentError("shield.origin_pulls", f"shows the origins a certificate by HTTPS, {where}", CERTIFY)
        return Ssl.FLEXIBLE

    def has_managed_rules(self, plan: Plan) -> bool:
        """Whether Cloudflare's managed rules are run by the front, the default filled in."""
        return plan is not Plan.FREE and self.managed_rules is not False

    def check(self, plan: Plan) -> None:
        """Raises ArgumentError, its path below `shield`, if Cloudflare would refuse a value on this plan."""
        if not self.is_enabled:
            given = [field.name for field in fields(self) if field.name != "enabled" and getattr(self, field.name) is not None]
            if given:
                raise ArgumentError(f"shield.{given[0]}", "is given, and the shield is not enabled", "leave it out, or enabled")
            return
        if plan is Plan.FREE and (self.managed_rules or self.owasp_rules):
            name, mend = "managed_rules", "leave it out: on Free, Cloudflare runs its free set by itself"
            raise ArgumentError(f"shield.{name if self.managed_rules else 'owasp_rules'}", "needs the Pro plan", mend)
        try:
            (self.hsts or Hsts()).check()
            check_rules("firewall", self.firewall or [], plan)
            check_rules("rate_limits", self.rate_limits or [], plan)
            check_rules("cache", self.cache or [], plan)
        except ArgumentError as error:
            raise error.under("shield") from None


CERTIFY = "leave it out, or give the tiers a certificate and origin_port 443"
