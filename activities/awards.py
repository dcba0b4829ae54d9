"""The check of winners and what follows from it. A person is never refused by a machine alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from activities.judge import Household, Judge, household_facts
from activities.results import begin_award
from activities.screening import without_win
from domain.awards import Accepted, AwardEnd, AwardFound, AwardSearch, AwardView, ContractBy, Explained, Judged
from domain.draws import Lapsed
from domain.errors import Invalid, NotYet, WrongState
from domain.messages import AssessStart, AwardStart, LapseAct
from domain.notices import HouseType, Notice
from domain.time import SEOUL, now
from domain.words import Outcome, Step, SupplyKind
from domain.work import Nothing
from law.notices import contract_window
from law.waiting import contract_ends
from store import awards, cases, draws, reserve
from store.db import Database
from store.tables.applications import ApplicationLineRow
from store.tables.consents import DecisionRow
from store.tables.draws import AwardRow
from store.tables.notices import NoticeRow

SOON_S = 0.5
ENDS = {
    "contracted": ("공급계약 체결을 시작합니다.", "The supply contract begins."),
    "ineligible": ("부적격으로 판정되었습니다.", "Found ineligible."),
    "lapsed": (
        "계약 기간 안에 계약금이 입금되지 않았습니다.",
        "No deposit arrived within the contract window.",
    ),
}


@dataclass(frozen=True)
class Awards:
    db: Database
    judge: Judge

    @activity.defn(name="awards.view")
    async def view(self, start: AwardStart) -> AwardView:
        async with told(), self.db.transaction() as session:
            row, notice = await _award(session, start)
            awards.must_hold(row)
            if row.case_id is None or row.person_id is None:
                raise WrongState(
                    "winner_not_here", ko="온집에서 신청한 당첨자가 아닙니다.", en="The winner is not here."
                )
            search = self.judge.rulebook.period("register_search", notice.notice_date)
            return AwardView(award_id=row.id, case_id=row.case_id, search_until=search.deadline(row.at))

    @activity.defn(name="awards.decide")
    async def decide(self, search: AwardSearch) -> AwardFound:
        """Judge again, as of the notice date, on what the registers say now. Only a full yes is final here."""
        async with told(), self.db.transaction() as session:
            row, notice = await _award(session, AwardStart(award_id=search.award_id), lock=True)
            awards.must_hold(row)
            decision = await self._decision(session, row, notice)
            await session.exec(insert(DecisionRow).values(**decision.model_dump()).on_conflict_do_nothing())
            outcome = Outcome(decision.outcome)
            if not search.answered or await _standing_differs(session, row, decision):
                outcome = Outcome.NO if outcome is Outcome.NO else Outcome.CANNOT_TELL
            if outcome is Outcome.YES:
                await _check_passed(session, row, reference=str(decision.id))
                return AwardFound(outcome=outcome)
            until = self.judge.rulebook.period("explanation_window", notice.notice_date).deadline(now())
            await _tell_finding(session, row, notice, decision, until)
            return AwardFound(outcome=outcome, explain_until=until)

    async def _decision(self, session: AsyncSession, row: AwardRow, notice: Notice) -> DecisionRow:
        if row.case_id is None or row.person_id is None:
            raise _not_here()
        known = await household_facts(session, row.case_id, row.person_id)
        spouse = known.spouse and without_win(known.spouse, notice.number)
        household = Household(applicant=without_win(known.applicant, notice.number), spouse=spouse)
        start = AssessStart(
            case_id=row.case_id, person_id=row.person_id, notice_ids=(notice.id,), run=f"award:{row.id}"
        )
        return self.judge.decide(start, household, notice, _house_type(notice, row), SupplyKind(row.supply_kind))

    @activity.defn(name="awards.explained")
    async def explained(self, said: Explained) -> Nothing:
        """The winner's explanation (소명), for the human who decides."""
        async with told(), self.db.transaction() as session:
            row = await awards.award(session, said.award_id)
            await _note(
                session, row, "explained", ko="당첨자가 소명했습니다.", en="The winner has explained.",
                detail={"text": said.text, "document_sha256": said.document_sha256},
            )  # fmt: skip
            return Nothing()

    @activity.defn(name="awards.judged")
    async def judged(self, judged: Judged) -> Nothing:
        """A human's decision, with its reason."""
        async with told(), self.db.transaction() as session:
            row = await awards.award(session, judged.award_id, lock=True)
            awards.must_hold(row)
            if judged.eligible:
                await _check_passed(session, row, reference=str(row.id))
            await _note(
                session, row, "judged", ko="담당자가 소명을 심사했습니다.", en="An officer has judged the explanation.",
                detail={"eligible": judged.eligible, "reason": judged.reason, "officer": str(judged.officer_id)},
            )  # fmt: skip
            return Nothing()

    @activity.defn(name="awards.accepted")
    async def accepted(self, accepted: Accepted) -> Nothing:
        """The winner takes the home, with options of the notice. Invalid for one that the notice does not offer."""
        async with told(), self.db.transaction() as session:
            row, notice = await _award(session, AwardStart(award_id=accepted.award_id), lock=True)
            awards.must_hold(row)
            unknown = set(accepted.option_codes) - {option.code for option in notice.options}
            if unknown:
                raise Invalid(
                    "unknown_option", ko="공고에 없는 선택품목입니다.", en="The notice offers no such option.",
                    field="option_codes",
                )  # fmt: skip
            row.option_codes = list(accepted.option_codes)
            session.add(row)
            await _note(
                session, row, "accepted", ko="당첨자가 계약 의사를 밝혔습니다.", en="The winner wants to contract.",
                detail={"options": list(accepted.option_codes)},
            )  # fmt: skip
            return Nothing()

    @activity.defn(name="awards.contract_by")
    async def contract_by(self, start: AwardStart) -> ContractBy:
        """The end of the contract window, and never less than its lawful length from now (제59조제2항)."""
        async with told(), self.db.transaction() as session:
            row, notice = await _award(session, start)
            opens, closes = contract_window(row.at, notice.notice_date, self.judge.rulebook)
            ends = contract_ends(notice, row.at, self.judge.rulebook)
            return ContractBy(at=max(ends, now() + (closes - opens)))

    @activity.defn(name="awards.end")
    async def end(self, end: AwardEnd) -> AwardEnd:
        """How the award has ended. From a contract on, digits are not corrected any more: one waits for the other. An
        award that was annulled meanwhile stays so."""
        async with told(), self.db.transaction() as session:
            draw = await draws.of_award(session, end.award_id)
            row = await awards.award(session, end.award_id, lock=True)
            if row.state == "annulled":
                return AwardEnd(award_id=row.id, state=row.state)
            if draw.correcting is not None:
                raise NotYet("digits_being_corrected", retry_after=SOON_S)
            row.state = end.state
            session.add(row)
            ko, en = ENDS[end.state]
            await _note(session, row, end.state, ko=ko, en=en)
            return end

    @activity.defn(name="awards.lapse")
    async def lapse(self, act: LapseAct) -> Lapsed:
        """A home is free. Before the first round of the wait-list is over it is kept for that; afterwards it goes to
        the next by number (제26조⑤), in one transaction. The same answer when asked again."""
        async with told(), self.db.transaction() as session:
            row, notice = await _award(session, AwardStart(award_id=act.award_id))
            by_number = await reserve.first_round_over(session, row.notice_id)
            row = await awards.award(session, act.award_id, lock=True)
            if row.passed_to is not None:
                return Lapsed(next_award_id=row.passed_to)
            _must_be_free(row)
            if row.state != "ineligible":
                row.state = "lapsed"
            session.add(row)
            await session.flush()
            waiting = await self._next(session, row, notice) if by_number else None
            if waiting is None:
                return Lapsed(kept=not by_number)
            waiting.state, waiting.unit, waiting.from_wait_list, waiting.at = "awarded", row.unit, True, now()
            row.passed_to = waiting.id
            session.add_all([row, waiting])
            await session.flush()
            await begin_award(session, waiting)
            return Lapsed(next_award_id=waiting.id)

    async def _next(self, session: AsyncSession, lapsed: AwardRow, notice: Notice) -> AwardRow | None:
        """Who was selected for another home since is passed over (제26조⑥)."""
        passed: list[UUID] = []
        while (waiting := await awards.next_waiting(session, lapsed, passed)) is not None:
            if not await reserve.place_lost(session, waiting, notice, self.judge.rulebook):
                break
            passed.append(waiting.id)
        return waiting


