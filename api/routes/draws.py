"""The draw: closed by the operator, its digits typed by two people, its proof open to everybody."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from api import acts, draw_record
from api.access import Me, OfficersAward, OfficersNotice, Operator, WinnersAward
from api.idempotency import OnceKey
from api.inputs import Empty, Flag, LongText, ModelNo, NoticePath, Sha256Text, ShortText, Strict, TicketPath
from api.paging import Cursor, Limit, Page, decode, page
from api.services import Door
from domain.draws import DrawState
from domain.errors import NotAllowed, UnknownThing, WrongState
from domain.ids import award_workflow_id, draw_workflow_id
from domain.messages import AcceptAct, Act, ActAnswer, DigitsAct, ExplainAct, JudgeAct, LapseAct
from domain.people import Person
from domain.words import Role
from store import draws, notices
from store.tables.draws import AwardRow, DrawEntryRow, DrawRow

router = APIRouter(prefix="/api/v1", tags=["draws"])
VOID = "onjip-draw-void"


class TypeDigits(Strict):
    """``observers``: who watched the balls, by their office; the operator tells them."""

    digits: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,40}$")]
    observers: Annotated[list[ShortText], Field(max_length=20)] = []


class Lapse(Strict):
    reason: ShortText


class Accept(Strict):
    option_codes: Annotated[list[ModelNo], Field(max_length=20)] = []


class Explain(Strict):
    """The winner's explanation (소명) of what the registers say."""

    text: LongText
    document_sha256: Sha256Text | None = None


class Judge(Strict):
    eligible: Flag
    reason: ShortText


class EntryOut(BaseModel):
    """Pseudonyms inside this notice; nobody's name."""

    ticket: str
    holder: str
    household: str
    model_no: str
    supply_kind: str
    excluded: str | None
    result: str | None


class CountOut(BaseModel):
    model_no: str
    supply_kind: str
    entries: int


class ApplicantsOut(Page[EntryOut]):
    counts: list[CountOut]


class AwardOut(BaseModel):
    id: str
    ticket: str
    model_no: str
    supply_kind: str
    unit: str | None
    wait_list_no: int | None
    state: str
    from_wait_list: bool
    contract_id: str | None
    mine: bool


@router.post("/notices/{notice_id}/close", name="close")
async def close(
    notice_id: NoticePath, person: Operator, key: OnceKey, services: Door, body: Empty | None = None
) -> ActAnswer:
    """Receipt is over: take the list from the agency and commit to it."""
    async with services.db.transaction() as session:
        await draws.draw(session, notice_id)
    return await acts.act(
        services, key, body or Empty(),
        workflow_id=draw_workflow_id(notice_id), update="close", message=Act(person_id=person.id),
    )  # fmt: skip


@router.post("/notices/{notice_id}/digits", name="type-digits")
async def type_digits(body: TypeDigits, notice_id: NoticePath, person: Me, key: OnceKey, services: Door) -> ActAnswer:
    """The digits of the balls, typed blind by the operator and by an officer of the supplier."""
    async with services.db.transaction() as session:
        supplier = (await notices.notice(session, notice_id)).supplier
        role = _seat(person, supplier)
        await draws.draw(session, notice_id)
    return await acts.act(
        services, key, body, workflow_id=draw_workflow_id(notice_id), update="type_digits",
        message=DigitsAct(
            person_id=person.id, role=role, digits=body.digits, observers=tuple(body.observers)
        ),
    )  # fmt: skip


def _seat(person: Person, supplier: str) -> Literal["officer", "operator"]:
    if person.organisations(Role.OPERATOR):
        return "operator"
    if person.acts_for(Role.OFFICER, supplier):
        return "officer"
    raise NotAllowed(
        ko="추첨에 참여하는 담당자만 할 수 있는 일입니다.", en="Only those who hold the ceremony may do this."
    )


