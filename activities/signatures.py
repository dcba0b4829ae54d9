"""Asking a person's signing service, and waiting for its person. Keys never come here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from domain.errors import AgencyRefused, NotYet
from domain.ports import SigningRequest, SigningService
from domain.work import Asked, Nothing, Signed, SigningOver, Waiting
from store import contracts
from store.db import Database
from store.sealed import SealedBox
from store.tables.contracts import ApprovalRow, SignerRow

BASIS = "전자서명법 제3조"  # a signature that the parties agreed on; the handle goes to the signer's own service


@dataclass(frozen=True)
class Signatures:
    """``poll``: how long until an unanswered request is looked at again."""

    db: Database
    sealed: SealedBox
    service: SigningService
    poll: timedelta

    @activity.defn
    async def ask(self, asked: Asked) -> Waiting:
        """Put the request before its person; the same reference is the same request."""
        async with told():
            async with self.db.transaction() as session:
                ref = await self.sealed.open(
                    session, asked.person_id, "identity_ref", basis=BASIS, purpose="request a signature"
                )
            state = await self.service.request(
                SigningRequest(
                    reference=asked.reference,
                    subject_ref=ref,
                    title=asked.title,
                    sum_won=asked.sum_won,
                    document_sha256=asked.document_sha256,
                    signed_attrs=asked.signed_attrs,
                )
            )
            async with self.db.transaction() as session:
                await _mark_asked(session, asked.subject, state.number)
            return Waiting(subject=asked.subject, number=state.number)

    @activity.defn
    async def await_signature(self, waiting: Waiting) -> Signed:
        """The person's signature. ``declined`` and ``signing_expired`` are final for this request."""
        async with told():
            state = await self.service.state(waiting.number)
            if state.state == "approved" and state.signature:
                return Signed(subject=waiting.subject, signature=state.signature)
            if state.state == "declined":
                raise AgencyRefused("declined", ko="서명자가 거절했습니다.", en="The signer declined.")
            if state.state in ("expired", "cancelled"):
                raise AgencyRefused("signing_expired", ko="서명 요청이 만료되었습니다.", en="The request has expired.")
            raise NotYet("waiting_for_signer", retry_after=self.poll.total_seconds())

    @activity.defn
    async def call_back(self, over: SigningOver) -> Nothing:
        """Take back, at the signing service, what nobody shall approve any more. Repeating it changes nothing."""
        async with told():
            async with self.db.transaction() as session:
                numbers = await contracts.requests_of_nothing(session, over.subject_id)
            for number in numbers:
                await self.service.cancel(number)
            async with self.db.transaction() as session:
                await contracts.forget_requests(session, over.subject_id, numbers)
            return Nothing()


async def _mark_asked(session: AsyncSession, subject: str, number: str) -> None:
    kind, _, rest = subject.partition(":")
    row: SignerRow | ApprovalRow
    if kind == "field":
        contract_id, _, field = rest.partition(":")
        row = await contracts.signer(session, UUID(contract_id), field)
    else:
        row = await session.get_one(ApprovalRow, UUID(rest), with_for_update=True)
    if row.state == "void":
        row.signing_number = number  # to be called back
        session.add(row)
    elif row.state != "signed":
        row.state, row.signing_number = "asked", number
        session.add(row)
