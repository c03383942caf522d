"""What every child of a front is made with."""

from dataclasses import dataclass

import pulumi

from .contract import CloudflareFrontArgs


@dataclass(kw_only=True, frozen=True)
class Scope:
    """A front, as far as its children have to know it."""

    front: pulumi.ComponentResource
    """Their parent."""
    args: CloudflareFrontArgs
    """Its arguments, checked."""
    note: str
    """Whose a child is, for people who find it at Cloudflare."""
    zone_id: pulumi.Output[str]
    """Cloudflare's id of the zone."""
    account_id: pulumi.Output[str]
    """Cloudflare's id of the zone's account."""

    def name(self, suffix: str) -> str:
        """The name of a child."""
        return f"{self.front.pulumi_resource_name}-{suffix}"
