"""The passwords of a server's logins."""

import pulumi
import pulumi_random as random


def password(name: str, options: pulumi.ResourceOptions) -> random.RandomPassword:
    """A password that Pulumi keeps as a secret in the stack's state. Letters and digits alone: it ends up in connection strings.

    Args:
        name: Name of the resource.
        options: Its options.
    """
    return random.RandomPassword(name, length=32, special=False, min_lower=1, min_upper=1, min_numeric=1, opts=options)
