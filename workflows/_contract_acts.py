"""What people do with a contract: the broker explains and invites; a party signs, or declines."""

from __future__ import annotations

from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Contracts
    from activities.documents import Documents
    from domain.messages import Act, ActAnswer, ContractStart, DeclineAct
    from domain.work import ContractDone, ContractView, TurnAsk
    from workflows._options import DOCUMENT, RECORD

ASKED = ActAnswer(
    state="asked",
    ko="전자서명 서비스에서 문서와 금액을 확인하고 승인해 주십시오.",
    en="Please look at the document and the sum at your signing service and approve there.",
)


class ContractActs:
    """The state of a contract's procedure, and the acts that change it."""

    def __init__(self, start: ContractStart) -> None:
        self._start = start
        self._contract: ContractView | None = None
        self._explained = False
        self._invited = False
        self._declined: str | None = None  # the reason
        self._over = False
        self._ready: set[UUID] = set()
        self._signed: set[str] = set()  # fields

    @workflow.update
    async def explain(self, act: Act) -> ActAnswer:
        """The broker has delivered the explanation (공인중개사법 제25조)."""
        await self._mark("explained")
        self._explained = True
        return ActAnswer(state="explained", ko="확인·설명서를 교부했습니다.", en="The explanation has been delivered.")

    @explain.validator
    def _may_explain(self, act: Act) -> None:
        self._only_broker(act)
        if self._invited:
            raise _no("The parties have been invited already.")

    @workflow.update
    async def invite(self, act: Act) -> ActAnswer:
        """The broker freezes the draft and invites the parties. A missing content comes back to the broker."""
        await workflow.execute_activity_method(Documents.freeze, self._start, **DOCUMENT)
        await self._mark("invited")
        self._invited = True
        return ActAnswer(state="invited", ko="당사자를 초대했습니다.", en="The parties have been invited.")

    @invite.validator
    def _may_invite(self, act: Act) -> None:
        self._only_broker(act)
        if not self._explained:
            raise _no("The explanation must be delivered before the contract (공인중개사법 제25조).")
        if self._invited:
            raise _no("The parties have been invited already.")

    @workflow.update
    async def sign(self, act: Act) -> ActAnswer:
        """A party is ready: their signing service is asked next."""
        if not self._is_turn_of(act.person_id):
            # The record is a moment ahead of us: who signs next there signs next here too.
            ask = TurnAsk(contract_id=self._view.contract_id, person_id=act.person_id)
            possible = await workflow.execute_activity_method(Contracts.may_sign, ask, **RECORD)
            if not possible.yes:
                raise _no("It is not this person's turn to sign.")
            await workflow.wait_condition(lambda: self._over or self._is_turn_of(act.person_id))
        if self._over:
            raise _no("This contract is not signed any more.")
        self._ready.add(act.person_id)
        return ASKED

    @sign.validator
    def _may_sign(self, act: Act) -> None:
        fields = {field for field, _, person in self._view.turns if person == act.person_id}
        if self._over or not fields - self._signed:
            raise _no("There is nothing for this person to sign.")

    def _is_turn_of(self, person_id: UUID) -> bool:
        return self._invited and person_id in self._whose_turn()

    @workflow.update
    async def decline(self, act: DeclineAct) -> ActAnswer:
        """A party does not want this contract: it ends, with the reason kept."""
        self._declined = act.reason
        return ActAnswer(
            state="declined", ko="서명을 거절했습니다. 계약은 성립하지 않습니다.", en="Declined. No contract is made."
        )

    @decline.validator
    def _may_decline(self, act: DeclineAct) -> None:
        if act.person_id not in {person for _, _, person in self._view.turns}:
            raise _no("Only a party can decline.")
        if self._over or not self._whose_turn():
            raise _no("Everybody has signed: only a dissolution ends this contract now.")

    async def _mark(self, state: str) -> None:
        done = ContractDone(contract_id=self._view.contract_id, state=state)
        await workflow.execute_activity_method(Contracts.mark, done, **RECORD)

    @property
    def _view(self) -> ContractView:
        if self._contract is None:
            raise ApplicationError("The procedure is just beginning.", type="not_yet")
        return self._contract

    def _only_broker(self, act: Act) -> None:
        if act.person_id != self._view.broker_id:
            raise ApplicationError("Only the drafting broker may do this.", type="not_allowed")

    def _whose_turn(self) -> dict[UUID, str]:
        """Person and field of the lowest order that is not complete; empty when all have signed."""
        unsigned = [turn for turn in self._view.turns if turn[0] not in self._signed]
        first = min((order for _, order, _ in unsigned), default=0)
        return {person: field for field, order, person in unsigned if order == first}


def _no(message: str) -> ApplicationError:
    return ApplicationError(message, type="wrong_state")
