"""The front of an environment."""

from multicloud.front.contract import Monitor, Plan, SessionAffinity, Steering

from .base import Part


class Front(Part):
    """The one name that visitors know, at Cloudflare."""

    zone: str
    """Name of the zone at Cloudflare, which must exist: example.com."""
    hostname: str
    """The name that visitors know: the zone itself or a name below it."""
    aliases: list[str] | None = None
    """Other names of the zone that lead to the same front. Defaults to none."""
    steering: Steering | None = None
    """Which healthy tier a visitor gets. Defaults to failover: the first one of `order`."""
    order: list[str] | None = None
    """The tiers' names, the first choice first. Needed where failover chooses between tiers; else it defaults to the alphabet."""
    monitor: Monitor | None = None
    """How often health is checked. The defaults take a dead tier out within 75 seconds."""
    session_affinity: SessionAffinity | None = None
    """Whether a visitor stays with a tier. Defaults to none."""
    notification_email: str | None = None
    """Where Cloudflare writes to when a tier becomes healthy or unhealthy. Defaults to nowhere."""
    plan: Plan | None = None
    """The zone's plan, for its limits. Defaults to free: what is allowed there is allowed on all."""
