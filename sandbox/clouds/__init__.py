"""The clouds that the sandbox stands in for, a package each."""

from importlib import import_module

from ..rules import Cloud

NAMES = ("aws", "cloudflare", "digitalocean", "gcp", "random", "tls")
"""The names of the clouds, as in their type tokens."""


def cloud(name: str) -> Cloud:
    """The cloud of that name; only its own tables are imported.

    Raises:
        ValueError: There is no such cloud.
    """
    if name not in NAMES:
        raise ValueError(f"there is no cloud {name!r}; there are {', '.join(NAMES)}")
    found = import_module(f"{__name__}.{name}").CLOUD
    assert isinstance(found, Cloud)
    return found
