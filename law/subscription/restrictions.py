"""What keeps a person or a household from being selected again: earlier wins, cancelled wins, breaches.

주택공급에 관한 규칙 제54조 (재당첨 제한), 제55조 and 제55조의3 (특별공급 횟수 제한), 제56조 (입주자자격 제한),
제58조③ (부적격 당첨자). Checked 2026-11-23. 제54조 and 제55조 look at the household, 제56조 and 제58조③ at the person.
Whether the day of the win counts in a bar "from the day of the win" is open (``ban_first_day``): on the one day that
it decides, nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

from domain.words import HousingKind
from law.calendar import add_months
from law.parameters import Row
from law.rules import Advice, Case, Fact, Lacking, rule
from law.subscription.approval import approval_row
from law.subscription.areas import adjusted, capital, overheated, regulated, shrinking
from law.vocabulary import (
    Win,
    approval_applied_on,
    housing_kind,
    marriage_registered_on,
    members,
    supply_kind,
    wins,
    wins_unseen,
)

REWIN = "주택공급에 관한 규칙 제54조"
ONCE = "주택공급에 관한 규칙 제55조, 제55조의3"
ORDER = "주택공급에 관한 규칙 제56조제1항"
INELIGIBLE = "주택공급에 관한 규칙 제58조제3항"
COUPLE = ("self", "spouse")
AREAS = {"overheated": overheated, "adjusted": adjusted}

rental_only = Fact[bool](
    "rental_only", "분양전환되지 않는 임대주택인지", "rental home that is never sold", Advice.ACT, kind=bool,
    default=False,
)  # fmt: skip
ban_first_day = Fact[str | None](
    "ban_first_day", "제한기간에 당첨일을 넣는지 (해석)", "reading: the day of the win counts in the bar",
    kind=Literal["counted", "not_counted"] | None, default=None,
)  # fmt: skip
premarital_rewin = Fact[str | None](
    "premarital_rewin", "혼인 전 배우자 당첨의 재당첨 제한 배제 (해석)",
    "reading: a spouse's win before the marriage bars nobody in special supply",
    kind=Literal["allowed", "refused"] | None, default=None,
)  # fmt: skip
once_exempt = Fact[bool](
    "once_exempt", "특별공급 횟수 제한을 받지 않는 대상자인지 (철거민 등)", "of a group without the once-only limit",
    kind=bool, default=False,
)  # fmt: skip
premarital_relief_used = Fact[bool](
    "premarital_relief_used", "혼인 전 당첨 특례로 이미 신청했는지", "relief for an own win before the marriage used",
    kind=bool, default=False,
)  # fmt: skip
birth_relief_used = Fact[bool](
    "birth_relief_used", "출산 특례로 이미 당첨됐는지", "relief for a birth used before", kind=bool, default=False
)
breach_detected_on = Fact[date | None](
    "breach_detected_on", "전매·공급질서 교란 적발일", "day a breach was detected (null: none)", kind=date | None,
    default=None,
)  # fmt: skip
breach_on = Fact[date]("breach_on", "전매·공급질서 교란 위반일", "day of the breach", kind=date)
breach_kind = Fact[str](
    "breach_kind", "위반의 종류", "kind of the breach", kind=Literal["disturbance", "resale"], default="disturbance"
)
breach_home = Fact[str](
    "breach_home", "위반한 주택", "home of the breach", kind=Literal["public_district", "overheated", "other"]
)


@rule(
    "rewin_certain_until", wins, supply_kind, marriage_registered_on, premarital_rewin,
    ko="확실한 재당첨 제한의 마지막 날", en="Last day of the bars that are certain (null: none)", article=REWIN,
)  # fmt: skip
def rewin_certain_until(case: Case) -> date | None:
    """By the wins whose kind of home is known; others may bar longer."""
    certain, _, row = _bars(case)
    shown = "확실한 제한 없음" if certain is None else f"적어도 {certain}까지 제한"
    return case.state(row, certain, ko=shown, en=f"At least until {certain}" if certain else "None certain")


@rule(
    "rewin_barred_until", wins, wins_unseen, supply_kind, marriage_registered_on, premarital_rewin,
    ko="재당첨 제한의 마지막 날", en="Last day of the bar against winning again (null: not barred)", article=REWIN,
)  # fmt: skip
def rewin_barred_until(case: Case) -> date | None:
    """The latest certain end of the bars that still run, the day of the win counted (제54조②: the longest counts)."""
    certain, possible, row = _bars(case)
    if possible is not None and (certain is None or possible > certain):
        raise Lacking(
            "wins.home_classes", ko="당첨된 주택의 종류를 알아야 제한기간을 셀 수 있습니다.",
            en="The kind of home won must be known to count the bar.",
        )  # fmt: skip
    if certain is None:
        _all_seen(case)
    shown = "재당첨 제한 없음" if certain is None else f"재당첨 제한 {certain}까지"
    return case.state(row, certain, ko=shown, en=f"Barred until {certain}" if certain else "Not barred")


@rule(
    "rewin", rental_only, housing_kind, approval_applied_on, overheated, adjusted, rewin_certain_until,
    rewin_barred_until, ban_first_day,
    ko="재당첨 제한을 받지 않는지", en="Not barred by an earlier win of the household", article=REWIN,
)  # fmt: skip
def rewin(case: Case) -> bool:
    """Private homes outside the areas of the article are open to everybody; elsewhere no bar may run."""
    row = case.row("rewin_scope")
    doubt: Lacking | None = None
    try:
        if not _closed_to_winners(case):
            ko, en = "재당첨 제한이 미치지 않는 주택", "A home that is open in spite of earlier wins"
            case.test("rewin.open", row, lambda: True, ko=ko, en=en)
            return case.verdict()
    except Lacking as lack:
        doubt = lack

    def free() -> bool:
        known = case.knows(rewin_barred_until)
        last = case[rewin_barred_until] if known else case[rewin_certain_until]
        barred = last is not None and still_runs(case, last)
        if barred and doubt is not None:
            raise doubt
        if not barred and not known:
            return case[rewin_barred_until] is None  # says what is missing
        return not barred

    case.test(
        "rewin.barred", row, free,
        ko="재당첨 제한기간 중인 세대원이 없는지", en="Nobody of the household is barred by an earlier win",
    )  # fmt: skip
    return case.verdict()


@rule(
    "special_once", wins, wins_unseen, once_exempt, supply_kind, marriage_registered_on,
    premarital_relief_used, birth_relief_used, members,
    ko="특별공급 당첨 이력이 없거나 특례에 해당하는지", en="No special supply before, or an exception", article=ONCE,
)  # fmt: skip
def special_once(case: Case) -> bool:
    """One special supply per household (제55조); excepted groups, wins before the marriage, births (제55조의3)."""
    row = case.row("special_once")
    case.test(
        "special.once", row, lambda: _once(case, row),
        ko="세대에 특별공급 당첨 이력이 없거나 특례가 있는지", en="No special supply before, or an exception applies",
    )  # fmt: skip
    return case.verdict()


@rule(
    "ineligible_barred_until", wins, capital, regulated, shrinking,
    ko="부적격 당첨 제한의 마지막 날", en="Last day of the bar of a cancelled win (null: not barred)",
    article=INELIGIBLE,
)  # fmt: skip
def ineligible_barred_until(case: Case) -> date | None:
    """Counted from the cancelled win; its length goes by the region of the home applied for next."""
    row = case.row("ineligible_ban")
    cancelled = [win.won_on for win in case[wins] if win.member == "self" and win.cancelled_as_ineligible]
    longest = max(row.value.values())
    running = [won for won in cancelled if won <= case.as_of <= add_months(won, longest)]
    last: date | None = None
    if running:
        months: int = row.value[_next_region(case)]
        ends = add_months(max(running), months) - timedelta(days=1)
        last = ends if ends >= case.as_of - timedelta(days=1) else None
    shown = "부적격 당첨 제한 없음" if last is None else f"부적격 당첨 제한 {last}까지"
    return case.state(row, last, ko=shown, en=f"Barred until {last}" if last else "Not barred")


@rule(
    "ineligible_ban", rental_only, ineligible_barred_until, ban_first_day,
    ko="부적격 당첨 제한을 받지 않는지", en="Not barred by a cancelled win of the person", article=INELIGIBLE,
)  # fmt: skip
def ineligible_ban(case: Case) -> bool:
    """제58조③: follows the person, not the household; private homes outside regulated areas are closed too."""
    row = case.row("ineligible_ban")
    case.test(
        "ineligible.barred", row, lambda: case[rental_only] or _over(case, case[ineligible_barred_until]),
        ko="당첨이 부적격으로 취소된 뒤의 제한기간이 지났는지", en="The bar after a cancelled win is over",
    )  # fmt: skip
    return case.verdict()


@rule(
    "order_barred_until", breach_detected_on, breach_on, breach_kind, breach_home,
    ko="입주자자격 제한의 마지막 날", en="Last day of the bar for a breach (null: not barred)", article=ORDER,
)  # fmt: skip
def order_barred_until(case: Case) -> date | None:
    """Counted from the day of detection; the years are those in force on the day of the breach (부칙 제718호 제4조)."""
    detected = case[breach_detected_on]
    if detected is None:
        return case.state(ORDER, None, ko="적발된 위반 없음", en="No breach detected")
    if detected > case.as_of:
        raise Lacking(
            breach_detected_on.name, ko="적발일이 기준일보다 늦습니다.", en="Detected after the day asked about."
        )
    row = case.row("order_ban", on=in_data(case, "order_ban", case[breach_on]))
    years = _breach_years(case, row)
    last = add_months(detected, 12 * years) - timedelta(days=1) if years else None
    shown = "입주자자격 제한 없음" if last is None else f"입주자자격 제한 {last}까지"
    return case.state(row, last, ko=shown, en=f"Barred until {last}" if last else "Not barred")


@rule(
    "disturbance_ban", order_barred_until, ban_first_day,
    ko="전매·공급질서 교란에 따른 입주자자격 제한을 받지 않는지", en="Not barred for a breach of 주택법 제64조, 제65조",
    article="주택법 제64조제7항, 제65조제5항, 주택공급에 관한 규칙 제56조제1항",
)  # fmt: skip
def disturbance_ban(case: Case) -> bool:
    """제56조: follows the person who breached."""
    case.test(
        "order.barred", ORDER, lambda: _over(case, case[order_barred_until]),
        ko="입주자자격 제한기간이 지났는지", en="The bar for the breach is over",
    )  # fmt: skip
    return case.verdict()


def still_runs(case: Case, last: date) -> bool:
    """Does a bar whose last certain day is ``last`` hold on ``as_of``? The rule must ask ``ban_first_day``."""
    if (case.as_of - last).days == 1:
        return case.reading("ban_first_day", ban_first_day) == "not_counted"
    return case.as_of <= last


def counted_wins(case: Case) -> tuple[Win, ...]:
    """Wins of the household; a cancelled ineligible winner is none (제57조④6)."""
    return tuple(win for win in case[wins] if not win.cancelled_as_ineligible and win.won_on <= case.as_of)


def _over(case: Case, last: date | None) -> bool:
    return last is None or not still_runs(case, last)


def _all_seen(case: Case) -> None:
    if case[wins_unseen]:
        raise Lacking(
            wins_unseen.name, ko="당첨 이력을 확인하지 못한 세대원이 있습니다.",
            en="The wins of a member could not be looked up.",
        )  # fmt: skip


def _closed_to_winners(case: Case) -> bool:
    if case[rental_only]:
        return False
    if case[housing_kind] is HousingKind.PUBLIC:
        return True
    names = approval_row(case, "rewin_scope").value["private_in"]
    return any(case[AREAS[name]] for name in names)


def _bars(case: Case) -> tuple[date | None, date | None, Row]:
    """The latest certain and the latest possible end of bars that still run, and the row of the last win looked at."""
    newest = row = case.row("rewin_ban")
    certain: date | None = None
    possible: date | None = None
    for win in counted_wins(case):
        if win.resupplied and win.member not in COUPLE:
            continue  # 제54조①: such a winner bars nobody but the spouse besides
        if add_months(win.won_on, 12 * max(newest.value.values())) < case.as_of:
            continue  # older than any bar ever was
        found = case.row("rewin_ban", on=in_data(case, "rewin_ban", win.won_on))
        least, most = _years(win, found.value)
        ends = [add_months(win.won_on, 12 * years) - timedelta(days=1) for years in (least, most)]
        if not most or ends[1] < case.as_of - timedelta(days=1) or _lifted(case, win):
            continue
        row = found
        if least and ends[0] >= case.as_of - timedelta(days=1):
            certain = max(certain or ends[0], ends[0])
        possible = max(possible or ends[1], ends[1])
    return certain, possible, row


def _years(win: Win, table: Mapping[str, int]) -> tuple[int, int]:
    """The least and the most years that a win bars. They differ where the register does not state enough."""
    longest = max(table.values())
    if win.home_classes is None or any(name not in table for name in win.home_classes):
        return 0, longest
    years = max((table[name] for name in win.home_classes), default=0)
    if years or not win.home_classes:
        return years, years
    return 0, longest  # before 2020-04-17 the size decides, and it is not stated


def _lifted(case: Case, win: Win) -> bool:
    """제55조의3①: a spouse's win before the marriage, in the kinds of special supply that it names."""
    kinds = case.row("special_once").value["premarital_spouse"]
    if win.member != "spouse" or not kinds or case[supply_kind] not in kinds or not _before_marriage(case, win):
        return False
    return case.reading("premarital_rewin", premarital_rewin) == "allowed"


