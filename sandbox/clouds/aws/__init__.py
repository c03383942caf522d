"""AWS, stood in for.

The types of the modules here behave. Not stood in for: quotas of accounts (but for the rules of a security group), prices, partitions
other than `aws`, the machines that an auto scaling group launches, and the default VPC's subnets.
"""

import difflib

from sandbox.rules import Cloud, Refused, Scope, Values

from . import autoscaling, compute, database, iam, load_balancing, network, security, services
from .lookups import LOOKUPS
from .places import ACCOUNT, REGIONS
from .words import DERIVED, NAME, default_id, default_outputs

_MODULES = (network, security, compute, autoscaling, load_balancing, iam, database, services)


def scope(configuration: Values) -> Scope:
    """Where a provider works.

    Raises:
        Refused: Without a region, with one that does not exist, or where the sandbox's account is not allowed.
    """
    region = configuration.get("region")
    if not region:
        raise Refused("missing required configuration: give the provider a `region`", property="region", by="provider")
    if region not in REGIONS:
        near = difflib.get_close_matches(str(region), REGIONS, n=1)
        raise Refused(f"invalid AWS Region: {region}{f'; did you mean {near[0]}?' if near else ''}", property="region", by="provider")
    allowed, forbidden = configuration.get("allowedAccountIds") or [], configuration.get("forbiddenAccountIds") or []
    if (allowed and ACCOUNT not in allowed) or ACCOUNT in forbidden:
        listed, name = (allowed, "allowedAccountIds") if allowed and ACCOUNT not in allowed else (forbidden, "forbiddenAccountIds")
        raise Refused(
            f"AWS account ID not allowed: {ACCOUNT}, which is the sandbox's; `{name}` is {', '.join(map(str, listed))}",
            property=name,
            by="provider",
        )
    return Scope(cloud="aws", account=ACCOUNT, region=str(region))


CLOUD = Cloud(
    name="aws",
    sdk="pulumi_aws",
    scope=scope,
    types={type.token: type for module in _MODULES for type in module.TYPES},
    lookups=LOOKUPS,
    default_id=default_id,
    default_outputs=default_outputs,
    autoname=NAME,
    fills=lambda scope: {"region": scope.region},
    derived=DERIVED,
    regional=True,
)
