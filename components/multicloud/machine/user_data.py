"""What a machine is told at its first boot: one `#cloud-config` for every cloud, for Debian 12 and 13.

It installs unattended security updates and the workload, and writes down what the machine is (`FACTS`). Nothing in it differs
between clouds but their names, and what a cloud needs beside it. It holds no secret, since on every cloud user data is readable
from the cloud's API, but for two: a token of `registration` and that of `tunnel` on a cloud that has no store for them.

What the first boot said is in `/var/log/cloud-init-output.log`; what workloads say that are put in place after it is in the
journal, see `fetched.py` and `contained.py`.

Pure: text in, text out; the same arguments always give the same text, so that only a real change replaces machines.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from ..errors import ArgumentError
from .bootstrap import Bootstrap
from .compression import compressed
from .contained import LOOPBACK_PORT, contained
from .nginx import proxied
from .registration import registered
from .scripted import scripted
from .secrets import STORES, guarded_metadata, reader
from .site import served
from .steps import FACTS, Steps, joined
from .tunnel import tunnelled

LIMITS = {"aws": 16384, "digitalocean": 65536, "gcp": 262144, "external": 49149}
"""The most bytes of user data that each cloud takes, before any encoding; for machines of somebody else, what fits OpenStack's
65535 bytes in base64.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html,
https://docs.digitalocean.com/reference/api/digitalocean/#operation/droplets_create,
https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations,
https://docs.openstack.org/api-ref/compute/#create-server
"""

GCP_STARTUP_SCRIPT = """\
#!/bin/sh
# Google's Debian images come without cloud-init, which reads the instance's `user-data`. Install it once and start it.
set -eu
command -v cloud-init >/dev/null && exit 0
mkdir -p /etc/cloud/cloud.cfg.d
echo 'network: {config: disabled}' >/etc/cloud/cloud.cfg.d/90-multicloud-network.cfg
export DEBIAN_FRONTEND=noninteractive
tries=0
until apt-get -q update && apt-get -qy install --no-install-recommends cloud-init; do
  tries=$((tries + 1))
  [ "$tries" -lt 5 ] || exit 1
  sleep 5
done
systemctl daemon-reload
# Without waiting: cloud-init's last stage comes after multi-user.target, which waits for this script.
systemctl start --no-block cloud-init.target
"""
"""The `startup-script` beside the `user-data` in the metadata of a machine on Google Cloud. Does nothing on later boots.

