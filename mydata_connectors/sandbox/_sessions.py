"""Log-in at an agency's own site: sessions by cookie, and a lock after wrong PINs."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import time

from mydata_connectors.sandbox import _people
from mydata_connectors.sandbox._people import Person

SESSION_SECONDS = 3600
WRONG_PINS = 3
LOCK_SECONDS = 30


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(db: sqlite3.Connection, login: str) -> str:
    """A new session; the answer is the cookie's value, of which only the digest is kept."""
    token = secrets.token_urlsafe(32)
    db.execute("INSERT INTO sessions VALUES (?,?,?)", (_digest(token), login, int(time.time()) + SESSION_SECONDS))
    return token


def who(db: sqlite3.Connection, token: str) -> Person | None:
    row = db.execute("SELECT login, ends_at FROM sessions WHERE token_sha256 = ?", (_digest(token),)).fetchone()
    if row is None or row["ends_at"] <= time.time():
        return None
    return _people.people().get(row["login"])


def end(db: sqlite3.Connection, token: str) -> None:
    db.execute("DELETE FROM sessions WHERE token_sha256 = ?", (_digest(token),))


def locked(db: sqlite3.Connection, key: str) -> bool:
    row = db.execute("SELECT locked_until FROM tries WHERE key = ?", (key,)).fetchone()
    return row is not None and row["locked_until"] > time.time()


def count_try(db: sqlite3.Connection, key: str, *, right: bool) -> None:
    """After ``WRONG_PINS`` wrong ones in a row ``key`` is locked for ``LOCK_SECONDS``; a right one forgets."""
    if right:
        db.execute("DELETE FROM tries WHERE key = ?", (key,))
        return
    db.execute(
        "INSERT INTO tries VALUES (?, 1, 0) ON CONFLICT (key) DO UPDATE SET"
        " failures = CASE WHEN locked_until > 0 AND locked_until <= ? THEN 1 ELSE failures + 1 END, locked_until = 0",
        (key, int(time.time())),
    )
    until = int(time.time()) + LOCK_SECONDS
    db.execute("UPDATE tries SET locked_until = ? WHERE key = ? AND failures >= ?", (until, key, WRONG_PINS))


def check_pin(db: sqlite3.Connection, login: str, pin: str, *, key: str) -> Person | None:
    """The person when the PIN is right and ``key`` is not locked; every wrong try counts against ``key``."""
    if locked(db, key):
        return None
    person = _people.check_pin(login, pin)
    count_try(db, key, right=person is not None)
    return person
