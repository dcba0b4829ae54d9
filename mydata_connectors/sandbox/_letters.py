"""What an agency owes to another agency: written in its own ledger first, then told until it is acknowledged."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Callable, Mapping

from mydata_connectors.sandbox import _ledger
from mydata_connectors.sandbox._agency import Refused
from mydata_connectors.sandbox._context import AgencyContext

log = logging.getLogger("sandbox")
SCHEMA = """
CREATE TABLE IF NOT EXISTS letters (id INTEGER PRIMARY KEY, agency TEXT NOT NULL, path TEXT NOT NULL,
    purpose TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', tries INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL DEFAULT 0, refused TEXT NOT NULL DEFAULT '');
"""
TICK = 0.1  # seconds between looks at the letters
LONGEST_PAUSE = 5.0  # seconds
OnRefusal = Callable[[sqlite3.Connection, Mapping[str, object], str], None]


def write(db: sqlite3.Connection, agency: str, path: str, purpose: str, body: Mapping[str, object]) -> None:
    """Call it in the transaction of the act that makes the news true. The receiver must count the same news once."""
    text = json.dumps(body, ensure_ascii=False)
    db.execute("INSERT INTO letters (agency, path, purpose, body) VALUES (?,?,?,?)", (agency, path, purpose, text))


async def carry(ctx: AgencyContext, db: sqlite3.Connection, on_refusal: OnRefusal) -> None:
    """Delivers for as long as the agency runs; a letter survives every kill of either side."""
    while True:
        query = "SELECT * FROM letters WHERE state = 'waiting' AND next_at <= ? ORDER BY id LIMIT 20"
        for letter in db.execute(query, (time.time(),)).fetchall():
            await _try(ctx, db, letter, on_refusal)
        await asyncio.sleep(TICK)


async def _try(ctx: AgencyContext, db: sqlite3.Connection, letter: sqlite3.Row, on_refusal: OnRefusal) -> None:
    body = json.loads(letter["body"])
    try:
        await ctx.call(letter["agency"], "POST", letter["path"], purpose=letter["purpose"], body=body)
    except Refused as refused:
        with _ledger.transaction(db):
            if refused.retryable or refused.code == "expired_message":
                _postpone(db, letter)
            else:
                _close(db, letter["id"], "refused", refused.code)
                on_refusal(db, body, refused.code)
        return
    except Exception:  # one letter that cannot be carried must not hold up the others
        log.exception("letter to %s not carried", letter["agency"])
        with _ledger.transaction(db):
            _postpone(db, letter)
        return
    with _ledger.transaction(db):
        _close(db, letter["id"], "told", "")


def _postpone(db: sqlite3.Connection, letter: sqlite3.Row) -> None:
    pause = min(LONGEST_PAUSE, TICK * 2 ** min(letter["tries"], 10))
    db.execute("UPDATE letters SET tries = tries + 1, next_at = ? WHERE id = ?", (time.time() + pause, letter["id"]))


def _close(db: sqlite3.Connection, letter: int, state: str, code: str) -> None:
    db.execute("UPDATE letters SET state = ?, refused = ? WHERE id = ?", (state, code, letter))
