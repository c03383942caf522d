"""The user data of each cloud boots a real Debian 12, and 13, and serves the site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from multicloud.machine.bootstrap import Bootstrap
from multicloud.machine.user_data import GCP_STARTUP_SCRIPT, LIMITS, render
from multicloud.machine.workload import StaticSite
from tests.machines.nspawn import Machine, Unreachable, base_tree, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "machines boot here")

HEALTH = {"aws": "/healthz", "gcp": "/", "digitalocean": "/a/b~c.d_e-f"}
"""The path of each machine's health check: the usual one, the front page itself, and one with every mark that a path may have."""

SITE = StaticSite(
    files={
        "index.html": "<h1>Grüße</h1>\n",
        "docs/index.html": 'a "quoted" $page {{ }}\n\ttab\r\n',
        "robots.txt": "User-agent: *\n",
        "large.txt": "so large that the user data fits when it is compressed\n" * 2000,
    }
)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Machine]]:
    """One machine a cloud, all booting at once; Google Cloud's without cloud-init in its image, DigitalOcean's with both releases."""
    try:
        base_tree("bookworm")
        base_tree("trixie")
    except Unreachable as error:
        pytest.skip(str(error))
    folder: Path = tmp_path_factory.mktemp("machines")
    clouds = {
        "aws": Bootstrap(cloud="aws", region="eu-central-1", component="web", health_path=HEALTH["aws"]),
        "gcp": Bootstrap(cloud="gcp", region="europe-west3", component="web", health_path=HEALTH["gcp"]),
        "digitalocean": Bootstrap(
            cloud="digitalocean",
            region="fra1",
            component="web",
            health_path=HEALTH["digitalocean"],
            port=8080,
            status=204,
            site=SITE,
        ),
    }
    told = {cloud: render(machine, LIMITS[cloud]) for cloud, machine in clouds.items()}
    with (
        Machine("web-aws", told["aws"], folder / "aws") as on_aws,
        Machine("web-gcp", told["gcp"], folder / "gcp", startup_script=GCP_STARTUP_SCRIPT) as on_gcp,
        Machine("web-do", told["digitalocean"], folder / "do") as on_digitalocean,
        Machine("web-do-13", told["digitalocean"], folder / "do-13", release="trixie") as on_trixie,
    ):
        yield {"aws": on_aws, "gcp": on_gcp, "digitalocean": on_digitalocean, "digitalocean, Debian 13": on_trixie}


@pytest.mark.parametrize(("cloud", "region"), [("aws", "eu-central-1"), ("gcp", "europe-west3")])
def test_the_default_page_says_who_answered(machines: dict[str, Machine], cloud: str, region: str) -> None:
    machine = machines[cloud]
    machine.wait_for(HEALTH[cloud], 200)
    page = machine.get("/")
    assert page.status == 200 and page.headers["content-type"].startswith("text/html")
    assert (page.headers["x-cloud"], page.headers["x-region"], page.headers["x-machine"]) == (cloud, region, machine.hostname)
    for fact in (cloud, region, "web", machine.hostname):
        assert f"<dd>{fact}</dd>" in page.body


@pytest.mark.parametrize("name", ["digitalocean", "digitalocean, Debian 13"])
def test_the_users_own_site_is_served_byte_for_byte(machines: dict[str, Machine], name: str) -> None:
    machine = machines[name]
    machine.wait_for(HEALTH["digitalocean"], 204, port=8080)
    assert machine.get("/", 8080).body == "<h1>Grüße</h1>\n"
    assert machine.get("/docs/", 8080).body == 'a "quoted" $page {{ }}\n\ttab\r\n'
    assert machine.get("/robots.txt", 8080).headers["content-type"].startswith("text/plain")
    assert machine.get("/large.txt", 8080).body == (SITE.files or {})["large.txt"]
    assert machine.get("/absent", 8080).status == 404
    assert machine.get("/absent", 8080).headers["x-machine"] == machine.hostname


@pytest.mark.parametrize("cloud", ["aws", "gcp", "digitalocean", "digitalocean, Debian 13"])
def test_the_first_boot_ends_without_an_error(machines: dict[str, Machine], cloud: str) -> None:
    """Every stage of cloud-init, the locale's too, and the installation of packages beside files that were there before."""
    machine = machines[cloud]
    assert machine.cloud_init() == ("done", [])
    assert "install ok installed" in machine.status_of("unattended-upgrades")
