"""The tier that the tests of DigitalOceanWebTier build, and the types of its parts."""

from typing import Any

from multicloud.web.contract import Servers
from multicloud.web.digitalocean import DigitalOceanWebTier, DigitalOceanWebTierArgs
from tests.recording import Recording

DROPLET = "digitalocean:index/droplet:Droplet"
POOL = "digitalocean:index/dropletAutoscale:DropletAutoscale"
LOAD_BALANCER = "digitalocean:index/loadBalancer:LoadBalancer"
CERTIFICATE = "digitalocean:index/certificate:Certificate"
FIREWALL = "digitalocean:index/firewall:Firewall"
ADDRESS = "digitalocean:index/reservedIp:ReservedIp"
ASSIGNMENT = "digitalocean:index/reservedIpAssignment:ReservedIpAssignment"
TAG = "digitalocean:index/tag:Tag"
VPC = "digitalocean:index/vpc:Vpc"
NETWORK = "multicloud:index:DigitalOceanNetwork"
TAGS = ["component:web", "managed-by:pulumi", "project:project", "stack:stack"]


def build(recording: Recording, name: str = "web", **args: Any) -> DigitalOceanWebTier:
    """A tier of two droplets, unless the arguments say otherwise."""
    addresses = iter(f"192.0.2.{host}" for host in range(1, 255))
    recording.outputs |= {
        LOAD_BALANCER: {"ip": "198.51.100.7"},
        TAG: lambda record: {"name": f"{record.name}-1a2b3c4"},
        ADDRESS: lambda record: {"ipAddress": next(addresses)},
    }
    given: dict[str, Any] = {"servers": Servers(min=2), "region": "fra1"} | args
    return recording.run(lambda: DigitalOceanWebTier(name, DigitalOceanWebTierArgs(**given)))


def scaling(**servers: int) -> dict[str, Any]:
    """Arguments of a number that scales."""
    return {"servers": Servers(**({"min": 2, "max": 6} | servers)), "ssh_keys": ["3b:16:e4:bf"]}
