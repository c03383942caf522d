"""A front over machines of somebody else, alone in a deployment of its own, that tests turn from one thing into another.

Nothing but Cloudflare has anything to do here, so that many changes take little time.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.store import Store
from tests.engine.deployment import Deployment

STACK = "dev"
ZONE = "big.example"
"""A zone on the Enterprise plan, where everything is allowed."""

UNSHIELDED = {"enabled": False}
"""The zone's protection has nothing to do with where visitors are sent."""

TIERS: dict[str, dict[str, Any]] = {
    "fra": {"addresses": ["203.0.113.10", "203.0.113.11"], "region": "frankfurt", "latitude": 50.1, "longitude": 8.7},
    "ash": {"addresses": ["203.0.113.20"], "region": "ashburn", "latitude": 39.0, "longitude": -77.5},
    "sin": {"addresses": ["203.0.113.30"], "region": "singapore", "latitude": 1.4, "longitude": 103.8},
}
"""Machines on three continents."""

PROGRAM = '''"""A front over machines of somebody else, as `front.json` says."""

import json
from pathlib import Path

import pulumi
import pulumi_cloudflare

import multicloud

given = json.loads(Path("front.json").read_text())
provider = pulumi_cloudflare.Provider("cloudflare")
options = pulumi.ResourceOptions(providers=[provider])
tiers = {name: multicloud.ExternalWebTier(name, args) for name, args in given["tiers"].items() if args["addresses"]}
tunnels = {
    name: multicloud.Tunnel(f"{name}-tunnel", {"zone": given["front"]["zone"]}, options)
    for name, args in given["tiers"].items()
    if not args["addresses"]
}
for name, tunnel in tunnels.items():
    pulumi.export(f"{name}_token", tunnel.token)


def origins(tier):
    """Where a tier is reached: at its machines' addresses, or through a tunnel."""
    if tier in tiers:
        return tiers[tier].origins
    return [{"name": tier, "address": tunnels[tier].hostname, "weight": 1}]


located = {"latitude", "longitude"}
pools = [
    {
        "origins": origins(pool["tier"]),
        "origin_count": len(given["tiers"][pool["tier"]]["addresses"]) or 1,
        **{key: given["tiers"][pool["tier"]][key] for key in located if given["located"]},
        **{key: value for key, value in pool.items() if key != "tier"},
    }
    for pool in given["pools"]
]
front = multicloud.CloudflareFront("front", {**given["front"], "pools": pools}, options)
pulumi.export("hostname", front.hostname)
pulumi.export("pool_ids", front.pool_ids)
pulumi.export("detection_seconds", front.detection_seconds)
pulumi.export("tunnel_hostname", front.tunnel_hostname)
pulumi.export("tunnel_token", front.tunnel_token)
'''


@dataclass(frozen=True)
class Change:
    """One thing that Cloudflare did."""

    operation: str
    """create, update or delete."""
    type: str
    """The last part of the type token: `LoadBalancerPool`."""
    name: str
    """The logical name, without the front's: `fra`."""

    def __str__(self) -> str:
        return f"{self.operation} {self.type} {self.name}"


class OneFront:
    """A stack with a front, and nothing in it yet.

    Args:
        folder: An empty folder.
        plan: The plan of the zone, and of the front.
    """

    def __init__(self, folder: Path, plan: str = "enterprise") -> None:
        self.deployment = Deployment(folder, STACK)
        (self.deployment.project / "__main__.py").write_text(PROGRAM)
        self.deployment.sandbox("fixture", "add", "cloudflare", "zones", ZONE, f"plan={plan}")
        self.tiers = {name: {**tier} for name, tier in TIERS.items()}
        """What `TIERS` says, for a test to change. Without addresses, a tier is reached through a tunnel of its own."""
        self._plan, self._store = plan, folder / "sandbox.db"

    def become(self, pools: list[str | dict[str, Any]], **front: Any) -> list[Change]:
        """Makes the front this and no other, and returns what Cloudflare did for it, in order.

        Args:
            pools: A pool each: a name of `TIERS`, or a pool's arguments with `tier` beside them.
            front: The front's other arguments.
        """
        self.write(pools, **front)
        return self.watch("up", "--yes", "--skip-preview", "--stack", STACK)

    def write(self, pools: list[str | dict[str, Any]], **front: Any) -> None:
        """Writes what the program reads."""
        listed = [{"name": pool, "tier": pool} if isinstance(pool, str) else {"name": pool["tier"], **pool} for pool in pools]
        content = {
            "tiers": {pool["tier"]: self.tiers[pool["tier"]] for pool in listed},
            "located": front.get("steering") == "proximity",
            "pools": listed,
            "front": {"zone": ZONE, "hostname": f"www.{ZONE}", "plan": self._plan, "shield": UNSHIELDED, **front},
        }
        (self.deployment.project / "front.json").write_text(json.dumps(content))

    def watch(self, *command: str) -> list[Change]:
        """What Cloudflare did during a command."""
        seen = self._journal(0)
        self.deployment.pulumi(*command)
        return self._journal(len(seen))

    def settled(self) -> None:
        """Asserts that a refresh finds nothing and that another `up` would change nothing."""
        drift, steps = self.deployment.drift(), self.deployment.steps()
        assert (drift, steps) == ({}, {})

    def held(self, type: str) -> dict[str, Mapping[str, Any]]:
        """The inputs of what Cloudflare holds of a type, by name, as `Change.name` has it."""
        held = [resource for resource in self.deployment.clouds() if resource["type"].rsplit(":", 1)[1] == type]
        return {_short(resource["name"]): resource["inputs"] for resource in held}

    def one(self, type: str) -> Mapping[str, Any]:
        """The inputs of the only one."""
        (found,) = self.held(type).values()
        return found

    def outputs(self) -> dict[str, Any]:
        """What the program exports."""
        shown: dict[str, Any] = json.loads(self.deployment.pulumi("stack", "output", "--json", "--stack", STACK))
        return shown

    def destroy(self) -> None:
        """Destroys everything, and asserts that nothing is left."""
        self.deployment.pulumi("destroy", "--yes", "--skip-preview", "--stack", STACK)
        assert self.deployment.clouds() == []

    def _journal(self, after: int) -> list[Change]:
        """What Cloudflare did, but for the first of it."""
        store = Store(self._store)
        try:
            with store.transaction() as transaction:
                lines = transaction.journal()
        finally:
            store.close()
        done = [line for line in lines if line.operation in ("create", "update", "delete") and line.outcome == "done"]
        return [Change(line.operation, line.token.rsplit(":", 1)[1], _short(line.name)) for line in done[after:]]


def _short(name: str) -> str:
    return name.removeprefix("front-")
