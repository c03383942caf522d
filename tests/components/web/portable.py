"""The portable arguments of every web tier: values that a tier takes or refuses with the reason, and values that every tier refuses."""

from dataclasses import replace
from typing import Any

from multicloud import (
    Archive,
    Container,
    Day,
    Debian,
    Exposure,
    Git,
    HealthCheck,
    Period,
    Registration,
    Registry,
    Replacement,
    Schedule,
    Servers,
    Size,
    StaticSite,
)
from tests.components.web.clouds import ASKING, BY_SECRET, CERTIFICATE, RANGES, TUNNEL, ZONE
from tests.noise import noise

IMAGE = "ghcr.io/example/shop:1.4"
WEEKDAYS = [Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY]


def schedule(servers: int) -> Schedule:
    """On weekdays from 8 to 21 in Berlin."""
    return Schedule(time_zone="Europe/Berlin", periods=[Period(days=WEEKDAYS, start="08:00", end="21:00", servers=servers)])


WORKLOADS: dict[str, dict[str, Any]] = {
    "the least": {},
    "a site": {"site": StaticSite(files={"index.html": "<h1>Hello</h1>"})},
    "an archive": {"site": StaticSite(archive=Archive(url="https://example.com/site.tar.gz", sha256="0" * 64, folder="public"))},
    "a repository": {"site": StaticSite(git=Git(url="https://example.com/site.git", ref="main"))},
    "a script": {"script": "#!/bin/sh\nexit 0\n"},
    "a container": {"container": Container(image=IMAGE, port=8080, environment={"MODE": "shop"}, command=["serve", "--quick"])},
    "a container with secrets": {"container": Container(image=IMAGE, port=8080, secrets={"SHOP_KEY": "shop-key"})},
    "a container of a private registry": {
        "container": Container(image=IMAGE, port=8080, registry=Registry(user="robot", password_secret="registry-password"))
    },
}

EXPOSURES: dict[str, dict[str, Any]] = {
    "a load balancer": {"exposure": Exposure.LOAD_BALANCER},
    "machines": {"exposure": Exposure.MACHINES},
    "machines on another port": {"exposure": Exposure.MACHINES, "health_check": HealthCheck(port=8080)},
    "registered machines": {"exposure": Exposure.REGISTERED},
    "registered machines on another port": {"exposure": Exposure.REGISTERED, "health_check": HealthCheck(port=8080)},
    "a tunnel": {"exposure": Exposure.TUNNEL},
    "a tunnel to another port": {"exposure": Exposure.TUNNEL, "health_check": HealthCheck(port=8080)},
    "a certificate": {"certificate": CERTIFICATE},
    "a certificate on machines": {"certificate": CERTIFICATE, "exposure": Exposure.MACHINES},
    "a certificate that asks for another": {"certificate": ASKING},
    "a certificate on machines that asks for another": {"certificate": ASKING, "exposure": Exposure.MACHINES},
    "a certificate on registered machines": {"certificate": CERTIFICATE, "exposure": Exposure.REGISTERED},
}

PORTABLE: dict[str, dict[str, Any]] = {
    **WORKLOADS,
    **EXPOSURES,
    "a fixed number": {"servers": Servers(min=3)},
    "a number that scales": {"servers": Servers(min=2, max=5, cpu_target=50)},
    "small": {"size": Size.SMALL},
    "medium": {"size": Size.MEDIUM},
    "large": {"size": Size.LARGE},
    "Debian 12": {"release": Debian.BOOKWORM},
    "Debian 13": {"release": Debian.TRIXIE},
    "a health check": {"health_check": HealthCheck(path="/live", expected_status=200, grace_seconds=120)},
    "a port": {"health_check": HealthCheck(port=8080)},
    "a schedule": {"schedule": schedule(3)},
    "a schedule that raises the fewest": {"schedule": schedule(4), "servers": Servers(min=2, max=6)},
    "replacement at once": {"replacement": Replacement(surge_percent=100)},
    "replacement in place": {"replacement": Replacement(surge_percent=0, unavailable_percent=25), "servers": Servers(min=16)},
    "a network": {"network": "10.99.0.0/16"},
    "an existing network": {"network_id": "in each cloud's own words", "subnet_ids": []},
    "ranges": {"admitted_ranges": RANGES},
    "tags": {"tags": {"team": "shop"}},
}

MACHINES: dict[str, Any] = {"exposure": Exposure.MACHINES}
REGISTERED: dict[str, Any] = {"exposure": Exposure.REGISTERED}
TUNNELLED: dict[str, Any] = {"exposure": Exposure.TUNNEL}
SITE = StaticSite(files={"index.html": "hello"})

WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "no server": ("servers.min", {"servers": Servers(min=0)}),
    "most below fewest": ("servers.max", {"servers": Servers(min=2, max=1)}),
    "a CPU target that cannot be": ("servers.cpu_target", {"servers": Servers(min=1, max=2, cpu_target=99)}),
    "a health path without a slash": ("health_check.path", {"health_check": HealthCheck(path="live")}),
    "a port that is none": ("health_check.port", {"health_check": HealthCheck(port=70000)}),
    "an error that is healthy": ("health_check.expected_status", {"health_check": HealthCheck(expected_status=500)}),
    "no time to boot": ("health_check.grace_seconds", {"health_check": HealthCheck(grace_seconds=1)}),
    "a public network": ("network", {"network": "8.8.0.0/16"}),
    "a network that does not fit": ("network", {"network": "10.0.0.0/28"}),
    "a range with host bits": ("admitted_ranges", {"admitted_ranges": ["203.0.113.1/24"]}),
    "a machine type beside a size": ("machine_type", {"machine_type": "any", "size": Size.SMALL}),
    "a size that is none": ("size", {"size": "huge"}),
    "a release that is none": ("release", {"release": "11"}),
    "user data over the limit": ("site.files", {"site": StaticSite(files={"index.html": noise(300_000)})}),
    "a site of nothing": ("site", {"site": StaticSite()}),
    "a site of two": ("site.git", {"site": StaticSite(files={"a": ""}, git=Git(url="https://example.com/site.git", ref="main"))}),
    "no checksum": ("site.archive.sha256", {"site": StaticSite(archive=Archive(url="https://example.com/site.tar.gz", sha256="0"))}),
    "no branch": ("site.git.ref", {"site": StaticSite(git=Git(url="https://example.com/site.git", ref=""))}),
    "a script of no interpreter": ("script", {"script": "exit 0"}),
    "a script beside a site": ("script", {"script": "#!/bin/sh", "site": SITE}),
    "a container beside a site": ("container", {"container": Container(image=IMAGE, port=80), "site": SITE}),
    "a container without a port": ("container.port", {"container": {"image": IMAGE}}),
    "a container's port that is none": ("container.port", {"container": Container(image=IMAGE, port=0)}),
    "an image that is none": ("container.image", {"container": Container(image="No Image", port=80)}),
    "a time zone that is none": ("schedule.time_zone", {"schedule": Schedule(time_zone="Berlin", periods=schedule(3).periods)}),
    "a schedule of nothing": ("schedule.periods", {"schedule": Schedule(time_zone="UTC", periods=[])}),
    "periods that overlap": (
        "schedule.periods[1]",
        {
            "schedule": Schedule(
                time_zone="UTC",
                periods=[*schedule(3).periods, Period(days=[Day.FRIDAY], start="20:00", end="22:00", servers=4)],
            )
        },
    ),
    "no time of the day": (
        "schedule.periods[0].start",
        {"schedule": Schedule(time_zone="UTC", periods=[Period(days=WEEKDAYS, start="8", end="21:00", servers=3)])},
    ),
    "a replacement that replaces nothing": ("replacement.surge_percent", {"replacement": Replacement(surge_percent=0)}),
    "machines that scale": ("servers.max", {**MACHINES, "servers": Servers(min=2, max=4)}),
    "registered nowhere": ("registration", {**REGISTERED, "registration": None}),
    "registration of a load balancer": ("registration", {"registration": BY_SECRET}),
    "registration without a token": (
        "registration.token_secret",
        {**REGISTERED, "registration": Registration(hostname="origins.example.com", zone_id=ZONE)},
    ),
    "registration in no zone": (
        "registration.zone_id",
        {**REGISTERED, "registration": Registration(hostname="origins.example.com", zone_id="example.com", token_secret="t")},
    ),
    "a tunnel that is none": ("tunnel", {**TUNNELLED, "tunnel": None}),
    "a tunnel beside a load balancer": ("tunnel", {"tunnel": TUNNEL}),
    "a tunnel by another name": ("tunnel.hostname", {**TUNNELLED, "tunnel": replace(TUNNEL, hostname="example.com")}),
    "a token of no tunnel": ("tunnel.token", {**TUNNELLED, "tunnel": replace(TUNNEL, token="short")}),
    "a certificate in a tunnel": ("certificate", {**TUNNELLED, "certificate": CERTIFICATE}),
    "HTTPS in a tunnel": ("health_check.port", {**TUNNELLED, "health_check": HealthCheck(port=443)}),
    "a certificate that is none": (
        "certificate.certificate",
        {"certificate": {"certificate": "cert.pem", "private_key": CERTIFICATE.private_key}},
    ),
    "a certificate of a script's machines": ("certificate", {**MACHINES, "certificate": CERTIFICATE, "script": "#!/bin/sh"}),
    "a network beside an existing one": ("network", {"network": "10.99.0.0/16", "network_id": "any"}),
    "subnets of no network": ("subnet_ids", {"subnet_ids": ["subnet-1"]}),
    "a tag of the library's": ("tags.stack", {"tags": {"stack": "another"}}),
}
"""What no cloud takes: the path of the refusal, and the arguments."""
