"""The first round of a wait-list: opened with the homes, fixed when the time to join is over, drawn, settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.digits import typed_blind
from activities.errors import told
from activities.records import keep, stated
from activities.results import begin_award
from activities.stamps import stamped
from domain import ids
from domain.draws import Digits, DigitsOutcome, DigitsTyped, DrawState, RecordRef
from domain.errors import Invalid, NotYet, WrongState
from domain.messages import OpenRoundAct, ReserveStart
from domain.notices import Notice
from domain.ports import Documents, TrustServices
from domain.reserve import FreeHome, OpenRound, RoundState, RoundView
from domain.time import SEOUL, now
from domain.words import SupplyKind
from law.drawing import reserve as law
from law.drawing.reserve import Home, Joined, Listed, Reserve
from law.drawing.terms import Head
from law.rulebook import Rulebook
from law.waiting import contract_ends, least_to_join, wait_list_ends
from store import awards, draws, exchange, reserve
from store.db import Database
from store.tables.draws import AwardRow, DrawEntryRow, DrawRow
from store.tables.notices import NoticeRow
from store.tables.reserve import ReserveRow

SOON_S = 0.2


LOST = (
    "다른 주택에 당첨되어 예비입주자 동·호수 추첨에 참가할 수 없습니다 (주택공급에 관한 규칙 제26조제6항).",
    "You were selected for another home and have no part in the lots (주택공급에 관한 규칙 제26조제6항).",
)
KEPT = (
    "이번 동·호수 추첨에서는 배정되지 않았습니다. 예비입주자 순번은 그대로입니다.",
    "No home came to you in this round. Your number on the wait-list stays.",
)


@dataclass(frozen=True)
class ReserveRound:
    db: Database
    documents: Documents
    trust: TrustServices
    rulebook: Rulebook

    @activity.defn(name="reserve.open")
    async def open(self, wanted: OpenRound) -> RoundView:
        """Fix and publish the homes, tell everybody who waits and applied here, and promise the procedure. Asked again,
        the same answer. WrongState: it is not the time for it, or there is nothing to give or nobody to give it to."""
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, wanted.notice_id, lock=True)
            found = await reserve.find(session, wanted.notice_id)
            if found is not None:
                _must_be_the_same(found, wanted.act)
                return _view(found)
            row = await session.get_one(NoticeRow, wanted.notice_id)
            await self._must_be_time(session, draw, Notice.model_validate(row.body), _until(wanted.act))
            homes = await _homes(session, draw)
            waiting = await reserve.waiting(session, draw.notice_id)
            if not waiting:
                raise WrongState("nobody_waits", ko="남은 예비입주자가 없습니다.", en="Nobody is on the wait-list.")
            found = ReserveRow(
                notice_id=draw.notice_id, opened_by=wanted.act.person_id, until=_until(wanted.act), observers=[],
                homes=[one.model_dump(mode="json") for one in homes],
            )  # fmt: skip
            session.add(found)
            await session.flush()
            await _tell_open(session, row, waiting, found)
            start = ReserveStart(notice_id=draw.notice_id)
            await exchange.promise(
                session, "start:ReserveRoundWorkflow", ids.reserve_workflow_id(draw.notice_id), start
            )
            return _view(found)

    async def _must_be_time(self, session: AsyncSession, draw: DrawRow, notice: Notice, until: datetime) -> None:
        """The winners' time is over (제26조⑤, 제52조③, 제57조⑧, 제59조②), and those who wait have time enough."""
        if draw.state != DrawState.PUBLISHED or draw.correcting is not None or draw.selected_at is None:
            raise WrongState(
                "draw_not_settled",
                ko="추첨 결과가 확정되어 있지 않습니다.",
                en="The result of the draw does not stand.",
            )
        ends = contract_ends(notice, draw.selected_at, self.rulebook)
        if now() < ends:
            raise WrongState(
                "contract_window_open",
                ko=f"당첨자의 계약 기간이 {_moment(ends)}에 끝납니다. 그 뒤에 열어 주십시오.",
                en=f"The winners may contract until {_moment(ends)} (Seoul). Please open it after that.",
            )
        if await reserve.awards_under_way(session, draw.notice_id):
            raise WrongState(
                "awards_under_way",
                ko="자격 확인, 소명 또는 계약이 끝나지 않은 당첨자가 있습니다. 끝난 뒤에 열어 주십시오.",
                en="Some winners are still being checked, explain, or may contract. Please open it after that.",
            )  # fmt: skip
        first = await reserve.first_contract_on(session, draw.notice_id)
        earliest = now() + least_to_join(self.rulebook)
        latest = wait_list_ends(notice, first, self.rulebook) if first else None
        if until < earliest or (latest is not None and until > latest):
            before = f", {_moment(latest)} 전" if latest else ""
            raise Invalid(
                "bad_until", field="until",
                ko=f"참가 신청 기한은 {_moment(earliest)} 뒤{before}이어야 합니다.",
                en=f"The time to join ends after {_moment(earliest)} (Seoul) and before the wait-list does.",
            )  # fmt: skip

    @activity.defn(name="reserve.view")
    async def view(self, start: ReserveStart) -> RoundView:
        async with told(), self.db.transaction() as session:
            return _view(await _living(session, start))

    @activity.defn(name="reserve.fix")
    async def fix(self, start: ReserveStart) -> RoundView:
        """Nobody joins any more; the list is stamped before any ball. Where nobody has joined, the round is over."""
        async with told():
            await self._close(start)
            async with self.db.transaction() as session:
                row = await reserve.of_notice(session, start.notice_id)
                draw = await draws.draw(session, start.notice_id)
                listed, lost = await self._list(session, row, draw)
            if row.state == RoundState.CLOSING:
                stamp = await stamped(self.trust, law.stamp_digest(_body(draw), listed))
                statement = None if listed.joined else _stated(row, draw, listed, stamp)
                if statement is not None:
                    await stated(self.documents, statement)
                async with self.db.transaction() as session:
                    await self._keep_list(session, start, listed, stamp, lost, statement)
            return await self.view(start)

    async def _close(self, start: ReserveStart) -> None:
        async with self.db.transaction() as session:
            row = await _living(session, start)
            if row.state == RoundState.OPEN:
                if now() < row.until:
                    raise NotYet("time_to_join", retry_after=SOON_S)
                row.state = RoundState.CLOSING
                session.add(row)

    async def _list(self, session: AsyncSession, row: ReserveRow, draw: DrawRow) -> tuple[Listed, list[AwardRow]]:
        """Who takes part; and whose place was lost to another home since they joined."""
        notice = Notice.model_validate((await session.get_one(NoticeRow, row.notice_id)).body)
        taking, lost = [], []
        for award, entry in await reserve.joining(session, row.notice_id):
            if await reserve.place_lost(session, award, notice, self.rulebook):
                lost.append(award)
            else:
                taking.append((award, entry))
        homes = [Home(**one.model_dump(exclude={"award_id"})) for one in reserve.homes_of(row)]
        return law.in_order(row.until, homes, _joined(taking, homes)), lost

    async def _keep_list(  # noqa: PLR0917
        self, session: AsyncSession, start: ReserveStart, listed: Listed, stamp: str, lost: Sequence[AwardRow],
        statement: Reserve | None,
    ) -> None:  # fmt: skip
        row = await _living(session, start)
        if row.state != RoundState.CLOSING:
            return
        notice = await session.get_one(NoticeRow, row.notice_id)
        row.state, row.fixed_at = RoundState.FIXED, now()
        row.listed, row.list_stamp = listed.model_dump(mode="json"), stamp
        session.add(row)
        await reserve.tell(session, notice, lost, "reserve_lost", ko=LOST[0], en=LOST[1])
        if statement is not None:
            await _done(session, row, statement)

    @activity.defn(name="reserve.note_digits")
    async def note_digits(self, digits: Digits) -> DigitsTyped:
        """Keep what one person read off the balls, as in the draw itself."""
        async with told(), self.db.transaction() as session:
            row = await _living(session, ReserveStart(notice_id=digits.notice_id))
            if row.digits is not None:
                return DigitsTyped(outcome=DigitsOutcome.AGREED)
            if row.state == RoundState.ANNULLED:
                raise WrongState(
                    "round_annulled",
                    ko="추첨이 취소되어 이 절차도 끝났습니다.",
                    en="The draw was annulled, and this too.",
                )
            if row.state != RoundState.FIXED:
                raise NotYet("not_fixed", retry_after=SOON_S)
            head = Head.model_validate((await draws.draw(session, digits.notice_id)).head)
            typed, agreed = await typed_blind(session, digits, head.law.ceremony)
            if agreed is not None:
                row.digits, row.observers = agreed
                session.add(row)
            return typed

    @activity.defn(name="reserve.settle")
    async def settle(self, start: ReserveStart) -> RoundView:
        """Homes and units by the list and the digits: awards, what follows from them, and the statement, at once."""
        async with told():
            async with self.db.transaction() as session:
                row = await reserve.of_notice(session, start.notice_id)
                draw = await draws.draw(session, start.notice_id)
            if row.state == RoundState.FIXED:
                statement = _stated(row, draw, Listed.model_validate(row.listed), row.list_stamp or "")
                await stated(self.documents, statement)
                async with self.db.transaction() as session:
                    await _settle(session, start, statement)
            return await self.view(start)


