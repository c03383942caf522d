"""The machine's port, closed until the workload answers the health check for the first time; for good where visitors come through a
tunnel. Pure."""

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
{opened}echo the machine is ready
"""


def gated(machine: Bootstrap) -> Steps:
    """The gate, closed, and the program that opens it, which somebody else has to start. Through a tunnel visitors come over loopback,
    where there is no gate: the program only says when they may."""
    tunnelled = machine.tunnel is not None
    description = f"Keeps the machine's port closed{'' if tunnelled else ' until the workload is healthy'}"
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
                opened="" if tunnelled else "systemctl disable --now multicloud-gate\n",
            ),
            **table("gate", _GATE.format(port=machine.port), description, unless=None if tunnelled else READY),
        },
        programs=frozenset({OPEN}),
        packages=["ca-certificates", "curl", "nftables"],
    )
