"""Secrets of the cloud's own store, which the machine reads itself, with its own rights. Pure."""

from .nftables import table
from .steps import LIBRARY, UNITS, Steps, program

READ_SECRET = f"{LIBRARY}/secret"
"""Prints the secret whose name is its argument; see `programs/secret.py`."""

STORES = ("aws", "gcp")
"""The clouds that have one: Secrets Manager and Secret Manager."""

_GUARD = """\
table inet multicloud_metadata {
  set readers {
    type uid
    elements = { 0 }
  }
  chain output {
    type filter hook output priority 0; policy accept;
    meta skuid != @readers ip daddr 169.254.169.254 tcp dport 80 reject with tcp reset
    meta skuid != @readers ip6 daddr { fd00:ec2::254, fd20:ce::254 } tcp dport 80 reject with tcp reset
  }
  chain forward {
    type filter hook forward priority -10; policy accept;
    ip daddr 169.254.169.254 tcp dport 80 reject with tcp reset
    ip6 daddr { fd00:ec2::254, fd20:ce::254 } tcp dport 80 reject with tcp reset
  }
}
"""

# It gets its credentials there, and DigitalOcean's autoscale pools depend on what it reports. Neither its user nor the moment when
# DigitalOcean installs it is known before. Source: https://github.com/digitalocean/do-agent/blob/main/pkg/clients/tsclient/client.go
_AGENT = """\
[Service]
ExecStartPre=-+/bin/sh -c 'nft add element inet multicloud_metadata readers "{ $$(systemctl show -P User do-agent) }"'
"""


def reader() -> Steps:
    """The program at `READ_SECRET`, for the clouds of `STORES`."""
    return Steps(files={READ_SECRET: program("secret")}, programs=frozenset({READ_SECRET}), packages=["ca-certificates"])


def guarded_metadata(cloud: str) -> Steps:
    """Who may ask the metadata service can read the user data, and every secret that the machine may read: root, and no container.

    Its other ports stay open: on Google Cloud names and time come from the same address.

    Args:
        cloud: The cloud, whose own agents may ask, too.
    """
    files = table("metadata", _GUARD, "Lets root alone ask the cloud's metadata service")
    commands = [["systemctl", "enable", "--now", "multicloud-metadata"]]
    if cloud == "digitalocean":
        files[f"{UNITS}/do-agent.service.d/multicloud.conf"] = _AGENT
        commands.append(["sh", "-c", "systemctl daemon-reload; ! systemctl -q is-active do-agent || systemctl restart do-agent"])
    return Steps(files=files, packages=["nftables"], commands=commands)
