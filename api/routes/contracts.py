"""Contracts: drafted by a broker from the registers, explained, signed in order, and if all agree dissolved."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, model_validator

from api.access import Broker, ContractParty, Party
from api.contract_acts import carry, possible
from api.drafting import Drafted, draft, propose_dissolution
from api.dues import DueOut, due_out
from api.idempotency import OnceKey, intake
from api.inputs import (
    Day,
    Empty,
    Money,
    PartyCode,
    Price,
    Sha256Text,
    Share,
    ShortText,
    Slug,
    Strict,
    UniqueNo,
    Word,
    iso,
)
from api.services import Door
from api.signing_uses import UseOut, told
from domain.contracts import ContractTerms
from domain.contracts import Party as Signatory
from domain.errors import UnknownThing
from domain.messages import Act, ActAnswer, ReasonAct, SignAct
from domain.words import Authority, ContractKind, PartyRole
from law.sale.permit import Zone
from store import archive, contracts, devices, drafts, transfers
from store.tables.contracts import ContractRow, SignerRow

router = APIRouter(prefix="/api/v1", tags=["contracts"])
SIGNERS = tuple(PartyRole)
MOST_SHARING = 9  # beside the first of each side


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


class CoBuyerIn(Strict):
    code: PartyCode
    share: Share | None = None


class AgentIn(Strict):
    """Who signs for a party. ``power_id``: the contract that is the sealed power of attorney."""

    code: PartyCode
    authority: Authority
    power_id: UUID | None = None


class SaleAgentIn(AgentIn):
    """``for_code``: the party, where it is not the first of the role. A minor's sale is not made here."""

    role: Literal[PartyRole.SELLER, PartyRole.BUYER]
    authority: Literal[Authority.ATTORNEY] = Authority.ATTORNEY
    for_code: PartyCode | None = None


class DraftContract(Strict):
    """What no register holds: who (by party code), how much and when, and the broker's own statements.

    ``co_seller_codes``: who owns it with the seller; the register says each one's share. Buyers take equal shares
    where nobody's is said. ``witness_code``: who looks on and signs last (입회인).
    """

    unique_no: UniqueNo
    price: Price
    payments: Annotated[list[DraftPaymentIn], Field(min_length=2, max_length=32)]
    seller_code: PartyCode
    buyer_code: PartyCode
    other_broker_code: PartyCode | None = None
    special_clauses: Annotated[list[ShortText], Field(max_length=30)] = []
    switches: Annotated[list[Slug], Field(max_length=30)] = []  # special clauses of the library (GET /forms/{kind})
    statements: Annotated[dict[Slug, ShortText], Field(max_length=40)] = {}
    permit: PermitIn | None = None
    handover_on: Day | None = None  # the day of the balance, where it is not said
    co_seller_codes: Annotated[list[PartyCode], Field(max_length=MOST_SHARING)] = []
    buyer_share: Share | None = None
    co_buyers: Annotated[list[CoBuyerIn], Field(max_length=MOST_SHARING)] = []
    witness_code: PartyCode | None = None
    agents: Annotated[list[SaleAgentIn], Field(max_length=4)] = []

    @model_validator(mode="after")
    def _sums(self) -> Self:
        if sum(payment.amount for payment in self.payments) != self.price:
            raise ValueError("the payments must make the price")
        return self


class SignIn(Strict):
    """``certificate_sha256``: of my own device's, registered before; without it the remote signing service is asked."""

    certificate_sha256: Sha256Text | None = None


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
    """``agent``: who signs for the party."""

    name: str
    agent: str | None = None
    role: str
    order: int
    state: str
    signed_at: str | None
    me: bool
    means: str | None = None
    uses: list[UseOut] = []  # for what the signature can be used later, as told before it was given


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
    wait_until: str | None = None  # then it ends by itself, unless somebody acts before
    reminders: int = 0  # of those whose turn it is
    dues: list[DueOut] = []  # before the transfer: the deposit of a supply contract