def _not_here() -> WrongState:
    return WrongState("winner_not_here", ko="온집에서 신청한 당첨자가 아닙니다.", en="The winner did not apply here.")


def _must_be_free(row: AwardRow) -> None:
    """Lapsed or ineligible; of winners who are not here, the officer's word. A running check is left alone."""
    elsewhere = row.person_id is None and row.state in ("awarded", "checked")
    if row.state not in ("lapsed", "ineligible") and not elsewhere:
        raise WrongState("award_not_free", ko="아직 비어 있지 않은 주택입니다.", en="This home is not free.")


async def _award(session: AsyncSession, start: AwardStart, *, lock: bool = False) -> tuple[AwardRow, Notice]:
    row = await awards.award(session, start.award_id, lock=lock)
    return row, Notice.model_validate((await session.get_one(NoticeRow, row.notice_id)).body)


def _house_type(notice: Notice, row: AwardRow) -> HouseType:
    return next(one for one in notice.house_types if one.model_no == row.model_no)


async def _standing_differs(session: AsyncSession, row: AwardRow, decision: DecisionRow) -> bool:
    """Whether the facts that the selection went by are others now (가점 오류 and the like)."""
    line = await session.get(ApplicationLineRow, row.line_id) if row.line_id else None
    filed = await session.get(DecisionRow, line.decision_id) if line and line.decision_id else None
    return filed is not None and filed.selection != decision.selection


