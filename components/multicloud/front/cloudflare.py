"""The front: one hostname at Cloudflare that leads to the web tiers of all clouds.

Deliberately left to others: the zone itself, which outlives every stack, is looked up and never managed; records of other
names; what a visitor may do there (rules, TLS settings), which belongs to the zone.
"""

# No `from __future__ import annotations` here: it breaks Pulumi's component analysis.
from dataclasses import dataclass
from typing import Any, Optional

import pulumi
import pulumi_cloudflare as cloudflare

from ..arguments import arguments
from ..outputs import outputs
from ..tags import cloudflare_note
from .contract import CloudflareFrontArgs, Pool, PoolSummary, SessionAffinity, Steering
from .pools import location, physical_name, planned_origins, planned_weights, unusual_port


@dataclass(kw_only=True, frozen=True)
class CloudflareFrontResources:
    """The children of a `CloudflareFront`."""

    monitor: cloudflare.LoadBalancerMonitor
    pools: dict[str, cloudflare.LoadBalancerPool]
    """By the pool's name, in failover order."""
    load_balancer: cloudflare.LoadBalancer
    aliases: dict[str, cloudflare.DnsRecord]
    """By hostname."""
    notification: Optional[cloudflare.NotificationPolicy]


class CloudflareFront(pulumi.ComponentResource):
    """A proxied Cloudflare load balancer over the web tiers: one monitor, a pool a tier, and a record for each other name.

    It needs the load balancing add-on, and a token that may read the zone and edit its load balancers, the account's monitors
    and pools, and, with `aliases` or `notification_email`, DNS records and notifications.

    Visitors come by HTTPS. The zone's SSL/TLS encryption mode decides how Cloudflare goes on to the origins: it has to be Full (strict)
    for these hostnames where the origins have a certificate (`origin_port` 443), and Flexible where they answer plain HTTP; with the
    wrong one visitors get an error 52x, whatever the health checks say.
    Source: https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/
    """

    hostname: pulumi.Output[str]
    """The name that visitors know."""
    url: pulumi.Output[str]
    """The address that visitors type."""
    pools: pulumi.Output[list[PoolSummary]]
    """Each pool with its origins' addresses, in failover order."""
    pool_ids: pulumi.Output[dict[str, str]]
    """Cloudflare's id of each pool, by the pool's name."""
    load_balancer_id: pulumi.Output[str]
    """Cloudflare's id of the load balancer."""
    zone_id: pulumi.Output[str]
    """Cloudflare's id of the zone."""
    detection_seconds: pulumi.Output[int]
    """The worst case in seconds until an origin that died gets no more visitors; see `Monitor.detection_seconds`."""

    def __init__(self, name: str, args: CloudflareFrontArgs, opts: Optional[pulumi.ResourceOptions] = None) -> None:
        super().__init__("multicloud:index:CloudflareFront", name, None, opts)
        args = arguments(CloudflareFrontArgs, args)
        args.check()

        self._args, self._note = args, cloudflare_note(name)
        zone = cloudflare.get_zone_output(filter={"name": args.zone, "match": "all"}, opts=pulumi.InvokeOptions(parent=self))
        self.zone_id = zone.apply(lambda found: found.zone_id)
        account_id = zone.apply(lambda found: found.account.id)

        origins = [self._origins(index, pool) for index, pool in enumerate(args.pools)]
        monitor = self._monitor(account_id)
        pools = {pool.name: self._pool(index, pool, account_id, monitor, origins[index]) for index, pool in enumerate(args.pools)}
        load_balancer = self._load_balancer(list(pools.values()))
        self.resources = CloudflareFrontResources(
            monitor=monitor,
            pools=pools,
            load_balancer=load_balancer,
            aliases={alias: self._alias(alias, load_balancer) for alias in args.aliases or []},
            notification=self._notification(account_id, list(pools.values())) if args.notification_email else None,
        )

        self.hostname = load_balancer.name
        self.url = load_balancer.name.apply(lambda hostname: f"https://{hostname}")
        self.pools = pulumi.Output.all(*origins).apply(
            lambda planned: [
                PoolSummary(name=pool.name, origins=[origin["address"] for origin in given])
                for pool, given in zip(args.pools, planned, strict=True)
            ]
        )
        self.pool_ids = pulumi.Output.all(**{pool: resource.id for pool, resource in pools.items()})
        self.load_balancer_id = load_balancer.id
        self.detection_seconds = pulumi.Output.from_input(args.effective_monitor.detection_seconds)
        self.register_outputs(outputs(self))

    def _origins(self, index: int, pool: Pool) -> pulumi.Output[Any]:
        path, most, minimum = f"pools[{index}].origins", self._args.effective_plan.most, pool.minimum_origins
        given: pulumi.Output[Any] = pulumi.Output.from_input({"origins": pool.origins, "port": self._args.origin_port})
        return given.apply(lambda known: planned_origins(known["origins"], path, most=most, minimum=minimum, port=known["port"]))

    def _location(self, index: int, pool: Pool) -> tuple[Optional[pulumi.Input[float]], Optional[pulumi.Input[float]]]:
        if self._args.effective_steering is not Steering.PROXIMITY or pool.latitude is not None:
            return pool.latitude, pool.longitude
        known: pulumi.Output[Any] = pulumi.Output.from_input([pool.cloud, pool.region])
        place = known.apply(lambda of: location(of[0], of[1], f"pools[{index}]"))
        return place.apply(lambda degrees: degrees[0]), place.apply(lambda degrees: degrees[1])

    def _monitor(self, account_id: pulumi.Output[str]) -> cloudflare.LoadBalancerMonitor:
        args, monitor = self._args, self._args.effective_monitor
        port = pulumi.Output.from_input(args.origin_port)
        return cloudflare.LoadBalancerMonitor(
            f"{self.pulumi_resource_name}-monitor",
            account_id=account_id,
            description=self._note,
            type=port.apply(lambda known: "https" if known == 443 else "http"),
            port=port.apply(unusual_port),
            path=args.health_path or "/healthz",
            expected_codes=str(args.expected_status or 200),
            # The origins' web servers may serve more than one site.
            header={"Host": [args.hostname]},
            interval=monitor.interval,
            timeout=monitor.timeout,
            retries=monitor.retries,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _pool(
        self,
        index: int,
        pool: Pool,
        account_id: pulumi.Output[str],
        monitor: cloudflare.LoadBalancerMonitor,
        origins: pulumi.Output[Any],
    ) -> cloudflare.LoadBalancerPool:
        latitude, longitude = self._location(index, pool)
        return cloudflare.LoadBalancerPool(
            f"{self.pulumi_resource_name}-{pool.name}",
            account_id=account_id,
            name=physical_name(pulumi.get_project(), pulumi.get_stack(), self.pulumi_resource_name, pool.name),
            description=self._note,
            origins=origins,
            monitor=monitor.id,
            minimum_origins=pool.minimum_origins,
            latitude=latitude,
            longitude=longitude,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _load_balancer(self, pools: list[cloudflare.LoadBalancerPool]) -> cloudflare.LoadBalancer:
        args = self._args
        ids = [pool.id for pool in pools]
        weights = planned_weights([pool.weight for pool in args.pools])
        by_id = pulumi.Output.all(*ids).apply(lambda known: dict(zip(known, weights, strict=True))) if weights else None
        affinity = args.session_affinity or SessionAffinity.NONE
        return cloudflare.LoadBalancer(
            f"{self.pulumi_resource_name}-load-balancer",
            zone_id=self.zone_id,
            name=args.hostname,
            description=self._note,
            default_pools=ids,
            fallback_pool=ids[-1],
            proxied=True,
            steering_policy=args.effective_steering.policy,
            random_steering={"pool_weights": by_id} if by_id else None,
            session_affinity=None if affinity is SessionAffinity.NONE else affinity.value,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _alias(self, alias: str, load_balancer: cloudflare.LoadBalancer) -> cloudflare.DnsRecord:
        return cloudflare.DnsRecord(
            f"{self.pulumi_resource_name}-{alias}",
            zone_id=self.zone_id,
            name=alias,
            type="CNAME",
            content=load_balancer.name,
            proxied=True,
            ttl=1,  # automatic, the only one that a proxied record may have
            comment=self._note,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _notification(self, account_id: pulumi.Output[str], pools: list[cloudflare.LoadBalancerPool]) -> cloudflare.NotificationPolicy:
        return cloudflare.NotificationPolicy(
            f"{self.pulumi_resource_name}-notification",
            account_id=account_id,
            name=f"Health of {self._args.hostname}",
            description=self._note,
            alert_type="load_balancing_health_alert",
            filters={"pool_ids": [pool.id for pool in pools]},
            mechanisms={"emails": [{"id": self._args.notification_email}]},
            opts=pulumi.ResourceOptions(parent=self),
        )
