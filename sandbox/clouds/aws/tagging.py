"""The look-up that finds things by their tags: `aws.resourcegroupstaggingapi.get_resources`."""

import re

from sandbox.rules import Asking, Record, Refused, Values

_UNLISTED = re.compile(r"arn:aws:(autoscaling:.*|iam::\d+:role/.*|ec2:.*:route/.*)")
"""What the real look-up does not list though it has tags: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html."""


def get_resources(asking: Asking) -> Values:
    """The ARNs and tags of what the account holds in the region. Global things are listed in us-east-1."""
    filters, arns = asking.args.get("tagFilters") or [], asking.args.get("resourceArnLists") or []
    if arns and (filters or asking.args.get("resourceTypeFilters")):
        raise Refused("conflicts with resource_type_filters and tag_filters", property="resourceArnLists", by="provider")
    found = {}
    for record in asking.world.all("aws:*"):
        arn, tags = str(record.outputs.get("arn") or ""), _tags(record)
        if not tags or not arn.startswith("arn:") or _UNLISTED.fullmatch(arn) or record.scope.account != asking.scope.account:
            continue
        if (_region(arn, record) or "us-east-1") != asking.scope.region:
            continue
        if arns and arn not in arns:
            continue
        if _of_kind(arn, asking.args.get("resourceTypeFilters") or []) and all(_has(tags, one) for one in filters):
            found[arn] = {"resourceArn": arn, "tags": tags, "complianceDetails": []}
    return {"resourceTagMappingLists": list(found.values())}


def _tags(record: Record) -> dict[str, str]:
    tags = record.outputs.get("tagsAll") or record.outputs.get("tags")
    return {key: str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}


def _region(arn: str, record: Record) -> str:
    # A bucket's ARN names no region, and yet it has one.
    return record.scope.region if arn.startswith("arn:aws:s3:::") else arn.split(":")[3]


def _of_kind(arn: str, kinds: list[str]) -> bool:
    """Whether an ARN is of one of the kinds: `ec2`, `ec2:vpc`, `rds:db`."""
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    kind = re.split(r"[:/]", rest)[0] if re.search(r"[:/]", rest) else ""
    return not kinds or any(wanted in (service, f"{service}:{kind}") for wanted in kinds)


def _has(tags: dict[str, str], wanted: Values) -> bool:
    values = wanted.get("values") or []
    return wanted["key"] in tags and (not values or tags[wanted["key"]] in values)
