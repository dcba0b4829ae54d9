"""Whether a combined application may be filed: receipt is open, each line was judged, and the lines fit together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from api.services import Services
from domain.applications import Line
from domain.decisions import Decision, Reason
from domain.errors import ConsentNeeded, Invalid, LawForbids, OnjipError, UnknownThing, WrongState
from domain.facts import Household
from domain.notices import Notice
from domain.time import now
from domain.words import HousingKind, Outcome
from law.rules import Case, decide
from law.subscription.combinations import Application, combination
from store import applications, decisions, facts, notices, people
from store.applications import Wish
from store.tables.applications import ApplicationLineRow
from store.tables.consents import DecisionRow
from store.tables.notices import NoticeRow


@dataclass(frozen=True)
class Checker:
    """Checks the wishes of one person in one case inside one transaction; what is checked stays so until its end."""

    services: Services
    session: AsyncSession
    case_id: UUID
    person_id: UUID

    async def wishes(self, lines: Sequence[Line]) -> list[Wish]:
        """Raises the first refusal: ConsentNeeded, UnknownThing, WrongState, Invalid or LawForbids with its article."""
        if not await facts.given_consents(self.session, self.case_id, self.person_id):
            raise ConsentNeeded
        held = {line.notice_id: await notices.notice(self.session, line.notice_id, lock=True) for line in lines}
        judged = await decisions.newest(self.session, self.case_id, self.person_id, list(held))
        wishes = [_wish(line, held[line.notice_id], judged.get(decisions.key(line))) for line in lines]
        await self._together(wishes, held)
        return wishes

    async def _together(self, wishes: Sequence[Wish], held: dict[str, NoticeRow]) -> None:
        """주택공급에 관한 규칙 제4조: what this household has filed already counts too."""
        household = await applications.household(self.session, self.person_id)
        others = await self._known_members(household)
        await applications.lock_people(self.session, [self.person_id, *others.values()])
        earlier = await applications.living_lines(self.session, [self.person_id, *others.values()])
        for line in earlier:
            held.setdefault(line.notice_id, await notices.notice(self.session, line.notice_id))
        together = {
            "wanted": tuple(_wanted(self.person_id, wish, held) for wish in wishes),
            "filed": tuple(_filed(line, held) for line in earlier),
            "spouses": _couples(self.person_id, household, others),
        }
        as_of = max(notices.terms_of(held[wish.line.notice_id]).notice_date for wish in wishes)
        refuse_unless_lawful(decide(combination, Case(as_of, self.services.rulebook, together)))

    async def _known_members(self, household: Household | None) -> dict[str, UUID]:
        """Household members (by the resident register) who use Onjip too, by their handle."""
        refs = [member.identity_ref for member in household.members if member.identity_ref] if household else []
        found = await people.by_identity_refs(self.session, self.services.sealed, refs)
        return {ref: person_id for ref, person_id in found.items() if person_id != self.person_id}


def refuse_unless_lawful(decision: Decision) -> None:
    """LawForbids with the first rule that says no, and the change that would help where there is one."""
    no = cause(decision)
    if no is not None:
        raise law_forbids(no, decision)


def cause(decision: Decision) -> Reason | None:
    """The first test that made the decision a no; other noes only concern the standing (a missing first rank, say)."""
    noes = [reason for reason in decision.reasons if reason.outcome is Outcome.NO]
    made = (reason for reason in noes if reason.code in decision.causes)
    return next(made, noes[0] if noes and not decision.causes else None)


def law_forbids(no: Reason, decision: Decision) -> LawForbids:
    """A rule that is named by its question alone ("…인지") is made a sentence that answers it."""
    ko, en = no.ko, no.en
    if not ko.endswith("."):
        ko, en = f"법령의 요건을 채우지 못했습니다: {ko}.", f"The law asks for this, and it is not met: {en}."
    if decision.flip is not None:
        ko, en = f"{ko} {decision.flip.ko}", f"{en} {decision.flip.en}"
    return LawForbids(no.code, ko=ko, en=en, article=no.article)


def _wish(line: Line, row: NoticeRow, decision: DecisionRow | None) -> Wish:
    _open_now(row)
    _on_offer(line, notices.terms_of(row))
    if decision is None:
        raise WrongState(
            "assessment_needed", ko="먼저 신청 자격 판정을 받아 주십시오.", en="Have your eligibility judged first."
        )
    if decision.outcome == Outcome.NO:
        raise _not_eligible(Decision.model_validate(decision.body))
    return Wish(line, row.announcement_date, decision.id)


def _not_eligible(decision: Decision) -> OnjipError:
    """A line that was judged *cannot tell* may be filed (its missing facts come later); a *no* may not."""
    no = cause(decision)
    return LawForbids("not_eligible") if no is None else law_forbids(no, decision)


def _open_now(row: NoticeRow) -> None:
    if row.state == "publishing":
        raise WrongState(
            "notice_being_published", ko="공고를 접수 기관에 게시하는 중입니다. 잠시 뒤에 다시 해 주십시오.",
            en="The notice is on its way to the agency that receives applications. Try again in a moment.",
        )  # fmt: skip
    if now() < row.receipt_opens_at:
        raise WrongState("receipt_not_open", ko="아직 접수 기간이 아닙니다.", en="Receipt has not opened yet.")
    if now() >= row.receipt_closes_at or row.state != "open":
        raise WrongState("receipt_closed", ko="접수가 마감되었습니다.", en="Receipt has closed.")


def _on_offer(line: Line, notice: Notice) -> None:
    house = next((one for one in notice.house_types if one.model_no == line.model_no), None)
    if house is None:
        raise UnknownThing(
            "unknown_house_type", ko="이 공고에 없는 주택형입니다.", en="The notice has no such house type."
        )
    if house.units.get(line.supply_kind, 0) == 0:
        raise Invalid(
            "not_on_offer", ko="이 주택형에는 해당 공급유형의 물량이 없습니다.",
            en="No home of this type is on offer in this supply kind.", field="supply_kind",
        )  # fmt: skip


def _wanted(person_id: UUID, wish: Wish, held: dict[str, NoticeRow]) -> Application:
    return _application(person_id, wish.line, held[wish.line.notice_id], wish.announcement_date)


def _filed(row: ApplicationLineRow, held: dict[str, NoticeRow]) -> Application:
    line = Line.model_validate({"notice_id": row.notice_id, "model_no": row.model_no, "supply_kind": row.supply_kind})
    return _application(row.person_id, line, held[row.notice_id], row.announcement_date)


def _application(person_id: UUID, line: Line, notice: NoticeRow, announced: date) -> Application:
    return Application(
        person=str(person_id), notice_id=line.notice_id, model_no=line.model_no, supply_kind=line.supply_kind,
        housing_kind=HousingKind(notice.housing_kind), announcement_date=announced,
    )  # fmt: skip


def _couples(person_id: UUID, household: Household | None, others: dict[str, UUID]) -> tuple[tuple[str, str], ...]:
    """The couple that the register names; a declared spouse is not one before the law."""
    members = household.members if household else ()
    spouses = [others[one.identity_ref] for one in members if one.relation == "spouse" and one.identity_ref in others]
    return tuple((str(person_id), str(spouse)) for spouse in spouses)