async def _check_passed(session: AsyncSession, row: AwardRow, *, reference: str) -> None:
    row.state = "checked"
    session.add(row)
    await _note(
        session, row, "checked", step=Step.CHECKED, reference=reference,
        ko="당첨자 자격을 확인했습니다.", en="The winner's eligibility is confirmed.",
    )  # fmt: skip


async def _tell_finding(
    session: AsyncSession, row: AwardRow, notice: Notice, decision: DecisionRow, until: datetime
) -> None:
    """To the winner, with what was found and how long to explain; to the officer, who joins the case to decide."""
    published = await session.get_one(NoticeRow, notice.id)
    if published.published_by is not None and row.case_id is not None:
        await cases.add_member(session, row.case_id, published.published_by, "supplier")
    reasons = [one for one in decision.body["reasons"] if one["outcome"] != Outcome.YES]
    await _note(
        session, row, "finding", reference=str(decision.id),
        ko=f"확인이 필요한 사항이 있습니다. {until.astimezone(SEOUL):%Y-%m-%d %H:%M}까지 소명할 수 있습니다.",
        en=f"Something needs an explanation. Please explain by {until.astimezone(SEOUL):%Y-%m-%d %H:%M} (Seoul).",
        detail={"codes": [one["code"] for one in reasons], "explain_until": until.isoformat()},
    )  # fmt: skip


async def _note(
    session: AsyncSession, row: AwardRow, key: str, *, ko: str, en: str, step: Step | None = None, reference: str = "",
    detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    if row.case_id is not None:
        await cases.record(
            session, row.case_id, f"{key}:{row.id}", step=step, ko=ko, en=en, reference=reference or str(row.id),
            detail=detail,
        )  # fmt: skip
