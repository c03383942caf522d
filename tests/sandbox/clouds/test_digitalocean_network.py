"""The stand-in DigitalOcean: VPCs and reserved addresses."""

import pytest

from sandbox.rules import Refused, Values
from tests.sandbox.clouds.digitalocean import BALANCER, DROPLET, SCALING, TEMPLATE, Account


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


def test_a_reserved_address_moves_to_another_droplet(account: Account) -> None:
    """The new assignment is made while the old one is still there, and the old one takes nothing away when it is deleted."""
    address = account.make("reservedIp", {"region": "fra1"})
    old, new = account.make("droplet", DROPLET, "old"), account.make("droplet", DROPLET, "new")
    given = {"ipAddress": address.outputs["ipAddress"]}
    first = account.make("reservedIpAssignment", {**given, "dropletId": int(old.id)})
    difference = account.compare("reservedIpAssignment", {**given, "dropletId": 1}, {**given, "dropletId": 2})
    assert difference.replaces and not difference.delete_first
    second = account.make("reservedIpAssignment", {**given, "dropletId": int(new.id)})
    assert first.id != second.id
    account.delete("reservedIpAssignment", first)
    account.delete("droplet", old)


def test_a_droplet_has_one_reserved_address(account: Account) -> None:
    droplet = account.make("droplet", DROPLET)
    one, other = (account.make("reservedIp", {"region": "fra1"}, name).outputs["ipAddress"] for name in ("one", "other"))
    account.make("reservedIpAssignment", {"ipAddress": one, "dropletId": int(droplet.id)})
    with pytest.raises(Refused, match=f"422 Droplet {droplet.id} has a reserved IP already, {one}"):
        account.make("reservedIpAssignment", {"ipAddress": other, "dropletId": int(droplet.id)})


@pytest.mark.parametrize(
    ("type_", "inputs", "path", "reason", "by"),
    [
        ("vpc", {"region": "fra1", "ipRange": "ten"}, "ipRange", "to be a valid IPv4 Value", "provider"),
        ("vpc", {"region": "fra1", "ipRange": "10.0.0.1/20"}, "ipRange", "has host bits set; the range is 10.0.0.0/20", "api"),
        ("vpc", {"region": "fra1", "ipRange": "8.8.0.0/16"}, "ipRange", "is not in the private ranges of RFC 1918", "api"),
        ("vpc", {"region": "fra1", "ipRange": "10.0.0.0/12"}, "ipRange", "is not between /28 and /16", "api"),
        ("vpc", {"region": "fra1", "ipRange": "10.244.0.0/20"}, "ipRange", "is reserved by DigitalOcean", "api"),
        ("vpc", {"region": "fra1", "name": "a_b"}, "name", "expected a name of letters, digits, dashes and periods", "api"),
    ],
)
def test_refuses_wrong_values_and_says_who_would(account: Account, type_: str, inputs: Values, path: str, reason: str, by: str) -> None:
    account.refuses(type_, inputs, path, reason, by)
