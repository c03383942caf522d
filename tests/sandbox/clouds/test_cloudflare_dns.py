"""The stand-in Cloudflare: DNS records."""

from typing import Any

import pytest

from sandbox.clouds.cloudflare.common import zone_id
from sandbox.rules import Refused
from tests.sandbox.clouds.cloudflare import Cloudflare


@pytest.mark.parametrize(
    ("name", "full"),
    [("@", "example.com"), ("shop", "shop.example.com"), ("example.com", "example.com"), ("a.b.example.com", "a.b.example.com")],
)
def test_a_records_name_is_completed(cloudflare: Cloudflare, name: str, full: str) -> None:
    made = cloudflare.make("dnsRecord", name=name)
    assert made.outputs.items() >= {"name": full, "proxied": False, "proxiable": True, "tags": [], "commentModifiedOn": ""}.items()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"content": "example.net"}, "content: content for A record must be a valid IPv4 address (9005)"),
        ({"content": "2001:db8::1"}, "must be a valid IPv4 address"),
        ({"type": "AAAA"}, "must be a valid IPv6 address"),
        ({"content": None}, "content: a A record needs content"),
        ({"type": "CNAME", "content": "not a host"}, "content for CNAME record must be a hostname"),
        ({"type": "MX", "content": "mail.example.com"}, "priority: priority is required for MX records"),
        ({"type": "SRV", "content": None}, "data: a SRV record needs data"),
        ({"type": "SPF", "content": "x"}, "type: expected one of"),
        ({"type": "TXT", "content": "x", "proxied": True}, "proxied: this record type cannot be proxied"),
        ({"proxied": True, "ttl": 300}, "ttl: ttl must be 1, automatic, where the record is proxied"),
        ({"ttl": 7}, "ttl must be between 60 and 86400 seconds, or 1 for automatic"),
        ({"ttl": 30}, "ttl must be between 60 and 86400 seconds"),
        ({"ttl": 86401}, "ttl must be between 60 and 86400 seconds"),
        ({"ttl": None}, "ttl: missing required property"),
        ({"comment": "x" * 101}, "a comment may have 100 characters on the free plan"),
        ({"tags": ["a:b"]}, "tags need a paid plan"),
        ({"type": "MX", "content": "mail.example.com", "priority": 70000}, "priority: expected"),
        ({"type": "URI", "content": None, "data": {"target": "https://a.example.com"}}, "priority: priority is required for URI records"),
        ({"type": "SRV", "content": None, "data": {"port": 70000}}, "data.port: expected"),
        ({"type": "TXT", "content": "x" * 2049}, "content: content for TXT record has 2049 characters, over 2048"),
        ({"type": "CNAME", "content": "www.example.com"}, "CNAME content cannot reference itself: www.example.com (9039)"),
        ({"proxied": True, "content": "10.0.0.1"}, "content: target 10.0.0.1 is not allowed for a proxied record (9003)"),
        ({"name": "a..example.com"}, "name: 'a..example.com' is not a valid record name"),
        ({"name": f"{'a' * 64}.example.com"}, "is not a valid record name: labels of 1 to 63 characters"),
        ({"settings": {"flattenCname": True}}, "settings.flattenCname: flatten_cname is only for CNAME records"),
        ({"type": "CNAME", "content": "example.net", "settings": {"flattenCname": True}}, "flatten_cname needs a paid plan"),
        ({"settings": {"ipv4Only": True}}, "settings.ipv4Only: ipv4_only and ipv6_only are only for proxied records"),
        ({"proxied": True, "settings": {"ipv4Only": True, "ipv6Only": True}}, "settings.ipv6Only: ipv4_only and ipv6_only exclude"),
        ({"tags": ["a b"]}, "tags[0]: expected a name and a value"),
        ({"zoneId": None}, "zoneId: missing required property"),
    ],
)
def test_a_wrong_record_is_refused(cloudflare: Cloudflare, changes: dict[str, Any], message: str) -> None:
    assert message in cloudflare.refuses("dnsRecord", **changes)


def test_a_paid_plan_allows_more(cloudflare: Cloudflare) -> None:
    big = cloudflare.add_zone("big.example", plan="enterprise")
    cloudflare.make("dnsRecord", zoneId=big, name="www", ttl=30, comment="x" * 500, tags=["a:b"])


def test_an_identical_record_and_a_name_with_a_cname_are_refused(cloudflare: Cloudflare) -> None:
    cloudflare.make("dnsRecord")
    assert "an identical record already exists" in cloudflare.refuses("dnsRecord", name="www", ttl=300)
    assert "(81053)" in cloudflare.refuses("dnsRecord", type="CNAME", content="example.net")
    cloudflare.make("dnsRecord", content="192.0.2.2")
    cloudflare.make("dnsRecord", type="TXT", content="x")
    cloudflare.make("dnsRecord", name="shop", type="CNAME", content="example.net")
    assert "a CNAME record with that host already exists" in cloudflare.refuses("dnsRecord", name="shop")
    cloudflare.make("dnsRecord", zoneId=zone_id("example.net"), name="shop")


def test_a_cname_stands_beside_neither_its_like_nor_addresses(cloudflare: Cloudflare) -> None:
    cloudflare.make("dnsRecord", name="shop", type="CNAME", content="example.net")
    for type, content in (("A", "192.0.2.1"), ("AAAA", "2001:db8::1"), ("CNAME", "example.org")):
        assert "(8105" in cloudflare.refuses("dnsRecord", name="shop", type=type, content=content)
    cloudflare.make("dnsRecord", name="shop", type="TXT", content="x")
    other = cloudflare.make("dnsRecord", name="other")
    with pytest.raises(Refused, match="81054"):
        cloudflare.change("dnsRecord", other, name="shop")
    cloudflare.make("dnsRecord", name="sub", type="NS", content="ns1.example.net")
    assert "NS stands beside no A, AAAA or CNAME" in cloudflare.refuses("dnsRecord", name="sub")


def test_a_zone_has_two_hundred_records_on_the_free_plan(cloudflare: Cloudflare) -> None:
    for number in range(200):
        cloudflare.make("dnsRecord", name=f"w{number}")
    assert "the zone has 200 records, the most on its plan" in cloudflare.refuses("dnsRecord")


def test_a_record_updates_in_place_but_for_its_type(cloudflare: Cloudflare) -> None:
    made = cloudflare.make("dnsRecord")
    assert not cloudflare.replaced("dnsRecord", made, content="192.0.2.9", name="other", ttl=300)
    assert cloudflare.replaced("dnsRecord", made, type="CNAME", content="example.net")
    assert cloudflare.change("dnsRecord", made, content="192.0.2.9").outputs["content"] == "192.0.2.9"
