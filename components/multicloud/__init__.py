"""multicloud: one web application on several clouds, as Pulumi components.

    import multicloud as mc

    aws = mc.AwsWebTier("aws", mc.AwsWebTierArgs(region="eu-central-1", servers=mc.Servers(min=2, max=6)))

Every public name is here. A name is imported when it is first used, so that `import multicloud` imports no provider's SDK,
and a program that uses one cloud needs that cloud's SDK only.
"""

import gc
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .database.cloud_sql import CloudSqlPostgres as CloudSqlPostgres
    from .database.cloud_sql import CloudSqlPostgresArgs as CloudSqlPostgresArgs
    from .database.contract import (
        DatabaseSize as DatabaseSize,
    )
    from .database.contract import (
        PostgresArgs as PostgresArgs,
    )
    from .database.contract import (
        PostgresServer as PostgresServer,
    )
    from .database.contract import (
        Role as Role,
    )
    from .database.pair import PostgresPair as PostgresPair
    from .database.pair import PostgresPairArgs as PostgresPairArgs
    from .database.rds import RdsPostgres as RdsPostgres
    from .database.rds import RdsPostgresArgs as RdsPostgresArgs
    from .errors import ArgumentError as ArgumentError
    from .front.affinity import Affinity as Affinity
    from .front.affinity import SameSite as SameSite
    from .front.affinity import Secure as Secure
    from .front.affinity import SessionAffinity as SessionAffinity
    from .front.affinity import ZeroDowntimeFailover as ZeroDowntimeFailover
    from .front.cloudflare import CloudflareFront as CloudflareFront
    from .front.contract import CloudflareFrontArgs as CloudflareFrontArgs
    from .front.dns import Dns as Dns
    from .front.health import Monitor as Monitor
    from .front.health import Plan as Plan
    from .front.mode import Mode as Mode
    from .front.notifications import Notifications as Notifications
    from .front.origin_certificate import OriginCertificate as OriginCertificate
    from .front.origin_certificate import OriginCertificateArgs as OriginCertificateArgs
    from .front.origin_pulls import OriginPulls as OriginPulls
    from .front.origin_pulls import OriginPullsArgs as OriginPullsArgs
    from .front.patterns import Pattern as Pattern
    from .front.pool import Pool as Pool
    from .front.pool import pool_of as pool_of
    from .front.ranges import cloudflare_ranges as cloudflare_ranges
    from .front.routes import FixedResponse as FixedResponse
    from .front.routes import Route as Route
    from .front.shield import Action as Action
    from .front.shield import CacheRule as CacheRule
    from .front.shield import DdosSensitivity as DdosSensitivity
    from .front.shield import FirewallRule as FirewallRule
    from .front.shield import Hsts as Hsts
    from .front.shield import MinimumTls as MinimumTls
    from .front.shield import RateLimit as RateLimit
    from .front.shield import Shield as Shield
    from .front.shield import Ssl as Ssl
    from .front.steering import Geo as Geo
    from .front.steering import LocationMode as LocationMode
    from .front.steering import LocationStrategy as LocationStrategy
    from .front.steering import OriginSteering as OriginSteering
    from .front.steering import PreferEcs as PreferEcs
    from .front.steering import Steering as Steering
    from .front.tunnel import Tunnel as Tunnel
    from .front.tunnel import TunnelArgs as TunnelArgs
    from .machine.container import Container as Container
    from .machine.container import Registry as Registry
    from .machine.workload import Archive as Archive
    from .machine.workload import Git as Git
    from .machine.workload import StaticSite as StaticSite
    from .network.aws import AwsNetwork as AwsNetwork
    from .network.aws import AwsNetworkArgs as AwsNetworkArgs
    from .network.digitalocean import DigitalOceanNetwork as DigitalOceanNetwork
    from .network.digitalocean import DigitalOceanNetworkArgs as DigitalOceanNetworkArgs
    from .network.gcp import GcpNetwork as GcpNetwork
    from .network.gcp import GcpNetworkArgs as GcpNetworkArgs
    from .web.aws import AwsWebTier as AwsWebTier
    from .web.aws import AwsWebTierArgs as AwsWebTierArgs
    from .web.contract import (
        Debian as Debian,
    )
    from .web.contract import (
        HealthCheck as HealthCheck,
    )
    from .web.contract import (
        Origin as Origin,
    )
    from .web.contract import (
        Servers as Servers,
    )
    from .web.contract import (
        Size as Size,
    )
    from .web.contract import (
        WebTier as WebTier,
    )
    from .web.contract import (
        WebTierArgs as WebTierArgs,
    )
    from .web.digitalocean import DigitalOceanWebTier as DigitalOceanWebTier
    from .web.digitalocean import DigitalOceanWebTierArgs as DigitalOceanWebTierArgs
    from .web.exposure import Certificate as Certificate
    from .web.exposure import Exposure as Exposure
    from .web.exposure import Registration as Registration
    from .web.exposure import Replacement as Replacement
    from .web.exposure import TunnelConnection as TunnelConnection
    from .web.external import ExternalWebTier as ExternalWebTier
    from .web.external import ExternalWebTierArgs as ExternalWebTierArgs
    from .web.gcp import GcpWebTier as GcpWebTier
    from .web.gcp import GcpWebTierArgs as GcpWebTierArgs
    from .web.schedule import Day as Day
    from .web.schedule import Period as Period
    from .web.schedule import Schedule as Schedule


