"""The remote signing service: holds people's keys and signs a document only after its person approved it here.

A request shows title, sum and digest; the person approves with log-in and PIN, one or many at once. The same
request always gets the same signature.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from html import escape

from mydata_connectors.sandbox import _ledger, _pages, _sessions, _signing_rules
from mydata_connectors.sandbox._agency import Agency, Message, Page, Refused, Reply, Signed, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._signing_keys import KeyRoom
from mydata_connectors.sandbox._signing_rules import Wanted

SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (number TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE,
    subject_ref TEXT NOT NULL, title TEXT NOT NULL, sum_won INTEGER NOT NULL, document_sha256 TEXT NOT NULL,
    signed_attrs BLOB NOT NULL, state TEXT NOT NULL, at TEXT NOT NULL, ends_at TEXT NOT NULL, signature BLOB);
CREATE INDEX IF NOT EXISTS requests_of ON requests (subject_ref, state);
CREATE TABLE IF NOT EXISTS batches (number TEXT PRIMARY KEY, subject_ref TEXT NOT NULL, requests TEXT NOT NULL,
    at TEXT NOT NULL);
"""
WAITS = timedelta(days=14)  # unless the request itself says until when
SHOWN = 500
STATES = {
    "waiting": "승인 대기",
    "approved": "서명함",
    "declined": "거절함",
    "expired": "기간 지남",
    "cancelled": "요청 취소됨",
}


def agency(ctx: AgencyContext) -> Agency:
    room = KeyRoom(ctx)

    async def chain_of_asked(message: Message) -> list[bytes]:
        return await room.chain(message.params["identity_ref"])

    async def chain_of_subject(message: Message) -> list[bytes]:
        return await room.chain(message.read(Wanted).subject_ref)

    return Agency(
        title_ko="전자서명인증 원격서명",
        title_en="Remote signing service",
        idempotent=True,
        schema=SCHEMA,
        signed=(
            Signed("POST", "/requests", request, ("sign",), prepare=chain_of_subject),
            Signed("GET", "/requests", find, ("lookup",)),
            Signed("GET", "/requests/{number}", state, ("read",)),
            Signed("POST", "/requests/{number}/cancellation", cancel, ("sign",)),
            Signed("GET", "/certificates/{identity_ref}", certificate, ("read",), prepare=chain_of_asked),
        ),
        pages=(
            Page("GET", "/people", waiting),
            Page("POST", "/people/approve", partial(approve, room)),
            Page("POST", "/people/decline", decline),
        ),
    )


def request(message: Message, db: sqlite3.Connection) -> Reply:
    """Opens a request. The same reference again: the same request, or a refusal when it is about something else."""
    wanted = message.read(Wanted)
    leaf: bytes = message.prepared[0]
    _signing_rules.check_certificate(wanted, leaf)
    _signing_rules.check_attributes(wanted.signed_attrs_b64, wanted.document_sha256, leaf)
    row = db.execute("SELECT * FROM requests WHERE reference = ?", (wanted.reference,)).fetchone()
    if row is None:
        number, ends = f"S-{_ledger.next_number(db, 'request'):08d}", wanted.expires_at or datetime.now(UTC) + WAITS
        values = (
            number, wanted.reference, wanted.subject_ref, wanted.title, wanted.sum_won, wanted.document_sha256,
            wanted.signed_attrs_b64, "waiting", _ledger.stamp(), ends.astimezone(UTC).isoformat(),
        )  # fmt: skip
        db.execute("INSERT INTO requests VALUES (?,?,?,?,?,?,?,?,?,?,NULL)", values)
        return Reply(_answer(_row(db, number)))
    same = (row["subject_ref"], row["document_sha256"], row["signed_attrs"], row["title"], row["sum_won"])
    if same != (wanted.subject_ref, wanted.document_sha256, wanted.signed_attrs_b64, wanted.title, wanted.sum_won):
        raise Refused("reference_reused", "this reference is about another signature")
    return Reply(_answer(_current(db, row)))


def state(message: Message, db: sqlite3.Connection) -> Reply:
    return Reply(_answer(_current(db, _row(db, message.params["number"]))))


def cancel(message: Message, db: sqlite3.Connection) -> Reply:
    """Who asked takes the request back. What the person has decided before stands; cancelling twice is once."""
    row = _current(db, _row(db, message.params["number"]))
    if row["state"] == "waiting":
        db.execute("UPDATE requests SET state = 'cancelled' WHERE number = ?", (row["number"],))
        digest = row["document_sha256"]
        _ledger.act(db, kind="cancellation", reference=row["reference"], number=row["number"], body_sha256=digest)
    return Reply(_answer(_row(db, row["number"])))


def find(message: Message, db: sqlite3.Connection) -> Reply:
    rows = db.execute("SELECT * FROM requests WHERE reference = ?", (message.query.get("reference", ""),)).fetchall()
    return Reply({"items": [_answer(_current(db, row)) for row in rows]})


def certificate(message: Message, db: sqlite3.Connection) -> Reply:
    return Reply({"chain_b64": [base64.b64encode(der).decode() for der in message.prepared]})


def waiting(visit: Visit, db: sqlite3.Connection) -> View:
    """What waits for this person, and what was decided lately."""
    query = "SELECT * FROM requests WHERE subject_ref = ? ORDER BY state = 'waiting' DESC, rowid DESC LIMIT ?"
    rows = [_current(db, row) for row in db.execute(query, (visit.person.identity_ref, SHOWN)).fetchall()]
    data = [{**_answer(row), "title": row["title"], "sum_won": row["sum_won"],
             "document_sha256": row["document_sha256"], "reference": row["reference"]} for row in rows]  # fmt: skip
    open_ones = [row for row in rows if row["state"] == "waiting"]
    done = [(row["title"], f"{row['sum_won']:,}원", STATES[row["state"]]) for row in rows if row["state"] != "waiting"]
    html = _approval_form(open_ones) if open_ones else "<p>서명할 문서가 없습니다. (Nothing to sign.)</p>"
    if done:
        html += _pages.table("처리한 문서 (Done)", ("문서", "금액", "상태"), done)
    return View("서명할 문서", html, data=data)


