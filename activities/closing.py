"""What is fixed when a notice has closed: its terms and every received application. Kept as one document."""

from __future__ import annotations

from dataclasses import dataclass

from domain.applications import ReceivedEntry
from domain.errors import WrongState
from domain.model import Model
from domain.notices import Notice
from domain.ports import Documents
from law.selection_terms import Head
from store.tables.draws import DrawRow


class Closing(Model):
    """``received`` in the order of the tickets."""

    head: Head
    received: tuple[ReceivedEntry, ...]


@dataclass(frozen=True)
class OpenDraw:
    """A draw that is under way: its record, its notice, and what was fixed at closing."""

    row: DrawRow
    notice: Notice
    closing: Closing


async def load_closing(documents: Documents, row: DrawRow) -> Closing:
    """WrongState before the list has been received."""
    if row.entries_sha256 is None:
        raise WrongState("not_closed", ko="아직 접수가 마감되지 않았습니다.", en="Receipt has not been closed yet.")
    return Closing.model_validate_json(await documents.get(row.entries_sha256))
