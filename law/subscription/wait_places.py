"""The place on a wait-list: what takes it away, when it ends, and when its personal data must be destroyed.

주택공급에 관한 규칙 제26조④⑥⑨, 제26조의2⑥. Checked 2026-11-23. The public list runs to the end of a period from the
first supply contract, or to the day on which nobody is left on it; the place is lost on the day after.
"""

from __future__ import annotations

from datetime import date, timedelta

from law.rules import Case, Fact, Lacking, rule
from law.subscription.approval import approval_row
from law.subscription.periods import counted_from
from law.subscription.restrictions import in_data
from law.vocabulary import approval_applied_on, housing_kind

ENDS = "주택공급에 관한 규칙 제26조제4항·제9항, 제26조의2제6항"
LOST = "주택공급에 관한 규칙 제26조제6항, 제26조의2제6항"

first_contract_on = Fact[date](
    "first_contract_on", "최초 공급계약 체결일", "day of the first supply contract", kind=date
)
list_used_up_on = Fact[date | None](
    "list_used_up_on", "예비입주자가 소진된 날", "day on which nobody was left on the list (null: not yet)",
    kind=date | None, default=None,
)  # fmt: skip
selected_elsewhere_on = Fact[date | None](
    "selected_elsewhere_on", "다른 주택의 입주자로 선정된 날", "day of selection for another home (null: none)",
    kind=date | None,
)  # fmt: skip
waiting_since = Fact[date]("waiting_since", "예비입주자로 선정된 날", "day of selection for the wait-list", kind=date)
asked_on = Fact[date]("asked_on", "예비입주자 지위를 따지는 날", "day on which the place is asked for", kind=date)
TERMS = (first_contract_on, list_used_up_on, approval_applied_on, housing_kind)


@rule(
    "wait_list_last_day", *TERMS, ko="예비입주자 지위의 마지막 날", en="Last day of the wait-list", article=ENDS,
)  # fmt: skip
def wait_list_last_day(case: Case) -> date:
    """``as_of`` is the notice date; approvals applied for before 2023-04-01 keep the shorter period."""
    row = approval_row(case, "waitlist_ends")
    period = case.book.period("waitlist_ends", row.since)
    last = counted_from(period, case[first_contract_on]).last
    used_up = case[list_used_up_on]
    if used_up is not None:
        last = min(last, used_up)
    return case.state(row, last, ko="예비입주자 명단은 {value}까지입니다.", en="The wait-list lasts until {value}.")


@rule(
    "wait_list_erased_on", wait_list_last_day, first_contract_on,
    ko="예비입주자 개인정보 파기일", en="Day on which the wait-list's personal data is destroyed (null: no clause)",
    article="주택공급에 관한 규칙 제26조제9항, 제26조의2제6항",
)  # fmt: skip
def wait_list_erased_on(case: Case) -> date | None:
    """제26조⑨: the place ends on the day after the public list; then the data goes."""
    row = case.row("wait_list_erased")
    if row.value != "destroyed":
        return case.state(row, None, ko="파기 조문이 없던 때입니다.", en="No clause on destruction yet.")
    last = case[wait_list_last_day]
    if last == date.max:
        raise Lacking(
            first_contract_on.name, ko="최초 계약일을 확인해 주십시오.", en="The first contract day is wrong."
        )
    day = last + timedelta(days=1)
    return case.state(row, day, ko="{value}에 개인정보를 파기합니다.", en="Personal data is destroyed on {value}.")


@rule(
    "keeps_waiting_place", wait_list_last_day, selected_elsewhere_on, waiting_since, asked_on,
    ko="예비입주자의 지위가 남아 있는지", en="The place on the wait-list still stands", article=LOST,
)  # fmt: skip
def keeps_waiting_place(case: Case) -> bool:
    """제26조⑥: one selected for another home gets neither a home of the list nor a part in its lot."""
    case.test(
        "waiting.lasts", ENDS, lambda: case[asked_on] <= case[wait_list_last_day],
        ko="예비입주자 명단의 공개기간 안인지", en="Within the time of the public list",
    )  # fmt: skip
    elsewhere = case[selected_elsewhere_on]
    if elsewhere is not None and elsewhere <= case[asked_on]:
        row = case.row("wait_list_lost", on=in_data(case, "wait_list_lost", case[waiting_since]))
        case.test(
            "waiting.elsewhere", row, lambda: row.value != "other_win",
            ko="다른 주택의 입주자로 선정되면 예비입주자로서 공급받을 수 없습니다.",
            en="Selected for another home: no home from this list",
        )  # fmt: skip
    return case.verdict()
