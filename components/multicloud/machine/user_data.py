"""What a machine is told at its first boot: one `#cloud-config` for every cloud, for Debian 12.

It installs unattended security updates, and nginx with the site or the user's own script. Nothing in it differs between clouds
but their names, and what a cloud needs beside it. It never holds a secret: on every cloud, user data is readable from the
machine and from the cloud's API.

What the first boot said is in `/var/log/cloud-init-output.log`; see `ready.py` for workloads that are put in place after it.

Pure: text in, text out; the same arguments always give the same text, so that only a real change replaces machines.
"""

import html
import re
from collections.abc import Sequence
from typing import Any

import yaml

from ..errors import ArgumentError
from .compression import compressed
from .ready import READY, Steps, fetched, scripted
from .workload import StaticSite, check_script

LIMITS = {"aws": 16384, "digitalocean": 65536, "gcp": 262144, "external": 49149}
"""The most bytes of user data that each cloud takes, before any encoding; for machines of somebody else, what fits OpenStack's
65535 bytes in base64.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html,
https://docs.digitalocean.com/reference/api/digitalocean/#operation/droplets_create,
https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations,
https://docs.openstack.org/api-ref/compute/#create-server
"""

DOCUMENT_ROOT = "/var/www/site"

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

_APT = """\
// Security updates are installed daily, without a reboot; a mirror that fails once does not fail the boot.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Acquire::Retries "5";
"""

_NGINX = """\
server {{
    listen {port} default_server;
    listen [::]:{port} default_server;
    server_name _;
    root {root};
    index index.html;
    charset utf-8;
    server_tokens off;
    # Behind a load balancer the port and scheme seen here are not the visitor's.
    absolute_redirect off;
    # Longer than any load balancer keeps an idle connection (Google Cloud's 600 s), or it would send into a closed one.
    keepalive_timeout 620s;
    add_header X-Cloud "{cloud}" always;
    add_header X-Region "{region}" always;
    add_header X-Machine $hostname always;
{gate}{locations}}}
"""

_NOT_READY = f"""\
    # Until the site is in place, nobody is sent here.
    if (!-f {READY}) {{
        return 503;
    }}
"""

_HEALTH = """\
    location = {path} {{
        access_log off;
        default_type text/plain;
        return {status}{body};
    }}
"""

