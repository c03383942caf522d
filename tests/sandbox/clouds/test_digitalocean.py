"""The stand-in DigitalOcean does and refuses what the real provider and its API do and refuse."""

import ipaddress
from pathlib import Path
from typing import Any

import pytest

from sandbox.clouds.digitalocean import CLOUD
from sandbox.clouds.digitalocean.catalogue import IMAGES, REGIONS, SIZES
from sandbox.clouds.digitalocean.words import token
from sandbox.diff import Difference
from sandbox.lifecycle import Lifecycle, State
from sandbox.rules import UNKNOWN, Refused, Values
from sandbox.store import Store

KEY = "3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"
TAGGED = {"tags": ["web"]}
DROPLET: Values = {"region": "fra1", "size": "s-1vcpu-1gb", "image": "debian-12-x64"}
RULE: Values = {"entryProtocol": "http", "entryPort": 80, "targetProtocol": "http", "targetPort": 8080}
BALANCER: Values = {"region": "fra1", "forwardingRules": [RULE]}
INBOUND: Values = {"protocol": "tcp", "portRange": "80", "sourceAddresses": ["0.0.0.0/0"]}
TEMPLATE: Values = {**DROPLET, "sshKeys": [KEY]}
SCALING: Values = {"minInstances": 2, "maxInstances": 6, "targetCpuUtilization": 0.6}


class Account:
    """One account, as a program sees it through the provider."""

    def __init__(self, path: Path) -> None:
        self.life = Lifecycle(CLOUD, Store(path))

    def check(self, type_: str, inputs: Values, name: str = "web") -> Values:
        """The checked inputs.

        Raises:
            Refused: The first failure, as a person reads it.
        """
        checked = self.life.check(token(type_), name, inputs, set(), seed=b"seed")
        for failure in checked.failures:
            raise Refused(failure.reason, property=failure.property)
        return checked.inputs

    def make(self, type_: str, inputs: Values, name: str = "web") -> State:
        """A new resource, through all stages."""
        checked = self.check(type_, inputs, name)
        self.life.plan(token(type_), name, checked, set())
        return self.life.create(token(type_), name, checked, set())

    def change(self, type_: str, old: State, inputs: Values, name: str = "web") -> State:
        return self.life.update(token(type_), name, old.id, self.check(type_, inputs, name), set())

    def compare(self, type_: str, old: Values, new: Values, outputs: Values | None = None) -> Difference:
        return self.life.diff(token(type_), self.check(type_, old), self.check(type_, new), outputs or {})

    def delete(self, type_: str, state: State) -> None:
        self.life.delete(token(type_), "web", state.id, state.inputs)

    def ask(self, function: str, **arguments: Any) -> Values:
        answer, failures = self.life.invoke(f"digitalocean:index/{function}:{function}", arguments, set())
        assert not failures, failures
        return answer


@pytest.fixture
def account(tmp_path: Path) -> Account:
    return Account(tmp_path / "sandbox.db")


# droplets


def test_a_droplet_has_what_a_droplet_has(account: Account) -> None:
    vpc = account.make("vpc", {"region": "fra1", "ipRange": "10.30.160.0/20"})
    droplet = account.make("droplet", {**DROPLET, "vpcUuid": vpc.id, "ipv6": True, "userData": "#cloud-config\n"}, "web-0")
    outputs = droplet.outputs
    assert droplet.id.isdigit() and outputs["dropletUrn"] == f"do:droplet:{droplet.id}"
    assert outputs["name"].startswith("web-0-")
    assert (outputs["vcpus"], outputs["memory"], outputs["disk"], outputs["priceMonthly"]) == (1, 1024, 25, 6)
    assert (outputs["status"], outputs["locked"], outputs["backups"], outputs["monitoring"]) == ("active", False, False, False)
    assert ipaddress.ip_address(outputs["ipv4AddressPrivate"]) in ipaddress.ip_network("10.30.160.0/20")
    assert ipaddress.ip_address(outputs["ipv6Address"]).version == 6
    assert outputs["vpcUuid"] == vpc.id


