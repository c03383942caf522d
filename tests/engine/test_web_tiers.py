"""The life of a web tier under the real engine: one suite for every cloud, and what each does in a way of its own.

Each test turns the tier into what it begins with, so that it can run alone; in their order, that costs nothing.
"""

import ipaddress
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.engine.events import Events
from tests.engine.one_tier import POOL, OneTier

WORKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday"]
OFFICE = {"time_zone": "Europe/Berlin", "periods": [{"days": WORKDAYS, "start": "08:00", "end": "21:00", "servers": 3}]}
REGISTERED = {"exposure": "registered", "registration": {"hostname": "origins.example.com", "token_secret": "cloudflare-token"}}


@pytest.fixture(scope="class")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OneTier:
    """One deployment for all tests of a cloud."""
    made = OneTier(tmp_path_factory.mktemp(request.cls.cloud))
    for what_others_made in (("aws", "images", TestAws.image), ("gcp", "secrets", "cloudflare-token")):
        made.deployment.sandbox("fixture", "add", *what_others_made)
    return made


class Life:
    """What holds on every cloud. A cloud's own class says what its parts are called."""

    cloud: ClassVar[str]
    image: ClassVar[str]
    """Another image than the default."""
    scaling: ClassVar[dict[str, Any]] = {"servers": {"min": 2, "max": 5}}
    registered: ClassVar[dict[str, Any]] = REGISTERED
    balancer: ClassVar[str]
    """The type of what visitors come to first."""
    certificate: ClassVar[str]
    """The type of a certificate, and below, of what shows it."""
    shows_certificate: ClassVar[str]

    def machines_were_replaced_without_a_gap(self, site: OneTier, events: Events) -> None:
        """Asserts that new machines are there before old ones go."""
        raise NotImplementedError

    def test_it_comes_up_whole(self, site: OneTier) -> None:
        events = site.become(self.cloud)
        assert not events.types("update") and not events.types("delete")
        site.settled()

    def test_other_machines_are_there_before_the_old_ones_go(self, site: OneTier) -> None:
        """Another image, size, release or workload replaces machines, and nothing that visitors come to."""
        tier: dict[str, Any] = {}
        site.become(self.cloud)
        for change in ({"image": self.image}, {"size": "large"}, {"script": "#!/bin/sh\nexit 0\n"}, {"image": None, "release": "13"}):
            tier |= change
            events = site.become(self.cloud, **{argument: value for argument, value in tier.items() if value})
            self.machines_were_replaced_without_a_gap(site, events)
            assert not events.places("delete", self.balancer, "web") and not events.places("update", POOL), events
        site.settled()

    def test_another_number_of_servers_replaces_none(self, site: OneTier) -> None:
        site.become(self.cloud)
        more = site.become(self.cloud, servers={"min": 4})
        assert more and not more.types("delete"), more
        fewer = site.become(self.cloud, servers={"min": 3})
        assert fewer and not fewer.types("create"), fewer

    def test_a_fixed_number_becomes_one_that_scales_and_fixed_again(self, site: OneTier) -> None:
        site.become(self.cloud)
        for tier in (self.scaling, {}):
            events = site.become(self.cloud, **tier)
            assert events and not events.places("delete", self.balancer, "web") and not events.places("update", POOL), events
            made, gone = self._all(events, "create"), self._all(events, "delete")
            assert not made or not gone or events.before(made, gone), events
            if tier:
                site.settled()

    def test_each_exposure_becomes_the_next(self, site: OneTier, tmp_path: Path) -> None:
        """From the load balancer to a name, to machines, and back: the front is led on before what it led to goes."""
        site.config("multicloud:registrationToken", "aB3_" * 10, secret=True)
        site.become(self.cloud)
        before = site.outputs()["origins"]
        assert [origin["name"] for origin in before] == ["web"]

        self._moved(site.become(self.cloud, **self.registered))
        assert [origin["address"] for origin in site.outputs()["origins"]] == ["origins.example.com"]
        assert not site.held(self.balancer, "web")
        site.settled()

        self._moved(site.become(self.cloud, exposure="machines"))
        origins = site.outputs()["origins"]
        assert [origin["name"] for origin in origins] == ["web-0", "web-1"]
        assert len({ipaddress.ip_address(origin["address"]) for origin in origins}) == 2
        site.settled()

        self._moved(site.become(self.cloud))
        assert [origin["name"] for origin in site.outputs()["origins"]] == ["web"]
        assert len(site.held(self.balancer, "web")) == 1

    def test_a_tunnel_takes_the_place_of_what_visitors_came_to_and_gives_it_back(self, site: OneTier) -> None:
        """The front is led to it before the load balancer goes, and new machines are there before old ones go."""
        site.become(self.cloud)
        self._moved(site.become(self.cloud, exposure="tunnel"))
        [origin] = site.outputs()["origins"]
        assert origin["name"] == "web" and origin["address"].endswith(".cfargotunnel.com")
        assert not site.held(self.balancer, "web")
        site.settled()

        events = site.become(self.cloud, exposure="tunnel", size="large")
        self.machines_were_replaced_without_a_gap(site, events)
        assert not events.places("update", POOL), events

        self._moved(site.become(self.cloud))
        assert len(site.held(self.balancer, "web")) == 1
        site.settled()

    def test_a_machines_address_outlives_it(self, site: OneTier) -> None:
        """Other machines come to the same reserved addresses, so that the front needs no change."""
        site.become(self.cloud, exposure="machines")
        before = site.outputs()["origins"]
        events = site.become(self.cloud, exposure="machines", size="large")
        assert events and not events.places("update", POOL), events
        assert site.outputs()["origins"] == before

    def test_a_machine_more_or_less_leaves_the_others_addresses(self, site: OneTier) -> None:
        site.become(self.cloud, exposure="machines", size="large")
        before = site.outputs()["origins"]
        site.become(self.cloud, exposure="machines", size="large", servers={"min": 3})
        more = site.outputs()["origins"]
        assert more[:2] == before and len(more) == 3
        site.become(self.cloud, exposure="machines", size="large")
        assert site.outputs()["origins"] == before
        site.settled()

    def test_a_certificate_is_added_and_renewed(self, site: OneTier, tmp_path: Path) -> None:
        """The new one is shown before the old one goes, on a load balancer that stays."""
        site.become(self.cloud)
        site.renew_certificate(tmp_path)
        added = site.become(self.cloud, certificate=True)
        assert added.places("create", self.certificate)
        assert site.outputs()["port"] == 443
        assert {str(monitor["type"]) for monitor in site.held("LoadBalancerMonitor")} == {"https"}

        site.renew_certificate(tmp_path)
        renewed = site.become(self.cloud, certificate=True)
        assert not renewed.places("delete", self.balancer, "web") and not renewed.places("delete", self.shows_certificate), renewed
        if renewed.places("delete", self.certificate):
            assert renewed.before(renewed.places("create", self.certificate), renewed.places("update", self.shows_certificate)), renewed
            assert renewed.before(renewed.places("update", self.shows_certificate), renewed.places("delete", self.certificate)), renewed
        else:
            assert renewed.places("update", self.certificate), renewed
        site.settled()
        key = (tmp_path / "key.pem").read_text().splitlines()[1]
        assert not [file for file in (site.deployment.folder / "state").rglob("*") if file.is_file() and key in file.read_text()]

        removed = site.become(self.cloud)
        assert removed.places("delete", self.certificate)
        assert site.outputs()["port"] == 80

    def test_destroy_leaves_nothing(self, site: OneTier, tmp_path: Path) -> None:
        """With a certificate, and with numbers that scale."""
        site.renew_certificate(tmp_path)
        site.become(self.cloud, certificate=True, **self.scaling)
        site.destroy()
        assert site.deployment.clouds() == []

    @staticmethod
    def _all(events: Events, operation: str) -> list[int]:
        return [place for place, event in enumerate(events) if event.operation == operation]

    def _moved(self, events: Events) -> None:
        """The front goes to the new origins before anything of the old ones is deleted."""
        led_on = events.places("update", POOL)
        assert events.before(led_on, self._all(events, "delete")), events


