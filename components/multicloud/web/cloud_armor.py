"""Who may reach a load balancer on Google Cloud, as rules of a Cloud Armor policy. Pure.

A firewall cannot say it: Google's proxies end the visitors' connections outside the network.
"""

import pulumi_gcp as gcp

from ..network import addresses

RANGES_IN_A_RULE = 10
"""The most ranges that a rule matches: https://cloud.google.com/armor/quotas."""


def admission_rules(ranges: list[str]) -> list[gcp.compute.SecurityPolicyRuleArgs]:
    """Rules that let visitors from `ranges` in and answer all others with 403; sorted, so that the same ranges make the same rules.

    Args:
        ranges: IPv4 and IPv6 ranges in CIDR form.

    Raises:
        ArgumentError: At `admitted_ranges`, if one of them is no range.
    """
    networks = set(addresses.ranges(ranges, "admitted_ranges"))
    ordered = [str(network) for network in sorted(networks, key=lambda network: (network.version, network))]
    admitted_rules = [
        _rule(1000 + start, "allow", ordered[start : start + RANGES_IN_A_RULE], "Admitted ranges")
        for start in range(0, len(ordered), RANGES_IN_A_RULE)
    ]
    return [*admitted_rules, _rule(2147483647, "deny(403)", ["*"], "All others")]


def _rule(priority: int, action: str, ranges: list[str], description: str) -> gcp.compute.SecurityPolicyRuleArgs:
    return gcp.compute.SecurityPolicyRuleArgs(
        priority=priority,
        action=action,
        match=gcp.compute.SecurityPolicyRuleMatchArgs(
            versioned_expr="SRC_IPS_V1", config=gcp.compute.SecurityPolicyRuleMatchConfigArgs(src_ip_ranges=ranges)
        ),
        description=description,
    )
