"""nginx, over HTTP or HTTPS, in front of whatever answers. Pure."""

import hashlib
import shlex

from ..web.exposure import authorities_of_clients
from .bootstrap import Bootstrap, TlsCertificate
from .secrets import READ_SECRET
from .steps import LIBRARY, UNITS, Steps, joined

_SERVER = """\
server {{
{listen}    server_name _;
    server_tokens off;
    # Behind a load balancer the port and scheme seen here are not the visitor's.
    absolute_redirect off;
    # Longer than any load balancer keeps an idle connection (Google Cloud's 600 s), or it would send into a closed one.
    keepalive_timeout 620s;
    add_header X-Cloud "{cloud}" always;
    add_header X-Region "{region}" always;
    add_header X-Machine $hostname always;
{directives}}}
"""

_FOLDER = "multicloud-tls"
_CERTIFICATE = f"/run/{_FOLDER}/certificate.pem"

# Certificate, chain and private key are in one file: each directive reads its own part.
# Source: https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_certificate
#
# Ciphers with forward secrecy that are not broken: those of TLS 1.3, and of 1.2 what Cloudflare and all load balancers speak.
_TLS = f"""\
    ssl_certificate {_CERTIFICATE};
    ssl_certificate_key {_CERTIFICATE};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
    ssl_session_cache shared:multicloud:10m;
    ssl_session_timeout 1h;
    ssl_session_tickets off;
"""

_CLIENT_CA = "/etc/nginx/multicloud-client-ca.pem"

# Whoever has another's certificate is refused by nginx itself, with an error 400. The path is taken as it was asked for: what it leads to
# inside of nginx, such as the page of a folder, may not be asked for by everybody.
_CLIENTS = f"""\
    ssl_client_certificate {_CLIENT_CA};
    ssl_verify_client optional;
    set $shown $ssl_client_verify;
    # Health checks show no certificate.
    if ($request_uri = {{health_path}}) {{{{
        set $shown SUCCESS;
    }}}}
    if ($shown != SUCCESS) {{{{
        return 403;
    }}}}
"""

_READ_PROGRAM = f"{LIBRARY}/certificate"

_READ = f"""\
#!/bin/sh
# Reads nginx's certificate, its chain and its private key into memory, where root alone can read them.
# When this machine was made, certificate and chain had the SHA-256 {{sha256}}.
set -eu
umask 077
{READ_SECRET} {{secret}} >{_CERTIFICATE}
"""

_INSTALLED = "/var/lib/multicloud/installed"

# Not started by the installation of its package, which would fail where the store is away. Debian's own test of the configuration
# comes after the certificate that it needs.
_READ_UNIT = f"""\
[Unit]
ConditionPathExists={_INSTALLED}
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0
[Service]
RuntimeDirectory={_FOLDER}
RuntimeDirectoryMode=0700
ExecStartPre=
ExecStartPre={_READ_PROGRAM}
ExecStartPre=/usr/sbin/nginx -t -q -g 'daemon on; master_process on;'
# The store may be away for a while.
Restart=on-failure
RestartSec=10
"""

_PROXY = """\
    location / {{
        proxy_pass http://127.0.0.1:{port};
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto https;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
        # How large and how slow is for the container to decide.
        client_max_body_size 0;
        proxy_request_buffering off;
        proxy_read_timeout 600s;
    }}
"""

_UPGRADE = """\
# For WebSockets.
map $http_upgrade $connection_upgrade {
    default upgrade;
    "" "";
}
"""


def nginx(machine: Bootstrap, directives: str) -> Steps:
    """nginx on the machine's port.

    Args:
        machine: The machine.
        directives: What it answers: lines of nginx's `server`.

    Raises:
        ArgumentError: At `certificate.client_ca`.
    """
    certificate = machine.certificate
    server = _SERVER.format(
        listen=_listen(machine),
        cloud=machine.cloud,
        region=machine.region,
        directives=_secured(machine) + directives,
    )
    files, enable = {"/etc/nginx/sites-available/default": server}, ["systemctl", "enable", "nginx"]
    if certificate:
        # Nobody waits for the store of its certificate, which may be away for a while.
        started = [enable, ["mkdir", "-p", _INSTALLED], ["systemctl", "restart", "--no-block", "nginx"]]
        return joined([Steps(files=files, packages=["nginx"], commands=started), _shown(certificate)])
    # Where the image already has nginx it runs with what it had.
    return Steps(files=files, packages=["nginx"], commands=[enable, ["systemctl", "reload-or-restart", "nginx"]])


def proxied(machine: Bootstrap, port: int) -> Steps:
    """nginx in front of a server of the machine's own, which trusts it with the visitor's address.

    Args:
        machine: The machine.
        port: The server's port, on loopback.
    """
    own = nginx(machine, _PROXY.format(port=port))
    return joined([Steps(files={"/etc/nginx/conf.d/multicloud.conf": _UPGRADE}), own])


def _listen(machine: Bootstrap) -> str:
    """Where it listens: on loopback alone where visitors come through a tunnel, which is asked for there."""
    addresses = [f"127.0.0.1:{machine.port}"] if machine.tunnel else [str(machine.port), f"[::]:{machine.port}"]
    return "".join(f"    listen {address}{' ssl' if machine.certificate else ''} default_server;\n" for address in addresses)


def _secured(machine: Bootstrap) -> str:
    """What the server says of TLS, and of who may come."""
    if machine.certificate is None:
        return ""
    return _TLS + ("" if machine.certificate.client_ca is None else _CLIENTS.format(health_path=machine.health_path))


def _shown(certificate: TlsCertificate) -> Steps:
    """What reads the certificate at each start of nginx."""
    parts, secret = [certificate.certificate, certificate.chain or ""], certificate.private_key_secret
    assert all(isinstance(part, str) for part in parts), "resolved"
    # Another certificate makes new machines; one that only ends with another line break does not.
    sha256 = hashlib.sha256("\n".join(str(part).strip() for part in parts).encode()).hexdigest()
    authorities = {} if certificate.client_ca is None else {_CLIENT_CA: authorities_of_clients(str(certificate.client_ca))}
    return Steps(
        files={
            **authorities,
            _READ_PROGRAM: _READ.format(sha256=sha256, secret=shlex.quote(str(secret))),
            f"{UNITS}/nginx.service.d/multicloud.conf": _READ_UNIT,
        },
        programs=frozenset({_READ_PROGRAM}),
    )
