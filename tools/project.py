"""Where things are, and the environment in which Pulumi works against the sandbox and nothing else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PASSPHRASE = "sandbox"
"""Encrypts the secrets of the sandbox's stacks. Not a secret itself: whoever has the checkout has the state too."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """A checkout, and the places where its generated files live."""

    root: Path
    """The folder of `Pulumi.yaml`."""
    state: Path
    """The folder of what Pulumi and the sandbox remember: `.multicloud`, or another one for an experiment."""
    cache: Path
    """The folder of what is worth keeping when the checkout goes: the engine."""

    @property
    def local(self) -> Path:
        """Everything generated that is not Python's."""
        return self.root / ".multicloud"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def bin(self) -> Path:
        """First on PATH: the engine and, where it is ours, its language host."""
        return self.local / "bin"

    @property
    def home(self) -> Path:
        """PULUMI_HOME: plugins and workspace settings."""
        return self.local / "pulumi"

    @property
    def logs(self) -> Path:
        return self.local / "log"

    @property
    def engine_module(self) -> Path:
        """The go.mod from which the engine is built where it cannot be installed."""
        return self.root / "tools" / "engine"

    def settings(self) -> dict[str, str]:
        """The variables that tie Pulumi to this checkout, without PATH."""
        return {
            "VIRTUAL_ENV": str(self.venv),
            "PULUMI_HOME": str(self.home),
            # Without metadata: the engine replaces a state file as a whole, but not the file beside it that would hold its metadata,
            # and a kill between the two leaves a state that cannot be read.
            "PULUMI_BACKEND_URL": f"file://{quote(str(self.state / 'state'))}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # A provider that the sandbox does not have is an error at once, and not a download that may hang.
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "MULTICLOUD_SANDBOX": str(self.state / "sandbox.db"),
        }

    def path(self, given: Mapping[str, str]) -> str:
        """`given["PATH"]` with this checkout's commands in front."""
        ours = [str(self.bin), str(self.venv / "bin")]
        return os.pathsep.join([*ours, *(p for p in given.get("PATH", os.defpath).split(os.pathsep) if p not in ours)])

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """`given` changed so that plain `pulumi` works against the sandbox.

        Whatever the caller has set for clouds of their own (a backend, a passphrase) is replaced, and so out of reach.
        """
        kept = {k: v for k, v in given.items() if k != "PULUMI_CONFIG_PASSPHRASE_FILE"}
        return {**kept, **self.settings(), "PATH": self.path(given)}


def find(root: Path, given: Mapping[str, str]) -> Project:
    """The project at `root`, with the folders that the environment `given` asks for.

    `MULTICLOUD_STATE` names another folder than `.multicloud` for Pulumi's and the sandbox's state, `XDG_CACHE_HOME`
    another one than `~/.cache`.
    """
    root = root.resolve()
    cache = Path(given.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "multicloud"
    state = Path(given.get("MULTICLOUD_STATE") or root / ".multicloud").expanduser().resolve()
    return Project(root=root, state=state, cache=cache)
