"""Who gets what of the money that is held when a contract is dissolved (민법 제548조). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.filings import Deposit
from domain.model import Model
from domain.words import Won

TO_BUYER, TO_SELLER = "refund", "release"


class Payout(Model):
    """One order to the holder of one deposit. ``direction``: refund (to the buyer) | release (to the seller)."""

    deposit_no: str
    amount: Won
    direction: str


def settle(held: Sequence[Deposit], forfeited: Won, *, holder_is_seller: bool) -> tuple[Payout, ...]:
    """What the parties agreed to forfeit goes to the seller, everything else back to the buyer.

    The oldest deposit pays first. Where the seller's own account holds the money, what is forfeited just stays there.
    """
    payouts = list(_split(sorted(held, key=lambda one: one.at), forfeited))
    return tuple(one for one in payouts if not (holder_is_seller and one.direction == TO_SELLER))


def _split(held: Sequence[Deposit], forfeited: Won) -> Iterator[Payout]:
    for deposit in held:
        kept = min(deposit.amount, forfeited)
        forfeited -= kept
        if kept:
            yield Payout(deposit_no=deposit.number, amount=kept, direction=TO_SELLER)
        if deposit.amount - kept:
            yield Payout(deposit_no=deposit.number, amount=deposit.amount - kept, direction=TO_BUYER)