class Scheduled:
    """What holds where a cloud follows a schedule."""

    cloud: ClassVar[str]

    @pytest.mark.parametrize("servers", [{"min": 2}, {"min": 2, "max": 5}], ids=["fixed", "scaling"])
    def test_a_schedule_is_added_and_removed(self, site: OneTier, servers: dict[str, int]) -> None:
        """Three servers on weekdays from 8 to 21 in Berlin, otherwise two: no machine and no group is replaced for it."""
        site.become(self.cloud, servers=servers)
        added = site.become(self.cloud, servers=servers, schedule=OFFICE)
        assert added and not added.types("delete"), added
        self.follows(site)
        site.settled()
        removed = site.become(self.cloud, servers=servers)
        assert removed and not removed.types("create"), removed

    def follows(self, site: OneTier) -> None:
        """Asserts that the cloud was told the times."""
        raise NotImplementedError


class TestAws(Scheduled, Life):
    cloud = "aws"
    image = "ami-0fedcba9876543210"
    balancer = "LoadBalancer"
    certificate = "Certificate"
    shows_certificate = "Listener"

    def machines_were_replaced_without_a_gap(self, site: OneTier, events: Events) -> None:
        """The group gets another version of its template, and refreshes its machines with none missing meanwhile."""
        assert not events.places("delete", "Group") and not events.places("create", "Group"), events
        template = events.places("update", "LaunchTemplate") + events.places("create", "LaunchTemplate")
        assert events.before(template, events.places("update", "Group")), events
        refresh = site.one("Group")["instanceRefresh"]
        assert refresh["strategy"] == "Rolling"
        assert refresh["preferences"]["minHealthyPercentage"] == 100
        assert refresh["preferences"]["maxHealthyPercentage"] > 100

    def follows(self, site: OneTier) -> None:
        told = {(action["recurrence"], action["timeZone"], action["minSize"]) for action in site.held("Schedule")}
        assert told == {("0 8 * * 1,2,3,4,5", "Europe/Berlin", 3), ("0 21 * * 1,2,3,4,5", "Europe/Berlin", 2)}


