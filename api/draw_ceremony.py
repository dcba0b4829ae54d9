"""The ceremony of a draw as anybody may watch it: each step, what it published, and when that was stamped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from activities.stamps import moment_of
from domain.draws import DrawState
from domain.time import SEOUL
from law.drawing.terms import Head
from law.drawing.transcript import Count, Transcript, beacon_value
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
    seal = moment_of(transcript.envelope.seal_stamp) if transcript else None
    reached, agreed = _reached(draw), draw.digits is not None
    custody = [Said("맡은 기관", "Held by", one.body, party=True) for one in head.custody.custodians]
    enough = Said("여는 데 필요한 조각", "Shares needed", f"{head.custody.threshold} / {len(custody)}")
    promise = (_digest("난수 약속값", "Commitment", head.custody.nonce_commitment), enough, *custody, *_announced(head))
    opened = draw.revealed or {}
    hours = tuple(Said(_hour(one.at), _hour(one.at), f"{one.count:,}") for one in counts)
    handed = tuple(Said("공개한 기관", "Handed over by", one, party=True) for one in opened.get("shares", {}))
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
    typed_at, after = moment_of(opened.get("digits_stamp")), _random_value(head, opened)
    waiting = any(step.state != "done" for step in after)
    found = [
        Step("committed", "done", promise),
        Step("counted", _at_least(reached, 1), hours),
        Step("closed", _at_least(reached, 1), first, moment_of(draw.root1_stamp)),
        Step("screened", _at_least(reached, 2), second, moment_of(draw.root2_stamp)),
        Step("revealed", _at_least(reached, 3), handed, draw.revealed_at),
        Step("digits", "done" if agreed else _at_least(reached, 4), (*digits, *watched), typed_at, seats),
        *after,
        Step("selected", "todo" if waiting else _at_least(reached, 4), chosen, draw.selected_at),
        Step("published", _at_least(reached, 5), record, seal),
    ]
    return [_left(step) for step in found] if draw.state == DrawState.ANNULLED else found


def _left(step: Step) -> Step:
    """A step of a draw that does not go on: nothing is under way."""
    return replace(step, state="todo", seats={}) if step.state == "now" else step


def _announced(head: Head) -> tuple[Said, ...]:
    """The round of a public random source, fixed with the notice."""
    beacon = head.custody.beacon
    if beacon is None:
        return ()
    return (
        Said("공개 난수원", "Public random source", beacon.source.name),
        Said("공개 난수의 회차", "Its round", f"{beacon.round}"),
        Said("공개 난수가 나오는 시각", "Out at", f"{beacon.out_at.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}"),
        _digest("난수원의 공개키", "Its public key", beacon.source.public_key),
    )


def _random_value(head: Head, opened: Mapping[str, str]) -> tuple[Step, ...]:
    """No step where the notice fixed no round."""
    beacon, signature = head.custody.beacon, opened.get("beacon")
    if beacon is None:
        return ()
    if signature is None:
        return (Step("beacon", "now" if "digits_stamp" in opened else "todo"),)
    value = _digest("공개 난수", "Random value", beacon_value(signature))
    return (Step("beacon", "done", (value,), beacon.out_at),)


def _reached(draw: DrawRow) -> int:
    """A void draw stays where it was: the roots stand, and the nonce if it was revealed."""
    state = (draw.ended or {}).get("state", draw.state)  # an annulled draw stays where it was
    if state in set(ORDER):
        return ORDER.index(DrawState(state))
    return 3 if draw.revealed else 2 if draw.root2 else 0


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
