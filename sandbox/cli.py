"""The command line of the sandbox: what can be typed."""

import argparse
import os
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import commands, faults
from .clouds import NAMES
from .rules import Refused
from .store import Store, Unusable

_DESCRIPTION = """\
The stand-in clouds: what they hold, and ways to disturb it.

A resource is named by its id, by TYPE/ID, or by TYPE/NAME with the logical name from the program. TYPE is a type token or its
last part: Vpc, aws:ec2/vpc:Vpc. Patterns are a shell's: 'Droplet/*'.
"""
_EXAMPLES = """\
examples:
  python -m sandbox list --cloud aws
  python -m sandbox show Vpc/main-network
  python -m sandbox set Droplet/web-0 size=s-2vcpu-4gb tags[0]=by-hand
  python -m sandbox delete i-0123456789abcdef0
  python -m sandbox fault add refused --cloud gcp --operation create --times 2
  python -m sandbox fault add crash --type '*Droplet' --name 'web-*'
  python -m sandbox fixture add cloudflare zones example.dev
  python -m sandbox journal --after 120
  python -m sandbox reset --yes
"""


def main(arguments: Sequence[str]) -> int:
    """Runs one command; the exit code."""
    if not arguments:
        _parser().print_help()
        return 0
    given = _parser().parse_args(arguments)
    store = Store(Path(given.state) if given.state else None)
    if not store.path.exists() and given.command in ("list", "show", "set", "delete", "journal"):
        print(f"The sandbox is empty: {store.path} does not exist yet.", file=sys.stderr)
        if given.command == "list" and given.json:
            print("[]")
        return 0 if given.command in ("list", "journal") else 1
    try:
        given.run(store, given)
    except (commands.Mistake, Refused, ValueError) as mistake:
        print(f"error: {mistake}", file=sys.stderr)
        return 1
    except (sqlite3.Error, Unusable) as error:
        print(f"error: {error if isinstance(error, Unusable) else f'{store.path}: {error}'}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):
        print("\nerror: interrupted; nothing was changed", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # `python -m sandbox list | head`: the reader has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        store.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=_DESCRIPTION, epilog=_EXAMPLES, formatter_class=form)
    parser.add_argument("--state", metavar="FILE", help="the sandbox's file; MULTICLOUD_SANDBOX, or .multicloud/sandbox.db, where left out")
    kinds = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    listing = kinds.add_parser("list", help="list what the clouds hold")
    listing.add_argument("--cloud", choices=NAMES, help="of this cloud only")
    listing.add_argument("--type", default="*", help="of this type only: a token, its last part, or a pattern")
    listing.add_argument("--json", action="store_true", help="as JSON, with all outputs")
    listing.set_defaults(run=commands.list_all)

    show = kinds.add_parser("show", help="show one resource")
    show.add_argument("resource", metavar="RESOURCE")
    show.add_argument("--json", action="store_true", help="as JSON")
    show.add_argument("--secrets", action="store_true", help="with its secrets in plain text")
    show.set_defaults(run=commands.show)

    change = kinds.add_parser("set", help="change a resource behind Pulumi's back (drift)")
    change.add_argument("resource", metavar="RESOURCE")
    change.add_argument("changes", metavar="PATH=VALUE", nargs="+", help="VALUE as JSON, or else as a string; 'PATH=' takes it away")
    change.set_defaults(run=commands.change)

    delete = kinds.add_parser("delete", help="delete a resource behind Pulumi's back, even one in use")
    delete.add_argument("resource", metavar="RESOURCE")
    delete.set_defaults(run=commands.delete)

    _fault_parser(kinds)

    fixture = kinds.add_parser("fixture", help="say what else is there, made without Pulumi: zones at Cloudflare")
    actions = fixture.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add one")
    remove = actions.add_parser("remove", help="remove one")
    for action in (add, remove):
        action.add_argument("cloud", choices=NAMES)
        action.add_argument("kind", help="what it is: zones")
        action.add_argument("name", help="its name: example.dev")
    add.add_argument("content", metavar="KEY=VALUE", nargs="*", help="more about it")
    add.set_defaults(run=commands.fixture_add)
    remove.set_defaults(run=commands.fixture_remove)
    actions.add_parser("list", help="list them").set_defaults(run=commands.fixture_list)

    journal = kinds.add_parser("journal", help="list what was done, in order")
    journal.add_argument("--after", type=int, default=0, metavar="NUMBER", help="only what came after this line")
    journal.add_argument("--json", action="store_true", help="a JSON object a line")
    journal.set_defaults(run=commands.journal)

    reset = kinds.add_parser("reset", help="forget everything: resources, faults, fixtures, journal")
    reset.add_argument("--cloud", choices=NAMES, help="of this cloud only")
    reset.add_argument("--yes", action="store_true", help="without asking")
    reset.set_defaults(run=commands.reset)
    return parser


def _fault_parser(kinds: Any) -> None:
    described = "\n".join(f"  {kind:<10} {text}" for kind, text in faults.KINDS.items())
    form = argparse.RawDescriptionHelpFormatter
    fault = kinds.add_parser("fault", help="make calls fail", description=f"Kinds of fault:\n{described}", formatter_class=form)
    actions = fault.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="declare one", description=f"Kinds of fault:\n{described}", formatter_class=form)
    add.add_argument("kind", choices=list(faults.KINDS), metavar="KIND")
    add.add_argument("--cloud", choices=NAMES, help="in this cloud only")
    add.add_argument("--type", default="*", help="for this type only: a token, its last part, or a pattern")
    add.add_argument("--name", default="*", help="for logical names that match this pattern")
    add.add_argument("--operation", choices=faults.OPERATIONS, help="for this operation only")
    add.add_argument("--times", type=int, default=1, help="how often it happens (1)")
    add.add_argument("--message", default="", help="what the user reads")
    add.set_defaults(run=commands.fault_add)
    actions.add_parser("list", help="list those that can still happen").set_defaults(run=commands.fault_list)
    clear = actions.add_parser("clear", help="forget one or all")
    clear.add_argument("number", type=int, nargs="?", help="the fault's number; all where left out")
    clear.set_defaults(run=commands.fault_clear)
