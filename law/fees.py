"""Fee for filing a transfer at the registry, by channel (등기신청수수료).

등기사항증명서 등 수수료규칙 제5조의2: per property and per application. Checked 2026-11-23 second-hand; the fee of
electronic filing since 2025-08-01 is not confirmed, so there the answer is *cannot tell* and the registry's own
bill decides.
"""

from __future__ import annotations

from datetime import date

from domain.decisions import Decision
from domain.words import Won
from law.reasons import Judgement
from law.rulebook import Rulebook


def registration_fee(channel: str, filed_on: date, rulebook: Rulebook, *, properties: int = 1) -> Decision:
    """``channel``: paper | eform | electronic (UnknownThing otherwise). ``value``: won, None where not confirmed."""
    judgement = Judgement("registration_fee", filed_on, rulebook)
    each: Won | None = rulebook.value("registration_fee", filed_on, channel)
    fee = None if each is None else each * properties
    judgement.test(
        "fee.transfer", rulebook.row("registration_fee", filed_on), None if fee is None else True,
        ko="소유권이전 등기신청수수료" + ("" if fee is None else f" {fee:,}원"),
        en="Fee for filing a transfer" + ("" if fee is None else f": {fee:,} won"),
        facts={"channel": channel, "properties": properties}, missing=("registration_fee",),
    )  # fmt: skip
    return judgement.decision(fee)
