"""Stamp duty (인지세) on the deed of a transfer or of a loan, and by when it is paid.

인지세법 제1조②, 제3조①1·2, 제6조 5호·8호, 제8조③. Checked 2026-11-23: by the sum written in the deed; all who make the
deed are jointly liable; each original bears it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.words import Won
from law.calendar import add_months
from law.parameters import Row
from law.rules import Case, Fact, Trigger, rule
from law.sale.counting import known
from law.sale.facts import property_kind

written_sum = Fact[int]("written_sum", "기재금액", "sum written in the deed", unit="won", kind=Won)
loan_sum = Fact[int]("loan_sum", "대출 약정금액", "sum of the loan", unit="won", kind=Won)


@rule(
    "stamp_duty", written_sum, property_kind, ko="부동산 소유권 이전 증서의 인지세",
    en="Stamp duty on one original of the deed", article="인지세법 제3조제1항제1호, 제6조제5호",
    trigger=Trigger.SIGNING, unit="won",
)  # fmt: skip
def stamp_duty(case: Case) -> int:
    row = case.row("stamp_duty")
    free = row.value["home_exempt_up_to"] if case[property_kind] == "home" else 0
    return _duty(case, row, case[written_sum], free)


@rule(
    "stamp_duty_loan", loan_sum, ko="금전소비대차 증서의 인지세", en="Stamp duty on the loan agreement",
    article="인지세법 제3조제1항제2호, 제6조제8호", trigger=Trigger.SIGNING, unit="won",
)  # fmt: skip
def stamp_duty_loan(case: Case) -> int:
    """Borrower and bank usually bear half each; by law they are jointly liable (제1조②)."""
    row = case.row("stamp_duty")
    return _duty(case, row, case[loan_sum], row.value["loan_exempt_up_to"])


@rule("stamp_duty_due", ko="인지세 납부기한", en="Last day for paying stamp duty", article="인지세법 제8조제3항",
      trigger=Trigger.SIGNING)  # fmt: skip
def stamp_duty_due(case: Case) -> date:
    """A day of the month after signing; a holiday moves it on."""
    row = case.row("stamp_duty_day")
    day = add_months(case.as_of.replace(day=1), 1).replace(day=row.value)
    due = known(lambda: case.book.calendar.on_or_after(day))
    return case.state(row, due, ko="인지세는 {value}까지 납부합니다.", en="Stamp duty is paid by {value}")


def _duty(case: Case, row: Row, amount: int, free_up_to: int) -> int:
    bands: tuple[Any, ...] = row.value["bands"]
    duty: int = next(band["won"] for band in bands if band["up_to"] is None or amount <= band["up_to"])
    duty = 0 if amount <= free_up_to else duty
    return case.state(row, duty, ko="인지세 {value}원", en="Stamp duty of {value} won")
