"""Bodies that wait for a person's signature: reports, returns, mandates, applications."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from api import acts
from api.access import OwnApproval
from api.idempotency import OnceKey
from api.inputs import Empty
from api.services import Door
from domain.messages import ActAnswer, ApproveAct

router = APIRouter(prefix="/api/v1", tags=["approvals"])


class ApprovalOut(BaseModel):
    """``body`` is exactly what is signed. ``signing_url``: where to approve once the signing service was asked."""

    id: str
    case_id: str
    kind: str
    role: str
    title: str
    sum_won: int
    state: str
    body: Any
    body_sha256: str
    signing_url: str | None


@router.get("/approvals/{approval_id}", name="show")
async def show(row: OwnApproval, services: Door) -> ApprovalOut:
    return ApprovalOut(
        id=str(row.id), case_id=str(row.case_id), kind=row.kind, role=row.role, title=row.title, sum_won=row.sum_won,
        state=row.state, body=json.loads(row.body), body_sha256=row.body_sha256,
        signing_url=services.signing_people_url if row.state == "asked" else None,
    )  # fmt: skip


@router.post("/approvals/{approval_id}/approve", name="approve")
async def approve(row: OwnApproval, key: OnceKey, services: Door, body: Empty | None = None) -> ActAnswer:
    """I am ready to sign this: my signing service is asked next, and I approve there."""
    return await acts.act(
        services, key, body or Empty(), workflow_id=row.workflow_id, update="approve",
        message=ApproveAct(person_id=row.person_id, kind=row.kind),
    )  # fmt: skip
