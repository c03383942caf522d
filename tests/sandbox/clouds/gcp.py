"""A project of Google Cloud's stand-in for tests."""

import itertools
import re
from functools import cached_property
from typing import Any

from sandbox.clouds.gcp import CLOUD
from sandbox.lifecycle import Lifecycle, State
from sandbox.rules import Values
from sandbox.store import Store

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
ROUTER = "gcp:compute/router:Router"
NAT = "gcp:compute/routerNat:RouterNat"
FIREWALL = "gcp:compute/firewall:Firewall"
TEMPLATE = "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate"
GROUP = "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"
AUTOSCALER = "gcp:compute/regionAutoscaler:RegionAutoscaler"
CHECK = "gcp:compute/healthCheck:HealthCheck"
BACKEND = "gcp:compute/backendService:BackendService"
URL_MAP = "gcp:compute/uRLMap:URLMap"
PROXY = "gcp:compute/targetHttpProxy:TargetHttpProxy"
ADDRESS = "gcp:compute/globalAddress:GlobalAddress"
RULE = "gcp:compute/globalForwardingRule:GlobalForwardingRule"
HTTPS_PROXY = "gcp:compute/targetHttpsProxy:TargetHttpsProxy"
CERTIFICATE = "gcp:compute/sSLCertificate:SSLCertificate"
SSL_POLICY = "gcp:compute/sSLPolicy:SSLPolicy"
RESERVED = "gcp:compute/address:Address"
ZONAL_GROUP = "gcp:compute/instanceGroupManager:InstanceGroupManager"
MACHINE = "gcp:compute/instance:Instance"
SECRET = "gcp:secretmanager/secret:Secret"
SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
READER = "gcp:secretmanager/secretIamMember:SecretIamMember"
POLICY = "gcp:compute/securityPolicy:SecurityPolicy"
ACCOUNT = "gcp:serviceaccount/account:Account"
GRANT = "gcp:projects/iAMMember:IAMMember"
INSTANCE = "gcp:sql/databaseInstance:DatabaseInstance"
DATABASE = "gcp:sql/database:Database"
USER = "gcp:sql/user:User"
REGION = "europe-west3"
SETTINGS = {"tier": "db-custom-2-4096", "edition": "ENTERPRISE"}


class Google:
    """A project of its own, driven as the engine drives a provider."""

    def __init__(self, store: Store, **configuration: str) -> None:
        self.life = Lifecycle(CLOUD, store)
        self.life.configure({"project": "shop-prod", "region": REGION, **configuration})
        self.numbers = itertools.count()

    def check(self, token: str, **inputs: Any) -> list[str]:
        """What is wrong with inputs, each as `path: reason`."""
        checked = self.life.check(token, f"r{next(self.numbers)}", inputs, set())
        return [f"{failure.property}: {failure.reason}" for failure in checked.failures]

    def refuses(self, token: str, inputs: Values, message: str) -> None:
        """Asserts that the inputs are refused before anything is made, with a message that a pattern is found in."""
        said = self.check(token, **inputs)
        assert any(re.search(message, one) for one in said), said

    def make(self, token: str, **inputs: Any) -> State:
        """Checks and creates; a failed check fails the test."""
        logical = f"r{next(self.numbers)}"
        checked = self.life.check(token, logical, inputs, set())
        assert not checked.failures, checked.failures
        return self.life.create(token, logical, checked.inputs, set())

    def update(self, token: str, state: State, **inputs: Any) -> State:
        return self.life.update(token, "r", state.id, {**state.inputs, **inputs}, set())

    def delete(self, token: str, state: State) -> None:
        self.life.delete(token, "r", state.id)

    def diff(self, token: str, old: Values, new: Values) -> tuple[bool, bool]:
        """Whether inputs differ, and whether that replaces."""
        state = self.life.diff(token, old, new, {})
        return bool(state.changes), state.replaces

    def ask(self, token: str, **arguments: Any) -> Values:
        values, failures = self.life.invoke(token, arguments, set())
        assert not failures, failures
        return values

    # What tests stand on

    def network(self) -> State:
        return self.make(NETWORK, autoCreateSubnetworks=False)

    @cached_property
    def home(self) -> State:
        """A network that is the same each time."""
        return self.network()

    def subnetwork(self, network: State, range: str = "10.20.0.0/20") -> State:
        return self.make(SUBNETWORK, network=network.id, region=REGION, ipCidrRange=range)

    def template(self, **inputs: Any) -> State:
        given = {"region": REGION, "machineType": "e2-small", "disks": [{"sourceImage": "debian-cloud/debian-12", "boot": True}]}
        if "networkInterfaces" not in inputs:
            given["networkInterfaces"] = [{"subnetwork": self.subnetwork(self.network()).id}]
        return self.make(TEMPLATE, **(given | inputs))

    def group(self, template: State, **inputs: Any) -> State:
        versions = [{"instanceTemplate": template.outputs["selfLink"]}]
        return self.make(GROUP, **({"region": REGION, "baseInstanceName": "web", "versions": versions, "targetSize": 2} | inputs))

    def group_of_one(self, template: State, **inputs: Any) -> State:
        versions = [{"instanceTemplate": template.outputs["selfLink"]}]
        given = {"zone": f"{REGION}-a", "baseInstanceName": "web", "versions": versions, "targetSize": 1}
        return self.make(ZONAL_GROUP, **(given | inputs))

    def backend(self, **inputs: Any) -> State:
        return self.make(BACKEND, **({"loadBalancingScheme": "EXTERNAL_MANAGED"} | inputs))

    def sql(self, **inputs: Any) -> State:
        given = {"databaseVersion": "POSTGRES_16", "region": REGION, "settings": SETTINGS, "deletionProtection": False}
        return self.make(INSTANCE, **(given | inputs))
