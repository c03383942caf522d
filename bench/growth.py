"""How the time of a preview and of an update grows with the number of web tiers."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.deployments import emptied, on_sandbox, write
from bench.environments import tiers
from bench.measure import seconds

SIZES = (1, 5, 10, 25, 50)


@dataclass(frozen=True)
class Point:
    """One size, with times as multiples of those of one tier."""

    tiers: int
    resources: int
    preview: float
    up: float

    def row(self) -> str:
        """A line of a table in Markdown."""
        return f"| {self.tiers} | {self.resources} | {self.preview:.1f} | {self.up:.1f} |"


HEAD = "| web tiers | resources | preview, times that of one tier | up, times that of one tier |\n|---|---|---|---|"


def run(sizes: tuple[int, ...] = SIZES) -> list[Point]:
    """Times each size once, the smallest before and after as the measure of one."""
    with tempfile.TemporaryDirectory() as folder:
        deployment = on_sandbox(Path(folder) / "growth", "production")
        measured = []
        for size in (1, *sizes, 1):
            write(deployment, tiers(size))
            emptied(deployment)
            # Other plans hold 20 pools.
            deployment.sandbox("fixture", "add", "cloudflare", "zones", "example.com", "plan=enterprise")
            preview = seconds(lambda: deployment.pulumi("preview", "--stack", "production"))
            up = seconds(lambda: deployment.up())
            measured.append((size, len(deployment.state()), preview, up))
        first, *points, last = measured
        one_preview, one_up = (first[2] + last[2]) / 2, (first[3] + last[3]) / 2
        return [Point(size, resources, preview / one_preview, up / one_up) for size, resources, preview, up in points]
