"""A stored decision, run again on the facts that it was made of."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError

from domain.decisions import Decision
from domain.errors import OnjipError, WrongState
from law.assess import Basis
from law.rulebook import Rulebook
from law.strict_yaml import LawDataError
from store.tables.consents import DecisionRow


class Again(BaseModel):
    """``same``: the same outcome, value and reasons, word for word. ``decision``: as it comes out now."""

    same: bool
    rulebook_now: str
    rulebook_then: str
    decision: Decision


def basis_of(row: DecisionRow) -> Basis:
    """The facts and the notice as they were. WrongState (``not_repeatable``) for a decision without them."""
    try:
        return Basis.model_validate(row.facts)
    except ValidationError:
        raise _not_repeatable() from None  # the message would quote facts


def run_again(row: DecisionRow, book: Rulebook) -> Again:
    """WrongState where the decision was made by an earlier release and kept in another form."""
    basis, then = basis_of(row), Decision.model_validate(row.body)
    try:
        now = basis.decide(book)
    except (OnjipError, LawDataError, StopIteration):
        raise _not_repeatable() from None
    same = {**now.model_dump(mode="json"), "rulebook": then.rulebook} == then.model_dump(mode="json")
    return Again(same=same, rulebook_now=book.sha256, rulebook_then=then.rulebook, decision=now)


def _not_repeatable() -> WrongState:
    return WrongState(
        "not_repeatable", ko="이전 방식으로 저장된 판정이라 다시 실행할 수 없습니다. 자격 판정을 새로 받아 주십시오.",
        en="This decision was kept in an older form and cannot be run again. Please have your eligibility judged anew.",
    )  # fmt: skip
