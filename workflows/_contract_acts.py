"""What people do with a contract that is being signed: sign, decline, remind one another; who drafted it withdraws."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.contracts import Contracts
    from activities.turns import Turns
    from domain.messages import Act, ActAnswer, ContractStart, ReasonAct, SignAct
    from domain.work import ContractView, Reminder, SigningTurn, TurnAsk
    from workflows._options import RECORD
    from workflows._trouble import no

ASKED = ActAnswer(
    state="asked",
    ko="전자서명 서비스에서 문서와 금액을 확인하고 승인해 주십시오.",
    en="Please look at the document and the sum at your signing service and approve there.",
)
PREPARING = ActAnswer(
    state="preparing",
    ko="서명할 문서를 준비하고 있습니다. 이 화면에서 내용을 확인하고 서명해 주십시오.",
    en="The document is being prepared. Please look at it on this page and sign it here.",
)


@dataclass(frozen=True)
class Stop:
    """What ends the signing before everybody has signed. ``by``: whose act it is; None: nobody's."""

    state: str
    reason: str = ""
    by: UUID | None = None


class ContractActs:
    """The state of a contract's procedure, and the acts that change it."""

    def __init__(self, start: ContractStart) -> None:
        self._start = start
        self._contract: ContractView | None = None
        self._invited = False
        self._stop: Stop | None = None
        self._over = False
        self._ready: set[UUID] = set()
        self._certificates: dict[UUID, str] = {}  # by what they want to sign, as in ``SignAct``
        self._signed: set[str] = set()  # fields
        self._until = workflow.now()  # how long the present people are waited for
        self._turn_began: datetime | None = None
        self._last_reminder: datetime | None = None
        self._reminders = 0  # in this turn
        self._reminders_by_themselves = 0
        self._reminded = 0  # in all

    @workflow.update
    async def sign(self, act: SignAct) -> ActAnswer:
        """A party is ready: their signing service is asked next, or a revision prepared for their own device."""
        if not self._is_turn_of(act.person_id):
            # The record is a moment ahead of us: who signs next there signs next here too.
            ask = TurnAsk(contract_id=self._view.contract_id, person_id=act.person_id)
            possible = await workflow.execute_activity_method(Contracts.may_sign, ask, **RECORD)
            if not possible.yes:
                raise _no("아직 서명할 차례가 아닙니다.", "It is not this person's turn to sign.")
            await workflow.wait_condition(lambda: self._over or self._is_turn_of(act.person_id))
        if self._over:
            raise _no("더는 서명하지 않는 계약입니다.", "This contract is not signed any more.")
        self._certificates[act.person_id] = act.certificate
        self._ready.add(act.person_id)
        return PREPARING if act.certificate else ASKED

    @sign.validator
    def _may_sign(self, act: SignAct) -> None:
        fields = {field for field, _, person in self._view.turns if person == act.person_id}
        if self._over or not fields - self._signed:
            raise _no("서명할 것이 없습니다.", "There is nothing for this person to sign.")

    def _is_turn_of(self, person_id: UUID) -> bool:
        return self._invited and person_id in self._whose_turn()

    @workflow.update
    async def decline(self, act: ReasonAct) -> ActAnswer:
        """A party does not want this contract: it ends, with the reason kept."""
        self._stop = Stop("declined", act.reason, act.person_id)
        return ActAnswer(
            state="declined", ko="서명을 거절했습니다. 계약은 성립하지 않습니다.", en="Declined. No contract is made."
        )

    @decline.validator
    def _may_decline(self, act: ReasonAct) -> None:
        if act.person_id not in self._people():
            raise _no("당사자만 거절할 수 있습니다.", "Only a party can decline.")
        self._must_be_unsigned()

    @workflow.update
    async def withdraw(self, act: ReasonAct) -> ActAnswer:
        """Who drafted or proposed it takes it back for good, before everybody has signed."""
        self._stop = Stop("withdrawn", act.reason, act.person_id)
        return ActAnswer(
            state="withdrawn", ko="계약서를 철회했습니다. 계약은 성립하지 않습니다.",
            en="Withdrawn. No contract is made.",
        )  # fmt: skip

    @withdraw.validator
    def _may_withdraw(self, act: ReasonAct) -> None:
        self._only_drafter(act)
        self._must_be_unsigned()

    @workflow.update
    async def remind(self, act: Act) -> ActAnswer:
        """Those whose turn it is are reminded by somebody of the contract."""
        await self._remind()
        return ActAnswer(state="reminded", ko="서명할 사람에게 알렸습니다.", en="Those who sign next are reminded.")

    @remind.validator
    def _may_remind(self, act: Act) -> None:
        if act.person_id not in {*self._people(), self._view.drafter_id}:
            raise ApplicationError("Only somebody of this contract may do this.", type="not_allowed")
        self._must_be_unsigned()
        if not self._invited or self._turn_began is None:
            raise _no("아직 서명을 시작하지 않았습니다.", "Nobody has been invited to sign yet.")
        periods, last = self._view.periods, self._last_reminder or self._turn_began
        if self._reminders >= periods.reminders_most or workflow.now() < last + periods.remind_gap:
            raise no(
                "reminded_already", "조금 전에 알렸거나 알릴 수 있는 횟수를 다 썼습니다. 나중에 다시 알려 주십시오.",
                "They were reminded just now, or as often as possible.",
            )  # fmt: skip

    async def _remind(self) -> None:
        """Counted before it is carried out: another one meanwhile is the next one."""
        self._reminders += 1
        self._reminded += 1
        self._last_reminder = workflow.now()
        reminder = Reminder(
            contract_id=self._view.contract_id, fields=tuple(self._whose_turn().values()),
            until=self._until, number=self._reminders,
            key=f"reminded:{self._view.contract_id}:{self._reminded}",
        )  # fmt: skip
        await workflow.execute_activity_method(Turns.remind, reminder, **RECORD)

    async def _wait_from_now(self, *, first: bool) -> None:
        """The next people have the whole time; the time since ``first`` in a turn decides when they are reminded."""
        now = workflow.now()
        self._until = now + self._view.periods.patience
        if first:
            self._turn_began, self._last_reminder = now, None
            self._reminders = self._reminders_by_themselves = 0
        turn = SigningTurn(contract_id=self._view.contract_id, until=self._until, first=first)
        await workflow.execute_activity_method(Turns.begin, turn, **RECORD)

    @property
    def _view(self) -> ContractView:
        if self._contract is None:
            raise ApplicationError("The procedure is just beginning.", type="not_yet")
        return self._contract

    def _people(self) -> set[UUID]:
        return {person for _, _, person in self._view.turns}

    def _only_drafter(self, act: Act) -> None:
        if act.person_id != self._view.drafter_id:
            raise no(
                "not_allowed", "계약서를 만든 사람만 할 수 있는 일입니다.", "Only who drafted the contract may do this."
            )

    def _must_be_unsigned(self) -> None:
        if self._over or self._stop is not None:
            raise _no("이미 끝났거나 회수 중인 계약입니다.", "This contract has ended, or is being taken back.")
        if not self._whose_turn():
            raise _no(
                "모두 서명해 계약이 성립했습니다. 합의해제나 변경계약으로만 바꿀 수 있습니다.",
                "Everybody has signed: only a dissolution or an amendment changes this contract now.",
            )

    def _whose_turn(self) -> dict[UUID, str]:
        """Person and field of the lowest order that is not complete; empty when all have signed."""
        unsigned = [turn for turn in self._view.turns if turn[0] not in self._signed]
        first = min((order for _, order, _ in unsigned), default=0)
        return {person: field for field, order, person in unsigned if order == first}


def _no(ko: str, en: str) -> ApplicationError:
    return no("wrong_state", ko, en)
