"""Signatures of people, the same for a field of a contract and for a body that is carried to an agency.

The digest goes to the person's signing service; the person approves there, not here; the signature comes back.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Literal
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.documents import Documents
    from activities.duties import Duties
    from activities.signatures import Signatures
    from domain.messages import ActAnswer, ApproveAct
    from domain.work import ApprovalAsk, ApprovalsWanted, ApprovalView, Asked, TransferView, Turn, Unsigned
    from workflows._mending import Mending
    from workflows._options import AGENCY, DOCUMENT, JUDGE, OUTSIDE, RECORD
    from workflows._stopping import all_of, uninterrupted

OPENS_WITHIN = timedelta(seconds=60)
Outcome = Literal["signed", "declined", "signing_expired", "given_up"]


async def sign_field(turn: Turn) -> Outcome:
    """One party's signature in the contract, or why the request at the signing service ended without."""
    asked = await workflow.execute_activity_method(Documents.prepare_field, turn, **DOCUMENT)
    return await _obtain(asked)


async def give_up(turn: Turn) -> Outcome:
    """The revision is not signed any more, unless its signature has come meanwhile: that one stands."""
    signed = await workflow.execute_activity_method(Signatures.take_back, turn, **AGENCY)
    if not signed.signature:
        return "given_up"
    await workflow.execute_activity_method(Documents.finish, signed, **DOCUMENT)
    return "signed"


async def sign_approval(approval: ApprovalView) -> Outcome:
    """One person's signature on a body, or why the request ended without."""
    asked = await workflow.execute_activity_method(Documents.prepare_approval, approval, **DOCUMENT)
    return await _obtain(asked)


async def _obtain(asked: Asked) -> Outcome:
    # A request that was sent is known by its number before anything else happens: only then it can be cancelled.
    waiting = await uninterrupted(workflow.execute_activity_method(Signatures.ask, asked, **AGENCY))
    try:
        signed = await workflow.execute_activity_method(Signatures.await_signature, waiting, **OUTSIDE)
    except ActivityError as error:
        match error.cause:
            case ApplicationError(type="declined"):
                return "declined"
            case ApplicationError(type="signing_expired"):
                return "signing_expired"
        raise
    await workflow.execute_activity_method(Documents.finish, signed, **DOCUMENT)
    return "signed"


class Asking:
    """Workflows in which people say that they are ready to sign a body that waits for them."""

    def __init__(self, subject_id: UUID) -> None:
        super().__init__()
        self._subject_id = subject_id
        self._open: dict[tuple[str, UUID], ApprovalView] = {}
        self._ready: set[tuple[str, UUID]] = set()

    @workflow.update
    async def approve(self, act: ApproveAct) -> ActAnswer:
        """A person is ready to sign what waits for them."""
        key = (act.kind, act.person_id)
        if key not in self._open:
            # The record is a moment ahead of us: what it shows as waiting is opened here next.
            ask = ApprovalAsk(subject_id=self._subject_id, kind=act.kind, person_id=act.person_id)
            waits = await workflow.execute_activity_method(Duties.waits_for, ask, **RECORD)
            if not waits.yes:
                raise ApplicationError("Nothing waits for this person's signature now.", type="wrong_state")
            await self._opened(key)
        self._ready.add(key)
        return ActAnswer(
            state="asked",
            ko="전자서명 서비스에서 내용을 확인하고 승인해 주십시오.",
            en="Please look at it at your signing service and approve it there.",
        )

    async def _opened(self, key: tuple[str, UUID]) -> None:
        try:
            await workflow.wait_condition(lambda: key in self._open, timeout=OPENS_WITHIN)
        except TimeoutError:  # the procedure was stopped meanwhile
            raise ApplicationError("This is not signed any more.", type="wrong_state") from None

    def forget_open(self) -> None:
        """Nobody signs what was open any more."""
        self._open.clear()
        self._ready.clear()


class Approving(Asking, Mending):
    """Workflows that need people's signatures on bodies: open them, wait until each person is ready, sign."""

    async def collect(self, transfer: TransferView, kind: str) -> None:
        """Everybody whom the law names signs the body of ``kind``, in any order."""
        wanted = ApprovalsWanted(subject_id=self._subject_id, kind=kind, workflow_id=workflow.info().workflow_id)
        approvals = await self.insist(transfer, kind, Duties.open_approvals, wanted, JUDGE)
        for item in approvals.items:
            self._open[kind, item.person_id] = item
        # Tasks, not a loop: the order in which people come is theirs.
        await all_of(*(self._one(transfer, item) for item in approvals.items))

    async def _one(self, transfer: TransferView, item: ApprovalView) -> None:
        """A person who declined, or did not come in time, may still sign later: the body waits for them again."""
        key = (item.kind, item.person_id)
        while True:
            await workflow.wait_condition(lambda: key in self._ready)
            outcome = await self.persist(transfer, item.kind, partial(sign_approval, item))
            if outcome == "signed":
                break
            self._ready.discard(key)
            unsigned = Unsigned(approval_id=item.approval_id, why=outcome)
            await self.insist(transfer, item.kind, Duties.reopen, unsigned, RECORD)
            item = item.model_copy(update={"round": item.round + 1})
        self._open.pop(key, None)
