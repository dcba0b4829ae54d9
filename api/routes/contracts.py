"""Contracts: drafted by a broker from the registers, explained, signed in order, and if all agree dissolved."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, model_validator

from api import acts
from api.access import Broker, ContractParty, Party
from api.drafting import Drafted, draft, propose_dissolution
from api.dues import DueOut, due_out
from api.idempotency import OnceKey, intake
from api.inputs import Day, Empty, Money, PartyCode, Price, ShortText, Slug, Strict, UniqueNo, Word, iso
from api.services import Door
from domain.contracts import ContractTerms
from domain.errors import UnknownThing
from domain.ids import contract_workflow_id
from domain.messages import Act, ActAnswer, DeclineAct
from domain.words import PartyRole
from law.sale.permit import Zone
from store import contracts, drafts, transfers
from store.tables.contracts import ContractRow, SignerRow

router = APIRouter(prefix="/api/v1", tags=["contracts"])
SIGNERS = tuple(PartyRole)


class DraftPaymentIn(Strict):
    kind: Literal["deposit", "instalment", "balance"]
    number: Annotated[int, Field(strict=True, ge=1, le=30)] = 1
    amount: Price
    due_on: Day | None = None

    @model_validator(mode="after")
    def _dated(self) -> Self:
        """A contract names the day of every payment but the balance (공인중개사법 시행령 제22조①4)."""
        if self.due_on is None and self.kind != "balance":
            raise ValueError("a payment before the balance needs its day")
        return self


class PermitIn(Strict):
    """What the land-use plan says of a permit zone (토지거래허가구역), and the permit's number where one is needed."""

    zone: Annotated[bool, Field(strict=True)] | None = None
    land_zone: Zone | None = None
    number: Word | None = None


class DraftContract(Strict):
    """What no register holds: who (by party code), how much and when, and the broker's own statements."""

    unique_no: UniqueNo
    price: Price
    payments: Annotated[list[DraftPaymentIn], Field(min_length=2, max_length=32)]
    seller_code: PartyCode
    buyer_code: PartyCode
    other_broker_code: PartyCode | None = None
    special_clauses: Annotated[list[ShortText], Field(max_length=30)] = []
    statements: Annotated[dict[Slug, ShortText], Field(max_length=40)] = {}
    permit: PermitIn | None = None

    @model_validator(mode="after")
    def _sums(self) -> Self:
        if sum(payment.amount for payment in self.payments) != self.price:
            raise ValueError("the payments must make the price")
        return self


class Decline(Strict):
    reason: ShortText


class Dissolve(Strict):
    """Everybody who signed must sign this too; only then money is released and the report cancelled."""

    reason: ShortText
    refund: Money
    forfeited: Money = 0
    refund_due_on: Day
    special_clauses: Annotated[list[ShortText], Field(max_length=30)] = []


class SignerOut(BaseModel):
    name: str
    role: str
    order: int
    state: str
    signed_at: str | None
    me: bool


class ContractOut(BaseModel):
    """``state`` is ``drafting`` until the registers have answered, ``refused`` where there will be no contract.

    ``acts``: what I can do now. ``signing_url``: where I approve once my signing service was asked.
    """

    id: str
    case_id: str
    state: str
    kind: str | None = None
    terms_sha256: str | None = None
    document_sha256: str | None = None
    terms: ContractTerms | None = None
    signers: list[SignerOut] = []
    acts: list[str] = []
    signing_url: str | None = None
    refusal: dict[str, Any] | None = None
    supersedes: str | None = None
    sealed_at: str | None = None
    dues: list[DueOut] = []  # before the transfer: the deposit of a supply contract


@router.post("/contracts", status_code=202, response_model=Drafted, name="draft")
async def draft_contract(body: DraftContract, broker: Broker, key: OnceKey, services: Door) -> Any:
    """The draft is made from title, building ledger and official price; look at the contract for its state."""
    done = await intake(services, key, body, lambda session: draft(session, broker, body.model_dump()), status=202)
    return done.response()


@router.get("/contracts/{contract_id}", name="show")
async def show(party: ContractParty, services: Door) -> ContractOut:
    async with services.db.transaction() as session:
        row = await session.get(ContractRow, party.contract_id)
        if row is None:
            wish = await drafts.find(session, party.contract_id)
            refusal = wish.refusal if wish else None
            state = "refused" if refusal else "drafting"
            return ContractOut(id=str(party.contract_id), case_id=str(party.case_id), state=state, refusal=refusal)
        signers = await contracts.signers(session, row.id)
        dues = await transfers.dues_of(session, (row.id,))
    found = shown(row, signers, party, services.signing_people_url)
    return found.model_copy(update={"dues": [due_out(one, party.person.id) for one in dues]})


