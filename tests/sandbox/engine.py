"""The engine's side of the provider protocol, for tests: a provider process or server, and calls to it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.struct_pb2 import Struct

from sandbox.proto import provider_pb2, provider_pb2_grpc
from sandbox.rules import Values
from sandbox.values import Secrets, decode, encode

ROOT = Path(__file__).resolve().parents[2]


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::project::{token}::{name}"


class Engine:
    """Calls a provider as the engine does.

    Args:
        port: Where it listens.
    """

    def __init__(self, port: int) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def close(self) -> None:
        self.channel.close()

    def check(self, token: str, name: str, news: Values, olds: Values | None = None, secrets: Secrets | None = None, **more: Any) -> Any:
        return self.stub.Check(
            provider_pb2.CheckRequest(urn=urn(token, name), news=encode(news, secrets or ()), olds=encode(olds or {}), **more), timeout=30
        )

    def create(self, token: str, name: str, inputs: Values | Struct, secrets: Secrets | None = None, preview: bool = False) -> Any:
        properties = inputs if isinstance(inputs, Struct) else encode(inputs, secrets or ())
        return self.stub.Create(provider_pb2.CreateRequest(urn=urn(token, name), properties=properties, preview=preview), timeout=30)

    def read(self, token: str, name: str, id: str, inputs: Values | None = None, properties: Values | None = None) -> Any:
        request = provider_pb2.ReadRequest(urn=urn(token, name), id=id, inputs=encode(inputs or {}), properties=encode(properties or {}))
        return self.stub.Read(request, timeout=30)

    def delete(self, token: str, name: str, id: str) -> Any:
        return self.stub.Delete(provider_pb2.DeleteRequest(urn=urn(token, name), id=id), timeout=30)


def plain(properties: Struct) -> Values:
    return decode(properties)[0]


def start_process(database: Path, module: str = "tests.sandbox.stand_in", *arguments: str) -> tuple[subprocess.Popen[str], int]:
    """A provider process on a store, and its port."""
    environment = {**os.environ, "MULTICLOUD_SANDBOX": str(database)}
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline())
