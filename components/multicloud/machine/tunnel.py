"""A machine that visitors reach through a tunnel of Cloudflare's, which it opens itself while it is healthy. Pure.

Two units do it. `multicloud-tunnel.service` runs cloudflared, under a user of its own that is nobody else and may write nothing.
`multicloud-connector.service` asks the machine's own health check over loopback every 5 s: healthy, it starts the first one, and after
two failures in a row it stops it. In short:

- A machine that is not healthy is no replica of the tunnel, so that nobody is sent to it. Where none is healthy, Cloudflare answers
  visitors itself, with error 1033.
- At the end, and at `systemctl stop multicloud-connector`, which takes a machine out by hand, cloudflared takes no new requests, and
  answers those that it has for `GRACE` seconds; the web server stops after it.
- cloudflared comes from Cloudflare's own repository, whose key is fetched with it: Cloudflare changed it in 2025 and again in 2026, and a
  key in the user data would keep every machine that is made after the next change from working. It is updated like Debian's packages, and
  started again then: Cloudflare supports each version for a year.
- The token is read at each start, and goes to cloudflared as a credential of systemd's: it is on no command line and in no environment.

The machine needs a way out to port 7844, over UDP or TCP, and no way in: what serves visitors listens on loopback, or is closed off from
everybody else by nftables. What happened is in `journalctl -u multicloud-connector -u multicloud-tunnel`.

Sources: https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/, https://pkg.cloudflare.com/
"""

import shlex

from ..errors import ArgumentError
from .bootstrap import Bootstrap
from .secrets import READ_SECRET
from .steps import LIBRARY, READY, UNITS, Steps

GRACE = 30
"""Seconds that cloudflared gives requests at its end, its own default. Google Cloud gives a machine 90 s in all.

Source: https://cloud.google.com/compute/docs/instances/instance-lifecycle-states
"""

MOST_REPLICAS = 25
"""The most machines that one tunnel takes.

Source: https://developers.cloudflare.com/cloudflare-one/account-limits/#cloudflare-tunnel
"""

REPOSITORY = "https://pkg.cloudflare.com"
"""Where Cloudflare has cloudflared for every Debian, and the key that it is signed with."""

_TOKEN = "/etc/multicloud/tunnel-token"
_FOLDER = "multicloud-connector"
_READ_TOKEN = f"/run/{_FOLDER}/token"
_INSTALL = f"{LIBRARY}/install-cloudflared"
_CONNECTOR = f"{LIBRARY}/connector"

_UPGRADES_FILE = "/etc/apt/apt.conf.d/52multicloud-tunnel"
_UPGRADES = """\
Unattended-Upgrade::Origins-Pattern { "origin=cloudflared"; };
"""

_INSTALLER = f"""\
#!/bin/sh
# Installs cloudflared as https://pkg.cloudflare.com says.
set -eu
[ ! -x /usr/bin/cloudflared ] || exit 0
key=/usr/share/keyrings/cloudflare-main.gpg
mkdir -p /usr/share/keyrings
curl -fsS --proto =https --connect-timeout 10 --max-time 60 -o $key.new {REPOSITORY}/cloudflare-main.gpg
mv $key.new $key
echo "deb [signed-by=$key] {REPOSITORY}/cloudflared any main" >/etc/apt/sources.list.d/cloudflared.list
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=300 update
apt-get -qy -o DPkg::Lock::Timeout=300 install --no-install-recommends cloudflared
"""

_LOOP = """\
#!/bin/sh
# Keeps this machine a replica of the tunnel {tunnel} while it is healthy.
umask 077
failures=0
leave() {{
  ! systemctl -q is-active $tunnel || echo "$1: the tunnel is closed"
  systemctl stop $tunnel
}}
healthy() {{
  {ready}[ "$({curl} -o /dev/null -w '%{{http_code}}' --max-time 10 {url})" = {status} ]
}}
enter() {{
  # Whoever has the token may be away for a while.
  {read}systemctl start $tunnel && echo 'healthy: the tunnel is open'
}}
tunnel=multicloud-tunnel
trap 'leave "told to stop"; exit' TERM
while :; do
  if healthy; then
    failures=0
    now=$(stat -c %i-%Z /usr/bin/cloudflared)
    [ "${{version:=$now}}" = "$now" ] || leave 'cloudflared is new'
    version=$now
    systemctl -q is-active $tunnel || enter
  else
    failures=$((failures + 1))
    [ $failures -lt 2 ] || leave unhealthy
  fi
  sleep 5 &
  wait $!
done
"""

