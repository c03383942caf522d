"""A script of the user's own, on a machine that is not healthy before it has done its work. Pure."""

from .bootstrap import Bootstrap
from .gate import OPEN, gated
from .steps import LIBRARY, UNITS, Steps, joined
from .workload import check_script

_SCRIPT_UNIT = f"""\
[Unit]
Description=Runs the user's script and opens the machine's port
Wants=network-online.target
After=network-online.target
[Service]
Type=oneshot
# What the script leaves running stays; where it fails, systemd ends that.
RemainAfterExit=yes
Environment=HOME=/root PORT={{port}} HEALTH_PATH={{health_path}} CLOUD={{cloud}} REGION={{region}}
ExecStart={LIBRARY}/script
ExecStart={OPEN}
TimeoutStartSec=infinity
StandardOutput=journal+console
"""


def scripted(machine: Bootstrap, script: str) -> Steps:
    """The script, run once as root, and a port that stays closed until it has ended well and its server is healthy.

    Args:
        machine: The machine. The script finds facts of it in PORT, HEALTH_PATH, CLOUD and REGION.
        script: The script.

    Raises:
        ArgumentError: At `script`.
    """
    check_script(script)
    unit = _SCRIPT_UNIT.format(cloud=machine.cloud, region=machine.region, health_path=machine.health_path, port=machine.port)
    own = Steps(
        files={f"{LIBRARY}/script": script, f"{UNITS}/multicloud-workload.service": unit},
        programs=frozenset({f"{LIBRARY}/script"}),
        # The script never runs beside an open port.
        commands=[["sh", "-c", "systemctl enable --now multicloud-gate && systemctl start --no-block multicloud-workload"]],
    )
    return joined([own, gated(machine)])
