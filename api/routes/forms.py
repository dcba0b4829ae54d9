"""Forms of contracts besides the sale: leases, powers of attorney, amendments; what a form asks; drafts to be read."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field, model_validator
from temporalio.client import WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from api import acts
from api.access import Broker, ContractParty, Me
from api.drafting import Drafted, draft, propose_amendment
from api.idempotency import OnceKey, intake
from api.inputs import Area, Day, Flag, Money, PartyCode, Price, ShortText, Slug, Strict, UniqueNo, Word
from api.routes.contracts import AgentIn, DraftPaymentIn
from api.services import Door, Services
from domain.errors import NotYet, UnknownThing
from domain.ids import preview_workflow_id
from domain.messages import PreviewStart
from domain.words import ContractKind, LeaseKind, PartyRole
from law.forms import form, special
from law.forms.explaining import asked
from workflows._options import FLOW
from workflows.preview import PreviewWorkflow

router = APIRouter(prefix="/api/v1", tags=["forms"])
Kind = Annotated[ContractKind, Path()]
Paper = Literal["contract", "explanation"]
Statements = Annotated[dict[Slug, ShortText], Field(max_length=40)]
Clauses = Annotated[list[ShortText], Field(max_length=30)]
Payments = Annotated[list[DraftPaymentIn], Field(min_length=2, max_length=32)]
BOUND = (PartyRole.BUYER, PartyRole.SELLER, PartyRole.SUPPLIER, PartyRole.LESSOR, PartyRole.LESSEE)


class AccountIn(Strict):
    bank: Word
    number: Word
    holder: Word


class FormerLeaseIn(Strict):
    starts_on: Day
    ends_on: Day
    deposit: Money
    monthly_rent: Money = 0


class LeaseIn(Strict):
    """What the standard form asks (주택임대차보호법 제30조). Rent and fee in won by the month."""

    kind: LeaseKind = LeaseKind.NEW
    starts_on: Day
    ends_on: Day
    part: Word
    part_area: Area
    monthly_rent: Money = 0
    rent_day: Annotated[int, Field(strict=True, ge=1, le=31)] | None = None
    rent_prepaid: Flag = False
    rent_account: AccountIn | None = None
    management_fee: Money | None = None
    management_basis: ShortText | Literal[""] = ""
    repairs: ShortText
    unpaid_taxes: ShortText
    fixed_dates: ShortText
    former: FormerLeaseIn | None = None


class LeaseAgentIn(AgentIn):
    role: Literal[PartyRole.LESSOR, PartyRole.LESSEE]


class DraftLease(Strict):
    """What no register holds: who (by party code), the money, the terms of the lease, and the broker's statements."""

    unique_no: UniqueNo
    deposit: Price
    payments: Payments
    lessor_code: PartyCode
    lessee_code: PartyCode
    other_broker_code: PartyCode | None = None
    lease: LeaseIn
    handover_on: Day | None = None  # the first day of the lease, where it is not said
    agents: Annotated[list[LeaseAgentIn], Field(max_length=4)] = []
    witness_code: PartyCode | None = None  # 입회인
    special_clauses: Clauses = []
    switches: Annotated[list[Slug], Field(max_length=30)] = []  # special clauses of the library (GET /forms/{kind})
    statements: Statements

    @model_validator(mode="after")
    def _sums(self) -> Self:
        if sum(payment.amount for payment in self.payments) != self.deposit:
            raise ValueError("the payments must make the price")
        return self

    def wish(self) -> dict[str, Any]:
        said = self.model_dump(exclude={"deposit", "lessor_code", "lessee_code"})
        return {**said, "price": self.deposit, "seller_code": self.lessor_code, "buyer_code": self.lessee_code}


class LeaseChange(Strict):
    monthly_rent: Money | None = None
    ends_on: Day | None = None


