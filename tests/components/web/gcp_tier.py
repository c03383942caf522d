"""A web tier on Google Cloud for tests."""

from typing import Any

from multicloud.web.contract import Servers
from multicloud.web.exposure import Certificate, Registration
from multicloud.web.gcp import GcpWebTier, GcpWebTierArgs
from tests.recording import Recording

NETWORK = "gcp:compute/network:Network"
NAT = "gcp:compute/routerNat:RouterNat"
FIREWALL = "gcp:compute/firewall:Firewall"
TEMPLATE = "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate"
GROUP = "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"
GROUP_OF_ONE = "gcp:compute/instanceGroupManager:InstanceGroupManager"
AUTOSCALER = "gcp:compute/regionAutoscaler:RegionAutoscaler"
CHECK = "gcp:compute/healthCheck:HealthCheck"
POLICY = "gcp:compute/securityPolicy:SecurityPolicy"
BACKEND = "gcp:compute/backendService:BackendService"
URL_MAP = "gcp:compute/uRLMap:URLMap"
PROXY = "gcp:compute/targetHttpProxy:TargetHttpProxy"
HTTPS_PROXY = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
CERTIFICATE = "gcp:compute/sSLCertificate:SSLCertificate"
SSL_POLICY = "gcp:compute/sSLPolicy:SSLPolicy"
GLOBAL_ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
ADDRESS = "gcp:compute/address:Address"
RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
ACCOUNT = "gcp:serviceaccount/account:Account"
GRANT = "gcp:projects/iAMMember:IAMMember"
SECRET = "gcp:secretmanager/secret:Secret"
SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
READER = "gcp:secretmanager/secretIamMember:SecretIamMember"

LABELS = {"project": "project", "stack": "stack", "component": "web", "managed-by": "pulumi"}
IDENTITY = {"email": "web@p.iam.gserviceaccount.com", "member": "serviceAccount:web@p.iam.gserviceaccount.com", "project": "p"}

GOOGLE = ["130.211.0.0/22", "35.191.0.0/16"]
"""Where Google's proxies and health checks come from."""

SHOWN = Certificate(
    certificate="-----BEGIN CERTIFICATE-----\nb3Vycw==\n-----END CERTIFICATE-----\n",
    private_key="-----BEGIN PRIVATE KEY-----\na2V5\n-----END PRIVATE KEY-----\n",
    chain="-----BEGIN CERTIFICATE-----\ndGhlaXJz\n-----END CERTIFICATE-----",
)
REGISTRATION = Registration(hostname="origins.example.com", zone_id="0" * 32, token_secret="dns-token")


def build(recording: Recording, **args: Any) -> GcpWebTier:
    """A tier named `web` of two machines or more in europe-west3, unless the arguments say otherwise."""
    recording.outputs[ACCOUNT] = IDENTITY
    recording.outputs[SECRET] = lambda secret: {"secretId": f"{secret.name}-1a2b3c4"}
    given: dict[str, Any] = {"servers": Servers(min=2), "region": "europe-west3"} | args
    return recording.run(lambda: GcpWebTier("web", GcpWebTierArgs(**given)))


def made(recording: Recording, component: str = "web") -> set[tuple[str, str]]:
    """Type and name of everything right below a component."""
    return {(child.type, child.name) for child in recording.children(component)}
