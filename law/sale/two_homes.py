"""Temporary two homes (일시적 2주택): the new home is taxed at the normal rate if the old one goes in time.

지방세법 제13조의2①2, 시행령 제28조의5; 부칙 제32747호 제2조, 제33308호 제2조 (the day of disposal decides which time
holds). Checked 2026-11-23. A narrowing for purchases from 2026-10-01 was announced and is not confirmed: where it
would matter, the answer is *cannot tell*.
"""

from __future__ import annotations

from datetime import date

from law.calendar import add_months
from law.rules import Case, Trigger, rule
from law.sale.area import home_adjusted
from law.sale.facts import moving_house, old_home_adjusted, old_home_disposed_on, proven_contract_on
from law.sale.home_count import homes_after

ARTICLE = "지방세법 시행령 제28조의5"


@rule(
    "temporary_two_homes_until", old_home_disposed_on, old_home_adjusted, home_adjusted, proven_contract_on,
    ko="종전 주택 처분기한", en="Last day for disposing of the old home", article=ARTICLE, trigger=Trigger.ACQUISITION,
)  # fmt: skip
def temporary_two_homes_until(case: Case) -> date:
    until = _settled_until(case)
    change = case.row("temporary_two_homes_change")
    if change.value["narrowed"] and not _kept_by_contract(case) and case[old_home_adjusted]:
        # Low confidence: stating it ends in "cannot tell" and names the uncertain law.
        case.state(
            change, add_months(case.as_of, change.value["months"]), code="temporary_two_homes.narrowed",
            ko="2026-10-01 이후 취득분의 기한 단축이 공포되었는지 확인하지 못했습니다 (단축되면 {value}까지).",
            en="Whether the shorter time (until {value}) has become law is not confirmed",
        )  # fmt: skip
    return case.state(
        case.row("temporary_two_homes", on=_day(case)), until, ko="종전 주택을 {value}까지 처분해야 합니다.",
        en="The old home must be disposed of by {value}",
    )  # fmt: skip


@rule(
    "temporary_two_homes", moving_house, homes_after, old_home_disposed_on, temporary_two_homes_until,
    old_home_adjusted, home_adjusted, proven_contract_on,
    ko="일시적 2주택", en="Temporary two homes", article=ARTICLE, trigger=Trigger.ACQUISITION,
)  # fmt: skip
def temporary_two_homes(case: Case) -> bool:
    row = case.row("temporary_two_homes", on=_day(case))
    claimed = case.test(
        "temporary_two_homes.claimed", row, lambda: case[moving_house],
        ko="이사 등의 사유로 일시적 2주택을 신고했는지", en="Declared as temporary two homes for moving or the like",
    )  # fmt: skip
    if claimed:
        case.compare(
            "temporary_two_homes.one_before", row, homes_after, "==", 2,
            ko="취득 후 주택 수가 {limit}채인지 (지금 {value}채)",
            en="{limit} homes after the purchase (there are {value})",
        )  # fmt: skip
        case.test(
            "temporary_two_homes.in_time", row, lambda: _in_time(case),
            ko="종전 주택을 기한 안에 처분했거나, 아직 기한 안인지",
            en="The old home was disposed of in time, or is still to be",
        )  # fmt: skip
    return case.verdict()


def _in_time(case: Case) -> bool:
    disposed = case[old_home_disposed_on]
    if disposed is None:
        return True  # taxed as declared; sold late, the difference is collected (제20조제2항)
    if disposed > _settled_until(case):
        return False
    change = case.row("temporary_two_homes_change").value
    if change["narrowed"] and disposed <= add_months(case.as_of, change["months"]):
        return True  # in time under either reading
    return disposed <= case[temporary_two_homes_until]


def _settled_until(case: Case) -> date:
    """The end under the law as promulgated; only where both times differ does it matter where the homes lie."""
    months = case.row("temporary_two_homes", on=_day(case)).value
    narrow = months["both_adjusted_months"]
    if narrow != months["months"] and case[home_adjusted] and case[old_home_adjusted]:
        return add_months(case.as_of, narrow)
    return add_months(case.as_of, months["months"])


def _day(case: Case) -> date:
    """The day whose law holds: of the disposal, or of the purchase while the old home is not sold."""
    return max(case[old_home_disposed_on] or case.as_of, case.as_of)


def _kept_by_contract(case: Case) -> bool:
    contracted = case[proven_contract_on]
    return contracted is not None and contracted <= case.row("temporary_two_homes_change").value["contract_until"]
