"""Cloudflare's DNS records API for one zone, on this machine: as strict as the real one, as far as registering machines use it.

Sources: https://developers.cloudflare.com/api/resources/dns/subresources/records/,
https://developers.cloudflare.com/fundamentals/api/reference/limits/; codes and messages as users have reported them.
"""

import contextlib
import json
import math
import re
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TTLS = range(60, 86401)
LONGEST_COMMENT = 100  # on the free plan


class Refusal(Exception):
    """An error in Cloudflare's envelope."""

    def __init__(self, status: int, code: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, dict(headers or {})


RATE_LIMITED = "Please wait and consider throttling your request speed"


@dataclass
class Event:
    """A request that was answered."""

    client: str
    """Which listener it came to."""
    method: str
    status: int
    address: str = ""
    """The address of the record that it made, changed or deleted."""


@dataclass
class CloudflareDns:
    """The API. All attributes may be changed while it runs, under `changed`."""

    zone_id: str
    zone: str
    token: str
    """The only token, which may edit the DNS records of this zone and nothing else."""
    ahead: timedelta = timedelta()
    """How far its clock is ahead of this machine's."""
    most_requests: int = 1200
    window: float = 300
    """Seconds in which a user may make so many requests."""
    failing: Callable[[str, str], Refusal | None] = lambda client, method: None
    """Says by the listener and the method whether a request fails."""
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    _times: list[float] = field(default_factory=list)

    # what tests ask

    def addresses(self, name: str) -> set[str]:
        """The addresses under a name."""
        with self.changed:
            return {record["content"] for record in self.records.values() if (record["type"], record["name"]) == ("A", name)}

    def wait(self, seconds: float, until: Callable[[], bool]) -> bool:
        """Whether something became true within so many seconds. Looked at after each request."""
        with self.changed:
            return self.changed.wait_for(until, seconds)

    def add(self, name: str, content: str, kind: str = "A", comment: str | None = None, ttl: int = 300) -> str:
        """A record made by hand: its id."""
        with self.changed:
            return str(self._create({"type": kind, "name": name, "content": content, "ttl": ttl, "comment": comment})["id"])

    def now(self) -> datetime:
        """The time by its clock."""
        return datetime.now(UTC) + self.ahead

    # what it answers

    def answer(
        self, method: str, target: str, headers: Message, body: bytes, client: str = ""
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Status, headers and envelope of one request."""
        with self.changed:
            event = Event(client, method, 200)
            more: dict[str, str] = {}
            try:
                envelope = self._answer(method, target, headers, body, event)
            except Refusal as refusal:
                event.status, more = refusal.status, refusal.headers
                errors = [{"code": refusal.code, "message": refusal.message}]
                envelope = {"result": None, "success": False, "errors": errors, "messages": []}
            self.events.append(event)
            self.changed.notify_all()
            return event.status, {"Date": format_datetime(self.now(), usegmt=True), **more}, envelope

    def _answer(self, method: str, target: str, headers: Message, body: bytes, event: Event) -> dict[str, Any]:
        if failure := self.failing(event.client, method):
            raise failure
        self._limit()
        parts = urlsplit(target)
        match = re.fullmatch(r"/client/v4/zones/([^/]+)/dns_records(?:/([^/]+))?", parts.path)
        if not match:
            raise Refusal(400, 7000, "No route for that URI")
        self._authenticate(headers.get("Authorization") or "", match[1])
        handlers: dict[tuple[str, bool], Callable[[], dict[str, Any]]] = {
            ("GET", False): lambda: self._list(dict(parse_qsl(parts.query, keep_blank_values=True))),
            ("POST", False): lambda: {"result": self._create(_json(body))},
            ("GET", True): lambda: {"result": self._record(match[2])},
            ("PATCH", True): lambda: {"result": self._patch(match[2], _json(body))},
            ("DELETE", True): lambda: {"result": self._delete(match[2])},
        }
        handler = handlers.get((method, match[2] is not None))
        if handler is None:
            raise Refusal(405, 1001, "method_not_allowed")
        if match[2] in self.records:
            event.address = self.records[match[2]]["content"]
        reply = handler()
        if method == "POST":
            event.address = reply["result"]["content"]
        return {"success": True, "errors": [], "messages": [], **reply}

    def _limit(self) -> None:
        now = time.monotonic()
        self._times = [moment for moment in self._times if moment > now - self.window]
        if len(self._times) >= self.most_requests:
            wait = math.ceil(self._times[0] + self.window - now)
            raise Refusal(429, 971, RATE_LIMITED, {"Retry-After": str(wait)})
        self._times.append(now)

    def _authenticate(self, authorization: str, zone_id: str) -> None:
        scheme, _, token = authorization.partition(" ")
        if not authorization:
            raise Refusal(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
        if scheme != "Bearer" or not re.fullmatch(r"[A-Za-z0-9_-]{20,}", token):
            raise Refusal(400, 6003, "Invalid request headers")
        if token != self.token or zone_id != self.zone_id:
            raise Refusal(403, 10000, "Authentication error")

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        page, per_page = int(query.pop("page", 1)), int(query.pop("per_page", 100))
        if page < 1 or not 5 <= per_page <= 5_000_000:
            raise Refusal(400, 1004, "DNS Validation Error")
        match = any if query.pop("match", "all") == "any" else all
        tests = [_test(name, value) for name, value in query.items()]
        found = [record for record in self.records.values() if not tests or match(test(record) for test in tests)]
        found.sort(key=lambda record: (record["name"], record["type"], record["content"]))
        shown = found[(page - 1) * per_page : page * per_page]
        pages = math.ceil(len(found) / per_page)
        counts = {"page": page, "per_page": per_page, "count": len(shown), "total_count": len(found), "total_pages": pages}
        return {"result": shown, "result_info": counts}

    def _record(self, identity: str) -> dict[str, Any]:
        if identity not in self.records:
            raise Refusal(404, 81044, "Record does not exist.")
        return self.records[identity]

    def _create(self, given: dict[str, Any]) -> dict[str, Any]:
        if missing := {"type", "name", "content", "ttl"} - given.keys():
            raise Refusal(400, 9000, f"DNS {min(missing)} is required.")
        name = given["name"].lower()
        if name != self.zone and not name.endswith(f".{self.zone}"):
            name = f"{name}.{self.zone}"
        now = _stamp(self.now())
        record = {"id": uuid.uuid4().hex, "name": name, "type": given["type"], "proxied": False, "created_on": now, "modified_on": now}
        record |= {"comment": None, "tags": [], "settings": {}, "meta": {}, "proxiable": given["type"] in ("A", "AAAA", "CNAME")}
        self._set(record, given, now)
        self.records[record["id"]] = record
        return record

    def _patch(self, identity: str, given: dict[str, Any]) -> dict[str, Any]:
        record = dict(self._record(identity))
        self._set(record, given, _stamp(self.now()))
        record["modified_on"] = _stamp(self.now())
        self.records[identity] = record
        return record

    def _delete(self, identity: str) -> dict[str, Any]:
        self._record(identity)
        del self.records[identity]
        return {"id": identity}

    def _set(self, record: dict[str, Any], given: dict[str, Any], now: str) -> None:
        if unknown := given.keys() - {"type", "name", "content", "ttl", "proxied", "comment"}:
            raise Refusal(400, 9207, f"Request body is invalid: {min(unknown)}")
        if comment := given.get("comment"):
            if len(comment) > LONGEST_COMMENT or re.search(r"[\r\n]", comment):
                raise Refusal(400, 9313, f"Comment is longer than {LONGEST_COMMENT} characters, or has a line break.")
            record["comment_modified_on"] = now
        record |= {key: given[key] for key in ("content", "ttl", "proxied", "comment") if key in given}
        if record["type"] == "A" and not _ipv4(record["content"]):
            raise Refusal(400, 9005, "Content for A record must be a valid IPv4 address.")
        if record["ttl"] != 1 and record["ttl"] not in TTLS:
            raise Refusal(400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.")
        if record["proxied"]:
            record["ttl"] = 1
        for other in self.records.values():
            if other["id"] == record["id"] or other["name"] != record["name"]:
                continue
            if "CNAME" in (other["type"], record["type"]):
                raise Refusal(400, 81053, "An A, AAAA, or CNAME record with that host already exists.")
            if (other["type"], other["content"]) == (record["type"], record["content"]):
                raise Refusal(400, 81058, "An identical record already exists.")


Reply = tuple[int, Mapping[str, str], bytes]
"""Status, headers and body."""
Answer = Callable[[str, str, Message, bytes], Reply]
"""Takes method, target, headers and body."""


class Listener:
    """Serves `answer` on a socket that listens already, until it is closed."""

    def __init__(self, listening: socket.socket, answer: Answer) -> None:
        class Handler(BaseHTTPRequestHandler):
            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, content = answer(self.command, self.path, self.headers, body)
                self.send_response_only(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _handle

        self._server = _Server(("", 0), Handler, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = listening
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingMixIn, HTTPServer):
    daemon_threads = True

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(10)
        if isinstance(request, ssl.SSLSocket):
            request.do_handshake()
        super().finish_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Says goodbye: to apt, an answer that ends without is cut off."""
        if isinstance(request, ssl.SSLSocket):
            with contextlib.suppress(OSError, ValueError):
                request.unwrap()
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was cut off, as tests do it, is no news."""


def answered(api: CloudflareDns, client: str = "") -> Answer:
    """The API over HTTP; `client` names in the events who comes to it."""

    def answer(method: str, target: str, headers: Message, body: bytes) -> Reply:
        status, more, envelope = api.answer(method, target, headers, body, client)
        return status, {"Content-Type": "application/json", **more}, json.dumps(envelope).encode()

    return answer


def _json(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise Refusal(400, 9207, "Request body is invalid.")
    return given


def _test(name: str, value: str) -> Callable[[dict[str, Any]], bool]:
    """One filter. Filters ignore case."""
    key, _, how = name.partition(".")
    wanted = value.lower()
    if key not in ("name", "type", "content", "comment") or (key == "type" and how):
        raise Refusal(400, 1004, f"DNS Validation Error: unknown filter {name}")
    compare: dict[str, Callable[[str | None], bool]] = {
        "": lambda text: text == wanted,
        "exact": lambda text: text == wanted,
        "contains": lambda text: wanted in (text or ""),
        "startswith": lambda text: (text or "").startswith(wanted),
        "endswith": lambda text: (text or "").endswith(wanted),
        "present": lambda text: text is not None,
        "absent": lambda text: text is None,
    }
    return lambda record: compare[how](record[key].lower() if record[key] is not None else None)


def _ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"
