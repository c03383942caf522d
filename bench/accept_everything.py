"""A provider that accepts everything and answers at once, from a file: the least that the engine and a program can be run with.

`python -m bench.accept_everything NAME`, started by the engine. MULTICLOUD_ANSWERS names a JSON file with, under `resources`, the
id and the outputs of each URN and, under `lookups`, the answer to each look-up, both recorded from the sandbox.
"""

import json
import os
import signal
import sys
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from google.protobuf.json_format import MessageToDict

from sandbox.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from sandbox.serve import outlive_nobody


class AcceptEverything(provider_pb2_grpc.ResourceProviderServicer):
    """Answers from the recording.

    Args:
        answers: The recording.
    """

    def __init__(self, answers: dict[str, Any]) -> None:
        self._resources, self._lookups = answers["resources"], answers["lookups"]

    def Handshake(self, request: Any, context: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="0.0.0")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse()

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Create(self, request: Any, context: Any) -> Any:
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        recorded = self._resources[request.urn]
        return provider_pb2.CreateResponse(id=recorded["id"], properties=_struct(recorded["outputs"]))

    def Delete(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        return provider_pb2.InvokeResponse(**{"return": _struct(self._lookups[lookup_key(request)])})

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()


def lookup_key(request: Any) -> str:
    """What tells one look-up from another: the function and its arguments."""
    return f"{request.tok} {json.dumps(MessageToDict(request.args), sort_keys=True)}"


def _struct(values: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def main() -> None:
    """Serves until the engine is gone."""
    parent = os.getppid()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os._exit(0))
    answers = json.loads(Path(os.environ["MULTICLOUD_ANSWERS"]).read_text())
    server = grpc.server(futures.ThreadPoolExecutor(64), options=[("grpc.so_reuseport", 0)])
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AcceptEverything(answers), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    outlive_nobody(parent)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
