"""How a draw ends without a result that stands: void while nobody could know one, or annulled by an order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.contracts import Finding
from domain.draws import DrawState, Order, VoidReason
from domain.time import seoul_date
from domain.words import Sha256
from law.drawing.findings import finding
from law.drawing.statements import Beside, Statement
from law.drawing.terms import Head
from law.drawing.transcript import Fixed, body_sha256, root1_digest, root2_digest
from law.drawing.verify import moment_of, tried

DECLARED_BY = ("operator", "officer")
DRAWN = (DrawState.SELECTED, DrawState.PUBLISHED)
BEGUN = (DrawState.CLOSED, DrawState.SCREENED, DrawState.REVEALED, *DRAWN)


class Void(Statement):
    """The draw ended before it had a result that stands. ``root1_stamp``, ``root2_stamp``: as in a transcript."""

    format: Literal["onjip-draw-void"] = "onjip-draw-void"
    reason: VoidReason = VoidReason.NONCE_NOT_REVEALED
    head: Head
    program: str
    count: int
    root1: Sha256
    root1_stamp: str
    root2: Sha256
    root2_stamp: str

    def findings(self, beside: Beside) -> Iterator[Finding]:
        """What was fixed stands as in a transcript; a transcript of the same terms would be a result after all."""
        checks, head = beside.checks, self.head
        fixed = Fixed(bytes.fromhex(self.root1), bytes.fromhex(self.root2), self.count, self.program)
        closed = moment_of(checks, self.root1_stamp, lambda: root1_digest(head, fixed.root1, fixed.count))
        screened = moment_of(checks, self.root2_stamp, lambda: root2_digest(head, fixed))
        yield finding("stated", head.basis.notice_id == self.notice_id and self.number == 1 and self._in_time(beside))
        yield finding("terms", bool(tried(lambda: checks.lawful(head))))
        yield finding("root1_stamp", closed is not None)
        yield finding("root2_stamp", screened is not None)
        moments = [moment for moment in (closed, screened, beside.sealed_at) if moment is not None]
        yield finding("times", moments == sorted(moments))
        yield finding("no_result", head.digest() not in {body.head.digest() for body in beside.bodies})

    def _in_time(self, beside: Beside) -> bool:
        """A round has passed only where one was fixed, and not before its time."""
        if self.reason is not VoidReason.BEACON_PASSED:
            return True
        beacon = self.head.custody.beacon
        return beacon is not None and (beside.sealed_at is None or beside.sealed_at.timestamp() >= beacon.out)


class Annulled(Statement):
    """An authority has ordered that the draw does not count. ``state``: how far it had come; ``body_sha256``: of the
    transcript that was in force, None where there was none yet. ``declared_by``: who entered and who confirmed it."""

    format: Literal["onjip-draw-annulled"] = "onjip-draw-annulled"
    head_sha256: Sha256
    state: DrawState
    count: int
    root1: Sha256
    program: str | None
    root2: Sha256 | None
    body_sha256: Sha256 | None
    order: Order
    declared_by: tuple[str, ...] = DECLARED_BY

    def findings(self, beside: Beside) -> Iterator[Finding]:
        """Whether the order is genuine its authority can tell, by number and digest of the document."""
        order, drawn = self.order, self.body_sha256 is not None
        screened = self.program is not None and self.root2 is not None
        known = self.state in BEGUN and drawn == (self.state in DRAWN) and (screened or not drawn)
        told = bool(order.name.strip() and order.number.strip() and order.reason.strip())
        in_time = beside.sealed_at is None or order.ordered_on <= seoul_date(beside.sealed_at)
        yield finding("stated", known and self.number == 1)
        yield finding("order", told and in_time, f"{order.name} {order.number}")
        yield finding("declared_by", self.declared_by == DECLARED_BY)
        for body in beside.bodies:
            digest = body_sha256(body)
            same = digest == self.body_sha256 and body.head.digest() == self.head_sha256
            yield finding("named_body", same and (body.root1, body.root2) == (self.root1, self.root2), digest)
