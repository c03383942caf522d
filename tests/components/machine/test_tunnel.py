"""What machines that open a tunnel are told. What they do is tested in `tests/machines/test_tunnel.py`."""

import subprocess
from dataclasses import replace

import pytest

from multicloud.machine.bootstrap import Bootstrap, Connector
from multicloud.machine.contained import contained
from multicloud.machine.container import Container
from multicloud.machine.gate import gated
from multicloud.machine.nginx import nginx
from multicloud.machine.tunnel import GRACE, tunnelled
from multicloud.machine.user_data import LIMITS, render
from multicloud.machine.workload import Archive, StaticSite

TUNNEL, TOKEN = "01234567-89ab-cdef-0123-456789abcdef.cfargotunnel.com", "eyJhIjoiT1RPS0VOIiwidCI6IjAxMjM0NTY3In0" * 2
STORED = Connector(hostname=TUNNEL, token_secret="the tunnel's $token")
ON_AWS = Bootstrap(cloud="aws", region="eu-central-1", component="web", health_path="/up", port=8080, status=204, tunnel=STORED)
MACHINE = Bootstrap(cloud="digitalocean", region="fra1", component="web", tunnel=Connector(hostname=TUNNEL, token=TOKEN))
CONTAINER = Container(image="ghcr.io/example/shop:1.4", port=3000)

LOOP = "/usr/local/lib/multicloud/connector"
CONNECTOR = "/etc/systemd/system/multicloud-connector.service"
CLOUDFLARED = "/etc/systemd/system/multicloud-tunnel.service"


def test_the_token_is_in_one_file_that_root_alone_may_read_and_in_none_where_the_cloud_has_a_store() -> None:
    steps = tunnelled(MACHINE)
    assert [path for path, content in steps.files.items() if TOKEN in content] == ["/etc/multicloud/tunnel-token"]
    assert steps.private == {"/etc/multicloud/tunnel-token"}
    assert "LoadCredential=token:/etc/multicloud/tunnel-token\n" in steps.files[CLOUDFLARED]
    assert TOKEN not in str(steps.commands)
    stored = tunnelled(ON_AWS)
    assert not stored.private
    assert "LoadCredential=token:/run/multicloud-connector/token\n" in stored.files[CLOUDFLARED]
    assert "/usr/local/lib/multicloud/secret 'the tunnel'\"'\"'s $token' >/run/multicloud-connector/token" in stored.files[LOOP]


@pytest.mark.parametrize("machine", [MACHINE, ON_AWS])
def test_the_programs_are_shell_that_dash_reads(machine: Bootstrap) -> None:
    steps = tunnelled(machine)
    for path in steps.programs:
        subprocess.run(["sh", "-n"], input=steps.files[path], text=True, check=True)


def test_the_machine_asks_itself_for_what_the_health_check_asks() -> None:
    loop = tunnelled(ON_AWS).files[LOOP]
    assert "http://127.0.0.1:8080/up" in loop and "= 204 ]" in loop


@pytest.mark.parametrize(
    ("machine", "waits"),
    [
        (MACHINE, False),
        (replace(MACHINE, site=StaticSite(files={"index.html": ""})), False),
        (replace(MACHINE, site=StaticSite(archive=Archive(url="https://example.com/a.tar", sha256="0" * 64))), True),
        (replace(MACHINE, script="#!/bin/sh\n"), True),
        (replace(MACHINE, container=CONTAINER), True),
    ],
)
def test_a_machine_is_not_healthy_before_its_workload_is_in_place(machine: Bootstrap, waits: bool) -> None:
    assert ("[ -e /var/lib/multicloud/ready ] && [" in tunnelled(machine).files[LOOP]) == waits


def test_visitors_have_the_time_that_cloudflared_gives_them_and_the_units_give_more() -> None:
    steps = tunnelled(MACHINE)
    assert f"--grace-period {GRACE}s" in steps.files[CLOUDFLARED]
    limits = [int(steps.files[unit].split("TimeoutStopSec=")[1].split()[0]) for unit in (CLOUDFLARED, CONNECTOR)]
    assert GRACE < limits[0] < limits[1] < 90


def test_nothing_listens_but_on_loopback() -> None:
    server = nginx(ON_AWS, "").files["/etc/nginx/sites-available/default"]
    assert [line.strip() for line in server.splitlines() if "listen" in line] == ["listen 127.0.0.1:8080 default_server;"]
    settings = contained(replace(ON_AWS, container=CONTAINER), CONTAINER).files["/etc/multicloud/container.json"]
    assert '"publish": "127.0.0.1:8080:3000"' in settings


def test_the_port_of_a_scripts_own_server_is_closed_for_good() -> None:
    """Even when the workload is in place, and after a boot."""
    steps = gated(replace(ON_AWS, script="#!/bin/sh\n"))
    assert "disable" not in steps.files["/usr/local/lib/multicloud/open"]
    assert "Condition" not in steps.files["/etc/systemd/system/multicloud-gate.service"]
    open_to_visitors = gated(replace(ON_AWS, script="#!/bin/sh\n", tunnel=None))
    assert "disable" in open_to_visitors.files["/usr/local/lib/multicloud/open"]


@pytest.mark.parametrize("cloud", LIMITS)
@pytest.mark.parametrize(
    "workload", [{}, {"script": "#!/bin/sh\n"}, {"container": CONTAINER}, {"site": StaticSite(files={"index.html": "x" * 500})}]
)
def test_every_workload_fits_every_cloud_with_a_tunnel(cloud: str, workload: dict[str, object]) -> None:
    stored = cloud in ("aws", "gcp")
    connector = replace(STORED, token_secret="x" * 100) if stored else Connector(hostname=TUNNEL, token="x" * 200)
    machine = replace(Bootstrap(cloud=cloud, region="eu-central-1", component="web", tunnel=connector), **workload)  # type: ignore[arg-type]
    render(machine, LIMITS[cloud])
