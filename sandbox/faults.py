"""Declared faults: what goes wrong, for what, and how often."""

import os
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .rules import Refused
from .store import Store
from .transaction import Transaction

T = TypeVar("T")

KINDS = {
    "refused": "the API refuses the call, and nothing is done",
    "throttled": "the API says that there are too many calls; the provider tries again a few times, then gives up",
    "timeout": "the work is done, but the provider stops waiting for it",
    "crash": "the work is done and kept, and the provider's process dies before it answers",
    "hang": "the work is done and kept, and the answer never comes",
}
"""The kinds of fault, and what each does."""
RETRIES = 4
"""How often a provider tries a throttled call again."""
OPERATIONS = ("create", "read", "update", "delete", "invoke")


class TimedOut(Exception):
    """The provider stopped waiting for work that is done."""

    def __init__(self, message: str, result: object) -> None:
        super().__init__(message)
        self.message, self.result = message, result


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault. The patterns are a shell's (`*`, `?`)."""

    kind: str
    cloud: str = "*"
    token: str = "*"
    """Type token: `aws:ec2/*`."""
    name: str = "*"
    """The resource's logical name."""
    operation: str = "*"
    remaining: int = 1
    """How often it still happens."""
    message: str = ""
    """What the user reads, in place of a message of the sandbox's."""
    number: int = 0


def add(transaction: Transaction, fault: Fault) -> int:
    """Declares a fault and gives its number.

    Raises:
        ValueError: The fault makes no sense.
    """
    if fault.kind not in KINDS:
        raise ValueError(f"there is no fault {fault.kind!r}; there are {', '.join(KINDS)}")
    if fault.operation not in ("*", *OPERATIONS):
        raise ValueError(f"there is no operation {fault.operation!r}; there are {', '.join(OPERATIONS)}")
    if fault.remaining < 1:
        raise ValueError("a fault happens at least once")
    cursor = transaction.connection.execute(
        "INSERT INTO faults (kind, cloud, token, name, operation, remaining, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (fault.kind, fault.cloud, fault.token, fault.name, fault.operation, fault.remaining, fault.message),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def declared(transaction: Transaction) -> list[Fault]:
    """All faults that can still happen, in the order in which they were declared."""
    return [_fault(row) for row in transaction.connection.execute("SELECT * FROM faults ORDER BY number")]


def take(transaction: Transaction, cloud: str, token: str, name: str, operation: str) -> Fault | None:
    """The first fault that fits a call, counted as having happened; None for a call that goes well."""
    row = transaction.connection.execute(
        "SELECT * FROM faults WHERE ? GLOB cloud AND ? GLOB token AND ? GLOB name AND ? GLOB operation ORDER BY number LIMIT 1",
        (cloud, token, name, operation),
    ).fetchone()
    if row is None:
        return None
    if row["remaining"] == 1:
        transaction.connection.execute("DELETE FROM faults WHERE number = ?", (row["number"],))
    else:
        transaction.connection.execute("UPDATE faults SET remaining = remaining - 1 WHERE number = ?", (row["number"],))
    return _fault(row)


def clear(transaction: Transaction, number: int | None = None) -> int:
    """Forgets one fault or all; how many there were."""
    return transaction.connection.execute("DELETE FROM faults WHERE ? IS NULL OR number = ?", (number, number)).rowcount


def _fault(row: sqlite3.Row) -> Fault:
    return Fault(**dict(row))


def around(store: Store, cloud: str, token: str, name: str, operation: str, work: Callable[[], T], cancelled: threading.Event) -> T:
    """Does the work of a call, or what the next fault that is declared for it says.

    Args:
        work: Does all of it, and commits.
        cancelled: Set when the engine gives up; ends what waits.

    Raises:
        Refused: The fault refuses, or the engine gave up.
        TimedOut: The work is done, but nobody waited for it.
    """

    def following() -> Fault | None:
        with store.reading() as reading:
            if not declared(reading):
                return None
        with store.transaction() as transaction:
            return take(transaction, cloud, token, name, operation)

    fault, tries = following(), 0
    while fault is not None and fault.kind == "throttled":
        tries += 1
        if tries > RETRIES:
            raise Refused(fault.message or f"Throttling: Rate exceeded (gave up after {RETRIES} retries)")
        cancelled.wait(0.02 * 2**tries)
        fault = following()
    if fault is not None and fault.kind == "refused":
        raise Refused(fault.message or "InternalError: the service could not do this now")
    result = work()
    if fault is None:
        return result
    if fault.kind == "timeout":
        raise TimedOut(fault.message or f"timeout while waiting for {operation} of {name or token}", result)
    if fault.kind == "crash":
        os._exit(1)
    cancelled.wait()
    raise Refused("the call was cancelled", by="sandbox")
