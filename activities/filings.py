"""Carrying signed bodies to the agencies, and watching for what they answer later."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities import bodies
from activities.deal import Deal, load
from activities.errors import told
from activities.exchange import Carriage
from domain.errors import NotYet, WrongState
from domain.filings import Answer, FeeOrder, Outgoing, RegistryState, RegistryStatus, StampOrder
from domain.ports import Documents, LedgerBooks, Registry, TaxOffice
from domain.words import Agency
from domain.work import Filed, Filing, Nothing, RegistryAsk, RegistryNews, TransferView
from law.rulebook import Rulebook
from law.stamp_duty import stamp_duty
from store import contracts, transfers
from store.db import Database
from store.sealed import SealedBox
from store.tables.transfers import RegistryFilingRow

EXEMPT: dict[str, JsonValue] = {"number": "exempt", "amount": 0, "payment_no": "exempt"}


@dataclass(frozen=True)
class Filings:
    db: Database
    sealed: SealedBox
    documents: Documents
    carriage: Carriage
    rulebook: Rulebook
    books: LedgerBooks
    tax_office: TaxOffice
    registry: Registry
    poll: timedelta

    @activity.defn
    async def carry(self, filing: Filing) -> Filed:
        """Carry one signed body; its answer is kept in the transfer's record. Exactly once in effect."""
        async with told():
            async with self.db.transaction() as session:
                deal = await load(session, self.sealed, filing.transfer_id, purpose=filing.kind)
            key = f"answer:{filing.approval}"
            if key not in deal.record:
                outgoing = await self._outgoing(deal, filing)
                body = EXEMPT if outgoing is None else _kept(await self.carriage.carry(outgoing))
                async with self.db.transaction() as session:
                    await transfers.note(session, filing.transfer_id, key, body)
                    await self._after(session, deal, filing, body)
                return Filed(number=str(body["number"]))
            return Filed(number=str(deal.record[key]["number"]))

    async def _outgoing(self, deal: Deal, filing: Filing) -> Outgoing | None:
        """Where the act goes and with what; None where the law asks for nothing."""
        ref = filing.reference
        if filing.kind == "stamp":
            amount = stamp_duty(deal.full_price, deal.terms.made_on, self.rulebook).value
            return _order(Agency.BANK, "stamps", "payment", bodies.stamp_order(deal, ref, amount)) if amount else None
        if filing.kind == "fee":
            return _order(Agency.REGISTRY, "fees", "registration", bodies.fee_order(deal, ref))
        agency, service, purpose = _address(deal, filing.kind)
        body = await self._signed(deal, filing)
        return Outgoing(agency=agency, service=service, reference=ref, purpose=purpose, body=body)

    async def _signed(self, deal: Deal, filing: Filing) -> dict[str, JsonValue]:
        async with self.db.transaction() as session:
            body = await _signed_body(session, deal, filing.approval)
            if filing.kind in ("application", "supplement"):
                body["mandates"] = await _mandates(session, deal)
        if filing.kind in ("application", "supplement"):
            body["packet"] = await self._blob(deal.transfer.packet_sha256)
        if filing.kind == "undo:release":
            body["contract"] = await self._blob(deal.contract.document_sha256)
        return body

    async def _blob(self, sha256: str | None) -> str:
        if sha256 is None:
            raise WrongState("document_missing", ko="문서가 준비되지 않았습니다.", en="The document is not ready.")
        return base64.b64encode(await self.documents.get(sha256)).decode()

    async def _after(self, session: AsyncSession, deal: Deal, filing: Filing, body: dict[str, Any]) -> None:
        if filing.kind in ("report", "change_report"):
            price = deal.terms.price if filing.kind == "report" else deal.full_price
            await transfers.note(session, filing.transfer_id, "reported_price", price)
        if filing.kind == "application":
            await _note_filing(session, deal, str(body["number"]))

    # Facts from outside

    @activity.defn
    async def await_building(self, transfer: TransferView) -> Nothing:
        """Until the supplier's own registration (보존등기) of this unit exists; only then the balance may be due."""
        async with told():
            async with self.db.transaction() as session:
                deal = await load(session, self.sealed, transfer.transfer_id, purpose="find the unit")
            if "property" in deal.record:
                return Nothing()
            home = deal.terms.property
            unit = deal.terms.unit or ""
            number = await self.books.find_unit(deal.notice.number if deal.notice else "", unit)
            if number is None:
                raise NotYet("waiting_for_building", retry_after=self.poll.total_seconds())
            title = await self.books.title(number)
            found = home.model_copy(
                update={
                    "unique_no": number,
                    "lot_address": title.lot_address,
                    "land_share": title.land_share,
                    "exclusive_area": title.exclusive_area,
                    "building": title.building,
                    "title_sha256": title.sha256 or None,
                }
            )
            async with self.db.transaction() as session:
                await transfers.note(session, transfer.transfer_id, "property", found.model_dump(mode="json"))
            return Nothing()

    @activity.defn
    async def await_standard_value(self, transfer: TransferView) -> Nothing:
        """시가표준액 as the city computes it (지방세법 제4조); never the price."""
        async with told():
            async with self.db.transaction() as session:
                deal = await load(session, self.sealed, transfer.transfer_id, purpose="standard value")
            if "standard_value" not in deal.record:
                value = await self.tax_office.standard_value(deal.home.unique_no or "")
                async with self.db.transaction() as session:
                    await transfers.note(session, transfer.transfer_id, "standard_value", value.model_dump(mode="json"))
            return Nothing()

    @activity.defn
    async def await_news(self, ask: RegistryAsk) -> RegistryNews:
        """Until the registrar has decided something that we have not told yet."""
        async with told():
            status = await self.registry.status(ask.receipt_no)
            if not _is_news(status, ask):
                raise NotYet("waiting_for_registrar", retry_after=self.poll.total_seconds())
            async with self.db.transaction() as session:
                await _note_status(session, ask, status)
            return RegistryNews(
                receipt_no=ask.receipt_no, state=status.state, corrections=status.corrections, ground=status.ground
            )


