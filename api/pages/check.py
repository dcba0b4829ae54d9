"""May I apply? Answered for everybody, without an account: typed facts against the open notices, and what-if.

Nothing is kept: the facts come with the form, the answer goes with the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.datastructures import FormData

from api.desk import Desk, LawDesk
from api.pages.forms import Fault, Refused
from api.pages.stated_form import chosen, impossible, labels, read_both, stated_form, texts
from api.pages.view import View, Visitor
from api.previews import MOST_NOTICES, MOST_SEARCHES, Preview, Previewed, lines_of, preview, stated
from api.stated import Household
from domain.notices import Notice
from domain.time import now, seoul_date
from store import notices
from store.tables.notices import NoticeRow

router = APIRouter(include_in_schema=False)
ON_OFFER = 40  # open notices to choose from, closing soonest first
# Cities that are one housing area as a whole, and for each province a place in it: residence in the area of a notice
# is chosen by the notice's own region.
PLACES = (
    ("11110", "서울특별시", "Seoul"), ("26110", "부산광역시", "Busan"), ("27110", "대구광역시", "Daegu"),
    ("28110", "인천광역시", "Incheon"), ("29110", "광주광역시", "Gwangju"), ("30110", "대전광역시", "Daejeon"),
    ("31110", "울산광역시", "Ulsan"), ("36110", "세종특별자치시", "Sejong"),
    ("41820", "경기도의 다른 시·군", "elsewhere in Gyeonggi"), ("51750", "강원의 다른 시·군", "elsewhere in Gangwon"),
    ("43800", "충북의 다른 시·군", "elsewhere in Chungbuk"), ("44825", "충남의 다른 시·군", "elsewhere in Chungnam"),
    ("52800", "전북의 다른 시·군", "elsewhere in Jeonbuk"), ("46910", "전남의 다른 시·군", "elsewhere in Jeonnam"),
    ("47940", "경북의 다른 시·군", "elsewhere in Gyeongbuk"), ("48890", "경남의 다른 시·군", "elsewhere in Gyeongnam"),
    ("50110", "제주특별자치도", "Jeju"),
)  # fmt: skip
GONE = ("고른 공고의 접수가 모두 끝났습니다. 다시 골라 주십시오.", "What was chosen has closed. Please choose again.")
TOO_MANY = (
    f"한 번에 {MOST_NOTICES}건까지 볼 수 있습니다. 줄여 주십시오.", f"At most {MOST_NOTICES} notices at a time.",
)  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """Open notices to choose from, and which of them are chosen."""

    terms: Sequence[tuple[NoticeRow, Notice]]
    picked: frozenset[str]
    gone: int = 0  # chosen, but closed while the form was being filled in

    @classmethod
    def of(cls, terms: Sequence[tuple[NoticeRow, Notice]], ids: Sequence[str] = ()) -> Offer:
        """Who chooses nothing sees those that close first."""
        known, wanted = [row.id for row, _ in terms], frozenset(ids)
        picked = wanted & frozenset(known) if wanted else frozenset(known[:MOST_NOTICES])
        return cls(terms, picked, len(wanted - picked))

    @property
    def rows(self) -> list[NoticeRow]:
        return [row for row, _ in self.terms]

    def places(self, lang: str) -> list[tuple[str, str]]:
        named = {notice.region: notice.region_name for _, notice in self.terms}
        known = [(code, ko if lang == "ko" else en) for code, ko, en in PLACES if code not in named]
        return [*sorted(named.items(), key=lambda one: one[1]), *known]

    def refused(self) -> Refused | None:
        if len(self.picked) > MOST_NOTICES:
            return Refused(422, (Fault("notice_ids", *TOO_MANY),))
        return Refused(422, (Fault("notice_ids", *GONE),)) if self.gone and not self.picked else None


@router.get("/check")
async def ask(view: Visitor) -> Response:
    return _page(view, Offer.of(await _on_offer(view)))


@router.post("/check")
async def answer(view: Visitor, form: Annotated[FormData, Depends(stated_form)], desk: LawDesk) -> Response:
    posted = texts(form)
    offer = Offer.of(await _on_offer(view), chosen(form, "notice_ids"))
    read = read_both(posted)
    if isinstance(read, Refused):
        return _page(view, offer, refused=read, posted=posted)
    household, changes = read[0], read[1] if read[1].model_fields_set else None
    refused = offer.refused() or impossible(household, changes, seoul_date(now()), view.services.rulebook)
    if refused:
        return _page(view, offer, refused=refused, posted=posted)
    found = await judge(view, desk, offer, household, changes)
    return _page(view, offer, found=found, closer=_closer(found, posted), whatif=changes is not None, posted=posted)


async def judge(
    view: View, desk: Desk, offer: Offer, household: Household, changes: Household | None
) -> list[Previewed]:
    before = stated(household)
    after = stated(changes.over(household)) if changes else None
    asked = [(row, lines_of(notice, before, after)) for row, notice in offer.terms if row.id in offer.picked]
    return await desk.work(preview, asked, view.services.rulebook, 0 if changes else MOST_SEARCHES)


def _closer(found: Sequence[Previewed], posted: Mapping[str, str]) -> tuple[Previewed, Preview] | None:
    """The line that is to be shown with every reason."""
    lines = [(one, line) for one in found for line in one.decisions.values()]
    return next((line for line in lines if line[1].id == posted.get("why") and line[1].body), None)


def _page(view: View, offer: Offer, *, refused: Refused | None = None, **values: Any) -> Response:
    shown = {"found": None, "closer": None, "whatif": False, "posted": {}, **values}
    return view.page(
        "check.html", status=refused.status if refused else 200, refused=refused, offer=offer.rows, picked=offer.picked,
        gone=offer.gone,
        places=offer.places(view.lang), most=MOST_NOTICES, labels=labels(view.lang), **shown,
    )  # fmt: skip


async def _on_offer(view: View) -> list[tuple[NoticeRow, Notice]]:
    async with view.services.db.transaction() as session:
        rows = await notices.page(session, after=None, limit=ON_OFFER, open_only=True)
    return [(row, notices.terms_of(row)) for row in rows]
