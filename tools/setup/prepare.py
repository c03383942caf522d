"""Everything that a command needs, in order, and at once where one does not need the other."""

from collections.abc import Mapping

from tools.console import say
from tools.project import Project
from tools.setup import engine, plugins, venv
from tools.setup.lock import locked
from tools.setup.work import Work, wait


def prepare(project: Project, given: Mapping[str, str], *, development: bool = False) -> None:
    """Sets up what is missing. Does next to nothing where all is in place.

    Args:
        project: The checkout.
        given: The user's environment.
        development: Whether to install what tests, checks and benchmarks need, too.

    Raises:
        Stop: Where something is missing that only the user can bring.
    """
    requirements = venv.DEVELOPMENT if development else venv.PROGRAM
    with locked(project.local / "setup.lock", "the set-up of this checkout"):
        packages = venv.start(project, given, requirements)
        try:
            if engine.present(project):
                wait([packages] if packages else [])
            else:
                _engine(project, given, packages)
        finally:
            if packages:
                packages.end()
        for plugin in plugins.install(project, given):
            say(f"  sandbox: provider {plugin.name} {plugin.version}")
    (project.state / "state").mkdir(parents=True, exist_ok=True)


def _engine(project: Project, given: Mapping[str, str], packages: Work | None) -> None:
    """Obtains the engine while `packages` are being installed, and waits for both."""
    found = engine.find(project, given)
    if found is None:
        with locked(project.cache / "engine.lock", "the Pulumi engine"):
            # Again, since another checkout may have built it while this one waited.
            found = engine.find(project, given)
            build = engine.obtain(project, given) if found is None else None
            wait([w for w in (packages, build) if w])
            found = found or engine.find(project, given)
    else:
        wait([packages] if packages else [])
    if found is None:
        raise engine.missing(project)
    engine.put_in_place(project, found)
