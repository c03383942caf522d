"""Pulumi's generated gRPC messages, without the rest of the Pulumi SDK.

`import pulumi` costs a provider about 0.1 s at every start, and the messages need none of it: their folder is imported
as a package of another name. They are the same messages as the SDK's own, so that both may live in one process.
"""

import importlib.util
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2
else:
    _spec = importlib.util.find_spec("pulumi")
    if _spec is None or _spec.origin is None:
        raise ImportError("the Pulumi SDK for Python is not installed")
    _package = types.ModuleType(f"{__name__}.messages", "The folder pulumi/runtime/proto.")
    _package.__path__ = [str(Path(_spec.origin).parent / "runtime" / "proto")]
    sys.modules[_package.__name__] = _package
    plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2 = (
        importlib.import_module(f"{_package.__name__}.{name}") for name in ("plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2")
    )

__all__ = ["plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2"]
