"""The language host as the real engine uses it: programs, policy packs, component providers, and sudden ends."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.project import Project

SECONDS = 60


class Program:
    """A Pulumi project in a folder of its own, with one stack."""

    def __init__(self, folder: Path, project: Project, source: str, virtualenv: Path | str) -> None:
        folder.mkdir()
        self.folder, self.environment = folder, project.environment(os.environ)
        options = f"{{toolchain: pip, virtualenv: {virtualenv}}}"
        (folder / "Pulumi.yaml").write_text(f"name: trivial\nruntime: {{name: python, options: {options}}}\n")
        (folder / "__main__.py").write_text(source)
        assert self.pulumi("stack", "init", "test").returncode == 0

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The engine in a process group of its own, as a terminal would start it."""
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                ["pulumi", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@pytest.fixture
def ours(real: Project) -> Project:
    """This checkout with an engine that runs our language host."""
    if (real.bin / "pulumi").is_symlink():
        pytest.skip("an official engine is in place, which has a language host of its own")
    return real


@pytest.fixture
def program(ours: Project, tmp_path: Path) -> Callable[..., Program]:
    """Makes a program of its source."""
    return lambda source, virtualenv=ours.venv: Program(tmp_path / "program", ours, source, virtualenv)


def until(condition: Callable[[], bool]) -> None:
    """Waits for something that another process does; the limit only keeps a failing test from hanging."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "has not happened in time"
        time.sleep(0.02)


def alive(process: int) -> bool:
    """Whether a process runs. One that has ended and that nobody has collected does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_configuration_reaches_the_program_and_outputs_come_back(program: Callable[..., Program]) -> None:
    """Plain and secret values, the project's folder, and what the program prints."""
    one = program(
        "import os, pulumi\n"
        "config = pulumi.Config()\n"
        "print('said by the program')\n"
        "pulumi.export('size', config.get_int('size'))\n"
        "pulumi.export('password', config.require_secret('password'))\n"
        "pulumi.export('folder', os.path.basename(os.getcwd()))\n"
    )
    one.pulumi("config", "set", "size", "3")
    one.pulumi("config", "set", "--secret", "password", "xyzzy")
    up = one.pulumi("up", "--yes", "--skip-preview")
    assert up.returncode == 0 and "said by the program" in up.stdout
    outputs = json.loads(one.pulumi("stack", "output", "--json").stdout)
    assert outputs == {"folder": "program", "password": "[secret]", "size": 3}
    assert "xyzzy" not in up.stdout


def test_a_program_that_fails_shows_its_own_traceback_once(program: Callable[..., Program]) -> None:
    """The SDK has told the user (exit code 32); the host adds nothing of its own."""
    up = program("raise RuntimeError('on purpose')").pulumi("up", "--yes", "--skip-preview")
    assert up.returncode != 0
    assert up.stdout.count("RuntimeError: on purpose") in (1, 2), "once as it happens and once among the diagnostics"
    assert "exit code" not in up.stdout


def test_a_program_that_leaves_by_itself_is_reported_with_its_exit_code(program: Callable[..., Program]) -> None:
    """Nothing was said to the user, so the host says it."""
    up = program("import os; os._exit(7)").pulumi("up", "--yes", "--skip-preview")
    assert up.returncode != 0 and "the program ended with exit code 7" in up.stdout


def test_a_missing_virtual_environment_says_what_to_run(program: Callable[..., Program]) -> None:
    """`runtime.options.virtualenv` is honoured, not replaced by whatever Python is at hand."""
    up = program("", "gone").pulumi("up", "--yes", "--skip-preview")
    assert up.returncode != 0 and "run `pulumi install` to make it" in up.stdout


def test_about_names_the_interpreter_and_the_packages(program: Callable[..., Program], ours: Project) -> None:
    """`pulumi about` asks for the runtime and for the program's dependencies."""
    about = program("").pulumi("about")
    assert f"executable='{ours.python}'" in about.stdout
    assert "pulumi_aws" in about.stdout


def test_install_makes_the_virtual_environment_that_the_project_names(program: Callable[..., Program]) -> None:
    """`pulumi install`, as on a fresh clone, and what pip says where it fails."""
    one = program("", "made")
    (one.folder / "requirements.txt").write_text("# nothing\n")
    assert one.pulumi("install").returncode == 0
    assert (one.folder / "made" / "bin" / "python").exists()
    (one.folder / "requirements.txt").write_text("./nowhere\n")
    failed = one.pulumi("install")
    assert failed.returncode != 0 and "nowhere" in failed.stdout and "ended with exit code 1" in failed.stdout


def test_a_policy_pack_is_run_from_its_folder(program: Callable[..., Program], tmp_path: Path, ours: Project) -> None:
    """`--policy-pack DIR` by a relative path; the host starts the pack and not the program."""
    if not any(ours.venv.glob("lib/python3*/site-packages/pulumi_policy")):
        pytest.skip("pulumi-policy is not installed")
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (pack / "__main__.py").write_text(
        "from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy\n"
        "refuse = lambda args, report: report('refused by the pack')\n"
        "policies = [ResourceValidationPolicy(name='no', description='d', validate=refuse)]\n"
        "PolicyPack('pack', enforcement_level=EnforcementLevel.MANDATORY, policies=policies)\n"
    )
    preview = program("").pulumi("preview", "--policy-pack", "../pack")
    assert preview.returncode != 0 and "refused by the pack" in preview.stdout


COMPONENT = """
from typing import Optional, TypedDict
import pulumi
from pulumi.provider.experimental import component_provider_host

class ThingArgs(TypedDict):
    size: pulumi.Input[str]

class Thing(pulumi.ComponentResource):
    size: pulumi.Output[str]

    def __init__(self, name: str, args: ThingArgs, opts: Optional[pulumi.ResourceOptions] = None):
        super().__init__("thing:index:Thing", name, None, opts)
        self.size = pulumi.Output.from_input(args["size"])
        self.register_outputs({"size": self.size})

component_provider_host(name="thing", components=[Thing])
"""


def test_a_component_provider_is_run_from_another_folder(program: Callable[..., Program], tmp_path: Path) -> None:
    """`pulumi package get-schema ../thing`: the provider is the folder named, not the caller's program."""
    folder = tmp_path / "thing"
    folder.mkdir()
    (folder / "PulumiPlugin.yaml").write_text("runtime: python\n")
    (folder / "__main__.py").write_text(COMPONENT)
    schema = program("").pulumi("package", "get-schema", "../thing")
    assert schema.returncode == 0 and '"thing:index:Thing"' in schema.stdout, schema.stdout


def test_generating_code_is_refused_with_the_way_out(program: Callable[..., Program], tmp_path: Path) -> None:
    """What this host does not have names who has it."""
    folder = tmp_path / "thing"
    folder.mkdir()
    (folder / "PulumiPlugin.yaml").write_text("runtime: python\n")
    (folder / "__main__.py").write_text(COMPONENT)
    added = program("").pulumi("package", "add", "../thing")
    assert added.returncode != 0 and "needs the official Pulumi CLI" in added.stdout


WAITING = """
import os, time
open("pids", "w").write(f"{os.getpid()} {os.getppid()}")
os.rename("pids", "running")
time.sleep(1000)
"""


def running(one: Program, engine: subprocess.Popen[bytes]) -> list[int]:
    """The program's and the host's process, once the program runs."""
    until(lambda: (one.folder / "running").exists() or engine.poll() is not None)
    return [int(p) for p in (one.folder / "running").read_text().split()]


def test_a_killed_engine_takes_the_host_and_the_program_with_it(program: Callable[..., Program]) -> None:
    """After `kill -9` of the engine nobody tells the host to stop."""
    one = program(WAITING)
    engine = one.start("up", "--yes", "--skip-preview")
    processes = running(one, engine)
    engine.kill()
    engine.wait()
    until(lambda: not any(alive(p) for p in processes))


def test_ctrl_c_leaves_no_process_and_no_traceback_of_the_host(program: Callable[..., Program]) -> None:
    """A terminal sends the signal to the engine, the host and the program alike."""
    one = program(WAITING)
    engine = one.start("up", "--yes", "--skip-preview")
    processes = running(one, engine)
    os.killpg(engine.pid, signal.SIGINT)
    assert engine.wait(SECONDS) != 0
    until(lambda: not any(alive(p) for p in processes))
    assert "language_host" not in (one.folder / "log").read_text()
