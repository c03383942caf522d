"""What the stand-in clouds hold: one SQLite file for all provider processes.

Every call of the engine is one transaction, so that a kill at any moment leaves either all of a call's work or none.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from .transaction import Transaction

_SCHEMA = """
CREATE TABLE IF NOT EXISTS resources (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    cloud TEXT NOT NULL, token TEXT NOT NULL, id TEXT NOT NULL,
    account TEXT NOT NULL, region TEXT NOT NULL, place TEXT NOT NULL,
    name TEXT NOT NULL, created TEXT NOT NULL,
    inputs TEXT NOT NULL, outputs TEXT NOT NULL, secrets TEXT NOT NULL,
    UNIQUE (token, id, account, place)
);
CREATE TABLE IF NOT EXISTS uniques (
    owner INTEGER NOT NULL REFERENCES resources (number) ON DELETE CASCADE,
    claim TEXT NOT NULL UNIQUE
);
CREATE INDEX IF NOT EXISTS uniques_owner ON uniques (owner);
CREATE TABLE IF NOT EXISTS refs (
    user INTEGER NOT NULL REFERENCES resources (number) ON DELETE CASCADE,
    target_token TEXT NOT NULL, target_key TEXT NOT NULL, target_value TEXT NOT NULL,
    account TEXT NOT NULL, words TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS refs_user ON refs (user);
CREATE INDEX IF NOT EXISTS refs_target ON refs (target_token, target_key, target_value);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fixtures (cloud TEXT, kind TEXT, name TEXT, content TEXT NOT NULL, PRIMARY KEY (cloud, kind, name));
CREATE TABLE IF NOT EXISTS faults (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, cloud TEXT NOT NULL, token TEXT NOT NULL, name TEXT NOT NULL,
    operation TEXT NOT NULL, remaining INTEGER NOT NULL, message TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, cloud TEXT NOT NULL, operation TEXT NOT NULL,
    token TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, outcome TEXT NOT NULL
);
"""
_VERSION = 1
_WAIT = 60.0
"""Seconds that a call waits for the other processes' transactions, which take a few milliseconds each."""


def default_path() -> Path:
    """The file that MULTICLOUD_SANDBOX names, or `.multicloud/sandbox.db` beside the sandbox's package."""
    named = os.environ.get("MULTICLOUD_SANDBOX")
    return Path(named) if named else Path(__file__).resolve().parent.parent / ".multicloud" / "sandbox.db"


class Unusable(RuntimeError):
    """The file is not a sandbox of this version."""


class Store:
    """The file. Safe for many threads and many processes.

    Args:
        path: Where it is; it is made where it is missing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()
        self._lock = threading.RLock()

    @cached_property
    def _connection(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.path.exists():
            # Passwords are in it, as they are in a cloud.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        # With a write-ahead log, NORMAL loses nothing when a process is killed.
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, _VERSION):
                raise Unusable(f"{self.path} is of another version of the sandbox: remove it, or use another file")
            for statement in _SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
            connection.execute("COMMIT")
        return connection

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """All that is done inside happens, or nothing of it where an exception leaves."""
        with self._lock:
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A look at the store that waits for nobody: each statement sees what was committed last."""
        with self._lock:
            yield Transaction(self._connection)

    def close(self) -> None:
        """Closes the file, if it was opened."""
        with self._lock:
            if "_connection" in self.__dict__:
                self._connection.close()
                del self.__dict__["_connection"]
