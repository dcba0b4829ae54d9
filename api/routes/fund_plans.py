"""How the buyer's fund plan (자금조달·입주계획서) reaches the office: with the report, or filed apart by the buyer."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import TransferParty
from api.idempotency import OnceKey, intake
from api.inputs import Strict
from api.routes.transfers import TransferState, in_state
from api.services import Door
from domain.errors import WrongState
from domain.papers import FundPlanDuty
from domain.words import Outcome, PartyRole
from store import contracts, transfers
from store.transfers import FUND_PLAN, FUND_PLAN_WAY

router = APIRouter(prefix="/api/v1", tags=["transfers"])


class ChooseFundPlan(Strict):
    """``with_report``: handed to whoever reports, who files it with the report. ``apart``: the buyer files it alone."""

    way: Literal["with_report", "apart"]


@router.post("/transfers/{transfer_id}/fund-plan", response_model=TransferState, name="choose-fund-plan")
async def choose(body: ChooseFundPlan, seat: TransferParty, key: OnceKey, services: Door) -> Any:
    """The buyer's choice (신고법 시행규칙 제2조⑥⑨⑩), until the report is prepared: it says which."""
    seat.needs(PartyRole.BUYER)
    done = await intake(services, key, body, lambda session: keep_way(session, seat.transfer.id, body))
    return done.response()


async def keep_way(session: AsyncSession, transfer_id: UUID, body: ChooseFundPlan) -> TransferState:
    row = await in_state(session, transfer_id, ("open",))
    duty = FundPlanDuty.model_validate(row.record[FUND_PLAN]) if FUND_PLAN in row.record else None
    if duty is None or duty.plan.outcome is Outcome.NO:
        raise WrongState(
            "no_fund_plan", ko="자금조달계획서를 내지 않는 거래입니다.", en="No fund plan is owed for this deal."
        )
    if await contracts.approvals(session, row.id, "report"):
        raise WrongState(
            "report_prepared",
            ko=f"거래신고서가 이미 준비되었습니다. 자금조달계획서는 {duty.file_by}까지 따로 내 주십시오.",
            en=f"The report is prepared already: file the fund plan apart by {duty.file_by}.",
        )  # fmt: skip
    await transfers.note(session, row.id, FUND_PLAN_WAY, body.way)
    return TransferState(id=str(row.id), state=row.state)
