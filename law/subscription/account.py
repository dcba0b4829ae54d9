"""The subscription account (주택청약종합저축): its age, its recognised months, payments and sum, and the deposit asked.

주택공급에 관한 규칙 제2조제8호다목, 제10조, 제11조, 부칙 제1287호 제3조, 부칙 제1391호 제2조, 별표 2 (transcribed).
Checked 2026-11-23. An account opened exactly the asked time before the notice date is old enough. The deposit goes by
the applicant's residence on the notice date, not by the site.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from domain.words import HousingKind, Won
from law.calendar import add_months, full_months
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.residence import home_region
from law.vocabulary import (
    account_opened_on,
    addresses,
    birth_date,
    exclusive_area,
    housing_kind,
    spouse_account_opened_on,
    spouse_birth_date,
)

AGE_ARTICLE = "주택공급에 관한 규칙 제27조제1항, 제28조제1항"
AccountKind = Literal["comprehensive", "savings", "deposit", "instalment"]
OldAccountKind = Literal["savings", "deposit", "instalment"]

account_kind = Fact[str](
    "account_kind", "입주자저축의 종류", "kind of account: 종합저축, 청약저축, 청약예금, 청약부금", kind=AccountKind,
    default="comprehensive",
)  # fmt: skip
converted_from = Fact[str | None](
    "converted_from", "전환 전 입주자저축의 종류", "kind of the old account that was closed for this one",
    kind=OldAccountKind | None, default=None,
)  # fmt: skip
old_account_opened_on = Fact[date](
    "old_account_opened_on", "전환 전 입주자저축 가입일", "day the old account was opened", kind=date
)


@rule(
    "account_held", account_opened_on, ko="입주자저축 가입", en="Holds a subscription account",
    article="주택공급에 관한 규칙 제11조",
)  # fmt: skip
def account_held(case: Case) -> bool:
    """Whoever applies must hold an account on the notice date."""
    case.test(
        "account.held", case.row("account_duty"), lambda: _open(case[account_opened_on], case.as_of),
        ko="공고일 현재 입주자저축에 가입되어 있는지", en="Holds a subscription account on the notice date",
    )  # fmt: skip
    return case.verdict()


@rule(
    "account_fits", account_kind, housing_kind, exclusive_area,
    ko="입주자저축 종류가 주택에 맞는지", en="The kind of account serves this home",
    article="주택공급에 관한 규칙 부칙(제268호) 제7조",
)  # fmt: skip
def account_fits(case: Case) -> bool:
    """청약저축 serves public homes, 청약예금 private ones, 청약부금 small private ones, 종합저축 all."""
    row = case.row("account_kinds")
    serves = row.value[case[account_kind]]
    case.test(
        "account.kind", row, lambda: len(serves["homes"]) > 1 or case[housing_kind].value in serves["homes"],
        ko="입주자저축 종류로 이 주택에 청약할 수 있는지", en="This kind of account serves public or private homes",
    )  # fmt: skip
    if serves["area_max"] is not None:
        case.test(
            "account.kind.area", row, lambda: Decimal(case[exclusive_area]) <= Decimal(serves["area_max"]),
            ko="청약부금으로 청약할 수 있는 전용면적인지", en="The home is within the area that a 청약부금 serves",
        )  # fmt: skip
    return case.verdict()


@rule(
    "account_since", account_opened_on, converted_from, old_account_opened_on, housing_kind,
    ko="입주자저축 가입기간 기산일", en="Day from which the account's age counts",
    article="주택공급에 관한 규칙 제2조제8호다목",
)  # fmt: skip
def account_since(case: Case) -> date | None:
    """Day of opening; of the old account where it was closed and taken over from 2024-10-01 on. None: no account."""
    row, opened = case.row("account_conversion"), case[account_opened_on]
    if opened is None or not _open(opened, case.as_of):
        return case.state(row, None, ko="공고일 현재 입주자저축이 없습니다.", en="No account on the notice date")
    old = case[converted_from]
    if old is not None and _taken_over(case, old, opened):
        opened = min(opened, case[old_account_opened_on])
    return case.state(row, opened, ko="가입기간 기산일 {value}", en="The account's age counts from {value}")


@rule(
    "account_age_months", account_since, ko="입주자저축 가입기간 (개월)", en="Age of the account in full months",
    article=AGE_ARTICLE, unit="months", advice=Advice.ACT,
)  # fmt: skip
def account_age_months(case: Case) -> int:
    """For first rank and special supply: no cap for time as a minor."""
    since = case[account_since]
    months = 0 if since is None else full_months(since, case.as_of)
    return case.state(AGE_ARTICLE, months, ko="가입기간 {value}개월", en="Open for {value} full months")


@rule(
    "account_months", account_since, birth_date, ko="가점 인정 가입기간 (개월)",
    en="Months of the account that count for points", article="주택공급에 관한 규칙 제10조제6항", unit="months",
    advice=Advice.ACT,
)  # fmt: skip
def account_months(case: Case) -> int:
    """Full months; those as a minor only up to the cap (미성년자 인정 가입기간)."""
    since = case[account_since]
    return _recognised(case, since, None if since is None else case[birth_date])


@rule(
    "spouse_account_since", spouse_account_opened_on, ko="배우자 입주자저축 가입일",
    en="Day the spouse's account was opened", article="주택공급에 관한 규칙 별표 1 비고",
)  # fmt: skip
def spouse_account_since(case: Case) -> date | None:
    """None: no account on the notice date."""
    opened = case[spouse_account_opened_on]
    held = opened if _open(opened, case.as_of) else None
    return case.state(
        "주택공급에 관한 규칙 별표 1 비고", held, ko="배우자 통장 가입일 {value}", en="Spouse's account since {value}"
    )


@rule(
    "spouse_account_months", spouse_account_since, spouse_birth_date, ko="배우자의 가점 인정 가입기간 (개월)",
    en="Months of the spouse's account that count", article="주택공급에 관한 규칙 제10조제6항, 별표 1", unit="months",
)  # fmt: skip
def spouse_account_months(case: Case) -> int:
    opened = case[spouse_account_since]
    if opened is None:
        return _recognised(case, None, None)
    born = case[spouse_birth_date]
    if born is None:
        raise Lacking(spouse_birth_date.name)
    return _recognised(case, opened, born)


@rule(
    "deposit_class", home_region, ko="예치금 지역 구분", en="Region class for the deposit",
    article="주택공급에 관한 규칙 별표 2",
)  # fmt: skip
def deposit_class(case: Case) -> Literal["first", "second", "third"]:
    """``first``: 서울·부산, ``second``: other metropolitan cities, ``third``: elsewhere; by the registered address."""
    row, here = case.row("deposit_region"), case[home_region]
    if here is None:
        raise Lacking(addresses.name, ko="공고일 현재 국내 주소가 없습니다.", en="No address on the notice date")
    if here[:2] in row.value["unsure"]:
        raise Lacking(
            f"law:{row.family}",
            ko="전남광주통합특별시의 예치금 지역 구분을 확인하지 못했습니다.",
            en="The class of 전남광주통합특별시 is not known.",
        )
    found: Literal["first", "second", "third"] = row.value["classes"].get(here[:2], row.value["else"])
    return case.state(row, found, ko="예치금 지역 구분: {value}", en="Region class: {value}")


@rule(
    "deposit_required", deposit_class, exclusive_area, ko="예치기준금액", en="Deposit asked (예치기준금액)",
    article="주택공급에 관한 규칙 별표 2", unit="won",
)  # fmt: skip
def deposit_required(case: Case) -> Won:
    """By where the applicant lives on the notice date and by the home's exclusive area."""
    row = case.row("deposit_table")
    bands = row.value[case[deposit_class]]
    area = Decimal(case[exclusive_area])
    won: Won = next(b["won"] for b in bands if b["area_max"] is None or area <= Decimal(b["area_max"]))
    return case.state(row, won, ko="예치기준금액 {value}원", en="A deposit of {value} won is asked")


