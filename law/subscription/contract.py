"""The supply contract: when, which payments and how much of them, moving in, and damages for delay.

주택공급에 관한 규칙 제59조②, 제60조, 제60조의2, 제61조. Checked 2026-11-23. Shares are ceilings; what the notice says
below them holds. Amounts are won, the ceiling of a share rounded down so that it is never exceeded.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.words import Won
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking, Trigger, rule
from law.subscription.approval import approval_row
from law.subscription.periods import counted_from, unrolled
from law.vocabulary import Count, Stated, announcement_date, approval_applied_on, housing_kind, price

CONTRACT = "주택공급에 관한 규칙 제59조제2항"
PAYMENTS = "주택공급에 관한 규칙 제60조제2항·제3항·제5항"
TIMES = "주택공급에 관한 규칙 제60조제4항"
MOVE_IN = "주택공급에 관한 규칙 제60조의2"
DELAY = "주택공급에 관한 규칙 제61조"
Percent = Annotated[str, Field(pattern=r"^\d{1,2}(\.\d{1,4})?$", description="percent a year, decimal text")]


class Ceilings(Stated):
    """The most that may be taken, won. ``before_balance``: deposit and instalments together."""

    application: Won
    deposit: Won
    instalments: Won
    before_balance: Won


class PlannedPayment(Stated):
    """One payment of the plan. ``due_on`` None: on the day of the approval of use or later."""

    kind: Literal["application", "deposit", "instalment", "balance"]
    won: Won
    due_on: date | None = None


leftover_contract = Fact[bool](
    "leftover_contract", "무순위·계약취소주택의 계약인지", "contract of a leftover or cancelled home", kind=bool,
    default=False,
)  # fmt: skip
contract_opens_on = Fact[date]("contract_opens_on", "계약 체결기간의 첫날", "first contract day", kind=date)
contract_closes_on = Fact[date]("contract_closes_on", "계약 체결기간의 마지막 날", "last contract day", kind=date)
rental_deposit = Fact[int | None](
    "rental_deposit", "공공임대주택의 임대보증금 (분양주택: null)", "deposit of a public rental home (sale: null)",
    Advice.NEVER, "won", kind=Won | None, default=None,
)  # fmt: skip
rank_applied = Fact[int](
    "rank_applied", "신청 순위 (1·2, 그 밖 0)", "rank applied in (1, 2, else 0)", kind=Literal[0, 1, 2]
)
loan_to_buyer = Fact[int](
    "loan_to_buyer", "사업주체가 제공하는 세대별 융자지원액", "loan passed on to the buyer of the home", Advice.NEVER,
    "won", kind=Won, default=0,
)  # fmt: skip
payment_plan = Fact[tuple[PlannedPayment, ...]](
    "payment_plan", "입주금 납부계획", "plan of payments", kind=tuple[PlannedPayment, ...]
)
contract_day = Fact[date]("contract_day", "공급계약일", "day of the supply contract", kind=date)
middle_of_work_on = Fact[date](
    "middle_of_work_on", "건축공정 50퍼센트(기준공정) 도달일", "day the building work reaches its middle", kind=date
)
use_approved_on = Fact[date | None](
    "use_approved_on", "사용검사일 (예정)", "day of the approval of use (planned)", kind=date | None
)
early_move_in = Fact[bool](
    "early_move_in", "동별 사용검사·임시 사용승인으로 입주하는지", "moving in before the approval of the whole site",
    kind=bool, default=False,
)  # fmt: skip
can_move_in_from = Fact[date]("can_move_in_from", "실제 입주가 가능한 날", "first day of moving in", kind=date)
homes_on_site = Fact[int]("homes_on_site", "공급 세대수 (단지)", "homes supplied on the site", kind=Count)
promised_by = Fact[date]("promised_by", "입주예정일", "announced last day of moving in", kind=date)
moved_in_on = Fact[date]("moved_in_on", "실입주개시일", "day on which moving in really began", kind=date)
paid_before = Fact[int](
    "paid_before", "실입주개시일 전에 낸 입주금", "paid before moving in began", Advice.NEVER, "won", kind=Won
)
overdue_rate = Fact[str](
    "overdue_rate", "계약에서 정한 연체료율 (연 %)", "rate of default of the contract, percent a year", kind=Percent
)
overdue_won = Fact[int]("overdue_won", "연체한 입주금", "payment in default", Advice.NEVER, "won", kind=Won)
overdue_days = Fact[int]("overdue_days", "연체일수", "days in default", kind=Count)


@rule(
    "contract_from", announcement_date, approval_applied_on, housing_kind,
    ko="공급계약을 시작할 수 있는 날", en="First lawful day of supply contracts", article=CONTRACT,
)  # fmt: skip
def contract_from(case: Case) -> date:
    """The day after the waiting time from the announcement (경과한 후); holidays do not move it."""
    row = approval_row(case, "contract_after_announcement")
    period = unrolled(case.book.period("contract_after_announcement", row.since))
    announced = case[announcement_date]
    first = announced if period.by_clock else counted_from(period, announced).after
    return case.state(row, first, ko="계약은 {value}부터", en="Contracts from {value}")


@rule(
    "contract_window_lawful", contract_from, contract_opens_on, contract_closes_on, leftover_contract,
    approval_applied_on, housing_kind,
    ko="계약 체결기간이 적법한지", en="The contract window is lawful", article=CONTRACT,
)  # fmt: skip
def contract_window_lawful(case: Case) -> bool:
    """After the waiting time, and long enough; leftover and cancelled homes follow their notice (단서)."""
    if case[leftover_contract]:
        ko, en = "무순위·계약취소주택은 공고에서 정한 날에 계약합니다.", "Leftover homes: as the notice says"
        case.test("contract.notice", CONTRACT, lambda: True, ko=ko, en=en)
        return case.verdict()
    case.test(
        "contract.from", CONTRACT, lambda: case[contract_opens_on] >= case[contract_from],
        ko="당첨자 발표 뒤 법정 기간이 지난 날부터인지", en="Only after the waiting time",
    )  # fmt: skip
    row = approval_row(case, "contract_window")
    days = case.book.period("contract_window", row.since).days
    case.test(
        "contract.window", row,
        lambda: (case[contract_closes_on] - case[contract_opens_on]).days + 1 >= days,
        ko=f"계약 체결기간이 {days}일 이상인지", en=f"The window is at least {days} days long",
    )  # fmt: skip
    return case.verdict()


@rule(
    "payment_ceilings", rental_deposit, price, payment_plan, rank_applied, loan_to_buyer,
    ko="청약금·계약금·중도금의 한도", en="Most that may be taken before the balance", article=PAYMENTS,
)  # fmt: skip
def payment_ceilings(case: Case) -> Ceilings:
    """Shares of the price, or of the deposit of a public rental home; a small deposit leaves more for instalments."""
    row = case.row("supply_payment_limits")
    found = _rental(case, row) if case[rental_deposit] is not None else _sale(case, row)
    shown = f"{found.application:,} / {found.deposit:,} / {found.instalments:,}"
    return case.state(row, found, ko=f"청약금·계약금·중도금 한도 {shown}원", en=f"At most {shown} won")


@rule(
    "payments_lawful", payment_ceilings, payment_plan, rental_deposit, price, rank_applied, contract_day,
    middle_of_work_on, use_approved_on, early_move_in,
    ko="입주금 납부계획이 적법한지", en="The plan of payments is lawful", article=f"{PAYMENTS}, {TIMES}",
    trigger=Trigger.CONTRACT,
)  # fmt: skip
def payments_lawful(case: Case) -> bool:
    """제60조②③ for the sums, ④ for the times of a sale home."""
    _sums(case)
    if case[rental_deposit] is None and _of(case, "instalment"):
        _times(case)
    if _of(case, "balance"):
        _balance(case)
    return case.verdict()


@rule(
    "move_in_month_told_by", can_move_in_from, approval_applied_on, housing_kind,
    ko="입주예정월을 알릴 마지막 날", en="Latest day to tell the month of moving in", article=f"{MOVE_IN}제1항",
)  # fmt: skip
def move_in_month_told_by(case: Case) -> date:
    return _told_by(case, "move_in_month_notice")


@rule(
    "move_in_day_told_by", can_move_in_from, approval_applied_on, housing_kind,
    ko="입주 가능일을 알릴 마지막 날", en="Latest day to tell the first day of moving in", article=f"{MOVE_IN}제1항",
)  # fmt: skip
def move_in_day_told_by(case: Case) -> date:
    return _told_by(case, "move_in_day_notice")


@rule(
    "move_in_window_until", can_move_in_from, homes_on_site, approval_applied_on, housing_kind,
    ko="입주지정기간의 가장 이른 마지막 날", en="Earliest last day of the period for moving in",
    article=f"{MOVE_IN}제2항",
)  # fmt: skip
def move_in_window_until(case: Case) -> date:
    """At least so many days from the first day of moving in, that day included (민법 제157조 단서)."""
    sites = approval_row(case, "move_in_sites")
    small = case[homes_on_site] < sites.value["small_below"]
    name = "move_in_window_small" if small else "move_in_window"
    row = case.row(name, on=sites.since)
    period = case.book.period(name, sites.since)
    last = counted_from(period, case[can_move_in_from]).last - timedelta(days=1)
    return case.state(row, last, ko="입주지정기간은 {value}까지 이상", en="Moving in until {value} or later")


@rule(
    "delay_damages", promised_by, moved_in_on, paid_before, overdue_rate,
    ko="지체상금", en="Damages for late moving-in", article=f"{DELAY}제2항", trigger=Trigger.EVENT, unit="won",
)  # fmt: skip
def delay_damages(case: Case) -> int:
    """The contract's rate of default on what was paid, for the days after the announced day of moving in."""
    days = max(0, (case[moved_in_on] - case[promised_by]).days)
    row = case.row("delay_rate")
    due = _interest(case[paid_before], days, case[overdue_rate], row)
    return case.state(row, due, ko="지체상금 {value}원", en="Damages for delay {value} won")