def _before_marriage(case: Case, win: Win) -> bool:
    registered = case[marriage_registered_on]
    return registered is not None and win.won_on < registered


def _once(case: Case, row: Row) -> bool:
    left = [win for win in counted_wins(case) if win.special is not False]
    if left:
        if case[once_exempt]:
            return True
        left = _after_reliefs(case, row, left)
    if any(win.special for win in left):
        return False
    if left:
        raise Lacking("wins.special", ko="당첨 유형을 알아야 합니다.", en="It must be known how the home was won.")
    _all_seen(case)
    return True


def _after_reliefs(case: Case, row: Row, left: list[Win]) -> list[Win]:
    """The special wins that no relief of 제55조의3 takes away."""
    table = row.value
    if not (table["premarital_spouse"] or table["premarital_own"] or table["birth"]):
        return left
    kind = case[supply_kind]
    if kind in table["premarital_spouse"]:
        left = [win for win in left if not (win.member == "spouse" and _before_marriage(case, win))]
    own = []
    if kind in table["premarital_own"]:
        own = [win for win in left if win.member == "self" and _before_marriage(case, win)]
    if own and not case[premarital_relief_used]:
        left = [win for win in left if win not in own]
    couple = [win for win in left if win.member in COUPLE]
    if couple and kind in table["birth"] and _born_since(case, table) and not case[birth_relief_used]:
        left = [win for win in left if win not in couple]
    return left


def _born_since(case: Case, table: Mapping[str, Any]) -> bool:
    """A child born since the day of the article, adopted ones by their birth, or expected."""
    since = table["birth_exception_from"]
    return any(one.relation == "child" and (one.unborn or one.birth_date >= since) for one in case[members])


def _next_region(case: Case) -> str:
    if case[shrinking]:
        return "shrinking"
    if case[capital]:
        return "capital"
    return "regulated" if case[regulated] else "other"


def _breach_years(case: Case, row: Row) -> int:
    if case[breach_kind] == "resale" and not row.value["resale"]:
        return 0
    years = {value for key, value in row.value.items() if key != "resale"}
    found: int = years.pop() if len(years) == 1 else row.value[case[breach_home]]
    return found


def in_data(case: Case, family: str, on: date) -> date:
    """``on``, or Lacking where the rulebook does not reach back so far."""
    if case.book.find(family, on) is None:
        raise Lacking(f"law:{family}", ko=f"{on} 기준의 법령 자료가 없습니다.", en=f"The rulebook has no law of {on}.")
    return on
