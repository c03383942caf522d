"""The SDKs' source text is read right, whole and fast."""

import sys
from pathlib import Path

import pytest

from sandbox.sdk import Resource, Sdk, Shape
from sandbox.source import UnknownToken, snake

SDKS = ("pulumi_aws", "pulumi_cloudflare", "pulumi_digitalocean", "pulumi_gcp", "pulumi_random", "pulumi_tls")


def unreadable(sdk: Sdk, resource: Resource) -> list[str]:
    """What of a type, down to the last nested property, cannot be read."""
    problems, seen = [], set()
    shapes: list[Shape] = [prop.shape for prop in resource.inputs.values()]
    while shapes:
        shape = shapes.pop()
        shapes += [*shape.options, *([shape.of] if shape.of else [])]
        if shape.kind == "object" and shape not in seen:
            seen.add(shape)
            try:
                shapes += [prop.shape for prop in sdk.fields(shape).values()]
            except UnknownToken as unknown:
                problems.append(f"{resource.token}: {unknown}")
        if shape.kind == "enum" and not sdk.values(shape):
            problems.append(f"{resource.token}: {shape.ref} has no values")
    return problems


@pytest.mark.parametrize("package", SDKS)
def test_every_resource_type_of_every_sdk_can_be_read_down_to_its_nested_properties(package: str) -> None:
    sdk = Sdk(package)
    problems, count = [], 0
    for token in sdk.tokens():
        resource = sdk.resource(token)
        count += 1
        problems += unreadable(sdk, resource)
        # One type of AWS is a bare switch: neither inputs nor outputs but its id.
        if not resource.outputs and token != "aws:ram/sharingWithOrganization:SharingWithOrganization":
            problems.append(f"{token} has no outputs")
    assert problems == []
    assert (
        count
        >= {
            "pulumi_aws": 1700,
            "pulumi_gcp": 1400,
            "pulumi_cloudflare": 300,
            "pulumi_digitalocean": 80,
            "pulumi_random": 9,
            "pulumi_tls": 4,
        }[package]
    )


@pytest.mark.parametrize("package", SDKS)
def test_every_lookup_of_every_sdk_can_be_read(package: str) -> None:
    sdk = Sdk(package)
    assert all(sdk.function(token).token == token for token in sdk.function_tokens())


