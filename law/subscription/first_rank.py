"""General supply (일반공급): first rank by area, the rank, and who may apply at all.

주택공급에 관한 규칙 제4조, 제11조, 제27조①, 제28조①, 부칙 제372호 제2조, 제450호 제2조; 민법 제160조. Checked
2026-11-23. Everything is judged as of the notice date.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from domain.words import HousingKind, SupplyKind
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.account import account_age_months, account_fits, account_held, deposit_required
from law.subscription.approval import approval_row
from law.subscription.areas import adjusted, capital, overheated, shrinking
from law.subscription.household import adult
from law.subscription.ownership import counted_homes, homeless, homes_at_least
from law.subscription.payments import recognised_payments
from law.subscription.residence import local, may_apply_here
from law.subscription.shares import public_construction_rental
from law.vocabulary import (
    Count,
    Stated,
    account_deposit,
    approval_applied_on,
    exclusive_area,
    greenbelt_site,
    head,
    housing_kind,
    land_lease,
    units,
    wins,
    wins_unseen,
)

PUBLIC_ARTICLE = "주택공급에 관한 규칙 제27조제1항"
PRIVATE_ARTICLE = "주택공급에 관한 규칙 제28조제1항"
BOTH = f"{PUBLIC_ARTICLE}, 제28조제1항"
TRIGGER = (approval_applied_on, housing_kind)
Area = Literal["shrinking", "regulated", "regulated_other", "capital", "other"]

extended_months = Fact[int | None](
    "extended_months", "시·도지사가 연장한 1순위 가입기간 (개월)", "months for first rank as extended by the province",
    Advice.ACT, "months", kind=Count | None, default=None,
)  # fmt: skip
extended_payments = Fact[int | None](
    "extended_payments", "시·도지사가 연장한 1순위 납입횟수", "payments for first rank as extended by the province",
    Advice.ACT, "payments", kind=Count | None, default=None,
)  # fmt: skip


class Standing(Stated):
    """Rank in general supply, and whether residents' priority holds."""

    rank: int
    local: bool


@rule(
    "first_rank_area", *TRIGGER, overheated, adjusted, shrinking, capital, ko="1순위 지역 구분",
    en="Kind of area for first rank", article=BOTH,
)  # fmt: skip
def first_rank_area(case: Case) -> Area:
    """Designated areas first, else capital region or elsewhere; before 2016-11-15 only 투기과열지구 was designated."""
    row = approval_row(case, "first_rank")
    area: Area
    if _designated(case, row):
        area = "regulated" if _alike(row) or case[capital] else "regulated_other"
    elif row.value["shrinking"] is not None and case[shrinking]:
        area = "shrinking"
    else:
        area = "capital" if case[capital] else "other"
    return case.state(row, area, ko="1순위 지역 구분: {value}", en="Kind of area: {value}")


@rule(
    "first_rank_months", *TRIGGER, first_rank_area, extended_months, ko="1순위 가입기간 요건 (개월)",
    en="Months that first rank asks for", article=BOTH, unit="months",
)  # fmt: skip
def first_rank_months(case: Case) -> int:
    """As the table says, or as the notice says that the province has extended it, up to its limit."""
    row, area = approval_row(case, "first_rank"), case[first_rank_area]
    months = _extended(row, area, _terms(row, area)["months"], case[extended_months])
    return case.state(row, months, ko="가입기간 {value}개월 이상", en="At least {value} months")


@rule(
    "first_rank_payments", *TRIGGER, first_rank_area, extended_payments, ko="1순위 납입횟수 요건",
    en="Payments that first rank asks for (public homes)", article=PUBLIC_ARTICLE, unit="payments",
)  # fmt: skip
def first_rank_payments(case: Case) -> int:
    row, area = approval_row(case, "first_rank"), case[first_rank_area]
    payments = _extended(row, area, _terms(row, area)["payments"], case[extended_payments])
    return case.state(row, payments, ko="납입 {value}회 이상", en="At least {value} payments")


@rule(
    "win_free", wins, wins_unseen, ko="과거 5년 이내 당첨자가 없는 세대",
    en="Nobody of the household won within five years", article=f"{BOTH} 제1호다목",
)  # fmt: skip
def win_free(case: Case) -> bool:
    """The fifth anniversary is still within (민법 제160조). Who was struck off as ineligible is no winner (제57조④)."""
    case.test(
        "household.win_free", case.row("win_free_period"), lambda: not _recent_win(case),
        ko="과거 5년 이내 당첨된 세대원이 없는지", en="Nobody of the household won within five years",
    )  # fmt: skip
    return case.verdict()


@rule(
    "first_rank_homes_below", *TRIGGER, first_rank_area, land_lease, greenbelt_site, capital, exclusive_area,
    public_construction_rental,
    ko="1순위 주택 수 제한 (미만)", en="Homes below which first rank stays open (private homes; null: any number)",
    article=PRIVATE_ARTICLE, unit="homes",
)  # fmt: skip
def first_rank_homes_below(case: Case) -> int | None:
    """Regulated areas, public housing districts of released green belt, large publicly built rental homes."""
    row = approval_row(case, "first_rank")
    limits = row.value["homes_below"]
    below: int | None = None
    if case[first_rank_area].startswith("regulated"):
        below = limits["land_lease"] if case[land_lease] else row.value["regulated"]["homes_below"]
    elif case[greenbelt_site] and case[first_rank_area] == "capital":
        below = limits["land_lease"] if case[land_lease] else limits["greenbelt"]
    elif case[public_construction_rental] and _large(case):
        below = limits["rental"]
    if below is None:
        return case.state(row, None, ko="주택 수 제한이 없습니다.", en="No limit on homes owned")
    return case.state(row, below, ko="세대의 주택 {value}호 미만", en="Fewer than {value} homes")


