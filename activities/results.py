"""Keeping what a selection has decided: rows, awards, own proofs; and, once it is public, timelines and promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from domain import ids
from domain.draws import DrawState
from domain.messages import AwardStart
from domain.time import now
from domain.words import Step
from law.drawing.proof import OwnProof
from law.drawing.rows import EXCLUDED, LOST, REMOVED, WAITS, WON, Rows
from law.drawing.terms import Head
from law.drawing.transcript import Run
from store import awards, cases, draws, exchange
from store.draws import Outcome, OwnTicket
from store.sealed import SealedBox
from store.tables.draws import AwardRow, DrawRow
from store.tables.notices import NoticeRow

# The row of an excluded ticket says why in its own column.
WORDS = {WON: "won", WAITS: "wait_listed", LOST: "lost", EXCLUDED: "lost", REMOVED: "removed"}
RANK = {"won": 0, "wait_listed": 1, "lost": 2, "removed": 3}


class Result(NamedTuple):
    """A selection that has been run. ``rows``: whole; ``proofs``: of people who applied here, by ticket."""

    run: Run
    rows: Rows
    proofs: dict[str, OwnProof]


async def keep_selection(session: AsyncSession, sealed: SealedBox, result: Result, *, body: str, listing: str) -> None:
    """Everything at once: a second run of the same draw finds it done. ``body``, ``listing``: stored documents."""
    head, run = result.run.body.head, result.run
    notice_id = head.basis.notice_id
    draw = await draws.draw(session, notice_id, lock=True)
    if draw.state != DrawState.REVEALED:
        return
    draw.state, draw.selected_at, draw.body_sha256, draw.listing_sha256 = DrawState.SELECTED, now(), body, listing
    session.add(draw)
    await exchange.note_blob(session, body, "application/json", len(run.body.canonical()))
    await exchange.note_blob(session, listing, "application/octet-stream", len(run.listing))
    await draws.keep_outcomes(session, notice_id, _outcomes(head, result))
    own = await draws.own_tickets(session, notice_id)
    session.add_all(_awards(head, result, own))
    for ticket, one in result.proofs.items():
        await draws.keep_own_proof(session, sealed, own[ticket].person_id, notice_id, one)
    await session.flush()


def _outcomes(head: Head, result: Result) -> Iterator[Outcome]:
    results, selection = result.run.selection.results, result.run.selection
    for at, (row, said) in enumerate(zip(result.rows, results, strict=True)):
        yield Outcome(
            ticket=result.rows["ticket"][at].tobytes().hex(), result=WORDS[int(said["result"])],
            position=int(said["wait"]) or int(said["position"]) or None, unit=_unit(head, row, said),
            pool=selection.pools[int(said["pool"])],
        )  # fmt: skip


def _unit(head: Head, row: np.void, said: np.void) -> str | None:
    number = int(said["unit"])
    return head.basis.types[int(row["model"])].unit_numbers[number - 1] if number else None


def _awards(head: Head, result: Result, own: dict[str, OwnTicket]) -> Iterator[AwardRow]:
    results = result.run.selection.results
    for at in np.flatnonzero(np.isin(results["result"], (WON, WAITS))).tolist():
        row, said = result.rows[at], results[at]
        ticket, won = result.rows["ticket"][at].tobytes().hex(), int(said["result"]) == WON
        award = AwardRow(
            notice_id=head.basis.notice_id, ticket=ticket, model_no=head.basis.types[int(row["model"])].model_no,
            supply_kind=head.kinds[int(row["kind"])], unit=_unit(head, row, said),
            wait_list_no=int(said["wait"]) or None, state="awarded" if won else "waiting", option_codes=[],
        )  # fmt: skip
        if ticket in own:
            award.person_id, award.case_id = own[ticket].person_id, own[ticket].case_id
            award.line_id = own[ticket].line_id
        yield award


async def publish_result(session: AsyncSession, notice_id: str, sha256: str, size: int) -> None:
    """The record is open: everybody who applied here hears of it, and what follows is promised. Once."""
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
    await _tell_drawn(session, notice, draw)


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


async def _tell_drawn(session: AsyncSession, notice: NoticeRow, draw: DrawRow) -> None:
    """Each case with an entry: that the draw is over and can be re-run; and a place on the wait-list."""
    own = await draws.own_tickets(session, notice.id)
    said = await draws.outcomes(session, notice.id, own)
    best: dict[str, Outcome] = {}
    for one in sorted(said, key=lambda one: -RANK[one.result]):
        best[str(own[one.ticket].case_id)] = one
    for one in best.values():
        case_id = own[one.ticket].case_id
        await cases.record(
            session, case_id, f"drawn:{notice.id}", step=Step.DRAWN, agency=notice.agency,
            reference=draw.transcript_sha256 or "",
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
