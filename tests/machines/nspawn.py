"""Boots user data for real: systemd and cloud-init in a container with a network namespace of its own.

A machine is an overlay on a Debian tree that is built once and kept below `~/.cache/multicloud/`. It reaches one neighbour and no
other network: the packages that user data asks for come from an apt repository inside the tree. Needs Linux, root and the
packages of `TOOLS`.
"""

import ctypes
import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

ADDRESSES = {"machine": "192.0.2.1", "neighbour": "192.0.2.2"}
"""The two ends of each machine's only link. All machines have the same: none of them sees another."""

METADATA = "169.254.169.254"
"""Where every cloud has its metadata service; here the neighbour has the address."""

TOOLS = {"mmdebstrap": "mmdebstrap", "systemd-nspawn": "systemd-container", "ip": "iproute2", "dpkg-deb": "dpkg"}
"""Commands by the Debian package that brings each."""

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "multicloud" / "machines"
BASE = "systemd,systemd-sysv,dbus,cloud-init,ca-certificates,iproute2"
"""What the image of a cloud has, as far as user data cares."""
REPOSITORY = "cloud-init nginx unattended-upgrades ca-certificates curl git nftables xz-utils podman crun netavark iptables busybox-static"
"""What user data installs at boot, and what a test makes a container's image from."""

_CLONE_NEWNET = 0x40000000

# Run in the new tree: keeps the packages that boot will install, and all that they need, as an apt repository of files.
_HOOK = f"""\
set -eu
root="$1"
chroot "$root" apt-get clean
chroot "$root" apt-get install -qy --download-only --reinstall {REPOSITORY}
mkdir -p "$root/srv/apt"
mv "$root"/var/cache/apt/archives/*.deb "$root/srv/apt/"
cd "$root/srv/apt"
for deb in *.deb; do
  dpkg-deb -f "$deb"
  printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$deb" "$(stat -c %s "$deb")" "$(sha256sum "$deb" | cut -d' ' -f1)"
done >Packages
rm -f "$root"/etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/srv/apt ./' >"$root/etc/apt/sources.list"
printf 'apt: {{preserve_sources_list: true}}\\ndatasource_list: [NoCloud]\\n' >"$root/etc/cloud/cloud.cfg.d/10-test.cfg"
"""


def missing() -> str:
    """Why machines cannot boot here; empty where they can."""
    if sys.platform != "linux":
        return "booting machines needs Linux"
    if os.geteuid() != 0:
        return "booting machines needs root"
    if lacking := [package for command, package in TOOLS.items() if not shutil.which(command)]:
        return f"booting machines needs: apt-get install {' '.join(lacking)}"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        return "booting machines needs the right to mount, which this container lacks"
    return ""


def _sources(release: str, folder: str) -> list[str]:
    """This machine's own apt sources, so that its mirror is used, where it is Debian; else mmdebstrap's default."""
    own = re.search(
        r"^ID=debian\n(?:.*\n)*VERSION_CODENAME=(\w+)|^VERSION_CODENAME=(\w+)\n(?:.*\n)*ID=debian",
        Path("/etc/os-release").read_text(),
        re.M,
    )
    for path in (Path("/etc/apt/sources.list.d/debian.sources"), Path("/etc/apt/sources.list")):
        if own and path.exists() and "deb" in path.read_text():
            copy = Path(folder) / path.name
            copy.write_text(path.read_text().replace(own[1] or own[2], release))
            return [str(copy)]
    return []


def base_tree(release: str = "bookworm") -> Path:
    """The tree of a Debian release below all machines, built if this machine has none with the same inputs.

    Raises:
        Unreachable: It has none, and no mirror answers.
    """
    key = hashlib.sha256(json.dumps([BASE, REPOSITORY, _HOOK]).encode()).hexdigest()[:16]
    tree = CACHE / f"{release}-{key}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.exists():
            # A tree that a kill left half built never gets the final name.
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                hook = Path(folder) / "hook"
                hook.write_text(f"#!/bin/sh\n{_HOOK}")
                hook.chmod(0o755)
                root = Path(folder) / "root"
                build = ["mmdebstrap", "--quiet", "--variant=minbase", f"--include={BASE}", f"--customize-hook={hook}"]
                try:
                    _run(*build, release, str(root), *_sources(release, folder))
                except RuntimeError as error:
                    if re.search(r"Could not (resolve|connect)|Failed to fetch|Unable to connect", str(error)):
                        raise Unreachable("no Debian mirror answers") from error
                    raise
                root.rename(tree)
    return tree