def _approval_form(rows: list[sqlite3.Row]) -> str:
    cards = "".join(_card(row) for row in rows)
    pin = _pages.field("pin", "인증번호 6자리 (PIN)", kind="password")
    no = '<button class="plain" formaction="/people/decline" formnovalidate>선택한 문서 거절 (Decline)</button>'
    yes = "<button>선택한 문서에 서명 (Sign)</button>"
    return f'<form method="post" action="/people/approve">{cards}{pin}{yes}{no}</form>'


def _card(row: sqlite3.Row) -> str:
    about = {
        "금액 (Sum)": f"{row['sum_won']:,}원", "문서 지문 (SHA-256)": row["document_sha256"],
        "요청 시각": _pages.seoul(datetime.fromisoformat(row["at"])),
    }  # fmt: skip
    number = escape(row["number"])
    box = f'<input type="checkbox" id="{number}" name="ids" value="{number}"> {escape(row["title"])}'
    return f'<label for="{number}">{box}</label>' + _pages.facts(row["title"], about)


def approve(room: KeyRoom, visit: Visit, db: sqlite3.Connection) -> View:
    """Signs all chosen requests, or none. A wrong PIN counts against each of them; three lock it for a while."""
    rows = _chosen(visit, db)
    keys = [f"request:{row['number']}" for row in rows]
    if any(_sessions.locked(db, key) for key in keys):
        return _no("locked", "잠겨 있습니다. 잠시 뒤 다시 시도해 주십시오. (Locked for a while.)", 423)
    right = [_sessions.check_pin(db, visit.person.login, visit.form.get("pin", ""), key=key) for key in keys]
    if None in right:
        return _no("wrong_pin", "인증번호가 맞지 않습니다. (Wrong PIN.)", 403)
    for row in rows:
        signature = room.sign(visit.person, row["signed_attrs"])
        db.execute("UPDATE requests SET state = 'approved', signature = ? WHERE number = ?", (signature, row["number"]))
        digest = row["document_sha256"]
        _ledger.act(db, kind="signature", reference=row["reference"], number=row["number"], body_sha256=digest)
    told = {"approved": [row["number"] for row in rows], **_batch(visit, db, rows)}
    return View("서명했습니다", data=told, go="/people")


def _batch(visit: Visit, db: sqlite3.Connection, rows: list[sqlite3.Row]) -> dict[str, str]:
    """One approval of several documents is written down as such, beside the signature of each."""
    if len(rows) == 1:
        return {}
    number = f"B-{_ledger.next_number(db, 'batch'):08d}"
    numbers = json.dumps([row["number"] for row in rows])
    db.execute("INSERT INTO batches VALUES (?,?,?,?)", (number, visit.person.identity_ref, numbers, _ledger.stamp()))
    digests = "\n".join(sorted(row["document_sha256"] for row in rows))
    _ledger.act(db, kind="batch", reference=number, number=number, body_sha256=sha256(digests.encode()).hexdigest())
    return {"batch": number}


def decline(visit: Visit, db: sqlite3.Connection) -> View:
    rows = _chosen(visit, db)
    for row in rows:
        db.execute("UPDATE requests SET state = 'declined' WHERE number = ?", (row["number"],))
        digest = row["document_sha256"]
        _ledger.act(db, kind="decline", reference=row["reference"], number=row["number"], body_sha256=digest)
    return View("거절했습니다", data={"declined": [row["number"] for row in rows]}, go="/people")


def _chosen(visit: Visit, db: sqlite3.Connection) -> list[sqlite3.Row]:
    """The person's own waiting requests that were ticked. Raises Refused when any is not such a one."""
    numbers = list(dict.fromkeys(visit.lists.get("ids", ())))
    if not numbers:
        raise Refused("nothing_chosen", "문서를 선택해 주십시오. (Choose a document.)")
    rows = [_current(db, _row(db, number)) for number in numbers]
    if any(row["subject_ref"] != visit.person.identity_ref for row in rows):
        raise Refused("unknown_request", "그런 서명 요청이 없습니다.", status=404)
    if any(row["state"] != "waiting" for row in rows):
        raise Refused("not_waiting", "이미 처리되었거나 기간이 지난 요청입니다. (No longer waiting.)", status=409)
    return rows


def _row(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM requests WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused("unknown_request", "그런 서명 요청이 없습니다.", status=404)
    return row


def _current(db: sqlite3.Connection, row: sqlite3.Row) -> sqlite3.Row:
    """The row after what time has done to it."""
    if row["state"] == "waiting" and _signing_rules.is_over(row["ends_at"], datetime.now(UTC)):
        db.execute("UPDATE requests SET state = 'expired' WHERE number = ?", (row["number"],))
        return _row(db, row["number"])
    return row


def _answer(row: sqlite3.Row) -> dict[str, object]:
    answer = {"number": row["number"], "at": row["at"], "state": row["state"]}
    if row["state"] == "approved":
        answer["signature_b64"] = base64.b64encode(row["signature"]).decode()
    return answer


def _no(code: str, text: str, status: int) -> View:
    back = '<p><a class="button" href="/people">돌아가기 (Back)</a></p>'
    return View("서명하지 못했습니다", _pages.error(text) + back, data={"code": code}, status=status)
