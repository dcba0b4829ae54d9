"""Watching for facts from outside: a building's registration, a standard value, the registrar's decision."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.deal import load
from activities.errors import told
from activities.forgetting import forget_secrets
from domain.errors import NotYet
from domain.filings import RegistryState, RegistryStatus
from domain.ports import LedgerBooks, Registry, TaxOffice
from domain.webhooks import Event
from domain.work import Nothing, RegistryAsk, RegistryNews, TransferView
from store import contracts, transfers, webhooks
from store.db import Database
from store.sealed import SealedBox

PENDING = {RegistryState.RECEIVED: "filed", RegistryState.EXAMINING: "filed"}  # of a transfer


@dataclass(frozen=True)
class Watching:
    """``poll``: how long until what has not happened yet is looked for again."""

    db: Database
    sealed: SealedBox
    books: LedgerBooks
    tax_office: TaxOffice
    registry: Registry
    poll: timedelta

    @activity.defn
    async def fetch_title(self, transfer: TransferView) -> Nothing:
        """등기사항증명서 as of now, for the examiner's checks before filing."""
        async with told():
            async with self.db.transaction() as session:
                deal = await load(session, self.sealed, transfer.transfer_id, purpose="check the title")
            title = await self.books.title(deal.home.unique_no or "")
            async with self.db.transaction() as session:
                await transfers.note(session, transfer.transfer_id, "title", title.model_dump(mode="json"))
            return Nothing()

    @activity.defn
    async def last_filing(self, transfer: TransferView) -> RegistryNews:
        """How the last filing at the registry stands now; one that never was is as good as withdrawn."""
        async with told():
            async with self.db.transaction() as session:
                receipt = (await transfers.transfer(session, transfer.transfer_id)).record.get("receipt_no")
            if receipt is None:
                return RegistryNews(receipt_no="", state=RegistryState.WITHDRAWN)
            ask = RegistryAsk(transfer_id=transfer.transfer_id, receipt_no=str(receipt))
            return await self._told(ask, await self.registry.status(ask.receipt_no))

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
            return await self._told(ask, status)

    async def _told(self, ask: RegistryAsk, status: RegistryStatus) -> RegistryNews:
        async with self.db.transaction() as session:
            await _note_status(session, ask, status)
            if status.state is RegistryState.REGISTERED:
                await forget_secrets(session, self.sealed, ask.transfer_id)
                held = await transfers.transfer(session, ask.transfer_id)
                row = await contracts.contract(session, held.contract_id)
                await webhooks.announce(session, row, Event.REGISTERED, ask.receipt_no)
        return RegistryNews(
            receipt_no=ask.receipt_no, state=status.state, corrections=status.corrections, ground=status.ground
        )


def _is_news(status: RegistryStatus, ask: RegistryAsk) -> bool:
    if status.state is RegistryState.CORRECTION and not ask.decisions_only:
        return len(status.corrections) > ask.corrections_seen
    return status.state in (RegistryState.REGISTERED, RegistryState.DISMISSED, RegistryState.WITHDRAWN)


async def _note_status(session: AsyncSession, ask: RegistryAsk, status: RegistryStatus) -> None:
    row = await transfers.registry_filing(session, ask.receipt_no)
    if row is not None:
        row.state, row.ground = status.state, status.ground
        row.corrections = [json.loads(one.canonical()) for one in status.corrections]
        session.add(row)
    held = await transfers.transfer(session, ask.transfer_id, lock=True)
    if status.state is RegistryState.REGISTERED or held.state != "dissolving":
        held.state = PENDING.get(status.state, status.state)
    session.add(held)
