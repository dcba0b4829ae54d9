"""Digits mended from the recording of the balls: the selection again, on the same lists and with the same nonce.

The old result stands whole until the new one is sealed; then everything that hangs on it changes in one transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.digits import typed_blind
from activities.errors import told
from activities.heartbeat import Beat
from activities.lists import PEOPLE, in_pages, rows
from activities.records import keep, stated
from activities.results import Result, awarded, begin_award, keep_outcomes
from activities.select import run_draw, transcript_of
from activities.taking_back import take_back
from domain import draws as words
from domain.draws import Correction, DigitsOutcome, DigitsTyped, DrawState, RecordedDigits, Superseded
from domain.errors import WrongState
from domain.messages import DrawStart
from domain.ports import Documents, TrustServices
from domain.time import now
from domain.work import Nothing
from law.drawing.corrected import Corrected
from law.drawing.terms import Head
from store import awards, cases, draws, exchange, reserve
from store.db import Database
from store.draw_lists import Page
from store.sealed import SealedBox
from store.tables.draws import AwardRow, CeremonyRow, DrawRow
from store.tables.notices import NoticeRow

JSON, BINARY = "application/json", "application/octet-stream"
LOST = (
    "추첨 숫자를 녹화대로 고쳐 다시 선정한 결과, 이 당첨 또는 예비입주자 순번은 효력이 없습니다."
    " 계약금을 보냈다면 사업주체에 반환을 요청해 주십시오.",
    "The digits were corrected from the recording: this home or place does not hold any more. If a deposit was paid,"
    " ask the supplier to return it.",
)
SEE = (
    "추첨 페이지에서 결과를 다시 확인해 주십시오. 이의가 있으면 사업주체나 공고를 승인한 기관에 문의할 수 있습니다.",
    "Please look at your result again. With an objection, turn to the supplier or to who approved the notice.",
)
OPERATOR = "operator"


@dataclass(frozen=True)
class Correcting:
    db: Database
    sealed: SealedBox
    documents: Documents
    trust: TrustServices

    @activity.defn(name="correcting.note")
    async def note(self, digits: RecordedDigits) -> DigitsTyped:
        """Keep what one person read from the recording. Once both agree on other digits than those that stand, nobody
        begins a contract until the correction is over."""
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, digits.notice_id, lock=True)
            if draw.correcting is not None:
                return DigitsTyped(outcome=DigitsOutcome.AGREED)
            await _must_be_correctable(session, draw)
            typed = await _typed(session, draw, digits)
            if typed.outcome is DigitsOutcome.AGREED:
                read = await draws.typed(session, draw.notice_id, digits.purpose)
                reason = next(row.reason for row in read if row.role == OPERATOR) or digits.reason
                draw.correcting = Correction(
                    number=len(draw.earlier or []) + 1, digits=read[0].digits, reason=reason,
                    recording_sha256=digits.recording_sha256,
                ).model_dump(mode="json")  # fmt: skip
                session.add(draw)
            return typed

    @activity.defn(name="correcting.select")
    async def select(self, start: DrawStart) -> Nothing:
        """Run the selection with the mended digits, and keep its record for the seal."""
        async with told() as beat:
            draw, correction = await self._correction(start)
            if correction is None or correction.body_sha256 is not None:
                return Nothing()
            run = (await asyncio.to_thread(run_draw, draw, await rows(self.db, draw, beat))).run
            body = await self.documents.put(run.body.canonical(), JSON)
            listing = await self.documents.put(run.listing, BINARY)
            async with self.db.transaction() as session:
                row = await draws.draw(session, start.notice_id, lock=True)
                if row.correcting is not None:
                    await exchange.note_blob(session, body, JSON, len(run.body.canonical()))
                    await exchange.note_blob(session, listing, BINARY, len(run.listing))
                    row.correcting = {**row.correcting, "body_sha256": body, "listing_sha256": listing}
                    session.add(row)
            return Nothing()

    @activity.defn(name="correcting.put_in_force")
    async def put_in_force(self, start: DrawStart) -> words.Corrected:
        """The corrected record takes the place of the old one, which stays; then everybody who applied here hears of
        it. Done again, it changes nothing. Without effect where the draw was annulled meanwhile."""
        async with told() as beat:
            draw, correction = await self._correction(start)
            if correction is not None:
                await self._replace(draw, correction, beat)
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
            if draw.state == DrawState.ANNULLED or not draw.earlier:
                return words.Corrected()
            number = len(draw.earlier)
            told_in_pages = partial(_tell, start.notice_id, number)
            await in_pages(self.db, start.notice_id, f"tell_corrected:{number}", told_in_pages, beat)
            return words.Corrected(record=_ref(start.notice_id, number))

    async def _correction(self, start: DrawStart) -> tuple[DrawRow, Correction | None]:
        """The draw as it would stand corrected. None where there is nothing to correct (any more)."""
        async with self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id)
        if draw.correcting is None:
            return draw, None
        correction = Correction.model_validate(draw.correcting)
        return _corrected(draw, correction), correction

    async def _replace(self, corrected: DrawRow, correction: Correction, beat: Beat) -> None:
        async with self.db.transaction() as session:
            draw = await draws.draw(session, corrected.notice_id)
            counts = await draws.counts(session, corrected.notice_id)
        statement = _statement(draw, correction)
        result = await asyncio.to_thread(run_draw, corrected, await rows(self.db, corrected, beat))
        document = (await transcript_of(corrected, counts, self.documents, self.trust)).canonical()
        corrected.transcript_sha256 = await self.documents.put(document, JSON)
        await stated(self.documents, statement)
        async with self.db.transaction() as session:
            draw = await draws.draw(session, corrected.notice_id, lock=True)
            if draw.correcting is None:
                return
            await exchange.note_blob(session, corrected.transcript_sha256, JSON, len(document))
            await _supersede(session, draw, corrected)
            await keep(session, statement)
            await keep_outcomes(session, self.sealed, result, beat)
            await _change_awards(session, result, correction.number)


async def _must_be_correctable(session: AsyncSession, draw: DrawRow) -> None:
    """WrongState ``contracts_exist`` from the first contract on: then only an authority's order helps."""
    if draw.state == DrawState.ANNULLED:
        raise draws.annulled()
    if draw.state != DrawState.PUBLISHED:
        raise WrongState(
            "nothing_to_correct", ko="고칠 추첨 결과가 없습니다.", en="There is no result that could be corrected."
        )
    if Head.model_validate(draw.head).custody.beacon is not None:
        raise WrongState(
            "digits_stamped", ko="공개 난수에 앞서 시점확인을 받은 숫자라 관계 기관의 명령 없이는 고칠 수 없습니다.",
            en="These digits were stamped before the public random value was out: only an authority's order helps.",
        )  # fmt: skip
    if await reserve.find(session, draw.notice_id) is not None:
        raise WrongState(
            "reserve_round_opened", ko="예비입주자 동·호수 추첨을 열어 관계 기관의 명령 없이는 고칠 수 없습니다.",
            en="The round of the wait-list has been opened: only an authority's order helps.",
        )  # fmt: skip
    if await awards.contracted(session, draw.notice_id):
        raise WrongState(
            "contracts_exist", ko="이미 계약한 주택이 있습니다. 관계 기관의 명령 없이는 고칠 수 없습니다.",
            en="A home has been contracted already: only an authority's order helps.",
        )  # fmt: skip


