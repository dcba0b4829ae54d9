"""Digits mended from the recording of the balls: the same terms, lists and nonce, and therefore another result."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.contracts import Finding
from domain.words import Sha256
from law.drawing.findings import finding
from law.drawing.statements import Beside, Statement
from law.drawing.transcript import Body, body_sha256

TYPED_BY = ("officer", "operator")


class Corrected(Statement):
    """Both had typed the same wrong digits. ``superseded_sha256`` and ``body_sha256``: of the transcript before and of
    the one in force since; ``recording_sha256``: of the recording from which two people typed the digits again."""

    format: Literal["onjip-draw-corrected"] = "onjip-draw-corrected"
    superseded_sha256: Sha256
    body_sha256: Sha256
    recording_sha256: Sha256
    reason: str
    typed_by: tuple[str, ...] = TYPED_BY

    def findings(self, beside: Beside) -> Iterator[Finding]:
        """With both transcripts beside it: that nothing but the digits, and what follows from them, has changed."""
        named = (self.superseded_sha256, self.body_sha256)
        yield finding("stated", named[0] != named[1] and bool(self.reason.strip()) and self.number >= 1)
        yield finding("declared_by", self.typed_by == TYPED_BY)
        bodies = {body_sha256(body): body for body in beside.bodies}
        for digest, body in bodies.items():
            yield finding("named_body", digest in named and body.head.basis.notice_id == self.notice_id, digest)
        if bodies.keys() >= set(named):
            before, after = (bodies[digest] for digest in named)
            yield finding("same_lists", _kept(before) == _kept(after))
            yield finding("other_digits", before.ceremony.digits != after.ceremony.digits)


def _kept(body: Body) -> tuple[object, ...]:
    held = body.ceremony
    return body.head, body.fixed(), held.nonce, held.shares, held.beacon
