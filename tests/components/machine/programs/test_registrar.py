"""The program of machines that register themselves, against an API that is as strict as Cloudflare's."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from multicloud.machine.bootstrap import Bootstrap
from multicloud.machine.programs import registrar
from multicloud.machine.programs.registrar import Record, Records, Registrar, Settings, Trouble
from multicloud.machine.registration import registered
from multicloud.web.exposure import Registration
from tests.machines.cloudflare_dns import RATE_LIMITED, CloudflareDns, Listener, Refusal, answered

ZONE, NAME, TOKEN = "0" * 32, "origins.example.com", "T0ken_for-the-test-of-one-zone-alone-1234"
HERE, PEER, OTHER = "203.0.113.1", "203.0.113.2", "203.0.113.3"
LEASE = timedelta(seconds=90)
MACHINE = Bootstrap(
    cloud="digitalocean", region="fra1", component="web", registration=Registration(hostname=NAME, zone_id=ZONE, token=TOKEN)
)
TOLD = json.loads(registered(MACHINE).files["/etc/multicloud/registrar.json"])


@pytest.fixture
def api() -> CloudflareDns:
    """Its clock is years ahead of this machine's."""
    return CloudflareDns(ZONE, "example.com", TOKEN, ahead=timedelta(days=2000))


class Peer:
    """A machine, as far as the program goes, which reaches the API over HTTP."""

    def __init__(self, address: str, base: str, **more: Any) -> None:
        self.said: list[str] = []
        self.address = address
        values: dict[str, Any] = {**TOLD, "token": ["echo", TOKEN], "api": f"{base}/client/v4", **more}
        self.settings = Settings(**values)
        self.records = Records(self.settings)
        self.registrar = Registrar(self.settings, self.records, lambda: self.address, self.said.append)
        self.renew, self.withdraw = self.registrar.renew, self.registrar.withdraw


@pytest.fixture
def base(api: CloudflareDns) -> Iterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    listener = Listener(listening, answered(api))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listener.close()


@pytest.fixture
def one(base: str) -> Peer:
    return Peer(HERE, base)


@pytest.fixture
def two(base: str) -> Peer:
    return Peer(PEER, base)


def record_of(api: CloudflareDns, address: str) -> dict[str, Any]:
    (record,) = [record for record in api.records.values() if record["content"] == address]
    return record


def test_a_record_is_made_and_renewed_and_is_a_lease_by_cloudflares_clock(api: CloudflareDns, one: Peer) -> None:
    one.renew()
    made = dict(record_of(api, HERE))
    assert (made["type"], made["name"], made["ttl"], made["proxied"]) == ("A", NAME, 60, False)
    assert made["comment"].startswith(f"multicloud web/{socket.gethostname()}"[:71])
    until = Record("", HERE, made["comment"]).until
    assert until is not None and timedelta(seconds=85) < until - api.now() <= LEASE
    api.ahead += timedelta(seconds=30)
    one.renew()
    renewed = record_of(api, HERE)
    assert renewed["id"] == made["id"] and renewed["comment"] > made["comment"]


def test_a_record_takes_on_another_ttl_and_the_proxy(api: CloudflareDns, one: Peer, base: str) -> None:
    one.renew()
    for ttl, proxied in ((600, False), (1, True)):
        Peer(HERE, base, ttl=ttl, proxied=proxied).renew()
        assert (record_of(api, HERE)["ttl"], record_of(api, HERE)["proxied"]) == (ttl, proxied)


def test_a_dead_machine_is_taken_away_when_its_lease_is_over_and_not_before(api: CloudflareDns, one: Peer, two: Peer) -> None:
    one.renew()
    two.renew()
    for _ in range(3):
        api.ahead += timedelta(seconds=30)
        assert api.addresses(NAME) == {HERE, PEER}
        one.renew()
    api.ahead += timedelta(seconds=30)
    one.renew()
    assert api.addresses(NAME) == {HERE}
    two.renew()  # it was only cut off
    assert api.addresses(NAME) == {HERE, PEER}


def test_after_an_outage_of_the_api_nobody_is_taken_away_who_lives(api: CloudflareDns, one: Peer, two: Peer) -> None:
    """All leases are over by then, and the first who gets through leaves the others a whole lease to renew theirs."""
    for _ in range(5):
        one.renew()
        two.renew()
        api.ahead += timedelta(seconds=30)
    api.ahead += timedelta(minutes=10)
    for _ in range(3):
        one.renew()
        assert api.addresses(NAME) == {HERE, PEER}
        api.ahead += timedelta(seconds=30)
    two.renew()
    one.renew()
    assert api.addresses(NAME) == {HERE, PEER}


