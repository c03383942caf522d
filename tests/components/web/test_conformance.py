"""One contract: every web tier takes the same portable arguments and gives the same outputs. A new cloud joins by one line here."""

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_digitalocean as digitalocean
import pulumi_gcp as gcp
import pytest

import multicloud
from multicloud import Archive, Git, HealthCheck, Servers, Size, StaticSite
from multicloud.errors import ArgumentError
from multicloud.machine.user_data import LIMITS
from multicloud.web.contract import WebTierArgs
from tests.noise import noise
from tests.recording import Recorded, Recording


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """What the tests have to know of a cloud."""

    name: str
    region: str
    provider: Callable[[], pulumi.ProviderResource] | None
    """None where nothing is created."""
    machine_type: str
    """A machine type in the cloud's own words."""
    own: dict[str, Any] = field(default_factory=dict)
    """What the cloud needs on top."""
    scaling: dict[str, Any] = field(default_factory=dict)
    """What it needs on top where the number of machines scales."""
    refused: dict[str, str] = field(default_factory=dict)
    """What it cannot do: the cases of `PORTABLE`, each with the path of its refusal."""

    @property
    def tier(self) -> Any:
        return getattr(multicloud, f"{self.prefix}WebTier")

    @property
    def args(self) -> Any:
        return getattr(multicloud, f"{self.prefix}WebTierArgs")

    @property
    def prefix(self) -> str:
        return {"aws": "Aws", "gcp": "Gcp", "digitalocean": "DigitalOcean", "external": "External"}[self.name]

    def make(self, args: Any) -> Any:
        """A tier named `site` with its provider."""
        return self.tier("site", args, pulumi.ResourceOptions(providers=[self.provider()]) if self.provider else None)


CLOUDS = [
    Cloud(
        name="aws",
        region="eu-central-1",
        provider=lambda: aws.Provider("explicit", region="eu-central-1"),
        machine_type="m7i.large",
    ),
    Cloud(
        name="gcp",
        region="europe-west3",
        provider=lambda: gcp.Provider("explicit", project="p", region="europe-west3"),
        machine_type="n2-standard-4",
    ),
    Cloud(
        name="digitalocean",
        region="fra1",
        provider=lambda: digitalocean.Provider("explicit", token="t"),
        machine_type="c-4",
        scaling={"ssh_keys": ["1"]},
    ),
    Cloud(
        name="external",
        region="basement",
        provider=None,
        machine_type="rack-2",
        own={"addresses": ["203.0.113.1", "2001:db8::2"]},
        refused={
            "a fixed number": "servers.min",  # another one than that of the addresses
            "a number that scales": "servers.max",
            "small": "size",
            "medium": "size",
            "large": "size",
            "a machine type": "machine_type",
            "a port": "health_check.port",
            "a network": "network",
            "ranges": "admitted_ranges",
        },
    ),
]

PORTABLE: dict[str, dict[str, Any]] = {
    "the least": {},
    "a fixed number": {"servers": Servers(min=3)},
    "a number that scales": {"servers": Servers(min=2, max=5, cpu_target=50)},
    "small": {"size": Size.SMALL},
    "medium": {"size": Size.MEDIUM},
    "large": {"size": Size.LARGE},
    "a site": {"site": StaticSite(files={"index.html": "<h1>Hello</h1>"})},
    "an archive": {"site": StaticSite(archive=Archive(url="https://example.com/site.tar.gz", sha256="0" * 64, folder="public"))},
    "a repository": {"site": StaticSite(git=Git(url="https://example.com/site.git", ref="main"))},
    "a script": {"script": "#!/bin/sh\nexit 0\n"},
    "a health check": {"health_check": HealthCheck(path="/live", expected_status=200, grace_seconds=120)},
    "a port": {"health_check": HealthCheck(port=8080)},
    "a network": {"network": "10.99.0.0/16"},
    "ranges": {"admitted_ranges": ["173.245.48.0/20", "2400:cb00::/32"]},
    "tags": {"tags": {"team": "shop"}},
}

WRONG: dict[str, dict[str, Any]] = {
    "servers.min": {"servers": Servers(min=0)},
    "servers.max": {"servers": Servers(min=2, max=1)},
    "servers.cpu_target": {"servers": Servers(min=1, max=2, cpu_target=99)},
    "health_check.path": {"health_check": HealthCheck(path="live")},
    "health_check.port": {"health_check": HealthCheck(port=70000)},
    "health_check.expected_status": {"health_check": HealthCheck(expected_status=500)},
    "health_check.grace_seconds": {"health_check": HealthCheck(grace_seconds=1)},
    "network": {"network": "8.8.0.0/16"},
    "admitted_ranges": {"admitted_ranges": ["203.0.113.1/24"]},
    "machine_type": {"machine_type": "any", "size": Size.SMALL},
    "size": {"size": "huge"},
    "site.files": {"site": StaticSite(files={"index.html": noise(300_000)})},
    "site": {"site": StaticSite()},
    "site.git": {"site": StaticSite(files={"a": ""}, git=Git(url="https://example.com/site.git", ref="main"))},
    "site.archive.sha256": {"site": StaticSite(archive=Archive(url="https://example.com/site.tar.gz", sha256="0"))},
    "site.git.ref": {"site": StaticSite(git=Git(url="https://example.com/site.git", ref=""))},
    "script": {"script": "exit 0"},
    "tags.stack": {"tags": {"stack": "another"}},
}