_CONNECTOR_UNIT = f"""\
[Unit]
Description=Opens this machine's tunnel to Cloudflare while it is healthy
Wants=network-online.target
After=network-online.target nss-lookup.target multicloud-metadata.service
StartLimitIntervalSec=0
[Service]
ExecStartPre={_INSTALL}
ExecStart={_CONNECTOR}
KillMode=mixed
RuntimeDirectory={_FOLDER}
RuntimeDirectoryMode=0700
# Whoever has the package may be away for a while.
Restart=always
RestartSec=10
TimeoutStartSec=15min
TimeoutStopSec={GRACE + 30}
StandardOutput=journal+console
[Install]
WantedBy=multi-user.target
"""

_TUNNEL_UNIT = f"""\
[Unit]
Description=Carries Cloudflare's visitors to this machine
Wants=network-online.target
# Stopped before all of these, so that visitors are answered until none is sent here any more.
After=network-online.target nss-lookup.target
After=nginx.service multicloud-workload.service multicloud-ready.service
[Service]
Type=exec
DynamicUser=yes
LoadCredential=token:{{token}}
ExecStart=/usr/bin/cloudflared --no-autoupdate tunnel --grace-period {GRACE}s run --token-file %d/token
TimeoutStopSec={GRACE + 15}
CapabilityBoundingSet=
PrivateDevices=yes
ProtectHome=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_NETLINK AF_UNIX
"""


def tunnelled(machine: Bootstrap) -> Steps:
    """What a machine needs to open a tunnel.

    Args:
        machine: The machine, with its tunnel; checked.
    """
    tunnel = machine.tunnel
    assert tunnel is not None
    stored = tunnel.token is None
    token = _READ_TOKEN if stored else _TOKEN
    files = {
        _INSTALL: _INSTALLER,
        _CONNECTOR: _LOOP.format(
            tunnel=tunnel.hostname,
            ready=f"[ -e {READY} ] && " if machine.gated else "",
            curl=machine.curl,
            url=machine.health_url,
            status=machine.status,
            read=f"{READ_SECRET} {shlex.quote(str(tunnel.token_secret))} >{token} && " if stored else "",
        ),
        _UPGRADES_FILE: _UPGRADES,
        f"{UNITS}/multicloud-connector.service": _CONNECTOR_UNIT,
        f"{UNITS}/multicloud-tunnel.service": _TUNNEL_UNIT.format(token=token),
    }
    if not stored:
        assert isinstance(tunnel.token, str), "resolved"
        files[_TOKEN] = tunnel.token
    return Steps(
        files=files,
        programs=frozenset({_INSTALL, _CONNECTOR}),
        private=frozenset({_TOKEN} & files.keys()),
        packages=["ca-certificates", "curl"],
        # Installed before anything else asks for dpkg's lock; where that fails, the unit does it again.
        commands=[[_INSTALL], ["systemctl", "enable", "--now", "--no-block", "multicloud-connector"]],
    )


def check_replicas(most: int, path: str) -> None:
    """Refuses more machines than one tunnel takes.

    Args:
        most: The largest number of machines that may run.
        path: Where it is given.

    Raises:
        ArgumentError: At `path`.
    """
    if most > MOST_REPLICAS:
        wrong = f"{most} is above {MOST_REPLICAS}, the most machines that one tunnel takes"
        raise ArgumentError(path, wrong, f"give {MOST_REPLICAS} at most, or make a second tier with a tunnel of its own")
