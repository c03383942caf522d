"""Keeps a machine's public address among the A records of a name at Cloudflare, for as long as the machine is healthy.

    registrar.py SETTINGS.json [MORE.json]

A record is a lease. Its comment says whose it is and until when, by Cloudflare's clock: `multicloud web/host until
2026-01-02T03:04:05Z`. The machine renews it while it is healthy, and takes it away when it is not, and at SIGTERM. What a dead machine
left behind, its peers take away when the time is over. Records with any other comment are nobody's business here.

Two cautions. A peer takes records away only after it has held its own lease without a gap for as long as a lease lasts: when
Cloudflare's API comes back after an outage, all leases are over, and everyone gets the time to renew. And an unhealthy machine that is the
last one stays: resolvers would remember for half an hour that the name has no address.
"""

import http.client
import json
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

METADATA = "http://169.254.169.254"
COMMENT = re.compile(r"multicloud \S{1,60} until (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z")
REFUSED_TOKEN = {6003, 9106, 9109, 10000, 10001}
IDENTICAL = {81057, 81058}


@dataclass(frozen=True)
class Settings:
    """What the machine has been told. Times are in seconds."""

    hostname: str
    """The name that the machine registers under."""
    zone_id: str
    """Id of the name's zone at Cloudflare."""
    ttl: int
    """How long resolvers keep an address; 1 for what Cloudflare decides."""
    proxied: bool
    """Whether Cloudflare stands between visitors and the machine."""
    component: str
    """Name of the tier, for the records' comments."""
    cloud: str
    """Name of the cloud, whose metadata tell the address."""
    health: str
    """URL of the health check, over loopback."""
    status: int
    """What the health check answers where the machine is healthy."""
    token: list[str]
    """The command that prints the token."""
    ready: str = ""
    """A file without which the machine is not healthy."""
    check: float = 5
    """Between two health checks. A machine is unhealthy after the second failure."""
    interval: float = 30
    """Between two renewals."""
    lease: float = 90
    """How long a record stays without a renewal."""
    drain: float = 60
    """How long the machine goes on after its record is gone, at shutdown: resolvers still know it."""
    api: str = "https://api.cloudflare.com/client/v4"
    """Where Cloudflare's API is."""


class Trouble(Exception):
    """Something outside of the machine does not work; it is tried again. Never holds the token."""

    def __init__(self, text: str, status: int = 0, codes: frozenset[int] = frozenset(), wait: float = 0) -> None:
        super().__init__(text)
        self.status, self.codes, self.wait = status, codes, wait


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    """The status code."""
    headers: http.client.HTTPMessage
    """By name, in any case."""
    body: bytes
    """At most 4 MiB of it."""


