"""Binding decisions: the law applied to stored facts, and kept with everything that is needed to repeat them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession
from temporalio import activity

from activities.errors import told
from domain.errors import Invalid, NotYet
from domain.facts import PersonFacts
from domain.messages import AssessStart
from domain.model import Model
from domain.notices import HouseType, Notice
from domain.words import Outcome, Step, SupplyKind
from law.assess import Basis, selection_facts
from law.rulebook import Rulebook
from store import cases, facts
from store.db import Database
from store.tables.cases import CaseRow
from store.tables.consents import DecisionRow
from store.tables.notices import NoticeRow


class Assessed(Model):
    """How many lines were judged, and how many of them the person may file.

    ``unjudged``: notices to which the rulebook has no answer (a date outside it, say); the others are judged all
    the same.
    """

    judged: int
    open: int
    unjudged: tuple[str, ...] = ()


class Household(Model):
    """Facts of one applicant and, as far as the spouse has consented too, of the spouse."""

    applicant: PersonFacts
    spouse: PersonFacts | None = None


@dataclass(frozen=True)
class Judge:
    """``rulebook``: the law of this deployment; its digest stands in every decision."""

    db: Database
    rulebook: Rulebook

    @activity.defn(name="judge.assess")
    async def assess(self, start: AssessStart) -> Assessed:
        """Every named notice × house type × supply kind, as of each notice date. Idempotent by ``run``."""
        async with told():
            async with self.db.transaction() as session:
                household = await household_facts(session, start.case_id, start.person_id)
                notices = [await _notice(session, notice_id) for notice_id in start.notice_ids]
            rows, unjudged = await asyncio.to_thread(self._judge_all, start, household, notices)
            async with self.db.transaction() as session:
                await _still_so(session, start, household)
                for row in rows:
                    await session.exec(insert(DecisionRow).values(**row.model_dump()).on_conflict_do_nothing())
                await _note(session, start, rows, unjudged)
            yes = sum(row.outcome == Outcome.YES for row in rows)
            return Assessed(judged=len(rows), open=yes, unjudged=tuple(unjudged))

    def _judge_all(
        self, start: AssessStart, household: Household, notices: Iterable[Notice]
    ) -> tuple[list[DecisionRow], list[str]]:
        rows: list[DecisionRow] = []
        unjudged = []
        for notice in notices:
            try:
                rows += list(self._judge(start, household, notice))
            except Invalid:
                unjudged.append(notice.id)
        return rows, unjudged

    def _judge(self, start: AssessStart, household: Household, notice: Notice) -> Iterable[DecisionRow]:
        """Every kind that the notice offers, house type by house type."""
        for house_type in notice.house_types:
            for kind in SupplyKind:
                if house_type.units.get(kind):
                    yield self.decide(start, household, notice, house_type, kind)

    def decide(
        self, start: AssessStart, household: Household, notice: Notice, house_type: HouseType, kind: SupplyKind
    ) -> DecisionRow:
        """One decision with all that repeats it. The same ``run`` gives the same id."""
        basis = Basis(
            applicant=household.applicant, spouse=household.spouse, notice=notice, model_no=house_type.model_no,
            supply_kind=kind,
        )  # fmt: skip
        decision = basis.decide(self.rulebook)
        selection = selection_facts(basis.wish(self.rulebook), kind)
        return DecisionRow(
            id=_decision_id(start.run, notice.id, house_type.model_no, kind),
            case_id=start.case_id, person_id=start.person_id, notice_id=notice.id, model_no=house_type.model_no,
            supply_kind=kind, rule=decision.rule, outcome=decision.outcome,
            points=((decision.value or {}).get("points") or {}).get("total"),
            body=decision.model_dump(mode="json"), facts=basis.model_dump(mode="json"),
            selection=selection.model_dump(mode="json"), rulebook=decision.rulebook, as_of=decision.as_of,
        )  # fmt: skip


async def household_facts(session: AsyncSession, case_id: UUID, person_id: UUID) -> Household:
    """The applicant's facts, and those of the other person of the case who has consented (the spouse)."""
    consents = await facts.given_consents(session, case_id)
    others = [consent.person_id for consent in consents if consent.person_id not in (None, person_id)]
    spouse = await facts.facts_of(session, case_id, others[0]) if others and others[0] else None
    return Household(applicant=await facts.facts_of(session, case_id, person_id), spouse=spouse)


async def _still_so(session: AsyncSession, start: AssessStart, household: Household) -> None:
    """NotYet when a fact came in meanwhile. Under the case's lock: who notes it now will see these decisions."""
    await session.get_one(CaseRow, start.case_id, with_for_update={"key_share": True})
    if await household_facts(session, start.case_id, start.person_id) != household:
        raise NotYet("facts_changed", retry_after=0.1)


async def _notice(session: AsyncSession, notice_id: str) -> Notice:
    return Notice.model_validate((await session.get_one(NoticeRow, notice_id)).body)


async def _note(session: AsyncSession, start: AssessStart, rows: list[DecisionRow], unjudged: list[str]) -> None:
    yes = sum(row.outcome == Outcome.YES for row in rows)
    await cases.record(
        session, start.case_id, f"assessed:{start.run}", step=Step.ASSESSED,
        ko=f"공고 {len(start.notice_ids)}건의 신청 자격을 판정했습니다: {len(rows)}건 중 {yes}건 신청 가능.",
        en=f"Eligibility judged for {len(start.notice_ids)} notices: {yes} of {len(rows)} lines are open.",
        detail={"rulebook": rows[0].rulebook if rows else "", "unjudged": unjudged},
    )  # fmt: skip


def _decision_id(run: str, notice_id: str, model_no: str, kind: SupplyKind) -> UUID:
    return uuid5(NAMESPACE_URL, f"onjip:decision:{run}:{notice_id}:{model_no}:{kind}")
