"""The machine's port, closed until the workload answers the health check for the first time. Pure."""

from .bootstrap import Bootstrap
from .nftables import table
from .steps import LIBRARY, READY, Steps

OPEN = f"{LIBRARY}/open"
"""Waits until the workload is healthy, and opens the port."""

# Before the port of a container is translated, which never comes to the chain of what goes in.
_GATE = """\
table inet multicloud_gate {{
  chain prerouting {{
    type filter hook prerouting priority -150; policy accept;
    iif != "lo" fib daddr type local tcp dport {port} reject with tcp reset
  }}
}}
"""

_OPEN = """\
#!/bin/sh
# Opens the port once the workload's own server is healthy.
set -eu
echo waiting for {status} from {health_path} at port {port}
until [ "$({curl} -o /dev/null -w '%{{http_code}}' --max-time 10 {url})" = {status} ]; do
  sleep 1
done
mkdir -p {state}
touch {ready}
systemctl disable --now multicloud-gate
echo the machine is ready
"""


def gated(machine: Bootstrap) -> Steps:
    """The gate, closed, and the program that opens it, which somebody else has to start."""
    return Steps(
        files={
            OPEN: _OPEN.format(
                status=machine.status,
                health_path=machine.health_path,
                port=machine.port,
                curl=machine.curl,
                url=machine.health_url,
                state=READY.rpartition("/")[0],
                ready=READY,
            ),
            **table("gate", _GATE.format(port=machine.port), "Keeps the machine's port closed until the workload is healthy", unless=READY),
        },
        programs=frozenset({OPEN}),
        packages=["ca-certificates", "curl", "nftables"],
    )
