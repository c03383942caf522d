"""A workload that is put in place after the boot, and the machine that is not healthy before it is. Pure.

One unit, `multicloud-workload.service`, does the work, and one file, `READY`, says that it is done. What the work says is in
the journal (`journalctl -u multicloud-workload`) and on the console, so also in what the cloud shows of a machine that nobody
can log in to: `aws ec2 get-console-output`, `gcloud compute instances get-serial-port-output`, DigitalOcean's recovery console.
"""

import shlex
from dataclasses import dataclass, field

from .workload import Archive, Git

READY = "/var/lib/multicloud/ready"
"""The file that exists when the workload is in place; it stays over reboots."""

_LIBRARY = "/usr/local/lib/multicloud"
_UNITS = "/etc/systemd/system"


@dataclass(kw_only=True, frozen=True)
class Steps:
    """What a workload adds to the user data."""

    files: dict[str, str] = field(default_factory=dict)
    """Contents by path."""
    programs: frozenset[str] = frozenset()
    """Paths of those files that are run."""
    packages: list[str] = field(default_factory=list)
    """Debian packages."""
    commands: list[list[str]] = field(default_factory=list)
    """Run when the packages are installed. None of them waits for the workload."""


# fetched sites

_FETCH_ARCHIVE = """\
curl -fsSL --proto '=https,http' --connect-timeout 10 --max-time 600 -o site.tar {url}
echo {sha256}'  site.tar' | sha256sum --check --quiet
"""

_FETCH_GIT = """\
git init -q --bare repository
git -C repository fetch -q --depth 1 {url} {ref}
git -C repository archive -o ../site.tar FETCH_HEAD
"""

_FETCH = """\
#!/bin/sh
# Puts the site in place; multicloud-workload.service tries again where this fails.
set -eu
umask 022
export GIT_TERMINAL_PROMPT=0
mkdir -p {state}/work
cd {state}/work
rm -rf ./*
echo fetching the site
{fetch}mkdir unpacked
tar -xf site.tar -C unpacked --no-same-owner
chmod -R u=rwX,go=rX unpacked
[ -d unpacked/{folder} ] || {{ echo the site lacks the folder {folder}; exit 1; }}
rm -rf {root}
mkdir -p {above}
mv unpacked{below} {root}
cd /
rm -rf {state}/work
touch {ready}
status=$(curl -s -o /dev/null -w '%{{http_code}}' --retry 5 --retry-connrefused http://127.0.0.1:{port}{health_path}) || true
[ "$status" = {status} ] || {{ rm {ready}; echo {health_path} answers "$status" and not {status}; exit 1; }}
echo the site is in place
"""

_FETCH_UNIT = f"""\
[Unit]
Description=Puts the site in place
ConditionPathExists=!{READY}
Wants=network-online.target
After=network-online.target nginx.service
StartLimitIntervalSec=0
[Service]
Type=oneshot
ExecStart={_LIBRARY}/workload
# Whoever has the site may be away for a while.
Restart=on-failure
RestartSec=10
TimeoutStartSec=20min
StandardOutput=journal+console
[Install]
WantedBy=multi-user.target
"""


def fetched(source: Archive | Git, root: str, health_path: str, port: int, status: int) -> Steps:
    """A site that is fetched at first boot, again and again until it is in place.

    Args:
        source: Where it is; checked.
        root: The document root.
        health_path: Path that answers when the site is in place.
        port: Port that nginx serves on.
        status: What it answers then.
    """
    if isinstance(source, Archive):
        fetch = _FETCH_ARCHIVE.format(url=shlex.quote(source.url), sha256=source.sha256)
    else:
        fetch = _FETCH_GIT.format(url=shlex.quote(source.url), ref=shlex.quote(source.ref))
    program = _FETCH.format(
        fetch=fetch,
        state=READY.rpartition("/")[0],
        folder=shlex.quote(source.folder or "."),
        below=shlex.quote(f"/{source.folder}") if source.folder else "",
        root=root,
        above=root.rpartition("/")[0],
        ready=READY,
        port=port,
        health_path=health_path,
        status=status,
    )
    return Steps(
        files={f"{_LIBRARY}/workload": program, f"{_UNITS}/multicloud-workload.service": _FETCH_UNIT},
        programs=frozenset({f"{_LIBRARY}/workload"}),
        packages=["ca-certificates", "curl", "xz-utils"] if isinstance(source, Archive) else ["ca-certificates", "curl", "git"],
        commands=[["systemctl", "enable", "--now", "--no-block", "multicloud-workload"]],
    )


# scripts

_GATE = """\
table inet multicloud_gate {{
  chain input {{
    type filter hook input priority -10; policy accept;
    iif != "lo" tcp dport {port} reject with tcp reset
  }}
}}
"""

# As Debian's nftables.service is ordered: closed before there is a network.
_GATE_UNIT = f"""\
[Unit]
Description=Keeps the machine's port closed until the script has done its work
ConditionPathExists=!{READY}
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f {_LIBRARY}/gate.nft
ExecStop=/usr/sbin/nft delete table inet multicloud_gate
[Install]
WantedBy=sysinit.target
"""

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
ExecStart={_LIBRARY}/script
ExecStart={_LIBRARY}/open
TimeoutStartSec=infinity
StandardOutput=journal+console
"""

_OPEN = """\
#!/bin/sh
# Opens the port once the script's own server is healthy.
set -eu
echo waiting for {status} from {health_path} at port {port}
until [ "$(curl -s -o /dev/null -w '%{{http_code}}' --max-time 10 http://127.0.0.1:{port}{health_path})" = {status} ]; do
  sleep 1
done
mkdir -p {state}
touch {ready}
systemctl disable --now multicloud-gate
echo the machine is ready
"""


def scripted(script: str, cloud: str, region: str, health_path: str, port: int, status: int) -> Steps:
    """A script of the user's own, run once as root, and a port that stays closed until it has ended well and its server is healthy.

    Args:
        script: The script; checked.
        cloud: Name of the cloud, which the script finds in `CLOUD`.
        region: Name of the region, which it finds in `REGION`.
        health_path: Path that its server must answer, in `HEALTH_PATH`.
        port: Port that its server must serve on, in `PORT`.
        status: What the server must answer there.
    """
    facts = {"port": port, "health_path": health_path, "status": status, "ready": READY, "state": READY.rpartition("/")[0]}
    return Steps(
        files={
            f"{_LIBRARY}/script": script,
            f"{_LIBRARY}/open": _OPEN.format(**facts),
            f"{_LIBRARY}/gate.nft": _GATE.format(port=port),
            f"{_UNITS}/multicloud-gate.service": _GATE_UNIT,
            f"{_UNITS}/multicloud-workload.service": _SCRIPT_UNIT.format(cloud=cloud, region=region, **facts),
        },
        programs=frozenset({f"{_LIBRARY}/script", f"{_LIBRARY}/open"}),
        packages=["ca-certificates", "curl", "nftables"],
        # The script never runs beside an open port.
        commands=[["sh", "-c", "systemctl enable --now multicloud-gate && systemctl start --no-block multicloud-workload"]],
    )
