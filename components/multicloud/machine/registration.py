"""A machine that puts itself under a name at Cloudflare while it is healthy. Pure.

One unit, `multicloud-registrar.service`, runs `programs/registrar.py`, which says how it is done. In short:

- Every 5 s the machine asks its own health check over loopback. Healthy, it has an A record under the name, renewed every 30 s;
  after two failures in a row it takes the record away, unless no other machine is left there.
- At shutdown, and at `systemctl stop multicloud-registrar`, which takes a machine out by hand, the record goes first; the web server
  answers for another `DRAIN` seconds, or the record's TTL where that is shorter.
- A machine that died without a word is taken away by its peers: 90 s after its last renewal its lease is over, and within another 40 s
  one of them sees that. Resolvers forget it a TTL later.
- While Cloudflare's API does not answer, nothing changes but what each machine does by itself.

IPv4 only: not every cloud gives machines a public IPv6 address. Not covered: when the last machine dies without a word, nobody is left to
take its record away. So look at the name after destroying a tier on DigitalOcean, which may cut machines off without a shutdown: an
address that is left there goes to another customer.

What a machine did is in `journalctl -u multicloud-registrar`, and each renewal is in the audit log of the account at Cloudflare.
"""

import json

from ..errors import ArgumentError
from .bootstrap import Bootstrap
from .secrets import READ_SECRET
from .steps import LIBRARY, READY, UNITS, Steps, program

MOST_REGISTERED = 40
"""The most machines under one name. Each makes two requests in 30 s, so that 40 make 800 of the 1200 in five minutes that Cloudflare allows
a user, all tokens and the dashboard together; and a DNS answer with 40 addresses fits into one UDP packet of 1232 bytes.

Sources: https://developers.cloudflare.com/fundamentals/api/reference/limits/, https://www.dnsflagday.net/2020/
"""

DRAIN = 60
"""The longest, in seconds, that a machine waits at shutdown for resolvers to forget it. Google Cloud gives a machine 90 s in all.

Source: https://cloud.google.com/compute/docs/instances/instance-lifecycle-states
"""

_SETTINGS = "/etc/multicloud/registrar.json"
_TOKEN = "/etc/multicloud/registrar-token"
_PROGRAM = f"{LIBRARY}/registrar"

_UNIT = f"""\
[Unit]
Description=Keeps this machine's address at Cloudflare while it is healthy
Wants=network-online.target
# Stopped before all of these, so that visitors are answered until none is sent here any more.
After=network-online.target nss-lookup.target multicloud-metadata.service
After=nginx.service multicloud-workload.service multicloud-ready.service
StartLimitIntervalSec=0
[Service]
ExecStart={_PROGRAM} {_SETTINGS}
Restart=always
RestartSec=5
TimeoutStopSec=2min
StandardOutput=journal+console
CapabilityBoundingSet=
NoNewPrivileges=yes
PrivateTmp=yes
ProtectHome=yes
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
[Install]
WantedBy=multi-user.target
"""


def registered(machine: Bootstrap) -> Steps:
    """What a machine needs to register itself.

    Args:
        machine: The machine, with its registration; checked.
    """
    registration = machine.registration
    assert registration is not None
    proxied = bool(registration.proxied)
    ttl = 1 if proxied else registration.ttl or 60
    settings = {
        "hostname": registration.hostname,
        "zone_id": registration.zone_id,
        "ttl": ttl,
        "proxied": proxied,
        "component": machine.component,
        "cloud": machine.cloud,
        "health": machine.health_url,
        "status": machine.status,
        "ready": READY if machine.gated else "",
        "token": ["cat", _TOKEN] if registration.token_secret is None else [READ_SECRET, registration.token_secret],
        # Behind the proxy it is Cloudflare that has to forget the address, which takes it seconds.
        "drain": 10 if proxied else min(ttl, DRAIN),
    }
    written = {
        _SETTINGS: json.dumps(settings, indent=1) + "\n",
        _PROGRAM: program("registrar"),
        f"{UNITS}/multicloud-registrar.service": _UNIT,
    }
    if registration.token_secret is None:
        assert isinstance(registration.token, str), "resolved"
        written[_TOKEN] = registration.token + "\n"
    return Steps(
        files=written,
        programs=frozenset({_PROGRAM}),
        private=frozenset({_SETTINGS, _TOKEN} & written.keys()),
        packages=["ca-certificates"],
        commands=[["systemctl", "enable", "--now", "--no-block", "multicloud-registrar"]],
    )


def check_count(most: int, path: str) -> None:
    """Refuses more machines than Cloudflare's API can keep under one name.

    Args:
        most: The largest number of machines that may run.
        path: Where it is given.

    Raises:
        ArgumentError: At `path`.
    """
    if most > MOST_REGISTERED:
        wrong = f"{most} is above {MOST_REGISTERED}, the most machines that can register themselves"
        raise ArgumentError(path, wrong, f"give {MOST_REGISTERED} at most, or write exposure: load_balancer")
