"""One answer for one notice × house type × supply kind, and what the selection needs of it.

The rules are in ``law.subscription``; here register facts and notice become their case. Checked 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from domain.applications import SelectionFacts
from domain.decisions import Decision
from domain.facts import PersonFacts
from domain.model import Model
from domain.notices import HouseType, Notice
from domain.words import HousingKind, Outcome, SupplyKind
from law.counterfactual import with_flip
from law.registers import Known, assemble, notice_facts
from law.rulebook import Rulebook
from law.rules import Case, Rule, decide
from law.subscription.account import account_since
from law.subscription.lines import line
from law.subscription.ordering import long_homeless
from law.subscription.ownership import counted_homes, homeless, homes_at_least
from law.subscription.payments import recognised_amount, recognised_payments
from law.subscription.points import points, points_elderly
from law.subscription.residence import residence_band
from law.subscription.restrictions import rewin
from law.subscription.shares import lottery_stage, points_eligible
from law.subscription.special.multi_child import multi_child_points
from law.subscription.special.tiers import special_tiers

T = TypeVar("T")
BANDS = {"local": 0, "province": 1}
ELSEWHERE = 2
# By what a kind of supply counts its points; the others have none.
SCORES: Mapping[SupplyKind, Rule[int]] = {
    SupplyKind.GENERAL: points,
    SupplyKind.ELDERLY_PARENTS: points_elderly,
    SupplyKind.MULTI_CHILD: multi_child_points,
}


@dataclass(frozen=True)
class Wish:
    """Who applies, to which notice, for which house type, under which rulebook."""

    known: Known
    notice: Notice
    house_type: HouseType
    rulebook: Rulebook

    @property
    def day(self) -> date:
        """The notice date (입주자모집공고일), on which eligibility is judged (제27조, 제28조, 제35조 이하)."""
        return self.notice.notice_date

    def case(self, kind: SupplyKind) -> Case:
        known = self.known.on(self.day, self.rulebook.value("adult_age", self.day))
        facts = {**known.facts, **notice_facts(self.notice, self.house_type), "supply_kind": kind}
        return Case(self.day, self.rulebook, facts, known.sources, known.unseen)


class Basis(Model):
    """Everything that a binding decision rests on, as it is stored: it gives the same decision again."""

    applicant: PersonFacts
    spouse: PersonFacts | None = None
    notice: Notice
    model_no: str
    supply_kind: SupplyKind

    def wish(self, rulebook: Rulebook) -> Wish:
        house_type = next(one for one in self.notice.house_types if one.model_no == self.model_no)
        return Wish(assemble(self.applicant, self.spouse), self.notice, house_type, rulebook)

    def decide(self, rulebook: Rulebook) -> Decision:
        return assess(self.wish(rulebook), self.supply_kind)


def assess(wish: Wish, kind: SupplyKind, *, flip: bool = True) -> Decision:
    """May the applicant file this line? ``value``: ``law.subscription.lines.Line``; a no carries its nearest flip."""
    case = wish.case(kind)
    decision = decide(line, case)
    return with_flip(line, case, decision) if flip else decision


def barred_by_win(wish: Wish, kind: SupplyKind) -> bool:
    """재당첨 제한 (제54조): a certain no. What cannot be told yet is judged with the winner."""
    return wish.case(kind).judge(rewin).outcome is Outcome.NO


def selection_facts(wish: Wish, kind: SupplyKind) -> SelectionFacts:
    """Facts for the selection, from registers only. An unknown counts as the lesser standing, never as the better:
    the missing fact is listed with the filing and completed before the draw (promise 5)."""
    case = wish.case(kind)
    standing = _told(case, line, None)
    told = standing.model_dump() if standing else {}
    opened = _told(case, account_since, None)
    local, band = bool(told.get("local")), BANDS.get(_told(case, residence_band, "none"), ELSEWHERE)
    return SelectionFacts(
        local=local,
        # Who lives there, but not for as long as the notice asks for, is one of the province.
        band=0 if local else max(band, BANDS["province"]),
        homeless=case.judge(homeless).outcome is Outcome.YES,
        points=_score(case, wish, kind),
        account_opened=opened.isoformat() if opened else None,
        homeless_three_years=case.judge(long_homeless).outcome is Outcome.YES,
        amount_recognised=_told(case, recognised_amount, 0),
        payments_recognised=_told(case, recognised_payments, 0),
        priority=_tier(case, kind, told.get("tier")),
        rank=told.get("rank") or (2 if kind is SupplyKind.GENERAL else 1),
        homes=_homes(case, kind),
        points_eligible=case.judge(points_eligible).outcome is Outcome.YES,
        first_order=bool(told.get("first_order")),
        children=told.get("children") or 0,
        born_on=case.facts["birth_date"].isoformat() if kind is SupplyKind.MULTI_CHILD else None,
    )


def _homes(case: Case, kind: SupplyKind) -> int:
    """Homes as the lots of general supply count them (제28조제8항: a promise to sell one once counted); else all."""
    homes: int = _told(case, counted_homes, _told(case, homes_at_least, 0))
    if kind is not SupplyKind.GENERAL:
        return homes
    stage = _told(case, lottery_stage, None)
    return homes if stage is None else stage - 1


def _score(case: Case, wish: Wish, kind: SupplyKind) -> int | None:
    if kind is SupplyKind.GENERAL and wish.notice.housing_kind is HousingKind.PUBLIC:
        return None
    rule = SCORES.get(kind)
    return None if rule is None else _told(case, rule, None)


def _tier(case: Case, kind: SupplyKind, tier: int | None) -> int:
    """An unknown tier is the last one."""
    if kind is SupplyKind.GENERAL:
        return 0
    return max(0, len(_told(case, special_tiers, ())) - 1) if tier is None else tier


def _told(case: Case, rule: Rule[T], otherwise: Any) -> Any:
    finding = case.judge(rule)
    return otherwise if finding.outcome is Outcome.CANNOT_TELL or finding.value is None else finding.value