@rule(
    "late_fee_ceiling", overdue_won, overdue_days, overdue_rate,
    ko="연체료 한도", en="Ceiling of the late fee", article=f"{DELAY}제1항", trigger=Trigger.EVENT, unit="won",
)  # fmt: skip
def late_fee_ceiling(case: Case) -> int:
    row = case.row("delay_rate")
    fee = _interest(case[overdue_won], case[overdue_days], case[overdue_rate], row)
    return case.state(row, fee, ko="연체료 한도 {value}원", en="Late fee at most {value} won")


def _interest(won: int, days: int, rate: str, row: Row) -> int:
    return int(Fraction(won) * days * Fraction(rate) / (100 * row.value["days_a_year"]))


def _share(won: int, percent: int) -> int:
    return won * percent // 100


def _rental(case: Case, row: Row) -> Ceilings:
    base, table = case[rental_deposit] or 0, row.value
    deposit, instalments = _share(base, table["rental_deposit"]), _share(base, table["rental_instalments"])
    return Ceilings(
        application=_on_application(case, base, table, table["rental_application"]), deposit=deposit,
        instalments=instalments, before_balance=deposit + instalments,
    )  # fmt: skip


def _sale(case: Case, row: Row) -> Ceilings:
    base, table = case[price], row.value
    deposit = _share(base, table["deposit"])
    small = _sum(case, "application", "deposit") <= _share(base, table["small_deposit"])
    percent = table["instalments_after_small_deposit"] if small else table["instalments"]
    instalments = _share(base, percent)
    before = min(deposit + instalments, max(0, base - case[loan_to_buyer]))
    return Ceilings(
        application=_on_application(case, base, table, table["application"]), deposit=deposit, instalments=instalments,
        before_balance=before,
    )  # fmt: skip


