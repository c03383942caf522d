"""A container that the machines run: what it is, checked. Pure."""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
import re
from dataclasses import dataclass
from typing import Optional

import pulumi

from ..errors import ArgumentError

# The grammar is that of https://pkg.go.dev/github.com/distribution/reference.
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[0-9]+)?")
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REST = re.compile(rf"(?P<name>{_PART}(?:/{_PART})*)(?P<tag>:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(?P<digest>@sha256:[0-9a-f]{{64}})?")
_SECRET = re.compile(r"[!-~]{1,2048}")
_SHORT_LIVED = {"AWS", "oauth2accesstoken"}
"""Users of Amazon ECR and of Google's Artifact Registry, with tokens that last 12 hours and one hour.

Sources: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html,
https://cloud.google.com/artifact-registry/docs/docker/authentication#token
"""


@dataclass(kw_only=True, frozen=True)
class Registry:
    """How the machines log in to the registry that the image comes from."""

    user: str
    """Name of the user: `AWS` or `oauth2accesstoken` is none, since those go with passwords of an hour."""
    password_secret: pulumi.Input[str]
    """Name of the secret in the cloud's own store that holds the password or token, and nothing else."""

    def check(self) -> None:
        """Raises ArgumentError, its path below `container.registry`, if the machines cannot log in."""
        if self.user in _SHORT_LIVED:
            wrong = f"{self.user} goes with a password that ends within hours"
            raise ArgumentError("container.registry.user", wrong, "take a user whose password or token lasts")
        if not re.fullmatch(r"[!-~]{1,256}", self.user):
            raise ArgumentError("container.registry.user", "is no name of a user", "give the one that the password belongs to")
        if isinstance(self.password_secret, str) and not _SECRET.fullmatch(self.password_secret):
            raise ArgumentError("container.registry.password_secret", "is no name of a secret", "name one of the cloud's own store")


@dataclass(kw_only=True, frozen=True)
class Container:
    """One container a machine, kept running by systemd.

    Deliberately left out: volumes, since machines come and go; more than one container, which a script can do.
    """

    image: str
    """The image: `ghcr.io/example/shop:1.4`, at best with its digest, `...@sha256:...`, so that all machines run the same. Names without a
    registry are Docker Hub's. A tag that moves reaches new machines alone."""
    port: int
    """The port that the server in the container listens on. The machine's own is `health_check.port`."""
    environment: Optional[dict[str, pulumi.Input[str]]] = None
    """Environment variables, which are in the user data, so none may be a secret."""
    secrets: Optional[dict[str, pulumi.Input[str]]] = None
    """Environment variables that are secrets: the name of each one's secret in the cloud's own store, which must exist. On AWS the name or
    ARN of a secret of Secrets Manager, on Google Cloud the name of one of Secret Manager. The machines may read these and no others, and
    do so at each start of the container, so a restart picks up a new value."""
    command: Optional[list[str]] = None
    """What runs in the container. Defaults to what the image says."""
    registry: Optional[Registry] = None
    """How to log in to the registry. Defaults to not at all, for a public image."""

    @property
    def full_image(self) -> str:
        """The image with its registry, as Docker completes it."""
        host, rest = _split(self.image)
        match = _REST.fullmatch(rest)
        assert match, "checked"
        library = "library/" if host == "docker.io" and "/" not in match["name"] else ""
        tag = match["tag"] or ("" if match["digest"] else ":latest")
        return f"{host}/{library}{match['name']}{tag}{match['digest'] or ''}"

    def check(self) -> None:
        """Raises ArgumentError, its path below `container`, if it cannot run. No value of a variable is shown."""
        host, rest = _split(self.image)
        if not _HOST.fullmatch(host) or not _REST.fullmatch(rest):
            raise ArgumentError("container.image", f"{self.image!r} is no name of an image", "write one like ghcr.io/example/shop:1.4")
        if not 1 <= self.port <= 65535:
            raise ArgumentError("container.port", f"{self.port} is not a port", "give a number from 1 to 65535")
        for field, variables in (("environment", self.environment or {}), ("secrets", self.secrets or {})):
            for name, value in variables.items():
                path = f"container.{field}[{name!r}]"
                if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
                    raise ArgumentError(path, "is no name of a variable", "take letters, digits and underscores")
                if field == "secrets" and isinstance(value, str) and not _SECRET.fullmatch(value):
                    raise ArgumentError(path, "is no name of a secret", "name one of the cloud's own store")
                if isinstance(value, str) and "\0" in value:
                    raise ArgumentError(path, "holds a zero byte, which no variable can", "give plain text")
        if both := sorted(set(self.environment or {}) & set(self.secrets or {})):
            raise ArgumentError(f"container.secrets[{both[0]!r}]", "is in environment, too", "leave one of the two out")
        if self.command is not None and not self.command:
            raise ArgumentError("container.command", "is empty", "give the program and its arguments, or leave it out")
        for index, word in enumerate(self.command or []):
            if "\0" in word:
                raise ArgumentError(f"container.command[{index}]", "holds a zero byte, which no argument can", "give plain text")
        if self.registry is not None:
            self.registry.check()


def _split(image: str) -> tuple[str, str]:
    """The registry and what comes after it. A word before a slash is a registry where it is localhost or no word that a name could have."""
    first, slash, rest = image.partition("/")
    if not slash or not (first == "localhost" or re.search(r"[.:A-Z]", first)):
        return "docker.io", image
    return "docker.io" if first == "index.docker.io" else first, rest  # the name before 2015, which Docker still takes