def fetch(
    url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None, verify: bool = True
) -> Answer:
    """One request, without redirects and proxies, which would carry the token elsewhere.

    Raises:
        Trouble: Nothing answers.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        if not verify:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(host, parts.port, timeout=10, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=10)
    try:
        connection.request(method, f"{parts.path or '/'}?{parts.query}".rstrip("?"), body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read(2**22))
    except (OSError, http.client.HTTPException) as error:
        raise Trouble(f"{host}: {error or type(error).__name__}") from None
    finally:
        connection.close()


def public_address(cloud: str) -> str:
    """The machine's public IPv4 address: from the cloud's metadata service, or as Cloudflare sees it."""
    path, headers = {
        "aws": ("/latest/meta-data/public-ipv4", {}),
        "gcp": ("/computeMetadata/v1/instance/network-interfaces/0/access-configs/0/external-ip", {"Metadata-Flavor": "Google"}),
        "digitalocean": ("/metadata/v1/interfaces/public/0/ipv4/address", {}),
    }.get(cloud, ("", {}))
    if cloud == "aws":
        session = fetch(f"{METADATA}/latest/api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
        headers = {"X-aws-ec2-metadata-token": session.body.decode("ascii", "replace")}
    answer = fetch(METADATA + path, headers=headers) if path else fetch("https://1.1.1.1/cdn-cgi/trace")
    text = answer.body.decode("ascii", "replace")
    if not path:
        text = dict(line.partition("=")[::2] for line in text.splitlines()).get("ip", "")
    try:
        if answer.status == 200:
            return str(IPv4Address(text.strip()))
    except ValueError:
        pass
    raise Trouble(f"no public IPv4 address: the answer has status {answer.status}")


def read_token(command: list[str]) -> str:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        raise Trouble(f"{command[0]} does not give the token") from None
    token = done.stdout.strip()
    if done.returncode or not re.fullmatch(r"[A-Za-z0-9_-]{20,}", token):
        raise Trouble(
            f"{command[0]} gives no token" if done.returncode else "the secret is not one API token of Cloudflare and nothing else"
        )
    return token


@dataclass(frozen=True)
class Record:
    """An A record of the name."""

    id: str
    """Its id at Cloudflare."""
    address: str
    """The IPv4 address."""
    comment: str
    """Whose lease it is and until when, or anything else."""

    @property
    def until(self) -> datetime | None:
        """When its lease is over; None where it is not one of ours."""
        match = COMMENT.fullmatch(self.comment)
        return datetime.fromisoformat(match[1]).replace(tzinfo=UTC) if match else None


class Records:
    """The A records of one name.

    Source: https://developers.cloudflare.com/api/resources/dns/subresources/records/
    """

    def __init__(self, settings: Settings) -> None:
        self._settings, self._token = settings, ""

    def list(self) -> tuple[list[Record], datetime]:
        """All of them, and the time by Cloudflare's clock."""
        found: list[Record] = []
        page = pages = 1
        while page <= pages:
            reply, now = self._call("GET", "?" + urlencode({"type": "A", "name": self._settings.hostname, "per_page": 100, "page": page}))
            for item in reply["result"]:
                if (item["type"], item["name"]) == ("A", self._settings.hostname):
                    found.append(Record(item["id"], item["content"], item.get("comment") or ""))
            page, pages = page + 1, reply["result_info"]["total_pages"]
        return found, now

    def create(self, address: str, until: datetime) -> None:
        """Nothing is wrong where somebody else was quicker."""
        try:
            self._call("POST", body={"type": "A", "name": self._settings.hostname, "content": address, **self._terms(until)})
        except Trouble as trouble:
            if not trouble.codes & IDENTICAL:
                raise

    def renew(self, record: Record, until: datetime) -> bool:
        """Whether it is still there."""
        return self._gone_or_done("PATCH", record, self._terms(until))

    def delete(self, record: Record) -> None:
        """Nothing is wrong where somebody else was quicker."""
        self._gone_or_done("DELETE", record)

    def _gone_or_done(self, method: str, record: Record, body: dict[str, Any] | None = None) -> bool:
        try:
            self._call(method, f"/{record.id}", body)
        except Trouble as trouble:
            if trouble.status != 404:
                raise
            return False
        return True

    def _terms(self, until: datetime) -> dict[str, Any]:
        who = re.sub(r"[^!-~]+", "-", f"{self._settings.component}/{socket.gethostname()}")[:60]
        comment = f"multicloud {who} until {until:%Y-%m-%dT%H:%M:%S}Z"
        return {"comment": comment, "ttl": self._settings.ttl, "proxied": self._settings.proxied}

    def _call(self, method: str, path: str = "", body: dict[str, Any] | None = None) -> tuple[dict[str, Any], datetime]:
        self._token = self._token or read_token(self._settings.token)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        url = f"{self._settings.api}/zones/{self._settings.zone_id}/dns_records{path}"
        answer = fetch(url, method, headers, json.dumps(body).encode() if body is not None else None)
        try:
            reply = json.loads(answer.body)
            errors = {error["code"]: error["message"] for error in reply["errors"] or []}
            if reply["success"] and answer.status < 300:
                return reply, parsedate_to_datetime(answer.headers["Date"])
        except (ValueError, TypeError, KeyError):
            errors = {}
        codes = frozenset(errors)
        if answer.status in (401, 403) or codes & REFUSED_TOKEN:
            self._token = ""  # there may be a new one by now
            errors[0] = "the token needs the permission to edit the zone's DNS records"
        wait = answer.headers.get("Retry-After") or ""
        told = "; ".join(f"{code} {message}" for code, message in errors.items())
        seconds = min(float(wait), 600) if wait.isdigit() else 0
        raise Trouble(f"Cloudflare answers {method} with {answer.status} {told}".strip(), answer.status, codes, seconds)


