"""부동산거래관리시스템: which services there are. It knows no keys: before sending again, look the reference up."""

from __future__ import annotations

from typing import Final

REPORTS: Final = "reports"
PURPOSE: Final = "report"


def change(number: str) -> str:
    """Service of a change report (변경신고) of one certificate."""
    return f"{REPORTS}/{number}/change"


def cancellation(number: str) -> str:
    """Service of a report that the contract is dissolved (해제등 신고)."""
    return f"{REPORTS}/{number}/cancellation"