def majority(case: Case, born: date) -> date:
    """First day of age (민법 제4조). ``date.max`` for one not yet born on the day of the case."""
    return date.max if born > case.as_of else add_months(born, 12 * case.row("adult_age").value)


def _open(opened: date | None, on: date) -> bool:
    return opened is not None and opened <= on


def _taken_over(case: Case, old: str, opened: date) -> bool:
    """부칙 제1391호 제2조: from 2024-10-01 on an old account may be closed and taken over at once. 청약예금·부금 give
    their age for private homes, 청약저축 its payments for public ones; what is newly served begins anew."""
    row = case.book.find("account_conversion", opened)
    return row is not None and row.value["allowed"] and case[housing_kind] is HousingKind(row.value["serves"][old])


def _recognised(case: Case, since: date | None, born: date | None) -> int:
    row = case.row("minor_account")
    months = 0 if since is None or born is None else _with_minor_cap(row.value, since, majority(case, born), case.as_of)
    return case.state(row, months, ko="인정 가입기간 {value}개월", en="{value} months count")


def _with_minor_cap(cap: Any, since: date, of_age: date, as_of: date) -> int:
    if since >= of_age:
        return full_months(since, as_of)
    minor_end = min(of_age, as_of)
    if cap["before"] is None:
        minor = full_months(since, minor_end)
    else:
        edge = min(max(cap["before"], since), minor_end)
        minor = min(full_months(since, edge), cap["before_cap"]) + full_months(edge, minor_end)
    most: int = cap["total_cap"]
    return min(minor, most) + (full_months(of_age, as_of) if as_of > of_age else 0)
