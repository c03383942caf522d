"""Cloudflare's side of a tunnel, and Cloudflare's repository of packages, for machines that open tunnels.

The cloudflared in the repository is a stand-in: it takes the real one's options and its token, notes how it was started, opens one
connection to the edge, and asks the site for what visitors want. As the real one does at SIGTERM, it takes no new request then, and ends
when those that it has are answered, or after the grace period.
"""

import gzip
import hashlib
import json
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EDGE, REPOSITORY = "region1.v2.argotunnel.com", "pkg.cloudflare.com"
PORT = 7844

CONNECTOR = """\
#!/usr/bin/python3
# Stands in for cloudflared VERSION.
import argparse, json, os, signal, socket, sys, threading, urllib.error, urllib.request
words = argparse.ArgumentParser()
words.add_argument("--no-autoupdate", action="store_true", required=True)
tunnel = words.add_subparsers(required=True).add_parser("tunnel")
tunnel.add_argument("--grace-period", required=True)
run = tunnel.add_subparsers(required=True).add_parser("run")
run.add_argument("--token-file", required=True)
given = words.parse_args()
token = open(given.token_file).read().strip()
told = {"token": token, "version": "VERSION", "arguments": sys.argv[1:], "environment": dict(os.environ), "uid": os.getuid()}
edge = socket.create_connection(("EDGE", PORT))
lines = edge.makefile("r")
edge.sendall((json.dumps(told) + "\\n").encode())
site = json.loads(lines.readline())["service"]
print("connected with a token of", len(token), "characters", flush=True)
busy, sending = [], threading.Lock()
def answer(asked):
    try:
        got = urllib.request.urlopen(site + asked["path"], timeout=20)
    except urllib.error.HTTPError as error:
        got = error
    except OSError as error:
        got = None
    reply = {"id": asked["id"], "status": got.status if got else 502, "body": got.read().decode() if got else ""}
    with sending:
        edge.sendall((json.dumps(reply) + "\\n").encode())
def leave(*_):
    with sending:
        edge.sendall(b'{"leaves": true}\\n')
    for thread in busy:
        thread.join(float(given.grace_period.rstrip("s")))
    os._exit(0)
signal.signal(signal.SIGTERM, leave)
for line in lines:
    busy.append(threading.Thread(target=answer, args=[json.loads(line)], daemon=True))
    busy[-1].start()
"""


CONTROL = "Package: cloudflared\nVersion: VERSION\nArchitecture: all\nMaintainer: test\nDescription: test\n"


@dataclass
class Replica:
    """A connection of a cloudflared."""

    told: dict[str, Any]
    """How it was started, in its own words."""
    connection: socket.socket
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    leaves: bool = False


class Edge:
    """What a machine's cloudflared connects to."""

    def __init__(self, listening: socket.socket, service: str) -> None:
        self._listening, self._service = listening, service
        self.replicas: list[Replica] = []
        """Those that are connected and do not leave."""
        self.seen: list[Replica] = []
        """All that ever were, in their order."""
        self.changed = threading.Condition()
        self._asked = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def wait(self, seconds: float, until: Callable[[], bool]) -> bool:
        """Whether it came true in time."""
        with self.changed:
            return self.changed.wait_for(until, seconds)

    def visit(self, path: str = "/", seconds: float = 30) -> tuple[int, str]:
        """What a visitor gets: 530 where there is no replica, or where the only one goes before it has answered."""
        with self.changed:
            if not self.replicas:
                return 530, ""
            replica, self._asked = self.replicas[-1], self._asked + 1
            number = self._asked
            replica.connection.sendall((json.dumps({"id": number, "path": path}) + "\n").encode())
            self.changed.wait_for(lambda: number in replica.answers or replica.connection.fileno() == -1, seconds)
            answer = replica.answers.get(number, {"status": 530, "body": ""})
        return answer["status"], answer["body"]

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        lines = connection.makefile("r")
        try:
            replica = Replica(json.loads(lines.readline()), connection)
            connection.sendall((json.dumps({"service": self._service}) + "\n").encode())
        except (OSError, ValueError):
            return
        with self.changed:
            self.replicas.append(replica)
            self.seen.append(replica)
            self.changed.notify_all()
        try:
            for line in lines:
                self._hear(replica, json.loads(line))
        except OSError:
            pass
        lines.close()
        connection.close()
        self._gone(replica)

    def _hear(self, replica: Replica, said: dict[str, Any]) -> None:
        if "leaves" in said:
            replica.leaves = True
            self._gone(replica)
            return
        with self.changed:
            replica.answers[said["id"]] = said
            self.changed.notify_all()

    def _gone(self, replica: Replica) -> None:
        with self.changed:
            if replica in self.replicas:
                self.replicas.remove(replica)
            self.changed.notify_all()


