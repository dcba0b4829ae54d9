"""Whether a notice (입주자모집공고) may be published as it is: approval, time, dates, content.

주택공급에 관한 규칙 제19조④, 제20조, 제21조; 공공주택 특별법 시행규칙 제13조⑦. Checked 2026-11-23.
Days are days in Seoul.
"""

from __future__ import annotations

from datetime import date, timedelta

from law.parameters import Row
from law.rules import Advice, Case, Fact, Trigger, rule
from law.subscription.approval import approval_row
from law.subscription.areas import adjusted, capital, metropolitan, overheated
from law.subscription.contract import contract_from
from law.subscription.periods import counted_from
from law.vocabulary import (
    Count,
    announcement_date,
    approval_applied_on,
    housing_kind,
    large_site,
    supplier_public,
)

APPROVAL = "주택공급에 관한 규칙 제20조제1항·제2항"
EARLY = "주택공급에 관한 규칙 제21조제2항"
CONTENT = "주택공급에 관한 규칙 제21조제3항"
AREAS = {"capital": capital, "metropolitan": metropolitan, "overheated": overheated, "adjusted": adjusted}


published_on = Fact[date]("published_on", "공고일 (실제 게시일)", "day of publication", kind=date)
receipt_opens_on = Fact[date]("receipt_opens_on", "최초 청약 접수일", "first day of receipt", kind=date)
receipt_closes_on = Fact[date]("receipt_closes_on", "청약 접수 마감일", "last day of receipt", kind=date)
approval_no = Fact[str | None](
    "approval_no", "입주자모집 승인번호", "number of the mayor's approval (null: none)", kind=str | None
)
first_contract_day = Fact[date | None](
    "first_contract_day", "공고의 계약 시작일", "first contract day of the notice (null: not said)", kind=date | None,
    default=None,
)  # fmt: skip
shortened_by_mayor = Fact[bool](
    "shortened_by_mayor", "시장·군수·구청장이 특별공급 공고기간을 단축했는지",
    "the mayor has shortened the time for special supply", kind=bool, default=False,
)  # fmt: skip
approval_filed_on = Fact[date](
    "approval_filed_on", "승인신청일 (승인 기한 계산용)", "day on which the approval is applied for", kind=date
)
under_price_cap = Fact[bool]("under_price_cap", "분양가상한제 적용 여부 (승인)", "price cap applies", kind=bool)
decision_extended = Fact[bool](
    "decision_extended", "승인 결정기간을 연장했는지", "the decision was extended for cause", kind=bool, default=False
)
homes_offered = Fact[int](
    "homes_offered", "공급 세대수 (사전청약 포함)", "homes on offer, pre-subscription included", kind=Count
)
mayor_expects_rush = Fact[bool](
    "mayor_expects_rush", "투기·과열 우려로 신문 공고를 명했는지", "the mayor expects a rush", kind=bool, default=False
)
notice_states = Fact[tuple[str, ...]](
    "notice_states", "공고에 적힌 항목", "items that the notice states", kind=tuple[str, ...]
)
notice_needs = Fact[tuple[str, ...]](
    "notice_needs", "이 공고에 해당하는 추가 항목", "items that apply to this notice besides", kind=tuple[str, ...],
    default=(),
)  # fmt: skip
only_newspaper = Fact[bool]("only_newspaper", "일간신문 공고문인지", "text for the newspaper", kind=bool, default=False)
first_local_day = Fact[date](
    "first_local_day", "1순위 해당지역 접수일", "first rank, local applicants: day of receipt", kind=date
)
first_other_day = Fact[date](
    "first_other_day", "1순위 기타지역 접수일", "first rank, other applicants: day of receipt", kind=date
)
changed_important = Fact[bool](
    "changed_important", "제21조제3항 단서의 중요 사항을 바꾸는지", "important matters are changed", kind=bool
)
planned_deposit_bp = Fact[int](
    "planned_deposit_bp", "공고의 계약금 비율 (만분율)", "deposit of the notice, ten-thousandths of the price",
    Advice.NEVER, kind=Count,
)  # fmt: skip
planned_instalments_bp = Fact[int](
    "planned_instalments_bp", "공고의 중도금 비율 (만분율)", "instalments of the notice, ten-thousandths of the price",
    Advice.NEVER, kind=Count,
)  # fmt: skip
FILED = (approval_applied_on, housing_kind)


