"""Machines that register themselves at Cloudflare: real Debian 12, real systemd, and an API that is as strict as Cloudflare's.

Each machine has a network of its own, in which the API and the cloud's services answer over TLS at their own names, and the metadata
service at its own address. Nothing in the machines is made for the test but the intervals and a certificate authority.
"""

import shutil
import signal
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest

from multicloud.machine.bootstrap import Bootstrap
from multicloud.machine.user_data import LIMITS, render
from multicloud.web.exposure import Registration
from tests.machines.authority import certificates
from tests.machines.cloud import aws_metadata, secrets_manager
from tests.machines.cloudflare_dns import RATE_LIMITED, CloudflareDns, Listener, Refusal, Reply, answered
from tests.machines.nspawn import ADDRESSES, METADATA, Machine, Unreachable, base_tree, missing

_missing = missing() or ("" if shutil.which("openssl") else "the API's certificate needs: apt-get install openssl")
pytestmark = pytest.mark.skipif(bool(_missing), reason=_missing or "machines boot here")

ZONE, NAME, TOKEN = "0123456789abcdef" * 2, "origins.example.com", "T0ken_for-the-test-of-one-zone-alone-1234"
TRACE = "1.1.1.1"
A, B, C, BY_HAND = "203.0.113.1", "203.0.113.2", "203.0.113.3", "198.51.100.1"
OLD = "multicloud web/old until 2001-01-01T00:00:00Z"
LEASE = 10
SOON = 60
"""Seconds that are enough for anything here on a busy machine."""

QUICK = f'{{"check": 0.3, "interval": 1, "lease": {LEASE}, "drain": 4}}'
DROP_IN = """\
[Service]
ExecStart=
ExecStart=/usr/local/lib/multicloud/registrar /etc/multicloud/registrar.json /etc/multicloud/quick.json
RestartSec=0
"""

SLOW = """\
#!/bin/sh
set -eu
mkdir -p /srv/app
echo fine >"/srv/app/$HEALTH_PATH"
systemd-run -q --unit=app python3 -m http.server "$PORT" --directory /srv/app
until [ -e /root/go ]; do sleep 0.2; done
"""

ASK = f"import urllib.request as u; print(u.urlopen('http://{METADATA}/metadata/v1/interfaces/public/0/ipv4/address').read())"


class Registering(Machine):
    """A machine that reaches the API, its cloud's metadata service and secrets, and Cloudflare's trace at their own addresses."""

    def __init__(self, name: str, folder: Path, address: str, cloud: str, api: CloudflareDns, script: str | None = None) -> None:
        registration = Registration(
            hostname=NAME,
            zone_id=ZONE,
            token_secret="cloudflare-token" if cloud == "aws" else None,
            token=None if cloud == "aws" else TOKEN,
        )
        machine = Bootstrap(cloud=cloud, region="eu-central-1", component="web", script=script, registration=registration)
        hosts = ["api.cloudflare.com", "secretsmanager.eu-central-1.amazonaws.com"]
        keys = folder / f"{name}-keys"
        keys.mkdir()
        certificates(keys, [*hosts, TRACE])
        told = render(machine, LIMITS[cloud])
        super().__init__(name, told, folder / name, hosts=hosts, authority=(keys / "ca.pem").read_text())
        self.address, self._api = address, api
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(keys / "certificate.pem", keys / "key.pem")
        self._listeners: list[Listener] = []

    def _prepare(self) -> None:
        super()._prepare()
        self._write("etc/multicloud/quick.json", QUICK)
        self._write("srv/token", TOKEN)
        (self.root / "var/lib/cloud/seed/nocloud/user-data").chmod(0o600)  # no cloud gives it to a file that everybody reads
        self._write("etc/systemd/system/multicloud-registrar.service.d/test.conf", DROP_IN)
        self.link("route", "add", "default", "via", ADDRESSES["neighbour"], namespace=self.namespace)
        self.link("address", "add", f"{TRACE}/32", "dev", "veth0")
        self._listeners = [
            Listener(self.listen(ADDRESSES["neighbour"], 443, self._tls), self._services),
            Listener(self.listen(TRACE, 443, self._tls), lambda *_: (200, {}, f"ip={self.address}\n".encode())),
            Listener(self.listen(METADATA, 80), self._metadata),
        ]

    def _services(self, method: str, path: str, headers: Message, body: bytes) -> Reply:
        """Cloudflare's API, and AWS's Secrets Manager, which checks the signature."""
        if headers["Host"] == "api.cloudflare.com":
            return answered(self._api, self.hostname)(method, path, headers, body)
        status, text = secrets_manager(path, headers, body, "eu-central-1", {"cloudflare-token": TOKEN})
        return status, {}, text.encode()

    def _metadata(self, method: str, path: str, headers: Message, body: bytes) -> Reply:
        if path == "/metadata/v1/interfaces/public/0/ipv4/address":
            return 200, {}, self.address.encode()
        status, text = aws_metadata(method, path, headers, {"public-ipv4": self.address})
        return status, {}, text.encode()

    def _clean_up(self) -> None:
        super()._clean_up()
        for listener in self._listeners:
            listener.close()
        self._listeners = []

    def link(self, *command: str, namespace: str | None = None) -> None:
        subprocess.run(["ip", "-n", namespace or self.neighbour, *command], check=True)

    def kill(self) -> None:
        """As when the power fails."""
        self._stop(signal.SIGKILL)

    def boot(self) -> None:
        """Once more."""
        self._start()

    def journal(self) -> str:
        return self.run("journalctl", "-u", "multicloud-registrar", "-o", "cat")


