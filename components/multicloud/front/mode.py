"""The ways in which a front's name leads to the clouds."""

from enum import StrEnum


class Mode(StrEnum):
    """How the name leads to the clouds."""

    LOAD_BALANCER = "load_balancer"
    """Cloudflare's load balancing, the paid add-on: health checks, steering, failover."""
    DNS = "dns"
    """Records of the origins, which visitors get in turn. Nothing watches them but machines that register themselves."""
    TUNNEL = "tunnel"
    """One tunnel of the front's own, which the machines of all tiers open from inside, so that none has an open port. A visitor gets the
    nearest machine, and another one when that is gone; nothing steers. See `Tunnel`. For steering between clouds, give each tier a
    tunnel of its own, and let the mode be `load_balancer`."""
