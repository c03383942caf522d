"""What can be asked of the store and done to it inside one transaction."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from . import paths
from .rules import UNKNOWN, Record, Refused, Scope, Values
from .values import Secrets


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
                    json.dumps(record.inputs, allow_nan=False),
                    json.dumps(record.outputs, allow_nan=False),
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
            (json.dumps(inputs, allow_nan=False), json.dumps(outputs, allow_nan=False), _dump_secrets(secrets), number),
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
            rows = self.connection.execute(
                "SELECT r.id, r.region, refs.words, instr(target_value, '/') OR instr(target_value, ':') AS full"
                " FROM refs JOIN resources r ON r.number = refs.user"
                " WHERE target_token = ? AND target_key = ? AND target_value = ? AND refs.user != ?"
                " AND (refs.account = ? OR full) ORDER BY r.number",
                (target.token, key, text(value), target.number, target.scope.account),
            )
            for row in rows.fetchall():
                if row["full"] or row["region"] == target.scope.region or not self._in(row["region"], target, key, value):
                    return row["id"], row["words"]
        return None

    def _in(self, region: str, like: Held, key: str, value: Any) -> bool:
        """Whether a region has a thing of its own that answers to the same name: that is what is meant there."""
        return any(held.scope.account == like.scope.account and held.scope.region == region for held in self.where(like.token, key, value))

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
        """Forgets all resources, of one cloud or of all with everything else; how many there were.

        Counters go on, but for those of reserved names: an id that Pulumi's state still knows is never given to another resource.
        """
        count = self.connection.execute("SELECT count(*) FROM resources WHERE ? IS NULL OR cloud = ?", (cloud, cloud)).fetchone()[0]
        if cloud is not None:
            for table in ("resources", "faults", "fixtures", "journal"):
                self.connection.execute(f"DELETE FROM {table} WHERE cloud = ?", (cloud,))
        else:
            for table in ("uniques", "refs", "resources", "fixtures", "faults", "journal"):
                self.connection.execute(f"DELETE FROM {table}")
        self.connection.execute("DELETE FROM counters WHERE name GLOB ?", (f"{cloud or '*'}:reserved *",))
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
