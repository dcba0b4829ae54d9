"""Permanent refusals, shown to the people of a case until one of them has mended the cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.kinds import word
from domain.contracts import Party
from domain.time import now
from domain.words import PartyRole
from domain.work import Mended, Nothing, Refusal, Responsible
from store import cases, contracts, transfers
from store.db import Database
from store.tables.transfers import TransferRow

MENDING = "mending"  # in a transfer's record
GIVERS = (PartyRole.SELLER, PartyRole.SUPPLIER)
PAID_BY_BUYER = ("stamp", "fee")
EVERYBODY = tuple(role for role in PartyRole if role is not PartyRole.WITNESS)
ROLES: dict[str, tuple[PartyRole, ...]] = {
    "obligor": GIVERS,
    "obligee": (PartyRole.BUYER,),
    "reporter": EVERYBODY,
    "scrivener": (),
}


@dataclass(frozen=True)
class Troubles:
    db: Database

    @activity.defn(name="troubles.tell")
    async def tell(self, refusal: Refusal) -> Responsible:
        """Say what was refused and why; the answer is who can mend it."""
        async with told(), self.db.transaction() as session:
            await cases.record(
                session, refusal.case_id, refusal.key, reference=refusal.code,
                ko=f"{refusal.ko or '기관이 거절했습니다.'} ({refusal.code}) 원인을 바로잡은 뒤 다시 제출해 주십시오.",
                en=f"{refusal.en or 'Refused.'} ({refusal.code}) Mend the cause, then submit again.",
                detail={"kind": refusal.kind, "article": refusal.article},
            )  # fmt: skip
            if refusal.transfer_id is None:
                return Responsible()
            people = await _responsible(session, refusal.transfer_id, refusal)
            await _mark(session, refusal.transfer_id, refusal, people)
            return Responsible(person_ids=tuple(people))

    @activity.defn(name="troubles.mended")
    async def mended(self, mended: Mended) -> Nothing:
        async with told(), self.db.transaction() as session:
            row = await transfers.transfer(session, mended.transfer_id, lock=True)
            waiting = {kind: said for kind, said in row.record.get(MENDING, {}).items() if kind != mended.kind}
            await transfers.note(session, row.id, MENDING, waiting)
            return Nothing()


async def _mark(session: AsyncSession, transfer_id: UUID, refusal: Refusal, people: Sequence[UUID]) -> None:
    row = await transfers.transfer(session, transfer_id, lock=True)
    said = {
        **refusal.model_dump(mode="json", include={"code", "ko", "en", "article"}),
        "people": [str(one) for one in people], "at": now().isoformat(),
    }  # fmt: skip
    await transfers.note(session, transfer_id, MENDING, {**row.record.get(MENDING, {}), refusal.kind: said})


async def _responsible(session: AsyncSession, transfer_id: UUID, refusal: Refusal) -> list[UUID]:
    """By the role that was named; else who signed it; else who pays it; else everybody of the deal."""
    row = await transfers.transfer(session, transfer_id)
    parties = contracts.terms_of(await contracts.contract(session, row.contract_id)).parties
    if refusal.role:
        return [*_scrivener(row), *_of(parties, ROLES.get(refusal.role, EVERYBODY))]
    signed = [one.person_id for one in await contracts.approvals(session, transfer_id, refusal.kind)]
    if signed:
        return list(dict.fromkeys(signed))
    if word(refusal.kind) in PAID_BY_BUYER:
        return _of(parties, (PartyRole.BUYER,))
    return [*_scrivener(row), *_of(parties, EVERYBODY)]


def _of(parties: Sequence[Party], roles: Sequence[PartyRole]) -> list[UUID]:
    return [party.person_id for party in parties if party.role in roles]


def _scrivener(row: TransferRow) -> list[UUID]:
    return [row.scrivener_id] if row.scrivener_id else []