Machines = dict[str, Registering]


@pytest.fixture(scope="module")
def api() -> CloudflareDns:
    """Its clock is years away from the machines'. Records that others have made are there already."""
    api = CloudflareDns(ZONE, "example.com", TOKEN, ahead=timedelta(days=2000), most_requests=10**6)
    api.add(NAME, BY_HAND, comment="by hand")
    api.add(NAME, "a text", kind="TXT", comment=OLD)
    api.add("www.example.com", BY_HAND, comment=OLD)
    return api


@pytest.fixture(scope="module")
def foreign(api: CloudflareDns) -> dict[str, dict[str, object]]:
    """The records of others, as they were at the beginning."""
    return {identity: dict(record) for identity, record in api.records.items()}


@pytest.fixture(scope="module")
def machines(api: CloudflareDns, foreign: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Two machines with a site and one with a script, each of another cloud, all booting at once."""
    try:
        base_tree()
    except Unreachable as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("machines")
    with ExitStack() as stack:
        machines = {
            name: Registering(name, folder, address, cloud, api, script)
            for name, address, cloud, script in (("a", A, "digitalocean", None), ("b", B, "aws", None), ("c", C, "external", SLOW))
        }
        for machine in machines.values():
            stack.enter_context(machine)
        yield machines


def under(api: CloudflareDns, *addresses: str) -> Callable[[], bool]:
    """Whether these machines are under the name, and what was there before, and nothing else."""
    return lambda: api.addresses(NAME) == {*addresses, BY_HAND}


def test_machines_register_when_they_are_healthy_and_not_before(api: CloudflareDns, machines: Machines) -> None:
    """The script's server answers at once, but its work is not done yet."""
    machines["c"].wait_for("/healthz", 200, inside=True)
    assert api.wait(2 * SOON, under(api, A, B)), machines["a"].console()
    assert machines["c"].wait_for("/healthz", 200, inside=True)
    (machines["c"].root / "root/go").write_text("")
    assert api.wait(SOON, under(api, A, B, C)), machines["c"].console()
    assert machines["c"].get("/healthz").status == 200
    made = {event.address: event.client for event in api.events if event.method == "POST" and event.status == 200}
    assert made == {A: "a", B: "b", C: "c"}
    for machine in machines.values():
        assert machine.cloud_init() == ("done", [])


def test_the_records_are_as_they_were_ordered(api: CloudflareDns, machines: Machines) -> None:
    assert api.wait(SOON, under(api, A, B, C))
    for record in api.records.values():
        if record["content"] in (A, B, C):
            assert (record["type"], record["ttl"], record["proxied"]) == ("A", 60, False)
            assert record["comment"].startswith("multicloud web/")


def test_nobody_but_root_finds_the_token(machines: Machines) -> None:
    """Not in files, command lines or the metadata service's user data, and nobody at all in what the machine says."""
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    places = "/etc /home /opt /run /tmp /usr/local /var /proc/[0-9]*/cmdline /proc/[0-9]*/environ"
    for machine in machines.values():
        kept = machine.run("cat", "/etc/multicloud/registrar-token")
        assert kept == ("" if machine is machines["b"] else f"{TOKEN}\n")  # AWS keeps it in Secrets Manager alone
        assert "/etc/hosts" in machine.run(*nobody, "sh", "-c", f"grep -rlsa api.cloudflare.com {places}")
        assert machine.run(*nobody, "sh", "-c", f"grep -rlsaf /srv/token {places}") == ""
        assert machine.address in machine.run("python3", "-c", ASK)
        assert machine.run(*nobody, "python3", "-c", ASK) == ""
        assert TOKEN not in machine.run("journalctl") and TOKEN not in machine.log.read_text(errors="replace")


def test_digitaloceans_agent_reaches_the_metadata_service_whoever_it_runs_as(machines: Machines) -> None:
    """It is installed after the machine's own programs."""
    machine = machines["a"]
    (machine.root / "srv/ask").write_text(ASK)
    for user in ("daemon", "games"):
        assert machine.run("setpriv", f"--reuid={user}", "--clear-groups", "python3", "/srv/ask") == ""
        unit = f"[Service]\nType=oneshot\nUser={user}\nExecStart=/usr/bin/python3 /srv/ask\n"
        (machine.root / "etc/systemd/system/do-agent.service").write_text(unit)
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "start", "do-agent")
        assert machine.run("systemctl", "show", "--property=Result", "--value", "do-agent") == "success\n"
        assert machine.address in machine.run("setpriv", f"--reuid={user}", "--clear-groups", "python3", "/srv/ask")