def test_addresses_are_given_once_even_after_their_droplet_is_gone(account: Account) -> None:
    seen: list[str] = []
    for _ in range(20):
        droplet = account.make("droplet", {**DROPLET, "ipv6": True})
        seen += [droplet.outputs[key] for key in ("ipv4Address", "ipv4AddressPrivate", "ipv6Address")]
        account.delete("droplet", droplet)
    assert len(set(seen)) == 60


def test_a_droplet_without_a_network_is_in_the_regions_default_one(account: Account) -> None:
    droplet, vpc = account.make("droplet", DROPLET), account.ask("getVpc", region="fra1")
    assert droplet.outputs["vpcUuid"] == vpc["id"] and vpc["default"] is True
    assert ipaddress.ip_address(droplet.outputs["ipv4AddressPrivate"]) in ipaddress.ip_network(vpc["ipRange"])


def test_an_update_keeps_a_droplets_addresses(account: Account) -> None:
    droplet = account.make("droplet", {**DROPLET, "ipv6": True})
    grown = account.change("droplet", droplet, {**DROPLET, "ipv6": True, "size": "s-2vcpu-4gb", "tags": ["a"]})
    assert (grown.outputs["vcpus"], grown.outputs["disk"], grown.outputs["tags"]) == (2, 80, ["a"])
    for key in ("ipv4Address", "ipv4AddressPrivate", "ipv6Address", "createdAt", "vpcUuid"):
        assert grown.outputs[key] == droplet.outputs[key], key


def test_ipv6_is_added_in_place_and_taken_away_by_replacement(account: Account) -> None:
    assert not account.compare("droplet", DROPLET, {**DROPLET, "ipv6": True}).replaces
    assert account.compare("droplet", {**DROPLET, "ipv6": True}, DROPLET).replaces


def test_an_explicit_name_makes_replacement_delete_first(account: Account) -> None:
    other = {"image": "debian-13-x64"}
    named = account.compare("droplet", {**DROPLET, "name": "n"}, {**DROPLET, **other, "name": "n"})
    assert named.replaces and named.delete_first
    made_up = account.compare("droplet", DROPLET, {**DROPLET, **other})
    assert made_up.replaces and not made_up.delete_first


def test_the_order_of_tags_is_no_change(account: Account) -> None:
    assert account.compare("droplet", {**DROPLET, "tags": ["a", "b"]}, {**DROPLET, "tags": ["b", "a"]}).changes == []


def test_a_disk_never_shrinks(account: Account) -> None:
    droplet = account.make("droplet", {**DROPLET, "size": "s-2vcpu-4gb"})
    with pytest.raises(Refused, match="smaller disk"):
        account.change("droplet", droplet, DROPLET)


# networks


def test_a_network_with_members_is_not_deleted(account: Account) -> None:
    vpc = account.make("vpc", {"region": "fra1"})
    inside = {"vpcUuid": vpc.id}
    members = [
        ("droplet", account.make("droplet", {**DROPLET, **inside})),
        ("loadBalancer", account.make("loadBalancer", {**BALANCER, **inside})),
        ("dropletAutoscale", account.make("dropletAutoscale", {"config": SCALING, "dropletTemplate": {**TEMPLATE, **inside}})),
    ]
    for type_, member in members:
        with pytest.raises(Refused, match="403 Can not delete VPC with members"):
            account.delete("vpc", vpc)
        account.delete(type_, member)
    account.delete("vpc", vpc)


def test_networks_of_an_account_do_not_overlap(account: Account) -> None:
    account.make("vpc", {"region": "fra1", "ipRange": "10.30.0.0/16"})
    with pytest.raises(Refused, match="overlaps with another VPC network in your account"):
        account.make("vpc", {"region": "nyc3", "ipRange": "10.30.16.0/20"}, "other")


