"""The selection: screening, the two people's digits, and the lots that anybody can draw again at home."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.closing import load_closing
from activities.errors import told
from activities.judge import Household
from activities.results import Result, keep_selection, publish_result
from activities.screening import BARRED, applied_twice, barred, win_of
from activities.stamps import stamped
from domain.applications import ReceivedEntry
from domain.draws import Digits, DigitsOutcome, DigitsTyped, Drawn, DrawState, Made, WaitListEnd
from domain.errors import NotYet, WrongState
from domain.facts import PastWin
from domain.messages import DrawStart
from domain.model import canonical_json
from domain.notices import Notice
from domain.ports import Documents, TrustServices
from domain.time import now, seoul_date
from domain.words import SupplyKind
from domain.work import Nothing
from law.ceremony import check_digits
from law.drawing import entries, proof, transcript
from law.drawing.terms import Head
from law.drawing.transcript import Ceremony, Count, Envelope, Fixed, Share, Transcript
from law.notices import contract_window
from law.rulebook import Rulebook
from store import awards, draws
from store.db import Database
from store.sealed import SealedBox
from store.tables.consents import DecisionRow
from store.tables.draws import CeremonyRow, DrawRow
from store.tables.notices import NoticeRow

SOON_S = 0.2
PROGRAM = f"onjip {version('onjip')}"
OPERATOR = "operator"


@dataclass(frozen=True)
class Select:
    db: Database
    sealed: SealedBox
    documents: Documents
    trust: TrustServices
    rulebook: Rulebook

    @activity.defn(name="select.screen")
    async def screen(self, start: DrawStart) -> Nothing:
        """Leave out whom the law leaves out, and fix the list under root 2 and a time stamp, before the nonce opens."""
        async with told():
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
                if draw.root2 is not None:
                    return Nothing()
            closing = await load_closing(self.documents, draw)
            async with self.db.transaction() as session:
                codes = await self._exclusions(session, draw, closing.received)
            head = Head.model_validate(draw.head)
            fixed = await asyncio.to_thread(_fixed, draw, head, closing.received, codes)
            stamp = await stamped(self.trust, transcript.root2_digest(head, fixed))
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id, lock=True)
                if draw.root2 is None:
                    await draws.exclude(session, start.notice_id, codes)
                    draw.root2, draw.root2_stamp = fixed.root2.hex(), stamp
                    draw.program, draw.screened_at = fixed.program, now()
                    session.add(draw)
            return Nothing()

    @activity.defn(name="select.screened")
    async def screened(self, start: DrawStart) -> Nothing:
        """From now on the custodians may be asked for the nonce."""
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id, lock=True)
            if draw.state == DrawState.CLOSED:
                draw.state = DrawState.SCREENED
                session.add(draw)
            return Nothing()

    async def _exclusions(
        self, session: AsyncSession, draw: DrawRow, received: tuple[ReceivedEntry, ...]
    ) -> dict[str, str]:
        """Ticket → reason, by the list itself and by what is known of people who applied here."""
        codes = applied_twice(received)
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
            if draw.state != DrawState.REVEALED:
                raise NotYet("not_revealed", retry_after=SOON_S)
            head = Head.model_validate(draw.head)
            await _keep_digits(session, digits, check_digits(digits.digits, head.law.ceremony))
            return await _compare(session, draw)

    @activity.defn(name="select.draw")
    async def draw(self, start: DrawStart) -> Made:
        """Select, and keep what became of everybody. Published it is only once it has been sealed."""
        async with told():
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
                codes = await draws.excluded(session, start.notice_id)
                own = await draws.own_tickets(session, start.notice_id)
            if draw.state == DrawState.REVEALED:
                closing = await load_closing(self.documents, draw)
                result = await asyncio.to_thread(_run, draw, closing.received, codes, set(own))
                body = await self.documents.put(result.run.body.canonical(), "application/json")
                listing = await self.documents.put(result.run.listing, "application/octet-stream")
                async with self.db.transaction() as session:
                    await keep_selection(session, self.sealed, result, body=body, listing=listing)
            async with self.db.transaction() as session:
                row = await draws.draw(session, start.notice_id)
            if row.body_sha256 is None:
                raise WrongState("not_drawn", ko="아직 추첨하지 않았습니다.", en="The draw has not been made yet.")
            return Made(body=row.body_sha256)

    @activity.defn(name="select.publish")
    async def publish(self, start: DrawStart) -> Drawn:
        """Body and envelope become one document, open to everybody; those who have won here hear of it."""
        async with told():
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
                counts = await draws.counts(session, start.notice_id)
            if draw.transcript_sha256 is None:
                document = canonical_json((await self._transcript(draw, counts)).model_dump(mode="json"))
                sha256 = await self.documents.put(document, "application/json")
                async with self.db.transaction() as session:
                    await publish_result(session, start.notice_id, sha256, len(document))
            async with self.db.transaction() as session:
                return await _drawn(session, start.notice_id)

    async def _transcript(self, draw: DrawRow, counts: tuple[Count, ...]) -> Transcript:
        if draw.body_sha256 is None or draw.seal is None:
            raise WrongState("not_sealed", ko="아직 봉인되지 않았습니다.", en="The record has not been sealed yet.")
        body = await self.documents.get(draw.body_sha256)
        stamp = await stamped(self.trust, hashlib.sha256(base64.b64decode(draw.seal)).digest())
        envelope = Envelope(
            body_sha256=draw.body_sha256, root1_stamp=draw.root1_stamp, root2_stamp=draw.root2_stamp, counts=counts,
            seal=draw.seal, seal_stamp=stamp,
        )  # fmt: skip
        return Transcript(body=transcript.Body.model_validate_json(body), envelope=envelope)

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


def _fixed(draw: DrawRow, head: Head, received: tuple[ReceivedEntry, ...], codes: dict[str, str]) -> Fixed:
    """The screened list under both roots. The received list must be the one that was stamped at closing."""
    rows, _ = entries.make_rows(head, received, codes, bytes.fromhex(draw.salt))
    root1 = transcript.root1_of(rows)
    if root1.hex() != draw.root1:
        raise _roots_differ()
    return Fixed(root1, transcript.root2_of(rows), len(rows), PROGRAM)


def _run(draw: DrawRow, received: tuple[ReceivedEntry, ...], codes: dict[str, str], own: set[str]) -> Result:
    """The draw on the very lists that were stamped, with the nonce and the digits of the ceremony."""
    if draw.digits is None or draw.revealed is None or draw.program is None:
        raise WrongState("digits_missing", ko="추첨 숫자가 확정되지 않았습니다.", en="The digits are not agreed.")
    head = Head.model_validate(draw.head)
    made = entries.make_rows(head, received, codes, bytes.fromhex(draw.salt))
    ceremony = Ceremony(
        nonce=draw.revealed["nonce"], digits=draw.digits, typed_by=head.law.typed_by, observers=tuple(draw.observers),
        shares=tuple(Share(body=body, share=share) for body, share in sorted(draw.revealed["shares"].items())),
    )  # fmt: skip
    run = transcript.run(head, made.rows, ceremony, draw.program)
    if (run.body.root1, run.body.root2) != (draw.root1, draw.root2):
        raise _roots_differ()
    _, public = transcript.read_listing(run.listing, run.body.count, run.body.pools)
    levels = proof.Levels(made.rows, public)
    openings = {one.ticket: one for one in made.openings}
    proofs = {ticket: levels.proof(ticket, openings[ticket]) for ticket in sorted(own & openings.keys())}
    return Result(run, made.rows, proofs)


def _roots_differ() -> WrongState:
    return WrongState("roots_differ", ko="확정한 명단과 다릅니다.", en="The list is not the one that was fixed.")


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
    row = CeremonyRow(
        notice_id=digits.notice_id, person_id=digits.person_id, role=digits.role, digits=compact,
        observers=list(digits.observers),
    )  # fmt: skip
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
    draw.observers = [name for row in rows if row.role == OPERATOR for name in row.observers]
    session.add(draw)
    return DigitsTyped(outcome=DigitsOutcome.AGREED)


async def _drawn(session: AsyncSession, notice_id: str) -> Drawn:
    row = await draws.draw(session, notice_id)
    if row.transcript_sha256 is None:
        raise WrongState("not_published", ko="아직 공개되지 않았습니다.", en="The draw has not been published yet.")
    won = await awards.of_notice(session, notice_id, *awards.LIVING)
    waiting = await awards.of_notice(session, notice_id, "waiting")
    return Drawn(proof=row.transcript_sha256, winners=len(won), waiting=len(waiting))
