"""Where a web tier stands on AWS: in a network of its own, or in one that exists."""

from dataclasses import dataclass

import pulumi

from ..amazon import Children
from ..network.aws import AwsNetwork
from .aws_args import AwsWebTierArgs


@dataclass(frozen=True, kw_only=True)
class Place:
    """The network and subnets of a tier."""

    network: AwsNetwork | None
    """The tier's own; None where it stands in an existing one."""
    network_id: pulumi.Input[str]
    """Id of the VPC."""
    subnet_ids: pulumi.Output[list[str]]
    """The public subnets."""
    machine_subnet_ids: pulumi.Output[list[str]]
    """Where the machines stand."""
    public: bool
    """Whether the machines reach out with public addresses of their own."""

    @property
    def before(self) -> list[pulumi.Resource]:
        """What has to be there before anything in the network can reach the internet."""
        return [self.network] if self.network is not None else []


def place(children: Children, args: AwsWebTierArgs) -> Place:
    """The place of a tier.

    Args:
        children: The tier's.
        args: The tier's, checked.
    """
    if args.network_id is None:
        network = AwsNetwork(f"{children.name}-network", args.network_args, opts=children.options)
        return Place(
            network=network,
            network_id=network.network_id,
            subnet_ids=network.subnet_ids,
            machine_subnet_ids=network.private_subnet_ids if args.private else network.subnet_ids,
            public=not args.private,
        )
    public, private = (pulumi.Output.all(*(ids or [])) for ids in (args.subnet_ids, args.machine_subnet_ids))
    return Place(
        network=None,
        network_id=args.network_id,
        subnet_ids=public,
        machine_subnet_ids=private if args.machine_subnet_ids else public,
        public=args.machine_subnet_ids is None,
    )
