"""A home that was won: taken with its options, explained where a register raised a question, judged by a human."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.access import Me, OfficersAward, WinnersAward
from api.pages.forms import Form, Posted, Refused, carry_out
from api.pages.view import Reader, View
from api.routes import draws
from api.routes.draws import Accept, Explain, Judge, Lapse
from domain.time import now, seoul_date
from store import desks, notices, reserve
from store.tables.cases import CaseRow
from store.tables.draws import AwardRow

router = APIRouter(include_in_schema=False)
LAPSED = {"allotted": "lapsed", "kept": "home_kept", "lapsed": "nobody_left"}


@router.get("/awards/{award_id}")
async def show(view: Reader, award: WinnersAward) -> Response:
    return await show_award(view, award)


async def show_award(
    view: View, award: AwardRow, refused: Refused | None = None, form: Posted | None = None
) -> Response:
    async with view.services.db.transaction() as session:
        notice = await notices.notice(session, award.notice_id)
        case = await session.get(CaseRow, award.case_id) if award.case_id else None
        story = await desks.award_story(session, award)
        round_ = await reserve.find(session, award.notice_id)
        said = (await reserve.joins_of(session, [award.id])).get(award.id)
    terms = notices.terms_of(notice)
    return view.page(
        "award.html", status=refused.status if refused else 200, refused=refused, posted=form.values if form else {},
        award=award, notice=notice, terms=terms, case=case,
        house=next((one for one in terms.house_types if one.model_no == award.model_no), None),
        story=story, round=round_, homes=reserve.homes_of(round_) if round_ else [], said=said, now=now(),
    )  # fmt: skip


@router.post("/awards/{award_id}/accept")
async def accept(view: Reader, award: WinnersAward, person: Me, form: Form) -> Response:
    async def work() -> Response:
        body = Accept.model_validate({"option_codes": form.texts("option_codes")})
        await draws.accept(body, award, person, form.key, view.services)
        return view.back(f"/awards/{award.id}", "accepted")

    return await carry_out(view, form, work, lambda refused: show_award(view, award, refused, form))


@router.post("/awards/{award_id}/explain")
async def explain(view: Reader, award: WinnersAward, person: Me, form: Form) -> Response:
    async def work() -> Response:
        body = Explain.model_validate({"text": form.text("text")})
        await draws.explain(body, award, person, form.key, view.services)
        return view.back(f"/awards/{award.id}", "explained")

    return await carry_out(view, form, work, lambda refused: show_award(view, award, refused, form))


@router.get("/awards/{award_id}/decide")
async def decide(view: Reader, award: OfficersAward) -> Response:
    return await show_decision(view, award)


async def show_decision(
    view: View, award: AwardRow, refused: Refused | None = None, form: Posted | None = None
) -> Response:
    """For the officer: ticket and home, never a name; the winner is a person here only to the contract."""
    async with view.services.db.transaction() as session:
        notice = await notices.notice(session, award.notice_id)
        story = await desks.award_story(session, award)
        round_ = await reserve.find(session, award.notice_id)
    return view.page(
        "award_decide.html", status=refused.status if refused else 200, refused=refused, award=award, notice=notice,
        posted=form.values if form else {}, story=story, round=round_, today=seoul_date(now()).isoformat(),
    )  # fmt: skip


@router.post("/awards/{award_id}/judge")
async def judge(view: Reader, award: OfficersAward, person: Me, form: Form) -> Response:
    async def work() -> Response:
        eligible = {"yes": True, "no": False}.get(form.text("eligible") or "")
        body = Judge.model_validate({"eligible": eligible, "reason": form.text("reason")})
        await draws.judge(body, award, person, form.key, view.services)
        return view.back(f"/notices/{award.notice_id}/applicants", "judged")

    return await carry_out(view, form, work, lambda refused: show_decision(view, award, refused, form))


@router.post("/awards/{award_id}/redraft")
async def redraft(view: Reader, award: OfficersAward, person: Me, form: Form) -> Response:
    async def work() -> Response:
        await draws.redraft(award, person, form.key, view.services)
        return view.back(f"/awards/{award.id}/decide", "redrafting")

    return await carry_out(view, form, work, lambda refused: show_decision(view, award, refused, form))


@router.post("/awards/{award_id}/lapse")
async def lapse(view: Reader, award: OfficersAward, person: Me, form: Form) -> Response:
    async def work() -> Response:
        body = Lapse.model_validate({"reason": form.text("lapse_reason")})
        answer = await draws.lapse(body, award, person, form.key, view.services)
        return view.back(f"/notices/{award.notice_id}/applicants", LAPSED[answer.state])

    return await carry_out(
        view, form, work, lambda refused: show_decision(view, award, refused, form), {"reason": "lapse_reason"}
    )