def _is_news(status: RegistryStatus, ask: RegistryAsk) -> bool:
    if status.state is RegistryState.CORRECTION:
        return len(status.corrections) > ask.corrections_seen
    return status.state in (RegistryState.REGISTERED, RegistryState.DISMISSED, RegistryState.WITHDRAWN)


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


async def _signed_body(session: AsyncSession, deal: Deal, kind: str) -> dict[str, JsonValue]:
    rows = [row for row in await contracts.approvals(session, deal.transfer.id, kind) if row.state == "signed"]
    if not rows:
        raise WrongState("not_signed", ko="아직 서명되지 않았습니다.", en="Nobody has signed this yet.")
    signatures: list[JsonValue] = [
        {"role": row.role, "identity_ref": deal.refs[row.person_id], "cms": row.cms} for row in rows
    ]
    return {"body": rows[0].body, "signatures": signatures}


async def _mandates(session: AsyncSession, deal: Deal) -> list[JsonValue]:
    rows = [row for row in await contracts.approvals(session, deal.transfer.id, "mandate") if row.state == "signed"]
    return [
        {
            "body": row.body,
            "signatures": [{"role": row.role, "identity_ref": deal.refs[row.person_id], "cms": row.cms}],
        }
        for row in rows
    ]


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


async def _note_status(session: AsyncSession, ask: RegistryAsk, status: RegistryStatus) -> None:
    row = await transfers.registry_filing(session, ask.receipt_no)
    if row is not None:
        row.state, row.ground = status.state, status.ground
        row.corrections = [json.loads(one.canonical()) for one in status.corrections]
        session.add(row)
    held = await transfers.transfer(session, ask.transfer_id, lock=True)
    held.state = status.state
    session.add(held)
