"""A draw that is void: it ends before anybody could know a result that stands. Stated with everything fixed by then."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from activities.heartbeat import Beat
from activities.lists import PEOPLE, in_pages
from activities.records import keep, ref_of, stated
from domain.draws import DrawState, Revealed, VoidReason
from domain.messages import DrawStart
from domain.ports import Documents
from domain.time import now
from law.drawing.endings import Void
from law.drawing.terms import Head
from store import cases, draws
from store.db import Database
from store.draw_lists import Page
from store.tables.draws import DrawRow
from store.tables.notices import NoticeRow

WHY = {
    VoidReason.NONCE_NOT_REVEALED: (
        "추첨 공을 뽑기 전에 난수를 열 조각이 모이지 않았습니다. 결과를 안 사람은 아무도 없고, 알 수도 없었습니다.",
        "Before the balls were drawn, too few shares came in to open the nonce: nobody knew a result or could have.",
    ),
    VoidReason.BEACON_PASSED: (
        "정해 둔 공개 난수가 나오기 전에 추첨 숫자가 확정되지 않았습니다."
        " 그 뒤의 숫자는 난수에 맞추어 고를 수 있어 쓰지 않습니다.",
        "The digits were not fixed before the public random value was out; later ones could be chosen to fit it.",
    ),
}


async def void(
    db: Database, documents: Documents, start: DrawStart, reason: VoidReason, *, may: Callable[[DrawRow], bool],
    beat: Beat,
) -> Revealed:  # fmt: skip
    """End the draw while ``may`` holds of it. What came in at the last moment stands: then the draw goes on.

    Everybody who applied here hears of it, page by page; asked again after a crash, it goes on where it stood.
    """
    async with db.transaction() as session:
        draw = await draws.draw(session, start.notice_id)
    if not may(draw) and draw.state != DrawState.VOID:
        return Revealed(state=DrawState(draw.state))
    statement = _statement(draw, reason)
    await stated(documents, statement)
    async with db.transaction() as session:
        draw = await draws.draw(session, start.notice_id, lock=True)
        if may(draw):
            await _end(session, draw, statement)
        state = DrawState(draw.state)
    if state is not DrawState.VOID:
        return Revealed(state=state)
    await in_pages(db, start.notice_id, "tell_void", partial(_tell, start.notice_id), beat)
    return Revealed(state=state, record=ref_of(statement))


def _statement(draw: DrawRow, reason: VoidReason) -> Void:
    return Void(
        notice_id=draw.notice_id, reason=reason, head=Head.model_validate(draw.head), program=draw.program or "",
        count=draw.count or 0, root1=draw.root1 or "", root1_stamp=draw.root1_stamp or "", root2=draw.root2 or "",
        root2_stamp=draw.root2_stamp or "",
    )  # fmt: skip


async def _end(session: AsyncSession, draw: DrawRow, statement: Void) -> None:
    notice = await session.get_one(NoticeRow, draw.notice_id)
    draw.state, draw.ended = DrawState.VOID, {"reason": statement.reason, "at": now().isoformat()}
    notice.state = "void"
    session.add_all([draw, notice])
    await keep(session, statement)


async def _tell(notice_id: str, session: AsyncSession, after: str) -> Page | None:
    """The next of those who applied here."""
    page = await draws.own_tickets(session, notice_id, after=after, limit=PEOPLE)
    if not page:
        return None
    draw, notice = await draws.draw(session, notice_id), await session.get_one(NoticeRow, notice_id)
    ko, en = WHY[VoidReason((draw.ended or {})["reason"])]
    for case_id in {one.case_id for one in page.values()}:
        await cases.record(
            session, case_id, f"void:{notice_id}", agency=notice.agency,
            ko=f"추첨이 무효가 되었습니다: {notice.name}. {ko}", en=f"The draw is void: {notice.name}. {en}",
        )  # fmt: skip
    return Page(max(page), len(page))