@router.get("/notices/{notice_id}/applicants", name="applicants")
async def applicants(notice: OfficersNotice, services: Door, cursor: Cursor = None, limit: Limit = 50) -> ApplicantsOut:
    """Counts and pseudonyms, for an officer of the supplier."""
    after = decode(cursor, _ticket) or ""
    async with services.db.transaction() as session:
        rows = await notices.entries(session, notice.id, after=after, limit=limit + 1)
        counts = await notices.entry_counts(session, notice.id)
    listed = page(rows, limit, _entry, lambda row: (row.ticket,))
    return ApplicantsOut(
        items=listed.items, next=listed.next,
        counts=[CountOut(model_no=model, supply_kind=kind, entries=count) for model, kind, count in counts],
    )  # fmt: skip


def _ticket(text: str) -> str:
    if not text.isprintable():
        raise ValueError("not a ticket")
    return text


def _entry(row: DrawEntryRow) -> EntryOut:
    return EntryOut(
        ticket=row.ticket, holder=row.holder, household=row.household, model_no=row.model_no,
        supply_kind=row.supply_kind, excluded=row.excluded, result=row.result,
    )  # fmt: skip


@router.get("/notices/{notice_id}/awards", name="awards")
async def awards(
    notice: OfficersNotice, person: Me, services: Door, cursor: Cursor = None, limit: Limit = 50
) -> Page[AwardOut]:
    """Winners and wait-list by ticket, for an officer of the supplier."""
    after = decode(cursor, UUID)
    async with services.db.transaction() as session:
        rows = await notices.awards(session, notice.id, after=after, limit=limit + 1)
    return page(rows, limit, lambda row: _award(row, person.id), lambda row: (str(row.id),))


def _award(row: AwardRow, reader: UUID) -> AwardOut:
    return AwardOut(
        id=str(row.id), ticket=row.ticket, model_no=row.model_no, supply_kind=row.supply_kind, unit=row.unit,
        wait_list_no=row.wait_list_no, state=row.state, from_wait_list=row.from_wait_list,
        contract_id=str(row.contract_id) if row.contract_id else None, mine=row.person_id == reader,
    )  # fmt: skip


@router.get("/awards", name="my-awards")
async def my_awards(person: Me, services: Door, cursor: Cursor = None, limit: Limit = 20) -> Page[AwardOut]:
    """What I have won, and my places on wait-lists."""
    after = decode(cursor, UUID)
    async with services.db.transaction() as session:
        rows = await notices.awards_of(session, person.id, after=after, limit=limit + 1)
    return page(rows, limit, lambda row: _award(row, person.id), lambda row: (str(row.id),))


@router.post("/awards/{award_id}/lapse", name="lapse")
async def lapse(body: Lapse, award: OfficersAward, person: Me, key: OnceKey, services: Door) -> ActAnswer:
    """A winner did not contract: the home goes to the wait-list."""
    message = LapseAct(person_id=person.id, award_id=award.id, reason=body.reason)
    return await acts.act(
        services, key, body, workflow_id=draw_workflow_id(award.notice_id), update="lapse", message=message
    )


def _under_way(award: AwardRow) -> None:
    """WrongState where nothing will ever answer: no home has been allotted yet, or the winner applied elsewhere."""
    if award.state == "waiting":
        raise WrongState(
            "still_waiting", ko="예비입주자로 기다리는 중입니다. 주택이 배정되면 할 수 있습니다.",
            en="Still on the wait-list. This is for the time when a home has been allotted.",
        )  # fmt: skip
    if award.person_id is None:
        raise WrongState(
            "winner_not_here", ko="온집에서 신청한 당첨자가 아닙니다.", en="The winner did not apply here."
        )


@router.post("/awards/{award_id}/accept", name="accept")
async def accept(body: Accept, award: WinnersAward, person: Me, key: OnceKey, services: Door) -> ActAnswer:
    """The winner takes the home and chooses among the options of the notice."""
    _under_way(award)
    message = AcceptAct(person_id=person.id, option_codes=tuple(body.option_codes))
    workflow_id = award_workflow_id(award.id)
    return await acts.act(services, key, body, workflow_id=workflow_id, update="accept", message=message)