def test_a_range_that_is_left_out_is_chosen_free_and_kept(account: Account) -> None:
    ranges = [account.make("vpc", {"region": "fra1"}, f"n{number}").outputs["ipRange"] for number in range(3)]
    assert len(set(ranges)) == 3
    assert account.compare("vpc", {"region": "fra1", "ipRange": ranges[0]}, {"region": "fra1"}).changes == []


def test_a_machine_is_in_its_networks_region(account: Account) -> None:
    vpc = account.make("vpc", {"region": "nyc3"})
    with pytest.raises(Refused, match="is in nyc3, not in fra1"):
        account.make("droplet", {**DROPLET, "vpcUuid": vpc.id})


@pytest.mark.parametrize(
    ("type_", "inputs"), [("vpc", {"region": "fra1"}), ("loadBalancer", BALANCER), ("firewall", {"inboundRules": [INBOUND]})]
)
def test_names_are_unique_in_the_account(account: Account, type_: str, inputs: Values) -> None:
    account.make(type_, {**inputs, "name": "n"})
    with pytest.raises(Refused, match=r"^4\d\d .*already exists"):
        account.make(type_, {**inputs, "name": "n"}, "again")


# load balancers and firewalls


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


def test_a_certificate_in_use_is_not_deleted(account: Account) -> None:
    certificate = account.make("certificate", {"type": "lets_encrypt", "domains": ["example.com"]})
    rule = {**RULE, "entryProtocol": "https", "entryPort": 443, "certificateName": certificate.outputs["name"]}
    balancer = account.make("loadBalancer", {**BALANCER, "forwardingRules": [rule]})
    with pytest.raises(Refused, match="not in use"):
        account.delete("certificate", certificate)
    account.delete("loadBalancer", balancer)
    account.delete("certificate", certificate)


def test_references_must_exist(account: Account) -> None:
    for type_, inputs, message in (
        ("droplet", {**DROPLET, "vpcUuid": "gone"}, "422 VPC gone does not exist"),
        (
            "droplet",
            {**DROPLET, "image": "999"},
            "422 image 999 does not exist; `python -m sandbox fixture add digitalocean images 999` adds it",
        ),
        ("loadBalancer", {**BALANCER, "dropletTag": "gone"}, "422 tag 'gone' does not exist"),
        ("loadBalancer", {**BALANCER, "dropletIds": [1]}, "422 Droplet 1 does not exist"),
        ("firewall", {"inboundRules": [INBOUND], "tags": ["gone"]}, "422 tag 'gone' does not exist"),
        (
            "firewall",
            {"inboundRules": [{"protocol": "tcp", "portRange": "80", "sourceLoadBalancerUids": ["gone"]}]},
            "422 load balancer gone does not exist",
        ),
        ("reservedIpAssignment", {"ipAddress": "192.0.2.1", "dropletId": 1}, "422 Droplet 1 does not exist"),
        ("databaseDb", {"clusterId": "gone"}, "404 cluster gone does not exist"),
        ("dnsRecord", {"domain": "gone.example", "type": "A", "value": "192.0.2.1"}, "404 domain gone.example does not exist"),
    ):
        with pytest.raises(Refused, match=f"^{message}"):
            account.make(type_, inputs)


# pools


def test_a_pool_keeps_its_name_and_counts_its_updates(account: Account) -> None:
    pool = account.make("dropletAutoscale", {"config": SCALING, "dropletTemplate": TEMPLATE})
    assert pool.outputs["status"] == "active"
    bigger = {"config": {**SCALING, "maxInstances": 9}, "dropletTemplate": TEMPLATE, "name": pool.outputs["name"]}
    assert account.change("dropletAutoscale", pool, bigger).outputs["config"]["maxInstances"] == 9
    with pytest.raises(Refused, match="422 the name of an autoscale pool cannot be updated"):
        account.change("dropletAutoscale", pool, {**bigger, "name": "other"})


# refusals at check time, and who would say them