@rule(
    "first_rank", *TRIGGER, first_rank_area, first_rank_months, first_rank_payments, first_rank_homes_below,
    account_held, account_fits, account_age_months, recognised_payments, account_deposit, deposit_required, head,
    win_free, homeless, homes_at_least, counted_homes,
    ko="제1순위", en="First rank", article=BOTH, advice=Advice.ACT,
)  # fmt: skip
def first_rank(case: Case) -> bool:
    """What can be told is tested first: one no is enough, whatever else is missing."""
    case.require(account_held)
    case.require(account_fits)
    public = case[housing_kind] is HousingKind.PUBLIC
    if not public:
        _deposit_test(case)
    row = approval_row(case, "first_rank")
    case.compare(
        "account.age", row, account_age_months, ">=", case[first_rank_months],
        ko="통장 가입기간 {value}개월, 기준 {limit}개월", en="Account open for {value} months, {limit} asked",
    )  # fmt: skip
    if public:
        _payments_test(case, row)
    if case[first_rank_area].startswith("regulated"):
        case.test("household.head", row, lambda: case[head], ko="세대주인지", en="Head of the household")
        case.require(win_free)
        if public:
            case.require(homeless)
    if not public:
        _homes_test(case, row)
    return case.verdict()


@rule(
    "general_supply", housing_kind, land_lease, units, adult, may_apply_here, account_held, account_fits, homeless,
    ko="일반공급 신청 자격", en="May apply in general supply", article="주택공급에 관한 규칙 제4조제1항, 제11조",
    advice=Advice.ACT,
)  # fmt: skip
def general_supply(case: Case) -> bool:
    """In first or second rank. Earlier wins and bans are judged apart."""
    if case.knows(units):
        case.test(
            "supply.units", case.row("notice_content"), lambda: case[units].get(SupplyKind.GENERAL, 0) > 0,
            ko="일반공급 물량이 공고에 있는지", en="The notice offers general units",
        )  # fmt: skip
    for rule_asked in (adult, may_apply_here, account_held, account_fits):
        case.require(rule_asked)
    if case[housing_kind] is HousingKind.PUBLIC:
        case.require(homeless)
    return case.verdict()


@rule(
    "general_standing", first_rank, local, ko="일반공급 순위", en="Standing in general supply", article=BOTH,
)  # fmt: skip
def general_standing(case: Case) -> Standing:
    """Rank 1, or 2 for everybody else with an account; residents come first within a rank."""
    rank = 1 if case[first_rank] else 2
    standing = Standing(rank=rank, local=case[local])
    case.state(BOTH, rank, code="general_rank", ko="일반공급 {value}순위", en="Rank {value} in general supply")
    return standing


def _designated(case: Case, row: Row) -> bool:
    terms = [term for term in (overheated, adjusted) if term.name in row.value["regulated_by"]]
    # One yes is enough; only noes of all are a no.
    return any(case.knows(term) and case[term] for term in terms) or any([case[term] for term in terms])


def _alike(row: Row) -> bool:
    """Is it the same in regulated areas inside and outside the capital region?"""
    here, there = row.value["regulated"], row.value["regulated_other"]
    return all(here[key] == there[key] for key in there)


def _terms(row: Row, area: Area) -> Mapping[str, int]:
    terms: Mapping[str, int] | None = row.value[area]
    if terms is None:
        raise Lacking(f"law:{row.family}", ko="그때는 없던 지역 구분입니다.", en="There was no such area then")
    return terms


def _extended(row: Row, area: Area, asked: int, extended: int | None) -> int:
    longest: Mapping[str, Any] = row.value["longest"]
    if extended is None or area not in longest:
        return asked
    most: int = longest[area]
    return max(asked, min(extended, most))


def _payments_test(case: Case, row: Row) -> None:
    asked = case[first_rank_payments]
    if asked:
        case.compare(
            "account.payments", row, recognised_payments, ">=", asked,
            ko="납입 인정 {value}회, 기준 {limit}회", en="{value} payments count, {limit} asked",
        )  # fmt: skip


def _deposit_test(case: Case) -> None:
    row = case.row("deposit_table")
    try:
        needed = case[deposit_required]
    except Lacking:
        case.require(deposit_required)
        return
    case.compare(
        "account.deposit", row, account_deposit, ">=", needed,
        ko="예치금 {value}원, 기준 {limit}원", en="Deposit of {value} won, {limit} won asked",
    )  # fmt: skip


def _homes_test(case: Case, row: Row) -> None:
    below = case[first_rank_homes_below]
    if below is None:
        return
    ko, en = "세대의 주택 {value}호, {limit}호 미만이어야 함", "{value} homes owned, fewer than {limit} asked"
    # Homes already shown may be a no while another member's register is still open.
    shown = case.knows(homes_at_least) and case[homes_at_least] >= below
    case.compare("household.homes", row, homes_at_least if shown else counted_homes, "<", below, ko=ko, en=en)


def _large(case: Case) -> bool:
    bands = approval_row(case, "points_share").value["bands"]
    limit = max(Decimal(band["area_max"]) for band in bands if band["area_max"] is not None)
    return Decimal(case[exclusive_area]) > limit


def _recent_win(case: Case) -> bool:
    period = case.book.period("win_free_period", case.as_of)
    if any(_within(case.as_of, win.won_on, period.ends_on(win.won_on)) for win in _standing_wins(case)):
        return True
    if case[wins_unseen]:
        raise Lacking(wins_unseen.name)
    return False


def _standing_wins(case: Case) -> list[Any]:
    return [win for win in case[wins] if not win.cancelled_as_ineligible and win.won_on <= case.as_of]


def _within(as_of: date, won: date, last: date) -> bool:
    return won <= as_of <= last
