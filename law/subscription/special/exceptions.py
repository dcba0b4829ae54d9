"""Exceptions for marriage and births: homes that do not stand in the way of a special supply.

주택공급에 관한 규칙 제55조의3①2·③2·④·⑤ (in force from 2024-03-25 and 2025-03-31). Checked 2026-11-23. What the
article says of earlier wins (①, ②, ③1) belongs to the limit of one special supply (``restrictions.special_once``).
"""

from __future__ import annotations

from law.rules import Case, Lacking, rule
from law.subscription.ownership import OWN, homeless, homes_counted, never_owned, ownership_history
from law.subscription.restrictions import birth_relief_used
from law.subscription.special.assets import sells_existing_home
from law.vocabulary import homes_unseen, marriage_registered_on, married, members, supply_kind, wins, wins_unseen

BIRTH_ARTICLE = "주택공급에 관한 규칙 제55조의3제3항"


@rule(
    "birth_exception", members, supply_kind, birth_relief_used, ko="출산 특례 대상인지",
    en="The exception for births opens this special supply once more", article=BIRTH_ARTICLE,
)  # fmt: skip
def birth_exception(case: Case) -> bool:
    """A child born, expected or adopted since the day of the article; once; only the kinds that it names."""
    row = case.row("special_once")
    since, kinds = row.value["birth_exception_from"], row.value["birth"]

    def child_since() -> bool:
        return any(
            one.relation == "child" and (one.unborn or since <= one.birth_date <= case.as_of) for one in case[members]
        )

    case.test(
        "birth_exception.kind", row, lambda: case[supply_kind].value in kinds,
        ko="특례가 시행된 뒤의 신생아·다자녀·신혼부부·노부모 특별공급인지",
        en="One of the kinds that the article names, once in force",
    )  # fmt: skip
    case.test(
        "birth_exception.child", row, child_since,
        ko=f"{since} 이후 출생한(태아·입양 포함) 자녀가 있는지",
        en=f"A child born, expected or adopted since {since}",
    )  # fmt: skip
    case.test(
        "birth_exception.once", row, lambda: not case[birth_relief_used],
        ko="이 특례를 쓴 적이 없는지", en="The exception was not used before",
    )  # fmt: skip
    return case.verdict()


@rule(
    "couple_had_special", wins, wins_unseen, ko="본인이나 배우자가 특별공급을 받은 사실이 있는지",
    en="Applicant or spouse has had a special supply", article=BIRTH_ARTICLE,
)  # fmt: skip
def couple_had_special(case: Case) -> bool:
    own = [win for win in case[wins] if win.member in OWN and win.won_on <= case.as_of]

    def had() -> bool:
        if any(win.special for win in own):
            return True
        if any(win.special is None for win in own):
            raise Lacking(wins.name, ko="특별공급 당첨인지 필요합니다.", en="Whether the win was special is needed.")
        unseen = case[wins_unseen]
        if any(who in OWN for who in unseen):
            raise Lacking(wins_unseen.name)
        return False

    case.test(
        "couple_had_special.win", BIRTH_ARTICLE, had,
        ko="본인 또는 배우자가 특별공급에 당첨된 사실이 있는지", en="Applicant or spouse won a special supply",
    )  # fmt: skip
    return case.verdict()


@rule(
    "homeless_for_special", homeless, homes_counted, homes_unseen, sells_existing_home, birth_exception,
    couple_had_special, ko="특별공급의 무주택 요건", en="Without a home, or with one that will be sold (births)",
    article="주택공급에 관한 규칙 제2조제4호, 제55조의3제3항제2호·제5항",
)  # fmt: skip
def homeless_for_special(case: Case) -> bool:
    """제55조의3③2: who had a special supply before and has a new child may own a home, alone or the spouse, that is
    sold before the new one is registered; a home of any other member still stands in the way. Must be claimed."""
    if not case[sells_existing_home]:
        case.require(homeless)
        return case.verdict()
    case.require(birth_exception)
    case.require(couple_had_special)

    def only_own() -> bool:
        if any(home.owner not in OWN for home in case[homes_counted]):
            return False
        unseen = case[homes_unseen]
        if any(who not in OWN for who in unseen):
            raise Lacking(homes_unseen.name)
        return True

    case.test(
        "homeless_for_special.others", BIRTH_ARTICLE, only_own,
        ko="본인과 배우자 외의 세대원이 주택을 소유하지 않는지", en="No member but applicant and spouse owns a home",
    )  # fmt: skip
    return case.verdict()


@rule(
    "never_owned_for_first_home", never_owned, ownership_history, homes_unseen, married, marriage_registered_on,
    ko="생애최초 요건 (배우자의 혼인 전 소유 제외)", en="Never owned a home, the spouse's before the marriage apart",
    article="주택공급에 관한 규칙 제43조제1항, 제55조의3제1항제2호",
)  # fmt: skip
def never_owned_for_first_home(case: Case) -> bool:
    row = case.row("special_exceptions")
    ignored = "first_home" in row.value["spouse_home_before_marriage"]

    def none_counts() -> bool:
        if not case[ownership_history] or not ignored or not case[married]:
            return case[never_owned]
        since = case[marriage_registered_on]
        if since is None:
            raise Lacking(marriage_registered_on.name)
        before = [
            home.owner == "spouse" and home.disposed_on is not None and home.disposed_on <= since
            for home in case[ownership_history]
        ]
        if all(before) and case[homes_unseen]:
            raise Lacking(homes_unseen.name)
        return all(before)

    case.test(
        "never_owned_for_first_home.history", row, none_counts,
        ko="배우자가 혼인신고 전에 처분한 주택을 제외하고 세대원 모두 소유한 사실이 없는지",
        en="No member has ever owned a home, but for homes that the spouse sold before the marriage",
    )  # fmt: skip
    return case.verdict()