def test_a_machine_that_has_just_come_takes_nobody_away(api: CloudflareDns, one: Peer, two: Peer) -> None:
    one.renew()
    api.ahead += timedelta(hours=1)
    two.renew()
    assert api.addresses(NAME) == {HERE, PEER}
    for _ in range(3):
        api.ahead += timedelta(seconds=30)
        two.renew()
    assert api.addresses(NAME) == {PEER}


def test_records_of_others_are_never_touched(api: CloudflareDns, one: Peer) -> None:
    """Neither under the name, whatever their comment nearly says, nor under any other."""
    old = "multicloud web/old until 2001-01-01T00:00:00Z"
    comments = (None, "multicloud", f"{old} by hand", old.upper(), old.replace("multicloud", "multicloud2"), "multicloud until 2001")
    kept = {api.add(NAME, f"198.51.100.{last}", comment=comment) for last, comment in enumerate(comments)}
    kept |= {api.add("www.example.com", "198.51.100.9", comment=old), api.add(NAME, "text", kind="TXT", comment=old)}
    before = {identity: dict(record) for identity, record in api.records.items()}
    for _ in range(6):
        one.renew()
        api.ahead += timedelta(seconds=30)
    one.withdraw(leaving=True)
    assert {identity: dict(record) for identity, record in api.records.items()} == before and before.keys() == kept


def test_a_listing_that_holds_more_than_was_asked_for_harms_nobody(api: CloudflareDns, one: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should Cloudflare ever read the filters in another way."""
    listed = api._list
    monkeypatch.setattr(api, "_list", lambda query: listed({"page": query["page"]}))
    kept = api.add("www.example.com", OTHER, comment="multicloud web/old until 2001-01-01T00:00:00Z")
    for _ in range(6):
        one.renew()
        api.ahead += timedelta(seconds=30)
    assert kept in api.records and api.addresses(NAME) == {HERE}


def test_the_machines_own_address_in_a_record_of_others_stays_as_it_is(api: CloudflareDns, one: Peer) -> None:
    identity = api.add(NAME, HERE, comment="by hand")
    before = dict(api.records[identity])
    one.renew()
    one.withdraw(leaving=True)
    assert api.records == {identity: before}
    assert "somebody else" in one.said[0]


def test_another_address_takes_the_place_of_the_former_one(api: CloudflareDns, one: Peer) -> None:
    one.renew()
    one.address = OTHER
    one.renew()
    assert api.addresses(NAME) == {OTHER}


def test_a_machine_that_boots_again_or_gets_a_dead_ones_address_adopts_the_record(api: CloudflareDns, one: Peer, base: str) -> None:
    one.renew()
    identity = record_of(api, HERE)["id"]
    api.ahead += timedelta(hours=1)
    Peer(HERE, base).renew()
    assert record_of(api, HERE)["id"] == identity


def test_two_who_take_the_same_record_away_are_both_content(api: CloudflareDns, one: Peer, two: Peer) -> None:
    one.renew()
    ((record,), _) = two.records.list()
    two.records.delete(record)
    two.records.delete(record)
    assert api.events[-1].status == 404 and api.addresses(NAME) == set()
    assert not one.records.renew(record, api.now())
    one.records.create(HERE, api.now())
    one.records.create(HERE, api.now())
    assert api.events[-1].status == 400 and api.addresses(NAME) == {HERE}


def test_an_unhealthy_machine_goes_and_the_last_one_stays(api: CloudflareDns, one: Peer, two: Peer) -> None:
    """A name without addresses is remembered by resolvers for half an hour, which is worse than an error page."""
    one.renew()
    two.renew()
    assert one.withdraw()
    assert api.addresses(NAME) == {PEER}
    assert not two.withdraw() and not two.withdraw()
    assert api.addresses(NAME) == {PEER}
    assert sum("last one" in line for line in two.said) == 1
    one.renew()
    assert two.withdraw()
    assert api.addresses(NAME) == {HERE}


def test_the_dead_do_not_count_as_somebody_who_is_left(api: CloudflareDns, one: Peer, two: Peer) -> None:
    two.renew()
    api.ahead += timedelta(hours=1)
    one.renew()
    assert not one.withdraw()
    assert HERE in api.addresses(NAME)


def test_when_all_become_unhealthy_at_the_same_moment_one_stays(api: CloudflareDns, one: Peer, two: Peer) -> None:
    one.renew()
    two.renew()
    peers = record_of(api, PEER)["id"]

    def meanwhile(client: str, method: str) -> None:
        """Between the other's look and its deletion."""
        if method == "DELETE":
            api.records.pop(peers, None)

    api.failing = meanwhile
    assert one.withdraw()
    assert api.addresses(NAME) == {HERE}


def test_at_shutdown_the_last_one_goes_too(api: CloudflareDns, one: Peer) -> None:
    one.renew()
    assert one.withdraw(leaving=True)
    assert api.addresses(NAME) == set()


def test_many_records_come_page_by_page(api: CloudflareDns, one: Peer) -> None:
    for last in range(1, 231):
        api.add(NAME, f"198.51.100.{last}")
    assert len(one.records.list()[0]) == 230
    assert sum(event.method == "GET" for event in api.events) == 3


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["renew", "dies", "sick", "leaves", "outage"]), st.integers(0, 3)), max_size=40))
def test_whatever_happens_the_records_end_as_the_set_of_the_living(story: list[tuple[str, int]]) -> None:
    """Machines renew in any order, die, leave and come back, and the API is away meanwhile; then they are left alone for a while."""
    api = CloudflareDns(ZONE, "example.com", TOKEN, most_requests=10**9)
    listening = socket.create_server(("127.0.0.1", 0))
    listener = Listener(listening, answered(api))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        addresses = [f"203.0.113.{number}" for number in range(1, 5)]
        peers = [Peer(address, base) for address in addresses]
        living = set(range(4))
        foreign = api.add(NAME, "198.51.100.1", comment="by hand")
        for event, number in story:
            if event == "outage":
                api.ahead += timedelta(minutes=5)
            elif event == "dies":
                living.discard(number)
            else:
                if number not in living:
                    peers[number] = Peer(addresses[number], base)
                    living.add(number)
                if event == "renew":
                    peers[number].renew()
                else:
                    peers[number].withdraw(leaving=event == "leaves")
                if event == "leaves":
                    living.discard(number)
            api.ahead += timedelta(seconds=7)
        if not living:
            return
        for _ in range(12):
            for number in living:
                peers[number].renew()
            api.ahead += timedelta(seconds=30)
        assert api.addresses(NAME) == {addresses[number] for number in living} | {"198.51.100.1"}
        assert foreign in api.records
    finally:
        listener.close()


