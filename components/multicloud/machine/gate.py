"""The machine's port, closed until the workload answers the health check for the first time. Pure."""

from .bootstrap import Bootstrap
from .steps import LIBRARY, READY, UNITS, Steps

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

# As Debian's nftables.service is ordered: closed before there is a network.
_GATE_UNIT = f"""\
[Unit]
Description=Keeps the machine's port closed until the workload is healthy
ConditionPathExists=!{READY}
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f {LIBRARY}/gate.nft
ExecStop=/usr/sbin/nft delete table inet multicloud_gate
[Install]
WantedBy=sysinit.target
"""

_OPEN = """\
#!/bin/sh
# Opens the port once the workload's own server is healthy.
set -eu
echo waiting for {status} from {health_path} at port {port}
until [ "$(curl -s{insecure} -o /dev/null -w '%{{http_code}}' --max-time 10 {scheme}://127.0.0.1:{port}{health_path})" = {status} ]; do
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
                scheme=machine.scheme,
                # Whom the certificate is for is not asked: the machine talks to itself.
                insecure="k" if machine.certificate else "",
                state=READY.rpartition("/")[0],
                ready=READY,
            ),
            f"{LIBRARY}/gate.nft": _GATE.format(port=machine.port),
            f"{UNITS}/multicloud-gate.service": _GATE_UNIT,
        },
        programs=frozenset({OPEN}),
        packages=["ca-certificates", "curl", "nftables"],
    )
