"""Special supply for those who keep elderly parents (노부모 부양).

주택공급에 관한 규칙 제46조, 제53조 단서, 제55조의3③; for public developers 공공주택 특별법 시행규칙 별표 6
제2호라목 (transcribed). Checked 2026-11-23. First rank is asked. A home of an ascendant of 60 counts here
(``homeless`` knows the supply kind).
"""

from __future__ import annotations

from domain.words import SupplyKind
from law.calendar import add_months, full_years
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.first_rank import first_rank
from law.subscription.household import ASCENDANTS
from law.subscription.special.eligible import INCOME_TERMS, income_tests
from law.subscription.special.exceptions import homeless_for_special
from law.vocabulary import head, members

ARTICLE = "주택공급에 관한 규칙 제46조제1항"

elder_spouse_owns_home = Fact[bool](
    "elder_spouse_owns_home", "피부양자의 배우자가 주택을 소유하고 있는지 (주민등록이 달라도)",
    "the spouse of the elder who is kept owns a home, also when registered elsewhere", Advice.SHOWN, kind=bool,
)  # fmt: skip


@rule(
    "keeps_elder", members, ko="65세 이상 직계존속을 3년 이상 계속 부양하는지",
    en="Keeps an ascendant of 65 for three years on the same register", article=ARTICLE,
)  # fmt: skip
def keeps_elder(case: Case) -> bool:
    """The years are those on the same register; the age must be reached on the notice date. Own ascendants and the
    spouse's alike, but on the applicant's own register."""
    row = case.row("elderly_parents")
    age, years = row.value["age"], row.value["years"]

    def kept() -> bool:
        elders = [
            one for one in case[members]
            if one.relation in ASCENDANTS and not one.with_spouse_only and full_years(one.birth_date, case.as_of) >= age
        ]  # fmt: skip
        known = [one.on_register_since for one in elders if one.on_register_since is not None]
        if any(add_months(since, 12 * years) <= case.as_of for since in known):
            return True
        if len(known) < len(elders):
            raise Lacking(
                members.name, ko="직계존속이 같은 주민등록표에 오른 날이 필요합니다.",
                en="The day since when the ascendant is on the register is needed.",
            )  # fmt: skip
        return False

    case.test(
        "keeps_elder.years", row, kept,
        ko=f"{age}세 이상의 직계존속이 {years}년 이상 계속 같은 주민등록표에 등재되어 있는지",
        en=f"An ascendant of {age} or older on the same register for {years} years",
    )  # fmt: skip
    return case.verdict()


@rule(
    "special_elderly_parents", keeps_elder, head, elder_spouse_owns_home, first_rank, homeless_for_special,
    *INCOME_TERMS, ko="노부모 부양자 특별공급 자격", en="Eligible for the special supply for elderly parents",
    article=ARTICLE,
)  # fmt: skip
def special_elderly_parents(case: Case) -> bool:
    row = case.row("elderly_parents")
    case.require(keeps_elder)
    case.test("elderly.head", row, lambda: case[head], ko="세대주인지", en="Head of the household")
    case.require(first_rank)
    case.require(homeless_for_special)
    case.test(
        "elderly.spouse", row, lambda: not case[elder_spouse_owns_home],
        ko="피부양자의 배우자도 무주택자인지", en="The elder's spouse owns no home either",
    )  # fmt: skip
    income_tests(case, SupplyKind.ELDERLY_PARENTS)
    return case.verdict()
