"""How much of the price a notice may ask for before the home is there (주택공급에 관한 규칙 제60조②)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain.errors import LawForbids
from domain.notices import Notice, Payment
from law.rulebook import Rulebook

PERCENT = 100  # ten-thousandths in one percent


class Limits(NamedTuple):
    """Percent of the price. A deposit up to ``small_deposit`` leaves room for ``instalments_after_small_deposit``."""

    deposit: int
    instalments: int
    small_deposit: int
    instalments_after_small_deposit: int
    article: str

    def of_instalments(self, deposit_bp: int) -> int:
        small = deposit_bp <= self.small_deposit * PERCENT
        return self.instalments_after_small_deposit if small else self.instalments


def limits(as_of: date, rulebook: Rulebook) -> Limits:
    row = rulebook.row("supply_payment_limits", as_of)
    return Limits(
        deposit=row.value["deposit"], instalments=row.value["instalments"], small_deposit=row.value["small_deposit"],
        instalments_after_small_deposit=row.value["instalments_after_small_deposit"], article=row.cite,
    )  # fmt: skip


def refuse_above_limits(notice: Notice, rulebook: Rulebook) -> None:
    """LawForbids where deposit or instalments take more of the price than the law lets a supplier take."""
    allowed = limits(notice.notice_date, rulebook)
    deposit, instalments = _share(notice.payments, "deposit"), _share(notice.payments, "instalment")
    if deposit > allowed.deposit * PERCENT:
        raise LawForbids(
            "notice.deposit_share", field="payments.0.share_bp", article=allowed.article,
            ko=f"계약금은 주택가격의 {allowed.deposit}%까지 받을 수 있습니다. 비율을 낮춰 주십시오.",
            en=f"The deposit may be at most {allowed.deposit} % of the price. Lower its share.",
        )  # fmt: skip
    most = allowed.of_instalments(deposit)
    if instalments > most * PERCENT:
        raise LawForbids(
            "notice.instalment_share", field="payments.1.share_bp", article=allowed.article,
            ko=f"이 계약금에서 중도금은 모두 합쳐 주택가격의 {most}%까지 받을 수 있습니다. 비율을 낮춰 주십시오.",
            en=f"With this deposit all instalments together may be at most {most} % of the price. Lower their shares.",
        )  # fmt: skip


def _share(parts: Sequence[Payment], kind: str) -> int:
    return sum(part.share_bp for part in parts if part.kind == kind)
