"""Reports of leases at the sandbox's 부동산거래관리시스템: read from the report and from the signed contract in it.

Law: 신고법 §6의2, §6의5③; 신고규칙 §6의2①③⑦. One party is enough, with the contract that both have signed. A lease
that the other party has reported already keeps its number. What has come in late is taken, and marked so.
"""

from __future__ import annotations

import hashlib
import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _contract_pdf, _filing, _ledger, _pages
from mydata_connectors.sandbox._agency import Message, Refused, Reply, View, Visit
from mydata_connectors.sandbox._contract_pdf import ContractPdf
from mydata_connectors.sandbox._filing import Filing
from mydata_connectors.sandbox._report_rules import HEX_64, REPORT_WITHIN, same_home, seoul_day
from mydata_connectors.sandbox._signers import Signers

SCHEMA = """
CREATE TABLE IF NOT EXISTS leases (number TEXT PRIMARY KEY, contract_id TEXT NOT NULL UNIQUE, at TEXT NOT NULL,
    late INTEGER NOT NULL, certificate_no TEXT NOT NULL, fixed_date_no TEXT NOT NULL, fixed_on TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lease_references (reference TEXT PRIMARY KEY, number TEXT NOT NULL);
"""
EXAMINED_AFTER = timedelta(seconds=1)  # then the certificate (신고필증) is out
HOMES = ("아파트", "연립", "다세대", "주택", "오피스텔", "고시원", "주거")  # 종류 in the form


class HomeIn(BaseModel):
    lot_address: str = Field(min_length=1)
    use: str
    exclusive_area: str
    unique_no: str | None = None
    dong: str = ""
    ho: str = ""


class LeasePartyIn(BaseModel):
    role: str
    identity_ref: str
    agent_ref: str | None = None
    authority: str | None = None

    @property
    def filers(self) -> set[str]:
        """Who may report for this party: itself, and who represents it by law. Others would need a mandate."""
        return {self.identity_ref, *([self.agent_ref] if self.agent_ref and self.authority != "attorney" else [])}


