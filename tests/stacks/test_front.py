"""The front of an environment, composed: as records, by patterns, and with who hears of changes."""

import json
from typing import Any

import pytest

from stacks.model import StackFileError, parse, read_secrets
from tests.recording import Recorded, Recording
from tests.stacks.environments import STACKS, environment, run
from tests.stacks.valid import VALID, Values, changed

LOAD_BALANCING = "cloudflare:index/loadBalancer"
RECORD = "cloudflare:index/dnsRecord:DnsRecord"
URL = "https://chat.example.net/hooks/planted-path"
WEBHOOKS = "multicloud:notificationWebhooks"


def without_database(stack: str) -> dict[str, Any]:
    said = environment(stack)
    del said["database"]
    return said


def as_records(**front: Any) -> dict[str, Any]:
    """dev, its tiers as records: two machines on AWS, and the load balancer of Google Cloud."""
    said = without_database("dev")
    said["front"] = {"zone": "example.com", "hostname": "dev.example.com", "mode": "dns", "shield": {"enabled": False}, **front}
    said["web"]["aws"] |= {"exposure": "machines", "servers": {"min": 2}}
    return said


def records(recording: Recording) -> list[Recorded]:
    return recording.all(RECORD)


def test_a_front_of_records_has_one_for_each_origin() -> None:
    recording = run("dev", as_records())
    assert [record for record in recording.all() if record.type.startswith(LOAD_BALANCING)] == []
    assert {record.inputs["name"] for record in records(recording)} == {"dev.example.com"}
    exported = recording.exports["pools"]
    addresses = [origin["address"] for tier in exported.values() for origin in tier["origins"]]
    assert len(addresses) == 3
    assert sorted(record.inputs["content"] for record in records(recording)) == sorted(addresses)


def test_which_records_there_are_depends_on_no_output() -> None:
    assert run("dev", as_records(), preview=True).urns() == run("dev", as_records()).urns()


@pytest.mark.parametrize("taken_out", [{"enabled": False}, {"weight": 0}])
def test_a_tier_that_is_taken_out_has_no_record(taken_out: dict[str, Any]) -> None:
    said = as_records()
    said["web"]["gcp"] |= taken_out
    recording = run("dev", said)
    assert len(records(recording)) == 2
    assert recording.descendants("gcp")


def test_aws_load_balancer_is_a_front_of_records_by_itself() -> None:
    said = as_records()
    del said["web"]["gcp"]
    said["web"]["aws"] = {"cloud": "aws", "region": "eu-central-1", "servers": {"min": 2}}
    [record] = records(run("dev", said))
    assert record.inputs["type"] == "CNAME"


def test_two_load_balancers_with_names_are_one_record_while_one_is_drained() -> None:
    said = as_records()
    aws = {"cloud": "aws", "region": "eu-central-1", "servers": {"min": 2}}
    said["web"] = {"old": {**aws, "weight": 0}, "new": {**aws, "network": "10.60.0.0/16"}}
    assert len(records(run("dev", said))) == 1


def test_tiers_of_a_front_that_is_not_proxied_admit_everyone() -> None:
    """Visitors come to them by themselves; otherwise nobody but Cloudflare does."""
    for front, everyone in (({"dns": {"proxied": False, "ttl": 60}}, True), ({}, False)):
        recording = run("dev", as_records(**front))
        admitted = str([record.inputs for record in recording.descendants("aws") if "managedPrefixList" in record.type])
        assert ("'0.0.0.0/0'" in admitted) is everyone
        assert ("173.245.48.0/20" in admitted) is not everyone


def test_a_pattern_needs_no_order_where_nothing_goes_by_it() -> None:
    said = without_database("production")
    said["front"] = {name: value for name, value in said["front"].items() if name not in ("order", "steering")}
    for tier in said["web"].values():
        tier.pop("weight", None)
    said["front"]["pattern"] = "active_active"
    balancer = run("production", said).one("cloudflare:index/loadBalancer:LoadBalancer")
    assert balancer.inputs["steeringPolicy"] == "dynamic_latency"


def test_what_a_tier_says_of_its_pool_reaches_the_pool() -> None:
    said = without_database("production")
    said["web"]["aws"] |= {"check_regions": ["WEU"], "enabled": False}
    pools = run("production", said).all("cloudflare:index/loadBalancerPool:LoadBalancerPool")
    [pool] = [pool for pool in pools if pool.name == "front-aws"]
    assert pool.inputs["checkRegions"] == ["WEU"]
    assert pool.inputs["enabled"] is False


def test_one_stack_of_a_zone_has_its_shield() -> None:
    """It is the zone's, and two stacks would undo each other's settings."""
    shielded = [environment(stack)["front"]["zone"] for stack in STACKS if parse(json.dumps(environment(stack))).front.is_shielded]
    assert len(shielded) == len(set(shielded))


NOTIFIED = changed(front__plan="pro", front__notifications={"emails": ["ops@example.com"], "webhooks": ["chat"]})


def test_the_url_of_a_webhook_comes_from_the_secrets() -> None:
    said = without_database("staging")
    said["front"] |= {"notifications": {"webhooks": ["chat"]}, "plan": "pro"}
    recording = run("staging", said, secrets={WEBHOOKS: json.dumps({"chat": URL, "unused": URL})})
    webhook = recording.one("cloudflare:index/notificationPolicyWebhooks:NotificationPolicyWebhooks")
    assert webhook.inputs["url"] == URL
    assert "url" in webhook.secrets
    assert [record.urn for record in recording.all() if URL in str(record.inputs)] == [webhook.urn]


def refused(given: Values, webhooks: str | None, *, encrypted: bool = True) -> str:
    recording = Recording(project="multicloud", stack="dev")
    config = {} if webhooks is None else {WEBHOOKS: webhooks}
    try:
        with pytest.raises(StackFileError) as caught:
            recording.run(lambda: read_secrets(parse(json.dumps(given))), config, list(config) if encrypted else [])
    finally:
        recording.close()
    return str(caught.value)


@pytest.mark.parametrize("webhooks", [None, "{}", json.dumps({"other": URL})])
def test_a_webhook_without_a_url_is_refused_with_what_to_write(webhooks: str | None) -> None:
    assert refused(NOTIFIED, webhooks) == (
        "environment.front.notifications.webhooks[0]: needs multicloud:notificationWebhooks.chat, which the stack lacks; "
        "write: pulumi config set --secret --path 'multicloud:notificationWebhooks.chat'"
    )


@pytest.mark.parametrize(
    ("webhooks", "message"),
    [
        (
            URL,
            "multicloud:notificationWebhooks: is no map; write: pulumi config set --secret --path 'multicloud:notificationWebhooks.<name>'",
        ),
        (
            json.dumps({"chat": "planted-path"}),
            "multicloud:notificationWebhooks.chat: is not a URL of https; set the one that the service shows",
        ),
    ],
)
def test_urls_of_webhooks_that_are_none_are_refused_without_showing_them(webhooks: str, message: str) -> None:
    assert refused(VALID, webhooks) == message


def test_urls_of_webhooks_in_plain_are_refused_without_showing_them() -> None:
    message = refused(VALID, json.dumps({"chat": URL}), encrypted=False)
    assert message == (
        "multicloud:notificationWebhooks: stands in the stack's file in plain text; "
        "take it out of there, make a new one, and write: pulumi config set --secret --path 'multicloud:notificationWebhooks.<name>'"
    )
