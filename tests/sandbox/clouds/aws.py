"""An account of AWS's stand-in for tests, and what tests usually give it."""

import ipaddress
import json
from typing import Any

from sandbox.clouds.aws import CLOUD, words
from sandbox.diff import Difference
from sandbox.lifecycle import Lifecycle, State
from sandbox.rules import Refused, Values
from sandbox.store import Store

REGION = "eu-central-1"
HEX = "0[0-9a-f]{16}"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
PASSWORD = "correcthorsebattery"
POSTGRES: Values = {
    "engine": "postgres",
    "engineVersion": "16",
    "instanceClass": "db.t4g.medium",
    "allocatedStorage": 20,
    "storageType": "gp3",
    "username": "administrator",
    "password": PASSWORD,
    "skipFinalSnapshot": True,
}
GROUP: Values = {"minSize": 2, "maxSize": 4}
POLICY = "aws:autoscaling/policy:Policy"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


class Account:
    """One account in one region, as a program sees it through the provider."""

    def __init__(self, store: Store, region: str = REGION) -> None:
        self.life = Lifecycle(CLOUD, store)
        self.life.configure({"region": region})
        self.made = 0

    def check(self, token: str, inputs: Values, name: str = "web", olds: Values | None = None) -> Values:
        """The checked inputs.

        Raises:
            Refused: The first failure, as a person reads it.
        """
        checked = self.life.check(token, name, inputs, set(), olds, seed=b"seed")
        for failure in checked.failures:
            raise Refused(failure.reason, property=failure.property)
        return checked.inputs

    def make(self, token: str, inputs: Values | None = None, name: str = "") -> State:
        """A new resource, through all stages."""
        self.made += 1
        name = name or f"r{self.made}"
        checked = self.check(token, inputs or {}, name)
        self.life.plan(token, name, checked, set())
        return self.life.create(token, name, checked, set())

    def change(self, token: str, old: State, **changes: Any) -> State:
        given = {key: value for key, value in {**old.inputs, **changes}.items() if value is not None}
        return self.life.update(token, "web", old.id, self.check(token, given), set())

    def compare(self, token: str, old: Values, new: Values, outputs: Values | None = None) -> Difference:
        before = self.check(token, old)
        return self.life.diff(token, before, self.check(token, new, olds=before), outputs or {})

    def delete(self, token: str, state: State) -> None:
        self.life.delete(token, "web", state.id, state.inputs)

    def ask(self, function: str, **arguments: Any) -> Values:
        answer, failures = self.life.invoke(function, arguments, set())
        assert not failures, failures
        return answer

    # What most tests need.

    def network(self, **changes: Any) -> State:
        return self.make(words.VPC, {"cidrBlock": "10.10.0.0/16", "enableDnsHostnames": True, **changes})

    def subnets(self, vpc: State, zones: str = "ab", size: int = 20) -> list[str]:
        ranges = ipaddress.ip_network(vpc.outputs["cidrBlock"]).subnets(new_prefix=size)
        return [
            self.make(words.SUBNET, {"vpcId": vpc.id, "cidrBlock": str(cidr), "availabilityZone": REGION + zone}).id
            for zone, cidr in zip(zones, ranges, strict=False)
        ]

    def public(self) -> tuple[State, list[str]]:
        """A network with a gateway and two subnets."""
        vpc = self.network()
        self.make(words.GATEWAY, {"vpcId": vpc.id})
        return vpc, self.subnets(vpc)

    def image(self, architecture: str = "amd64") -> str:
        filters = [{"name": "name", "values": [f"debian-12-{architecture}-*"]}]
        return str(self.ask("aws:ec2/getAmi:getAmi", owners=["136693071363"], mostRecent=True, filters=filters)["id"])

    def template(self, **changes: Any) -> State:
        return self.make(words.TEMPLATE, {"imageId": self.image(), "instanceType": "t3.small", **changes})

    def target(self, vpc: State, **changes: Any) -> State:
        return self.make(words.TARGET_GROUP, {"port": 8080, "protocol": "HTTP", "vpcId": vpc.id, **changes})

    def listener(self, balancer: State, target: State, port: int = 80) -> State:
        action = {"type": "forward", "targetGroupArn": target.id}
        return self.make(words.LISTENER, {"loadBalancerArn": balancer.id, "port": port, "protocol": "HTTP", "defaultActions": [action]})

    def database(self, **changes: Any) -> State:
        given = {key: value for key, value in {**POSTGRES, **changes}.items() if value is not None}
        return self.make(words.DATABASE, given, "main")
