"""What is published beside a transcript, read and verified by its format. Nothing published is ever overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from domain.contracts import Finding
from domain.model import canonical_json
from law.drawing.corrected import Corrected
from law.drawing.endings import Annulled, Void
from law.drawing.findings import finding
from law.drawing.reserve import Reserve
from law.drawing.statements import Beside, Record, Statement, sealed
from law.drawing.transcript import Body
from law.drawing.verify import NEVER_RAISED, Checks

# Every kind of statement, by its format.
FORMATS: dict[str, type[Statement]] = {
    "onjip-draw-void": Void,
    "onjip-draw-annulled": Annulled,
    "onjip-draw-corrected": Corrected,
    "onjip-draw-reserve": Reserve,
}


def read(document: Mapping[str, object]) -> tuple[Record, Statement] | None:
    """None for a shape that is no record, and for a body of a format that nobody here knows."""
    try:
        found = Record.model_validate(dict(document))
        statement = FORMATS[str(found.body.get("format"))].model_validate(found.body)
        same = found.canonical() == canonical_json(dict(document))
        same = same and statement.canonical() == canonical_json(found.body)
    except (ValidationError, LookupError, ValueError, TypeError, RecursionError):
        return None
    return (found, statement) if same else None


def verify(document: Mapping[str, object], checks: Checks, bodies: Sequence[Body] = ()) -> list[Finding]:
    """All findings; the statement stands only if every one is ``ok``. Never raises on hostile input.

    ``bodies``: of transcripts that the statement speaks of, to compare with what it says of them.
    """
    found = read(document)
    if found is None:
        return [finding("document", False)]
    record, statement = found
    witnessed, sealed_at = sealed(record, checks)
    try:
        said = list(statement.findings(Beside(checks, tuple(bodies), sealed_at)))
    except NEVER_RAISED:
        said = [finding("document", False)]
    return [finding("document", True), *witnessed, *said]
