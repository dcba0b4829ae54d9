"""Open data: plain GETs with a service key, in the envelopes and with the faults of the public gateways."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SERVICE_KEY = "sandbox-open-data"  # what the sandbox's agencies take as a registered key
LARGEST_PAGE = 1000
Rows = Sequence[Mapping[str, object]]
Source = Callable[[sqlite3.Connection], Rows]
Answer = Callable[[Mapping[str, str], sqlite3.Connection], object]
CONDITION = re.compile(r"cond\[([A-Z0-9_]+)::(EQ|LIKE|LT|LTE|GT|GTE)\]")
COMPARE: dict[str, Callable[[str, str], bool]] = {
    "EQ": lambda have, want: have == want,
    "LIKE": lambda have, want: want in have,
    "LT": lambda have, want: have < want,
    "LTE": lambda have, want: have <= want,
    "GT": lambda have, want: have > want,
    "GTE": lambda have, want: have >= want,
}
NOT_REGISTERED_XML = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR</errMsg>"
    "<returnAuthMsg>등록되지 않은 서비스키</returnAuthMsg><returnReasonCode>30</returnReasonCode>"
    "</cmmMsgHeader></OpenAPI_ServiceResponse>"
)


def odcloud(path: str, source: Source) -> Route:
    """``{currentCount, data, matchCount, page, perPage, totalCount}``; a bad key is HTTP 401 with ``{code, msg}``."""

    async def endpoint(request: Request) -> Response:
        key = request.query_params.get("serviceKey", "")
        if key != SERVICE_KEY:
            code, text = (-4, "등록되지 않은 인증키 입니다.") if key else (-401, "인증키는 필수 항목 입니다.")
            return JSONResponse({"code": code, "msg": text}, 401)
        return JSONResponse(_page(source(request.app.state.db), request.query_params))

    return Route(path, endpoint)


def _page(rows: Rows, query: Mapping[str, str]) -> dict[str, object]:
    """One page of the matching rows. As at the real service, ``totalCount`` ignores the conditions."""
    page, size = _number(query, "page", 1), min(_number(query, "perPage", 10), LARGEST_PAGE)
    matching = [row for row in rows if _matches(row, query)]
    part = matching[(page - 1) * size : page * size]
    counts = {"matchCount": len(matching), "page": page, "perPage": size, "totalCount": len(rows)}
    return {"currentCount": len(part), "data": part, **counts}


def _matches(row: Mapping[str, object], query: Mapping[str, str]) -> bool:
    conditions = ((CONDITION.fullmatch(name), value) for name, value in query.items())
    return all(COMPARE[found[2]](str(row.get(found[1], "")), value) for found, value in conditions if found)


def gateway(path: str, answer: Answer) -> Route:
    """apis.data.go.kr: a bad key is HTTP 403 with XML, whatever form was asked for."""

    async def endpoint(request: Request) -> Response:
        given = request.query_params.get("serviceKey", request.query_params.get("ServiceKey", ""))
        if given != SERVICE_KEY:
            return Response(NOT_REGISTERED_XML, 403, media_type="application/xml")
        return JSONResponse(answer(request.query_params, request.app.state.db))

    return Route(path, endpoint)


def items(rows: Rows, query: Mapping[str, str]) -> dict[str, object]:
    """``response.body.items.item``: a list, the bare object when there is one, and ``items`` "" when there is none."""
    listed: object = "" if not rows else {"item": rows[0] if len(rows) == 1 else list(rows)}
    size, page = _number(query, "numOfRows", 10), _number(query, "pageNo", 1)
    body = {"items": listed, "numOfRows": size, "pageNo": page, "totalCount": len(rows)}
    return {"response": {"header": {"resultCode": "00", "resultMsg": "NORMAL SERVICE."}, "body": body}}


def vworld(path: str, wrapper: str, source: Callable[[Mapping[str, str], sqlite3.Connection], Rows]) -> Route:
    """api.vworld.kr: everything a string; the wrapper changes its name when there are no rows."""

    async def endpoint(request: Request) -> Response:
        query = request.query_params
        if query.get("key", "") != SERVICE_KEY:
            return JSONResponse({wrapper: {"resultCode": "INVALID_KEY", "resultMsg": "등록되지 않은 인증키입니다."}})
        rows = source(query, request.app.state.db)
        tail = {"pageNo": "1", "resultCode": "", "totalCount": str(len(rows)), "numOfRows": "10", "resultMsg": ""}
        return JSONResponse({wrapper: {"field": list(rows), **tail}} if rows else {"response": tail})

    return Route(path, endpoint)


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "")
    return int(text) if text.isdecimal() and 0 < len(text) < 6 and int(text) > 0 else default
