"""Who is a winner, which of a couple's wins stands, and what becomes of a winner found ineligible.

주택공급에 관한 규칙 제2조제7호, 제55조의2, 제57조④, 제58조④, 제58조의5. Checked 2026-11-23.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from law.rules import Case, Fact, Lacking, Trigger, rule
from law.subscription.areas import adjusted, overheated
from law.vocabulary import Count, birth_date, spouse_birth_date

WINNER = "주택공급에 관한 규칙 제2조제7호"
DELETED = "주택공급에 관한 규칙 제57조제4항"
KEPT = "주택공급에 관한 규칙 제58조제4항"
COUPLE = "주택공급에 관한 규칙 제55조의2제1항"
PRE = "주택공급에 관한 규칙 제58조의5"
AREAS = {"overheated": overheated, "adjusted": adjusted}

Minute = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$")]
Way = Literal[
    "general", "priority", "special", "member", "bond", "converted_rental", "transferred", "cancelled_home",
    "lottery_leftover", "wait_list", "first_come", "plain_rental",
]  # fmt: skip
Ground = Literal[
    "moved_away", "emigrated", "rental_left", "supplier_failed", "project_cancelled", "ineligible", "couple_void"
]

won_by = Fact[str]("won_by", "주택을 얻은 방법", "how the home was got", kind=Way)
contracted = Fact[bool]("contracted", "공급계약을 체결했는지", "supply contract concluded", kind=bool)
allotted_in_first_lot = Fact[bool](
    "allotted_in_first_lot", "최초 예비입주자 동·호수 추첨에 참가해 배정받았는지",
    "joined the first lot of the wait-list and was allotted a home", kind=bool,
)  # fmt: skip
deletion_ground = Fact[str | None](
    "deletion_ground", "당첨자로 보지 않는 사유", "ground on which one is no longer a winner", kind=Ground | None,
    default=None,
)  # fmt: skip
own_win_limited = Fact[bool](
    "own_win_limited", "본인이 국민주택·특별공급·재당첨 제한 주택에 당첨됐는지",
    "own win: public, special, or a home that bars", kind=bool,
)  # fmt: skip
spouse_win_limited = Fact[bool](
    "spouse_win_limited", "배우자가 국민주택·특별공급·재당첨 제한 주택에 당첨됐는지",
    "spouse's win: public, special, or a home that bars", kind=bool,
)  # fmt: skip
received_at = Fact[str]("received_at", "본인 접수시각 (분, 서울)", "own receipt, minute, Seoul time", kind=Minute)
spouse_received_at = Fact[str](
    "spouse_received_at", "배우자 접수시각 (분, 서울)", "spouse's receipt, minute, Seoul time", kind=Minute
)
found_by_search = Fact[bool](
    "found_by_search", "당첨자 명단 전산검색으로 통보된 사람인지 (제57조제7항)",
    "reported by the operator's search of winners", kind=bool,
)  # fmt: skip
competition = Fact[bool]("competition", "같은 순위에서 경쟁이 있었는지", "competition in the same rank", kind=bool)
rank_qualified = Fact[bool](
    "rank_qualified", "해당 순위의 자격을 갖췄는지", "qualified for the rank after correction", kind=bool
)
selected_by = Fact[str](
    "selected_by", "입주자 선정 방법", "how the home was given", kind=Literal["points", "sequence", "lottery"]
)
recomputed_points = Fact[int]("recomputed_points", "재산정한 가점", "points worked out again", kind=Count)
cut_off_points = Fact[int]("cut_off_points", "당첨 커트라인 가점", "lowest points that won", kind=Count)
sequence_reached = Fact[bool](
    "sequence_reached", "재산정한 순차가 당첨 순차 이상인지", "corrected standing reaches the one that won", kind=bool
)
pre_winner = Fact[str | None](
    "pre_winner", "세대의 사전당첨자", "who of the household is a pre-winner (null: nobody)",
    kind=Literal["self", "member"] | None,
)  # fmt: skip
wants_pre = Fact[bool]("wants_pre", "사전청약 신청인지", "a pre-subscription is applied for", kind=bool)
won_elsewhere = Fact[bool](
    "won_elsewhere", "본인이나 세대원이 다른 분양주택에 당첨됐는지", "the household was selected for another home",
    kind=bool,
)  # fmt: skip


@rule(
    "counts_as_winner", won_by, overheated, adjusted, contracted, allotted_in_first_lot, deletion_ground,
    ko="당첨자인지", en="Counts as a winner", article=WINNER, trigger=Trigger.ANNOUNCEMENT,
)  # fmt: skip
def counts_as_winner(case: Case) -> bool:
    """제2조제7호, less those of 제57조④. ``as_of`` is the day of selection."""
    row = case.row("wait_list_winner" if case[won_by] == "wait_list" else "winner_kinds")
    case.test(
        "winner.way", row, lambda: _by_way(case),
        ko="당첨자로 보는 방법으로 선정됐는지", en="Selected in a way that makes a winner",
    )  # fmt: skip
    if case[deletion_ground] is not None:
        case.test(
            "winner.deleted", DELETED, lambda: False,
            ko="당첨자 명단에서 삭제된 사람은 당첨자가 아닙니다.", en="Deleted from the list: no winner any more",
        )  # fmt: skip
    return case.verdict()


@rule(
    "couple_win_stands", own_win_limited, spouse_win_limited, received_at, spouse_received_at, birth_date,
    spouse_birth_date,
    ko="부부가 같은 날 당첨된 때 본인의 당첨이 유효한지", en="Own win stands where both spouses win on one day",
    article=COUPLE, trigger=Trigger.NOTICE,
)  # fmt: skip
def couple_win_stands(case: Case) -> bool:
    """The earlier receipt to the minute, then the earlier birth; two wins that limit nothing both stand."""
    row = case.row("couple_double")
    limited = case[own_win_limited] and case[spouse_win_limited]
    if not limited:
        ko, en = "둘 다 국민주택·특별공급·재당첨 제한 주택은 아님", "Not both of a kind that only one may keep"
        case.test("couple.free", row, lambda: True, ko=ko, en=en)
        return case.verdict()
    case.test(
        "couple.first", row, lambda: row.value == "first_received" and _first(case),
        ko="접수가 빠르거나, 같은 분이면 생년월일이 빠른지", en="Received earlier, or in the same minute born earlier",
    )  # fmt: skip
    return case.verdict()


@rule(
    "keeps_win", found_by_search, competition, rank_qualified, selected_by, recomputed_points, cut_off_points,
    sequence_reached,
    ko="부적격 당첨자를 당첨자로 보는지", en="An ineligible winner is kept", article=KEPT,
    trigger=Trigger.ANNOUNCEMENT,
)  # fmt: skip
def keeps_win(case: Case) -> bool:
    """Kept where the corrected standing would have won too; never one whom the operator's search reports."""
    case.test(
        "keeps.search", KEPT, lambda: not case[found_by_search],
        ko="제57조제7항의 전산검색에 해당하지 않는지", en="Not reported by the search of 제57조제7항",
    )  # fmt: skip
    case.test(
        "keeps.rank", KEPT, lambda: case[rank_qualified],
        ko="해당 순위의 자격을 갖췄는지", en="Qualified for the rank",
    )  # fmt: skip
    if not case[competition]:
        return case.verdict()
    if case[selected_by] == "points":
        case.compare(
            "keeps.points", KEPT, recomputed_points, ">=", case[cut_off_points],
            ko="재산정 가점 {value}점, 당첨 가점 {limit}점 이상", en="{value} points, at least {limit} would have won",
        )  # fmt: skip
    else:
        case.test(
            "keeps.sequence", KEPT, lambda: case[selected_by] == "sequence" and case[sequence_reached],
            ko="재산정한 순차가 당첨 순차 이상인지", en="The corrected standing would have won",
        )  # fmt: skip
    return case.verdict()


