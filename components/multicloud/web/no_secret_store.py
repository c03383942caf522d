"""What is refused where machines have no secret store to read: on DigitalOcean, and on machines that somebody else runs. Pure."""

from ..errors import ArgumentError
from .contract import WebTierArgs


def check_no_secrets(args: WebTierArgs, wrong: str) -> None:
    """Refuses secrets that machines would have to read from a store: user data is no place for them.

    Args:
        args: The portable arguments.
        wrong: Who has no such store, for the error.

    Raises:
        ArgumentError: At `container.secrets`, `container.registry` or `registration.token_secret`.
    """
    if args.container is not None and args.container.secrets:
        mend = "let a script fetch them from a store of your own, or take aws or gcp"
        raise ArgumentError("container.secrets", wrong, mend)
    if args.container is not None and args.container.registry is not None:
        mend = "take a public image, let a script log in with a password from a store of your own, or take aws or gcp"
        raise ArgumentError("container.registry", wrong, mend)
    if args.registration is not None and args.registration.token_secret is not None:
        mend = "give the token itself as registration.token, in Pulumi's state a secret"
        raise ArgumentError("registration.token_secret", wrong, mend)
