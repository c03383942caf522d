"""Names that fit a service's limit and stay the same."""

import hashlib
import re

from .errors import ArgumentError


def fitted(name: str, limit: int) -> str:
    """`name`, or, where it is longer than `limit`, its beginning with a hash of the whole, so that two long names stay apart.

    Args:
        name: The wanted name.
        limit: The most characters that the service takes; at least 10.
    """
    if len(name) <= limit:
        return name
    return f"{name[: limit - 8].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:7]}"


def check_dns_label(name: str, limit: int) -> None:
    """Refuses a component's name that cannot begin the cloud's names, all of which have to be labels of RFC 1035.

    Args:
        name: The component's name; a suffix of a child and random characters come after it.
        limit: The most characters that leave room for them.

    Raises:
        ArgumentError: At `name`.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise ArgumentError(
            "name", f"{name!r} cannot begin the name of a resource", "take lower-case letters, digits and hyphens, beginning with a letter"
        )
    if len(name) > limit:
        raise ArgumentError("name", f"{name!r} is {len(name)} characters long", f"take at most {limit}, so that every resource's name fits")
