"""The counter of a receiving agency (접수): applications in, one receipt each, the whole list after closing.

The rules of refusal are this agency's own reading of 주택공급규칙 제4조, written a second time and small.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
from collections.abc import Callable
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from mydata_connectors.sandbox import _closing, _ledger, _notices
from mydata_connectors.sandbox._agency import Message, Refused, Reply, Signed

REF = r"^idr_[0-9a-f]{32}$"
COUPLE = {"self", "spouse"}
SCHEMA = _notices.SCHEMA + "CREATE TABLE IF NOT EXISTS secret (value TEXT NOT NULL);"


class Facts(BaseModel):
    """Handed on to the selection as received; what we do not know ourselves is not lost."""

    model_config = ConfigDict(extra="allow")

    local: bool
    homeless: bool
    points: int | None = Field(None, ge=0, le=84)
    account_opened: str | None = None
    homeless_three_years: bool = False
    amount_recognised: int = Field(0, ge=0)
    payments_recognised: int = Field(0, ge=0)
    priority: int = Field(0, ge=0)


class Application(BaseModel):
    """What we read of one application."""

    reference: str = Field(pattern=r"^[0-9A-Za-z_-]{1,80}$")
    notice_no: str
    model_no: str
    supply_kind: str
    applicant_ref: str = Field(pattern=REF)
    household_refs: tuple[str, ...] = ()
    relation_to_head: str = "self"
    facts: Facts
    decision_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @property
    def members(self) -> set[str]:
        return {self.applicant_ref, *self.household_refs}


def seed_secret(db: sqlite3.Connection) -> None:
    """The key under which people get their names inside one notice. It never leaves this agency."""
    db.execute("INSERT INTO secret VALUES (?)", (secrets.token_hex(32),))


def lines(admits: Callable[[_notices.Notice], bool], url: Callable[[str], str], prefix: str) -> tuple[Signed, ...]:
    """All signed routes of a receiving agency. ``prefix`` begins its receipt numbers."""
    return (
        Signed("POST", "/notices", _notices.publish(admits, url), purposes=("publish",)),
        Signed("GET", "/notices", _notices.lookup(url), purposes=("lookup",)),
        Signed("GET", "/notices/{number}/terms", _notices.terms, purposes=("read",)),
        Signed("GET", "/notices/{number}/count", _closing.count, purposes=("read",)),
        Signed("GET", "/notices/{number}/entries", _closing.entries, purposes=("read",)),
        Signed("POST", "/notices/{number}/close", _closing.close, purposes=("close",)),
        Signed("GET", "/notices/{number}/close", _closing.find_close, purposes=("lookup",)),
        Signed("POST", "/applications", receive(prefix), purposes=("apply",)),
        Signed("GET", "/applications", find, purposes=("lookup",)),
    )


def receive(prefix: str) -> Callable[[Message, sqlite3.Connection], Reply]:
    """Handler of ``POST /applications``: checks, keeps, and answers with the receipt (접수증)."""

    def handler(message: Message, db: sqlite3.Connection) -> Reply:
        application = message.read(Application)
        if message.subject_ref not in ("", application.applicant_ref):
            raise Refused("other_person", "the message is about another person", status=400, origin="caller")
        notice = _notices.find(db, application.notice_no)
        if notice is None:
            raise Refused("unknown_notice", "no such notice")
        _check_wish(notice, application)
        _check_window(db, notice, message.received_at)
        _check_others(db, notice, application)
        number = f"{prefix}-{notice.number}-{_ledger.next_number(db, 'application'):06d}"
        _keep(db, notice, application, number, message.received_at)
        _ledger.act(
            db, kind="application", reference=application.reference, number=number, body_sha256=message.body_sha256
        )
        return Reply(_receipt(_by_number(db, number)))

    return handler


def _check_wish(notice: _notices.Notice, application: Application) -> None:
    row = notice.of_type(application.model_no)
    if row is None:
        raise Refused("unknown_model", "no such house type in this notice")
    offered: dict[str, int] = {kind: count for kind, count in row.units.items() if count > 0}
    if application.supply_kind not in offered:
        raise Refused("kind_not_offered", "no home of this supply kind in this house type")


def _check_window(db: sqlite3.Connection, notice: _notices.Notice, at: datetime) -> None:
    if at < notice.receipt_opens_at:
        raise Refused("receipt_not_open", "receipt has not opened yet")
    closed = db.execute("SELECT closed_at FROM notices WHERE number = ?", (notice.number,)).fetchone()["closed_at"]
    if at >= notice.receipt_closes_at or closed:
        raise Refused("receipt_closed", "receipt has closed")


def _method(kind: str) -> str:
    """공급방법: every special kind is one method (특별공급)."""
    return "general" if kind == "general" else "special"


def _check_others(db: sqlite3.Connection, notice: _notices.Notice, application: Application) -> None:
    """제4조제1항: a person once per supply method; a household once for public homes, except the couple."""
    query = "SELECT applicant, members, relation, kind FROM entries WHERE notice = ? AND crowd = 0"
    for row in db.execute(query, (notice.number,)):
        if row["applicant"] == application.applicant_ref:
            if _method(row["kind"]) == _method(application.supply_kind):
                raise Refused("applied_before", "this person has applied in this supply method already")
            continue
        together = row["applicant"] in application.members or application.applicant_ref in json.loads(row["members"])
        couple = {row["relation"], application.relation_to_head} == COUPLE
        if notice.housing_kind == "public" and together and not couple:
            raise Refused("household_applied_before", "another member of this household has applied already")


def _keep(db: sqlite3.Connection, notice: _notices.Notice, application: Application, number: str, at: datetime) -> None:
    a = application
    db.execute(
        "INSERT INTO entries (notice, number, reference, ticket, applicant, members, relation, holder, household,"
        " model, kind, facts, received_at, crowd, same_day) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,0,?)",
        (
            notice.number, number, a.reference, secrets.token_hex(16), a.applicant_ref, json.dumps(sorted(a.members)),
            a.relation_to_head, _alias(db, notice.number, a.applicant_ref), _alias(db, notice.number, min(a.members)),
            a.model_no, a.supply_kind, a.facts.model_dump_json(), at.isoformat(), _same_day(db, notice, a),
        ),
    )  # fmt: skip


def _alias(db: sqlite3.Connection, notice: str, ref: str) -> str:
    """The name of a person (or, by its first member, of a household) inside one notice and nowhere else."""
    key = db.execute("SELECT value FROM secret").fetchone()["value"]
    return hmac.new(bytes.fromhex(key), f"{notice}|{ref}".encode(), hashlib.sha256).hexdigest()[:32]


def _same_day(db: sqlite3.Connection, notice: _notices.Notice, application: Application) -> str:
    """Other notices of one announcement date where this person stands: received all the same, void later."""
    query = "SELECT DISTINCT notice FROM entries WHERE applicant = ? AND notice <> ?"
    others = [_notices.find(db, row["notice"]) for row in db.execute(query, (application.applicant_ref, notice.number))]
    same = [other.number for other in others if other and other.announcement_date == notice.announcement_date]
    return ",".join(sorted(same))


def find(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT * FROM entries WHERE reference = ? AND crowd = 0 ORDER BY seq"
    rows = db.execute(query, (message.query.get("reference", ""),))
    return Reply({"items": [_receipt(row) for row in rows]})


def _by_number(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    row: sqlite3.Row = db.execute("SELECT * FROM entries WHERE number = ?", (number,)).fetchone()
    return row


def _receipt(row: sqlite3.Row) -> dict[str, object]:
    at = row["received_at"]
    same = {"number": row["number"], "at": at, "received_at": at, "ticket": row["ticket"]}
    return {**same, "notice_no": row["notice"], "model_no": row["model"], "supply_kind": row["kind"]}
