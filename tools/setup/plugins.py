"""The sandbox's providers, as plugins that the engine finds like any other.

Each plugin is a few lines of shell that become `python -m sandbox.serve NAME`. It is installed at the very version that
the SDK of its cloud asks for: the engine takes a plugin of another version, or one from PATH, only with a warning.
"""

import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.console import Stop
from tools.project import Project

CLOUDS = ("aws", "gcp", "digitalocean", "cloudflare", "random", "tls")

# Started by the engine as .multicloud/pulumi/plugins/resource-NAME-vVERSION/pulumi-resource-NAME, by its absolute path.
# Each `%/*` takes one folder off, without a process of its own for it.
SCRIPT = """\
#!/bin/sh
here=${0%%/*}
cd "$here/../../../.." && exec .venv/bin/python -m sandbox.serve %s "$@"
"""


@dataclass(frozen=True, order=True)
class Plugin:
    """A provider plugin, by the name and version under which the engine looks for it."""

    name: str
    version: str

    @property
    def folder(self) -> str:
        """Its folder among the engine's plugins."""
        return f"resource-{self.name}-v{self.version}"

    def archive(self) -> bytes:
        """The plugin as `pulumi plugin install --file` takes it, the same bytes every time."""
        content = (SCRIPT % self.name).encode()
        member = tarfile.TarInfo(f"pulumi-resource-{self.name}")
        member.size, member.mode = len(content), 0o755
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            archive.addfile(member, io.BytesIO(content))
        return packed.getvalue()


def wanted(venv: Path) -> list[Plugin]:
    """The plugins that the SDKs installed in `venv` ask for, of the clouds that the sandbox stands in for."""
    descriptions = [json.loads(f.read_text()) for f in venv.glob("lib/python3*/site-packages/*/pulumi-plugin.json")]
    found = {d["name"]: d["version"] for d in descriptions if d.get("resource") and d.get("name") in CLOUDS}
    if missing := [c for c in CLOUDS if c not in found]:
        raise Stop(f"the SDK of {', '.join(missing)} is not installed in {venv}", "run `make clean` and then this command again")
    return sorted(Plugin(name, version) for name, version in found.items())


def install(project: Project, given: Mapping[str, str]) -> list[Plugin]:
    """Installs the sandbox's providers where they are missing or not the same; returns those that it installed."""
    installed = []
    for plugin in wanted(project.venv):
        script = project.home / "plugins" / plugin.folder / f"pulumi-resource-{plugin.name}"
        if script.exists() and script.read_text() == SCRIPT % plugin.name:
            continue
        with tempfile.NamedTemporaryFile(suffix=".tar.gz") as file:
            file.write(plugin.archive())
            file.flush()
            command = ["pulumi", "plugin", "install", "resource", plugin.name, f"v{plugin.version}", "--file", file.name, "--reinstall"]
            done = subprocess.run(
                command, env=project.environment(given), cwd=project.root, stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
        if done.returncode != 0:
            raise Stop(
                f"the engine did not take the sandbox's {plugin.name} provider: {done.stderr.strip()}", "run `make clean` and try again"
            )
        installed.append(plugin)
    return installed
