"""The receiving agency's side of a draw: our notice goes out, receipt is closed, the list comes in, winners go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.closing import Closing, closing_of
from activities.errors import told
from activities.exchange import Carriage
from activities.stamps import stamped
from domain.draws import CountAt, DrawCarry, DrawState, DrawView
from domain.errors import AgencyRefused, WrongState
from domain.filings import Outgoing
from domain.messages import DrawStart
from domain.notices import Notice
from domain.ports import Documents, NoticeBoard, TrustServices
from domain.time import now, seoul_date
from domain.words import Agency, Step
from domain.work import Nothing
from law.drawing.terms import Head
from law.drawing.transcript import Count, count_digest, root1_digest
from store import awards, cases, draws, exchange
from store.db import Database
from store.sealed import SealedBox
from store.tables.draws import AwardRow, DrawRow
from store.tables.notices import NoticeRow

PUBLISHING = "주택공급에 관한 규칙 제21조 (모집공고)"
WINNERS = "주택공급에 관한 규칙 제57조 (당첨자의 명단관리)"


@dataclass(frozen=True)
class Receiving:
    """``boards`` read the agencies' lists; ``carriage`` acts there, exactly once in effect."""

    db: Database
    sealed: SealedBox
    carriage: Carriage
    boards: Mapping[Agency, NoticeBoard]
    documents: Documents
    trust: TrustServices

    @activity.defn(name="receiving.publish")
    async def publish(self, carry: DrawCarry) -> DrawView:
        """The officer's notice at the agency that receives its applications. Its no ends the notice."""
        async with told():
            async with self.db.transaction() as session:
                row = await session.get_one(NoticeRow, carry.notice_id)
                if row.published_by is None:
                    raise WrongState("no_officer", ko="사업주체 담당자가 없습니다.", en="The notice has no officer.")
                ref = await self.sealed.open(
                    session, row.published_by, "identity_ref", basis=PUBLISHING, purpose="publish a notice"
                )
            try:
                await self._carry(row, carry, "notices", "publish", dict(row.body), subject_ref=ref)
            except AgencyRefused:
                await self._refused(carry.notice_id)
                raise
            return await self._view(carry.notice_id)

    @activity.defn(name="receiving.count")
    async def count(self, hour: CountAt) -> Nothing:
        """How many applications there are, time-stamped: who takes some away later, or adds them, is found out."""
        async with told():
            async with self.db.transaction() as session:
                draw = await draws.draw(session, hour.notice_id)
                row = await session.get_one(NoticeRow, hour.notice_id)
            at = hour.at.astimezone(UTC).isoformat()
            number = await self.boards[Agency(row.agency)].count(row.number)
            stamp = await stamped(self.trust, count_digest(Head.model_validate(draw.head), at, number))
            async with self.db.transaction() as session:
                await draws.keep_count(session, hour.notice_id, Count(at=at, count=number, stamp=stamp))
            return Nothing()

    @activity.defn(name="receiving.close")
    async def close(self, carry: DrawCarry) -> Nothing:
        """End receipt at the agency, which refuses before its own instant."""
        async with told():
            async with self.db.transaction() as session:
                row = await session.get_one(NoticeRow, carry.notice_id)
            await self._carry(row, carry, f"notices/{row.number}/close", "close", {})
            return Nothing()

    @activity.defn(name="receiving.receive")
    async def receive(self, start: DrawStart) -> DrawView:
        """Fetch the whole list, fix it under root 1 and a time stamp, and tell everybody who applied here."""
        async with told():
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
                notice = Notice.model_validate((await session.get_one(NoticeRow, start.notice_id)).body)
            if draw.state == DrawState.COMMITTED:
                received = await self.boards[notice.agency].entries(notice.number)
                await self._fix(Head.model_validate(draw.head), closing_of(received))
            return await self._view(start.notice_id)

    async def _fix(self, head: Head, closing: Closing) -> None:
        count, root = len(closing.received), closing.root1()
        stamp = await stamped(self.trust, root1_digest(head, root, count))
        data = closing.canonical()
        sha256 = await self.documents.put(data, "application/json")
        async with self.db.transaction() as session:
            draw = await draws.draw(session, head.basis.notice_id, lock=True)
            if draw.state != DrawState.COMMITTED:
                return
            await draws.keep_entries(session, draw.notice_id, closing.received)
            await exchange.note_blob(session, sha256, "application/json", len(data))
            draw.state, draw.entries_sha256, draw.closed_at = DrawState.CLOSED, sha256, now()
            draw.root1, draw.root1_stamp, draw.count = root.hex(), stamp, count
            notice = await session.get_one(NoticeRow, draw.notice_id)
            notice.state = "closed"
            session.add_all([draw, notice])
            await _tell_closed(session, draw, notice, count)

    @activity.defn(name="receiving.tell_winners")
    async def tell_winners(self, carry: DrawCarry) -> Nothing:
        """The operator keeps every win for good (제57조). All winners, or the one to whom a lapsed home went."""
        async with told():
            async with self.db.transaction() as session:
                row = await session.get_one(NoticeRow, carry.notice_id)
                notice = Notice.model_validate(row.body)
                if carry.award_id is not None:
                    # Being allotted a home from the wait-list counts as a win, also when it has lapsed since (제2조).
                    won = [await awards.award(session, carry.award_id)]
                else:
                    won = await awards.won_at_the_draw(session, carry.notice_id)
                winners: list[JsonValue] = [await self._winner(session, one, notice) for one in won]
            if winners:
                body: dict[str, Any] = {
                    "notice_no": notice.number, "won_on": seoul_date(won[0].at).isoformat(),
                    "regulated": notice.regulated, "winners": winners,
                }  # fmt: skip
                await self._carry(row, carry, "winners", "report_winners", body, agency=Agency.APPLYHOME)
            await self._published(carry.notice_id)
            return Nothing()

    async def _winner(self, session: AsyncSession, award: AwardRow, notice: Notice) -> dict[str, JsonValue]:
        """Who it is goes along only where the list of winners is kept by another body than the one that received."""
        ref = ""
        if notice.agency is not Agency.APPLYHOME and award.person_id is not None:
            ref = await self.sealed.open(
                session, award.person_id, "identity_ref", basis=WINNERS, purpose="report a winner"
            )
        return {
            "ticket": award.ticket, "model_no": award.model_no, "supply_kind": award.supply_kind,
            "unit": award.unit or "", "applicant_ref": ref,
        }  # fmt: skip

    async def _carry(
        self, row: NoticeRow, carry: DrawCarry, service: str, purpose: str, body: dict[str, Any], *,
        subject_ref: str = "", agency: Agency | None = None,
    ) -> None:  # fmt: skip
        await self.carriage.carry(
            Outgoing(
                agency=agency or Agency(row.agency), service=service, reference=carry.reference, purpose=purpose,
                body=body, subject_ref=subject_ref,
            )
        )  # fmt: skip

    async def _refused(self, notice_id: str) -> None:
        async with self.db.transaction() as session:
            row = await session.get_one(NoticeRow, notice_id)
            row.state = "refused"
            session.add(row)

    async def _published(self, notice_id: str) -> None:
        async with self.db.transaction() as session:
            draw = await draws.draw(session, notice_id, lock=True)
            notice = await session.get_one(NoticeRow, notice_id)
            draw.state, notice.state = DrawState.PUBLISHED, "announced"
            session.add_all([draw, notice])

    async def _view(self, notice_id: str) -> DrawView:
        async with self.db.transaction() as session:
            draw = await draws.draw(session, notice_id)
            notice = await session.get_one(NoticeRow, notice_id)
            return DrawView(
                notice_id=notice_id, state=DrawState(draw.state), receipt_opens_at=notice.receipt_opens_at,
                receipt_closes_at=notice.receipt_closes_at,
            )  # fmt: skip


async def _tell_closed(session: AsyncSession, draw: DrawRow, notice: NoticeRow, count: int) -> None:
    for case_id in {own.case_id for own in (await draws.own_tickets(session, draw.notice_id)).values()}:
        await cases.record(
            session, case_id, f"closed:{draw.notice_id}", step=Step.CLOSED, agency=notice.agency,
            reference=draw.root1 or "",
            ko=f"접수가 마감되었습니다: {notice.name}, 신청 {count}건. 명단을 확정하고 시점확인을 받았습니다.",
            en=f"Receipt has closed: {notice.name}, {count} applications. The list is fixed and time-stamped.",
        )  # fmt: skip
