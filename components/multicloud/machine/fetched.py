"""A site that the machine fetches itself, and that it is not healthy without. Pure.

One unit, `multicloud-workload.service`, does the work, and one file, `READY`, says that it is done. What the work says is in
the journal (`journalctl -u multicloud-workload`) and on the console, so also in what the cloud shows of a machine that nobody
can log in to: `aws ec2 get-console-output`, `gcloud compute instances get-serial-port-output`, DigitalOcean's recovery console.
"""

import shlex

from .bootstrap import Bootstrap
from .steps import LIBRARY, READY, UNITS, Steps
from .workload import Archive, Git

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
status=$({curl} -o /dev/null -w '%{{http_code}}' --retry 5 --retry-connrefused {url}) || true
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
ExecStart={LIBRARY}/workload
# Whoever has the site may be away for a while.
Restart=on-failure
RestartSec=10
TimeoutStartSec=20min
StandardOutput=journal+console
[Install]
WantedBy=multi-user.target
"""


def fetched(machine: Bootstrap, source: Archive | Git, root: str) -> Steps:
    """A site that is fetched at first boot, again and again until it is in place.

    Args:
        machine: The machine, whose nginx answers 503 before.
        source: Where the site is; checked.
        root: The document root.
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
        curl=machine.curl,
        url=machine.health_url,
        health_path=machine.health_path,
        status=machine.status,
    )
    return Steps(
        files={f"{LIBRARY}/workload": program, f"{UNITS}/multicloud-workload.service": _FETCH_UNIT},
        programs=frozenset({f"{LIBRARY}/workload"}),
        packages=["ca-certificates", "curl", "xz-utils"] if isinstance(source, Archive) else ["ca-certificates", "curl", "git"],
        commands=[["systemctl", "enable", "--now", "--no-block", "multicloud-workload"]],
    )
