"""Every component registers exactly the outputs that its class declares, under the names that other languages know."""

from collections.abc import Callable, Iterator
from inspect import get_annotations
from typing import Any

import pulumi
import pytest
from pulumi.provider.experimental.util import camel_case

import multicloud as mc
from multicloud.database.pair import PairServer
from multicloud.outputs import outputs
from tests.recording import Recording

ORIGINS: list[mc.Origin] = [{"name": "a", "address": "192.0.2.1", "weight": 1}]
SERVERS = mc.Servers(min=1)

COMPONENTS: dict[str, Callable[[], pulumi.ComponentResource]] = {
    "AwsNetwork": lambda: mc.AwsNetwork("it", mc.AwsNetworkArgs(region="eu-central-1")),
    "AwsWebTier": lambda: mc.AwsWebTier("it", mc.AwsWebTierArgs(region="eu-central-1", servers=SERVERS)),
    "CloudSqlPostgres": lambda: mc.CloudSqlPostgres(
        "it", mc.CloudSqlPostgresArgs(role=mc.Role.REPLICA, version="16", database="shop", region="europe-west3")
    ),
    "CloudflareFront": lambda: mc.CloudflareFront(
        "it", mc.CloudflareFrontArgs(zone="example.com", hostname="www.example.com", pools=[mc.Pool(name="own", origins=ORIGINS)])
    ),
    "DigitalOceanNetwork": lambda: mc.DigitalOceanNetwork("it", mc.DigitalOceanNetworkArgs(region="fra1")),
    "DigitalOceanWebTier": lambda: mc.DigitalOceanWebTier("it", mc.DigitalOceanWebTierArgs(region="fra1", servers=SERVERS)),
    "ExternalWebTier": lambda: mc.ExternalWebTier("it", mc.ExternalWebTierArgs(servers=SERVERS, addresses=["1.1.1.1"])),
    "GcpNetwork": lambda: mc.GcpNetwork("it", mc.GcpNetworkArgs(region="europe-west3")),
    "GcpWebTier": lambda: mc.GcpWebTier("it", mc.GcpWebTierArgs(region="europe-west3", servers=SERVERS)),
    "OriginCertificate": lambda: mc.OriginCertificate("it", mc.OriginCertificateArgs(hostnames=["example.com"])),
    "OriginPulls": lambda: mc.OriginPulls("it", mc.OriginPullsArgs(zone="example.com")),
    "PostgresPair": lambda: mc.PostgresPair(
        "it",
        mc.PostgresPairArgs(
            version="16",
            primary=PairServer(cloud="aws", region="eu-central-1"),
            replica=PairServer(cloud="gcp", region="europe-west3"),
        ),
    ),
    "RdsPostgres": lambda: mc.RdsPostgres(
        "it", mc.RdsPostgresArgs(role=mc.Role.PRIMARY, version="16", database="shop", region="eu-central-1")
    ),
    "Tunnel": lambda: mc.Tunnel("it", mc.TunnelArgs(zone="example.com")),
}


def components() -> Iterator[str]:
    """The public names that are components."""
    for name in mc.__all__:
        public = getattr(mc, name)
        if isinstance(public, type) and issubclass(public, pulumi.ComponentResource):
            yield name


def test_every_component_is_tried() -> None:
    assert set(COMPONENTS) == set(components())


@pytest.mark.parametrize("name", COMPONENTS)
def test_what_is_declared_is_registered_in_camel_case_and_nothing_else(name: str, recording: Recording) -> None:
    made = recording.run(COMPONENTS[name])
    registered = recording.one(f"multicloud:index:{name}").registered
    declared: dict[str, Any] = get_annotations(type(made))
    given = {camel_case(output): recording.value(getattr(made, output)) for output in declared if getattr(made, output) is not None}
    assert registered == given
    assert None not in registered.values()


def test_a_subclass_registers_its_own_outputs_too_and_nothing_private(recording: Recording) -> None:
    class Base(pulumi.ComponentResource):
        """Gives one output."""

        at_the_base: pulumi.Output[str]
        _inside: str

    class More(Base):
        """Gives another."""

        on_top: pulumi.Output[str]

        def __init__(self) -> None:
            super().__init__("test:index:More", "more")
            self.at_the_base, self.on_top = pulumi.Output.from_input("1"), pulumi.Output.from_input("2")

    made = recording.run(More)
    assert recording.value(outputs(made)) == {"atTheBase": "1", "onTop": "2"}
