"""Filing each line of a combined application at the agency that receives it (청약 접수)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.exchange import Carriage
from domain.applications import AgencyReceipt, Intake, LineState, SelectionFacts
from domain.deliveries import LineCarry, LineDone, OpenLines
from domain.errors import AgencyRefused, WrongState
from domain.facts import Household, Item, PersonFacts
from domain.filings import Answer, Outgoing
from domain.messages import ApplicationStart
from domain.model import canonical_json
from domain.time import now
from domain.words import Agency, Step, SupplyKind
from domain.work import Nothing
from store import cases, facts
from store.db import Database
from store.sealed import SealedBox
from store.tables.applications import ApplicationLineRow, ApplicationRow
from store.tables.consents import DecisionRow
from store.tables.notices import NoticeRow

BASIS = "신청인의 청약 신청 (주택공급에 관한 규칙 제23조)"


@dataclass(frozen=True)
class Deliver:
    """``carriage`` sends exactly once in effect; what the agency answers is kept with the line."""

    db: Database
    sealed: SealedBox
    carriage: Carriage

    @activity.defn(name="deliver.open_lines")
    async def open_lines(self, start: ApplicationStart) -> OpenLines:
        async with told(), self.db.transaction() as session:
            rows = await session.exec(
                select(ApplicationLineRow.id)
                .where(
                    ApplicationLineRow.application_id == start.application_id,
                    ApplicationLineRow.state == LineState.ACCEPTED,
                )
                .order_by(col(ApplicationLineRow.announcement_date), col(ApplicationLineRow.id))
            )
            return OpenLines(line_ids=tuple(rows))

    @activity.defn(name="deliver.carry")
    async def carry(self, carry: LineCarry) -> LineDone:
        """The agency's receipt or its final no; both end the line. Raises the agency's waits."""
        async with told():
            outgoing = await self._outgoing(carry)
            try:
                answer = await self.carriage.carry(outgoing)
            except AgencyRefused as refusal:
                return await self._refused(carry.line_id, outgoing.agency, refusal.code)
            return await self._filed(carry.line_id, answer)

    @activity.defn(name="deliver.finish")
    async def finish(self, start: ApplicationStart) -> Nothing:
        """The step of the case, when every line has its answer and at least one was received."""
        async with told(), self.db.transaction() as session:
            application = await session.get_one(ApplicationRow, start.application_id)
            rows = await session.exec(
                select(ApplicationLineRow).where(ApplicationLineRow.application_id == application.id)
            )
            states = [row.state for row in rows]
            filed = states.count(LineState.FILED)
            if filed and LineState.ACCEPTED not in states:
                await cases.record(
                    session, application.case_id, f"delivered:{application.id}", step=Step.DELIVERED,
                    reference=application.receipt_no,
                    ko=f"신청 {len(states)}건 가운데 {filed}건이 기관에 접수되었습니다.",
                    en=f"{filed} of {len(states)} lines have been received by their agencies.",
                )  # fmt: skip
            return Nothing()

    async def _outgoing(self, carry: LineCarry) -> Outgoing:
        async with self.db.transaction() as session:
            line = await session.get_one(ApplicationLineRow, carry.line_id)
            notice = await session.get_one(NoticeRow, line.notice_id)
            application = await session.get_one(ApplicationRow, line.application_id)
            ref = await self.sealed.open(
                session, line.person_id, "identity_ref", basis=BASIS, purpose="file an application"
            )
            person = await facts.facts_of(session, application.case_id, line.person_id)
            intake = await _intake(session, line, notice, person, reference=carry.reference, applicant_ref=ref)
            return Outgoing(
                agency=Agency(notice.agency), service="applications", reference=carry.reference, purpose="apply",
                body=intake.model_dump(mode="json"), subject_ref=ref,
            )  # fmt: skip

    async def _filed(self, line_id: UUID, answer: Answer) -> LineDone:
        receipt = AgencyReceipt(
            agency=answer.agency, number=answer.number, received_at=answer.at,
            ticket=str(answer.body.get("ticket", "")), receipt_jws=answer.receipt_jws,
        )  # fmt: skip
        async with self.db.transaction() as session:
            line, case_id, name = await _line(session, line_id)
            line.state, line.refusal = LineState.FILED, None
            line.ticket, line.receipt = receipt.ticket, receipt.model_dump(mode="json")
            line.filed_at = receipt.received_at
            session.add(line)
            await cases.record(
                session, case_id, f"filed:{line.id}", agency=answer.agency, reference=receipt.number,
                at=receipt.received_at,
                ko=f"접수되었습니다: {name} (접수번호 {receipt.number}).",
                en=f"Received: {name} (receipt {receipt.number}).",
            )  # fmt: skip
        return LineDone(line_id=line_id, state=LineState.FILED, number=receipt.number)

    async def _refused(self, line_id: UUID, agency: Agency, reason: str) -> LineDone:
        async with self.db.transaction() as session:
            line, case_id, name = await _line(session, line_id)
            line.state, line.refusal = LineState.REFUSED, reason
            session.add(line)
            await cases.record(
                session, case_id, f"refused:{line.id}", agency=agency, reference=reason, at=now(),
                ko=f"기관이 접수를 거절했습니다: {name} (사유 {reason}).",
                en=f"The agency refused: {name} (reason {reason}).",
            )  # fmt: skip
        return LineDone(line_id=line_id, state=LineState.REFUSED, number=reason)


async def _line(session: AsyncSession, line_id: UUID) -> tuple[ApplicationLineRow, UUID, str]:
    """The line, locked, its case and the notice's name."""
    line = await session.get_one(ApplicationLineRow, line_id, with_for_update={"key_share": True})
    application = await session.get_one(ApplicationRow, line.application_id)
    notice = await session.get_one(NoticeRow, line.notice_id)
    return line, application.case_id, notice.name


async def _intake(
    session: AsyncSession,
    line: ApplicationLineRow,
    notice: NoticeRow,
    person: PersonFacts,
    *,
    reference: str,
    applicant_ref: str,
) -> Intake:
    """What the agency receives: no name and no register value beyond what selection needs."""
    decision = await session.get(DecisionRow, line.decision_id) if line.decision_id else None
    if decision is None or decision.selection is None:
        raise WrongState("decision_missing", ko="자격 판정이 없습니다.", en="The line has no decision to rest on.")
    household = _household(person)
    return Intake(
        reference=reference, notice_no=notice.number, model_no=line.model_no, supply_kind=SupplyKind(line.supply_kind),
        applicant_ref=applicant_ref, household_refs=_others(household, applicant_ref),
        relation_to_head=_relation_to_head(household),
        facts=SelectionFacts.model_validate(decision.selection),
        decision_sha256=hashlib.sha256(canonical_json(decision.body)).hexdigest(),
        unknown=tuple(person.missing),
    )  # fmt: skip


def _household(person: PersonFacts) -> Household | None:
    found = (fact for fact in person.facts if fact.item is Item.HOUSEHOLD)
    return next((Household.model_validate(fact.value) for fact in found), None)


def _others(household: Household | None, applicant_ref: str) -> tuple[str, ...]:
    """Handles of the household's other adults, as the resident register names them."""
    members = household.members if household else ()
    refs = {member.identity_ref for member in members if member.identity_ref}
    return tuple(sorted(refs - {applicant_ref}))


def _relation_to_head(household: Household | None) -> str:
    """The couple may both apply (제4조제1항제1호): the agency tells them by head and spouse."""
    if household is None or household.head:
        return "self"
    return "spouse" if any(member.relation == "spouse" for member in household.members) else "member"
