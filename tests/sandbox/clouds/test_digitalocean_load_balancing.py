"""The stand-in DigitalOcean: load balancers and firewalls."""

import ipaddress

import pytest

from sandbox.rules import Refused, Values
from tests.sandbox.clouds.digitalocean import BALANCER, DROPLET, INBOUND, RULE, TAGGED, Account

PEM = "-----BEGIN ANYTHING-----"


def test_a_load_balancer_finds_droplets_by_tag_and_fills_in_its_defaults(account: Account) -> None:
    account.make("tag", {"name": "web"})
    droplet = account.make("droplet", {**DROPLET, **TAGGED})
    account.make("droplet", {**DROPLET, **TAGGED, "region": "nyc3"})
    check = {"protocol": "http", "port": 8080, "path": "/healthz"}
    balancer = account.make("loadBalancer", {**BALANCER, "dropletTag": "web", "healthcheck": check})
    outputs = balancer.outputs
    assert outputs["dropletIds"] == [int(droplet.id)]
    assert outputs["healthcheck"] == {
        **check,
        "checkIntervalSeconds": 10,
        "responseTimeoutSeconds": 5,
        "unhealthyThreshold": 3,
        "healthyThreshold": 5,
    }
    assert (outputs["algorithm"], outputs["sizeUnit"], outputs["status"], outputs["type"]) == ("round_robin", 1, "active", "REGIONAL")
    assert outputs["loadBalancerUrn"] == f"do:loadbalancer:{balancer.id}"
    assert ipaddress.ip_address(outputs["ip"]).version == 4
    changed = account.change("loadBalancer", balancer, {**BALANCER, "dropletTag": "web", "sizeUnit": 2})
    assert (changed.outputs["ip"], changed.outputs["sizeUnit"]) == (outputs["ip"], 2)


def test_droplets_and_load_balancers_go_while_others_refer_to_them(account: Account) -> None:
    droplet = account.make("droplet", DROPLET)
    balancer = account.make("loadBalancer", {**BALANCER, "dropletIds": [int(droplet.id)]})
    rule = {"protocol": "tcp", "portRange": "80", "sourceLoadBalancerUids": [balancer.id]}
    firewall = account.make("firewall", {"inboundRules": [rule], "dropletIds": [int(droplet.id)]})
    for type_, state in (("droplet", droplet), ("loadBalancer", balancer), ("firewall", firewall)):
        account.delete(type_, state)


def test_a_renewed_certificate_is_there_before_the_old_one_goes(account: Account) -> None:
    own = {"leafCertificate": PEM, "privateKey": PEM}
    renewed = {**own, "leafCertificate": f"{PEM}\n"}
    difference = account.compare("certificate", own, renewed)
    assert difference.replaces and not difference.delete_first
    old, new = account.make("certificate", own), account.make("certificate", renewed, "renewed")
    assert (old.outputs["type"], old.outputs["state"]) == ("custom", "verified")
    rule = {**RULE, "entryProtocol": "https", "entryPort": 443}
    balancer = account.make("loadBalancer", {**BALANCER, "forwardingRules": [{**rule, "certificateName": old.outputs["name"]}]})
    with pytest.raises(Refused, match="403 Make sure the certificate is not in use"):
        account.delete("certificate", old)
    account.change("loadBalancer", balancer, {**BALANCER, "forwardingRules": [{**rule, "certificateName": new.outputs["name"]}]})
    account.delete("certificate", old)


def test_a_certificate_in_use_is_not_deleted(account: Account) -> None:
    certificate = account.make("certificate", {"type": "lets_encrypt", "domains": ["example.com"]})
    rule = {**RULE, "entryProtocol": "https", "entryPort": 443, "certificateName": certificate.outputs["name"]}
    balancer = account.make("loadBalancer", {**BALANCER, "forwardingRules": [rule]})
    with pytest.raises(Refused, match="not in use"):
        account.delete("certificate", certificate)
    account.delete("loadBalancer", balancer)
    account.delete("certificate", certificate)


