"""Who gets what of the money that is held when a contract is dissolved."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from activities.kinds import word
from activities.settlement import TO_BUYER, TO_SELLER, settle
from domain.filings import Deposit
from domain.time import now

AMOUNTS = st.lists(st.integers(min_value=1, max_value=10**12), max_size=6)
BEGAN = now()


def held(amounts: list[int]) -> list[Deposit]:
    return [
        Deposit(number=f"D-{n}", account="1", amount=amount, at=BEGAN + timedelta(days=n), memo="M")
        for n, amount in enumerate(amounts)
    ]


@given(AMOUNTS, st.integers(min_value=0, max_value=10**13))
def test_everything_held_is_paid_out_and_no_deposit_is_overdrawn(amounts: list[int], forfeited: int) -> None:
    payouts = settle(held(amounts), forfeited, holder_is_seller=False)
    for number, amount in enumerate(amounts):
        assert sum(one.amount for one in payouts if one.deposit_no == f"D-{number}") == amount
    to_seller = sum(one.amount for one in payouts if one.direction == TO_SELLER)
    assert to_seller == min(forfeited, sum(amounts))
    assert all(one.amount > 0 for one in payouts)


@given(AMOUNTS, st.integers(min_value=0, max_value=10**13))
def test_what_a_supplier_keeps_stays_on_its_account(amounts: list[int], forfeited: int) -> None:
    payouts = settle(held(amounts), forfeited, holder_is_seller=True)
    assert {one.direction for one in payouts} <= {TO_BUYER}
    assert sum(one.amount for one in payouts) == max(0, sum(amounts) - forfeited)


def test_the_oldest_deposit_pays_what_is_forfeited() -> None:
    payouts = settle(held([100, 50])[::-1], 120, holder_is_seller=False)
    assert [(one.deposit_no, one.amount, one.direction) for one in payouts] == [
        ("D-0", 100, TO_SELLER), ("D-1", 20, TO_SELLER), ("D-1", 30, TO_BUYER),
    ]  # fmt: skip


def test_a_body_keeps_its_word_however_often_it_is_made() -> None:
    names = ("tax", "tax:2", "change_report:2026-000001:0:2", "undo:release:1:2", "undo:cancellation", "application:3")
    assert [word(name) for name in names] == [
        "tax", "tax", "change_report", "undo:release", "undo:cancellation", "application",
    ]  # fmt: skip
