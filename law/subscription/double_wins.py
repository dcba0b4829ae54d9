"""What a win does to the household's other applications.

주택공급에 관한 규칙 제7조 (account), 제25조⑦⑧, 제26조⑥, 제54조, 제55조, 제55조의2, 제58조의5. Checked 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from domain.words import HousingKind
from law.rules import Case, rule
from law.subscription.combinations import Application, filed, spouses, together, wanted
from law.vocabulary import Stated

RULES = "주택공급에 관한 규칙"
ARTICLE = f"{RULES} 제25조, 제26조, 제54조, 제55조, 제55조의2, 제58조의5"


class Effect(Stated):
    """``code`` happens to ``other`` when ``won`` is won. Both count the lines wanted, then those filed, from 0."""

    code: str
    won: int
    other: int
    article: str
    ko: str
    en: str


Said = tuple[str, str, str, str]  # code, article, ko, en


@rule(
    "win_effects", wanted, filed, spouses,
    ko="당첨이 다른 신청에 미치는 효과", en="What a win does to the other applications", article=ARTICLE,
)  # fmt: skip
def win_effects(case: Case) -> tuple[Effect, ...]:
    """Every ordered pair of lines. Where the line does not state enough, the effect is said to be possible."""
    lines = (*case[wanted], *case[filed])
    found = [
        Effect(code=code, won=first, other=second, article=f"{RULES} {article}", ko=ko, en=en)
        for (first, won), (second, other) in permutations(enumerate(lines), 2)
        for code, article, ko, en in _effects(case, won, other)
    ]
    return case.state(ARTICLE, tuple(found), ko="다른 신청에 미치는 효과 {value}건", en="Effects on others: {value}")


def _effects(case: Case, won: Application, other: Application) -> Iterator[Said]:
    if won.notice_id == other.notice_id and won.person == other.person:
        yield from _same_person_same_notice(won, other)
        return
    if won.person == other.person and not won.pre:
        yield (
            "waiting_lost", "제26조제6항", "당첨되면 다른 공고의 예비입주자 지위를 잃습니다.",
            "A place on the other notice's wait-list is lost.",
        )  # fmt: skip
    yield from _pre(case, won, other)
    if won.announcement_date == other.announcement_date:
        yield from _same_day(case, won, other)
    elif won.announcement_date < other.announcement_date:
        yield from _later(won, other)


def _same_person_same_notice(won: Application, other: Application) -> Iterator[Said]:
    if won.special and not other.special:
        yield (
            "general_removed", "제25조제7항·제8항", "특별공급에 당첨되면 같은 공고의 일반공급 신청은 제외됩니다.",
            "A special win removes the general application of the same notice.",
        )  # fmt: skip


def _pre(case: Case, won: Application, other: Application) -> Iterator[Said]:
    row = case.book.find("pre_winner", case.as_of)
    if row is None or row.value is None or not other.pre:
        return
    if won.pre:
        yield (
            "pre_barred", "제58조의5제1항", "사전당첨되면 다른 사전청약에서 선정될 수 없습니다.",
            "A pre-winner cannot be a pre-winner elsewhere.",
        )  # fmt: skip
    elif row.value["other_win"] == "lost":
        yield (
            "pre_lost", "제58조의5제3항", "다른 분양주택에 당첨되면 사전당첨자의 지위를 잃습니다.",
            "Selected for another home: the place as pre-winner is lost.",
        )  # fmt: skip


def _same_day(case: Case, won: Application, other: Application) -> Iterator[Said]:
    if won.person == other.person:
        yield (
            "both_void", "제4조제1항", "당첨일이 같은 두 공고에 한 사람이 당첨되면 모두 무효입니다 (공고문).",
            "One person, one announcement date: both are void (the notices).",
        )  # fmt: skip
    elif together(case, won, other):
        yield _couple(case, won, other)
    elif won.special and other.special:
        yield (
            "household_double", "제55조", "세대에서 특별공급은 한 사람만 받을 수 있습니다.",
            "Only one of a household may have a special supply.",
        )  # fmt: skip
    elif won.public and other.public:
        yield ("household_double", "제4조제1항제1호", "국민주택은 1세대 1주택입니다.", "One public home per household.")


def _couple(case: Case, won: Application, other: Application) -> Said:
    row = case.row("couple_double")
    limited = [_limits(line) for line in (won, other)]
    if row.value != "first_received":
        return (
            "couple_open", "제55조의2", "부부 동시 당첨의 처리를 확인하지 못한 시기입니다.",
            "How a couple's two wins were treated then could not be confirmed.",
        )  # fmt: skip
    if False in limited:
        return (
            "both_stand", "제55조의2제1항", "한쪽이 제한 없는 주택이어서 두 당첨이 모두 유효합니다.",
            "Not both of a kind that only one may keep: both wins stand.",
        )  # fmt: skip
    if None in limited:
        return (
            "couple_first_possible", "제55조의2제1항",
            "재당첨 제한 주택이면 접수가 빠른 사람의 당첨만 유효합니다.",
            "Where both homes are limited, only the win received first stands.",
        )  # fmt: skip
    return (
        "couple_first", "제55조의2제1항", "부부가 모두 당첨되면 접수가 빠른 사람의 당첨만 유효합니다.",
        "Where both spouses win, only the win received first stands.",
    )  # fmt: skip


def _later(won: Application, other: Application) -> Iterator[Said]:
    """The other is decided on a later day."""
    if won.person == other.person and not won.rental:
        yield (
            "account_used", "제7조", "당첨된 통장으로는 다른 주택을 새로 신청할 수 없습니다.",
            "The account is used up: no further application can be made with it.",
        )  # fmt: skip
    if won.special and other.special:
        yield (
            "special_once", "제55조", "특별공급은 세대에 한 번뿐이어서 뒤의 특별공급은 부적격이 됩니다.",
            "Special supply is once per household: the later one is ineligible.",
        )  # fmt: skip
    if won.rental or won.bars is False or _open_to_winners(other):
        return
    certain = won.bars and (other.public or other.regulated)
    if certain:
        yield (
            "rewin_bars", "제54조제1항", "먼저 당첨되면 뒤의 주택에는 재당첨 제한으로 선정될 수 없습니다.",
            "The earlier win bars the later home.",
        )  # fmt: skip
    else:
        yield (
            "rewin_may_bar", "제54조제1항", "재당첨 제한 주택이면 뒤의 주택에 선정될 수 없습니다.",
            "The earlier win bars the later home if it is of a kind that bars.",
        )  # fmt: skip


def _limits(line: Application) -> bool | None:
    """제55조의2①: public, special, or a home whose win bars."""
    return True if line.public or line.special else line.bars


def _open_to_winners(line: Application) -> bool:
    return line.rental or (line.housing_kind is HousingKind.PRIVATE and line.regulated is False)
