"""The ledger of one agency: SQLite, WAL, synchronous=FULL. What was received, denied, and what took effect.

The process is single-threaded and owns the only connection, so a transaction here is never interleaved.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mydata_connectors.sandbox._agency import Agency, Message, Reply

SCHEMA = """
CREATE TABLE IF NOT EXISTS acts (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL,
    reference TEXT NOT NULL, number TEXT NOT NULL, body_sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS received (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, client TEXT NOT NULL,
    msg_id TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, purpose TEXT NOT NULL,
    body_sha256 TEXT NOT NULL, status INTEGER NOT NULL, outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS denied (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, client TEXT NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, purpose TEXT NOT NULL, code TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS replies (client TEXT NOT NULL, msg_id TEXT NOT NULL, request TEXT NOT NULL,
    status INTEGER NOT NULL, content_type TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (client, msg_id));
CREATE TABLE IF NOT EXISTS counters (series TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (token_sha256 TEXT PRIMARY KEY, login TEXT NOT NULL, ends_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tries (key TEXT PRIMARY KEY, failures INTEGER NOT NULL, locked_until INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY, method TEXT NOT NULL, path TEXT NOT NULL,
    fault TEXT NOT NULL, times INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS seeded (done INTEGER PRIMARY KEY);
"""


def stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def open_ledger(path: Path, agency: Agency) -> sqlite3.Connection:
    """Opens (or creates and seeds, in one transaction) the agency's database."""
    db = sqlite3.connect(path, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA foreign_keys=ON")
    db.executescript(SCHEMA)
    db.executescript(agency.schema)
    with transaction(db):
        if db.execute("SELECT 1 FROM seeded").fetchone() is None:
            db.execute("INSERT INTO seeded VALUES (1)")
            if agency.seed is not None:
                agency.seed(db)
    return db


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One immediate transaction: all of the block, durably, or none of it."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def act(db: sqlite3.Connection, *, kind: str, reference: str, number: str, body_sha256: str) -> None:
    """Writes that something took effect (a receipt, a report, a payment). Call it where the effect is made."""
    row = (stamp(), kind, reference, number, body_sha256)
    db.execute("INSERT INTO acts (at, kind, reference, number, body_sha256) VALUES (?,?,?,?,?)", row)


def next_number(db: sqlite3.Connection, series: str) -> int:
    """1, 2, 3 … per series, without gaps: a rolled-back act gives its number back."""
    db.execute("INSERT INTO counters VALUES (?, 1) ON CONFLICT (series) DO UPDATE SET value = value + 1", (series,))
    value: int = db.execute("SELECT value FROM counters WHERE series = ?", (series,)).fetchone()[0]
    return value


def received(db: sqlite3.Connection, message: Message, status: int, outcome: str) -> None:
    m = message
    row = (stamp(), m.client, m.msg_id, m.method, m.path, m.purpose, m.body_sha256, status, outcome)
    db.execute(
        "INSERT INTO received (at, client, msg_id, method, path, purpose, body_sha256, status, outcome)"
        " VALUES (?,?,?,?,?,?,?,?,?)",
        row,
    )


def turned_away(db: sqlite3.Connection, method: str, path: str, fault: str) -> None:
    """A request that a fault stopped before anybody read it."""
    row = (stamp(), method, path, f"fault_{fault}")
    db.execute(
        "INSERT INTO received (at, client, msg_id, method, path, purpose, body_sha256, status, outcome)"
        " VALUES (?,'','',?,?,'','',0,?)",
        row,
    )


def denied(db: sqlite3.Connection, *, client: str, method: str, path: str, purpose: str, code: str) -> None:
    row = (stamp(), client, method, path, purpose, code)
    db.execute("INSERT INTO denied (at, client, method, path, purpose, code) VALUES (?,?,?,?,?,?)", row)


def stored_reply(db: sqlite3.Connection, client: str, msg_id: str) -> tuple[str, Reply] | None:
    """The digest of the request that was answered under this id, and the answer."""
    query = "SELECT request, status, content_type, body FROM replies WHERE client = ? AND msg_id = ?"
    row = db.execute(query, (client, msg_id)).fetchone()
    return None if row is None else (row["request"], Reply(row["body"], row["status"], row["content_type"]))


def store_reply(db: sqlite3.Connection, client: str, msg_id: str, request: str, reply: Reply) -> None:
    row = (client, msg_id, request, reply.status, reply.content_type, reply.encoded())
    db.execute("INSERT INTO replies VALUES (?,?,?,?,?,?)", row)


def dump(db: sqlite3.Connection, agency: str) -> dict[str, object]:
    """What the control side shows: acts, received and denied, oldest first."""
    tables = ("acts", "received", "denied")
    rows = {t: [dict(row) for row in db.execute(f"SELECT * FROM {t} ORDER BY seq")] for t in tables}  # noqa: S608
    return {"agency": agency, **rows}
