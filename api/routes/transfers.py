"""The transfer of title: what has been paid and filed, and what its people still have to give."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel.ext.asyncio.session import AsyncSession

from api import acts
from api.access import TransferParty
from api.deadlines import DeadlineOut, deadline
from api.dues import DueOut, due_out
from api.idempotency import OnceKey, intake
from api.inputs import Empty, PartyCode, Strict
from api.services import Door, Services
from domain.errors import Invalid, UnknownThing, WrongState
from domain.filings import RightProof
from domain.ids import transfer_workflow_id
from domain.messages import Act, ActAnswer
from domain.papers import AttachedPaper, FundPlanDuty
from domain.people import Person
from domain.words import PartyRole, Role
from law.rulebook import Rulebook
from store import cases, contracts, people, transfers
from store.tables.transfers import RegistryFilingRow, TransferRow
from store.tasks import OBLIGORS, RIGHT_PROOF, UNWOUND, note_proof
from store.transfers import FUND_PLAN, FUND_PLAN_WAY

router = APIRouter(prefix="/api/v1", tags=["transfers"])
PLANNERS = (PartyRole.BUYER, PartyRole.SELLER_BROKER, PartyRole.BUYER_BROKER)
BEFORE_FILING = ("open", "dismissed", "withdrawn")
BEFORE_DECISION = (*BEFORE_FILING, "correction")


class GiveRightProof(Strict):
    """등기필정보 of the one who gives the right; sealed at once and opened for the filing only."""

    serial: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,30}$", to_upper=True)]
    password_no: Annotated[int, Field(strict=True, ge=1, le=50)]
    password: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{4,20}$")]


class ChooseScrivener(Strict):
    scrivener_code: PartyCode


class Declare(Strict):
    """What no register told us: homes of the buyer's household before this one. Signed with the tax return.

    ``home_adjusted``: the home lies in an adjusted area (조정대상지역), where the map does not tell. ``moving_house``:
    temporary two homes are claimed (일시적 2주택); asked for where it would change the tax.
    """

    homes_before: Annotated[int, Field(strict=True, ge=0, le=999)]
    home_adjusted: Annotated[bool, Field(strict=True)] | None = None
    moving_house: Annotated[bool, Field(strict=True)] | None = None


class FilingOut(BaseModel):
    receipt_no: str
    state: str
    corrections: list[Any]
    ground: str | None
    filed_at: str


class MendingOut(BaseModel):
    """Something that was refused for good and waits for those who can mend its cause; ``mine``: I am one of them."""

    kind: str
    code: str
    ko: str
    en: str
    article: str
    mine: bool


class TransferOut(BaseModel):
    """``checks``: the examiner's checks, run before filing. ``packet``: the papers of the packet.

    ``attachments``: what the law wants with the application, and where each is (등기규칙 제46조).
    ``fund_plan``: whether the buyer owes a 자금조달계획서, with the documents; for the buyer and the brokers.
    ``fund_plan_way``: with_report | apart, as the buyer has chosen before the report was prepared.
    ``report_due``: last day of the 부동산거래신고, while it is not filed.
    """

    id: str
    case_id: str
    contract_id: str
    state: str
    my_roles: list[str]
    scrivener_chosen: bool
    checks: list[Any]
    mending: list[MendingOut]
    packet: list[Any]
    packet_sha256: str | None
    attachments: list[AttachedPaper] = []
    fund_plan: FundPlanDuty | None = None
    fund_plan_way: str | None = None
    report_due: DeadlineOut | None = None
    filings: list[FilingOut]
    dues: list[DueOut]
    bank_url: str


class TransferState(BaseModel):
    id: str
    state: str


@router.get("/transfers/{transfer_id}", name="show")
async def show(seat: TransferParty, services: Door) -> TransferOut:
    async with services.db.transaction() as session:
        row = await transfers.transfer(session, seat.transfer.id)
        filings = await transfers.registry_filings(session, row.id)
        dues = await transfers.dues_of(session, (row.id, row.contract_id))
    packet, plans = row.record.get("packet") or {}, bool(seat.roles & {str(role) for role in PLANNERS})
    return TransferOut(
        id=str(row.id), case_id=str(row.case_id), contract_id=str(row.contract_id), state=row.state,
        my_roles=sorted(seat.roles), scrivener_chosen=row.scrivener_id is not None,
        checks=row.record.get("checks") or [], mending=_mending(row, seat.person.id),
        packet=packet.get("items") or [], packet_sha256=row.packet_sha256,
        attachments=row.record.get("attachments") or [],
        fund_plan=row.record.get(FUND_PLAN) if plans else None,
        fund_plan_way=row.record.get(FUND_PLAN_WAY) if plans else None,
        report_due=report_due(row, services.rulebook),
        filings=[_filing(one) for one in filings], dues=[due_out(one, seat.person.id) for one in dues],
        bank_url=services.bank_people_url,
    )  # fmt: skip


def report_due(row: TransferRow, book: Rulebook) -> DeadlineOut | None:
    """As it was decided with the fund plan, when the procedure began (신고법 제3조①). None once it is filed."""
    if FUND_PLAN not in row.record or "answer:report" in row.record or row.state in UNWOUND:
        return None
    duty = FundPlanDuty.model_validate(row.record[FUND_PLAN])
    return deadline(book, "report_deadline", duty.plan.as_of, duty.file_by)


def _mending(row: TransferRow, reader: UUID) -> list[MendingOut]:
    waiting = row.record.get("mending") or {}
    return [
        MendingOut(
            kind=kind, code=said["code"], ko=said["ko"], en=said["en"], article=said["article"],
            mine=str(reader) in said["people"],
        )
        for kind, said in waiting.items()
    ]  # fmt: skip


def _filing(row: RegistryFilingRow) -> FilingOut:
    return FilingOut(
        receipt_no=row.receipt_no, state=row.state, corrections=row.corrections, ground=row.ground,
        filed_at=row.filed_at.isoformat(),
    )  # fmt: skip


@router.post("/transfers/{transfer_id}/right-proof", response_model=TransferState, name="give-right-proof")
async def give_right_proof(body: GiveRightProof, seat: TransferParty, key: OnceKey, services: Door) -> Any:
    """For the one who gives the right; asked again until the registry has decided."""
    seat.needs(*OBLIGORS)
    done = await intake(
        services, key, body, lambda session: seal_right_proof(services, session, seat.person, seat.transfer.id, body)
    )
    return done.response()


async def seal_right_proof(
    services: Services, session: AsyncSession, person: Person, transfer_id: UUID, body: GiveRightProof
) -> TransferState:
    row = await in_state(session, transfer_id, BEFORE_DECISION)
    proof = RightProof(**body.model_dump()).model_dump_json()
    await services.sealed.put(session, person.id, RIGHT_PROOF, proof, subject=str(transfer_id))
    await note_proof(session, transfer_id)
    return TransferState(id=str(row.id), state=row.state)


@router.post("/transfers/{transfer_id}/scrivener", response_model=TransferState, name="choose-scrivener")
async def choose_scrivener(body: ChooseScrivener, seat: TransferParty, key: OnceKey, services: Door) -> Any:
    """The buyer names a judicial scrivener of the register."""
    seat.needs(PartyRole.BUYER)
    done = await intake(
        services, key, body, lambda session: name_scrivener(session, seat.transfer.id, body.scrivener_code)
    )
    return done.response()


async def name_scrivener(session: AsyncSession, transfer_id: UUID, code: str) -> TransferState:
    row = await in_state(session, transfer_id, BEFORE_FILING)
    scrivener = (await people.by_codes(session, [code])).get(code)
    if scrivener is None or not await people.holds(session, scrivener, Role.SCRIVENER):
        raise UnknownThing(
            "unknown_scrivener", field="scrivener_code", ko="등록된 법무사의 코드가 아닙니다.",
            en="This is not the code of a registered judicial scrivener.",
        )  # fmt: skip
    if scrivener in {one.person_id for one in await contracts.signers(session, row.contract_id)}:
        raise Invalid(
            "scrivener_is_party", field="scrivener_code", ko="계약에 서명한 사람은 이 등기의 법무사가 될 수 없습니다.",
            en="Who signed the contract cannot be the scrivener of its transfer.",
        )  # fmt: skip
    if row.scrivener_id not in (None, scrivener):
        raise WrongState("scrivener_chosen", ko="이미 법무사를 선택했습니다.", en="A scrivener has been chosen.")
    row.scrivener_id = scrivener
    session.add(row)
    await cases.add_member(session, row.case_id, scrivener, Role.SCRIVENER)
    await session.flush()
    return TransferState(id=str(row.id), state=row.state)


@router.post("/transfers/{transfer_id}/declaration", response_model=TransferState, name="declare")
async def declare(body: Declare, seat: TransferParty, key: OnceKey, services: Door) -> Any:
    """The buyer declares the number of homes where no register was asked; it becomes part of the tax return."""
    seat.needs(PartyRole.BUYER)
    done = await intake(services, key, body, lambda session: keep_declaration(session, seat.transfer.id, body))
    return done.response()


async def keep_declaration(session: AsyncSession, transfer_id: UUID, body: Declare) -> TransferState:
    row = await in_state(session, transfer_id, BEFORE_FILING)
    if "answer:tax" in row.record:
        raise WrongState("tax_filed", ko="취득세를 이미 신고했습니다.", en="The tax has been filed already.")
    await transfers.note(session, row.id, "declaration", body.model_dump())
    return TransferState(id=str(row.id), state=row.state)


@router.get("/transfers/{transfer_id}/packet", name="packet")
async def packet(seat: TransferParty, services: Door) -> Response:
    """The transfer packet (zip) as it was filed last: for those whose right it is about, and who files it."""
    seat.needs(PartyRole.BUYER, *OBLIGORS, Role.SCRIVENER)
    if seat.transfer.packet_sha256 is None:
        raise UnknownThing("no_packet", ko="아직 등기신청 묶음이 없습니다.", en="There is no packet yet.")
    data = await services.documents.get(seat.transfer.packet_sha256)
    return Response(data, media_type="application/zip")


async def in_state(session: AsyncSession, transfer_id: UUID, states: tuple[str, ...]) -> TransferRow:
    row = await transfers.transfer(session, transfer_id, lock=True)
    if row.state not in states:
        raise WrongState
    return row


@router.post("/transfers/{transfer_id}/refile", name="refile")
async def refile(seat: TransferParty, key: OnceKey, services: Door, body: Empty | None = None) -> ActAnswer:
    """What was refused, corrected or dismissed is mended: prepare and submit it again.

    For those who are responsible for it: who signed or pays what was refused; the scrivener at the registry.
    """
    return await acts.act(
        services, key, body or Empty(), workflow_id=transfer_workflow_id(seat.transfer.id), update="refile",
        message=Act(person_id=seat.person.id),
    )  # fmt: skip
