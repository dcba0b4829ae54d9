"""Who looked at my data."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from api.access import Me
from api.paging import Cursor, Limit, Page, decode, page
from api.services import Door
from store import access_log
from store.tables.consents import AccessRow

router = APIRouter(prefix="/api/v1", tags=["access"])


class LookOut(BaseModel):
    """One look. ``chain`` follows from the row before it, so a changed or missing row shows."""

    at: str
    actor: str
    agency: str
    item: str
    purpose: str
    outcome: str
    consent_id: str | None
    chain: str


@router.get("/access", name="list")
async def list_looks(person: Me, services: Door, cursor: Cursor = None, limit: Limit = 50) -> Page[LookOut]:
    """Newest first."""
    before = decode(cursor, _row_id)
    async with services.db.transaction() as session:
        rows = await access_log.looks_at(session, person.id, before=before, limit=limit + 1)
    return page(rows, limit, _shown, lambda row: (str(row.id),))


def _row_id(text: str) -> int:
    value = int(text)
    if not 0 < value < 2**31:
        raise ValueError("no row")
    return value


def _shown(row: AccessRow) -> LookOut:
    return LookOut(
        at=row.at.isoformat(), actor=row.actor, agency=row.agency, item=row.item, purpose=row.purpose,
        outcome=row.outcome, consent_id=str(row.consent_id) if row.consent_id else None, chain=row.chain,
    )  # fmt: skip