@router.post("/awards/{award_id}/explain", name="explain")
async def explain(body: Explain, award: WinnersAward, person: Me, key: OnceKey, services: Door) -> ActAnswer:
    """The winner answers a finding before anybody decides."""
    _under_way(award)
    message = ExplainAct(person_id=person.id, text=body.text, document_sha256=body.document_sha256)
    return await acts.act(
        services, key, body, workflow_id=award_workflow_id(award.id), update="explain", message=message
    )


@router.post("/awards/{award_id}/judge", name="judge")
async def judge(body: Judge, award: OfficersAward, person: Me, key: OnceKey, services: Door) -> ActAnswer:
    """A human decides about a winner after the explanation (개인정보 보호법 제37조의2)."""
    _under_way(award)
    message = JudgeAct(person_id=person.id, eligible=body.eligible, reason=body.reason)
    return await acts.act(services, key, body, workflow_id=award_workflow_id(award.id), update="judge", message=message)


@router.post("/awards/{award_id}/redraft", name="redraft")
async def redraft(
    award: OfficersAward, person: Me, key: OnceKey, services: Door, body: Empty | None = None
) -> ActAnswer:
    """The supplier has added what the supply contract lacked: it is drafted again."""
    _under_way(award)
    return await acts.act(
        services, key, body or Empty(), workflow_id=award_workflow_id(award.id), update="redraft",
        message=Act(person_id=person.id),
    )  # fmt: skip


OfBody = Annotated[Sha256Text | None, Query(description="`body_sha256` of one that was corrected; else that in force")]


@router.get("/notices/{notice_id}/draw-proof", response_class=Response, name="proof")
async def proof(notice_id: NoticePath, services: Door, body: OfBody = None) -> Response:
    """The transcript by which anybody can run the draw again; of a void draw, its record. Public."""
    async with services.db.transaction() as session:
        row = await draws.draw(session, notice_id)
        void = await draws.published(session, notice_id, VOID) if row.state == DrawState.VOID else None
    sha256 = void or _transcript(row, body)
    if sha256 is None:
        raise _not_published()
    return Response(await services.documents.get(sha256), media_type="application/json")


def _transcript(row: DrawRow, body: str | None) -> str | None:
    """Digest of the document of this body. A transcript that was corrected stays where it is."""
    if body in (None, row.body_sha256):
        return row.transcript_sha256
    return next((one["transcript_sha256"] for one in row.earlier or [] if one["body_sha256"] == body), None)


@router.get("/notices/{notice_id}/draw-list", response_class=Response, name="list")
async def listing(notice_id: NoticePath, services: Door, body: OfBody = None) -> Response:
    """Rows and results of all tickets in columns, the file that a transcript names by its hash. Public."""
    async with services.db.transaction() as session:
        row = await draws.draw(session, notice_id)
    data = await draw_record.listing(services, _transcript(row, body))
    if data is None:
        raise _not_published()
    return Response(data, media_type="application/octet-stream")


@router.get("/notices/{notice_id}/tickets/{ticket}/proof", response_class=Response, name="own-proof")
async def own_proof(notice_id: NoticePath, ticket: TicketPath, person: Me, services: Door) -> Response:
    """My own ticket's row, its private part, and the paths that show both in the published record. Mine only."""
    async with services.db.transaction() as session:
        if (await draws.draw(session, notice_id)).transcript_sha256 is None:
            raise _not_published()
        found = await draws.own_proof(session, services.sealed, person.id, notice_id, ticket)
    return Response(found.canonical(), media_type="application/json")


def _not_published() -> UnknownThing:
    return UnknownThing("draw_not_published", ko="아직 추첨 기록이 공개되지 않았습니다.", en="Not published yet.")
