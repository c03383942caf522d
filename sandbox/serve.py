"""Runs one stand-in cloud as a provider plugin: `python -m sandbox.serve aws`. The engine starts it and reads its port."""

import os
import select
import signal
import sys
import threading
from concurrent import futures

import grpc

from .clouds import NAMES, cloud
from .lifecycle import Lifecycle
from .proto import provider_pb2_grpc
from .provider import Provider
from .rules import Cloud
from .store import Store

_THREADS = 64
"""Calls at once; more wait. The engine makes as many as `--parallel` says."""
_OPTIONS = (("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20), ("grpc.so_reuseport", 0))


def start(stand_in: Cloud, store: Store | None = None, face: type[Provider] = Provider) -> tuple[grpc.Server, int]:
    """Starts a provider on a free port of the loopback interface; the server and the port."""
    server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(face(Lifecycle(stand_in, store or Store())), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def main(arguments: list[str]) -> int:
    """Serves until the engine that started this process is gone, or a signal comes."""
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: python -m sandbox.serve {{{','.join(NAMES)}}}", file=sys.stderr)
        return 2
    return serve(cloud(arguments[0]))


def serve(stand_in: Cloud, face: type[Provider] = Provider) -> int:
    """Serves one cloud from this process, and prints the port.

    Args:
        stand_in: The cloud.
        face: What answers the engine, for those who want to watch it do so.
    """
    parent = os.getppid()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Everything is committed before it is answered, so there is nothing to tidy up.
        signal.signal(number, lambda *_: os._exit(0))
    _server, port = start(stand_in, face=face)
    print(port, flush=True)
    outlive_nobody(parent)
    return 0


def outlive_nobody(parent: int) -> None:
    """Returns when the parent process is gone, however it went. Signal handlers run meanwhile."""
    # A signal that comes just before the wait below would not end it: its number in a pipe does.
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    try:
        handle = os.pidfd_open(parent)
    except (AttributeError, OSError):  # not Linux, or gone already
        while os.getppid() == parent:
            threading.Event().wait(0.5)
        return
    select.select([handle, woken], [], [])


if __name__ == "__main__":
    code = main(sys.argv[1:])
    # The server's threads may be in the middle of a call that nobody waits for any more.
    os._exit(code)
