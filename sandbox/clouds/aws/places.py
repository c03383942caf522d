"""AWS's regions and zones, and what differs between them."""

import hashlib

from sandbox.rules import Scope

ACCOUNT = "123456789012"
"""The sandbox's account. AWS's own documentation uses this number."""

_ZONES = {
    "us-east-1": "abcdef",
    "us-east-2": "abc",
    "us-west-1": "ac",
    "us-west-2": "abcd",
    "ca-central-1": "abd",
    "sa-east-1": "abc",
    "eu-central-1": "abc",
    "eu-north-1": "abc",
    "eu-west-1": "abc",
    "eu-west-2": "abc",
    "eu-west-3": "abc",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ap-northeast-3": "abc",
    "ap-south-1": "abc",
    "ap-southeast-1": "abc",
    "ap-southeast-2": "abc",
    "af-south-1": "abc",
    "ap-east-1": "abc",
    "ap-east-2": "abc",
    "ap-south-2": "abc",
    "ap-southeast-3": "abc",
    "ap-southeast-4": "abc",
    "ap-southeast-5": "abc",
    "ap-southeast-6": "abc",
    "ap-southeast-7": "abc",
    "ca-west-1": "abc",
    "eu-central-2": "abc",
    "eu-south-1": "abc",
    "eu-south-2": "abc",
    "il-central-1": "abc",
    "me-central-1": "abc",
    "me-south-1": "abc",
    "mx-central-1": "abc",
}
REGIONS: dict[str, tuple[str, ...]] = {region: tuple(region + letter for letter in letters) for region, letters in _ZONES.items()}
"""The zones of each region: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html."""

NAMES = {
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
    "eu-central-1": "Europe (Frankfurt)",
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "eu-west-3": "Europe (Paris)",
    "eu-north-1": "Europe (Stockholm)",
}

_SHORT = {"northeast": "ne", "southeast": "se", "central": "c", "north": "n", "south": "s", "east": "e", "west": "w"}

_BALANCER_ZONES = {
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-1": "Z368ELLRRE2KJ0",
    "us-west-2": "Z1H1FL5HABSF5",
    "ca-central-1": "ZQSVJUPU6J1EY",
    "sa-east-1": "Z2P70J7HTTTPLU",
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-north-1": "Z23TAZ6LKFMNIO",
    "eu-west-1": "Z32O12XQLNTSW2",
    "eu-west-2": "ZHURV8PSTC4K8",
    "eu-west-3": "Z3Q77PNBQS71R4",
    "ap-northeast-1": "Z14GRHDCWA56QT",
    "ap-northeast-2": "ZWKZPGTI48KDX",
    "ap-northeast-3": "Z5LXEXXYW11ES",
    "ap-south-1": "ZP97RAFLXTNZK",
    "ap-southeast-1": "Z1LMS91P8CMLE5",
    "ap-southeast-2": "Z1GM3OXH4ZPM65",
}
"""Hosted zones of Application Load Balancers: https://docs.aws.amazon.com/general/latest/gr/elb.html."""

_DATABASE_ZONES = {
    "us-east-1": "Z2R2ITUGPM61AM",
    "us-east-2": "Z2XHWR1WZ565X2",
    "us-west-1": "Z10WI91S59XXQN",
    "us-west-2": "Z1PVIF0B656C1W",
    "eu-central-1": "Z1RLNUO7B9Q6NB",
    "eu-west-1": "Z29XKXDKYMONMX",
    "eu-west-2": "Z1TTGA775OQIYO",
    "ap-northeast-1": "Z24O6O9L7SGTNB",
    "ap-south-1": "Z2VFMSZA74J7XZ",
    "ap-southeast-1": "Z2G0U3KFCY8NZ5",
    "ap-southeast-2": "Z32T0VRHXEXS0V",
}
"""Hosted zones of RDS, as the API tells them."""


def digest(*parts: object) -> str:
    """Sixty-four hex digits that the parts decide."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def letters(length: int, *parts: object) -> str:
    """Capital letters and digits that the parts decide, as AWS writes its own ids."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "".join(alphabet[byte % 32] for byte in hashlib.sha512("\0".join(map(str, parts)).encode()).digest()[:length])


def zone_id(zone: str) -> str:
    """What a zone is called in every account: `euc1-az2` for `eu-central-1b`. Names are shuffled between accounts, these are not."""
    area, *middle, number = zone[:-1].split("-")
    short = "".join(_SHORT.get(word, word[:1]) for word in middle)
    return f"{area}{short}{number}-az{ord(zone[-1]) - ord('a') + 1}"


def balancer_hosted_zone(region: str) -> str:
    """The hosted zone of the load balancers' names in a region."""
    return _BALANCER_ZONES.get(region) or "Z" + letters(13, "elb", region)


def database_hosted_zone(region: str) -> str:
    """The hosted zone of the databases' names in a region."""
    return _DATABASE_ZONES.get(region) or "Z" + letters(13, "rds", region)


def default_vpc(scope: Scope) -> str:
    """The id of the VPC that every account has in a region from the start."""
    return f"vpc-0{digest('default vpc', scope.account, scope.region)[:16]}"
