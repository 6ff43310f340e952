"""Where decisions are kept: a SQLite file, or PostgreSQL for a team. An action is durable before it is acknowledged.

Table `tekio_review_actions` is an append-only log; `tekio_review_decisions` holds the action that counts now for each
item and reviewer, brought up to date in the same transaction. SQLite runs in WAL mode with synchronous=FULL, so that
a committed action survives a killed process and a power cut; PostgreSQL does the same by default.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (psycopg is an optional dependency; its rows are untyped)

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from tekio.errors import TekioError, Text
from tekio.rows.strict_json import strict_json
from tekio.store import canonical_json

BUSY_SECONDS = 15.0
POSTGRES = ("postgresql://", "postgres://")

_TABLES = """
CREATE TABLE IF NOT EXISTS tekio_review_actions (
  seq {serial},
  dataset TEXT NOT NULL,
  key TEXT NOT NULL,
  item TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  action TEXT NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (dataset, key)
);
CREATE INDEX IF NOT EXISTS tekio_review_actions_item ON tekio_review_actions (dataset, item, reviewer);
CREATE TABLE IF NOT EXISTS tekio_review_decisions (
  dataset TEXT NOT NULL,
  item TEXT NOT NULL,
  reviewer TEXT NOT NULL,
  seq BIGINT NOT NULL,
  action TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (dataset, item, reviewer)
)
"""


class Entry(Protocol):
    """One decision of one reviewer about one item; `key` names it, so that sending it twice counts once."""

    @property
    def key(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def reviewer(self) -> str: ...
    @property
    def decision(self) -> str: ...
    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        ...


Kept = TypeVar("Kept", bound=Entry)


@dataclass
class DecisionStore(Generic[Kept]):
    """The decisions about one data set. One store may be used from several threads. read: an entry of its plain values."""

    dataset: str
    connect: Callable[[], Any]
    postgres: bool
    read: Callable[[dict[str, Any]], Kept]
    _connection: Any = None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # --- writing ---

    def add(self, action: Kept) -> bool:
        """Keep an action. True when this returns: it is on disk. False: it was there already (sent twice)."""
        return self.add_all([action]) == 1

    def add_all(self, actions: Iterable[Kept]) -> int:
        """Keep several actions in one transaction (all or none). Returns how many were new."""
        new = 0
        with self._transaction() as run:
            for action in actions:
                new += self._insert(run, action.key, action.item, action.reviewer, action.decision, action.as_dict())
        return new

    def undo(self, reviewer: str, key: str) -> Kept | None:
        """Take back the reviewer's last action that still counts, in the order they were taken; None if there is none.

        key: name of the undo itself; the same key takes back once only.
        """
        with self._transaction() as run:
            done = run("SELECT body FROM tekio_review_actions WHERE dataset=? AND key=?", (self.dataset, key))
            if done:
                found = run(
                    "SELECT body FROM tekio_review_actions WHERE dataset=? AND key=?",
                    (self.dataset, strict_json(done[0][0])["undoes"]),
                )
                return self._entry(found[0][0]) if found else None
            rows = run(
                "SELECT action, key, body FROM tekio_review_actions WHERE dataset=? AND reviewer=? ORDER BY seq",
                (self.dataset, reviewer),
            )
            standing = _standing(rows)
            if not standing:
                return None
            last = self._entry(standing[-1][2])
            self._insert(run, key, last.item, reviewer, "undo", {"undoes": last.key})
            return last

    def _insert(self, run: Any, key: str, item: str, reviewer: str, kind: str, body: dict[str, Any]) -> int:
        if self.postgres:  # actions on one item one after the other, whoever takes them
            run("SELECT pg_advisory_xact_lock(hashtext(?))", (f"{self.dataset}\x1f{item}",))
        if run("SELECT 1 FROM tekio_review_actions WHERE dataset=? AND key=?", (self.dataset, key)):
            return 0
        run(
            "INSERT INTO tekio_review_actions (dataset, key, item, reviewer, action, body) VALUES (?,?,?,?,?,?)",
            (self.dataset, key, item, reviewer, kind, canonical_json(body)),
        )
        rows = run(
            "SELECT action, key, body, seq FROM tekio_review_actions WHERE dataset=? AND item=? AND reviewer=? ORDER BY seq",
            (self.dataset, item, reviewer),
        )
        run(
            "DELETE FROM tekio_review_decisions WHERE dataset=? AND item=? AND reviewer=?",
            (self.dataset, item, reviewer),
        )
        standing = _standing(rows)
        if standing:
            action, _, text, seq = standing[-1]
            run(
                "INSERT INTO tekio_review_decisions (dataset, item, reviewer, seq, action, body) VALUES (?,?,?,?,?,?)",
                (self.dataset, item, reviewer, seq, action, text),
            )
        return 1

    # --- reading ---

    def decisions(self, reviewer: str | None = None) -> list[Kept]:
        """The actions that count now, of one reviewer or of all, in the order they were taken."""
        sql = "SELECT body FROM tekio_review_decisions WHERE dataset=?"
        values: tuple[str, ...] = (self.dataset,)
        if reviewer is not None:
            sql, values = sql + " AND reviewer=?", (self.dataset, reviewer)
        with self._transaction() as run:
            return [self._entry(row[0]) for row in run(sql + " ORDER BY seq", values)]

    def reviewers(self) -> list[str]:
        """Everybody who has decided something that still counts, by name."""
        with self._transaction() as run:
            sql = "SELECT DISTINCT reviewer FROM tekio_review_decisions WHERE dataset=? ORDER BY reviewer"
            return [str(row[0]) for row in run(sql, (self.dataset,))]

    def datasets(self) -> list[str]:
        """The names of all sets with decisions in this store, by name."""
        with self._transaction() as run:
            return [str(row[0]) for row in run("SELECT DISTINCT dataset FROM tekio_review_decisions ORDER BY dataset")]

    def of(self, dataset: str) -> DecisionStore[Kept]:
        """The decisions about another set in the same place."""
        return DecisionStore(dataset, self.connect, self.postgres, self.read)

    def _entry(self, body: str) -> Kept:
        return self.read(strict_json(body))

    def log(self) -> list[tuple[str, str, str, str]]:
        """Everything that was ever done: (reviewer, action, item, key), in order."""
        with self._transaction() as run:
            sql = "SELECT reviewer, action, item, key FROM tekio_review_actions WHERE dataset=? ORDER BY seq"
            return [(str(a), str(b), str(c), str(d)) for a, b, c, d in run(sql, (self.dataset,))]

    def close(self) -> None:
        """Close the connection; the store opens it again when it is used."""
        with self._lock:
            if self._connection is not None:
                with suppress(Exception):
                    self._connection.close()
            self._connection = None

    @contextmanager
    def _transaction(self) -> Generator[Callable[..., list[Sequence[Any]]]]:
        with self._lock:
            connection: Any = None
            try:
                if self._connection is None:
                    self._connection = self.connect()
                connection = self._connection
                connection.execute("BEGIN" if self.postgres else "BEGIN IMMEDIATE")

                def run(sql: str, values: Sequence[Any] = ()) -> list[Sequence[Any]]:
                    cursor = connection.execute(sql.replace("?", "%s") if self.postgres else sql, values)
                    return cursor.fetchall() if cursor.description else []

                yield run
                connection.execute("COMMIT")
            except BaseException as error:
                with suppress(Exception):
                    connection.execute("ROLLBACK")
                self.close()  # a broken connection is not used again; the next call opens a new one
                if isinstance(error, Exception) and not isinstance(error, TekioError):
                    raise TekioError(
                        Text("The decision could not be stored.", "判断を保存できませんでした。"),
                        why=f"{type(error).__name__}: {error}",
                        fix=Text("Nothing was lost; repeat it.", "失われた判断はありません。やり直してください。"),
                    ) from error
                raise


def _standing(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """The rows (action, key, body ...) in order that no later undo took back."""
    gone = {strict_json(row[2])["undoes"] for row in rows if row[0] == "undo"}
    return [row for row in rows if row[0] != "undo" and row[1] not in gone]


def open_decisions(place: str | Path, dataset: str, read: Callable[[dict[str, Any]], Kept]) -> DecisionStore[Kept]:
    """The store at `place`: a path (SQLite, made if absent) or a `postgresql://` URL.

    Raises `TekioError` when it cannot be opened (no server, no right, not a database, psycopg not installed).
    """
    text = str(place)
    postgres = text.startswith(POSTGRES)
    connect = (lambda: _postgres(text)) if postgres else (lambda: _sqlite(Path(place)))
    store = DecisionStore(dataset, connect, postgres, read)
    try:
        store.decisions("")
    except TekioError as error:
        shown = _without_password(text) if postgres else text
        raise TekioError(
            Text("The review store cannot be opened.", "確認結果の保存先を開けません。"), where=shown, why=error.why
        ) from error
    return store


def _sqlite(path: Path) -> Any:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # as a run's other folders
    # Records and decisions are their owner's; the files that SQLite puts beside take over the mode.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")  # waits for others; a read that turns into a write would fail at once
        for statement in _TABLES.format(serial="INTEGER PRIMARY KEY AUTOINCREMENT").split(";\n"):
            connection.execute(statement)
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn on WAL mode. SQLite does not wait by itself when several first users ask for it at the same moment."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if (
                error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
                or time.monotonic() > until
            ):
                raise
        time.sleep(0.01)


def _postgres(url: str) -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise TekioError(
            Text("PostgreSQL needs the package psycopg.", "PostgreSQL には psycopg が必要です。"),
            fix="pip install 'tekio[review]'",
        ) from error
    connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(7410)")  # two first users at the same moment
        for statement in _TABLES.format(serial="BIGSERIAL PRIMARY KEY").split(";\n"):
            connection.execute(statement)
    return connection


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    if not at:
        return url
    scheme, _, user = head.partition("://")
    return f"{scheme}://{user.partition(':')[0]}@{tail}"
