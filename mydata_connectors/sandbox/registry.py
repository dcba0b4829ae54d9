"""등기소: titles, applications for registration and the registrar's decisions. Knows no idempotency key.

Two messages are two applications with two receipt numbers, however alike they are.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _bills, _cases, _filing, _ledger, _registrar, _registry_pages, _titles, _transfer
from mydata_connectors.sandbox._agency import Agency, Message, Page, Refused, Reply, Signed
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._people import Person
from mydata_connectors.sandbox._signers import Signers
from mydata_connectors.sandbox._transfer import Sent, Withdrawal

FEES = """
CREATE TABLE IF NOT EXISTS fee_orders (number TEXT PRIMARY KEY, unique_no TEXT NOT NULL, used_by TEXT);
"""
SCHEMA = _bills.SCHEMA + _titles.SCHEMA + _cases.SCHEMA + FEES
FEE = 10_000  # won, electronic application for a transfer of ownership (등기사항증명서 등 수수료규칙 §5의2)


class FeeOrder(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    unique_no: str = Field(pattern=_transfer.UNIQUE_NO)
    purpose: str


def agency(ctx: AgencyContext) -> Agency:
    office, desk = Office(ctx), _registrar.Desk(ctx)
    act, look, read = ("registration",), ("lookup",), ("read",)
    one = "/applications/{number}"
    return Agency(
        title_ko="등기소 (모의 법원)", title_en="Registry office, sandbox court", idempotent=False, schema=SCHEMA,
        seed=_titles.seed,
        signed=(
            Signed("GET", "/titles/{unique_no}", title, read, clients=("onjip", "wetax")),
            Signed("GET", "/titles", titles_of_notice, read),
            Signed("POST", "/fees", order_fee, act),
            Signed("GET", "/fees", find_fees, look),
            Signed("GET", "/fees/{number}", show_fee, read),
            Signed("POST", "/applications", apply, act, prepare=office.application),
            Signed("GET", "/applications", find_applications, look),
            Signed("GET", one, show_application, ("read", "lookup")),
            Signed("POST", f"{one}/supplement", supplement, act, prepare=office.application),
            Signed("GET", f"{one}/supplement", find_supplements, look),
            Signed("POST", f"{one}/withdrawal", withdraw, act, prepare=office.withdrawal),
            Signed("GET", f"{one}/withdrawal", find_withdrawals, look),
            *_bills.routes(fee_proof),
        ),
        pages=(
            Page("GET", "/people", _registry_pages.home),
            Page("GET", "/people/rights", _registry_pages.rights),
            Page("POST", "/people/preservations", _registry_pages.preserve, admits=_is_officer,
                 prepare=_registry_pages.approval_of(ctx)),
            *_registrar.pages(desk),
        ),
    )  # fmt: skip


def _is_officer(person: Person) -> bool:
    return person.has_role("officer")


class Office:
    """Signatures are verified before the books are opened."""

    def __init__(self, ctx: AgencyContext) -> None:
        self.signers = Signers(ctx)

    async def application(self, message: Message) -> object:
        return await _transfer.receive(message, self.signers)

    async def withdrawal(self, message: Message) -> object:
        return await self.signers.verified(_filing.read(message, Withdrawal))


def apply(message: Message, db: sqlite3.Connection) -> Reply:
    number = _cases.receive(db, papers(message), message.received_at)
    return Reply(_cases.status(db, number))


def supplement(message: Message, db: sqlite3.Connection) -> Reply:
    own = _cases.supplement(db, message.params["number"], papers(message))
    return Reply(_supplement(db, own))


def papers(message: Message) -> _cases.Papers:
    filing, found, packet = message.prepared
    return _cases.Papers(Sent(application=filing.content, found=found), packet, message.body_sha256)


def _supplement(db: sqlite3.Connection, own: str) -> dict[str, object]:
    row = db.execute("SELECT * FROM versions WHERE number = ?", (own,)).fetchone()
    return {"number": own, "at": row["at"], "reference": row["reference"], "receipt_no": row["application_no"]}


def withdraw(message: Message, db: sqlite3.Connection) -> Reply:
    filing = message.prepared
    wish: Withdrawal = filing.content
    row = _cases.open_application(db, message.params["number"])
    if wish.receipt_no != row["number"]:
        raise Refused("receipt_no_differs", "path and body name two applications", status=400, origin="caller")
    if row["agent_ref"] not in filing.signers:
        raise Refused("agent_missing", "only the agent who filed it withdraws it")
    return Reply(_cases.withdraw(db, row["number"], wish.reference, message.body_sha256))


def find_applications(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT number FROM applications WHERE reference = ? ORDER BY rowid"
    rows = db.execute(query, (message.query.get("reference", ""),)).fetchall()
    return Reply({"items": [_cases.status(db, row["number"]) for row in rows]})


def find_supplements(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT number FROM versions WHERE reference = ? AND application_no = ? AND number <> ? ORDER BY rowid"
    number = message.params["number"]
    rows = db.execute(query, (message.query.get("reference", ""), number, number)).fetchall()
    return Reply({"items": [_supplement(db, row["number"]) for row in rows]})


def find_withdrawals(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT number, at, reference FROM withdrawals WHERE reference = ? AND application_no = ?"
    rows = db.execute(query, (message.query.get("reference", ""), message.params["number"]))
    return Reply({"items": [dict(row) for row in rows]})


def show_application(message: Message, db: sqlite3.Connection) -> Reply:
    return Reply(_cases.status(db, message.params["number"]))


def title(message: Message, db: sqlite3.Connection) -> Reply:
    found = _titles.view(db, message.params["unique_no"])
    if found is None:
        raise Refused("unknown_title", "there is no such title", status=404)
    return Reply(found)


def titles_of_notice(message: Message, db: sqlite3.Connection) -> Reply:
    """Registry numbers of the homes that a notice sold, once their building is registered."""
    query = "SELECT unique_no, dong, ho FROM titles WHERE notice_no = ? AND notice_no <> '' ORDER BY unique_no"
    return Reply({"items": [dict(row) for row in db.execute(query, (message.query.get("notice_no", ""),))]})


def order_fee(message: Message, db: sqlite3.Connection) -> Reply:
    wish = _filing.read(message, FeeOrder).content
    if wish.purpose != "소유권이전":
        raise Refused("purpose_unknown", "no fee is known for this purpose")
    if _titles.view(db, wish.unique_no) is None:
        raise Refused("title_unknown", "there is no such title")
    year = datetime.fromisoformat(_ledger.stamp()).year
    number = f"FEE-{year}-{_ledger.next_number(db, 'fee'):06d}"
    db.execute("INSERT INTO fee_orders VALUES (?,?,NULL)", (number, wish.unique_no))
    bill = _bills.issue(db, "registry", number=number, kind="fee", reference=wish.reference, amount=FEE)
    _ledger.act(db, kind="fee_order", reference=wish.reference, number=number, body_sha256=message.body_sha256)
    return Reply(bill)


def fee_proof(db: sqlite3.Connection, bill: sqlite3.Row) -> dict[str, str]:
    """납부번호: goes into the application."""
    return {"fee_payment_no": str(bill["payment_no"])}


def find_fees(message: Message, db: sqlite3.Connection) -> Reply:
    return _bills.items(db, "fee", message.query.get("reference", ""))


def show_fee(message: Message, db: sqlite3.Connection) -> Reply:
    return Reply(_bills.view(_bills.by_number(db, message.params["number"])))
