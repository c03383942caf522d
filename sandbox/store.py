"""What the stand-in clouds hold: one SQLite file for all provider processes.

Every call of the engine is one transaction, so that a kill at any moment leaves either all of a call's work or none.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from . import paths
from .rules import UNKNOWN, Record, Refused, Scope, Values
from .values import Secrets

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


def default_path() -> FilePath:
    """The file that MULTICLOUD_SANDBOX names, or `.multicloud/sandbox.db` beside the sandbox's package."""
    named = os.environ.get("MULTICLOUD_SANDBOX")
    return FilePath(named) if named else FilePath(__file__).resolve().parent.parent / ".multicloud" / "sandbox.db"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the journal."""

    seq: int
    time: str
    cloud: str
    operation: str
    token: str
    id: str
    name: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Held(Record):
    """A record with what the sandbox itself knows of it."""

    number: int
    name: str
    secrets: frozenset[tuple[str | int, ...]]


class Store:
    """The file. Safe for many threads and many processes.

    Args:
        path: Where it is; it is made where it is missing.
    """

    def __init__(self, path: FilePath | None = None) -> None:
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
                raise RuntimeError(f"{self.path} is of another version of the sandbox: remove it, or use another file")
            for statement in _SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
            connection.execute("COMMIT")
        return connection

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
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
    def reading(self) -> Iterator["Transaction"]:
        """A look at the store that waits for nobody: each statement sees what was committed last."""
        with self._lock:
            yield Transaction(self._connection)

    def close(self) -> None:
        """Closes the file, if it was opened."""
        with self._lock:
            if "_connection" in self.__dict__:
                self._connection.close()
                del self.__dict__["_connection"]


class Transaction:
    """One transaction on the store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    # --- records -------------------------------------------------------------------------------------------------------

    def get(self, token: str, id: str, scope: Scope, place: str) -> Held | None:
        """The resource of that type and id where a provider instance works."""
        row = self.connection.execute(
            "SELECT * FROM resources WHERE token = ? AND id = ? AND account = ? AND place = ?", (token, id, scope.account, place)
        ).fetchone()
        return _held(row) if row else None

    def select(self, *, cloud: str = "*", token: str = "*", id: str = "*") -> list[Held]:
        """All resources that fit the patterns (`*` and `?` as in a shell), oldest first."""
        rows = self.connection.execute(
            "SELECT * FROM resources WHERE cloud GLOB ? AND token GLOB ? AND id GLOB ? ORDER BY number", (cloud, token, id)
        )
        return [_held(row) for row in rows]

    def where(self, token: str, key: str, value: Any) -> list[Held]:
        """The resources of a type whose id, or output at a path, is the value, oldest first."""
        if value is None or value is UNKNOWN:
            return []
        column = self._indexed(key)
        rows = self.connection.execute(f"SELECT * FROM resources WHERE token = ? AND {column} = ? ORDER BY number", (token, text(value)))
        return [_held(row) for row in rows]

    def insert(self, record: Record, *, name: str, place: str, secrets: Secrets) -> int:
        """Adds a resource.

        Raises:
            Refused: There is one of that type and id.
        """
        try:
            cursor = self.connection.execute(
                "INSERT INTO resources (cloud, token, id, account, region, place, name, created, inputs, outputs, secrets)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.cloud,
                    record.token,
                    record.id,
                    record.scope.account,
                    record.scope.region,
                    place,
                    name,
                    record.created.isoformat(),
                    json.dumps(record.inputs),
                    json.dumps(record.outputs),
                    _dump_secrets(secrets),
                ),
            )
        except sqlite3.IntegrityError:
            raise Refused(f"{record.token.rsplit(':', 1)[1]} {record.id} already exists") from None
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def change(self, number: int, inputs: Values, outputs: Values, secrets: Iterable[tuple[str | int, ...]]) -> None:
        """Changes what a resource is."""
        self.connection.execute(
            "UPDATE resources SET inputs = ?, outputs = ?, secrets = ? WHERE number = ?",
            (json.dumps(inputs), json.dumps(outputs), _dump_secrets(secrets), number),
        )

    def remove(self, number: int) -> None:
        """Removes a resource with its claims to names and its references."""
        self.connection.execute("DELETE FROM resources WHERE number = ?", (number,))

    def _indexed(self, key: str) -> str:
        """The SQL for an output at a path; the first use of a path makes an index for it."""
        if key == "id":
            return "id"
        steps = paths.pattern(key)
        if not all(step.replace("_", "a").isalnum() for step in steps):
            raise ValueError(f"{key!r} is not the path of an output")
        json_path = "$" + "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in steps)
        column = f"CAST(json_extract(outputs, '{json_path}') AS TEXT)"
        self.connection.execute(f'CREATE INDEX IF NOT EXISTS "resources_{".".join(steps)}" ON resources (token, {column})')
        return column

    # --- names and references --------------------------------------------------------------------------------------------

    def refuse_taken(self, claims: Sequence[tuple[str, str]]) -> None:
        """Refuses unique names that are taken.

        Raises:
            Refused: One is.
        """
        for claim, message in claims:
            if self.connection.execute("SELECT 1 FROM uniques WHERE claim = ?", (claim,)).fetchone():
                raise Refused(message)

    def claim(self, number: int, claims: Sequence[tuple[str, str]]) -> None:
        """Takes unique names for a resource, letting go of those that it had.

        Args:
            claims: What is claimed, and what a second claimant is told.

        Raises:
            Refused: One is taken.
        """
        self.connection.execute("DELETE FROM uniques WHERE owner = ?", (number,))
        for claim, message in claims:
            try:
                self.connection.execute("INSERT INTO uniques VALUES (?, ?)", (number, claim))
            except sqlite3.IntegrityError:
                raise Refused(message) from None

    def refer(self, number: int, references: Sequence[tuple[str, str, str, str]], scope: Scope) -> None:
        """Notes what a resource refers to in place of what it referred to before.

        Args:
            references: Token, output and value of the target, and the words with which its deletion is refused.
        """
        self.connection.execute("DELETE FROM refs WHERE user = ?", (number,))
        self.connection.executemany(
            "INSERT INTO refs VALUES (?, ?, ?, ?, ?, ?)",
            [(number, token, key, value, scope.account, words) for token, key, value, words in references],
        )

    def user(self, target: Held) -> tuple[str, str] | None:
        """The id of a resource that refers to the target, and the words; None where nothing does."""
        keys = self.connection.execute("SELECT DISTINCT target_key FROM refs WHERE target_token = ?", (target.token,)).fetchall()
        for (key,) in keys:
            value = target.id if key == "id" else paths.get(target.outputs, paths.pattern(key))
            if value is None:
                continue
            row = self.connection.execute(
                "SELECT r.id, refs.words FROM refs JOIN resources r ON r.number = refs.user"
                " WHERE target_token = ? AND target_key = ? AND target_value = ? AND refs.user != ?"
                " AND (refs.account = ? OR instr(target_value, '/') OR instr(target_value, ':')) ORDER BY r.number LIMIT 1",
                (target.token, key, text(value), target.number, target.scope.account),
            ).fetchone()
            if row:
                return row[0], row[1]
        return None

    # --- the rest ----------------------------------------------------------------------------------------------------------

    def number(self, counter: str) -> int:
        """The next number of a counter, from 0."""
        row = self.connection.execute(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET next = next + 1 RETURNING next - 1", (counter,)
        ).fetchone()
        return int(row[0])

    def fixtures(self, cloud: str, kind: str = "*") -> dict[tuple[str, str], Values]:
        """What a person said is there, by kind and name."""
        rows = self.connection.execute(
            "SELECT kind, name, content FROM fixtures WHERE cloud = ? AND kind GLOB ? ORDER BY kind, name", (cloud, kind)
        )
        return {(row["kind"], row["name"]): json.loads(row["content"]) for row in rows}

    def fix(self, cloud: str, kind: str, name: str, content: Values | None) -> bool:
        """Says that something is there, or with None that it is not; whether that changed anything."""
        if content is None:
            return (
                self.connection.execute("DELETE FROM fixtures WHERE cloud = ? AND kind = ? AND name = ?", (cloud, kind, name)).rowcount > 0
            )
        self.connection.execute("INSERT OR REPLACE INTO fixtures VALUES (?, ?, ?, ?)", (cloud, kind, name, json.dumps(content)))
        return True

    def note(self, cloud: str, operation: str, token: str, id: str, name: str, outcome: str) -> None:
        """Adds a line to the journal."""
        self.connection.execute(
            "INSERT INTO journal (time, cloud, operation, token, id, name, outcome) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (datetime.now(UTC).isoformat(), cloud, operation, token, id, name, outcome),
        )

    def journal(self, after: int = 0) -> list[Entry]:
        """The lines of the journal after a sequence number."""
        return [Entry(**dict(row)) for row in self.connection.execute("SELECT * FROM journal WHERE seq > ? ORDER BY seq", (after,))]

    def clear(self, cloud: str | None = None) -> int:
        """Forgets all resources, of one cloud or of all with everything else; how many there were."""
        count = self.connection.execute("SELECT count(*) FROM resources WHERE ? IS NULL OR cloud = ?", (cloud, cloud)).fetchone()[0]
        if cloud is not None:
            for table in ("resources", "faults", "fixtures", "journal"):
                self.connection.execute(f"DELETE FROM {table} WHERE cloud = ?", (cloud,))
        else:
            for table in ("uniques", "refs", "resources", "counters", "fixtures", "faults", "journal"):
                self.connection.execute(f"DELETE FROM {table}")
        return int(count)


def text(value: Any) -> str:
    """A scalar as ids and references are compared."""
    if isinstance(value, bool):
        return str(int(value))  # as SQLite's json_extract has it
    return str(value)


def _held(row: sqlite3.Row) -> Held:
    return Held(
        cloud=row["cloud"],
        token=row["token"],
        id=row["id"],
        inputs=json.loads(row["inputs"]),
        outputs=json.loads(row["outputs"]),
        scope=Scope(cloud=row["cloud"], account=row["account"], region=row["region"]),
        created=datetime.fromisoformat(row["created"]),
        number=row["number"],
        name=row["name"],
        secrets=frozenset(tuple(path) for path in json.loads(row["secrets"])),
    )


def _dump_secrets(secrets: Iterable[tuple[str | int, ...]]) -> str:
    return json.dumps(sorted((list(path) for path in secrets), key=str))
