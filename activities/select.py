"""The selection: screening, the two people's digits, and the lots that anybody can draw again at home."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.digits import typed_blind
from activities.errors import told
from activities.heartbeat import Beat
from activities.judge import Household
from activities.lists import closed, in_pages, rows
from activities.results import Result, keep_selection, publish_result, tell_drawn
from activities.screening import BARRED, TWICE, barred, win_of
from activities.stamps import stamped
from domain.draws import Digits, DigitsOutcome, DigitsTyped, Drawn, DrawState, Made
from domain.errors import NotYet, WrongState
from domain.facts import PastWin
from domain.messages import DrawStart
from domain.notices import Notice
from domain.ports import Documents, TrustServices
from domain.time import now, seoul_date
from domain.words import SupplyKind
from domain.work import Nothing
from law.drawing import proof, transcript
from law.drawing.rows import Rows
from law.drawing.terms import Head
from law.drawing.transcript import Ceremony, Count, Envelope, Fixed, Share, Transcript
from law.rulebook import Rulebook
from store import awards, draw_lists, draws
from store.db import Database
from store.draw_lists import Page
from store.draws import OwnTicket
from store.sealed import SealedBox
from store.tables.consents import DecisionRow
from store.tables.draws import DrawRow
from store.tables.notices import NoticeRow

SOON_S = 0.2
JUDGED = 200  # people in one transaction
PROGRAM = f"onjip {version('onjip')}"


@dataclass(frozen=True)
class Select:
    """``page``: tickets that are screened in one transaction."""

    db: Database
    sealed: SealedBox
    documents: Documents
    trust: TrustServices
    rulebook: Rulebook
    page: int = 20_000

    @activity.defn(name="select.screen")
    async def screen(self, start: DrawStart) -> Nothing:
        """Leave out whom the law leaves out, and fix the list under root 2 and a time stamp, before the nonce opens."""
        async with told() as beat:
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
            if draw.root2 is not None:
                return Nothing()
            if await self._screened(draw, beat) != closed(draw):
                raise _roots_differ()
            head = Head.model_validate(draw.head)
            fixed = await asyncio.to_thread(_fixed, draw, await rows(self.db, draw, beat))
            stamp = await stamped(self.trust, transcript.root2_digest(head, fixed))
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id, lock=True)
                if draw.root2 is None:
                    draw.root2, draw.root2_stamp = fixed.root2.hex(), stamp
                    draw.program, draw.screened_at = fixed.program, now()
                    session.add(draw)
            return Nothing()

    async def _screened(self, draw: DrawRow, beat: Beat) -> int:
        """How many tickets were judged: by the list itself, then by what is known of people who applied here."""

        async def by_list(session: AsyncSession, after: str) -> Page | None:
            return await draw_lists.exclude_later(session, draw.notice_id, after, TWICE, self.page)

        closed(draw)
        judged = await in_pages(self.db, draw.notice_id, "screen", by_list, beat)
        await in_pages(self.db, draw.notice_id, "judge", partial(self._judge, draw.notice_id), beat)
        return judged

    async def _judge(self, notice_id: str, session: AsyncSession, after: str) -> Page | None:
        own = await draws.own_tickets(session, notice_id, after=after, limit=JUDGED)
        if not own:
            return None
        notice = Notice.model_validate((await session.get_one(NoticeRow, notice_id)).body)
        out = [ticket for ticket, one in own.items() if await self._barred(session, one, notice)]
        await draw_lists.exclude(session, notice_id, out, BARRED)
        return Page(max(own), len(own))

    async def _barred(self, session: AsyncSession, own: OwnTicket, notice: Notice) -> bool:
        decision = await session.get(DecisionRow, own.decision_id) if own.decision_id else None
        if decision is None:
            return False
        household = Household.model_validate(decision.facts)
        wins, kind = await _wins_here(session, household, notice), SupplyKind(decision.supply_kind or "")
        return barred(household, notice, kind, wins, self.rulebook)

    @activity.defn(name="select.screened")
    async def screened(self, start: DrawStart) -> Nothing:
        """From now on the custodians may be asked for the nonce."""
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, start.notice_id, lock=True)
            if draw.state == DrawState.CLOSED:
                draw.state = DrawState.SCREENED
                session.add(draw)
            return Nothing()

    @activity.defn(name="select.note_digits")
    async def note_digits(self, digits: Digits) -> DigitsTyped:
        """Keep what one person read off the balls. Neither sees the other's; both type again if they differ."""
        async with told(), self.db.transaction() as session:
            draw = await draws.draw(session, digits.notice_id, lock=True)
            if draw.digits is not None:
                return DigitsTyped(outcome=DigitsOutcome.AGREED)
            if draw.state == DrawState.ANNULLED:
                raise draws.annulled()
            if draw.state != DrawState.REVEALED:
                raise NotYet("not_revealed", retry_after=SOON_S)
            head = Head.model_validate(draw.head)
            typed, agreed = await typed_blind(session, digits, head.law.ceremony)
            if agreed is not None:
                draw.digits, draw.observers = agreed
                session.add(draw)
            return typed

    @activity.defn(name="select.draw")
    async def draw(self, start: DrawStart) -> Made:
        """Select, and keep what became of everybody. Published it is only once it has been sealed."""
        async with told() as beat:
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
            if draw.state == DrawState.REVEALED:
                result = await asyncio.to_thread(run_draw, draw, await rows(self.db, draw, beat))
                body = await self.documents.put(result.run.body.canonical(), "application/json")
                listing = await self.documents.put(result.run.listing, "application/octet-stream")
                async with self.db.transaction() as session:
                    await keep_selection(session, self.sealed, result, body=body, listing=listing, beat=beat)
            async with self.db.transaction() as session:
                row = await draws.draw(session, start.notice_id)
            if row.body_sha256 is None:
                raise WrongState("not_drawn", ko="아직 추첨하지 않았습니다.", en="The draw has not been made yet.")
            return Made(body=row.body_sha256)

    @activity.defn(name="select.publish")
    async def publish(self, start: DrawStart) -> Drawn:
        """Body and envelope become one document, open to everybody; those who applied here hear of it."""
        async with told() as beat:
            async with self.db.transaction() as session:
                draw = await draws.draw(session, start.notice_id)
                counts = await draws.counts(session, start.notice_id)
            if draw.transcript_sha256 is None:
                document = (await transcript_of(draw, counts, self.documents, self.trust)).canonical()
                sha256 = await self.documents.put(document, "application/json")
                async with self.db.transaction() as session:
                    await publish_result(session, start.notice_id, sha256, len(document))
            await in_pages(self.db, start.notice_id, "tell_drawn", partial(tell_drawn, start.notice_id), beat)
            async with self.db.transaction() as session:
                return await _drawn(session, start.notice_id)


