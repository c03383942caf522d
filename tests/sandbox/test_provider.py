"""The provider answers every call of the engine as a real one does."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2

from sandbox import faults
from sandbox.proto import plugin_pb2, provider_pb2, status_pb2
from sandbox.rules import UNKNOWN, Cloud, Values
from sandbox.serve import start
from sandbox.store import Store
from sandbox.values import decode, encode
from tests.sandbox.engine import Engine, plain, urn
from tests.sandbox.stand_in import CERTIFICATE, CLOUD, DROPLET, GET_REGION, VPC

NET: Values = {"region": "fra1"}
WEB: Values = {"image": "i", "size": "s", "region": "fra1", "name": "web"}


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    server, port = start(CLOUD, store)
    made = Engine(port)
    yield made
    made.close()
    server.stop(None).wait()


def test_the_handshake_says_what_the_provider_understands(engine: Engine) -> None:
    answer = engine.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
    assert answer.accept_secrets and answer.supports_autonaming_configuration
    assert not answer.accept_resources and not answer.accept_outputs
    configured = engine.stub.Configure(provider_pb2.ConfigureRequest(args=encode({"token": "t"}), acceptSecrets=True))
    assert configured.acceptSecrets and configured.supportsPreview


def test_the_plugin_has_the_version_that_the_sdk_asks_for(engine: Engine) -> None:
    version = engine.stub.GetPluginInfo(empty_pb2.Empty()).version
    assert version.startswith("4.")
    assert json.loads(engine.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)["version"] == version


def test_an_engine_may_attach(engine: Engine) -> None:
    engine.stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))


def test_a_wrong_configuration_is_refused_by_property(engine: Engine) -> None:
    answer = engine.stub.CheckConfig(provider_pb2.CheckRequest(urn=urn("pulumi:providers:digitalocean", "do"), news=encode({"tokn": "x"})))
    ((failure),) = answer.failures
    assert failure.property == "tokn" and "did you mean 'token'" in failure.reason
    with pytest.raises(grpc.RpcError) as refused:
        engine.stub.Configure(provider_pb2.ConfigureRequest(args=encode({"token": "wrong"})))
    assert "Unable to authenticate" in refused.value.details()


def test_a_configuration_written_as_json_is_understood(engine: Engine) -> None:
    news = encode({"token": "t", "httpRetryMax": "3", "requestsPerSecond": "2.5"}, {("token",)})
    answer = engine.stub.CheckConfig(provider_pb2.CheckRequest(urn=urn("pulumi:providers:digitalocean", "do"), news=news))
    assert not answer.failures and answer.inputs == news


def test_a_changed_configuration_updates_the_provider_and_never_replaces_it(engine: Engine) -> None:
    answer = engine.stub.DiffConfig(provider_pb2.DiffRequest(old_inputs=encode({"token": "a"}), news=encode({"token": "b"})))
    assert answer.changes == provider_pb2.DiffResponse.DIFF_SOME and list(answer.diffs) == ["token"] and not answer.replaces
    same = engine.stub.DiffConfig(provider_pb2.DiffRequest(old_inputs=encode({"token": "a"}), news=encode({"token": "a"})))
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_check_fills_in_the_name_and_keeps_secrets_secret(engine: Engine) -> None:
    answer = engine.check(VPC, "net", {**NET, "description": "hush"}, secrets={("description",)}, randomSeed=b"seed")
    values, secrets = decode(answer.inputs)
    assert not answer.failures and values["name"].startswith("net-") and secrets == {("description",)}


def test_a_check_refuses_by_property(engine: Engine) -> None:
    ((failure),) = engine.check(VPC, "net", {"region": 5, "ipRange": "x"}).failures
    assert failure.property == "ipRange" and "refused by the cloud's API" in failure.reason


@pytest.mark.parametrize(("mode", "name"), [("PROPOSE", "proposed"), ("ENFORCE", "Proposed"), ("DISABLE", None)])
def test_the_engines_naming_is_followed(engine: Engine, mode: str, name: str | None) -> None:
    options = provider_pb2.CheckRequest.AutonamingOptions
    answer = engine.check(VPC, "net", NET, autonaming=options(proposed_name="Proposed", mode=getattr(options, mode)))
    assert plain(answer.inputs).get("name") == name


def diff(engine: Engine, old: Values, new: Values, **more: Any) -> Any:
    request = provider_pb2.DiffRequest(urn=urn(DROPLET, "web"), id="1", olds=encode(old), old_inputs=encode(old), news=encode(new), **more)
    return engine.stub.Diff(request)


def test_a_diff_is_detailed_and_says_what_replaces(engine: Engine) -> None:
    kind = provider_pb2.PropertyDiff
    old = {"image": "i", "size": "s", "tags": ["a"], "name": "web", "__defaults": []}
    answer = diff(engine, old, {**old, "image": UNKNOWN, "size": "m", "tags": []})
    assert {path: change.kind for path, change in answer.detailedDiff.items()} == {
        "image": kind.UPDATE_REPLACE,
        "size": kind.UPDATE,
        "tags[0]": kind.DELETE,
    }
    assert list(answer.replaces) == ["image"] and answer.deleteBeforeReplace and answer.hasDetailedDiff
    assert sorted(answer.diffs) == ["image", "size", "tags"]
    assert diff(engine, old, old).changes == provider_pb2.DiffResponse.DIFF_NONE
    ignored = diff(engine, old, {**old, "image": "j"}, ignoreChanges=["image"])
    assert ignored.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_resource_lives_from_create_to_delete(engine: Engine) -> None:
    inputs = engine.check(VPC, "net", NET).inputs
    planned = engine.create(VPC, "net", inputs, preview=True)
    assert planned.id == "" and plain(planned.properties)["vpcUrn"] is UNKNOWN
    made = engine.create(VPC, "net", inputs)
    assert plain(made.properties)["vpcUrn"] == f"do:vpc:{made.id}"

    found = engine.read(VPC, "net", made.id, plain(inputs), plain(made.properties))
    assert found.id == made.id and found.properties == made.properties and plain(found.inputs) == plain(inputs)

    news = {**plain(inputs), "description": "changed"}
    update = provider_pb2.UpdateRequest(
        urn=urn(VPC, "net"), id=made.id, olds=made.properties, old_inputs=inputs, news=encode(news), preview=True
    )
    assert plain(engine.stub.Update(update).properties)["description"] == "changed"
    assert "description" not in plain(engine.read(VPC, "net", made.id).properties)
    update.preview = False
    assert plain(engine.stub.Update(update).properties)["description"] == "changed"
    assert plain(engine.read(VPC, "net", made.id).properties)["description"] == "changed"

    engine.delete(VPC, "net", made.id)
    assert engine.read(VPC, "net", made.id).id == ""


def test_an_import_gives_the_inputs(engine: Engine) -> None:
    made = engine.create(VPC, "net", {**NET, "name": "net"})
    found = engine.read(VPC, "imported", made.id)
    assert plain(found.inputs) == {**NET, "name": "net", "__defaults": []}
    assert engine.read(VPC, "imported", "vpc-99").id == ""


def test_secrets_stay_secret_through_create_read_and_update(engine: Engine) -> None:
    inputs = {"name": "c", "privateKey": "hush", "leafCertificate": "pem", "type": "custom"}
    made = engine.create(CERTIFICATE, "c", inputs, secrets={("privateKey",)})
    secret = {("privateKey",), ("leafCertificate",)}
    assert decode(made.properties)[1] == secret
    found = engine.read(CERTIFICATE, "c", made.id)
    assert decode(found.properties)[1] == secret and ("privateKey",) in decode(found.inputs)[1]
    update = provider_pb2.UpdateRequest(urn=urn(CERTIFICATE, "c"), id=made.id, news=encode({**inputs, "name": "d"}, {("privateKey",)}))
    assert decode(engine.stub.Update(update).properties)[1] == secret


def test_a_preview_keeps_secrets_secret_even_where_they_are_unknown(engine: Engine) -> None:
    planned = engine.create(CERTIFICATE, "c", {"name": "c", "privateKey": UNKNOWN}, secrets={("privateKey",)}, preview=True)
    values, secrets = decode(planned.properties)
    assert values["privateKey"] is UNKNOWN and ("privateKey",) in secrets


def test_a_lookup_is_answered_or_refused(engine: Engine) -> None:
    answer = engine.stub.Invoke(provider_pb2.InvokeRequest(tok=GET_REGION, args=encode({"slug": "fra1"})))
    assert plain(getattr(answer, "return"))["name"] == "Frankfurt 1"
    wrong = engine.stub.Invoke(provider_pb2.InvokeRequest(tok=GET_REGION, args=encode({"slog": "fra1"})))
    assert "slog" in {failure.property for failure in wrong.failures}
    for token, args, says in (
        (GET_REGION, {"slug": "moon1"}, "slug: no such region"),
        ("digitalocean:index/getTag:getTag", {}, "no answer to the look-up"),
    ):
        with pytest.raises(grpc.RpcError) as refused:
            engine.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=encode(args)))
        assert says in refused.value.details()


def test_a_refusal_says_where_why_and_by_whom(engine: Engine, store: Store) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        engine.create(DROPLET, "web", {"image": "i", "size": "s", "region": "fra1", "vpcUuid": "vpc-9"})
    assert refused.value.details() == "vpcUuid: VPC vpc-9 does not exist [refused by the cloud's API]"
    with store.reading() as reading:
        assert [entry.outcome for entry in reading.journal()] == ["refused: VPC vpc-9 does not exist"]


def test_a_type_that_does_not_exist_is_refused(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        engine.check("digitalocean:index/moon:Moon", "x", {})
    assert "has no digitalocean:index/moon:Moon" in refused.value.details()


def test_a_type_of_every_kind_needs_no_rules(engine: Engine) -> None:
    made = engine.create("digitalocean:index/project:Project", "p", {"name": "p"})
    assert made.id and plain(made.properties)["createdAt"]


def test_a_mistake_in_the_rules_is_called_one(store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    broken = Cloud(**{**vars(CLOUD), "default_id": lambda making: 1 / 0})
    server, port = start(broken, store)
    engine = Engine(port)
    with pytest.raises(grpc.RpcError) as refused:
        engine.create(VPC, "net", NET)
    assert "a mistake in the sandbox, not in the program: ZeroDivisionError" in refused.value.details()
    assert "Traceback" in capfd.readouterr().err
    engine.close()
    server.stop(None).wait()


@pytest.mark.parametrize("call", ["Parameterize", "Construct", "Call"])
def test_what_the_provider_does_not_offer_is_refused_clearly(engine: Engine, call: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        getattr(engine.stub, call)(getattr(provider_pb2, f"{call}Request")())
    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED and "does not offer" in refused.value.details()


def test_a_create_that_times_out_is_recorded_as_not_ready(engine: Engine, store: Store) -> None:
    with store.transaction() as transaction:
        faults.add(transaction, faults.Fault(kind="timeout", operation="create"))
    with pytest.raises(grpc.RpcError) as refused:
        engine.create(CERTIFICATE, "c", {"name": "c", "privateKey": "hush"}, secrets={("privateKey",)})
    (details,) = [value for key, value in refused.value.trailing_metadata() if key == "grpc-status-details-bin"]
    status, failed = status_pb2.Status.FromString(details), provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(failed)
    assert failed.id == "certificate-0" and "timeout" in failed.reasons[0]
    assert decode(failed.properties)[1] >= {("privateKey",)} and decode(failed.inputs)[1] == {("privateKey",)}
    assert engine.read(CERTIFICATE, "c", failed.id).id == failed.id


def test_no_message_shows_a_secret(engine: Engine, store: Store) -> None:
    """Neither a refusal nor the journal. The engine shows the value of the property that it is told, so that a secret one is only named."""
    (wrong,) = engine.check(DROPLET, "web", {**WEB, "tags": "hushhush"}, secrets={("tags",)}).failures
    assert not wrong.property and wrong.reason.startswith("tags: expected a list of string")
    (spaced,) = engine.check(VPC, "net", {**NET, "name": "hush hush"}, secrets={("name",)}).failures
    assert not spaced.property and "name: no spaces please" in spaced.reason
    with pytest.raises(grpc.RpcError) as missing:
        engine.create(DROPLET, "web", {**WEB, "vpcUuid": "hushhush"}, {("vpcUuid",)})
    assert "VPC [secret] does not exist" in missing.value.details()
    token = provider_pb2.ConfigureRequest(args=encode({"token": "wrong"}, {("token",)}))
    with pytest.raises(grpc.RpcError) as unauthenticated:
        engine.stub.Configure(token)
    assert "wrong" not in unauthenticated.value.details()
    with store.reading() as reading:
        assert "hushhush" not in str(reading.journal())


def test_a_secret_input_that_comes_back_as_another_output_is_secret_there_too(store: Store) -> None:
    repeating = replace(CLOUD, default_outputs=lambda making, names: {"vpcUrn": f"do:vpc:{making.get('description')}"})
    server, port = start(repeating, store)
    engine = Engine(port)
    try:
        made = engine.create(VPC, "net", {**NET, "description": "hushhush"}, {("description",)})
        assert decode(made.properties)[1] == {("description",), ("vpcUrn",)}
    finally:
        engine.close()
        server.stop(0)


def test_a_secret_that_drift_moved_in_a_list_is_secret_at_its_new_place(engine: Engine) -> None:
    made = engine.create(DROPLET, "web", {**WEB, "tags": ["hushhush", "plain"]})
    before = encode({**WEB, "tags": ["plain", "hushhush"]}, {("tags", 1)})
    request = provider_pb2.ReadRequest(urn=urn(DROPLET, "web"), id=made.id, inputs=before, properties=before)
    found = engine.stub.Read(request)
    for properties in (found.inputs, found.properties):
        assert ("tags", 0) in decode(properties)[1]


def test_a_lookup_that_asks_for_something_unknown_within_waits(engine: Engine) -> None:
    answer = engine.stub.Invoke(provider_pb2.InvokeRequest(tok=GET_REGION, args=encode({"slug": {"of": [UNKNOWN]}})))
    assert not answer.failures and not plain(getattr(answer, "return"))