async def _living(session: AsyncSession, start: ReserveStart) -> ReserveRow:
    """The round, locked. It has ended with its draw where that was annulled; nothing that is done is undone."""
    draw = await draws.draw(session, start.notice_id, lock=True)
    row = await reserve.of_notice(session, start.notice_id, lock=True)
    if draw.state == DrawState.ANNULLED and row.state != RoundState.DONE:
        row.state = RoundState.ANNULLED
        session.add(row)
    return row


def _until(act: OpenRoundAct) -> datetime:
    """To the second: a time stamp tells no less, and the list is stamped after the deadline."""
    return act.until.replace(microsecond=0)


def _must_be_the_same(row: ReserveRow, act: OpenRoundAct) -> None:
    if (row.opened_by, row.until) != (act.person_id, _until(act)):
        raise WrongState(
            "round_opened_already", ko="이미 연 절차입니다. 한 공고에 한 번만 엽니다.",
            en="The round has been opened already: there is one for each notice.",
        )  # fmt: skip


def _view(row: ReserveRow) -> RoundView:
    done = row.state == RoundState.DONE
    record = RecordRef(notice_id=row.notice_id, format=law.FORMAT) if done else None
    return RoundView(state=RoundState(row.state), until=row.until, record=record)


async def _homes(session: AsyncSession, draw: DrawRow) -> list[FreeHome]:
    """All homes of winners that are free. The law asks for their units to be published: WrongState without."""
    low = {unit for one in Head.model_validate(draw.head).basis.types for unit in one.lowest_floor}
    free = await reserve.free_awards(session, draw.notice_id)
    if not free:
        raise WrongState("no_free_home", ko="비어 있는 주택이 없습니다.", en="No home is free.")
    if any(one.unit is None for one in free):
        raise WrongState(
            "unit_unknown", ko="동·호수가 정해지지 않은 주택이 있어 열 수 없습니다.",
            en="Some of the free homes have no unit number yet.",
        )  # fmt: skip
    return [
        FreeHome(
            award_id=one.id, model_no=one.model_no, special=one.supply_kind != SupplyKind.GENERAL,
            unit=one.unit or "", lowest=one.unit in low,
        )
        for one in free
    ]  # fmt: skip