async def _typed(session: AsyncSession, draw: DrawRow, digits: RecordedDigits) -> DigitsTyped:
    """Both must name the same recording, too. What stands already is no correction."""
    head = Head.model_validate(draw.head)
    typed, agreed = await typed_blind(session, digits, head.law.ceremony)
    if typed.outcome is DigitsOutcome.DIFFER:
        return typed
    read = await draws.typed(session, draw.notice_id, digits.purpose)
    for row in read:
        if row.person_id == digits.person_id:
            row.recording_sha256, row.reason = digits.recording_sha256, digits.reason
            session.add(row)
    if agreed is None:
        return typed
    outcome = _agreement(draw, read)
    if outcome is not DigitsOutcome.AGREED:
        await session.flush()
        await draws.forget_digits(session, draw.notice_id, digits.purpose)
    return DigitsTyped(outcome=outcome)


def _agreement(draw: DrawRow, read: Sequence[CeremonyRow]) -> DigitsOutcome:
    if len({row.recording_sha256 for row in read}) > 1:
        return DigitsOutcome.DIFFER
    return DigitsOutcome.UNCHANGED if read[0].digits == draw.digits else DigitsOutcome.AGREED


def _corrected(draw: DrawRow, correction: Correction) -> DrawRow:
    """A copy, of no session."""
    found = DrawRow(**draw.model_dump())
    found.digits, found.seal = correction.digits, correction.seal
    found.body_sha256, found.listing_sha256 = correction.body_sha256, correction.listing_sha256
    return found


