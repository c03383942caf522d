"""The recording engine shows what Pulumi's own mocks hide."""

from typing import Any

import pulumi
import pulumi_digitalocean as digitalocean
import pulumi_random as random
import pytest

from tests.recording import UNKNOWN, Recording


class Group(pulumi.ComponentResource):
    """A component with one child."""

    address: pulumi.Output[str]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, registers: int = 1) -> None:
        super().__init__("test:index:Group", name, None, opts)
        child = digitalocean.Droplet(f"{name}-droplet", image="debian-12-x64", size="s-1vcpu-1gb", opts=pulumi.ResourceOptions(parent=self))
        self.address = child.ipv4_address
        for _ in range(registers):
            self.register_outputs({"address": self.address})


def with_provider() -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(providers=[digitalocean.Provider("do-fra1", token="t")], protect=True, aliases=[pulumi.Alias(name="old")])


def test_it_shows_urns_parents_providers_protection_and_aliases(recording: Recording) -> None:
    recording.run(lambda: Group("web", with_provider()))
    droplet, group = recording.one("digitalocean:index/droplet:Droplet"), recording.one("test:index:Group")
    assert droplet.urn == "urn:pulumi:stack::project::test:index:Group$digitalocean:index/droplet:Droplet::web-droplet"
    assert (droplet.parent, droplet.provider, droplet.protect) == (group.urn, "do-fra1", True)
    assert group.providers == {"digitalocean": "do-fra1"}
    assert group.aliases == [{"name": "old"}]
    assert recording.children("web") == recording.descendants("web") == [droplet]


def test_it_shows_registered_outputs_and_resolves_outputs(recording: Recording) -> None:
    group = recording.run(lambda: Group("web"))
    assert recording.value(group.address) == "198.51.100.30"
    assert recording.one("test:index:Group").registered == {"address": "198.51.100.30"}


def test_it_shows_a_component_that_never_registers(recording: Recording) -> None:
    recording.run(lambda: Group("web", registers=0))
    assert recording.one("test:index:Group").registered is None


def test_it_shows_a_default_provider_as_none(recording: Recording) -> None:
    recording.run(lambda: Group("web"))
    assert recording.one("digitalocean:index/droplet:Droplet").provider == ""


def test_it_shows_secrets_in_inputs_outputs_and_exports(recording: Recording) -> None:
    def program() -> pulumi.Output[str]:
        password = random.RandomPassword("password", length=20)
        domain = digitalocean.Domain("domain", name=pulumi.Output.secret("hidden.example.com"))
        pulumi.export("login", {"user": "u", "password": password.result})
        return domain.name

    name = recording.run(program)
    assert recording.one("digitalocean:index/domain:Domain").secrets == {"name"}
    assert recording.is_secret(name)
    assert recording.exports == {"login": {"user": "u", "password": "password-of-password"}}
    assert recording.secret_exports == {"login.password"}


def test_it_refuses_a_urn_that_occurs_twice(recording: Recording) -> None:
    with pytest.raises(AssertionError, match="duplicate resource URN"):
        recording.run(lambda: [pulumi.ComponentResource("test:index:Empty", "same") for _ in range(2)])


def test_it_refuses_a_look_up_without_an_answer(recording: Recording) -> None:
    with pytest.raises(Exception, match="no answer for the look-up digitalocean:index/getSizes:getSizes"):
        recording.run(digitalocean.get_sizes)


def test_it_answers_look_ups_and_remembers_them(recording: Recording) -> None:
    assert recording.run(lambda: digitalocean.get_image(slug="debian-12-x64")).id == 1
    assert [(call.token, call.args, call.provider) for call in recording.calls] == [
        ("digitalocean:index/getImage:getImage", {"slug": "debian-12-x64"}, "")
    ]


def test_it_raises_what_fails_in_an_apply(recording: Recording) -> None:
    def fail(address: Any) -> None:
        raise ValueError(f"bad {address}")

    def program() -> None:
        Group("web").address.apply(fail)

    with pytest.raises(ValueError, match="bad 198"):
        recording.run(program)


def test_it_raises_what_fails_in_the_program(recording: Recording) -> None:
    def program() -> None:
        raise pulumi.RunError("no")

    with pytest.raises(pulumi.RunError, match="no"):
        recording.run(program)


def test_a_preview_leaves_outputs_unknown() -> None:
    preview = Recording(preview=True)

    def program() -> None:
        digitalocean.Domain("domain", name="a.example.com", ip_address=Group("web").address)

    preview.run(program)
    assert preview.one("digitalocean:index/domain:Domain").inputs == {"name": "a.example.com", "ipAddress": UNKNOWN}
    assert preview.one("test:index:Group").registered == {"address": UNKNOWN}
    preview.close()


def test_configuration_reaches_the_program(recording: Recording) -> None:
    assert recording.run(lambda: pulumi.Config("multicloud").require_object("environment"), {"multicloud:environment": '{"a": 1}'}) == {
        "a": 1
    }
