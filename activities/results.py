"""Keeping what a selection has decided: rows, awards, own proofs; and, once it is public, timelines and promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple
from uuid import UUID

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.heartbeat import Beat
from activities.lists import PEOPLE
from domain import ids
from domain.draws import DrawState
from domain.messages import AwardStart
from domain.time import now
from domain.words import Step
from law.drawing.entries import opening
from law.drawing.proof import Levels
from law.drawing.rows import EXCLUDED, LOST, REMOVED, WAITS, WON, Rows
from law.drawing.terms import Head
from law.drawing.transcript import Run
from store import awards, cases, draw_lists, draws, exchange
from store.draw_lists import Page
from store.draws import Outcome
from store.sealed import SealedBox
from store.tables.draws import AwardRow
from store.tables.notices import NoticeRow

# The row of an excluded ticket says why in its own column.
WORDS = {WON: "won", WAITS: "wait_listed", LOST: "lost", EXCLUDED: "lost", REMOVED: "removed"}
RANK = {"won": 0, "wait_listed": 1, "lost": 2, "removed": 3}
PIECE = 20_000  # tickets in one statement


class Result(NamedTuple):
    """A selection that has been run. ``rows``: whole; ``levels``: of its trees; ``secret``: of the salts."""

    run: Run
    rows: Rows
    levels: Levels
    secret: bytes


async def keep_selection(
    session: AsyncSession, sealed: SealedBox, result: Result, *, body: str, listing: str, beat: Beat
) -> None:
    """Everything at once: a second run of the same draw finds it done. ``body``, ``listing``: stored documents.

    Written in pieces: what is in memory are the columns of the list, never rows of the database for all of it.
    """
    head, run = result.run.body.head, result.run
    notice_id = head.basis.notice_id
    draw = await draws.draw(session, notice_id, lock=True)
    if draw.state != DrawState.REVEALED:
        return
    draw.state, draw.selected_at, draw.body_sha256, draw.listing_sha256 = DrawState.SELECTED, now(), body, listing
    session.add(draw)
    await exchange.note_blob(session, body, "application/json", len(run.body.canonical()))
    await exchange.note_blob(session, listing, "application/octet-stream", len(run.listing))
    await keep_outcomes(session, sealed, result, beat)
    async for piece in awarded(session, result):
        session.add_all(piece)
        await session.flush()


async def awarded(session: AsyncSession, result: Result) -> AsyncIterator[list[AwardRow]]:
    """Homes and places on the wait-list, in pieces; not stored yet."""
    head = result.run.body.head
    named = np.flatnonzero(np.isin(result.run.selection.results["result"], (WON, WAITS)))
    for start in range(0, len(named), PEOPLE):
        piece = [_award(head, result, at) for at in named[start : start + PEOPLE].tolist()]
        own = await draws.own_tickets(session, head.basis.notice_id, among=[one.ticket for one in piece])
        for one in piece:
            if (mine := own.get(one.ticket)) is not None:
                one.person_id, one.case_id, one.line_id = mine.person_id, mine.case_id, mine.line_id
        yield piece


async def keep_outcomes(session: AsyncSession, sealed: SealedBox, result: Result, beat: Beat) -> None:
    """What became of every ticket, and the proofs of everybody who applied here."""
    head = result.run.body.head
    for at in range(0, len(result.rows), PIECE):
        piece = await asyncio.to_thread(list, _outcomes(head, result, slice(at, at + PIECE)))
        await draws.keep_outcomes(session, head.basis.notice_id, piece)
        beat("outcomes", at)
    await _keep_proofs(session, sealed, result, beat)


async def _keep_proofs(session: AsyncSession, sealed: SealedBox, result: Result, beat: Beat) -> None:
    notice_id, after = result.run.body.head.basis.notice_id, ""
    while own := await draws.own_tickets(session, notice_id, after=after, limit=PEOPLE):
        for entry, _ in await draw_lists.entries_of(session, notice_id, own):
            proof = result.levels.proof(entry.ticket, opening(entry, result.secret))
            await draws.keep_own_proof(session, sealed, own[entry.ticket].person_id, notice_id, proof)
        after = max(own)
        beat("proofs", after)


def _outcomes(head: Head, result: Result, piece: slice) -> Iterator[Outcome]:
    selection = result.run.selection
    for row, said in zip(result.rows[piece], selection.results[piece], strict=True):
        yield Outcome(
            ticket=row["ticket"].tobytes().hex(), result=WORDS[int(said["result"])],
            position=int(said["wait"]) or int(said["position"]) or None, unit=_unit(head, row, said),
            pool=selection.pools[int(said["pool"])],
        )  # fmt: skip


def _unit(head: Head, row: np.void, said: np.void) -> str | None:
    number = int(said["unit"])
    return head.basis.types[int(row["model"])].unit_numbers[number - 1] if number else None


def _award(head: Head, result: Result, at: int) -> AwardRow:
    row, said = result.rows[at], result.run.selection.results[at]
    return AwardRow(
        notice_id=head.basis.notice_id, ticket=row["ticket"].tobytes().hex(),
        model_no=head.basis.types[int(row["model"])].model_no, supply_kind=head.kinds[int(row["kind"])],
        unit=_unit(head, row, said), wait_list_no=int(said["wait"]) or None,
        state="awarded" if said["result"] == WON else "waiting", option_codes=[],
    )  # fmt: skip


async def publish_result(session: AsyncSession, notice_id: str, sha256: str, size: int) -> None:
    """The record is open, and what follows is promised to those who have won. Once."""
    draw = await draws.draw(session, notice_id, lock=True)
    if draw.transcript_sha256 is not None:
        return
    draw.transcript_sha256, draw.published_at = sha256, now()
    notice = await session.get_one(NoticeRow, notice_id)
    notice.state = "drawn"
    session.add_all([draw, notice])
    await exchange.note_blob(session, sha256, "application/json", size)
    for won in await awards.won_at_the_draw(session, notice_id):
        await begin_award(session, won)


async def begin_award(session: AsyncSession, award: AwardRow) -> None:
    """A person of ours has a home: their timeline, and the promise of what follows."""
    if award.case_id is None:
        return
    notice = await session.get_one(NoticeRow, award.notice_id)
    home = f"{notice.name} {award.unit or ''}".strip()
    await cases.record(
        session, award.case_id, f"awarded:{award.id}", step=Step.AWARDED, agency=notice.agency, reference=str(award.id),
        ko=f"당첨되었습니다: {home}.", en=f"You have won a home: {home}.",
        detail={"notice_id": notice.id, "unit": award.unit, "from_wait_list": award.from_wait_list},
    )  # fmt: skip
    await exchange.promise(
        session, "start:AwardWorkflow", ids.award_workflow_id(award.id), AwardStart(award_id=award.id)
    )


async def tell_drawn(notice_id: str, session: AsyncSession, after: str) -> Page | None:
    """The next of those who applied here: that the draw is over and can be re-run; and a place on the wait-list."""
    page = await draws.own_tickets(session, notice_id, after=after, limit=PEOPLE)
    if not page:
        return None
    own = await draws.own_tickets(session, notice_id, cases={one.case_id for one in page.values()})
    draw, notice = await draws.draw(session, notice_id), await session.get_one(NoticeRow, notice_id)
    best: dict[UUID, Outcome] = {}  # of each case
    for one in sorted(await draws.outcomes(session, notice_id, own), key=lambda one: -RANK[one.result]):
        best[own[one.ticket].case_id] = one
    for case_id, one in best.items():
        await _tell(session, case_id, one, notice, draw.transcript_sha256 or "")
    return Page(max(page), len(page))


async def _tell(session: AsyncSession, case_id: UUID, one: Outcome, notice: NoticeRow, transcript: str) -> None:
    await cases.record(
        session, case_id, f"drawn:{notice.id}", step=Step.DRAWN, agency=notice.agency, reference=transcript,
        ko=f"추첨이 끝났습니다: {notice.name}. 누구나 다시 계산해 볼 수 있습니다.",
        en=f"The draw is over: {notice.name}. Anybody can run it again.",
        detail={"result": one.result, "ticket": one.ticket, "via": one.pool},
    )  # fmt: skip
    if one.result == WORDS[WAITS]:
        await cases.record(
            session, case_id, f"wait_listed:{notice.id}", agency=notice.agency, reference=str(one.position),
            ko=f"예비입주자 {one.position}번입니다: {notice.name}.",
            en=f"You are number {one.position} on the wait-list: {notice.name}.",
            detail={"wait_list_no": one.position},
        )  # fmt: skip
