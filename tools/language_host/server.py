"""The language host's process: a port on stdout, and no life beyond the engine's."""

import argparse
import os
import signal
import time
from collections.abc import Sequence
from concurrent import futures
from pathlib import Path
from types import FrameType

import grpc
from pulumi.runtime.proto import language_pb2_grpc

from tools.language_host.host import PythonHost

UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
HEARTBEAT_SECONDS = 0.5


def serve(arguments: Sequence[str]) -> None:
    """Serves the engine until it asks to stop or is gone."""
    parser = argparse.ArgumentParser(prog="pulumi-language-python")
    parser.add_argument("--executor", type=Path, required=True, help="the SDK's pulumi-language-python-exec")
    parser.add_argument("engine", nargs="?", default="", help="address of the engine")
    given, _ = parser.parse_known_args(arguments)

    host = PythonHost(given.executor, given.engine)
    parent = os.getppid()
    server = grpc.server(futures.ThreadPoolExecutor(16), options=UNLIMITED)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)

    def leave(signum: int = 0, frame: FrameType | None = None) -> None:
        host.children.close()
        # Not by way of Python's own exit: it would wait for threads that still serve an engine which is gone.
        os._exit(0)

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    # An engine that was killed says nothing, but its children get another parent.
    while os.getppid() == parent:
        time.sleep(HEARTBEAT_SECONDS)
    leave()
