"""Whether a relative belongs to the buyer's household, so that his or her homes count (1세대).

지방세법 시행령 제28조의3. Checked 2026-11-23. By the resident register, with the spouse, children under thirty and, of
a young unmarried buyer, the parents wherever they live; four cases apart must be claimed with their documents.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from law.calendar import full_years
from law.rules import Case, Fact, Trigger, rule
from law.vocabulary import birth_date, married

ARTICLE = "지방세법 시행령 제28조의3"
Kin = Literal["spouse", "child", "parent", "spouse_parent", "other_family", "cohabitant"]

kin = Fact[Kin]("kin", "취득자와의 관계", "relation to the buyer", kind=Kin)
kin_on_register = Fact[bool](
    "kin_on_register", "취득자와 같은 세대별 주민등록표", "on the same register as the buyer", kind=bool
)
kin_birth_date = Fact[date]("kin_birth_date", "그 사람의 생년월일", "that person's date of birth", kind=date)
kin_married = Fact[bool]("kin_married", "그 사람의 혼인 여부", "that person is married", kind=bool)


def _claim(name: str, ko: str, en: str) -> Fact[bool]:
    return Fact[bool](name, ko, en, kind=bool, default=False)


lives_on_own_income = _claim(
    "lives_on_own_income", "부모와 따로 사는 30세 미만 성년 자녀의 소득요건 충족",
    "the child under thirty, of age and off the parents' register, lives on an income of its own (제2항제1호)",
)  # fmt: skip
moved_in_for_care = _claim(
    "moved_in_for_care",
    "65세 이상 직계존속을 동거봉양하려고 합가",
    "moved in to care for a parent of 65 or more (제2항제2호)",
)
family_abroad = _claim(
    "family_abroad", "세대 전원 90일 이상 출국으로 가족 주소에 신고",
    "registered at a relative's because the whole household is abroad (제2항제3호)",
)  # fmt: skip
moves_out_in_time = _claim(
    "moves_out_in_time", "취득일부터 60일 이내 취득 주택으로 세대 분리",
    "moves into the bought home within sixty days to form a household of its own (제2항제4호)",
)  # fmt: skip


@rule(
    "in_tax_household", kin, kin_on_register, kin_birth_date, kin_married, birth_date, married, lives_on_own_income,
    moved_in_for_care, family_abroad, moves_out_in_time, ko="취득세의 1세대에 속하는지",
    en="Belongs to the buyer's household for the tax", article=ARTICLE, trigger=Trigger.ACQUISITION,
)  # fmt: skip
def in_tax_household(case: Case) -> bool:
    row = case.row("tax_household")
    together = case.test(
        "tax_household.together", row, lambda: _together(case, row.value),
        ko="배우자이거나, 같은 주민등록표의 가족이거나, 30세 미만 미혼 자녀(부모)인지",
        en="Spouse, family on the same register, or an unmarried child under thirty (or its parents)",
    )  # fmt: skip
    if together is not False:
        case.test(
            "tax_household.not_apart", row, lambda: not _apart(case, row.value),
            ko="별도 세대로 보는 경우가 아닌지", en="None of the cases that count as a household apart",
        )  # fmt: skip
    return case.verdict()


def _together(case: Case, table: Any) -> bool:
    relation = case[kin]
    if relation == "spouse":
        return True
    if relation == "cohabitant":
        return False
    if case[kin_on_register]:
        return True
    if relation == "child":
        return _young(case, case[kin_birth_date], table) and not case[kin_married]
    # Parents of a buyer who is unmarried and under thirty.
    return relation == "parent" and _young(case, case[birth_date], table) and not case[married]


def _apart(case: Case, table: Any) -> bool:
    relation = case[kin]
    if relation == "spouse":
        return False
    if relation in ("child", "parent") and not case[kin_on_register] and case[lives_on_own_income]:
        child = case[kin_birth_date] if relation == "child" else case[birth_date]
        return bool(full_years(child, case.as_of) >= table["adult_age"])
    if case[moves_out_in_time] or case[family_abroad]:
        return True
    return case[moved_in_for_care] and _cared_for(case, table)


def _cared_for(case: Case, table: Any) -> bool:
    """The elder is 65 or more; the one who cares is thirty or more, married, or has an income of its own."""
    relation = case[kin]
    if relation not in ("parent", "spouse_parent", "child"):
        return False
    elder, carer = (case[birth_date], case[kin_birth_date]) if relation == "child" else (
        case[kin_birth_date], case[birth_date],
    )  # fmt: skip
    if full_years(elder, case.as_of) < table["elder_age"]:
        return False
    if not _young(case, carer, table) or case[lives_on_own_income]:
        return True
    return case[kin_married] if relation == "child" else case[married]


def _young(case: Case, born: date, table: Any) -> bool:
    return bool(full_years(born, case.as_of) < table["child_below"])
