"""Workloads that a real Debian 12 puts in place itself: it is healthy when they are, and not before."""

import hashlib
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from multicloud.machine.bootstrap import Bootstrap
from multicloud.machine.steps import READY
from multicloud.machine.user_data import LIMITS, render
from multicloud.machine.workload import Archive, Git, StaticSite
from tests.machines.nspawn import ADDRESSES, Machine, Unreachable, base_tree, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "machines boot here")

SERVER = f"http://{ADDRESSES['neighbour']}:9000"
PAGE = "<h1>Grüße</h1>\n"

# A server that runs at once, and work that goes on until a file appears.
SLOW = """\
#!/bin/sh
set -eu
mkdir -p /srv/app
echo "$CLOUD $REGION" >"/srv/app/$HEALTH_PATH"
systemd-run -q --unit=app python3 -m http.server "$PORT" --directory /srv/app
until [ -e /root/go ]; do sleep 0.2; done
exit "$(cat /root/go)"
"""


def booted(folder: Path, name: str, site: StaticSite | None = None, script: str | None = None, health_path: str = "/healthz") -> Machine:
    machine = Bootstrap(cloud="external", region="basement", component="web", health_path=health_path, site=site, script=script)
    return Machine(name, render(machine, LIMITS["external"]), folder / name)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of the site, and a git repository."""
    folder = tmp_path_factory.mktemp("served")
    public = folder / "site-1" / "our public"
    public.mkdir(parents=True)
    (public / "index.html").write_text(PAGE)
    (public / "index.html").chmod(0o600)
    with tarfile.open(folder / "site.tar.xz", "w:xz") as archive:
        archive.add(folder / "site-1", "site-1")
    git(public, "init", "-q")
    git(public, "add", ".")
    git(public, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "The site")
    program = folder / "cgi-bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\nexport GIT_PROJECT_ROOT='{public}' GIT_HTTP_EXPORT_ALL=1\nexec git http-backend\n")
    program.chmod(0o755)
    return folder


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def machines(served: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Machine]]:
    """One machine a workload, all booting at once; nothing is served to them yet."""
    try:
        base_tree()
    except Unreachable as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("machines")
    checksum = hashlib.sha256((served / "site.tar.xz").read_bytes()).hexdigest()
    archive = StaticSite(archive=Archive(url=f"{SERVER}/site.tar.xz", sha256=checksum, folder="site-1/our public"))
    commit = git(served / "site-1" / "our public", "rev-parse", "HEAD")
    repository = StaticSite(git=Git(url=f"{SERVER}/cgi-bin/git/.git", ref=commit))
    with (
        booted(folder, "archive", archive) as on_archive,
        booted(folder, "git", repository, health_path="/") as on_git,
        booted(folder, "script", script=SLOW) as on_script,
        booted(folder, "broken", script=SLOW) as on_broken,
    ):
        yield {"archive": on_archive, "git": on_git, "script": on_script, "broken": on_broken}


@pytest.mark.parametrize(("workload", "health_path"), [("archive", "/healthz"), ("git", "/")])
def test_a_fetched_site_makes_the_machine_healthy_when_it_is_in_place(
    machines: dict[str, Machine], served: Path, workload: str, health_path: str
) -> None:
    """It is tried again until it succeeds, and the journal says so."""
    machine = machines[workload]
    machine.wait_for(health_path, 503)
    assert machine.get("/").status == 503
    with machine.served(served, 9000):
        machine.wait_for(health_path, 200)
    page = machine.get("/")
    assert (page.status, page.body) == (200, PAGE)
    assert machine.get("/.git/HEAD").status == 404
    assert machine.cloud_init() == ("done", [])
    assert "the site is in place" in machine.run("journalctl", "-u", "multicloud-workload", "-o", "cat")


def test_another_archive_than_the_checksums_is_never_served(machines: dict[str, Machine], served: Path, tmp_path: Path) -> None:
    machine = machines["archive"]
    machine.run("rm", READY)
    (tmp_path / "site.tar.xz").write_bytes((served / "site.tar.xz").read_bytes() + b"\0")
    with machine.served(tmp_path, 9000):
        machine.run("systemctl", "restart", "multicloud-workload")
    assert "site.tar: FAILED" in machine.run("journalctl", "-u", "multicloud-workload", "-o", "cat")
    assert machine.get("/healthz").status == 503


def test_a_script_opens_the_machines_port_when_it_has_ended_well(machines: dict[str, Machine]) -> None:
    machine = machines["script"]
    machine.wait_for("/healthz", 200, inside=True)
    with pytest.raises(ConnectionError):
        machine.get("/healthz")
    (machine.root / "root/go").write_text("0")
    assert machine.wait_for("/healthz", 200).body == "external basement\n"
    assert machine.cloud_init() == ("done", [])
    assert "the machine is ready" in machine.run("journalctl", "-u", "multicloud-workload", "-o", "cat")


def test_a_script_that_fails_leaves_the_machine_unhealthy_though_its_server_runs(machines: dict[str, Machine]) -> None:
    machine = machines["broken"]
    machine.wait_for("/healthz", 200, inside=True)
    (machine.root / "root/go").write_text("3")
    machine.run("sh", "-c", "until systemctl is-failed multicloud-workload; do sleep 0.2; done")
    assert machine.get("/healthz", inside=True).status == 200
    with pytest.raises(ConnectionError):
        machine.get("/healthz")