class Lease(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    contract_sha256: str = Field(pattern=HEX_64)
    contract_date: date
    property: HomeIn
    deposit: int = Field(ge=0, le=10**15)
    monthly_rent: int = Field(ge=0, le=10**15)
    starts_on: date
    ends_on: date
    parties: tuple[LeasePartyIn, ...]

    def of(self, role: str) -> list[LeasePartyIn]:
        return [party for party in self.parties if party.role == role]


Prepared = tuple[Filing[Lease], ContractPdf]


async def prepared(message: Message, signers: Signers) -> Prepared:
    filing = await signers.verified(_filing.read(message, Lease))
    given = message.data().get("contract")
    if not isinstance(given, str) or not given:
        raise Refused("contract_missing", "a report of one party comes with the signed contract")
    copy = _filing.from_base64(given, "contract")
    _contract_pdf.check_pdf(copy, filing.content.contract_sha256, hashlib.sha256(copy).hexdigest())
    return filing, await _contract_pdf.read(copy, signers)


def report(message: Message, db: sqlite3.Connection) -> Reply:
    filing, contract = message.prepared
    lease: Lease = filing.content
    today = seoul_day(message.received_at)
    check(lease, filing.signers, contract, today)
    contract_id = str(contract.terms["contract_id"])
    row = db.execute("SELECT number FROM leases WHERE contract_id = ?", (contract_id,)).fetchone()
    number = row["number"] if row else _taken(db, lease, contract_id, today)
    db.execute("INSERT OR IGNORE INTO lease_references VALUES (?,?)", (lease.reference, number))
    if row is None:
        _ledger.act(db, kind="lease", reference=lease.reference, number=number, body_sha256=message.body_sha256)
    return Reply(_receipt(db, lease.reference, number))


def _taken(db: sqlite3.Connection, lease: Lease, contract_id: str, today: date) -> str:
    year = str(today.year)
    number = f"RTMS-L-{year}-{_ledger.next_number(db, f'L{year}'):06d}"
    certificate = f"LEASE-{year}-{_ledger.next_number(db, f'LC{year}'):06d}"
    fixed = f"FIX-{year}-{_ledger.next_number(db, f'F{year}'):06d}"
    late = today - lease.contract_date > REPORT_WITHIN
    row = (
        number, contract_id, _ledger.stamp(), late, certificate, fixed, today.isoformat(), lease.model_dump_json(),
    )  # fmt: skip
    db.execute("INSERT INTO leases VALUES (?,?,?,?,?,?,?,?)", row)
    return number


def check(lease: Lease, signers: frozenset[str], contract: ContractPdf, today: date) -> None:
    """``Refused`` with what is wrong, in the order in which a clerk reads."""
    if not lease.of("lessor") or not lease.of("lessee"):
        raise Refused("party_missing", "a lessor or a lessee is missing")
    if not any(party.filers & signers for party in (*lease.of("lessor"), *lease.of("lessee"))):
        raise Refused("reporter_missing", "neither party has signed the report")
    if lease.contract_date > today:
        raise Refused("contract_in_future", "the contract date has not come yet")
    _check_contract(lease, contract)
    if not any(word in lease.property.use for word in HOMES):
        raise Refused("not_a_home", "what is let is no home")


def _check_contract(lease: Lease, contract: ContractPdf) -> None:
    terms = contract.terms
    said, home = terms.get("lease"), terms.get("property")
    is_lease = terms.get("kind") == "lease" and bool(terms.get("contract_id"))
    if not is_lease or not isinstance(said, dict) or not isinstance(home, dict):
        raise Refused("not_a_lease", "the contract is no lease")
    for party in (*lease.of("lessor"), *lease.of("lessee")):
        if not {party.identity_ref, party.agent_ref} & contract.signers:
            raise Refused("contract_unsigned_by_party", "a party has not signed the contract")
    if (terms.get("price"), said.get("monthly_rent")) != (lease.deposit, lease.monthly_rent):
        raise Refused("sums_differ", "deposit or rent are not those of the contract")
    days = (lease.contract_date, lease.starts_on, lease.ends_on)
    stated = (terms.get("made_on"), said.get("starts_on"), said.get("ends_on"))
    if stated != tuple(day.isoformat() for day in days):
        raise Refused("days_differ", "date or term are not those of the contract")
    if not same_home(home, lease.property.model_dump()) or home.get("use") != lease.property.use:
        raise Refused("another_home", "the contract is about another home")


def _receipt(db: sqlite3.Connection, reference: str, number: str) -> dict[str, Any]:
    row = db.execute("SELECT * FROM leases WHERE number = ?", (number,)).fetchone()
    return {"number": number, "at": row["at"], "reference": reference, "state": "received", "late": bool(row["late"])}


def find(message: Message, db: sqlite3.Connection) -> Reply:
    reference = message.query.get("reference", "")
    rows = db.execute("SELECT number FROM lease_references WHERE reference = ?", (reference,))
    return Reply({"items": [_receipt(db, reference, row["number"]) for row in rows]})


def look(message: Message, db: sqlite3.Connection) -> Reply:
    """How the report stands; its certificate and fixed date once it has been examined."""
    number = message.params["number"]
    row = db.execute("SELECT * FROM leases WHERE number = ?", (number,)).fetchone()
    if row is None:
        raise Refused("unknown_lease", "no such report", status=404)
    if datetime.now(UTC) - datetime.fromisoformat(row["at"]) < EXAMINED_AFTER:
        return Reply({"number": number, "state": "received"})
    names = ("certificate_no", "fixed_date_no", "fixed_on")
    return Reply({"number": number, "state": "certified", **{name: row[name] for name in names}})


def my_leases(visit: Visit, db: sqlite3.Connection) -> View:
    """Reports in which the person is a party."""
    ref = visit.person.identity_ref
    stored = [
        (row, Lease.model_validate_json(row["body"])) for row in db.execute("SELECT * FROM leases ORDER BY rowid")
    ]
    rows = [(row, lease) for row, lease in stored if any(ref == party.identity_ref for party in lease.parties)]
    cells = [
        [row["number"], row["at"][:10], f"{lease.deposit:,}원", f"{lease.monthly_rent:,}원", row["fixed_date_no"]]
        for row, lease in rows
    ]
    head = ["접수번호", "접수일", "보증금", "월 차임", "확정일자 번호"]
    html = _pages.table("내 임대차 신고 (My reports of leases)", head, cells)
    return View("주택 임대차 신고", html, [{"number": row["number"]} for row, _ in rows])
