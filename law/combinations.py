"""Which applications may stand side by side: one person, a couple, a household; one notice or one announcement date.

주택공급에 관한 규칙 제4조① (국민주택: one applicant per household, couples excepted; 민영주택: one per adult), 제25조①
(general and special are different supply methods), 제55조, 제55조의2 (couples may both apply). Checked 2026-11-23.
That two applications of one person with one announcement date void each other stands in the notices. Special and
general supply of one notice by one person is practice. Both readings are switches of the rulebook (``combination``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from pydantic import JsonValue

from domain.decisions import Decision
from domain.model import Model
from domain.words import HousingKind, SupplyKind
from law.parameters import Row
from law.reasons import Judgement
from law.rulebook import Rulebook


class Wanted(Model):
    """One application line. ``person`` is a pseudonym; all persons of one check belong to one household."""

    person: str
    notice_id: str
    model_no: str
    supply_kind: SupplyKind
    housing_kind: HousingKind
    announcement_date: date

    @property
    def special(self) -> bool:
        return self.supply_kind is not SupplyKind.GENERAL


class Couples(Model):
    """Who is married to whom in the household."""

    pairs: tuple[tuple[str, str], ...] = ()

    def together(self, one: str, other: str) -> bool:
        return (one, other) in self.pairs or (other, one) in self.pairs


Refusal = tuple[str, str, str, str]  # code, family, ko, en


def check_combination(
    lines: Sequence[Wanted], earlier: Sequence[Wanted], couples: Couples, rulebook: Rulebook
) -> Decision:
    """May ``lines`` be filed now, given what the household has filed ``earlier``? Every refusal is a reason.

    ``earlier`` lines are not judged among themselves. ValueError for no lines at all.
    """
    as_of = max(line.announcement_date for line in lines)
    judgement = Judgement("combination", as_of, rulebook)
    row = rulebook.row("combination", as_of)
    for one, other in [*combinations(lines, 2), *((new, old) for new in lines for old in earlier)]:
        for code, family, ko, en in _refusals(one, other, couples, row):
            notices: list[JsonValue] = [*sorted({one.notice_id, other.notice_id})]
            judgement.test(code, rulebook.row(family, as_of), False, ko=ko, en=en, facts={"notices": notices})
    if not judgement.reasons:
        judgement.test("combination.allowed", row, True, ko="함께 신청할 수 있습니다.", en="May be filed together.")
    return judgement.decision()


def _refusals(one: Wanted, other: Wanted, couples: Couples, row: Row) -> Iterator[Refusal]:
    rules: Iterable[Callable[[Wanted, Wanted, Couples, Row], Refusal | None]]
    rules = (_twice_in_one_method, _same_day, _second_member, _second_special)
    return (found for rule in rules if (found := rule(one, other, couples, row)) is not None)


def _twice_in_one_method(one: Wanted, other: Wanted, couples: Couples, row: Row) -> Refusal | None:
    """제4조제1항, 제25조제1항: one person once in each supply method of a notice."""
    if one.person != other.person or one.notice_id != other.notice_id:
        return None
    if one.special != other.special and row.value["special_with_general"] == "allowed":
        return None
    ko = "한 사람은 한 공고의 같은 공급방법(일반·특별)에 한 번만 신청할 수 있습니다."
    return "combination.twice", "one_per_person", ko, "One person may apply once in each supply method of a notice."


def _same_day(one: Wanted, other: Wanted, couples: Couples, row: Row) -> Refusal | None:
    """Notices: one person's applications to two homes with one announcement date are all void."""
    if one.person != other.person or one.notice_id == other.notice_id:
        return None
    if one.announcement_date != other.announcement_date or row.value["same_announcement_one_person"] == "allowed":
        return None
    ko = "당첨자 발표일이 같은 두 공고에 한 사람이 신청하면 모두 무효가 됩니다. 하나만 고르십시오."
    en = "Two applications of one person with the same announcement date are both void. Choose one."
    return "combination.same_day", "combination", ko, en


def _second_member(one: Wanted, other: Wanted, couples: Couples, row: Row) -> Refusal | None:
    """제4조제1항제1호: for 국민주택 one applicant per household, the spouse excepted."""
    if one.person == other.person or one.notice_id != other.notice_id or not _public(one, other):
        return None
    if couples.together(one.person, other.person) and row.value["couple_public_same_notice"] == "allowed":
        return None
    ko = "국민주택은 1세대 1명만 신청할 수 있습니다(배우자는 예외)."
    en = "For a public home one member of a household may apply (the spouse excepted)."
    return "combination.household", "one_per_household", ko, en


def _second_special(one: Wanted, other: Wanted, couples: Couples, row: Row) -> Refusal | None:
    """제55조: special supply of one notice goes to one person of a household; couples settle by 제55조의2."""
    if one.person == other.person or one.notice_id != other.notice_id or not (one.special and other.special):
        return None
    if couples.together(one.person, other.person) or _public(one, other):
        return None
    ko = "특별공급은 1세대 1주택 기준으로 세대에서 한 사람만 신청할 수 있습니다(배우자는 예외)."
    en = "Special supply: one member of a household may apply (the spouse excepted)."
    return "combination.special", "special_once", ko, en


def _public(one: Wanted, other: Wanted) -> bool:
    return HousingKind.PUBLIC in (one.housing_kind, other.housing_kind)
