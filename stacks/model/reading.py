"""Reads an environment from a stack's configuration."""

from functools import cache
from typing import Any

import pulumi
from pulumi.runtime import config as runtime
from pydantic import ValidationError

from multicloud.database.contract import VERSIONS
from multicloud.database.pair import SERVERS
from multicloud.errors import ArgumentError

from . import secrets
from .base import joined
from .environment import Environment
from .mapping import checked_args, checked_notifications
from .messages import mistakes
from .secrets import CERTIFICATE, KEYS, NAMESPACE, PRIVATE_KEY, Secrets

KEY = "environment"


class StackFileError(pulumi.RunError):
    """A stack file that cannot work: every mistake in it, one a line. A `pulumi.RunError`, so that it ends without a traceback.

    Args:
        errors: The mistakes.
    """

    def __init__(self, errors: list[ArgumentError]) -> None:
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of an environment."""
    found = Environment.model_json_schema()
    # What the library's dataclasses leave to their own checks, for editors to complete.
    found["$defs"]["PairServer"]["properties"]["cloud"]["enum"] = list(SERVERS)
    found["$defs"]["PostgresPairArgs"]["properties"]["version"]["enum"] = list(VERSIONS)
    return found


def parse(text: str) -> Environment:
    """The environment that a JSON text states.

    Raises:
        StackFileError: With every mistake in it.
    """
    try:
        return Environment.model_validate_json(text)
    except ValidationError as error:
        raise StackFileError([mistake.under(KEY) for mistake in mistakes(error, schema())]) from None


def read() -> Environment:
    """The environment of the stack that runs, from `multicloud:environment` in its file.

    Raises:
        StackFileError: With every mistake in it.
    """
    key = f"{NAMESPACE}:{KEY}"
    keys = {*runtime.CONFIG.get(), *runtime.get_config_env()}
    errors = [
        ArgumentError(name, "is not known here", f"everything but secrets stands in {key}")
        for name in sorted(keys)
        if name.startswith(f"{NAMESPACE}:") and name not in (key, *KEYS)
    ]
    text = runtime.get_config(key)
    if text is None:
        where = f"stacks/Pulumi.{pulumi.get_stack()}.yaml"
        errors.append(ArgumentError(key, f"is missing in {where}", "write it as stacks/README.md shows, or copy one of the examples there"))
    elif runtime.is_config_secret(key):
        # Said before it is parsed: a message could show what is to be hidden.
        mend = "write it in plain: nothing in it is secret, and what is has a key of its own"
        errors.append(ArgumentError(key, "holds an encrypted value", mend))
    if errors:
        raise StackFileError(errors)
    return parse(str(text))


def read_secrets(environment: Environment) -> Secrets:
    """The secrets of the stack that runs, from their own keys in its file, to be given to components.

    Args:
        environment: What needs them, which is checked once more with them: a machine's user data has its limits.

    Raises:
        StackFileError: With every mistake in them, and whatever lacks one.
    """
    found, errors = secrets.configured()
    if environment.front.origin_certificate is not None:
        wrong = "is given beside front.origin_certificate, which makes a certificate and its key"
        errors += [
            ArgumentError(key, wrong, "leave one of the two out")
            for key in (CERTIFICATE, PRIVATE_KEY)
            if runtime.get_config(key) is not None
        ]
    expected = found.expected(environment.front)
    for name, tier in environment.web.items() if not errors else ():
        try:
            checked_args(tier, expected)
        except ArgumentError as error:
            errors.append(error.under(joined(f"{KEY}.web", name)))
    try:
        if not errors:
            checked_notifications(environment.front, found)
    except ArgumentError as error:
        errors.append(error.under(f"{KEY}.front"))
    if errors:
        raise StackFileError(errors)
    return found.hidden()