@pytest.fixture(params=CLOUDS, ids=lambda cloud: cloud.name)
def cloud(request: pytest.FixtureRequest) -> Cloud:
    return request.param  # type: ignore[no-any-return]


def args(cloud: Cloud, **portable: Any) -> Any:
    """The cloud's own arguments class with the portable arguments."""
    servers = portable.get("servers", Servers(min=2))
    own = cloud.scaling if isinstance(servers, Servers) and servers.scales else {}
    return cloud.args(region=cloud.region, **{"servers": servers, **cloud.own, **own, **portable})


def clouds_resources(recording: Recording) -> list[Recorded]:
    """All that the cloud itself holds: no components, no providers."""
    return [record for record in recording.all() if record.custom and not record.type.startswith("pulumi:providers:")]


@pytest.mark.parametrize("case", PORTABLE)
def test_every_portable_argument_is_taken_or_refused_with_the_reason(cloud: Cloud, case: str, recording: Recording) -> None:
    if path := cloud.refused.get(case):
        with pytest.raises(ArgumentError) as caught:
            recording.run(lambda: cloud.make(args(cloud, **PORTABLE[case])))
        assert caught.value.path == path
        assert caught.value.mend
        return
    recording.run(lambda: cloud.make(args(cloud, **PORTABLE[case])))
    assert recording.one(f"multicloud:index:{cloud.prefix}WebTier").registered is not None


def test_a_machine_type_of_the_clouds_own_is_taken(cloud: Cloud, recording: Recording) -> None:
    if "a machine type" in cloud.refused:
        with pytest.raises(ArgumentError, match=r"^machine_type: "):
            args(cloud, machine_type=cloud.machine_type).check()
        return
    recording.run(lambda: cloud.make(args(cloud, machine_type=cloud.machine_type)))
    assert cloud.machine_type in str([record.inputs for record in clouds_resources(recording)])


def test_every_portable_argument_is_tried() -> None:
    """A field that is added to the contract is added to this file."""
    tried = {argument for case in PORTABLE.values() for argument in case} | {"machine_type", "servers"}
    assert tried == {argument.name for argument in dataclasses.fields(WebTierArgs)}


def test_the_arguments_class_extends_the_portable_one(cloud: Cloud) -> None:
    assert issubclass(cloud.args, WebTierArgs)
    assert cloud.args.__dataclass_params__.frozen


def test_arguments_as_the_component_host_brings_them_make_the_same(cloud: Cloud) -> None:
    """Nested dicts, enums as text and integers as floats, against the classes."""
    health = {"grace_seconds": 120.0, "path": "/live"}
    written = {"region": cloud.region, "servers": {"min": 2.0}, "health_check": health, "tags": {"a": "b"}, **cloud.own}
    typed = args(cloud, health_check=HealthCheck(grace_seconds=120, path="/live"), tags={"a": "b"})
    if "medium" not in cloud.refused:
        written, typed = {**written, "size": "medium"}, dataclasses.replace(typed, size=Size.MEDIUM)
    made = []
    for given in (written, typed):
        recording = Recording()
        recording.run(lambda given=given: cloud.make(given))  # type: ignore[misc]
        made.append({urn: record.inputs for urn, record in recording.records.items()})
        recording.close()
    assert made[0] == made[1]


def test_the_outputs_are_the_contracts(cloud: Cloud, recording: Recording) -> None:
    tier = recording.run(lambda: cloud.make(args(cloud, health_check=HealthCheck(path="/live"))))
    assert recording.value(tier.cloud) == cloud.name
    assert recording.value(tier.region) == cloud.region
    assert recording.value(tier.health_path) == "/live"
    origins = recording.value(tier.origins)
    assert len(origins) == len(cloud.own.get("addresses", ["the load balancer"]))
    for origin in origins:
        assert set(origin) == {"name", "address", "weight"}
        assert origin["address"], "the origin has no address"
        assert 0 < origin["weight"] <= 1


def test_a_preview_needs_nothing_that_is_only_known_later(cloud: Cloud) -> None:
    preview = Recording(preview=True)
    ranges = {} if "ranges" in cloud.refused else PORTABLE["ranges"]
    preview.run(lambda: cloud.make(args(cloud, **ranges)))
    assert preview.one(f"multicloud:index:{cloud.prefix}WebTier").registered is not None
    preview.close()


def test_every_child_is_in_the_frozen_resources(cloud: Cloud, recording: Recording) -> None:
    tier = recording.run(lambda: cloud.make(args(cloud)))
    assert dataclasses.is_dataclass(tier.resources)
    assert getattr(tier.resources, "__dataclass_params__").frozen  # noqa: B009  mypy does not know it
    reachable = {recording.value(resource.urn) for resource in resources_in(tier.resources)}
    assert {record.urn for record in recording.descendants("site")} <= reachable


