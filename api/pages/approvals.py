"""A body that waits for the reader's signature: read it here, sign it at the own signing service."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from activities.kinds import word
from api.access import OwnApproval
from api.deadlines import DeadlineOut
from api.pages import papers
from api.pages.forms import Form, Refused, carry_out
from api.pages.view import Reader, View, sent_to_sign, version_of
from api.routes import approvals, lease_reports, transfers
from store import leases
from store.tables.contracts import ApprovalRow
from store.tables.transfers import TransferRow

router = APIRouter(include_in_schema=False)


@router.get("/approvals/{approval_id}")
async def show(view: Reader, row: OwnApproval) -> Response:
    return await _approval(view, row)


async def _approval(view: View, row: ApprovalRow, refused: Refused | None = None) -> Response:
    return view.page(
        "approval.html", status=refused.status if refused else 200, refused=refused, **await _facts(view, row)
    )


async def _facts(view: View, row: ApprovalRow) -> dict[str, Any]:
    found = await approvals.show(row, view.services)
    due = await _due(view, row)
    exact = json.dumps(found.body, ensure_ascii=False, indent=2, sort_keys=True)
    return {
        "approval": found, "due": due, "sent": sent_to_sign(view), "lines": papers.lines(found.body, view.lang),
        "exact": papers.shortened(exact), "version": version_of(found.state),
    }  # fmt: skip


async def _due(view: View, row: ApprovalRow) -> DeadlineOut | None:
    """Of a report that is not filed yet: by when the law wants it."""
    book, kind = view.services.rulebook, word(row.kind)
    async with view.services.db.transaction() as session:
        transfer = await session.get(TransferRow, row.subject_id) if kind == "report" else None
        lease = await leases.find(session, row.subject_id) if kind == lease_reports.KIND else None
    if lease is not None:
        return lease_reports.due_of(book, lease)
    return transfers.report_due(transfer, book) if transfer is not None else None


@router.get("/approvals/{approval_id}/live")
async def live(view: Reader, row: OwnApproval, v: Annotated[str, Query(max_length=80)] = "") -> Response:
    """Again only if it has changed."""
    found = await _facts(view, row)
    return Response(status_code=204) if v == found["version"] else view.page("approval_live.html", **found)


@router.post("/approvals/{approval_id}/approve")
async def approve(view: Reader, row: OwnApproval, form: Form) -> Response:
    async def work() -> Response:
        await approvals.approve(row, form.key, view.services)
        return view.back(f"/approvals/{row.id}", "sign_next")

    return await carry_out(view, form, work, lambda refused: _approval(view, row, refused))
