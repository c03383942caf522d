"""One contract: every web tier takes the same portable arguments and gives the same outputs. A new cloud joins in `clouds.py`."""

import dataclasses
import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pulumi
import pytest

from multicloud import HealthCheck, Size, StaticSite
from multicloud.errors import ArgumentError
from multicloud.machine.user_data import LIMITS
from multicloud.web.contract import LONGEST_NAME, WebTierArgs
from multicloud.web.exposure import Exposure
from tests.components.web.clouds import CLOUDS, TUNNEL, Cloud
from tests.components.web.portable import EXPOSURES, PORTABLE, WRONG
from tests.noise import noise
from tests.recording import Recorded, Recording


@pytest.fixture(params=CLOUDS, ids=lambda cloud: cloud.name)
def cloud(request: pytest.FixtureRequest) -> Cloud:
    return request.param  # type: ignore[no-any-return]


def args(cloud: Cloud, case: str = "the least", **portable: Any) -> Any:
    """The cloud's own arguments class with the arguments of a case and others."""
    given = cloud.network if case == "an existing network" else PORTABLE[case]
    return cloud.given(**{**given, **portable})


def clouds_resources(recording: Recording) -> list[Recorded]:
    """All that the cloud itself holds: no components, no providers."""
    return [record for record in recording.all() if record.custom and not record.type.startswith("pulumi:providers:")]


@pytest.mark.parametrize("case", PORTABLE)
def test_every_portable_argument_is_taken_or_refused_with_the_reason(cloud: Cloud, case: str, recording: Recording) -> None:
    if path := cloud.refused.get(case):
        with pytest.raises(ArgumentError) as caught:
            recording.run(lambda: cloud.make(args(cloud, case)))
        assert caught.value.path == path
        assert caught.value.mend
        return
    recording.run(lambda: cloud.make(args(cloud, case)))
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
    tried = {argument for case in PORTABLE.values() for argument in case} | {"machine_type", "servers", "registration", "tunnel"}
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
    assert recording.value(tier.port) == 80


@pytest.mark.parametrize("case", ["the least", *EXPOSURES])
def test_the_front_learns_where_the_tier_is_reached(cloud: Cloud, case: str, recording: Recording) -> None:
    """One load balancer, each machine, the name under which machines register, or the tunnel: the same shape of origins, and one port."""
    if case in cloud.refused:
        return
    given = args(cloud, case)
    tier = recording.run(lambda: cloud.make(given))
    origins, port = recording.value(tier.origins), recording.value(tier.port)
    for origin in origins:
        assert set(origin) == {"name", "address", "weight"}
        assert origin["address"], "the origin has no address"
        assert 0 < origin["weight"] <= 1
    assert len({origin["name"] for origin in origins}) == len(origins)
    assert port == given.origin_port
    assert port == (443 if given.certificate or given.tunnel else 8080 if "another port" in case else 80)
    match given.effective_exposure:
        case Exposure.LOAD_BALANCER:
            assert [origin["name"] for origin in origins] == ["site"]
        case Exposure.MACHINES:
            assert len(origins) == 2
        case Exposure.REGISTERED:
            assert [(origin["name"], origin["address"]) for origin in origins] == [("site", "origins.example.com")]
        case Exposure.TUNNEL:
            assert [(origin["name"], origin["address"]) for origin in origins] == [("site", TUNNEL.hostname)]


@pytest.mark.parametrize("case", PORTABLE)
def test_a_preview_needs_nothing_that_is_only_known_later(cloud: Cloud, case: str) -> None:
    """And shows the same resources as the deployment."""
    if case in cloud.refused:
        return
    preview = Recording(preview=True)
    preview.run(lambda: cloud.make(args(cloud, case)))
    assert preview.urns() == cloud.recorded(**(cloud.network if case == "an existing network" else PORTABLE[case])).urns()
    assert preview.one(f"multicloud:index:{cloud.prefix}WebTier").registered is not None
    preview.close()


@pytest.mark.parametrize("case", PORTABLE)
def test_every_child_is_in_the_frozen_resources(cloud: Cloud, case: str, recording: Recording) -> None:
    if case in cloud.refused:
        return
    tier = recording.run(lambda: cloud.make(args(cloud, case)))
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


@pytest.mark.parametrize("case", PORTABLE)
def test_nothing_stands_outside_the_component_or_on_a_default_provider(cloud: Cloud, case: str, recording: Recording) -> None:
    if case in cloud.refused:
        return
    recording.run(lambda: cloud.make(args(cloud, case)))
    inside = {record.urn for record in recording.descendants("site")}
    for record in clouds_resources(recording):
        assert record.urn in inside, record.urn
        assert record.provider == "explicit", record.urn
    assert {call.provider for call in recording.calls} <= {"explicit"}
    assert bool(inside) == (cloud.provider is not None)