_SITE = """\
    location / {{
        {ssi}try_files $uri $uri/ =404;
    }}
"""

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{component} on {cloud}</title>
<style>body {{ font: 1.2rem/1.6 system-ui, sans-serif; margin: 15vh auto; max-width: 32rem; padding: 0 1rem }} dt {{ opacity: .6 }}</style>
<h1>It works</h1>
<dl>
<dt>Component</dt><dd>{component}</dd>
<dt>Cloud</dt><dd>{cloud}</dd>
<dt>Region</dt><dd>{region}</dd>
<dt>Machine</dt><dd><!--# echo var="hostname" --></dd>
</dl>
</html>
"""


def render(
    site: StaticSite | None,
    cloud: str,
    region: str,
    component: str,
    health_path: str,
    port: int,
    limit: int,
    status: int = 200,
    commands: Sequence[str] = (),
    script: str | None = None,
) -> str:
    """The user data of a web machine.

    It is plain text where it fits, and else compressed; see `compression.py`.

    Args:
        site: What to serve; None for a page that says which cloud, region and machine answered, or for the script.
        cloud: Name of the cloud, for the page and the `X-Cloud` header.
        region: Name of the region, for the page and the `X-Region` header.
        component: Name of the tier, for the page.
        health_path: Path that the machine answers itself, unless the site has a page there. Of a fetched site, only a path that
            ends with a slash is taken for a page. With a script, its own server answers.
        port: Port to serve on, 1 to 65535.
        limit: The most bytes that the cloud takes: `LIMITS[cloud]`.
        status: What is answered at `health_path`: 200 to 299, or up to 399 where a script's server does it.
        commands: Shell scripts that the cloud needs, run last: one that fails stops nothing else.
        script: A script of the user's own instead of a site and nginx, run once as root. The machine is healthy when it has ended
            with 0 and its server answers `health_path` on `port`: the script finds them in HEALTH_PATH and PORT, beside CLOUD
            and REGION.

    Raises:
        ArgumentError: Below `site`, at `script`, `health_check.path`, `health_check.port`, `health_check.expected_status` or `region`.
    """
    for path, name in (("cloud", cloud), ("region", region)):
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
            raise ArgumentError(path, f"{name!r} is no name of a {path}", "write it as the cloud does, like fra1 or eu-central-1")
    if not 1 <= port <= 65535:
        raise ArgumentError("health_check.port", f"{port} is not a port", "give a number from 1 to 65535")
    _check_health_path(health_path)

    if script is not None:
        if site is not None:
            raise ArgumentError("script", "is given beside site, and a machine has one workload", "leave one of the two out")
        check_script(script)
        workload = scripted(script, cloud, region, health_path, port, status)
    else:
        workload = _served(site, cloud, region, component, health_path, port, status)

    written = {"/etc/apt/apt.conf.d/51multicloud": _APT, **workload.files}
    config = {
        # cloud-init's default, en_US.UTF-8, may not exist in a small image, and then its whole stage fails.
        "locale": "C.UTF-8",
        # Files are written before packages are installed: dpkg keeps them, so nginx never starts with another site.
        "write_files": [
            {"path": path, "permissions": "0755" if path in workload.programs else "0644", "content": content}
            for path, content in written.items()
        ],
        "package_update": True,
        "packages": [*workload.packages, "unattended-upgrades"],
        "runcmd": [*workload.commands, *(["sh", "-c", command] for command in commands)],
    }
    return _fitting(config, cloud, limit, script)


def _served(site: StaticSite | None, cloud: str, region: str, component: str, health_path: str, port: int, status: int) -> Steps:
    """nginx with the site."""
    if site is not None:
        site.check()
    source = site.fetched if site else None
    given = dict((site and site.files) or {})
    for path, content in given.items():
        _check_file(path, content, given)
    if source:
        files, health = {}, _health_of_fetched(health_path, status)
        rest = fetched(source, DOCUMENT_ROOT, health_path, port, status)
    else:
        files = given or {"index.html": _PAGE.format(cloud=cloud, region=region, component=html.escape(component))}
        health, rest = _health(files, health_path, status), Steps()

    locations = health + _SITE.format(ssi="" if site else "ssi on;\n        ")
    server = _NGINX.format(
        port=port, root=DOCUMENT_ROOT, cloud=cloud, region=region, gate=_NOT_READY if source else "", locations=locations
    )
    return Steps(
        files={
            "/etc/nginx/sites-available/default": server,
            **{f"{DOCUMENT_ROOT}/{path}": files[path] for path in sorted(files)},
            **rest.files,
        },
        programs=rest.programs,
        packages=["nginx", *rest.packages],
        # Where the image already has nginx it runs with what it had.
        commands=[["systemctl", "enable", "nginx"], ["systemctl", "reload-or-restart", "nginx"], *rest.commands],
    )


def _fitting(config: dict[str, Any], cloud: str, limit: int, script: str | None) -> str:
    """The text as it is where it fits, or else compressed."""
    text = _yaml(config)
    if len(text.encode()) <= limit:
        return text
    # Debian's cloud-init, 22.4, takes nothing but ASCII out of a compressed part.
    packed = compressed(_yaml(config, ascii_only=True))
    if len(packed) <= limit:
        return packed
    size = min(len(text.encode()), len(packed))
    path, them, instead = "site.files", "them", "serve an archive or a git repository"
    if script is not None:
        path, them, instead = "script", "it", "let it fetch what it needs"
    raise ArgumentError(
        path,
        f"with {them} the user data is {size} bytes, and {cloud} takes {limit}",
        f"make {them} {size - limit} bytes smaller, or {instead}",
    )


def _check_health_path(path: str) -> None:
    """Lets only such paths through as nginx and every load balancer read alike."""
    mend = "write one like /healthz"
    if not path.startswith("/"):
        raise ArgumentError("health_check.path", f"{path!r} does not begin with a slash", mend)
    if not re.fullmatch(r"[A-Za-z0-9/._~-]+", path):
        raise ArgumentError("health_check.path", f"{path!r} has characters other than letters, digits and / . _ ~ -", mend)
    if "//" in path or any(part in (".", "..") for part in path.split("/")):
        raise ArgumentError("health_check.path", f"{path!r} is not a plain path: // or a dot segment", mend)


def _check_file(path: str, content: str, files: dict[str, str]) -> None:
    where, parts = f"site.files[{path!r}]", path.split("/")
    if not path or path.startswith("/") or path.endswith("/") or any(part in ("", ".", "..") for part in parts):
        raise ArgumentError(
            where, "is not the path of a file below the document root", "write it relative, without . and .., like docs/index.html"
        )
    if re.search(r"[\x00-\x1f\x7f\\]", path) or any(len(part.encode(errors="replace")) > 255 for part in parts):
        raise ArgumentError(
            where, "has a control character, a backslash or a part of over 255 bytes", "take a plain name like docs/index.html"
        )
    above = ["/".join(parts[:count]) for count in range(1, len(parts))]
    if taken := [other for other in above if other in files]:
        raise ArgumentError(where, f"{taken[0]} is a file and cannot be a folder, too", "rename one of the two")
    try:
        (path + content).encode()
    except UnicodeEncodeError:
        raise ArgumentError(where, "is not text that UTF-8 can hold", "give text; binary files do not fit into user data") from None


def _health(files: dict[str, str], url_path: str, status: int) -> str:
    """What answers the health path; nothing where the site has a page there, which then does."""
    path, where = url_path[1:], "health_check.expected_status"
    if path in files or (url_path.endswith("/") and f"{path}index.html" in files):
        if status != 200:
            raise ArgumentError(where, f"{status} is not what the site's page at {url_path} answers", "leave it out: a page answers 200")
        return ""
    if folder := [file for file in files if file.startswith(f"{path}/")]:
        raise ArgumentError(
            "health_check.path", f"{url_path} is a folder of the site, with {folder[0]}", "take a path that the site does not use"
        )
    return _answer(url_path, status)


def _health_of_fetched(url_path: str, status: int) -> str:
    """The same for a site that nobody has seen yet."""
    where = "health_check.expected_status"
    if url_path.endswith("/"):
        if status != 200:
            raise ArgumentError(where, f"{status} is not what the site's page at {url_path} answers", "leave it out: a page answers 200")
        return ""
    return _answer(url_path, status)


def _answer(url_path: str, status: int) -> str:
    """What answers the health path instead of the site."""
    if not 200 <= status <= 299:
        mend = "take a status from 200 to 299, or let the path be a page of the site"
        raise ArgumentError("health_check.expected_status", f"{status} is not what the machines answer at {url_path} themselves", mend)
    return _HEALTH.format(path=url_path, status=status, body=' "ok\\n"' if status == 200 else "")


class _Dumper(yaml.SafeDumper):
    """Writes text of several lines as a block, wherever YAML can hold it so."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # YAML's other line breaks are only safe when they are escaped, which PyYAML itself does not see to.
    style = '"' if re.search("[\x85\u2028\u2029]", text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _yaml(config: dict[str, Any], ascii_only: bool = False) -> str:
    return "#cloud-config\n" + yaml.dump(config, Dumper=_Dumper, sort_keys=False, allow_unicode=not ascii_only, width=2**31)