def _fixed(draw: DrawRow, made: Rows) -> Fixed:
    """The screened list under both roots. The received list must be the one that was stamped at closing."""
    root1 = transcript.root1_of(made)
    if root1.hex() != draw.root1:
        raise _roots_differ()
    return Fixed(root1, transcript.root2_of(made), len(made), PROGRAM)


def run_draw(draw: DrawRow, made: Rows) -> Result:
    """The draw on the very lists that were stamped, with the nonce and the digits of the ceremony."""
    if draw.digits is None or draw.revealed is None or draw.program is None:
        raise WrongState("digits_missing", ko="추첨 숫자가 확정되지 않았습니다.", en="The digits are not agreed.")
    head = Head.model_validate(draw.head)
    ceremony = Ceremony(
        nonce=draw.revealed["nonce"], digits=draw.digits, typed_by=head.law.typed_by, observers=tuple(draw.observers),
        shares=tuple(Share(body=body, share=share) for body, share in sorted(draw.revealed["shares"].items())),
        beacon=draw.revealed.get("beacon"),
    )  # fmt: skip
    run = transcript.run(head, made, ceremony, draw.program)
    if (run.body.root1, run.body.root2) != (draw.root1, draw.root2):
        raise _roots_differ()
    _, public = transcript.read_listing(run.listing, run.body.count, run.body.pools)
    return Result(run, made, proof.Levels(made, public), bytes.fromhex(draw.salt))


async def transcript_of(
    draw: DrawRow, counts: tuple[Count, ...], documents: Documents, trust: TrustServices
) -> Transcript:
    """Body and envelope, with a new time stamp over the seal."""
    if draw.body_sha256 is None or draw.seal is None:
        raise WrongState("not_sealed", ko="아직 봉인되지 않았습니다.", en="The record has not been sealed yet.")
    body = await documents.get(draw.body_sha256)
    stamp = await stamped(trust, hashlib.sha256(base64.b64decode(draw.seal)).digest())
    envelope = Envelope(
        body_sha256=draw.body_sha256, root1_stamp=draw.root1_stamp, root2_stamp=draw.root2_stamp, counts=counts,
        digits_stamp=(draw.revealed or {}).get("digits_stamp"), seal=draw.seal, seal_stamp=stamp,
    )  # fmt: skip
    return Transcript(body=transcript.Body.model_validate_json(body), envelope=envelope)


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


async def _drawn(session: AsyncSession, notice_id: str) -> Drawn:
    row = await draws.draw(session, notice_id)
    if row.transcript_sha256 is None:
        raise WrongState("not_published", ko="아직 공개되지 않았습니다.", en="The draw has not been published yet.")
    won = await awards.of_notice(session, notice_id, *awards.LIVING)
    waiting = await awards.of_notice(session, notice_id, "waiting")
    return Drawn(proof=row.transcript_sha256, winners=len(won), waiting=len(waiting))
