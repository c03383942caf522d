"""Names that fit a service's limit and stay the same."""

import hashlib
import re

from .errors import ArgumentError

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


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


def check_hostname(name: str, path: str) -> None:
    """Raises ArgumentError at `path` if `name` is no hostname of two labels or more, as Cloudflare stores it.

    Source: RFC 1123, section 2.1, in lower case and, beyond ASCII, in Punycode: Cloudflare stores it so, and another
    spelling would differ from what is stored at every preview.
    """
    if name != name.lower():
        raise ArgumentError(path, f"{name!r} has capital letters", f"write {name.lower()}")
    if name.endswith("."):
        raise ArgumentError(path, f"{name!r} ends with a dot", f"write {name.rstrip('.')}")
    if not name.isascii():
        raise ArgumentError(path, f"{name!r} is not ASCII", "write it in Punycode, beginning with xn--")
    if len(name) > 253 or "." not in name or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise ArgumentError(path, f"{name!r} is not a hostname", "write letters, digits and hyphens between dots, like www.example.com")
