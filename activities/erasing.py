"""The end of a wait-list: what leads from a ticket that still waits to a person is destroyed.

주택공급에 관한 규칙 제26조⑨, 제26조의2⑥. Checked 2026-11-23. The public record of the draw names tickets only and
stays; so do homes that were given, and everything about tickets that are not on the wait-list any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from domain import ids
from store import cases
from store.draw_lists import Page
from store.draws import OWN_PROOF
from store.sealed import SealedBox
from store.tables.applications import ApplicationLineRow, ApplicationRow
from store.tables.cases import CaseEventRow
from store.tables.consents import DecisionRow
from store.tables.draws import AwardRow, DrawEntryRow
from store.tables.exchange import DeliveryRow
from store.tables.notices import NoticeRow
from store.tables.people import IdempotencyRow
from store.tables.reserve import ReserveJoinRow

PEOPLE = 100
# Lines of a timeline that say who waits with which number, or took part in the round as one who waits.
SAID_OF_NOTICE = ("wait_listed", "reserve_open", "reserve_lost", "reserve_kept")


async def erase_page(sealed: SealedBox, notice_id: str, session: AsyncSession, after: str) -> Page | None:
    """The next places by ticket; None where nobody waits any more."""
    query = select(AwardRow).where(AwardRow.notice_id == notice_id, AwardRow.state == "waiting")
    query = query.where(col(AwardRow.ticket) > after).order_by(col(AwardRow.ticket)).limit(PEOPLE)
    page = list(await session.exec(query.with_for_update(key_share=True)))
    if not page:
        return None
    notice = await session.get_one(NoticeRow, notice_id)
    for row in page:
        await _erase(session, sealed, notice, row)
    tickets = [row.ticket for row in page]
    await session.exec(
        update(DrawEntryRow)
        .where(col(DrawEntryRow.notice_id) == notice_id, col(DrawEntryRow.ticket).in_(tickets))
        .values(holder="", household="", facts={})
    )
    return Page(max(tickets), len(tickets))


async def _erase(session: AsyncSession, sealed: SealedBox, notice: NoticeRow, row: AwardRow) -> None:
    """One place. Awards of the same ticket that a correction took back go with it."""
    same = await session.exec(
        select(AwardRow).where(
            AwardRow.notice_id == notice.id, AwardRow.ticket == row.ticket, col(AwardRow.contract_id).is_(None)
        )
    )
    awards = list(same)
    await session.exec(delete(ReserveJoinRow).where(col(ReserveJoinRow.award_id) == row.id))
    if row.person_id is not None and row.case_id is not None:
        await sealed.forget(session, row.person_id, OWN_PROOF, subject=f"{notice.id}:{row.ticket}")
        await _erase_application(session, row)
        await _erase_timeline(session, notice, row.case_id, row, [one.id for one in awards])
        for one in awards:
            route = col(IdempotencyRow.route).contains(str(one.id))
            await session.exec(delete(IdempotencyRow).where(route))
    row.state = "lapsed"
    for one in awards:
        one.person_id = one.case_id = one.line_id = None
        session.add(one)


async def _erase_application(session: AsyncSession, row: AwardRow) -> None:
    """That the person has applied is the person's own record. The ticket goes, and what was sent for the selection:
    of the agency's answers their number and time stay."""
    line = await session.get(ApplicationLineRow, row.line_id) if row.line_id else None
    if line is None:
        return
    line.ticket = None
    line.receipt = line.receipt and {**line.receipt, "ticket": "", "receipt_jws": ""}
    session.add(line)
    decision = await session.get(DecisionRow, line.decision_id) if line.decision_id else None
    if decision is not None:
        decision.selection = None
        session.add(decision)
    application = await session.get_one(ApplicationRow, line.application_id)
    reference = ids.reference(ids.application_workflow_id(application.id), str(line.id))
    for sent in await session.exec(select(DeliveryRow).where(DeliveryRow.reference == reference)):
        sent.answer = sent.answer and {**sent.answer, "body": {}, "receipt_jws": ""}
        session.add(sent)


async def _erase_timeline(
    session: AsyncSession, notice: NoticeRow, case_id: UUID, row: AwardRow, award_ids: Sequence[UUID]
) -> None:
    about_awards = tuple(map(str, award_ids))
    for line in await session.exec(select(CaseEventRow).where(CaseEventRow.case_id == case_id)):
        word, _, about = line.key.partition(":")
        as_waiting = word in SAID_OF_NOTICE and about.split(":")[0] == notice.id
        if as_waiting or about.startswith(about_awards):
            await session.delete(line)
        elif line.detail.get("ticket") == row.ticket:
            line.detail = {}
            session.add(line)
    await cases.record(
        session, case_id, f"wait_list_over:{notice.id}", agency=notice.agency,
        ko=f"예비입주자 기간이 끝났습니다: {notice.name}. 예비입주자와 관련한 개인정보를 파기했습니다.",
        en=f"The wait-list has ended: {notice.name}. The personal data that belonged to it has been destroyed.",
    )  # fmt: skip
