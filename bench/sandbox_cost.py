"""What the sandbox's rules cost: production on the sandbox against the same program on providers that accept everything."""

import tempfile
from pathlib import Path

from bench.deployments import emptied, on_accept_everything, on_sandbox
from bench.measure import Ratio, compare

LIMIT = 1.3


def run(pairs: int) -> list[Ratio]:
    """Ratios of wall time of a first preview and of a first update."""
    with tempfile.TemporaryDirectory() as folder:
        ours = on_sandbox(Path(folder) / "sandbox", "production")
        theirs = on_accept_everything(Path(folder) / "accept", "production")
        preview = compare(
            "preview of production", lambda: ours.pulumi("preview", "--stack", "production"),
            lambda: theirs.pulumi("preview", "--stack", "production"), limit=LIMIT, pairs=pairs,
        )  # fmt: skip
        up = compare(
            "up of production", lambda: emptied(ours).up(), lambda: emptied(theirs).up(), limit=LIMIT, pairs=pairs,
        )  # fmt: skip
    return [preview, up]
