"""A front of records: mode dns."""

from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multicloud.errors import ArgumentError
from multicloud.front.cloudflare import CloudflareFront
from multicloud.front.dns import check_records, record_type
from tests.recording import Recording

ZONE = "0123456789abcdef0123456789abcdef"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
SETTING = "cloudflare:index/zoneSetting:ZoneSetting"
NOTE = "project=project stack=stack component=front"


def origins(*addresses: str) -> list[dict[str, Any]]:
    return [{"name": f"m{index}", "address": address, "weight": 1.0} for index, address in enumerate(addresses, 1)]


AWS: dict[str, Any] = {"name": "aws", "origins": origins("192.0.2.1", "192.0.2.2")}
GCP: dict[str, Any] = {"name": "gcp", "origins": origins("2001:db8::1")}


def front(recording: Recording, *pools: dict[str, Any], **changes: Any) -> CloudflareFront:
    given: Any = {"zone": "example.com", "hostname": "www.example.com", "mode": "dns", "pools": list(pools) or [AWS, GCP], **changes}
    return recording.run(lambda: CloudflareFront("front", given))


def addresses(recording: Recording) -> dict[str, str]:
    return {record.name: record.inputs["content"] for record in recording.all(RECORD)}


def test_every_origin_has_a_record_of_the_hostname(recording: Recording) -> None:
    front(recording)
    assert recording.one(RECORD, "front-aws-m1").inputs == {
        "zoneId": ZONE,
        "name": "www.example.com",
        "type": "A",
        "content": "192.0.2.1",
        "proxied": True,
        "ttl": 1,
        "comment": NOTE,
    }
    assert recording.one(RECORD, "front-gcp-m1").inputs["type"] == "AAAA"
    assert addresses(recording) == {"front-aws-m1": "192.0.2.1", "front-aws-m2": "192.0.2.2", "front-gcp-m1": "2001:db8::1"}


def test_nothing_of_load_balancing_is_made(recording: Recording) -> None:
    made = front(recording)
    assert not [child for child in recording.children("front") if "loadBalancer" in child.type]
    assert made.resources.load_balancer is None and made.resources.monitor is None and made.resources.pools == {}
    assert list(made.resources.records) == ["aws-m1", "aws-m2", "gcp-m1"]


def test_a_hostname_stands_alone_as_a_cname(recording: Recording) -> None:
    """The name of a load balancer, or the one that machines register themselves under."""
    front(recording, {"name": "aws", "origins": origins("lb.aws.example")}, {**GCP, "weight": 0})
    assert recording.one(RECORD).inputs.items() >= {"type": "CNAME", "content": "lb.aws.example"}.items()


@pytest.mark.parametrize("out", [{"weight": 0}, {"enabled": False}])
def test_a_pool_that_is_drained_or_disabled_has_no_records(recording: Recording, out: dict[str, Any]) -> None:
    front(recording, {**AWS, **out}, GCP)
    assert list(addresses(recording)) == ["front-gcp-m1"]


def test_origins_that_are_outputs_are_numbered_in_the_order_of_their_names(recording: Recording) -> None:
    later = pulumi.Output.from_input(list(reversed(AWS["origins"])))
    front(recording, {"name": "aws", "origins": later, "origin_count": 2})
    assert addresses(recording) == {"front-aws-1": "192.0.2.1", "front-aws-2": "192.0.2.2"}


def test_as_many_outputs_as_were_said_or_it_is_refused(recording: Recording) -> None:
    with pytest.raises(ArgumentError) as refused:
        front(recording, {"name": "aws", "origins": pulumi.Output.from_input(AWS["origins"])})
    assert str(refused.value) == "pools[0].origin_count: 1 is said, and the origins are 2; say 2"


def test_a_hostname_that_turns_up_beside_others_is_refused(recording: Recording) -> None:
    with pytest.raises(
        ArgumentError, match=r"^pools: lb\.aws\.example is a hostname, .* there are 2 origins; give the tiers exposure machines"
    ):
        front(recording, {"name": "aws", "origins": pulumi.Output.from_input(origins("lb.aws.example"))}, GCP)


def test_a_preview_knows_how_many_records_there_will_be() -> None:
    preview = Recording(preview=True)
    unknown: Any = pulumi.Output.from_input(AWS["origins"]).apply(lambda known: known)
    front(preview, {"name": "aws", "origins": unknown, "origin_count": 2})
    assert [record.name for record in preview.all(RECORD)] == ["front-aws-1", "front-aws-2"]
    preview.close()


@pytest.mark.parametrize(("dns", "ttl"), [({"proxied": False}, 300), ({"proxied": False, "ttl": 60}, 60)])
def test_records_that_are_not_proxied_have_a_ttl_and_no_shield(recording: Recording, dns: dict[str, Any], ttl: int) -> None:
    made = front(recording, aliases=["example.com"], dns=dns)
    assert {(record.inputs["proxied"], record.inputs["ttl"]) for record in recording.all(RECORD)} == {(False, ttl)}
    assert made.resources.protection is None and not recording.all(SETTING)


def test_aliases_are_the_same_as_in_front_of_a_load_balancer(recording: Recording) -> None:
    """A change of mode leaves them alone."""
    front(recording, aliases=["example.com"])
    balanced = Recording()
    front(balanced, aliases=["example.com"], mode="load_balancer")
    assert recording.one(RECORD, "front-example.com").inputs == balanced.one(RECORD, "front-example.com").inputs
    balanced.close()


def test_the_outputs_promise_no_detection(recording: Recording) -> None:
    front(recording)
    registered = recording.one("multicloud:index:CloudflareFront").registered
    assert registered is not None
    assert {key: value for key, value in registered.items() if value is not None} == {
        "hostname": "www.example.com",
        "url": "https://www.example.com",
        "pools": [{"name": "aws", "origins": ["192.0.2.1", "192.0.2.2"]}, {"name": "gcp", "origins": ["2001:db8::1"]}],
        "poolIds": {},
        "zoneId": ZONE,
    }


@given(st.lists(st.ip_addresses().map(str), max_size=8))
def test_addresses_stand_beside_each_other(addresses: list[str]) -> None:
    check_records(addresses, len(addresses))
    assert {record_type(address) for address in addresses} <= {"A", "AAAA"}