# trouble


def test_what_the_api_refuses_is_said_without_the_token(api: CloudflareDns, base: str) -> None:
    wrong = Peer(HERE, base, token=["echo", "x" * 40])
    with pytest.raises(Trouble) as refused:
        wrong.renew()
    assert "10000 Authentication error" in str(refused.value) and "permission" in str(refused.value)
    assert "x" * 40 not in str(refused.value)


def test_a_token_that_is_refused_is_read_anew(api: CloudflareDns, base: str, tmp_path: Path) -> None:
    """And one that works is not: each reading costs a request to the cloud's store."""
    secret = tmp_path / "secret"
    secret.write_text(f"{TOKEN}\n")
    peer = Peer(HERE, base, token=["cat", str(secret)])
    peer.renew()
    secret.write_text("no token")
    peer.renew()
    api.token = "another-token-that-is-long-enough"
    for _ in range(2):
        with pytest.raises(Trouble):
            peer.renew()
    secret.write_text(api.token)
    peer.renew()


@pytest.mark.parametrize(
    "command", [["false"], ["/absent"], ["echo", "two words that are long enough"], ["printf", f"{TOKEN}\\nHost: evil"], ["true"]]
)
def test_a_secret_that_is_no_token_is_never_sent_nor_shown(api: CloudflareDns, base: str, command: list[str]) -> None:
    with pytest.raises(Trouble) as refused:
        Peer(HERE, base, token=command).renew()
    assert api.events == [] and TOKEN not in str(refused.value) and "words" not in str(refused.value)


