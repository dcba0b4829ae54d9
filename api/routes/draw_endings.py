"""A draw that must not stand as it is: an authority's order, digits mended from the recording; and all its records."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Response, UploadFile
from pydantic import BaseModel, StringConstraints

from api import acts
from api.access import CeremonySeat, Me, OfficersNotice, Operator
from api.idempotency import OnceKey
from api.inputs import Day, Flag, NoticePath, PublicText, Sha256Text, Strict, Word
from api.routes.verify import PDF, check_pdf
from api.services import Door, Services
from domain.draws import Authority, DrawState, Entered, Order, RecordRef, Superseded
from domain.errors import UnknownThing, WrongState
from domain.ids import draw_workflow_id
from domain.messages import ActAnswer, ConfirmOrderAct, OrderAct, RecordedDigitsAct
from domain.people import Person
from store import draws
from store.idempotency import Key
from store.tables.draws import DrawRow

router = APIRouter(prefix="/api/v1", tags=["draws"])
FormatPath = Annotated[str, Path(pattern=r"^[a-z-]{1,40}$")]
NumberPath = Annotated[int, Path(ge=1, le=1000)]


class EnterOrder(Strict):
    """``name``: of the authority, as the order has it; ``reason``: published as it stands, so without personal data."""

    authority: Authority
    name: Word
    number: Word
    ordered_on: Day
    reason: PublicText


class ConfirmOrder(Strict):
    """``order_sha256``: of the order that was read, as ``GET …/draw/order`` tells it."""

    order_sha256: Sha256Text


class RecordedDigits(Strict):
    """What the recording shows. ``no_contracts``: the officer's word that no winner has contracted outside Onjip."""

    digits: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,40}$")]
    recording_sha256: Sha256Text
    reason: PublicText
    no_contracts: Flag = False


class OrderOut(BaseModel):
    """``state``: entered, or confirmed, from when on the draw is annulled."""

    state: Literal["entered", "confirmed"]
    order: Order
    order_sha256: str
    entered_by_me: bool


class RecordOut(BaseModel):
    format: str
    number: int
    at: str
    body_sha256: str
    url: str


class TranscriptOut(BaseModel):
    """``state``: in_force, superseded by a correction, or annulled."""

    body_sha256: str
    state: Literal["in_force", "superseded", "annulled"]
    until: str | None
    url: str
    list_url: str


class RecordsOut(BaseModel):
    """Everything that is published about a draw, oldest first."""

    state: str
    transcripts: list[TranscriptOut]
    records: list[RecordOut]


async def order_form(
    authority: Annotated[Authority, Form()],
    name: Annotated[Word, Form()],
    number: Annotated[Word, Form()],
    ordered_on: Annotated[Day, Form()],
    reason: Annotated[PublicText, Form()],
) -> EnterOrder:
    said = {"authority": authority, "name": name, "number": number, "reason": reason}
    return EnterOrder.model_validate({**said, "ordered_on": ordered_on.isoformat()})


@router.post("/notices/{notice_id}/draw/order", name="enter-order")
async def enter_order(
    notice_id: NoticePath, person: Operator, key: OnceKey, services: Door, *, file: UploadFile,
    order: Annotated[EnterOrder, Depends(order_form)],
) -> ActAnswer:  # fmt: skip
    """The operator enters an authority's order (multipart: its fields, and the document as PDF in ``file``)."""
    return await enter(services, key, order, notice_id=notice_id, person=person, document=await file.read())


async def enter(
    services: Services, key: Key, body: EnterOrder, *, notice_id: str, person: Person, document: bytes
) -> ActAnswer:
    check_pdf(document)
    async with services.db.transaction() as session:
        await draws.draw(session, notice_id)
    order = Order(**body.model_dump(), document_sha256=await services.documents.put(document, PDF))
    return await acts.act(
        services, key, order, workflow_id=draw_workflow_id(notice_id), update="enter_order",
        message=OrderAct(person_id=person.id, order=order),
    )  # fmt: skip


@router.post("/notices/{notice_id}/draw/order/confirmation", name="confirm-order")
async def confirm_order(
    body: ConfirmOrder, notice: OfficersNotice, person: Me, key: OnceKey, services: Door
) -> ActAnswer:
    """The supplier's officer confirms the order that was entered: the draw is annulled."""
    return await acts.act(
        services, key, body, workflow_id=draw_workflow_id(notice.id), update="confirm_order",
        message=ConfirmOrderAct(person_id=person.id, order_sha256=body.order_sha256),
    )  # fmt: skip


@router.get("/notices/{notice_id}/draw/order", name="order")
async def show_order(seat: CeremonySeat, services: Door) -> OrderOut:
    """The order that was entered, for those who hold the ceremony."""
    async with services.db.transaction() as session:
        draw = await draws.draw(session, seat.notice.id)
    found = order_of(draw, seat.person)
    if found is None:
        raise _no_order()
    return found


