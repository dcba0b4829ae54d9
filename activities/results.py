"""Keeping what a selection has decided: rows, awards, timelines, and the promises that follow."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from domain import ids
from domain.draws import DrawState
from domain.messages import AwardStart
from domain.time import now
from domain.words import Step
from law.entries import Entry, Result, Selected
from law.selection_proof import DrawProof
from store import cases, draws, exchange
from store.draws import Outcome, OwnTicket
from store.tables.draws import AwardRow
from store.tables.notices import NoticeRow

RANK = {Result.WON: 0, Result.WAIT_LISTED: 1, Result.LOST: 2, Result.EXCLUDED: 3}


async def keep_selection(session: AsyncSession, proof: DrawProof, sha256: str, size: int) -> None:
    """Everything at once: a second run of the same draw finds it done."""
    notice_id = proof.head.basis.notice_id
    draw = await draws.draw(session, notice_id, lock=True)
    if draw.state != DrawState.SCREENED:
        return
    draw.state, draw.transcript_sha256, draw.selected_at = DrawState.SELECTED, sha256, now()
    notice = await session.get_one(NoticeRow, notice_id)
    notice.state = "drawn"
    session.add_all([draw, notice])
    await exchange.note_blob(session, sha256, "application/json", size)
    await draws.keep_outcomes(session, notice_id, [_outcome(one) for one in proof.results])
    own = await draws.own_tickets(session, notice_id)
    entries = {entry.ticket: entry for entry in proof.entries}
    for one in proof.results:
        if one.result in (Result.WON, Result.WAIT_LISTED):
            await _award(session, notice_id, one, entries[one.ticket], own.get(one.ticket))
    await _tell_drawn(session, notice, proof, sha256, own)


def _outcome(one: Selected) -> Outcome:
    # The row says why a ticket was left out in its own column.
    result = Result.LOST if one.result is Result.EXCLUDED else one.result
    return Outcome(ticket=one.ticket, result=result, position=one.wait_list_no or one.position, unit=one.unit)


async def _award(session: AsyncSession, notice_id: str, one: Selected, entry: Entry, own: OwnTicket | None) -> None:
    won = one.result is Result.WON
    row = AwardRow(
        notice_id=notice_id, ticket=one.ticket, model_no=entry.model_no, supply_kind=entry.supply_kind, unit=one.unit,
        wait_list_no=one.wait_list_no, state="awarded" if won else "waiting", option_codes=[],
    )  # fmt: skip
    if own is not None:
        row.person_id, row.case_id, row.line_id = own.person_id, own.case_id, own.line_id
    session.add(row)
    await session.flush()
    if won and own is not None:
        await begin_award(session, row)


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


async def _tell_drawn(
    session: AsyncSession, notice: NoticeRow, proof: DrawProof, sha256: str, own: dict[str, OwnTicket]
) -> None:
    """Each case with an entry: that the draw is over and can be re-run; and a place on the wait-list."""
    best: dict[str, Selected] = {}
    for one in sorted((one for one in proof.results if one.ticket in own), key=lambda one: -RANK[one.result]):
        best[str(own[one.ticket].case_id)] = one
    for one in best.values():
        case_id = own[one.ticket].case_id
        await cases.record(
            session, case_id, f"drawn:{notice.id}", step=Step.DRAWN, agency=notice.agency, reference=sha256,
            ko=f"추첨이 끝났습니다: {notice.name}. 누구나 다시 계산해 볼 수 있습니다.",
            en=f"The draw is over: {notice.name}. Anybody can run it again.",
            detail={"result": one.result, "ticket": one.ticket, "via": one.via},
        )  # fmt: skip
        if one.result is Result.WAIT_LISTED:
            await cases.record(
                session, case_id, f"wait_listed:{notice.id}", agency=notice.agency, reference=str(one.wait_list_no),
                ko=f"예비입주자 {one.wait_list_no}번입니다: {notice.name}.",
                en=f"You are number {one.wait_list_no} on the wait-list: {notice.name}.",
                detail={"wait_list_no": one.wait_list_no},
            )  # fmt: skip
