"""A Pulumi engine for tests that records all that a program registers.

    recording = Recording()
    tier = recording.run(lambda: AwsWebTier("web", AwsWebTierArgs(...)))
    assert recording.one("aws:lb/loadBalancer:LoadBalancer").inputs["internal"] is False
    assert recording.value(tier.region) == "eu-central-1"

Unlike Pulumi's own mocks it makes URNs as the engine does, refuses a URN that occurs twice, shows options (parent, provider,
aliases, protect ...), which inputs are secret and which outputs a component registered, and refuses a look-up without an
answer. It keeps no state, so it proves nothing of updates, replacements or the order of deletion.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import pulumi
from google.protobuf import empty_pb2, json_format
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_in_stack
from pulumi.runtime.sync_await import _ensure_event_loop, _sync_await

from tests.computed import ANSWERS, NUMBERED, OUTPUTS
from tests.recorded import UNKNOWN, Answer, Call, Outputs, Recorded, Values

__all__ = ["UNKNOWN", "Recorded", "Recording"]

T = TypeVar("T")

STACK = "pulumi:pulumi:Stack"


class Recording(mocks.MockMonitor):
    """Runs programs and records what they register.

    Args:
        project: Name of the project.
        stack: Name of the stack.
        preview: Whether the run is a preview: then outputs are unknown, and callbacks of `apply` do not run.
    """

    def __init__(self, *, project: str = "project", stack: str = "stack", preview: bool = False) -> None:
        super().__init__(_NoMocks())
        self.project, self.stack, self.preview = project, stack, preview
        self.records: dict[str, Recorded] = {}
        """Every registered resource by URN, in the order of registration: a parent before its children, else as it happens to be."""
        self.calls: list[Call] = []
        """Every look-up, in order."""
        self.exports: Values = {}
        """The stack's outputs, secrets unwrapped."""
        self.secret_exports: frozenset[str] = frozenset()
        """Dotted paths of the stack's outputs that are secret."""
        self.outputs: dict[str, Outputs] = dict(OUTPUTS)
        """Computed outputs by type token, a dict or a function of the `Recorded`. Inputs are always echoed."""
        self.answers: dict[str, Answer] = dict(ANSWERS)
        """Results of look-ups by function token, a dict or a function of the arguments. A token without one is refused."""

    # running

    def run(self, program: Callable[[], T], config: Mapping[str, str] | None = None, secret_keys: Sequence[str] = ()) -> T:
        """Runs `program` as a stack's program to its very end, and gives back what it returned.

        Whatever fails, in the program or in a callback of `apply`, is raised here.

        Args:
            program: Registers resources.
            config: The stack's configuration, as strings by full key (`multicloud:environment`).
            secret_keys: The full keys whose values are encrypted.
        """
        results: list[T] = []

        def body() -> Awaitable[None] | None:
            results.append(program())
            return None

        self._install()
        # The first failure is raised below; each registration that waited for the same value would log it once more when it is collected.
        _ensure_event_loop().set_exception_handler(lambda loop, context: None)
        pulumi.runtime.set_all_config(dict(config or {}), list(secret_keys))
        try:
            _sync_await(run_in_stack(body))
        finally:
            pulumi.runtime.set_all_config({}, [])
        return results[0]

    def value(self, output: Any) -> Any:
        """What an output, or anything with outputs inside, came to; None where it is unknown."""
        return _sync_await(pulumi.Output.from_input(output).future())

    def is_secret(self, output: "pulumi.Output[Any]") -> bool:
        """Whether an output is secret."""
        return bool(_sync_await(output.is_secret()))

    def close(self) -> None:
        """Leaves nothing behind for the next test."""
        settings.ROOT.set(None)

    def _install(self) -> None:
        settings.ROOT.set(None)
        settings.SETTINGS.outputs.clear()
        settings.SETTINGS.rpc_manager.clear()
        settings.configure(
            mocks.MockSettings(  # type: ignore[no-untyped-call]
                monitor=self,
                monitor_features=set(self.GetDeploymentInfo(empty_pb2.Empty()).supportedFeatures),  # type: ignore[no-untyped-call]
                engine=mocks.MockEngine(None),
                project=self.project,
                stack=self.stack,
                dry_run=self.preview,
                organization="organization",
                callbacks=None,
            )
        )

    # looking

    def all(self, type: str | None = None) -> list[Recorded]:
        """Every resource of a type, or every resource, by name: the order of registration is another one in each run."""
        found = [record for record in self.records.values() if type is None or record.type == type]
        return sorted(found, key=lambda record: (record.name, record.urn))

    def one(self, type: str, name: str | None = None) -> Recorded:
        """The one resource of a type, or the one with that name among them."""
        found = [record for record in self.all(type) if name is None or record.name == name]
        assert len(found) == 1, (
            f"{len(found)} of {type} {name or ''}: {[record.name for record in found]}; all types: {sorted(self.types())}"
        )
        return found[0]

    def types(self) -> set[str]:
        """The types of all resources."""
        return {record.type for record in self.all()}

    def children(self, component: str) -> list[Recorded]:
        """The resources right below the component of that name."""
        urns = {record.urn for record in self.all() if not record.custom and record.name == component}
        return [record for record in self.all() if record.parent in urns]

    def descendants(self, component: str) -> list[Recorded]:
        """The resources anywhere below the component of that name, by name."""
        urns = {record.urn for record in self.all() if not record.custom and record.name == component}
        found = []
        for record in self.records.values():  # a parent is registered before its children
            if record.parent in urns:
                urns.add(record.urn)
                found.append(record)
        return sorted(found, key=lambda record: (record.name, record.urn))

    def urns(self) -> list[str]:
        """The URNs of all resources, sorted."""
        return sorted(self.records)

    # the engine's side

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The URN as the real engine makes it: all types on the way down, but not the stack's."""
        qualified = parent.split("::")[2] if parent else ""
        chain = type_ if qualified in ("", STACK) else f"{qualified}${type_}"
        return f"urn:pulumi:{self.stack}::{self.project}::{chain}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == STACK:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if urn in self.records:
            raise AssertionError(f"duplicate resource URN {urn}")
        record = self._record(urn, request, request.object)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=record.id, object=self._outputs(record))

    def ReadResource(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        record = self._record(urn, request, request.properties, id=request.id)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=self._outputs(record))

    def RegisterResourceOutputs(self, request: Any) -> Any:
        values, secrets = _plain(request.outputs)
        if record := self.records.get(request.urn):
            assert record.registered is None, f"{record.name} registers its outputs twice"
            record.registered, record.registered_secrets = values, secrets
        else:
            self.exports, self.secret_exports = values, secrets
        return empty_pb2.Empty()

    def Invoke(self, request: Any) -> Any:
        args, _ = _plain(request.args)
        self.calls.append(Call(token=request.tok, args=args, provider=_provider_name(request.provider)))
        if request.tok not in self.answers:
            raise AssertionError(f"no answer for the look-up {request.tok}; set recording.answers[{request.tok!r}]")
        answer = self.answers[request.tok]
        result = answer(args) if callable(answer) else answer
        return resource_pb2.ResourceInvokeResponse(**{"return": _struct({**args, **result})})

    def _record(self, urn: str, request: Any, object: Any, id: str = "") -> Recorded:
        inputs, secrets = _plain(object)
        custom = getattr(request, "custom", True)
        record = Recorded(
            urn=urn,
            type=request.type,
            name=request.name,
            id=id or (self._id(request) if custom and not self.preview else ""),
            custom=custom,
            parent=request.parent,
            inputs=inputs,
            secrets=secrets,
            outputs={},
            provider=_provider_name(request.provider),
            providers={package: _provider_name(reference) for package, reference in getattr(request, "providers", {}).items()},
            protect=getattr(request, "protect", False),
            aliases=[_alias(alias) for alias in getattr(request, "aliases", [])],
            depends_on=frozenset(request.dependencies),
            ignore_changes=list(getattr(request, "ignoreChanges", [])),
            replace_on_changes=list(getattr(request, "replaceOnChanges", [])),
            replacement_trigger=_trigger(request),
            secret_outputs=list(request.additionalSecretOutputs),
            delete_before_replace=request.deleteBeforeReplace if getattr(request, "deleteBeforeReplaceDefined", False) else None,
            retain_on_delete=getattr(request, "retainOnDelete", False),
            timeouts=json_format.MessageToDict(request.customTimeouts) if hasattr(request, "customTimeouts") else {},
        )
        self.records[urn] = record
        if custom and not self.preview:
            given = self.outputs.get(request.type, {})
            computed = given(record) if callable(given) else given
            record.outputs = {**_usual(record), **inputs, **computed}
        else:
            record.outputs = dict(inputs)
        return record

    def _id(self, request: Any) -> str:
        return str(400000000 + len(self.records)) if request.type in NUMBERED else f"{request.name}-id"

    def _outputs(self, record: Recorded) -> Any:
        """A record's outputs for the program: what was secret going in stays secret coming out."""
        secret = {path.split(".")[0] for path in record.secrets} | set(record.secret_outputs)
        return _struct({name: rpc.wrap_rpc_secret(value) if name in secret else value for name, value in record.outputs.items()})


