"""Whether this process can serve."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel

from api.services import Door

router = APIRouter(tags=["health"])


class Health(BaseModel):
    status: str


@router.get("/healthz", name="show")
async def show(services: Door) -> Health:
    """200 while the database answers, else 503. The workflow engine may be away: intake does not need it."""
    async with services.db.transaction():
        pass  # it has asked the server already
    return Health(status="ok")
