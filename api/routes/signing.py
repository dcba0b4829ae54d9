"""Signing a contract with an own device: by which means, what exactly, and the signature that comes back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints
from sqlmodel.ext.asyncio.session import AsyncSession

from api.access import ContractParty, Party
from api.device_signatures import verified
from api.idempotency import OnceKey, intake
from api.inputs import Bytes64, Strict, bytes_of
from api.routes.contracts import SIGNERS
from api.services import Door
from api.signing_uses import MeansOut, choices
from domain.contracts import Prepared
from domain.errors import UnknownThing, WrongState
from domain.messages import ActAnswer
from domain.time import now, seoul_date
from store import contracts, devices
from store.devices import PREFIX
from store.tables.contracts import ContractRow, SignerRow

router = APIRouter(prefix="/api/v1", tags=["signing"])
GIVEN = ActAnswer(
    state="given", ko="서명을 받았습니다. 문서에 넣고 시점확인을 받습니다.",
    en="Your signature was received; it is being embedded and time-stamped.",
)  # fmt: skip


class SignatureIn(Strict):
    """``signature``: over the attributes; raw r and s of P-256, or RSA PKCS #1 v1.5; SHA-256."""

    number: Annotated[str, StringConstraints(pattern=r"^D-ONJIP-[0-9A-F]{24}(-\d{1,4})?$")]
    signature: Bytes64


class RequestOut(BaseModel):
    """What my device is asked to sign. ``document_sha256``: over the ByteRange of the revision, which is to be worked
    out again from its bytes; ``signed_attrs``: base64 DER, over which the signature is made."""

    number: str
    certificate_sha256: str
    prepared_sha256: str
    document_sha256: str
    signed_attrs: str
    terms_sha256: str


class SigningOut(BaseModel):
    """My own signature in this contract. ``state``: none | waiting | asked | given | signed, ``means`` once asked.

    ``choices``: by what I can sign, and what each is good for later. ``request``: only for a device of mine.
    """

    state: str
    means: str | None
    choices: list[MeansOut]
    request: RequestOut | None


@router.get("/contracts/{contract_id}/signing", name="show")
async def show(party: ContractParty, services: Door) -> SigningOut:
    async with services.db.transaction() as session:
        row = await contracts.contract(session, party.contract_id)
        mine = await _own_field(session, party)
        state, request = await _asked(session, row, mine, party)
    return SigningOut(
        state=state, means=mine.means if mine else None, request=request,
        choices=choices(services.rulebook, row.kind, seoul_date(now())),
    )  # fmt: skip


async def _own_field(session: AsyncSession, party: Party) -> SignerRow | None:
    """My field whose turn it is; else the last one that I have signed."""
    mine = [one for one in await contracts.signers(session, party.contract_id) if one.person_id == party.person.id]
    return next((one for one in mine if one.state != "signed"), mine[-1] if mine else None)


async def _asked(
    session: AsyncSession, row: ContractRow, mine: SignerRow | None, party: Party
) -> tuple[str, RequestOut | None]:
    if mine is None:
        return "none", None
    if mine.state != "asked" or not (mine.signing_number or "").startswith(PREFIX):
        return mine.state, None
    asked = await devices.asked_of(session, party.person.id, mine.signing_number or "")
    if asked.row.state != "waiting":
        return ("given" if asked.row.state == "approved" else "waiting"), None
    prepared = Prepared.model_validate(mine.prepared)
    return "asked", RequestOut(
        number=asked.row.number, certificate_sha256=asked.row.certificate_sha256,
        prepared_sha256=prepared.prepared_sha256, document_sha256=asked.row.document_sha256,
        signed_attrs=asked.row.signed_attrs, terms_sha256=row.terms_sha256,
    )  # fmt: skip


@router.get("/contracts/{contract_id}/revision", response_class=Response, name="revision")
async def revision(party: ContractParty, services: Door) -> Response:
    """The revision that my device is asked to sign, with the place for the signature still empty."""
    async with services.db.transaction() as session:
        mine = await _own_field(session, party)
    if mine is None or mine.state != "asked" or mine.prepared is None:
        raise UnknownThing(
            "no_revision", ko="지금 서명할 문서가 없습니다. 서명 화면을 다시 열어 주십시오.",
            en="Nothing is prepared for you to sign now. Open the page for signing again.",
        )  # fmt: skip
    prepared = Prepared.model_validate(mine.prepared)
    return Response(await services.documents.get(prepared.prepared_sha256), media_type="application/pdf")


@router.post("/contracts/{contract_id}/signature", response_model=ActAnswer, name="give")
async def give(body: SignatureIn, party: ContractParty, key: OnceKey, services: Door) -> Any:
    """My device's signature: verified against its certificate, and committed before anything is made of it."""
    party.needs(*SIGNERS)
    signature = bytes_of(body.signature, "signature")

    async def work(session: AsyncSession) -> ActAnswer:
        asked = await devices.asked_of(session, party.person.id, body.number, lock=True)
        _must_be_signable(party)
        attributes = bytes_of(asked.row.signed_attrs, "signed_attrs")
        devices.take(asked.row, verified(signature, attributes, devices.chain_of(asked.certificate)[0]))
        session.add(asked.row)
        return GIVEN

    return (await intake(services, key, body, work)).response()


def _must_be_signable(party: Party) -> None:
    if party.contract is None or party.contract.state != "signing":
        raise WrongState(ko="더는 서명하지 않는 계약입니다.", en="This contract is not signed any more.")
