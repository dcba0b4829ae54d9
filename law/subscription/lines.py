"""One line of an application: may this person file it, and with what standing. Everything else leads here.

주택공급에 관한 규칙 제4조, 제11조, 제25조, 제27조, 제28조, 제35조–제48조, 제54조–제56조, 제58조③. Checked 2026-11-23.
"""

from __future__ import annotations

from domain.words import HousingKind, Outcome, SupplyKind
from law.rules import Case, rule
from law.subscription.dependants import dependants
from law.subscription.first_rank import general_standing, general_supply
from law.subscription.points import account_points, dependant_points, homeless_points, points
from law.subscription.restrictions import disturbance_ban, ineligible_ban, rewin
from law.subscription.special.multi_child import multi_child_points
from law.subscription.special.supply import special_standing, special_supply
from law.vocabulary import Stated, housing_kind, supply_kind

ARTICLE = "주택공급에 관한 규칙 제4조, 제27조, 제28조, 제35조–제48조"


class Points(Stated):
    """The points system's parts and their sum."""

    homeless: int
    dependants: int
    account: int
    total: int


class Line(Stated):
    """Standing in one line. None: cannot be told yet, or the line has no such thing."""

    rank: int | None = None
    local: bool | None = None
    tier: int | None = None
    newborn: bool | None = None
    children: int | None = None
    first_order: bool = False
    points: Points | None = None
    score: int | None = None


@rule(
    "line", supply_kind, housing_kind, general_supply, general_standing, special_supply, special_standing, rewin,
    ineligible_ban, disturbance_ban, points, homeless_points, dependant_points, account_points, dependants,
    multi_child_points, ko="신청할 수 있는지", en="May file this line", article=ARTICLE,
)  # fmt: skip
def line(case: Case) -> Line:
    """Second rank may apply too: a missing first rank is told in the standing and is no refusal."""
    general = case[supply_kind] is SupplyKind.GENERAL
    case.require(general_supply if general else special_supply)
    for bar in (rewin, ineligible_ban, disturbance_ban):
        case.require(bar)
    if general:
        return _general(case)
    if not case.knows(special_standing):
        return Line()
    standing = case[special_standing]
    score = case[multi_child_points] if _scored(case) else None
    return Line(**standing.model_dump(), score=score)


def _scored(case: Case) -> bool:
    return case[supply_kind] is SupplyKind.MULTI_CHILD and case.knows(multi_child_points)


def _general(case: Case) -> Line:
    standing = case.require(general_standing)
    found = case[general_standing] if standing is not Outcome.CANNOT_TELL else None
    told = found.model_dump() if found else {}
    return Line(**told, points=_points(case) if case[housing_kind] is HousingKind.PRIVATE else None)


def _points(case: Case) -> Points | None:
    if not case.knows(points):
        return None
    return Points(
        homeless=case[homeless_points], dependants=case[dependant_points], account=case[account_points],
        total=case[points],
    )  # fmt: skip
