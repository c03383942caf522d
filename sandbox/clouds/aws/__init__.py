"""AWS, stood in for.

The types of the modules here behave. Not stood in for: quotas of accounts (but for the rules of a security group), prices, partitions
other than `aws`, the machines that an auto scaling group launches, and the default VPC's subnets.
"""

import difflib

from sandbox.rules import Cloud, Refused, Scope, Values

from . import (
    addresses,
    autoscaling,
    compute,
    database,
    database_groups,
    iam,
    instances,
    listeners,
    load_balancers,
    network,
    prefix_lists,
    routing,
    scheduled,
    secret_values,
    security,
    services,
    storage,
    target_groups,
    trust_stores,
)
from .lookups import LOOKUPS
from .places import ACCOUNT, REGIONS
from .words import DERIVED, NAME, default_id, default_outputs

_MODULES = (
    network,
    routing,
    addresses,
    security,
    prefix_lists,
    compute,
    instances,
    autoscaling,
    scheduled,
    load_balancers,
    target_groups,
    listeners,
    trust_stores,
    iam,
    database,
    database_groups,
    storage,
    secret_values,
    services,
)


def scope(configuration: Values) -> Scope:
    """Where a provider works.

    Raises:
        Refused: Without a region, with one that does not exist, where the sandbox's account is not allowed, or with default tags.
    """
    region = configuration.get("region")
    if not region:
        raise Refused("missing required configuration: give the provider a `region`", property="region", by="provider")
    if region not in REGIONS:
        near = difflib.get_close_matches(str(region), REGIONS, n=1)
        raise Refused(f"invalid AWS Region: {region}{f'; did you mean {near[0]}?' if near else ''}", property="region", by="provider")
    for name in ("defaultTags", "ignoreTags"):
        if configuration.get(name):
            raise Refused(f"the sandbox does not know `{name}`: give each resource its tags", property=name, by="sandbox")
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
