"""The gRPC face of a stand-in cloud: Pulumi's provider protocol."""

import json
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct

from . import check, faults, paths
from .lifecycle import Lifecycle, State
from .proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
from .refusals import Failure, refused_by
from .rules import Refused, Values
from .secrecy import showing, texts, veiled
from .source import UnknownToken
from .values import Secrets, decode, encode, has_unknown

T = TypeVar("T")
_DIFF = provider_pb2.PropertyDiff
_KINDS = {
    ("add", False): _DIFF.ADD,
    ("add", True): _DIFF.ADD_REPLACE,
    ("delete", False): _DIFF.DELETE,
    ("delete", True): _DIFF.DELETE_REPLACE,
    ("update", False): _DIFF.UPDATE,
    ("update", True): _DIFF.UPDATE_REPLACE,
}


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """One provider instance.

    Args:
        lifecycle: Does the work.
    """

    def __init__(self, lifecycle: Lifecycle) -> None:
        self.lifecycle = lifecycle
        self.cancelled = threading.Event()

    # --- the plugin ----------------------------------------------------------------------------------------------------------

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=False, accept_outputs=False, supports_autonaming_configuration=True
        )

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=self.lifecycle.sdk.version)

    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        # The SDKs are installed from the package registry, so that nobody needs the whole schema.
        schema = {
            "name": self.lifecycle.cloud.name,
            "version": self.lifecycle.sdk.version,
            "description": "stand-in of the multicloud sandbox",
        }
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    def GetMapping(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetMappingResponse()

    def GetMappings(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetMappingsResponse()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.cancelled.set()
        return empty_pb2.Empty()

    def Parameterize(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._unsupported(context, "parameters")

    def Construct(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._unsupported(context, "components")

    def Call(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._unsupported(context, f"the method {request.tok}")

    def List(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._unsupported(context, "listing resources")

    def _unsupported(self, context: grpc.ServicerContext, what: str) -> NoReturn:
        _abort(context, grpc.StatusCode.UNIMPLEMENTED, f"the sandbox's {self.lifecycle.cloud.name} provider does not offer {what}")

    # --- its configuration ---------------------------------------------------------------------------------------------------

    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        values, secrets = decode(request.news)
        failures = self._answer(context, lambda: self.lifecycle.check_configuration(self._configuration(values), secrets))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures, values, secrets))

    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        # A provider is never replaced: what its configuration means for a resource shows in the resource's own inputs.
        old, new = check.clean(decode(request.old_inputs)[0]), check.clean(decode(request.news)[0])
        changed = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE, diffs=changed
        )

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        values, secrets = decode(request.args)
        if not values:
            values = {name.rsplit(":", 1)[-1]: value for name, value in request.variables.items()}
        self._answer(context, lambda: self.lifecycle.configure(check.clean(self._configuration(values))), hidden=texts(values, secrets))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True)

    def _configuration(self, values: Values) -> Values:
        """The configuration, in which the engine writes all that is not a string as JSON."""
        known = self.lifecycle.sdk.configuration()

        def read(name: str, value: Any) -> Any:
            if isinstance(value, str) and name in known and known[name].shape.kind != "string":
                try:
                    return json.loads(value)
                except ValueError:
                    return value
            return value

        return {name: read(name, value) for name, value in values.items()}

    # --- its resources -------------------------------------------------------------------------------------------------------

    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs, secrets = decode(request.news)
        olds, _ = decode(request.olds)
        token, name = _named(request)
        naming: tuple[check.Naming, ...] = ("propose", "enforce", "disable")
        checked = self._answer(
            context,
            lambda: self.lifecycle.check(
                token,
                name,
                inputs,
                secrets,
                olds,
                seed=request.randomSeed,
                proposed=request.autonaming.proposed_name,
                naming=naming[request.autonaming.mode] if request.HasField("autonaming") else "propose",
            ),
        )
        return provider_pb2.CheckResponse(inputs=encode(checked.inputs, secrets), failures=_failures(checked.failures, inputs, secrets))

    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        outputs, _ = decode(request.olds)
        old, _ = decode(request.old_inputs)
        new, _ = decode(request.news)
        found = self._answer(context, lambda: self.lifecycle.diff(_named(request)[0], old, new, outputs, list(request.ignoreChanges)))
        detail: dict[str, Any] = {}
        for change in sorted(found.changes, key=lambda c: c.replaces):
            detail[paths.show(change.path)] = _DIFF(kind=_KINDS[change.kind, change.replaces], inputDiff=True)
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found.changes else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=sorted({str(change.path[0]) for change in found.changes if change.replaces}),
            diffs=sorted({str(change.path[0]) for change in found.changes}),
            detailedDiff=detail,
            hasDetailedDiff=True,
            deleteBeforeReplace=found.delete_first,
        )

    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs, secrets = decode(request.properties)
        token, name = _named(request)
        if request.preview:
            planned = self._answer(context, lambda: self.lifecycle.plan(token, name, inputs, secrets))
            return provider_pb2.CreateResponse(properties=_outputs(planned))
        made = self._call(
            context, "create", token, name, lambda: self.lifecycle.create(token, name, inputs, secrets), texts(inputs, secrets)
        )
        return provider_pb2.CreateResponse(id=made.id, properties=_outputs(made))

    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs, secrets = decode(request.news)
        token, name = _named(request)
        if request.preview:
            (old_inputs, _), (outputs, secret_outputs) = decode(request.old_inputs), decode(request.olds)
            old = State(request.id, check.clean(old_inputs), outputs, secret_outputs)
            planned = self._answer(context, lambda: self.lifecycle.plan(token, name, inputs, secrets, request.id, old))
            return provider_pb2.UpdateResponse(properties=_outputs(planned))
        state = self._call(
            context, "update", token, name, lambda: self.lifecycle.update(token, name, request.id, inputs, secrets), texts(inputs, secrets)
        )
        return provider_pb2.UpdateResponse(properties=_outputs(state))

    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        (inputs, secrets), (outputs, secret_outputs) = decode(request.inputs), decode(request.properties)
        token, name = _named(request)
        hidden = texts(inputs, secrets) | texts(outputs, secret_outputs)
        state = self._call(context, "read", token, name, lambda: self.lifecycle.read(token, name, request.id, inputs), hidden)
        if state is None:
            return provider_pb2.ReadResponse()
        # What was made up stays marked as such, and what was secret stays secret.
        found = {**state.inputs, check.DEFAULTS: inputs.get(check.DEFAULTS, [])}
        return provider_pb2.ReadResponse(
            id=state.id,
            inputs=encode(found, {*secrets, *showing(found, hidden), *(path for path in state.secrets if path[0] in state.inputs)}),
            properties=encode(state.outputs, {*state.secrets, *secret_outputs, *showing(state.outputs, hidden)}),
        )

    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        inputs, secrets = decode(request.old_inputs)
        token, name = _named(request)
        self._call(context, "delete", token, name, lambda: self.lifecycle.delete(token, name, request.id, inputs), texts(inputs, secrets))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        arguments, secrets = decode(request.args)
        if has_unknown(arguments):
            return provider_pb2.InvokeResponse(**{"return": encode({})})
        values, failures = self._call(
            context, "invoke", request.tok, "", lambda: self.lifecycle.invoke(request.tok, arguments, secrets), texts(arguments, secrets)
        )
        return provider_pb2.InvokeResponse(**{"return": encode(values, secrets)}, failures=_failures(failures, arguments, secrets))

    # --- errors --------------------------------------------------------------------------------------------------------------

    def _call(self, context: grpc.ServicerContext, operation: str, token: str, name: str, work: Callable[[], T], hidden: set[str]) -> T:
        """The answer of the cloud, faults and all; `hidden` are the secrets that no message may show."""
        cloud, store = self.lifecycle.cloud.name, self.lifecycle.store
        try:
            return self._answer(
                context, lambda: faults.around(store, cloud, token, name, operation, work, self.cancelled), (operation, token, name), hidden
            )
        except faults.TimedOut as timeout:
            if isinstance(timeout.result, State) and operation in ("create", "update"):
                _partly(context, timeout.result, timeout.message)
            _abort(context, grpc.StatusCode.DEADLINE_EXCEEDED, timeout.message)

    def _answer(
        self, context: grpc.ServicerContext, work: Callable[[], T], call: tuple[str, str, str] | None = None, hidden: Iterable[str] = ()
    ) -> T:
        """What the work gives; what it raises as an error that a person can read."""
        try:
            return work()
        except Refused as refusal:
            reason = veiled(refusal.message, hidden)
            message = reason if not refusal.property or refusal.property in reason else f"{refusal.property}: {reason}"
            if call is not None:
                operation, token, name = call
                with self.lifecycle.store.transaction() as transaction:
                    transaction.note(self.lifecycle.cloud.name, operation, token, "", name, f"refused: {reason}")
            _abort(context, grpc.StatusCode.FAILED_PRECONDITION, f"{message} {refused_by(refusal.by)}")
        except UnknownToken as unknown:
            _abort(context, grpc.StatusCode.NOT_FOUND, f"{unknown} {refused_by('provider')}")
        except faults.TimedOut:
            raise
        except Exception as error:  # A mistake in the sandbox: say so, where it can be found.
            print(veiled(traceback.format_exc(), hidden), file=sys.stderr)
            _abort(
                context,
                grpc.StatusCode.INTERNAL,
                veiled(f"a mistake in the sandbox, not in the program: {type(error).__name__}: {error}", hidden),
            )


def _abort(context: grpc.ServicerContext, code: grpc.StatusCode, message: str) -> NoReturn:
    context.abort(code, message)
    raise AssertionError("abort raises")


def _named(request: Any) -> tuple[str, str]:
    """Type token and logical name of the resource that a request is about."""
    parts = request.urn.split("::", 3)
    return (request.type or parts[2].rsplit("$", 1)[-1]), (request.name or parts[3])


def _failures(failures: Iterable[Failure], values: Values, secrets: Secrets) -> list[Any]:
    """The refusals. The engine prints the value of a property that it is told, so that one with secrets is named in the reason alone."""
    hidden = {path[0] for path in secrets if path[0] in values}
    return [
        provider_pb2.CheckFailure(reason=f"{failure.property}: {failure.reason}")
        if failure.property in hidden
        else provider_pb2.CheckFailure(property=failure.property, reason=failure.reason)
        for failure in failures
    ]


def _outputs(state: State) -> Struct:
    return encode(state.outputs, state.secrets)


def _partly(context: grpc.ServicerContext, state: State, reason: str) -> NoReturn:
    """Answers that a resource is there but not ready: the engine records it with the error, and tries again with the next `up`."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=state.id, properties=_outputs(state), reasons=[reason], inputs=encode(state.inputs, state.secrets)
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=reason)
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    _abort(context, grpc.StatusCode.UNKNOWN, reason)