def _on_application(case: Case, base: int, table: Any, percent: int) -> int:
    """제60조⑤: nothing from those who apply in the first rank."""
    if case[rank_applied] == 1 and not table["first_rank_pays_on_application"]:
        return 0
    return _share(base, percent)


def _of(case: Case, *kinds: str) -> tuple[PlannedPayment, ...]:
    return tuple(one for one in case[payment_plan] if one.kind in kinds)


def _sum(case: Case, *kinds: str) -> int:
    return sum(one.won for one in _of(case, *kinds))


def _sums(case: Case) -> None:
    row = case.row("supply_payment_limits")
    for code, kinds, ceiling, ko, en in (
        ("payments.application", ("application",), "application", "청약금이 한도 안인지", "Paid on application"),
        ("payments.deposit", ("application", "deposit"), "deposit", "계약금(청약금 포함)이 한도 안인지", "Deposit"),
        ("payments.instalments", ("instalment",), "instalments", "중도금이 한도 안인지", "Instalments"),
        (
            "payments.loan", ("application", "deposit", "instalment"), "before_balance",
            "계약금과 중도금의 합계가 융자지원액을 뺀 금액 안인지", "Deposit and instalments, less the loan",
        ),
    ):  # fmt: skip
        case.test(
            code, row,
            lambda kinds=kinds, ceiling=ceiling: _sum(case, *kinds) <= getattr(case[payment_ceilings], ceiling),  # type: ignore[misc]
            ko=ko, en=f"{en}: within the ceiling",
        )  # fmt: skip