def order_of(draw: DrawRow, reader: Person) -> OrderOut | None:
    if draw.ordered is not None:
        entered = Entered.model_validate(draw.ordered)
        mine = entered.person_id == reader.id
        return OrderOut(state="entered", order=entered.order, order_sha256=entered.order.digest(), entered_by_me=mine)
    if draw.state == DrawState.ANNULLED and draw.ended is not None:
        order, mine = Order.model_validate(draw.ended["order"]), draw.ended["entered_by"] == str(reader.id)
        return OrderOut(state="confirmed", order=order, order_sha256=order.digest(), entered_by_me=mine)
    return None


@router.get("/notices/{notice_id}/draw/order/document", response_class=Response, name="order-document")
async def order_document(seat: CeremonySeat, services: Door) -> Response:
    """The order itself (PDF), for those who hold the ceremony: it may name people."""
    found = await show_order(seat, services)
    data = await services.documents.get(found.order.document_sha256)
    headers = {"Content-Disposition": 'attachment; filename="order.pdf"'}
    return Response(data, media_type=PDF, headers=headers)


@router.post("/notices/{notice_id}/recorded-digits", name="type-recorded-digits")
async def type_recorded(body: RecordedDigits, seat: CeremonySeat, key: OnceKey, services: Door) -> ActAnswer:
    """Digits as the recording shows them, typed blind by the operator and by an officer of the supplier."""
    if seat.role == "officer" and not body.no_contracts:
        raise WrongState(
            "contracts_exist", field="no_contracts",
            ko="계약한 당첨자가 있으면 숫자를 고칠 수 없습니다. 온집 밖에서 계약한 사람도 없는지 확인해 주십시오.",
            en="Digits cannot be corrected once a winner has contracted. Please confirm that none has elsewhere.",
        )  # fmt: skip
    return await acts.act(
        services, key, body, workflow_id=draw_workflow_id(seat.notice.id), update="type_recorded",
        message=RecordedDigitsAct(
            person_id=seat.person.id, role=seat.role, digits=body.digits, recording_sha256=body.recording_sha256,
            reason=body.reason,
        ),
    )  # fmt: skip


@router.get("/notices/{notice_id}/draw-records", name="records")
async def records(notice_id: NoticePath, services: Door) -> RecordsOut:
    """What was published about the draw, also what does not hold any more: transcripts and records. Public."""
    async with services.db.transaction() as session:
        draw = await draws.draw(session, notice_id)
        rows = await draws.records(session, notice_id)
    return RecordsOut(
        state=draw.state, transcripts=_transcripts(draw),
        records=[
            RecordOut(
                format=row.format, number=row.number, at=row.at.isoformat(), body_sha256=row.body_sha256,
                url=f"/api/v1/notices/{notice_id}/draw-records/{row.format}/{row.number}",
            )
            for row in rows
            if row.document_sha256 is not None
        ],
    )  # fmt: skip


def _transcripts(draw: DrawRow) -> list[TranscriptOut]:
    base = f"/api/v1/notices/{draw.notice_id}"

    def told(body: str, state: Literal["in_force", "superseded", "annulled"], until: str | None) -> TranscriptOut:
        links = (f"{base}/{name}?body={body}" for name in ("draw-proof", "draw-list"))
        return TranscriptOut(body_sha256=body, state=state, until=until, url=next(links), list_url=next(links))

    earlier = [Superseded.model_validate(one) for one in draw.earlier or []]
    found = [told(one.body_sha256, "superseded", one.until.isoformat()) for one in earlier]
    if draw.transcript_sha256 is not None and draw.body_sha256 is not None:
        annulled = draw.state == DrawState.ANNULLED and draw.ended is not None
        until = str(draw.ended["at"]) if annulled and draw.ended else None
        found.append(told(draw.body_sha256, "annulled" if annulled else "in_force", until))
    return found


@router.get("/notices/{notice_id}/draw-records/{form}/{number}", response_class=Response, name="record")
async def record(notice_id: NoticePath, form: FormatPath, number: NumberPath, services: Door) -> Response:
    """One sealed record, as ``onjip draw verify`` reads it. Public."""
    async with services.db.transaction() as session:
        row = await draws.record(session, RecordRef(notice_id=notice_id, format=form, number=number))
    if row.document_sha256 is None:
        raise UnknownThing("unknown_record", ko="그런 기록이 없습니다.", en="There is no such record.")
    return Response(await services.documents.get(row.document_sha256), media_type="application/json")


def _no_order() -> UnknownThing:
    return UnknownThing("no_order", ko="입력된 취소 명령이 없습니다.", en="No order has been entered.")
