"""What is fixed when a notice has closed: every received application, as one document, under one root."""

from __future__ import annotations

from collections.abc import Sequence

from domain.applications import ReceivedEntry
from domain.errors import Invalid, WrongState
from domain.model import Model
from domain.ports import Documents
from law.drawing import hashing
from law.drawing.rows import TICKET
from store.tables.draws import DrawRow


class Closing(Model):
    """``received`` in the order of the tickets."""

    received: tuple[ReceivedEntry, ...]

    def root1(self) -> bytes:
        """Root over the tickets. Invalid: one stands twice, or is none."""
        try:
            names = [bytes.fromhex(one.ticket) for one in self.received]
        except ValueError:
            raise _bad() from None
        if any(len(name) != TICKET for name in names) or len(set(names)) != len(names) or names != sorted(names):
            raise _bad()
        return hashing.root(hashing.leaves(b"".join(names), TICKET))


def closing_of(received: Sequence[ReceivedEntry]) -> Closing:
    return Closing(received=tuple(sorted(received, key=lambda one: one.ticket)))


async def load_closing(documents: Documents, row: DrawRow) -> Closing:
    """WrongState before the list has been received."""
    if row.entries_sha256 is None:
        raise WrongState("not_closed", ko="아직 접수가 마감되지 않았습니다.", en="Receipt has not been closed yet.")
    return Closing.model_validate_json(await documents.get(row.entries_sha256))


def _bad() -> Invalid:
    return Invalid(
        "bad_tickets", ko="같은 접수번호가 두 번 있거나 접수번호가 아닙니다.", en="A ticket stands twice or is none."
    )
