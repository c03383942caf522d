"""`python -m bench [NAME ...]`: runs the named benchmarks, or all, and prints tables. Exit status 1 where a limit is not kept."""

import argparse
import sys

from bench import growth, sandbox_cost, tier_cost
from bench.measure import HEAD

NAMES = ("sandbox", "tier", "growth")


def main() -> int:
    """Runs what the command line names."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=...", description="Ratios of things measured side by side.")
    parser.add_argument("names", nargs="*", choices=[*NAMES, []], help="which benchmarks; all where left out")
    parser.add_argument("--pairs", type=int, default=5, help="how often each pair is timed (5)")
    given = parser.parse_args()
    names = given.names or NAMES
    kept = True
    if "sandbox" in names:
        ratios = sandbox_cost.run(given.pairs)
        kept = all(ratio.median <= ratio.limit for ratio in ratios)
        print("## The sandbox against providers that accept everything\n", HEAD, *(ratio.row() for ratio in ratios), "", sep="\n")
    if "tier" in names:
        ratios = tier_cost.run(given.pairs)
        kept &= all(ratio.median <= ratio.limit for ratio in ratios)
        print(
            "## A tier through its component against the same resources written flat\n",
            HEAD,
            *(ratio.row() for ratio in ratios),
            "",
            sep="\n",
        )
    if "growth" in names:
        points = growth.run()
        kept &= all(max(point.preview, point.up) <= point.tiers for point in points)
        print("## Growth with the number of web tiers\n", growth.HEAD, *(point.row() for point in points), "", sep="\n")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