@pytest.mark.parametrize("case", PORTABLE)
def test_children_are_named_after_the_component(cloud: Cloud, case: str, recording: Recording) -> None:
    if case in cloud.refused:
        return
    recording.run(lambda: cloud.make(args(cloud, case)))
    assert [record.name for record in recording.descendants("site") if not record.name.startswith("site-")] == []


@pytest.mark.parametrize("case", PORTABLE)
def test_tags_are_on_every_child_that_can_carry_them(cloud: Cloud, case: str, recording: Recording) -> None:
    """The SDK says which types take `tags` or `labels`; AWS's `tagSpecifications` tag what a template makes."""
    if case in cloud.refused:
        return
    recording.run(lambda: cloud.make(args(cloud, case, tags={"team": "shop"})))
    tagged = 0
    for record in clouds_resources(recording):
        inside = record.inputs.get("dropletTemplate", record.inputs)  # a pool carries none, but what it makes does
        for tags in (taggable(record.type) - EXEMPT.get(record.type, set())) | ({"tags"} if inside is not record.inputs else set()):
            carried = str(inside.get(tags))
            tagged += 1
            for word in ("project", "stack", "site", "managed-by", "team", "shop"):
                assert word in carried, f"{record.urn} lacks {word} in its {tags}: {carried}"
    assert tagged or cloud.provider is None, "nothing carries tags"


EXEMPT = {"digitalocean:index/firewall:Firewall": {"tags"}, "aws:s3/bucketObjectv2:BucketObjectv2": {"tags"}}
"""Fields of that name that carry none, by type: a firewall's say which droplets it protects, and a file in a bucket takes ten at most."""


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


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_argument_is_refused_before_anything_is_made(cloud: Cloud, case: str, recording: Recording) -> None:
    path, wrong = WRONG[case]
    with pytest.raises(ArgumentError) as caught:
        recording.run(lambda: cloud.make(cloud.given(**wrong)))
    assert refused_at(cloud, caught.value, path, wrong)
    assert clouds_resources(recording) == []


UNCONVERTED = ("a size that is none", "a release that is none", "a container without a port", "a certificate that is none")
"""Words and maps of a host in another language, which become the library's classes before they are checked."""


@pytest.mark.parametrize("case", [case for case in WRONG if case not in UNCONVERTED])
def test_the_arguments_alone_refuse_what_the_component_refuses(cloud: Cloud, case: str) -> None:
    """So that a whole environment can be checked before its first resource is registered."""
    path, wrong = WRONG[case]
    with pytest.raises(ArgumentError) as caught:
        cloud.given(**wrong).check()
    assert refused_at(cloud, caught.value, path, wrong)


def refused_at(cloud: Cloud, error: ArgumentError, path: str, wrong: dict[str, Any]) -> bool:
    """Whether the refusal stands where it has to, with a mend; a cloud that never takes an argument may say that instead."""
    assert error.mend
    never = set(wrong) & set(NEVER.get(cloud.name, ()))
    return error.path.split("['")[0] == path or error.path in never


NEVER = {
    "external": ("size", "machine_type", "release", "network", "subnet_ids", "schedule", "replacement", "certificate", "admitted_ranges")
}
"""Arguments that a cloud refuses whatever they say."""


def test_the_arguments_alone_refuse_a_site_by_the_byte(cloud: Cloud) -> None:
    """With all that the cloud adds to the user data: what passes here fits, whatever the tier's name."""

    def given(size: int) -> Any:
        return cloud.given(site=StaticSite(files={"index.html": noise(size)}))

    most = LIMITS[cloud.name] - len(given(1).user_data(LONGEST_NAME).encode()) + 1
    given(most).check()
    assert len(given(most).user_data(LONGEST_NAME).encode()) == LIMITS[cloud.name]
    assert len(given(most).user_data("site").encode()) < LIMITS[cloud.name]
    with pytest.raises(ArgumentError, match=r"^site.files: .* make them 1 bytes smaller, or "):
        given(most + 1).check()


def test_a_region_is_required_where_there_are_regions(cloud: Cloud, recording: Recording) -> None:
    if cloud.provider is None:
        assert args(dataclasses.replace(cloud, region=None)).effective_region == "external"  # type: ignore[arg-type]
        return
    with pytest.raises(ArgumentError, match=r"^region: is missing"):
        recording.run(lambda: cloud.make({"servers": {"min": 1}}))
