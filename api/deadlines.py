"""Days that the law sets, as pages and API show them: the last day, how many are left, and the article."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from domain.time import now, seoul_date
from law.rulebook import Rulebook

KEPT = {"contract": "keep_brokerage_contract", "explanation": "keep_brokerage_explanation"}


class DeadlineOut(BaseModel):
    """``days_left``: 0 on the last day, below zero once it has passed."""

    on: str
    days_left: int
    article: str


class KeptOut(BaseModel):
    """Until when a broker keeps a paper of a deal."""

    paper: str
    until: str
    article: str


def deadline(book: Rulebook, period: str, made_on: date, on: date) -> DeadlineOut:
    """The last day ``on`` that a decision has kept; its article is that of ``period`` as of the contract date."""
    return DeadlineOut(
        on=on.isoformat(), days_left=(on - seoul_date(now())).days, article=book.row(period, made_on).cite
    )


def kept_by_broker(book: Rulebook, sealed_on: date) -> list[KeptOut]:
    """공인중개사법 제25조③, 제26조①; counted from the day on which the signed papers were whole."""
    return [
        KeptOut(
            paper=paper, until=book.period(period, sealed_on).ends_on(sealed_on).isoformat(),
            article=book.row(period, sealed_on).cite,
        )
        for paper, period in KEPT.items()
    ]  # fmt: skip
