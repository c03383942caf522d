"""Machines that visitors reach through a tunnel: real Debian, real systemd, real apt and its signatures.

Each machine has a network of its own, in which Cloudflare's repository of packages, its edge and the cloud's services answer. The
cloudflared that is installed is a stand-in, see `cloudflare_edge.py`; all else in the machines is what a user's machines have.
"""

import json
import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from email.message import Message
from pathlib import Path

import pytest

from multicloud.machine.bootstrap import Bootstrap, Connector
from multicloud.machine.user_data import LIMITS, render
from tests.machines.authority import certificates
from tests.machines.cloud import aws_metadata, secrets_manager
from tests.machines.cloudflare_dns import Listener, Reply
from tests.machines.cloudflare_edge import EDGE, PORT, REPOSITORY, Edge, Repository
from tests.machines.nspawn import ADDRESSES, METADATA, Machine, Unreachable, base_tree, missing

_missing = missing() or next((f"needs: apt-get install {tool}" for tool in ("openssl", "gpg") if not shutil.which(tool)), "")
pytestmark = pytest.mark.skipif(bool(_missing), reason=_missing or "machines boot here")

TUNNEL = "01234567-89ab-cdef-0123-456789abcdef.cfargotunnel.com"
TOKEN = "eyJhIjoiMDEyMzQ1Njc4OWFiY2RlZiIsInQiOiIwMTIzNDU2NyIsInMiOiJUMGtlbiJ9"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:tunnel-AbCdEf"
SOON = 60
"""Seconds that are enough for anything here on a busy machine."""

SLOW = """\
#!/bin/sh
set -eu
cat >/srv/app.py <<'END'
import http.server, os, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/slow":
            open("/run/slow", "w").close()
            while not os.path.exists("/root/answer"):
                time.sleep(0.1)
        self.send_response(503 if os.path.exists("/root/broken") else 200)
        self.end_headers()
        self.wfile.write(self.path.encode())
http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
END
systemd-run -q --unit=app -p Before=multicloud-tunnel.service -E PORT="$PORT" python3 /srv/app.py
until [ -e /root/go ]; do sleep 0.2; done
"""


class Tunnelled(Machine):
    """A machine that reaches Cloudflare's repository and edge, and its cloud's metadata and secrets."""

    def __init__(self, name: str, folder: Path, cloud: str, *, script: str | None = None, port: int = 80, release: str) -> None:
        stored = cloud == "aws"
        connector = Connector(hostname=TUNNEL, token_secret=SECRET if stored else None, token=None if stored else TOKEN)
        machine = Bootstrap(cloud=cloud, region="eu-central-1", component="web", script=script, port=port, tunnel=connector)
        hosts = [REPOSITORY, EDGE, "secretsmanager.eu-central-1.amazonaws.com"]
        keys = folder / f"{name}-keys"
        keys.mkdir()
        certificates(keys, hosts)
        told = render(machine, LIMITS[cloud])
        super().__init__(name, told, folder / name, hosts=hosts, authority=(keys / "ca.pem").read_text(), release=release)
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(keys / "certificate.pem", keys / "key.pem")
        self.repository = Repository(folder / f"{name}-repository")
        self.port, self.store = port, True
        self._listeners: list[Listener] = []
        self.edge: Edge

    def _prepare(self) -> None:
        super()._prepare()
        self._write("srv/token", TOKEN)
        (self.root / "var/lib/cloud/seed/nocloud/user-data").chmod(0o600)  # no cloud gives it to a file that everybody reads
        self.edge = Edge(self.listen(ADDRESSES["neighbour"], PORT), f"http://localhost:{self.port}")
        self._listeners = [
            Listener(self.listen(ADDRESSES["neighbour"], 443, self._tls), self._services),
            Listener(self.listen(METADATA, 80), self._metadata),
        ]

    def _services(self, method: str, path: str, headers: Message, body: bytes) -> Reply:
        """Cloudflare's repository, and AWS's Secrets Manager, which checks the signature."""
        if headers["Host"] == REPOSITORY:
            return self.repository.answer(path)
        if not self.store:
            return 503, {}, b""
        status, text = secrets_manager(path, headers, body, "eu-central-1", {SECRET: TOKEN})
        return status, {}, text.encode()

    def _metadata(self, method: str, path: str, headers: Message, body: bytes) -> Reply:
        status, text = aws_metadata(method, path, headers, {})
        return status, {}, text.encode()

    def _clean_up(self) -> None:
        super()._clean_up()
        for listener in self._listeners:
            listener.close()
        self._listeners = []
        self.edge.close()

    def said(self) -> str:
        return self.run("journalctl", "-u", "multicloud-connector", "-u", "multicloud-tunnel", "-o", "cat") + self.console()

    def open(self, seconds: float = SOON) -> None:
        """Waits until the tunnel is open."""
        assert self.edge.wait(seconds, lambda: len(self.edge.replicas) == 1), self.said()

    def closed(self, seconds: float = SOON) -> None:
        """Waits until it is not."""
        assert self.edge.wait(seconds, lambda: not self.edge.replicas), self.said()


