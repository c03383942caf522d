"""Runs a sandbox provider that also writes down its answers to look-ups: `python -m bench.record NAME`, started by the engine."""

import json
import os
import sys
from typing import Any

from google.protobuf.json_format import MessageToDict

from bench.accept_everything import lookup_key
from sandbox.clouds import cloud
from sandbox.provider import Provider
from sandbox.serve import serve


class Recorder(Provider):
    """The sandbox's provider, with every look-up added to the file that MULTICLOUD_RECORD names, a JSON object a line."""

    def Invoke(self, request: Any, context: Any) -> Any:
        answer = super().Invoke(request, context)
        line = json.dumps({"key": lookup_key(request), "answer": MessageToDict(answer).get("return", {})})
        with open(os.environ["MULTICLOUD_RECORD"], "a") as file:
            file.write(line + "\n")
        return answer


if __name__ == "__main__":
    serve(cloud(sys.argv[1]), Recorder)
    os._exit(0)