@rule(
    "pre_winner_may_apply", pre_winner, wants_pre,
    ko="사전당첨 때문에 막히지 않는지", en="Not barred by a place as pre-winner", article=PRE,
)  # fmt: skip
def pre_winner_may_apply(case: Case) -> bool:
    """제58조의5①: a pre-winner (since 2024-10-01 the household) cannot be a pre-winner elsewhere."""
    row = case.row("pre_winner")

    def free() -> bool:
        who = case[pre_winner]
        barred = who == "self" or (who == "member" and row.value["other_pre_win"] == "barred_household")
        return not (barred and case[wants_pre])

    case.test("pre.second", row, free, ko="이미 사전당첨된 세대가 아닌지", en="Not a pre-winner already")
    return case.verdict()


@rule(
    "pre_winner_keeps_place", pre_winner, won_elsewhere,
    ko="사전당첨자의 지위가 유지되는지", en="The place as pre-winner lasts",
    article=f"{PRE}제3항",
    trigger=Trigger.FILING,
)  # fmt: skip
def pre_winner_keeps_place(case: Case) -> bool:
    """Lost when the household is selected for another home applied for since 2024-10-01 (부칙 제1391호 제6조)."""
    row = case.row("pre_winner")
    case.test("pre.place", row, lambda: case[pre_winner] is not None, ko="사전당첨자인지", en="A pre-winner")
    case.test(
        "pre.elsewhere", row, lambda: row.value["other_win"] == "keeps" or not case[won_elsewhere],
        ko="다른 분양주택에 당첨되지 않았는지", en="Not selected for another home",
    )  # fmt: skip
    return case.verdict()


def _by_way(case: Case) -> bool:
    way = case[won_by]
    if way == "wait_list":
        return _by_wait_list(case)
    table = case.row("winner_kinds").value
    if way == "lottery_leftover":
        return any(case[AREAS[name]] for name in table["lottery_leftover_in"])
    return way in table["winners"]


def _by_wait_list(case: Case) -> bool:
    """제2조제7호바목: by contract, or by joining the first lot even without one."""
    if case[contracted]:
        return True
    if not case[allotted_in_first_lot]:
        return False
    counts = case.row("wait_list_winner").value["by_first_lot"]
    if counts is None:
        raise Lacking(
            "law:wait_list_winner", ko="당시 조문을 확인하지 못했습니다.", en="The text of then was not read."
        )
    return bool(counts)


def _first(case: Case) -> bool:
    mine, theirs = case[received_at], case[spouse_received_at]
    if mine != theirs:
        return mine < theirs
    born, spouse_born = case[birth_date], case[spouse_birth_date]
    if spouse_born is None:
        raise Lacking(spouse_birth_date.name, ko="배우자 생년월일이 필요합니다.", en="The spouse's birth is needed.")
    if born == spouse_born:
        raise Lacking("law:couple_double", ko="접수시각과 생년월일이 모두 같습니다.", en="Same minute and same birth.")
    return born < spouse_born