@rule(
    "first_receipt_day", published_on, shortened_by_mayor, *FILED,
    ko="가장 이른 접수 시작일", en="Earliest first day of receipt", article=EARLY,
)  # fmt: skip
def first_receipt_day(case: Case) -> date:
    """So many days before the first receipt (counted backwards, holidays do not move it)."""
    row = _time_row(case)
    period = case.book.period(row.family, row.since)
    on = case[published_on]
    first = on if period.by_clock else on + timedelta(days=min(period.days, (date.max - on).days))
    return case.state(row, first, ko="접수는 {value}부터 가능", en="Receipt from {value} at the earliest")


@rule(
    "notice_lawful", first_receipt_day, receipt_opens_on, receipt_closes_on, announcement_date, supplier_public,
    approval_no, first_contract_day, contract_from, shortened_by_mayor, *FILED,
    ko="공고할 수 있는지", en="The notice may be published", article=f"{APPROVAL}, {EARLY}",
)  # fmt: skip
def notice_lawful(case: Case) -> bool:
    """Time before receipt, approval, order of dates, contract day."""
    row = _time_row(case)
    days = case.book.period(row.family, row.since).days
    case.test(
        "notice.early_enough", row, lambda: case[receipt_opens_on] >= case[first_receipt_day],
        ko=f"공고는 최초 접수일 {days}일 전까지", en=f"Notice at least {days} days before receipt opens",
    )  # fmt: skip
    if not case[supplier_public]:
        case.test(
            "notice.approved", case.row("notice_approval"), lambda: bool(case[approval_no]),
            ko="민간 사업주체는 시장·군수·구청장의 승인이 있는지", en="Private supplier: approved by the mayor",
        )  # fmt: skip
    case.test(
        "notice.order", case.row("notice_content"),
        lambda: case[receipt_opens_on] <= case[receipt_closes_on] <= case[announcement_date],
        ko="접수 시작, 마감, 당첨자 발표의 순서", en="Receipt opens, closes, then winners are announced",
    )  # fmt: skip
    if case[first_contract_day] is not None:
        case.test(
            "notice.contract", case.row("contract_after_announcement"),
            lambda: (case[first_contract_day] or date.min) >= case[contract_from],
            ko="계약은 당첨자 발표 뒤 법정 기간이 지난 후", en="Contracts only after the waiting time",
        )  # fmt: skip
    return case.verdict()


@rule(
    "notice_payments_lawful", planned_deposit_bp, planned_instalments_bp,
    ko="공고의 납부 비율이 한도 안인지", en="Payments of the notice within their ceilings",
    article="주택공급에 관한 규칙 제60조제2항",
)  # fmt: skip
def notice_payments_lawful(case: Case) -> bool:
    """Sale homes: a small deposit leaves room for more instalments (본문 괄호)."""
    row = case.row("supply_payment_limits")
    limits = row.value
    case.compare(
        "notice.deposit", row, planned_deposit_bp, "<=", limits["deposit"] * 100,
        ko="계약금 {value} ≤ {limit} (만분율)", en="Deposit {value} ≤ {limit} (ten-thousandths)",
    )  # fmt: skip
    small = case[planned_deposit_bp] <= limits["small_deposit"] * 100
    most = limits["instalments_after_small_deposit"] if small else limits["instalments"]
    case.compare(
        "notice.instalments", row, planned_instalments_bp, "<=", most * 100,
        ko="중도금 {value} ≤ {limit} (만분율)", en="Instalments {value} ≤ {limit} (ten-thousandths)",
    )  # fmt: skip
    return case.verdict()


@rule(
    "notice_complete", notice_states, notice_needs, only_newspaper, *FILED,
    ko="공고에 필요한 내용이 다 있는지", en="The notice says all it must", article=CONTENT,
)  # fmt: skip
def notice_complete(case: Case) -> bool:
    """Items of 제21조③; a newspaper may leave out those that the article does not name for it (단서)."""
    row = approval_row(case, "notice_items")
    wanted = {**row.value["always"], **{key: row.value["where_it_applies"].get(key) for key in case[notice_needs]}}
    if case[only_newspaper]:
        wanted = {key: item for key, item in wanted.items() if key in row.value["newspaper"]}
    lacking = [item or key for key, item in wanted.items() if key not in case[notice_states]]
    case.test(
        "notice.content", row, lambda: not lacking,
        ko=f"빠진 항목: {', '.join(lacking) or '없음'}", en=f"Items left out: {', '.join(lacking) or 'none'}",
    )  # fmt: skip
    return case.verdict()


