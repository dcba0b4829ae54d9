"""The nearest single change that would turn a no into a yes, proved by running the rule again.

For an open notice the answer is fixed on its notice date, so a date speaks of later notices. Only own acts of the
person (waiting, paying in) are worded as advice; household and address are named as facts, never advised: moving
or marrying for a home is disturbance of the order of supply (주택법 제65조).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.decisions import Decision, Flip
from domain.words import Outcome
from law.account import required_deposit
from law.calendar import add_months
from law.household import wins_of
from law.wish import Wish

Rule = Callable[[Wish], Decision]


@dataclass(frozen=True, slots=True)
class Change:
    """A candidate: the flip it would be, and the wish after it."""

    flip: Flip
    wish: Wish


def first_rank_flip(rule: Rule, decision: Decision, wish: Wish) -> Flip | None:
    """The first candidate for which ``rule`` now says yes; None where no single change does."""
    for change in _changes(decision, wish):
        if rule(change.wish).outcome is Outcome.YES:
            return change.flip
    return None


def _changes(decision: Decision, wish: Wish) -> Iterator[Change]:
    failing = {reason.code for reason in decision.reasons if reason.outcome is Outcome.NO}
    asked = wish.rulebook.value("first_rank", wish.day, decision.value["area"])
    day = _later_date(failing, wish, asked["months"])
    if day is not None and day > wish.day:
        yield _later_notice(wish, day)
    if "account.payments" in failing:
        yield _account(wish, "payments_recognised", asked["payments"])
    needed = required_deposit(wish)
    if "account.deposit" in failing and needed is not None:
        yield _account(wish, "deposit", needed)
    if "household.head" in failing:
        yield _head(wish)


def _later_date(failing: set[str], wish: Wish, months: int) -> date | None:
    """The first notice date on which all tests of time would pass."""
    days, account = [], wish.applicant.subscription_account
    if "account.age" in failing and account is not None:
        days.append(add_months(account.opened_on, months))
    if "household.win_free" in failing:
        won = wins_of(wish.applicant)[0]
        days.append(wish.rulebook.period("win_free_period", wish.day).ends_on(won) + timedelta(days=1))
    return max(days, default=None)


def _later_notice(wish: Wish, day: date) -> Change:
    iso = day.isoformat()
    ko, en = f"{iso} 이후의 공고부터 충족합니다.", f"Met for notices from {iso}."
    flip = Flip(fact="notice_date", value=iso, ko=ko, en=en)
    return Change(flip, replace(wish, notice=wish.notice.model_copy(update={"notice_date": day})))


def _account(wish: Wish, name: str, value: int) -> Change:
    account = wish.applicant.subscription_account
    changed = account.model_copy(update={name: value}) if account else None
    ko, en = ACCOUNT[name]
    flip = Flip(
        fact=f"subscription_account.{name}", value=value,
        ko=f"{ko} {value:,} 이상이 되면 그 뒤의 공고에서 충족합니다.",
        en=f"Met for later notices once {en} reach {value:,}.",
    )  # fmt: skip
    return Change(flip, replace(wish, applicant=wish.applicant.model_copy(update={"subscription_account": changed})))


def _head(wish: Wish) -> Change:
    household = wish.applicant.household
    changed = household.model_copy(update={"head": True}) if household else None
    flip = Flip(
        fact="household.head", value=True,
        ko="세대주가 아니어서 충족하지 못합니다.", en="Not met because not head of the household.",
    )  # fmt: skip
    return Change(flip, replace(wish, applicant=wish.applicant.model_copy(update={"household": changed})))


ACCOUNT = {
    "payments_recognised": ("납입 인정 회차가", "the recognised payments"),
    "deposit": ("예치금(원)이", "the deposits (won)"),
}