@dataclass(frozen=True)
class Response:
    """What a machine answered over HTTP."""

    status: int
    headers: dict[str, str]
    """By lower-case name."""
    body: str


class Unreachable(Exception):
    """No Debian mirror answers, so that the tree cannot be built."""


class Machine:
    """One machine, running from `with` to its end.

    Args:
        hostname: Its name.
        user_data: What it is told at first boot.
        folder: An empty folder for its files.
        startup_script: Run at boot by a unit as Google's guest agent does it, on a machine without cloud-init.
        hosts: Names that the machine finds at its neighbour's address.
        authority: A certificate authority that it trusts, in PEM form.
        release: Debian's name of its release.
        containers: Whether it can run containers.
    """

    def __init__(
        self,
        hostname: str,
        user_data: str,
        folder: Path,
        startup_script: str | None = None,
        *,
        hosts: Sequence[str] = (),
        authority: str | None = None,
        release: str = "bookworm",
        containers: bool = False,
    ) -> None:
        self.hostname, self.folder = hostname, folder
        self.root, self.log = folder / "root", folder / "console.log"
        self.namespace = f"multicloud-{os.getpid()}-{hostname}"
        self.neighbour = f"{self.namespace}-neighbour"
        self._process: subprocess.Popen[bytes] | None = None
        self._undo: list[tuple[str, ...]] = []
        self._user_data, self._startup_script = user_data, startup_script
        self._hosts, self._authority, self._release, self._containers = hosts, authority, release, containers

    def __enter__(self) -> "Machine":
        try:
            self._prepare()
            self._start()
        except BaseException:
            self._clean_up()
            raise
        return self

    def reboot(self, *, without_a_word: bool = False) -> None:
        """Stops the machine, as a cloud does or as a power cut does, and starts it again."""
        self._stop(signal.SIGKILL if without_a_word else signal.SIGTERM)
        self._start()

    def _start(self) -> None:
        command = ["systemd-nspawn", "-q", "-D", str(self.root), "--boot", f"--machine={self.namespace}", f"--hostname={self.hostname}"]
        command += [f"--network-namespace-path=/run/netns/{self.namespace}", "--register=no", "--keep-unit", "--console=pipe"]
        # Where this machine has the second version of cgroups at all, the other has it alone: Debian 13 knows no first one.
        environment = {**os.environ, "UNIFIED_CGROUP_HIERARCHY": "1"}
        if self._containers:
            command += ["--capability=all", "--system-call-filter=bpf", f"--bind={self.folder}/containers:/var/lib/containers"]
            environment["SYSTEMD_NSPAWN_API_VFS_WRITABLE"] = "network"  # settings of its own network, in /proc/sys/net
        else:
            command += ["--capability=CAP_NET_ADMIN"]  # of its own network: a machine may close its ports
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._clean_up()

    def _prepare(self) -> None:
        for name in ("root", "upper", "work", "containers"):
            (self.folder / name).mkdir(parents=True)
        layers = f"lowerdir={base_tree(self._release)},upperdir={self.folder}/upper,workdir={self.folder}/work"
        _run("mount", "-t", "overlay", "overlay", "-o", layers, str(self.root))
        self._undo.append(("umount", str(self.root)))
        if self._startup_script is not None:
            _run("chroot", str(self.root), "dpkg", "--purge", "--force-depends", "cloud-init")
            self._write("usr/local/sbin/startup-script", self._startup_script, 0o755)
            self._write("etc/systemd/system/google-startup-scripts.service", _STARTUP_UNIT)
            wants = self.root / "etc/systemd/system/multi-user.target.wants"
            wants.mkdir(parents=True, exist_ok=True)
            (wants / "google-startup-scripts.service").symlink_to("../google-startup-scripts.service")
            self._write("etc/cloud/cloud.cfg.d/10-test.cfg", "apt: {preserve_sources_list: true}\ndatasource_list: [NoCloud]\n")
        seed = "var/lib/cloud/seed/nocloud"
        self._write(f"{seed}/user-data", self._user_data)
        self._write(f"{seed}/meta-data", f"instance-id: {self.hostname}\nlocal-hostname: {self.hostname}\n")
        if self._containers:
            # What a machine inside a container may not do. Debian 12's crun raises a limit where there are cgroups.
            limits = [
                "[containers]",
                "keyring = false",
                "pids_limit = 0",
                *(['cgroups = "disabled"'] if self._release == "bookworm" else []),
            ]
            self._write("etc/containers/containers.conf.d/test.conf", "\n".join(limits) + "\n")
        self._write("etc/hosts", f"127.0.0.1 localhost {self.hostname}\n{ADDRESSES['neighbour']} {' '.join(self._hosts) or 'neighbour'}\n")
        if self._authority:
            self._write("usr/local/share/ca-certificates/test.crt", self._authority)
            _run("chroot", str(self.root), "update-ca-certificates")
        for namespace in (self.namespace, self.neighbour):
            _run("ip", "netns", "add", namespace)
            self._undo.append(("ip", "netns", "delete", namespace))
        # A name that cloud-init takes for no network card, so that it does not wait for an address.
        _run("ip", "-n", self.namespace, "link", "add", "veth0", "type", "veth", "peer", "name", "veth0", "netns", self.neighbour)
        for namespace, address in ((self.namespace, ADDRESSES["machine"]), (self.neighbour, ADDRESSES["neighbour"])):
            _run("ip", "-n", namespace, "address", "add", f"{address}/30", "dev", "veth0")
            for link in ("lo", "veth0"):
                _run("ip", "-n", namespace, "link", "set", link, "up")

        # The cloud's metadata service is at the neighbour, too.
        _run("ip", "-n", self.neighbour, "address", "add", f"{METADATA}/32", "dev", "veth0")
        _run("ip", "-n", self.namespace, "route", "add", METADATA, "dev", "veth0")

    def _stop(self, how: signal.Signals) -> None:
        assert self._process is not None
        if how == signal.SIGKILL and (leader := self._leader()):
            os.kill(leader, how)
        self._process.send_signal(how)
        try:
            self._process.wait(90)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _clean_up(self) -> None:
        if self._process is not None:
            self._stop(signal.SIGTERM)
        for command in reversed(self._undo):
            _run(*command)
        self._undo.clear()

    def _write(self, path: str, text: str, mode: int = 0o644) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def get(self, path: str = "/", port: int = 80, *, inside: bool = False, trusting: Path | None = None) -> Response:
        """What the machine answers to its neighbour, as to a load balancer.

        Args:
            path: Path from the slash.
            port: Port.
            inside: Whether the machine asks itself instead.
            trusting: For HTTPS: the file with the certificate of the authority that is trusted.

        Raises:
            ConnectionError: If nothing answers.
        """
        namespace, address = (self.namespace, "127.0.0.1") if inside else (self.neighbour, ADDRESSES["machine"])
        program = [sys.executable, "-c", _FETCH, f"http{'s' if trusting else ''}://{address}:{port}{path}", str(trusting or "")]
        done = subprocess.run(["ip", "netns", "exec", namespace, *program], capture_output=True, text=True)
        if done.returncode:
            raise ConnectionError(done.stderr.strip().splitlines()[-1])
        status, headers, body = json.loads(done.stdout)
        return Response(status, headers, body)

    def wait_for(
        self, path: str, status: int, port: int = 80, seconds: float = 90, *, inside: bool = False, trusting: Path | None = None
    ) -> Response:
        """The first answer at `path` with `status`, as a health check waits for it.

        Raises:
            AssertionError: If it does not come within `seconds`, with the end of the console.
        """
        last: object = None
        for _ in _tries(seconds):
            assert self._process is not None and self._process.poll() is None, f"{self.hostname} ended:\n{self.console()}"
            try:
                response = self.get(path, port, inside=inside, trusting=trusting)
            except ConnectionError as error:
                last = error
                continue
            if response.status == status:
                return response
            last = response
        raise AssertionError(f"{self.hostname}: {path} gave {last}, not {status}, for {seconds} s:\n{self.console()}")

    def wait_until(self, text: str, said: Callable[[], str], seconds: float = 90) -> None:
        """Waits until something says `text`; what cannot be reached says nothing.

        Raises:
            AssertionError: If it does not within `seconds`, with the end of the console.
        """
        for _ in _tries(seconds):
            try:
                if text in said():
                    return
            except ConnectionError:
                continue
        raise AssertionError(f"{self.hostname}: nothing said {text!r} for {seconds} s:\n{self.console()}")

    def cloud_init(self, seconds: float = 60) -> tuple[str, list[str]]:
        """How the first boot ended once it has: the status (`done` or `error`) and the errors."""
        for _ in _tries(seconds):
            # The machine's /run is a file system of its own; what it holds is seen through its first process.
            leader = self._leader()
            if leader and (result := Path(f"/proc/{leader}/root/run/cloud-init/result.json")).exists():
                errors = json.loads(result.read_text())["v1"]["errors"]
                return ("error" if errors else "done"), errors
        raise AssertionError(f"{self.hostname}: cloud-init has not ended after {seconds} s:\n{self.console()}")

    def run(self, *command: str) -> str:
        """What a command says inside the machine, whether it fails or not."""
        entered = ["nsenter", "--target", str(self._leader()), "--all", *command]
        return subprocess.run(entered, capture_output=True, text=True).stdout

    def listen(self, address: str, port: int, tls: ssl.SSLContext | None = None) -> socket.socket:
        """A socket that belongs to the neighbour's network, though this process does not."""

        def listen() -> socket.socket:
            with open(f"/run/netns/{self.neighbour}") as namespace:
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), _CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            return socket.create_server((address, port))

        with ThreadPoolExecutor(1) as thread:
            listening = thread.submit(listen).result()
        return tls.wrap_socket(listening, server_side=True, do_handshake_on_connect=False) if tls else listening

    @contextmanager
    def beside(self, *command: str, folder: Path) -> Iterator[None]:
        """Runs a server at the neighbour's address while it lasts, from the line on that says that it listens."""
        entered = ["ip", "netns", "exec", self.neighbour, *command]
        server = subprocess.Popen(entered, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            assert server.stdout is not None
            assert server.stdout.readline(), f"{command[1:]} does not run"
            yield
        finally:
            server.kill()
            server.wait()

    @contextmanager
    def served(self, folder: Path, port: int) -> Iterator[None]:
        """Serves a folder at the neighbour's address while it lasts, programs in its `cgi-bin` too."""
        program = [sys.executable, "-W", "ignore", "-c", _SERVE]
        with self.beside(*program, ADDRESSES["neighbour"], str(port), folder=folder):
            yield

    def status_of(self, package: str) -> str:
        """dpkg's status of a package: `install ok installed`."""
        query = ["dpkg-query", f"--admindir={self.root}/var/lib/dpkg", "-W", "-f=${Status}", package]
        return subprocess.run(query, capture_output=True, text=True).stdout

    def console(self, lines: int = 40) -> str:
        """The end of what the machine said."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def _leader(self) -> int | None:
        """The id of the machine's first process, the child of the container's."""
        if self._process is None:
            return None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return int(children[0]) if children else None


_STARTUP_UNIT = """\
[Unit]
After=network-online.target
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/startup-script
[Install]
WantedBy=multi-user.target
"""

_FETCH = """\
import json, ssl, sys, urllib.error, urllib.request
try:
    trusted = ssl.create_default_context(cafile=sys.argv[2]) if sys.argv[2] else None
    answer = urllib.request.urlopen(sys.argv[1], timeout=5, context=trusted)
except urllib.error.HTTPError as error:
    answer = error
except OSError as error:
    sys.exit(str(error))
print(json.dumps([answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read().decode()]))
"""

_SERVE = """\
import http.server, sys
# Without it programs run as nobody, who cannot read a test's folder.
http.server.CGIHTTPRequestHandler.have_fork = False
server = http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), http.server.CGIHTTPRequestHandler)
print("listens", flush=True)
server.serve_forever()
"""


def _tries(seconds: float) -> Iterator[None]:
    """Beats a quarter of a second apart, until the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.25)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