class TestGcp(Scheduled, Life):
    cloud = "gcp"
    image = "debian-cloud/debian-11"
    balancer = "GlobalForwardingRule"
    certificate = "SSLCertificate"
    shows_certificate = "TargetHttpsProxy"

    def machines_were_replaced_without_a_gap(self, site: OneTier, events: Events) -> None:
        """The group gets another template, and puts new machines beside the old ones first."""
        assert not events.places("delete", "RegionInstanceGroupManager"), events
        new, old = (events.places(operation, "RegionInstanceTemplate") for operation in ("create", "delete"))
        rolled = events.places("update", "RegionInstanceGroupManager")
        assert events.before(new, rolled) and events.before(rolled, old), events
        policy = site.one("RegionInstanceGroupManager")["updatePolicy"]
        assert policy["type"] == "PROACTIVE"
        assert policy["maxUnavailableFixed"] == 0 and policy["maxSurgeFixed"] >= 3

    def follows(self, site: OneTier) -> None:
        (autoscaler,) = site.held("RegionAutoscaler")
        (told,) = autoscaler["autoscalingPolicy"]["scalingSchedules"]
        assert (told["schedule"], told["timeZone"]) == ("0 8 * * 1,2,3,4,5", "Europe/Berlin")
        assert (told["durationSec"], told["minRequiredReplicas"]) == (13 * 3600, 3)


class TestDigitalOcean(Life):
    cloud = "digitalocean"
    image = "debian-11-x64"
    scaling: ClassVar = {"servers": {"min": 2, "max": 5}, "ssh_keys": ["289794"]}
    registered: ClassVar = {"exposure": "registered", "registration": {"hostname": "origins.example.com"}}
    balancer = "LoadBalancer"
    certificate = "Certificate"
    shows_certificate = "LoadBalancer"

    def machines_were_replaced_without_a_gap(self, site: OneTier, events: Events) -> None:
        """As many droplets more as there are, before the first of the old ones goes."""
        assert events.before(events.places("create", "Droplet"), events.places("delete", "Droplet")), events
        assert len(events.places("create", "Droplet")) == 2

    def test_a_pool_changes_in_place(self, site: OneTier) -> None:
        """DigitalOcean replaces the droplets of a pool itself."""
        site.become(self.cloud, **self.scaling)
        events = site.become(self.cloud, **self.scaling, size="large")
        assert events.places("update", "DropletAutoscale") and not events.types("create") and not events.types("delete"), events

    def test_a_schedule_is_refused_with_the_reason_and_the_nearest_alternative(self, site: OneTier) -> None:
        printed = site.refusal(self.cloud, schedule=OFFICE)
        assert "environment.web.web.schedule: " in printed and "servers.max" in printed
        assert "Traceback" not in printed