@pytest.mark.parametrize(
    ("type_", "inputs", "path", "reason", "by"),
    [
        ("loadBalancer", {"forwardingRules": [RULE]}, "region", "missing 'region' value", "provider"),
        ("loadBalancer", {"region": "fra1"}, "forwardingRules", "at least one forwarding rule is required", "api"),
        ("loadBalancer", {**BALANCER, "type": "GLOBAL"}, "region", "must be empty or not set when 'type' is 'GLOBAL'", "provider"),
        (
            "loadBalancer",
            {**BALANCER, "healthcheck": {"protocol": "http", "port": 80}},
            "healthcheck.path",
            "health check `path` is required for when protocol is `http`",
            "provider",
        ),
        (
            "loadBalancer",
            {**BALANCER, "healthcheck": {"protocol": "tcp", "port": 80, "path": "/"}},
            "healthcheck.path",
            "health check `path` is not allowed for when protocol is `tcp`",
            "provider",
        ),
        (
            "loadBalancer",
            {**BALANCER, "healthcheck": {"protocol": "ftp", "port": 80}},
            "healthcheck.protocol",
            "expected one of",
            "provider",
        ),
        (
            "loadBalancer",
            {**BALANCER, "stickySessions": {"type": "cookies"}},
            "stickySessions.cookieName",
            "`cookie_name` is required",
            "provider",
        ),
        (
            "loadBalancer",
            {**BALANCER, "forwardingRules": [{**RULE, "entryPort": 70000}]},
            "forwardingRules[0].entryPort",
            "from 1 to 65535",
            "provider",
        ),
        (
            "loadBalancer",
            {**BALANCER, "forwardingRules": [{**RULE, "entryProtocol": "https"}]},
            "forwardingRules[0].certificateName",
            "https needs a certificate or tls_passthrough",
            "api",
        ),
        (
            "loadBalancer",
            {**BALANCER, "firewall": {"allows": ["10.0.0.0/8"]}},
            "firewall.allows[0]",
            "is not 'ip:1.2.3.4' or 'cidr:1.2.0.0/16'",
            "api",
        ),
        ("loadBalancer", {**BALANCER, "dropletIds": [1], "dropletTag": "a"}, "dropletIds", "conflicts with 'dropletTag'", "provider"),
        (
            "certificate",
            {"leafCertificate": "MIIB", "privateKey": PEM},
            "leafCertificate",
            "leafCertificate is not in PEM form",
            "api",
        ),
        ("firewall", {}, "inboundRules", "At least one rule must be specified", "provider"),
        (
            "firewall",
            {"inboundRules": [{**INBOUND, "portRange": None}]},
            "inboundRules[0].portRange",
            "`port_range` of inbound rules",
            "provider",
        ),
        ("firewall", {"inboundRules": [{**INBOUND, "protocol": "http"}]}, "inboundRules[0].protocol", "expected one of", "provider"),
        ("firewall", {"inboundRules": [{**INBOUND, "portRange": "70000"}]}, "inboundRules[0].portRange", "'70000' is not a port", "api"),
        ("firewall", {"inboundRules": [{**INBOUND, "portRange": "80-22"}]}, "inboundRules[0].portRange", "'80-22' is not a port", "api"),
        (
            "firewall",
            {"inboundRules": [{**INBOUND, "sourceAddresses": ["x"]}]},
            "inboundRules[0].sourceAddresses[0]",
            "is not an address or",
            "api",
        ),
        ("firewall", {"inboundRules": [{"protocol": "icmp"}]}, "inboundRules[0]", "a rule must have at least one source", "api"),
    ],
)
def test_refuses_wrong_values_and_says_who_would(account: Account, type_: str, inputs: Values, path: str, reason: str, by: str) -> None:
    account.refuses(type_, inputs, path, reason, by)