Machines = dict[str, Tunnelled]


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """One with a site, whose packages cannot be had at first, and one with a script and the token in the cloud's store."""
    try:
        for release in ("bookworm", "trixie"):
            base_tree(release)
    except Unreachable as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("machines")
    with ExitStack() as stack:
        machines = {
            "site": Tunnelled("site", folder, "digitalocean", release="bookworm"),
            "script": Tunnelled("script", folder, "aws", script=SLOW, port=8080, release="trixie"),
        }
        machines["site"].repository.away = True
        for machine in machines.values():
            stack.enter_context(machine)
        yield machines


EACH = pytest.mark.parametrize("name", ["site", "script"])


def test_the_tunnel_is_opened_when_the_machine_is_healthy_and_not_before(machines: Machines) -> None:
    """The site is served at once, but Cloudflare's packages are away; the script's server answers, but its work is not done."""
    site, script = machines["site"], machines["script"]
    site.wait_for("/healthz", 200, inside=True)
    assert site.cloud_init(2 * SOON) == ("done", [])
    assert "/cloudflare-main.gpg" in site.repository.asked and not site.edge.seen
    site.repository.away = False
    script.wait_for("/healthz", 200, 8080, inside=True)
    script.wait_until("/cloudflared/pool/cloudflared.deb", lambda: str(script.repository.asked))
    assert not script.edge.seen
    (script.root / "root/go").write_text("")
    for machine in machines.values():
        machine.open(2 * SOON)
    assert script.cloud_init(2 * SOON) == ("done", [])


@EACH
def test_visitors_come_through_the_tunnel_and_in_no_other_way(machines: Machines, name: str) -> None:
    """nginx listens on loopback, and the port of a script's server is closed, though that listens everywhere."""
    machine = machines[name]
    machine.open()
    assert machine.edge.visit("/healthz")[0] == 200
    assert machine.get("/healthz", machine.port, inside=True).status == 200
    for port in {80, 8080, 20241, machine.port}:
        with pytest.raises(ConnectionError):
            machine.get("/healthz", port)
    listening = {line.split()[3] for line in machine.run("ss", "-Hltn").splitlines()}
    assert listening == ({"127.0.0.1:80"} if name == "site" else {"0.0.0.0:8080"})


def test_the_site_is_what_visitors_get(machines: Machines) -> None:
    machines["site"].open()
    status, body = machines["site"].edge.visit("/")
    assert status == 200 and "<dt>Machine</dt><dd>site</dd>" in body


@EACH
def test_nobody_but_cloudflared_finds_the_token(machines: Machines, name: str) -> None:
    """Not in files, command lines, environments or the metadata service, and nobody at all in what the machine says."""
    machine = machines[name]
    machine.open()
    told = machine.edge.replicas[0].told
    assert told["token"] == TOKEN and told["uid"] > 60000  # a user that systemd makes up
    assert told["arguments"][:4] == ["--no-autoupdate", "tunnel", "--grace-period", "30s"]
    assert TOKEN not in json.dumps({**told, "token": ""})
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    places = "/etc /home /opt /run /tmp /usr/local /var /proc/[0-9]*/cmdline /proc/[0-9]*/environ"
    assert "/etc/hosts" in machine.run(*nobody, "sh", "-c", f"grep -rlsa {EDGE} {places}")
    assert machine.run(*nobody, "sh", "-c", f"grep -rlsaf /srv/token {places}") == ""
    # Nobody's command line has it either, whoever reads it.
    assert machine.run("sh", "-c", "grep -lsaf /srv/token /proc/[0-9]*/cmdline /proc/[0-9]*/environ") == ""
    own = machine.run("stat", "-c", "%U %a", "/etc/multicloud/tunnel-token")
    assert own == ("root 600\n" if name == "site" else "")  # AWS keeps it in Secrets Manager alone
    assert TOKEN not in machine.run("journalctl") and TOKEN not in machine.log.read_text(errors="replace")


