"""The selection: screening, the two people's digits, and the lots that anybody can draw again at home."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.closing import Closing, load_closing
from activities.errors import told
from activities.judge import Household
from activities.results import keep_selection
from activities.screening import BARRED, applied_twice, barred, win_of
from activities.stamps import stamped
from domain.draws import Digits, DigitsOutcome, DigitsTyped, Drawn, DrawState, WaitListEnd
from domain.errors import NotYet, WrongState
from domain.facts import PastWin
from domain.messages import DrawStart
from domain.model import canonical_json
from domain.notices import Notice
from domain.ports import Documents, TrustServices
from domain.time import now, seoul_date
from domain.words import SupplyKind
from domain.work import Nothing
from law import selection_proof
from law.ceremony import check_digits
from law.entries import make_entries
from law.notices import contract_window
from law.rulebook import Rulebook
from law.selection_terms import make_head
from store import awards, draws, notices
from store.db import Database
from store.sealed import SealedBox
from store.tables.consents import DecisionRow
from store.tables.draws import CeremonyRow, DrawRow
from store.tables.notices import NoticeRow

SOON_S = 0.2


@dataclass(frozen=True)
class Select:
    db: Database
    sealed: SealedBox
    documents: Documents
    trust: TrustServices
    rulebook: Rulebook

    @activity.defn(name="select.screen")
    async def screen(self, start: DrawStart) -> Nothing:
        """Leave out whom the law leaves out, and fix the entries under root 2 and a time stamp, before any ball."""
        async with told():
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
                if draw.root2 is not None:
                    return Nothing()
            closing = await load_closing(self.documents, draw)
            async with self.db.transaction() as session:
                codes = await self._exclusions(session, draw, closing)
            entries = await asyncio.to_thread(make_entries, closing.received, codes)
            root = await asyncio.to_thread(selection_proof.entry_root, entries)
            stamp = await stamped(self.trust, selection_proof.root2_digest(closing.head, root, len(entries)))
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id, lock=True)
                if draw.root2 is None:
                    await draws.exclude(session, start.notice_id, codes)
                    draw.root2, draw.root2_stamp = root.hex(), stamp
                    session.add(draw)
            return Nothing()

    @activity.defn(name="select.open_ceremony")
    async def open_ceremony(self, start: DrawStart) -> Nothing:
        """From now on everybody sees that the balls may be drawn."""
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id, lock=True)
            if draw.state == DrawState.CLOSED:
                draw.state = DrawState.SCREENED
                session.add(draw)
            return Nothing()

    async def _exclusions(self, session: AsyncSession, draw: DrawRow, closing: Closing) -> dict[str, str]:
        """Ticket → reason, by the list itself and by what is known of people who applied here."""
        codes = applied_twice(closing.received)
        notice = Notice.model_validate((await session.get_one(NoticeRow, draw.notice_id)).body)
        for ticket, own in (await draws.own_tickets(session, draw.notice_id)).items():
            decision = await session.get(DecisionRow, own.decision_id) if own.decision_id else None
            if decision is not None:
                household = Household.model_validate(decision.facts)
                wins, kind = await _wins_here(session, household, notice), SupplyKind(decision.supply_kind or "")
                if barred(household, notice, kind, wins, self.rulebook):
                    codes.setdefault(ticket, BARRED)
        return codes

    @activity.defn(name="select.note_digits")
    async def note_digits(self, digits: Digits) -> DigitsTyped:
        """Keep what one person read off the balls. Neither sees the other's; both type again if they differ."""
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, digits.notice_id, lock=True)
            if draw.digits is not None:
                return DigitsTyped(outcome=DigitsOutcome.AGREED)
            if draw.state != DrawState.SCREENED:
                raise NotYet("not_screened", retry_after=SOON_S)
            notice = Notice.model_validate((await session.get_one(NoticeRow, draw.notice_id)).body)
            head = make_head(notice, draw.nonce_commitment, self.rulebook)
            await _keep_digits(session, digits, check_digits(digits.digits, head.law.ceremony))
            return await _compare(session, draw)

    @activity.defn(name="select.draw")
    async def draw(self, start: DrawStart) -> Drawn:
        """Open the nonce, select, publish the proof, award. The nonce is opened here and nowhere earlier."""
        async with told():
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
                codes = await draws.excluded(session, start.notice_id)
            if draw.state == DrawState.SCREENED:
                closing = await load_closing(self.documents, draw)
                proof = await asyncio.to_thread(self._run, draw, closing, codes)
                data = canonical_json(proof.document())
                sha256 = await self.documents.put(data, "application/json")
                async with self.db.transaction() as session:
                    await keep_selection(session, proof, sha256, len(data))
            async with self.db.transaction() as session:
                return await _drawn(session, start.notice_id)

    def _run(self, draw: DrawRow, closing: Closing, codes: dict[str, str]) -> selection_proof.DrawProof:
        if draw.digits is None:
            raise WrongState("digits_missing", ko="추첨 숫자가 확정되지 않았습니다.", en="The digits are not agreed.")
        proof = selection_proof.run(
            closing.head, closing.received, notices.nonce_of(self.sealed, draw), draw.digits, excluded=codes,
            root1_stamp=draw.root1_stamp, root2_stamp=draw.root2_stamp,
        )  # fmt: skip
        if (proof.root1, proof.root2) != (draw.root1, draw.root2):
            raise WrongState("roots_differ", ko="확정한 명단과 다릅니다.", en="The list is not the one that was fixed.")
        return proof

    @activity.defn(name="select.wait_list_end")
    async def wait_list_end(self, start: DrawStart) -> WaitListEnd:
        """The wait-list lives from the first possible contract for the period of 제26조제4항."""
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id)
            notice = Notice.model_validate((await session.get_one(NoticeRow, start.notice_id)).body)
            opens, _ = contract_window(draw.selected_at or now(), notice.notice_date, self.rulebook)
            return WaitListEnd(at=self.rulebook.period("waitlist_ends", notice.notice_date).deadline(opens))

    @activity.defn(name="select.end_wait_list")
    async def end_wait_list(self, start: DrawStart) -> Nothing:
        async with told(), self.db.transaction() as session:
            for row in await awards.of_notice(session, start.notice_id, "waiting"):
                row.state = "lapsed"
                session.add(row)
            return Nothing()


