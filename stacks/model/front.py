"""The front of an environment."""

from multicloud.front.affinity import Affinity, SessionAffinity, ZeroDowntimeFailover
from multicloud.front.contract import CloudflareFrontArgs
from multicloud.front.dns import Dns
from multicloud.front.health import Monitor, Plan
from multicloud.front.mode import Mode
from multicloud.front.patterns import Pattern
from multicloud.front.routes import Route
from multicloud.front.shield import Shield
from multicloud.front.steering import Geo, LocationStrategy, Steering

from .base import Part
from .inputs import Notifications, OriginCertificate, OriginPulls

ITS_OWN = ("order", "origin_certificate", "origin_pulls")
"""What the component of the front does not take: it is of the tiers, or of a component beside it."""


class Front(Part):
    """The one name that visitors know, at Cloudflare."""

    zone: str
    """Name of the zone at Cloudflare, which must exist: example.com."""
    hostname: str
    """The name that visitors know: the zone itself or a name below it."""
    aliases: list[str] | None = None
    """Other names of the zone that lead to the same front. Defaults to none."""
    mode: Mode | None = None
    """How the name leads to the tiers: load_balancer, the paid add-on; dns, records that nothing watches; or tunnel, which the machines
    of all tiers open from inside, so that none has an open port. Defaults to load_balancer."""
    pattern: Pattern | None = None
    """What the tiers are to each other: fills in steering and the failover of requests where they are not given. Defaults to none."""
    preproduction_hostname: str | None = None
    """The name that leads to the last tier of `order` alone, with the pattern preproduction."""
    steering: Steering | None = None
    """Which healthy tier a visitor gets. Defaults to what the pattern says, or else failover: the first one of `order`."""
    order: list[str] | None = None
    """The tiers' names, the first choice first. Needed where failover chooses between tiers; else it defaults to the alphabet."""
    geo: Geo | None = None
    """Tiers for where a visitor is, for steering geo: their names by region, country or data centre."""
    location_strategy: LocationStrategy | None = None
    """Where a visitor is taken to be, for steering geo and proximity. Defaults to Cloudflare's own."""
    fallback_pool: str | None = None
    """Name of the tier that gets visitors when none is healthy. Defaults to the last one."""
    failover_across_pools: bool | None = None
    """Whether a request whose origin is gone may go to another tier. Defaults to what the pattern says, or else false."""
    zero_downtime_failover: ZeroDowntimeFailover | None = None
    """Whether a request whose origin does not answer is sent to another one. Defaults to what the pattern says, or else none."""
    session_affinity: SessionAffinity | None = None
    """Whether a visitor stays with a tier. Defaults to none."""
    affinity: Affinity | None = None
    """The details of that. Defaults to Cloudflare's own."""
    routes: list[Route] | None = None
    """Requests that go elsewhere than the rest, the first that fits deciding. Defaults to none."""
    monitor: Monitor | None = None
    """How often health is checked. The defaults take a dead tier out within 75 seconds."""
    failover_within: int | None = None
    """The most seconds that a dead tier may still get visitors. Settings that may take longer are refused. Defaults to no limit."""
    dns: Dns | None = None
    """The records, where `mode` is dns."""
    shield: Shield | None = None
    """What protects the front and its tiers. Defaults to all that is safe for every site."""
    origin_certificate: OriginCertificate | None = None
    """Gives the tiers that say `certificate: true` a certificate that is made and renewed here, instead of
    `multicloud:originCertificate`: `{}` for the defaults. None but Cloudflare trusts it. Defaults to none."""
    origin_pulls: OriginPulls | None = None
    """Whether the tiers that say `certificate: true` get to see a certificate that Cloudflare has for this zone alone, `shown`, and refuse
    everyone without it, `required`. It is the zone's, so one stack of a zone says it. Defaults to none: they let in whoever comes from
    Cloudflare's addresses."""
    notifications: Notifications | None = None
    """Who hears of it when a tier becomes healthy or unhealthy. Defaults to nobody."""
    notification_email: str | None = None
    """The same for one address of e-mail."""
    plan: Plan | None = None
    """The zone's plan, for its limits. Defaults to free: what is allowed there is allowed on all."""

    @property
    def is_records(self) -> bool:
        """Whether the name is records alone, which nothing steers."""
        return self.mode is Mode.DNS

    @property
    def is_tunnel(self) -> bool:
        """Whether the name is one tunnel that all tiers share, which nothing steers."""
        return self.mode is Mode.TUNNEL

    @property
    def requires_pulls(self) -> bool:
        """Whether tiers refuse everyone without Cloudflare's certificate for this zone."""
        return self.origin_pulls is OriginPulls.REQUIRED

    @property
    def is_open(self) -> bool:
        """Whether visitors come to the tiers by themselves, from anywhere, and not through Cloudflare."""
        return self.dns is not None and self.dns.proxied is False

    @property
    def is_shielded(self) -> bool:
        """Whether the zone's protection is this front's."""
        return not self.is_open and (self.shield or Shield()).is_enabled

    @property
    def names(self) -> list[str]:
        """Every name of the front, the main one first."""
        return self._steered.hostnames

    @property
    def needs_order(self) -> str | None:
        """What goes by the order of tiers, in the file's words; None where nothing does."""
        if self.is_records or self.is_tunnel:
            return None
        if self.pattern in (Pattern.BURST, Pattern.PREPRODUCTION):
            return f"pattern {self.pattern}"
        if self._steered.effective_steering is not Steering.FAILOVER:
            return None
        return f"pattern {self.pattern}" if self.pattern and not self.steering else "steering failover"

    @property
    def _steered(self) -> CloudflareFrontArgs:
        """What the library makes of the front by itself."""
        return CloudflareFrontArgs(
            zone=self.zone,
            hostname=self.hostname,
            aliases=self.aliases,
            preproduction_hostname=self.preproduction_hostname,
            pattern=self.pattern,
            steering=self.steering,
        )
