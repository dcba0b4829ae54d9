"""The balls of a draw: their shape, and the digits that people typed."""

from __future__ import annotations

from collections.abc import Sequence

from domain.errors import Invalid
from domain.model import Model

NONCE_BYTES = 32


class BallGroup(Model):
    """``draw`` different digits out of ``digits``, in the order in which the balls came."""

    digits: str
    draw: int


def check_digits(digits: str, groups: Sequence[BallGroup]) -> str:
    """``digits`` without spaces and dashes. Invalid: wrong length, a foreign digit, or one twice in a group."""
    compact = digits.replace(" ", "").replace("-", "")
    at = 0
    for group in groups:
        part = compact[at : at + group.draw]
        if len(part) != group.draw or len(set(part)) != len(part) or not set(part) <= set(group.digits):
            raise bad_digits()
        at += group.draw
    if at != len(compact):
        raise bad_digits()
    return compact


def bad_digits() -> Invalid:
    return Invalid(
        "bad_digits",
        ko="추첨 숫자의 형식이 맞지 않습니다. 각 묶음의 숫자는 서로 달라야 합니다.",
        en="The digits do not fit the ceremony. Digits within a group must differ.",
        field="digits",
    )