def test_a_site_that_fails_leaves_the_tunnel_until_it_is_well(machines: Machines) -> None:
    machine = machines["site"]
    machine.open()
    machine.run("systemctl", "stop", "nginx")
    machine.closed()
    machine.run("systemctl", "start", "nginx")
    machine.open()
    assert machine.edge.visit("/healthz")[0] == 200


def test_a_health_check_that_answers_something_else_is_a_failure(machines: Machines) -> None:
    machine = machines["script"]
    machine.open()
    (machine.root / "root/broken").write_text("")
    machine.closed()
    (machine.root / "root/broken").unlink()
    machine.open()


def test_cloudflared_comes_back_when_it_is_killed_even_if_the_store_is_away_for_a_while(machines: Machines) -> None:
    machine = machines["script"]
    machine.open()
    before, machine.store = len(machine.edge.seen), False
    machine.run("systemctl", "kill", "--signal=KILL", "multicloud-tunnel")
    machine.closed()
    machine.wait_until("answers 503", machine.said)
    assert len(machine.edge.seen) == before
    machine.store = True
    machine.open()


def test_a_loop_that_is_killed_goes_on_without_closing_the_tunnel(machines: Machines) -> None:
    machine = machines["site"]
    machine.open()
    [replica] = machine.edge.replicas
    machine.run("systemctl", "kill", "--signal=KILL", "multicloud-connector")
    machine.wait_until("active", lambda: machine.run("systemctl", "is-active", "multicloud-connector").replace("inactive", ""))
    machine.run("systemctl", "stop", "nginx")
    machine.closed()
    assert replica.leaves
    machine.run("systemctl", "start", "nginx")
    machine.open()


def test_a_new_version_is_installed_like_security_updates_and_taken_up(machines: Machines) -> None:
    machine = machines["site"]
    machine.open()
    machine.repository.publish("2026.2.0")
    machine.run("apt-get", "-q", "update")
    said = machine.run("sh", "-c", "unattended-upgrade -v 2>&1")
    assert machine.edge.wait(SOON, lambda: [one.told["version"] for one in machine.edge.replicas] == ["2026.2.0"]), said + machine.said()


def test_stopping_the_unit_takes_a_machine_out_by_hand_when_visitors_have_been_answered(machines: Machines) -> None:
    machine, answers = machines["script"], list[tuple[int, str]]()
    machine.open()
    visitor = threading.Thread(target=lambda: answers.append(machine.edge.visit("/slow", SOON)))
    visitor.start()
    machine.wait_until("slow", lambda: machine.run("ls", "/run"))
    stopping = threading.Thread(target=lambda: machine.run("systemctl", "stop", "multicloud-connector"))
    stopping.start()
    machine.closed()
    assert not answers and stopping.is_alive()
    (machine.root / "root/answer").write_text("")
    visitor.join(SOON)
    stopping.join(SOON)
    assert answers == [(200, "/slow")]
    assert machine.run("systemctl", "is-active", "multicloud-tunnel") == "inactive\n"
    machine.run("systemctl", "start", "multicloud-connector")
    machine.open()


def test_at_shutdown_visitors_are_answered_before_the_web_server_stops_and_after_a_boot_the_tunnel_is_open_again(
    machines: Machines,
) -> None:
    machine = machines["site"]
    machine.open()
    machine.run("systemctl", "poweroff", "--no-block")
    machine.closed()
    assert machine._process is not None
    machine._process.wait(2 * SOON)
    assert machine.edge.seen[-1].leaves
    machine._start()
    machine.open(2 * SOON)
    assert machine.edge.visit("/healthz")[0] == 200