def test_a_limit_is_waited_for_as_long_as_the_api_says(api: CloudflareDns, one: Peer) -> None:
    api.most_requests = 1
    with pytest.raises(Trouble) as refused:
        one.renew()
    assert refused.value.status == 429 and 290 <= refused.value.wait <= 300
    assert RATE_LIMITED in str(refused.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1:9/", "http://host.invalid/"])
def test_nobody_who_answers_is_trouble_and_no_crash(url: str) -> None:
    with pytest.raises(Trouble):
        registrar.fetch(url)


def test_an_answer_that_is_not_the_apis_is_trouble_and_changes_nothing(api: CloudflareDns) -> None:
    """A proxy's page, an envelope of another shape, a redirect, which would carry the token elsewhere, and no time to go by."""
    answers = [
        (502, {}, b"<html>"),
        (200, {"Date": "Thu, 01 Jan 2026 00:00:00 GMT"}, b"[]"),
        (200, {"Date": "Thu, 01 Jan 2026 00:00:00 GMT"}, b'{"success": true}'),
        (301, {"Location": "http://127.0.0.1:9/"}, b""),
        (200, {}, b'{"success": true, "errors": [], "result": [], "result_info": {"total_pages": 1}}'),
        (500, {}, b'{"success": false, "errors": null}'),
    ]
    asked = []
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(method: str, *_: object) -> tuple[int, dict[str, str], bytes]:
        asked.append(method)
        return answers[len(asked) - 1]

    listener = Listener(listening, answer)
    peer = Peer(HERE, f"http://127.0.0.1:{listening.getsockname()[1]}")
    for _ in answers:
        with pytest.raises(Trouble):
            peer.renew()
    assert asked == ["GET"] * len(answers)
    listener.close()


# the loop


class Loop:
    """The program's loop, told what the health check says, check by check, and stopped after the last of it."""

    def __init__(self, peer: Peer, health: str) -> None:
        self.peer, self.health, self.stopping = peer, list(health), threading.Event()

    def check(self) -> bool:
        healthy = self.health.pop(0) == "+"
        if not self.health:
            self.stopping.set()
        return healthy

    def run(self) -> None:
        quick = replace(self.peer.settings, check=0, interval=0, drain=0)
        registrar.run(quick, self.peer.registrar, self.check, self.stopping, self.peer.said.append)


def test_a_machine_registers_when_it_is_healthy_and_goes_at_the_second_failure(api: CloudflareDns, one: Peer, two: Peer) -> None:
    two.renew()
    seen: list[bool] = []
    loop = Loop(one, "--+-+--+")
    check = loop.check

    def checked() -> bool:
        seen.append(HERE in api.addresses(NAME))
        return check()

    loop.check = checked  # type: ignore[method-assign]
    loop.run()
    assert seen == [False, False, False, True, True, True, True, False]
    assert api.addresses(NAME) == {PEER}


def test_the_loop_outlives_trouble_and_says_it(api: CloudflareDns, one: Peer) -> None:
    refusals = [Refusal(500, 10013, "An unknown error has occurred"), Refusal(503, 7502, "Service unavailable")]
    api.failing = lambda client, method: refusals.pop() if refusals else None
    Loop(one, "+++++").run()
    assert [line[:40] for line in one.said[1:3]] == ["Cloudflare answers GET with 503 7502 Ser", "Cloudflare answers GET with 500 10013 An"]
    assert [event.method for event in api.events if event.status == 200][:2] == ["GET", "POST"]
    assert api.addresses(NAME) == set()


def test_a_shutdown_without_the_api_ends(api: CloudflareDns, one: Peer) -> None:
    one.renew()
    api.failing = lambda client, method: Refusal(500, 10013, "An unknown error has occurred")
    Loop(one, "+").run()
    assert "peers will" in one.said[-1] and api.addresses(NAME) == {HERE}


# the machine's address


@pytest.mark.parametrize(
    ("cloud", "page"),
    [
        ("aws", HERE),
        ("gcp", HERE),
        ("digitalocean", HERE),
    ],
)
def test_the_cloud_tells_the_public_address(monkeypatch: pytest.MonkeyPatch, cloud: str, page: str) -> None:
    """AWS with a session token alone, which is what IMDSv2 means."""
    pages = {
        ("GET", "/latest/meta-data/public-ipv4", "X-aws-ec2-metadata-token", "session"): page,
        ("GET", "/computeMetadata/v1/instance/network-interfaces/0/access-configs/0/external-ip", "Metadata-Flavor", "Google"): page,
        ("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "60"): "session",
        ("GET", "/metadata/v1/interfaces/public/0/ipv4/address", "Accept-Encoding", "identity"): page,
    }
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(method: str, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        for (wanted, where, name, value), content in pages.items():
            if (method, path, headers.get(name)) == (wanted, where, value):
                return 200, {}, content.encode()
        return 404, {}, b"absent"

    listener = Listener(listening, answer)
    monkeypatch.setattr(registrar, "METADATA", f"http://127.0.0.1:{listening.getsockname()[1]}")
    assert registrar.public_address(cloud) == HERE
    pages.clear()
    with pytest.raises(Trouble):
        registrar.public_address(cloud)
    listener.close()


def test_a_machine_keeps_its_address_while_nobody_can_tell_it(api: CloudflareDns, one: Peer, base: str) -> None:
    one.renew()

    def nobody() -> str:
        raise Trouble("no public IPv4 address")

    one.registrar._find = nobody
    api.ahead += timedelta(seconds=30)
    one.renew()
    assert api.events[-1].method == "PATCH" and api.addresses(NAME) == {HERE}
    fresh = Peer(PEER, base)
    fresh.registrar._find = nobody
    with pytest.raises(Trouble):
        fresh.renew()