def shown(row: ContractRow, signers: list[SignerRow], party: Party, signing_url: str) -> ContractOut:
    terms = contracts.terms_of(row)
    names = {one.field: one.name for one in terms.parties}
    me = party.person.id
    asked = any(one.person_id == me and one.state == "asked" for one in signers)
    return ContractOut(
        id=str(row.id), case_id=str(row.case_id), state=row.state, kind=row.kind, terms_sha256=row.terms_sha256,
        document_sha256=row.document_sha256 or row.unsigned_sha256, terms=terms, acts=possible(row, signers, party),
        signers=[
            SignerOut(
                name=names.get(one.field, ""), role=one.role, order=one.order_no, state=one.state,
                signed_at=iso(one.signed_at), me=one.person_id == me,
            )
            for one in signers
        ],
        signing_url=signing_url if asked else None, supersedes=str(row.supersedes) if row.supersedes else None,
        sealed_at=iso(row.sealed_at),
    )  # fmt: skip


def possible(row: ContractRow, signers: list[SignerRow], party: Party) -> list[str]:
    """What this person can do in the contract's present state."""
    drafter = "drafter" in party.roles and row.kind == "sale"
    if row.state in ("draft", "explained") and drafter:
        return ["explain"] if row.state == "draft" else ["invite"]
    open_orders = [one.order_no for one in signers if one.state != "signed"]
    mine = [one for one in signers if one.person_id == party.person.id and one.state == "waiting"]
    if row.state in ("invited", "signing"):
        turn = any(one.order_no == min(open_orders) for one in mine)
        return [*(["sign"] if turn else []), *(["decline"] if mine else [])]
    return ["dissolution"] if row.state == "sealed" and row.supersedes is None else []


@router.get("/contracts/{contract_id}/document", response_class=Response, name="document")
async def document(party: ContractParty, services: Door) -> Response:
    """The newest revision of the PDF."""
    row = party.contract
    sha256 = row and (row.document_sha256 or row.unsigned_sha256)
    if not sha256:
        raise UnknownThing("no_document", ko="아직 계약서 파일이 없습니다.", en="There is no contract document yet.")
    headers = {"Content-Disposition": f'inline; filename="contract-{party.contract_id}.pdf"', "ETag": f'"{sha256}"'}
    return Response(await services.documents.get(sha256), media_type="application/pdf", headers=headers)


@router.post("/contracts/{contract_id}/explain", name="explain")
async def explain(party: ContractParty, key: OnceKey, services: Door, body: Empty | None = None) -> ActAnswer:
    """The broker has delivered the explanation (확인·설명서)."""
    party.needs("drafter")
    return await acts.act(
        services, key, body or Empty(), workflow_id=contract_workflow_id(party.contract_id), update="explain",
        message=Act(person_id=party.person.id),
    )  # fmt: skip


@router.post("/contracts/{contract_id}/invite", name="invite")
async def invite(party: ContractParty, key: OnceKey, services: Door, body: Empty | None = None) -> ActAnswer:
    """The broker freezes the draft and invites the parties to sign."""
    party.needs("drafter")
    return await acts.act(
        services, key, body or Empty(), workflow_id=contract_workflow_id(party.contract_id), update="invite",
        message=Act(person_id=party.person.id),
    )  # fmt: skip


@router.post("/contracts/{contract_id}/sign", name="sign")
async def sign(party: ContractParty, key: OnceKey, services: Door, body: Empty | None = None) -> ActAnswer:
    """I am ready to sign: my signing service is asked next, and I approve there."""
    party.needs(*SIGNERS)
    return await acts.act(
        services, key, body or Empty(), workflow_id=contract_workflow_id(party.contract_id), update="sign",
        message=Act(person_id=party.person.id),
    )  # fmt: skip


@router.post("/contracts/{contract_id}/decline", name="decline")
async def decline(body: Decline, party: ContractParty, key: OnceKey, services: Door) -> ActAnswer:
    party.needs(*SIGNERS)
    return await acts.act(
        services, key, body, workflow_id=contract_workflow_id(party.contract_id), update="decline",
        message=DeclineAct(person_id=party.person.id, reason=body.reason),
    )  # fmt: skip


@router.post("/contracts/{contract_id}/dissolution", status_code=201, response_model=Drafted, name="dissolve")
async def dissolve(body: Dissolve, contract_id: UUID, party: ContractParty, key: OnceKey, services: Door) -> Any:
    """Propose to end a sealed contract by agreement (합의해제): makes a contract of its own for all to sign."""
    party.needs(PartyRole.BUYER, PartyRole.SELLER, PartyRole.SUPPLIER)
    done = await intake(
        services, key, body,
        lambda session: propose_dissolution(session, party.person, contract_id, body.model_dump()), status=201,
    )  # fmt: skip
    return done.response()