def test_a_web_server_that_fails_takes_the_machine_away_until_it_is_well(api: CloudflareDns, machines: Machines) -> None:
    assert api.wait(SOON, under(api, A, B, C))
    machines["b"].run("systemctl", "stop", "nginx")
    assert api.wait(SOON, under(api, A, C)), machines["b"].journal()
    machines["b"].run("systemctl", "start", "nginx")
    assert api.wait(SOON, under(api, A, B, C)), machines["b"].journal()


@pytest.mark.parametrize(
    "refusal", [Refusal(429, 971, RATE_LIMITED, {"Retry-After": "1"}), Refusal(500, 10013, "An unknown error has occurred")]
)
def test_when_the_api_is_away_for_longer_than_a_lease_nobody_is_lost(api: CloudflareDns, machines: Machines, refusal: Refusal) -> None:
    assert api.wait(SOON, under(api, A, B, C))
    since = len(api.events)
    with api.changed:
        api.failing = lambda client, method: refusal
    over = api.now() + timedelta(seconds=LEASE + 2)
    assert api.wait(SOON, lambda: api.now() > over and {event.client for event in api.events[since:]} == {"a", "b", "c"})
    with api.changed:
        api.failing = lambda client, method: None
    again = api.now() + timedelta(seconds=LEASE + 2)
    assert api.wait(SOON, lambda: api.now() > again)
    assert under(api, A, B, C)()
    assert not [event for event in api.events[since:] if event.method in ("DELETE", "POST")]


def test_a_machine_that_is_cut_off_is_taken_away_and_comes_back(api: CloudflareDns, machines: Machines) -> None:
    assert api.wait(SOON, under(api, A, B, C))
    machines["b"].link("link", "set", "veth0", "down")
    assert api.wait(SOON, under(api, A, C))
    machines["b"].link("link", "set", "veth0", "up")
    assert api.wait(SOON, under(api, A, B, C)), machines["b"].journal()


def test_a_program_that_is_killed_goes_on_with_the_record_it_had(api: CloudflareDns, machines: Machines) -> None:
    assert api.wait(SOON, under(api, A, B, C))
    since = len(api.events)
    machines["a"].run("systemctl", "kill", "--signal=KILL", "multicloud-registrar")
    assert api.wait(SOON, lambda: any(event.method == "PATCH" and event.address == A for event in api.events[since:]))
    assert not [event for event in api.events[since:] if event.method in ("DELETE", "POST")]


def test_stopping_the_program_takes_a_machine_out_by_hand(api: CloudflareDns, machines: Machines) -> None:
    assert api.wait(SOON, under(api, A, B, C))
    machines["a"].run("systemctl", "stop", "multicloud-registrar")
    assert under(api, B, C)()
    machines["a"].run("systemctl", "start", "multicloud-registrar")
    assert api.wait(SOON, under(api, A, B, C))


def test_a_machine_that_dies_without_a_word_is_taken_away_by_its_peers_and_boots_again(api: CloudflareDns, machines: Machines) -> None:
    assert api.wait(SOON, under(api, A, B, C))
    since = len(api.events)
    machines["b"].kill()
    assert api.wait(SOON, under(api, A, C))
    deleted = [event for event in api.events[since:] if event.method == "DELETE" and event.status == 200]
    assert [event.address for event in deleted] == [B] and deleted[0].client in ("a", "c")
    machines["b"].boot()
    assert api.wait(2 * SOON, under(api, A, B, C)), machines["b"].console()


def test_the_last_one_alive_cleans_up_and_leaves_the_name_at_shutdown_as_it_was(
    api: CloudflareDns, machines: Machines, foreign: dict[str, object]
) -> None:
    assert api.wait(SOON, under(api, A, B, C))
    machines["b"].kill()
    machines["c"].kill()
    assert api.wait(SOON, under(api, A))
    since = len(api.events)
    machines["a"].run("systemctl", "poweroff", "--no-block")
    assert api.wait(SOON, under(api))
    # Resolvers still know the machine, so it still answers.
    assert machines["a"].get("/healthz").status == 200
    assert machines["a"]._process is not None
    machines["a"]._process.wait(SOON)
    assert [event.client for event in api.events[since:] if event.method == "DELETE"] == ["a"]
    assert {identity: dict(record) for identity, record in api.records.items()} == foreign
