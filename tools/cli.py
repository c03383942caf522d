"""The commands, one function each."""

import argparse
import errno
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools import project, sandbox_shell
from tools.console import Stop, complain, say
from tools.foreground import foreground
from tools.orphans import command as orphans
from tools.setup.prepare import prepare
from tools.stack import Stack
from tools.summary import summary

ROOT = Path(__file__).resolve().parents[1]
CHECKED = ("components", "stacks", "sandbox", "tools")
"""The folders whose types are checked."""

APT_SECONDS = 300

Command = Callable[[project.Project, dict[str, str], argparse.Namespace], int]


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns the exit code for the caller's shell."""
    given = _parser().parse_args(arguments)
    environment = dict(os.environ)
    if getattr(given, "state", None):
        environment["MULTICLOUD_STATE"] = given.state
    run: Command = given.run
    try:
        return run(project.find(ROOT, environment), environment, given)
    except Stop as problem:
        complain(problem)
        return 1
    except OSError as problem:
        mend = "free some space" if problem.errno == errno.ENOSPC else "see who owns it and whether it can be written"
        complain(Stop(f"{problem.filename or 'a file'}: {problem.strerror}", f"{mend}, and run this again"))
        return 1
    except KeyboardInterrupt:
        return 130


def _setup(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    prepare(of, environment, development=given.development)
    return 0


def _stack(of: project.Project, environment: dict[str, str], name: str) -> Stack:
    """The stack, selected, with all set up that it needs. A wrong name is refused before anyone has to wait."""
    stack = Stack(of, environment, name)
    prepare(of, environment)
    stack.select()
    return stack


def _up(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    stack = _stack(of, environment, given.stack)
    # The sandbox costs nothing to be wrong in, and a preview beforehand would double the wait; `make preview` is there for it.
    code = stack.run("up", ["--yes", "--skip-preview", *given.arguments])
    if code == 0:
        say(summary(stack.name, stack.outputs()))
    return code


def _preview(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    stack = _stack(of, environment, given.stack)
    return stack.run("preview", given.arguments)


def _refresh(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    stack = _stack(of, environment, given.stack)
    return stack.run("refresh", ["--yes", "--skip-preview", *given.arguments])


def _down(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    stack = _stack(of, environment, given.stack)
    return stack.run("destroy", ["--yes", "--skip-preview", *given.arguments])


def _orphans(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    if not given.real:
        prepare(of, environment)
    return orphans.run(Stack(of, environment, given.stack, real=given.real), lookups=given.real or given.lookups, as_json=given.json)


def _picture(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    stack = Stack(of, environment, given.stack)
    prepare(of, environment)
    return foreground([of.python, "-m", "stacks.picture", stack.name], of.root, of.environment(environment))


def _shell(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    return sandbox_shell.run(of, environment, given.command)


def _env(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    for name, value in {**of.settings(), "PATH": of.path(environment)}.items():
        say(f"export {name}={shlex.quote(value)}")
    return 0


def _test(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    prepare(of, environment, development=True)
    _machine_packages(of, environment)
    # A state of its own, so that no test can touch what `make up` has made.
    apart = project.find(ROOT, {**environment, "MULTICLOUD_STATE": str(of.local / "test")})
    # A module's tests stay together: they share stacks that are up.
    together = ["-n", "auto", "--dist", "loadscope"]
    return foreground([of.python, "-m", "pytest", *together, *given.arguments], of.root, apart.environment(environment))


def _machine_packages(of: project.Project, environment: Mapping[str, str]) -> None:
    """Brings what the tests that boot machines want. Where that is not possible they skip, so this never fails."""
    try:
        code = subprocess.run(
            [of.root / "tools" / "machine-packages"], env=dict(environment), stdin=subprocess.DEVNULL, timeout=APT_SECONDS
        ).returncode
    except (OSError, subprocess.TimeoutExpired):
        code = 1
    if code:
        say("  the tests that boot machines will skip: their packages could not be installed")


def _lint(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    prepare(of, environment, development=True)
    folders = [f for f in CHECKED if any((of.root / f).rglob("*.py"))]
    checks: list[list[str | Path]] = [
        [of.python, "-m", "ruff", "check"],
        [of.python, "-m", "ruff", "format", "--check"],
        [of.python, "-m", "mypy", *folders],
    ]
    codes = []
    for check in checks:
        # mypy says nothing for a minute or two where it has no cache yet.
        say(f"  {' '.join(map(str, check[2:]))}")
        codes.append(foreground(check, of.root, of.environment(environment)))
    return max(codes)


def _bench(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    prepare(of, environment, development=True)
    return foreground([of.python, "-m", "bench", *given.arguments], of.root, of.environment(environment))


def _clean(of: project.Project, environment: dict[str, str], given: argparse.Namespace) -> int:
    for folder in [of.cache] if given.cache else [of.venv, of.local]:
        if folder.exists():
            say(f"removing {folder}")
            shutil.rmtree(folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tools", description="The commands behind the Makefile; see `make help`.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command, about: str, *, arguments: str = "") -> argparse.ArgumentParser:
        new = commands.add_parser(name, help=about, description=about)
        new.set_defaults(run=run)
        if arguments:
            new.add_argument("arguments", nargs="*", help=f"{arguments}, after `--`")
        return new

    setup = command("setup", _setup, "set up the virtual environment, the engine and the sandbox's providers")
    setup.add_argument("--development", action="store_true", help="and what tests, checks and benchmarks need")
    for name, run, about in (
        ("up", _up, "create or change a stack's resources in the sandbox"),
        ("preview", _preview, "show what `up` would do"),
        ("refresh", _refresh, "bring the state in line with what the sandbox's clouds hold"),
        ("down", _down, "destroy a stack's resources in the sandbox"),
    ):
        command(name, run, about, arguments="more options for Pulumi").add_argument("--stack", default="dev", help="the stack's name (dev)")
    lost = command("orphans", _orphans, "find what is in a cloud without a record in any stack")
    lost.add_argument("--stack", default="dev", help="the stack's name (dev)")
    lost.add_argument("--lookups", action="store_true", help="ask through the providers' look-ups instead of reading the sandbox's state")
    lost.add_argument("--real", action="store_true", help="ask the real clouds, with the backend and the credentials of this shell")
    lost.add_argument("--json", action="store_true", help="as JSON")
    drawn = command("picture", _picture, "draw a stack's environment, and who goes where when a cloud is gone, into STACK.svg")
    drawn.add_argument("--stack", default="dev", help="the stack's name (dev)")
    shell = command("shell", _shell, "run a command, or start a shell, in which `pulumi` works against the sandbox")
    shell.add_argument("--state", help="a folder for Pulumi's and the sandbox's state, apart from the checkout's own")
    shell.add_argument("command", nargs=argparse.REMAINDER, help="the command and its arguments")
    command("env", _env, "print that environment as exports for a shell's eval")
    command("test", _test, "run the tests", arguments="options for pytest")
    command("lint", _lint, "check style, format and types")
    command("bench", _bench, "run the benchmarks", arguments="options for the benchmarks")
    command("clean", _clean, "remove what was generated").add_argument("--cache", action="store_true", help="the cached engine instead")
    return parser
