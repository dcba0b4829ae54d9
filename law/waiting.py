"""The wait-list of a notice that is drawn here: when its first round may open, how long it lives, who has lost a place.

주택공급에 관한 규칙 제26조④⑤⑥⑨, 제26조의2④⑥, 제59조②. Checked 2026-11-23.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.decisions import Reason
from domain.notices import Notice
from domain.time import seoul_date, seoul_midnight
from domain.words import Outcome
from law.notices import contract_window
from law.rulebook import Rulebook
from law.rules import Case
from law.subscription.wait_places import keeps_waiting_place

# Ours: the law says that people declare that they take part, not how long they may think about it.
LEAST_TO_JOIN, USUAL_TO_JOIN = timedelta(days=3), timedelta(days=7)


def contract_ends(notice: Notice, announced_at: datetime, rulebook: Rulebook) -> datetime:
    """End of the time for contracts with the winners: the law's shortest, or the notice's own where that is later."""
    _, closes = contract_window(announced_at, notice.notice_date, rulebook)
    if notice.contract_until is None or rulebook.time_shortened:
        return closes
    return max(closes, seoul_midnight(notice.contract_until + timedelta(days=1)))


def wait_list_ends(notice: Notice, first_contract_on: date, rulebook: Rulebook) -> datetime:
    """The instant at which the places end and their data is destroyed: on the day after the public list (제26조⑨)."""
    return rulebook.period("waitlist_ends", notice.notice_date).deadline(seoul_midnight(first_contract_on))


def earliest_end(notice: Notice, announced_at: datetime, rulebook: Rulebook) -> datetime:
    """Before this instant no wait-list ends: as if a contract had been made on the first day on which it could be."""
    opens, _ = contract_window(announced_at, notice.notice_date, rulebook)
    return wait_list_ends(notice, seoul_date(opens), rulebook)


def least_to_join(rulebook: Rulebook) -> timedelta:
    """The shortest time to join that we let a supplier set; where time is shortened, any."""
    return timedelta() if rulebook.time_shortened else LEAST_TO_JOIN


def place_lost(notice: Notice, waiting_since: date, elsewhere_on: date, rulebook: Rulebook) -> Reason | None:
    """Why a person who was selected for another home gets none from this list and has no part in its lot (제26조⑥)."""
    facts = {
        "approval_applied_on": notice.approval_applied_on, "housing_kind": notice.housing_kind,
        # The list still lives: that is not what is asked here.
        "first_contract_on": elsewhere_on, "asked_on": elsewhere_on,
        "waiting_since": waiting_since, "selected_elsewhere_on": elsewhere_on,
    }  # fmt: skip
    found = Case(as_of=notice.notice_date, book=rulebook, facts=facts).judge(keeps_waiting_place)
    return next((one for one in found.reasons if one.outcome is Outcome.NO), None)
