"""A right environment, and what the user reads when something in it is changed."""

import copy
import json
from typing import Any

import pulumi
import pytest

from stacks.model import StackFileError, parse
from tests.components.web.clouds import CERTIFICATE, PRIVATE_KEY, TOKEN

Values = dict[str, Any]

VALID: Values = {
    "front": {"zone": "example.com", "hostname": "www.example.com", "steering": "random", "order": ["aws", "gcp", "digitalocean"]},
    "web": {
        "aws": {"cloud": "aws", "region": "eu-central-1", "servers": {"min": 2, "max": 6}, "size": "small"},
        "gcp": {"cloud": "gcp", "region": "europe-west3", "servers": {"min": 2}, "weight": 0.5},
        "digitalocean": {"cloud": "digitalocean", "region": "fra1", "servers": {"min": 2}},
    },
    "database": {
        "version": "16",
        "primary": {"cloud": "aws", "region": "eu-central-1"},
        "replica": {"cloud": "gcp", "region": "europe-west3"},
        "storage_gb": 50,
    },
    "accounts": {"gcp": "my-project"},
    "tags": {"team": "shop"},
}
CONFIGURED = {
    "multicloud:originCertificate": f"{CERTIFICATE.certificate}{CERTIFICATE.chain}",
    "multicloud:originPrivateKey": PRIVATE_KEY,
    "multicloud:registrationToken": TOKEN,
}
"""What may stand beside an environment."""

GONE = object()


def changed(**changes: Any) -> Values:
    """The valid environment with values at dotted paths, `__` for each dot, replaced or taken out."""
    environment = copy.deepcopy(VALID)
    for path, value in changes.items():
        *parents, last = path.split("__")
        node = environment
        for parent in parents:
            node = node.setdefault(parent, {})
        if value is GONE:
            del node[last]
        else:
            node[last] = value
    return environment


def said(environment: Any) -> str:
    """What the user reads."""
    with pytest.raises(StackFileError) as caught:
        parse(json.dumps(environment))
    assert isinstance(caught.value, pulumi.RunError)  # the program ends with the message alone
    return str(caught.value)


Mistakes = dict[str, tuple[Values, str]]
"""Wrong environments by what is wrong with them, each with what the user reads."""


def note(mistakes: Mistakes, name: str, message: str, **changes: Any) -> None:
    """Adds a mistake.

    Args:
        mistakes: Where to.
        name: What is wrong.
        message: What the user reads.
        changes: The changes that make it; see `changed`.
    """
    mistakes[name] = (changed(**changes), message)