def _statement(draw: DrawRow, correction: Correction) -> Corrected:
    return Corrected(
        notice_id=draw.notice_id, number=correction.number, superseded_sha256=draw.body_sha256 or "",
        body_sha256=correction.body_sha256 or "", recording_sha256=correction.recording_sha256,
        reason=correction.reason,
    )  # fmt: skip


def _ref(notice_id: str, number: int) -> words.RecordRef:
    form = str(Corrected.model_fields["format"].default)
    return words.RecordRef(notice_id=notice_id, format=form, number=number)


async def _supersede(session: AsyncSession, draw: DrawRow, corrected: DrawRow) -> None:
    old = Superseded(
        body_sha256=draw.body_sha256 or "", transcript_sha256=draw.transcript_sha256 or "",
        listing_sha256=draw.listing_sha256 or "", until=now(),
    )  # fmt: skip
    draw.earlier = [*(draw.earlier or []), old.model_dump(mode="json")]
    draw.digits, draw.seal, draw.correcting = corrected.digits, corrected.seal, None
    draw.body_sha256, draw.listing_sha256 = corrected.body_sha256, corrected.listing_sha256
    draw.transcript_sha256, draw.published_at = corrected.transcript_sha256, now()
    session.add(draw)


async def _change_awards(session: AsyncSession, result: Result, number: int) -> None:
    """Awards that are the same stay as they are; those that do not hold end; new ones begin. None is contracted."""
    notice_id = result.run.body.head.basis.notice_id
    held = {one.ticket: one for one in await awards.uncontracted(session, notice_id)}
    new: list[AwardRow] = []
    async for piece in awarded(session, result):
        for one in piece:
            if (before := held.get(one.ticket)) is not None and _same(before, one):
                del held[one.ticket]
            else:
                one.given_by = number
                new.append(one)
    for gone in held.values():
        await take_back(session, gone, number, ko=LOST[0], en=LOST[1])
    await session.flush()  # their homes are free
    session.add_all(new)
    await session.flush()
    for one in new:
        if one.wait_list_no is None:
            await begin_award(session, one)


def _same(before: AwardRow, after: AwardRow) -> bool:
    """The same home, or the same place on the same wait-list."""
    return (before.unit, before.wait_list_no) == (after.unit, after.wait_list_no)


async def _tell(notice_id: str, number: int, session: AsyncSession, after: str) -> Page | None:
    """The next of those who applied here: that there is another result now, and where it is."""
    page = await draws.own_tickets(session, notice_id, after=after, limit=PEOPLE)
    if not page:
        return None
    draw, notice = await draws.draw(session, notice_id), await session.get_one(NoticeRow, notice_id)
    for case_id in {one.case_id for one in page.values()}:
        await cases.record(
            session, case_id, f"corrected:{notice_id}:{number}", agency=notice.agency,
            reference=draw.transcript_sha256 or "",
            ko=f"추첨 숫자를 녹화대로 고쳐 다시 선정했습니다: {notice.name}. {SEE[0]}",
            en=f"The digits were corrected from the recording, and the selection run again: {notice.name}. {SEE[1]}",
        )  # fmt: skip
    return Page(max(page), len(page))