def _times(case: Case) -> None:
    """제60조④3나: enough instalments on each side of the middle, no more than half before, the first after a month."""
    row = case.row("instalment_plan")
    case.test(
        "payments.spread", row, lambda: _spread(case, row.value),
        ko="중도금을 기준공정 전후로 법정 횟수 이상 나누었는지", en="Instalments on each side of the middle",
    )  # fmt: skip
    limit = row.value["before_middle_max_pct"]
    case.test(
        "payments.before_middle", row,
        lambda: sum(one.won for one in _before(case)) * 100 <= _sum(case, "instalment") * limit,
        ko=f"기준공정 전 중도금이 {limit}퍼센트 이하인지", en=f"At most {limit} % of the instalments before the middle",
    )  # fmt: skip
    first = case.row("instalment_after_contract")
    period = unrolled(case.book.period("instalment_after_contract", case.as_of))
    case.test(
        "payments.first_instalment", first,
        lambda: min(_due(one) for one in _of(case, "instalment")) > counted_from(period, case[contract_day]).last
        or period.by_clock,
        ko="첫 중도금이 계약일부터 법정 기간이 지난 뒤인지", en="First instalment only after the waiting time",
    )  # fmt: skip


def _spread(case: Case, table: Any) -> bool:
    small = _sum(case, "instalment") * 100 <= case[price] * table["small_up_to_pct"]
    least = table["each_side_small"] if small else table["each_side"]
    before = len(_before(case))
    after = len(_of(case, "instalment")) - before
    return min(before, after) >= int(least)


def _before(case: Case) -> tuple[PlannedPayment, ...]:
    middle = case[middle_of_work_on]
    return tuple(one for one in _of(case, "instalment") if _due(one) < middle)


def _due(one: PlannedPayment) -> date:
    if one.due_on is None:
        raise Lacking("payment_plan.due_on", ko="중도금 납부일이 필요합니다.", en="The due day is needed.")
    return one.due_on


def _balance(case: Case) -> None:
    """제60조④4: from the approval of use; where people move in earlier, a part waits for it."""
    row = case.row("instalment_plan")

    def in_time() -> bool:
        fixed = [one for one in _of(case, "balance") if one.due_on is not None]
        if not fixed:
            return True
        approved = case[use_approved_on]
        early = [one for one in fixed if approved is None or _due(one) < approved]
        if not early or not case[early_move_in]:
            return not early
        total = sum(one.won for one in case[payment_plan])
        late = _sum(case, "balance") - sum(one.won for one in early)
        share: int = row.value["balance_after_approval_pct"]
        return late * 100 >= total * share

    case.test(
        "payments.balance", row, in_time,
        ko="잔금이 사용검사일 이후인지 (사전 입주: 전체의 일부를 사용검사 뒤로)",
        en="Balance after the approval of use; moving in earlier, a part of it",
    )  # fmt: skip


def _told_by(case: Case, name: str) -> date:
    row = approval_row(case, name)
    period = case.book.period(name, row.since)
    day = counted_from(period, case[can_move_in_from], backwards=True).last
    return case.state(row, day, ko="{value}까지 알려야 합니다.", en="To be told by {value}.")
