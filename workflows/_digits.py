"""The digits of the balls: two people of different roles type them, blind to each other."""

from __future__ import annotations

from abc import abstractmethod
from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.draws import Digits, DigitsOutcome, DigitsTyped
    from domain.messages import ActAnswer, DigitsAct
    from workflows._trouble import no

SEATS = ("officer", "operator")
ANSWERS = {
    DigitsOutcome.WAITING: ActAnswer(
        state="waiting_for_other",
        ko="입력했습니다. 다른 입회자의 입력을 기다립니다.",
        en="Kept. The other person has to type too.",
    ),
    DigitsOutcome.AGREED: ActAnswer(
        state="digits_agreed",
        ko="두 사람의 입력이 같습니다. 추첨을 시작합니다.",
        en="Both typed the same. The draw begins.",
    ),
    DigitsOutcome.DIFFER: ActAnswer(
        state="digits_differ",
        ko="두 사람의 입력이 다릅니다. 공을 확인하고 둘 다 다시 입력해 주십시오.",
        en="The two differ. Look at the balls and type again, both of you.",
    ),
}


class TypedDigits:
    """The state of one typing, and the act. What is typed lies in the record only; ``_agreed``: both typed the same."""

    def __init__(self, notice_id: str, purpose: str = "draw") -> None:
        self._notice_id, self._purpose = notice_id, purpose
        self._typed: dict[str, UUID] = {}
        self._agreed = False

    @abstractmethod
    def _must_be_time_for_digits(self) -> None:
        """Raises where the balls are not to be drawn now."""

    @abstractmethod
    async def _note_digits(self, digits: Digits) -> DigitsTyped:
        """Keep them, by the activity of this ceremony."""

    @workflow.update
    async def type_digits(self, act: DigitsAct) -> ActAnswer:
        """One of the two people types what the balls show."""
        self._typed[act.role] = act.person_id
        digits = Digits(
            notice_id=self._notice_id, person_id=act.person_id, role=act.role, digits=act.digits,
            observers=act.observers, purpose=self._purpose,
        )  # fmt: skip
        try:
            typed = await self._note_digits(digits)
        except Exception:
            self._typed.pop(act.role, None)
            raise
        if typed.outcome is not DigitsOutcome.WAITING:
            self._typed = {}
        self._agreed = self._agreed or typed.outcome is DigitsOutcome.AGREED
        return ANSWERS[typed.outcome]

    @type_digits.validator
    def _may_type_digits(self, act: DigitsAct) -> None:
        self._must_be_time_for_digits()
        if self._agreed:
            raise no("not_revealed", "지금은 추첨 숫자를 입력할 때가 아닙니다.", "It is not time to type the digits.")
        if act.role not in SEATS:
            raise no("not_allowed", "입회자만 입력할 수 있습니다.", "Only the two witnesses type the digits.")
        if act.role in self._typed or act.person_id in self._typed.values():
            raise no("typed_already", "이미 입력했습니다.", "This person or role has typed already.")
