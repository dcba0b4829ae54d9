"""The codec endpoint of the workflow engine's own pages: payloads in clear, for staff who are logged in here."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from google.protobuf import json_format
from temporalio.api.common.v1 import Payloads

from api.access import require_staff
from api.services import Door, Services, origin_of
from domain.errors import Malformed, NotAllowed
from domain.people import Person

router = APIRouter(prefix="/staff/codec", tags=["staff"])
log = structlog.get_logger()


def from_staff_pages(request: Request, services: Door) -> dict[str, str]:
    """The engine's pages are another origin: they alone may ask, with the staff member's cookie. They cannot send our
    CSRF token, so the origin must be there and be theirs. Answers the CORS headers."""
    allowed = origin_of(services.staff_ui_url) if services.staff_ui_url else None
    if allowed is None or request.headers.get("origin") != allowed:
        raise NotAllowed
    return {
        "Access-Control-Allow-Origin": allowed, "Access-Control-Allow-Credentials": "true",
        "Access-Control-Allow-Headers": "content-type,x-namespace", "Access-Control-Allow-Methods": "POST",
        "Vary": "Origin",
    }  # fmt: skip


Cors = Annotated[dict[str, str], Depends(from_staff_pages)]


@router.options("/decode", name="preflight", include_in_schema=False)
async def preflight(cors: Cors) -> Response:
    return Response(status_code=204, headers=cors)


@router.post("/decode", name="decode")
async def decode(
    request: Request, cors: Cors, person: Annotated[Person, Depends(require_staff)], services: Door
) -> Response:
    """Temporal's codec protocol: ``Payloads`` as JSON in, the same decrypted out."""
    try:
        sent = json_format.Parse(await request.body(), Payloads())
    except json_format.ParseError:
        raise Malformed from None
    clear = Payloads(payloads=await _decoded(services, sent))
    log.info("payloads_decoded", staff=str(person.id), count=len(sent.payloads))
    return JSONResponse(json_format.MessageToDict(clear), headers=cors)


async def _decoded(services: Services, sent: Payloads) -> list[Any]:
    codec = services.temporal.data_converter.payload_codec
    return list(sent.payloads) if codec is None else await codec.decode(list(sent.payloads))
