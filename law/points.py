"""The points system (가점제): time without a home, dependants, account; together at most the table's maximum.

주택공급에 관한 규칙 제2조제8호, 별표 1 (the annex is known from transcriptions), 제27조③ for the start of the time
without a home. Checked 2026-11-23.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from domain.decisions import Decision
from domain.facts import Member
from domain.notices import Notice
from domain.words import Outcome
from law.account import recognised_months
from law.calendar import add_months, full_years
from law.household import Applicant, missing_items
from law.ownership import owned
from law.parameters import Row
from law.reasons import Judgement
from law.rulebook import Rulebook


def points(applicant: Applicant, notice: Notice, rulebook: Rulebook) -> Decision:
    """``value``: homeless, dependants, account, total (None where a part cannot be told). 0 ≤ total ≤ maximum."""
    day = notice.notice_date
    judgement = Judgement("points", day, rulebook)
    parts = {
        "homeless": _homeless(judgement, applicant, day),
        "dependants": _dependants(judgement, applicant, day),
        "account": _account(judgement, applicant, day),
    }
    known = [part for part in parts.values() if part is not None]
    total = min(sum(known), rulebook.value("points_maximum", day)) if len(known) == len(parts) else None
    return judgement.decision({**parts, "total": total}, outcome=Outcome.YES if total is not None else None)


def homeless_since(applicant: Applicant, as_of: date, start_age: int) -> date | None:
    """무주택기간 기산일 (제27조제3항): the start age, or an earlier marriage, or the last day a home was given up.

    Needs the marriage and both persons' homes. None: the time has not begun (unmarried and younger).
    """
    birthday = add_months(applicant.birth_date, 12 * start_age)
    married_on = applicant.marriage.registered_on if applicant.marriage and applicant.marriage.married else None
    start = min(birthday, married_on) if married_on else birthday
    for _, person in applicant.persons:
        for home in person.home_ownership.homes if person.home_ownership else ():
            if home.disposed_on is not None and home.disposed_on <= as_of:
                start = max(start, home.disposed_on)
    return start if start <= as_of else None


def _homeless(judgement: Judgement, applicant: Applicant, day: date) -> int | None:
    row = judgement.rulebook.row("points_homeless", day)
    homes = owned(applicant, day, judgement.rulebook)
    missing = list(homes.missing)
    if applicant.marriage and applicant.marriage.married and applicant.marriage.registered_on is None:
        missing.append("marriage.registered_on")
    since, value = None, None
    if homes.at_least:
        value = row.value["owner"]
    elif not missing:
        since = homeless_since(applicant, day, row.value["start_age"])
        value = row.value["before_start"] if since is None else _bracket(row.value["years"], full_years(since, day))
    _note(judgement, "points.homeless", row, value, missing, since=since.isoformat() if since else None)
    return value


def _dependants(judgement: Judgement, applicant: Applicant, day: date) -> int | None:
    row = judgement.rulebook.row("points_dependants", day)
    counted, missing = 0, [] if applicant.household else ["household"]
    if applicant.married is None:
        missing.append("marriage")
    counted += int(bool(applicant.married))
    for member in applicant.members:
        yes, fact = _is_dependant(member, applicant, day, row.value)
        counted += int(bool(yes))
        if yes is None:
            missing.append(fact)
    table: tuple[int, ...] = row.value["points"]
    value = None if missing else table[min(counted, len(table) - 1)]
    _note(judgement, "points.dependants", row, value, missing, counted=counted)
    return value


def _is_dependant(member: Member, applicant: Applicant, day: date, table: Mapping[str, Any]) -> tuple[bool | None, str]:
    """별표 1: unmarried children (from some age only after a year on the register); ascendants who have lived with
    the head of household for years and own no home. The spouse is counted apart."""
    if member.birth_date > day:
        return False, ""
    if member.relation == "child":
        return _child(member, day, table)
    if member.relation != "parent" or applicant.household is None or not applicant.household.head:
        return False, ""
    if member.on_register_since is None:
        return None, "parent.on_register_since"
    if full_years(member.on_register_since, day) < table["ascendant_years"]:
        return False, ""
    return None, "parent.home_ownership"


def _child(member: Member, day: date, table: Mapping[str, Any]) -> tuple[bool | None, str]:
    age = full_years(member.birth_date, day)
    if member.married:
        return False, ""
    if member.married is None and age >= table["marriage_age"]:
        return None, "child.marriage"
    if age < table["child_age"]:
        return True, ""
    if member.on_register_since is None:
        return None, "child.on_register_since"
    return full_years(member.on_register_since, day) >= table["child_years"], ""


def _account(judgement: Judgement, applicant: Applicant, day: date) -> int | None:
    rulebook = judgement.rulebook
    row, extra = rulebook.row("points_account", day), rulebook.row("points_spouse_account", day)
    own = recognised_months(applicant, day, rulebook)
    needs_spouse = bool(extra.value["half_months"])
    # The spouse's account can only matter while the own points are below the ceiling: it is not asked for otherwise.
    base = None if own is None else _bracket(row.value["months"], own)
    ceiling = extra.value["ceiling"]
    missing = ["subscription_account"] if own is None else []
    added = 0
    if needs_spouse and base is not None and base < ceiling:
        missing.extend(missing_items(applicant, "subscription_account"))
        if not missing and applicant.spouse is not None:
            months = recognised_months(applicant.spouse, day, rulebook) or 0
            # Half of the months against the bracket, without rounding: twice the bracket against the months.
            added = _bracket(extra.value["half_months"], months, times=2)
    value = None if missing or base is None else min(base + added, ceiling)
    _note(judgement, "points.account", row, value, missing, months=own, spouse=added)
    return value


def _bracket(rows: Iterable[Mapping[str, int]], amount: int, times: int = 1) -> int:
    """Points of the highest bracket that ``amount`` has reached ("이상~미만")."""
    return max((row["points"] for row in rows if amount >= row["from"] * times), default=0)


def _note(judgement: Judgement, code: str, row: Row, value: int | None, missing: Iterable[str], **facts: Any) -> None:
    judgement.test(
        code, row, None if value is None else True,
        ko=TEXT[code][0] + (f": {value}점" if value is not None else ""),
        en=TEXT[code][1] + (f": {value} points" if value is not None else ""),
        facts={"points": value, **facts}, missing=tuple(missing),
    )  # fmt: skip


TEXT = {
    "points.homeless": ("무주택기간", "Time without a home"),
    "points.dependants": ("부양가족수", "Dependants"),
    "points.account": ("입주자저축 가입기간", "Age of the subscription account"),
}
