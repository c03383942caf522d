"""What a person is told of orphans. Pure."""

import shlex
from collections.abc import Sequence

from tools.orphans.matching import Orphan


def report(found: Sequence[Orphan], stack: str, *, sandboxed: bool) -> str:
    """A paragraph for each orphan of a stack: what it is, how it can be imported, how it can be deleted.

    Args:
        found: The orphans of all stacks.
        stack: The stack that was asked about; orphans of others are only counted.
        sandboxed: Whether the things are the sandbox's, which has a command to delete them.
    """
    ours = [orphan for orphan in found if orphan.stack in (stack, None)]
    others = sorted({orphan.stack for orphan in found if orphan.stack not in (stack, None)} - {None}, key=str)
    lines: list[str] = []
    for orphan in ours:
        lines += ["", f"{orphan.thing.type}  {orphan.thing.id}", f"  {_story(orphan)}"]
        if orphan.twin is None and ":" in orphan.thing.type:
            lines.append(f"  to keep it:    {_import(orphan, stack)}")
        lines.append(f"  to delete it:  {_delete(orphan, sandboxed)}")
    if ours:
        lines += ["", f"{len(ours)} orphan{'' if len(ours) == 1 else 's'}: in a cloud, but in no stack's state."]
    else:
        lines += [f"no orphans: everything of the stack {stack} that was found in a cloud is in its state."]
    if ours:
        lines.append("Nothing was changed. Keep what holds data; what a second `up` makes anew is best deleted.")
    lines += [f"The stack {other} has orphans, too: make orphans STACK={other}" for other in others]
    return "\n".join(lines).lstrip("\n")


def _story(orphan: Orphan) -> str:
    if orphan.stack is None:
        return orphan.why
    instead = "; the stack has another in its place" if orphan.twin else ""
    return f"made for the stack {orphan.stack}, {orphan.why}{instead}"


def _import(orphan: Orphan, stack: str) -> str:
    thing = orphan.thing
    command = ["pulumi", "import", thing.type, thing.name or "NAME", thing.id, "--stack", stack]
    if orphan.parent:
        command += ["--parent", f"parent={orphan.parent.urn}"]
    if orphan.provider:
        command += ["--provider", f"provider={orphan.provider.urn}"]
    return shlex.join([*command, "--protect=false", "--generate-code=false"])


def _delete(orphan: Orphan, sandboxed: bool) -> str:
    if sandboxed:
        return shlex.join(["python", "-m", "sandbox", "delete", f"{orphan.thing.type}/{orphan.thing.id}"])
    return "in the cloud's console or with its own command line"
