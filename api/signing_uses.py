"""By what a contract can be signed, and for what such a signature can be used later: told before it is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from domain.words import ContractKind, SigningMeans
from law.rulebook import Rulebook
from law.sale.signatures import Use, uses


class UseOut(BaseModel):
    """``outcome`` yes, no or cannot_tell: whether this office takes the signature; the sentences say what then."""

    rule: str
    outcome: str
    article: str
    ko: str
    en: str


class MeansOut(BaseModel):
    means: str
    uses: list[UseOut]


def choices(book: Rulebook, kind: str, on: date) -> list[MeansOut]:
    """Every means for a contract of this kind, as the law stands on that day."""
    contract = ContractKind(kind)
    return [
        MeansOut(means=means, uses=[_out(use) for use in uses(book, means, contract, on)]) for means in SigningMeans
    ]


def told(kept: Sequence[dict[str, Any]] | None) -> list[UseOut]:
    """As it was told before the signature was given."""
    return [_out(Use.model_validate(use)) for use in kept or ()]


def _out(use: Use) -> UseOut:
    decision = use.decision
    return UseOut(
        rule=decision.rule, outcome=decision.outcome, article=decision.reasons[-1].article, ko=use.ko, en=use.en
    )