async def _tell_open(session: AsyncSession, notice: NoticeRow, waiting: Sequence[AwardRow], row: ReserveRow) -> None:
    until = _moment(row.until)
    await reserve.tell(
        session, notice, waiting, "reserve_open",
        ko=f"예비입주자 동·호수 추첨 참가 신청을 받습니다: {notice.name}, {len(row.homes)}세대, {until}까지."
           " 참가 여부를 정해 주십시오.",
        en=f"Those who wait may join the lots for {len(row.homes)} homes of {notice.name} until {until} (Seoul).",
    )  # fmt: skip


def _joined(taking: Sequence[tuple[AwardRow, DrawEntryRow]], homes: Sequence[Home]) -> list[Joined]:
    """Persons are numbered as they come in the list. A wish for the lowest floor is told only where one is free."""
    low = {one.model_no for one in homes if one.lowest}
    holders: dict[str, int] = {}
    return [
        Joined(
            ticket=award.ticket, model_no=award.model_no, special=award.supply_kind != SupplyKind.GENERAL,
            wait=award.wait_list_no or 0, holder=holders.setdefault(entry.holder, len(holders)),
            floor=int(entry.facts.get("floor", 0)) if award.model_no in low else 0,
        )
        for award, entry in taking
    ]  # fmt: skip


