"""Names of bodies: what they are, and after colons what they are about and how often they had to be made again."""

from __future__ import annotations


def word(kind: str) -> str:
    """``tax:2`` → ``tax``; ``change_report:2026-7:0`` → ``change_report``; ``undo:release:1`` → ``undo:release``."""
    head, _, rest = kind.partition(":")
    return f"{head}:{rest.partition(':')[0]}" if head == "undo" else head


TITLES = {
    "report": "부동산거래신고서", "change_report": "부동산거래계약 변경신고서", "tax": "취득세 신고서",
    "bond": "국민주택채권 매입신청서", "mandate": "등기신청 위임장", "application": "소유권이전등기 신청서",
    "undo:withdrawal": "등기신청 취하서", "undo:cancellation": "부동산거래계약 해제등 신고서",
    "undo:refund": "취득세 환급 신청서", "undo:release": "예치금 지급 동의서",
    "lease_report": "주택 임대차 계약 신고서",
}  # fmt: skip
