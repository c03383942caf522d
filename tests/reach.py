"""Who may reach what in a recorded program, by the resources' types: security groups, firewalls and policies of all clouds.

Every way in becomes an `Opening`, whichever of a cloud's several types states it. Pure: it reads recorded inputs.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.recorded import Recorded, Values
from tests.recording import Recording

WIDEST = {4: 8, 6: 16}
"""The shortest prefix, by IP version, that is some network's and not as good as the world: 104.16.0.0/13 is one of Cloudflare's."""

PRIVATE = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")]


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A way in."""

    record: Recorded
    """What states it."""
    ranges: tuple[str, ...]
    """From where, in CIDR form."""
    ports: tuple[tuple[int, int], ...] = field(default=((0, 65535),))
    """The first and the last port of each stretch."""

    @property
    def is_world(self) -> bool:
        """Whether it is open to everyone, or as good as that."""
        networks = [ipaddress.ip_network(one, strict=False) for one in self.ranges]
        merged = [
            network
            for version in (4, 6)
            for network in ipaddress.collapse_addresses([one for one in networks if one.version == version])  # type: ignore[type-var]
        ]
        return any(network.prefixlen < WIDEST[network.version] for network in merged)

    @property
    def is_public(self) -> bool:
        """Whether it admits any address of the internet."""
        networks = [ipaddress.ip_network(one, strict=False) for one in self.ranges]
        return any(not any(one.version == block.version and one.subnet_of(block) for block in PRIVATE) for one in networks)  # type: ignore[arg-type]

    @property
    def only_hosts(self) -> bool:
        """Whether it admits single addresses and no ranges."""
        return all(ipaddress.ip_network(one, strict=False).num_addresses == 1 for one in self.ranges)

    def admits(self, port: int) -> bool:
        """Whether it leads to a port."""
        return any(first <= port <= last for first, last in self.ports)


WORLD = ("0.0.0.0/0", "::/0")


def openings(recording: Recording) -> list[Opening]:
    """Every way in that a program opens; those from a cloud's own resources, such as another security group, are none."""
    found = [opening for record in recording.all() if record.type in READERS for opening in READERS[record.type](record, recording)]
    return [opening for opening in found if opening.ranges]


# --- AWS -----------------------------------------------------------------------------------------------------------------


def _aws_ports(rule: Values) -> tuple[tuple[int, int], ...]:
    protocol = str(rule.get("ipProtocol", rule.get("protocol", "-1")))
    if protocol in ("-1", "all", "icmp", "icmpv6", "1", "58"):
        return ((0, 65535),) if protocol in ("-1", "all") else ()
    return ((int(rule.get("fromPort", 0)), int(rule.get("toPort", 65535))),)


def prefix_list_ranges(recording: Recording, ids: Iterable[Any]) -> list[str]:
    """All ranges of prefix lists, those added by resources of their own, too."""
    wanted = {str(one) for one in ids}
    entries = [
        entry["cidr"]
        for record in recording.all("aws:ec2/managedPrefixList:ManagedPrefixList")
        if record.id in wanted
        for entry in record.inputs.get("entries", [])
    ]
    return entries + [
        record.inputs["cidr"]
        for record in recording.all("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry")
        if str(record.inputs.get("prefixListId")) in wanted
    ]


def _aws_opening(record: Recorded, recording: Recording, rule: Values) -> Opening:
    """A rule in the words of any of AWS's types."""
    given = [rule.get("cidrIpv4"), rule.get("cidrIpv6"), *rule.get("cidrBlocks", []), *rule.get("ipv6CidrBlocks", [])]
    lists = [rule.get("prefixListId"), *rule.get("prefixListIds", [])]
    ranges = [one for one in given if one] + prefix_list_ranges(recording, [one for one in lists if one])
    return Opening(record=record, ranges=tuple(ranges), ports=_aws_ports(rule))


def _aws_rule(record: Recorded, recording: Recording) -> Iterator[Opening]:
    if record.inputs.get("type", "ingress") == "ingress":
        yield _aws_opening(record, recording, record.inputs)


def _aws_group(record: Recorded, recording: Recording) -> Iterator[Opening]:
    for rule in record.inputs.get("ingress", []):
        yield _aws_opening(record, recording, rule)


# --- Google Cloud --------------------------------------------------------------------------------------------------------


def _gcp_ports(rules: Iterable[Values]) -> tuple[tuple[int, int], ...]:
    stretches: list[tuple[int, int]] = []
    for rule in rules:
        protocol = str(rule.get("protocol", rule.get("ipProtocol", "all")))
        if protocol in ("icmp", "1", "58", "ipv6-icmp"):
            continue
        for text in rule.get("ports") or ["0-65535"]:
            first, _, last = str(text).partition("-")
            stretches.append((int(first), int(last or first)))
    return tuple(stretches)


def _gcp_firewall(record: Recorded, recording: Recording) -> Iterator[Opening]:
    rule = record.inputs
    if rule.get("direction", "INGRESS") == "INGRESS" and not rule.get("disabled") and rule.get("allows"):
        anyone = not any(rule.get(key) for key in ("sourceRanges", "sourceTags", "sourceServiceAccounts"))
        yield Opening(record=record, ranges=WORLD if anyone else tuple(rule.get("sourceRanges", [])), ports=_gcp_ports(rule["allows"]))