class Amend(Strict):
    """What is to change in a signed contract; what is not named stays. Other people or another home: a new contract."""

    reason: ShortText
    price: Price | None = None
    payments: Payments | None = None
    handover_on: Day | None = None
    special_clauses: Clauses | None = None
    lease: LeaseChange | None = None


class SpecialOut(BaseModel):
    key: str
    ko: str
    en: str
    law: str
    excludes: list[str]


class ContentOut(BaseModel):
    ko: str
    en: str
    article: str


class StatementOut(BaseModel):
    key: str
    ko: str
    en: str


class FormOut(BaseModel):
    """What a contract of this kind must contain, what its broker states, and special clauses to switch on."""

    kind: str
    title: str
    verified: str
    contents: list[ContentOut]
    statements: list[StatementOut]
    special_clauses: list[SpecialOut]


@router.get("/forms/{kind}", name="show")
async def show(kind: Kind, person: Me) -> FormOut:
    chosen = form.of(kind)
    brokered = kind in (ContractKind.SALE, ContractKind.LEASE)
    return FormOut(
        kind=kind, title=chosen.title, verified=chosen.verified.isoformat(),
        contents=[ContentOut(ko=one.ko, en=one.en, article=one.article) for one in chosen.contents],
        statements=[StatementOut(key=one.ask or "", ko=one.label, en=one.en) for one in asked(kind) if brokered],
        special_clauses=[
            SpecialOut(key=one.key, ko=one.ko, en=one.en, law=one.law, excludes=list(one.excludes))
            for one in special.offered(kind)
        ],
    )  # fmt: skip


@router.post("/leases", status_code=202, response_model=Drafted, name="draft-lease")
async def draft_lease(body: DraftLease, broker: Broker, key: OnceKey, services: Door) -> Any:
    """Drafted from title, building ledger and official price; look at the contract for its state."""
    done = await intake(
        services, key, body, lambda session: draft(session, broker, ContractKind.LEASE, body.wish()), status=202
    )
    return done.response()


@router.post("/contracts/{contract_id}/amendment", status_code=201, response_model=Drafted, name="amend")
async def amend(body: Amend, contract_id: UUID, party: ContractParty, key: OnceKey, services: Door) -> Any:
    """Propose to change a sealed contract (변경계약): everybody who signed it signs this too."""
    party.needs(*BOUND)
    done = await intake(
        services, key, body,
        lambda session: propose_amendment(session, party.person, contract_id, body.model_dump(), services), status=201,
    )  # fmt: skip
    return done.response()


@router.get("/contracts/{contract_id}/preview", response_class=Response, name="preview")
async def preview(party: ContractParty, services: Door, paper: Annotated[Paper, Query()] = "contract") -> Response:
    """The draft as a PDF to be read: the contract, or its explanation (확인·설명서). Nothing is fixed by it."""
    row = party.contract
    if row is None:
        raise UnknownThing("no_document", ko="아직 계약서 초안이 없습니다.", en="There is no draft yet.")
    start = PreviewStart(contract_id=row.id, terms_sha256=row.terms_sha256, paper=paper)
    sha256 = await _printed(services, start)
    headers = {"Content-Disposition": f'inline; filename="{paper}-draft-{row.id}.pdf"', "ETag": f'"{sha256}"'}
    return Response(await services.documents.get(sha256), media_type="application/pdf", headers=headers)


async def _printed(services: Services, start: PreviewStart) -> str:
    """Printed once for each version; asked again, the file that is there. NotYet while the worker is busy."""
    try:
        async with asyncio.timeout(services.act_within_s):
            printed = await services.temporal.execute_workflow(
                PreviewWorkflow.run, start, id=preview_workflow_id(start.contract_id, start.terms_sha256, start.paper),
                task_queue=FLOW, id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )  # fmt: skip
    except WorkflowFailureError as error:
        raise acts.refusal(error) from None
    except TimeoutError:
        raise acts.not_yet() from None
    except RuntimeError as error:  # the SDK's word for a connection that was never made
        raise NotYet("engine_down") from error
    return printed.sha256
