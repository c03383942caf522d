"""The front: one hostname at Cloudflare that leads to the web tiers of all clouds.

Deliberately left to others: the zone itself, which outlives every stack, is looked up and never managed; records of other
names; whatever the shield has no argument for.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from typing import Any, Optional

import pulumi
import pulumi_cloudflare as cloudflare

from ..arguments import arguments
from ..outputs import outputs
from ..tags import cloudflare_note
from .balancer import Balancer, balancer
from .combinations import check_port
from .contract import CloudflareFrontArgs, Pool, PoolSummary
from .mode import Mode
from .notices import Notices, notices
from .pools import planned_origins
from .protection import ProtectionResources, protect
from .records import alias_records, origin_records, tunnel_record
from .scope import Scope
from .tunnel import Tunnel, TunnelArgs
from .tunnels import check_tunnels


@dataclass(kw_only=True, frozen=True)
class CloudflareFrontResources:
    """The children of a `CloudflareFront`. What its mode does not have is None, or empty."""

    monitor: Optional[cloudflare.LoadBalancerMonitor]
    pools: dict[str, cloudflare.LoadBalancerPool]
    """By the pool's name, in failover order."""
    load_balancer: Optional[cloudflare.LoadBalancer]
    records: dict[str, cloudflare.DnsRecord]
    """Those of the origins, by pool and origin: `aws-1`; or the one that leads to the tunnel, `hostname`."""
    tunnel: Optional[Tunnel]
    aliases: dict[str, cloudflare.DnsRecord]
    """By hostname."""
    notification: Optional[cloudflare.NotificationPolicy]
    webhooks: dict[str, cloudflare.NotificationPolicyWebhooks]
    """By the name for people."""
    protection: Optional[ProtectionResources]


