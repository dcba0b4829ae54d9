"""General supply (일반공급): who may apply, and in which rank.

주택공급에 관한 규칙 제4조, 제11조, 제27조①, 제28조①. Checked 2026-11-23. Everything is judged as of the notice date.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.decisions import Decision
from domain.words import Outcome, SupplyKind
from law.account import account_tests
from law.flips import first_rank_flip
from law.household import is_adult, missing_wins, wins_of
from law.ownership import homeless_test, owned
from law.parameters import Row
from law.reasons import Judgement, flipped, known, weakest
from law.residence import may_apply
from law.wish import Wish


def first_rank(wish: Wish) -> Decision:
    """제1순위 (제27조제1항제1호, 제28조제1항제1호) by the area of the home; a no carries the nearest flip."""
    decision = judge_first_rank(wish)
    if decision.outcome is not Outcome.NO:
        return decision
    return flipped(decision, first_rank_flip(judge_first_rank, decision, wish))


def judge_first_rank(wish: Wish) -> Decision:
    """The same without the search for a flip."""
    notice, row = wish.notice, wish.rulebook.row("first_rank", wish.day)
    area = "regulated" if notice.regulated else "capital" if notice.capital_area else "other"
    asked = row.value[area]
    judgement = Judgement("first_rank", wish.day, wish.rulebook)
    account_tests(judgement, wish, row, asked)
    if notice.regulated:
        _regulated_tests(judgement, wish, row, asked)
    return judgement.decision({"area": area})


def general(wish: Wish) -> Decision:
    """May this person apply for general supply? ``value``: rank 1 or 2 (None: cannot tell), local priority.

    Somebody without first rank may still apply in second rank, so its tests are reasons but no conditions.
    """
    judgement = Judgement("general", wish.day, wish.rulebook)
    common_tests(judgement, wish, SupplyKind.GENERAL)
    _has_account(judgement, wish)
    if wish.public:
        homeless_test(judgement, wish.applicant, wish.day)
    may = judgement.outcome
    first = known(judgement.include(first_rank(wish)).outcome)
    local = may_apply(wish.applicant, wish.notice, wish.rulebook).value["local"]
    unknown = [Outcome.CANNOT_TELL] if first is None or local is None else []
    value = {"rank": None if first is None else 1 if first else 2, "local": local}
    return judgement.decision(value, outcome=weakest([may, *unknown]))


def common_tests(judgement: Judgement, wish: Wish, kind: SupplyKind) -> None:
    """What every supply asks: units on offer, majority, residence in the area or zone."""
    units = wish.house_type.units.get(kind, 0)
    judgement.test(
        "supply.units", wish.rulebook.row("notice_content", wish.day), units > 0,
        ko="이 공급유형의 물량이 공고에 있는지", en="The notice offers units of this supply", facts={"units": units},
    )  # fmt: skip
    judgement.test(
        "person.adult", wish.rulebook.row("adult_age", wish.day),
        is_adult(wish.applicant.birth_date, wish.day, wish.rulebook),
        ko="공고일 현재 성년자인지", en="Of age on the notice date",
    )  # fmt: skip
    judgement.include(may_apply(wish.applicant, wish.notice, wish.rulebook))


def _has_account(judgement: Judgement, wish: Wish) -> None:
    account = wish.applicant.subscription_account
    judgement.test(
        "account.held", wish.rulebook.row("account_duty", wish.day),
        None if account is None else account.opened_on <= wish.day,
        ko="입주자저축에 가입했는지", en="Holds a subscription account", missing=("subscription_account",),
    )  # fmt: skip


def _regulated_tests(judgement: Judgement, wish: Wish, row: Row, asked: Mapping[str, Any]) -> None:
    """제27조제1항제1호다목, 제28조제1항제1호다목: head of household, no win in the household, no or few homes."""
    household = wish.applicant.household
    judgement.test(
        "household.head", row, household.head if household else None,
        ko="규제지역: 세대주인지", en="Regulated area: head of the household", missing=("household",),
    )  # fmt: skip
    _win_free(judgement, wish)
    if wish.public:
        homeless_test(judgement, wish.applicant, wish.day)
        return
    homes, limit = owned(wish.applicant, wish.day, wish.rulebook), asked["homes_below"]
    judgement.test(
        "household.homes", row, homes.below(limit),
        ko=f"규제지역: 세대의 주택이 {limit}채 미만인지", en=f"Regulated area: household owns fewer than {limit} homes",
        facts={"homes": homes.at_least}, missing=homes.missing,
    )  # fmt: skip


def _win_free(judgement: Judgement, wish: Wish) -> None:
    row, period = wish.rulebook.row("win_free_period", wish.day), wish.rulebook.period("win_free_period", wish.day)
    recent = [won.isoformat() for won in wins_of(wish.applicant) if won <= wish.day <= period.ends_on(won)]
    missing = missing_wins(wish.applicant)
    years = period.months // 12
    judgement.test(
        "household.win_free", row, False if recent else None if missing else True,
        ko=f"규제지역: 과거 {years}년 이내 당첨된 세대원이 없는지",
        en=f"Regulated area: nobody of the household won within {years} years",
        facts={"wins": list(recent)}, missing=missing,
    )  # fmt: skip