@pytest.mark.parametrize(
    ("type_", "inputs", "path", "reason", "by"),
    [
        ("droplet", {**DROPLET, "region": "fra9"}, "region", "'fra9' is not a region; did you mean 'fra1'?", "api"),
        ("droplet", {**DROPLET, "region": "sfo1"}, "region", "region sfo1 takes no new resources", "api"),
        ("droplet", {**DROPLET, "size": "s-1vcpu-3gb"}, "size", "You specified an invalid size for Droplet creation: 's-1vcpu-3gb'", "api"),
        (
            "droplet",
            {**DROPLET, "image": "debian-12"},
            "image",
            "invalid image for Droplet creation: 'debian-12'; did you mean 'debian-12-x64'?",
            "api",
        ),
        ("droplet", {**DROPLET, "image": ""}, "image", "expected a value that is not empty", "provider"),
        ("droplet", {**DROPLET, "name": "a_b"}, "name", "expected a valid hostname", "api"),
        ("droplet", {**DROPLET, "tags": ["a b"]}, "tags[0]", "expected a tag of letters, digits, colons", "provider"),
        ("droplet", {**DROPLET, "sshKeys": ["mine"]}, "sshKeys[0]", "mine are invalid key identifiers for Droplet creation.", "api"),
        ("droplet", {**DROPLET, "userData": "x" * 65537}, "userData", "expected at most 64 KiB of user data", "api"),
        (
            "droplet",
            {**DROPLET, "backupPolicy": {"plan": "daily"}, "backups": False},
            "backupPolicy",
            "can only be set when backups",
            "provider",
        ),
        ("droplet", {**DROPLET, "colour": "red"}, "colour", "unknown property", "provider"),
        ("droplet", {"region": "fra1", "image": "debian-12-x64"}, "size", "missing required property", "provider"),
        ("vpc", {"region": "fra1", "ipRange": "ten"}, "ipRange", "to be a valid IPv4 Value", "provider"),
        ("vpc", {"region": "fra1", "ipRange": "10.0.0.1/20"}, "ipRange", "has host bits set; the range is 10.0.0.0/20", "api"),
        ("vpc", {"region": "fra1", "ipRange": "8.8.0.0/16"}, "ipRange", "is not in the private ranges of RFC 1918", "api"),
        ("vpc", {"region": "fra1", "ipRange": "10.0.0.0/12"}, "ipRange", "is not between /28 and /16", "api"),
        ("vpc", {"region": "fra1", "ipRange": "10.244.0.0/20"}, "ipRange", "is reserved by DigitalOcean", "api"),
        ("vpc", {"region": "fra1", "name": "a_b"}, "name", "expected a name of letters, digits, dashes and periods", "api"),
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
        (
            "dropletAutoscale",
            {"config": SCALING, "dropletTemplate": {**TEMPLATE, "sshKeys": []}},
            "dropletTemplate.sshKeys",
            "at least one key",
            "api",
        ),
        (
            "dropletAutoscale",
            {"config": {**SCALING, "targetCpuUtilization": 60}, "dropletTemplate": TEMPLATE},
            "config.targetCpuUtilization",
            "from 0.05 to 1",
            "api",
        ),
        (
            "dropletAutoscale",
            {"config": {**SCALING, "maxInstances": 1}, "dropletTemplate": TEMPLATE},
            "config.maxInstances",
            "must not be below",
            "api",
        ),
        (
            "dropletAutoscale",
            {"config": {"minInstances": 1}, "dropletTemplate": TEMPLATE},
            "config.maxInstances",
            "is required for a pool",
            "api",
        ),
        (
            "databaseCluster",
            {"engine": "postgres", "version": "16", "nodeCount": 1, "region": "fra1", "size": "db-s-1vcpu-1gb"},
            "engine",
            "is pg",
            "api",
        ),
        (
            "databaseCluster",
            {"engine": "pg", "nodeCount": 1, "region": "fra1", "size": "db-s-1vcpu-1gb"},
            "version",
            '"version" is required',
            "provider",
        ),
        (
            "databaseCluster",
            {"engine": "pg", "version": "16", "nodeCount": 100, "region": "fra1", "size": "db-s-1vcpu-1gb"},
            "nodeCount",
            "100 nodes are outside 1 to 3",
            "api",
        ),
        (
            "databaseCluster",
            {"engine": "pg", "version": "16", "nodeCount": 1, "region": "fra1", "size": "db-s-1vcpu-1gb", "sqlMode": "ANSI"},
            "sqlMode",
            "only supported for MySQL",
            "provider",
        ),
        ("certificate", {"type": "custom"}, "privateKey", "privateKey is required for a certificate of type custom", "api"),
        (
            "dnsRecord",
            {"domain": "example.com", "type": "MX", "value": "a."},
            "priority",
            "`priority` is required for when type is `MX`",
            "provider",
        ),
        ("sshKey", {"publicKey": "mine"}, "publicKey", "Key invalid", "api"),
    ],
)
def test_refuses_wrong_values_and_says_who_would(account: Account, type_: str, inputs: Values, path: str, reason: str, by: str) -> None:
    with pytest.raises(Refused) as refused:
        account.check(type_, inputs)
    assert refused.value.property == path
    assert reason in refused.value.message
    assert refused.value.message.endswith({"api": "[refused by the cloud's API]", "provider": "[refused by the provider]"}[by])


