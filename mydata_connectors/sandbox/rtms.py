"""부동산거래관리시스템: reports of sales, their changes and cancellations; of leases. Knows no idempotency key.

Two messages are two reports and two certificates, however alike they are.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Any

from mydata_connectors.sandbox import _contract_pdf, _envelope, _filing, _lease_reports, _ledger, _pages
from mydata_connectors.sandbox import _report_rules as rules
from mydata_connectors.sandbox._agency import Agency, Message, Page, Refused, Reply, Signed, View, Visit
from mydata_connectors.sandbox._context import AgencyContext
from mydata_connectors.sandbox._filing import Filing
from mydata_connectors.sandbox._signers import Signers

SCHEMA = """
CREATE TABLE IF NOT EXISTS reports (number TEXT PRIMARY KEY, service TEXT NOT NULL, reference TEXT NOT NULL,
    at TEXT NOT NULL, state TEXT NOT NULL, superseded_by TEXT, cancelled_on TEXT, chain TEXT NOT NULL,
    body TEXT NOT NULL, reply TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cancellations (number TEXT PRIMARY KEY, report_no TEXT NOT NULL, reference TEXT NOT NULL,
    reply TEXT NOT NULL);
"""
SHOWN = {"contract_sha256", "contract_kind", "contract_date", "price", "fund_plan"}  # on the certificate
Prepared = tuple[Filing[rules.Cancellation], _contract_pdf.ContractPdf | None]


def agency(ctx: AgencyContext) -> Agency:
    office = Office(ctx)
    readers = ("onjip", "wetax", "registry")
    act, look = ("report",), ("lookup",)
    return Agency(
        title_ko="부동산거래관리시스템", title_en="Transaction report system", idempotent=False,
        schema=SCHEMA + _lease_reports.SCHEMA,
        signed=(
            Signed("POST", "/reports", office.report, act, prepare=office.signed_report),
            Signed("GET", "/reports", find_reports, look),
            Signed("POST", "/reports/{number}/change", office.change, act, prepare=office.signed_change),
            Signed("GET", "/reports/{number}/change", find_reports, look),
            Signed("POST", "/reports/{number}/cancellation", cancel, act, prepare=office.signed_cancellation),
            Signed("GET", "/reports/{number}/cancellation", find_cancellations, look),
            Signed("GET", "/certificates/{number}", certificate, ("read",), clients=readers),
            Signed("POST", "/leases", _lease_reports.report, act, prepare=office.signed_lease),
            Signed("GET", "/leases", _lease_reports.find, look),
            Signed("GET", "/leases/{number}", _lease_reports.look, ("read",)),
        ),
        pages=(Page("GET", "/people", my_reports), Page("GET", "/people/leases", _lease_reports.my_leases)),
    )  # fmt: skip


class Office:
    def __init__(self, ctx: AgencyContext) -> None:
        self.ctx, self.signers = ctx, Signers(ctx)

    async def signed_report(self, message: Message) -> Filing[rules.Report]:
        return await self.signers.verified(_filing.read(message, rules.Report))

    async def signed_change(self, message: Message) -> tuple[Filing[rules.Report], _contract_pdf.ContractPdf | None]:
        filing = await self.signed_report(message)
        report = filing.content
        if report.amendment_copy is None:
            return filing, None
        copy = _filing.from_base64(report.amendment_copy, "amendment_copy")
        _contract_pdf.check_pdf(copy, report.amendment_sha256 or "", hashlib.sha256(copy).hexdigest())
        return filing, await _contract_pdf.read(copy, self.signers)

    async def signed_cancellation(self, message: Message) -> Prepared:
        filing = await self.signers.verified(_filing.read(message, rules.Cancellation))
        copy = _filing.from_base64(filing.content.dissolution_copy, "dissolution_copy")
        if not copy:
            return filing, None
        digest = hashlib.sha256(copy).hexdigest()
        _contract_pdf.check_pdf(copy, filing.content.dissolution_sha256, digest)
        return filing, await _contract_pdf.read(copy, self.signers)

    async def signed_lease(self, message: Message) -> _lease_reports.Prepared:
        return await _lease_reports.prepared(message, self.signers)

    def report(self, message: Message, db: sqlite3.Connection) -> Reply:
        filing: Filing[rules.Report] = message.prepared
        bank = {"bank": self.ctx.clients["bank"]}
        rules.check(filing.content, filing.signers, rules.seoul_day(message.received_at), bank)
        return Reply(self._certify(db, message, filing, chain=[]))

    def change(self, message: Message, db: sqlite3.Connection) -> Reply:
        """The certificate is issued again and takes the old one's place (신고규칙 §3⑥)."""
        old = current(db, message.params["number"])
        filing: Filing[rules.Report] = message.prepared[0]
        rules.check_change(stored(old), filing.content, filing.signers, old["number"], message.prepared[1])
        reply = self._certify(db, message, filing, chain=[*json.loads(old["chain"]), old["number"]])
        values = (reply["number"], old["number"])
        db.execute("UPDATE reports SET state = 'superseded', superseded_by = ? WHERE number = ?", values)
        return Reply(reply)

    def _certify(
        self, db: sqlite3.Connection, message: Message, filing: Filing[rules.Report], chain: list[str]
    ) -> dict[str, Any]:
        report, at = filing.content, _ledger.stamp()
        year = rules.seoul_day(message.received_at).year
        number = f"RTMS-{year}-{_ledger.next_number(db, str(year)):06d}"
        shown = {"number": number, "issued_at": at, **_public(report), "changes": report.changes}
        jws = _envelope.sign_token({"kind": "certificate", **shown}, self.ctx.key, self.ctx.name)
        reply = {
            "number": number, "at": at, "reference": report.reference, "state": "current", "price": report.price,
            "certificate": shown, "certificate_jws": jws,
        }  # fmt: skip
        kept = report.model_copy(update={"contract_copy": None, "amendment_copy": None}).model_dump_json()
        row = (number, service(message), report.reference, at, "current", json.dumps(chain), kept, json.dumps(reply))
        db.execute(
            "INSERT INTO reports (number, service, reference, at, state, chain, body, reply) VALUES (?,?,?,?,?,?,?,?)",
            row,
        )
        kind = "change" if chain else "report"
        _ledger.act(db, kind=kind, reference=report.reference, number=number, body_sha256=message.body_sha256)
        return reply


def _public(report: rules.Report) -> dict[str, Any]:
    """What the certificate (신고필증) says."""
    content = report.model_dump(mode="json", include=SHOWN)
    names = ("role", "identity_ref", "share")
    parties = [{name: getattr(party, name) for name in names} for party in report.parties]
    return {**content, "property": report.property.model_dump(mode="json"), "parties": parties}


def service(message: Message) -> str:
    """The service of an act or of a look-up for it: the path."""
    return message.path.strip("/")


def current(db: sqlite3.Connection, number: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM reports WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused("unknown_report", "no such report", status=404)
    if row["state"] != "current":
        raise Refused(f"report_{row['state']}", "the certificate is not the current one")
    return row


def stored(row: sqlite3.Row) -> rules.Report:
    return rules.Report.model_validate_json(row["body"])


def cancel(message: Message, db: sqlite3.Connection) -> Reply:
    filing, dissolution = message.prepared
    cancellation: rules.Cancellation = filing.content
    row = current(db, message.params["number"])
    if cancellation.report_no != row["number"]:
        raise Refused("report_no_differs", "path and body name two reports", status=400, origin="caller")
    today = rules.seoul_day(message.received_at)
    rules.check_cancellation(stored(row), cancellation, filing.signers, dissolution, today)
    number, at = f"RTMS-C-{today.year}-{_ledger.next_number(db, f'C{today.year}'):06d}", _ledger.stamp()
    db.execute(
        "UPDATE reports SET state = 'cancelled', cancelled_on = ? WHERE number = ?", (today.isoformat(), row["number"])
    )
    reply = {"number": number, "at": at, "reference": cancellation.reference, "report_no": row["number"]}
    values = (number, row["number"], cancellation.reference, json.dumps(reply))
    db.execute("INSERT INTO cancellations VALUES (?,?,?,?)", values)
    _ledger.act(
        db, kind="cancellation", reference=cancellation.reference, number=number, body_sha256=message.body_sha256
    )
    return Reply(reply)


def find_reports(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT reply FROM reports WHERE reference = ? AND service = ? ORDER BY rowid"
    rows = db.execute(query, (message.query.get("reference", ""), service(message)))
    return Reply({"items": [json.loads(row["reply"]) for row in rows]})


def find_cancellations(message: Message, db: sqlite3.Connection) -> Reply:
    query = "SELECT reply FROM cancellations WHERE reference = ? AND report_no = ? ORDER BY rowid"
    rows = db.execute(query, (message.query.get("reference", ""), message.params["number"]))
    return Reply({"items": [json.loads(row["reply"]) for row in rows]})


def certificate(message: Message, db: sqlite3.Connection) -> Reply:
    """What the certificate of that number says, and whether it still is the one that counts."""
    number = message.params["number"]
    row = db.execute("SELECT * FROM reports WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused("unknown_report", "no such certificate", status=404)
    names = ("number", "at", "state", "superseded_by", "cancelled_on")
    reply = json.loads(row["reply"])
    return Reply({
        **{name: row[name] for name in names}, "chain": json.loads(row["chain"]), **_public(stored(row)),
        "reference": row["reference"], "certificate_jws": reply["certificate_jws"],
    })  # fmt: skip


def my_reports(visit: Visit, db: sqlite3.Connection) -> View:
    """Reports in which the person is a party or a broker."""
    ref = visit.person.identity_ref
    rows = [row for row in db.execute("SELECT * FROM reports ORDER BY rowid") if ref in stored(row).refs(
        "seller", "supplier", "buyer", "broker")]  # fmt: skip
    words = {"current": "유효 (Current)", "superseded": "변경됨 (Superseded)", "cancelled": "해제 신고됨 (Cancelled)"}
    cells = [[r["number"], r["at"][:10], f"{stored(r).price:,}원", words[r["state"]]] for r in rows]
    html = _pages.table("내 거래신고 (My reports)", ["신고필증 번호", "접수일", "거래가격", "상태"], cells)
    return View("부동산거래신고", html, [{"number": r["number"], "state": r["state"]} for r in rows])