@rule(
    "receipt_days_lawful", overheated, adjusted, large_site, first_local_day, first_other_day, *FILED,
    ko="1순위 접수일이 적법한지", en="Days of receipt of the first rank are lawful",
    article="주택공급에 관한 규칙 제19조제4항",
)  # fmt: skip
def receipt_days_lawful(case: Case) -> bool:
    """In regulated areas local applicants apply on an earlier day than others (large sites of 제34조 apart)."""
    row = approval_row(case, "receipt_order")

    def in_order() -> bool:
        split = not case[large_site] and any(case[AREAS[name]] for name in row.value["split_in"])
        return not split or case[first_local_day] < case[first_other_day]

    case.test(
        "receipt.order", row, in_order,
        ko="해당지역과 기타지역의 접수일이 다르고 해당지역이 먼저인지", en="Local applicants on an earlier day",
    )  # fmt: skip
    return case.verdict()


@rule(
    "approval_due", approval_filed_on, under_price_cap, decision_extended,
    ko="승인 여부 결정 기한", en="Last day for the decision on the approval",
    article="주택공급에 관한 규칙 제20조제5항", trigger=Trigger.FILING,
)  # fmt: skip
def approval_due(case: Case) -> date:
    name = "approval_decision_capped" if case[under_price_cap] else "approval_decision"
    row = case.row(name)
    last = counted_from(case.book.period(name, case.as_of), case[approval_filed_on]).last
    if case[decision_extended]:
        last = counted_from(case.book.period("approval_extension", case.as_of), last).last
    return case.state(row, last, ko="승인 여부는 {value}까지 결정", en="Decision by {value}")


@rule(
    "newspaper_needed", homes_offered, capital, metropolitan, mayor_expects_rush,
    ko="일간신문에 공고해야 하는지", en="A newspaper notice is needed", article="주택공급에 관한 규칙 제21조제1항",
)  # fmt: skip
def newspaper_needed(case: Case) -> bool:
    row = case.row("notice_place")

    def needed() -> bool:
        if case[mayor_expects_rush]:
            return True
        many = case[homes_offered] >= row.value["homes_from"]
        return many and any(case[AREAS[name]] for name in row.value["areas"])

    case.test(
        "notice.newspaper", row, needed,
        ko="수도권·광역시의 일정 규모 이상이거나 과열 우려가 있는지", en="Large offer in the capital or a metropolis",
    )  # fmt: skip
    return case.verdict()


@rule(
    "reapproval_needed", supplier_public, changed_important,
    ko="변경 승인을 다시 받아야 하는지", en="The change needs a new approval",
    article="주택공급에 관한 규칙 제20조제7항",
)  # fmt: skip
def reapproval_needed(case: Case) -> bool:
    """Private suppliers; public ones announce the change again (공공주택 특별법 시행규칙 제13조⑦)."""
    row = case.row("notice_reapproval")
    case.test(
        "notice.again", row,
        lambda: row.value == "again" and not case[supplier_public] and case[changed_important],
        ko="민간 사업주체가 중요 사항을 바꾸는지", en="A private supplier changes important matters",
    )  # fmt: skip
    return case.verdict()


@rule(
    "public_change_told_by", receipt_opens_on,
    ko="공공주택 변경공고의 마지막 날", en="Latest day to announce a change, public housing",
    article="공공주택 특별법 시행규칙 제13조제7항",
)  # fmt: skip
def public_change_told_by(case: Case) -> date:
    row = case.row("public_change_notice")
    period = case.book.period("public_change_notice", case.as_of)
    day = counted_from(period, case[receipt_opens_on], backwards=True).last
    return case.state(row, day, ko="{value}까지 다시 공고", en="Announce again by {value}")


def _time_row(case: Case) -> Row:
    short = case[shortened_by_mayor]
    return approval_row(case, "notice_before_receipt_small" if short else "notice_before_receipt")