def resources_in(value: Any) -> Iterator[pulumi.Resource]:
    """Every resource in a resources record, those of nested components too."""
    if isinstance(value, pulumi.Resource):
        yield value
        if isinstance(value, pulumi.ComponentResource) and hasattr(value, "resources"):
            yield from resources_in(value.resources)
    elif dataclasses.is_dataclass(value):
        for child in dataclasses.fields(value):
            yield from resources_in(getattr(value, child.name))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from resources_in(inner)
    elif isinstance(value, dict):
        yield from resources_in(list(value.values()))


def test_nothing_stands_outside_the_component_or_on_a_default_provider(cloud: Cloud, recording: Recording) -> None:
    recording.run(lambda: cloud.make(args(cloud)))
    inside = {record.urn for record in recording.descendants("site")}
    for record in clouds_resources(recording):
        assert record.urn in inside, record.urn
        assert record.provider == "explicit", record.urn
    assert {call.provider for call in recording.calls} <= {"explicit"}
    assert bool(inside) == (cloud.provider is not None)


def test_children_are_named_after_the_component(cloud: Cloud, recording: Recording) -> None:
    recording.run(lambda: cloud.make(args(cloud)))
    assert [record.name for record in recording.descendants("site") if not record.name.startswith("site-")] == []


def test_tags_are_on_every_child_that_can_carry_them(cloud: Cloud, recording: Recording) -> None:
    """The SDK says which types take `tags` or `labels`; AWS's `tagSpecifications` tag what a template makes."""
    recording.run(lambda: cloud.make(args(cloud, tags={"team": "shop"})))
    tagged = 0
    for record in clouds_resources(recording):
        for tags in taggable(record.type) - EXEMPT.get(record.type, set()):
            carried = str(record.inputs.get(tags))
            tagged += 1
            for word in ("project", "stack", "site", "managed-by", "team", "shop"):
                assert word in carried, f"{record.urn} lacks {word} in its {tags}: {carried}"
    assert tagged or cloud.provider is None, "nothing carries tags"


EXEMPT = {"digitalocean:index/firewall:Firewall": {"tags"}}
"""Fields of that name that are no tags of the resource itself, by type: which droplets a firewall protects."""


def taggable(token: str) -> set[str]:
    """The inputs of a type that carry tags, as its SDK has them. Google's `tags` are for the network and no tags."""
    package, path, type_name = token.split(":")
    folder = path.split("/")[0]
    module = import_module(f"pulumi_{package}" if folder == "index" else f"pulumi_{package}.{folder}")
    inputs = inspect.signature(getattr(module, type_name)._internal_init).parameters
    return {camel for snake, camel in TAGS[package].items() if snake in inputs}


TAGS = {
    "aws": {"tags": "tags", "tag_specifications": "tagSpecifications"},
    "gcp": {"labels": "labels", "user_labels": "userLabels"},
    "digitalocean": {"tags": "tags"},
}
"""What carries tags, by package: the SDK's name and the engine's."""


@pytest.mark.parametrize("path", WRONG)
def test_a_wrong_argument_is_refused_before_anything_is_made(cloud: Cloud, path: str, recording: Recording) -> None:
    with pytest.raises(ArgumentError) as caught:
        recording.run(lambda: cloud.make(args(cloud, **WRONG[path])))
    assert caught.value.path.split("[")[0] == path
    assert caught.value.mend
    assert clouds_resources(recording) == []


@pytest.mark.parametrize("path", [path for path in WRONG if path != "size"])
def test_the_arguments_alone_refuse_what_the_component_refuses(cloud: Cloud, path: str) -> None:
    """So that a whole environment can be checked before its first resource is registered. An enum's text is converted first."""
    with pytest.raises(ArgumentError) as caught:
        args(cloud, **WRONG[path]).check()
    assert caught.value.path == path


def test_the_arguments_alone_refuse_a_site_by_the_byte(cloud: Cloud) -> None:
    """With all that the cloud adds to the user data: what passes here fits, whatever the tier's name."""

    def given(size: int) -> Any:
        return args(cloud, site=StaticSite(files={"index.html": noise(size)}))

    most = LIMITS[cloud.name] - len(given(1).user_data("site").encode()) + 1
    given(most).check()
    assert len(given(most).user_data("another").encode()) == LIMITS[cloud.name]
    with pytest.raises(ArgumentError, match=r"^site.files: .* make them 1 bytes smaller, or "):
        given(most + 1).check()


def test_a_region_is_required_where_there_are_regions(cloud: Cloud, recording: Recording) -> None:
    if cloud.provider is None:
        assert args(dataclasses.replace(cloud, region=None)).effective_region == "external"  # type: ignore[arg-type]
        return
    with pytest.raises(ArgumentError, match=r"^region: is missing"):
        recording.run(lambda: cloud.make({"servers": {"min": 1}}))
