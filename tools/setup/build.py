"""The engine built from its modules in the Go module proxy, for machines that reach only package mirrors."""

import hashlib
import platform
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.console import Stop
from tools.project import Project
from tools.setup import checks
from tools.setup.work import Work

OLDEST_GO = (1, 21)
"""The first that understands a newer go.mod, and fetches the toolchain that the file names."""
MODULE = "github.com/pulumi/pulumi"

# $1 the engine's version, $2 the folder for the result. It appears in one step, complete.
SCRIPT = f"""\
set -eu
rm -rf "$2" "$2.unfinished"
mkdir "$2.unfinished"
go build -v -mod=readonly -buildvcs=false -trimpath -o "$2.unfinished/pulumi" \\
    -ldflags "-s -w -X {MODULE}/sdk/v3/go/common/version.Version=$1" {MODULE}/pkg/v3/cmd/pulumi
sdk=$(go list -m -f '{{{{.Dir}}}}' {MODULE}/sdk/v3)
install -m 755 "$sdk/python/cmd/pulumi-language-python-exec" "$2.unfinished/"
mv "$2.unfinished" "$2"
"""


def version(project: Project) -> str:
    """The version of the engine that the go.mod names, without a leading v."""
    text = (project.engine_module / "go.mod").read_text()
    found = re.search(rf"^\s*{re.escape(MODULE)}/pkg/v3 v(\S+)", text, re.MULTILINE)
    assert found, "tools/engine/go.mod names no engine"
    return found.group(1)


def folder(project: Project) -> Path:
    """Where the built engine is, or would be: one place for each set of modules and each platform.

    The version of Go is not part of it: it makes no difference to the engine, and its next minor release is no reason
    to wait for some minutes again.
    """
    content = b"\0".join((project.engine_module / f).read_bytes() for f in ("go.mod", "go.sum")) + SCRIPT.encode()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return project.cache / f"engine-{digest}-{platform.system()}-{platform.machine()}".lower()


def start(project: Project, given: Mapping[str, str]) -> Work:
    """Starts the build, which takes some minutes on a machine that has never done it.

    Raises:
        Stop: Where Go is missing or too old, or the disk has too little space.
    """
    go = shutil.which("go", path=given.get("PATH"))
    if go is None:
        raise Stop(
            "there is no Pulumi engine: `pulumi` is not on PATH, its installer cannot be reached, and Go, to build it, is not installed",
            "install Pulumi (https://www.pulumi.com/docs/install), or Go 1.21 or newer, and run this again",
        )
    said = subprocess.run([go, "version"], env=dict(given), capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    if found is None or (int(found.group(1)), int(found.group(2))) < OLDEST_GO:
        raise Stop(
            f"{go} is too old to build the Pulumi engine ({said.strip()})", "install Go 1.21 or newer, or Pulumi itself, and run this again"
        )
    target = folder(project)
    target.parent.mkdir(parents=True, exist_ok=True)
    checks.space(target.parent, checks.BUILD_BYTES, "building the Pulumi engine")
    return Work(
        "engine (go build)",
        ["sh", "-c", SCRIPT, "sh", version(project), target],
        log=project.logs / "engine.log",
        cwd=project.engine_module,
        env={**given, "GOWORK": "off", "CGO_ENABLED": "0"},
        about="takes three to six minutes, once for all checkouts",
        mend="check the network, or name a mirror of the Go module proxy in GOPROXY, and run this again; or install Pulumi itself",
    )