class CloudflareFront(pulumi.ComponentResource):
    """One name at Cloudflare that leads to the web tiers of all clouds: by load balancing, by records or by a tunnel; see `Mode`.

    It needs a token that may read the zone and edit its settings, rules and DNS records; for load balancing, which is a paid add-on, its
    load balancers and the account's monitors and pools; for a tunnel, the account's tunnels; and with notifications, these.

    Visitors come by HTTPS. The zone's SSL/TLS encryption mode decides how Cloudflare goes on to the origins: it has to be Full (strict)
    for these hostnames where the origins have a certificate (`origin_port` 443), and Flexible where they answer plain HTTP; with the
    wrong one visitors get an error 52x, whatever the health checks say. The shield sets it.
    Source: https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/
    """

    hostname: pulumi.Output[str]
    """The name that visitors know."""
    url: pulumi.Output[str]
    """The address that visitors type."""
    pools: pulumi.Output[list[PoolSummary]]
    """Each pool with its origins' addresses, in failover order."""
    pool_ids: pulumi.Output[dict[str, str]]
    """Cloudflare's id of each pool, by the pool's name; none where the mode has no load balancing."""
    load_balancer_id: Optional[pulumi.Output[str]]
    """Cloudflare's id of the load balancer, where there is one."""
    zone_id: pulumi.Output[str]
    """Cloudflare's id of the zone."""
    detection_seconds: Optional[pulumi.Output[int]]
    """The worst case in seconds until an origin that died gets no more visitors; see `Monitor.detection_seconds`. None where no monitor
    watches the origins."""
    tunnel_hostname: Optional[pulumi.Output[str]]
    """The name of the tunnel that machines have to open, where `mode` is `tunnel`; with the token, the tiers' `TunnelConnection`."""
    tunnel_token: Optional[pulumi.Output[str]]
    """What they open it with. A secret."""

    def __init__(self, name: str, args: CloudflareFrontArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:CloudflareFront", name, None, opts)
        args = arguments(CloudflareFrontArgs, args)
        args.check()

        zone = cloudflare.get_zone_output(filter={"name": args.zone, "match": "all"}, opts=pulumi.InvokeOptions(parent=self))
        self.zone_id = zone.apply(lambda found: found.zone_id)
        account_id = zone.apply(lambda found: found.account.id)
        scope = Scope(front=self, args=args, note=cloudflare_note(name), zone_id=self.zone_id, account_id=account_id)

        origins = [self._origins(args, index, pool) for index, pool in enumerate(args.known_pools)]
        balanced, tunnel, records = self._way_in(scope, origins)
        told = self._notices(scope, balanced)
        self.resources = CloudflareFrontResources(
            monitor=balanced.monitor if balanced else None,
            pools=balanced.pools if balanced else {},
            load_balancer=balanced.load_balancer if balanced else None,
            records=records,
            tunnel=tunnel,
            # What Cloudflare does with an alias of a tunnel's name is not documented; so each name leads to the tunnel itself.
            aliases=alias_records(scope, tunnel.hostname if tunnel else self.hostname),
            notification=told.policy if told else None,
            webhooks=told.webhooks if told else {},
            protection=self._protection(scope),
        )

        self.url = self.hostname.apply(lambda hostname: f"https://{hostname}")
        self.pools = pulumi.Output.all(*origins).apply(
            lambda planned: [
                PoolSummary(name=pool.name, origins=[origin["address"] for origin in given])
                for pool, given in zip(args.known_pools, planned, strict=True)
            ]
        )
        ids: dict[str, Any] = {pool: resource.id for pool, resource in self.resources.pools.items()}
        self.pool_ids = pulumi.Output.from_input(ids)
        self.load_balancer_id = balanced.load_balancer.id if balanced else None
        self.detection_seconds = None if args.detection_seconds is None else pulumi.Output.from_input(args.detection_seconds)
        self.tunnel_hostname = tunnel.hostname if tunnel else None
        self.tunnel_token = tunnel.token if tunnel else None
        self.register_outputs(outputs(self))

    @staticmethod
    def _origins(args: CloudflareFrontArgs, index: int, pool: Pool) -> pulumi.Output[Any]:
        path, most, minimum = f"pools[{index}].origins", args.effective_plan.most, pool.minimum_origins

        def plan(known: Any) -> list[dict[str, Any]]:
            port, enabled = int(known["port"]), not args.drains(pool)
            planned = planned_origins(known["origins"], path, most=most, minimum=minimum, port=port, host=args.hostname, enabled=enabled)
            check_port(args, port)
            check_tunnels([origin["address"] for origin in planned], path, port=port, proxied=args.is_proxied)
            return planned

        given: pulumi.Output[Any] = pulumi.Output.from_input({"origins": pool.origins, "port": args.shielded_port})
        return given.apply(plan)

    def _way_in(
        self, scope: Scope, origins: list[pulumi.Output[Any]]
    ) -> tuple[Optional[Balancer], Optional[Tunnel], dict[str, cloudflare.DnsRecord]]:
        """What the hostname leads to, by the front's mode; `hostname` is known once that is there."""
        if scope.args.effective_mode is Mode.TUNNEL:
            own = TunnelArgs(zone=scope.args.zone, port=scope.args.origin_port)
            tunnel = Tunnel(scope.name("tunnel"), own, pulumi.ResourceOptions(parent=self))
            record = tunnel_record(scope, tunnel.hostname)
            self.hostname = record.name
            return None, tunnel, {"hostname": record}
        if scope.args.effective_mode is Mode.DNS:
            records = origin_records(scope, origins)
            first, *others = [record.name for record in records.values()]
            self.hostname = pulumi.Output.all(first, *others).apply(lambda names: str(names[0]))
            return None, None, records
        balanced = balancer(scope, origins)
        self.hostname = balanced.load_balancer.name
        return balanced, None, {}

    @staticmethod
    def _notices(scope: Scope, balanced: Optional[Balancer]) -> Optional[Notices]:
        wanted = scope.args.effective_notifications
        return notices(scope, wanted, list(balanced.pools.values())) if wanted and balanced else None

    def _protection(self, scope: Scope) -> Optional[ProtectionResources]:
        """What protects the zone; nothing where visitors do not come through Cloudflare."""
        args = scope.args
        if not args.is_proxied:
            return None
        name = self.pulumi_resource_name
        return protect(self, name, scope.zone_id, args.effective_shield, args.effective_plan, args.shielded_port, scope.note)
