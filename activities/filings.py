"""Carrying signed bodies to the agencies: exactly once in effect, and what they answer is kept."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities import bodies
from activities.deal import Deal, load
from activities.deal_law import deal_case, settled
from activities.errors import told
from activities.exchange import Carriage
from domain.errors import WrongState
from domain.filings import Answer, FeeOrder, Outgoing, RegistryState, StampOrder
from domain.ports import Documents
from domain.webhooks import Event
from domain.words import Agency
from domain.work import Filed, Filing
from law.rulebook import Rulebook
from law.sale.stamp import stamp_duty
from store import contracts, sealed_bodies, transfers, webhooks
from store.db import Database
from store.sealed import SealedBox
from store.tables.contracts import ApprovalRow
from store.tables.transfers import RegistryFilingRow

AT_REGISTRY = ("application", "supplement")
BASIS = "부동산등기법 제24조"  # the applicant's own data go to the office that they are meant for
EXEMPT: dict[str, JsonValue] = {"number": "exempt", "amount": 0, "payment_no": "exempt"}


@dataclass(frozen=True)
class Filings:
    db: Database
    sealed: SealedBox
    documents: Documents
    carriage: Carriage
    rulebook: Rulebook

    @activity.defn
    async def carry(self, filing: Filing) -> Filed:
        """Carry one signed body; its answer is kept in the transfer's record. Exactly once in effect."""
        async with told():
            async with self.db.transaction() as session:
                deal = await load(session, self.sealed, filing.transfer_id, purpose=filing.kind)
            key = f"answer:{filing.answer or filing.approval}"
            if key not in deal.record:
                outgoing = await self._outgoing(deal, filing)
                body = EXEMPT if outgoing is None else _kept(await self.carriage.carry(outgoing))
                # What the agency has answered is kept with what follows from it, in one transaction.
                async with self.db.transaction() as session:
                    await transfers.note(session, filing.transfer_id, key, body)
                    await self._after(session, deal, filing, body)
                return Filed(number=str(body["number"]))
            return Filed(number=str(deal.record[key]["number"]))

    async def _outgoing(self, deal: Deal, filing: Filing) -> Outgoing | None:
        """Where the act goes and with what; None where the law asks for nothing."""
        ref = filing.reference
        if filing.kind == "stamp":
            case = deal_case(deal.terms, deal.terms.made_on, self.rulebook, written_sum=deal.full_price)
            amount = settled(stamp_duty, case)
            return _order(Agency.BANK, "stamps", "payment", bodies.stamp_order(deal, ref, amount)) if amount else None
        if filing.kind == "fee":
            return _order(Agency.REGISTRY, "fees", "registration", bodies.fee_order(deal, ref))
        body = await self._signed(deal, filing)
        if body is None:
            return None
        agency, service, purpose = _address(deal, filing.kind)
        return Outgoing(agency=agency, service=service, reference=ref, purpose=purpose, body=body)

    async def _signed(self, deal: Deal, filing: Filing) -> dict[str, JsonValue] | None:
        async with self.db.transaction() as session:
            rows = await contracts.approvals(session, deal.transfer.id, filing.approval)
            if not rows and filing.kind == "bond":
                return None
            body = await self._body(session, deal, rows)
            if filing.kind in AT_REGISTRY:
                body["mandates"] = await _mandates(session, deal)
        if filing.kind in AT_REGISTRY:
            body["packet"] = await self._blob(deal.transfer.packet_sha256)
        if filing.kind == "undo:release":
            body["contract"] = await self._blob(deal.contract.document_sha256)
        return body

    async def _body(self, session: AsyncSession, deal: Deal, rows: list[ApprovalRow]) -> dict[str, JsonValue]:
        """One body, and the signatures of all whom the law names."""
        if not rows or any(row.state != "signed" for row in rows):
            raise WrongState("not_signed", ko="아직 서명되지 않았습니다.", en="Not everybody has signed this yet.")
        text = await sealed_bodies.exact_body(session, self.sealed, rows[0], basis=BASIS, purpose="file")
        return {"body": text, "signatures": [_signature(deal, row) for row in rows]}

    async def _blob(self, sha256: str | None) -> str:
        if sha256 is None:
            raise WrongState("document_missing", ko="문서가 준비되지 않았습니다.", en="The document is not ready.")
        return base64.b64encode(await self.documents.get(sha256)).decode()

    async def _after(self, session: AsyncSession, deal: Deal, filing: Filing, body: dict[str, Any]) -> None:
        if filing.kind == "report":
            await webhooks.announce(session, deal.contract, Event.REPORTED, filing.reference)
        if filing.kind == "application":
            await _note_filing(session, deal, str(body["number"]))
        if filing.kind == "supplement":
            held = await transfers.transfer(session, filing.transfer_id, lock=True)
            held.state = "filed"
            session.add(held)


def _order(agency: Agency, service: str, purpose: str, order: StampOrder | FeeOrder) -> Outgoing:
    """An order that nobody has to sign: only paying it counts."""
    body: dict[str, JsonValue] = {"body": order.canonical().decode(), "signatures": []}
    return Outgoing(agency=agency, service=service, reference=order.reference, purpose=purpose, body=body)


def _address(deal: Deal, kind: str) -> tuple[Agency, str, str]:
    """Agency, service and purpose of one kind of filing."""
    if kind == "change_report":
        return Agency.RTMS, f"reports/{deal.certificate_no}/change", "report"
    if kind == "supplement":
        return Agency.REGISTRY, f"applications/{deal.record['receipt_no']}/supplement", "registration"
    if kind == "undo:withdrawal":
        return Agency.REGISTRY, f"applications/{deal.record['receipt_no']}/withdrawal", "registration"
    if kind == "undo:cancellation":
        return Agency.RTMS, f"reports/{deal.certificate_no}/cancellation", "report"
    if kind == "undo:refund":
        return Agency.WETAX, f"returns/{deal.answer('tax')['number']}/refund", "tax"
    fixed: dict[str, tuple[Agency, str, str]] = {
        "report": (Agency.RTMS, "reports", "report"),
        "tax": (Agency.WETAX, "returns", "tax"),
        "bond": (Agency.BOND, "orders", "bond"),
        "application": (Agency.REGISTRY, "applications", "registration"),
        "undo:release": (Agency.BANK, "releases", "payment"),
    }
    return fixed[kind]


def _kept(answer: Answer) -> dict[str, Any]:
    """What is kept of an answer: the agency's own words, its number, and its signed receipt."""
    return {**answer.body, "number": answer.number, "at": answer.at.isoformat(), "receipt_jws": answer.receipt_jws}


def _signature(deal: Deal, row: ApprovalRow) -> JsonValue:
    return {"role": row.role, "identity_ref": deal.refs[row.person_id], "cms": row.cms}


async def _mandates(session: AsyncSession, deal: Deal) -> list[JsonValue]:
    rows = [row for row in await contracts.approvals(session, deal.transfer.id, "mandate") if row.state == "signed"]
    return [{"body": row.body, "signatures": [_signature(deal, row)]} for row in rows]


async def _note_filing(session: AsyncSession, deal: Deal, receipt_no: str) -> None:
    row = await transfers.note(session, deal.transfer.id, "receipt_no", receipt_no)
    row.state = "filed"
    if await transfers.registry_filing(session, receipt_no) is None:
        session.add(
            RegistryFilingRow(
                transfer_id=deal.transfer.id,
                receipt_no=receipt_no,
                packet_sha256=deal.transfer.packet_sha256 or "",
                state=RegistryState.RECEIVED,
                corrections=[],
            )
        )