UNSURE: dict[str, Values] = {
    "droplet": {**dict.fromkeys(DROPLET, UNKNOWN), "vpcUuid": UNKNOWN, "sshKeys": UNKNOWN, "tags": [UNKNOWN]},
    "vpc": {"region": UNKNOWN, "ipRange": UNKNOWN},
    "loadBalancer": {"region": UNKNOWN, "forwardingRules": UNKNOWN, "healthcheck": UNKNOWN, "firewall": UNKNOWN, "dropletTag": UNKNOWN},
    "firewall": {"inboundRules": UNKNOWN, "outboundRules": [{"protocol": UNKNOWN, "portRange": UNKNOWN, "destinationAddresses": UNKNOWN}]},
    "dropletAutoscale": {"config": UNKNOWN, "dropletTemplate": UNKNOWN},
    "databaseCluster": dict.fromkeys(("engine", "version", "nodeCount", "region", "size"), UNKNOWN),
    "certificate": {"type": UNKNOWN, "privateKey": UNKNOWN, "leafCertificate": UNKNOWN},
    "dnsRecord": {"domain": UNKNOWN, "type": UNKNOWN, "value": UNKNOWN},
    "sshKey": {"publicKey": UNKNOWN},
}


@pytest.mark.parametrize("type_", UNSURE)
def test_what_is_not_known_yet_is_not_refused(account: Account, type_: str) -> None:
    account.life.plan(token(type_), "web", account.check(type_, UNSURE[type_]), set())


# databases


def test_a_clusters_passwords_are_secret_and_stay(account: Account) -> None:
    inputs = {"engine": "pg", "version": "16", "nodeCount": 1, "region": "fra1", "size": "db-s-1vcpu-1gb"}
    cluster = account.make("databaseCluster", inputs)
    assert {("password",), ("uri",), ("privateUri",)} <= cluster.secrets
    assert cluster.outputs["password"] in cluster.outputs["uri"]
    grown = account.change("databaseCluster", cluster, {**inputs, "nodeCount": 2})
    assert grown.outputs["password"] == cluster.outputs["password"]
    user = account.make("databaseUser", {"clusterId": cluster.id, "name": "app"})
    assert ("password",) in user.secrets
    account.delete("databaseCluster", cluster)


# look-ups


