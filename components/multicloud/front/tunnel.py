"""A Cloudflare Tunnel: machines connect to Cloudflare from inside, and visitors come to them along that connection.

Deliberately left out: networks and hostnames that are private (WARP), and protocols other than HTTP.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from typing import Optional

import pulumi
import pulumi_cloudflare as cloudflare

from ..arguments import arguments
from ..naming import check_hostname
from ..outputs import outputs
from .pools import physical_name
from .tunnels import hostname_of, service


@dataclass(kw_only=True, frozen=True)
class TunnelArgs:
    """The arguments of a tunnel."""

    zone: str
    """Name of a zone at Cloudflare, which must exist: example.com. The tunnel belongs to its account, and so must every front that
    leads to it: Cloudflare lets nobody else in."""
    port: Optional[pulumi.Input[int]] = None
    """Where the machines serve, by plain HTTP, to themselves alone. Defaults to 80."""

    def check(self) -> None:
        """Raises ArgumentError if what is known before anything is created cannot work."""
        check_hostname(self.zone, "zone")
        if isinstance(self.port, int):
            service(self.port, "port")


@dataclass(kw_only=True, frozen=True)
class TunnelResources:
    """The children of a `Tunnel`."""

    tunnel: cloudflare.ZeroTrustTunnelCloudflared
    configuration: cloudflare.ZeroTrustTunnelCloudflaredConfig


class Tunnel(pulumi.ComponentResource):
    """A tunnel that any number of machines, 25 at most, open from inside with its token, so that no port of theirs has to be open.

    All machines with the token are its replicas. A visitor gets the nearest, and another one when that is gone; nothing else steers.
    So give each tier a tunnel of its own where a front is to choose between tiers. Any hostname of the account may lead to it, by a
    record or as the origin of a pool.
    Sources: https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/configure-tunnels/tunnel-availability/,
    https://developers.cloudflare.com/cloudflare-one/account-limits/

    Cloudflare deletes no tunnel that a machine has open (error 1022): stop the connectors of machines that nothing here deletes. Where
    tiers have just left it, their old machines may take minutes to go: run the update once more then.

    It needs a token that may edit the account's Cloudflare Tunnels and read the zone.
    """

    tunnel_id: pulumi.Output[str]
    """Cloudflare's id of the tunnel."""
    hostname: pulumi.Output[str]
    """Where a front sends visitors to: the id and `.cfargotunnel.com`."""
    token: pulumi.Output[str]
    """What a machine opens the tunnel with. A secret: whoever has it gets visitors. Looked up at each run, so that another one, after
    it was rotated at Cloudflare, shows in the next preview."""

    def __init__(self, name: str, args: TunnelArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:Tunnel", name, None, opts)
        args = arguments(TunnelArgs, args)
        args.check()

        look_up = pulumi.InvokeOptions(parent=self)
        zone = cloudflare.get_zone_output(filter={"name": args.zone, "match": "all"}, opts=look_up)
        account_id = zone.apply(lambda found: found.account.id)
        tunnel = cloudflare.ZeroTrustTunnelCloudflared(
            f"{name}-tunnel",
            account_id=account_id,
            # Cloudflare wants a name that no other tunnel of the account has. It stands in the way of no replacement: a tunnel is renamed
            # in place, and only one that moves to another account is replaced.
            name=physical_name(pulumi.get_project(), pulumi.get_stack(), name),
            # What the machines serve is said here, and not in a file on each.
            config_src="cloudflare",
            opts=pulumi.ResourceOptions(parent=self),
        )
        port: pulumi.Output[int] = pulumi.Output.from_input(80 if args.port is None else args.port)
        configuration = cloudflare.ZeroTrustTunnelCloudflaredConfig(
            f"{name}-config",
            account_id=account_id,
            tunnel_id=tunnel.id,
            # One rule for every hostname: which ones lead here is said where they do.
            config={"ingresses": [{"service": port.apply(lambda known: service(known, "port"))}]},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.resources = TunnelResources(tunnel=tunnel, configuration=configuration)

        self.tunnel_id = tunnel.id
        # Of the configuration, so that nobody is sent here before it is there.
        self.hostname = configuration.tunnel_id.apply(hostname_of)
        found = cloudflare.get_zero_trust_tunnel_cloudflared_token_output(account_id=account_id, tunnel_id=tunnel.id, opts=look_up)
        self.token = pulumi.Output.secret(found.apply(lambda known: known.token))
        self.register_outputs(outputs(self))
