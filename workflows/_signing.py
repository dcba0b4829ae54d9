"""Signatures of people, the same for a field of a contract and for a body that is carried to an agency.

The digest goes to the person's signing service; the person approves there, not here; the signature comes back.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.documents import Documents
    from activities.duties import Duties
    from activities.signatures import Signatures
    from domain.messages import ActAnswer, ApproveAct
    from domain.work import ApprovalsWanted, ApprovalView, Asked, Turn
    from workflows._options import AGENCY, DOCUMENT, JUDGE, OUTSIDE

LAPSED = "signing_expired"  # the service's request ran out before its person came


async def sign_field(turn: Turn) -> None:
    """One party's signature in the contract. Fails with type ``declined`` when the person declines."""
    while True:
        asked = await workflow.execute_activity_method(Documents.prepare_field, turn, **DOCUMENT)
        if await _obtain(asked):
            return


async def sign_approval(approval: ApprovalView) -> None:
    """One person's signature on a body. Fails with type ``declined`` when the person declines."""
    while True:
        asked = await workflow.execute_activity_method(Documents.prepare_approval, approval, **DOCUMENT)
        if await _obtain(asked):
            return


async def _obtain(asked: Asked) -> bool:
    waiting = await workflow.execute_activity_method(Signatures.ask, asked, **AGENCY)
    try:
        signed = await workflow.execute_activity_method(Signatures.await_signature, waiting, **OUTSIDE)
    except ActivityError as error:
        if isinstance(error.cause, ApplicationError) and error.cause.type == LAPSED:
            return False
        raise
    await workflow.execute_activity_method(Documents.finish, signed, **DOCUMENT)
    return True


class Approving:
    """Workflows that need people's signatures on bodies: open them, wait until each person is ready, sign."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, UUID], ApprovalView] = {}
        self._ready: set[tuple[str, UUID]] = set()

    @workflow.update
    async def approve(self, act: ApproveAct) -> ActAnswer:
        """A person is ready to sign what waits for them."""
        self._ready.add((act.kind, act.person_id))
        return ActAnswer(
            state="asked",
            ko="전자서명 서비스에서 내용을 확인하고 승인해 주십시오.",
            en="Please look at it at your signing service and approve it there.",
        )

    @approve.validator
    def _may_approve(self, act: ApproveAct) -> None:
        if (act.kind, act.person_id) not in self._open:
            raise ApplicationError("Nothing waits for this person's signature now.", type="wrong_state")

    async def collect(self, subject_id: UUID, kind: str) -> None:
        """Everybody whom the law names signs the body of ``kind``, in any order."""
        wanted = ApprovalsWanted(subject_id=subject_id, kind=kind, workflow_id=workflow.info().workflow_id)
        approvals = await workflow.execute_activity_method(Duties.open_approvals, wanted, **JUDGE)
        for item in approvals.items:
            self._open[kind, item.person_id] = item
        # Tasks, not a loop: the order in which people come is theirs.
        await asyncio.gather(*(self._one(item) for item in approvals.items))

    async def _one(self, item: ApprovalView) -> None:
        key = (item.kind, item.person_id)
        await workflow.wait_condition(lambda: key in self._ready)
        await sign_approval(item)
        self._open.pop(key, None)
