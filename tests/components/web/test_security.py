"""No tier opens a port to the world, tells a machine a secret, keeps a disk in plain or takes credentials from whoever asks.

And the same search finds every kind of fault in a tier that was broken on purpose.
"""

import base64
import gzip
from typing import Any

import pulumi
import pytest

from multicloud import Servers
from tests.components.web.broken import BROKEN, INGRESS, SECURE, WORLD, put
from tests.components.web.clouds import CERTIFICATE, CLOUDS, PLANTED, RANGES, TOKEN, Cloud
from tests.components.web.portable import EXPOSURES, PORTABLE, WORKLOADS
from tests.reach import openings
from tests.recording import Recording
from tests.security import RULES, findings
from tests.unpacked import unpacked

BY_NAME = {cloud.name: cloud for cloud in CLOUDS}


def admitted(cloud: Cloud) -> dict[str, Any]:
    """Cloudflare's ranges, where the tier has a firewall to admit them."""
    return {} if "ranges" in cloud.refused else {"admitted_ranges": RANGES}


def recorded(cloud: Cloud, **given: Any) -> Recording:
    return cloud.recorded(**{**admitted(cloud), **given})


COMBINATIONS = [
    (cloud, exposure, workload)
    for cloud in CLOUDS
    for exposure in ("the least", *EXPOSURES)
    for workload in WORKLOADS
    if exposure not in cloud.refused
    and workload not in cloud.refused
    # Whose server answers visitors by itself.
    and not ("certificate on" in exposure and workload == "a script")
]


@pytest.mark.parametrize(("cloud", "exposure", "workload"), COMBINATIONS, ids=lambda value: getattr(value, "name", value))
def test_nothing_is_found_in_any_tier(cloud: Cloud, exposure: str, workload: str) -> None:
    assert findings(recorded(cloud, **PORTABLE[exposure], **WORKLOADS[workload]), PLANTED) == []


@pytest.mark.parametrize("case", PORTABLE)
@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.name)
def test_nothing_is_found_whatever_the_arguments_say(cloud: Cloud, case: str) -> None:
    if case not in cloud.refused:
        given = cloud.network if case == "an existing network" else PORTABLE[case]
        assert findings(recorded(cloud, **given), PLANTED) == []


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.name)
@pytest.mark.parametrize("exposure", EXPOSURES)
def test_without_admitted_ranges_nobody_from_outside_comes_in(cloud: Cloud, exposure: str) -> None:
    """Google's own proxies and health checks come from two ranges; everything else that a rule admits is the cloud's own."""
    if exposure not in cloud.refused:
        google = {"130.211.0.0/22", "35.191.0.0/16"}
        admitted = {one for way in openings(cloud.recorded(**EXPOSURES[exposure])) for one in way.ranges}
        assert admitted <= (google if cloud.name == "gcp" else set())


@pytest.mark.parametrize("cloud", [cloud for cloud in CLOUDS if "ranges" not in cloud.refused], ids=lambda cloud: cloud.name)
@pytest.mark.parametrize("exposure", [exposure for exposure in EXPOSURES if "certificate" in exposure])
def test_beside_a_certificate_no_other_port_is_open_to_the_front(cloud: Cloud, exposure: str) -> None:
    if exposure in cloud.refused:
        return
    for way in openings(recorded(cloud, **EXPOSURES[exposure])):
        if set(way.ranges) & set(RANGES) and way.ports != ((0, 65535),):
            assert way.ports == ((443, 443),), way.record.urn


@pytest.mark.parametrize("cloud", CLOUDS, ids=lambda cloud: cloud.name)
def test_a_token_in_user_data_makes_it_a_secret(cloud: Cloud) -> None:
    """Where there is no secret store the token is there, hidden; elsewhere it is not, and nothing has to be hidden."""
    recording = recorded(cloud, **EXPOSURES["registered machines"])
    there = [finding.urn for finding in findings(_shown(recording), PLANTED) if "secret in" in finding.rule]
    assert bool(there) == (cloud.registration.token is not None)


def _shown(recording: Recording) -> Recording:
    """The same with no mark on anything."""
    for record in recording.all():
        record.secrets = record.registered_secrets = frozenset()
    return recording


@pytest.mark.parametrize("name", [*BROKEN, *SECURE])
def test_a_broken_tier_is_found(name: str) -> None:
    """The search that finds nothing in the tier as it is finds this, and this alone."""
    cloud, rule, broken = {**BROKEN, **SECURE}[name]
    recording = recorded(BY_NAME[cloud], **({"certificate": CERTIFICATE} if name in SECURE else {}))
    assert findings(recording, PLANTED) == []
    broken(recording)
    found = findings(recording, PLANTED)
    assert rule in {finding.rule for finding in found}
    assert TOKEN not in str(found)


def test_every_rule_has_a_tier_that_breaks_it() -> None:
    rules = {"open to the world", "SSH open", "secret in user data", "secret in plain inputs", "public database"}
    rules |= {"unencrypted disk", "IMDSv1", "no Shielded VM", "default service account", "primitive role", "wide rights", "old TLS"}
    assert {rule for _, rule, _ in (*BROKEN.values(), *SECURE.values())} == rules
    assert len(RULES) == 7


def test_a_transform_that_breaks_a_tier_is_found(recording: Recording) -> None:
    """Not only a recorded input: the component itself, with a child changed on its way to the engine."""

    def open_up(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != INGRESS:
            return None
        return pulumi.ResourceTransformationResult({**args.props, "prefix_list_id": None, "cidr_ipv4": "0.0.0.0/0"}, args.opts)

    aws = BY_NAME["aws"]
    recording.run(
        lambda: aws.tier(
            "site",
            aws.given(admitted_ranges=RANGES),
            pulumi.ResourceOptions(providers=[aws.provider()] if aws.provider else [], transformations=[open_up]),
        )
    )
    assert {finding.rule for finding in findings(recording, PLANTED)} == {WORLD}


def test_a_secret_that_a_program_exports_in_plain_is_found(recording: Recording) -> None:
    def program() -> None:
        pulumi.export("token", pulumi.Output.from_input(TOKEN))
        pulumi.export("hidden", pulumi.Output.secret(TOKEN))

    recording.run(program)
    assert [(finding.rule, finding.detail) for finding in findings(recording, PLANTED)] == [("secret in plain outputs", "token")]


def test_what_is_packed_several_times_is_unpacked() -> None:
    inner = base64.b64encode(b"needle in a haystack, as text")
    part = b"content: |\n  " + b"\n  ".join(base64.encodebytes(gzip.compress(b"file: " + inner)).splitlines()) + b"\n"
    assert any(b"needle in a haystack" in one for one in unpacked(gzip.compress(part)))


def test_machines_that_scale_are_held_by_the_firewall_too() -> None:
    cloud = BY_NAME["digitalocean"]
    recording = recorded(cloud, servers=Servers(min=2, max=4))
    assert findings(recording, PLANTED) == []
    put("digitalocean:index/dropletAutoscale:DropletAutoscale", "dropletTemplate.tags", ["another"])(recording)
    assert {finding.rule for finding in findings(recording, PLANTED)} == {WORLD}
