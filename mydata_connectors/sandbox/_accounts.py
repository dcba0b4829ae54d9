"""The bank's books: double entry, so that money never appears or disappears. Won."""

from __future__ import annotations

import sqlite3
from typing import Any

from mydata_connectors.sandbox import _ledger, _people
from mydata_connectors.sandbox._agency import Refused

BANK_NAME = "나눔은행"
SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (number TEXT PRIMARY KEY, kind TEXT NOT NULL, holder TEXT NOT NULL,
    owner_ref TEXT);
CREATE TABLE IF NOT EXISTS transactions (number TEXT PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL,
    from_account TEXT NOT NULL REFERENCES accounts, to_account TEXT NOT NULL REFERENCES accounts,
    amount INTEGER NOT NULL CHECK (amount > 0), memo TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entries (transaction_no TEXT NOT NULL REFERENCES transactions,
    account TEXT NOT NULL REFERENCES accounts, amount INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS entries_account ON entries (account);
"""
MINT = "100-000-000000"  # where the seeded money came from: its balance is what all others hold, negative
ESCROW = "301-7700-9001-11"
ISSUERS = {"wetax": "100-005-000001", "bond": "100-005-000002", "registry": "100-005-000003", "bank": "100-005-000004"}
OPENING = 3_000_000_000  # won in each person's account
SEEDED = (
    (MINT, "mint", "개시 잔액"),
    ("301-7700-1004-16", "designated", "한국토지주택공사"),
    ("301-7700-2021-32", "designated", "과천도시공사"),
    ("301-7700-4120-91", "designated", "온마을건설 주식회사"),
    ("301-7700-4187-12", "designated", "온마을건설 주식회사"),
    (ESCROW, "escrow", "한국공인중개사협회 (예치명의자)"),
    (ISSUERS["wetax"], "treasury", "지방세 수납"),
    (ISSUERS["bond"], "treasury", "주택도시기금"),
    (ISSUERS["registry"], "treasury", "등기신청수수료 수납"),
    (ISSUERS["bank"], "treasury", "인지세 수납"),
)


def seed(db: sqlite3.Connection) -> None:
    for number, kind, holder in SEEDED:
        db.execute("INSERT INTO accounts VALUES (?,?,?,NULL)", (number, kind, holder))
    for index, person in enumerate(_people.people().values(), start=1):
        number = f"100-100-{index:06d}"
        db.execute("INSERT INTO accounts VALUES (?,'current',?,?)", (number, person.name, person.identity_ref))
        if person.pin:
            move(db, MINT, number, OPENING, kind="opening", memo="")


def account(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM accounts WHERE number = ?", (number,)).fetchone()
    if row is None or row["kind"] == "mint":
        raise Refused("unknown_account", "no such account", status=404)
    return row


def current_account(db: sqlite3.Connection, owner_ref: str) -> str:
    row = db.execute("SELECT number FROM accounts WHERE owner_ref = ? AND kind = 'current'", (owner_ref,)).fetchone()
    if row is None:
        raise Refused("no_account", "this person has no account here")
    return str(row["number"])


def balance(db: sqlite3.Connection, number: str) -> int:
    total: int = db.execute("SELECT coalesce(sum(amount), 0) FROM entries WHERE account = ?", (number,)).fetchone()[0]
    return total


def move(db: sqlite3.Connection, source: str, target: str, amount: int, *, kind: str, memo: str) -> str:
    """The number of the transaction. ``Refused`` ``not_enough_money``: only the mint may go below zero."""
    if source == target:
        raise Refused("same_account", "from and to are one account")
    if source != MINT and balance(db, source) < amount:
        raise Refused("not_enough_money", "the balance does not suffice")
    at = _ledger.stamp()
    number = f"BK-{at[:4]}-{_ledger.next_number(db, 'transaction'):08d}"
    row = (number, at, kind, source, target, amount, memo)
    db.execute("INSERT INTO transactions VALUES (?,?,?,?,?,?,?)", row)
    db.executemany("INSERT INTO entries VALUES (?,?,?)", [(number, source, -amount), (number, target, amount)])
    return number


def transaction(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM transactions WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused("unknown_transaction", "no such transaction", status=404)
    return row


def statement(db: sqlite3.Connection, number: str) -> list[dict[str, Any]]:
    """All movements of one account, oldest first."""
    query = (
        "SELECT t.number, t.at, t.kind, t.from_account, t.to_account, t.memo, e.amount FROM entries e"
        " JOIN transactions t ON t.number = e.transaction_no WHERE e.account = ? ORDER BY t.rowid"
    )
    return [dict(row) for row in db.execute(query, (number,))]


def check(db: sqlite3.Connection) -> dict[str, object]:
    """Conservation: every transaction sums to nothing, hence all accounts together do; nobody but the mint owes."""
    uneven = db.execute("SELECT transaction_no FROM entries GROUP BY transaction_no HAVING sum(amount) <> 0").fetchall()
    owing = db.execute(
        "SELECT account FROM entries WHERE account <> ? GROUP BY account HAVING sum(amount) < 0", (MINT,)
    ).fetchall()
    total = db.execute("SELECT coalesce(sum(amount), 0) FROM entries").fetchone()[0]
    return {"sum": total, "uneven": [row[0] for row in uneven], "overdrawn": [row[0] for row in owing]}
