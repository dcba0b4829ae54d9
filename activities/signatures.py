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
from domain.work import Asked, Nothing, Signed, SigningOver, Turn, Waiting
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
            state = await self.service.request(
                SigningRequest(
                    reference=asked.reference,
                    subject_ref=asked.certificate or await self._handle(asked.person_id),
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
                return await self._received(waiting.subject, state.signature)
            if state.state == "declined":
                raise AgencyRefused("declined", ko="서명자가 거절했습니다.", en="The signer declined.")
            if state.state in ("expired", "cancelled"):
                raise AgencyRefused("signing_expired", ko="서명 요청이 만료되었습니다.", en="The request has expired.")
            # Often at first: most people approve what they have just asked for.
            raise NotYet("waiting_for_signer", retry_after=min(self.poll.total_seconds(), activity.info().attempt))

    @activity.defn
    async def take_back(self, turn: Turn) -> Signed:
        """The revision goes to somebody else, or to another means. What its person has signed before stands."""
        async with told():
            async with self.db.transaction() as session:
                signer = await contracts.signer(session, turn.contract_id, turn.field)
            subject, signature = f"field:{turn.contract_id}:{turn.field}", signer.signature
            if signature is None and signer.signing_number is not None:
                signature = (await self.service.cancel(signer.signing_number)).signature
            return await self._received(subject, signature) if signature else Signed(subject=subject, signature="")

    async def _handle(self, person_id: UUID) -> str:
        async with self.db.transaction() as session:
            return await self.sealed.open(
                session, person_id, "identity_ref", basis=BASIS, purpose="request a signature"
            )

    async def _received(self, subject: str, signature: str) -> Signed:
        """Kept before anything is made of it: nobody is asked twice for what they have given."""
        async with self.db.transaction() as session:
            row = await _asked(session, subject)
            if isinstance(row, SignerRow) and row.state == "asked":
                row.signature = signature
                session.add(row)
        return Signed(subject=subject, signature=signature)

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


async def _asked(session: AsyncSession, subject: str) -> SignerRow | ApprovalRow:
    """The row of ``Asked.subject``, locked."""
    kind, _, rest = subject.partition(":")
    if kind == "field":
        contract_id, _, field = rest.partition(":")
        return await contracts.signer(session, UUID(contract_id), field)
    return await session.get_one(ApprovalRow, UUID(rest), with_for_update=True)


async def _mark_asked(session: AsyncSession, subject: str, number: str) -> None:
    row = await _asked(session, subject)
    if row.state == "void":
        row.signing_number = number  # to be called back
        session.add(row)
    elif row.state != "signed":
        row.state, row.signing_number = "asked", number
        session.add(row)