class Registrar:
    """The lease of one machine, and the leases of dead ones."""

    def __init__(self, settings: Settings, records: Records, address: Callable[[], str], log: Callable[[str], None]) -> None:
        self._settings, self._records, self._find, self._say = settings, records, address, log
        self._had: set[str] = set()
        self._until: datetime | None = None
        self._since = datetime.max.replace(tzinfo=UTC)
        self._last = ""

    def renew(self) -> None:
        """Puts the machine under the name, or renews its lease, and takes away what dead machines left."""
        address = self._address()
        present, now = self._records.list()
        if self._until is None or self._until < now:
            self._since = now
        until = now + timedelta(seconds=self._settings.lease)
        same = [record for record in present if record.address == address]
        if same and same[0].until is None:
            self._log(f"{address} is under {self._settings.hostname} already, in a record of somebody else, which stays as it is")
        else:
            if not (same and self._records.renew(same[0], until)):
                self._records.create(address, until)
            self._log(f"{address} is under {self._settings.hostname}")
        self._until = until
        held = now - self._since >= timedelta(seconds=self._settings.lease)
        for record in present:
            if record.until is None or record.address == address:
                continue
            if record.address in self._had or (held and record.until < now):
                self._records.delete(record)
                self._say(f"took {record.address} away: {record.comment}")
        self._had = {address}

    def withdraw(self, leaving: bool = False) -> bool:
        """Takes the machine away from the name, unless it is the last one there and goes on. Whether it did."""
        address = self._address()
        present, now = self._records.list()
        own = [record for record in present if record.until and record.address in self._had | {address}]
        others = [record for record in present if record not in own and (record.until is None or record.until >= now)]
        if own and not others and not leaving:
            self._log(f"{address} is unhealthy, and stays: it is the last one under {self._settings.hostname}")
            return False
        for record in own:
            self._records.delete(record)
        self._until, self._had = None, {address}
        self._log(f"{address} is not under {self._settings.hostname}")
        if own and not leaving and not self._records.list()[0]:
            # All the others went at the same moment.
            self._records.create(address, now + timedelta(seconds=self._settings.lease))
        return bool(own)

    def _address(self) -> str:
        """The address at present; where nobody can tell, the one that it had."""
        try:
            return self._find()
        except Trouble:
            if len(self._had) != 1:
                raise
            return min(self._had)

    def _log(self, text: str) -> None:
        """Says what is new."""
        if text != self._last:
            self._say(text)
        self._last = text


def healthy(settings: Settings) -> bool:
    if settings.ready and not Path(settings.ready).exists():
        return False
    try:
        # Whom the certificate is for is not asked: the machine talks to itself.
        return fetch(settings.health, verify=False).status == settings.status
    except Trouble:
        return False


def run(settings: Settings, registrar: Registrar, check: Callable[[], bool], stopping: threading.Event, log: Callable[[str], None]) -> None:
    """Goes on until it is told to stop, and then takes the machine away."""
    wanted: bool | None = None
    failures, due, blocked = 0, 0.0, 0.0
    while not stopping.is_set():
        before = wanted
        failures = 0 if check() else failures + 1
        wanted = True if not failures else False if failures > 1 else wanted
        if wanted != before:
            due = blocked
            log("healthy" if wanted else "unhealthy")
        if wanted is not None and time.monotonic() >= due:
            try:
                registrar.renew() if wanted else registrar.withdraw()
                due = time.monotonic() + settings.interval * random.uniform(0.9, 1.1)
            except Trouble as trouble:
                blocked = time.monotonic() + trouble.wait
                due = blocked + settings.interval * random.uniform(0.2, 0.5)
                log(f"{trouble}; tried again in {due - time.monotonic():.0f} s")
        stopping.wait(settings.check)
    for _ in range(3):
        try:
            if registrar.withdraw(leaving=True):
                time.sleep(settings.drain)
            return
        except Trouble as trouble:
            log(str(trouble))
            time.sleep(min(2, settings.check))
    log("the machine goes without having taken its address away: its peers will")


def main(paths: list[str]) -> None:
    """Settings in later files overrule those in earlier ones."""
    values: dict[str, Any] = {}
    for path in paths:
        values.update(json.loads(Path(path).read_text()))
    settings = Settings(**values)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())

    def log(text: str) -> None:
        print(text, flush=True)

    registrar = Registrar(settings, Records(settings), lambda: public_address(settings.cloud), log)
    run(settings, registrar, lambda: healthy(settings), stopping, log)


if __name__ == "__main__":
    main(sys.argv[1:])
