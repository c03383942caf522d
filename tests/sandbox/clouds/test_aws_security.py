"""The stand-in AWS: security groups, their rules and prefix lists."""

import re

import pytest

from sandbox.clouds.aws import words
from sandbox.rules import Refused, Values
from tests.sandbox.clouds.aws import HEX, Account


def test_a_groups_name_is_unique_in_its_network(aws: Account) -> None:
    first, second = aws.network(), aws.network()
    for vpc in (first, second):
        aws.make(words.SECURITY_GROUP, {"name": "web", "vpcId": vpc.id})
    with pytest.raises(Refused, match=r"InvalidGroup.Duplicate"):
        aws.make(words.SECURITY_GROUP, {"name": "web", "vpcId": first.id})


def test_a_group_that_a_rule_names_is_not_deleted(aws: Account) -> None:
    vpc = aws.network()
    front, back = (aws.make(words.SECURITY_GROUP, {"vpcId": vpc.id}) for _ in range(2))
    rule = {"securityGroupId": back.id, "referencedSecurityGroupId": front.id, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80}
    made = aws.make(words.INGRESS, rule)
    assert re.fullmatch(f"sgr-{HEX}", made.id) and made.outputs["securityGroupRuleId"] == made.id
    with pytest.raises(Refused, match=f"DependencyViolation: resource {front.id} has a dependent object"):
        aws.delete(words.SECURITY_GROUP, front)
    with pytest.raises(Refused, match=r"InvalidPermission.Duplicate"):
        aws.make(words.INGRESS, rule)
    aws.delete(words.INGRESS, made)
    aws.delete(words.SECURITY_GROUP, front)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fromPort": 443, "toPort": 80}, "Invalid TCP port range from 443 to 80"),
        ({"fromPort": None}, "Must specify both from and to ports with TCP"),
        ({"ipProtocol": "tpc"}, "Invalid value 'tpc' for IP protocol"),
        ({"cidrIpv4": "10.0.0.1/8"}, "an IPv4 range in CIDR form without host bits"),
        ({"cidrIpv6": "::/0"}, "only one of"),
    ],
)
def test_a_rule_has_ports_and_one_peer(aws: Account, changes: Values, says: str) -> None:
    rule = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "cidrIpv4": "0.0.0.0/0", **changes}
    with pytest.raises(Refused, match=says):
        aws.check(words.INGRESS, {key: value for key, value in rule.items() if value is not None})


def test_a_rule_changes_its_range_in_place_and_its_kind_of_peer_by_replacement(aws: Account) -> None:
    rule: Values = {"securityGroupId": "sg-1", "ipProtocol": "-1"}
    one, other, group = {**rule, "cidrIpv4": "10.0.0.0/8"}, {**rule, "cidrIpv4": "0.0.0.0/0"}, {**rule, "prefixListId": "pl-1"}
    assert aws.compare(words.EGRESS, one, other).changes and not aws.compare(words.EGRESS, one, other).replaces
    assert aws.compare(words.EGRESS, one, group).replaces


def test_a_prefix_list_counts_in_a_group_for_as_many_rules_as_it_has_room(aws: Account) -> None:
    group = aws.make(words.SECURITY_GROUP, {"vpcId": aws.network().id})
    long = aws.make(words.PREFIX_LIST, {"addressFamily": "IPv4", "maxEntries": 50, "entries": [{"cidr": "192.0.2.0/24"}]})
    rule = {"securityGroupId": group.id, "ipProtocol": "tcp", "fromPort": 80, "toPort": 80, "prefixListId": long.id}
    aws.make(words.INGRESS, rule)
    with pytest.raises(Refused, match="RulesPerSecurityGroupLimitExceeded"):
        aws.make(words.INGRESS, {**rule, "fromPort": 443, "toPort": 443})
    with pytest.raises(Refused, match="do not have sufficient capacity"):
        aws.change(words.PREFIX_LIST, long, maxEntries=61)
    with pytest.raises(Refused, match=f"The prefix list '{long.id}' is referenced"):
        aws.delete(words.PREFIX_LIST, long)


def test_a_prefix_list_counts_its_versions_and_takes_no_more_than_it_has_room_for(aws: Account) -> None:
    made = aws.make(words.PREFIX_LIST, {"addressFamily": "IPv4", "maxEntries": 1, "entries": [{"cidr": "192.0.2.0/24"}]})
    assert (made.outputs["version"], made.outputs["ownerId"]) == (1, "123456789012")
    assert aws.change(words.PREFIX_LIST, made, tags={"a": "b"}).outputs["version"] == 1
    assert aws.change(words.PREFIX_LIST, made, entries=[{"cidr": "198.51.100.0/24"}]).outputs["version"] == 2
    with pytest.raises(Refused, match="PrefixListMaxEntriesExceeded"):
        aws.change(words.PREFIX_LIST, made, entries=[{"cidr": "192.0.2.0/24"}, {"cidr": "198.51.100.0/24"}])
    with pytest.raises(Refused, match="does not match the address family IPv4"):
        aws.change(words.PREFIX_LIST, made, entries=[{"cidr": "2001:db8::/32"}])


def test_the_default_group_is_the_networks_own(aws: Account) -> None:
    vpc = aws.network()
    group = aws.make(words.DEFAULT_SECURITY_GROUP, {"vpcId": vpc.id})
    assert (group.id, group.outputs["name"]) == (vpc.outputs["defaultSecurityGroupId"], "default")
    aws.delete(words.VPC, vpc)
