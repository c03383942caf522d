"""What the component costs: a production web tier through it against the same resources written flat, in two Pulumi programs."""

import runpy
import shutil
import tempfile
from pathlib import Path

from bench.measure import Ratio, compare
from tests.certificates import certificate
from tests.engine.deployment import Deployment
from tests.recording import Recording

LIMIT = 1.05
CLOUDS = ("aws", "gcp", "digitalocean")
PROGRAMS = Path(__file__).parent / "programs"
BOOT_FILES = ("user-data", "startup-script")
SIDES = ("component", "flat")


def run(pairs: int) -> list[Ratio]:
    """Ratios of wall time of a first preview, a cloud each."""
    with tempfile.TemporaryDirectory() as folder:
        return [_preview(Path(folder) / cloud, cloud, pairs) for cloud in CLOUDS]


def _preview(folder: Path, cloud: str, pairs: int) -> Ratio:
    programs = prepared(folder / "programs", cloud)
    ours, theirs = (_deployment(folder / side, program) for side, program in zip(SIDES, programs, strict=True))
    return compare(
        f"preview of a tier on {cloud}",
        lambda: ours.pulumi("preview", "--stack", "production"),
        lambda: theirs.pulumi("preview", "--stack", "production"),
        limit=LIMIT,
        pairs=pairs,
    )


def prepared(folder: Path, cloud: str) -> tuple[Path, Path]:
    """The two programs of a cloud, each in a folder with the files that it reads.

    What machines are told is rendered by the component, and the flat program finds it in files, as an engineer's own would be.

    Args:
        folder: An empty folder.
        cloud: One of `CLOUDS`.
    """
    made = []
    for side in SIDES:
        (folder / side).mkdir(parents=True)
        made.append(folder / side / "__main__.py")
        shutil.copy(PROGRAMS / f"{cloud}_{side}.py", made[-1])
    ours, theirs = made
    for file in certificate(ours.parent):
        shutil.copy(file, theirs.parent)
    for name, text in boot_files(recorded(ours)).items():
        (theirs.parent / name).write_text(text)
    return ours, theirs


def recorded(program: Path) -> Recording:
    """What a program registers."""
    recording = Recording(stack="production")
    recording.run(lambda: runpy.run_path(str(program), run_name="__main__") and None)
    recording.close()
    return recording


def boot_files(recording: Recording) -> dict[str, str]:
    """What the machines are told, by the name of the file in which a flat program looks for it."""
    found: dict[str, str] = {}
    for record in recording.all():
        metadata = record.inputs.get("metadata", {})
        found |= {file: text for file, text in metadata.items() if file in BOOT_FILES}
        if record.inputs.get("userData"):
            found["user-data"] = record.inputs["userData"]
    return found


def _deployment(folder: Path, program: Path) -> Deployment:
    """The project with that program instead of its own."""
    deployment = Deployment(folder, "production")
    for file in program.parent.iterdir():
        shutil.copy(file, deployment.project)
    return deployment
