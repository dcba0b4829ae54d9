"""위택스: returns of acquisition tax, refunds, and the standard value (시가표준액) that the city computes."""

from __future__ import annotations

import json
import sqlite3
from decimal import Decimal
from typing import Any

from mydata_connectors.sandbox import _bills, _filing, _ledger, _letters, _pages
from mydata_connectors.sandbox import _tax_rules as rules
from mydata_connectors.sandbox._agency import Agency, Message, Page, Refused, Reply, Signed, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._peers import OwnBooks, ask, segment
from mydata_connectors.sandbox._report_rules import seoul_day
from mydata_connectors.sandbox._signers import Signers

SCHEMA = (
    _bills.SCHEMA
    + _letters.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS returns (number TEXT PRIMARY KEY, taxpayer_ref TEXT NOT NULL, report_no TEXT NOT NULL,
    unique_no TEXT, state TEXT NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS one_return ON returns (taxpayer_ref, report_no) WHERE state = 'filed';
CREATE TABLE IF NOT EXISTS refunds (number TEXT PRIMARY KEY, return_no TEXT NOT NULL, reference TEXT NOT NULL,
    reply TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS standard_values (unique_no TEXT PRIMARY KEY, number TEXT NOT NULL, value INTEGER NOT NULL,
    as_of TEXT NOT NULL, metro INTEGER NOT NULL);
"""
)
NEW_HOME_WON_PER_M2 = 4_100_000  # the city's own figure for a new flat, building and land together
METRO_WORDS = ("특별시", "광역시")  # 특별자치시 is not one of them


def agency(ctx: AgencyContext) -> Agency:
    office = Office(ctx)
    act, look, read = ("tax",), ("lookup",), ("read",)

    async def background(db: sqlite3.Connection) -> None:
        await _letters.carry(ctx, db, _nothing_to_undo)

    return Agency(
        title_ko="위택스", title_en="Local tax office", idempotent=True, schema=SCHEMA, seed=seed,
        background=background,
        signed=(
            Signed("POST", "/returns", file, act, prepare=office.signed_return),
            Signed("GET", "/returns", find_returns, look),
            Signed("GET", "/returns/{number}", show_bill, read),
            Signed("POST", "/returns/{number}/refund", refund, act, prepare=office.signed_refund),
            Signed("GET", "/returns/{number}/refund", find_refunds, look),
            Signed("GET", "/tax-payments/{payment}", paid_tax, read, clients=("registry",)),
            Signed("GET", "/standard-values/{unique_no}", standard_value, read, clients=("onjip", "bond", "registry"),
                   prepare=office.title_of_new_home),
            *_bills.routes(proof),
        ),
        pages=(Page("GET", "/people", my_taxes),),
    )  # fmt: skip


def seed(db: sqlite3.Connection) -> None:
    row = ("1143-2019-004521", "SV-2026-000001", 312_000_000, "2026-06-01", 0)
    db.execute("INSERT INTO standard_values VALUES (?,?,?,?,?)", row)
    _ledger.next_number(db, "standard_value")


def _nothing_to_undo(db: sqlite3.Connection, body: object, code: str) -> None:
    """The bank's refusal of a refund stays in the letters for the city's treasurer."""


class Office:
    def __init__(self, ctx: AgencyContext) -> None:
        self.ctx, self.signers, self.books = ctx, Signers(ctx), OwnBooks(ctx)

    async def signed_return(self, message: Message) -> object:
        filing = await self.signers.verified(_filing.read(message, rules.Return))
        return filing, await ask(self.ctx, "rtms", f"/certificates/{segment(filing.content.report_no)}")

    async def signed_refund(self, message: Message) -> object:
        filing = await self.signers.verified(_filing.read(message, rules.Refund))
        row = self.books.row("SELECT unique_no FROM returns WHERE number = ?", message.params["number"])
        unique_no = row["unique_no"] if row else None
        title = await ask(self.ctx, "registry", f"/titles/{unique_no}") if unique_no else None
        return filing, await ask(self.ctx, "rtms", f"/certificates/{segment(filing.content.report_no)}"), title

    async def title_of_new_home(self, message: Message) -> object:
        """A new home's value is computed once the building is on the register, from what stands there."""
        unique_no = message.params["unique_no"]
        if self.books.row("SELECT 1 FROM standard_values WHERE unique_no = ?", unique_no):
            return None
        return await ask(self.ctx, "registry", f"/titles/{segment(unique_no)}")


def file(message: Message, db: sqlite3.Connection) -> Reply:
    filing, certificate = message.prepared
    filed: rules.Return = filing.content
    if filed.taxpayer_ref not in filing.signers:
        raise Refused("taxpayer_missing", "the taxpayer has not signed")
    own = rules.check(filed, certificate, seoul_day(message.received_at))
    number = f"TAX-{message.received_at.year}-{_ledger.next_number(db, 'return'):06d}"
    unique_no = filed.property.unique_no
    row = (number, filed.taxpayer_ref, filed.report_no, unique_no, "filed", filed.model_dump_json())
    try:
        db.execute("INSERT INTO returns VALUES (?,?,?,?,?,?)", row)
    except sqlite3.IntegrityError:
        raise Refused("already_filed", "this taxpayer has filed for this report") from None
    bill = _bills.issue(db, "wetax", number=number, kind="return", reference=filed.reference, amount=own.total)
    _ledger.act(db, kind="tax_return", reference=filed.reference, number=number, body_sha256=message.body_sha256)
    return Reply(bill)


def proof(db: sqlite3.Connection, bill: sqlite3.Row) -> dict[str, str]:
    """납세번호: 31 digits, made when the tax is paid."""
    counted = _ledger.next_number(db, "tax_payment")
    return {"tax_payment_no": f"{bill['payment_no']}{counted:012d}"}


def find_returns(message: Message, db: sqlite3.Connection) -> Reply:
    return _bills.items(db, "return", message.query.get("reference", ""))


def show_bill(message: Message, db: sqlite3.Connection) -> Reply:
    return Reply(_bills.view(_bills.by_number(db, message.params["number"])))


def paid_tax(message: Message, db: sqlite3.Connection) -> Reply:
    """For the registry: which tax was paid under a 납세번호."""
    query = (
        "SELECT r.number, r.body, b.amount FROM bills b JOIN returns r ON r.number = b.number"
        " WHERE b.state = 'paid' AND json_extract(b.proof, '$.tax_payment_no') = ?"
    )
    row = db.execute(query, (message.params["payment"],)).fetchone()
    if row is None:
        raise Refused("unknown_payment", "no tax was paid under this number", status=404)
    filed = json.loads(row["body"])
    names = ("report_no", "taxpayer_ref", "base", "property", "acquired_on")
    return Reply({"number": row["number"], "total": row["amount"], **{name: filed[name] for name in names}})


def refund(message: Message, db: sqlite3.Connection) -> Reply:
    filing, certificate, title = message.prepared
    wish: rules.Refund = filing.content
    row = db.execute("SELECT * FROM returns WHERE number = ?", (message.params["number"],)).fetchone()
    reports = {wish.report_no, *(certificate or {}).get("chain", [])}
    if row is None or wish.return_no != row["number"] or row["report_no"] not in reports:
        raise Refused("unknown_return", "no such return", status=404)
    filed = rules.Return.model_validate_json(row["body"])
    if filed.taxpayer_ref not in filing.signers:
        raise Refused("taxpayer_missing", "the taxpayer has not signed")
    if row["state"] != "filed":
        raise Refused("already_refunded", "the return is undone already")
    rules.check_refund(filed, certificate, title)
    return Reply(_undo(db, message, wish, _bills.by_number(db, row["number"])))


def _undo(db: sqlite3.Connection, message: Message, wish: rules.Refund, bill: sqlite3.Row) -> dict[str, Any]:
    """An unpaid return is struck; a paid one is paid back by the bank, to the account that paid."""
    number, at = f"REF-{message.received_at.year}-{_ledger.next_number(db, 'refund'):06d}", _ledger.stamp()
    paid = bill["state"] == "paid"
    if paid:
        letter = {"reference": wish.reference, "payment_no": bill["payment_no"], "amount": bill["amount"]}
        _letters.write(db, "bank", f"/payments/{bill['payment_no']}/refund", "payment", letter)
    db.execute("UPDATE bills SET state = ? WHERE number = ?", ("refunded" if paid else "void", bill["number"]))
    db.execute("UPDATE returns SET state = 'undone' WHERE number = ?", (bill["number"],))
    reply = {"number": number, "at": at, "reference": wish.reference, "amount": bill["amount"] if paid else 0}
    db.execute("INSERT INTO refunds VALUES (?,?,?,?)", (number, bill["number"], wish.reference, json.dumps(reply)))
    _ledger.act(db, kind="refund", reference=wish.reference, number=number, body_sha256=message.body_sha256)
    return reply


def find_refunds(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT reply FROM refunds WHERE reference = ? AND return_no = ? ORDER BY rowid"
    rows = db.execute(query, (message.query.get("reference", ""), message.params["number"]))
    return Reply({"items": [json.loads(row["reply"]) for row in rows]})


def standard_value(message: Message, db: sqlite3.Connection) -> Reply:
    unique_no, title = message.params["unique_no"], message.prepared
    if title is not None:
        _compute(db, unique_no, title, seoul_day(message.received_at).isoformat())
    row = db.execute("SELECT * FROM standard_values WHERE unique_no = ?", (unique_no,)).fetchone()
    if row is None:
        raise Refused("not_yet", "the city computes it after the building is registered", status=404)
    return Reply({**dict(row), "metro": bool(row["metro"])})


def _compute(db: sqlite3.Connection, unique_no: str, title: dict[str, Any], as_of: str) -> None:
    """지방세법 §4① 단서: a new home has no published price; never the price that was paid."""
    value = int(Decimal(title["exclusive_area"]) * NEW_HOME_WON_PER_M2) // 10_000 * 10_000
    number = f"SV-{as_of[:4]}-{_ledger.next_number(db, 'standard_value'):06d}"
    province = str(title["lot_address"]).split(" ", 1)[0]
    row = (unique_no, number, value, as_of, int(province.endswith(METRO_WORDS)))
    db.execute("INSERT OR IGNORE INTO standard_values VALUES (?,?,?,?,?)", row)


def my_taxes(visit: Visit, db: sqlite3.Connection) -> View:
    rows = db.execute(
        "SELECT b.* FROM bills b JOIN returns r ON r.number = b.number WHERE r.taxpayer_ref = ? ORDER BY b.rowid",
        (visit.person.identity_ref,),
    ).fetchall()
    words = {"open": "미납 (Unpaid)", "paid": "납부 (Paid)", "refunded": "환급 (Refunded)", "void": "취소 (Void)"}
    cells = [[r["number"], f"{r['amount']:,}원", r["payment_no"], words[r["state"]]] for r in rows]
    html = _pages.table("내 취득세 신고 (My returns)", ["신고번호", "세액", "전자납부번호", "상태"], cells)
    return View("취득세", html, [_bills.view(row) for row in rows])