Source: https://cloud.google.com/compute/docs/images/os-details, which names no cloud-init among the contents of Debian's images.
"""

_APT_FILE = "/etc/apt/apt.conf.d/51multicloud"
_APT = """\
// Security updates are installed daily, without a reboot; a mirror that fails once does not fail the boot.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Acquire::Retries "5";
"""


_CONTAINERS = {
    "environment": "let the container fetch what it needs",
    "secrets": "let one secret hold several values",
    "command": "put it into the image",
    "image": "take a shorter name",
}
"""What to do instead of giving a large text in a container."""


def render(machine: Bootstrap, limit: int) -> str:
    """The user data of a machine.

    It is plain text where it fits, and else compressed; see `compression.py`.

    Args:
        machine: The machine, all its values plain text.
        limit: The most bytes that the cloud takes: `LIMITS[machine.cloud]`.

    Raises:
        ArgumentError: Below `site`, `container` or `registration`, at `script`, `health_check.path`, `health_check.port`,
            `health_check.expected_status`, `certificate.client_ca` or `region`. What is too large is refused at the largest text that the
            user has given.
    """
    for path, name in (("cloud", machine.cloud), ("region", machine.region)):
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            raise ArgumentError(path, f"{name!r} is no name of a {path}", "write it as the cloud does, like fra1 or eu-central-1")
    if not 1 <= machine.port <= 65535:
        raise ArgumentError("health_check.port", f"{machine.port} is not a port", "give a number from 1 to 65535")
    _check_health_path(machine.health_path)

    steps = joined([Steps(files={FACTS: _facts(machine), _APT_FILE: _APT}), *_parts(machine), Steps(packages=["unattended-upgrades"])])
    config = {
        # cloud-init's default, en_US.UTF-8, may not exist in a small image, and then its whole stage fails.
        "locale": "C.UTF-8",
        # Files are written before packages are installed: dpkg keeps them, so nginx never starts with another site.
        "write_files": [
            {"path": path, "permissions": _permissions(path, steps), "content": content} for path, content in steps.files.items()
        ],
        "package_update": True,
        "packages": steps.packages,
        "runcmd": [*steps.commands, *(["sh", "-c", command] for command in machine.commands)],
    }
    return _fitting(config, machine, limit)


def _parts(machine: Bootstrap) -> Iterator[Steps]:
    """The steps of a machine, in their order."""
    workloads = [name for name in ("site", "script", "container") if getattr(machine, name) is not None]
    if len(workloads) > 1:
        wrong = f"is given beside {workloads[0]}, and a machine has one workload"
        raise ArgumentError(workloads[1], wrong, "leave one of the two out")
    # Closed before there is a secret to read.
    if machine.certificate or machine.container or machine.registration or machine.tunnel:
        yield guarded_metadata(machine.cloud)
        yield from [reader()] if machine.cloud in STORES else []
    if machine.script is not None:
        yield scripted(machine, machine.script)
    elif machine.container is not None:
        yield contained(machine, machine.container)
        yield from [proxied(machine, LOOPBACK_PORT)] if machine.certificate else []
    else:
        yield served(machine)
    if machine.registration is not None:
        yield registered(machine)
    if machine.tunnel is not None:
        yield tunnelled(machine)


def _facts(machine: Bootstrap) -> str:
    facts = {"role": machine.role, "cloud": machine.cloud, "region": machine.region, "component": machine.component}
    return json.dumps(facts) + "\n"


def _permissions(path: str, steps: Steps) -> str:
    if path in steps.private:
        return "0600"
    return "0755" if path in steps.programs else "0644"


def _fitting(config: dict[str, Any], machine: Bootstrap, limit: int) -> str:
    """The text as it is where it fits, or else compressed."""
    text = _yaml(config)
    if len(text.encode()) <= limit:
        return text
    # Debian's cloud-init, 22.4, takes nothing but ASCII out of a compressed part.
    packed = compressed(_yaml(config, ascii_only=True))
    if len(packed) <= limit:
        return packed
    size = min(len(text.encode()), len(packed))
    path, instead = _largest(machine)
    them = "them" if path in ("site.files", "container.secrets") else "it"
    raise ArgumentError(
        path,
        f"with {them} the user data is {size} bytes, and {machine.cloud} takes {limit}",
        f"make {them} {size - limit} bytes smaller, or {instead}",
    )


def _largest(machine: Bootstrap) -> tuple[str, str]:
    """The path of the largest text that the user has given, which is to blame, and what to do instead of giving it.

    Without such a text, every combination of workload, registration and certificate fits every cloud.
    """
    texts: dict[str, tuple[Any, str]] = {"health_check.path": (machine.health_path, "take a shorter one")}
    if machine.site is not None:
        texts["site.files"] = machine.site.files or {}, "serve an archive or a git repository"
    if machine.script is not None:
        texts["script"] = machine.script, "let it fetch what it needs"
    if machine.container is not None:
        for name, instead in _CONTAINERS.items():
            texts[f"container.{name}"] = getattr(machine.container, name) or "", instead
    if machine.certificate is not None:
        texts["certificate.client_ca"] = machine.certificate.client_ca or "", "name fewer authorities"
    path = max(texts, key=lambda path: len(json.dumps(texts[path][0])))
    return path, texts[path][1]


def _check_health_path(path: str) -> None:
    """Lets only such paths through as nginx and every load balancer read alike."""
    mend = "write one like /healthz"
    if not path.startswith("/"):
        raise ArgumentError("health_check.path", f"{path!r} does not begin with a slash", mend)
    if not re.fullmatch(r"[A-Za-z0-9/._~-]+", path):
        raise ArgumentError("health_check.path", f"{path!r} has characters other than letters, digits and / . _ ~ -", mend)
    if "//" in path or any(part in (".", "..") for part in path.split("/")):
        raise ArgumentError("health_check.path", f"{path!r} is not a plain path: // or a dot segment", mend)


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, wherever YAML can hold it so."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # YAML's other line breaks are only safe when they are escaped, which PyYAML itself does not see to.
    style = '"' if re.search("[\x85\u2028\u2029]", text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _yaml(config: dict[str, Any], ascii_only: bool = False) -> str:
    return "#cloud-config\n" + yaml.dump(config, Dumper=_Dumper, sort_keys=False, allow_unicode=not ascii_only, width=2**31)
