"""Every error as an RFC 9457 problem: a stable code, two sentences that say what to do, and nothing personal."""

from __future__ import annotations

import math
import re
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException
from temporalio.service import RPCError

from api.inputs import RULES
from domain.errors import (
    DEFAULTS,
    Invalid,
    LawForbids,
    Malformed,
    NotLoggedIn,
    NotYet,
    OnjipError,
    UnknownThing,
    Wait,
    WrongState,
)

MEDIA_TYPE = "application/problem+json"
FIELD = re.compile(r"^[a-z][a-z0-9_]{0,40}$")  # our own names; a name that the caller made up is not repeated
REASON = re.compile(r"^[a-z_]{1,60}$")
HTTP_WORDS = {
    404: ("not_found", "주소를 찾을 수 없습니다.", "There is nothing at this address."),
    405: ("method_not_allowed", "이 주소에서 쓸 수 없는 방법입니다.", "This address does not take this method."),
    415: ("unsupported_media_type", "이 형식은 받지 않습니다.", "This media type is not accepted here."),
}

log = structlog.get_logger()


def install(app: FastAPI) -> None:
    app.exception_handler(OnjipError)(_known)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(IntegrityError)(_constraint)
    app.exception_handler(RPCError)(_engine_down)


def problem(error: OnjipError, **more: Any) -> JSONResponse:
    """The answer that says ``error``; ``more`` are further members."""
    body = {
        "type": f"urn:onjip:problem:{error.code}", "title": DEFAULTS[type(error).code][1], "status": error.status,
        "detail": error.en, "code": error.code, "ko": error.ko, "en": error.en, "field": error.field,
        "article": error.article, **more,
    }  # fmt: skip
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, Wait):
        headers["Retry-After"] = str(math.ceil(error.retry_after or 1))
    return JSONResponse(body, error.status, headers, media_type=MEDIA_TYPE)


def http_problem(status: int) -> JSONResponse:
    """A problem that the protocol itself names (404, 405, 415 …)."""
    code, ko, en = HTTP_WORDS.get(status, ("malformed", *DEFAULTS["malformed"]))
    error = OnjipError(code, ko=ko, en=en)
    error.status = status
    return problem(error, title=en)


def wants_page(request: Request) -> bool:
    """A browser that reads pages, not a client of the API."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


async def _known(request: Request, error: OnjipError) -> Response:
    if isinstance(error, NotLoggedIn) and request.method == "GET" and wants_page(request):
        return RedirectResponse(f"/login?next={quote(request.url.path, safe='/')}", 303)
    return problem(error)


async def _invalid(request: Request, error: RequestValidationError) -> Response:
    """422 with the fields and the kinds of fault; never what was sent. A page whose address is wrong does not exist."""
    if wants_page(request) and all(fault["loc"][0] == "path" for fault in error.errors()):
        return problem(UnknownThing())
    faults = [(_field(fault["loc"], fault["type"]), _reason(fault["type"])) for fault in error.errors()]
    if any(reason == "json_invalid" for _, reason in faults):
        return problem(Malformed())
    field, reason = faults[0]
    where = f" ({field}: {reason})" if field else ""
    ko, en = RULES.get(error.errors()[0]["msg"].removeprefix("Value error, "), DEFAULTS["invalid"])
    listed = [{"field": field, "reason": reason} for field, reason in faults]
    return problem(Invalid(ko=f"{ko}{where}", en=f"{en}{where}", field=field or None), errors=listed)


def _field(place: tuple[Any, ...], kind: str) -> str:
    known = place[1:-1] if kind == "extra_forbidden" else place[1:]
    parts = [str(part) for part in known]
    return ".".join(part for part in parts if part.isdecimal() or FIELD.match(part))


def _reason(kind: str) -> str:
    return kind if REASON.match(kind) else "invalid"


async def _http(_: Request, error: HTTPException) -> Response:
    answer = http_problem(error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def _constraint(_: Request, error: IntegrityError) -> Response:
    """Two requests wanted what only one may have; the database said no. The whole transaction is undone."""
    name = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None) or ""
    if name == "uq_application_line_person_notice_method":
        return problem(
            LawForbids(
                "combination.twice", article="주택공급에 관한 규칙 제4조제1항",
                ko="한 사람은 한 공고의 같은 공급방법에 한 번만 신청할 수 있습니다.",
                en="One person may apply once in each supply method of a notice.",
            )
        )  # fmt: skip
    log.warning("constraint_refused", constraint=name)
    return problem(WrongState("conflict"))


async def _engine_down(_: Request, error: RPCError) -> Response:
    """The workflow engine cannot be asked just now; what was committed goes on by itself."""
    log.warning("engine_down", status=error.status.name)
    return problem(NotYet("engine_down"))
