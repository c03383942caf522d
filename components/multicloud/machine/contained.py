"""A container that systemd keeps running, on a machine that is not healthy before it is. Pure.

Podman runs it, under three units: `multicloud-image` pulls the image, again and again until it is here; `multicloud-workload`
runs the container, and starts it again whenever it ends; `multicloud-ready` opens the port. What the container says is in the
journal: `journalctl -u multicloud-workload`. What the other two say is on the console, too.
"""

import json

from ..errors import ArgumentError
from .bootstrap import Bootstrap
from .container import Container
from .gate import OPEN, gated
from .steps import LIBRARY, READY, UNITS, Steps, joined, program

LOOPBACK_PORT = 8080
"""Where the container is reached behind nginx."""

_LONGEST = 131_000
"""Bytes that Linux passes on in one argument, 128 KiB, less a few for the option's name."""

_PROGRAM = f"{LIBRARY}/container"
_SETTINGS = "/etc/multicloud/container.json"

_IMAGE_UNIT = f"""\
[Unit]
Description=Pulls the container's image
Wants=network-online.target
After=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={_PROGRAM} pull
TimeoutStartSec=infinity
StandardOutput=journal+console
"""

_CONTAINER_UNIT = f"""\
[Unit]
Description=Runs the container
Requires=multicloud-image.service
After=multicloud-image.service network-online.target
StartLimitIntervalSec=0
[Service]
Type=notify
NotifyAccess=all
Delegate=yes
KillMode=mixed
ExecStart={_PROGRAM} start
ExecStop=/usr/bin/podman stop --ignore --time=30 multicloud
ExecStopPost=/usr/bin/podman rm --ignore --force multicloud
Restart=always
RestartSec=5
TimeoutStartSec=5min
TimeoutStopSec=1min
[Install]
WantedBy=multi-user.target
"""

_READY_UNIT = f"""\
[Unit]
Description=Opens the machine's port when the container is healthy
ConditionPathExists=!{READY}
After=multicloud-gate.service
[Service]
Type=exec
ExecStart={OPEN}
StandardOutput=journal+console
[Install]
WantedBy=multi-user.target
"""

# The container's processes, and so what they say, belong to the unit. Its network is in a range that tiers' networks, which are
# private ones, never meet.
_ENGINE = """\
[containers]
cgroups = "split"
[network]
default_subnet = "198.18.0.0/24"
"""


def contained(machine: Bootstrap, container: Container) -> Steps:
    """The container, published on the machine's port; on loopback for nginx where the machine shows a certificate, and for cloudflared
    where it has a tunnel.

    Args:
        machine: The machine.
        container: Its container, all values plain.

    Raises:
        ArgumentError: Below `container`.
    """
    container.check()
    _check_texts(container)
    name, at, digest = container.full_image.partition("@")
    registry = container.registry
    own_port = f"127.0.0.1:{machine.port}" if machine.tunnel else str(machine.port)
    settings = {
        # What a digest names, a tag can only contradict, and Podman does not take both.
        "image": f"{_without_tag(name)}{at}{digest}" if digest else name,
        "publish": f"127.0.0.1:{LOOPBACK_PORT}:{container.port}" if machine.certificate else f"{own_port}:{container.port}",
        "environment": container.environment or {},
        "secrets": container.secrets or {},
        "command": container.command or [],
        "registry": {"user": registry.user, "password_secret": registry.password_secret} if registry else None,
    }
    own = Steps(
        files={
            _SETTINGS: json.dumps(settings, indent=1, ensure_ascii=False) + "\n",
            "/etc/containers/containers.conf.d/multicloud.conf": _ENGINE,
            _PROGRAM: program("container"),
            f"{UNITS}/multicloud-image.service": _IMAGE_UNIT,
            f"{UNITS}/multicloud-workload.service": _CONTAINER_UNIT,
            f"{UNITS}/multicloud-ready.service": _READY_UNIT,
        },
        programs=frozenset({_PROGRAM}),
        private=frozenset({_SETTINGS}),
        packages=["podman", "crun", "netavark", "iptables"],
        # The container never runs beside an open port.
        commands=[
            ["sh", "-c", "systemctl enable --now multicloud-gate && systemctl enable --now --no-block multicloud-workload multicloud-ready"]
        ],
    )
    return joined([own, gated(machine)])


def _check_texts(container: Container) -> None:
    """Refuses what Linux does not pass on to a program; no value is shown."""
    texts = {f"container.environment[{name!r}]": f"{name}={value}" for name, value in (container.environment or {}).items()}
    texts |= {f"container.command[{index}]": word for index, word in enumerate(container.command or [])}
    for path, text in texts.items():
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            raise ArgumentError(path, "is not text that UTF-8 can hold", "give text") from None
        if size > _LONGEST:
            mend = "let the container fetch what it needs"
            raise ArgumentError(path, f"is {size} bytes, and a program takes {_LONGEST} at most in one piece", mend)


def _without_tag(name: str) -> str:
    host, slash, path = name.partition("/")
    return f"{host}{slash}{path.partition(':')[0]}"
