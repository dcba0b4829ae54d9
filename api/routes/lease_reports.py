"""The report of a sealed lease (주택 임대차 신고): whether the law asks for it, until when, and what came of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from sqlmodel.ext.asyncio.session import AsyncSession

from activities.kinds import word
from api.access import ContractParty, Party
from api.deadlines import DeadlineOut, deadline
from api.services import Door, Services
from domain.decisions import Decision
from domain.errors import UnknownThing
from domain.words import ContractKind
from law.rulebook import Rulebook
from store import contracts, leases
from store.tables.contracts import ApprovalRow
from store.tables.leases import LeaseReportRow

router = APIRouter(prefix="/api/v1", tags=["leases"])
KIND, DUE = "lease_report", "lease_report_deadline"


class LeaseReportOut(BaseModel):
    """``state``: preparing | open (one party is to approve it) | exempt | filed | certified.

    ``decision``: yes, no or cannot_tell, each with its reasons.
    ``my_approval``: the report that waits for my signature, with its state. ``fixed_date_no``: of the 확정일자.
    """

    contract_id: str
    state: str
    decision: Decision | None = None
    due: DeadlineOut | None = None
    reminders: int = 0
    my_approval: str | None = None
    my_approval_state: str | None = None
    number: str | None = None
    filed_at: str | None = None
    late: bool = False
    certificate_no: str | None = None
    fixed_date_no: str | None = None
    fixed_on: str | None = None


@router.get("/contracts/{contract_id}/lease-report", name="report")
async def show(party: ContractParty, services: Door) -> LeaseReportOut:
    async with services.db.transaction() as session:
        found = await of_lease(session, party, services)
    if found is None:
        raise UnknownThing(
            "no_lease_report", ko="체결된 임대차계약이 아니어서 임대차 신고가 없습니다.",
            en="This is no lease that has been made: there is nothing to report.",
        )  # fmt: skip
    return found


async def of_lease(session: AsyncSession, party: Party, services: Services) -> LeaseReportOut | None:
    """None of what is no sealed lease."""
    contract = party.contract
    if contract is None or contract.kind != ContractKind.LEASE or contract.state != "sealed":
        return None
    row = await leases.find(session, contract.id)
    if row is None:
        return LeaseReportOut(contract_id=str(contract.id), state="preparing")
    mine = [
        one for one in await contracts.all_approvals(session, contract.id)
        if one.person_id == party.person.id and word(one.kind) == KIND
    ]  # fmt: skip
    return _out(services.rulebook, row, max(mine, key=lambda one: one.at) if mine else None)


def due_of(book: Rulebook, row: LeaseReportRow) -> DeadlineOut | None:
    """None once it is filed, or where no last day could be told."""
    if row.state != "open" or row.due_on is None:
        return None
    return deadline(book, DUE, Decision.model_validate(row.decision).as_of, row.due_on)


def _out(book: Rulebook, row: LeaseReportRow, mine: ApprovalRow | None) -> LeaseReportOut:
    answer: dict[str, Any] = row.answer or {}
    return LeaseReportOut(
        contract_id=str(row.contract_id), state=row.state, decision=Decision.model_validate(row.decision),
        due=due_of(book, row), reminders=row.reminders,
        my_approval=str(mine.id) if mine else None, my_approval_state=mine.state if mine else None,
        number=row.number, filed_at=row.filed_at.isoformat() if row.filed_at else None,
        late=bool(answer.get("late")), certificate_no=row.certificate_no, fixed_date_no=row.fixed_date_no,
        fixed_on=row.fixed_on.isoformat() if row.fixed_on else None,
    )  # fmt: skip