class Repository:
    """Cloudflare's repository of packages, signed by a key of its own, as apt wants it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.away = False
        self.asked: list[str] = []
        folder.mkdir()
        self._home = folder / "gnupg"
        self._home.mkdir(mode=0o700)
        self._gpg("--passphrase", "", "--quick-generate-key", "packages@example.com", "rsa2048", "sign", "never")
        (folder / "key").write_bytes(self._gpg("--export"))
        self.publish("2026.1.0")

    def publish(self, version: str) -> None:
        """Puts a version of cloudflared there."""
        build, deb = self.folder / "build", self.folder / "cloudflared.deb"
        shutil.rmtree(build, ignore_errors=True)
        connector = CONNECTOR.replace("VERSION", version).replace("EDGE", EDGE).replace("PORT", str(PORT))
        for path, text, mode in (
            (
                "DEBIAN/control",
                f"Package: cloudflared\nVersion: {version}\nArchitecture: all\nMaintainer: test\nDescription: test\n",
                0o644,
            ),
            ("usr/bin/cloudflared", connector, 0o755),
        ):
            (build / path).parent.mkdir(parents=True, exist_ok=True)
            (build / path).write_text(text)
            (build / path).chmod(mode)
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", str(build), str(deb)], check=True, capture_output=True)
        content = deb.read_bytes()
        control = (build / "DEBIAN/control").read_text()
        packages = f"{control}Filename: pool/cloudflared.deb\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n"
        both = {"Packages": packages.encode(), "Packages.gz": gzip.compress(packages.encode(), mtime=0)}
        files = {f"main/binary-{kind}/{name}": data for kind in ("amd64", "arm64") for name, data in both.items()}
        sums = "".join(f" {hashlib.sha256(data).hexdigest()} {len(data)} {path}\n" for path, data in files.items())
        release = (
            f"Origin: cloudflared\nLabel: cloudflared\nCodename: any\nDate: {time.strftime('%a, %d %b %Y %H:%M:%S UTC', time.gmtime())}\n"
        )
        release += f"Architectures: amd64 arm64\nComponents: main\nSHA256:\n{sums}"
        (self.folder / "Release").write_text(release)
        signed = self._gpg("--clearsign", "--output", "-", str(self.folder / "Release"))
        subprocess.run(["gpgconf", "--homedir", str(self._home), "--kill", "gpg-agent"], check=True)
        self.pages = {f"/cloudflared/dists/any/{path}": data for path, data in files.items()}
        self.pages |= {
            "/cloudflare-main.gpg": (self.folder / "key").read_bytes(),
            "/cloudflared/dists/any/InRelease": signed,
            "/cloudflared/pool/cloudflared.deb": content,
        }

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(path)
        if self.away:
            return 503, {}, b""
        page = self.pages.get(path)
        return (404, {}, b"") if page is None else (200, {}, page)

    def _gpg(self, *words: str) -> bytes:
        command = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", *words]
        return subprocess.run(command, check=True, capture_output=True, env={**os.environ, "GNUPGHOME": str(self._home)}).stdout
