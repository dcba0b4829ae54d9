"""May I apply? Answered for everybody, without an account: typed facts against the open notices, and what-if.

Nothing is kept: the facts come with the form, the answer goes with the page.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.datastructures import FormData

from api.pages.forms import WHOLE, refused_body
from api.pages.view import View, Visitor
from api.previews import Previewed, changed, preview, stated
from api.stated import Household
from domain.notices import Notice
from domain.time import now
from store import notices
from store.tables.notices import NoticeRow

router = APIRouter(include_in_schema=False)
MOST = 20  # notices of one preview
IF = "if_"
NUMBERS = {
    "account_payments", "account_amount", "account_deposit", "income_monthly", "spouse_income_monthly",
    "property_value", "tax_years",
}  # fmt: skip
FLAGS = {"head", "married", "won_before", "working"}
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Cities that are one housing area as a whole, and for each province a place in it: residence in the area of a notice
# is chosen by the notice's own region.
PLACES = (
    ("11110", "서울특별시", "Seoul"), ("26110", "부산광역시", "Busan"), ("27110", "대구광역시", "Daegu"),
    ("28110", "인천광역시", "Incheon"), ("30110", "대전광역시", "Daejeon"), ("31110", "울산광역시", "Ulsan"),
    ("36110", "세종특별자치시", "Sejong"), ("41820", "경기도의 다른 시·군", "elsewhere in Gyeonggi"),
    ("51750", "강원의 다른 시·군", "elsewhere in Gangwon"), ("43800", "충북의 다른 시·군", "elsewhere in Chungbuk"),
    ("44825", "충남의 다른 시·군", "elsewhere in Chungnam"), ("52800", "전북의 다른 시·군", "elsewhere in Jeonbuk"),
    ("46910", "전남의 다른 시·군", "elsewhere in Jeonnam"), ("47940", "경북의 다른 시·군", "elsewhere in Gyeongbuk"),
    ("48890", "경남의 다른 시·군", "elsewhere in Gyeongnam"), ("50110", "제주특별자치도", "Jeju"),
)  # fmt: skip


async def _form(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=100)


@router.get("/check")
async def ask(view: Visitor) -> Response:
    return view.page("check.html", **await _on_offer(view), found=None, whatif=False)


@router.post("/check")
async def answer(view: Visitor, form: Annotated[FormData, Depends(_form)]) -> Response:
    offer = await _on_offer(view)
    posted = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        household = read_household(posted)
        changes = read_household(posted, IF)
    except ValidationError as wrong:
        refused = refused_body(wrong, {})
        return view.page(
            "check.html", status=422, **offer, found=None, whatif=False, refused=refused, posted=posted
        )  # fmt: skip
    whatif = bool(changes.model_fields_set)
    found = await judge(view, offer["terms"], household, changes if whatif else None)
    return view.page("check.html", **offer, found=found, whatif=whatif, posted=posted)


async def judge(
    view: View, terms: Sequence[tuple[NoticeRow, Notice]], household: Household, changes: Household | None
) -> list[Previewed]:
    known = stated(household)
    after = changed(known, changes) if changes else None
    return await asyncio.to_thread(preview, known, terms, view.services.rulebook, after)


def read_household(posted: Mapping[str, str], prefix: str = "") -> Household:
    """What was filled in. ValidationError names the fields."""
    filled: dict[str, Any] = {}
    for name in Household.model_fields:
        typed = posted.get(f"{prefix}{name}", "").strip()
        if typed:
            filled[name] = _value(name, typed)
    return Household.model_validate(filled)


def _value(name: str, typed: str) -> Any:
    if name in FLAGS:
        return {"yes": True, "no": False}.get(typed, typed)
    if name in NUMBERS:
        return int(typed.replace(",", "")) if WHOLE.match(typed) else typed
    if name == "children":
        return [] if typed == "0" else DATE.findall(typed) or [typed]
    return typed


async def _on_offer(view: View) -> dict[str, Any]:
    async with view.services.db.transaction() as session:
        rows = await notices.page(session, after=None, limit=MOST, open_only=True)
    terms = [(row, notices.terms_of(row)) for row in rows]
    named = {notice.region: notice.region_name for _, notice in terms}
    places = [*sorted(named.items(), key=lambda one: one[1])]
    places += [(code, ko if view.lang == "ko" else en) for code, ko, en in PLACES if code not in named]
    return {"terms": terms, "places": places, "today": now()}
