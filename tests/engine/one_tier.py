"""A web tier behind the front, alone in a deployment of its own, that tests turn from one thing into another."""

import json
from pathlib import Path
from typing import Any

from tests.certificates import certificate
from tests.engine.deployment import Deployment
from tests.engine.events import Events, watched

PLACES = {
    "aws": {"cloud": "aws", "region": "eu-central-1"},
    "gcp": {"cloud": "gcp", "region": "europe-west3"},
    "digitalocean": {"cloud": "digitalocean", "region": "fra1"},
}
STACK = "staging"
POOL = "LoadBalancerPool"


class OneTier:
    """A stack with nothing in it yet, and at most one tier, named `web`.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.deployment = Deployment(folder, STACK)
        self._tier: dict[str, Any] | None = None
        self.deployment.configure(lambda environment: environment.pop("database"))

    def become(self, cloud: str, **tier: Any) -> Events:
        """Makes the tier this and no other, and returns what the clouds did for it; nothing where it is this already.

        Args:
            cloud: Where it is.
            tier: What the stack file says of it beside that, two servers where it does not say how many.
        """
        wanted = {**PLACES[cloud], "servers": {"min": 2}, **tier}
        if wanted == self._tier:
            return Events()
        self._tier = None
        self.write(wanted)
        events = watched(self.deployment, self.deployment.up)
        self._tier = wanted
        return events

    def write(self, tier: dict[str, Any]) -> None:
        """Writes a tier into the stack's file."""
        self.deployment.configure(lambda environment: environment.update(web={"web": tier}))

    def settled(self) -> None:
        """Asserts that another `up` would change nothing, and that every resource in the clouds has a record and the other way round."""
        self.deployment.up("--expect-no-changes")
        recorded = {(r["type"], r["id"]) for r in self.deployment.state() if r.get("custom") and not r["type"].startswith("pulumi:")}
        held = {(resource["type"], resource["id"]) for resource in self.deployment.clouds()}
        assert recorded == held, (recorded - held, held - recorded)

    def held(self, type: str, name: str = "") -> list[dict[str, Any]]:
        """The inputs of what the clouds hold of a type, or of those whose name has a part."""
        return [
            resource["inputs"]
            for resource in self.deployment.clouds()
            if resource["type"].rsplit(":", 1)[1] == type and name in resource["name"]
        ]

    def one(self, type: str, name: str = "") -> dict[str, Any]:
        """The inputs of the only one."""
        (found,) = self.held(type, name)
        return found

    def outputs(self) -> dict[str, Any]:
        """What the stack says of the tier."""
        shown: dict[str, Any] = json.loads(self.deployment.pulumi("stack", "output", "--json", "--stack", STACK))
        pool: dict[str, Any] = shown["pools"]["web"]
        return pool

    def refusal(self, cloud: str, **tier: Any) -> str:
        """What a preview prints that refuses a tier; the tier stays what it was."""
        before = self.deployment.config_file.read_text()
        try:
            self.write({**PLACES[cloud], "servers": {"min": 2}, **tier})
            refused = self.deployment.attempt("preview", "--stack", STACK)
        finally:
            self.deployment.config_file.write_text(before)
        assert refused.returncode != 0
        return refused.stdout + refused.stderr

    def config(self, key: str, value: str, *, secret: bool = False) -> None:
        """Sets a key of the stack's configuration, which the next `become` acts on."""
        if value.startswith("-"):  # which would be taken for an option
            value = f"\n{value}"
        self.deployment.pulumi("config", "set", key, value, "--stack", STACK, *(["--secret"] if secret else []))
        self._tier = None

    def renew_certificate(self, folder: Path) -> None:
        """Gives the stack a new certificate, made on the spot, with its key."""
        shown, key = certificate(folder, "staging.example.com")
        self.config("multicloud:originCertificate", shown.read_text())
        self.config("multicloud:originPrivateKey", key.read_text(), secret=True)

    def destroy(self) -> None:
        """Destroys everything."""
        self._tier = None
        self.deployment.pulumi("destroy", "--yes", "--skip-preview", "--stack", STACK)