__version__ = "0.1.0"

_MODULES = {
    "database.cloud_sql": ("CloudSqlPostgres", "CloudSqlPostgresArgs"),
    "database.contract": ("DatabaseSize", "PostgresArgs", "PostgresServer", "Role"),
    "database.pair": ("PostgresPair", "PostgresPairArgs"),
    "database.rds": ("RdsPostgres", "RdsPostgresArgs"),
    "errors": ("ArgumentError",),
    "front.affinity": ("Affinity", "SameSite", "Secure", "SessionAffinity", "ZeroDowntimeFailover"),
    "front.cloudflare": ("CloudflareFront",),
    "front.contract": ("CloudflareFrontArgs",),
    "front.dns": ("Dns",),
    "front.mode": ("Mode",),
    "front.notifications": ("Notifications",),
    "front.health": ("Monitor", "Plan"),
    "front.origin_certificate": ("OriginCertificate", "OriginCertificateArgs"),
    "front.origin_pulls": ("OriginPulls", "OriginPullsArgs"),
    "front.patterns": ("Pattern",),
    "front.pool": ("Pool", "pool_of"),
    "front.routes": ("FixedResponse", "Route"),
    "front.shield": ("Action", "CacheRule", "DdosSensitivity", "FirewallRule", "Hsts", "MinimumTls", "RateLimit", "Shield", "Ssl"),
    "front.steering": ("Geo", "LocationMode", "LocationStrategy", "OriginSteering", "PreferEcs", "Steering"),
    "front.tunnel": ("Tunnel", "TunnelArgs"),
    "front.ranges": ("cloudflare_ranges",),
    "machine.container": ("Container", "Registry"),
    "machine.workload": ("Archive", "Git", "StaticSite"),
    "network.aws": ("AwsNetwork", "AwsNetworkArgs"),
    "network.digitalocean": ("DigitalOceanNetwork", "DigitalOceanNetworkArgs"),
    "network.gcp": ("GcpNetwork", "GcpNetworkArgs"),
    "web.aws": ("AwsWebTier", "AwsWebTierArgs"),
    "web.contract": ("Debian", "HealthCheck", "Origin", "Servers", "Size", "WebTier", "WebTierArgs"),
    "web.digitalocean": ("DigitalOceanWebTier", "DigitalOceanWebTierArgs"),
    "web.exposure": ("Certificate", "Exposure", "Registration", "Replacement", "TunnelConnection"),
    "web.external": ("ExternalWebTier", "ExternalWebTierArgs"),
    "web.gcp": ("GcpWebTier", "GcpWebTierArgs"),
    "web.schedule": ("Day", "Period", "Schedule"),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # The providers' SDKs are thousands of classes that stay: looking through them for garbage takes a third of the time of their import.
    collecting = gc.isenabled()
    gc.disable()
    try:
        value = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    finally:
        if collecting:
            gc.enable()
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