def _gcp_policy_rule(record: Recorded, recording: Recording) -> Iterator[Opening]:
    rule = record.inputs
    if rule.get("direction") == "INGRESS" and not rule.get("disabled") and rule.get("action") in ("allow", "goto_next"):
        match = rule.get("match", {})
        yield Opening(record=record, ranges=tuple(match.get("srcIpRanges", [])), ports=_gcp_ports(match.get("layer4Configs", [])))


def _gcp_armor(record: Recorded, recording: Recording) -> Iterator[Opening]:
    """What a policy of Cloud Armor lets through. Without a last rule of its own, Google adds one that lets everyone through."""
    rules = record.inputs.get("rules", [])
    if all(rule.get("priority") != 2147483647 for rule in rules):
        yield Opening(record=record, ranges=WORLD)
    for rule in rules:
        if rule.get("action") == "allow":
            match = rule.get("match", {})
            ranges = match.get("config", {}).get("srcIpRanges", [])
            everyone = "*" in ranges or "inIpRange" not in str(match.get("expr", "inIpRange"))
            yield Opening(record=record, ranges=WORLD if everyone else tuple(ranges))


def _gcp_backend(record: Recorded, recording: Recording) -> Iterator[Opening]:
    """Google's proxies let everyone come to an external load balancer that has no policy."""
    if str(record.inputs.get("loadBalancingScheme", "EXTERNAL")).startswith("EXTERNAL") and not record.inputs.get("securityPolicy"):
        yield Opening(record=record, ranges=WORLD)


def _cloud_sql(record: Recorded, recording: Recording) -> Iterator[Opening]:
    networks = record.inputs.get("settings", {}).get("ipConfiguration", {}).get("authorizedNetworks", [])
    yield Opening(record=record, ranges=tuple(network["value"] for network in networks))


# --- DigitalOcean --------------------------------------------------------------------------------------------------------


def _digitalocean_firewall(record: Recorded, recording: Recording) -> Iterator[Opening]:
    for rule in record.inputs.get("inboundRules", []):
        text = str(rule.get("portRange", ""))
        first, _, last = text.partition("-")
        whole = text in ("", "all", "0")
        ports = () if rule["protocol"] == "icmp" else ((0, 65535),) if whole else ((int(first), int(last or first)),)
        yield Opening(record=record, ranges=tuple(rule.get("sourceAddresses", [])), ports=ports)


def _digitalocean_balancer(record: Recorded, recording: Recording) -> Iterator[Opening]:
    """Everyone comes to a load balancer whose firewall admits nobody by name and does not deny everyone."""
    firewall = record.inputs.get("firewall", {})
    allows = [text.partition(":")[2] for text in firewall.get("allows", [])]
    closed = "cidr:0.0.0.0/0" in firewall.get("denies", [])
    yield Opening(record=record, ranges=tuple(allows) or (() if closed else WORLD))


def _droplets(record: Recorded, recording: Recording) -> Iterator[Opening]:
    """All ports of a droplet are open to everyone where no firewall holds it."""
    template = record.inputs.get("dropletTemplate", record.inputs)
    firewalls = [one.inputs for one in recording.all("digitalocean:index/firewall:Firewall")]
    held = any(
        set(template.get("tags", [])) & set(firewall.get("tags", [])) or record.id in map(str, firewall.get("dropletIds", []))
        for firewall in firewalls
    )
    if not held:
        yield Opening(record=record, ranges=WORLD)


def _digitalocean_database(record: Recorded, recording: Recording) -> Iterator[Opening]:
    """A managed database without trusted sources is open to everyone."""
    firewalls = recording.all("digitalocean:index/databaseFirewall:DatabaseFirewall")
    if all(firewall.inputs.get("clusterId") != record.id for firewall in firewalls):
        yield Opening(record=record, ranges=WORLD)


def _digitalocean_database_firewall(record: Recorded, recording: Recording) -> Iterator[Opening]:
    yield Opening(record=record, ranges=tuple(rule["value"] for rule in record.inputs.get("rules", []) if rule["type"] == "ip_addr"))


READERS = {
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _aws_rule,
    "aws:ec2/securityGroupRule:SecurityGroupRule": _aws_rule,
    "aws:ec2/securityGroup:SecurityGroup": _aws_group,
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": _aws_group,
    "gcp:compute/firewall:Firewall": _gcp_firewall,
    "gcp:compute/networkFirewallPolicyRule:NetworkFirewallPolicyRule": _gcp_policy_rule,
    "gcp:compute/regionNetworkFirewallPolicyRule:RegionNetworkFirewallPolicyRule": _gcp_policy_rule,
    "gcp:compute/firewallPolicyRule:FirewallPolicyRule": _gcp_policy_rule,
    "gcp:compute/securityPolicy:SecurityPolicy": _gcp_armor,
    "gcp:compute/backendService:BackendService": _gcp_backend,
    "gcp:compute/regionBackendService:RegionBackendService": _gcp_backend,
    "gcp:sql/databaseInstance:DatabaseInstance": _cloud_sql,
    "digitalocean:index/firewall:Firewall": _digitalocean_firewall,
    "digitalocean:index/loadBalancer:LoadBalancer": _digitalocean_balancer,
    "digitalocean:index/droplet:Droplet": _droplets,
    "digitalocean:index/dropletAutoscale:DropletAutoscale": _droplets,
    "digitalocean:index/databaseCluster:DatabaseCluster": _digitalocean_database,
    "digitalocean:index/databaseFirewall:DatabaseFirewall": _digitalocean_database_firewall,
}
