"""The tier that the tests of AwsWebTier build, and the types of its parts."""

from typing import Any

from multicloud.web.aws import AwsWebTier, AwsWebTierArgs
from multicloud.web.contract import Servers
from tests.recording import Recording

GROUP = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SCALING = "aws:autoscaling/policy:Policy"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
TARGETS = "aws:lb/targetGroup:TargetGroup"
LISTENER = "aws:lb/listener:Listener"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
AMI = "aws:ec2/getAmi:getAmi"
TAGS = {"project": "project", "stack": "stack", "component": "web", "managed-by": "pulumi"}


def build(recording: Recording, name: str = "web", **args: Any) -> AwsWebTier:
    given: dict[str, Any] = {"servers": Servers(min=2, max=6), "region": "eu-central-1"} | args
    return recording.run(lambda: AwsWebTier(name, AwsWebTierArgs(**given)))