class _NoMocks(mocks.Mocks):
    """The base class asks for mocks; `Recording` answers everything itself."""

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise NotImplementedError

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        raise NotImplementedError


def _provider_name(reference: str) -> str:
    """The provider's name from a reference, `urn::id`."""
    return reference.split("::")[-2] if reference else ""


def _trigger(request: Any) -> Any:
    """A resource's replacement trigger as a plain value; None without one."""
    if not hasattr(request, "replacement_trigger") or not request.HasField("replacement_trigger"):
        return None
    return json_format.MessageToDict(request.replacement_trigger)


def _alias(alias: Any) -> Values:
    """What an alias states, without the empty parts of its spec."""
    parts = json_format.MessageToDict(alias)
    return {key: value for key, value in parts.get("spec", parts).items() if value != ""}


def _struct(values: Mapping[str, Any]) -> Any:
    def told(value: Any) -> Any:
        """As the engine says that something is not known: what goes in unknown comes out unknown."""
        if isinstance(value, dict):
            return {key: told(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [told(inner) for inner in value]
        return rpc.UNKNOWN if value == UNKNOWN else value

    return _sync_await(rpc.serialize_properties(told(dict(values)), {}))


def _plain(struct: Any) -> tuple[Values, frozenset[str]]:
    """A protobuf struct as plain values, and the dotted paths at which it held secrets.

    The SDK's own reading of it moves a secret's mark up to the outermost list or dict.
    """
    secrets: set[str] = set()

    def plain(value: Any, path: str) -> Any:
        if rpc.is_rpc_secret(value):
            secrets.add(path)
            return plain(value["value"], path)
        if isinstance(value, dict):
            return {key: plain(inner, f"{path}.{key}" if path else key) for key, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner, f"{path}.{index}") for index, inner in enumerate(value)]
        if value == rpc.UNKNOWN:
            return UNKNOWN
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    return plain(json_format.MessageToDict(struct), ""), frozenset(secrets)


def _usual(record: Recorded) -> Values:
    """Outputs that many types have."""
    return {
        "name": record.inputs.get("name", f"{record.name}-1a2b3c4"),
        "arn": f"arn:aws:{record.type.split(':')[1].split('/')[0]}:eu-central-1:123456789012:{record.name}",
        "selfLink": f"https://www.googleapis.com/compute/v1/projects/p/{record.name}",
    }