def _body(draw: DrawRow) -> str:
    """Digest of the transcript whose wait-list this is."""
    if draw.body_sha256 is None:
        raise WrongState("not_drawn", ko="아직 추첨하지 않았습니다.", en="The draw has not been made yet.")
    return draw.body_sha256


def _stated(row: ReserveRow, draw: DrawRow, listed: Listed, stamp: str) -> Reserve:
    head, body = Head.model_validate(draw.head), _body(draw)
    if not listed.joined:
        return Reserve(notice_id=row.notice_id, body_sha256=body, listed=listed, list_stamp=stamp)
    if row.digits is None:
        raise WrongState("digits_missing", ko="추첨 숫자가 확정되지 않았습니다.", en="The digits are not agreed.")
    seed = law.seed_of(body, listed, row.digits)
    return Reserve(
        notice_id=row.notice_id, body_sha256=body, listed=listed, list_stamp=stamp, digits=row.digits,
        typed_by=head.law.typed_by, observers=tuple(row.observers), seed=seed.hex(),
        allotted=law.allot(listed, seed),
    )  # fmt: skip


async def _settle(session: AsyncSession, start: ReserveStart, statement: Reserve) -> None:
    row = await _living(session, start)
    if row.state != RoundState.FIXED:
        return
    notice = await session.get_one(NoticeRow, row.notice_id)
    unit_of = {one.ticket: one.unit for one in statement.allotted}
    freed = {one.unit: one.award_id for one in reserve.homes_of(row)}
    joins = await reserve.joining(session, row.notice_id)
    said = await reserve.joins_of(session, [award.id for award, _ in joins])
    for award, _ in joins:
        unit = unit_of.get(award.ticket)
        if unit is not None:
            before = await awards.award(session, freed[unit], lock=True)
            before.passed_to, said[award.id].unit = award.id, unit
            award.state, award.unit, award.from_wait_list, award.at = "awarded", unit, True, now()
            session.add_all([before, award, said[award.id]])
            await session.flush()
            await begin_award(session, award)
    having = {award.case_id for award, _ in joins if award.ticket in unit_of}
    left = [award for award, _ in joins if award.case_id not in having]
    await reserve.tell(session, notice, left, "reserve_kept", ko=KEPT[0], en=KEPT[1])
    await _done(session, row, statement)


async def _done(session: AsyncSession, row: ReserveRow, statement: Reserve) -> None:
    row.state, row.done_at = RoundState.DONE, now()
    session.add(row)
    await keep(session, statement)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SEOUL):%Y-%m-%d %H:%M}"