def test_droplets_are_found_by_tag(account: Account) -> None:
    """What `make orphans` looks for."""
    droplet = account.make("droplet", {**DROPLET, "tags": ["stack:dev", "web"]})
    account.make("droplet", {**DROPLET, "tags": ["stack:prod"]}, "other")
    found = account.ask("getDroplets", filters=[{"key": "tags", "values": ["stack:dev"]}])["droplets"]
    assert [(item["id"], item["name"], item["urn"]) for item in found] == [
        (int(droplet.id), droplet.outputs["name"], f"do:droplet:{droplet.id}")
    ]
    assert account.ask("getDroplet", tag="stack:prod")["tags"] == ["stack:prod"]
    assert {item["name"]: item["dropletsCount"] for item in account.ask("getTags")["tags"]} == {"stack:dev": 1, "web": 1, "stack:prod": 1}


def test_what_the_account_holds_is_found_by_name(account: Account) -> None:
    vpc = account.make("vpc", {"region": "fra1", "name": "n"})
    balancer = account.make("loadBalancer", {**BALANCER, "name": "n"})
    firewall = account.make("firewall", {"inboundRules": [INBOUND]})
    pool = account.make("dropletAutoscale", {"config": SCALING, "dropletTemplate": TEMPLATE, "name": "n"})
    assert account.ask("getVpc", name="n")["id"] == vpc.id
    assert account.ask("getLoadBalancer", name="n")["ip"] == balancer.outputs["ip"]
    assert account.ask("getFirewall", firewallId=firewall.id)["inboundRules"] == [INBOUND]
    assert account.ask("getDropletAutoscale", name="n")["id"] == pool.id
    with pytest.raises(Refused, match="404 no VPC with name m"):
        account.ask("getVpc", name="m")


def test_catalogues_are_filtered_and_sorted(account: Account) -> None:
    cheap = account.ask(
        "getSizes",
        filters=[{"key": "vcpus", "values": ["2"]}, {"key": "slug", "values": ["^s-"], "matchBy": "re"}],
        sorts=[{"key": "price_monthly", "direction": "asc"}],
    )["sizes"]
    assert [size["slug"] for size in cheap][:2] == ["s-2vcpu-2gb", "s-2vcpu-2gb-amd"]
    assert {region["slug"] for region in account.ask("getRegions", filters=[{"key": "available", "values": ["true"]}])["regions"]} == set(
        REGIONS
    ) - {
        "nyc2",
        "ams2",
        "sfo1",
    }
    assert account.ask("getRegion", slug="fra1")["name"] == "Frankfurt 1"
    assert account.ask("getImage", slug="debian-12-x64")["id"] == IMAGES["debian-12-x64"][0]
    with pytest.raises(Refused, match="'colour' is not a key that can be filtered by"):
        account.ask("getSizes", filters=[{"key": "colour", "values": ["red"]}])


def test_other_look_ups_are_refused(account: Account) -> None:
    with pytest.raises(Refused, match="the sandbox has no answer to the look-up digitalocean:index/getSpacesBucket:getSpacesBucket"):
        account.ask("getSpacesBucket", name="n", region="fra1")


def test_every_type_can_be_made(account: Account) -> None:
    """With whatever its required inputs are, or it is refused in so many words; nothing breaks."""
    samples: dict[str, Any] = {
        "string": "x",
        "integer": 1,
        "number": 1,
        "boolean": True,
        "list": [],
        "object": {},
        "map": {},
        "any": "x",
        "enum": "x",
    }
    for type_token in CLOUD.types:
        schema = account.life.sdk.resource(type_token)
        inputs = {name: samples.get(prop.shape.kind, "x") for name, prop in schema.inputs.items() if prop.required}
        checked = account.life.check(type_token, "web", inputs, set(), seed=b"seed")
        if not checked.failures:
            try:
                account.life.create(type_token, "web", checked.inputs, set())
            except Refused as refused:
                assert refused.message


def test_the_components_sizes_exist() -> None:
    from multicloud.web.digitalocean import MACHINE_TYPES

    assert set(MACHINE_TYPES.values()) <= set(SIZES)
