"""What a Cloudflare front takes. No provider SDK is imported here."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass, replace
from typing import Optional, TypedDict

import pulumi

from ..errors import ArgumentError
from .affinity import Affinity, SessionAffinity, ZeroDowntimeFailover
from .combinations import check_combinations
from .dns import Dns
from .health import Monitor, Plan
from .hostnames import check_hostnames, check_within
from .mode import Mode
from .notifications import Notifications, check_email
from .patterns import DEFAULTS, Pattern, weights_by_cost
from .pool import Pool, pool_of
from .pools import planned_weights
from .routes import Route
from .shield import Shield, Ssl
from .steering import Geo, LocationStrategy, Steering

__all__ = [
    "CloudflareFrontArgs", "Dns", "Mode", "Monitor", "Notifications", "Plan", "Pool", "PoolSummary", "SessionAffinity", "Steering",
    "pool_of",
]  # fmt: skip

BALANCED_TTL = 30
"""Seconds that resolvers keep the answer of a load balancer that is not proxied, Cloudflare's default."""


class PoolSummary(TypedDict):
    """What a front says of a pool."""

    name: str
    """The name that the program gave it."""
    origins: list[str]
    """The addresses of its origins, sorted by the origins' names."""


@dataclass(kw_only=True, frozen=True)
class CloudflareFrontArgs:
    """The arguments of a front at Cloudflare."""

    zone: str
    """Name of the zone at Cloudflare, which must exist: example.com."""
    hostname: str
    """The name that visitors know: the zone itself or a name below it. For one that is two levels below, like www.shop.example.com, the
    zone needs an advanced certificate: the one that every zone has is for itself and one level.
    Source: https://developers.cloudflare.com/ssl/edge-certificates/universal-ssl/limitations/"""
    pools: Optional[list[Pool]] = None
    """Where visitors are sent, the first choice first. None where `mode` is `tunnel`: machines join by its token."""
    mode: Optional[Mode] = None
    """How the name leads to the clouds. Defaults to `load_balancer`."""
    pattern: Optional[Pattern] = None
    """What the clouds are to each other: fills in the arguments below that are not given; see `patterns.py`. Defaults to none."""
    preproduction_hostname: Optional[str] = None
    """The name that leads to the last pool alone, with the pattern preproduction: `next.example.com`."""
    aliases: Optional[list[str]] = None
    """Other names of the zone that lead to the same front, like www.example.com. Defaults to none."""
    health_path: Optional[pulumi.Input[str]] = None
    """Path of the health check, from the slash: the tiers' output `health_path`. Defaults to `/healthz`."""
    expected_status: Optional[int] = None
    """The status that counts as healthy, 200 to 399. Defaults to 200."""
    origin_port: Optional[pulumi.Input[int]] = None
    """Where all origins listen: the tiers' output `port`. 443 is asked for health over HTTPS, and the zone's SSL/TLS encryption mode has
    to be Full (strict) then, or Full; any other is plain HTTP, and the mode Flexible. Origins that are tunnels are asked on 443, whatever
    the machines behind them serve. Where `mode` is `tunnel`: where the machines serve plain HTTP to themselves. Defaults to 80."""
    monitor: Optional[Monitor] = None
    """How often health is checked. The defaults take an origin out within 75 seconds."""
    failover_within: Optional[int] = None
    """The most seconds that a dead origin may still get visitors. Settings that may take longer are refused. Defaults to no limit."""
    steering: Optional[Steering] = None
    """Which healthy pool a visitor gets. Defaults to failover: the first one."""
    geo: Optional[Geo] = None
    """Pools for where a visitor is, for steering geo."""
    location_strategy: Optional[LocationStrategy] = None
    """Where a visitor is taken to be, for steering geo and proximity. Defaults to Cloudflare's own."""
    fallback_pool: Optional[str] = None
    """Name of the pool that gets visitors when none is healthy, whatever its own health. Defaults to the last one that is enabled and
    that every visitor may get."""
    failover_across_pools: Optional[bool] = None
    """Whether a request whose origin is gone may go to another pool (adaptive routing). Defaults to false, Cloudflare's own: another
    origin of the same pool only."""
    zero_downtime_failover: Optional[ZeroDowntimeFailover] = None
    """Whether a request whose origin does not answer is sent to another one. Defaults to none, Cloudflare's own."""
    session_affinity: Optional[SessionAffinity] = None
    """Whether a visitor stays with an origin. Defaults to none."""
    affinity: Optional[Affinity] = None
    """The details of that. Defaults to Cloudflare's own."""
    routes: Optional[list[Route]] = None
    """Requests that go elsewhere than the rest, the first that fits deciding. Defaults to none."""
    dns: Optional[Dns] = None
    """How the names resolve, in the modes `dns` and `load_balancer`; a tunnel is always proxied. Defaults to proxied by Cloudflare."""
    shield: Optional[Shield] = None
    """What protects the front and its origins. Defaults to all that is safe for every site."""
    notifications: Optional[Notifications] = None
    """Who hears of it when a pool or an origin becomes healthy or unhealthy. Defaults to nobody."""
    notification_email: Optional[str] = None
    """The same for one address of e-mail."""
    plan: Optional[Plan] = None
    """The zone's plan, for its limits. Defaults to free: what is allowed there is allowed on all."""

    @property
    def effective_plan(self) -> Plan:
        """The plan, the default filled in."""
        return self.plan or Plan.FREE

    @property
    def effective_mode(self) -> Mode:
        """The mode, the default filled in."""
        return self.mode or Mode.LOAD_BALANCER

    @property
    def effective_monitor(self) -> Monitor:
        """The monitor, the default filled in."""
        return self.monitor or Monitor()

    @property
    def is_proxied(self) -> bool:
        """Whether Cloudflare stands between visitors and origins, the default filled in."""
        return self.dns is None or self.dns.proxied is not False

    @property
    def effective_session_affinity(self) -> SessionAffinity:
        """Whether a visitor stays, the default filled in."""
        return self.session_affinity or SessionAffinity.NONE

    @property
    def effective_steering(self) -> Steering:
        """The steering, that of the pattern or the default filled in."""
        return self.steering or (DEFAULTS[self.pattern].steering if self.pattern else Steering.FAILOVER)

    @property
    def effective_zero_downtime_failover(self) -> ZeroDowntimeFailover:
        """What happens to a request whose origin does not answer, that of the pattern or the default filled in."""
        default = DEFAULTS[self.pattern].zero_downtime_failover if self.pattern else ZeroDowntimeFailover.NONE
        return self.zero_downtime_failover or default

    @property
    def effective_failover_across_pools(self) -> bool:
        """Whether a request may go to another pool, that of the pattern or the default filled in."""
        default = self.is_proxied and DEFAULTS[self.pattern].failover_across_pools if self.pattern else False
        return default if self.failover_across_pools is None else self.failover_across_pools

    @property
    def shielded_port(self) -> pulumi.Input[int]:
        """Where Cloudflare comes to the origins, as far as the shield is concerned. A tunnel is encrypted, whatever its end serves."""
        if self.effective_mode is Mode.TUNNEL:
            return 443
        return 80 if self.origin_port is None else self.origin_port

    @property
    def effective_shield(self) -> Shield:
        """What protects the front, the default filled in."""
        return self.shield or Shield()

    @property
    def allows_insecure(self) -> bool:
        """Whether the monitor takes any certificate, as Cloudflare does for visitors where the shield's `ssl` is full. Otherwise all
        origins would be down.

        Source: https://developers.cloudflare.com/load-balancing/troubleshooting/common-error-codes/#tls-untrusted-certificate-error
        """
        shield = self.effective_shield
        return self.is_proxied and shield.is_enabled and shield.ssl is Ssl.FULL

    @property
    def shows_certificate(self) -> bool:
        """Whether the monitor shows origins Cloudflare's certificate, the default filled in."""
        own = self.effective_monitor.shows_certificate
        return bool(self.effective_shield.is_enabled and self.effective_shield.origin_pulls) if own is None else own

    @property
    def effective_notifications(self) -> Optional[Notifications]:
        """Who hears of changes, the one address among them."""
        if self.notification_email is None:
            return self.notifications
        return replace(self.notifications or Notifications(), emails=[self.notification_email])

    @property
    def known_pools(self) -> list[Pool]:
        """The pools."""
        return self.pools or []

    @property
    def default_pools(self) -> list[Pool]:
        """The pools that every visitor may get, in order: with the pattern preproduction, not the last one."""
        pools = self.known_pools[:-1] if self.pattern is Pattern.PREPRODUCTION else self.known_pools
        return [pool for pool in pools if not pool.routes_only]

    @property
    def enabled_pools(self) -> list[str]:
        """Names of the pools that may get visitors at all."""
        return [pool.name for pool in self.known_pools if pool.is_enabled]

    def drains(self, pool: Pool) -> bool:
        """Whether a pool's origins are disabled in its place, which is how Cloudflare lets those finish who stay by session affinity.

        Source: https://developers.cloudflare.com/load-balancing/additional-options/planned-maintenance/#gradual-rotation
        """
        return pool.enabled is False and self.affinity is not None and bool(self.affinity.drain_seconds)

    @property
    def effective_fallback_pool(self) -> str:
        """Name of the pool of last resort, the default filled in: an enabled one, since Cloudflare sends nobody to one that is not.

        Source: https://developers.cloudflare.com/load-balancing/understand-basics/health-details/#how-a-load-balancer-becomes-unhealthy
        """
        return self.fallback_pool or [pool.name for pool in self.default_pools if pool.name in self.enabled_pools][-1]

    @property
    def effective_routes(self) -> list[Route]:
        """The routes, that of the pattern before them."""
        if self.pattern is not Pattern.PREPRODUCTION:
            return self.routes or []
        own = Route(
            name="preproduction", hostname=self.preproduction_hostname, pools=[self.known_pools[-1].name], steering=Steering.FAILOVER
        )
        return [own, *(self.routes or [])]

    @property
    def hostnames(self) -> list[str]:
        """Every name of the front, the main one first."""
        return [self.hostname, *(self.aliases or []), *([self.preproduction_hostname] if self.preproduction_hostname else [])]

    @property
    def effective_weights(self) -> Optional[list[float]]:
        """The weight of each of `default_pools`; None where all are the same."""
        pools = self.default_pools
        if self.pattern is Pattern.COST_WEIGHTED and all(pool.weight is None for pool in pools):
            return weights_by_cost([pool.cost for pool in pools])
        return planned_weights([pool.weight for pool in pools])

    @property
    def detection_seconds(self) -> Optional[int]:
        """The worst case in seconds until an origin that died gets no more visitors; None where no monitor watches the origins.

        Cloudflare promises nothing of a tunnel: a machine that dies has lost its connections after 5 seconds of silence
        (https://github.com/cloudflare/cloudflared/blob/master/quic/constants.go), and a request that finds it gone goes to another.
        Where resolvers know the origins themselves, they keep sending visitors there until the answer's time is over.
        """
        if self.effective_mode is not Mode.LOAD_BALANCER:
            return None
        kept = 0 if self.is_proxied else (self.dns and self.dns.ttl) or BALANCED_TTL
        return self.effective_monitor.detection_seconds + kept

    @property
    def pool_weights(self) -> Optional[dict[str, float]]:
        """The weight of each pool that has visitors to share, by its name; None where all are the same."""
        weights = self.effective_weights
        own = {pool.name: float(pool.weight) for pool in self.known_pools if pool.weight is not None}
        if weights is None:
            return own or None  # of pools for routes alone
        return own | dict(zip([pool.name for pool in self.default_pools], weights, strict=True))

    def check(self) -> None:
        """Raises ArgumentError if Cloudflare would refuse the arguments, or if they cannot mean what they say."""
        check_hostnames(self.zone, self.hostname, self.aliases or [])
        if self.preproduction_hostname is not None:
            check_within(self.preproduction_hostname, self.zone, "preproduction_hostname")
            if self.preproduction_hostname in (self.hostname, *(self.aliases or [])):
                raise ArgumentError("preproduction_hostname", "is a name of the site itself", "give it a name of its own, like next")
        if isinstance(self.health_path, str) and not self.health_path.startswith("/"):
            raise ArgumentError("health_path", f"{self.health_path!r} does not begin with a slash", f"write /{self.health_path}")
        if self.expected_status is not None and not 200 <= self.expected_status <= 399:
            raise ArgumentError(
                "expected_status", f"{self.expected_status} does not say that an origin is healthy", "give a status from 200 to 399"
            )
        if isinstance(self.origin_port, int) and not 1 <= self.origin_port <= 65535:
            raise ArgumentError("origin_port", f"{self.origin_port} is not a port", "give a number from 1 to 65535")
        if self.notification_email is not None:
            if self.notifications is not None and self.notifications.emails is not None:
                raise ArgumentError("notification_email", "is given beside notifications.emails", "leave one of the two out")
            check_email(self.notification_email, "notification_email")
        if self.notifications is not None:
            self.notifications.check(self.effective_plan)
        self.effective_monitor.check(self.effective_plan)
        self.effective_shield.check(self.effective_plan)
        check_combinations(self)
        if self.is_proxied and self.effective_shield.is_enabled and isinstance(self.shielded_port, int):
            self.effective_shield.effective_ssl(self.shielded_port)
