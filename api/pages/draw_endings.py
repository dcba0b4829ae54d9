"""A draw that was annulled or corrected, as everybody reads it; and the forms of those who enter, confirm, and type."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from api.access import CeremonySeat, Me, OfficersNotice, Operator, Seat
from api.inputs import NoticePath
from api.pages.forms import Form, Posted, Refused, carry_out
from api.pages.view import Reader, View
from api.routes import draw_endings
from api.routes.draw_endings import ConfirmOrder, EnterOrder, OrderOut, RecordedDigits, RecordsOut
from domain.draws import DrawState, Order, Superseded
from domain.errors import Invalid
from store import awards, draws
from store.tables.draws import DrawRow

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Told:
    """What became of a draw since: everything that is published, the order that annulled it, corrections."""

    records: RecordsOut
    order: Order | None
    corrected: tuple[Superseded, ...]
    at: str | None


async def told_of(view: View, draw: DrawRow) -> Told:
    ended = draw.ended if draw.state == DrawState.ANNULLED and draw.ended else None
    return Told(
        records=await draw_endings.records(draw.notice_id, view.services),
        order=Order.model_validate(ended["order"]) if ended else None,
        corrected=tuple(Superseded.model_validate(one) for one in draw.earlier or []),
        at=str(ended["at"]) if ended else None,
    )


@router.get("/notices/{notice_id}/draw/order")
async def show_order(view: Reader, seat: CeremonySeat) -> Response:
    return await _order(view, seat)


async def _order(view: View, seat: Seat, refused: Refused | None = None, form: Posted | None = None) -> Response:
    async with view.services.db.transaction() as session:
        draw = await draws.draw(session, seat.notice.id)
        contracted = await awards.contracted(session, seat.notice.id)
    found: OrderOut | None = draw_endings.order_of(draw, seat.person)
    return view.page(
        "draw_order.html", status=refused.status if refused else 200, refused=refused, notice=seat.notice, draw=draw,
        seat=seat, found=found, contracted=contracted, posted=form.values if form else {},
    )  # fmt: skip


@router.post("/notices/{notice_id}/draw/order")
async def enter_order(
    notice_id: NoticePath, view: Reader, person: Operator, seat: CeremonySeat, form: Form
) -> Response:
    async def work() -> Response:
        body = EnterOrder.model_validate(
            {name: form.text(name) for name in ("authority", "name", "number", "ordered_on", "reason")}
        )
        file = form.form.get("file")
        if not isinstance(file, UploadFile) or not file.size:
            raise Invalid(
                "no_file", field="file", ko="명령서 PDF를 골라 주십시오.", en="Please choose the order's PDF."
            )
        await draw_endings.enter(
            view.services, form.key, body, notice_id=notice_id, person=person, document=await file.read()
        )
        return view.back(f"/notices/{notice_id}/draw/order", "order_entered")

    return await carry_out(view, form, work, lambda refused: _order(view, seat, refused, form))


@router.post("/notices/{notice_id}/draw/order/confirmation")
async def confirm_order(notice: OfficersNotice, view: Reader, person: Me, seat: CeremonySeat, form: Form) -> Response:
    async def work() -> Response:
        body = ConfirmOrder.model_validate({"order_sha256": form.text("order_sha256")})
        await draw_endings.confirm_order(body, notice, person, form.key, view.services)
        return view.back(f"/notices/{notice.id}/draw/order", "draw_annulled")

    return await carry_out(view, form, work, lambda refused: _order(view, seat, refused, form))


@router.get("/notices/{notice_id}/draw/correction")
async def show_correction(view: Reader, seat: CeremonySeat) -> Response:
    return await _correction(view, seat)


async def _correction(view: View, seat: Seat, refused: Refused | None = None, form: Posted | None = None) -> Response:
    async with view.services.db.transaction() as session:
        draw = await draws.draw(session, seat.notice.id)
        purpose = f"corrected:{len(draw.earlier or []) + 1}"
        typed = await draws.typed(session, seat.notice.id, purpose)
        contracted = await awards.contracted(session, seat.notice.id)
    return view.page(
        "draw_correction.html", status=refused.status if refused else 200, refused=refused, notice=seat.notice,
        draw=draw, seat=seat, contracted=contracted, posted=form.values if form else {},
        typed={one.role for one in typed}, i_typed=any(one.person_id == seat.person.id for one in typed),
    )  # fmt: skip


@router.post("/notices/{notice_id}/draw/correction")
async def type_recorded(view: Reader, seat: CeremonySeat, form: Form) -> Response:
    async def work() -> Response:
        body = RecordedDigits.model_validate({
            "digits": form.text("digits"), "recording_sha256": (form.text("recording_sha256") or "").lower(),
            "reason": form.text("reason"), "no_contracts": form.ticked("no_contracts"),
        })  # fmt: skip
        answer = await draw_endings.type_recorded(body, seat, form.key, view.services)
        return view.back(f"/notices/{seat.notice.id}/draw/correction", f"recorded_{answer.state}")

    return await carry_out(view, form, work, lambda refused: _correction(view, seat, refused, form))
