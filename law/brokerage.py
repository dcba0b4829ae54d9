"""Ceiling of the brokerage fee (중개보수 한도), for each side; never a fee: that is agreed below it.

공인중개사법 제32조④, 시행규칙 제20조①⑤와 별표 1. Checked 2026-11-23 (the annex from a transcription). The ordinance
of the office's province may set less. VAT comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from domain.decisions import Decision
from domain.words import Won
from law.parameters import Row
from law.reasons import Judgement
from law.rulebook import Rulebook

PER_MILLE = 1_000


def brokerage_ceiling(price: Won, contract_date: date, rulebook: Rulebook) -> Decision:
    """``value``: highest fee of one side of a sale, won."""
    return _ceiling("brokerage_sale", price, rulebook.row("brokerage_sale", contract_date), contract_date, rulebook)


def lease_ceiling(deposit: Won, monthly: Won, contract_date: date, rulebook: Rulebook) -> Decision:
    """``value``: highest fee of one side of a lease, won. Base: deposit and a multiple of the monthly rent."""
    row = rulebook.row("brokerage_lease", contract_date)
    base = deposit + monthly * row.value["monthly_times"]
    if base < row.value["small_below"]:
        base = deposit + monthly * row.value["small_times"]
    return _ceiling("brokerage_lease", base, row, contract_date, rulebook)


def _ceiling(rule: str, amount: Won, row: Row, as_of: date, rulebook: Rulebook) -> Decision:
    judgement = Judgement(rule, as_of, rulebook)
    band = _band(amount, row.value["bands"])
    per_mille, cap = band["per_mille"] or 0, band["cap"]
    fee = amount * per_mille // PER_MILLE
    highest: Won = fee if cap is None else min(fee, cap)
    judgement.test(
        "brokerage.ceiling", row, True, ko=f"거래금액 {amount:,}원의 한도 {highest:,}원",
        en=f"At most {highest:,} won on {amount:,} won", facts={"amount": amount, "per_mille": per_mille, "cap": cap},
    )  # fmt: skip
    return judgement.decision(highest)


def _band(amount: Won, bands: Iterable[Mapping[str, int | None]]) -> Mapping[str, int | None]:
    """The band whose upper bound lies above ``amount`` ("미만"); the last band has none."""
    return next(band for band in bands if (below := band["below"]) is None or amount < below)
