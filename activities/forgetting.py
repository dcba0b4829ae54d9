"""Secrets that have done their work are destroyed: 등기필정보 is opened for one registration and nothing else."""

from __future__ import annotations

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.kinds import word
from domain.words import PartyRole
from store import contracts, sealed_bodies, transfers
from store.sealed import SealedBox

RIGHT_PROOF = "right_proof"
GIVERS = (PartyRole.SELLER, PartyRole.SUPPLIER)


async def forget_secrets(session: AsyncSession, sealed: SealedBox, transfer_id: UUID) -> None:
    """Once registered or dissolved. What was signed stays provable by its digest."""
    row = await transfers.transfer(session, transfer_id)
    terms = contracts.terms_of(await contracts.contract(session, row.contract_id))
    for party in terms.parties:
        if party.role in GIVERS:
            await sealed.destroy(session, party.person_id, RIGHT_PROOF, subject=str(transfer_id))
    for approval in await contracts.all_approvals(session, transfer_id):
        if word(approval.kind) == "application":
            await sealed_bodies.destroy_body(session, sealed, approval)
