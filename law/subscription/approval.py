"""The value in force for a notice where the transitional clause looks at the application for approval.

주택공급에 관한 규칙, 부칙 of most amendments up to 2023-11-10: the new text holds for a recruitment whose approval
(제20조) was applied for from the effective day on; suppliers that need no approval (제18조: State, 지방자치단체, LH,
지방공사) go by the day of the notice. Checked 2026-11-23. The open interfaces do not tell the day of application:
where both days give one value nothing is asked.

Publicly built homes (국민주택) are taken as supplied under 제18조; where a private developer builds one with public
funds, or a public one builds a 민영주택, state ``approval_applied_on`` (for 제18조 the notice date).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TypeVar

from domain.words import HousingKind
from law.parameters import Row
from law.rules import Case, Lacking
from law.vocabulary import approval_applied_on, housing_kind

T = TypeVar("T")


def approval_row(case: Case, family: str) -> Row:
    """``family`` as of the application for approval. Lacking (``approval_applied_on``) where only that day decides.

    The rule must list ``approval_applied_on`` and ``housing_kind`` among its asks.
    """
    applied = _applied(case)
    if applied is not None:
        # Older than the rulebook: the data cannot say.
        if case.book.find(family, applied) is None:
            raise Lacking(f"law:{family}", ko=f"{applied} 기준의 법령 자료가 없습니다.", en=f"No law for {applied}")
        return case.row(family, on=applied)
    now = case.row(family)
    then = case.book.find(family, _earliest(case))
    if then is None or then.value == now.value:
        return now
    return _by_notice(case, now)


def reached_by(case: Case, change: date) -> bool:
    """Does a change in force for approvals applied for from ``change`` on reach this notice? Asks as above."""
    if case.as_of < change:
        return False
    applied = _applied(case)
    if applied is not None:
        return applied >= change
    return _earliest(case) >= change or _by_notice(case, True)


def _applied(case: Case) -> date | None:
    applied = case[approval_applied_on]
    if applied is not None and applied > case.as_of:
        raise Lacking(
            approval_applied_on.name, ko="승인신청일이 공고일보다 늦습니다.", en="Approval applied for after the notice"
        )
    return applied


def _earliest(case: Case) -> date:
    """The first day on which approval of a notice of ``as_of`` can have been applied for."""
    lead: int = case.row("approval_lead").value
    return case.as_of - timedelta(days=lead)


def _by_notice(case: Case, found: T) -> T:
    """``found`` on the notice date, for suppliers that need no approval; for others the day of application decides."""
    if case.knows(housing_kind) and case[housing_kind] is HousingKind.PUBLIC:
        return found
    raise Lacking(
        approval_applied_on.name,
        ko="개정 직후의 공고라 입주자모집 승인신청일에 따라 적용 규정이 다릅니다.",
        en="The law changed just before this notice: the day of the application for approval decides.",
    )
