"""What machines that register themselves are told. The program that does it is tested in `programs/test_registrar.py`."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from multicloud.errors import ArgumentError
from multicloud.machine import registration
from multicloud.machine.bootstrap import Bootstrap
from multicloud.machine.programs.registrar import Settings
from multicloud.machine.registration import DRAIN, MOST_REGISTERED, check_count, registered
from multicloud.machine.steps import program
from multicloud.machine.user_data import LIMITS, render
from multicloud.machine.workload import Archive, StaticSite
from multicloud.web.contract import Servers, WebTierArgs
from multicloud.web.exposure import Exposure, Registration
from multicloud.web.schedule import Day, Period, Schedule

ZONE, NAME, TOKEN = "0" * 32, "origins.example.com", "T0ken_for-the-test-of-one-zone-alone-1234"
NIGHT = Period(days=[Day.MONDAY], start="20:00", end="21:00", servers=MOST_REGISTERED + 1)


# what a machine is told


def told(machine: Bootstrap) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(registered(machine).files["/etc/multicloud/registrar.json"])
    return values


MACHINE = Bootstrap(
    cloud="digitalocean", region="fra1", component="web", registration=Registration(hostname=NAME, zone_id=ZONE, token=TOKEN)
)
ON_AWS = Bootstrap(
    cloud="aws",
    region="eu-central-1",
    component="web",
    health_path="/up",
    port=8080,
    status=204,
    registration=Registration(hostname=NAME, zone_id=ZONE, token_secret="cloudflare"),
)


def test_the_program_reads_what_it_is_told() -> None:
    assert Settings(**told(ON_AWS)) == Settings(
        hostname=NAME,
        zone_id=ZONE,
        ttl=60,
        proxied=False,
        component="web",
        cloud="aws",
        health="http://127.0.0.1:8080/up",
        status=204,
        token=["/usr/local/lib/multicloud/secret", "cloudflare"],
        drain=60,
    )


def test_the_token_is_in_one_file_that_root_alone_may_read_and_in_none_where_the_cloud_has_a_store() -> None:
    steps = registered(MACHINE)
    assert [path for path, content in steps.files.items() if TOKEN in content] == ["/etc/multicloud/registrar-token"]
    assert "/etc/multicloud/registrar-token" in steps.private
    assert "/etc/multicloud/registrar-token" not in registered(ON_AWS).files
    assert TOKEN not in str(steps.commands)


@pytest.mark.parametrize(
    ("ttl", "proxied", "stored", "drain"), [(None, None, 60, 60), (600, False, 600, DRAIN), (None, True, 1, 10), (60, None, 60, 60)]
)
def test_a_machine_waits_at_shutdown_until_it_is_forgotten_but_no_longer_than_clouds_allow(
    ttl: int | None, proxied: bool | None, stored: int, drain: int
) -> None:
    """A proxied record has Cloudflare's automatic TTL, which is written 1."""
    assert MACHINE.registration is not None
    values = told(replace(MACHINE, registration=replace(MACHINE.registration, ttl=ttl, proxied=proxied)))
    assert (values["ttl"], values["proxied"], values["drain"]) == (stored, bool(proxied), drain)


def test_a_workload_that_is_put_in_place_later_is_waited_for() -> None:
    archive = StaticSite(archive=Archive(url="https://example.com/site.tar.gz", sha256="0" * 64))
    assert told(replace(MACHINE, script="#!/bin/sh\n"))["ready"] == told(replace(MACHINE, site=archive))["ready"] != ""
    assert told(replace(MACHINE, site=StaticSite(files={"index.html": ""})))["ready"] == ""


def test_refuses_more_machines_than_the_api_allows() -> None:
    """Each makes two requests every 30 s, and a user may make 1200 in five minutes: a third is left for everything else."""
    assert MOST_REGISTERED * 2 * (300 / 30) <= 1200 * 2 / 3
    check_count(MOST_REGISTERED, "servers.max")
    with pytest.raises(ArgumentError) as refused:
        check_count(MOST_REGISTERED + 1, "servers.max")
    assert refused.value.path == "servers.max"


@pytest.mark.parametrize(
    ("servers", "schedule", "path"),
    [
        (Servers(min=MOST_REGISTERED + 1), None, "servers.min"),
        (Servers(min=1, max=MOST_REGISTERED + 1), None, "servers.max"),
        (Servers(min=1), Schedule(time_zone="UTC", periods=[NIGHT]), "schedule.periods[0].servers"),
    ],
)
def test_a_tier_refuses_them_where_they_are_given(servers: Servers, schedule: Schedule | None, path: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        WebTierArgs(servers=servers, schedule=schedule, exposure=Exposure.REGISTERED, registration=MACHINE.registration).check()
    assert refused.value.path == path
    WebTierArgs(servers=servers, schedule=schedule).check()


def test_programs_are_sent_without_their_docstrings_and_still_are_programs() -> None:
    names = [file.stem for file in (Path(registration.__file__).parent / "programs").glob("*.py") if file.stem != "__init__"]
    assert "registrar" in names
    for name in names:
        text = program(name)
        compile(text, name, "exec")
        assert text.startswith("#!/usr/bin/python3\n") and '"""' not in text


def test_registration_leaves_room_for_a_site_on_aws() -> None:
    assert len(render(replace(ON_AWS, health_path="/healthz", status=200), LIMITS["aws"])) < LIMITS["aws"] * 2 / 3
