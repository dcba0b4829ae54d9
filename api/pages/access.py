"""Who looked at my data, from which register, why, and when."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import Me
from api.pages.view import Reader
from api.paging import Cursor
from api.routes import access

router = APIRouter(include_in_schema=False)


@router.get("/access")
async def looks(view: Reader, person: Me, cursor: Cursor = None) -> Response:
    found = await access.list_looks(person, view.services, cursor, 50)
    return view.page("access.html", found=found, first=cursor is None)
