"""Closing of receipt, and the whole received list that is handed over afterwards and never before."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from mydata_connectors.sandbox import _ledger, _notices
from mydata_connectors.sandbox._agency import Message, Refused, Reply

LARGEST_PAGE = 5000


def close(message: Message, db: sqlite3.Connection) -> Reply:
    """Ends receipt. Never before the notice's own instant; again is the same answer."""
    number, reference = message.params["number"], str(message.data().get("reference", ""))
    notice = _notices.find(db, number)
    if notice is None:
        raise Refused("unknown_notice", "no such notice", status=404)
    if message.received_at < notice.receipt_closes_at:
        raise Refused("receipt_open", "receipt is still open", status=409, retryable=True)
    if _closed(db, number) is None:
        query = "UPDATE notices SET closed_at = ?, close_reference = ? WHERE number = ?"
        db.execute(query, (_ledger.stamp(), reference, number))
        _ledger.act(db, kind="close", reference=reference, number=number, body_sha256=message.body_sha256)
    return Reply(_closing(db, number))


def find_close(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT number FROM notices WHERE number = ? AND close_reference = ? AND closed_at IS NOT NULL"
    rows = db.execute(query, (message.params["number"], message.query.get("reference", "")))
    return Reply({"items": [_closing(db, row["number"]) for row in rows]})


def _closed(db: sqlite3.Connection, number: str) -> str | None:
    row = db.execute("SELECT closed_at FROM notices WHERE number = ?", (number,)).fetchone()
    return None if row is None else row["closed_at"]


def _closing(db: sqlite3.Connection, number: str) -> dict[str, object]:
    count = db.execute("SELECT count(*) FROM entries WHERE notice = ?", (number,)).fetchone()[0]
    return {"number": number, "at": _closed(db, number), "received": count}


def count(message: Message, db: sqlite3.Connection) -> Reply:
    """How many applications have come in by now."""
    number = message.params["number"]
    if _notices.find(db, number) is None:
        raise Refused("unknown_notice", "no such notice", status=404)
    query = "SELECT count(*) FROM entries WHERE notice = ? AND received_at <= ?"
    received = db.execute(query, (number, message.received_at.isoformat())).fetchone()[0]
    return Reply({"number": number, "received": received})


def entries(message: Message, db: sqlite3.Connection) -> Reply:
    """One page of the list, in order of receipt: ``?after=<seq>&limit=<n>``. Not before closing."""
    number = message.params["number"]
    if _notices.find(db, number) is None:
        raise Refused("unknown_notice", "no such notice", status=404)
    if _closed(db, number) is None:
        raise Refused("not_closed", "the list is handed over after closing", status=409, retryable=True)
    after, limit = (_whole(message.query.get(name, ""), default) for name, default in (("after", 0), ("limit", 1000)))
    query = "SELECT * FROM entries WHERE notice = ? AND seq > ? ORDER BY seq LIMIT ?"
    rows = db.execute(query, (number, after, min(limit, LARGEST_PAGE))).fetchall()
    closing = _closing(db, number)
    last = rows[-1]["seq"] if rows else after
    return Reply({**closing, "items": [_entry(row) for row in rows], "last": last})


def _whole(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 12 else default


def _entry(row: sqlite3.Row) -> dict[str, Any]:
    names = {"ticket": "ticket", "holder": "holder", "household": "household", "model_no": "model"}
    plain = {name: row[column] for name, column in names.items()}
    return {**plain, "supply_kind": row["kind"], "facts": json.loads(row["facts"]), "received_at": row["received_at"]}