@router.post("/contracts", status_code=202, response_model=Drafted, name="draft")
async def draft_contract(body: DraftContract, broker: Broker, key: OnceKey, services: Door) -> Any:
    """The draft is made from title, building ledger and official price; look at the contract for its state."""
    done = await intake(
        services, key, body, lambda session: draft(session, broker, ContractKind.SALE, body.model_dump()), status=202
    )
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
    parties = {one.field: one for one in terms.parties}
    me = party.person.id
    asked = any(one.person_id == me and one.state == "asked" and one.certificate_sha256 is None for one in signers)
    return ContractOut(
        id=str(row.id), case_id=str(row.case_id), state=row.state, kind=row.kind, terms_sha256=row.terms_sha256,
        document_sha256=row.document_sha256 or row.unsigned_sha256, terms=terms, acts=possible(row, signers, party),
        signers=[
            SignerOut(
                name=parties[one.field].name, agent=_agent(parties[one.field]), role=one.role, order=one.order_no,
                state=one.state, signed_at=iso(one.signed_at), me=one.person_id == me, means=one.means,
                uses=told(one.uses),
            )
            for one in signers
        ],
        signing_url=signing_url if asked else None, supersedes=str(row.supersedes) if row.supersedes else None,
        sealed_at=iso(row.sealed_at), wait_until=iso(row.wait_until), reminders=row.reminders,
    )  # fmt: skip


def _agent(party: Signatory) -> str | None:
    return party.agent.name if party.agent else None


@router.get("/contracts/{contract_id}/document", response_class=Response, name="document")
async def document(party: ContractParty, services: Door) -> Response:
    """The newest revision of the PDF; of a sealed one, with its newest archive time stamp."""
    row = party.contract
    async with services.db.transaction() as session:
        kept = await archive.newest(session, party.contract_id)
    sha256 = kept.sha256 if kept else row and (row.document_sha256 or row.unsigned_sha256)
    if not sha256:
        raise UnknownThing("no_document", ko="아직 계약서 파일이 없습니다.", en="There is no contract document yet.")
    headers = {"Content-Disposition": f'inline; filename="contract-{party.contract_id}.pdf"', "ETag": f'"{sha256}"'}
    return Response(await services.documents.get(sha256), media_type="application/pdf", headers=headers)


@router.post("/contracts/{contract_id}/explain", name="explain")
async def explain(party: ContractParty, key: OnceKey, services: Door, body: Empty | None = None) -> ActAnswer:
    """The broker has delivered the explanation (확인·설명서)."""
    party.needs("drafter")
    return await carry(
        services, key, party, body=body or Empty(), update="explain", message=Act(person_id=party.person.id)
    )


@router.post("/contracts/{contract_id}/invite", name="invite")
async def invite(party: ContractParty, key: OnceKey, services: Door, body: Empty | None = None) -> ActAnswer:
    """The broker freezes the draft and invites the parties to sign."""
    party.needs("drafter")
    return await carry(
        services, key, party, body=body or Empty(), update="invite", message=Act(person_id=party.person.id)
    )


@router.post("/contracts/{contract_id}/sign", name="sign")
async def sign(party: ContractParty, key: OnceKey, services: Door, body: SignIn | None = None) -> ActAnswer:
    """I am ready to sign: my signing service is asked next, or a revision is prepared for my own device.

    Said again with another means, what was asked before is called back, unless I have signed it already.
    """
    party.needs(*SIGNERS)
    wish = body or SignIn()
    if wish.certificate_sha256 is not None:
        async with services.db.transaction() as session:
            await devices.own_certificate(session, party.person.id, wish.certificate_sha256)
    message = SignAct(person_id=party.person.id, certificate=wish.certificate_sha256 or "")
    return await carry(services, key, party, body=wish, update="sign", message=message)


@router.post("/contracts/{contract_id}/decline", name="decline")
async def decline(body: Decline, party: ContractParty, key: OnceKey, services: Door) -> ActAnswer:
    party.needs(*SIGNERS)
    message = ReasonAct(person_id=party.person.id, reason=body.reason)
    return await carry(services, key, party, body=body, update="decline", message=message)


@router.post("/contracts/{contract_id}/dissolution", status_code=201, response_model=Drafted, name="dissolve")
async def dissolve(body: Dissolve, contract_id: UUID, party: ContractParty, key: OnceKey, services: Door) -> Any:
    """Propose to end a sealed contract by agreement (합의해제): makes a contract of its own for all to sign."""
    party.needs(PartyRole.BUYER, PartyRole.SELLER, PartyRole.SUPPLIER)
    done = await intake(
        services, key, body,
        lambda session: propose_dissolution(session, party.person, contract_id, body.model_dump(), services),
        status=201,
    )  # fmt: skip
    return done.response()
