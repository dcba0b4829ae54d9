"""Applications in the registry's books: received, corrected, decided. Dismissal ends one filing and nothing else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from mydata_connectors.sandbox import _ledger, _titles
from mydata_connectors.sandbox._agency import Refused
from mydata_connectors.sandbox._defects import Defect
from mydata_connectors.sandbox._report_rules import SEOUL, seoul_day
from mydata_connectors.sandbox._transfer import Sent

SCHEMA = """
CREATE TABLE IF NOT EXISTS applications (number TEXT PRIMARY KEY, reference TEXT NOT NULL, unique_no TEXT NOT NULL,
    agent_ref TEXT NOT NULL, state TEXT NOT NULL, received_at TEXT NOT NULL, at TEXT NOT NULL, refiles TEXT,
    ground TEXT, reason TEXT NOT NULL DEFAULT '', title_sha256 TEXT);
CREATE TABLE IF NOT EXISTS versions (number TEXT PRIMARY KEY, application_no TEXT NOT NULL REFERENCES applications,
    reference TEXT NOT NULL, at TEXT NOT NULL, sent TEXT NOT NULL, packet BLOB NOT NULL, body_sha256 TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS corrections (id INTEGER PRIMARY KEY, application_no TEXT NOT NULL REFERENCES applications,
    at TEXT NOT NULL, due_at TEXT NOT NULL, items TEXT NOT NULL, answered_at TEXT);
CREATE TABLE IF NOT EXISTS withdrawals (number TEXT PRIMARY KEY, application_no TEXT NOT NULL, reference TEXT NOT NULL,
    at TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Papers:
    """One message to the registry: what it says, the packet's bytes, and the digest of the whole."""

    sent: Sent
    packet: bytes
    body_sha256: str


def application(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM applications WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused("unknown_application", "접수번호를 확인해 주십시오. (No such application.)", status=404)
    return row


def open_application(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    """The application, while nothing is decided about it (등기규칙 §51①)."""
    row = application(db, number)
    if row["state"] not in _titles.PENDING:
        raise Refused("decided_already", f"이미 {row['state']} 상태입니다. (Decided already.)")
    return row


def version(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    """What counts now: the application as last supplemented."""
    query = "SELECT * FROM versions WHERE application_no = ? ORDER BY rowid DESC LIMIT 1"
    row: sqlite3.Row = db.execute(query, (number,)).fetchone()
    return row


def receive(db: sqlite3.Connection, papers: Papers, received_at: datetime) -> str:
    """접수: the number fixes the order, and what is registered takes effect from here (등기법 §6)."""
    app = papers.sent.application
    if _titles.view(db, app.property.unique_no) is None:
        raise Refused("title_unknown", "there is no such title")
    if app.refiles is not None:
        _check_refiled(db, app.refiles, app.property.unique_no)
    number = _titles.next_receipt(db, str(seoul_day(received_at).year))
    at = _ledger.stamp()
    row = (number, app.reference, app.property.unique_no, app.agent_ref, "received", at, at, app.refiles)
    db.execute(
        "INSERT INTO applications (number, reference, unique_no, agent_ref, state, received_at, at, refiles)"
        " VALUES (?,?,?,?,?,?,?,?)",
        row,
    )
    _keep(db, number, number, papers)
    _ledger.act(db, kind="filing", reference=app.reference, number=number, body_sha256=papers.body_sha256)
    return number


def _check_refiled(db: sqlite3.Connection, number: str, unique_no: str) -> None:
    before = db.execute("SELECT * FROM applications WHERE number = ?", (number,)).fetchone()
    ended = before is not None and before["state"] in ("dismissed", "withdrawn")
    if not ended or before["unique_no"] != unique_no:
        raise Refused("nothing_to_refile", "no dismissed or withdrawn application of this title has that number")


def _keep(db: sqlite3.Connection, number: str, application_no: str, papers: Papers) -> None:
    sent = papers.sent
    row = (number, application_no, sent.application.reference, _ledger.stamp(), sent.model_dump_json(), papers.packet,
           papers.body_sha256)  # fmt: skip
    db.execute("INSERT INTO versions VALUES (?,?,?,?,?,?,?)", row)


def supplement(db: sqlite3.Connection, number: str, papers: Papers) -> str:
    """An answer to the ordered correction, in time, about the same right of the same people (등기법 §29 단서)."""
    row = open_application(db, number)
    order = open_correction(db, number)
    if order is None:
        raise Refused("no_correction_ordered", "there is nothing to answer")
    if datetime.now(UTC) > datetime.fromisoformat(order["due_at"]):
        raise Refused("correction_late", "the day for the answer has passed")
    _check_same(papers.sent, Sent.model_validate_json(version(db, number)["sent"]))
    count = db.execute("SELECT count(*) FROM versions WHERE application_no = ?", (number,)).fetchone()[0]
    own = f"{number}-S{count}"
    _keep(db, own, number, papers)
    db.execute("UPDATE corrections SET answered_at = ? WHERE id = ?", (_ledger.stamp(), order["id"]))
    change(db, row["number"], "examining")
    reference = papers.sent.application.reference
    _ledger.act(db, kind="supplement", reference=reference, number=own, body_sha256=papers.body_sha256)
    return own


def _check_same(new: Sent, old: Sent) -> None:
    before, now = old.application, new.application
    parties = [{(party.role, party.identity_ref, party.share) for party in app.parties} for app in (before, now)]
    same = (before.property.unique_no, before.agent_ref) == (now.property.unique_no, now.agent_ref)
    if not same or parties[0] != parties[1]:
        raise Refused("another_application", "property, parties and agent cannot be exchanged by a supplement")


def open_correction(db: sqlite3.Connection, number: str) -> sqlite3.Row | None:
    query = "SELECT * FROM corrections WHERE application_no = ? AND answered_at IS NULL ORDER BY id DESC LIMIT 1"
    row: sqlite3.Row | None = db.execute(query, (number,)).fetchone()
    return row


def order_correction(db: sqlite3.Connection, number: str, defects: Iterable[Defect]) -> dict[str, Any]:
    """보정명령, to be answered by the end of the next day in Seoul."""
    end = datetime.combine(seoul_day(datetime.now(UTC)) + timedelta(days=1), time(23, 59, 59), SEOUL)
    due_at = end.astimezone(UTC).isoformat()
    items = [{**defect.model_dump(exclude={"ground"}), "due_at": due_at} for defect in defects]
    row = (number, _ledger.stamp(), due_at, json.dumps(items, ensure_ascii=False))
    db.execute("INSERT INTO corrections (application_no, at, due_at, items) VALUES (?,?,?,?)", row)
    change(db, number, "correction")
    _record(db, "correction", number)
    return status(db, number)


def dismiss(db: sqlite3.Connection, number: str, ground: int, reason: str) -> dict[str, Any]:
    """각하, with its ground and reason; the contract and every other filing stay what they are."""
    db.execute("UPDATE applications SET ground = ?, reason = ? WHERE number = ?", (str(ground), reason, number))
    change(db, number, "dismissed")
    _record(db, "dismissal", number)
    return status(db, number)


def register(db: sqlite3.Connection, number: str) -> dict[str, Any]:
    """교합: the new owner stands in 갑구 under the number and day of receipt (등기법 §6②, §11)."""
    row = application(db, number)
    app = Sent.model_validate_json(version(db, number)["sent"]).application
    takers = app.of("obligee")
    day = seoul_day(datetime.fromisoformat(row["received_at"])).isoformat()
    cause_day = app.cause_date
    cause = f"{cause_day.year}년 {cause_day.month}월 {cause_day.day}일 {app.cause}"
    _titles.enter(
        db, row["unique_no"], purpose=app.purpose, received_on=day, receipt_no=number, cause=cause,
        holder=", ".join(party.name for party in takers),
        holder_ref=takers[0].identity_ref if len(takers) == 1 else None, amount=app.price,
    )  # fmt: skip
    change(db, number, "registered")
    title = _titles.view(db, row["unique_no"]) or {}
    db.execute("UPDATE applications SET title_sha256 = ? WHERE number = ?", (title["sha256"], number))
    _record(db, "registration", number)
    return status(db, number)


def withdraw(db: sqlite3.Connection, number: str, reference: str, body_sha256: str) -> dict[str, Any]:
    own, at = f"{number}-W", _ledger.stamp()
    db.execute("INSERT INTO withdrawals VALUES (?,?,?,?)", (own, number, reference, at))
    change(db, number, "withdrawn")
    _ledger.act(db, kind="withdrawal", reference=reference, number=own, body_sha256=body_sha256)
    return {"number": own, "at": at, "reference": reference, **_state(db, number)}


def change(db: sqlite3.Connection, number: str, state: str) -> None:
    db.execute("UPDATE applications SET state = ?, at = ? WHERE number = ?", (state, _ledger.stamp(), number))


def _record(db: sqlite3.Connection, kind: str, number: str) -> None:
    """A decision is an act of the registry, under the reference of the filing that it decides."""
    row = application(db, number)
    digest = version(db, number)["body_sha256"]
    _ledger.act(db, kind=kind, reference=row["reference"], number=number, body_sha256=digest)


def status(db: sqlite3.Connection, number: str) -> dict[str, Any]:
    """What the applicant is told, and what the answer to the filing was."""
    row = application(db, number)
    return {"number": number, "reference": row["reference"], "at": row["at"], **_state(db, number)}


def _state(db: sqlite3.Connection, number: str) -> dict[str, Any]:
    row = application(db, number)
    names = ("state", "received_at", "ground", "reason", "title_sha256", "refiles", "unique_no")
    return {
        "receipt_no": number, "corrections": _corrections(db, number), **{name: row[name] for name in names},
    }  # fmt: skip


def _corrections(db: sqlite3.Connection, number: str) -> list[dict[str, Any]]:
    """Everything that was ever ordered, oldest first; ``answered_at`` tells what is still open."""
    orders = db.execute("SELECT * FROM corrections WHERE application_no = ? ORDER BY id", (number,))
    return [{**item, "answered_at": order["answered_at"]} for order in orders for item in json.loads(order["items"])]
