"""The ceremony of a draw as anybody may watch it: each step, what it published, and when that was stamped."""

from __future__ import annotations

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from asn1crypto import cms

from domain.draws import DrawState
from law.drawing.terms import Head
from law.drawing.transcript import Count, Transcript
from store.tables.draws import DrawRow

State = Literal["done", "now", "todo"]
ORDER = (
    DrawState.COMMITTED, DrawState.CLOSED, DrawState.SCREENED, DrawState.REVEALED, DrawState.SELECTED,
    DrawState.PUBLISHED,
)  # fmt: skip
ROLES = ("officer", "operator")


@dataclass(frozen=True)
class Said:
    """One published value. ``code``: a digest, to be compared character by character; ``party``: a role or a body."""

    ko: str
    en: str
    value: str
    code: bool = False
    party: bool = False


@dataclass(frozen=True)
class Step:
    """``at``: the moment that a time-stamp authority tells, or our own for steps that no stamp covers."""

    name: str
    state: State
    said: tuple[Said, ...] = ()
    at: datetime | None = None
    seats: dict[str, bool] = field(default_factory=dict)


def steps(draw: DrawRow, counts: Sequence[Count], transcript: Transcript | None, typed: Collection[str]) -> list[Step]:
    """In the order of the protocol. ``typed``: roles that have typed; what they typed is not here."""
    head, body = Head.model_validate(draw.head), transcript.body if transcript else None
    seal = _stamped(transcript.envelope.seal_stamp) if transcript else None
    reached, agreed = _reached(draw), draw.digits is not None
    custody = [Said("맡은 기관", "Held by", one.body, party=True) for one in head.custody.custodians]
    enough = Said("여는 데 필요한 조각", "Shares needed", f"{head.custody.threshold} / {len(custody)}")
    promise = (_digest("난수 약속값", "Commitment", head.custody.nonce_commitment), enough, *custody)
    hours = tuple(Said(_hour(one.at), _hour(one.at), f"{one.count:,}") for one in counts)
    handed = tuple(
        Said("공개한 기관", "Handed over by", one, party=True) for one in (draw.revealed or {}).get("shares", {})
    )
    digits = [Said("추첨 숫자", "Digits", _spaced(draw.digits or ""))] if agreed else []
    watched = [Said("입회한 사람", "Observer", str(one)) for one in draw.observers]
    chosen = (
        (_digest("씨앗값", "Seed", body.seed), _digest("결과 목록의 뿌리", "Root of results", body.root3))
        if body
        else ()
    )
    record = (_digest("기록의 해시", "Hash of the record", draw.transcript_sha256),) if draw.transcript_sha256 else ()
    first, second = _root("접수 목록", "tickets", draw.root1), _root("심사 목록", "screened list", draw.root2)
    seats = {} if agreed or reached < 3 else {role: role in typed for role in ROLES}
    return [
        Step("committed", "done", promise),
        Step("counted", _at_least(reached, 1), hours),
        Step("closed", _at_least(reached, 1), first, _stamped(draw.root1_stamp)),
        Step("screened", _at_least(reached, 2), second, _stamped(draw.root2_stamp)),
        Step("revealed", _at_least(reached, 3), handed, draw.revealed_at),
        Step("digits", "done" if agreed else _at_least(reached, 4), (*digits, *watched), seats=seats),
        Step("selected", _at_least(reached, 4), chosen, draw.selected_at),
        Step("published", _at_least(reached, 5), record, seal),
    ]


def _reached(draw: DrawRow) -> int:
    """A void draw stays where it was: the roots stand, the nonce was not revealed."""
    return ORDER.index(DrawState(draw.state)) if draw.state in set(ORDER) else (2 if draw.root2 else 0)


def _at_least(reached: int, step: int) -> State:
    return "done" if reached >= step else ("now" if reached == step - 1 else "todo")


def _hour(at: str) -> str:
    return at.replace("T", " ")[:16]


def _digest(ko: str, en: str, value: str) -> Said:
    return Said(ko, en, value, code=True)


def _root(ko: str, en: str, root: str | None) -> tuple[Said, ...]:
    return (_digest(f"{ko}의 뿌리 해시", f"Root: {en}", root),) if root else ()


def _spaced(digits: str) -> str:
    """In groups, as the balls come: 2 0417 9583."""
    return " ".join(part for part in (digits[:1], digits[1:5], digits[5:]) if part)


def _stamped(token: str | None) -> datetime | None:
    """The moment in a token; shown only, never relied on here."""
    try:
        signed = cms.ContentInfo.load(base64.b64decode(token or "", validate=True))["content"]
        found = signed["encap_content_info"]["content"].parsed["gen_time"].native
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if isinstance(found, datetime) else None
