"""The stand-in for Google Cloud: networks, subnetworks, routers and firewalls."""

import pytest

from sandbox.rules import Refused, Values
from tests.sandbox.clouds.gcp import FIREWALL, NAT, ROUTER, SUBNETWORK, Google


@pytest.mark.parametrize(
    ("token", "inputs", "message"),
    [
        (SUBNETWORK, {"network": "n", "region": "europe-west99", "ipCidrRange": "10.0.0.0/24"}, "region: .*Unknown region."),
        (SUBNETWORK, {"network": "n", "ipCidrRange": "10.0.0.1/24"}, "ipCidrRange: .*no bits set beyond its prefix"),
        (SUBNETWORK, {"network": "n", "ipCidrRange": "10.0.0.0/30"}, "ipCidrRange: .*/29 or shorter"),
        (SUBNETWORK, {"network": "n", "ipCidrRange": "10.0.0.0/24", "stackType": "IPV5"}, "stackType: expected one of"),
        (ROUTER, {"network": "n", "bgp": {"asn": 1}}, "bgp.asn: .*private ASN"),
        (NAT, {"router": "r", "sourceSubnetworkIpRangesToNat": "LIST_OF_SUBNETWORKS"}, "sourceSubnetworkIpRangesToNat: .*if and only if"),
        (FIREWALL, {"network": "n", "allows": [{"protocol": "tcp"}]}, ": one of source_tags, source_ranges.*refused by the provider"),
        (FIREWALL, {"network": "n", "sourceRanges": ["10.0.0.0/8"]}, "allows: one of 'allows', 'denies' must be given"),
        (
            FIREWALL,
            {"network": "n", "sourceRanges": ["10.0.0.0/8"], "allows": [{"protocol": "tcp", "ports": ["80-22"]}]},
            r"allows\[0\].ports: .*a port number",
        ),
        (
            FIREWALL,
            {"network": "n", "sourceRanges": ["10.0.0.0/8", "2001:db8::/32"], "allows": [{"protocol": "tcp"}]},
            "sourceRanges: .*not of both",
        ),
        (FIREWALL, {"network": "n", "sourceRanges": ["nowhere"], "allows": [{"protocol": "tcp"}]}, r"sourceRanges\[0\]: .*CIDR"),
        (
            FIREWALL,
            {"network": "n", "sourceTags": ["a"], "targetServiceAccounts": ["b"], "allows": [{"protocol": "tcp"}]},
            "conflicts with",
        ),
    ],
)
def test_inputs_that_are_refused_before_anything_is_made(google: Google, token: str, inputs: Values, message: str) -> None:
    google.refuses(token, inputs, message)


def test_subnetworks_of_one_network_must_not_overlap(google: Google) -> None:
    network = google.network()
    google.subnetwork(network, "10.20.0.0/20")
    with pytest.raises(Refused, match=r"Invalid IPCidrRange: 10.20.8.0/24 conflicts with existing subnetwork"):
        google.subnetwork(network, "10.20.8.0/24")
    google.subnetwork(google.network(), "10.20.8.0/24")


def test_a_subnetwork_grows_in_place_and_shrinks_by_replacement(google: Google) -> None:
    inputs = {"network": "n", "ipCidrRange": "10.20.0.0/20"}
    assert google.diff(SUBNETWORK, inputs, inputs | {"ipCidrRange": "10.20.0.0/19"}) == (True, False)
    assert google.diff(SUBNETWORK, inputs, inputs | {"ipCidrRange": "10.20.0.0/21"}) == (True, True)


def test_a_subnetwork_has_its_gateway(google: Google) -> None:
    assert google.subnetwork(google.network(), "10.20.16.0/20").outputs["gatewayAddress"] == "10.20.16.1"


def test_the_order_of_a_firewalls_ranges_is_no_change(google: Google) -> None:
    inputs = {"network": "n", "allows": [{"protocol": "tcp"}], "sourceRanges": ["130.211.0.0/22", "35.191.0.0/16"]}
    assert google.diff(FIREWALL, inputs, inputs | {"sourceRanges": ["35.191.0.0/16", "130.211.0.0/22"]}) == (False, False)
