"""청약홈, run by 한국부동산원: open data, receipt for many suppliers, and the permanent list of winners (제57조)."""

from __future__ import annotations

import sqlite3
from datetime import date

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import (
    _counter_pages,
    _custody,
    _intake,
    _ledger,
    _notices,
    _open_data,
    _published,
    _registers,
    _seeds,
)
from mydata_connectors.sandbox._agency import Agency, Message, Refused, Reply, Signed
from mydata_connectors.sandbox._consent import consent_for
from mydata_connectors.sandbox._context import AgencyContext

API = "/api/ApplyhomeInfoDetailSvc/v1"
SCHEMA = (
    _intake.SCHEMA
    + _custody.SCHEMA
    + """
CREATE TABLE IF NOT EXISTS winner_lists (number TEXT PRIMARY KEY, reference TEXT NOT NULL, notice TEXT NOT NULL,
    at TEXT NOT NULL, count INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS wins (notice TEXT NOT NULL, ticket TEXT NOT NULL, person TEXT NOT NULL, won_on TEXT NOT NULL,
    regulated INTEGER NOT NULL, model TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL,
    PRIMARY KEY (notice, ticket));
CREATE TABLE IF NOT EXISTS withdrawals (number TEXT PRIMARY KEY, reference TEXT NOT NULL, notice TEXT NOT NULL,
    at TEXT NOT NULL, count INTEGER NOT NULL, ground TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS withdrawn_wins (withdrawal TEXT NOT NULL, notice TEXT NOT NULL, ticket TEXT NOT NULL,
    person TEXT NOT NULL, PRIMARY KEY (withdrawal, ticket));
"""
)


class Winner(BaseModel):
    """``applicant_ref`` only where another body received the application; otherwise the ticket says who it is."""

    ticket: str = Field(pattern=r"^[0-9a-f]{32}$")
    model_no: str
    supply_kind: str
    unit: str = ""
    applicant_ref: str = ""


class WinnerList(BaseModel):
    reference: str
    notice_no: str
    won_on: date
    regulated: bool
    winners: tuple[Winner, ...] = Field(min_length=1)


class Order(BaseModel):
    """An authority's order, as far as it is our business."""

    authority: str = Field(pattern=r"^(ministry|local_government|court)$")
    name: str = Field(min_length=1, max_length=100)
    number: str = Field(min_length=1, max_length=100)
    document_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Withdrawal(BaseModel):
    """Who does not count as a winner any more: by ``order``, or because the digits of the draw were corrected.
    ``record_sha256``: of what the selection operator has published about it."""

    reference: str = Field(min_length=1)
    notice_no: str
    tickets: tuple[str, ...] = Field(min_length=1)
    record_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    order: Order | None = None


def agency(ctx: AgencyContext) -> Agency:
    return Agency(
        title_ko="청약홈",
        title_en="Applyhome, the subscription counter",
        idempotent=True,
        schema=SCHEMA + _registers.SCHEMA,
        seed=seed,
        signed=(
            *_intake.lines(lambda notice: True, _published.applyhome_url, "AH"),
            *_custody.lines(ctx),
            Signed("POST", "/winners", report_winners, purposes=("report_winners",)),
            Signed("GET", "/winners", find_winners, purposes=("lookup",)),
            Signed("POST", "/winners/withdraw", withdraw_winners, purposes=("withdraw_winners",)),
            Signed("GET", "/winners/withdraw", find_withdrawals, purposes=("lookup",)),
            Signed(
                "POST", "/wins/search", search_wins, purposes=_registers.PURPOSES, idempotent=False,
                prepare=consent_for(ctx, "past_wins"),
            ),
        ),
        pages=_counter_pages.PAGES,
        raw=(
            _open_data.odcloud(f"{API}/getAPTLttotPblancDetail", _details),
            _open_data.odcloud(f"{API}/getAPTLttotPblancMdl", _models),
        ),
    )  # fmt: skip


def seed(db: sqlite3.Connection) -> None:
    _intake.seed_secret(db)
    _seeds.seed_notices("applyhome", db)


