"""Monitors: how an origin's health is checked.

Sources: https://developers.cloudflare.com/api/resources/load_balancers/subresources/monitors/methods/create/ and
https://developers.cloudflare.com/load-balancing/reference/limitations/
"""

from ...rules import Limit, Making, Refused, Values
from .common import PORT, in_account, invalid, is_enterprise, zones

MONITOR = "cloudflare:index/loadBalancerMonitor:LoadBalancerMonitor"
MOST = 30
"""In an account without Enterprise: half as many again as pools."""

METHODS = {"tcp": "connection_established"}


def _interval(making: Making) -> None:
    least, interval = 10 if is_enterprise(making.world) else 15, making.get("interval", 60)
    if not least <= interval <= 3600:
        raise invalid("interval", f"interval is not in range [{least}, 3600]")


def _quota(making: Making) -> None:
    if not is_enterprise(making.world) and len(making.world.all(MONITOR)) >= MOST:
        raise Refused(f"exceeded quota: the account has {MOST} monitors, the most without Enterprise")


def _probe(making: Making) -> None:
    type = making.get("type", "http")
    if type in ("tcp", "udp_icmp", "smtp") and "port" not in making.inputs:
        raise invalid("port", f"port is required for {type}")
    if type not in ("http", "https"):
        for name in ("path", "expectedCodes", "expectedBody", "header", "followRedirects", "allowInsecure", "probeZone"):
            if making.get(name) not in (None, "", False):
                raise invalid(name, f"{name} is only valid for http and https")
    elif not str(making.get("path", "/")).startswith("/"):
        raise invalid("path", "path must begin with a slash")
    wanted = METHODS.get(type)
    if wanted is not None and making.get("method", wanted) != wanted:
        raise invalid("method", f"method must be {wanted} for {type}")


def _header(making: Making) -> None:
    header = making.get("header", {})
    for name, values in header.items() if isinstance(header, dict) else ():
        if name.lower() == "user-agent":
            raise invalid("header", "the User-Agent header cannot be overridden")
        if values == []:
            raise invalid(f"header.{name}", f"the header {name} has no value")


def _probe_zone(making: Making) -> None:
    name = making.get("probeZone")
    if name and all(name != found.name for found in zones(making.world)):
        raise invalid("probeZone", f"probe_zone {name} is not a zone of this account")


def _outputs(making: Making) -> Values:
    http = making.get("type", "http") in ("http", "https")
    return {"method": making.get("method", "GET" if http else "connection_established"), "path": making.get("path", "/" if http else "")}


monitor = in_account(
    "loadBalancerMonitor",
    enums={"type": ("http", "https", "tcp", "udp_icmp", "icmp_ping", "smtp")},
    limits={
        "timeout": Limit(minimum=1, maximum=10, by="api"),
        "retries": Limit(minimum=0, maximum=5, by="api"),
        "consecutiveUp": Limit(minimum=0, maximum=5, by="api"),
        "consecutiveDown": Limit(minimum=0, maximum=5, by="api"),
        "port": PORT,
        "expectedCodes": Limit(
            pattern=r"|[1-5](\d\d|xx)(-[1-5]\d\d)?(,[1-5](\d\d|xx)(-[1-5]\d\d)?)*", says="codes such as 200, 2xx or 200,204", by="api"
        ),
    },
    defaults={
        "type": "http",
        "interval": 60,
        "timeout": 5,
        "retries": 2,
        "consecutiveUp": 0,
        "consecutiveDown": 0,
        "description": "",
        "expectedBody": "",
        "expectedCodes": "",
        "followRedirects": False,
        "allowInsecure": False,
        "probeZone": "",
    },
    outputs=_outputs,
    checks=(_probe, _header),
    before_create=(_interval, _probe_zone, _quota),
    before_update=(_interval, _probe_zone),
)

TYPES = (monitor,)
