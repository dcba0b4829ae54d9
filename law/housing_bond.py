"""First-class housing bond (제1종국민주택채권) bought when the transfer of a home is registered.

주택도시기금법 제8조①2, 시행령 제8조② and its annex (부표 15호; known from a transcription): one rate for the whole
standard value (시가표준액, never the price), rounded to the unit. Checked 2026-11-23.
"""

from __future__ import annotations

from datetime import date

from domain.decisions import Decision
from domain.words import Won
from law.reasons import Judgement
from law.rulebook import Rulebook

PER_MILLE = 1_000


def housing_bond(standard_value: Won, region: str, filed_on: date, rulebook: Rulebook) -> Decision:
    """``value``: per_mille and amount (won). Co-buyers: each with the share of the standard value."""
    judgement = Judgement("housing_bond", filed_on, rulebook)
    row = rulebook.row("housing_bond", filed_on)
    area = "metro" if region[:2] in row.value["metro"] else "other"
    rate = max((band[area] for band in row.value["bands"] if standard_value >= band["from"]), default=0)
    amount = _rounded(standard_value * rate, row.value["unit"], row.value["half"]) if rate else 0
    judgement.test(
        "bond.amount", row, True, ko=f"시가표준액 {standard_value:,}원 × {rate}‰ → {amount:,}원",
        en=f"{standard_value:,} won × {rate} ‰ → {amount:,} won",
        facts={"standard_value": standard_value, "region": region},
    )  # fmt: skip
    return judgement.decision({"per_mille": rate, "amount": amount})


def _rounded(thousandths: int, unit: Won, half: Won) -> Won:
    units, rest = divmod(thousandths, unit * PER_MILLE)
    return max(1, units + int(rest >= half * PER_MILLE)) * unit
