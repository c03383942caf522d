"""The sandbox's rules of AWS agree with what the real provider's source says, for every type of which there are facts."""

import functools

import pytest

from sandbox import paths
from sandbox.clouds.aws import CLOUD
from sandbox.clouds.aws.facts import all_facts
from sandbox.clouds.aws.words import words
from sandbox.sdk import Sdk
from tests.sandbox.clouds import facts
from tests.sandbox.clouds.facts import covered, inner

FACTS = facts.read("aws")
pytestmark = facts.needed(FACTS)
each_type = pytest.mark.parametrize("token", sorted(FACTS))

WITHOUT_FACTS = {
    "aws:ec2/managedPrefixList:ManagedPrefixList",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:iam/policy:Policy",
    "aws:lb/trustStore:TrustStore",
    "aws:s3/bucketObjectv2:BucketObjectv2",
}
"""Types with rules of which the facts say nothing."""

USED = words(
    """
    aws:acm/certificate:Certificate aws:autoscaling/group:Group aws:autoscaling/policy:Policy aws:autoscaling/schedule:Schedule
    aws:ec2/eip:Eip aws:ec2/eipAssociation:EipAssociation aws:ec2/instance:Instance aws:ec2/natGateway:NatGateway
    aws:ec2/vpcEndpoint:VpcEndpoint aws:iam/rolePolicy:RolePolicy aws:secretsmanager/secret:Secret
    aws:secretsmanager/secretVersion:SecretVersion aws:ec2/defaultSecurityGroup:DefaultSecurityGroup
    aws:ec2/internetGateway:InternetGateway aws:ec2/launchTemplate:LaunchTemplate aws:ec2/managedPrefixList:ManagedPrefixList
    aws:ec2/route:Route aws:ec2/routeTable:RouteTable aws:ec2/routeTableAssociation:RouteTableAssociation
    aws:ec2/securityGroup:SecurityGroup aws:ec2/subnet:Subnet aws:ec2/vpc:Vpc aws:iam/instanceProfile:InstanceProfile aws:iam/role:Role
    aws:iam/rolePolicyAttachment:RolePolicyAttachment aws:lb/listener:Listener aws:lb/loadBalancer:LoadBalancer
    aws:lb/targetGroup:TargetGroup aws:lb/trustStore:TrustStore aws:s3/bucket:Bucket aws:s3/bucketObjectv2:BucketObjectv2
    aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock
    aws:rds/instance:Instance aws:rds/parameterGroup:ParameterGroup aws:rds/subnetGroup:SubnetGroup
    aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule
    """
)
"""The types that the components use."""


@functools.cache
def sdk() -> Sdk:
    return Sdk(CLOUD.sdk)


def test_every_type_of_the_facts_and_of_the_components_is_in_the_table() -> None:
    assert set(FACTS) | set(USED) <= set(CLOUD.types)
    assert set(CLOUD.types) - set(FACTS) == WITHOUT_FACTS


@each_type
def test_the_same_inputs_are_required(token: str) -> None:
    """The sandbox takes them from the SDK itself; so the SDK has to say what the provider says."""
    for path in FACTS[token]["required"]:
        fields, prop = sdk().resource(token).inputs, None
        for step in path.replace("[*]", "").split("."):
            prop = fields[step]
            shape = inner(prop.shape)
            fields = sdk().fields(shape) if shape.kind == "object" else {}
        assert prop is not None and (prop.required or path in CLOUD.types[token].required), path


@each_type
def test_the_same_changes_replace(token: str) -> None:
    facts, rules = FACTS[token], CLOUD.types[token]
    named, conditional = set(facts["replaces"]), set(facts.get("replacesConditionally", {})) - {"region"}
    assert rules.replaces <= named
    assert all(covered(path, rules.replaces) or path in rules.replaces_when for path in named)
    assert conditional <= set(rules.replaces_when)
    assert set(rules.replaces_when) <= named | conditional


@each_type
def test_a_block_that_replaces_when_it_comes_or_goes_may_change_inside(token: str) -> None:
    """A path in `replaces` stands for all below it, so a block may stand there only if all of it replaces."""
    named = {path.replace("[*]", "") for path in FACTS[token]["replaces"]}
    for path in CLOUD.types[token].replaces:
        fields, shape = sdk().resource(token).inputs, None
        for step in path.replace("[*]", "").split("."):
            shape = inner(fields[step].shape)
            fields = sdk().fields(shape) if shape.kind == "object" else {}
        for below in fields:
            assert f"{path.replace('[*]', '')}.{below}" in named, path


@each_type
def test_the_carried_facts_are_the_providers(token: str) -> None:
    """Values, limits, defaults and what goes with what are carried in `facts.json` as the source says them."""
    facts, carried = FACTS[token], all_facts()[token]
    for key in ("enums", "limits", "conflicts", "exactlyOneOf", "atLeastOneOf", "defaults"):
        assert (carried.get(key) or None) == (facts.get(key) or None), key
    assert carried.get("requiredWith", {}) == {rule["if"]: rule["then"] for rule in facts.get("requiredWith", [])}
    assert set(carried.get("keeps", ())) == set(facts.get("optionalComputed", ())) - {"region"}
    assert set(carried.get("secrets", ())) == set(facts.get("sensitive", ()))


@each_type
def test_the_table_says_at_least_what_the_facts_say(token: str) -> None:
    facts, rules = FACTS[token], CLOUD.types[token]
    loose = {path for path, fact in facts["limits"].items() if "enumIgnoresCase" in fact}
    for path, values in facts["enums"].items():
        assert path in loose or list(rules.enums[path]) == values, path
    assert {tuple(group) for group in facts["conflicts"]} <= set(map(tuple, rules.conflicts))
    assert {tuple(group) for group in facts["exactlyOneOf"]} <= set(map(tuple, rules.exactly_one_of))
    assert facts.get("defaults", {}).items() <= rules.defaults.items()
    for path, fact in facts["limits"].items():
        limit = rules.limits.get(path)
        for key, attribute in (("min", "minimum"), ("max", "maximum"), ("minLength", "min_length"), ("maxLength", "max_length")):
            if limit is not None and key in fact:
                assert getattr(limit, attribute) == fact[key], path


@each_type
def test_what_is_sensitive_is_secret(token: str) -> None:
    schema = sdk().resource(token)
    assert set(FACTS[token].get("sensitive", ())) <= schema.secrets | CLOUD.types[token].secrets


@pytest.mark.parametrize("token", CLOUD.types)
def test_every_path_of_a_rule_is_an_input_of_the_sdk(token: str) -> None:
    """A misspelt path would never match anything."""
    rules, resource = CLOUD.types[token], sdk().resource(token)
    groups = [*rules.conflicts, *rules.exactly_one_of, *rules.at_least_one_of, *rules.required_with.values()]
    named = [*rules.replaces, *rules.replaces_when, *rules.enums, *rules.limits, *rules.required_with, *rules.sets, *rules.keeps]
    named += [path for group in groups for path in group] + [reference.path for reference in rules.references]
    for path in named:
        fields = resource.inputs
        for step in paths.pattern(path):
            if step == "*":
                continue
            assert step in fields, path
            shape = inner(fields[step].shape)
            fields = sdk().fields(shape) if shape.kind == "object" else {}