@pytest.mark.parametrize(
    ("package", "module", "kind", "token"),
    [
        ("pulumi_digitalocean", "pulumi_digitalocean", "LoadBalancer", "digitalocean:index/loadBalancer:LoadBalancer"),
        ("pulumi_digitalocean", "pulumi_digitalocean", "Firewall", "digitalocean:index/firewall:Firewall"),
        ("pulumi_random", "pulumi_random", "RandomPassword", "random:index/randomPassword:RandomPassword"),
        ("pulumi_aws", "pulumi_aws.ec2", "LaunchTemplate", "aws:ec2/launchTemplate:LaunchTemplate"),
        ("pulumi_gcp", "pulumi_gcp.compute", "Autoscaler", "gcp:compute/autoscaler:Autoscaler"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_read_is_what_the_imported_sdk_says(package: str, module: str, kind: str, token: str) -> None:
    import importlib

    imported = importlib.import_module(module)
    args, resource = getattr(imported, f"{kind}Args"), getattr(imported, kind)
    read = Sdk(package).resource(token)
    assert set(read.inputs) == {getter.fget._pulumi_name for getter in vars(args).values() if isinstance(getter, property)}
    outputs = {
        getter.fget._pulumi_name
        for getter in vars(resource).values()
        if isinstance(getter, property) and hasattr(getter.fget, "_pulumi_name")
    }
    assert set(read.outputs) == outputs


def test_inputs_have_their_types_and_say_which_are_required() -> None:
    sdk = Sdk("pulumi_digitalocean")
    balancer = sdk.resource("digitalocean:index/loadBalancer:LoadBalancer")
    assert str(balancer.inputs["dropletIds"].shape) == "list of integer"
    assert sdk.resource("digitalocean:index/droplet:Droplet").inputs["size"].required
    assert not balancer.inputs["region"].required
    # A union of a string and an enum admits any string: the enum is the SDK's idea of today's values.
    assert balancer.inputs["region"].shape.kind == "string"
    rules = balancer.inputs["forwardingRules"].shape.of
    assert rules is not None
    fields = sdk.fields(rules)
    assert fields["entryPort"].required and fields["entryPort"].shape.kind == "integer"
    assert not fields["tlsPassthrough"].required


def test_unions_enums_assets_and_anything_are_understood() -> None:
    sdk = Sdk("pulumi_aws")
    assert sdk.resource("aws:lambda/function:Function").inputs["code"].shape.kind == "archive"
    policy = sdk.resource("aws:iam/policy:Policy").inputs["policy"].shape
    assert {option.kind for option in policy.options} == {"string", "object"}
    assert Sdk("pulumi_cloudflare").resource("cloudflare:index/zoneSetting:ZoneSetting").inputs["value"].shape.kind == "any"


def test_secret_outputs_are_those_that_the_sdk_marks() -> None:
    cluster = Sdk("pulumi_digitalocean").resource("digitalocean:index/databaseCluster:DatabaseCluster")
    assert cluster.secrets == {"password", "privateUri", "uiPassword", "uiUri", "uri"}
    assert "result" in Sdk("pulumi_random").resource("random:index/randomPassword:RandomPassword").secrets


def test_an_output_says_whether_it_always_has_a_value() -> None:
    outputs = Sdk("pulumi_digitalocean").resource("digitalocean:index/droplet:Droplet").outputs
    assert outputs["ipv4Address"].required
    assert not outputs["vpcUuid"].required or outputs["vpcUuid"].shape.kind == "string"


def test_the_documentation_tells_what_replaces_where_there_are_no_rules() -> None:
    inputs = Sdk("pulumi_aws").resource("aws:ec2/subnet:Subnet").inputs
    assert not inputs["tags"].replaces
    sdk = Sdk("pulumi_aws")
    assert sum(any(prop.replaces for prop in sdk.resource(token).inputs.values()) for token in sdk.tokens()) > 80


def test_arguments_of_a_lookup_have_their_types_and_say_which_are_required() -> None:
    sdk = Sdk("pulumi_digitalocean")
    assert sdk.function("digitalocean:index/getRegion:getRegion").arguments["slug"].required
    assert not Sdk("pulumi_aws").function("aws:ec2/getAmi:getAmi").arguments["mostRecent"].required
    assert str(Sdk("pulumi_aws").function("aws:ec2/getAmi:getAmi").arguments["owners"].shape) == "list of string"


@pytest.mark.parametrize("token", ["aws:ec2/vcp:Vcp", "aws:nowhere/vpc:Vpc", "Vpc", "aws:index/vpc:Vpc"])
def test_a_token_that_the_sdk_lacks_is_named(token: str) -> None:
    with pytest.raises(UnknownToken, match=token):
        Sdk("pulumi_aws").resource(token)


def test_an_sdk_that_is_not_installed_is_named() -> None:
    with pytest.raises(UnknownToken, match="pulumi_nothing is not installed"):
        Sdk("pulumi_nothing").resource("nothing:index/thing:Thing")


def test_the_version_is_that_of_the_plugin_which_the_sdk_asks_for() -> None:
    import importlib.metadata

    assert Sdk("pulumi_digitalocean").version == importlib.metadata.version("pulumi_digitalocean")


def test_reading_imports_nothing_of_the_sdk() -> None:
    import subprocess

    code = (
        "import sys; from sandbox.sdk import Sdk; Sdk('pulumi_aws').resource('aws:ec2/vpc:Vpc');"
        "print([module for module in sys.modules if module.startswith('pulumi')])"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("name", "file"), [("loadBalancer", "load_balancer"), ("v2modelsIntent", "v2models_intent"), ("vpc", "vpc")])
def test_file_names_are_the_code_generators(name: str, file: str) -> None:
    assert snake(name) == file


def test_an_enum_among_the_outputs_is_no_object() -> None:
    """A list of metrics is read as what the cloud answers: words."""
    shape = Sdk("pulumi_aws").resource("aws:autoscaling/group:Group").outputs["enabledMetrics"].shape
    assert shape.of is not None and shape.of.kind == "any"
    launch_template = Sdk("pulumi_aws").resource("aws:autoscaling/group:Group").outputs["launchTemplate"].shape
    assert launch_template.kind == "object"
