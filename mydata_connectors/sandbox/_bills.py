"""Bills of tax office, bond seller, registry and stamp seller: issued here, paid at the bank, told by the bank.

The bank tells every payment until it is acknowledged; the same news twice is acknowledged twice and counts once.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _ledger
from mydata_connectors.sandbox._agency import Message, Refused, Reply, Signed

SCHEMA = """
CREATE TABLE IF NOT EXISTS bills (number TEXT PRIMARY KEY, kind TEXT NOT NULL, reference TEXT NOT NULL,
    payment_no TEXT NOT NULL UNIQUE, amount INTEGER NOT NULL CHECK (amount > 0), at TEXT NOT NULL,
    paid_at TEXT, transaction_no TEXT, proof TEXT NOT NULL DEFAULT '{}', state TEXT NOT NULL DEFAULT 'open');
"""
PREFIXES = {"wetax": "11", "bond": "22", "registry": "33", "bank": "44"}
Proof = Callable[[sqlite3.Connection, sqlite3.Row], Mapping[str, str]]


class Payment(BaseModel):
    """The bank's news of one payment."""

    reference: str
    payment_no: str
    transaction_no: str
    amount: int = Field(ge=1)
    paid_at: str


def issuer(payment_no: str) -> str | None:
    """Which agency wrote a bill, from its payment number (19 digits, the last one a check digit)."""
    if len(payment_no) != 19 or not payment_no.isascii() or not payment_no.isdecimal():
        return None
    if payment_no[-1] != _check_digit(payment_no[:-1]):
        return None
    return next((agency for agency, prefix in PREFIXES.items() if payment_no.startswith(prefix)), None)


def _check_digit(digits: str) -> str:
    """Luhn: notices a wrong digit and two neighbours exchanged."""
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    return str(-sum(n // 10 + n % 10 for n in doubled) % 10)


def issue(
    db: sqlite3.Connection, agency: str, *, number: str, kind: str, reference: str, amount: int
) -> dict[str, object]:
    """Writes a bill; its payment number cannot be guessed, since it alone lets anyone see the amount."""
    digits = f"{PREFIXES[agency]}{secrets.randbelow(10**16):016d}"
    row = (number, kind, reference, digits + _check_digit(digits), amount, _ledger.stamp())
    db.execute("INSERT INTO bills (number, kind, reference, payment_no, amount, at) VALUES (?,?,?,?,?,?)", row)
    return view(by_number(db, number))


def view(row: sqlite3.Row) -> dict[str, object]:
    proof = json.loads(row["proof"])
    paid = row["paid_at"] is not None
    names = ("number", "reference", "payment_no", "amount", "at", "state", "paid_at")
    return {**{name: row[name] for name in names}, "paid": paid, "proof": proof}


def by_number(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM bills WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused("unknown_bill", "no such bill", status=404)
    return row


def by_payment_no(db: sqlite3.Connection, payment_no: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM bills WHERE payment_no = ?", (payment_no,)).fetchone()
    if row is None:
        raise Refused("unknown_bill", "no such bill", status=404)
    return row


def items(db: sqlite3.Connection, kind: str, reference: str) -> Reply:
    rows = db.execute("SELECT * FROM bills WHERE kind = ? AND reference = ? ORDER BY rowid", (kind, reference))
    return Reply({"items": [view(row) for row in rows]})


def settle(db: sqlite3.Connection, payment: Payment, body_sha256: str, proof: Proof) -> dict[str, object]:
    """Marks a bill as paid, once. ``Refused`` ``amount_differs``, ``already_paid`` (by another transaction)."""
    row = by_payment_no(db, payment.payment_no)
    if row["transaction_no"] == payment.transaction_no:
        return view(row)
    if row["transaction_no"] is not None or row["state"] != "open":
        raise Refused("already_paid", "the bill is settled already")
    if row["amount"] != payment.amount:
        raise Refused("amount_differs", "the amount is not the one of the bill")
    shown = json.dumps(dict(proof(db, row)), ensure_ascii=False)
    values = (payment.paid_at, payment.transaction_no, shown, row["number"])
    db.execute("UPDATE bills SET paid_at = ?, transaction_no = ?, proof = ?, state = 'paid' WHERE number = ?", values)
    number = payment.payment_no
    _ledger.act(db, kind="payment", reference=row["reference"], number=number, body_sha256=body_sha256)
    return view(by_number(db, row["number"]))


def routes(proof: Proof) -> tuple[Signed, ...]:
    """What the bank may do at an issuer: look at a bill, and tell that it is paid."""

    def look(message: Message, db: sqlite3.Connection) -> Reply:
        row = by_payment_no(db, message.params["payment_no"])
        return Reply({name: row[name] for name in ("payment_no", "kind", "amount", "state")})

    def paid(message: Message, db: sqlite3.Connection) -> Reply:
        payment = message.read(Payment)
        if payment.payment_no != message.params["payment_no"]:
            raise Refused("payment_no_differs", "path and body name two bills", status=400, origin="caller")
        return Reply(settle(db, payment, message.body_sha256, proof))

    return (
        Signed("GET", "/payments/{payment_no}", look, purposes=("read",), clients=("bank",)),
        Signed("POST", "/payments/{payment_no}", paid, purposes=("payment",), clients=("bank",)),
    )
