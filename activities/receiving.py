"""The receiving agency's side of a draw: our notice goes out, receipt is closed, the list comes in, winners go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date
from functools import partial
from typing import Any, NoReturn

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.exchange import Carriage
from activities.heartbeat import Beat
from activities.lists import in_pages, root1
from activities.stamps import stamped
from domain.draws import CountAt, DrawCarry, DrawState, DrawView, RecordRef
from domain.errors import AgencyDown, AgencyRefused, WrongState
from domain.filings import Outgoing
from domain.messages import DrawStart
from domain.notices import Notice
from domain.ports import NoticeBoard, TrustServices
from domain.time import now, seoul_date
from domain.words import Agency, Step
from domain.work import Nothing
from law.drawing.corrected import Corrected
from law.drawing.endings import Annulled
from law.drawing.terms import Head
from law.drawing.transcript import Count, count_digest, root1_digest
from store import awards, cases, draw_lists, draws, reserve
from store.db import Database
from store.draw_lists import Page
from store.sealed import SealedBox
from store.tables.draws import AwardRow
from store.tables.notices import NoticeRow

PUBLISHING = "주택공급에 관한 규칙 제21조 (모집공고)"
WINNERS = "주택공급에 관한 규칙 제57조 (당첨자의 명단관리)"
RECEIVED = "receive"  # the pass that fetches the list
TOLD = 500  # people in one transaction


@dataclass(frozen=True)
class Receiving:
    """``boards`` read the agencies' lists; ``carriage`` acts there, exactly once in effect."""

    db: Database
    sealed: SealedBox
    carriage: Carriage
    boards: Mapping[Agency, NoticeBoard]
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
                await self._answered(carry.notice_id, "refused")
                raise
            await self._answered(carry.notice_id, "open")
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
        async with told() as beat:
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
                notice = await session.get_one(NoticeRow, start.notice_id)
            if draw.state == DrawState.COMMITTED:
                await self._fix(Head.model_validate(draw.head), await self._fetch(notice, beat))
            await in_pages(self.db, start.notice_id, "tell_closed", partial(_tell_closed, start.notice_id), beat)
            return await self._view(start.notice_id)

    async def _fetch(self, notice: NoticeRow, beat: Beat) -> int:
        """Page by page into the store, from where it stands; how many applications the agency says it has received."""
        while True:
            async with self.db.transaction() as session:
                after = (await draw_lists.place(session, notice.id, RECEIVED)).after
            page = await self.boards[Agency(notice.agency)].entries(notice.number, int(after or 0))
            if not page.items:
                return page.received
            async with self.db.transaction() as session:
                place = await draw_lists.place(session, notice.id, RECEIVED)
                if place.after == after:  # nobody else has kept this page meanwhile
                    await draw_lists.keep(session, notice.id, page.items)
                    place.after, place.done = str(page.last), place.done + len(page.items)
                    session.add(place)
            beat(RECEIVED, place.done)

    async def _fix(self, head: Head, received: int) -> None:
        notice_id = head.basis.notice_id
        root, count = await root1(self.db, notice_id)
        if count != received:
            await self._forget(notice_id)
        stamp = await stamped(self.trust, root1_digest(head, root, count))
        async with self.db.transaction() as session:
            draw = await draws.draw(session, notice_id, lock=True)
            if draw.state != DrawState.COMMITTED:
                return
            draw.state, draw.closed_at = DrawState.CLOSED, now()
            draw.root1, draw.root1_stamp, draw.count = root.hex(), stamp, count
            notice = await session.get_one(NoticeRow, notice_id)
            notice.state = "closed"
            session.add_all([draw, notice])

    async def _forget(self, notice_id: str) -> NoReturn:
        """A list that does not add up is fetched again from its beginning."""
        async with self.db.transaction() as session:
            if (await draws.draw(session, notice_id, lock=True)).state == DrawState.COMMITTED:
                await draw_lists.forget(session, notice_id)
        raise AgencyDown(
            "list_incomplete", ko="기관이 넘긴 명단의 건수가 맞지 않습니다. 처음부터 다시 받습니다.",
            en="The agency's list is not of the number that it says. It is fetched again from its beginning.",
        )  # fmt: skip

    @activity.defn(name="receiving.tell_winners")
    async def tell_winners(self, carry: DrawCarry) -> Nothing:
        """The operator keeps every win for good (제57조). All winners of the draw, those of the first round of the
        wait-list, or the one whose contract has been made."""
        async with told():
            async with self.db.transaction() as session:
                row = await session.get_one(NoticeRow, carry.notice_id)
                notice = Notice.model_validate(row.body)
                won = await _won(session, carry)
                winners: list[JsonValue] = [await self._winner(session, one, notice) for one in won]
            if winners:
                body: dict[str, Any] = {
                    "notice_no": notice.number, "won_on": _won_on(won[0], carry).isoformat(),
                    "regulated": notice.regulated, "winners": winners,
                }  # fmt: skip
                await self._carry(row, carry, "winners", "report_winners", body, agency=Agency.APPLYHOME)
            await self._published(carry.notice_id)
            return Nothing()

    @activity.defn(name="receiving.withdraw_winners")
    async def withdraw_winners(self, carry: DrawCarry) -> Nothing:
        """Who has not won after all is taken off the list of winners (제57조제4항). Those with a contract stay on it
        until people have dissolved it."""
        async with told():
            async with self.db.transaction() as session:
                row = await session.get_one(NoticeRow, carry.notice_id)
                draw = await draws.draw(session, carry.notice_id)
                gone = await awards.taken_back(session, carry.notice_id, carry.correction)
                record = await draws.record(session, _stated(carry))
            tickets: list[JsonValue] = [one.ticket for one in gone]
            if tickets:
                body: dict[str, Any] = {
                    "notice_no": row.number, "tickets": tickets, "record_sha256": record.body_sha256,
                    "order": None if carry.correction else (draw.ended or {}).get("order"),
                }  # fmt: skip
                await self._carry(row, carry, "winners/withdraw", "withdraw_winners", body, agency=Agency.APPLYHOME)
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

    async def _answered(self, notice_id: str, state: str) -> None:
        """From its agency's answer on people may apply, or never."""
        async with self.db.transaction() as session:
            row = await session.get_one(NoticeRow, notice_id, with_for_update=True)
            if row.state == "publishing":
                row.state = state
                session.add(row)

    async def _published(self, notice_id: str) -> None:
        async with self.db.transaction() as session:
            draw = await draws.draw(session, notice_id, lock=True)
            if draw.state != DrawState.SELECTED:  # told before, or annulled meanwhile
                return
            notice = await session.get_one(NoticeRow, notice_id)
            draw.state, notice.state = DrawState.PUBLISHED, "announced"
            session.add_all([draw, notice])

    async def _view(self, notice_id: str) -> DrawView:
        async with self.db.transaction() as session:
            draw = await draws.draw(session, notice_id)
            notice = await session.get_one(NoticeRow, notice_id)
            beacon = Head.model_validate(draw.head).custody.beacon
            return DrawView(
                notice_id=notice_id, state=DrawState(draw.state), receipt_opens_at=notice.receipt_opens_at,
                receipt_closes_at=notice.receipt_closes_at, beacon_at=beacon.out_at if beacon else None,
            )  # fmt: skip


