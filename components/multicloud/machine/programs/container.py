"""Pulls the image of the machine's container, or starts the container and leaves it to systemd.

container pull|start
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SETTINGS = Path("/etc/multicloud/container.json")
READ_SECRET = "/usr/local/lib/multicloud/secret"
STORAGE = Path("/var/lib/containers/storage")
NAME = "multicloud"


def main(action: str) -> None:
    container = json.loads(SETTINGS.read_text())
    if action == "pull":
        keep_in_memory()
        while not pulled(container):
            print("that failed, and is tried again", flush=True)
            time.sleep(10)
        return
    try:
        start(container)
    except subprocess.CalledProcessError:
        sys.exit(1)  # it has said why


def keep_in_memory() -> None:
    """Podman writes secrets, and what a container is made of with them in it, to its storage: here that is memory."""
    for name in ("secrets", "libpod", "overlay-containers"):
        folder = STORAGE / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not folder.is_mount():
            subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0700", "tmpfs", folder], check=True)


def pulled(container: dict[str, Any]) -> bool:
    """Whether the image is there by now. One that is, is not asked for again, so that a restart needs no registry."""
    image, registry = container["image"], container["registry"]
    if not subprocess.run(["podman", "image", "exists", image]).returncode:
        return True
    print(f"pulling {image}", flush=True)
    with tempfile.TemporaryDirectory(dir="/run") as folder:  # in memory
        authfile = f"--authfile={folder}/auth.json"
        try:
            if registry:
                login = ["podman", "login", authfile, f"--username={registry['user']}", "--password-stdin", image.partition("/")[0]]
                subprocess.run(login, check=True, input=secret(registry["password_secret"]), timeout=60)
            subprocess.run(["podman", "pull", "--quiet", *([authfile] if registry else []), image], check=True, timeout=1200)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return False
    print("the image is here", flush=True)
    return True


def start(container: dict[str, Any]) -> None:
    """Becomes podman, which tells systemd when the container runs, and which process to watch."""
    options = [f"--env={name}={value}" for name, value in container["environment"].items()]
    for variable, name in container["secrets"].items():
        # Not through podman's own environment, in which some variables are settings of its own.
        stored = f"{NAME}-{variable}"
        subprocess.run(["podman", "secret", "rm", stored], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["podman", "secret", "create", stored, "-"], check=True, input=secret(name), stdout=subprocess.DEVNULL)
        options.append(f"--secret={stored},type=env,target={variable}")
    run = ["podman", "run", f"--name={NAME}", "--replace", "--rm", "--detach", "--pull=never", "--sdnotify=conmon"]
    run += ["--log-driver=passthrough", f"--publish={container['publish']}"]
    os.execvp("podman", [*run, *options, container["image"], *container["command"]])


def secret(name: str) -> bytes:
    return subprocess.run([READ_SECRET, name], check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    main(sys.argv[1])