def _details(db: sqlite3.Connection) -> list[dict[str, object]]:
    return [_published.applyhome_detail(notice) for notice in _notices.every(db)]


def _models(db: sqlite3.Connection) -> list[dict[str, object]]:
    return [row for notice in _notices.every(db) for row in _published.applyhome_models(notice)]


def report_winners(message: Message, db: sqlite3.Connection) -> Reply:
    """The supplier's list of winners, kept for good. A winner of a notice received here must be in its entries."""
    told = message.read(WinnerList)
    ours = _notices.find(db, told.notice_no) is not None
    for winner in told.winners:
        person = _person_of(db, told.notice_no, winner.ticket) if ours else winner.applicant_ref
        if person is None:
            raise Refused("unknown_ticket", "no such entry in this notice")
        db.execute(
            "INSERT INTO wins VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (notice, ticket) DO NOTHING",
            (
                told.notice_no, winner.ticket, person, told.won_on.isoformat(), told.regulated, winner.model_no,
                winner.supply_kind, winner.unit,
            ),
        )  # fmt: skip
    number, at = f"WL-{_ledger.next_number(db, 'winner_list'):06d}", _ledger.stamp()
    row = (number, told.reference, told.notice_no, at, len(told.winners))
    db.execute("INSERT INTO winner_lists VALUES (?,?,?,?,?)", row)
    _ledger.act(db, kind="winners", reference=told.reference, number=number, body_sha256=message.body_sha256)
    return Reply({"number": number, "at": at, "count": len(told.winners)})


def _person_of(db: sqlite3.Connection, notice: str, ticket: str) -> str | None:
    row = db.execute("SELECT applicant FROM entries WHERE notice = ? AND ticket = ?", (notice, ticket)).fetchone()
    return None if row is None else str(row["applicant"])


def find_winners(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT number, at, count FROM winner_lists WHERE reference = ? ORDER BY number"
    return Reply({"items": [dict(row) for row in db.execute(query, (message.query.get("reference", ""),))]})


def withdraw_winners(message: Message, db: sqlite3.Connection) -> Reply:
    """제57조제4항: off the list of winners. All of the named or none; that they stood on it is kept."""
    told = message.read(Withdrawal)
    if len(set(told.tickets)) != len(told.tickets):
        raise Refused("named_twice", "a ticket is named twice")
    number, at = f"WW-{_ledger.next_number(db, 'withdrawal'):06d}", _ledger.stamp()
    for ticket in told.tickets:
        key = (told.notice_no, ticket)
        row = db.execute("SELECT person FROM wins WHERE notice = ? AND ticket = ?", key).fetchone()
        if row is None:
            raise Refused("unknown_winner", "no such winner in this notice")
        db.execute("INSERT INTO withdrawn_wins VALUES (?,?,?,?)", (number, *key, row["person"]))
        db.execute("DELETE FROM wins WHERE notice = ? AND ticket = ?", key)
    ground = told.order.number if told.order else "corrected"
    row_of = (number, told.reference, told.notice_no, at, len(told.tickets), ground)
    db.execute("INSERT INTO withdrawals VALUES (?,?,?,?,?,?)", row_of)
    _ledger.act(db, kind="winners_withdrawn", reference=told.reference, number=number, body_sha256=message.body_sha256)
    return Reply({"number": number, "at": at, "count": len(told.tickets)})


def find_withdrawals(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT number, at, count FROM withdrawals WHERE reference = ? ORDER BY number"
    return Reply({"items": [dict(row) for row in db.execute(query, (message.query.get("reference", ""),))]})


def search_wins(message: Message, db: sqlite3.Connection) -> Reply:
    """Whether the consenting person is in the list of winners. Nobody unknown: no win is an answer."""
    query = "SELECT notice AS notice_no, won_on, regulated, kind FROM wins WHERE person = ? ORDER BY won_on"
    rows = [dict(row) for row in db.execute(query, (message.subject_ref,))]
    wins = [row | {"regulated": bool(row["regulated"]), "special": row.pop("kind") != "general"} for row in rows]
    return _registers.answer(db, "past_wins", {"wins": wins})
