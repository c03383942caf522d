"""The end of `make up`: what has been made, and what to type next."""

from collections.abc import Mapping, Sequence
from typing import Any


def summary(stack: str, outputs: Mapping[str, Any]) -> str:
    """A short table of a stack's outputs.

    Args:
        stack: The stack's name.
        outputs: What `stacks/compose.py` exports. Whatever is missing is left out.
    """
    rows: list[tuple[str, str, str]] = []
    if url := outputs.get("url"):
        rows.append(("visitors", "", str(url)))
    for name, pool in (outputs.get("pools") or {}).items():
        place = f"{pool['cloud']} {pool['region']}"
        rows += [("pool", name, f"{origin['address']} ({place})") for origin in pool["origins"]] or [("pool", name, f"no origin ({place})")]
    for role, server in (outputs.get("database") or {}).items():
        rows.append(("database", role, f"{server['host']} ({server['cloud']} {server['region']})"))
    return "\n".join(["", *_table(_once(rows)), "", "next", *_table(_next(stack)), ""])


def _once(rows: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The rows without the heads that the row above has already."""
    shown = []
    above: tuple[str, str, str] = ("", "", "")
    for row in rows:
        head = "" if row[0] == above[0] else row[0]
        shown.append((head, "" if not head and row[1] == above[1] else row[1], row[2]))
        above = row
    return shown


def _next(stack: str) -> list[tuple[str, ...]]:
    of = "" if stack == "dev" else f" STACK={stack}"
    return [
        ("  tools/shell pulumi stack", "every resource, and the outputs"),
        (f"  make preview{of}", f"after a change in stacks/Pulumi.{stack}.yaml: what it would do"),
        ("  tools/shell python -m sandbox list", "what the clouds of the sandbox hold; `-m sandbox -h` tells how to break it"),
        (f"  make refresh{of}", "what has changed there without Pulumi"),
        (f"  make down{of}", "destroy it all"),
    ]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines, with the columns under each other."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))] if rows else []
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
