"""Stamp duty (인지세) on a deed that transfers real estate.

인지세법 제3조①1, 제6조 5호, 제1조②: by the sum written in the deed; a home up to the exempt sum owes none; all who
make the deed are jointly liable. Checked 2026-11-23.
"""

from __future__ import annotations

from datetime import date

from domain.decisions import Decision
from domain.words import Won
from law.reasons import Judgement
from law.rulebook import Rulebook


def stamp_duty(written_sum: Won, signed_on: date, rulebook: Rulebook, *, home: bool = True) -> Decision:
    """``value``: the duty for one original of the deed, won."""
    judgement = Judgement("stamp_duty", signed_on, rulebook)
    row = rulebook.row("stamp_duty", signed_on)
    exempt = home and written_sum <= row.value["home_exempt_up_to"]
    bands = (band["won"] for band in row.value["bands"] if band["up_to"] is None or written_sum <= band["up_to"])
    duty: Won = 0 if exempt else next(bands)
    judgement.test(
        "stamp.duty", row, True, ko=f"기재금액 {written_sum:,}원의 인지세 {duty:,}원",
        en=f"Stamp duty of {duty:,} won on {written_sum:,} won", facts={"written_sum": written_sum, "home": home},
    )  # fmt: skip
    return judgement.decision(duty)
