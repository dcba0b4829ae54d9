"""An application for registration as it was sent, and what was found in it when it was received."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from mydata_connectors.sandbox import _contract_pdf, _envelope, _filing, _packet
from mydata_connectors.sandbox._agency import Message, Refused
from mydata_connectors.sandbox._filing import Filing, SignedIn
from mydata_connectors.sandbox._report_rules import PropertyIn
from mydata_connectors.sandbox._signers import Signers

UNIQUE_NO = r"^\d{4}-\d{4}-\d{6}$"


class PartyIn(BaseModel):
    role: str = Field(pattern="^(obligor|obligee)$")
    identity_ref: str
    name: str
    address: str = ""
    organisation: str | None = None
    share: str = "1/1"


class RightProofIn(BaseModel):
    serial: str
    password_no: int
    password: str


class TitledProperty(PropertyIn):
    unique_no: str = Field(pattern=UNIQUE_NO)


class Application(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    property: TitledProperty
    cause: str
    cause_date: date
    purpose: str
    parties: tuple[PartyIn, ...] = Field(min_length=2)
    agent_ref: str
    agent_name: str
    price: int = Field(ge=1, le=10**15)
    report_no: str
    tax_payment_no: str
    tax_base: int
    tax_total: int
    bond_no: str
    bond_amount: int
    standard_value: int
    fee_payment_no: str
    right_proof: RightProofIn
    refiles: str | None = None

    def of(self, role: str) -> list[PartyIn]:
        return [party for party in self.parties if party.role == role]

    def refs(self) -> set[str]:
        return {party.identity_ref for party in self.parties}


class Mandate(BaseModel):
    reference: str
    contract_sha256: str
    unique_no: str
    cause: str
    cause_date: date
    purpose: str
    principal_role: str
    principal_ref: str
    agent_ref: str
    powers: tuple[str, ...] = ()


class Withdrawal(BaseModel):
    reference: str = Field(min_length=1, max_length=64)
    receipt_no: str
    reason: str = ""


class Enclosed(BaseModel):
    """Beside the signed application: the parties' mandates (위임장), and the packet (첨부정보), base64 zip."""

    mandates: tuple[SignedIn, ...] = ()
    packet: str


class Found(BaseModel):
    """What the enclosures hold. ``problems`` are words; whoever signed what was verified when it was received."""

    problems: tuple[str, ...] = ()
    listing: tuple[dict[str, Any], ...] = ()
    contract_sha256: str = ""
    terms: dict[str, Any] = {}
    contract_signers: tuple[str, ...] = ()
    amendments: tuple[dict[str, Any], ...] = ()  # terms of those that all have signed who signed the contract
    mandates: tuple[Mandate, ...] = ()  # only those that their principal has signed


class Sent(BaseModel):
    application: Application
    found: Found


async def receive(message: Message, signers: Signers) -> tuple[Filing[Application], Found, bytes]:
    """The application with verified signatures, what its enclosures hold, and the packet's bytes.

    ``Refused`` only for what cannot be received at all; everything else is for the registrar to judge.
    """
    filing = await signers.verified(_filing.read(message, Application))
    if filing.content.agent_ref not in filing.signers:
        raise Refused("agent_missing", "the agent has not signed the application")
    enclosed = message.read(Enclosed)
    packet = _filing.from_base64(enclosed.packet, "packet")
    found = await _open(packet, signers)
    mandates, problems = await _mandates(enclosed, signers)
    update = {"mandates": mandates, "problems": (*found.problems, *problems)}
    return filing, found.model_copy(update=update), packet


async def _open(data: bytes, signers: Signers) -> Found:
    try:
        packet = _packet.read(data)
    except _packet.Unreadable:
        return Found(problems=("packet_unreadable",))
    problems = ["packet_differs"] if packet.wrong else []
    if not await _is_signed(packet, signers):
        problems.append("packet_unsigned")
    contract = packet.contract()
    if contract is None:
        return Found(problems=(*problems, "contract_missing"), listing=tuple(packet.listing()))
    try:
        read = await _contract_pdf.read(contract, signers)
        changed = [await _contract_pdf.read(one, signers) for one in packet.amendments()]
    except Refused as refused:
        if refused.retryable:
            raise
        return Found(problems=(*problems, "contract_unsound"), listing=tuple(packet.listing()))
    return Found(
        problems=tuple(problems), listing=tuple(packet.listing()), contract_sha256=_envelope.sha256(contract),
        terms=read.terms, contract_signers=tuple(sorted(read.signers)),
        amendments=tuple(one.terms for one in changed if _contract_pdf.amends(one, read)),
    )  # fmt: skip


async def _is_signed(packet: _packet.Packet, signers: Signers) -> bool:
    try:
        await signers.manifest_signer(packet.signature, packet.manifest)
    except Refused as refused:
        if refused.retryable:
            raise
        return False
    return True


async def _mandates(enclosed: Enclosed, signers: Signers) -> tuple[tuple[Mandate, ...], tuple[str, ...]]:
    good: list[Mandate] = []
    for outer in enclosed.mandates:
        try:
            filing = await signers.verified(_filing.read_signed(outer, Mandate))
        except Refused as refused:
            if refused.retryable:
                raise
            return tuple(good), ("mandate_unsound",)
        if filing.content.principal_ref in filing.signers:
            good.append(filing.content)
    return tuple(good), ()