async def _wins_here(session: AsyncSession, household: Household, notice: Notice) -> dict[str, list[PastWin]]:
    """Homes that the household has won in other notices drawn here, by person id."""
    people = [one.person_id for one in (household.applicant, household.spouse) if one is not None]
    wins: dict[str, list[PastWin]] = {}
    for row in await awards.living_of(session, people, other_than=notice.id):
        other = Notice.model_validate((await session.get_one(NoticeRow, row.notice_id)).body)
        special = row.supply_kind != SupplyKind.GENERAL
        wins.setdefault(str(row.person_id), []).append(win_of(other, special=special, won_on=seoul_date(row.at)))
    return wins


async def _keep_digits(session: AsyncSession, digits: Digits, compact: str) -> None:
    """Once per person; a repeated message changes nothing."""
    row = CeremonyRow(notice_id=digits.notice_id, person_id=digits.person_id, role=digits.role, digits=compact)
    statement = insert(CeremonyRow).values(**row.model_dump())
    await session.exec(statement.on_conflict_do_nothing(constraint="uq_ceremony_notice_person"))


async def _compare(session: AsyncSession, draw: DrawRow) -> DigitsTyped:
    rows = await draws.typed(session, draw.notice_id)
    if len({row.role for row in rows}) < 2:
        return DigitsTyped(outcome=DigitsOutcome.WAITING, typed={row.role: row.person_id for row in rows})
    if len({row.digits for row in rows}) > 1:
        await draws.forget_digits(session, draw.notice_id)
        return DigitsTyped(outcome=DigitsOutcome.DIFFER)
    draw.digits = rows[0].digits
    session.add(draw)
    return DigitsTyped(outcome=DigitsOutcome.AGREED)


async def _drawn(session: AsyncSession, notice_id: str) -> Drawn:
    row = await draws.draw(session, notice_id)
    if row.transcript_sha256 is None:
        raise WrongState("not_drawn", ko="아직 추첨하지 않았습니다.", en="The draw has not been made yet.")
    won = await awards.of_notice(session, notice_id, *awards.LIVING)
    waiting = await awards.of_notice(session, notice_id, "waiting")
    return Drawn(proof=row.transcript_sha256, winners=len(won), waiting=len(waiting))