async def _won(session: AsyncSession, carry: DrawCarry) -> list[AwardRow]:
    if carry.award_id is not None:
        return [await awards.award(session, carry.award_id)]
    if carry.reserve:
        return await reserve.allotted(session, carry.notice_id)
    return await awards.won_at_the_draw(session, carry.notice_id, carry.correction)


def _won_on(award: AwardRow, carry: DrawCarry) -> date:
    """제2조제7호: the day of selection; of a home that the wait-list gave by number, the day of its contract."""
    return award.contracted_on if carry.award_id and award.contracted_on else seoul_date(award.at)


def _stated(carry: DrawCarry) -> RecordRef:
    """The record that says why winners are taken back."""
    kind = Corrected if carry.correction else Annulled
    form = str(kind.model_fields["format"].default)
    return RecordRef(notice_id=carry.notice_id, format=form, number=carry.correction or 1)


async def _tell_closed(notice_id: str, session: AsyncSession, after: str) -> Page | None:
    """The next of those who applied here."""
    own = await draws.own_tickets(session, notice_id, after=after, limit=TOLD)
    if not own:
        return None
    draw, notice = await draws.draw(session, notice_id), await session.get_one(NoticeRow, notice_id)
    for case_id in {one.case_id for one in own.values()}:
        await cases.record(
            session, case_id, f"closed:{notice_id}", step=Step.CLOSED, agency=notice.agency,
            reference=draw.root1 or "",
            ko=f"접수가 마감되었습니다: {notice.name}, 신청 {draw.count}건. 명단을 확정하고 시점확인을 받았습니다.",
            en=f"Receipt has closed: {notice.name}, {draw.count} applications. The list is fixed and time-stamped.",
        )  # fmt: skip
    return Page(max(own), len(own))
