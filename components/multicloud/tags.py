"""One vocabulary of tags, and its translation for each cloud.

Every resource that can carry tags says which project and stack made it and which component it belongs to, so that a bill
can be read and a resource without a record can be found again.
"""

import re

import pulumi

from .errors import ArgumentError
from .naming import fitted

MANAGED_BY = "pulumi"

STANDARD = ("project", "stack", "component", "managed-by")
"""The tags that every resource gets."""

MOST = 45
"""The tags of a caller that leave room for those and for AWS's `Name` among the 50 that AWS takes."""


def standard(component: str, extra: dict[str, str] | None = None) -> dict[str, str]:
    """The tags of a component's resources: project, stack, component and managed-by, with the caller's own laid over them.

    Args:
        component: The component's name.
        extra: The caller's tags.
    """
    return {
        "project": pulumi.get_project(),
        "stack": pulumi.get_stack(),
        "component": component,
        "managed-by": MANAGED_BY,
        **(extra or {}),
    }


def check(tags: dict[str, str], path: str = "tags") -> None:
    """Refuses tags of a caller that one of the clouds would refuse, or that would not stay apart on another.

    Sources: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html,
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules, the strictest there, and those below.

    Args:
        tags: The caller's own tags.
        path: Where they stand, for the error.

    Raises:
        ArgumentError: At the key that is wrong, or at `path` if there are too many.
    """
    if len(tags) > MOST:
        raise ArgumentError(path, f"are {len(tags)}, and AWS takes {MOST} beside those of every resource", "leave some out")
    seen: dict[str, str] = {}
    for key, value in tags.items():
        at = f"{path}.{key}" if key else path
        if key.lower().startswith("aws:"):
            raise ArgumentError(at, "keys that begin with aws: are Amazon's own", "take another key")
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_.:/-]{0,62}", key):
            mend = "begin with a letter, and use letters, digits, '_', '-', '.', ':' and '/', 63 at most"
            raise ArgumentError(at, f"{key!r} is no key that every cloud takes", mend)
        if key.lower() in STANDARD:
            raise ArgumentError(at, "is set on every resource, so that it can be found again", "take another key")
        if key.lower() == "name":
            raise ArgumentError(at, "is each resource's own name on AWS, where case makes no other key", "take another key")
        if len(value) > 256:
            raise ArgumentError(at, "is longer than 256 characters", "shorten it")
        if not all(character.isalnum() or character in " _.:/=+-@" for character in value):
            raise ArgumentError(at, "has characters that AWS refuses", "use letters, digits, spaces and _ . : / = + - @")
        label = next(iter(gcp_labels({key: ""})))
        if label in seen:
            raise ArgumentError(at, f"is the same label as {seen[label]} on Google Cloud", "give each tag a key of its own")
        seen[label] = key


def aws_tags(tags: dict[str, str], name: str) -> dict[str, str]:
    """Tags as AWS shows them, with the `Name` that its console lists."""
    return {"Name": name, **tags}


def gcp_labels(tags: dict[str, str]) -> dict[str, str]:
    """Labels as Google Cloud allows them: lower case letters, digits, `_` and `-`, 63 at most, the key beginning with a letter.

    Source: https://cloud.google.com/compute/docs/labeling-resources#requirements
    """

    def clean(text: str) -> str:
        return re.sub(r"[^a-z0-9_-]", "-", text.lower())[:63]

    return {re.sub(r"^[^a-z]+", "", clean(key)): clean(value) for key, value in tags.items()}


def gcp_description(component: str) -> str:
    """The standard tags as a description, for Google Cloud's many resources without labels, so that they can be found again.

    Google replaces some of them when their description changes: those ignore changes, and keep the words that they were made with.

    Args:
        component: The component's name.
    """
    return " ".join(f"{key}={value}" for key, value in standard(component).items())


def digitalocean_tags(tags: dict[str, str]) -> list[str]:
    """Tags as DigitalOcean allows them, flat: `stack:dev`; letters, digits, `:`, `-` and `_`, 255 at most, sorted.

    Source: https://docs.digitalocean.com/reference/api/digitalocean/#tag/Tags
    """
    return sorted(re.sub(r"[^A-Za-z0-9:_-]", "-", f"{key}:{value}")[:255] for key, value in tags.items())


def cloudflare_note(component: str) -> str:
    """The standard tags as the text that Cloudflare keeps of a load balancer, a pool, a monitor or a DNS record, which have no tags.

    Always `project=… stack=… component=…`, so that it can be searched for; a component's name that does not fit is shortened.
    The limit is that of a DNS record's comment without Enterprise, 100 characters.
    Source: https://developers.cloudflare.com/dns/manage-dns-records/reference/record-attributes/

    Args:
        component: The component's name.
    """
    start = f"project={pulumi.get_project()} stack={pulumi.get_stack()} component="
    return start + fitted(component, max(10, 100 - len(start)))
