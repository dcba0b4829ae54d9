"""The wait-list of a notice: its first round, opened, joined and drawn; and contracts that are not made here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel.ext.asyncio.session import AsyncSession

from api import acts
from api.access import CeremonySeat, Me, OfficersAward, OfficersNotice, WinnersAward
from api.idempotency import OnceKey, intake
from api.inputs import At, Day, Flag, NoticePath, Strict, iso
from api.routes.draws import TypeDigits
from api.services import Door, Services
from domain.errors import Invalid
from domain.ids import draw_workflow_id, reserve_workflow_id
from domain.messages import ActAnswer, DigitsAct, OpenRoundAct
from law.drawing.reserve import Listed
from law.waiting import contract_ends, wait_list_ends
from store import draws, joining, notices, reserve, winning
from store.tables.draws import DrawRow
from store.tables.reserve import ReserveRow

router = APIRouter(prefix="/api/v1", tags=["wait-list"])
Ticket = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
MOST_TICKETS = 500
ENTERED = ActAnswer(state="entered", ko="참가 여부를 적었습니다.", en="Entered.")
JOINED = ActAnswer(
    state="joined",
    ko="동·호수 추첨에 참가합니다. 기한 안에는 거둘 수 있습니다.",
    en="You take part in the lots. You may take it back until the deadline.",
)
TAKEN_BACK = ActAnswer(
    state="taken_back",
    ko="참가를 거두었습니다. 예비입주자 순번은 그대로입니다.",
    en="You do not take part. Your number on the wait-list stays.",
)
NOTED = ActAnswer(state="contracted", ko="계약 체결일을 기록했습니다.", en="The day of the contract is recorded.")


class OpenRound(Strict):
    """``until``: how long those who wait may join; at least three days from now."""

    until: At


class Join(Strict):
    """``warned``: I have read that being allotted a home counts as a win, also without a contract (제2조제7호바)."""

    joins: Flag
    warned: Flag = False


class EnterTickets(Strict):
    """People who applied at the agency directly and have told the supplier, by ticket."""

    tickets: Annotated[list[Ticket], Field(min_length=1, max_length=MOST_TICKETS)]
    joins: Flag


class NoteContract(Strict):
    """The day on which a winner who does not use Onjip has made the supply contract."""

    on: Day


class HomeOut(BaseModel):
    model_no: str
    special: bool
    unit: str


class AllottedOut(BaseModel):
    ticket: str
    unit: str


class RoundOut(BaseModel):
    """``state``: none where no round has been opened. ``opens_after``: the end of the winners' time for contracts;
    ``joined``: how many take part, once the list is fixed; ``ends_at``: when the places end, once a contract has been
    made; ``contract_missing``: they could have ended, but no contract is known."""

    state: str
    opens_after: str | None
    until: str | None
    homes: list[HomeOut]
    waiting: int
    joined: int | None
    list_sha256: str | None
    allotted: list[AllottedOut]
    first_contract_on: str | None
    ends_at: str | None
    contract_missing: bool


@router.get("/notices/{notice_id}/reserve", name="round")
async def show(notice_id: NoticePath, services: Door) -> RoundOut:
    """The first round of the wait-list: homes, deadline, and what came out. Public."""
    async with services.db.transaction() as session:
        draw = await draws.draw(session, notice_id)
        terms = notices.terms_of(await notices.notice(session, notice_id))
        row = await reserve.find(session, notice_id)
        given = await reserve.allotted(session, notice_id)
        waiting = len(await reserve.waiting(session, notice_id))
        first = await reserve.first_contract_on(session, notice_id)
    ends = contract_ends(terms, draw.selected_at, services.rulebook) if draw.selected_at else None
    listed = Listed.model_validate(row.listed) if row and row.listed else None
    return RoundOut(
        state=row.state if row else "none", opens_after=iso(ends), until=iso(row.until) if row else None,
        homes=_homes(row), waiting=waiting, joined=len(listed.joined) if listed else None,
        list_sha256=listed.digest() if listed else None,
        allotted=[AllottedOut(ticket=one.ticket, unit=one.unit or "") for one in given],
        first_contract_on=first.isoformat() if first else None,
        ends_at=iso(wait_list_ends(terms, first, services.rulebook)) if first else None,
        contract_missing=first is None and draw.contract_asked_at is not None,
    )  # fmt: skip


def _homes(row: ReserveRow | None) -> list[HomeOut]:
    homes = reserve.homes_of(row) if row else []
    return [HomeOut(model_no=one.model_no, special=one.special, unit=one.unit) for one in homes]


@router.post("/notices/{notice_id}/reserve", name="open-round")
async def open_round(body: OpenRound, notice: OfficersNotice, person: Me, key: OnceKey, services: Door) -> ActAnswer:
    """Publish the homes that have lapsed, with their units, and let those who wait join (제26조⑤). Once a notice."""
    await _draw_here(services, notice.id)
    return await acts.act(
        services, key, body, workflow_id=draw_workflow_id(notice.id), update="open_round",
        message=OpenRoundAct(person_id=person.id, until=body.until),
    )  # fmt: skip


async def _draw_here(services: Services, notice_id: str) -> DrawRow:
    async with services.db.transaction() as session:
        return await draws.draw(session, notice_id)


@router.post("/notices/{notice_id}/reserve/digits", name="type-round-digits")
async def type_digits(body: TypeDigits, seat: CeremonySeat, key: OnceKey, services: Door) -> ActAnswer:
    """The digits of the balls of the round, typed blind by the operator and by an officer of the supplier."""
    async with services.db.transaction() as session:
        await reserve.of_notice(session, seat.notice.id)
    return await acts.act(
        services, key, body, workflow_id=reserve_workflow_id(seat.notice.id), update="type_digits",
        message=DigitsAct(
            person_id=seat.person.id, role=seat.role, digits=body.digits, observers=tuple(body.observers)
        ),
    )  # fmt: skip


@router.post("/notices/{notice_id}/reserve/tickets", name="enter-tickets")
async def enter_tickets(
    body: EnterTickets, notice: OfficersNotice, person: Me, key: OnceKey, services: Door
) -> ActAnswer:
    """An officer enters who joins, or does not any more, of those who applied at the agency directly. All or none."""

    async def work(session: AsyncSession) -> ActAnswer:
        await joining.enter(session, notice.id, body.tickets, person.id, joins=body.joins)
        return ENTERED

    return ActAnswer.model_validate((await intake(services, key, body, work)).answer)


@router.post("/awards/{award_id}/reserve", name="join")
async def join(body: Join, award: WinnersAward, key: OnceKey, services: Door) -> ActAnswer:
    """Who waits joins the lots for the homes of the round, or takes it back, until the deadline. Accepted once this
    answer is here."""
    if body.joins and not body.warned:
        raise Invalid(
            "warning_not_confirmed", field="warned",
            ko="동·호수를 배정받으면 계약하지 않아도 당첨자가 된다는 안내를 읽고 확인해 주십시오.",
            en="Please read and confirm that being allotted a home counts as a win, also without a contract.",
            article="주택공급에 관한 규칙 제2조제7호바목",
        )  # fmt: skip

    async def work(session: AsyncSession) -> ActAnswer:
        await joining.say_own(session, award.id, services.rulebook, joins=body.joins)
        return JOINED if body.joins else TAKEN_BACK

    return ActAnswer.model_validate((await intake(services, key, body, work)).answer)


@router.post("/awards/{award_id}/contracted", name="note-contract")
async def note_contract(body: NoteContract, award: OfficersAward, key: OnceKey, services: Door) -> ActAnswer:
    """The supply contract with a winner who does not use Onjip has been made: the wait-list's life is counted from the
    first of them (제26조④)."""

    async def work(session: AsyncSession) -> ActAnswer:
        await winning.note_contract(session, award.id, body.on, services.rulebook)
        return NOTED

    return ActAnswer.model_validate((await intake(services, key, body, work)).answer)
