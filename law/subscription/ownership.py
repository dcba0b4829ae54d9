"""Which homes a household owns on the notice date, and who is without a home.

주택공급에 관한 규칙 제2조제4호, 제23조④ (days of acquisition and disposal, stated with each home), 제43조①③, 제53조.
Checked 2026-11-23. Every member is looked at; a home held by two members counts once; shares count as a home.
"""

from __future__ import annotations

from collections.abc import Iterable

from law.rules import Case, Lacking, rule
from law.subscription.home_exceptions import EXCEPTION_TERMS, counting, exempt_ascendants
from law.subscription.household import ASCENDANTS, household_members, on_resident_register
from law.vocabulary import Home, homes, homes_unseen

ARTICLE = "주택공급에 관한 규칙 제53조"
HOMELESS = "주택공급에 관한 규칙 제2조제4호"
NEVER_OWNED = "주택공급에 관한 규칙 제43조제1항"
OWN = frozenset({"self", "spouse"})


@rule(
    "homes_ever_held", homes, household_members, ko="세대원이 소유하고 있거나 소유했던 주택",
    en="Homes that members of the household hold or held", article=ARTICLE,
)  # fmt: skip
def homes_ever_held(case: Case) -> tuple[Home, ...]:
    """Of members only: a parent who stands on another register does not belong. Acquired by the notice date."""
    started = [home for home in case[homes] if home.acquired_on <= case.as_of]
    kept = _once(home for home in started if _of_member(case, home.owner))
    return case.state(ARTICLE, kept, ko="소유 이력 {value}건", en="Homes ever held {value}")


def _of_member(case: Case, owner: str) -> bool:
    return owner in OWN or any(member.relation == owner for member in case[household_members])


def _once(found: Iterable[Home]) -> tuple[Home, ...]:
    held: dict[object, Home] = {}
    for home in found:
        held.setdefault(home.home_ref or id(home), home)
    return tuple(held.values())


@rule(
    "homes_held", homes_ever_held, ko="공고일 현재 세대원이 소유한 주택",
    en="Homes that members of the household hold on the notice date", article=ARTICLE,
)  # fmt: skip
def homes_held(case: Case) -> tuple[Home, ...]:
    """The day of disposal itself is without the home."""
    held = [home for home in case[homes_ever_held] if home.disposed_on is None or case.as_of < home.disposed_on]
    return case.state(ARTICLE, tuple(held), ko="소유 중 {value}건", en="Homes held {value}")


@rule(
    "homes_counted", homes_held, *EXCEPTION_TERMS, ko="소유한 것으로 보는 주택", en="Homes that count as owned",
    article=ARTICLE,
)  # fmt: skip
def homes_counted(case: Case) -> tuple[Home, ...]:
    held = case[homes_held]
    counted = tuple(counting(case, held))
    return case.state(ARTICLE, counted, ko="소유한 것으로 보는 주택 {value}건", en="Homes that count {value}")


@rule(
    "homes_at_least", homes_counted, ko="확인된 소유 주택 수", en="Homes that the registers have shown",
    article=ARTICLE, unit="homes",
)  # fmt: skip
def homes_at_least(case: Case) -> int:
    """Enough for a no: members whose registers have not answered can only add to it."""
    return case.state(ARTICLE, len(case[homes_counted]), ko="확인된 주택 {value}호", en="{value} homes shown")


@rule(
    "counted_homes", homes_at_least, homes_unseen, *EXCEPTION_TERMS, ko="세대의 주택 수", en="Homes of the household",
    article=ARTICLE, unit="homes",
)  # fmt: skip
def counted_homes(case: Case) -> int:
    """The exact number. Lacking while a member's register that could add a home has not answered."""
    unseen = [who for who in case[homes_unseen] if _matters(case, who)]
    if unseen:
        raise Lacking(
            homes_unseen.name, ko=f"주택 소유를 확인하지 못한 세대원이 {len(unseen)}명 있습니다.",
            en=f"Members whose homes no register has answered: {len(unseen)}",
        )  # fmt: skip
    return case.state(ARTICLE, case[homes_at_least], ko="세대의 주택 {value}호", en="{value} homes")


def _matters(case: Case, who: str) -> bool:
    return _of_member(case, who) and not (who in ASCENDANTS and exempt_ascendants(case, who))


@rule(
    "homeless", on_resident_register, homes_at_least, counted_homes, ko="무주택세대구성원인지",
    en="Member of a household without a home (무주택세대구성원)", article=HOMELESS,
)  # fmt: skip
def homeless(case: Case) -> bool:
    case.test(
        "homeless.household", HOMELESS, lambda: case[on_resident_register],
        ko="세대별 주민등록표에 등재되어 세대를 이루는지", en="Entered on a household's register (there is a 세대)",
    )  # fmt: skip
    ko, en = "세대원 전원이 주택을 소유하지 않는지 ({value}호)", "No member owns a home ({value})"
    if case.knows(homes_at_least) and case[homes_at_least]:
        case.compare("homeless.homes", HOMELESS, homes_at_least, "==", 0, ko=ko, en=en)
    else:
        case.compare("homeless.homes", HOMELESS, counted_homes, "==", 0, ko=ko, en=en)
    return case.verdict()


@rule(
    "ownership_history", homes_ever_held, *EXCEPTION_TERMS, ko="소유한 것으로 보는 주택의 이력",
    en="Homes ever held that count as owned", article=ARTICLE,
)  # fmt: skip
def ownership_history(case: Case) -> tuple[Home, ...]:
    """A past home is the household's only one where no other was held beside it."""
    ever = case[homes_ever_held]
    counted = tuple(counting(case, ever, history=True))
    return case.state(ARTICLE, counted, ko="소유한 것으로 보는 이력 {value}건", en="Homes ever held that count {value}")


@rule(
    "never_owned", ownership_history, homes_unseen, household_members, ko="세대원 모두 주택을 소유한 사실이 없는지",
    en="No member has ever owned a home", article=NEVER_OWNED,
)  # fmt: skip
def never_owned(case: Case) -> bool:
    def none_ever() -> bool:
        if case[ownership_history]:
            return False
        unseen = [who for who in case[homes_unseen] if _of_member(case, who)]
        if unseen:
            raise Lacking(homes_unseen.name, ko="확인하지 못한 세대원이 있습니다.", en="Members not yet searched")
        return True

    case.test(
        "never_owned.history", NEVER_OWNED, none_ever,
        ko="세대에 속한 모든 사람이 과거에 주택을 소유한 사실이 없는지", en="No member has ever owned a home",
    )  # fmt: skip
    return case.verdict()
